"""What in a concern can be put on hold, and how it reads: by the keys that pieces carry."""

from __future__ import annotations

from typing import Any

from django.utils.text import Truncator

from records.documents.models import Document
from records.models import Concern, Statement
from sharing.models import Action, Enquiry, Exchange, Meeting

SHORT = 120


def things_of(concern: Concern) -> list[tuple[str, str]]:
    """Return what in a concern can be put on hold: (key, how it reads), statements first. Six statements."""
    statements = Statement.objects.filter(concern=concern, removed_at__isnull=True)
    found = [
        (f"statement:{one.pk}", f"{one.label}: {short(one.text)}")
        for one in statements.order_by("number", "pk")
    ]
    rows: tuple[tuple[str, Any], ...] = (
        ("exchange", Exchange),
        ("enquiry", Enquiry),
        ("action", Action),
        ("meeting", Meeting),
    )
    kept = Document.objects.filter(concern=concern).order_by("number", "pk")
    found += [(f"document:{one.pk}", f"Document {one.number}: {short(one.title)}") for one in kept]
    for name, model in rows:
        of_it = model.objects.filter(cycle__concern=concern).order_by("pk")
        found += [(f"{name}:{pk}", str(reference)) for pk, reference in of_it.values_list("pk", "reference")]
    return found


def keys_of(concern: Concern) -> set[str]:
    """Return the keys of what in a concern can be put on hold."""
    return {key for key, _ in things_of(concern)}


def short(text: str) -> str:
    """Shorten a text to where it can still be told apart."""
    return str(Truncator(" ".join(text.split())).chars(SHORT))
