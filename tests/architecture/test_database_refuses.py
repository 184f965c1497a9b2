"""Whatever Python does, the database keeps the rules: each constraint and trigger refuses, by name.

Every test writes past the operations, as the role that the application connects with.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from audit.leaves import Sealed
from audit.models import Event
from audit.operations import log_access
from notifications.models import Message
from sharing.models import (
    ActionReport,
    Agreement,
    DangerCall,
    Disagreement,
    Enquiry,
    ExchangePerson,
    Handover,
    HeldBack,
    Incident,
    Involvement,
    Item,
    LadderStage,
    LearningKind,
    LearningMonth,
    Obligation,
    Outcome,
    Override,
    RiskHolder,
    Round,
    SkippedStep,
    Stage,
    Summary,
    SummaryAnswer,
    Verdict,
)
from sharing.operations import actions, ask, check_back, differ, ladder, lead, misdirected, record
from sharing.operations import cycle as cycles
from sharing.states import ActionState, State
from tests import factories
from tests.architecture.refusing import append_only, copy_of, delete_raw, pairs, refused, set_raw, sql
from tests.factories import HANDLED, World

pytestmark = pytest.mark.django_db
APPS = ("sharing", "audit", "notifications")
# Of the other apps, the tables all of whose rules have a test here, and rules of other tables that have one.
TABLES = ("records.ChronologyEntry", "records.ChronologyImport", "records.ImportRow", "records.Strike")
RULES = ("struck_statement_is_not_corrected",)


# --- One test a constraint or trigger, by its name --------------------------------------------------


def cycles_are_numbered(w: World) -> None:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    refused("cycles_are_numbered", copy_of(cycle, ended_at=w.clock()))


def one_current_cycle(w: World) -> None:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    refused("one_current_cycle", copy_of(cycle, number=2))


def stage_is_known(w: World) -> None:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    refused("stage_is_known", copy_of(cycle, number=2, stage="DONE", ended_at=w.clock()))


def closed_cycle_has_ended(w: World) -> None:
    concern = factories.concern_at(w, Stage.RECORD)
    factories.finish_record(w, concern)
    refused("closed_cycle_has_ended", set_raw(factories.the_cycle(concern), stage="CLOSED"))


JUMPS = [
    (a, b)
    for a in Stage
    for b in Stage
    if a != b
    and (a, b)
    not in {
        ("ASK", "DO"), ("DO", "SHARE"), ("DO", "RECORD"), ("SHARE", "RECORD"), ("RECORD", "CLOSED"),
        ("DO", "ASK"), ("SHARE", "DO"), ("RECORD", "SHARE"),
    }
]  # fmt: skip


def gate(w: World) -> None:
    """Each stage that has an unsettled check-back, and every jump over a stage."""
    concern = factories.concern_at(w, Stage.ASK)
    answer = factories.answered(w, factories.enquiry(w, concern))
    refused("gate closed: a check-back", set_raw(factories.the_cycle(concern), stage="DO"))
    factories.received(w, answer)
    refused("gate closed: a check-back", set_raw(factories.the_cycle(concern), stage="DO"))
    factories.restated(w, answer)
    refused("gate closed: a check-back", set_raw(factories.the_cycle(concern), stage="DO"))
    factories.confirmed(w, answer)
    set_raw(factories.the_cycle(concern), stage="DO")()
    advice = factories.answered(w, factories.enquiry(w, concern, kind="ADVICE"))
    for stage in ("SHARE", "RECORD"):
        refused("gate closed: a check-back", set_raw(factories.the_cycle(concern), stage=stage))
    factories.understood(w, advice)
    set_raw(factories.the_cycle(concern), stage="SHARE")()
    refused("gate closed: nobody has understood", set_raw(factories.the_cycle(concern), stage="RECORD"))
    factories.decide(w, concern)
    exchange = factories.sent(w, concern)
    refused("gate closed: a check-back", set_raw(factories.the_cycle(concern), stage="RECORD"))
    second = factories.sent(w, concern, listener=w.amara)
    factories.understood(w, exchange)
    refused("gate closed: a check-back", set_raw(factories.the_cycle(concern), stage="RECORD"))
    factories.understood(w, second)
    action = factories.propose(w, exchange)
    differ.answer_agreement(
        exchange, by=w.tom, at=w.clock(), risk="DISAGREE", risk_why="Lower.", action="AGREE"
    )
    set_raw(factories.the_cycle(concern), stage="RECORD")()
    close = set_raw(factories.the_cycle(concern), stage="CLOSED", ended_at=w.clock())
    refused("gate closed: an action is open", close)
    actions.withdraw_action(action, by=w.priya, at=w.clock(), why="Not needed.")
    refused("gate closed: a disagreement is open", close)
    third = factories.sent_in_emergency(w, concern, listener=w.gp.colleague)
    refused("gate closed: a check-back is open", close)
    check_back.withdraw(third, by=w.priya, at=w.clock(), why="By phone.")
    disagreement = exchange.disagreements.get()
    differ.add_position(disagreement, by=w.priya, at=w.clock(), words="Higher.")
    factories.settled(w, disagreement)
    close()


@pytest.mark.parametrize(("here", "there"), JUMPS)
def test_no_stage_is_jumped_over(world: World, here: str, there: str) -> None:
    cycle = factories.the_cycle(factories.concern_at(world, here))
    refused(f"no move leads from {here} to {there}", set_raw(cycle, stage=there, ended_at=world.clock()))


def cycle_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(factories.the_cycle(factories.concern_at(w, Stage.ASK))))


def move_append_only(w: World) -> None:
    append_only(factories.the_cycle(factories.concern_at(w, Stage.ASK)).moves.get())


def _override(w: World) -> Override:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.SHARE))
    return cycles.proceed_on_safety_grounds(cycle, by=w.school.lead, at=w.clock(), reason="Tonight.")


def override_has_a_reason(w: World) -> None:
    refused("override_has_a_reason", copy_of(_override(w), reason=""))


def override_append_only(w: World) -> None:
    append_only(_override(w))


def _skipped(w: World) -> SkippedStep:
    factories.sent_in_emergency(w, factories.concern_at(w, Stage.ASK))
    return SkippedStep.objects.earliest("id")


def a_step_is_skipped_once(w: World) -> None:
    refused("a_step_is_skipped_once", copy_of(_skipped(w)))


def skipped_step_done_when_and_by_whom(w: World) -> None:
    pairs(_skipped(w), "done_at", "done_by_id", "skipped_step_done_when_and_by_whom", w)


def _involvement(w: World) -> Involvement:
    concern = factories.concern_at(w, Stage.ASK)
    return ask.list_involvement(factories.the_cycle(concern), by=w.priya, at=w.clock(), member=w.tom)


def a_practitioner_is_listed_once(w: World) -> None:
    refused("a_practitioner_is_listed_once", copy_of(_involvement(w)))


def _enquiry(w: World) -> Enquiry:
    return factories.enquiry(w, factories.concern_at(w, Stage.ASK))


def nobody_asks_themselves(w: World) -> None:
    refused("nobody_asks_themselves", copy_of(_enquiry(w), reference="Q", asked_of_id=w.priya.pk))


def no_answer_is_explained_by_somebody(w: World) -> None:
    row, name = _enquiry(w), "no_answer_is_explained_by_somebody"
    pairs(row, "explained_at", "explained_by_id", name, w)
    refused(name, set_raw(row, explained_at=w.clock(), explained_by_id=w.priya.pk))
    refused(name, set_raw(row, unanswered_why="Away."))


def enquiry_words_are_frozen(w: World) -> None:
    row = _enquiry(w)
    for column in ("told", "question"):
        refused("Cannot update", set_raw(row, **{column: "Something else."}))


def a_question_passes_only_by_hand_over(w: World) -> None:
    row, says = _enquiry(w), "passes to somebody else only by a hand-over"
    refused(says, set_raw(row, asked_of_id=w.gp.colleague.pk))
    refused(says, set_raw(row, asked_by_id=w.school.colleague.pk))


def asked_of_somebody_in_post(w: World) -> None:
    row = _enquiry(w)
    w.gp.colleague.ended_at, w.gp.colleague.ended_by = w.clock(), w.gp.administrator
    w.gp.colleague.save()
    refused("a role that has ended", copy_of(row, reference="Q", asked_of_id=w.gp.colleague.pk))


def enquiry_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_enquiry(w)))


def assumption_tested_how_when_and_by_whom(w: World) -> None:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    row = ask.name_assumption(cycle, by=w.priya, at=w.clock(), text="At home.")
    name = "assumption_tested_how_when_and_by_whom"
    pairs(row, "tested_at", "tested_by_id", name, w)
    refused(name, set_raw(row, how_tested="Asked."))
    refused(name, set_raw(row, tested_at=w.clock(), tested_by_id=w.priya.pk))


def nobody_speaks_to_themselves(w: World) -> None:
    row = factories.exchange_at(w, State.PREPARED)
    refused("nobody_speaks_to_themselves", set_raw(row, listener_id=row.speaker_id))


def exchange_sent_when_and_by_whom(w: World) -> None:
    row = factories.exchange_at(w, State.PREPARED)
    pairs(row, "sent_at", "sent_by_id", "exchange_sent_when_and_by_whom", w, respond_by=w.clock())


def exchange_received_when_and_by_whom(w: World) -> None:
    row = factories.exchange_at(w, State.SENT)
    pairs(row, "received_at", "received_by_id", "exchange_received_when_and_by_whom", w)


def exchange_understood_when_and_by_whom(w: World) -> None:
    row = factories.exchange_at(w, State.UNDERSTOOD)
    name = "exchange_understood_when_and_by_whom|never unhappens"
    refused(name, set_raw(row, understood_by_id=None))
    refused(name, set_raw(row, understood_at=None))
    with_round = factories.exchange_at(w, State.RECEIVED, listener=w.amara)
    refused("exchange_understood_when_and_by_whom", set_raw(with_round, understood_by_id=w.priya.pk))


def exchange_not_mine_when_and_by_whom(w: World) -> None:
    row = factories.exchange_at(w, State.SENT)
    pairs(row, "not_mine_at", "not_mine_by_id", "exchange_not_mine_when_and_by_whom", w)


def exchange_withdrawn_when_and_by_whom(w: World) -> None:
    row, name = factories.exchange_at(w, State.SENT), "exchange_withdrawn_when_and_by_whom"
    pairs(row, "withdrawn_at", "withdrawn_by_id", name, w, withdrawn_why="Wrong child.")


def sent_exchange_has_a_limit(w: World) -> None:
    row = factories.exchange_at(w, State.PREPARED)
    refused("sent_exchange_has_a_limit", set_raw(row, sent_at=w.clock(), sent_by_id=w.priya.pk))


def received_only_after_sent(w: World) -> None:
    row = factories.exchange_at(w, State.PREPARED)
    refused("received_only_after_sent", set_raw(row, received_at=w.clock(), received_by_id=w.tom.pk))


def understood_only_after_received(w: World) -> None:
    """Taken apart for this test alone: a summary is the one exchange that has a round in no other way."""
    row = factories.exchange_at(w, State.SENT)
    refused(
        "understood_only_after_received|understood only after restated",
        set_raw(row, understood_at=w.clock(), understood_by_id=w.priya.pk),
    )


def understood_needs_a_confirmed_round(w: World) -> None:
    for state in (State.RECEIVED, State.RESTATED, State.CORRECTED):
        row = factories.exchange_at(w, state)
        refused(
            "understood only after restated and confirmed",
            set_raw(row, understood_at=w.clock(), understood_by_id=w.priya.pk),
        )
    refused(
        "understood only after restated and confirmed",
        copy_of(row, reference="X", understood_at=w.clock(), understood_by_id=w.priya.pk),
    )


def understood_is_not_withdrawn_or_misdirected(w: World) -> None:
    row, name = factories.exchange_at(w, State.UNDERSTOOD), "understood_is_not_withdrawn_or_misdirected"
    at, by = w.clock(), w.priya.pk
    refused(name, set_raw(row, withdrawn_at=at, withdrawn_by_id=by, withdrawn_why="Wrong."))
    refused(name, set_raw(row, not_mine_at=at, not_mine_by_id=by))
    refused(f"{name}|never changes", set_raw(row, for_information=True))


def withdrawal_has_a_reason(w: World) -> None:
    row = factories.exchange_at(w, State.SENT)
    refused("withdrawal_has_a_reason", set_raw(row, withdrawn_at=w.clock(), withdrawn_by_id=w.priya.pk))


def exchange_is_never_deleted(w: World) -> None:
    refused("Cannot delete|violates foreign key", delete_raw(factories.exchange_at(w, State.SENT)))


def sent_exchange_is_frozen(w: World) -> None:
    row = factories.exchange_at(w, State.SENT)
    others: dict[str, Any] = {
        "reference": "X",
        "urgency": "STANDARD",
        "why_you": "Other.",
        "what_i_ask": "Other.",
        "respond_by": w.clock(),
        "sent_at": w.clock(),
        "sent_by_id": w.school.colleague.pk,
        "right_place": "Other.",
        "for_information": True,
        "kind": "ADVICE",
        "stage": "DO",
    }
    for column, value in others.items():
        refused("what was sent never changes", set_raw(row, **{column: value}))
    row = factories.exchange_at(w, State.UNDERSTOOD)
    for column in ("opened_at", "received_at", "understood_at"):
        refused("never unhappens", set_raw(row, **{column: w.clock()}))
    for column in ("received_by_id", "understood_by_id"):
        refused("never unhappens", set_raw(row, **{column: w.school.lead.pk}))
    row = factories.exchange_at(w, State.WITHDRAWN)
    refused("never unhappens", set_raw(row, withdrawn_at=None, withdrawn_by_id=None, withdrawn_why=""))
    refused("never unhappens", set_raw(row, withdrawn_why="Another reason."))
    row = factories.exchange_at(w, State.NOT_MINE)
    refused("never unhappens", set_raw(row, not_mine_at=None, not_mine_by_id=None))
    row = factories.exchange_at(w, State.SUPERSEDED)
    refused("never unhappens", set_raw(row, superseded_by_id=None))


def _frozen(w: World, model: type[Any], column: str) -> None:
    exchange = factories.exchange_at(w, State.SENT)
    row = model.objects.filter(exchange=exchange).earliest("id")
    name = "what was sent never changes"
    refused(name, set_raw(row, **{column: "Something else."}))
    refused(name, delete_raw(row))
    refused(name, copy_of(row, **({"number": 99} if model is Item else {})))


def exchange_person_is_frozen(w: World) -> None:
    _frozen(w, ExchangePerson, "name")


def item_is_frozen(w: World) -> None:
    _frozen(w, Item, "text")


def held_back_is_frozen(w: World) -> None:
    _frozen(w, HeldBack, "why")


def items_are_numbered(w: World) -> None:
    exchange = factories.exchange_at(w, State.PREPARED)
    refused("items_are_numbered", copy_of(exchange.items.get(number=1)))


def held_back_once(w: World) -> None:
    refused("held_back_once", copy_of(factories.exchange_at(w, State.PREPARED).held_back.get()))


def held_back_for_a_reason(w: World) -> None:
    row = factories.exchange_at(w, State.PREPARED).held_back.get()
    refused("held_back_for_a_reason", set_raw(row, why=""))


def _open_round(w: World) -> Round:
    return factories.exchange_at(w, State.RESTATED).rounds.get()


def rounds_are_numbered(w: World) -> None:
    row = factories.exchange_at(w, State.CORRECTED).rounds.get()
    refused("rounds_are_numbered", copy_of(row))


def one_open_round(w: World) -> None:
    refused("one_open_round", copy_of(_open_round(w), number=2))


def understood_once(w: World) -> None:
    row = _open_round(w)
    confirm = {"outcome": "CONFIRMED", "checked_by_id": w.priya.pk, "checked_at": w.clock()}
    set_raw(row, **confirm)()
    refused("understood_once", copy_of(row, number=2, **confirm))


def round_checked_when_and_by_whom(w: World) -> None:
    row, name = _open_round(w), "round_checked_when_and_by_whom"
    refused(name, set_raw(row, outcome="CONFIRMED"))
    pairs(row, "checked_at", "checked_by_id", name, w, outcome="CONFIRMED")
    refused(name, set_raw(row, checked_at=w.clock(), checked_by_id=w.priya.pk))


def nobody_confirms_their_own_restatement(w: World) -> None:
    row, name = _open_round(w), "nobody_confirms_their_own_restatement|nobody confirms their own"
    refused(name, set_raw(row, outcome="CONFIRMED", checked_at=w.clock(), checked_by_id=w.tom.pk))
    refused(name, copy_of(row, number=2, outcome="CONFIRMED", checked_at=w.clock(), checked_by_id=w.tom.pk))


def one_person_is_not_both_sides(w: World) -> None:
    at_school, in_care = w.two_hats
    says = "nobody confirms their own restatement, in whichever role"
    exchange = factories.exchange_at(w, State.RECEIVED, listener=in_care)
    factories.restated(w, exchange)
    row = exchange.rounds.get()
    confirm = {"outcome": "CONFIRMED", "checked_at": w.clock(), "checked_by_id": at_school.pk}
    refused(says, set_raw(row, **confirm))
    refused(says, copy_of(row, number=2, **confirm))
    # Somebody else's restatement, made for the same person, is not theirs to confirm either.
    set_raw(row, outcome="CORRECTED", note="Again.", checked_at=w.clock(), checked_by_id=w.priya.pk)()
    refused(says, copy_of(row, number=2, restated_by_id=w.tom.pk, **confirm))
    # Nor does the speaker say back their own words.
    refused(says, copy_of(row, number=2, restated_by_id=w.priya.pk))


def restated_only_while_open(w: World) -> None:
    over = factories.exchange_at(w, State.UNDERSTOOD)
    row = over.rounds.get()
    fresh = {"number": 2, "outcome": "", "checked_by_id": None, "checked_at": None}
    says = "only what was received and is open is said back"
    refused(says, copy_of(row, **fresh))
    for state in (State.SENT, State.OPENED, State.WITHDRAWN, State.NOT_MINE, State.FOR_INFORMATION):
        exchange = factories.exchange_at(w, state)
        refused(says, copy_of(row, **{**fresh, "exchange_id": exchange.pk}))


def correction_says_what_to_correct(w: World) -> None:
    row = _open_round(w)
    refused(
        "correction_says_what_to_correct",
        set_raw(row, outcome="CORRECTED", checked_at=w.clock(), checked_by_id=w.priya.pk),
    )


def similarity_is_a_percentage(w: World) -> None:
    row = factories.exchange_at(w, State.CORRECTED).rounds.get()
    fresh = {"number": 2, "outcome": "", "checked_by_id": None, "checked_at": None}
    refused("similarity_is_a_percentage", copy_of(row, **fresh, similarity=101))


def restatement_is_frozen(w: World) -> None:
    row = _open_round(w)
    for column in ("what_happened", "what_worries_me", "what_i_will_do"):
        refused("Cannot update", set_raw(row, **{column: "Other."}))
    refused("Cannot update", set_raw(row, restated_by_id=w.care.colleague.pk))
    refused("Cannot update", set_raw(row, restated_at=w.clock()))
    refused("Cannot update", set_raw(row, similarity=1))


def checked_round_is_frozen(w: World) -> None:
    for state in (State.CORRECTED, State.UNDERSTOOD):
        row = factories.exchange_at(w, state).rounds.get()
        refused("Cannot update", set_raw(row, note="Other."))
        refused("Cannot update", set_raw(row, outcome="", checked_at=None, checked_by_id=None))


def round_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_open_round(w)))


def _verdict(w: World) -> Verdict:
    return factories.exchange_at(w, State.UNDERSTOOD).rounds.get().verdicts.earliest("id")


def one_verdict_an_item(w: World) -> None:
    refused("one_verdict_an_item", copy_of(_verdict(w)))


def verdict_append_only(w: World) -> None:
    append_only(_verdict(w), "note")


def _agreement(w: World) -> Agreement:
    exchange = factories.exchange_at(w, State.UNDERSTOOD)
    differ.answer_agreement(
        exchange, by=w.tom, at=w.clock(), risk="DISAGREE", risk_why="Lower.", action="AGREE"
    )
    return exchange.agreements.get(about="RISK")


def not_agreeing_says_why(w: World) -> None:
    refused("not_agreeing_says_why", copy_of(_agreement(w), why=""))


def agreement_append_only(w: World) -> None:
    append_only(_agreement(w))


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


# --- The ladder -------------------------------------------------------------------------------------


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


def _incident(w: World) -> Incident:
    return Incident.objects.get(exchange=factories.exchange_at(w, State.NOT_MINE))


def incident_handled_how_when_and_by_whom(w: World) -> None:
    row, name = _incident(w), "incident_handled_how_when_and_by_whom"
    said = {"contained": "YES", "seen": "READ"}
    pairs(row, "handled_at", "handled_by_id", name, w, what_was_done="Told them.", **said)
    refused(name, set_raw(row, handled_at=w.clock(), handled_by_id=w.priya.pk, **said))


def incident_is_frozen(w: World) -> None:
    refused("Cannot update", set_raw(_incident(w), note="Other."))


def handled_incident_is_frozen(w: World) -> None:
    row = misdirected.handle_incident(_incident(w), by=w.priya, at=w.clock(), **HANDLED)
    refused("Cannot update", set_raw(row, what_was_done="Nothing."))


def incident_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_incident(w)))


def action_accepted_when_and_by_whom(w: World) -> None:
    row = factories.action_at(w, ActionState.PROPOSED)
    pairs(row, "accepted_at", "accepted_by_id", "action_accepted_when_and_by_whom", w)


def action_declined_when_and_by_whom(w: World) -> None:
    row, name = factories.action_at(w, ActionState.PROPOSED), "action_declined_when_and_by_whom"
    pairs(row, "declined_at", "declined_by_id", name, w, declined_why="No.")


def action_withdrawn_when_and_by_whom(w: World) -> None:
    row, name = factories.action_at(w, ActionState.PROPOSED), "action_withdrawn_when_and_by_whom"
    pairs(row, "withdrawn_at", "withdrawn_by_id", name, w, withdrawn_why="No.")


def action_checked_when_and_by_whom(w: World) -> None:
    row = factories.action_at(w, ActionState.AGREED)
    pairs(row, "checked_at", "checked_by_id", "action_checked_when_and_by_whom", w)


def action_done_only_after_accepted(w: World) -> None:
    row = factories.action_at(w, ActionState.PROPOSED)
    refused("action_done_only_after_accepted", set_raw(row, checked_at=w.clock(), checked_by_id=w.priya.pk))


def action_accepted_or_declined_not_both(w: World) -> None:
    row = factories.action_at(w, ActionState.AGREED)
    refused(
        "action_accepted_or_declined_not_both",
        set_raw(row, declined_at=w.clock(), declined_by_id=w.tom.pk, declined_why="No."),
    )


def declined_action_says_why(w: World) -> None:
    row = factories.action_at(w, ActionState.PROPOSED)
    refused("declined_action_says_why", set_raw(row, declined_at=w.clock(), declined_by_id=w.tom.pk))


def withdrawn_action_says_why(w: World) -> None:
    row = factories.action_at(w, ActionState.PROPOSED)
    refused("withdrawn_action_says_why", set_raw(row, withdrawn_at=w.clock(), withdrawn_by_id=w.tom.pk))


def action_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(factories.action_at(w, ActionState.PROPOSED)))


def an_action_passes_only_by_hand_over(w: World) -> None:
    row, says = factories.action_at(w, ActionState.PROPOSED), "passes to somebody else only by a hand-over"
    refused(says, set_raw(row, owner_id=w.care.colleague.pk))
    refused(says, set_raw(row, other_side_id=w.school.colleague.pk))


def sent_to_somebody_in_post(w: World) -> None:
    row = factories.exchange_at(w, State.PREPARED)
    w.tom.ended_at, w.tom.ended_by = w.clock(), w.care.administrator
    w.tom.save()
    sent = {"sent_at": w.clock(), "sent_by_id": w.priya.pk, "respond_by": w.clock()}
    refused("a role that has ended", set_raw(row, **sent))


def a_part_passes_only_by_hand_over(w: World) -> None:
    row, says = factories.exchange_at(w, State.UNDERSTOOD), "passes on only by a hand-over"
    refused(says, set_raw(row, speaker_id=w.school.colleague.pk, first_speaker_id=w.priya.pk))
    refused(says, set_raw(row, listener_id=w.care.colleague.pk, first_listener_id=w.tom.pk))
    refused("who spoke first never changes", set_raw(row, first_speaker_id=w.school.colleague.pk))
    refused("who listened first never changes", set_raw(row, first_listener_id=w.care.colleague.pk))
    concern = row.cycle.concern
    factories.taken_over(w, concern, leaver=w.tom, successor=w.care.colleague)
    sent = factories.sent(w, concern, listener=w.tom)
    refused(
        "said to the successor afresh",
        set_raw(sent, listener_id=w.care.colleague.pk, first_listener_id=w.tom.pk),
    )


def _handover(w: World) -> Handover:
    concern = factories.exchange_at(w, State.SENT).cycle.concern
    return factories.handed_over(w, concern, leaver=w.priya, successor=w.school.colleague)


def one_handover_at_a_time(w: World) -> None:
    refused("one_handover_at_a_time", copy_of(_handover(w), exchange_id=None))


def nobody_succeeds_themselves(w: World) -> None:
    row = _handover(w)
    refused(
        "nobody_succeeds_themselves",
        copy_of(row, exchange_id=None, leaver_id=w.school.colleague.pk),
    )


def nobody_hands_over_to_themselves(w: World) -> None:
    row = _handover(w)
    changes = {"exchange_id": None, "leaver_id": w.school.lead.pk, "by_id": row.successor_id}
    refused("nobody_hands_over_to_themselves", copy_of(row, **changes))


def handover_has_one_end(w: World) -> None:
    row = _handover(w)
    assert row.exchange is not None
    check_back.receive(row.exchange, by=row.successor, at=w.clock())
    check_back.restate(row.exchange, by=row.successor, at=w.clock(), **factories.OWN_WORDS)
    set_raw(row, ended_at=w.clock())()
    done = factories.confirmed(w, row.exchange)
    says = "handover_has_one_end"
    copy = copy_of(
        row, exchange_id=None, concern_id=factories.logged(w).pk, taken_over_at=w.clock(), ended_at=w.clock()
    )
    assert done.understood_at is not None
    refused(says, copy)


def handover_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_handover(w)))


def handover_is_frozen(w: World) -> None:
    row = _handover(w)
    refused("Cannot update", set_raw(row, successor_id=w.school.lead.pk))
    refused("Cannot update", set_raw(row, note="Other."))


def handover_ends_once(w: World) -> None:
    row = _handover(w)
    assert row.exchange is not None
    factories.understood(w, row.exchange)
    refused("Cannot update", set_raw(row, taken_over_at=None))
    refused("Cannot update", set_raw(row, taken_over_at=w.clock()))


def handed_over_within_an_agency(w: World) -> None:
    row = _handover(w)
    refused(
        "handed over within an agency",
        copy_of(row, exchange_id=None, ended_at=w.clock(), successor_id=w.amara.pk),
    )


def taken_over_only_when_understood(w: World) -> None:
    row = _handover(w)
    refused("said back and confirmed", set_raw(row, taken_over_at=w.clock()))
    refused("said back and confirmed", copy_of(row, exchange_id=None, taken_over_at=w.clock()))


def agree_only_what_is_understood(w: World) -> None:
    says = "agreed only when its exchange is understood"
    for state in (State.PREPARED, State.SENT, State.RECEIVED, State.RESTATED, State.CORRECTED):
        row = factories.propose(w, factories.exchange_at(w, state))
        accept = {"accepted_at": w.clock(), "accepted_by_id": w.tom.pk}
        refused(says, set_raw(row, **accept))
        refused(says, copy_of(row, reference="A", **accept))


def _report(w: World) -> ActionReport:
    return factories.action_at(w, ActionState.REPORTED).reports.get()


def reports_are_numbered(w: World) -> None:
    row = factories.action_at(w, ActionState.DONE).reports.get()
    refused("reports_are_numbered", copy_of(row))


def one_report_to_check(w: World) -> None:
    refused("one_report_to_check", copy_of(_report(w), number=2))


def report_checked_when_and_by_whom(w: World) -> None:
    row, name = _report(w), "report_checked_when_and_by_whom"
    pairs(row, "checked_at", "checked_by_id", name, w, outcome="DONE")
    refused(name, set_raw(row, outcome="DONE"))


def nobody_checks_their_own_report(w: World) -> None:
    refused(
        "nobody_checks_their_own_report|nobody checks their own report",
        set_raw(_report(w), outcome="DONE", checked_at=w.clock(), checked_by_id=w.tom.pk),
    )


def one_person_does_not_report_and_check(w: World) -> None:
    at_school, in_care = w.two_hats
    exchange = factories.exchange_at(w, State.RECEIVED, listener=in_care)
    action = factories.propose(w, factories.confirmed(w, factories.restated(w, exchange)))
    actions.accept(action, by=in_care, at=w.clock())
    at = w.clock()
    row = actions.report(action, by=in_care, at=at, what_happened="Seen.", done_at=at)
    refused(
        "nobody checks their own report, in whichever role",
        set_raw(row, outcome="DONE", checked_at=w.clock(), checked_by_id=at_school.pk),
    )


def not_done_says_what_is_missing(w: World) -> None:
    refused(
        "not_done_says_what_is_missing",
        set_raw(_report(w), outcome="NOT_DONE", checked_at=w.clock(), checked_by_id=w.priya.pk),
    )


def report_is_frozen(w: World) -> None:
    row = _report(w)
    refused("Cannot update", set_raw(row, what_happened="Other."))
    refused("Cannot update", set_raw(row, done_at=w.clock()))
    refused("Cannot update", set_raw(row, reported_by_id=w.care.colleague.pk))


def checked_report_is_frozen(w: World) -> None:
    row = factories.action_at(w, ActionState.DONE).reports.get()
    refused("Cannot update", set_raw(row, note="Other."))


def report_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_report(w)))


def _summary(w: World) -> Summary:
    return Summary.objects.get(cycle=factories.summary_sent(w).cycle)


def summaries_are_numbered(w: World) -> None:
    refused("summaries_are_numbered", copy_of(_summary(w)))


def summary_has_a_decision(w: World) -> None:
    refused("summary_has_a_decision", copy_of(_summary(w), version=2, decision=""))


def summary_append_only(w: World) -> None:
    append_only(_summary(w), "decision")


def correction_of_summary_says_what(w: World) -> None:
    exchange = factories.summary_sent(w)
    row = SummaryAnswer(
        exchange=exchange, summary=Summary.objects.get(), answer="CORRECTS", by=w.tom, answered_at=w.clock()
    )
    refused("correction_of_summary_says_what", copy_of(row))


def summary_answer_append_only(w: World) -> None:
    exchange = factories.summary_sent(w)
    append_only(record.answer_summary(exchange, by=w.tom, at=w.clock(), matches=True))


def chase_append_only(w: World) -> None:
    row = Obligation.objects.get(reference=factories.exchange_at(w, State.SENT).reference)
    append_only(lead.chase(row, by=w.school.lead, at=w.clock()))


def _message(w: World) -> Message:
    factories.exchange_at(w, State.SENT)
    return Message.objects.earliest("queued_at")


def message_set_aside_is_neither_sent_dropped_nor_bounced(w: World) -> None:
    message, at = _message(w), w.clock()
    says = "message_set_aside_is_neither_sent_dropped_nor_bounced"
    for end in ("sent_at", "dropped_at", "bounced_at"):
        refused(says, set_raw(message, set_aside_at=at, **{end: at}))


def message_dropped_is_neither_sent_nor_bounced(w: World) -> None:
    message, at = _message(w), w.clock()
    for end in ("sent_at", "bounced_at"):
        refused("message_dropped_is_neither_sent_nor_bounced", set_raw(message, dropped_at=at, **{end: at}))
    set_raw(message, sent_at=at, bounced_at=at)()  # it was sent, and came back


def message_failure_told_only_of_a_failure(w: World) -> None:
    refused("message_failure_told_only_of_a_failure", set_raw(_message(w), failure_told_at=w.clock()))


def _waits(w: World) -> Obligation:
    exchange = factories.exchange_at(w, State.SENT)
    return Obligation.objects.get(key=f"exchange:{exchange.pk}")


def one_open_obligation_of_a_thing(w: World) -> None:
    refused("one_open_obligation_of_a_thing", copy_of(_waits(w), reference="WF-27-9999"))


def the_other_side_has_an_agency(w: World) -> None:
    row = _waits(w)
    for missing in ("other_id", "other_agency_id"):
        refused("the_other_side_has_an_agency", set_raw(row, **{missing: None}))


def obligation_is_never_deleted(w: World) -> None:
    refused("Cannot delete rows from sharing_obligation", delete_raw(_waits(w)))


def settled_obligation_is_frozen(w: World) -> None:
    exchange = factories.exchange_at(w, State.UNDERSTOOD)
    row = Obligation.objects.get(key=f"exchange:{exchange.pk}")
    for changes in ({"settled_at": None}, {"due_at": w.clock()}, {"owner_id": w.priya.pk}):
        refused("Cannot update rows from sharing_obligation", set_raw(row, **changes))


def a_step_is_reminded_of_once(w: World) -> None:
    reminder = _waits(w).reminders.earliest("send_at")
    refused("a_step_is_reminded_of_once", copy_of(reminder, send_at=w.clock()))


def reminder_has_one_end(w: World) -> None:
    reminder = _waits(w).reminders.earliest("send_at")
    ends = ("raised_at", "dropped_at", "set_aside_at")
    for pair in ((0, 1), (1, 2), (0, 2)):
        refused("reminder_has_one_end", set_raw(reminder, **{ends[one]: w.clock() for one in pair}))


def reminder_is_never_deleted(w: World) -> None:
    refused("Cannot delete rows from sharing_reminder", delete_raw(_waits(w).reminders.earliest("send_at")))


def message_obligation_and_its_version(w: World) -> None:
    message = _message(w)
    refused("message_obligation_and_its_version", set_raw(message, obligation_id=1))
    refused("message_obligation_and_its_version", set_raw(message, obligation_version=1))


def message_in_digest_is_ordinary(w: World) -> None:
    message = _message(w)
    for changes in ({"priority": 0}, {"priority": 1}, {"kind": "DIGEST"}):
        values = {"priority": 5, **changes}
        refused("message_in_digest_is_ordinary", set_raw(message, in_digest=True, **values))


def message_digest_only_of_one_in_it(w: World) -> None:
    message = _message(w)
    refused("message_digest_only_of_one_in_it", set_raw(message, in_digest=False, digest_id=message.pk))


def message_has_an_address(w: World) -> None:
    refused("message_has_an_address", set_raw(_message(w), to_address=""))


def event_append_only(w: World) -> None:
    factories.concern_at(w, None)
    append_only(Event.objects.earliest("id"), "verb")


def access_append_only(w: World) -> None:
    append_only(log_access("concern", by=w.priya, subject="WF-27-0001"), "why")


def learning_figures_once(w: World) -> None:
    of_all = {"partnership": w.partnership, "months": 1, "first_month": w.clock.moment.date()}
    row = LearningMonth.objects.create(**of_all, sent_is="FEW", open_is="FEW")
    refused("learning_figures_once", copy_of(row))


def learning_kinds_once(w: World) -> None:
    of_all = {"partnership": w.partnership, "months": 3, "first_month": w.clock.moment.date()}
    row = LearningKind.objects.create(**of_all, kind="FACT", checked="FEW", corrected=5, wrong=5, missing=5)
    refused("learning_kinds_once", copy_of(row))


def beside() -> dict[str, Any]:
    """The functions of the modules here whose names begin with refused_, one module for each part."""
    found: dict[str, Any] = {}
    for path in sorted(Path(__file__).parent.glob("refused_*.py")):
        found |= vars(importlib.import_module(f"tests.architecture.{path.stem}"))
    return found


def names() -> list[str]:
    """Every constraint and trigger of the apps that this file is about."""
    found: list[str] = list(RULES)
    models = [model for label in APPS for model in apps.get_app_config(label).get_models()]
    for model in [*models, *map(apps.get_model, TABLES)]:
        found += [c.name for c in model._meta.constraints]
        triggers = getattr(model._meta, "triggers", [])
        found += [t.name for t in triggers if not isinstance(t, Sealed)]  # those refuse nothing
    return sorted(found)


@pytest.mark.parametrize("name", names())
def test_the_database_refuses(world: World, name: str) -> None:
    """A constraint or trigger without a function of its name above, or in a module beside, is a KeyError."""
    {**globals(), **beside()}[name](world)


def test_the_application_role_cannot_switch_the_triggers_off(world: World) -> None:
    factories.exchange_at(world, State.SENT)
    for statement in (
        "ALTER TABLE sharing_exchange DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "TRUNCATE sharing_item CASCADE",
        "DROP TRIGGER pgtrigger_gate_00000 ON sharing_cycle",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(statement)


def test_no_session_names_triggers_that_are_passed_over(world: World) -> None:
    """pgtrigger has a setting for that, which any role can set; it has no effect here."""
    exchange = factories.exchange_at(world, State.SENT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(tgname) FROM pg_trigger WHERE tgname LIKE 'pgtrigger%%'")
        every = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + ",".join(every) + "}"])
    refused("what was sent never changes", set_raw(exchange, why_you="Another reason"))
