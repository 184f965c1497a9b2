"""What one agency holds of one concern, and what was decided about how long."""

from __future__ import annotations

from datetime import date, datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Agency, Membership
from audit import leaves
from records.retention.models.retention_class import RetentionClass
from records.retention.models.triggers import only_by_disposal

GONE = Q(disposed_at__isnull=False)


def paired(at: str, by: str, name: str) -> models.CheckConstraint:
    """When and by whom are both known or both empty."""
    return models.CheckConstraint(
        condition=Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
        | Q(**{f"{at}__isnull": False, f"{by}__isnull": False}),
        name=name,
    )


class Holding(models.Model):
    """What one agency holds of one concern, under which class, and when it comes up for review.

    It is its own record, or what it was party to in another agency's. `chosen_by` is empty while the class
    is only suggested. `keep_until` is a later day of review that somebody gave a reason for.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="holdings")
    concern = models.ForeignKey("records.Concern", on_delete=models.PROTECT, related_name="holdings")
    retention_class = models.ForeignKey(
        RetentionClass, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_sexual_abuse = models.BooleanField(default=False)
    event_on: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    died_on: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    chosen_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    chosen_at = models.DateTimeField(null=True, blank=True)
    review_on: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    keep_until: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    counted_on: models.DateField[date, date] = models.DateField()
    told_on: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    disposed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "concern"], name="an_agency_holds_a_concern_once"),
            paired("chosen_at", "chosen_by", "retention_chosen_when_and_by_whom"),
            models.CheckConstraint(
                condition=Q(chosen_at__isnull=True) | Q(retention_class__isnull=False),
                name="a_chosen_retention_class_is_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "review_on", "id"],
                condition=Q(disposed_at__isnull=True, review_on__isnull=False),
                name="holding_by_review",
            ),
            models.Index(
                fields=["counted_on"], condition=Q(disposed_at__isnull=True), name="holding_counted"
            ),
            models.Index(fields=["concern"], condition=GONE, name="holding_disposed"),
        ]
        triggers = [
            pgtrigger.Protect(name="holding_is_never_deleted", operation=pgtrigger.Delete),
            only_by_disposal("holding_disposed_by_two", "disposed_at"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} holds {self.concern_id}"


class RetentionDecision(models.Model):
    """Which class somebody chose, or until when they said that it is kept longer, and why. Never changed."""

    class Kind(models.TextChoices):
        CLASS = "CLASS", "Class chosen"
        KEEP = "KEEP", "Kept longer"

    append_only = True

    holding = models.ForeignKey(Holding, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    retention_class = models.ForeignKey(
        RetentionClass, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    until: models.DateField[date | None, date | None] = models.DateField(null=True, blank=True)
    why = models.TextField(blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="CLASS", retention_class__isnull=False, until__isnull=True)
                | (Q(kind="KEEP", until__isnull=False) & ~Q(why="")),
                name="retention_decided_which_or_until_when_and_why",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="retention_decision_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            leaves.sealed("retention_decision_is_sealed", concern="holding__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.holding_id} {self.kind}"
