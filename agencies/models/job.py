"""Work that is too long for a request: a row that the worker picks up."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models.file import StoredFile


class Job(models.Model):
    """One piece of work that somebody asked for, with how far it is and what came of it.

    `params` and `about` hold references and codes, never words of the record. `lease_until` is how long the
    worker that has it may take; `attempt` fences one that was overtaken. The file is taken away a day after
    it was made (`gone_at`): a copy belongs with whoever asked for it, not here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    about = models.CharField(max_length=40, blank=True)
    back = models.CharField(max_length=200, blank=True)
    params = models.JSONField(default=dict)
    by = models.ForeignKey("agencies.Membership", on_delete=models.PROTECT, related_name="jobs")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    why_failed = models.TextField(blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    file = models.OneToOneField(
        StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    file_name = models.CharField(max_length=120, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    next_page = models.CharField(max_length=200, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(failed_at__isnull=True), name="job_ends_one_way"
            ),
            models.CheckConstraint(
                condition=Q(failed_at__isnull=True, why_failed="")
                | (Q(failed_at__isnull=False) & ~Q(why_failed="")),
                name="job_failed_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(file__isnull=True) | Q(finished_at__isnull=False), name="job_with_a_file_is_done"
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(finished_at__isnull=True, failed_at__isnull=True),
                name="job_to_do",
            ),
            models.Index(fields=["finished_at"], condition=Q(file__isnull=False), name="job_with_a_file"),
            models.Index(fields=["by", "-asked_at"], name="job_by_whom"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="what_was_asked_never_changes",
                fields=["kind", "title", "about", "params", "by", "asked_at"],
            ),
            pgtrigger.Protect(name="job_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None or self.failed_at is not None

    @property
    def per_cent(self) -> int:
        """How far it is, from 0 to 100."""
        if self.finished_at is not None:
            return 100
        return min(100 * self.done // self.total, 99) if self.total else 0
