"""Which records of one's own agency are closed to somebody, and which are open to them in an emergency.

Another agency's records are never asked about here: nobody there has a window into them to close.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from agencies import prepared
from agencies.models import Membership
from agencies.prepared import Asking, Prepared
from agencies.roles import Permission
from records.models import BreakGlass, Concern, Named, Restriction

IN_FORCE = Q(ended_at__isnull=True)


def closed_to(member: Membership | None, *, at: datetime | None = None) -> QuerySet[Any]:
    """Return the numbers of the concerns of somebody's own agency that are closed to them now.

    Leads are always in, and so is the owner of each. Without `at` (UTC) nothing is open because of an
    emergency that lasts at that moment; pages give the moment, operations only where an emergency is enough.
    """
    rows = Restriction.objects.filter(IN_FORCE)
    if member is None or member.may(Permission.OVERSEE):
        return rows.none().values("concern")
    let_in = Named.objects.filter(
        IN_FORCE, restriction=OuterRef("pk"), member=member.pk, place=Named.Place.LET_IN
    )
    rows = rows.filter(~Exists(let_in), concern__agency=member.agency_id)
    if at is not None:
        rows = rows.filter(~Exists(lasting(at).filter(concern=OuterRef("concern"), by=member.pk)))
    return rows.exclude(concern__owner=member.pk).values("concern")


def lasting(at: datetime) -> QuerySet[BreakGlass]:
    """Return the emergencies that last at a moment (UTC)."""
    return BreakGlass.objects.filter(IN_FORCE, at__lte=at, until__gt=at)


def is_closed_to(concern: Concern, member: Membership, *, at: datetime | None = None) -> bool:
    """Say whether a concern is closed to somebody of its agency. `at` as in `closed_to`. One statement."""
    return bool(CLOSED.all(member=member, concern=concern.pk, at=at))


def asking_whether_closed(concern_id: int, member: Membership, *, at: datetime | None = None) -> Asking[int]:
    """Return the question of `is_closed_to`, to be asked together with others: a row says that it is."""
    return CLOSED.asking(member=member, concern=concern_id, at=at)


CLOSED = Prepared(
    lambda *, member, concern, at: (
        closed_to(member, at=at).filter(concern=concern).values_list("concern", flat=True)[:1]
    )
)


def is_kept_out(concern: Concern, member: Membership) -> bool:
    """Say whether somebody may not open a concern even in an emergency. One statement."""
    rows = Named.objects.filter(IN_FORCE, restriction__concern=concern.pk, restriction__ended_at__isnull=True)
    return rows.filter(member=member.pk, place=Named.Place.KEPT_OUT).exists()


def in_force() -> Exists:
    """Say of each concern whether it is closed to all but named people."""
    return Exists(Restriction.objects.filter(IN_FORCE, concern=OuterRef("pk")))


def facts_of_a_hat() -> dict[str, Any]:
    """What is read with the role that somebody wears, on every page: what is open to them in an emergency."""
    rows = lasting(prepared.now()).filter(by=OuterRef("pk")).order_by("until")
    opened = rows.values(
        json=JSONObject(
            reference="reference", concern="concern__reference", until="until", leads_told="leads_told"
        )
    )
    return {"opened_in_emergency": ArraySubquery(opened)}


class Opened(NamedTuple):
    """One record that is open in an emergency, for the banner on every page."""

    reference: str
    concern: str
    until: datetime
    left: str
    leads_told: int
    is_another_day: bool


def opened_by(member: Membership | None, *, now: datetime) -> list[Opened]:
    """Return what is open to somebody in an emergency, with the time left. No statement."""
    rows = getattr(member, "opened_in_emergency", None) or []
    found = []
    for row in rows:
        until = datetime.fromisoformat(row["until"])
        if until > now:
            another = timezone.localdate(until) != timezone.localdate(now)
            left = in_words(until - now)
            found.append(Opened(row["reference"], row["concern"], until, left, row["leads_told"], another))
    return found


def in_words(left: timedelta) -> str:
    """Say how much time is left: “3 hours 12 minutes”, “less than a minute”."""
    minutes = int(left.total_seconds() // 60)
    hours, minutes = divmod(minutes, 60)
    parts = [
        f"{number} {word}{'' if number == 1 else 's'}"
        for number, word in ((hours, "hour"), (minutes, "minute"))
        if number
    ]
    return " ".join(parts) or "less than a minute"
