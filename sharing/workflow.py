"""The state machine of the cycle: stages, moves, who may move, the gate of each, and one locked move().

The tables are the whole of it. docs/stages.md is written from them, and a truth table in the tests
goes through every combination.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from agencies.models import Membership
from agencies.refusals import NotAllowed, OutOfDate, Refused
from agencies.roles import Permission
from audit import operations as audit
from records.models import Concern
from records.operations.locks import require_open
from sharing import facts as reading
from sharing import rules, timeline
from sharing.facts import Facts
from sharing.models import Cycle, Stage, StageMove
from sharing.operations import obligations, retention
from sharing.rules import GateRule, Missing, answers, transfers


@dataclass(frozen=True)
class Move:
    """One way from a stage to another. `from_stage` is None for the first step of a concern."""

    name: str
    label: str
    from_stage: Stage | None
    to_stage: Stage
    gate: tuple[GateRule, ...] = ()
    needs_reason: bool = False
    new_cycle: bool = False
    permission: Permission = Permission.LOG_CONCERNS
    is_onward: bool = field(default=False)


ASK_GATE: tuple[GateRule, ...] = (
    rules.others_who_work_with_them_are_listed,
    rules.every_enquiry_is_answered_or_explained,
    rules.every_answer_is_understood,
    rules.who_needs_to_know_is_answered,
    rules.assumptions_are_named_and_tested,
    rules.worry_is_given,
    rules.advice_is_considered,
)
DO_GATE: tuple[GateRule, ...] = (
    rules.every_person_has_a_sharing_decision,
    rules.somebody_is_to_be_told,
    rules.advice_is_taken_and_understood,
)
NOT_SHARED_GATE: tuple[GateRule, ...] = (
    rules.nothing_is_to_be_shared,
    rules.advice_is_taken_and_understood,
)
SHARE_GATE: tuple[GateRule, ...] = (
    rules.every_listener_has_understood,
    rules.every_correction_is_understood,
)
RECORD_GATE: tuple[GateRule, ...] = (
    rules.the_summary_is_written,
    rules.every_party_has_answered_the_summary,
    rules.no_correction_is_unanswered,
)
CLOSING_GATE: tuple[GateRule, ...] = (
    *RECORD_GATE,
    rules.no_action_is_open,
    rules.no_exchange_is_open,
    rules.no_disagreement_is_open,
    rules.no_wrong_recipient_is_unresolved,
    rules.no_skipped_step_is_left,
    answers.every_decision_has_come,
    transfers.no_transfer_waits,
    rules.no_meeting_is_without_minutes,
)

MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        Move("start-at-ask", "Start with Ask", None, Stage.ASK),
        Move("start-at-do", "Start with Do", None, Stage.DO, needs_reason=True),
        Move("start-at-share", "Start with Share", None, Stage.SHARE, needs_reason=True),
        Move("start-at-record", "Start with Record", None, Stage.RECORD, needs_reason=True),
        Move("to-do", "Go on to Do", Stage.ASK, Stage.DO, ASK_GATE, is_onward=True),
        Move("to-share", "Go on to Share", Stage.DO, Stage.SHARE, DO_GATE, is_onward=True),
        Move("not-shared", "Go on to Record without sharing", Stage.DO, Stage.RECORD, NOT_SHARED_GATE),
        Move("to-record", "Go on to Record", Stage.SHARE, Stage.RECORD, SHARE_GATE, is_onward=True),
        Move(
            "next-cycle",
            "Start the next cycle",
            Stage.RECORD,
            Stage.ASK,
            (
                *RECORD_GATE,
                rules.no_meeting_is_without_minutes,
                rules.every_member_of_a_meeting_has_understood,
            ),
            new_cycle=True,
            is_onward=True,
        ),
        Move("close", "Close the concern", Stage.RECORD, Stage.CLOSED, CLOSING_GATE),
        Move("back-to-ask", "Step back to Ask", Stage.DO, Stage.ASK, needs_reason=True),
        Move("back-to-do", "Step back to Do", Stage.SHARE, Stage.DO, needs_reason=True),
        Move("back-to-share", "Step back to Share", Stage.RECORD, Stage.SHARE, needs_reason=True),
        Move("reopen", "Open it again", Stage.CLOSED, Stage.ASK, needs_reason=True, new_cycle=True),
    )
}
ONWARD: dict[str, Move] = {
    move.from_stage: move for move in MOVES.values() if move.is_onward and move.from_stage is not None
}
STARTS: dict[str, Move] = {move.to_stage: move for move in MOVES.values() if move.from_stage is None}


class NoSuchMove(Refused):
    """The stage cannot be left in that direction."""


class NotLogged(Refused):
    """Only a concern that was logged goes round, because from then on its statements never change."""


class ReasonNeeded(Refused):
    """This move is made only with a reason."""


class GateClosed(Refused):
    """The gate is closed. `missing` says what is not there yet, who can supply it and by when."""

    def __init__(self, move: Move, missing: list[Missing]) -> None:
        self.missing = missing
        super().__init__(*(one.sentence for one in missing))
        self.move = move


def missing_for(move: Move, facts: Facts) -> list[Missing]:
    """Return what keeps the gate of a move closed, each with who can supply it and by when.

    A manager's "proceed on safety grounds" for the stage lifts the rules about check-backs, and only
    those: the check-backs stay open and their clocks run.
    """
    passed = move.from_stage is not None and move.to_stage != Stage.CLOSED and facts.may_pass(move.from_stage)
    return [
        one for rule in move.gate if not (passed and rule in rules.CHECK_BACK_RULES) for one in rule(facts)
    ]


def moves_from(stage: str | None) -> list[Move]:
    """Return the moves that lead out of a stage, in the order of the table."""
    return [move for move in MOVES.values() if move.from_stage == stage]


def may_move(move: Move, by: Membership, concern: Concern) -> bool:
    """Only the agency whose concern it is, in a role that works on concerns, moves it."""
    return by.agency_id == concern.agency_id and by.may(move.permission)


def require_move(name: str, *, by: Membership, concern: Concern, stage: str | None, reason: str) -> Move:
    """Return the move of that name, if this person may make it and it leads out of the stage.

    Who comes before when, so that nobody learns a stage by trying. Raises NotAllowed, NoSuchMove,
    NotLogged or ReasonNeeded.
    """
    move = MOVES.get(name)
    if move is not None and not may_move(move, by, concern):
        raise NotAllowed("Your role cannot move this concern on.")
    if move is None or move.from_stage != stage:
        here = Stage(stage).label if stage else "before the first stage"
        raise NoSuchMove(
            f"The concern is now at {here}, so this step cannot be taken from here.",
            "Open the concern again to see which steps can.",
        )
    if concern.logged_at is None:
        raise NotLogged(f"{concern.reference} has not been logged yet. Log it first, then start.")
    if move.needs_reason and not reason.strip():
        raise ReasonNeeded(f"Say why: “{move.label}” needs a reason.")
    return move


@transaction.atomic
def move(
    concern: Concern,
    name: str,
    *,
    by: Membership,
    at: datetime,
    reason: str = "",
    seen_version: int | None = None,
) -> Cycle:
    """Make one move of a concern. This is the only place where a stage is set.

    Locks the concern, looks again at the stage, the role, the version that was shown and the gate,
    then changes the stage, writes down the move and appends the event. `at` is UTC.

    Raises GateClosed with what is missing; Closed, NotAllowed, NoSuchMove, NotLogged, ReasonNeeded or
    OutOfDate.
    """
    Concern.objects.select_for_update().get(pk=concern.pk)
    concern = Concern.objects.select_related("owner__user", "agency").get(pk=concern.pk)
    require_open(concern, by)
    cycle = reading.current_cycle(concern, lock=True)
    stage = cycle.stage if cycle else None
    chosen = require_move(name, by=by, concern=concern, stage=stage, reason=reason)
    if cycle is not None and seen_version is not None and cycle.version != seen_version:
        raise OutOfDate(
            "This page is out of date, so the concern has not been moved.",
            *(timeline.since(cycle, seen_version) or ["Somebody changed it while you had the page open."]),
            "Look at the concern again, then move it on.",
        )
    if cycle is not None and chosen.gate:
        missing = missing_for(chosen, reading.read(concern, cycle))
        if missing:
            raise GateClosed(chosen, missing)
    if cycle is None or chosen.new_cycle:
        number = cycle.number + 1 if cycle else 1
        if cycle is not None and cycle.ended_at is None:
            cycle.ended_at = at
            cycle.save(update_fields=["ended_at"])
            obligations.cycle_ended(cycle, at=at)
        cycle = Cycle(concern=concern, number=number, started_at=at, started_by=by)
    else:
        cycle.version += 1
    cycle.stage = chosen.to_stage
    if chosen.to_stage == Stage.CLOSED:
        cycle.ended_at = at
    cycle.save()
    if cycle.ended_at:
        obligations.cycle_ended(cycle, at=at)
    StageMove.objects.create(
        cycle=cycle,
        move=chosen.name,
        from_stage=chosen.from_stage or "",
        to_stage=chosen.to_stage,
        reason=reason,
        by=by,
        at=at,
    )
    if Stage.CLOSED in (chosen.from_stage, chosen.to_stage):
        retention.file(concern, at=at)
    audit.record(
        f"sharing.cycle.{chosen.name}",
        by=by,
        at=at,
        subject=concern.reference,
        concern=concern.reference,
        data={"cycle": cycle.number, "stage": chosen.to_stage, "version": cycle.version},
    )
    return cycle
