"""Reading when something happened, as people write it: a day, a month or a year, and perhaps a time."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import NamedTuple

from django.core.exceptions import ValidationError

from agencies.dates import moment
from records.models import ChronologyEntry

Precision = ChronologyEntry.Precision
DAY_FIRST = re.compile(r"^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$")
YEAR_FIRST = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
MONTH = re.compile(r"^(\d{1,2})[/. -](\d{4})$")
YEAR = re.compile(r"^(\d{4})$")
SHORT_YEAR = re.compile(r"^\d{1,2}[/. -]\d{1,2}[/. -]\d{2}$")
SERIAL = re.compile(r"^\d{5}([.,]\d+)?$")
WITH_TIME = re.compile(r"^(.*\d)[ T]+(\d{1,2}[:.]\d{2})([:.]\d{2})?$")
CLOCK = re.compile(r"^(\d{1,2})[:.]?(\d{2})(?:[:.]\d{2})?$")
EXAMPLE = "27/03/2019, 03/2019 or 2019"


class NotAMoment(ValueError):
    """A date or a time cannot be read. The message says why and what to do."""


class Moment(NamedTuple):
    """When something happened: the first moment (UTC-aware) of what is known, and how much is known."""

    at: datetime
    precision: str


def read(day: str, clock: str = "") -> Moment:
    """Read a day, a month or a year as people and spreadsheets write them, with the day before the month.

    Raises NotAMoment.
    """
    day, clock = day.strip(), clock.strip()
    together = WITH_TIME.match(day)
    if together and not DAY_FIRST.match(day):
        day, found = together.group(1).strip(), together.group(2)
        # A spreadsheet writes midnight where no time was typed.
        clock = clock or ("" if found in ("0:00", "00:00") else found)
    on, precision = _day(day)
    if not clock:
        return Moment(_aware(on, time(0)), precision)
    if precision != Precision.DAY:
        raise NotAMoment("A time needs a day. Write the whole date, or leave the time out")
    return Moment(_aware(on, _clock(clock)), Precision.TIME)


def _day(text: str) -> tuple[date, str]:
    if not text:
        raise NotAMoment(f"There is no date. Write it like {EXAMPLE}")
    if SERIAL.match(text):
        raise NotAMoment(
            "This is how a spreadsheet numbers days. Show the column as a date, and save the file again"
        )
    if SHORT_YEAR.match(text):
        raise NotAMoment("Write the year with four numbers, for example 2019")
    for pattern, order, precision in (
        (DAY_FIRST, (3, 2, 1), Precision.DAY),
        (YEAR_FIRST, (1, 2, 3), Precision.DAY),
        (MONTH, (2, 1), Precision.MONTH),
        (YEAR, (1,), Precision.YEAR),
    ):
        found = pattern.match(text)
        if found:
            parts = [int(found.group(n)) for n in order]
            return _date(*parts, *([1] * (3 - len(parts)))), precision
    raise NotAMoment(f"This is not a date. Write it like {EXAMPLE}")


def _date(year: int, month: int, day: int) -> date:
    if year < 1900:
        raise NotAMoment("Write a year from 1900 on")
    if month > 12 >= day:
        raise NotAMoment("There is no such month. Write the day before the month, for example 27/03/2019")
    try:
        return date(year, month, day)
    except ValueError:
        raise NotAMoment("There is no such date. Check the day and the month") from None


def _clock(text: str) -> time:
    found = CLOCK.match(text)
    if not found or int(found.group(1)) > 23 or int(found.group(2)) > 59:
        raise NotAMoment("Write the time on the 24-hour clock, for example 8:55 or 14:30")
    return time(int(found.group(1)), int(found.group(2)))


def _aware(on: date, at: time) -> datetime:
    try:
        return moment(on, at)
    except ValidationError as error:
        raise NotAMoment(str(error.message)) from error
