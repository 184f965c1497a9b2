"""Consent and sharing decisions are facts that are appended: a change is a new row."""

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agencies.models import Membership
from audit import leaves
from consent.querysets import BasisQuerySet, SharingDecisionQuerySet, ViewQuerySet
from records.models import Concern, Person

# The person's own agreement, in each of the three lists.
CONSENT_CODES = frozenset({"6(1)(a)", "9(2)(a)", "CONSENT"})


class Basis(models.Model):
    """One lawful basis, condition or ground, in force between two dates, for some kinds of agency.

    Reference data: a change of the law is a new row with dates. A row that decisions rest on never
    changes; only the day it ends, and the day somebody compared it with the published text, are added.
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
    checked_on = models.DateField(null=True, blank=True)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)

    objects = BasisQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "bases"
        ordering = ["kind", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code", "nation", "effective_from"],
                name="one_basis_a_date",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="basis_ends_after_starting",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="basis_never_changes", exclude=["effective_to", "checked_on"]),
            pgtrigger.Protect(name="basis_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_consent(self) -> bool:
        """Say whether this basis is the person's own agreement, which they can take back."""
        return self.code in CONSENT_CODES


class View(models.Model):
    """What a person said about sharing, or why they were not asked. Kept for ever; the latest counts."""

    class Answer(models.TextChoices):
        GIVEN = "GIVEN", "They agreed"
        GIVEN_WITH_CONDITIONS = "GIVEN_WITH_CONDITIONS", "They agreed, with conditions"
        REFUSED = "REFUSED", "They did not agree"
        WITHDRAWN = "WITHDRAWN", "They agreed before and have withdrawn it"
        NOT_ASKED = "NOT_ASKED", "They were not asked"

    class AnsweredBy(models.TextChoices):
        SELF = "SELF", "They answered for themselves"
        PARENT = "PARENT", "Someone with parental responsibility answered for them"
        REPRESENTATIVE = (
            "REPRESENTATIVE",
            "An attorney, deputy or other legal representative answered for them",
        )

    class Service(models.TextChoices):
        AGREES = "AGREES", "Yes, they agree to it"
        DECLINES = "DECLINES", "No, they do not want it"
        NOT_ASKED = "NOT_ASKED", "Not asked, or nothing is offered yet"

    class Capacity(models.TextChoices):
        HAS_CAPACITY = "HAS_CAPACITY", "Adult with capacity for this decision"
        LACKS_CAPACITY = "LACKS_CAPACITY", "Adult who lacks capacity for this decision"
        COMPETENT = "COMPETENT", "Child or young person competent to decide this"
        NOT_COMPETENT = (
            "NOT_COMPETENT",
            "Child too young or not competent to decide this",
        )
        NOT_ASSESSED = "NOT_ASSESSED", "Not assessed yet"

    append_only = True

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="views")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="views")
    answer = models.CharField(max_length=24, choices=Answer.choices)
    answered_by = models.CharField(max_length=16, choices=AnsweredBy.choices, default=AnsweredBy.SELF)
    answered_by_who = models.CharField(max_length=300, blank=True)
    conditions = models.TextField(blank=True)
    their_words = models.TextField(blank=True)
    why_not_asked = models.TextField(blank=True)
    capacity = models.CharField(max_length=16, choices=Capacity.choices)
    capacity_note = models.TextField(blank=True)
    service = models.CharField(max_length=10, choices=Service.choices, default=Service.NOT_ASKED)
    asked_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ViewQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(answer="NOT_ASKED") & ~Q(why_not_asked="") & Q(asked_at__isnull=True))
                | (~Q(answer="NOT_ASKED") & Q(asked_at__isnull=False)),
                name="asked_when_or_why_not",
            ),
            models.CheckConstraint(
                condition=~Q(answer="GIVEN_WITH_CONDITIONS") | ~Q(conditions=""),
                name="conditions_are_named",
            ),
            models.CheckConstraint(
                condition=Q(answered_by="SELF") | ~Q(answered_by_who=""),
                name="who_answered_for_them_is_named",
            ),
            models.CheckConstraint(
                condition=Q(asked_at__isnull=True) | Q(asked_at__lte=F("recorded_at")),
                name="asked_before_it_is_recorded",
            ),
        ]
        indexes = [models.Index(fields=["concern", "person", "-id"], name="view_latest")]
        triggers = [
            pgtrigger.Protect(name="view_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("view_is_sealed", concern="concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.person_id} {self.answer}"

    @property
    def agrees(self) -> bool:
        """They agreed, with or without conditions, and have not taken it back."""
        return self.answer in (self.Answer.GIVEN, self.Answer.GIVEN_WITH_CONDITIONS)

    @property
    def objects_to_sharing(self) -> bool:
        """They did not agree, or took their agreement back."""
        return self.answer in (self.Answer.REFUSED, self.Answer.WITHDRAWN)


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
    request = models.TextField(blank=True)
    rationale = models.TextField()
    despite_why = models.TextField(blank=True)
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

    objects = SharingDecisionQuerySet.as_manager()

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
                condition=Q(paragraph_18__isnull=True) | Q(article_9__isnull=False),
                name="paragraph_18_goes_with_article_9",
            ),
            models.CheckConstraint(
                condition=Q(informed="YES", informed_at__isnull=False) & ~Q(informed_how="")
                | Q(
                    informed="NOT_YET",
                    inform_review_at__isnull=False,
                    inform_review_at__gt=F("decided_at"),
                )
                & ~Q(not_informed_why=""),
                name="informed_how_or_why_not_and_review",
            ),
            models.CheckConstraint(
                condition=Q(cycle_number__gte=1, cycle_number__lte=999),
                name="decision_cycle_is_numbered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["concern", "cycle_number", "person", "-id"],
                name="decision_latest",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="decision_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
            leaves.sealed("decision_is_sealed", concern="concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} {self.person_id} {self.outcome}"

    @property
    def allows_sharing(self) -> bool:
        return self.outcome != self.Outcome.NOT_SHARE
