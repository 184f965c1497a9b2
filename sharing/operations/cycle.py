"""The Ask questions, steps skipped in an emergency, and a manager's "proceed on safety grounds"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from agencies.models import Membership
from agencies.refusals import NotAllowed, Refused
from agencies.roles import Permission
from records.models import Concern
from records.operations.locks import require_open
from sharing import facts as reading
from sharing import rules
from sharing.models import Cycle, Override, SkippedStep
from sharing.operations import obligations, parties
from sharing.workflow import Move


def require_own_concern(by: Membership, concern: Concern, *, emergency_at: datetime | None = None) -> None:
    """Only the agency that logged a concern works on it, and of a closed one those named. Raises NotAllowed,
    Closed. With `emergency_at` (UTC) it is enough that it is open to them in an emergency at that moment.
    """
    if by.agency_id != concern.agency_id or not by.may(Permission.LOG_CONCERNS):
        raise NotAllowed("Only the agency that logged this concern works on it.")
    require_open(concern, by, emergency_at=emergency_at)


def require_current(cycle: Cycle) -> None:
    """Only the current cycle is worked on: one that has ended, or a closed concern, stays as it is."""
    if cycle.ended_at is not None:
        raise Refused("This cycle has ended. Open the concern to see the current one.")


@transaction.atomic
def answer_ask_questions(
    cycle: Cycle,
    *,
    by: Membership,
    at: datetime,
    who_needs_to_know: str,
    nobody_else_known: bool,
    no_assumptions: bool,
    advice_needed: bool | None,
    advice_note: str = "",
    seen_version: int | None = None,
) -> Cycle:
    """Write down who needs to know, and whether advice is needed. Raises OutOfDate on an older page."""
    cycle = parties.lock_cycle(cycle)
    require_own_concern(by, cycle.concern)
    rules.require_version(cycle, seen_version, "A colleague changed these answers while you were writing.")
    require_current(cycle)
    cycle.who_needs_to_know = who_needs_to_know
    cycle.nobody_else_known = nobody_else_known
    cycle.no_assumptions = no_assumptions
    cycle.advice_needed = advice_needed
    cycle.advice_note = advice_note
    cycle.version += 1
    cycle.save(
        update_fields=[
            "who_needs_to_know",
            "nobody_else_known",
            "no_assumptions",
            "advice_needed",
            "advice_note",
            "version",
        ]
    )
    parties.write_down_concern("sharing.ask.answered", cycle=cycle, by=by, at=at)
    return cycle


@transaction.atomic
def proceed_on_safety_grounds(cycle: Cycle, *, by: Membership, at: datetime, reason: str) -> Override:
    """Let the concern leave its stage although a check-back is open. The check-back stays open.

    A manager's decision, with a reason (design 2). Raises NotAllowed for another role, Refused
    without a reason or where it has been decided already for this stage.
    """
    cycle = parties.lock_cycle(cycle)
    require_own_concern(by, cycle.concern)
    if not by.may(Permission.OVERSEE):
        raise NotAllowed("Only a lead can decide to proceed on safety grounds. Ask yours.")
    require_current(cycle)
    if not reason.strip():
        raise Refused("Say why it is safer to go on than to wait.")
    if cycle.overrides.filter(stage=cycle.stage).exists():
        raise rules.AlreadyDone("It has been decided already to proceed from this stage.")
    override = Override.objects.create(cycle=cycle, stage=cycle.stage, reason=reason, by=by, at=at)
    parties.write_down_concern(
        "sharing.cycle.proceed_on_safety_grounds", cycle=cycle, by=by, at=at, stage=cycle.stage
    )
    return override


@transaction.atomic
def finish_skipped_step(step: SkippedStep, *, by: Membership, at: datetime) -> SkippedStep:
    """Say that a step which an urgent disclosure went ahead of has been done since."""
    parties.lock_concern(step.cycle.concern_id)
    step = SkippedStep.objects.select_for_update().select_related("cycle__concern").get(pk=step.pk)
    require_own_concern(by, step.cycle.concern)
    if step.done_at:
        raise rules.AlreadyDone("This step has been marked as done already.")
    step.done_at, step.done_by = at, by
    step.save(update_fields=["done_at", "done_by"])
    obligations.follow(step, at=at)
    parties.write_down_concern("sharing.step.done", cycle=step.cycle, by=by, at=at, step=step.step)
    return step


@transaction.atomic
def gate_was_closed(
    concern: Concern, move: Move, *, by: Membership, at: datetime, missing: Sequence[rules.Missing]
) -> None:
    """Write down that somebody tried to move a concern on while the gate was closed.

    Call it after the refused move has been rolled back: the attempt stays on the record, the move does
    not happen. The event holds which pages would supply what is missing, and no words.
    """
    cycle = reading.current_cycle(concern)
    if cycle is None:
        return
    cycle.concern = concern
    parties.write_down_concern(
        "sharing.gate.refused",
        cycle=cycle,
        by=by,
        at=at,
        move=move.name,
        missing=sorted({one.page for one in missing}),
    )
