"""How what waits is chased, for the pages that show it: which reminders went, and which one is next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, QuerySet
from django.utils import timezone

from agencies.models import Membership
from agencies.prepared import Prepared
from sharing.models import Exchange, Reminder

STEPS: dict[str, str] = {
    Reminder.Step.BEFORE: "A reminder",
    Reminder.Step.AT: "A reminder that it is due",
    Reminder.Step.LEAD: "A notice to their lead that it is late",
    Reminder.Step.OTHER_LEAD: "A notice to the lead of the other side that it is late",
}
# Nobody here leads somebody without an account.
STEPS_OUTSIDE: dict[str, str] = {
    **STEPS,
    Reminder.Step.LEAD: "A notice to the lead of whoever told them that it is late",
    Reminder.Step.OTHER_LEAD: "A second notice to the same lead that it is late",
}


class Chased(NamedTuple):
    """What waits with one person, what it is in words, until when, and the reminders of it, in order."""

    key: str
    about: str
    owner: Membership
    since: datetime
    due_at: datetime
    is_unreachable: bool
    lines: list[str]


def chased(reference: str) -> list[Chased]:
    """Return what waits under a reference and how it is chased. One statement."""
    return chased_by(REMINDERS.all(reference=reference))


def chased_by(reminders: Iterable[Any]) -> list[Chased]:
    """Return what waits, and how it is chased, of the reminders that REMINDERS found."""
    found: dict[int, list[Any]] = {}
    for row in reminders:
        found.setdefault(row.obligation_id, []).append(row)
    return [_chased(reminders) for reminders in found.values()]


def _reminders(*, reference: str) -> QuerySet[Any]:
    return (
        Reminder.objects.filter(
            obligation__reference=reference,
            obligation__settled_at__isnull=True,
            version=F("obligation__version"),
            dropped_at__isnull=True,
        )
        .select_related("obligation__owner__user", "obligation__owner__agency")
        .order_by("obligation__due_at", "obligation", "send_at")
    )


REMINDERS = Prepared(_reminders)


def turn_of(exchange: Exchange, waiting: list[Chased]) -> Chased | None:
    """Return whose turn of the check-back it is among what waits under its reference."""
    return next((one for one in waiting if one.key == f"exchange:{exchange.pk}"), None)


def _chased(reminders: list[Any]) -> Chased:
    row = reminders[0].obligation
    steps = STEPS_OUTSIDE if row.owner.is_outside else STEPS
    return Chased(
        key=row.key,
        about=row.get_kind_display(),
        owner=row.owner,
        since=row.since,
        due_at=row.due_at,
        is_unreachable=row.unreachable_at is not None,
        lines=[_line(reminder, steps[reminder.step]) for reminder in reminders],
    )


def _line(reminder: Any, what: str) -> str:
    """One reminder in a sentence: that it went, or when it goes unless it is done before."""
    if reminder.set_aside_at:
        return f"{what} could not be made on {_moment(reminder.set_aside_at)}. It has been reported."
    if reminder.raised_at:
        return f"{what} went on {_moment(reminder.raised_at)}."
    return f"{what} goes on {_moment(reminder.send_at)}."


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%A %-d %B at %H:%M}"
