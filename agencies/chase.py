"""When somebody is reminded of what is due, and when those who answer for them are told that it is late.

The rule. It is the partnership's policy: its durations are rows of TimeLimit, suggested from domain.md 7
("reminder at 1 working day before, at due, 1 working day after to the manager") and worked through in
domain.md E2, where an action due on Monday 8 February at 17:00 is chased on Friday 5 February at 17:00 and
the manager is told on Tuesday 9 February at 09:00.

* BEFORE: REMIND_BEFORE ("1 working day") before it is due, at the same time of day. Where that is not after
  the start, as for an urgent limit of 4 hours, REMIND_BEFORE_SHORT ("30 minutes") before it is due. Where
  that is not after the start either, there is no reminder before.
* AT: the moment that it is due.
* LEAD, the owner's own lead: REMIND_LEAD ("1 working day") after it was due. Working days end here when the
  agency opens on the nth working day, because somebody has to be there to act on it; where it is open all
  hours, a working day is 24 hours. For what is urgent it
  is REMIND_LEAD_URGENT ("1 hour") of clock time, at night too.
* OTHER_LEAD, the lead of the other side: the same with REMIND_OTHER_LEAD and REMIND_OTHER_LEAD_URGENT. Where
  a partnership's figures would tell the other side first or at the same time, it is a minute after LEAD.

The calendar is that of the agency whose person is chased. Every moment is UTC. Nothing here reads the clock
or the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from agencies.working_time import Calendar, Duration, DurationNotUnderstood, Unit, add_working_days

# The keys of TimeLimit, by name, so that this file needs no database.
KEYS = (
    "REMIND_BEFORE",
    "REMIND_BEFORE_SHORT",
    "REMIND_LEAD",
    "REMIND_LEAD_URGENT",
    "REMIND_OTHER_LEAD",
    "REMIND_OTHER_LEAD_URGENT",
)
_A_MINUTE = timedelta(minutes=1)


class Step(StrEnum):
    """One reminder of an obligation, in the order in which they go out."""

    BEFORE = "BEFORE"
    AT = "AT"
    LEAD = "LEAD"
    OTHER_LEAD = "OTHER_LEAD"


def reminder_times(
    start: datetime,
    due_at: datetime,
    calendar: Calendar,
    limits: Mapping[str, Duration],
    is_urgent: bool,
) -> dict[Step, datetime]:
    """Return when each reminder goes out, earliest first and no two at once, by the rule of this file.

    `start` is when the obligation began and `due_at` when it is due, both aware. `limits` holds a duration
    for each of KEYS. BEFORE may be missing from the answer; the other three are always there. Raise KeyError
    for a limit that is missing, DurationNotUnderstood for one that is a time on a day, CalendarNotKnown for
    a day whose bank holidays are not known, and ValueError for a moment without a time zone.
    """
    if start.utcoffset() is None or due_at.utcoffset() is None:
        raise ValueError("start and due_at must be aware datetimes")
    start, due_at = start.astimezone(UTC), due_at.astimezone(UTC)
    kind = "_URGENT" if is_urgent else ""
    earlier = (_before(due_at, limits[key], calendar) for key in ("REMIND_BEFORE", "REMIND_BEFORE_SHORT"))
    before = next((moment for moment in earlier if moment > start), None)
    lead = _after(due_at, limits[f"REMIND_LEAD{kind}"], calendar)
    other_lead = _after(due_at, limits[f"REMIND_OTHER_LEAD{kind}"], calendar)
    times = {Step.BEFORE: before} if before else {}
    return times | {Step.AT: due_at, Step.LEAD: lead, Step.OTHER_LEAD: max(other_lead, lead + _A_MINUTE)}


def _before(due_at: datetime, limit: Duration, calendar: Calendar) -> datetime:
    """Go back by clock time, or by working days to the same time of day."""
    if _counts_working_days(limit):
        local = calendar.local(due_at)
        return calendar.moment(add_working_days(local.date(), -limit.amount, calendar), local.time())
    return due_at - limit.elapsed


def _after(due_at: datetime, limit: Duration, calendar: Calendar) -> datetime:
    """Go on by clock time, or to when the agency opens on the nth working day after."""
    if _counts_working_days(limit):
        late_on = calendar.local(due_at).date()
        if calendar.never_closes(late_on):
            return due_at + timedelta(hours=24 * limit.amount)
        day = add_working_days(late_on, limit.amount, calendar)
        return calendar.moment(day, calendar.opens_on(day))
    return due_at + limit.elapsed


def _counts_working_days(limit: Duration) -> bool:
    if limit.unit is Unit.AT:
        raise DurationNotUnderstood(
            "A reminder is so long before or after a limit: “1 working day”, “1 hour” or “30 minutes”."
        )
    return limit.unit is Unit.WORKING_DAYS
