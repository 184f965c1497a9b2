"""The loop: one way to do each operation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sharing import facts, workflow
from sharing.models import Breach, Obligation, SkippedStep, Stage
from sharing.operations import (
    actions,
    ask,
    breach,
    check_back,
    copies,
    corrections,
    differ,
    disclosure,
    flags,
    handover,
    ladder,
    lead,
    misdirected,
    outcome,
    proposals,
    record,
)
from sharing.operations import cycle as cycles
from sharing.states import ActionState, State
from tests import correcting, factories
from tests.deeds.finding import Deed, deed, do
from tests.factories import HANDLED, OWN_WORDS, World


@deed(workflow.move)
def _(w: World) -> Deed:
    return do(workflow.move, factories.concern_at(w, None), "start-at-ask", by=w.priya, w=w)


@deed(cycles.answer_ask_questions)
def _(w: World) -> Deed:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    return do(
        cycles.answer_ask_questions, cycle, by=w.priya, w=w, who_needs_to_know="The duty desk, about him.",
        nobody_else_known=True, no_assumptions=True, advice_needed=False, advice_note="Clear enough to us.",
    )  # fmt: skip


@deed(lead.chase)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.SENT)
    return do(lead.chase, Obligation.objects.get(reference=exchange.reference), by=w.school.lead, w=w)


@deed(lead.take_over)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.SENT)
    row = Obligation.objects.get(reference=exchange.reference)
    until = (w.clock.moment + timedelta(days=3)).date()
    return do(lead.take_over, row, by=w.care.lead, w=w, deputy=w.care.colleague, ends_on=until)


@deed(corrections.told_by_hand)
def _(w: World) -> Deed:
    how = "I rang the desk, and Tom said it back."
    return do(corrections.told_by_hand, correcting.unreachable(w), by=w.priya, w=w, how=how)


@deed(corrections.withdraw_unopened)
def _(w: World) -> Deed:
    _, correction, _ = correcting.corrected(w, state=State.SENT)
    return do(corrections.withdraw_unopened, correction, by=w.priya, w=w, why="It says the wrong side.")


@deed(flags.look_again)
def _(w: World) -> Deed:
    action = correcting.flagged(w)
    return do(flags.look_again, action, by=w.tom, w=w, answer="STILL_RIGHT", why="The side changes nothing.")


@deed(proposals.propose_correction)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.UNDERSTOOD)
    return do(
        proposals.propose_correction, exchange, by=w.tom, w=w, item_number=1,
        should_say="It was the right arm.", how_known="I have seen it.",
    )  # fmt: skip


@deed(proposals.keep_as_said)
def _(w: World) -> Deed:
    return do(proposals.keep_as_said, correcting.proposed(w), by=w.priya, w=w, why="Two people saw the left.")


@deed(cycles.proceed_on_safety_grounds)
def _(w: World) -> Deed:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.SHARE))
    reason = "He is at risk before they answer."
    return do(cycles.proceed_on_safety_grounds, cycle, by=w.school.lead, w=w, reason=reason)


@deed(cycles.finish_skipped_step)
def _(w: World) -> Deed:
    factories.sent_in_emergency(w, factories.concern_at(w, Stage.ASK))
    return do(cycles.finish_skipped_step, SkippedStep.objects.earliest("id"), by=w.priya, w=w)


@deed(cycles.gate_was_closed)
def _(w: World) -> Deed:
    concern = factories.concern_at(w, Stage.ASK)
    move = workflow.MOVES["to-do"]
    missing = workflow.missing_for(move, facts.read(concern, factories.the_cycle(concern)))
    return do(cycles.gate_was_closed, concern, move, by=w.priya, w=w, missing=missing)


@deed(ask.list_involvement)
def _(w: World) -> Deed:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    return do(
        ask.list_involvement, cycle, by=w.priya, w=w, name="The health visitor Jo", agency_name="Health team",
        role="Visits his sister", how_to_reach="Through the clinic desk",
    )  # fmt: skip


@deed(ask.ask)
def _(w: World) -> Deed:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    return do(
        ask.ask, cycle, by=w.priya, w=w, of=w.amara, told="We worry about a pupil of seven.",
        question="Do you see the family, and how?",
    )  # fmt: skip


def _asked(w: World) -> Any:
    return factories.enquiry(w, factories.concern_at(w, Stage.ASK))


@deed(ask.open_enquiry)
def _(w: World) -> Deed:
    return do(ask.open_enquiry, _asked(w), by=w.amara, w=w)


@deed(ask.answer)
def _(w: World) -> Deed:
    said = [ask.Said(kind="HISTORY", text="Seen twice since the summer holidays.", source="Our own notes")]
    return do(ask.answer, _asked(w), by=w.amara, w=w, said=said)


@deed(ask.explain_no_answer)
def _(w: World) -> Deed:
    return do(ask.explain_no_answer, _asked(w), by=w.priya, w=w, why="Rang twice; they are closed today.")


@deed(ask.name_assumption)
def _(w: World) -> Deed:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    text, how = "That it happened at his home.", "Asked the class teacher."
    return do(ask.name_assumption, cycle, by=w.priya, w=w, text=text, how_tested=how)


@deed(ask.test_assumption)
def _(w: World) -> Deed:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.ASK))
    row = ask.name_assumption(cycle, by=w.priya, at=w.clock(), text="That nobody else has seen it.")
    return do(ask.test_assumption, row, by=w.priya, w=w, how_tested="Asked two colleagues about it.")


@deed(disclosure.choose_listener)
def _(w: World) -> Deed:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.DO))
    place = "The number on the partnership's list."
    return do(disclosure.choose_listener, cycle, by=w.priya, w=w, listener=w.tom, right_place=place)


@deed(disclosure.choose_items)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.PREPARED)
    return do(
        disclosure.choose_items, exchange, by=w.priya, w=w, share=[1], key=[1],
        held_back={2: "His own words are for the meeting.", 3: "Only my view of it."},
        why_you="On duty for this area today.", what_i_ask="Decide whether to visit him.", urgency="HIGH",
    )  # fmt: skip


@deed(disclosure.discard_prepared)
def _(w: World) -> Deed:
    return do(disclosure.discard_prepared, factories.exchange_at(w, State.PREPARED), by=w.priya, w=w)


@deed(disclosure.send)
def _(w: World) -> Deed:
    exchange = factories.prepared(w, factories.concern_at(w, Stage.ASK))
    reason = "He is collected within the hour."
    return do(disclosure.send, exchange, by=w.priya, w=w, emergency_reason=reason)


@deed(check_back.open_exchange)
def _(w: World) -> Deed:
    return do(check_back.open_exchange, factories.exchange_at(w, State.SENT), by=w.tom, w=w)


@deed(check_back.receive)
def _(w: World) -> Deed:
    return do(check_back.receive, factories.exchange_at(w, State.SENT), by=w.tom, w=w)


@deed(check_back.not_mine)
def _(w: World) -> Deed:
    note = "He lives in the next borough."
    return do(check_back.not_mine, factories.exchange_at(w, State.SENT), by=w.tom, w=w, note=note)


@deed(check_back.restate)
def _(w: World) -> Deed:
    return do(check_back.restate, factories.exchange_at(w, State.RECEIVED), by=w.tom, w=w, **OWN_WORDS)


@deed(check_back.check)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.RESTATED)
    return do(
        check_back.check, exchange, by=w.priya, w=w, outcome="CORRECTED", note="Say what the marks are.",
        verdicts=factories.verdicts(exchange, "MISSING"), notes={1: "Not said at all: the four marks."},
    )  # fmt: skip


@deed(copies.take_copy)
def _(w: World) -> Deed:
    return do(copies.take_copy, factories.exchange_at(w, State.RESTATED), by=w.tom, w=w, digest="0" * 64)


@deed(differ.answer_agreement)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.UNDERSTOOD)
    return do(
        differ.answer_agreement, exchange, by=w.tom, w=w, risk="DISAGREE", action="PARTLY",
        risk_why="I think it is lower than that.", action_why="A visit on Thursday would do.",
    )  # fmt: skip


@deed(differ.open_disagreement)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.SENT)
    return do(
        differ.open_disagreement, exchange, by=w.priya, w=w, about="NO_RESPONSE",
        words="Nobody has rung back since Monday.",
    )  # fmt: skip


@deed(differ.add_position)
def _(w: World) -> Deed:
    row = factories.disagreement(w, both=False)
    return do(differ.add_position, row, by=w.priya, w=w, words="It happened twice this month.")


@deed(ladder.name_risk_holder)
def _(w: World) -> Deed:
    row = factories.disagreement(w)
    return do(
        ladder.name_risk_holder, row, by=w.priya, w=w, person=w.tom, meanwhile="He rings the aunt each day.",
    )  # fmt: skip


@deed(ladder.open_stage)
def _(w: World) -> Deed:
    row = factories.held(w, factories.disagreement(w))
    why = "He is at home with them tonight."
    return do(ladder.open_stage, row, by=w.priya, w=w, number=2, why=why)


@deed(ladder.record_danger)
def _(w: World) -> Deed:
    row = factories.disagreement(w, both=False)
    at = w.clock()
    return do(
        ladder.record_danger, row, by=w.priya, w=w, who_was_called="999, and the duty desk of the police.",
        called_at=at, what_was_agreed="A car goes to the school now.", number=3,
    )  # fmt: skip


@deed(outcome.write_outcome)
def _(w: World) -> Deed:
    row = factories.at_stage(w, 2)
    factories.held(w, row)
    return do(
        outcome.write_outcome, row, by=w.school.lead, w=w, what_was_decided="A joint visit on Thursday.",
        why="Neither side has seen him at home.", who_does_what="Tom books it; Priya tells his teacher.",
    )  # fmt: skip


@deed(outcome.close)
def _(w: World) -> Deed:
    row = factories.disagreement(w)
    factories.understood_outcome(w, row)
    return do(outcome.close, row, by=w.priya, w=w, note="We both went, and agree now.")


@deed(check_back.withdraw)
def _(w: World) -> Deed:
    why = "It names the wrong brother."
    return do(check_back.withdraw, factories.exchange_at(w, State.RECEIVED), by=w.priya, w=w, why=why)


@deed(misdirected.handle_incident)
def _(w: World) -> Deed:
    incident = factories.misdirected(w)
    given = {**HANDLED, "is_breach": True, "breach_why": "It names a child."}
    return do(misdirected.handle_incident, incident, by=w.priya, w=w, **given)


@deed(misdirected.report_misdirected)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.OPENED)
    note = "I picked the wrong line of the list."
    return do(misdirected.report_misdirected, exchange, by=w.priya, w=w, note=note)


def _decided_breach(w: World) -> Breach:
    found = factories.breach(w)
    for about in ("ICO", "PERSON"):
        breach.decide(found, by=w.school.lead, at=w.clock(), about=about, answer=True, why="A high risk.")
    return found


@deed(breach.decide)
def _(w: World) -> Deed:
    return do(
        breach.decide, factories.breach(w), by=w.school.lead, w=w, about="ICO", answer=True, why="Risk."
    )


@deed(breach.record_report)
def _(w: World) -> Deed:
    found = _decided_breach(w)
    at = w.clock()
    return do(breach.record_report, found, by=w.school.lead, w=w, reported_at=at, reference="IC-1234")


@deed(breach.close)
def _(w: World) -> Deed:
    found = _decided_breach(w)
    at = w.clock()
    breach.record_report(found, by=w.school.lead, at=w.clock(), reported_at=at, reference="IC-1234")
    told, learned = "By telephone on Tuesday.", "The list shows posts first."
    return do(breach.close, found, by=w.school.lead, w=w, how_told=told, what_was_learned=learned)


@deed(actions.propose)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.UNDERSTOOD)
    return do(
        actions.propose, exchange, by=w.priya, w=w, what="See him at school before lunch.", owner=w.tom,
        by_when="1 working day", contingency="He is not at school.",
    )  # fmt: skip


@deed(actions.accept)
def _(w: World) -> Deed:
    return do(actions.accept, factories.action_at(w, ActionState.PROPOSED), by=w.tom, w=w)


@deed(actions.decline)
def _(w: World) -> Deed:
    why = "The health visitor sees her on Monday."
    return do(actions.decline, factories.action_at(w, ActionState.PROPOSED), by=w.tom, w=w, why=why)


@deed(actions.report)
def _(w: World) -> Deed:
    action = factories.action_at(w, ActionState.AGREED)
    what = "Seen with his aunt, well."
    return do(actions.report, action, by=w.tom, w=w, what_happened=what, done_at=w.clock())


@deed(actions.check_report)
def _(w: World) -> Deed:
    action = factories.action_at(w, ActionState.REPORTED)
    note = "Still to do: his sister."
    return do(actions.check_report, action, by=w.priya, w=w, is_done=False, note=note)


@deed(actions.withdraw_action)
def _(w: World) -> Deed:
    why = "He has moved to his father."
    return do(actions.withdraw_action, factories.action_at(w, ActionState.AGREED), by=w.priya, w=w, why=why)


@deed(record.write_summary)
def _(w: World) -> Deed:
    cycle = factories.the_cycle(factories.concern_at(w, Stage.RECORD))
    return do(record.write_summary, cycle, by=w.priya, w=w, decision="Visit him and his sister.")


@deed(record.answer_summary)
def _(w: World) -> Deed:
    correction = "We said Thursday, not Friday."
    return do(
        record.answer_summary, factories.summary_sent(w), by=w.tom, w=w, matches=False, correction=correction
    )


@deed(record.record_silence)
def _(w: World) -> Deed:
    summary = factories.summary_sent(w)
    assert summary.respond_by is not None
    w.clock.jump_to(summary.respond_by)
    return do(record.record_silence, summary, by=w.priya, w=w)


@deed(handover.hand_over)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.RESTATED)
    return do(
        handover.hand_over, exchange.cycle.concern, by=w.priya, w=w, leaver=w.priya,
        successor=w.school.colleague, note="His aunt collects him on Fridays.",
    )  # fmt: skip


@deed(handover.hand_over_work)
def _(w: World) -> Deed:
    reference = factories.exchange_at(w, State.RECEIVED).cycle.concern.reference
    to, note = {reference: w.care.colleague}, "The aunt has a dog."
    return do(handover.hand_over_work, w.tom, by=w.care.lead, w=w, to=to, note=note)
