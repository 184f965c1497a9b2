"""What happened to a person before the service, and what was struck through because it was a mistake."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pgtrigger
from django.db import models
from django.db.models import F, Q

from agencies.models import Agency, Membership, StoredFile
from audit import leaves

# An entry that is put in later than this after it happened says so wherever it is shown.
ENTERED_LATER = timedelta(days=1)

OF_OWN_AGENCY = """
    IF NOT EXISTS (SELECT 1 FROM records_person p JOIN agencies_membership m ON m.agency_id = p.agency_id
                   WHERE p.id = NEW.person_id AND m.id = NEW.author_id) THEN
        RAISE EXCEPTION 'an entry is about a person of the agency of whoever writes it';
    END IF;
    RETURN NEW;
"""

STRUCK_THROUGH = """
    IF NEW.statement_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM records_statement s
        JOIN records_concern c ON c.id = s.concern_id
        JOIN agencies_membership m ON m.agency_id = c.agency_id
        WHERE s.id = NEW.statement_id AND m.id = NEW.by_id AND c.logged_at IS NOT NULL
          AND s.removed_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM records_statement later WHERE later.replaces_id = s.id)) THEN
        RAISE EXCEPTION 'what counts now in a logged concern of one''s own agency is struck through';
    END IF;
    IF NEW.entry_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM records_chronologyentry e
        JOIN records_person p ON p.id = e.person_id
        JOIN agencies_membership m ON m.agency_id = p.agency_id
        WHERE e.id = NEW.entry_id AND m.id = NEW.by_id) THEN
        RAISE EXCEPTION 'an entry is struck through by its own agency';
    END IF;
    RETURN NEW;
"""


class ChronologyImport(models.Model):
    """A file of entries that somebody wants to add: read first, looked at, then added.

    Its rows are working material and go when it is over (`forgotten_at`); the numbers stay.
    """

    uuid = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    # What was uploaded, until it has been read.
    file = models.OneToOneField(
        StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The names of its columns, as they were read.
    columns = models.JSONField(default=list)
    read_at = models.DateTimeField(null=True, blank=True)
    right = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(null=True, blank=True)
    added = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(begun_at__isnull=True) | Q(read_at__isnull=False),
                name="imported_only_after_it_was_read",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(begun_at__isnull=False),
                name="import_finished_only_after_it_began",
            ),
            models.CheckConstraint(condition=Q(added__lte=F("right")), name="added_no_more_than_was_right"),
        ]
        triggers = [
            pgtrigger.Protect(name="import_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="import_is_frozen",
                operation=pgtrigger.UpdateOf("agency_id", "by_id", "asked_at", "size", "sha256"),
            ),
        ]

    def __str__(self) -> str:
        return f"chronology-import:{self.pk}"


class ChronologyEntry(models.Model):
    """Something that happened to a person and belongs to no concern here. Added and struck through, never
    changed.

    `happened_at` (UTC) is the first moment of the day, month or year, where no more than that is known.
    """

    class Kind(models.TextChoices):
        EVENT = "EVENT", "Event or incident"
        CONTACT = "CONTACT", "Contact or visit"
        REFERRAL = "REFERRAL", "Referral or assessment"
        PLAN = "PLAN", "Plan, meeting or order"
        HOME = "HOME", "Change at home or in the family"
        HEALTH = "HEALTH", "Health"
        EDUCATION = "EDUCATION", "Education"
        POLICE = "POLICE", "Police or court"
        OTHER = "OTHER", "Something else"

    class Precision(models.TextChoices):
        TIME = "TIME", "The time is known"
        DAY = "DAY", "The day is known"
        MONTH = "MONTH", "The month is known"
        YEAR = "YEAR", "The year is known"

    append_only = True

    person = models.ForeignKey("records.Person", on_delete=models.PROTECT, related_name="chronology")
    number = models.PositiveIntegerField()
    happened_at = models.DateTimeField()
    precision = models.CharField(max_length=5, choices=Precision.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField()
    source = models.CharField(max_length=300)
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    # What makes two entries the same one, so that a file which is imported twice adds nothing twice.
    digest = models.CharField(max_length=64)
    batch = models.ForeignKey(
        ChronologyImport, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )

    class Meta:
        verbose_name_plural = "chronology entries"
        ordering = ["person", "happened_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "number"], name="chronology_entries_are_numbered"),
            models.UniqueConstraint(fields=["person", "digest"], name="the_same_entry_once"),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(source=""), name="an_entry_says_what_and_whence"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "happened_at", "id"], name="chronology_in_order"),
            models.Index(
                fields=["batch"], condition=Q(batch__isnull=False), name="chronology_entry_by_import"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="chronology_entry_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="an_entry_is_of_its_own_agency",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=OF_OWN_AGENCY,
            ),
            leaves.sealed("chronology_entry_is_sealed"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.label}"

    @property
    def label(self) -> str:
        """The name people use for it: H3, the third entry of a person's history."""
        return f"H{self.number}"


class ImportRow(models.Model):
    """One line of a file that is being imported: what it would add, or what is wrong with it."""

    class State(models.TextChoices):
        RIGHT = "RIGHT", "Would be added"
        WRONG = "WRONG", "Something is wrong"
        KNOWN = "KNOWN", "Is there already"
        ADDED = "ADDED", "Has been added"

    batch = models.ForeignKey(ChronologyImport, on_delete=models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField()
    state = models.CharField(max_length=5, choices=State.choices)
    cells = models.JSONField(default=list)
    # Of a wrong row: [column, what is wrong and what to do] for each mistake. Of a known one, where it is.
    problems = models.JSONField(default=list)
    person = models.ForeignKey(
        "records.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    happened_at = models.DateTimeField(null=True, blank=True)
    precision = models.CharField(max_length=5, choices=ChronologyEntry.Precision.choices, blank=True)
    kind = models.CharField(max_length=10, choices=ChronologyEntry.Kind.choices, blank=True)
    text = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["batch", "line"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "line"], name="a_line_of_a_file_once"),
            models.CheckConstraint(
                condition=Q(state="WRONG")
                | Q(person__isnull=False, happened_at__isnull=False) & ~Q(text="") & ~Q(digest=""),
                name="a_right_row_says_everything",
            ),
        ]
        indexes = [models.Index(fields=["batch", "state", "line"], name="import_row_by_state")]

    def __str__(self) -> str:
        return f"{self.batch_id} line {self.line}"


class Strike(models.Model):
    """Something that should not have been entered: struck through, and kept, with who, when and why."""

    class Reason(models.TextChoices):
        WRONG_PERSON = "WRONG_PERSON", "It is about somebody else"
        TWICE = "TWICE", "It was entered twice"
        NOT_SO = "NOT_SO", "It did not happen, or was not said"
        OTHER = "OTHER", "Something else"

    append_only = True

    statement = models.OneToOneField(
        "records.Statement", on_delete=models.PROTECT, null=True, blank=True, related_name="strike"
    )
    entry = models.OneToOneField(
        ChronologyEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="strike"
    )
    reason = models.CharField(max_length=12, choices=Reason.choices)
    why = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(statement__isnull=False, entry__isnull=True)
                | Q(statement__isnull=True, entry__isnull=False),
                name="one_thing_is_struck_through",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="struck_through_for_a_reason"),
        ]
        triggers = [
            pgtrigger.Protect(name="strike_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="what_counts_now_is_struck_through",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=STRUCK_THROUGH,
            ),
            leaves.sealed("strike_is_sealed", concern="statement__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id or self.entry_id} struck through"
