"""Many notices at once: queued in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from notifications.models import Message
from notifications.operations import NotInATransaction, Recipient


@dataclass(frozen=True)
class Notice:
    """One notice that is to be queued; the fields are those of Message. Moments are UTC."""

    kind: str
    to: Recipient
    reference: str
    sender_agency: str
    from_agency: str
    path: str
    dedupe_key: str
    respond_by: datetime | None
    priority: int
    obligation_id: int
    obligation_version: int
    not_before: datetime | None = None
    in_digest: bool = False


def queue_many(notices: Iterable[Notice], *, at: datetime) -> None:
    """Write the rows of many notices in the caller's transaction. The same key twice is one notice.

    Raises NotInATransaction outside one.
    """
    if not connection.in_atomic_block:
        raise NotInATransaction("queue_many")
    Message.objects.bulk_create(
        (
            Message(
                kind=notice.kind,
                to_member_id=notice.to.member_id,
                to_agency=notice.to.agency,
                to_address=notice.to.address,
                reference=notice.reference,
                sender_agency=notice.sender_agency,
                from_agency=notice.from_agency,
                path=notice.path,
                dedupe_key=notice.dedupe_key,
                respond_by=notice.respond_by,
                priority=notice.priority,
                obligation_id=notice.obligation_id,
                obligation_version=notice.obligation_version,
                queued_at=at,
                next_try_at=max(at, notice.not_before or at),
                in_digest=notice.in_digest,
                by_link=notice.to.by_link,
            )
            for notice in notices
        ),
        ignore_conflicts=True,
        batch_size=500,
    )
