"""Which lawful bases to offer, to whom and when; what was said and decided last."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery

if TYPE_CHECKING:
    from agencies.models import Agency
    from consent.models import Basis, SharingDecision, View
    from records.models import Concern, Person

PEOPLE = ("recorded_by__user", "recorded_by__agency")
DECIDERS = ("decided_by__user", "decided_by__agency")
BASES = ("article_6", "article_9", "paragraph_18", "confidentiality")


class BasisQuerySet(models.QuerySet["Basis"]):
    """Reference rows by date and agency."""

    def in_force(self, *, on: date, nation: str = "ENG") -> BasisQuerySet:
        """Rows in force on a day (local date), in one nation."""
        return self.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gte=on),
            effective_from__lte=on,
            nation=nation,
        )

    def offered_to(self, agency: Agency, *, on: date) -> BasisQuerySet:
        """Rows in force on a day for this kind of agency. Recognised legitimate interest, for one,
        is not open to a public authority for its tasks (UK GDPR Article 6(1), last sentence)."""
        return self.in_force(on=on, nation=agency.region).filter(
            Q(public_authority__isnull=True) | Q(public_authority=agency.public_authority),
            Q(agency_kinds=[]) | Q(agency_kinds__contains=[agency.kind]),
        )


class ViewQuerySet(models.QuerySet["View"]):
    """What people said about sharing. The latest counts."""

    def of(self, concern: Concern, person: Person) -> ViewQuerySet:
        return self.filter(concern=concern, person=person)

    def with_counts(self, cycle_number: int) -> ViewQuerySet:
        """Annotate `said` and `decided`: how often about this person, the decisions of one cycle only."""
        from consent.models import SharingDecision, View

        same = {"concern": OuterRef("concern"), "person": OuterRef("person")}
        views = View.objects.filter(**same).order_by()
        decisions = SharingDecision.objects.filter(**same, cycle_number=cycle_number).order_by()
        return self.annotate(said=_count(views), decided=_count(decisions))

    def latest_of_each(self, concern: Concern) -> dict[int, View]:
        """The latest view of everyone in a concern, by the person's id."""
        rows = self.filter(concern=concern).select_related(*PEOPLE)
        return {view.person_id: view for view in rows.order_by("person_id", "-id").distinct("person_id")}


class SharingDecisionQuerySet(models.QuerySet["SharingDecision"]):
    """Sharing decisions. The latest of a cycle and person counts."""

    def of(self, concern: Concern, cycle_number: int, person: Person) -> SharingDecisionQuerySet:
        return self.filter(concern=concern, cycle_number=cycle_number, person=person)

    def latest_of_each(self, concern: Concern, cycle_number: int) -> dict[int, SharingDecision]:
        """The latest decision about everyone in one cycle of a concern, by the person's id."""
        rows = self.filter(concern=concern, cycle_number=cycle_number)
        rows = rows.select_related("view", *BASES, *DECIDERS)
        return {row.person_id: row for row in rows.order_by("person_id", "-id").distinct("person_id")}


def _count(rows: models.QuerySet[Any]) -> Subquery:
    return Subquery(rows.values("person").annotate(number=Count("pk")).values("number"))


def latest_view(concern: Concern, person: Person) -> View | None:
    """Return what a person said last about sharing in a concern, or None."""
    from consent.models import View

    return View.objects.of(concern, person).select_related(*PEOPLE).order_by("-id").first()


def latest_views(concern: Concern) -> dict[int, View]:
    """Return everyone's latest view in a concern, by the person's id."""
    from consent.models import View

    return View.objects.all().latest_of_each(concern)


def latest_decision(concern: Concern, cycle_number: int, person: Person) -> SharingDecision | None:
    """Return the decision that counts about one person in one cycle, or None."""
    from consent.models import SharingDecision

    rows = SharingDecision.objects.of(concern, cycle_number, person)
    return rows.select_related("view", *BASES, *DECIDERS).order_by("-id").first()


def latest_decisions(concern: Concern, cycle_number: int) -> dict[int, SharingDecision]:
    """Return the decisions that count in one cycle, by the person's id."""
    from consent.models import SharingDecision

    return SharingDecision.objects.all().latest_of_each(concern, cycle_number)


def rows_so_far(concern: Concern, cycle_number: int, person: Person) -> int:
    """Count what was said and decided about one person so far.

    Both tables are append-only, so the count is a version: it grows with every new row.
    """
    from consent.models import SharingDecision, View

    said = View.objects.of(concern, person).order_by().values_list("pk")
    decided = SharingDecision.objects.of(concern, cycle_number, person).order_by().values_list("pk")
    return said.union(decided, all=True).count()
