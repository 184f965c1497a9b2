"""Closing a concern to everybody of the agency but named people, and opening it in an emergency."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThanOrEqual

from agencies.models import Membership
from audit import leaves

SHORTEST_REASON = 20
IN_FORCE = Q(ended_at__isnull=True)


def _of_the_agency(column: str, concern: str, says: str) -> str:
    """The body of a trigger that refuses somebody of another agency than the concern's."""
    return f"""
        IF NOT EXISTS (SELECT 1 FROM records_concern c JOIN agencies_membership m
                       ON m.agency_id = c.agency_id
                       WHERE c.id = {concern} AND m.id = {column}) THEN
            RAISE EXCEPTION '{says}';
        END IF;
        RETURN NEW;
    """  # noqa: S608  # column names of ours


class Restriction(models.Model):
    """A concern that is closed to its agency but for named people, the owner and the leads.

    One is in force at a time. It is ended, never taken away: who could read what, and when, stays known.
    """

    concern = models.ForeignKey("records.Concern", on_delete=models.PROTECT, related_name="restrictions")
    why = models.TextField()
    restricted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    restricted_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_why = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concern"], condition=IN_FORCE, name="one_restriction_in_force"),
            models.CheckConstraint(condition=~Q(why=""), name="restricted_for_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_why="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_why="")),
                name="restriction_ended_when_by_whom_and_why",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="restriction_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="restriction_never_changes", exclude=["ended_at", "ended_by", "ended_why", "version"]
            ),
            pgtrigger.Protect(
                name="restriction_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="restricted_by_the_agency",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_of_the_agency(
                    "NEW.restricted_by_id", "NEW.concern_id", "only the agency restricts its own concern"
                ),
            ),
            leaves.sealed(
                "restriction_is_sealed",
                leaves.added(but=("ended_at", "ended_by", "ended_why", "version")),
                leaves.once("ended_at", "ended_by", "ended_why"),
                concern="concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} restricted {self.restricted_at:%Y-%m-%d}"


class Named(models.Model):
    """Somebody named in a restriction: let in, or kept out even in an emergency. Ended, never changed."""

    class Place(models.TextChoices):
        LET_IN = "LET_IN", "May open it"
        KEPT_OUT = "KEPT_OUT", "May not open it, even in an emergency"

    restriction = models.ForeignKey(Restriction, on_delete=models.PROTECT, related_name="named")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=8, choices=Place.choices)
    named_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    named_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "named"
        constraints = [
            models.UniqueConstraint(
                fields=["restriction", "member"], condition=IN_FORCE, name="named_once_in_a_restriction"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="naming_ended_when_and_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["member", "restriction"], condition=IN_FORCE, name="named_now")]
        triggers = [
            pgtrigger.Protect(name="naming_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="naming_never_changes", exclude=["ended_at", "ended_by"]),
            pgtrigger.Protect(
                name="naming_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="named_of_the_agency",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_of_the_agency(
                    "NEW.member_id",
                    "(SELECT r.concern_id FROM records_restriction r WHERE r.id = NEW.restriction_id)",
                    "only people of the agency are named in a restriction",
                ),
            ),
            leaves.sealed(
                "naming_is_sealed",
                leaves.added(but=("ended_at", "ended_by")),
                leaves.once("ended_at", "ended_by"),
                concern="restriction__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.restriction_id} {self.place} {self.member_id}"


class BreakGlass(models.Model):
    """A closed concern that somebody of its agency opened in an emergency, for a reason and a time.

    It lasts until `until` (UTC, clock hours by the partnership's limit) or until somebody ends it.
    `leads_told` is how many leads a notice could be sent to: with none, the page says so.
    """

    reference = models.CharField(max_length=20, unique=True)
    concern = models.ForeignKey("records.Concern", on_delete=models.PROTECT, related_name="emergencies")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    until = models.DateTimeField()
    why = models.TextField()
    leads_told = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "break glass"
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="opened_in_an_emergency_for_a_time"),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length(Trim("why")), SHORTEST_REASON),
                name="opened_in_an_emergency_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False, ended_at__gte=F("at")),
                name="emergency_ended_when_and_by_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["by", "until"], condition=IN_FORCE, name="break_glass_of_somebody"),
            models.Index(fields=["concern", "-at"], name="break_glass_of_concern"),
        ]
        triggers = [
            pgtrigger.Protect(name="break_glass_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="break_glass_never_changes", exclude=["ended_at", "ended_by"]),
            pgtrigger.Protect(
                name="break_glass_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="break_glass_of_the_agency",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_of_the_agency(
                    "NEW.by_id", "NEW.concern_id", "nobody opens the record of another agency"
                ),
            ),
            pgtrigger.Trigger(
                name="break_glass_of_a_closed_record",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM records_restriction r
                                   WHERE r.concern_id = NEW.concern_id AND r.ended_at IS NULL)
                       OR EXISTS (SELECT 1 FROM records_restriction r
                                  JOIN records_named n ON n.restriction_id = r.id
                                  WHERE r.concern_id = NEW.concern_id AND r.ended_at IS NULL
                                    AND n.ended_at IS NULL AND n.member_id = NEW.by_id
                                    AND n.place = 'KEPT_OUT') THEN
                        RAISE EXCEPTION 'this record is not one to open in an emergency';
                    END IF;
                    RETURN NEW;
                """,
            ),
            leaves.sealed(
                "break_glass_is_sealed",
                leaves.added(but=("ended_at", "ended_by")),
                leaves.once("ended_at", "ended_by"),
                concern="concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class BreakGlassReview(models.Model):
    """What a lead found afterwards about an emergency: was it right? Written once, never changed."""

    class Finding(models.TextChoices):
        JUSTIFIED = "JUSTIFIED", "Yes, it was right to open it"
        NOT_JUSTIFIED = "NOT_JUSTIFIED", "No, it was not right to open it"

    append_only = True

    break_glass = models.OneToOneField(BreakGlass, on_delete=models.PROTECT, related_name="review")
    finding = models.CharField(max_length=14, choices=Finding.choices)
    note = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="emergency_reviewed_with_a_note")]
        triggers = [
            pgtrigger.Protect(
                name="break_glass_review_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="nobody_reviews_their_own_emergency",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM records_breakglass b
                                   JOIN records_concern c ON c.id = b.concern_id
                                   JOIN agencies_membership m ON m.agency_id = c.agency_id
                                   WHERE b.id = NEW.break_glass_id AND m.id = NEW.by_id
                                     AND b.by_id <> NEW.by_id) THEN
                        RAISE EXCEPTION 'somebody else of the agency says whether it was right';
                    END IF;
                    RETURN NEW;
                """,
            ),
            leaves.sealed("break_glass_review_is_sealed", concern="break_glass__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.break_glass_id} {self.finding}"
