"""Put due rows into the database, and ask it what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.db import OperationalError, close_old_connections, transaction
from django.db.models import QuerySet
from django.utils import timezone

from config.local.faults.machine import EVERYTHING, Machine, until
from notifications.models import WAITING, Heartbeat, Message
from notifications.operations import written

URGENT, ESCALATION, ORDINARY = 0, 1, 5


def key(message: Message) -> str:
    """Return what a message is about, as the mail server sees it."""
    return f"{written(message).subject} {message.to_address}"


def fill(
    count: int, *, run: str, due: datetime | None = None, over: float = 0, addresses: Sequence[str] = ()
) -> dict[str, float]:
    """Put messages into the outbox, in one transaction, and return what they are about and when they are due.

    They are due at `due`, else now, spread evenly over so many seconds. One in ten is urgent, one in ten
    about an escalation, and they are the last ones written. `addresses` are given out one after the other.
    """
    written_at = timezone.now()
    due = due or written_at
    step = timedelta(seconds=over / count)
    made = []
    for n in range(count):
        at = due + step * n
        late = n >= count - count // 10
        middle = n >= count - 2 * (count // 10)
        made.append(
            Message(
                dedupe_key=f"{run}:{at.timestamp()}:{n}",
                kind=Message.Kind.TO_RECEIVE,
                priority=URGENT if late else ESCALATION if middle else ORDINARY,
                to_address=addresses[n % len(addresses)] if addresses else f"{run}-{n}@sink.example",
                reference=f"FR-26-{n:05}-X1",
                sender_agency="Fault runs",
                path=f"/exchanges/FR-26-{n:05}-X1",
                queued_at=written_at,
                next_try_at=at,
            )
        )
    with transaction.atomic():
        Message.objects.bulk_create(made, batch_size=1000)
    return {key(each): each.next_try_at.timestamp() for each in made}


def empty(machine: Machine) -> None:
    """Remove every message and sign of life, as the owner of the tables."""
    with psycopg.connect(machine.environment["DATABASE_OWNER_URL"], autocommit=True) as db:
        db.execute("TRUNCATE notifications_message, notifications_heartbeat")


def all_up(machine: Machine) -> None:
    """Run every process of the service, and wait until a beat and a worker were seen at work."""
    machine.only(*EVERYTHING)
    until(lambda: seen("worker") is not None and seen("beat") is not None, seconds=60)


def waiting() -> QuerySet[Message]:
    """Return the messages that have come to no end."""
    return Message.objects.filter(WAITING)


def all_done() -> bool:
    """Say whether nothing waits. No, where the database does not answer."""
    try:
        close_old_connections()
        return not waiting().exists()
    except OperationalError:
        return False


def all_due_done() -> bool:
    """Say whether nothing waits whose time has come."""
    try:
        close_old_connections()
        return not waiting().filter(next_try_at__lte=timezone.now()).exists()
    except OperationalError:
        return False


def until_due_done(*, seconds: float) -> float | None:
    """Wait until everything whose time has come is at an end. Returns as `until_done`."""
    return until(all_due_done, seconds=seconds, every=0.5)


def until_done(*, seconds: float) -> float | None:
    """Wait until every message has come to an end. Returns how long that took, None where it never was."""
    return until(all_done, seconds=seconds, every=0.5)


def seen(name: str) -> datetime | None:
    """Return when a background process was last seen."""
    return Heartbeat.objects.filter(name=name).values_list("started_at", flat=True).first()


def count_of(**ends: Any) -> int:
    """Count messages by their fields."""
    return Message.objects.filter(**ends).count()
