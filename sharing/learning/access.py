"""The only way the learning figures are read: through the person asking.

A coordinator sees the whole partnership. A lead sees what their own agency sent and was sent, and the
partnership as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Q, QuerySet, TextChoices

from agencies import access as agencies_access
from agencies.models import Agency, Membership
from agencies.roles import Permission
from sharing.models.learning import LearningKind, LearningMonth, LearningRefresh

Row = TypeVar("Row", LearningMonth, LearningKind)


class Direction(TextChoices):
    """Which of an agency's exchanges."""

    FROM = "from", "sent by"
    TO = "to", "sent to"


class Measure(TextChoices):
    """What a pair of agencies is compared by."""

    UNDERSTOOD = "understood", "Hours to understood"
    FIRST_TIME = "first-time", "Right first time"
    SENT = "sent", "How many were sent"


@dataclass(frozen=True)
class Choice:
    """What somebody wants to look at."""

    months: int = 13
    agency: Agency | None = None
    direction: Direction = Direction.FROM
    measure: Measure = Measure.UNDERSTOOD

    def __str__(self) -> str:
        whose = f"{self.direction.label} {self.agency.name}" if self.agency else "the whole partnership"
        return f"{whose}, {self.months} months"


def agencies_of(member: Membership) -> list[Agency]:
    """Return the agencies that somebody may look at by themselves."""
    if member.may(Permission.OVERSEE_PARTNERSHIP):
        return agencies_access.agencies_of(member)
    return [member.agency] if member.may(Permission.LEARN) else []


def as_of() -> datetime | None:
    """Return when the figures were last worked out."""
    return LearningRefresh.objects.order_by("-pk").values_list("done_at", flat=True).first()


def first_month(member: Membership) -> date | None:
    """Return the first of the last thirteen months in which anybody in the partnership sent anything."""
    rows = _of_scope(LearningMonth.objects.all(), member, Choice()).filter(months=1)
    return rows.order_by("first_month").values_list("first_month", flat=True).first()


def months_of(member: Membership, choice: Choice) -> list[LearningMonth]:
    """Return the months of a choice that have figures, the earliest first; fewer exchanges have no row."""
    rows = _of_scope(LearningMonth.objects.all(), member, choice).filter(months=1)
    return list(rows.order_by("-first_month")[: choice.months])[::-1]


def total_of(member: Membership, choice: Choice) -> LearningMonth | None:
    """Return the figures of the whole time of a choice."""
    return _of_scope(LearningMonth.objects.all(), member, choice).filter(months=choice.months).first()


def kinds_of(member: Membership, choice: Choice) -> list[LearningKind]:
    """Return the kinds of statement of a choice that have figures."""
    return list(_of_scope(LearningKind.objects.all(), member, choice).filter(months=choice.months))


def pairs_of(member: Membership, choice: Choice) -> list[LearningMonth]:
    """Return the pairs of agencies that have figures, in the time of a choice, by name."""
    rows = _visible(LearningMonth.objects.all(), member).filter(
        months=choice.months, from_agency__isnull=False, to_agency__isnull=False
    )
    if choice.agency is not None:
        side = "from_agency" if choice.direction == Direction.FROM else "to_agency"
        rows = rows.filter(**{side: choice.agency})
    rows = rows.select_related("from_agency", "to_agency")
    return list(rows.order_by("from_agency__name", "to_agency__name", "pk"))


def _of_scope(rows: QuerySet[Row], member: Membership, choice: Choice) -> QuerySet[Row]:
    """Keep those of one agency, one way, or of the whole partnership."""
    sender = choice.agency if choice.direction == Direction.FROM else None
    recipient = choice.agency if choice.direction == Direction.TO else None
    rows = _visible(rows, member)
    rows = rows.filter(from_agency=sender) if sender else rows.filter(from_agency__isnull=True)
    return rows.filter(to_agency=recipient) if recipient else rows.filter(to_agency__isnull=True)


def _visible(rows: QuerySet[Row], member: Membership) -> QuerySet[Row]:
    """Keep what somebody may see."""
    if not member.may(Permission.LEARN):
        return rows.none()
    rows = rows.filter(partnership_id=member.agency.partnership_id)
    if member.may(Permission.OVERSEE_PARTNERSHIP):
        return rows
    whole = Q(from_agency__isnull=True, to_agency__isnull=True)
    return rows.filter(whole | Q(from_agency=member.agency_id) | Q(to_agency=member.agency_id))
