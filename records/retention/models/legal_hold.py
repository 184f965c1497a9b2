"""What stops every disposal."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Agency, Membership
from audit import leaves
from records.retention.models.triggers import added_and_ended

# Whoever places a hold waits for a disposal that runs, and then finds nothing left to hold.
SOMETHING_TO_HOLD = """
    PERFORM 1 FROM records_concern c WHERE c.id = NEW.concern_id FOR KEY SHARE;
    PERFORM 1 FROM records_person p WHERE p.id = NEW.person_id FOR KEY SHARE;
    IF EXISTS (SELECT 1 FROM records_holding h WHERE h.concern_id = NEW.concern_id
               AND h.agency_id = NEW.agency_id AND h.disposed_at IS NOT NULL)
       OR EXISTS (SELECT 1 FROM records_person p
                  WHERE p.id = NEW.person_id AND p.disposed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'what was disposed of cannot be held';
    END IF;
    RETURN NEW;
"""


class LegalHold(models.Model):
    """Nothing of a concern, or about a person, is disposed of while this stands. It beats every class."""

    class Reason(models.TextChoices):
        INQUIRY = "INQUIRY", "A public inquiry or a review"
        LITIGATION = "LITIGATION", "A claim or proceedings in court"
        POLICE = "POLICE", "A police investigation"
        ACCESS = "ACCESS", "Somebody has asked for their record"
        OTHER = "OTHER", "Another legal reason"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="legal_holds")
    number = models.PositiveIntegerField()
    concern = models.ForeignKey(
        "records.Concern", on_delete=models.PROTECT, null=True, blank=True, related_name="legal_holds"
    )
    person = models.ForeignKey(
        "records.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="legal_holds"
    )
    reason = models.CharField(max_length=10, choices=Reason.choices)
    reference = models.CharField(max_length=100)
    why = models.TextField()
    placed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    placed_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_why = models.TextField(blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="legal_holds_are_numbered"),
            models.CheckConstraint(
                condition=Q(concern__isnull=False, person__isnull=True)
                | Q(concern__isnull=True, person__isnull=False),
                name="hold_on_a_concern_or_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(why="") & ~Q(reference=""), name="hold_has_a_reason_and_a_reference"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_why="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_why="")),
                name="hold_ended_when_by_whom_and_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "concern"], condition=Q(ended_at__isnull=True), name="hold_in_force"
            )
        ]
        triggers = [
            *added_and_ended("hold", "ended_at", "ended_by", "ended_why"),
            pgtrigger.Trigger(
                name="hold_on_something_there",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=SOMETHING_TO_HOLD,
            ),
            leaves.sealed(
                "hold_is_sealed",
                leaves.added(but=("ended_at", "ended_by", "ended_why")),
                leaves.once("ended_at", "ended_by", "ended_why"),
                concern="concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"Hold {self.number}"
