"""Copies that were made on paper: of what, for whom, what for and by whom. Never what stands on them."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Job, Membership
from audit import leaves
from records.models import Concern, Person

ONE_THING = (
    Q(kind="DECISION", cycle_number__isnull=False, person__isnull=False, version__isnull=True)
    | Q(kind="MINUTES", cycle_number__isnull=True, person__isnull=True, version__isnull=False)
    | Q(
        kind__in=["EXCHANGE", "CONCERN"],
        cycle_number__isnull=True,
        person__isnull=True,
        version__isnull=True,
    )
)


class PaperCopy(models.Model):
    """One copy that somebody asked for, with its reason. The file is made by its job, which keeps its digest.

    `reference` is that of what was printed; a decision is found by its cycle and person, minutes by
    their version.
    """

    class Kind(models.TextChoices):
        DECISION = "DECISION", "Sharing decision"
        EXCHANGE = "EXCHANGE", "Exchange"
        CONCERN = "CONCERN", "Whole record of a concern"
        MINUTES = "MINUTES", "Minutes of a meeting"

    class Purpose(models.TextChoices):
        FILE = "FILE", "For our own case file"
        MEETING = "MEETING", "For a meeting or conference"
        SUPERVISION = "SUPERVISION", "For supervision or an audit"
        REVIEW = "REVIEW", "For a learning review"
        COURT = "COURT", "For a court, or a legal adviser"
        OTHER = "OTHER", "For something else"

    append_only = True

    kind = models.CharField(max_length=8, choices=Kind.choices)
    reference = models.CharField(max_length=24)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="paper_copies")
    cycle_number = models.PositiveSmallIntegerField(null=True, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveSmallIntegerField(null=True, blank=True)
    purpose = models.CharField(max_length=11, choices=Purpose.choices)
    purpose_words = models.TextField(blank=True)
    for_whom = models.CharField(max_length=300)
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="paper_copy")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        verbose_name_plural = "paper copies"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=ONE_THING, name="a_copy_is_of_one_thing"),
            models.CheckConstraint(condition=~Q(for_whom=""), name="a_copy_is_for_somebody"),
            models.CheckConstraint(
                condition=~Q(purpose="OTHER") | ~Q(purpose_words=""), name="another_purpose_is_in_words"
            ),
        ]
        triggers = [
            leaves.sealed("paper_copy_is_sealed", concern="concern__reference"),
            pgtrigger.Protect(name="paper_copy_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
