"""An address leads to the page that it led to when it was compared with every address there is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.urls import Resolver404, URLResolver, get_resolver, include, path
from django.urls.resolvers import RegexPattern

from config.first_word import ByFirstWord
from config.urls import urlpatterns

# What stands in an address: some fit the kind of value that it takes, and some do not.
VALUES = ("WF-27-0001", "17", "10a3d6b2-aa05-411a-b271-5945795e8229", "concerns", "word")


def routes(patterns: Sequence[Any], before: str = "") -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, f"{before}{one.pattern}")
        else:
            yield f"{before}{one.pattern}"


def found(resolver: URLResolver, address: str) -> Any:
    try:
        match = resolver.resolve(address)
    except Resolver404:
        return None
    return match.func, match.args, match.kwargs, match.view_name, match.route


@pytest.mark.parametrize("value", VALUES)
def test_every_address_leads_where_django_leads_it(value: str) -> None:
    [ours] = urlpatterns
    plain = URLResolver(RegexPattern(r"^/"), list(ours.url_patterns))
    led = 0
    for route in routes(urlpatterns):
        address = "/" + re.sub(r"<[^>]+>", value, route).strip("^$")
        for asked in (address, address.rstrip("/"), f"{address}x/", address[1:]):
            assert found(get_resolver(), asked) == found(plain, asked), asked
            led += found(plain, asked) is not None
    assert led > 100


def test_an_address_that_begins_with_a_value_is_looked_for_under_every_word() -> None:
    def view(request: Any) -> Any:
        raise AssertionError("nobody asks for it")

    more = [
        path("", view, name="first"),
        path("<str:name>/", view, name="any"),
        path("a/", view, name="late"),
    ]
    by_word = ByFirstWord([path("a/b/", view, name="own"), path("", include(more))])
    names = {asked: by_word.resolve(asked).url_name for asked in ("a/b/", "a/", "c/", "")}
    assert names == {"a/b/": "own", "a/": "any", "c/": "any", "": "first"}
