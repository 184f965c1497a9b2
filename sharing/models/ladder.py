"""The ladder that a disagreement climbs: its stages, what each side thinks, who holds the risk, the outcome.

Nothing here is ever overwritten. Each stage is opened by a person; the one before it closes with it.
"""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Agency, Membership
from audit import leaves
from sharing.models.differ import Disagreement
from sharing.models.exchange import paired

TOP = 4
STAGE_IS_OPEN = """
    IF NOT EXISTS (SELECT 1 FROM sharing_ladderstage s WHERE s.id = NEW.stage_id AND s.closed_at IS NULL) THEN
        RAISE EXCEPTION 'only the open stage of a disagreement is added to';
    END IF;
    RETURN NEW;
"""


class Side(models.TextChoices):
    """The two sides of the exchange that a disagreement is about."""

    SPEAKER = "SPEAKER", "The side that spoke"
    LISTENER = "LISTENER", "The side that listened"

    @property
    def other(self) -> Side:
        return Side.LISTENER if self is Side.SPEAKER else Side.SPEAKER


def only_at_the_open_stage(name: str) -> pgtrigger.Trigger:
    """Refuse to add anything to a stage that has closed."""
    return pgtrigger.Trigger(name=name, when=pgtrigger.Before, operation=pgtrigger.Insert, func=STAGE_IS_OPEN)


def append_only(name: str) -> pgtrigger.Trigger:
    """Refuse to change or take away a row."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


class DangerCall(models.Model):
    """Immediate danger: who was called, when, and what was agreed. It goes past every stage and limit."""

    append_only = True

    disagreement = models.ForeignKey(Disagreement, on_delete=models.PROTECT, related_name="danger_calls")
    who_was_called = models.TextField()
    called_at = models.DateTimeField()
    what_was_agreed = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(who_was_called="") & ~Q(what_was_agreed=""),
                name="danger_call_says_whom_and_what",
            ),
        ]
        triggers = [
            append_only("danger_call_append_only"),
            leaves.sealed(
                "danger_call_is_sealed", concern="disagreement__exchange__cycle__concern__reference"
            ),
            pgtrigger.Trigger(
                name="danger_only_while_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT 1 FROM sharing_disagreement d
                               WHERE d.id = NEW.disagreement_id AND d.settled_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'a settled disagreement is not added to';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.disagreement_id} danger"


class LadderStage(models.Model):
    """One stage: who answers for each side, by when, and when it closed. A person opens the next."""

    disagreement = models.ForeignKey(Disagreement, on_delete=models.PROTECT, related_name="stages")
    number = models.PositiveSmallIntegerField()
    opened_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    # Why it was opened before the stage below was late. Empty where that was late, and at stage 1.
    why = models.TextField(blank=True)
    danger = models.ForeignKey(
        DangerCall, on_delete=models.PROTECT, null=True, blank=True, related_name="stages"
    )
    due_at = models.DateTimeField()
    due_why = models.TextField(blank=True)
    for_speaker = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="stages_for_speaker")
    for_listener = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="stages_for_listener")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["disagreement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["disagreement", "number"], name="ladder_stages_are_numbered"),
            models.UniqueConstraint(
                fields=["disagreement"], condition=Q(closed_at__isnull=True), name="one_open_ladder_stage"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=TOP), name="ladder_has_four_stages"
            ),
            paired("closed_at", "closed_by", "ladder_stage_closed_when_and_by_whom"),
        ]
        indexes = [
            models.Index(
                fields=["number", "due_at"], name="ladder_stage_open", condition=Q(closed_at__isnull=True)
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="the_ladder_is_climbed_in_order",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("below", "record")],
                func="""
                    IF EXISTS (SELECT 1 FROM sharing_disagreement d
                               WHERE d.id = NEW.disagreement_id AND d.settled_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'a settled disagreement opens no further stage';
                    END IF;
                    SELECT s.id, s.number INTO below FROM sharing_ladderstage s
                        WHERE s.disagreement_id = NEW.disagreement_id ORDER BY s.number DESC LIMIT 1;
                    IF NEW.danger_id IS NOT NULL THEN
                        IF NOT EXISTS (SELECT 1 FROM sharing_dangercall c WHERE c.id = NEW.danger_id
                                       AND c.disagreement_id = NEW.disagreement_id) THEN
                            RAISE EXCEPTION 'the danger is of another disagreement';
                        END IF;
                        IF below.number IS NOT NULL AND NEW.number <= below.number THEN
                            RAISE EXCEPTION 'the ladder is only climbed';
                        END IF;
                        RETURN NEW;
                    END IF;
                    -- No answer by its limit, of which the leads have been told, begins with them.
                    IF below.number IS NULL AND NEW.number = 2 AND EXISTS (
                        SELECT 1 FROM sharing_disagreement d
                        WHERE d.id = NEW.disagreement_id AND d.about = 'NO_RESPONSE'
                    ) THEN
                        RETURN NEW;
                    END IF;
                    IF NEW.number <> COALESCE(below.number, 0) + 1 THEN
                        RAISE EXCEPTION 'the stages of the ladder are opened in order';
                    END IF;
                    IF below.id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM sharing_riskholder h WHERE h.stage_id = below.id
                    ) THEN
                        RAISE EXCEPTION 'who holds the risk is answered before the next stage';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(
                name="ladder_stage_is_frozen",
                operation=pgtrigger.UpdateOf(
                    "disagreement_id", "number", "opened_by_id", "opened_at", "why", "danger_id", "due_at",
                    "due_why",
                ),
            ),
            pgtrigger.Protect(
                name="closed_ladder_stage_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
            ),
            pgtrigger.Protect(name="ladder_stage_is_never_deleted", operation=pgtrigger.Delete),
            leaves.sealed(
                "ladder_stage_is_sealed",
                leaves.added(
                    "disagreement", "number", "opened_by", "opened_at", "why", "danger", "due_at",
                    "due_why",
                ),
                leaves.once("closed_at", "closed_by", "for_speaker", "for_listener"),
                concern="disagreement__exchange__cycle__concern__reference",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.disagreement_id} stage {self.number}"

    def answers_for(self, side: Side) -> Membership:
        """Return who answers for a side at this stage."""
        return self.for_speaker if side is Side.SPEAKER else self.for_listener


