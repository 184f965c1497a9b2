"""What somebody has open, concern by concern, and who takes each over: before they hand over or leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from agencies.models import Membership
from records.models import Concern
from sharing.models import Cycle, Handover, Obligation, Round, Stage
from sharing.models.handover import UNDER_WAY
from sharing.querysets import people


@dataclass
class Part:
    """Somebody's part in one concern: what waits for them, what they wait for, and whether it is theirs."""

    concern: Concern
    mine: list[Obligation] = field(default_factory=list)
    theirs: list[Obligation] = field(default_factory=list)
    is_owned: bool = False
    handover: Handover | None = None

    @property
    def count(self) -> int:
        """How many things there are to hand over, the concern itself among them."""
        return len(self.mine) + len(self.theirs) + self.is_owned

    @property
    def is_urgent(self) -> bool:
        return any(one.is_urgent for one in [*self.mine, *self.theirs])


def parts_of(member: Membership) -> list[Part]:
    """Return every part that somebody has open, by concern. Three statements, however many there are."""
    parts: dict[int, Part] = {}
    rows = Obligation.objects.filter(
        Q(owner=member) | Q(other=member), settled_at__isnull=True, concern__isnull=False
    )
    for row in rows.select_related("concern__agency", *people("owner", "other")).order_by("due_at", "pk"):
        if row.concern is None:
            continue
        part = parts.setdefault(row.concern.pk, Part(row.concern))
        (part.mine if row.owner_id == member.pk else part.theirs).append(row)
    for concern in owned_by(member).select_related("agency"):
        parts.setdefault(concern.pk, Part(concern)).is_owned = True
    for handover in under_way_of(member):
        part = parts.setdefault(handover.concern_id, Part(handover.concern))
        part.handover = handover
        own = f"exchange:{handover.exchange_id}"
        part.theirs = [row for row in part.theirs if row.key != own]
    return [parts[key] for key in sorted(parts)]


def owned_by(member: Membership) -> Any:
    """Return the concerns that somebody looks after: drafts and logged ones, until they are closed."""
    last = Cycle.objects.filter(concern=OuterRef("pk")).order_by("-number")
    return (
        Concern.objects.filter(owner=member, discarded_at__isnull=True)
        .annotate(stage=Subquery(last.values("stage")[:1]))
        .filter(Q(stage__isnull=True) | ~Q(stage=Stage.CLOSED))
        .order_by("pk")
    )


def under_way_of(member: Membership) -> list[Any]:
    """Return the hand-overs of somebody's work that are under way, with exchange, people, `last_outcome`."""
    rounds = Round.objects.filter(exchange=OuterRef("exchange")).order_by("-number")
    rows = Handover.objects.filter(UNDER_WAY, leaver=member)
    rows = rows.annotate(last_outcome=Subquery(rounds.values("outcome")[:1])).order_by("concern_id")
    return list(rows.select_related("concern__agency", "exchange", *people("successor", "by")))


def uncovered(member: Membership) -> dict[str, int]:
    """Return the concerns in which somebody has open work that nobody is named to take over, with how many
    things each has. References and numbers only: whoever looks after staff may see it."""
    covered = Handover.objects.filter(UNDER_WAY, leaver=member, concern=OuterRef("concern"))
    rows = Obligation.objects.filter(Q(owner=member) | Q(other=member), settled_at__isnull=True)
    # A check that somebody else can do goes to them by itself (operations/reconcile.py).
    rows = rows.exclude(kind=Obligation.Kind.ACCESS_CHECK)
    # What belongs to no concern is given to a colleague on a page of its own, by its own reference.
    whole = Coalesce("concern__reference", "reference")
    counted = rows.filter(~Exists(covered)).order_by().values(whole=whole).annotate(n=Count("pk"))
    found = {row["whole"]: row["n"] for row in counted}
    is_covered = Handover.objects.filter(UNDER_WAY, leaver=member, concern=OuterRef("pk"))
    for reference in owned_by(member).filter(~Exists(is_covered)).values_list("reference", flat=True):
        found[reference] = found.get(reference, 0) + 1
    return dict(sorted(found.items()))


def counts_of(members: Iterable[Membership]) -> dict[Any, int]:
    """Return how many things wait for each of some people. One statement."""
    rows = Obligation.objects.filter(owner__in=list(members), settled_at__isnull=True).order_by()
    return {row["owner"]: row["n"] for row in rows.values("owner").annotate(n=Count("pk"))}
