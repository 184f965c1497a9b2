"""When people are reminded of what is due: a table worked out by hand, and properties."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.chase import KEYS, Step, reminder_times
from agencies.defaults import SUGGESTED
from agencies.working_time import (
    FIRST_YEAR,
    LAST_YEAR,
    REGIONS,
    Calendar,
    Duration,
    DurationNotUnderstood,
    Unit,
    is_working_day,
    parse_duration,
)

LONDON = ZoneInfo("Europe/London")
LIMITS = {key.value: parse_duration(duration) for key, duration in SUGGESTED.items() if key in KEYS}


def london(text: str) -> datetime:
    """Read "2026-12-18 16:59" as London time, or as it stands if it has an offset."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


def chased(start: str, due_at: str, *, urgent: bool = False, **others: str) -> dict[Step, datetime]:
    limits = LIMITS | {key: parse_duration(duration) for key, duration in others.items()}
    return reminder_times(london(start), london(due_at), Calendar(), limits, urgent)


# Each row: start, due, urgent or not, before, own lead, other side's lead, and the reason. London time.
BY_HAND = [
    ("2027-02-04 16:05", "2027-02-08 17:00", False,
     "2027-02-05 17:00", "2027-02-09 09:00", "2027-02-10 09:00",
     "E2: due Monday, so Friday, Tuesday, Wednesday"),
    ("2027-02-04 11:40", "2027-02-05 17:00", False,
     "2027-02-04 17:00", "2027-02-08 09:00", "2027-02-09 09:00",
     "due Friday: the leads hear on Monday and Tuesday"),
    ("2027-01-12 17:00", "2027-01-13 17:00", False,
     "2027-01-13 16:30", "2027-01-14 09:00", "2027-01-15 09:00",
     "a working day before is the start: not after it"),
    ("2027-01-12 17:00:01", "2027-01-14 17:00", False,
     "2027-01-13 17:00", "2027-01-15 09:00", "2027-01-18 09:00",
     "a second after 17:00 gives a day more, and it is after"),
    ("2027-01-12 09:42", "2027-01-12 13:42", True,
     "2027-01-12 13:12", "2027-01-12 14:42", "2027-01-12 15:42",
     "urgent: half an hour before, one and two hours after"),
    ("2027-01-12 22:00", "2027-01-13 02:00", True,
     "2027-01-13 01:30", "2027-01-13 03:00", "2027-01-13 04:00",
     "urgent at night: clock time does not wait for morning"),
    ("2026-12-24 22:00", "2026-12-25 02:00", True,
     "2026-12-25 01:30", "2026-12-25 03:00", "2026-12-25 04:00",
     "urgent on Christmas Day"),
    ("2027-01-12 11:30", "2027-01-12 12:00", False,
     None, "2027-01-13 09:00", "2027-01-14 09:00",
     "due in 30 minutes: neither reminder is after the start"),
    ("2027-01-12 11:29:59", "2027-01-12 12:00", False,
     "2027-01-12 11:30", "2027-01-13 09:00", "2027-01-14 09:00",
     "a second longer, and there is one"),
    ("2027-01-12 12:00", "2027-01-12 12:00", False,
     None, "2027-01-13 09:00", "2027-01-14 09:00",
     "due when it began: only that it is due"),
    ("2027-01-14 10:00", "2027-01-12 12:00", False,
     None, "2027-01-13 09:00", "2027-01-14 09:00",
     "taken over when already late: the moments have passed, and stand"),
    # Christmas 2026: Fri 25 and Mon 28 are bank holidays, Fri 1 January too
    ("2026-12-23 10:00", "2026-12-24 17:00", False,
     "2026-12-23 17:00", "2026-12-29 09:00", "2026-12-30 09:00",
     "due Christmas Eve: 25 to 28 are not worked"),
    ("2026-12-22 10:00", "2026-12-29 17:00", False,
     "2026-12-24 17:00", "2026-12-30 09:00", "2026-12-31 09:00",
     "the working day before Tue 29 is Christmas Eve"),
    ("2026-12-30 10:00", "2026-12-31 17:00", False,
     "2026-12-30 17:00", "2027-01-04 09:00", "2027-01-05 09:00",
     "New Year's Day and the weekend are not worked"),
    # A time on a day need not be a working day
    ("2026-12-18 09:30", "2026-12-19 12:00", False,
     "2026-12-18 12:00", "2026-12-21 09:00", "2026-12-22 09:00",
     "due Saturday noon: Friday noon, then Monday, Tuesday"),
    ("2026-12-18 16:00", "2026-12-19 12:00", False,
     "2026-12-19 11:30", "2026-12-21 09:00", "2026-12-22 09:00",
     "Friday noon had passed, so half an hour before"),
    ("2027-01-11 10:00", "2027-01-13 08:00", False,
     "2027-01-12 08:00", "2027-01-14 09:00", "2027-01-15 09:00",
     "due before opening: still the next working day"),
    # The clocks go forward on Sun 28 March 2027 (Good Friday 26, Easter Monday 29) and back on Sun 31 October
    ("2027-03-22 10:00", "2027-03-30T17:00+01:00", False,
     "2027-03-25T17:00+00:00", "2027-03-31T09:00+01:00", "2027-04-01T09:00+01:00",
     "Easter: 17:00 BST, 17:00 GMT"),
    ("2027-10-25 10:00", "2027-11-01T17:00+00:00", False,
     "2027-10-29T17:00+01:00", "2027-11-02T09:00+00:00", "2027-11-03T09:00+00:00",
     "17:00 GMT, 17:00 BST"),
    ("2027-10-29 10:00", "2027-10-29T17:00+01:00", False,
     "2027-10-29T16:30+01:00", "2027-11-01T09:00+00:00", "2027-11-02T09:00+00:00",
     "due BST, leads told GMT"),
    ("2027-10-31T00:30+01:00", "2027-10-31T01:30+01:00", True,
     "2027-10-31T01:00+01:00", "2027-10-31T01:30+00:00", "2027-10-31T02:30+00:00",
     "the hour that happens twice"),
    ("2027-03-27T20:30+00:00", "2027-03-28T00:30+00:00", True,
     "2027-03-28T00:00+00:00", "2027-03-28T02:30+01:00", "2027-03-28T03:30+01:00",
     "01:30 does not exist"),
    # The leap day, Tue 29 February 2028
    ("2028-02-25 10:00", "2028-02-29 17:00", False,
     "2028-02-28 17:00", "2028-03-01 09:00", "2028-03-02 09:00",
     "due on the leap day"),
    ("2028-02-25 10:00", "2028-03-01 17:00", False,
     "2028-02-29 17:00", "2028-03-02 09:00", "2028-03-03 09:00",
     "reminded on the leap day"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "due_at", "urgent", "before", "lead", "other_lead", "reason"), BY_HAND)
