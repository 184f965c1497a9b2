"""The Ask stage: who else is involved, what is asked of them, and what is assumed."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from agencies.models import ContactPoint, Membership
from audit import leaves
from sharing.models.cycle import TO_SOMEBODY_IN_POST, Cycle, passes_only_by_hand_over
from sharing.querysets import EnquiryQuerySet


class Involvement(models.Model):
    """Someone who works with the person: in the directory, or written down by hand."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="involvements")
    member = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="involvements"
    )
    name = models.CharField(max_length=150)
    agency_name = models.CharField(max_length=200)
    role = models.CharField(max_length=150)
    how_to_reach = models.CharField(max_length=254, blank=True)
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "member"],
                condition=Q(member__isnull=False),
                name="a_practitioner_is_listed_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} involvement"


class Enquiry(models.Model):
    """A question to one person: do you work with them, are you worried; or a request for advice.

    `told` is what the listener is told in order to answer, frozen when it is sent. The answer comes
    back as an Exchange whose speaker is the one who was asked.
    """

    class Kind(models.TextChoices):
        ENQUIRY = "ENQUIRY", "Enquiry"
        ADVICE = "ADVICE", "Request for advice"

    reference = models.CharField(max_length=20, unique=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="enquiries")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.ENQUIRY)
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="enquiries_made")
    asked_of = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="enquiries_received")
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+")
    told = models.TextField()
    question = models.TextField()
    asked_at = models.DateTimeField()
    respond_by = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    unanswered_why = models.TextField(blank=True)
    explained_at = models.DateTimeField(null=True, blank=True)
    explained_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "enquiries"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by=F("asked_of")), name="nobody_asks_themselves"),
            models.CheckConstraint(
                condition=Q(explained_at__isnull=True, explained_by__isnull=True, unanswered_why="")
                | (Q(explained_at__isnull=False, explained_by__isnull=False) & ~Q(unanswered_why="")),
                name="no_answer_is_explained_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_of", "respond_by"],
                condition=Q(answered_at__isnull=True),
                name="enquiry_waits_for",
            ),
            models.Index(
                fields=["asked_by", "respond_by"],
                condition=Q(answered_at__isnull=True),
                name="enquiry_waited_for_by",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="enquiry_words_are_frozen",
                operation=pgtrigger.UpdateOf("told", "question", "cycle_id"),
            ),
            pgtrigger.Trigger(
                name="a_question_passes_only_by_hand_over",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("asked_by_id", "asked_of_id"),
                func=passes_only_by_hand_over("asked_by_id", "asked_of_id"),
            ),
            pgtrigger.Trigger(
                name="asked_of_somebody_in_post",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=TO_SOMEBODY_IN_POST.format(field="asked_of_id"),
            ),
            pgtrigger.Protect(name="enquiry_is_never_deleted", operation=pgtrigger.Delete),
            leaves.sealed(
                "enquiry_is_sealed",
                leaves.added("reference", "cycle", "kind", "told", "question", "asked_at"),
                concern="cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.explained_at is None


class Assumption(models.Model):
    """Something taken for granted, and how it was tested."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="assumptions")
    text = models.TextField()
    how_tested = models.TextField(blank=True)
    named_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    tested_at = models.DateTimeField(null=True, blank=True)
    tested_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(tested_at__isnull=True, tested_by__isnull=True, how_tested="")
                | (Q(tested_at__isnull=False, tested_by__isnull=False) & ~Q(how_tested="")),
                name="assumption_tested_how_when_and_by_whom",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} assumption"
