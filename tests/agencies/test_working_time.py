"""The working-time rule: a table worked out by hand, and what is refused."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from agencies.working_time import (
    Calendar,
    CalendarNotKnown,
    Duration,
    DurationNotUnderstood,
    Unit,
    add_working_days,
    due,
    next_working_day,
    parse_duration,
)

LONDON = ZoneInfo("Europe/London")


def london(text: str) -> datetime:
    """Read "2026-12-18 16:59" as London time (the first of two), or as it stands if it has an offset."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


# Each row: region, received, limit, due, and the reason, worked out by hand from the day of the week and the
# bank holidays that GOV.UK publishes. "wd" is working days; times without an offset are London time.
BY_HAND = [
    # An ordinary week: Mon 11 to Fri 15 January 2027
    ("ENG", "2027-01-12 12:00", "1 wd", "2027-01-13 17:00", "Tue in hours, so Wed"),
    ("ENG", "2027-01-12 12:00", "2 wd", "2027-01-14 17:00", "Tue, so Wed and Thu"),
    ("ENG", "2027-01-11 09:00", "1 wd", "2027-01-12 17:00", "opening time is in hours"),
    ("ENG", "2027-01-11 08:59:59", "1 wd", "2027-01-12 17:00", "before 09:00 counts as that day"),
    ("ENG", "2027-01-11 00:00", "1 wd", "2027-01-12 17:00", "midnight belongs to the day it begins"),
    ("ENG", "2027-01-10 23:59:59", "1 wd", "2027-01-12 17:00", "Sun counts as Mon 09:00, so Tue"),
    ("ENG", "2027-01-11 16:59:59", "1 wd", "2027-01-12 17:00", "a second before closing"),
    ("ENG", "2027-01-11 17:00:00", "1 wd", "2027-01-12 17:00", "17:00 exactly is not after 17:00"),
    ("ENG", "2027-01-11 17:00:00.000001", "1 wd", "2027-01-13 17:00", "a microsecond after is after"),
    ("ENG", "2027-01-11 17:00:01", "1 wd", "2027-01-13 17:00", "after 17:00 Mon counts as Tue, so Wed"),
    ("ENG", "2027-01-11 23:59:59", "1 wd", "2027-01-13 17:00", "late at night is still Mon, after 17:00"),
    # Weekends
    ("ENG", "2027-01-15 16:59:59", "1 wd", "2027-01-18 17:00", "Fri in hours, over the weekend to Mon"),
    ("ENG", "2027-01-15 17:00:00", "1 wd", "2027-01-18 17:00", "Fri 17:00 exactly, so Mon"),
    ("ENG", "2027-01-15 17:00:01", "1 wd", "2027-01-19 17:00", "Fri late counts as Mon 09:00, so Tue"),
    ("ENG", "2027-01-16 10:00", "1 wd", "2027-01-19 17:00", "Sat counts as Mon, so Tue"),
    ("ENG", "2027-01-16 17:00:01", "1 wd", "2027-01-19 17:00", "Sat late is no later than Sat"),
    ("ENG", "2027-01-17 10:00", "2 wd", "2027-01-20 17:00", "Sun counts as Mon, so Tue and Wed"),
    ("ENG", "2027-01-14 10:00", "5 wd", "2027-01-21 17:00", "five working days are one week"),
    # The two worked examples
    ("ENG", "2027-01-12 09:58", "1 wd", "2027-01-13 17:00", "E1: decision back to the referrer"),
    ("ENG", "2027-01-12 09:42", "45 wd", "2027-03-16 17:00", "E1: nine weeks, no bank holiday inside"),
    ("ENG", "2027-01-12 12:00", "15 wd", "2027-02-02 17:00", "E1: three weeks, no bank holiday"),
    ("ENG", "2027-02-04 11:40", "1 wd", "2027-02-05 17:00", "E2: Thu, so Fri"),
    ("ENG", "2027-02-04 16:05", "2 wd", "2027-02-08 17:00", "E2: Thu, so Fri and Mon"),
    ("ENG", "2027-02-04 16:05", "5 wd", "2027-02-11 17:00", "E2: Thu to Thu"),
    # Christmas 2026: Fri 25 Christmas Day, Sat 26 Boxing Day, Mon 28 its substitute, Fri 1 January
    ("ENG", "2026-12-18 16:59", "2 wd", "2026-12-22 17:00", "Fri, so Mon 21 and Tue 22"),
    ("ENG", "2026-12-18 17:01", "2 wd", "2026-12-23 17:00", "counts as Mon 21, so Tue and Wed"),
    ("ENG", "2026-12-23 10:00", "1 wd", "2026-12-24 17:00", "Christmas Eve is a working day"),
    ("ENG", "2026-12-24 12:00", "1 wd", "2026-12-29 17:00", "25 holiday, 26-27 weekend, 28 substitute"),
    ("ENG", "2026-12-24 17:00:00", "1 wd", "2026-12-29 17:00", "still in time on Christmas Eve"),
    ("ENG", "2026-12-24 17:00:01", "1 wd", "2026-12-30 17:00", "counts as Tue 29, so Wed 30"),
    ("ENG", "2026-12-25 09:00", "1 wd", "2026-12-30 17:00", "Christmas Day counts as Tue 29"),
    ("ENG", "2026-12-28 09:00", "2 wd", "2026-12-31 17:00", "substitute day counts as 29: 30 and 31"),
    ("ENG", "2026-12-24 12:00", "5 wd", "2027-01-05 17:00", "29, 30, 31, then Mon 4 and Tue 5"),
    ("ENG", "2026-12-31 12:00", "1 wd", "2027-01-04 17:00", "Fri 1 is New Year's Day, then a weekend"),
    ("ENG", "2026-12-31 17:30", "1 wd", "2027-01-05 17:00", "counts as Mon 4, so Tue 5"),
    ("WLS", "2026-12-24 12:00", "1 wd", "2026-12-29 17:00", "Wales has the days of England"),
    # Christmas 2027: Sat 25 and Sun 26, substitutes Mon 27 and Tue 28; 1 January 2028 Sat, substitute Mon 3
    ("ENG", "2027-12-24 12:00", "1 wd", "2027-12-29 17:00", "25-26 weekend, 27 and 28 substitutes"),
    ("ENG", "2027-12-27 12:00", "1 wd", "2027-12-30 17:00", "a substitute day counts as Wed 29"),
    ("ENG", "2027-12-31 12:00", "1 wd", "2028-01-04 17:00", "1-2 weekend, Mon 3 substitute"),
    ("SCT", "2027-12-31 12:00", "1 wd", "2028-01-05 17:00", "Scotland: Tue 4 is a substitute for 2 Jan"),
    # Easter and May 2027: Fri 26 and Mon 29 March, Mon 3 and Mon 31 May
    ("ENG", "2027-03-25 12:00", "1 wd", "2027-03-30 17:00", "Good Friday, weekend, Easter Monday"),
    ("ENG", "2027-03-25 17:00:01", "1 wd", "2027-03-31 17:00", "counts as Tue 30, so Wed 31"),
    ("SCT", "2027-03-25 12:00", "1 wd", "2027-03-29 17:00", "Easter Monday is worked in Scotland"),
    ("NIR", "2027-03-25 12:00", "1 wd", "2027-03-30 17:00", "Northern Ireland keeps Easter Monday"),
    ("ENG", "2027-03-15 12:00", "10 wd", "2027-03-31 17:00", "16-19 four, 22-25 eight, 30 and 31"),
    ("ENG", "2027-04-30 12:00", "1 wd", "2027-05-04 17:00", "Mon 3 May is a bank holiday"),
    ("ENG", "2027-05-28 12:00", "2 wd", "2027-06-02 17:00", "Mon 31 May: so Tue 1 and Wed 2 June"),
    ("ENG", "2027-08-27 12:00", "1 wd", "2027-08-31 17:00", "Mon 30 August is a bank holiday"),
    ("SCT", "2027-08-27 12:00", "1 wd", "2027-08-30 17:00", "not in Scotland"),
    ("SCT", "2027-07-30 12:00", "1 wd", "2027-08-03 17:00", "Scotland's is Mon 2 August"),
    ("ENG", "2027-07-30 12:00", "1 wd", "2027-08-02 17:00", "which England works"),
    # Days that one nation keeps
    ("SCT", "2026-12-31 12:00", "1 wd", "2027-01-05 17:00", "Sat 2 January has its substitute on Mon 4"),
    ("SCT", "2026-01-01 12:00", "1 wd", "2026-01-06 17:00", "Fri 2 January too: counts as Mon 5"),
    ("ENG", "2026-01-01 12:00", "1 wd", "2026-01-05 17:00", "in England it counts as Fri 2, so Mon 5"),
    ("SCT", "2026-11-27 12:00", "1 wd", "2026-12-01 17:00", "Mon 30 November is St Andrew's Day"),
    ("ENG", "2026-11-27 12:00", "1 wd", "2026-11-30 17:00", "which England works"),
    ("SCT", "2025-11-28 12:00", "1 wd", "2025-12-02 17:00", "Sun 30: substitute Mon 1 December"),
    ("SCT", "2026-06-12 12:00", "1 wd", "2026-06-16 17:00", "Mon 15 June 2026, proclaimed once"),
    ("NIR", "2027-03-16 12:00", "1 wd", "2027-03-18 17:00", "Wed 17 March is St Patrick's Day"),
    ("ENG", "2027-03-16 12:00", "1 wd", "2027-03-17 17:00", "which England works"),
    ("NIR", "2026-07-10 12:00", "1 wd", "2026-07-14 17:00", "Sun 12 July: substitute Mon 13"),
    ("NIR", "2027-07-09 12:00", "1 wd", "2027-07-13 17:00", "Mon 12 July"),
    ("NIR", "2024-03-15 12:00", "1 wd", "2024-03-19 17:00", "Sun 17 March 2024: substitute Mon 18"),
    # Days moved or added once
    ("ENG", "2020-05-07 12:00", "1 wd", "2020-05-11 17:00", "May Day moved to Fri 8 May 2020"),
    ("ENG", "2020-05-01 12:00", "1 wd", "2020-05-04 17:00", "so Mon 4 May 2020 was worked"),
    ("ENG", "2022-06-01 12:00", "1 wd", "2022-06-06 17:00", "Thu 2 and Fri 3 June 2022, jubilee"),
    ("ENG", "2022-09-16 12:00", "1 wd", "2022-09-20 17:00", "Mon 19 September 2022, state funeral"),
    ("ENG", "2023-05-05 12:00", "1 wd", "2023-05-09 17:00", "Mon 8 May 2023, coronation"),
    # The leap day, Tue 29 February 2028, and a year without one
    ("ENG", "2028-02-28 12:00", "1 wd", "2028-02-29 17:00", "Mon, so Tue 29 February"),
    ("ENG", "2028-02-28 12:00", "2 wd", "2028-03-01 17:00", "and then Wed 1 March"),
    ("ENG", "2028-02-29 17:00:01", "1 wd", "2028-03-02 17:00", "counts as Wed 1 March, so Thu 2"),
    ("ENG", "2027-02-26 12:00", "1 wd", "2027-03-01 17:00", "Fri 26, so Mon 1 March: no 29 February"),
    ("ENG", "2028-02-28 12:00", "24 hours", "2028-02-29 12:00", "into the leap day"),
    ("ENG", "2028-02-29 12:00", "by 12:00 tomorrow", "2028-03-01 12:00", "the day after the leap day"),
    # The clocks go back on Sun 25 October 2026 and Sun 31 October 2027 at 02:00 BST
    ("ENG", "2026-10-24 12:00", "24 hours", "2026-10-25 11:00", "25 hours on the clock face would be 12:00"),
    ("ENG", "2026-10-24 23:00", "4 hours", "2026-10-25 02:00", "23, 24, 01, 01 again, 02"),
    ("ENG", "2026-10-25 00:30", "1 hour", "2026-10-25T01:30+01:00", "the first 01:30, still summer time"),
    ("ENG", "2026-10-25 00:30", "2 hours", "2026-10-25T01:30+00:00", "the second 01:30, an hour later"),
    ("ENG", "2026-10-25 00:30", "by 01:30 today", "2026-10-25T01:30+01:00", "the first of two"),
    ("ENG", "2026-10-25T01:10+00:00", "by 01:30 today", "2026-10-25T01:30+00:00", "the first has passed"),
    ("ENG", "2026-10-25 01:30", "by 01:30 today", "2026-10-25T01:30+00:00", "at the first, so the second"),
    ("ENG", "2026-10-23 16:00", "1 wd", "2026-10-26T17:00+00:00", "Fri in BST, due Mon 17:00 GMT"),
    ("ENG", "2026-10-23T16:00:00+00:00", "1 wd", "2026-10-26 17:00", "16:00 UTC is 17:00 BST: in time"),
    ("ENG", "2026-10-23T16:00:01+00:00", "1 wd", "2026-10-27 17:00", "and a second later is not"),
    ("ENG", "2026-10-26T16:00:01+00:00", "1 wd", "2026-10-27 17:00", "in GMT the same is 16:00:01"),
    ("ENG", "2027-10-30 12:00", "by 12:00 tomorrow", "2027-10-31T12:00+00:00", "noon by the clock, 25 h on"),
    ("ENG", "2027-10-29 12:00", "2 wd", "2027-11-02T17:00+00:00", "Fri BST, so Mon and Tue GMT"),
    # The clocks go forward on Sun 29 March 2026 and Sun 28 March 2027 at 01:00 GMT
    ("ENG", "2027-03-27 12:00", "24 hours", "2027-03-28 13:00", "24 hours really pass: 13:00 by the clock"),
    ("ENG", "2027-03-28 00:30", "1 hour", "2027-03-28T02:30+01:00", "01:30 does not exist"),
    ("ENG", "2027-03-27 12:00", "by 12:00 tomorrow", "2027-03-28T12:00+01:00", "noon by the clock, 23 h on"),
    ("ENG", "2026-03-27 16:30", "1 wd", "2026-03-30T17:00+01:00", "Fri GMT, due Mon 17:00 BST"),
    ("ENG", "2026-03-30T16:00:01+00:00", "1 wd", "2026-04-01 17:00", "17:00:01 BST counts as Tue"),
    # Hours are clock hours, whatever the day
    ("ENG", "2026-12-24 16:00", "4 hours", "2026-12-24 20:00", "past closing on Christmas Eve"),
    ("ENG", "2026-12-24 22:00", "4 hours", "2026-12-25 02:00", "into Christmas Day"),
    ("ENG", "2026-12-31 23:30", "1 hour", "2027-01-01 00:30", "into the new year"),
    ("ENG", "2027-01-16 10:00", "72 hours", "2027-01-19 10:00", "Sat to Tue: breach notice to the regulator"),
    # Minutes are clock minutes
    ("ENG", "2027-01-12 16:45", "30 minutes", "2027-01-12 17:15", "past closing: the clock runs on"),
    ("ENG", "2026-12-24 23:45", "30 minutes", "2026-12-25 00:15", "into Christmas Day"),
    ("ENG", "2028-02-28 23:59", "1 minute", "2028-02-29 00:00", "into the leap day"),
    ("ENG", "2026-10-25 01:45", "30 minutes", "2026-10-25T01:15+00:00", "back to 01:15, which comes twice"),
    ("ENG", "2027-03-28 00:45", "30 minutes", "2027-03-28T02:15+01:00", "01:15 does not exist"),
    # A time on a day is kept, working day or not
    ("ENG", "2026-12-18 09:30", "by 12:00 tomorrow", "2026-12-19 12:00", "Sat: the clock and the calendar"),
    ("ENG", "2026-12-31 23:59", "by 12:00 tomorrow", "2027-01-01 12:00", "tomorrow is New Year's Day"),
    ("ENG", "2027-01-12 09:30", "by 12:00 today", "2027-01-12 12:00", "E1: strategy discussion today"),
    ("ENG", "2027-01-12 09:30", "by 17:00 on 13 January 2027", "2027-01-13 17:00", "a date in full"),
    ("ENG", "2026-07-12T23:30+00:00", "by 12:00 tomorrow", "2026-07-14 12:00", "00:30 on the 13th in London"),
]  # fmt: skip


