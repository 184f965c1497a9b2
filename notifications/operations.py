"""Queue a message in the transaction of the change; send what is due outside any transaction."""

from __future__ import annotations

import logging
import smtplib
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlparse
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from notifications.models import WAITING, Heartbeat, Message

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
RETRY_AFTER = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=1),
    timedelta(hours=1),
)


class Recipient(NamedTuple):
    """Whom a message goes to: ids and an address, no name. `agency` is its reference."""

    member_id: UUID | None
    agency: str
    address: str


class NobodyToNotify(Exception):
    """A message has nobody to go to. The person who caused it must be told, so this is an error."""


class NotInATransaction(RuntimeError):
    """A message was queued outside the transaction of the change that caused it."""


def queue(
    kind: Message.Kind,
    *,
    to: Recipient,
    reference: str,
    sender_agency: str,
    path: str,
    at: datetime,
    dedupe_key: str,
    from_agency: str = "",
    respond_by: datetime | None = None,
    priority: Message.Priority = Message.Priority.ORDINARY,
    obligation: tuple[int, int] | None = None,
) -> Message:
    """Write one message row in the caller's transaction. Queuing the same key twice queues it once.

    `at` and `respond_by` are UTC. `path` is a link inside the product; it holds a reference and
    nothing personal. `obligation` is the number and version of the obligation it is a reminder of.

    Raises NobodyToNotify where there is no address, NotInATransaction outside a transaction.
    """
    if not connection.in_atomic_block:
        raise NotInATransaction(kind)
    if not to.address:
        raise NobodyToNotify(reference)
    message, _ = Message.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "kind": kind,
            "priority": priority,
            "to_member_id": to.member_id,
            "to_agency": to.agency,
            "to_address": to.address,
            "reference": reference,
            "sender_agency": sender_agency,
            "from_agency": from_agency,
            "respond_by": respond_by,
            "path": path,
            "obligation_id": obligation and obligation[0],
            "obligation_version": obligation and obligation[1],
            "queued_at": at,
            "next_try_at": at,
        },
    )
    return message


def send_due(*, at: datetime | None = None, limit: int = 500, seconds: float = 20) -> int:
    """Send every message that is due, urgent ones first, and return how many were sent.

    One row is claimed at a time in its own short transaction; the mail server is spoken to with
    no transaction open. Stops after `limit` rows or `seconds`, whichever comes first; the next
    tick goes on. `at` fixes the clock for tests (UTC).
    """
    started = timezone.now()
    sent = 0
    mail = get_connection(timeout=10)
    try:
        for _ in range(limit):
            now = at or timezone.now()
            if (timezone.now() - started).total_seconds() > seconds:
                break
            message = _claim(at=now)
            if message is None:
                break
            sent += _deliver(message, mail=mail, at=now)
    finally:
        _hang_up(mail)
    return sent


@transaction.atomic
def _claim(*, at: datetime) -> Message | None:
    """Take the next due message for this sender, or None. Another sender's row is skipped."""
    message = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(WAITING, in_digest=False, next_try_at__lte=at)
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=at))
        .order_by("priority", "next_try_at")
        .first()
    )
    if message is None:
        return None
    message.attempt += 1
    message.lease_until = at + LEASE
    message.save(update_fields=["attempt", "lease_until"])
    return message


def _deliver(message: Message, *, mail: BaseEmailBackend, at: datetime) -> int:
    """Hand one claimed message to the mail server and write down what became of it.

    What a mail server does is tried again; anything else is our own failure or a row that cannot be
    sent, which no second try would mend: that row is set aside and reported, and the next one goes.
    """
    mine = Message.objects.filter(pk=message.pk, attempt=message.attempt, sent_at__isnull=True)
    try:
        written(message, mail=mail).send(fail_silently=False)
    except (OSError, smtplib.SMTPException) as error:
        # The connection may be half gone: the next message opens another.
        _hang_up(mail)
        code = _report(message, error, level=logging.WARNING)
        if message.attempt > len(RETRY_AFTER):
            mine.update(set_aside_at=at, lease_until=None, last_error=code)
        else:
            again = at + RETRY_AFTER[message.attempt - 1]
            mine.update(next_try_at=again, lease_until=None, last_error=code)
        return 0
    except Exception as error:  # noqa: BLE001  # set aside, named and reported: one row stops nobody
        code = _report(message, error, level=logging.ERROR)
        mine.update(set_aside_at=at, lease_until=None, last_error=code)
        return 0
    return mine.update(sent_at=at, lease_until=None, last_error="")


def _report(message: Message, error: Exception, *, level: int) -> str:
    """Log that a message was not sent, and return the class of the error: its text can quote the address."""
    code = type(error).__name__[:60]
    logger.log(level, "message not sent", extra={"message_id": str(message.pk), "error": code})
    return code


def _hang_up(mail: BaseEmailBackend) -> None:
    """Close a connection that may be broken already."""
    with suppress(OSError, smtplib.SMTPException):
        mail.close()


def written(message: Message, *, mail: BaseEmailBackend | None = None) -> EmailMessage:
    """Write the e-mail: reference, sending agency, time limit and link, and nothing else."""
    lines = [f"{message.get_kind_display()}: {message.reference}.", "", f"From: {message.sender_agency}"]
    if message.respond_by:
        local = timezone.localtime(message.respond_by)
        lines.append(f"Respond by: {local:%H:%M on %-d %B %Y}")
    lines += ["", "Sign in to see it:", settings.BASE_URL.rstrip("/") + message.path, ""]
    host = urlparse(settings.BASE_URL).hostname or "localhost"
    return EmailMessage(
        subject=f"Check Back: {message.get_kind_display().lower()}, reference {message.reference}",
        body="\n".join(lines),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.to_address],
        headers={"Message-ID": f"<{message.pk}@{host}>", "Auto-Submitted": "auto-generated"},
        connection=mail,
    )


def try_again(message_id: UUID, *, at: datetime, to_address: str) -> None:
    """Put a message that was set aside back in the queue, with its attempts counted from nought."""
    Message.objects.filter(pk=message_id, sent_at__isnull=True, set_aside_at__isnull=False).update(
        set_aside_at=None, attempt=0, next_try_at=at, lease_until=None, to_address=to_address
    )


def drop(obligation_id: int, *, at: datetime, before_version: int | None = None) -> int:
    """Drop the notices about an obligation that have not gone out. Returns how many.

    All of them, or with `before_version` those written before that version of its schedule. Call it
    in the transaction that settles or moves the obligation; a sender that holds one at this moment
    looks again itself before sending.
    """
    rows = Message.objects.filter(WAITING, obligation_id=obligation_id)
    if before_version is not None:
        rows = rows.filter(obligation_version__lt=before_version)
    return rows.update(dropped_at=at, lease_until=None)


def beat(name: str, *, at: datetime, rows: int = 0) -> None:
    """Write down that a background process was seen at `at` (UTC) and did `rows` rows."""
    Heartbeat.objects.update_or_create(
        name=name, defaults={"started_at": at, "finished_at": at, "rows": rows}
    )


def backlog(*, at: datetime) -> tuple[int, float]:
    """Count the messages that are due and not sent, and the age of the oldest in seconds."""
    due = Message.objects.filter(WAITING, next_try_at__lte=at)
    oldest = due.order_by(F("next_try_at")).values_list("next_try_at", flat=True).first()
    return due.count(), (at - oldest).total_seconds() if oldest else 0.0
