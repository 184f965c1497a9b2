"""Working time: from a moment and a time limit to the moment something is due.

The rule. It is stated on every page that shows a time limit, in these words or fewer:

* What is received after 17:00, at a weekend or on a bank holiday counts as received at 09:00 on the next
  working day. 17:00:00 exactly is not after 17:00, so it is still in time; a microsecond later is not. What
  is received before 09:00 on a working day counts as received that day, at the moment it came.
* "n working days" ends at 17:00 on the nth working day after the day it counts as received.
* "n hours" and "n minutes" are clock time: they run through nights, weekends and bank holidays. Emergencies
  use them.
* "By 12:00 tomorrow" is the clock and the calendar, not working days: on a Friday it means Saturday.

The calendar (zone, bank holidays, opening times, days closed) is that of the agency that *receives*. Elapsed
time is computed in UTC, because adding 24 hours to an aware London time gives 23 or 25 hours across a clock
change. Days are computed in the agency's zone, and the moment is returned in UTC, which is how it is stored.

Bank holidays are computed by the `holidays` package, with no network. Its weekdays agree with GOV.UK's list
of February 2026 for all four nations from 2012 to 2028, and add Scotland's 15 June 2026, which was proclaimed
about then. The years after rest on the Banking and Financial Dealings Act 1971 and custom, which rarely
change. A bank holiday proclaimed later comes with a newer version of that package; until then the
partnership's coordinator enters it, and an agency enters the days on which it alone is closed
(`extra_closed_days`). Outside FIRST_YEAR to LAST_YEAR the answer is refused rather than guessed.

Where an agency has said when it is open (`weeks`), its own times and weekdays take the place of 09:00, 17:00
and Monday to Friday. One that is open all hours has no nights or weekends to wait for, so that a working day
there is 24 hours, counted at once.

Nothing here reads the clock, the database or the server's time zone.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

import holidays

from agencies.refusals import Refused
from agencies.weeks import Week

FIRST_YEAR = 2012
LAST_YEAR = 2034
REGIONS: Mapping[str, str] = MappingProxyType(
    {"ENG": "England", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}
)

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_LARGEST_AMOUNT = 9999
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
OPEN_ALL_HOURS = "The agency is open all hours, so it counts at once, and a working day is 24 hours."
HOW_TO_SAY_IT = (
    "Write the time limit as hours (“4 hours”), minutes (“30 minutes”), working days (“2 working days”), "
    "or a time on a day (“by 12:00 tomorrow”, “by 17:00 on 13 January 2027”)."
)


class DurationNotUnderstood(Refused):
    """A time limit that cannot be used. The sentence says why, and how to write one that can."""


class CalendarNotKnown(Refused):
    """A day whose bank holidays are not known, or a calendar that does not exist. The sentence says which."""


class Unit(StrEnum):
    """How a time limit is counted."""

    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_DAYS = "working_days"
    AT = "at"


_NOUNS = {Unit.MINUTES: "minute", Unit.HOURS: "hour", Unit.WORKING_DAYS: "working day"}


@dataclass(frozen=True)
class Duration:
    """A time limit. Written out by `str()` in words that `parse_duration` reads back as the same limit.

    `amount` is minutes, hours, working days, or for `Unit.AT` without a date how many calendar days ahead (0
    is today, 1 is tomorrow). `clock` and `on` belong to `Unit.AT` only, local to the receiving agency.
    """

    unit: Unit
    amount: int = 0
    clock: time | None = None
    on: date | None = None

    def __post_init__(self) -> None:
        if self.unit is Unit.AT or self.clock is not None or self.on is not None:
            if self.unit is not Unit.AT or self.clock is None or self.amount not in (0, 1):
                raise DurationNotUnderstood(HOW_TO_SAY_IT)
        elif not 1 <= self.amount <= _LARGEST_AMOUNT:
            raise DurationNotUnderstood(
                f"A time limit is between 1 and {_LARGEST_AMOUNT} minutes, hours or working days. "
                "For something due the same day, write “by 17:00 today”."
            )

    def __str__(self) -> str:
        if self.clock is not None:
            day = f"on {written(self.on)}" if self.on else ("today", "tomorrow")[self.amount]
            return f"by {self.clock:%H:%M} {day}"
        return f"{self.amount} {_NOUNS[self.unit]}{'' if self.amount == 1 else 's'}"

    @property
    def elapsed(self) -> timedelta:
        """How much time really passes in clock minutes or hours. Raises ValueError for the other units."""
        if self.unit is Unit.MINUTES:
            return timedelta(minutes=self.amount)
        if self.unit is Unit.HOURS:
            return timedelta(hours=self.amount)
        raise ValueError(f"{self} is not counted in clock time")


@dataclass(frozen=True)
class Calendar:
    """When the receiving agency works. Raise CalendarNotKnown if the zone, region or hours make no sense."""

    zone: str = "Europe/London"
    region: str = "ENG"
    extra_closed_days: frozenset[date] = frozenset()
    opens: time = time(9)
    closes: time = time(17)
    weeks: tuple[Week, ...] = ()
    """When it opens by weekday, each from its day on, earliest first. Before the first: `opens`, `closes`."""

    def __post_init__(self) -> None:
        if self.region not in REGIONS:
            raise CalendarNotKnown(
                "Bank holidays are known for England (ENG), Wales (WLS), Scotland (SCT) and "
                "Northern Ireland (NIR). Choose one of these."
            )
        if not self.opens < self.closes:
            raise CalendarNotKnown(
                "An agency must open before it closes. Change its opening or its closing time."
            )
        try:
            ZoneInfo(self.zone)
        except (ValueError, OSError, LookupError):  # ill-formed, a folder of the database, or unknown
            raise CalendarNotKnown("That time zone is not known. Use a name such as Europe/London.") from None

    def week_on(self, day: date) -> Week | None:
        """Return the opening hours that count on a day, if the agency had given any by then."""
        return next((week for week in reversed(self.weeks) if week.starts_on <= day), None)

    def never_closes(self, day: date) -> bool:
        """Say whether the agency is open all hours on a day, bank holiday or not."""
        week = self.week_on(day)
        return week is not None and week.always

    def opens_on(self, day: date) -> time:
        """Return when it opens on a day on which it does."""
        hours = week.on(day) if (week := self.week_on(day)) else None
        return hours.opens if hours else self.opens

    def closes_on(self, day: date) -> time:
        """Return when it closes on a day on which it opens."""
        hours = week.on(day) if (week := self.week_on(day)) else None
        return hours.closes if hours else self.closes

    def local(self, moment: datetime) -> datetime:
        """Return an aware moment on this calendar's clock."""
        return moment.astimezone(ZoneInfo(self.zone))

    def moment(self, day: date, clock: time) -> datetime:
        """Return the moment, in UTC, when this calendar's clock shows a time on a day (the first, if two)."""
        return datetime.combine(day, clock, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True)
