"""An agency's opening hours and closed days as people read them: now, to come, and what has been."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http import Http404

from agencies import weeks
from agencies.models import Agency, ClosedDay, Membership, OpeningHours, Partnership
from agencies.roles import Permission


@dataclass(frozen=True)
class Standing:
    """When an agency is open on a day, what is to come, and what has been. No row: the usual week."""

    now: OpeningHours | None
    coming: tuple[OpeningHours, ...]
    past: tuple[OpeningHours, ...]
    version: int

    @property
    def days(self) -> list[str]:
        """The week that counts now, as it is kept."""
        return list(self.now.days if self.now else weeks.USUAL)

    @property
    def always_open(self) -> bool:
        return self.now is not None and self.now.always_open


def version_of(rows: Iterable[OpeningHours]) -> int:
    """Count the changes that led to these rows: one for each, one more where it was withdrawn."""
    return sum(2 if row.withdrawn_at else 1 for row in rows)


def standing_of(agency: Agency, *, on: date) -> Standing:
    """Return how an agency's opening hours stand on a day. One statement."""
    rows = list(
        OpeningHours.objects.filter(agency=agency)
        .select_related("set_by__user", "set_by__agency")
        .order_by("effective_from", "id")
    )
    live = [row for row in rows if row.withdrawn_at is None]
    begun = [row for row in live if row.effective_from <= on]
    return Standing(
        now=begun[-1] if begun else None,
        coming=tuple(row for row in live if row.effective_from > on),
        past=tuple(reversed(begun[:-1])),
        version=version_of(rows),
    )


def closed_days_of(whose: Agency | Partnership, *, on: date) -> list[ClosedDay]:
    """Return the closed days from a day on: an agency's with its partnership's, or a partnership's own."""
    of = Q(partnership=whose)
    if isinstance(whose, Agency):
        of = Q(agency=whose) | Q(partnership=whose.partnership_id)
    rows = ClosedDay.objects.filter(of, withdrawn_at__isnull=True, on__gte=on)
    return list(rows.select_related("set_by__user", "set_by__agency").order_by("on", "id"))


def get_hours(member: Membership, number: int) -> OpeningHours:
    """Return opening hours of an administrator's own agency. Raises Http404 for any other, as for none."""
    found = OpeningHours.objects.select_related("agency").filter(pk=number, agency_id=member.agency_id)
    row = found.first() if member.may(Permission.MANAGE_STAFF) else None
    if row is None:
        raise Http404
    return row


def get_closed_day(member: Membership, number: int) -> ClosedDay:
    """Return a closed day of an administrator's own agency, or of the office's own partnership.

    Raises Http404 for any other, as for none.
    """
    mine = Q(pk__in=[])
    if member.may(Permission.MANAGE_STAFF):
        mine |= Q(agency=member.agency_id)
    if member.may(Permission.SET_TIME_LIMITS):
        mine |= Q(partnership=member.agency.partnership_id)
    row = ClosedDay.objects.select_related("agency", "partnership").filter(mine, pk=number).first()
    if row is None:
        raise Http404
    return row
