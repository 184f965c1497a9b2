"""What the database refuses of disagreements and the ladder that they climb."""

from __future__ import annotations

from sharing.models import (
    DangerCall,
    Disagreement,
    LadderStage,
    Outcome,
    RiskHolder,
)
from sharing.operations import differ, ladder
from sharing.states import ActionState, State
from tests import factories
from tests.architecture.refusing import append_only, copy_of, delete_raw, pairs, refused, set_raw
from tests.factories import World


def one_open_disagreement_of_a_kind(w: World) -> None:
    refused("one_open_disagreement_of_a_kind", copy_of(factories.disagreement(w), reference="WF-26-0001-D9"))


def one_open_disagreement_an_action(w: World) -> None:
    action = factories.action_at(w, ActionState.AGREED)
    row = differ.open_disagreement(
        action.exchange, by=w.priya, at=w.clock(), about="NOT_DONE", words="Not seen.", action=action
    )
    refused("one_open_disagreement_an_action", copy_of(row, reference="WF-26-0001-D9"))


def only_what_was_not_done_has_an_action(w: World) -> None:
    action = factories.action_at(w, ActionState.AGREED)
    row = factories.disagreement(w, action.exchange)
    refused(
        "only_what_was_not_done_has_an_action",
        copy_of(row, reference="WF-26-0001-D9", action_id=action.pk),
    )


def disagreement_settled_when_and_by_whom(w: World) -> None:
    row = factories.disagreement(w)
    factories.understood_outcome(w, row)
    pairs(row, "settled_at", "settled_by_id", "disagreement_settled_when_and_by_whom", w)


def disagreement_is_frozen(w: World) -> None:
    row = factories.disagreement(w)
    refused("Cannot update", set_raw(row, about="THRESHOLD"))
    refused("Cannot update", set_raw(row, opened_by_id=w.priya.pk))


def settled_disagreement_is_frozen(w: World) -> None:
    row = factories.settled(w)
    refused("Cannot update", set_raw(row, settled_note="Otherwise."))
    refused("Cannot update", set_raw(row, settled_at=None, settled_by_id=None))


def settled_when_its_outcome_is_understood(w: World) -> None:
    """Without an outcome; with one that is not understood; with one of a stage below."""
    says = "settled only when its outcome is understood"
    row = factories.disagreement(w)
    close = set_raw(row, settled_at=w.clock(), settled_by_id=w.priya.pk)
    refused(says, close)
    outcome = factories.decided(w, row)
    refused(says, close)
    factories.understood(w, outcome.exchanges.get())
    ladder.open_stage(row, by=w.priya, at=w.clock(), number=2, why="I do not accept that.")
    refused(says, close)
    factories.understood_outcome(w, row)
    close()


def disagreement_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(factories.disagreement(w)))


def _stage(w: World) -> LadderStage:
    return factories.current_stage(factories.disagreement(w))


def ladder_stages_are_numbered(w: World) -> None:
    """The trigger refuses it first; the constraint is for two who come at once (tests/races)."""
    refused("opened in order", copy_of(_stage(w), closed_at=w.clock(), closed_by_id=w.tom.pk))


def one_open_ladder_stage(w: World) -> None:
    row = factories.held(w, factories.disagreement(w))
    refused("one_open_ladder_stage", copy_of(factories.current_stage(row), number=2))


def ladder_has_four_stages(w: World) -> None:
    row = factories.at_stage(w, 4)
    factories.held(w, row)
    stage = factories.current_stage(row)
    set_raw(stage, closed_at=w.clock(), closed_by_id=w.tom.pk)()
    refused("ladder_has_four_stages", copy_of(stage, number=5))


def ladder_stage_closed_when_and_by_whom(w: World) -> None:
    pairs(_stage(w), "closed_at", "closed_by_id", "ladder_stage_closed_when_and_by_whom", w)


def the_ladder_is_climbed_in_order(w: World) -> None:
    """Not over a stage, not before somebody holds the risk, not after the end; danger goes past, upwards."""
    row = factories.disagreement(w)
    stage = factories.current_stage(row)
    set_raw(stage, closed_at=w.clock(), closed_by_id=w.tom.pk)()
    refused("opened in order", copy_of(stage, number=3))
    refused("opened in order", copy_of(stage))
    refused("who holds the risk", copy_of(stage, number=2))
    refused("danger is of another", copy_of(stage, number=3, danger_id=_call(w).pk))
    high = factories.at_stage(w, 3)
    call = _call(w, high)
    top = factories.current_stage(high)
    set_raw(top, closed_at=w.clock(), closed_by_id=w.tom.pk)()
    refused("only climbed", copy_of(top, number=2, danger_id=call.pk))
    settled = factories.settled(w)
    refused("settled disagreement opens no", copy_of(factories.current_stage(settled), number=2))


