"""What comes of an exchange besides its check-back: agreed or not, and what reached the wrong person."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Membership
from sharing.models.exchange import Exchange


class Agreement(models.Model):
    """Whether the listener agrees, which is not whether they understood. The latest of a kind counts."""

    class About(models.TextChoices):
        RISK = "RISK", "The risk"
        ACTION = "ACTION", "The action"

    class Answer(models.TextChoices):
        AGREE = "AGREE", "Agree"
        PARTLY = "PARTLY", "Agree in part"
        DISAGREE = "DISAGREE", "Disagree"

    append_only = True

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="agreements")
    about = models.CharField(max_length=6, choices=About.choices)
    answer = models.CharField(max_length=8, choices=Answer.choices)
    why = models.TextField(blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(answer="AGREE") | ~Q(why=""), name="not_agreeing_says_why")
        ]
        triggers = [
            pgtrigger.Protect(name="agreement_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.about} {self.answer}"


class Disagreement(models.Model):
    """Two positions on risk or action, in each side's own words, until somebody settles it."""

    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="disagreements")
    about = models.CharField(max_length=6, choices=Agreement.About.choices)
    listeners_position = models.TextField()
    speakers_position = models.TextField(blank=True)
    opened_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    how_settled = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["exchange", "about"],
                condition=Q(settled_at__isnull=True),
                name="one_open_disagreement_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, how_settled="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(how_settled="")),
                name="disagreement_settled_how_when_and_by_whom",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="positions_are_frozen",
                operation=pgtrigger.UpdateOf(
                    "exchange_id", "about", "listeners_position", "opened_by_id", "opened_at"
                ),
            ),
            pgtrigger.Protect(
                name="the_other_side_is_given_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__speakers_position="")
                & pgtrigger.Q(old__speakers_position__df=pgtrigger.F("new__speakers_position")),
            ),
            pgtrigger.Protect(
                name="settled_disagreement_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__settled_at__isnull=False),
            ),
            pgtrigger.Protect(name="disagreement_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.about}"


class Incident(models.Model):
    """Information that reached the wrong person: opened by "not mine", until somebody deals with it."""

    exchange = models.OneToOneField(Exchange, on_delete=models.PROTECT, related_name="incident")
    opened_at = models.DateTimeField()
    reported_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    what_was_done = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True, handled_by__isnull=True, what_was_done="")
                | (Q(handled_at__isnull=False, handled_by__isnull=False) & ~Q(what_was_done="")),
                name="incident_handled_how_when_and_by_whom",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="incident_is_frozen",
                operation=pgtrigger.UpdateOf("exchange_id", "opened_at", "reported_by_id", "note"),
            ),
            pgtrigger.Protect(
                name="handled_incident_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__handled_at__isnull=False),
            ),
            pgtrigger.Protect(name="incident_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} incident"
