"""The words that are explained at an agency: our own list, with what it and its partnership decided."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from records.quality import terms

ABBREVIATION, JARGON, LABEL = "ABBREVIATION", "JARGON", "LABEL"


class Term(NamedTuple):
    """A word or abbreviation, what to write instead, and which kind it is."""

    term: str
    plain: str
    kind: str

    @property
    def variants(self) -> tuple[str, ...]:
        return tuple(self.term.split("|"))

    @property
    def name(self) -> str:
        return self.variants[0]


class Decided(NamedTuple):
    """What an agency or its partnership decided about a word: to explain it, or to leave it alone."""

    term: str
    plain: str
    kind: str
    is_left_alone: bool


class Spot(NamedTuple):
    """A word where it stands in a text."""

    start: int
    end: int
    written: str
    term: Term


@dataclass(frozen=True)
class WordList:
    """Terms to look for. Two that are equal share what was worked out from them."""

    terms: tuple[Term, ...]

    @cached_property
    def by_variant(self) -> dict[str, Term]:
        """Each way to write a term: an abbreviation as it is, anything else without capitals."""
        return {key_of(variant, term.kind): term for term in self.terms for variant in term.variants}

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """All of them in one expression, the longest first, so that a text is read once."""
        found = []
        for term in self.terms:
            for variant in term.variants:
                written = re.escape(variant).replace("'", "['’]").replace("\\ ", r"\s+").replace(" ", r"\s+")
                plural = "s?" if term.kind == ABBREVIATION else ""
                found.append(f"{written}{plural}" if term.kind == ABBREVIATION else f"(?i:{written})")
        if not found:
            return None
        found.sort(key=len, reverse=True)
        return re.compile(rf"(?<![\w&]){'(?:' + '|'.join(found) + ')'}(?![\w&])")

    def spots(self, text: str) -> list[Spot]:
        """Find each of the terms in a text, in order."""
        return [
            Spot(match.start(), match.end(), match[0], term)
            for match in (self.pattern.finditer(text) if self.pattern else ())
            if (term := self._term(match[0]))
        ]

    def knows(self, abbreviation: str) -> bool:
        return self._term(abbreviation) is not None

    def _term(self, written: str) -> Term | None:
        plain = " ".join(written.replace("’", "'").split())
        for key in (plain, plain.removesuffix("s"), plain.lower()):
            if key in self.by_variant:
                return self.by_variant[key]
        return None


def key_of(variant: str, kind: str) -> str:
    return variant if kind == ABBREVIATION else variant.lower()


def our_own() -> tuple[Term, ...]:
    """Return the list that comes with the product."""
    return _our_own()


@lru_cache(maxsize=1)
def _our_own() -> tuple[Term, ...]:
    lists = ((terms.ABBREVIATIONS, ABBREVIATION), (terms.JARGON, JARGON), (terms.LABELS, LABEL))
    found = []
    for lines, kind in lists:
        for line in lines.strip().splitlines():
            term, _, plain = line.partition(" = ")
            found.append(Term(term.strip(), plain.strip(), kind))
    return tuple(found)


def list_of(decided: Iterable[Decided]) -> WordList:
    """Return our own list with what was decided here: words added, explained otherwise or left alone."""
    return _put_together(tuple(decided))


@lru_cache(maxsize=64)
def _put_together(decided: tuple[Decided, ...]) -> WordList:
    """Keep what was worked out for a list while it stays as it is. It holds words of a trade and no one's."""
    last = {row.term.lower(): row for row in decided}
    kept = []
    for term in our_own():
        variants = [variant for variant in term.variants if variant.lower() not in last]
        if variants and not (set(variants) < set(term.variants) and term.name not in variants):
            kept.append(term._replace(term="|".join(variants)))
    added = [Term(row.term, row.plain, row.kind) for row in last.values() if not row.is_left_alone]
    return WordList((*kept, *added))


OUR_OWN = list_of(())
