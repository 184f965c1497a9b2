"""Days and moments as we write them: "12 January 2027, 08:55".

Django's own way takes each letter of a format for itself, asks the language for the names of months, and
whether the clocks were changed just then: 60 to 120 microseconds a date, a third of what a page with fifty
of them takes to make. This product speaks one language, and the ways in which it writes a day are these.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.timesince import TIME_STRINGS_KEYS, timesince

WAYS = {
    "D j": "%a %-d",
    "F Y": "%B %Y",
    "H:i": "%H:%M",
    "H:i, j F Y": "%H:%M, %-d %B %Y",
    "H:i, l j F": "%H:%M, %A %-d %B",
    "j F": "%-d %B",
    "j F Y": "%-d %B %Y",
    "j F Y, H:i": "%-d %B %Y, %H:%M",
    "j F Y, H:i:s": "%-d %B %Y, %H:%M:%S",
    "j F, H:i": "%-d %B, %H:%M",
    "l": "%A",
    "l j F": "%A %-d %B",
    "l j F Y": "%A %-d %B %Y",
    "l j F Y, H:i": "%A %-d %B %Y, %H:%M",
}
FOR_MACHINES = "c"


class _Counted:
    """A unit of time as timesince wants it, without asking the language for its plural."""

    def __init__(self, unit: str) -> None:
        self.one, self.many = f"1 {unit}", f" {unit}s"

    def __mod__(self, given: Mapping[str, int]) -> str:
        return self.one if given["num"] == 1 else f"{given['num']}{self.many}"


# So long that no calendar has to say how many months it is.
SHORT = timedelta(days=27)
LENGTHS = (("week", 7 * 86_400), ("day", 86_400), ("hour", 3_600), ("minute", 60))
UNITS: Any = {unit: _Counted(unit) for unit in TIME_STRINGS_KEYS}


def local(moment: datetime) -> datetime:
    """Return a moment in local time. There is one: nobody chooses a zone of their own."""
    return moment.astimezone(timezone.get_default_timezone())


def between(earlier: datetime, later: datetime) -> str:
    """Say how long it is from one moment to another, in its largest unit and rounded down: "3 weeks"."""
    if not timedelta() <= (apart := later - earlier) <= SHORT:
        return timesince(earlier, later, time_strings=UNITS, depth=1)
    seconds = int(apart.total_seconds())
    for unit, length in LENGTHS:
        if number := seconds // length:
            return f"{number}\xa0{unit}{'' if number == 1 else 's'}"
    return "0\xa0minutes"


def written(when: date | time, how: str) -> str:
    """Write a day, a time or a local moment in one of the WAYS, or for machines. Raises KeyError."""
    return when.isoformat() if how == FOR_MACHINES else when.strftime(WAYS[how])
