"""Ask the database what became of the rows, also while it is away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import Error, close_old_connections
from django.db.models import Q
from django.utils import timezone

from config.local.faults.machine import EVERYTHING, Machine, until
from config.local.faults.scene import PREFIX
from config.local.faults.tally import Result
from config.local.faults.visitor import Visitor
from notifications.models import WAITING, Heartbeat, Message
from sharing.models import Exchange, Reminder

UNRAISED = Q(raised_at__isnull=True, dropped_at__isnull=True, set_aside_at__isnull=True)


def all_up(machine: Machine) -> None:
    """Run every process of the service, and wait until a beat and a worker were seen at work."""
    machine.only(*EVERYTHING)
    until(lambda: seen("worker") is not None and seen("beat") is not None, seconds=60)


def all_done(expected: Mapping[str, float]) -> bool:
    """Say whether all that is expected has come to an end. No, where the database does not answer."""
    last = datetime.fromtimestamp(max(expected.values()), tz=UTC)
    if timezone.now() < last:
        return False
    unraised = Reminder.objects.filter(UNRAISED, send_at__lte=last)
    return quietly(lambda: unraised.exists() or Message.objects.filter(WAITING).exists()) is False


def until_done(expected: Mapping[str, float], *, seconds: float) -> float | None:
    """Wait until all that is expected has come to an end. Returns the seconds, None where it never had."""
    return until(lambda: all_done(expected), seconds=seconds, every=0.5)


def quietly(question: Callable[[], Any]) -> Any:
    """Ask the database, and return None where it does not answer."""
    try:
        close_old_connections()
        return question()
    except Error:
        return None


def seen(name: str) -> datetime | None:
    """Return when a background process was last seen."""
    found: datetime | None = quietly(
        lambda: Heartbeat.objects.filter(name=name).values_list("started_at", flat=True).first()
    )
    return found


def of_the_product() -> set[str]:
    """Return the Message-IDs of the messages about the exchanges that were made through the product."""
    rows = Message.objects.exclude(reference__startswith=PREFIX).filter(dropped_at__isnull=True)
    return {str(pk) for pk in rows.values_list("pk", flat=True)}


def compare_saved(result: Result, visitor: Visitor) -> None:
    """Note how the web was, and require that each receipt it called saved is in the database."""
    received = Exchange.objects.filter(reference__in=visitor.saved, received_at__isnull=False).count()
    result.figures.append(
        f"{len(visitor.seconds)} requests to the web, 99 in 100 within {visitor.p99:.0f} ms, "
        f"{len(visitor.saved)} receipts saved"
    )
    result.require(
        received == len(visitor.saved) > 0, f"{received} of {len(visitor.saved)} receipts were saved"
    )
