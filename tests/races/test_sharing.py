"""Each operation of sharing that two people could race on: one wins, one is told, one event, one message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from audit.models import Event
from consent import operations as consent
from consent.models import View
from notifications.models import Message
from sharing import workflow
from sharing.models import Exchange, Stage
from sharing.operations import (
    actions,
    ask,
    check_back,
    differ,
    disclosure,
    ladder,
    misdirected,
    outcome,
    record,
    spoken,
)
from sharing.operations import cycle as cycles
from sharing.states import ActionState, State
from tests import factories
from tests.factories import HANDLED, OTHER_WORDS, OWN_WORDS, World
from tests.races.two import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8
Act = Callable[[], object]
Pair = tuple[Act, Act]


def confirm(w: World, exchange: Exchange, *, by: Any, outcome: str = "CONFIRMED") -> Act:
    answer = "UNDERSTOOD" if outcome == "CONFIRMED" else "WRONG"
    return partial(
        check_back.check, exchange, by=by, at=w.clock(), outcome=outcome, note="Again, on the second.",
        verdicts=factories.verdicts(exchange, answer),
    )  # fmt: skip


def restate_and_deputys_restate(w: World) -> Pair:
    e = factories.exchange_at(w, State.RECEIVED)
    return (
        partial(check_back.restate, e, by=w.tom, at=w.clock(), **OWN_WORDS),
        partial(check_back.restate, e, by=w.care.colleague, at=w.clock(), **OTHER_WORDS),
    )


def receive_and_deputys_receive(w: World) -> Pair:
    e = factories.exchange_at(w, State.SENT)
    return (
        partial(check_back.receive, e, by=w.tom, at=w.clock()),
        partial(check_back.receive, e, by=w.care.colleague, at=w.clock()),
    )


def confirm_and_deputys_confirm(w: World) -> Pair:
    e = factories.exchange_at(w, State.RESTATED)
    return confirm(w, e, by=w.priya), confirm(w, e, by=w.school.colleague)


def confirm_and_deputys_correct(w: World) -> Pair:
    e = factories.exchange_at(w, State.RESTATED)
    return confirm(w, e, by=w.priya), confirm(w, e, by=w.school.colleague, outcome="CORRECTED")


def confirm_and_deputys_withdraw(w: World) -> Pair:
    e = factories.exchange_at(w, State.RESTATED)
    return (
        confirm(w, e, by=w.priya),
        partial(check_back.withdraw, e, by=w.school.colleague, at=w.clock(), why="Wrong child."),
    )


def restate_and_withdraw(w: World) -> Pair:
    """Both may go through where the restatement comes first, unless the page says which version it saw."""
    e = factories.exchange_at(w, State.RECEIVED)
    return (
        partial(check_back.restate, e, by=w.tom, at=w.clock(), seen_version=e.version, **OWN_WORDS),
        partial(check_back.withdraw, e, by=w.priya, at=w.clock(), why="Wrong child.", seen_version=e.version),
    )


def confirm_a_call_and_withdraw(w: World) -> Pair:
    e = factories.exchange_at(w, State.SPOKEN)
    return (
        partial(spoken.confirm_said, e, by=w.tom, at=w.clock()),
        partial(check_back.withdraw, e, by=w.priya, at=w.clock(), why="Wrong child."),
    )


def confirm_a_call_and_deputys_say_differently(w: World) -> Pair:
    e = factories.exchange_at(w, State.SPOKEN)
    return (
        partial(spoken.confirm_said, e, by=w.tom, at=w.clock()),
        partial(spoken.say_differently, e, by=w.care.colleague, at=w.clock(), **OTHER_WORDS),
    )


def log_a_call_and_restate(w: World) -> Pair:
    e = factories.exchange_at(w, State.RECEIVED)
    at = w.clock(minutes=15)
    return (
        partial(spoken.log_call, e, by=w.priya, at=at, **factories.call_words(e, at=at)),
        partial(check_back.restate, e, by=w.tom, at=w.clock(), **OWN_WORDS),
    )


def withdraw_and_deputys_withdraw(w: World) -> Pair:
    e = factories.exchange_at(w, State.OPENED)
    return (
        partial(check_back.withdraw, e, by=w.priya, at=w.clock(), why="Wrong child."),
        partial(check_back.withdraw, e, by=w.school.colleague, at=w.clock(), why="Wrong person."),
    )


def receive_and_not_mine(w: World) -> Pair:
    e = factories.exchange_at(w, State.OPENED)
    return (
        partial(check_back.receive, e, by=w.tom, at=w.clock(), seen_version=e.version),
        partial(check_back.not_mine, e, by=w.care.colleague, at=w.clock(), seen_version=e.version),
    )


def not_mine_and_restate(w: World) -> Pair:
    e = factories.exchange_at(w, State.RECEIVED)
    return (
        partial(check_back.not_mine, e, by=w.care.colleague, at=w.clock()),
        partial(check_back.restate, e, by=w.tom, at=w.clock(), **OWN_WORDS),
    )


def send_and_deputys_send(w: World) -> Pair:
    e = factories.exchange_at(w, State.PREPARED)
    return (
        partial(disclosure.send, e, by=w.priya, at=w.clock()),
        partial(disclosure.send, e, by=w.school.colleague, at=w.clock()),
    )


def send_and_choose_again(w: World) -> Pair:
    e = factories.exchange_at(w, State.PREPARED)
    return (
        partial(disclosure.send, e, by=w.priya, at=w.clock(), seen_version=e.version),
        partial(
            disclosure.choose_items, e, by=w.school.colleague, at=w.clock(), share=[1], key=[1],
            held_back={2: "Not theirs.", 3: "Not theirs."}, why_you="On duty.", what_i_ask="Visit.",
            urgency="HIGH", seen_version=e.version,
        ),
    )  # fmt: skip


def send_and_discard(w: World) -> Pair:
    e = factories.exchange_at(w, State.PREPARED)
    return (
        partial(disclosure.send, e, by=w.priya, at=w.clock()),
        partial(disclosure.discard_prepared, e, by=w.school.colleague, at=w.clock()),
    )


def choose_the_same_listener(w: World) -> Pair:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.DO))
    place = "The partnership's list."
    return (
        partial(
            disclosure.choose_listener, cycle, listener=w.tom, by=w.priya, at=w.clock(), right_place=place
        ),
        partial(
            disclosure.choose_listener,
            cycle,
            listener=w.tom,
            by=w.school.lead,
            at=w.clock(),
            right_place=place,
        ),
    )


def accept_and_deputys_accept(w: World) -> Pair:
    a = factories.action_at(w, ActionState.PROPOSED)
    return (
        partial(actions.accept, a, by=w.tom, at=w.clock()),
        partial(actions.accept, a, by=w.care.colleague, at=w.clock()),
    )


def accept_and_decline(w: World) -> Pair:
    a = factories.action_at(w, ActionState.PROPOSED)
    return (
        partial(actions.accept, a, by=w.tom, at=w.clock()),
        partial(actions.decline, a, by=w.care.colleague, at=w.clock(), why="On leave."),
    )


def accept_and_withdraw_action(w: World) -> Pair:
    a = factories.action_at(w, ActionState.PROPOSED)
    return (
        partial(actions.accept, a, by=w.tom, at=w.clock(), seen_version=a.version),
        partial(
            actions.withdraw_action,
            a,
            by=w.priya,
            at=w.clock(),
            why="Done by others.",
            seen_version=a.version,
        ),
    )


def report_and_deputys_report(w: World) -> Pair:
    a, at = factories.action_at(w, ActionState.AGREED), w.clock()
    return (
        partial(actions.report, a, by=w.tom, at=at, what_happened="Seen.", done_at=at),
        partial(actions.report, a, by=w.care.colleague, at=at, what_happened="Seen too.", done_at=at),
    )


def check_report_both_ways(w: World) -> Pair:
    a = factories.action_at(w, ActionState.REPORTED)
    return (
        partial(actions.check_report, a, by=w.priya, at=w.clock(), is_done=True),
        partial(actions.check_report, a, by=w.school.colleague, at=w.clock(), is_done=False, note="Not yet."),
    )


def move_and_move(w: World) -> Pair:
    concern = factories.concern_at(w, Stage.ASK)
    factories.finish_ask(w, concern)
    return (
        partial(workflow.move, concern, "to-do", by=w.priya, at=w.clock()),
        partial(workflow.move, concern, "to-do", by=w.school.lead, at=w.clock()),
    )


def next_cycle_and_close(w: World) -> Pair:
    concern = factories.concern_at(w, Stage.RECORD)
    factories.finish_record(w, concern)
    return (
        partial(workflow.move, concern, "next-cycle", by=w.priya, at=w.clock()),
        partial(workflow.move, concern, "close", by=w.school.lead, at=w.clock()),
    )


def start_twice(w: World) -> Pair:
    concern = factories.concern_at(w, None)
    return (
        partial(workflow.move, concern, "start-at-ask", by=w.priya, at=w.clock()),
        partial(workflow.move, concern, "start-at-do", by=w.school.lead, at=w.clock(), reason="By phone."),
    )


def answer_and_deputys_answer(w: World) -> Pair:
    q = factories.enquiry(w, factories.concern_at(w, Stage.ASK))
    said = [ask.Said(kind="HISTORY", text="Two missed appointments.")]
    return (
        partial(ask.answer, q, by=w.amara, at=w.clock(), said=said),
        partial(ask.answer, q, by=w.gp.colleague, at=w.clock(), said=said),
    )


def answer_and_explain(w: World) -> Pair:
    q = factories.enquiry(w, factories.concern_at(w, Stage.ASK))
    said = [ask.Said(kind="HISTORY", text="Two missed appointments.")]
    return (
        partial(ask.answer, q, by=w.amara, at=w.clock(), said=said, seen_version=q.version),
        partial(ask.explain_no_answer, q, by=w.priya, at=w.clock(), why="Closed today."),
    )


def explain_twice(w: World) -> Pair:
    q = factories.enquiry(w, factories.concern_at(w, Stage.ASK))
    return (
        partial(ask.explain_no_answer, q, by=w.priya, at=w.clock(), why="Closed today."),
        partial(ask.explain_no_answer, q, by=w.school.lead, at=w.clock(), why="No answer."),
    )


def test_the_same_assumption(w: World) -> Pair:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    row = ask.name_assumption(cycle, by=w.priya, at=w.clock(), text="At home.")
    return (
        partial(ask.test_assumption, row, by=w.priya, at=w.clock(), how_tested="Asked."),
        partial(ask.test_assumption, row, by=w.school.lead, at=w.clock(), how_tested="Asked as well."),
    )


test_the_same_assumption.__test__ = False  # type: ignore[attr-defined]  # a pair, not a test


def write_summary_twice(w: World) -> Pair:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.RECORD))
    return (
        partial(record.write_summary, cycle, by=w.priya, at=w.clock(), decision="A visit."),
        partial(record.write_summary, cycle, by=w.school.lead, at=w.clock(), decision="A meeting."),
    )


def answer_summary_and_deputys_answer(w: World) -> Pair:
    e = factories.summary_sent(w)
    return (
        partial(record.answer_summary, e, by=w.tom, at=w.clock(), matches=True),
        partial(
            record.answer_summary, e, by=w.care.colleague, at=w.clock(), matches=False, correction="Thursday."
        ),
    )


def answer_summary_and_record_silence(w: World) -> Pair:
    e = factories.summary_sent(w)
    assert e.respond_by is not None
    w.clock.jump_to(e.respond_by)
    return (
        partial(record.answer_summary, e, by=w.tom, at=w.clock(), matches=True),
        partial(record.record_silence, e, by=w.priya, at=w.clock()),
    )


def disagree_twice(w: World) -> Pair:
    e = factories.exchange_at(w, State.UNDERSTOOD)
    words = "Lower than that."
    return (
        partial(differ.open_disagreement, e, by=w.tom, at=w.clock(), about="RISK", words=words),
        partial(differ.open_disagreement, e, by=w.care.colleague, at=w.clock(), about="RISK", words=words),
    )


def hold_the_risk_twice(w: World) -> Pair:
    d = factories.disagreement(w)
    given: dict[str, Any] = {"person": w.tom, "meanwhile": "I ring them.", "seen_version": d.version}
    return (
        partial(ladder.name_risk_holder, d, by=w.priya, at=w.clock(), **given),
        partial(ladder.name_risk_holder, d, by=w.school.colleague, at=w.clock(), **given),
    )


def open_the_next_stage_twice(w: World) -> Pair:
    d = factories.held(w, factories.disagreement(w))
    return (
        partial(ladder.open_stage, d, by=w.priya, at=w.clock(), number=2, why="Tonight."),
        partial(ladder.open_stage, d, by=w.tom, at=w.clock(), number=2, why="Before Friday."),
    )


def open_the_next_stage_and_close(w: World) -> Pair:
    d = factories.disagreement(w)
    factories.understood_outcome(w, d)
    seen = factories.again(d).version
    return (
        partial(ladder.open_stage, d, by=w.priya, at=w.clock(), number=2, why="No.", seen_version=seen),
        partial(outcome.close, d, by=w.school.colleague, at=w.clock(), seen_version=seen),
    )


def write_the_outcome_twice(w: World) -> Pair:
    d = factories.held(w, factories.disagreement(w))
    words = {"what_was_decided": "A visit.", "why": "Nobody saw him.", "who_does_what": "Tom goes today."}
    given: dict[str, Any] = {**words, "seen_version": d.version}
    return (
        partial(outcome.write_outcome, d, by=w.priya, at=w.clock(), **given),
        partial(outcome.write_outcome, d, by=w.tom, at=w.clock(), **given),
    )


def close_twice(w: World) -> Pair:
    d = factories.disagreement(w)
    factories.understood_outcome(w, d)
    return (
        partial(outcome.close, d, by=w.priya, at=w.clock()),
        partial(outcome.close, d, by=w.school.colleague, at=w.clock()),
    )


def handle_incident_twice(w: World) -> Pair:
    incident = factories.exchange_at(w, State.NOT_MINE).incident
    return (
        partial(misdirected.handle_incident, incident, by=w.priya, at=w.clock(), **HANDLED),
        partial(misdirected.handle_incident, incident, by=w.school.lead, at=w.clock(), **HANDLED),
    )


def proceed_twice(w: World) -> Pair:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.SHARE))
    other = w.school.colleague
    other.role = "lead"
    other.save()
    return (
        partial(cycles.proceed_on_safety_grounds, cycle, by=w.school.lead, at=w.clock(), reason="Tonight."),
        partial(cycles.proceed_on_safety_grounds, cycle, by=other, at=w.clock(), reason="Now."),
    )


# The pair, and how many messages the winner queues: a number for each, where they differ.
PAIRS: dict[Callable[[World], Pair], tuple[int, int]] = {
    restate_and_deputys_restate: (1, 1),
    receive_and_deputys_receive: (1, 1),
    confirm_and_deputys_confirm: (1, 1),
    confirm_and_deputys_correct: (1, 1),
    confirm_and_deputys_withdraw: (1, 1),
    restate_and_withdraw: (1, 1),
    confirm_a_call_and_withdraw: (1, 1),
    confirm_a_call_and_deputys_say_differently: (1, 1),
    log_a_call_and_restate: (1, 1),
    withdraw_and_deputys_withdraw: (1, 1),
    receive_and_not_mine: (1, 2),
    not_mine_and_restate: (2, 1),
    send_and_deputys_send: (1, 1),
    send_and_choose_again: (1, 0),
    send_and_discard: (1, 0),
    choose_the_same_listener: (0, 0),
    accept_and_deputys_accept: (1, 1),
    accept_and_decline: (1, 1),
    accept_and_withdraw_action: (1, 1),
    report_and_deputys_report: (1, 1),
    check_report_both_ways: (1, 1),
    move_and_move: (0, 0),
    next_cycle_and_close: (0, 0),
    start_twice: (0, 0),
    answer_and_deputys_answer: (1, 1),
    answer_and_explain: (1, 0),
    explain_twice: (0, 0),
    test_the_same_assumption: (0, 0),
    write_summary_twice: (1, 2),
    answer_summary_and_deputys_answer: (1, 1),
    answer_summary_and_record_silence: (1, 0),
    disagree_twice: (2, 2),
    hold_the_risk_twice: (1, 2),
    open_the_next_stage_twice: (3, 3),
    open_the_next_stage_and_close: (3, 2),
    write_the_outcome_twice: (1, 1),
    close_twice: (1, 2),
    handle_incident_twice: (0, 0),
    proceed_twice: (0, 0),
}
# Answering writes two events: that it was answered, and that the answer was sent. So does a summary.
EVENTS: dict[Callable[[World], Pair], tuple[int, int]] = {
    answer_and_deputys_answer: (2, 2),
    answer_and_explain: (2, 1),
    write_summary_twice: (2, 3),
    write_the_outcome_twice: (2, 2),
}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.__name__)
def test_one_wins_and_one_is_told(pair: Callable[[World], Pair]) -> None:
    w = factories.make_world(deputies=True)
    for _ in range(ROUNDS):
        acts = pair(w)
        last = Event.objects.latest("id").pk
        messages = Message.objects.count()
        outcome = at_once(*acts)
        assert outcome.one_won_one_was_told, (outcome.won, outcome.refusals)
        winner = outcome.won[0]
        assert Event.objects.filter(id__gt=last).count() == EVENTS.get(pair, (1, 1))[winner]
        assert Message.objects.count() - messages == PAIRS[pair][winner]


def test_consent_is_not_withdrawn_between_the_look_and_the_sending() -> None:
    """Sent before the withdrawal, by the order of the audit, or not sent at all."""
    w = factories.make_world()
    for _ in range(ROUNDS):
        exchange = factories.exchange_at(w, State.PREPARED)
        concern = exchange.cycle.concern
        at = w.clock()
        outcome = at_once(
            partial(disclosure.send, exchange, by=w.priya, at=at),
            partial(
                consent.record_view, concern, factories.main_person(concern), by=w.priya, at=at,
                answer="WITHDRAWN", asked_at=at - timedelta(minutes=1), capacity="NOT_COMPETENT",
            ),
        )  # fmt: skip
        assert not outcome.errors, outcome.errors
        assert View.objects.filter(concern=concern, answer="WITHDRAWN").count() == 1
        verbs = Event.objects.filter(concern=concern.reference).order_by("id")
        order = [e.verb for e in verbs if e.verb in ("sharing.exchange.sent", "consent.view.recorded")][-2:]
        if 0 in outcome.won:
            assert order == ["sharing.exchange.sent", "consent.view.recorded"]
        else:
            assert any("Decide again" in sentence for sentence in outcome.refusals[0].sentences)
            assert factories.again(exchange).sent_at is None


def test_eight_colleagues_get_eight_references() -> None:
    w = factories.make_world()
    concern = factories.concern_at(w, Stage.DO)
    cycle = factories.the_cycle(concern)
    people = [factories.member(w.care.agency, f"Worker {n}") for n in range(8)]
    at = w.clock()
    outcome = at_once(
        *(
            partial(
                disclosure.choose_listener,
                cycle,
                listener=p,
                meant=p.pk,
                by=w.priya,
                at=at,
                right_place="List.",
            )
            for p in people
        )
    )
    assert not outcome.errors, outcome.errors
    assert len(outcome.won) == 8
    assert {e.reference for e in cycle.exchanges.all()} == {f"{concern.reference}-X{n}" for n in range(1, 9)}


def test_different_concerns_do_not_deadlock() -> None:
    """Two people work on each other's concerns, many times over, and nobody waits for ever."""
    w = factories.make_world(deputies=True)
    exchanges = [factories.exchange_at(w, State.RECEIVED) for _ in range(4)]

    def go_through(rows: list[Exchange]) -> None:
        for e in rows:
            differ.answer_agreement(e, by=w.tom, at=w.clock(), risk="AGREE", action="AGREE")

    outcome = at_once(partial(go_through, exchanges), partial(go_through, exchanges[::-1]))
    assert not outcome.errors, outcome.errors
    assert len(outcome.won) == 2
