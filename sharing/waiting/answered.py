"""Whether the answer to an exchange has come back, read with the exchange: no statement more for a page."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject

from sharing.models import DecisionNotAwaited, Exchange, Obligation
from sharing.transferring import of_exchange


def answers() -> dict[str, Any]:
    """Annotate exchanges: whether a decision stands, by when it is due, whether somebody goes on without it,
    and the hand-over to another area that rests on each."""
    key = Concat(Value("decide:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    due = Obligation.objects.filter(key=key, settled_at__isnull=True)
    return {
        "is_decided": Exists(_standing()),
        "not_awaited": Exists(DecisionNotAwaited.objects.filter(exchange=OuterRef("pk"))),
        "decision_due": Subquery(due.values("due_at")[:1]),
        "transfer": of_exchange(),
    }


def for_its_page() -> dict[str, Any]:
    """Annotate one exchange with the decision on it, why somebody goes on without one, and its hand-over."""
    shown = JSONObject(reference="reference", sent_at="sent_at", understood_at="understood_at")
    why = JSONObject(why="why", at="at", by=Coalesce("by__user__full_name", "by__name"))
    without = DecisionNotAwaited.objects.filter(exchange=OuterRef("pk"))
    return {
        "decision": Subquery(_standing().order_by("-id").values(json=shown)[:1]),
        "not_awaited": Subquery(without.values(json=why)[:1]),
        "transfer": of_exchange(),
    }


def _standing() -> Any:
    """Decisions that were sent and stand: not taken back, sent back or overtaken."""
    rows = Exchange.objects.filter(about=OuterRef("pk"), kind=Exchange.Kind.DECISION, sent_at__isnull=False)
    return rows.filter(withdrawn_at=None, not_mine_at=None, superseded_by=None).order_by()
