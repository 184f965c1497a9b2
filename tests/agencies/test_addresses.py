"""Addresses are put together as Django puts them together."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django.urls
import pytest
from django.http import HttpResponse
from django.template import Context, engines
from django.test import override_settings
from django.urls import NoReverseMatch, get_resolver, set_script_prefix
from hypothesis import given
from hypothesis import strategies as st

from agencies import addresses

VALUES: tuple[Any, ...] = (
    "CB-7K2M-9QXT",
    "CB-7K2M-9QXT-1",
    7,
    UUID("0f8fad5b-d9cb-469f-a165-70867728950e"),
    "2027-01-04",
    "a-word",
    "a word/with a stroke",
    "../..",
    "é",
    "\0",
)
NAMES = sorted(name for name in get_resolver().reverse_dict if isinstance(name, str))


def found(way: Any, name: str, args: list[Any]) -> str:
    """What is said of a name and values: an address, or that there is none."""
    try:
        return str(way(name, args=args))
    except NoReverseMatch as none:
        return str(none)


def drawn(text: str, **context: Any) -> str:
    template: Any = engines["django"].from_string(text)
    return str(template.template.render(Context(context)))


@pytest.mark.parametrize("name", NAMES)
def test_every_page_has_the_address_that_django_gives_it(name: str) -> None:
    for args in ([], *([value] for value in VALUES), *([one, two] for one in VALUES for two in VALUES)):
        assert found(addresses.reverse, name, args) == found(django.urls.reverse, name, args)


@given(st.text())
def test_whatever_stands_in_a_value_ends_as_django_ends_it(value: str) -> None:
    for name in ("concern", "exchange", "job"):
        assert found(addresses.reverse, name, [value]) == found(django.urls.reverse, name, [value])


def test_nearly_every_page_is_put_together_here() -> None:
    left = {
        name
        for name in NAMES
        for possible, *_ in get_resolver().reverse_dict.getlist(name)
        for _, params in possible
        if addresses._way(name, len(params)) is None
    }
    assert all(name.startswith("account_") for name in left)


def test_a_product_that_lives_below_a_path_has_it_in_front() -> None:
    set_script_prefix("/check-back/")
    try:
        assert addresses.reverse("help") == "/check-back/help/"
    finally:
        set_script_prefix("/")


@override_settings(ROOT_URLCONF="tests.agencies.test_addresses")
def test_other_pages_have_other_addresses() -> None:
    assert addresses.reverse("elsewhere") == "/elsewhere/"
    with pytest.raises(NoReverseMatch):
        addresses.reverse("help")


urlpatterns = [django.urls.path("elsewhere/", lambda request: HttpResponse(), name="elsewhere")]


class TestInATemplate:
    def test_an_address_stands_where_the_tag_stands(self) -> None:
        assert drawn("{% url 'concern' ref %}", ref="CB-7K2M-9QXT") == "/concerns/CB-7K2M-9QXT/"

    def test_an_address_has_a_name_of_its_own(self) -> None:
        assert drawn("{% url 'help' as there %}[{{ there }}]") == "[/help/]"

    def test_no_page_is_an_error_or_an_empty_name(self) -> None:
        assert drawn("{% url 'no such page' as there %}[{{ there }}]") == "[]"
        with pytest.raises(NoReverseMatch):
            drawn("{% url 'no such page' %}")

    def test_what_would_end_an_attribute_is_written_so_that_it_does_not(self) -> None:
        with pytest.raises(NoReverseMatch):
            drawn("{% url 'concern' ref %}", ref='"><script>')
