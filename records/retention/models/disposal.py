"""What two people agree to destroy, and the certificate of what was destroyed."""

from __future__ import annotations

from datetime import date, datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q

from agencies.models import Agency, Membership
from audit import leaves
from records.retention.models.holding import paired
from records.retention.models.retention_class import RetentionClass
from records.retention.models.triggers import ONLY_BY_DISPOSAL, only_by_disposal

# The same as `held` in sharing/retention/sql.py: on the concern, or on anybody it is about.
NOT_WHILE_HELD = """
    IF EXISTS (
        SELECT 1 FROM records_legalhold h
        WHERE h.ended_at IS NULL AND h.agency_id = NEW.agency_id
          AND (h.concern_id = NEW.concern_id OR h.person_id IN (
               SELECT s.person_id FROM records_subject s WHERE s.concern_id = NEW.concern_id))
    ) THEN
        RAISE EXCEPTION 'a legal hold beats every disposal';
    END IF;
    RETURN NEW;
"""
BY_ANOTHER = """
    IF (SELECT m.user_id FROM agencies_membership m WHERE m.id = NEW.approved_by_id)
       = (SELECT m.user_id FROM agencies_membership m WHERE m.id = NEW.proposed_by_id) THEN
        RAISE EXCEPTION 'a disposal needs two people, in whichever role';
    END IF;
    RETURN NEW;
"""

APPROVED = ("approved_at", "approved_by", "due_at")
STOPPED = ("stopped_at", "stopped_by", "stopped_why")


class Disposal(models.Model):
    """One holder's record of a concern on its way to being destroyed: proposed, approved, waited for.

    It can be stopped until it is carried out, which only the database does, once everything is right.
    """

    reference = models.CharField(max_length=20, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="disposals")
    concern = models.ForeignKey("records.Concern", on_delete=models.PROTECT, related_name="disposals")
    retention_class = models.ForeignKey(RetentionClass, on_delete=models.PROTECT, related_name="+")
    review_on: models.DateField[date, date] = models.DateField()
    why = models.TextField()
    proposed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    proposed_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    approved_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_why = models.TextField(blank=True)
    carried_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "concern"],
                condition=Q(stopped_at__isnull=True),
                name="one_disposal_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="disposal_has_a_reason"),
            paired("approved_at", "approved_by", "disposal_approved_when_and_by_whom"),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, due_at__isnull=True)
                | Q(approved_at__isnull=False, due_at__gte=F("approved_at")),
                name="approved_disposal_waits",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="nobody_approves_their_own_disposal",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stopped_by__isnull=True, stopped_why="")
                | (Q(stopped_at__isnull=False, stopped_by__isnull=False) & ~Q(stopped_why="")),
                name="disposal_stopped_when_by_whom_and_why",
            ),
            models.CheckConstraint(
                condition=Q(carried_out_at__isnull=True)
                | Q(approved_at__isnull=False, stopped_at__isnull=True, carried_out_at__gte=F("due_at")),
                name="disposed_of_when_approved_and_waited_for",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(carried_out_at__isnull=True, stopped_at__isnull=True, approved_at__isnull=False),
                name="disposal_due",
            ),
            models.Index(fields=["agency", "-id"], name="disposal_by_agency"),
            models.Index(
                fields=["agency"],
                condition=Q(approved_at__isnull=True, stopped_at__isnull=True),
                name="disposal_needs_a_second",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="disposal_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="disposal_never_changes",
                exclude=[*APPROVED, *STOPPED, "carried_out_at"],
            ),
            pgtrigger.Protect(
                name="disposal_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__stopped_at__isnull=False)
                | pgtrigger.Q(old__carried_out_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="disposal_is_approved_once",
                operation=pgtrigger.UpdateOf("approved_at", "approved_by_id", "due_at"),
                condition=pgtrigger.Q(old__approved_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="disposal_begins_with_a_proposal",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__approved_at__isnull=False)
                | pgtrigger.Q(new__carried_out_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="nothing_held_is_disposed_of",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("approved_at"),
                func=NOT_WHILE_HELD,
            ),
            pgtrigger.Trigger(
                name="two_people_dispose",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__approved_by__isnull=False),
                func=BY_ANOTHER,
            ),
            only_by_disposal("only_the_database_disposes", "carried_out_at"),
            leaves.sealed(
                "disposal_is_sealed",
                leaves.added(but=(*APPROVED, *STOPPED, "carried_out_at")),
                leaves.once(*APPROVED),
                leaves.once(*STOPPED),
                leaves.once("carried_out_at"),
                concern="concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.stopped_at is None and self.carried_out_at is None


class Certificate(models.Model):
    """What was destroyed: how many of which kind, when and under which class. It names nobody it was about.

    `digest` is a SHA-256 over the SHA-256 of every row that was destroyed, in order of table and number.
    """

    append_only = True

    disposal = models.OneToOneField(Disposal, on_delete=models.PROTECT, related_name="certificate")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="certificates")
    class_was = models.CharField(max_length=400)
    source = models.CharField(max_length=300)
    destroyed = models.JSONField()
    kept_for_others = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="certificate_has_a_digest"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="certificate_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="only_a_disposal_is_certified",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=ONLY_BY_DISPOSAL,
            ),
            leaves.sealed("certificate_is_sealed", concern="disposal__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"Certificate of {self.disposal_id}"