@pytest.mark.parametrize(("region", "received", "limit", "expected", "reason"), BY_HAND)
def test_due_moment_is_the_one_worked_out_by_hand(
    region: str, received: str, limit: str, expected: str, reason: str
) -> None:
    answer = due(london(received), limit, Calendar(region=region))
    assert answer.at == london(expected).astimezone(UTC), reason
    assert answer.at.tzinfo is UTC
    assert answer.counted_from.tzinfo is UTC


def test_table_is_long_enough_and_says_each_thing_once() -> None:
    assert len({row[:3] for row in BY_HAND}) == len(BY_HAND) >= 60


def test_why_names_each_day_skipped_in_order() -> None:
    answer = due(london("2026-12-24 17:00:01"), "4 working days", Calendar())
    assert answer.counted_from == london("2026-12-29 09:00")
    assert answer.at == london("2027-01-05 17:00")
    assert answer.why == (
        "Thursday 24 December 2026 does not count: 17:00 had passed.",
        "Friday 25 December 2026 does not count: it is a bank holiday in England (Christmas Day).",
        "Saturday 26 December 2026 does not count: it is a weekend.",
        "Sunday 27 December 2026 does not count: it is a weekend.",
        (
            "Monday 28 December 2026 does not count: it is a bank holiday in England "
            "(Boxing Day, substitute day)."
        ),
        "It counts as received at 09:00 on Tuesday 29 December 2026.",
        "Friday 1 January 2027 does not count: it is a bank holiday in England (New Year's Day).",
        "Saturday 2 January 2027 does not count: it is a weekend.",
        "Sunday 3 January 2027 does not count: it is a weekend.",
    )


