"""By when a request is answered: one function, against the calendar and against what must always hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.working_time import Calendar, is_working_day
from sharing.subject_access import clock
from sharing.subject_access.clock import Pause, limit, months_after

DAY = timedelta(days=1)
days = st.dates(min_value=date(2024, 1, 1), max_value=date(2030, 6, 1))


@pytest.mark.parametrize(
    ("came", "due"),
    [
        (date(2026, 9, 3), date(2026, 10, 5)),  # 3 October is a Saturday
        (date(2027, 3, 31), date(2027, 4, 30)),  # April has no 31st
        (date(2027, 1, 31), date(2027, 3, 1)),  # 28 February 2027 is a Sunday
        (date(2028, 1, 31), date(2028, 2, 29)),  # a leap year
        (date(2026, 11, 25), date(2026, 12, 29)),  # Christmas, a weekend and the substitute of Boxing Day
        (date(2026, 12, 31), date(2027, 2, 1)),  # into another year; 31 January is a Sunday
    ],
)
def test_one_month_to_the_day_or_the_end_of_the_month_or_the_next_working_day(came: date, due: date) -> None:
    assert limit(came).due_on == due


def test_identity_starts_the_clock_when_it_is_known() -> None:
    came, asked, told = date(2026, 9, 3), date(2026, 9, 4), date(2026, 9, 15)
    waiting = limit(came, pauses=[Pause(asked, None, is_identity=True)])
    assert waiting.is_paused
    known = limit(came, pauses=[Pause(asked, told, is_identity=True)])
    assert known.due_on == date(2026, 10, 15)


def test_days_of_clarification_do_not_count_both_ends_included() -> None:
    came = date(2026, 9, 7)
    assert limit(came).due_on == date(2026, 10, 7)
    asked = Pause(date(2026, 9, 8), date(2026, 9, 9))
    assert limit(came, pauses=[asked]).due_on == date(2026, 10, 9)
    same_day = Pause(date(2026, 9, 8), date(2026, 9, 8))
    assert limit(came, pauses=[same_day]).due_on == date(2026, 10, 8)


def test_days_that_overlap_do_not_count_once() -> None:
    came = date(2026, 9, 7)
    pauses = [Pause(date(2026, 9, 8), date(2026, 9, 10)), Pause(date(2026, 9, 9), date(2026, 9, 11))]
    assert limit(came, pauses=pauses).due_on == date(2026, 10, 12)  # 4 days; 11 October is a Sunday


def test_an_extension_is_two_months_more_and_told_within_the_first() -> None:
    counted = limit(date(2026, 9, 3), is_extended=True)
    assert counted.due_on == date(2026, 12, 3)
    assert counted.extend_by == date(2026, 10, 3), "the day itself: telling them needs no working day"


def test_it_says_why() -> None:
    said = " ".join(limit(date(2026, 9, 3)).why)
    assert "It came on 3 September 2026." in said
    assert "3 October 2026 is no working day, so it is due on 5 October 2026." in said


def test_outside_the_known_bank_holidays_it_still_answers() -> None:
    assert limit(date(2099, 12, 30)).due_on is not None


@given(days, st.integers(min_value=0, max_value=36))
def test_months_keep_the_day_or_end_with_the_month(day: date, months: int) -> None:
    after = months_after(day, months)
    assert (after.year * 12 + after.month) - (day.year * 12 + day.month) == months
    assert after.day == day.day or (after.day < day.day and (after + DAY).day == 1)


@given(days)
def test_it_is_never_less_than_a_month_and_falls_on_a_working_day(came: date) -> None:
    due = limit(came).due_on
    assert due is not None
    assert months_after(came, 1) <= due <= months_after(came, 1) + 5 * DAY
    assert is_working_day(due, Calendar())


pauses = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20), st.booleans()), max_size=4)


@given(days, pauses)
def test_waiting_never_brings_the_limit_forward_and_an_extension_adds_two_months(
    came: date, waits: list[tuple[int, int, bool]]
) -> None:
    rows = [Pause(came + a * DAY, came + (a + b) * DAY, is_identity) for a, b, is_identity in waits]
    plain, waited = limit(came), limit(came, pauses=rows)
    assert plain.due_on is not None
    assert waited.due_on is not None
    assert waited.due_on >= plain.due_on
    longer = limit(came, pauses=rows, is_extended=True)
    assert longer.due_on is not None
    assert longer.due_on > waited.due_on
    assert longer.extend_by == waited.extend_by
    assert limit(came, pauses=[*rows, Pause(came)]).is_paused


@given(days, pauses)
def test_the_order_of_the_waits_makes_no_difference(came: date, waits: list[tuple[int, int, bool]]) -> None:
    rows = [Pause(came + a * DAY, came + (a + b) * DAY, is_identity) for a, b, is_identity in waits]
    assert limit(came, pauses=rows).due_on == limit(came, pauses=reversed(rows)).due_on


def test_they_are_asked_again_after_a_month() -> None:
    assert clock.chase_on(date(2026, 9, 7)) == date(2026, 10, 7)
