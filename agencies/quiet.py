"""When somebody is told, by their own choice: at once, after their quiet hours, or once a day.

Never held back: what is urgent, an escalation, that a notice was not delivered, and what has to be answered
before it would go. Quiet hours and the daily e-mail are on the clock of the agency in which somebody is
told, so they stay where they are when the clocks change.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from agencies.models import NoticeChoice
from agencies.working_time import Calendar
from notifications.models import Message


class Told(NamedTuple):
    """When a notice goes (UTC), and whether it goes with others in one e-mail."""

    at: datetime
    in_digest: bool = False


def may_wait(kind: str, priority: int, *, shared: bool) -> bool:
    """Say whether a notice may wait for its recipient's time. One to a duty inbox (`shared`) may not."""
    return priority == Message.Priority.ORDINARY and kind != Message.Kind.UNDELIVERED and not shared


def when_told(choice: NoticeChoice, *, at: datetime, respond_by: datetime | None, calendar: Calendar) -> Told:
    """Work out when an ordinary notice of `at` goes. All moments are UTC."""
    choices = []
    if choice.digest_at is not None:
        choices.append(Told(next_time(choice.digest_at, after=at, calendar=calendar), in_digest=True))
    if is_quiet(choice, at=at, calendar=calendar) and choice.quiet_to is not None:
        choices.append(Told(next_time(choice.quiet_to, after=at, calendar=calendar)))
    for told in choices:
        if respond_by is None or not at < respond_by <= told.at:
            return told
    return Told(at)


def is_quiet(choice: NoticeChoice, *, at: datetime, calendar: Calendar) -> bool:
    """Say whether a moment is in somebody's quiet hours. The time at which they end is not one of them."""
    if choice.quiet_from is None or choice.quiet_to is None:
        return False
    return within(calendar.local(at).time(), choice.quiet_from, choice.quiet_to)


def within(clock: time, start: time, end: time) -> bool:
    """Say whether a time of day is from `start` until before `end`, past midnight where that comes first."""
    if start < end:
        return start <= clock < end
    return clock >= start or clock < end


def next_time(clock: time, *, after: datetime, calendar: Calendar) -> datetime:
    """Return the next moment (UTC) after `after` at which this calendar's clock shows a time.

    A time that the clocks skip counts as long after midnight as on other days. One that comes twice in a
    night counts both times.
    """
    today = calendar.local(after).date()
    for day in (today, today + timedelta(days=1)):
        first = calendar.moment(day, clock.replace(fold=0))
        second = calendar.moment(day, clock.replace(fold=1))
        for moment in (first, second):
            # Of a time that the clocks skip, the second reading is the earlier moment, which shows less.
            if moment > after and moment >= first:
                return moment
    raise AssertionError(f"no {clock} within two days in {ZoneInfo(calendar.zone)}")