def test_why_says_that_clock_minutes_run_through_the_night_and_a_clock_change() -> None:
    assert due(london("2026-10-25 01:45"), "30 minutes", Calendar()).why == (
        "Minutes are clock minutes: nights, weekends and bank holidays count.",
        "The clocks go back in between; the minutes are those that really pass.",
    )


def test_limit_in_working_days_is_no_clock_time() -> None:
    assert Duration(Unit.HOURS, 2).elapsed == Duration(Unit.MINUTES, 120).elapsed == timedelta(hours=2)
    with pytest.raises(ValueError, match="not counted in clock time"):
        _ = Duration(Unit.WORKING_DAYS, 2).elapsed


def test_received_before_opening_is_counted_from_the_moment_it_came() -> None:
    assert due(london("2027-01-11 07:15"), "1 working day", Calendar()).counted_from == london(
        "2027-01-11 07:15"
    )


def test_day_the_agency_is_closed_is_skipped_and_said() -> None:
    calendar = Calendar(extra_closed_days=frozenset({date(2027, 1, 13)}))
    answer = due(london("2027-01-12 12:00"), "1 working day", calendar)
    assert answer.at == london("2027-01-14 17:00")
    assert answer.why == ("Wednesday 13 January 2027 does not count: the agency is closed.",)


