"""By when a subject access request is answered, counted by the law and nothing else.

* One month from the day it came (UK GDPR article 12(3)): until the day of the same number in the next
  month, or its last day where there is none. Where that is a weekend or a bank holiday, until the next
  working day (the Information Commissioner's guidance on the right of access). An agency's own closed days
  do not count: they are no public holidays.
* Where we had to ask who somebody is, from the day on which they answered (article 12A(3), and 12(6)).
* The days from the one on which we asked which information they want to the one on which they answered, both
  included, do not count (article 12A(5) and (6)).
* Two months more where the request is complex or there are many, if whoever asked is told so, with the
  reasons, within the first month (article 12(3), 12A(4)).

Article 12A came with section 76 of the Data (Use and Access) Act 2025, in force since 5 February 2026
(S.I. 2026/82). Facts: issue 5's domain sheet C.7, and the texts named here.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from agencies.working_time import Calendar, CalendarNotKnown, add_working_days, is_working_day, written

MONTHS, MORE_MONTHS = 1, 2
# On the last day it is to go out while somebody is there to send it.
BY = time(17)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pause:
    """The days from when something was asked to when it was answered; `until` is None while it waits."""

    since: date
    until: date | None = None
    is_identity: bool = False


@dataclass(frozen=True)
class Limit:
    """When an answer is due, and until when an extension can be told. Both are None while the clock
    stands."""

    due_on: date | None
    extend_by: date | None
    why: tuple[str, ...]

    @property
    def is_paused(self) -> bool:
        return self.due_on is None


def months_after(day: date, months: int) -> date:
    """Return the day of the same number so many months later, or the last of a month that has none."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def limit(
    received_on: date,
    *,
    pauses: Iterable[Pause] = (),
    is_extended: bool = False,
    region: str = "ENG",
) -> Limit:
    """Count when an answer is due, with the reasons in sentences. `region` is whose bank holidays count.

    Raises OverflowError only for days beyond the calendar itself.
    """
    all_pauses = list(pauses)
    waiting = [one for one in all_pauses if one.until is None]
    start, why = _start(received_on, all_pauses)
    if waiting:
        since = min(one.since for one in waiting)
        return Limit(None, None, (*why, f"The clock was stopped on {written(since)}, until they answer."))
    days = _days_that_do_not_count(start, all_pauses)
    if days:
        plural = "day" if days == 1 else "days"
        why.append(f"{days} {plural} on which we waited to hear which information they want do not count.")
    months = MONTHS + (MORE_MONTHS if is_extended else 0)
    why.append(f"{'One month' if months == 1 else 'Three months'} from {written(start)}.")
    extend_by = months_after(start, MONTHS) + days * ONE_DAY
    due_on, rolled = _next_working(months_after(start, months) + days * ONE_DAY, region)
    return Limit(due_on, extend_by, (*why, *rolled))


def _start(received_on: date, pauses: Iterable[Pause]) -> tuple[date, list[str]]:
    """The day from which it counts: when it came, or when we heard who they are."""
    told = [one.until for one in pauses if one.is_identity and one.until is not None]
    last = max(told, default=received_on)
    if last <= received_on:
        return received_on, [f"It came on {written(received_on)}."]
    came = f"It came on {written(received_on)}; we heard on {written(last)} who they are."
    return last, [came]


def _days_that_do_not_count(start: date, pauses: Iterable[Pause]) -> int:
    """How many days from the start on fall in a time in which we waited to hear what they want, none
    twice."""
    waited = sorted(
        (max(one.since, start), one.until)
        for one in pauses
        if not one.is_identity and one.until is not None and one.until >= start
    )
    total, counted_to = 0, start - ONE_DAY
    for first, last in waited:
        first = max(first, counted_to + ONE_DAY)
        if last >= first:
            total += (last - first).days + 1
            counted_to = last
    return total


def _next_working(day: date, region: str) -> tuple[date, tuple[str, ...]]:
    """Go on from a weekend or bank holiday to the next working day, where bank holidays are known."""
    calendar = Calendar(region=region)
    try:
        if is_working_day(day, calendar):
            return day, ()
        after = add_working_days(day, 1, calendar)
    except CalendarNotKnown:
        return day, ()
    return after, (f"{written(day)} is no working day, so it is due on {written(after)}.",)


def moment(day: date, zone: str = "Europe/London") -> datetime:
    """Return when on its last day an answer is due (UTC)."""
    return Calendar(zone=zone).moment(day, BY)


def chase_on(asked_on: date, region: str = "ENG") -> date:
    """Return when whoever has not answered us is asked again, or the request closed: a month after we asked.

    The law names no day. The Information Commissioner's guidance holds a month to be reasonable in general.
    """
    return _next_working(months_after(asked_on, 1), region)[0]
