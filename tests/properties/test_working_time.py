"""The working-time rule: what holds for every moment, limit and calendar."""

import os
import time as clock_of_the_server
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from agencies.working_time import (
    FIRST_YEAR,
    LAST_YEAR,
    REGIONS,
    Calendar,
    Duration,
    DurationNotUnderstood,
    Unit,
    add_working_days,
    due,
    is_working_day,
)

LONDON = ZoneInfo("Europe/London")
earliest, latest = (datetime(year, 6, 30) for year in (FIRST_YEAR, LAST_YEAR - 1))  # noqa: DTZ001 - as st wants
moments = st.datetimes(earliest, latest, timezones=st.sampled_from([UTC, LONDON]))
days = st.dates(date(FIRST_YEAR, 3, 1), date(LAST_YEAR - 1, 6, 30))
counts = st.integers(1, 60)
calendars = st.builds(
    Calendar,
    region=st.sampled_from(sorted(REGIONS)),
    extra_closed_days=st.frozensets(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=5),
)
amounts = st.builds(Duration, st.sampled_from([Unit.MINUTES, Unit.HOURS, Unit.WORKING_DAYS]), counts)


@given(moments, amounts, calendars)
def test_due_is_later_than_the_start_and_never_before_it_counts(
    start: datetime, limit: Duration, calendar: Calendar
) -> None:
    answer = due(start, limit, calendar)
    assert start.astimezone(UTC) <= answer.counted_from < answer.at


@given(moments, st.times(), st.integers(0, 1), calendars)
def test_time_on_a_day_is_later_than_the_start_or_refused(
    start: datetime, clock: time, ahead: int, calendar: Calendar
) -> None:
    clock = clock.replace(second=0, microsecond=0, fold=0)
    try:
        answer = due(start, Duration(Unit.AT, ahead, clock), calendar)
    except DurationNotUnderstood:
        assume(False)
    assert answer.at > start.astimezone(UTC)
    assert calendar.local(answer.at).time() == clock


@given(moments, moments, amounts, calendars)
def test_later_start_is_never_due_earlier(
    one: datetime, other: datetime, limit: Duration, calendar: Calendar
) -> None:
    first, second = sorted((one.astimezone(UTC), other.astimezone(UTC)))
    assert due(first, limit, calendar).at <= due(second, limit, calendar).at


@given(moments, st.timedeltas(timedelta(0), timedelta(days=4)), amounts, calendars)
def test_slightly_later_start_is_never_due_earlier(
    start: datetime, wait: timedelta, limit: Duration, calendar: Calendar
) -> None:
    start = start.astimezone(UTC)
    assert due(start, limit, calendar).at <= due(start + wait, limit, calendar).at


@given(moments, amounts, calendars)
def test_one_more_is_later(start: datetime, limit: Duration, calendar: Calendar) -> None:
    more = Duration(limit.unit, limit.amount + 1)
    assert due(start, limit, calendar).at < due(start, more, calendar).at


@given(moments, counts, calendars)
def test_working_days_end_at_closing_time_on_a_working_day(
    start: datetime, count: int, calendar: Calendar
) -> None:
    answer = due(start, Duration(Unit.WORKING_DAYS, count), calendar)
    local = calendar.local(answer.at)
    assert local.time() == time(17)
    assert is_working_day(local.date(), calendar)
    assert is_working_day(calendar.local(answer.counted_from).date(), calendar)


@given(moments, counts, calendars)
def test_why_has_one_sentence_for_each_day_skipped(start: datetime, count: int, calendar: Calendar) -> None:
    answer = due(start, Duration(Unit.WORKING_DAYS, count), calendar)
    elapsed = (calendar.local(answer.at).date() - calendar.local(start).date()).days
    assert sum("does not count" in sentence for sentence in answer.why) == elapsed - count


@given(days, counts, counts, calendars)
def test_adding_days_in_two_steps_is_adding_them_at_once(
    day: date, one: int, other: int, calendar: Calendar
) -> None:
    halfway = add_working_days(day, one, calendar)
    assert add_working_days(halfway, other, calendar) == add_working_days(day, one + other, calendar)


@given(moments, amounts, calendars, st.integers(-12, 14))
def test_zone_in_which_the_start_is_written_makes_no_difference(
    start: datetime, limit: Duration, calendar: Calendar, offset: int
) -> None:
    elsewhere = start.astimezone(UTC).astimezone(timezone(timedelta(hours=offset)))
    assert due(elsewhere, limit, calendar) == due(start, limit, calendar)


@contextmanager
def server_in(zone: str) -> Iterator[None]:
    """Run as a server whose TZ is `zone` would."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    clock_of_the_server.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        clock_of_the_server.tzset()


@given(moments, amounts, calendars)
def test_zone_of_the_server_makes_no_difference(start: datetime, limit: Duration, calendar: Calendar) -> None:
    answers = set()
    for zone in ("UTC", "Europe/London", "Pacific/Kiritimati", "America/Los_Angeles"):
        with server_in(zone):
            answers.add(due(start, limit, calendar))
    assert len(answers) == 1