class Due:
    """When something is due, and why in sentences. `counted_from` is when it counts as received. Both UTC."""

    at: datetime
    counted_from: datetime
    why: tuple[str, ...]


def due(start: datetime, duration: Duration | str, calendar: Calendar) -> Due:
    """Work out when something received at `start` (aware) is due, by the rule at the head of this file.

    Raise DurationNotUnderstood for a limit that cannot be read or has passed, CalendarNotKnown for a day
    outside FIRST_YEAR to LAST_YEAR (never for clock hours, which need no bank holidays), and ValueError for
    a `start` without a time zone. `at` is never before `start`.
    """
    if start.utcoffset() is None:
        raise ValueError("start must be an aware datetime")
    limit = parse_duration(duration) if isinstance(duration, str) else duration
    received = start.astimezone(UTC)
    if limit.clock is not None:
        return _due_by_the_clock(received, limit, limit.clock, calendar)
    if limit.unit is not Unit.WORKING_DAYS:
        return _due_after_clock_time(received, limit, calendar)
    return _due_after_working_days(received, limit, calendar)


def _due_after_clock_time(start: datetime, limit: Duration, calendar: Calendar) -> Due:
    units = f"{_NOUNS[limit.unit]}s"
    why = f"{units.capitalize()} are clock {units}: nights, weekends and bank holidays count."
    return _due_after(start, limit.elapsed, units, why, calendar)


def _due_after(start: datetime, elapsed: timedelta, units: str, why: str, calendar: Calendar) -> Due:
    """Count what really passes, and say so where the clocks change in between."""
    end = start + elapsed
    sentences = [why]
    before, after = calendar.local(start).utcoffset(), calendar.local(end).utcoffset()
    if before is not None and after is not None and before != after:
        way = "forward" if after > before else "back"
        sentences.append(f"The clocks go {way} in between; the {units} are those that really pass.")
    return Due(at=end, counted_from=start, why=tuple(sentences))


