"""What the guard at sending leaves on the record: decisions to send all the same, and who was meant."""

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.models import Membership
from audit import leaves
from records.models import Concern
from sharing.models.exchange import Exchange


class GuardDecision(models.Model):
    """Somebody sent a protected detail to somebody who was not to have it, knowingly and with a reason.

    `found` says of each detail which kind it was and in which part of the words it stood, never what it
    is. `reference` is what was sent: an exchange, a question or an action.
    """

    append_only = True

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="guard_decisions")
    reference = models.CharField(max_length=24)
    exchange = models.ForeignKey(
        Exchange, on_delete=models.PROTECT, null=True, blank=True, related_name="guard_decisions"
    )
    recipient = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    found = models.JSONField()
    why = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="sent_all_the_same_for_a_reason"),
            models.CheckConstraint(condition=~Q(found=[]), name="sent_all_the_same_despite_something"),
        ]
        indexes = [models.Index(fields=["reference"], name="guard_decision_by_reference")]
        triggers = [
            pgtrigger.Protect(
                name="guard_decision_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            leaves.sealed("guard_decision_is_sealed", concern="concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} sent all the same"


class AlikeChoice(models.Model):
    """Which of several people with names alike somebody meant, having seen them side by side."""

    class Moment(models.TextChoices):
        CHOOSING = "CHOOSING", "When choosing whom to tell"
        SENDING = "SENDING", "Before sending"

    exchange = models.ForeignKey(Exchange, on_delete=models.CASCADE, related_name="alike_choices")
    moment = models.CharField(max_length=8, choices=Moment.choices)
    shown = ArrayField(models.UUIDField())
    chosen = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(name="alike_choice_never_changes", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="alike_choice_stays_once_sent",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM sharing_exchange e
                               WHERE e.id = OLD.exchange_id AND e.sent_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'who was meant stays on the record';
                    END IF;
                    RETURN OLD;
                """,
            ),
            leaves.sealed(
                "alike_choice_is_sealed",
                leaves.frozen_with("exchange", "sent_at"),
                concern="exchange__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.moment}"
