"""Questions that are asked of agencies' tables more than once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

if TYPE_CHECKING:
    from agencies.models import ContactPoint, Deputy, Membership


class MembershipQuerySet(models.QuerySet["Membership"]):
    """People in their roles."""

    def current(self) -> MembershipQuerySet:
        """Those who still hold the role and may still sign in."""
        return self.filter(Q(user__isnull=True) | Q(user__is_active=True), ended_at__isnull=True)

    def with_people(self) -> MembershipQuerySet:
        """Fetch name and agency in the same statement: every label needs them."""
        return self.select_related("user", "agency", "agency__partnership")

    def who_exchange(self) -> MembershipQuerySet:
        """Those to whom information can be sent: practitioners and leads."""
        return self.filter(role__in=["practitioner", "lead"])

    def acting_for(self, member: Membership, *, on: date) -> MembershipQuerySet:
        """The member and everyone for whom they are the named deputy on a day."""
        return self.filter(pk__in=acted_for(member, on=on))


def acted_for(member: Membership, *, on: date) -> QuerySet[Any, Any]:
    """Return the numbers of a member and of everyone for whom they are the named deputy on a day.

    Each part leads to its few rows: joined by OR, they would have everybody looked at.
    """
    from agencies.models import Membership

    themselves = Membership.objects.filter(pk=member.pk).values("pk")
    return themselves.union(covered_by(member, on=on).values("member"), all=True)


def covered_by(member: Membership, *, on: date) -> DeputyQuerySet:
    """Return where somebody is named as deputy on a day."""
    from agencies.models import Deputy

    return Deputy.objects.of_day(on).filter(deputy=member.pk)


def acts_for(field: str, member: Membership, *, on: date) -> Q:
    """Say of a row whether it names a member in a field, or somebody whose named deputy they are on a day.

    It says the same as `acted_for`, to annotate rows that are found already.
    """
    return Q(**{field: member.pk}) | Q(Exists(covered_by(member, on=on).filter(member=OuterRef(field))))


class DeputyQuerySet(models.QuerySet["Deputy"]):
    """Who may act in whose place, and when."""

    def of_day(self, day: date) -> DeputyQuerySet:
        """Those that hold on a day (local date), as `Deputy.covers` says of one."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)

    def who_may_sign_in(self) -> DeputyQuerySet:
        """Those whose deputy still holds a role and may still sign in."""
        return self.filter(deputy__ended_at__isnull=True, deputy__user__is_active=True)


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    """Ways to reach people."""

    def in_use(self) -> ContactPointQuerySet:
        return self.filter(retired_at__isnull=True)

    def checked(self) -> ContactPointQuerySet:
        return self.in_use().filter(checked_at__isnull=False)