class Position(models.Model):
    """What one side thinks at a stage, in their own words. A later one stands beside it."""

    append_only = True

    stage = models.ForeignKey(LadderStage, on_delete=models.PROTECT, related_name="positions")
    side = models.CharField(max_length=8, choices=Side.choices)
    words = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="position_is_in_words")]
        triggers = [
            append_only("position_append_only"),
            leaves.sealed(
                "position_is_sealed", concern="stage__disagreement__exchange__cycle__concern__reference"
            ),
            only_at_the_open_stage("position_only_at_the_open_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.side}"


class RiskHolder(models.Model):
    """Who holds the risk until it is settled: a person or a post of one of the two agencies, and how."""

    append_only = True

    stage = models.ForeignKey(LadderStage, on_delete=models.PROTECT, related_name="risk_holders")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    post = models.CharField(max_length=300, blank=True)
    meanwhile = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, post="") | (Q(person__isnull=True) & ~Q(post="")),
                name="a_person_or_a_post_holds_the_risk",
            ),
            models.CheckConstraint(condition=~Q(meanwhile=""), name="risk_holder_does_something_meanwhile"),
        ]
        triggers = [
            append_only("risk_holder_append_only"),
            leaves.sealed(
                "risk_holder_is_sealed", concern="stage__disagreement__exchange__cycle__concern__reference"
            ),
            only_at_the_open_stage("risk_holder_only_at_the_open_stage"),
            pgtrigger.Trigger(
                name="risk_is_held_by_one_of_the_sides",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM sharing_ladderstage s
                        JOIN sharing_disagreement d ON d.id = s.disagreement_id
                        JOIN sharing_exchange e ON e.id = d.exchange_id
                        JOIN agencies_membership m ON m.id IN (e.speaker_id, e.listener_id)
                        WHERE s.id = NEW.stage_id AND m.agency_id = NEW.agency_id
                    ) OR (NEW.person_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM agencies_membership m
                        WHERE m.id = NEW.person_id AND m.agency_id = NEW.agency_id
                    )) THEN
                        RAISE EXCEPTION 'the risk is held by somebody of one of the two sides';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.agency_id}"

    @property
    def label(self) -> str:
        """Name who holds the risk, with their agency."""
        return self.person.label if self.person else f"{self.post}, {self.agency.name}"


class Outcome(models.Model):
    """What was decided at a stage, why, and who does what. It goes to each party, who says it back."""

    append_only = True

    stage = models.ForeignKey(LadderStage, on_delete=models.PROTECT, related_name="outcomes")
    what_was_decided = models.TextField()
    why = models.TextField()
    who_does_what = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what_was_decided="") & ~Q(why="") & ~Q(who_does_what=""),
                name="outcome_says_what_why_and_who",
            )
        ]
        triggers = [
            append_only("outcome_append_only"),
            leaves.sealed(
                "outcome_is_sealed", concern="stage__disagreement__exchange__cycle__concern__reference"
            ),
            only_at_the_open_stage("outcome_only_at_the_open_stage"),
            pgtrigger.Trigger(
                name="no_outcome_without_a_risk_holder",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM sharing_riskholder h WHERE h.stage_id = NEW.stage_id) THEN
                        RAISE EXCEPTION 'who holds the risk is answered before an outcome';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} outcome"
