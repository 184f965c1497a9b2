"""What worries an agency, whom it is about or might touch, and how worried somebody is."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Agency, Membership
from audit import leaves
from records.models.person import Person
from records.querysets import ConcernQuerySet
from records.retention.models.triggers import only_by_disposal


class Concern(models.Model):
    """What worries one agency about one or more people. A draft until it is logged.

    `written_late_at` is when something came onto the record last that had been written down later after it
    happened than the agency's policy allowed then.
    """

    class Urgency(models.TextChoices):
        URGENT = "URGENT", "Urgent: someone may be harmed today"
        HIGH = "HIGH", "High: within a working day"
        STANDARD = "STANDARD", "Standard: within two working days"

    class VoiceStatus(models.TextChoices):
        OBTAINED = "OBTAINED", "Yes, their own words, wishes or feelings are recorded"
        NOT_OBTAINED = "NOT_OBTAINED", "Not yet"

    reference = models.CharField(max_length=20, unique=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="concerns")
    started_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="concerns_started")
    started_at = models.DateTimeField()
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="concerns_owned")
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.STANDARD)
    voice_status = models.CharField(max_length=15, choices=VoiceStatus.choices, blank=True)
    voice_not_obtained_why = models.TextField(blank=True)
    voice_plan = models.TextField(blank=True)
    think_family = models.TextField(blank=True)
    late_why = models.TextField(blank=True)
    written_late_at = models.DateTimeField(null=True, blank=True)
    logged_at = models.DateTimeField(null=True, blank=True)
    logged_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    discarded_why = models.TextField(blank=True)
    # Its own agency has destroyed its record of it; the row stays, empty, so that nothing is numbered twice.
    disposed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    main_people: list[Subject]
    """Whom it is about, where a list of concerns has read them."""

    objects = ConcernQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(logged_at__isnull=True, logged_by__isnull=True)
                | Q(logged_at__isnull=False, logged_by__isnull=False),
                name="concern_logged_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at__isnull=True, discarded_by__isnull=True, discarded_why="")
                | (Q(discarded_at__isnull=False, discarded_by__isnull=False) & ~Q(discarded_why="")),
                name="concern_discarded_when_by_whom_and_why",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at__isnull=True) | Q(logged_at__isnull=True),
                name="logged_concern_is_never_discarded",
            ),
            models.CheckConstraint(
                condition=Q(logged_at__isnull=True)
                | Q(voice_status="OBTAINED")
                | (Q(voice_status="NOT_OBTAINED") & ~Q(voice_not_obtained_why="") & ~Q(voice_plan="")),
                name="logged_concern_has_voice_or_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "-id"], name="concern_list"),
            models.Index(fields=["owner", "-id"], name="concern_by_owner"),
            models.Index(
                fields=["agency", "-written_late_at", "-id"],
                condition=Q(written_late_at__isnull=False),
                name="concern_written_late",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="concern_is_never_unlogged",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__logged_at__isnull=False, new__logged_at__isnull=True),
            ),
            pgtrigger.Protect(name="concern_is_never_deleted", operation=pgtrigger.Delete),
            leaves.sealed(
                "concern_is_sealed",
                leaves.once("logged_at", "logged_by", "reference", "agency", "started_by", "started_at"),
                concern="reference",
            ),
            only_by_disposal("concern_disposed_of_by_two", "disposed_at"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_draft(self) -> bool:
        return self.logged_at is None and self.discarded_at is None


class Subject(models.Model):
    """One person whom a concern is about, or whom it might touch (Think Family)."""

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="subjects")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="concerned_in")
    is_main = models.BooleanField(default=True)
    what_it_might_mean = models.TextField(blank=True)
    nothing_seen = models.BooleanField(default=False)
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concern", "person"], name="a_person_once_a_concern"),
            models.CheckConstraint(
                condition=Q(nothing_seen=False) | Q(what_it_might_mean=""), name="nothing_seen_or_something"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="subject_of_logged_concern_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM records_concern c
                               WHERE c.id = OLD.concern_id AND c.logged_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'nobody is taken out of a logged concern';
                    END IF;
                    RETURN OLD;
                """,
            ),
            leaves.sealed(
                "subject_is_sealed",
                leaves.frozen_with("concern", "logged_at", "concern", "person", "added_by", "added_at"),
                concern="concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.person_id}"

    @property
    def is_answered(self) -> bool:
        """Say whether somebody thought about what the concern might mean for this person."""
        return self.nothing_seen or bool(self.what_it_might_mean.strip())


class Worry(models.Model):
    """How worried somebody was at a moment, and whether that is more or less than before."""

    class Level(models.IntegerChoices):
        A_LITTLE = 1, "A little worried"
        WORRIED = 2, "Worried"
        VERY = 3, "Very worried"
        EXTREMELY = 4, "Extremely worried"

    class Change(models.TextChoices):
        FIRST = "FIRST", "This is the first time I have been asked"
        MORE = "MORE", "More worried than before"
        SAME = "SAME", "As worried as before"
        LESS = "LESS", "Less worried than before"

    append_only = True

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="worries")
    cycle_number = models.PositiveSmallIntegerField(default=1)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    change = models.CharField(max_length=6, choices=Change.choices)
    why = models.TextField(blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        verbose_name_plural = "worries"
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(name="worry_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("worry_is_sealed", concern="concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.level}"
