"""Whether an agency is open at a moment, when it opens next, and the sentence that says so.

What is sent to an agency that is closed counts from when it opens. What is sent to one that is open all
hours, such as an emergency duty team, counts at once. Nothing here reads the clock or the database.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from agencies.working_time import (
    Calendar,
    CalendarNotKnown,
    Due,
    Unit,
    due,
    is_working_day,
    named,
    next_working_day,
    parse_duration,
)


def is_open(at: datetime, calendar: Calendar) -> bool:
    """Say whether an agency is open at a moment. At its closing time to the second it still is.

    Raises CalendarNotKnown for a day whose bank holidays are not known.
    """
    local = calendar.local(at)
    day = local.date()
    if calendar.never_closes(day):
        return True
    if not is_working_day(day, calendar):
        return False
    return calendar.opens_on(day) <= local.time() <= calendar.closes_on(day)


def opens_next(at: datetime, calendar: Calendar) -> datetime | None:
    """Return when a closed agency opens next (UTC), None where it is open. Raises CalendarNotKnown."""
    if is_open(at, calendar):
        return None
    local = calendar.local(at)
    day = local.date()
    if not (is_working_day(day, calendar) and local.time() < calendar.opens_on(day)):
        day = next_working_day(day, calendar)
    if calendar.never_closes(day):  # it is open all hours from that day on
        return calendar.moment(day, calendar.opens.min)
    return calendar.moment(day, calendar.opens_on(day))


def due_when_open(start: datetime, duration: str, calendar: Calendar) -> Due:
    """Work out when something sent at `start` (aware) is due, as `due` does; hours only begin when it opens.

    Raises what `due` raises.
    """
    limit = parse_duration(duration)
    opens = None
    if limit.unit in (Unit.HOURS, Unit.MINUTES):
        with suppress(CalendarNotKnown):  # so far off that hours run by the clock, as everywhere
            opens = opens_next(start, calendar)
    if opens is None:
        return due(start, limit, calendar)
    counted = due(opens, limit, calendar)
    local = calendar.local(opens)
    why = f"It came while the agency was closed: it counts from {local:%H:%M} on {named(local.date())}."
    return replace(counted, why=(why, *counted.why))


def said(at: datetime, calendar: Calendar) -> str:
    """Say to a sender that an agency is closed and when it opens; nothing where it is open, or not known."""
    try:
        opens = opens_next(at, calendar)
    except CalendarNotKnown:
        return ""
    if opens is None:
        return ""
    return f"Closed now. Opens {when(opens, calendar)}. What you send counts from then."


def when(moment: datetime, calendar: Calendar) -> str:
    """Write a moment on an agency's clock: “Monday 30 November 09:00”."""
    return f"{calendar.local(moment):%A %-d %B %H:%M}"
