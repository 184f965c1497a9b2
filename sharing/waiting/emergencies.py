"""A closed record that was opened in an emergency waits for a lead to say whether that was right."""

from __future__ import annotations

from agencies.access import leads_of
from agencies.addresses import reverse
from agencies.models import Membership, TimeLimit
from records.models import BreakGlass, BreakGlassReview
from sharing.models import Obligation
from sharing.waiting.limits import limit_of
from sharing.waiting.waits import Wait

KEYS = ("break-glass:{pk}",)


def of_break_glass(opened: BreakGlass) -> list[Wait]:
    """It waits for the manager of whoever opened it, where that is a lead; else another; else the owner."""
    if BreakGlassReview.objects.filter(break_glass=opened).exists():
        return []
    owner = who_reviews(opened)
    due = limit_of(owner, TimeLimit.Key.DECISION, at=opened.at)
    return [
        Wait(
            key=f"break-glass:{opened.pk}",
            kind=Obligation.Kind.BREAK_GLASS,
            reference=opened.reference,
            path=reverse("break-glass-opened", args=[opened.reference]),
            concern=opened.concern,
            owner=owner,
            other=None,
            since=opened.at,
            due_at=due.at,
            due_why="\n".join(due.why),
        )
    ]


def who_reviews(opened: BreakGlass) -> Membership:
    """Return who is to say whether an emergency was right: never whoever it was."""
    leads = [lead for lead in leads_of(opened.by.agency) if lead.pk != opened.by_id]
    managers = [lead for lead in leads if lead.pk == opened.by.manager_id]
    return next(iter([*managers, *leads]), opened.concern.owner)