def _due_after_working_days(start: datetime, limit: Duration, calendar: Calendar) -> Due:
    local = calendar.local(start)
    arrived_on, counted_on, counted_from = local.date(), local.date(), start
    if calendar.never_closes(arrived_on):
        return _due_after(start, timedelta(hours=24 * limit.amount), "hours", OPEN_ALL_HOURS, calendar)
    why: list[str] = []
    closes = calendar.closes_on(arrived_on)
    late = local.time() > closes
    if late or not is_working_day(arrived_on, calendar):
        counted_on = next_working_day(arrived_on, calendar)
        opens = calendar.opens_on(counted_on)
        counted_from = calendar.moment(counted_on, opens)
        if late and is_working_day(arrived_on, calendar):
            why.append(f"{named(arrived_on)} does not count: {_clock(closes)} had passed.")
        why.extend(_why_closed_between(arrived_on, counted_on, calendar))
        why.append(f"It counts as received at {_clock(opens)} on {named(counted_on)}.")
    last_day = add_working_days(counted_on, limit.amount, calendar)
    why.extend(_why_closed_between(counted_on + _ONE_DAY, last_day, calendar))
    end = calendar.moment(last_day, calendar.closes_on(last_day))
    return Due(at=end, counted_from=counted_from, why=tuple(why))


