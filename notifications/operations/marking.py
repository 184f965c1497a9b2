"""Write down what became of a message that a sender holds.

Every mark asks whether the attempt is still this sender's: one that was overtaken, because its lease ran
out, marks nothing. What happens to a digest happens to the notices it carries, in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from notifications.models import WAITING, Message
from notifications.operations.clock import now

# What went out went out, even where somebody found meanwhile that it was not wanted.
NOT_FAILED = Q(sent_at__isnull=True, set_aside_at__isnull=True)


def sent(message: Message, *, carried: Sequence[Message], at: datetime | None) -> int:
    """Mark a message as sent, and the notices it carried. 1, or 0 where another sender has taken over."""
    values = {"sent_at": now(at), "dropped_at": None, "lease_until": None, "last_error": ""}
    mine = Message.objects.filter(NOT_FAILED, pk=message.pk, attempt=message.attempt)
    if message.kind != Message.Kind.DIGEST:
        return mine.update(**values)
    with transaction.atomic():
        done = mine.update(**values)
        if done:
            in_it = Message.objects.filter(NOT_FAILED, pk__in=[notice.pk for notice in carried])
            in_it.filter(digest_id=message.pk).update(**values)
    return done


def ended(message: Message, field: str, *, at: datetime | None, error: str = "") -> None:
    """Mark a message as dropped, set aside or bounced (`field`), and every notice it was to carry."""
    values = {field: now(at), "lease_until": None, "last_error": error}
    mine = Message.objects.filter(WAITING, pk=message.pk, attempt=message.attempt)
    if message.kind != Message.Kind.DIGEST:
        mine.update(**values)
        return
    with transaction.atomic():
        if mine.update(**values):
            Message.objects.filter(WAITING, digest_id=message.pk).update(**values)


def to_be_tried_again(message: Message, *, after: timedelta, at: datetime | None, error: str) -> None:
    """Let go of a message until some time has passed."""
    mine = Message.objects.filter(WAITING, pk=message.pk, attempt=message.attempt)
    mine.update(next_try_at=now(at, plus=after), lease_until=None, last_error=error)


def dropped_from(message: Message, notices: Sequence[Message], *, at: datetime | None) -> None:
    """Drop notices that a digest was to carry and that nobody wants any more."""
    rows = Message.objects.filter(WAITING, digest_id=message.pk, pk__in=[notice.pk for notice in notices])
    rows.update(dropped_at=now(at))
