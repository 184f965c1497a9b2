"""A notice that did not arrive is shown at once to whoever waits for it, and to the leads of both sides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from agencies import operations as agencies
from agencies import reach
from agencies.models import Membership
from audit import operations as audit
from notifications import operations as notifications
from notifications.models import Message
from sharing.models import Action, Enquiry, Exchange, Obligation
from sharing.querysets import people

UNDELIVERED = "sharing.notice.undelivered"
# Which rows a reference leads to by the letter of its last part, and who the two sides are.
SIDES: dict[str, tuple[Any, str, str]] = {
    "X": (Exchange, "speaker", "listener"),
    "Q": (Enquiry, "asked_by", "asked_of"),
    "A": (Action, "owner", "other_side"),
}


def tell_failures(*, at: datetime, limit: int = 20) -> int:
    """Tell of notices that bounced or were set aside, each exactly once. Returns how many there were.

    The address that did not take it no longer counts as checked, and what waits for that person is
    marked as out of reach on every list. `at` is UTC.
    """
    with transaction.atomic():
        failed = notifications.take_untold_failures(at=at, limit=limit)
        for message in failed:
            _tell(message, at=at)
    return len(failed)


def _tell(message: Message, *, at: datetime) -> None:
    if message.bounced_at:
        agencies.address_bounced(message.to_member_id, message.to_agency, message.to_address, at=at)
    Obligation.objects.filter(
        reference=message.reference, owner=message.to_member_id, settled_at__isnull=True
    ).update(unreachable_at=at)
    about = _about(message.reference)
    if about is None:
        return
    row, first, second = about
    sides: list[Membership] = [getattr(row, first), getattr(row, second)]
    leads = reach.leads_of(sides)
    others = [side for side in sides if side.pk != message.to_member_id]
    told = dict.fromkeys([*others, *(lead for lead in leads.values() if lead)])
    concern = row.cycle.concern
    audit.record_many(
        [
            audit.Entry(
                verb=UNDELIVERED,
                at=at,
                subject=message.reference,
                concern=concern.reference,
                agency=concern.agency.reference,
                also_for=sorted({s.agency.reference for s in sides} - {concern.agency.reference}),
                data={"message": str(message.pk), "error": message.last_error},
            )
        ]
    )
    for person in told:
        _notify(person, message, row, at=at)


def _notify(person: Membership, message: Message, row: Any, *, at: datetime) -> None:
    """Tell one person. Somebody who cannot be told either is on the lead's page already."""
    try:
        agencies.notify(
            person,
            Message.Kind.UNDELIVERED,
            reference=message.reference,
            sender=row.cycle.concern.agency,
            path=message.path,
            at=at,
            dedupe_key=f"undelivered:{message.pk}:{person.pk}",
            urgent=True,
        )
    except agencies.NobodyToNotify:
        return


def _about(reference: str) -> tuple[Any, str, str] | None:
    """Find what a reference is about, with its two sides; None for a concern, which has none."""
    last = reference.rpartition("-")[2][:1]
    if last == "D":
        # A disagreement is between the two people of its exchange.
        found = Exchange.objects.filter(disagreements__reference=reference)
        reference = found.values_list("reference", flat=True).first() or ""
        last = "X"
    if last not in SIDES:
        return None
    model, first, second = SIDES[last]
    rows = model.objects.select_related(*people(first, second), "cycle__concern__agency")
    row = rows.filter(reference=reference).first()
    return (row, first, second) if row else None