def test_agency_with_its_own_hours_is_late_and_due_by_them() -> None:
    calendar = Calendar(opens=time(8), closes=time(16, 30))
    answer = due(london("2027-01-11 16:31"), "1 working day", calendar)
    assert answer.counted_from == london("2027-01-12 08:00")
    assert answer.at == london("2027-01-13 16:30")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4 hours", Duration(Unit.HOURS, 4)),
        (" 1  Hour ", Duration(Unit.HOURS, 1)),
        ("30 minutes", Duration(Unit.MINUTES, 30)),
        ("1 minute.", Duration(Unit.MINUTES, 1)),
        ("90 Mins", Duration(Unit.MINUTES, 90)),
        ("45min", Duration(Unit.MINUTES, 45)),
        ("2 working days", Duration(Unit.WORKING_DAYS, 2)),
        ("15 WD", Duration(Unit.WORKING_DAYS, 15)),
        ("by 12:00 tomorrow", Duration(Unit.AT, 1, time(12))),
        ("by midday tomorrow.", Duration(Unit.AT, 1, time(12))),
        ("by 12am tomorrow", Duration(Unit.AT, 1, time(0))),
        ("by 5.30pm today", Duration(Unit.AT, 0, time(17, 30))),
        ("by 17:00 on 13 January 2027", Duration(Unit.AT, 0, time(17), date(2027, 1, 13))),
        ("by 17:00 on Wednesday, 13 Jan 2027", Duration(Unit.AT, 0, time(17), date(2027, 1, 13))),
    ],
)
def test_time_limit_is_read_as_a_person_writes_it(text: str, expected: Duration) -> None:
    assert parse_duration(text) == expected
    assert parse_duration(str(expected)) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write the time limit as hours"),
        ("soon", "Write the time limit as hours"),
        ("two days", "Write the time limit as hours"),
        ("-1 hours", "Write the time limit as hours"),
        ("2 days", "Say which kind of days"),
        ("0 working days", "between 1 and 9999"),
        ("0 minutes", "between 1 and 9999"),
        ("10000 minutes", "between 1 and 9999"),
        ("30 m", "Write the time limit as hours"),
        ("1.5 hours", "Write the time limit as hours"),
        ("100000 hours", "between 1 and 9999"),
        ("by 17 tomorrow", "Give the time as 00:00 to 23:59"),
        ("by 24:00 tomorrow", "Give the time as 00:00 to 23:59"),
        ("by 13pm tomorrow", "Give the time as 00:00 to 23:59"),
        ("by 17:00", "Say which day"),
        ("by 17:00 on 13 January", "a date with its year"),
        ("by 17:00 on 29 February 2027", "There is no such date"),
        ("by 17:00 on Tuesday 13 January 2027", "13 January 2027 is a Wednesday"),
    ],
)
def test_time_limit_that_cannot_be_read_is_refused_with_what_to_write(text: str, sentence: str) -> None:
    with pytest.raises(DurationNotUnderstood, match=sentence):
        parse_duration(text)


