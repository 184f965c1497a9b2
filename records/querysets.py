"""Questions asked of the record. Every one starts from who is asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from agencies import prepared
from agencies.roles import Permission

if TYPE_CHECKING:
    from agencies.models import Membership
    from records.models import Concern, Person, Statement


class PersonQuerySet(models.QuerySet["Person"]):
    """People as an agency knows them."""

    def visible_to(self, member: Membership | None) -> PersonQuerySet:
        """People of my agency, where my role works with concerns; nobody otherwise."""
        if member is None or not member.may(Permission.LOG_CONCERNS):
            return self.none()
        return self.filter(agency_id=member.agency_id, disposed_at__isnull=True)


class ConcernQuerySet(models.QuerySet["Concern"]):
    """Concerns of an agency."""

    def visible_to(self, member: Membership | None) -> ConcernQuerySet:
        """Concerns of my agency, where my role works with concerns, but those that are closed to me; none
        otherwise. One that I opened in an emergency is among them while that lasts.
        """
        from records.closed import closed_to

        if member is None or not member.may(Permission.LOG_CONCERNS):
            return self.none()
        closed = closed_to(member, at=prepared.now())
        return self.filter(~models.Q(pk__in=closed), agency_id=member.agency_id, disposed_at__isnull=True)

    def logged(self) -> ConcernQuerySet:
        return self.filter(logged_at__isnull=False)

    def drafts(self) -> ConcernQuerySet:
        return self.filter(logged_at__isnull=True, discarded_at__isnull=True)


class StatementQuerySet(models.QuerySet["Statement"]):
    """Statements of a concern."""

    def latest_versions(self) -> StatementQuerySet:
        """The last version of each statement, also where it was struck through: what a reader sees."""
        return self.filter(removed_at__isnull=True, replaced_by__isnull=True)

    def current(self) -> StatementQuerySet:
        """The version of each statement that counts now: neither taken out, replaced nor struck through."""
        return self.latest_versions().filter(strike__isnull=True)
