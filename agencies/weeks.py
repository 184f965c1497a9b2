"""Opening hours by weekday: how they are kept, how people write them, and how they are read.

A day is kept as "09:00-17:00", a day on which the agency is closed as nothing. Nothing here reads the clock
or the database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from agencies.refusals import Refused

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
USUAL = (*(5 * ("09:00-17:00",)), "", "")
CLOSED = ("", "closed", "none", "no", "-")
HOW_TO_SAY_IT = "Write the hours as “09:00 to 17:00”, or “closed”."
_TIMES = re.compile(
    r"(?P<h1>[0-9]{1,2})(?:[:.](?P<m1>[0-9]{2}))? ?(?P<half1>am|pm)? ?(?:to|until|-|–) ?"
    r"(?P<h2>[0-9]{1,2})(?:[:.](?P<m2>[0-9]{2}))? ?(?P<half2>am|pm)?"
)


class HoursNotUnderstood(Refused):
    """Opening hours that cannot be read or make no sense. The sentence says how to write them instead."""


class Hours(NamedTuple):
    """From when to when an agency is open on a day, by its own clock."""

    opens: time
    closes: time


@dataclass(frozen=True)
class Week:
    """When an agency is open from a day on: Monday first, None where it is closed; or `always`."""

    starts_on: date
    days: tuple[Hours | None, ...]
    always: bool = False

    def on(self, day: date) -> Hours | None:
        """Return the hours of a day's weekday. None where it is closed, and where it never closes."""
        return self.days[day.weekday()]


def kept(text: str) -> str:
    """Return the hours of a day as they are kept, from how somebody wrote them.

    Understood: “09:00 to 17:00”, “9-5.30pm”, “8.30am to 4pm”, “closed”. Raises HoursNotUnderstood.
    """
    words = " ".join(text.split()).lower().removesuffix(".")
    if words in CLOSED:
        return ""
    found = _TIMES.fullmatch(words)
    if not found:
        raise HoursNotUnderstood(HOW_TO_SAY_IT)
    opens = _clock(found["h1"], found["m1"], found["half1"])
    closes = _clock(found["h2"], found["m2"], found["half2"])
    if opens >= closes:
        raise HoursNotUnderstood(
            "An agency opens before it closes, on the same day. Change one of the two times.",
            "For an agency that is open all night too, choose “open all hours”.",
        )
    return f"{opens:%H:%M}-{closes:%H:%M}"


def _clock(hour: str, minute: str | None, half: str | None) -> time:
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise HoursNotUnderstood(HOW_TO_SAY_IT)
        hours = hours % 12 + (12 if half == "pm" else 0)
    try:
        return time(hours, int(minute or 0))
    except ValueError:
        raise HoursNotUnderstood(HOW_TO_SAY_IT) from None


def hours_of(day: str) -> Hours | None:
    """Read the hours of a day as they are kept."""
    if not day:
        return None
    opens, closes = (time.fromisoformat(part) for part in day.split("-"))
    return Hours(opens, closes)


def in_words(day: str) -> str:
    """Write the hours of a day for people: “09:00 to 17:00” or “Closed”."""
    return day.replace("-", " to ") if day else "Closed"


def rows(days: Sequence[str], *, always: bool) -> list[tuple[str, str]]:
    """Write a week for people: each run of weekdays with the same hours once."""
    if always:
        return [("Every day", "Open all hours")]
    found: list[tuple[int, int, str]] = []
    for number, day in enumerate(days):
        if found and found[-1][2] == day:
            found[-1] = (found[-1][0], number, day)
        else:
            found.append((number, number, day))
    return [
        (WEEKDAYS[a] if a == b else f"{WEEKDAYS[a]} to {WEEKDAYS[b]}", in_words(day)) for a, b, day in found
    ]


class Opening(NamedTuple):
    """What an agency has said of when it is open: its weeks, and the days on which it is closed."""

    weeks: tuple[Week, ...]
    closed: frozenset[date]


def read(copy: Mapping[str, Any], *, known_at: datetime | None = None) -> Opening:
    """Read `Agency.opening`, which the database keeps from the rows. `known_at`: as it was known then."""
    if not copy:
        return Opening((), frozenset())

    def counts(row: Mapping[str, Any]) -> bool:
        if known_at is None:
            return row["withdrawn"] is None
        gone = row["withdrawn"]
        there = gone is None or datetime.fromisoformat(gone) > known_at
        return there and datetime.fromisoformat(row["set"]) <= known_at

    weeks = [
        Week(date.fromisoformat(row["from"]), tuple(hours_of(day) for day in row["days"]), row["always"])
        for row in copy["weeks"]
        if counts(row)
    ]
    closed = frozenset(date.fromisoformat(row["on"]) for row in copy["closed"] if counts(row))
    return Opening(tuple(weeks), closed)
