"""Agreed actions: who does what by when, what would make us act sooner, and what came of it."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Membership
from audit import leaves
from sharing.models.cycle import Cycle, passes_only_by_hand_over
from sharing.models.exchange import Exchange, paired
from sharing.querysets import ActionQuerySet


class Action(models.Model):
    """One thing that one person will do by a time limit. Proposed by one side, accepted by its owner."""

    reference = models.CharField(max_length=20, unique=True)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="actions")
    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="actions")
    what = models.TextField()
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="actions_owned")
    other_side = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="actions_watched")
    by_when = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    due_why = models.TextField(blank=True)
    contingency = models.TextField()
    proposed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_why = models.TextField(blank=True)
    withdrawn_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.TextField(blank=True)
    checked_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            paired("accepted_at", "accepted_by", "action_accepted_when_and_by_whom"),
            paired("declined_at", "declined_by", "action_declined_when_and_by_whom"),
            paired("withdrawn_at", "withdrawn_by", "action_withdrawn_when_and_by_whom"),
            paired("checked_at", "checked_by", "action_checked_when_and_by_whom"),
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True) | Q(accepted_at__isnull=False),
                name="action_done_only_after_accepted",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(declined_at__isnull=True),
                name="action_accepted_or_declined_not_both",
            ),
            models.CheckConstraint(
                condition=Q(declined_at__isnull=True) | ~Q(declined_why=""), name="declined_action_says_why"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_why=""),
                name="withdrawn_action_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_at"],
                name="action_to_do",
                condition=Q(checked_at__isnull=True, declined_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.Index(
                fields=["other_side", "due_at"],
                name="action_to_check",
                condition=Q(checked_at__isnull=True, declined_at__isnull=True, withdrawn_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="action_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="an_action_passes_only_by_hand_over",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("owner_id", "other_side_id"),
                func=passes_only_by_hand_over("owner_id", "other_side_id"),
            ),
            pgtrigger.Trigger(
                name="agree_only_what_is_understood",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__accepted_at__isnull=False),
                func="""
                    IF TG_OP = 'UPDATE' THEN
                        IF OLD.accepted_at IS NOT NULL THEN RETURN NEW; END IF;
                    END IF;
                    IF NOT EXISTS (SELECT 1 FROM sharing_exchange e
                                   WHERE e.id = NEW.exchange_id AND e.understood_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'an action is agreed only when its exchange is understood';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return not (self.checked_at or self.declined_at or self.withdrawn_at)


class ActionReport(models.Model):
    """What the owner says happened, and whether the other side agrees that it is done."""

    class Outcome(models.TextChoices):
        OPEN = "", "Waiting to be checked"
        DONE = "DONE", "Done"
        NOT_DONE = "NOT_DONE", "Not done yet"

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="reports")
    number = models.PositiveSmallIntegerField()
    what_happened = models.TextField()
    done_at = models.DateTimeField()
    reported_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    reported_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True, default=Outcome.OPEN)
    note = models.TextField(blank=True)
    checked_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["action", "number"], name="reports_are_numbered"),
            models.UniqueConstraint(fields=["action"], condition=Q(outcome=""), name="one_report_to_check"),
            models.CheckConstraint(
                condition=Q(outcome="", checked_by__isnull=True, checked_at__isnull=True)
                | (~Q(outcome="") & Q(checked_by__isnull=False, checked_at__isnull=False)),
                name="report_checked_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=models.F("reported_by")),
                name="nobody_checks_their_own_report",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="NOT_DONE") | ~Q(note=""), name="not_done_says_what_is_missing"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="report_is_frozen",
                operation=pgtrigger.UpdateOf(
                    "action_id", "number", "what_happened", "done_at", "reported_by_id", "reported_at"
                ),
            ),
            pgtrigger.Protect(
                name="checked_report_is_frozen",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__outcome=""),
            ),
            pgtrigger.Trigger(
                name="one_person_does_not_report_and_check",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__checked_by__isnull=False),
                func="""
                    IF (SELECT m.user_id FROM agencies_membership m WHERE m.id = NEW.checked_by_id)
                       = (SELECT m.user_id FROM agencies_membership m WHERE m.id = NEW.reported_by_id) THEN
                        RAISE EXCEPTION 'nobody checks their own report, in whichever role';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="report_is_never_deleted", operation=pgtrigger.Delete),
            leaves.sealed(
                "report_is_sealed",
                leaves.added("action", "number", "what_happened", "done_at", "reported_by", "reported_at"),
                leaves.once("checked_at", "checked_by", "outcome", "note"),
                concern="action__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} report {self.number}"
