"""What pages of the record ask of the app above: which concerns are open, where a reference leads, and what
had to be said again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from agencies.addresses import reverse
from agencies.models import Membership
from records.models import Concern
from sharing.models import (
    Action,
    Correction,
    Cycle,
    Disagreement,
    Enquiry,
    Exchange,
    Item,
    Meeting,
    Stage,
    Transfer,
    Verdict,
)

MOST_SAID_AGAIN = 400
# What the letter of a reference's last part stands for, and the page that shows it.
PARTS: dict[str, tuple[Any, str]] = {
    "X": (Exchange, "exchange"),
    "A": (Action, "action"),
    "Q": (Enquiry, "enquiry"),
    "M": (Meeting, "meeting"),
    "T": (Transfer, "transfer"),
    "D": (Disagreement, "disagreement"),
}


def is_open() -> Q:
    """Say of concerns which are logged, and whose last cycle is not closed."""
    later = Cycle.objects.filter(concern=OuterRef("concern"), number__gt=OuterRef("number"))
    closed = Cycle.objects.filter(~Exists(later), concern=OuterRef("pk"), stage=Stage.CLOSED)
    return Q(~Exists(closed), logged_at__isnull=False)


def by_reference(member: Membership, reference: str) -> str:
    """Return the address of what a reference names, where the member may see it; else nothing."""
    part = reference.count("-") == 3 and reference.rpartition("-")[2][:1]
    if part == "C":
        seen = Concern.objects.visible_to(member)
        rows: Any = Correction.objects.filter(concern__in=seen.values("pk"))
        page = "correction"
    elif part in PARTS:
        model, page = PARTS[part]
        rows = model.objects.visible_to(member)
    else:
        return ""
    return reverse(page, args=[reference]) if rows.filter(reference=reference).exists() else ""


def said_again(member: Membership, *, since: datetime, until: datetime) -> list[str]:
    """Return what the member's agency told others and heard back wrong or not at all, the newest first."""
    misheard = Verdict.objects.filter(item=OuterRef("pk"), answer__in=["WRONG", "MISSING"])
    items = Item.objects.filter(
        Exists(misheard),
        exchange__in=Exchange.objects.visible_to(member).values("pk"),
        exchange__speaker__agency=member.agency_id,
        exchange__sent_at__gte=since,
        exchange__sent_at__lt=until,
        is_verbatim=False,
    )
    return list(items.order_by("-pk").values_list("text", flat=True)[:MOST_SAID_AGAIN])
