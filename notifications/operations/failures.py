"""Notices that did not arrive: those that came back, telling of each once, and trying again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from notifications.models import FAILED, Message
from notifications.operations.queueing import NotInATransaction

# A digest's notices fail with it and are told of one by one. A notice of a failure that fails itself
# is on the lead's page only, or the two would go on telling each other.
NEVER_TOLD = (Message.Kind.UNDELIVERED, Message.Kind.DIGEST)


def mark_bounced(message_id: UUID, *, code: str, at: datetime) -> bool:
    """Mark a notice that came back, and those it carried. False where it was marked, or is none of ours.

    `code` is what the mail server said, as a number ("5.1.1"). One that is being tried again counts
    too, because an earlier attempt got through. One that has not been tried does not: the answer is to
    an attempt that somebody has since put right.
    """
    rows = Message.objects.filter(Q(pk=message_id, attempt__gt=0) | Q(digest_id=message_id))
    rows = rows.filter(bounced_at__isnull=True, set_aside_at__isnull=True, dropped_at__isnull=True)
    return rows.update(bounced_at=at, lease_until=None, last_error=f"Bounced {code}"[:60]) > 0


def take_untold_failures(*, at: datetime, limit: int = 20) -> list[Message]:
    """Take notices that failed and that nobody has been told of, the oldest first, and mark them as told.

    They are those set aside and those that bounced. Call it in the transaction that tells of them:

        with transaction.atomic():
            for message in notifications.take_untold_failures(at=at):
                tell_if_possible(speaker, Message.Kind.UNDELIVERED, reference=message.reference, ...)

    Committed together, each is told of exactly once, however many processes do this at a time: rows
    that another holds are skipped. Rolled back, they are taken again; so somebody who cannot be told
    either is no reason to roll back. `message.to_member_id`, `from_agency`, `reference` and
    `obligation_id` say who should hear. An empty list means that there are no more for now.

    Raises NotInATransaction outside a transaction.
    """
    if not connection.in_atomic_block:
        raise NotInATransaction("take_untold_failures")
    untold = Message.objects.filter(FAILED, failure_told_at__isnull=True)
    untold.filter(kind__in=NEVER_TOLD).update(failure_told_at=at)
    rows = list(
        untold.select_for_update(skip_locked=True).exclude(kind__in=NEVER_TOLD).order_by("queued_at")[:limit]
    )
    Message.objects.filter(pk__in=[message.pk for message in rows]).update(failure_told_at=at)
    for message in rows:
        message.failure_told_at = at
    return rows


def try_again(message_id: UUID, *, at: datetime, to_address: str) -> None:
    """Put a message that failed back in the queue, by itself, with its attempts counted from nought."""
    Message.objects.filter(FAILED, pk=message_id).update(
        sent_at=None,
        set_aside_at=None,
        bounced_at=None,
        failure_told_at=None,
        in_digest=False,
        digest_id=None,
        attempt=0,
        next_try_at=at,
        lease_until=None,
        last_error="",
        to_address=to_address,
    )
