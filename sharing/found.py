"""What Find (records.search) asks of the app above: which concerns are open, and where a reference leads."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from agencies.models import Membership
from records.models import Concern
from sharing.models import (
    Action,
    Correction,
    Cycle,
    Disagreement,
    Enquiry,
    Exchange,
    Meeting,
    Stage,
    Transfer,
)

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
