"""What comes of an exchange besides its check-back: agreed or not, and what reached the wrong person."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Membership
from audit import leaves
from sharing.models.action import Action
from sharing.models.cycle import Cycle
from sharing.models.exchange import Exchange, paired
from sharing.querysets import DisagreementQuerySet


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
            pgtrigger.Protect(name="agreement_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("agreement_is_sealed", concern="exchange__cycle__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} {self.about} {self.answer}"


class Disagreement(models.Model):
    """Two sides of an exchange who do not agree, until a person says that it is settled. It climbs a ladder.

    What each side thinks, who holds the risk and what was decided are rows of its stages (ladder.py).
    """

    class About(models.TextChoices):
        RISK = "RISK", "The risk"
        ACTION = "ACTION", "The action"
        THRESHOLD = "THRESHOLD", "The threshold"
        CLOSURE = "CLOSURE", "Closing the case"
        NO_RESPONSE = "NO_RESPONSE", "No answer by its limit"
        NOT_DONE = "NOT_DONE", "An agreed action was not done"

    reference = models.CharField(max_length=24, unique=True)
    exchange = models.ForeignKey(Exchange, on_delete=models.PROTECT, related_name="disagreements")
    about = models.CharField(max_length=12, choices=About.choices)
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="disagreements"
    )
    opened_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DisagreementQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["exchange", "about"],
                condition=Q(settled_at__isnull=True, action__isnull=True),
                name="one_open_disagreement_of_a_kind",
            ),
            models.UniqueConstraint(
                fields=["action"],
                condition=Q(settled_at__isnull=True),
                name="one_open_disagreement_an_action",
            ),
            models.CheckConstraint(
                condition=Q(action__isnull=True) | Q(about="NOT_DONE"),
                name="only_what_was_not_done_has_an_action",
            ),
            paired("settled_at", "settled_by", "disagreement_settled_when_and_by_whom"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="disagreement_is_frozen",
                operation=pgtrigger.UpdateOf(
                    "reference", "exchange_id", "about", "action_id", "opened_by_id", "opened_at"
                ),
            ),
            pgtrigger.Protect(
                name="settled_disagreement_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__settled_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="settled_when_its_outcome_is_understood",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__settled_at__isnull=False),
                declare=[("latest", "bigint")],
                func="""
                    IF EXISTS (SELECT 1 FROM sharing_exchange e WHERE e.id = NEW.exchange_id
                               AND (e.withdrawn_at IS NOT NULL OR e.not_mine_at IS NOT NULL)) THEN
                        RETURN NEW;
                    END IF;
                    SELECT max(o.id) INTO latest FROM sharing_outcome o
                        JOIN sharing_ladderstage s ON s.id = o.stage_id
                        WHERE s.disagreement_id = NEW.id AND s.number = (
                            SELECT max(t.number) FROM sharing_ladderstage t WHERE t.disagreement_id = NEW.id);
                    IF latest IS NULL OR EXISTS (
                        SELECT 1 FROM sharing_exchange e
                        WHERE e.outcome_id = latest AND e.understood_at IS NULL AND e.superseded_by_id IS NULL
                    ) THEN
                        RAISE EXCEPTION 'settled only when its outcome is understood by everybody it went to';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="disagreement_is_never_deleted", operation=pgtrigger.Delete),
            leaves.sealed(
                "disagreement_is_sealed",
                leaves.added("reference", "exchange", "about", "action", "opened_by", "opened_at"),
                leaves.once("settled_at", "settled_by", "settled_note"),
                concern="exchange__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def cycle(self) -> Cycle:
        return self.exchange.cycle

    @property
    def speaker(self) -> Membership:
        return self.exchange.speaker

    @property
    def listener(self) -> Membership:
        return self.exchange.listener


class Incident(models.Model):
    """Information that reached the wrong person: until somebody says what was done about it.

    Opened by "not mine", or by whoever sent it. `reported_by` says which.
    """

    class Contained(models.TextChoices):
        YES = "YES", "Yes: nobody else has it, and it went no further"
        NO = "NO", "No: it went further, or somebody kept it"
        NOT_KNOWN = "NOT_KNOWN", "Not known yet"

    class Seen(models.TextChoices):
        NOTHING = "NOTHING", "Nothing was opened"
        OPENED = "OPENED", "It was opened, and not read as far as we know"
        READ = "READ", "It was read, all or part of it"
        NOT_KNOWN = "NOT_KNOWN", "Not known"

    exchange = models.OneToOneField(Exchange, on_delete=models.PROTECT, related_name="incident")
    opened_at = models.DateTimeField()
    reported_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    what_was_done = models.TextField(blank=True)
    contained = models.CharField(max_length=9, choices=Contained.choices, blank=True)
    seen = models.CharField(max_length=9, choices=Seen.choices, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    who_decided = models.CharField(max_length=300, blank=True)
    is_breach = models.BooleanField(null=True, blank=True)
    breach_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True) | (~Q(contained="") & ~Q(seen="")),
                name="incident_contained_and_what_was_seen",
            ),
            models.CheckConstraint(
                condition=Q(is_breach__isnull=True) | (~Q(breach_why="") & ~Q(who_decided="")),
                name="incident_breach_decided_why_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True, handled_by__isnull=True, what_was_done="")
                | (Q(handled_at__isnull=False, handled_by__isnull=False) & ~Q(what_was_done="")),
                name="incident_handled_how_when_and_by_whom",
            ),
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
            leaves.sealed(
                "incident_is_sealed",
                leaves.added("exchange", "opened_at", "reported_by", "note"),
                leaves.once(
                    "handled_at",
                    "handled_by",
                    "what_was_done",
                    "contained",
                    "seen",
                    "seen_at",
                    "who_decided",
                    "is_breach",
                    "breach_why",
                ),
                concern="exchange__cycle__concern__reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exchange_id} incident"