def _due_by_the_clock(start: datetime, limit: Duration, clock: time, calendar: Calendar) -> Due:
    day = limit.on or calendar.local(start).date() + timedelta(days=limit.amount)
    why = []
    if not is_working_day(day, calendar):
        why.append(f"{named(day)} is not a working day, and a time on a named day is kept all the same.")
    end = calendar.moment(day, clock)
    if calendar.local(end).time() != clock:
        raise DurationNotUnderstood(
            f"The clocks go forward on {named(day)}, so {_clock(clock)} does not happen. Give another time."
        )
    second = calendar.moment(day, clock.replace(fold=1))
    if second != end:
        end, which = (end, "first") if end > start else (second, "second")
        why.append(f"The clocks go back, so {_clock(clock)} happens twice; this is the {which}.")
    if end <= start:
        raise DurationNotUnderstood(f"{_clock(clock)} on {named(day)} has passed. Give a later time.")
    return Due(at=end, counted_from=start, why=tuple(why))


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Return whether the agency works on a day. Raise CalendarNotKnown outside FIRST_YEAR to LAST_YEAR."""
    return why_closed(day, calendar) is None


def next_working_day(day: date, calendar: Calendar) -> date:
    """Return the first working day after a day. Raise CalendarNotKnown outside FIRST_YEAR to LAST_YEAR."""
    return add_working_days(day, 1, calendar)


def add_working_days(day: date, count: int, calendar: Calendar) -> date:
    """Return the nth working day after a day, or before it if `count` is negative (“1 working day before”).

    The day itself never counts, working day or not. Raise ValueError for 0, and CalendarNotKnown outside
    FIRST_YEAR to LAST_YEAR.
    """
    if count == 0:
        raise ValueError("count must not be 0")
    step = _ONE_DAY if count > 0 else -_ONE_DAY
    _require_known(day)
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day, calendar)
    return day


def why_closed(day: date, calendar: Calendar) -> str | None:
    """Return the sentence that says why a day is not a working day, or None. Raise CalendarNotKnown."""
    if calendar.never_closes(day):
        return None
    _require_known(day)
    week = calendar.week_on(day)
    if day.weekday() >= _SATURDAY and not (week and week.on(day)):
        return f"{named(day)} does not count: it is a weekend."
    if week and not week.on(day):
        return f"{named(day)} does not count: the agency does not open on a {_WEEKDAYS[day.weekday()]}."
    if holiday := _bank_holidays(calendar.region, day.year).get(day):
        return f"{named(day)} does not count: it is a bank holiday in {REGIONS[calendar.region]} ({holiday})."
    if day in calendar.extra_closed_days:
        return f"{named(day)} does not count: the agency is closed."
    return None


def _why_closed_between(first: date, last: date, calendar: Calendar) -> Iterator[str]:
    """Yield a sentence for each closed day from first to last, both included."""
    for ahead in range((last - first).days + 1):
        if sentence := why_closed(first + ahead * _ONE_DAY, calendar):
            yield sentence


@lru_cache(maxsize=len(REGIONS) * (LAST_YEAR - FIRST_YEAR + 1))
def _bank_holidays(region: str, year: int) -> Mapping[date, str]:
    # The language is named because the package would otherwise follow the server's.
    found = holidays.country_holidays("GB", subdiv=region, years=year, language="en_GB")
    return MappingProxyType(
        {day: name.replace(" (observed)", ", substitute day") for day, name in found.items()}
    )


def _require_known(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CalendarNotKnown(
            f"Bank holidays are known from 1 January {FIRST_YEAR} to 31 December {LAST_YEAR}, so working "
            "days outside those dates cannot be counted. Choose a date or a time limit within them."
        )


def written(day: date) -> str:
    """Write a date in English: “13 January 2027”. (strftime would follow the server's language.)"""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def named(day: date) -> str:
    """Write a date with its weekday: “Wednesday 13 January 2027”."""
    return f"{_WEEKDAYS[day.weekday()]} {written(day)}"


def _clock(moment: time) -> str:
    return moment.strftime("%H:%M")


_AMOUNT = re.compile(r"(?P<amount>[0-9]{1,6}) ?(?P<noun>minutes?|mins?|hours?|hrs?|h|working days?|wd)")
_UNITS = {"m": Unit.MINUTES, "h": Unit.HOURS, "w": Unit.WORKING_DAYS}
_CLOCK = re.compile(r"by (?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))? ?(?P<half>am|pm)? ?(?P<day>.*)")
_ON_DATE = re.compile(
    r"on (?:(?P<weekday>[a-z]+),? )?(?P<day>[0-9]{1,2}) (?P<month>[a-z]+) (?P<year>[0-9]{4})"
)


def parse_duration(text: str) -> Duration:
    """Read a time limit as a person writes it. Raise DurationNotUnderstood with how to write it instead.

    Understood: “4 hours”, “30 minutes”, “2 working days”, “by 12:00 tomorrow”, “by 5pm today”, and “by 17:00
    on 13 January 2027” with or without the day of the week. The refusal does not repeat the text, which may
    hold anything.
    """
    words = " ".join(text.split()).lower().removesuffix(".")
    if found := _AMOUNT.fullmatch(words):
        return Duration(_UNITS[found["noun"][0]], amount=int(found["amount"]))
    if re.fullmatch(r"[0-9]+ ?days?", words):
        raise DurationNotUnderstood(
            "Say which kind of days: write “working days”, or give hours (“48 hours”)."
        )
    if found := _CLOCK.fullmatch(words.replace("by midday", "by 12pm").replace("by noon", "by 12pm")):
        clock = _read_clock(found["hour"], found["minute"], found["half"])
        if found["day"] in ("today", "tomorrow"):
            return Duration(Unit.AT, amount=int(found["day"] == "tomorrow"), clock=clock)
        return Duration(Unit.AT, clock=clock, on=_read_date(found["day"]))
    raise DurationNotUnderstood(HOW_TO_SAY_IT)


def _read_clock(hour: str, minute: str | None, half: str | None) -> time:
    refused = DurationNotUnderstood("Give the time as 00:00 to 23:59 (“17:00”), or with am or pm (“5pm”).")
    if minute is None and half is None:
        raise refused
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise refused
        hours = hours % 12 + (12 if half == "pm" else 0)
    try:
        return time(hours, int(minute or 0))
    except ValueError:
        raise refused from None


def _read_date(words: str) -> date:
    found = _ON_DATE.fullmatch(words)
    months = [
        n for n, name in enumerate(_MONTHS, 1) if found and found["month"] in (name.lower(), name[:3].lower())
    ]
    if not found or not months:
        raise DurationNotUnderstood(
            "Say which day: “today”, “tomorrow”, or a date with its year (“on 13 January 2027”)."
        )
    try:
        day = date(int(found["year"]), months[0], int(found["day"]))
    except ValueError:
        raise DurationNotUnderstood("There is no such date. Look at the day and the month again.") from None
    if found["weekday"] and found["weekday"] != _WEEKDAYS[day.weekday()].lower():
        raise DurationNotUnderstood(
            f"{written(day)} is a {_WEEKDAYS[day.weekday()]}. Correct the date or the weekday."
        )
    return day