def test_reminders_go_when_worked_out_by_hand(
    start: str, due_at: str, *, urgent: bool, before: str | None, lead: str, other_lead: str, reason: str
) -> None:
    expected = {
        Step.BEFORE: before,
        Step.AT: due_at,
        Step.LEAD: lead,
        Step.OTHER_LEAD: other_lead,
    }
    found = chased(start, due_at, urgent=urgent)
    assert found == {step: london(text) for step, text in expected.items() if text}, reason
    assert all(moment.tzinfo is UTC for moment in found.values())


def test_reminders_follow_the_figures_of_the_partnership() -> None:
    found = chased(
        "2027-01-11 10:00",
        "2027-01-14 17:00",
        REMIND_BEFORE="3 hours",
        REMIND_LEAD="90 minutes",
        REMIND_OTHER_LEAD="3 working days",
    )
    assert found == {
        Step.BEFORE: london("2027-01-14 14:00"),
        Step.AT: london("2027-01-14 17:00"),
        Step.LEAD: london("2027-01-14 18:30"),
        Step.OTHER_LEAD: london("2027-01-19 09:00"),
    }


def test_other_side_is_never_told_before_the_persons_own_lead() -> None:
    found = chased("2027-01-11 10:00", "2027-01-14 17:00", REMIND_OTHER_LEAD="1 hour")
    assert found[Step.LEAD] == london("2027-01-15 09:00")
    assert found[Step.OTHER_LEAD] == london("2027-01-15 09:01")


def test_leads_are_told_when_their_agency_opens() -> None:
    calendar = Calendar(opens=time(7, 30), closes=time(15))
    found = reminder_times(london("2027-02-04 14:00"), london("2027-02-05 15:00"), calendar, LIMITS, False)
    assert found[Step.LEAD] == london("2027-02-08 07:30")


def test_day_that_one_nation_keeps_moves_its_reminders_only() -> None:
    due_at = london("2026-11-27 17:00")
    found = {
        region: reminder_times(london("2026-11-25 10:00"), due_at, Calendar(region=region), LIMITS, False)
        for region in ("ENG", "SCT")
    }
    assert found["ENG"][Step.LEAD] == london("2026-11-30 09:00")
    assert found["SCT"][Step.LEAD] == london("2026-12-01 09:00")  # Mon 30 November is St Andrew's Day


