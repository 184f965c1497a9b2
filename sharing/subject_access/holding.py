"""What in a concern can be put on hold, and how it reads: by the keys that pieces carry."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Value
from django.utils.text import Truncator

from records.documents.models import Document
from records.models import Concern, Statement
from sharing.models import Action, Enquiry, Exchange, Meeting

SHORT = 120
OTHERS: dict[str, Any] = {"exchange": Exchange, "enquiry": Enquiry, "action": Action, "meeting": Meeting}


def things_of(concern: Concern) -> list[tuple[str, str]]:
    """Return what in a concern can be put on hold: (key, how it reads), statements first."""
    statements = Statement.objects.filter(concern=concern, removed_at__isnull=True).order_by("number", "pk")
    found = [(f"statement:{one.pk}", f"{one.label}: {short(one.text)}") for one in statements]
    kept = Document.objects.filter(concern=concern).order_by("number", "pk")
    found += [(f"document:{one.pk}", f"Document {one.number}: {short(one.title)}") for one in kept]
    first, *rest = (
        model.objects.filter(cycle__concern=concern)
        .order_by()
        .annotate(name=Value(name, output_field=CharField()))
        .values_list("name", "pk", "reference")
        for name, model in OTHERS.items()
    )
    others = sorted(first.union(*rest, all=True), key=lambda one: (list(OTHERS).index(one[0]), one[1]))
    return [*found, *((f"{name}:{pk}", str(reference)) for name, pk, reference in others)]


def keys_of(concern: Concern) -> set[str]:
    """Return the keys of what in a concern can be put on hold."""
    return {key for key, _ in things_of(concern)}


def short(text: str) -> str:
    """Shorten a text to where it can still be told apart."""
    return str(Truncator(" ".join(text.split())).chars(SHORT))