def test_time_that_has_passed_or_does_not_exist_is_refused() -> None:
    with pytest.raises(DurationNotUnderstood, match="12:00 on Tuesday 12 January 2027 has passed"):
        due(london("2027-01-12 12:00"), "by 12:00 today", Calendar())
    with pytest.raises(DurationNotUnderstood, match="01:30 does not happen"):
        due(london("2027-03-27 12:00"), "by 01:30 tomorrow", Calendar())


def test_day_beyond_the_known_bank_holidays_is_refused() -> None:
    assert due(london("2034-12-28 12:00"), "1 working day", Calendar()).at == london("2034-12-29 17:00")
    for received, limit in (
        ("2034-12-29 12:00", "1 wd"),
        ("2011-12-30 12:00", "1 wd"),
        ("2027-01-12", "9999 wd"),
    ):
        with pytest.raises(CalendarNotKnown, match="1 January 2012 to 31 December 2034"):
            due(london(received), limit, Calendar())
    assert due(london("2036-01-01 12:00"), "4 hours", Calendar()).at == london("2036-01-01 16:00")


def test_time_limit_with_a_clock_that_it_has_no_use_for_is_refused() -> None:
    with pytest.raises(DurationNotUnderstood):
        Duration(Unit.HOURS, 4, clock=time(12))
    with pytest.raises(DurationNotUnderstood):
        Duration(Unit.WORKING_DAYS, 4, on=date(2027, 1, 13))
    with pytest.raises(DurationNotUnderstood):
        Duration(Unit.AT, 1)
    with pytest.raises(DurationNotUnderstood):
        Duration(Unit.AT, 2, time(12))


def test_calendar_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(CalendarNotKnown, match="Choose one of these"):
        Calendar(region="FRA")
    with pytest.raises(CalendarNotKnown, match="open before it closes"):
        Calendar(opens=time(17), closes=time(9))
    for zone in ("", "Europe", "Europe/Worcester", "../etc/passwd"):
        with pytest.raises(CalendarNotKnown, match="time zone is not known"):
            Calendar(zone=zone)


def test_start_without_a_time_zone_and_a_count_of_nothing_are_mistakes_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="aware"):
        due(datetime(2027, 1, 12, 12), "1 working day", Calendar())  # noqa: DTZ001 - the mistake itself
    with pytest.raises(ValueError, match="must not be 0"):
        add_working_days(date(2027, 1, 12), 0, Calendar())


def test_working_days_are_counted_back_for_the_reminder_before() -> None:
    assert add_working_days(date(2027, 2, 8), -1, Calendar()) == date(2027, 2, 5)  # E2: the day before Mon 8
    assert add_working_days(date(2026, 12, 29), -1, Calendar()) == date(2026, 12, 24)
    assert next_working_day(date(2026, 12, 24), Calendar()) == date(2026, 12, 29)