def test_reminder_that_is_a_time_on_a_day_is_refused() -> None:
    with pytest.raises(DurationNotUnderstood, match="so long before or after"):
        chased("2027-01-11 10:00", "2027-01-14 17:00", REMIND_LEAD="by 12:00 tomorrow")


def test_moment_without_a_time_zone_and_a_missing_figure_are_mistakes_of_the_programmer() -> None:
    naive = datetime(2027, 1, 11, 10)  # noqa: DTZ001 - the mistake itself
    for start, due_at in ((naive, london("2027-01-14 17:00")), (london("2027-01-11 10:00"), naive)):
        with pytest.raises(ValueError, match="aware"):
            reminder_times(start, due_at, Calendar(), LIMITS, False)
    with pytest.raises(KeyError):
        reminder_times(london("2027-01-11 10:00"), london("2027-01-14 17:00"), Calendar(), {}, False)


# Properties

earliest, latest = (datetime(year, 6, 30) for year in (FIRST_YEAR, LAST_YEAR - 1))  # noqa: DTZ001 - as st wants
moments = st.datetimes(earliest, latest, timezones=st.sampled_from([UTC, LONDON]))
calendars = st.builds(Calendar, region=st.sampled_from(sorted(REGIONS)))
durations = st.builds(
    Duration, st.sampled_from([Unit.MINUTES, Unit.HOURS, Unit.WORKING_DAYS]), st.integers(1, 60)
)
figures = st.fixed_dictionaries(dict.fromkeys(KEYS, durations))


@given(moments, moments, calendars, figures, st.booleans())
def test_reminders_are_in_order_and_no_two_go_at_once(
    start: datetime, due_at: datetime, calendar: Calendar, limits: dict[str, Duration], urgent: bool
) -> None:
    found = reminder_times(start, due_at, calendar, limits, urgent)
    assert list(found) == [step for step in Step if step in found]
    times = list(found.values())
    assert all(one < later for one, later in pairwise(times))
    assert found[Step.AT] == due_at.astimezone(UTC)
    assert {Step.AT, Step.LEAD, Step.OTHER_LEAD} <= found.keys()


@given(moments, st.timedeltas(timedelta(0), timedelta(days=30)), calendars, figures, st.booleans())
def test_reminder_before_is_after_the_start_and_before_it_is_due(
    start: datetime, wait: timedelta, calendar: Calendar, limits: dict[str, Duration], urgent: bool
) -> None:
    due_at = start.astimezone(UTC) + wait
    found = reminder_times(start, due_at, calendar, limits, urgent)
    if before := found.get(Step.BEFORE):
        assert start.astimezone(UTC) < before < due_at


@given(moments, calendars, figures)
def test_lead_is_told_of_working_days_when_the_agency_opens(
    due_at: datetime, calendar: Calendar, limits: dict[str, Duration]
) -> None:
    limits |= {"REMIND_LEAD": Duration(Unit.WORKING_DAYS, 1)}
    lead = calendar.local(reminder_times(due_at, due_at, calendar, limits, False)[Step.LEAD])
    assert lead.time() == calendar.opens
    assert is_working_day(lead.date(), calendar)


@given(moments, moments, st.timedeltas(timedelta(0), timedelta(days=9)), calendars, figures, st.booleans())
def test_later_limit_is_never_chased_earlier(
    start: datetime,
    due_at: datetime,
    more: timedelta,
    calendar: Calendar,
    limits: dict[str, Duration],
    urgent: bool,
) -> None:
    one = reminder_times(start, due_at, calendar, limits, urgent)
    other = reminder_times(start, due_at.astimezone(UTC) + more, calendar, limits, urgent)
    assert all(one[step] <= other[step] for step in (Step.AT, Step.LEAD, Step.OTHER_LEAD))


@given(moments, moments, calendars, figures, st.booleans())
def test_zone_in_which_the_moments_are_written_makes_no_difference(
    start: datetime, due_at: datetime, calendar: Calendar, limits: dict[str, Duration], urgent: bool
) -> None:
    elsewhere = ZoneInfo("Pacific/Auckland")
    began, ends = (moment.astimezone(UTC).astimezone(elsewhere) for moment in (start, due_at))
    found = reminder_times(began, ends, calendar, limits, urgent)
    assert found == reminder_times(start, due_at, calendar, limits, urgent)