def ladder_stage_is_frozen(w: World) -> None:
    refused("Cannot update", set_raw(_stage(w), due_at=w.clock()))
    refused("Cannot update", set_raw(_stage(w), number=2))


def closed_ladder_stage_is_frozen(w: World) -> None:
    row = factories.at_stage(w, 2)
    below = row.stages.get(number=1)
    refused("Cannot update", set_raw(below, for_speaker_id=w.tom.pk))
    refused("Cannot update", set_raw(below, closed_at=None, closed_by_id=None))


def ladder_stage_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_stage(w)))


def position_is_in_words(w: World) -> None:
    refused("position_is_in_words", copy_of(_stage(w).positions.earliest("id"), words=""))


def position_append_only(w: World) -> None:
    append_only(_stage(w).positions.earliest("id"), "words")


def position_only_at_the_open_stage(w: World) -> None:
    row = factories.at_stage(w, 2)
    refused("only the open stage", copy_of(row.stages.get(number=1).positions.earliest("id")))


def _holder(w: World) -> RiskHolder:
    row = factories.held(w, factories.disagreement(w))
    return factories.current_stage(row).risk_holders.get()


def a_person_or_a_post_holds_the_risk(w: World) -> None:
    row = _holder(w)
    refused("a_person_or_a_post_holds_the_risk", copy_of(row, post="Duty desk"))
    refused("a_person_or_a_post_holds_the_risk", copy_of(row, person_id=None))


def risk_holder_does_something_meanwhile(w: World) -> None:
    refused("risk_holder_does_something_meanwhile", copy_of(_holder(w), meanwhile=""))


def risk_holder_append_only(w: World) -> None:
    append_only(_holder(w), "meanwhile")


def risk_holder_only_at_the_open_stage(w: World) -> None:
    row = factories.at_stage(w, 2)
    refused("only the open stage", copy_of(row.stages.get(number=1).risk_holders.get()))


def risk_is_held_by_one_of_the_sides(w: World) -> None:
    row, says = _holder(w), "one of the two sides"
    refused(says, copy_of(row, agency_id=w.gp.agency.pk, person_id=None, post="The surgery"))
    refused(says, copy_of(row, person_id=w.amara.pk))


def danger_call_says_whom_and_what(w: World) -> None:
    refused("danger_call_says_whom_and_what", copy_of(_call(w), what_was_agreed=""))


def _call(w: World, row: Disagreement | None = None) -> DangerCall:
    at = w.clock()
    return ladder.record_danger(
        row or factories.disagreement(w),
        by=w.priya,
        at=w.clock(),
        who_was_called="999.",
        called_at=at,
        what_was_agreed="A car goes there now.",
    )


def danger_call_append_only(w: World) -> None:
    append_only(_call(w), "who_was_called")


def danger_only_while_open(w: World) -> None:
    call = _call(w)
    factories.settled(w, call.disagreement)
    refused("settled disagreement is not added to", copy_of(call))


def _outcome(w: World) -> Outcome:
    return factories.decided(w, factories.disagreement(w))


def outcome_says_what_why_and_who(w: World) -> None:
    for field in ("what_was_decided", "why", "who_does_what"):
        refused("outcome_says_what_why_and_who", copy_of(_outcome(w), **{field: ""}))


def outcome_append_only(w: World) -> None:
    append_only(_outcome(w), "why")


def outcome_only_at_the_open_stage(w: World) -> None:
    outcome = _outcome(w)
    ladder.open_stage(
        outcome.stage.disagreement, by=w.priya, at=w.clock(), number=2, why="I do not accept that."
    )
    refused("only the open stage", copy_of(outcome))


def no_outcome_without_a_risk_holder(w: World) -> None:
    outcome = _outcome(w)
    other = _stage(w)
    refused("who holds the risk", copy_of(outcome, stage_id=other.pk))


def only_an_outcome_has_an_outcome(w: World) -> None:
    exchange, outcome = factories.exchange_at(w, State.PREPARED), _outcome(w)
    refused("only_an_outcome_has_an_outcome", set_raw(exchange, outcome_id=outcome.pk))
    refused("only_an_outcome_has_an_outcome", set_raw(exchange, kind="OUTCOME"))
