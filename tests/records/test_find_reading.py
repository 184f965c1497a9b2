"""What the one box of Find understands. Nothing here asks the database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.gb import nhs

from records.search.reading import Asked, read

TODAY = date(2027, 1, 12)
APRIL = (date(2016, 4, 3), date(2016, 4, 3))


def understood(text: str) -> Asked:
    return read(text, today=TODAY)


@pytest.mark.parametrize(
    "text",
    ["3/4/2016", "03/04/2016", "3-4-2016", "3.4.2016", "3 4 2016", "3/4/16", "2016-04-03", "3 April 2016",
     "3rd of April 2016", "April 3, 2016", "3 apr 2016", "born 3/4/2016"],
)  # fmt: skip
def test_a_day_is_understood_however_it_is_written(text: str) -> None:
    asked = understood(text)
    assert asked.born is not None
    assert (asked.born.first, asked.born.last) == APRIL
    assert asked.words == ()


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("2016", date(2016, 1, 1), date(2016, 12, 31), ()),
        ("marsh 2016", date(2016, 1, 1), date(2016, 12, 31), ("marsh",)),
        ("February 2016", date(2016, 2, 1), date(2016, 2, 29), ()),
        ("4/2016", date(2016, 4, 1), date(2016, 4, 30), ()),
        ("April 2016", date(2016, 1, 1), date(2016, 12, 31), ("april",)),
        ("leo 3/4/2016 marsh", *APRIL, ("leo", "marsh")),
        ("1/2/58", date(1958, 2, 1), date(1958, 2, 1), ()),
    ],
)
def test_a_month_a_year_and_names_beside_a_date(
    text: str, first: date, last: date, words: tuple[str, ...]
) -> None:
    asked = understood(text)
    assert asked.born is not None
    assert (asked.born.first, asked.born.last, asked.words) == (first, last, words)


def test_a_date_that_is_none_is_pointed_out() -> None:
    asked = understood("marsh 31/2/2016")
    assert asked.born is None
    assert asked.wrong == ("There is no such date as 31/2/2016. Check the day and the month.",)
    assert asked.words == ("marsh",)


@pytest.mark.parametrize(
    "text", ["943 476 5870", "9434765870", "943-476-5870", "leo NHS number 943 476 5870"]
)
def test_an_nhs_number_is_understood_with_and_without_spaces(text: str) -> None:
    assert understood(text).nhs_number == "9434765870"


def test_an_nhs_number_that_cannot_be_right_is_explained_and_not_looked_for() -> None:
    asked = understood("943 476 5871")
    assert asked.nhs_number == ""
    assert "last digit does not fit" in asked.wrong[0]


@pytest.mark.parametrize(
    ("text", "reference"),
    [("WF-26-0001", "WF-26-0001"), ("wf 26 1", "WF-26-0001"), (" wf-26-0001-x1 ", "WF-26-0001-X1"),
     ("P-000012", "P-000012"), ("p12", "P-000012"), ("WF-26-0001-A12", "WF-26-0001-A12")],
)  # fmt: skip
def test_a_reference_is_understood_as_people_type_it(text: str, reference: str) -> None:
    assert understood(text) == Asked(reference=reference)


def test_names_lose_capitals_accents_and_punctuation() -> None:
    assert understood("SIÂN  o’neill-smith, ").words == ("sian", "o", "neill", "smith")


def test_what_was_understood_is_said() -> None:
    assert understood("leo marsh 3/4/2016").looked_for == ["the names “leo marsh”", "born on 3 April 2016"]
    assert understood("9434765870").looked_for == ["NHS number 943 476 5870"]


@given(st.text(max_size=200))
def test_whatever_is_typed_is_understood_somehow(text: str) -> None:
    asked = understood(text)
    assert len(asked.words) <= 6
    assert all(asked.looked_for)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d %B %Y"]))
def test_every_day_is_read_back_as_it_was_written(day: date, form: str) -> None:
    asked = understood(day.strftime(form))
    assert asked.born is not None
    assert asked.born.first == asked.born.last == day


@given(st.from_regex(r"\A[4-7][0-9]{9}\Z"))
def test_ten_digits_are_an_nhs_number_where_the_last_one_fits(digits: str) -> None:
    asked = understood(f"{digits[:3]} {digits[3:6]} {digits[6:]}")
    assert (asked.nhs_number == digits) is nhs.is_valid(digits)
    assert bool(asked.wrong) is not nhs.is_valid(digits)
