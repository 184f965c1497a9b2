"""The cycle a concern goes round, its moves, and what was done out of turn."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q

from agencies.models import Membership
from audit import leaves
from records.models import Concern


class Stage(models.TextChoices):
    """The four stages of the model, and the end. The model has no start or end point: it goes round."""

    ASK = "ASK", "Ask"
    DO = "DO", "Do"
    SHARE = "SHARE", "Share"
    RECORD = "RECORD", "Record"
    CLOSED = "CLOSED", "Closed"


# The gate as the database keeps it, whoever writes. An exchange is settled when it is understood,
# withdrawn, not the listener's, overtaken or, for a summary, answered (sharing_summaryanswer).
GATE = """
    IF NEW.stage = OLD.stage THEN RETURN NEW; END IF;
    IF (OLD.stage, NEW.stage) NOT IN (
        ('ASK', 'DO'), ('DO', 'SHARE'), ('DO', 'RECORD'), ('SHARE', 'RECORD'), ('RECORD', 'CLOSED'),
        ('DO', 'ASK'), ('SHARE', 'DO'), ('RECORD', 'SHARE')
    ) THEN
        RAISE EXCEPTION 'no move leads from % to % within a cycle', OLD.stage, NEW.stage;
    END IF;
    IF (OLD.stage, NEW.stage) IN (
        ('ASK', 'DO'), ('DO', 'SHARE'), ('DO', 'RECORD'), ('SHARE', 'RECORD')
    ) THEN
        IF EXISTS (SELECT 1 FROM sharing_override o WHERE o.cycle_id = NEW.id AND o.stage = OLD.stage) THEN
            RETURN NEW;
        END IF;
        IF EXISTS (
            SELECT 1 FROM sharing_exchange e
            WHERE e.cycle_id = NEW.id AND e.stage = OLD.stage AND e.kind NOT IN ('SUMMARY', 'HANDOVER')
              AND NOT e.for_information AND e.sent_at IS NOT NULL AND e.understood_at IS NULL
              AND e.withdrawn_at IS NULL AND e.not_mine_at IS NULL AND e.superseded_by_id IS NULL
        ) THEN
            RAISE EXCEPTION 'gate closed: a check-back of this stage is not settled';
        END IF;
        IF OLD.stage = 'SHARE' AND NOT EXISTS (
            SELECT 1 FROM sharing_exchange e
            WHERE e.cycle_id = NEW.id AND e.kind = 'DISCLOSURE' AND NOT e.for_information
              AND e.understood_at IS NOT NULL
        ) THEN
            RAISE EXCEPTION 'gate closed: nobody has understood a disclosure in this cycle';
        END IF;
    END IF;
    IF NEW.stage = 'CLOSED' THEN
        IF EXISTS (
            SELECT 1 FROM sharing_action a JOIN sharing_cycle c ON c.id = a.cycle_id
            WHERE c.concern_id = NEW.concern_id AND a.checked_at IS NULL
              AND a.declined_at IS NULL AND a.withdrawn_at IS NULL
        ) THEN
            RAISE EXCEPTION 'gate closed: an action is open';
        END IF;
        IF EXISTS (
            SELECT 1 FROM sharing_exchange e JOIN sharing_cycle c ON c.id = e.cycle_id
            WHERE c.concern_id = NEW.concern_id AND e.kind NOT IN ('SUMMARY', 'HANDOVER')
              AND NOT e.for_information AND e.sent_at IS NOT NULL AND e.understood_at IS NULL
              AND e.withdrawn_at IS NULL AND e.not_mine_at IS NULL AND e.superseded_by_id IS NULL
        ) THEN
            RAISE EXCEPTION 'gate closed: a check-back is open';
        END IF;
        IF EXISTS (
            SELECT 1 FROM sharing_disagreement d
            JOIN sharing_exchange e ON e.id = d.exchange_id
            JOIN sharing_cycle c ON c.id = e.cycle_id
            WHERE c.concern_id = NEW.concern_id AND d.settled_at IS NULL
        ) THEN
            RAISE EXCEPTION 'gate closed: a disagreement is open';
        END IF;
    END IF;
    RETURN NEW;
"""


# A concern is closed once every decision that was asked for has come, or somebody said why not, and while no
# hand-over to another area waits: until that is accepted, its agency is responsible.
ANSWERS = """
    IF EXISTS (
        SELECT 1 FROM sharing_exchange e JOIN sharing_cycle c ON c.id = e.cycle_id
        WHERE c.concern_id = NEW.concern_id AND e.asks_decision AND e.understood_at IS NOT NULL
          AND e.superseded_by_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM sharing_decisionnotawaited n WHERE n.exchange_id = e.id)
          AND NOT EXISTS (
              SELECT 1 FROM sharing_exchange d
              WHERE d.about_id = e.id AND d.kind = 'DECISION' AND d.sent_at IS NOT NULL
                AND d.withdrawn_at IS NULL AND d.not_mine_at IS NULL AND d.superseded_by_id IS NULL)
    ) THEN
        RAISE EXCEPTION 'gate closed: a decision has not come back';
    END IF;
    IF EXISTS (
        SELECT 1 FROM sharing_transfer t
        WHERE t.concern_id = NEW.concern_id AND t.accepted_at IS NULL AND t.declined_at IS NULL
          AND t.withdrawn_at IS NULL
    ) THEN
        RAISE EXCEPTION 'gate closed: a hand-over to another area waits';
    END IF;
    RETURN NEW;
