"""Documents of a concern, their versions, what became of them and what a scanner found in them.

Everything here is only added to. The content is a StoredFile; once it has been disposed of by the rules for
that, the version stays, with the digest of what it was.
"""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q

from agencies.models import Membership, StoredFile
from audit import leaves
from records.documents.kinds import KINDS

# The content goes when it is disposed of; it is never put back or exchanged, and nothing else changes.
ONLY_DISPOSED_OF = """
    IF (to_jsonb(NEW) - 'file_id' - 'copy_id') IS DISTINCT FROM (to_jsonb(OLD) - 'file_id' - 'copy_id')
       OR NEW.file_id IS NOT NULL OR NEW.copy_id IS NOT NULL THEN
        RAISE EXCEPTION 'a version of a document never changes';
    END IF;
    RETURN NEW;
"""


def append_only(name: str) -> pgtrigger.Protect:
    """Refuse to change a row or to take it away."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


class Document(models.Model):
    """A letter, a report, a photo: something written or made elsewhere that belongs to a concern."""

    class Kind(models.TextChoices):
        LETTER = "LETTER", "Letter or e-mail"
        REPORT = "REPORT", "Report or assessment"
        PHOTO = "PHOTO", "Photo"
        BODY_MAP = "BODY_MAP", "Body map"
        MINUTES = "MINUTES", "Minutes of a meeting"
        FORM = "FORM", "Form or register"
        OWN_WORK = "OWN_WORK", "Something the child or adult made"
        OTHER = "OTHER", "Something else"

    append_only = True

    concern = models.ForeignKey("records.Concern", on_delete=models.PROTECT, related_name="documents")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # Who wrote or made it, and where it comes from, as the person who adds it says.
    written_by = models.CharField(max_length=300)
    source = models.CharField(max_length=300)
    made_on = models.DateField(null=True, blank=True)
    made_note = models.CharField(max_length=200, blank=True)
    about = models.ForeignKey(
        "records.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["concern", "number"], name="documents_are_numbered"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(written_by="") & ~Q(source=""),
                name="document_says_what_and_whence",
            ),
            models.CheckConstraint(
                condition=Q(made_on__isnull=False) | ~Q(made_note=""), name="document_says_when_it_was_made"
            ),
        ]
        triggers = [
            append_only("document_append_only"),
            leaves.sealed("document_is_sealed", concern="concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} document {self.number}"

    @property
    def label(self) -> str:
        """The name people use for it on every page: D3."""
        return f"D{self.number}"


class DocumentVersion(models.Model):
    """One content of a document. A new one never takes the place of another: it comes after it.

    `name` is what the file was called where it came from, for people to read; it is never a path and no
    browser is given it. `copy` is what others are given where that is not the file itself: the same photo
    without what `left_out` says.
    """

    # Which sealed column is the digest of which file (audit/verify/contents.py).
    sealed_files = {"sha256": "file", "copy_sha256": "copy"}

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    copy = models.OneToOneField(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=4, choices=[(kind.code, kind.words) for kind in KINDS.values()])
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    copy_size = models.PositiveIntegerField(null=True, blank=True)
    copy_sha256 = models.CharField(max_length=64, blank=True)
    left_out = models.CharField(max_length=200, blank=True)
    why = models.TextField(blank=True)
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="document_versions_are_numbered"),
            models.CheckConstraint(
                condition=Q(number=1, why="") | (Q(number__gt=1) & ~Q(why="")),
                name="document_version_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(copy_sha256="", copy_size__isnull=True, left_out="")
                | (Q(copy_size__isnull=False) & ~Q(copy_sha256="") & ~Q(left_out="")),
                name="document_copy_says_what_it_lacks",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="document_version_has_a_content"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="document_version_never_changes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=ONLY_DISPOSED_OF,
            ),
            pgtrigger.Protect(name="document_version_is_never_deleted", operation=pgtrigger.Delete),
            # Not where the content is kept, which ends when it is disposed of; its digest is sealed.
            leaves.sealed(
                "document_version_is_sealed",
                leaves.added(but=("file", "copy")),
                concern="document__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} version {self.number}"

    @property
    def for_others(self) -> StoredFile | None:
        """What somebody of another agency is given; None once it has been disposed of."""
        return self.copy or self.file


class DocumentStrike(models.Model):
    """That a document is a mistake: who said so, when and why. It stays readable to those who may."""

    append_only = True

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="strike")
    why = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(why=""), name="document_struck_for_a_reason")]
        triggers = [
            append_only("document_strike_append_only"),
            leaves.sealed("document_strike_is_sealed", concern="document__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} struck through"


class ScanResult(models.Model):
    """What a virus scanner said of one version, or why it could not say anything."""

    class Outcome(models.TextChoices):
        CLEAN = "CLEAN", "Nothing found"
        INFECTED = "INFECTED", "Malware found"
        FAILED = "FAILED", "Could not be scanned"

    append_only = True

    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="scans")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    # The scanner's name for what it found, or a code of ours for why it failed: nothing of the content.
    said = models.CharField(max_length=100, blank=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        triggers = [
            append_only("scan_result_append_only"),
            leaves.sealed("scan_result_is_sealed", concern="version__document__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.outcome}"


class ScanToDo(models.Model):
    """A version that waits for the scanner: claimed under a lease, tried again later each time it fails."""

    version = models.OneToOneField(DocumentVersion, on_delete=models.PROTECT, related_name="to_scan")
    asked_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(done_at__isnull=True), name="scan_to_do"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(done_at__gte=F("asked_at")),
                name="scan_done_after_asked",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id} to be scanned"
