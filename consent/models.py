"""Consent and sharing decisions are facts that are appended: a change is a new row."""

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.models import Membership
from consent.querysets import BasisQuerySet
from records.models import Concern, Person


class Basis(models.Model):
    """One lawful basis, condition or ground, in force between two dates, for some kinds of agency.

    Reference data: law changes by adding rows with dates, never by changing code.
    """

    class Kind(models.TextChoices):
        ARTICLE_6 = "ARTICLE_6", "UK GDPR Article 6"
        ARTICLE_9 = "ARTICLE_9", "UK GDPR Article 9"
        PARAGRAPH_18 = "PARAGRAPH_18", "DPA 2018 Schedule 1 paragraph 18 reason"
        CONFIDENTIALITY = "CONFIDENTIALITY", "Common-law duty of confidence"

    reference_data = True

    kind = models.CharField(max_length=16, choices=Kind.choices)
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    help = models.TextField(blank=True)
    nation = models.CharField(max_length=3, default="ENG")
    public_authority = models.BooleanField(null=True, blank=True)
    agency_kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    asks_paragraph_18 = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=0)
    source_url = models.CharField(max_length=300)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)

    objects = BasisQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "bases"
        ordering = ["kind", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code", "nation", "effective_from"], name="one_basis_a_date"
            )
        ]

    def __str__(self) -> str:
        return self.title


class View(models.Model):
    """What a person said about sharing, or why they were not asked. Kept for ever; the latest counts."""

    class Answer(models.TextChoices):
        GIVEN = "GIVEN", "They agreed"
        GIVEN_WITH_CONDITIONS = "GIVEN_WITH_CONDITIONS", "They agreed, with conditions"
        REFUSED = "REFUSED", "They did not agree"
        WITHDRAWN = "WITHDRAWN", "They agreed before and have withdrawn it"
        NOT_ASKED = "NOT_ASKED", "They were not asked"

    class Capacity(models.TextChoices):
        HAS_CAPACITY = "HAS_CAPACITY", "Adult with capacity for this decision"
        LACKS_CAPACITY = "LACKS_CAPACITY", "Adult who lacks capacity for this decision"
        COMPETENT = "COMPETENT", "Child or young person competent to decide this"
        NOT_COMPETENT = "NOT_COMPETENT", "Child too young or not competent to decide this"
        NOT_ASSESSED = "NOT_ASSESSED", "Not assessed yet"

    append_only = True

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="views")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="views")
    answer = models.CharField(max_length=24, choices=Answer.choices)
    conditions = models.TextField(blank=True)
    their_words = models.TextField(blank=True)
    why_not_asked = models.TextField(blank=True)
    capacity = models.CharField(max_length=16, choices=Capacity.choices)
    capacity_note = models.TextField(blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(answer="NOT_ASKED") & ~Q(why_not_asked="") & Q(asked_at__isnull=True))
                | (~Q(answer="NOT_ASKED") & Q(asked_at__isnull=False)),
                name="asked_when_or_why_not",
            ),
            models.CheckConstraint(
                condition=~Q(answer="GIVEN_WITH_CONDITIONS") | ~Q(conditions=""), name="conditions_are_named"
            ),
        ]
        indexes = [models.Index(fields=["concern", "person", "-id"], name="view_latest")]
        triggers = [pgtrigger.Protect(name="view_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.person_id} {self.answer}"


class SharingDecision(models.Model):
    """Whether to share about one person in one cycle, on what basis and why; also when the answer is no.

    Append-only: a changed mind is a new decision. The latest of a cycle and person counts.
    """

    class Outcome(models.TextChoices):
        SHARE = "SHARE", "Share"
        SHARE_PART = "SHARE_PART", "Share part of it"
        NOT_SHARE = "NOT_SHARE", "Do not share"

    class Informed(models.TextChoices):
        YES = "YES", "Yes, they know"
        NOT_YET = "NOT_YET", "No, it is not safe or not possible yet"

    append_only = True

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="sharing_decisions")
    cycle_number = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sharing_decisions")
    view = models.ForeignKey(View, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    purpose = models.TextField()
    rationale = models.TextField()
    article_6 = models.ForeignKey(Basis, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    article_9 = models.ForeignKey(Basis, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    paragraph_18 = models.ForeignKey(Basis, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confidentiality = models.ForeignKey(
        Basis, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    informed = models.CharField(max_length=10, choices=Informed.choices)
    informed_how = models.TextField(blank=True)
    informed_at = models.DateTimeField(null=True, blank=True)
    not_informed_why = models.TextField(blank=True)
    inform_review_at = models.DateTimeField(null=True, blank=True)
    principles = models.JSONField(default=dict)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    decided_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(purpose=""), name="decision_has_a_purpose"),
            models.CheckConstraint(condition=~Q(rationale=""), name="decision_has_a_rationale"),
            models.CheckConstraint(
                condition=Q(outcome="NOT_SHARE") | Q(article_6__isnull=False),
                name="sharing_has_an_article_6_basis",
            ),
            models.CheckConstraint(
                condition=Q(informed="YES") | (~Q(not_informed_why="") & Q(inform_review_at__isnull=False)),
                name="not_informed_has_reason_and_review",
            ),
        ]
        indexes = [models.Index(fields=["concern", "cycle_number", "person", "-id"], name="decision_latest")]
        triggers = [
            pgtrigger.Protect(name="decision_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.person_id} {self.outcome}"
