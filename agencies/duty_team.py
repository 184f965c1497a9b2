"""Who takes what cannot wait while an agency is closed, as somebody may reach them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from agencies.access import who_exchange_with
from agencies.models import Absence, Agency, ContactPoint, Membership, TimeLimit


class Phone(NamedTuple):
    """A number to ring, checked by the agency whose it is."""

    label: str
    address: str


@dataclass
class DutyTeam:
    """Who takes what cannot wait while another agency is closed, and how long they have for it."""

    agency: Agency
    duration: str = ""
    phones: list[Phone] = field(default_factory=list)
    people: list[Membership] = field(default_factory=list)


def duty_team_of(member: Membership, agency: Agency, *, key: str) -> DutyTeam | None:
    """Return who stands in for an agency that is closed, those who are there and can be reached, by name.

    `key` is the time limit that they would have. One statement, and none where nobody stands in.
    """
    duty = agency.out_of_hours
    if duty is None:
        return None
    today = timezone.localdate()
    points = ContactPoint.objects.checked().filter(agency=OuterRef("agency"))
    reached = points.filter(Q(member=OuterRef("pk")) | Q(member__isnull=True), kind=ContactPoint.Kind.EMAIL)
    phones = points.filter(member__isnull=True, kind=ContactPoint.Kind.PHONE).order_by("label", "pk")
    limits = TimeLimit.objects.filter(
        partnership=OuterRef("agency__partnership"),
        key=key,
        withdrawn_at__isnull=True,
        effective_from__lte=today,
    )
    rows: Any = (
        who_exchange_with(member)
        .filter(Exists(reached), agency=duty)
        .exclude(
            Exists(Absence.objects.filter(member=OuterRef("pk"), starts_on__lte=today, ends_on__gte=today))
        )
        .annotate(
            phones=ArraySubquery(phones.values(json=JSONObject(label="label", address="address"))),
            duration=Subquery(limits.order_by("-effective_from").values("duration")[:1]),
        )
    )
    team = DutyTeam(duty)
    for row in rows.order_by("user__full_name", "pk"):
        team.agency, team.duration = row.agency, row.duration or ""
        team.phones = [Phone(**phone) for phone in row.phones]
        team.people.append(row)
    return team
