"""When somebody is told: at once, after their quiet hours or once a day, across both clock changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.models import NoticeChoice
from agencies.quiet import Told, is_quiet, next_time, when_told
from agencies.working_time import Calendar

LONDON = Calendar()
clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str) -> datetime:
    """A moment by London's clock; the first one where it comes twice."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)


def choice(digest: str = "", quiet: str = "") -> NoticeChoice:
    start, _, end = quiet.partition("-")
    return NoticeChoice(
        digest_at=time.fromisoformat(digest) if digest else None,
        quiet_from=time.fromisoformat(start) if quiet else None,
        quiet_to=time.fromisoformat(end) if quiet else None,
    )


def told(chosen: NoticeChoice, at: datetime, respond_by: datetime | None = None) -> Told:
    return when_told(chosen, at=at, respond_by=respond_by, calendar=LONDON)


@pytest.mark.parametrize(
    ("clock", "after", "moment"),
    [
        ("16:30", "2027-01-12T09:00", "2027-01-12T16:30"),  # winter: GMT
        ("16:30", "2027-01-12T16:30", "2027-01-13T16:30"),  # the very minute has passed
        ("16:30", "2027-07-12T15:29", "2027-07-12T15:30"),  # summer: an hour earlier by UTC
        ("07:00", "2027-03-27T23:00", "2027-03-28T06:00"),  # the night the clocks go forward
        ("07:00", "2027-10-30T22:00", "2027-10-31T07:00"),  # the night they go back
        ("01:30", "2027-03-28T00:10", "2027-03-28T01:30"),  # skipped: shown as 02:30
        ("01:30", "2027-10-31T00:10", "2027-10-31T00:30"),  # the first 01:30
        ("01:30", "2027-10-31T00:40", "2027-10-31T01:30"),  # the second
        ("00:00", "2027-12-31T23:59", "2028-01-01T00:00"),
    ],
)
def test_the_next_time_that_the_clock_shows(clock: str, after: str, moment: str) -> None:
    assert next_time(time.fromisoformat(clock), after=utc(after), calendar=LONDON) == utc(moment)


@pytest.mark.parametrize(
    ("quiet", "at", "expected"),
    [
        ("18:00-08:00", "2027-01-12T17:59", False),
        ("18:00-08:00", "2027-01-12T18:00", True),
        ("18:00-08:00", "2027-01-13T07:59", True),
        ("18:00-08:00", "2027-01-13T08:00", False),
        ("12:00-13:00", "2027-07-12T12:30", True),
        ("12:00-13:00", "2027-07-12T13:00", False),
        ("", "2027-07-12T03:00", False),
    ],
)
def test_quiet_hours_hold_from_the_first_time_until_the_second(quiet: str, at: str, expected: bool) -> None:
    assert is_quiet(choice(quiet=quiet), at=local(at), calendar=LONDON) is expected


def test_a_notice_in_quiet_hours_waits_for_their_end() -> None:
    assert told(choice(quiet="18:00-08:00"), local("2027-01-12T22:00")) == Told(local("2027-01-13T08:00"))
    assert told(choice(quiet="18:00-08:00"), local("2027-01-12T17:00")) == Told(local("2027-01-12T17:00"))


def test_a_notice_for_a_digest_waits_for_its_time_day_or_night() -> None:
    chosen = choice("16:30", "18:00-08:00")
    for at in ("2027-01-12T16:30", "2027-01-12T22:00", "2027-01-13T09:00"):
        assert told(chosen, local(at)) == Told(local("2027-01-13T16:30"), in_digest=True)


def test_what_has_to_be_answered_before_it_would_go_is_not_held_back() -> None:
    at = local("2027-01-12T22:00")
    both = choice("16:30", "18:00-08:00")
    assert told(both, at, local("2027-01-13T16:30")) == Told(local("2027-01-13T08:00"))
    assert told(both, at, local("2027-01-13T08:00")) == Told(at)
    assert told(both, at, local("2027-01-14T09:00")).in_digest
    assert told(both, at, local("2027-01-12T09:00")).in_digest  # late already: an hour changes nothing


@given(moments, clocks, clocks, clocks)
def test_nobody_waits_more_than_a_day_and_never_into_quiet_hours(
    at: datetime, digest: time, start: time, end: time
) -> None:
    quiet = NoticeChoice(quiet_from=start, quiet_to=end)
    held = told(quiet, at)
    assert timedelta() <= held.at - at <= timedelta(hours=25)
    if start != end and held.at != at:
        assert is_quiet(quiet, at=at, calendar=LONDON)
        assert not is_quiet(quiet, at=held.at, calendar=LONDON) or held.at.month in (3, 10)
    daily = told(NoticeChoice(digest_at=digest), at)
    assert daily.in_digest
    assert timedelta() < daily.at - at <= timedelta(hours=25)
