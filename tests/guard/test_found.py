"""What the guard finds in a text, and what it does not."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.guard import Protected, Readers, found
from tests.guard.cases import FOUND, HER, HOUSE, LANDLINE, MOBILE, NOT_FOUND, SCHOOL

THEM = Readers(agency=2, people=frozenset({"tom"}))


def protected(kind: str, value: str, **scope: Any) -> Protected:
    scope = scope or {"from_everybody": True}
    return Protected("1", kind, "A detail", value, "Ella", agency=1, **scope)


@pytest.mark.parametrize(("kind", "value", "text"), FOUND)
def test_is_found(kind: str, value: str, text: str) -> None:
    assert found([protected(kind, value)], [("Item 1", text)], THEM)


@pytest.mark.parametrize(("kind", "value", "text"), NOT_FOUND)
def test_is_not_found(kind: str, value: str, text: str) -> None:
    assert not found([protected(kind, value)], [("Item 1", text)], THEM)


def test_says_what_was_found_in_which_sentence_of_which_text() -> None:
    text = "He asked twice. She is at 14 Mill Ln. now, since May. Mill Lane again."
    places = [("Why you tell them", "Nothing here."), ("Item 2", text)]
    (finding,) = found([protected("ADDRESS", HOUSE)], places, THEM)
    assert (finding.where, finding.match, finding.times) == ("Item 2", "14 Mill Ln", 2)
    assert finding.before == "She is at "
    assert "14 Mill" not in repr(finding)
    assert "Mill" not in repr(protected("ADDRESS", HOUSE))


def test_the_names_of_attachments_are_one_more_place() -> None:
    names = [("Name of an attachment", "Report_AMELIA-Hart_14mill-lane.pdf")]
    details = [protected("NAME", HER), protected("ADDRESS", HOUSE)]
    assert [one.kind for one in found(details, names, THEM)] == ["NAME", "ADDRESS"]


@pytest.mark.parametrize(
    ("scope", "agency", "is_found"),
    [
        ({"from_everybody": True}, 2, True),
        ({"from_everybody": True}, 1, False),
        ({"from_agencies": frozenset({2})}, 2, True),
        ({"from_agencies": frozenset({3})}, 2, False),
        ({"from_people": frozenset({"tom"})}, 2, True),
        ({"from_people": frozenset({"tom"})}, 1, True),
        ({"from_people": frozenset({"ann"})}, 2, False),
    ],
)
def test_is_kept_from_those_who_must_not_know_and_from_nobody_else(
    scope: dict[str, Any], agency: int, is_found: bool
) -> None:
    readers = Readers(agency=agency, people=frozenset({"tom"}))
    assert bool(found([protected("NAME", "Rose", **scope)], [("Item 1", "Rose")], readers)) is is_found


# --- Planted anywhere, in any of the ways in which people write it ------------------------------------

ALPHABET = string.ascii_letters + string.digits + " .,;:!?()'’\"-\n\tåéøßΩж漢😀\u200b\u00ad\u00a0"
ANY_TEXT = st.text(st.sampled_from(ALPHABET), max_size=120)
BETWEEN = st.sampled_from([" ", "  ", "\n", "\t", "\u00a0", ", ", "-", " \u200b", "\u2009", ".\n"])
HIDDEN = st.sampled_from(["", "", "", "\u200b", "\u00ad", "\u2060", "\ufeff"])
BORDER = st.sampled_from([" ", "\n", "(", " “", ", ", "; "])
END = st.sampled_from([" ", "\n", ")", "”", ". ", "’s ", "; "])


@st.composite
def written(draw: st.DrawFn, words: str) -> str:
    """Write words with another case, other things between them and invisible characters within."""
    cases: list[Callable[[str], str]] = [str, str.upper, str.lower]
    case = draw(st.sampled_from(cases))
    parts = []
    for number, word in enumerate(words.split()):
        if number:
            parts.append(draw(BETWEEN))
        at = draw(st.integers(1, len(word)))
        parts.append(word[:at] + draw(HIDDEN) + word[at:])
    return case("".join(parts))


@st.composite
def planted(draw: st.DrawFn, words: str) -> str:
    middle = draw(written(words))
    return draw(ANY_TEXT) + draw(BORDER) + middle + draw(END) + draw(ANY_TEXT)


@st.composite
def dialled(draw: st.DrawFn, national: str) -> str:
    """Write a telephone number with any prefix and its digits in any groups."""
    prefix = draw(st.sampled_from(["0", "+44", "+44 (0)", "0044 ", "44 "]))
    parts = [prefix]
    for number, digit in enumerate(national):
        if number:
            parts.append(draw(st.sampled_from(["", "", "", " ", "-", ".", " - ", "\u200b", "\n"])))
        parts.append(digit)
    return "".join(parts)


@given(text=planted("Amelia Hart"))
@settings(max_examples=150, deadline=None)
def test_a_name_planted_anywhere_is_found(text: str) -> None:
    assert found([protected("NAME", HER)], [("Item 1", text)], THEM)


@given(text=planted("14 Mill Lane"))
@settings(max_examples=150, deadline=None)
def test_an_address_planted_anywhere_is_found(text: str) -> None:
    assert found([protected("ADDRESS", HOUSE)], [("Item 1", text)], THEM)


@given(text=planted("HX7 8AB") | planted("HX78AB"))
@settings(max_examples=100, deadline=None)
def test_a_postcode_planted_anywhere_is_found(text: str) -> None:
    assert found([protected("ADDRESS", HOUSE)], [("Item 1", text)], THEM)


@given(text=planted("St Marys Primary") | planted("Saint Mary’s"))
@settings(max_examples=100, deadline=None)
def test_a_school_planted_anywhere_is_found(text: str) -> None:
    assert found([protected("SCHOOL", SCHOOL)], [("Item 1", text)], THEM)


@given(before=st.text(st.sampled_from("abc xyz,.\n"), max_size=40), number=dialled("7700900123"))
@settings(max_examples=150, deadline=None)
def test_a_mobile_planted_anywhere_is_found(before: str, number: str) -> None:
    assert found([protected("PHONE", MOBILE)], [("Item 1", f"{before} {number} {before}")], THEM)


@given(number=dialled("1134960147"))
@settings(max_examples=50, deadline=None)
def test_a_landline_in_any_format_is_found(number: str) -> None:
    assert found([protected("PHONE", LANDLINE)], [("Item 1", f"Ring {number}, or come.")], THEM)


@given(text=st.text(max_size=400), value=st.text(min_size=1, max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_it(text: str, value: str) -> None:
    for kind in ("ADDRESS", "SCHOOL", "PHONE", "NAME", "OTHER"):
        found([protected(kind, value)], [("Item 1", text)], THEM)


def test_a_long_text_and_many_details_are_read_in_a_moment() -> None:
    text = "The child was seen at school and said that nobody was at home. " * 400
    details = [protected("ADDRESS", f"{n} Wharf Street, Wyrefold, WF{n % 90} {n % 10}AB") for n in range(300)]
    details += [protected("PHONE", f"07700 9{n:05}") for n in range(300)]
    assert not found(details, [("Item 1", text)], THEM)
