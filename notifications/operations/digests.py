"""One e-mail for several notices: gathered into a message of its own, which is then sent like any other.

What it carries is settled once, in one transaction, before it is claimed. So it outlives a sender that
dies, is tried again with the same Message-ID, and a notice that comes later goes into the next one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django.db import connection, transaction

from notifications.models import WAITING, Message
from notifications.operations.clock import now

ONE_AT_A_TIME = 0x6469676573  # the advisory lock's number: two gatherers would make two e-mails of one
PATH = "/notices/"
AT_MOST = 5_000


def gather(*, at: datetime | None) -> int:
    """Put the due notices of each person who wants a digest into one message. Returns how many of those.

    Another process that is doing this is left to it.
    """
    due = Message.objects.filter(WAITING, in_digest=True, digest_id__isnull=True, next_try_at__lte=now(at))
    if not due.exists():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            return 0
        rows = due.select_for_update(skip_locked=True).order_by("to_member_id", "to_address", "queued_at")
        people = groupby(rows[:AT_MOST], key=lambda notice: (notice.to_member_id, notice.to_address))
        return sum(_gather(notices) for _, notices in people)


def _gather(notices: Iterable[Message]) -> int:
    found = list(notices)
    first = found[0]
    number = uuid.uuid4()
    Message.objects.create(
        id=number,
        dedupe_key=f"digest:{number}",
        kind=Message.Kind.DIGEST,
        to_member_id=first.to_member_id,
        to_agency=first.to_agency,
        to_address=first.to_address,
        reference="",
        sender_agency="Check Back",
        path=PATH,
        queued_at=max(notice.queued_at for notice in found),
        next_try_at=max(notice.next_try_at for notice in found),
    )
    return min(1, Message.objects.filter(pk__in=[notice.pk for notice in found]).update(digest_id=number))


def carried_by(message: Message) -> list[Message]:
    """Return the notices that an e-mail carries: the message itself, or what a digest has gathered."""
    if message.kind != Message.Kind.DIGEST:
        return [message]
    rows = Message.objects.filter(WAITING, digest_id=message.pk)
    return list(rows.order_by("queued_at", "reference", "pk"))