"""


# The people of a question or an action change only to somebody who has taken over their part.
PASSED_ON = """
    IF NEW.{field} IS DISTINCT FROM OLD.{field} AND NOT EXISTS (
        SELECT 1 FROM sharing_handover h JOIN sharing_cycle c ON c.concern_id = h.concern_id
        WHERE c.id = NEW.cycle_id AND h.leaver_id = OLD.{field} AND h.successor_id = NEW.{field}
          AND h.taken_over_at IS NOT NULL
    ) THEN RAISE EXCEPTION 'this passes to somebody else only by a hand-over'; END IF;
"""


def passes_only_by_hand_over(*fields: str) -> str:
    """Write the body of a trigger that lets people change only to those who have taken over."""
    return "".join(PASSED_ON.format(field=field) for field in fields) + "RETURN NEW;"


# Nothing is sent to a role that has ended, but where its work is on its way to a successor. Whoever ends
# the role at this moment is waited for: that is what FOR KEY SHARE does.
TO_SOMEBODY_IN_POST = """
    PERFORM 1 FROM agencies_membership m WHERE m.id = NEW.{field} FOR KEY SHARE;
    IF EXISTS (SELECT 1 FROM agencies_membership m WHERE m.id = NEW.{field} AND m.ended_at IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM sharing_handover h JOIN sharing_cycle c ON c.concern_id = h.concern_id
                       WHERE c.id = NEW.cycle_id AND h.leaver_id = NEW.{field}
                         AND h.taken_over_at IS NULL AND h.ended_at IS NULL)
    THEN RAISE EXCEPTION 'nothing is sent to a role that has ended'; END IF;
    RETURN NEW;
"""


class Cycle(models.Model):
    """One turn of Ask, Do, Share, Record for one concern. The current one has no `ended_at`."""

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="cycles")
    number = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=6, choices=Stage.choices)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    who_needs_to_know = models.TextField(blank=True)
    nobody_else_known = models.BooleanField(default=False)
    no_assumptions = models.BooleanField(default=False)
    advice_needed = models.BooleanField(null=True, blank=True)
    advice_note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["concern", "number"], name="cycles_are_numbered"),
            models.UniqueConstraint(
                fields=["concern"], condition=Q(ended_at__isnull=True), name="one_current_cycle"
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="stage_is_known"),
            models.CheckConstraint(
                condition=~Q(stage="CLOSED") | Q(ended_at__isnull=False), name="closed_cycle_has_ended"
            ),
        ]
        indexes = [
            models.Index(
                fields=["stage", "concern"], condition=Q(ended_at__isnull=True), name="cycle_by_stage"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="gate",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("stage"),
                func=GATE,
            ),
            pgtrigger.Trigger(
                name="closing_waits_for_answers",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("stage"),
                condition=pgtrigger.Q(new__stage="CLOSED"),
                func=ANSWERS,
            ),
            pgtrigger.Protect(name="cycle_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} cycle {self.number}"


class StageMove(models.Model):
    """One move that was made, with the reason where one was asked for."""

    append_only = True

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="moves")
    move = models.CharField(max_length=30)
    from_stage = models.CharField(max_length=6, blank=True)
    to_stage = models.CharField(max_length=6, choices=Stage.choices)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(name="move_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("move_is_sealed", concern="cycle__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.move} to {self.to_stage}"


class Override(models.Model):
    """A manager's "proceed on safety grounds": the stage may be left although a check-back is open."""

    append_only = True

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="overrides")
    stage = models.CharField(max_length=6, choices=Stage.choices)
    reason = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason")]
        triggers = [
            pgtrigger.Protect(name="override_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            leaves.sealed("override_is_sealed", concern="cycle__concern__reference"),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.stage}"


class SkippedStep(models.Model):
    """A step that an urgent disclosure went ahead of. It is still to do, by a time limit."""

    class Step(models.TextChoices):
        ASK = "ASK", "Ask who else works with them, and test your assumptions"
        DECISION = "DECISION", "Record the sharing decision for each person concerned"

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="skipped_steps")
    step = models.CharField(max_length=10, choices=Step.choices)
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    skipped_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "step"], name="a_step_is_skipped_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="skipped_step_done_when_and_by_whom",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_at"], condition=Q(done_at__isnull=True), name="skipped_step_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.step}"
