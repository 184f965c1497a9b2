"""Whoever was on the telephone is reminded until they have confirmed in writing what was typed for them.

Everything else that waits is chased four times. What somebody said in the night, and nobody but the other
side has written down, is asked about again at every opening of their agency until they answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from agencies.access import calendar_of
from agencies.working_time import Calendar, add_working_days
from sharing.models import Obligation, Reminder

A_WHILE = timedelta(hours=12)
A_DAY = timedelta(hours=24)
MOST = 500


def remind_again(*, at: datetime) -> int:
    """Give each late confirmation whose reminders have all gone one more, at the next opening (`at` is UTC).

    Returns how many. Doing it twice does it once: then there is a reminder that has not gone.
    """
    own = Reminder.objects.filter(obligation=OuterRef("pk"))
    to_come = own.filter(
        version=OuterRef("version"),
        raised_at__isnull=True,
        dropped_at__isnull=True,
        set_aside_at__isnull=True,
    )
    just_gone = own.filter(raised_at__gt=at - A_WHILE)
    with transaction.atomic():
        rows = (
            Obligation.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(
                ~Exists(to_come),
                ~Exists(just_gone),
                kind=Obligation.Kind.CONFIRM_SPOKEN,
                settled_at__isnull=True,
                due_at__lt=at,
            )
            .select_related("owner__agency")
        )
        found = list(rows[:MOST])
        for row in found:
            row.version += 1
            row.save(update_fields=["version"])
            Reminder.objects.create(
                obligation=row,
                step=Reminder.Step.AT,
                version=row.version,
                priority=Reminder.Priority.URGENT if row.is_urgent else Reminder.Priority.ORDINARY,
                send_at=_next_opening(at, calendar_of(row.owner.agency)),
            )
    return len(found)


def _next_opening(at: datetime, calendar: Calendar) -> datetime:
    """When an agency opens on the next working day; a day on, where it never closes."""
    today = calendar.local(at).date()
    if calendar.never_closes(today):
        return at + A_DAY
    day = add_working_days(today, 1, calendar)
    return calendar.moment(day, calendar.opens_on(day))
