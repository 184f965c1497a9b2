"""What is known, said or thought in a concern, one thing at a time."""

from datetime import timedelta

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from agencies.models import Membership
from audit import leaves
from records.models.concern import Concern
from records.models.person import Person
from records.querysets import StatementQuerySet


class Statement(models.Model):
    """One thing that is known, said or thought, with where it comes from and when.

    `happened_at` is when it happened, `written_at` when somebody first wrote it down, as they say it;
    `entered_at` is when it was entered here, by our clock (all UTC). Once the concern is logged its
    words never change: a correction is a new version that names the one it replaces.
    """

    class Kind(models.TextChoices):
        FACT_SEEN = "FACT_SEEN", "Fact, seen"
        FACT_HEARD = "FACT_HEARD", "Fact, heard"
        REPORTED = "REPORTED", "Reported by someone"
        HISTORY = "HISTORY", "History"
        OPINION = "OPINION", "Professional opinion"
        VOICE = "VOICE", "Voice of the child or adult"

    class VoiceOf(models.TextChoices):
        WORDS = "WORDS", "Their words"
        WISHES = "WISHES", "Their wishes and feelings"
        LIVED = "LIVED", "What life is like for them"

    # How the note begins where the day is known and the time is not: `happened_at` is the day's first moment.
    TIME_NOT_KNOWN = "time not known"

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="statements")
    number = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    voice_of = models.CharField(max_length=8, choices=VoiceOf.choices, blank=True)
    about = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField()
    is_verbatim = models.BooleanField(default=False)
    source = models.CharField(max_length=300)
    happened_at = models.DateTimeField(null=True, blank=True)
    happened_note = models.CharField(max_length=200, blank=True)
    written_at = models.DateTimeField()
    entered_at = models.DateTimeField(db_default=Now())
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="statements")
    rests_on = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="supports")
    replaced_why = models.TextField(blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["number", "version"]
        constraints = [
            models.UniqueConstraint(fields=["concern", "number", "version"], name="one_statement_a_version"),
            models.CheckConstraint(condition=~Q(text=""), name="statement_says_something"),
            models.CheckConstraint(condition=~Q(source=""), name="statement_has_a_source"),
            models.CheckConstraint(
                condition=Q(happened_at__isnull=False) | ~Q(happened_note=""),
                name="statement_says_when_it_happened",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True, replaced_why="")
                | (Q(replaces__isnull=False) & ~Q(replaced_why="")),
                name="statement_replaced_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="statement_removed_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=(Q(kind="VOICE") & ~Q(voice_of="")) | (~Q(kind="VOICE") & Q(voice_of="")),
                name="voice_says_what_of",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="logged_statement_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM records_concern c
                               WHERE c.id = OLD.concern_id AND c.logged_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'a statement of a logged concern never changes';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
            leaves.sealed(
                "statement_is_sealed",
                leaves.frozen_with("concern", "logged_at"),
                concern="concern__reference",
            ),
            pgtrigger.Trigger(
                name="struck_statement_is_not_corrected",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__replaces__isnull=False),
                func="""
                    IF EXISTS (SELECT 1 FROM records_strike k WHERE k.statement_id = NEW.replaces_id) THEN
                        RAISE EXCEPTION 'what was struck through is not corrected any more';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} statement {self.number}"

    @property
    def label(self) -> str:
        """The name people use for it on every page: S3, or S3 version 2."""
        return f"S{self.number}" if self.version == 1 else f"S{self.number} version {self.version}"

    @property
    def time_is_known(self) -> bool:
        """Say whether `happened_at` is more than a day."""
        return not self.happened_note.startswith(self.TIME_NOT_KNOWN)

    def written_late(self, *, hours: int) -> bool:
        """Say whether it was written down more than `hours` clock hours after it happened."""
        if self.happened_at is None:
            return False
        if not self.time_is_known:
            hours += 24
        return self.written_at - self.happened_at > timedelta(hours=hours)
