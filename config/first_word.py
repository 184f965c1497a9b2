"""Finding the page of an address by its first word, and not by comparing it with every address there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from django.urls import ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

Pattern = URLPattern | URLResolver


class ByFirstWord(URLResolver):
    """Addresses of which only those with the same first word are compared with the one that is asked for.

    Django compares one after the other, 150 for the page of an exchange. Those that begin with something that
    differs are compared with every address, in their order. All else is as with `include`.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        super().__init__(RoutePattern(""), patterns)

    def resolve(self, path: str) -> ResolverMatch:
        """Return the page of an address. Raises Resolver404 where there is none."""
        found = self.by_word.get(path.partition("/")[0], self.of_no_word)
        match: ResolverMatch = found.resolve(path)
        return match

    @cached_property
    def by_word(self) -> dict[str, URLResolver]:
        """Return the addresses of each first word."""
        words = {_first_word(one) for one in _each(self.url_patterns)}
        return {word: self._of(word) for word in words if word is not None}

    @cached_property
    def of_no_word(self) -> URLResolver:
        """Return the addresses for a word that none begins with."""
        return self._of(None)

    def _of(self, word: str | None) -> URLResolver:
        return URLResolver(
            RoutePattern(""), [one for one in _each(self.url_patterns) if _first_word(one) in (None, word)]
        )


def _each(patterns: Sequence[Any]) -> Iterator[Pattern]:
    """Return addresses, with those that are included under no word of their own in their place."""
    for one in patterns:
        if isinstance(one, URLResolver) and str(one.pattern) == "" and not one.namespace:
            yield from _each(one.url_patterns)
        else:
            yield one


def _first_word(one: Pattern) -> str | None:
    """Return the first word of an address, or None where it may be any."""
    word = str(one.pattern).partition("/")[0]
    return None if "<" in word or not isinstance(one.pattern, RoutePattern) else word
