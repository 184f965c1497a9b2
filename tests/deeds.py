"""One way to do every operation there is, with everything it needs brought about first.

`DEEDS` is by the operation's name. Tests go through all of them: each is undone when the audit fails,
leaves its event, tells people without saying anything personal. A new operation without a deed fails.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from datetime import time, timedelta
from types import FunctionType
from typing import Any

from django.db.transaction import Atomic

from agencies import operations as agencies
from agencies.models import Membership, TimeLimit
from consent import operations as consent
from notifications.models import Message
from records import operations as records
from records.models import Concern, Statement
from sharing import facts, rules, workflow
from sharing.models import Breach, Exchange, Obligation, SkippedStep, Stage
from sharing.operations import (
    actions,
    ask,
    breach,
    check_back,
    copies,
    corrections,
    decisions,
    differ,
    disclosure,
    flags,
    handover,
    ladder,
    lead,
    leaving,
    links,
    meeting_minutes,
    meetings,
    misdirected,
    outcome,
    proposals,
    record,
    spoken,
    transfers,
    visits,
)
from sharing.operations import cycle as cycles
from sharing.states import ActionState, State
from tests import correcting, factories, meeting_cases, outside
from tests.factories import HANDLED, OWN_WORDS, World
from tests.sharing import deciding, moving

PACKAGES = ("sharing.workflow", "sharing.operations", "consent.operations", "records.operations",
            "agencies.operations")  # fmt: skip
# Written in the transaction of the operation that calls them; they are no act of somebody's own.
PARTS = {
    "records.operations.references.next_reference",
    "agencies.operations.notices.notify",
    "sharing.operations.learning.refresh",  # by the clock: it adds up what is there, and is nobody's act
}


def modules() -> list[str]:
    """Return the names of the modules that hold operations."""
    found = []
    for package in PACKAGES:
        module = importlib.import_module(package)
        inside = getattr(module, "__path__", None)
        found += [f"{package}.{m.name}" for m in pkgutil.iter_modules(inside)] if inside else [package]
    return found


def is_atomic(function: FunctionType) -> bool:
    """Say whether a function is decorated with transaction.atomic."""
    return any(isinstance(cell.cell_contents, Atomic) for cell in function.__closure__ or ())


def operations() -> dict[str, FunctionType]:
    """Return every public operation by its full name: the atomic functions of those modules."""
    found = {}
    for name in modules():
        for key, value in vars(importlib.import_module(name)).items():
            is_ours = inspect.isfunction(value) and value.__module__ == name and not key.startswith("_")
            if is_ours and is_atomic(value) and f"{name}.{key}" not in PARTS:
                found[f"{name}.{key}"] = value
    return found


Deed = Callable[[], object]
DEEDS: dict[str, Callable[[World], Deed]] = {}


def deed(operation: Callable[..., Any]) -> Callable[[Callable[[World], Deed]], Callable[[World], Deed]]:
    """List a function that prepares one operation and returns how to do it."""

    def keep(prepare: Callable[[World], Deed]) -> Callable[[World], Deed]:
        DEEDS[f"{operation.__module__}.{operation.__name__}"] = prepare
        return prepare

    return keep


def do(
    operation: Callable[..., object], *things: object, by: Membership | None, w: World, **words: Any
) -> Deed:
    """Prepare one call, at the next moment of the clock."""
    at = w.clock()
    return lambda: operation(*things, by=by, at=at, **words)


# --- Sharing ----------------------------------------------------------------------------------------


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


# --- The answer that comes back, and hand-over between areas ------------------------------------------


@deed(decisions.decide)
def _(w: World) -> Deed:
    return do(decisions.decide, deciding.understood(w), by=w.tom, w=w, **deciding.WORDS)


@deed(decisions.go_on_without)
def _(w: World) -> Deed:
    why = "He has moved to his grandmother."
    return do(decisions.go_on_without, deciding.understood(w), by=w.priya, w=w, why=why)


@deed(decisions.take_further)
def _(w: World) -> Deed:
    words = "I have rung twice and written once."
    return do(decisions.take_further, deciding.late(w), by=w.priya, w=w, words=words)


@deed(transfers.propose)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.SENT)
    return do(
        transfers.propose, exchange, by=w.priya, w=w, why="They have a lease in the next town.",
        people=[factories.main_person(exchange.cycle.concern)], known_since=w.clock.moment.date(),
        called_at=w.clock.moment, with_whom="Their duty desk, Ms Ash", what_was_said="That they moved in.",
    )  # fmt: skip


def _to_tom(w: World) -> Any:
    """A hand-over to the social worker, of which nothing has arrived."""
    return moving.proposed(w, factories.exchange_at(w, State.SENT))


@deed(transfers.log_call)
def _(w: World) -> Deed:
    return do(
        transfers.log_call, _to_tom(w), by=w.priya, w=w, called_at=w.clock.moment,
        with_whom="Their duty desk, Ms Ash", what_was_said="That they moved in.",
    )  # fmt: skip


@deed(transfers.confirm_receipt)
def _(w: World) -> Deed:
    transfer = moving.proposed(w, factories.exchange_at(w, State.RECEIVED))
    return do(transfers.confirm_receipt, transfer, by=w.tom, w=w)


@deed(transfers.accept)
def _(w: World) -> Deed:
    transfer = moving.understood(w, _to_tom(w))
    return do(
        transfers.accept, transfer, by=w.tom, w=w, words="We see him at home tomorrow.",
        taken_on_by=w.care.colleague,
    )  # fmt: skip


@deed(transfers.decline)
def _(w: World) -> Deed:
    transfer = moving.received(w, _to_tom(w))
    return do(
        transfers.decline, transfer, by=w.tom, w=w, why="The lease is not signed.",
        what_they_want="Tell us when they have the keys.",
    )  # fmt: skip


@deed(transfers.withdraw)
def _(w: World) -> Deed:
    return do(transfers.withdraw, _to_tom(w), by=w.priya, w=w, why="They came back on Sunday.")


@deed(transfers.note_conference)
def _(w: World) -> Deed:
    transfer = moving.accepted(w, _to_tom(w))
    return do(transfers.note_conference, transfer, by=w.tom, w=w, held_on=w.clock.moment.date())


@deed(links.end_links_of)
def _(w: World) -> Deed:
    member = outside.sent(w).listener
    return do(links.end_links_of, member, by=w.school.lead, w=w, why="She has moved on.")


@deed(leaving.take_out)
def _(w: World) -> Deed:
    exchange = outside.sent(w, for_information=True)
    return do(leaving.take_out, exchange.listener, by=w.priya, w=w)


@deed(leaving.leave)
def _(w: World) -> Deed:
    return do(leaving.leave, w.school.auditor, by=_admin(w), w=w)


# --- Links to people without an account --------------------------------------------------------------


@deed(links.send_new_link)
def _(w: World) -> Deed:
    return do(links.send_new_link, factories.link(w).exchange, by=w.priya, w=w)


@deed(links.end_link)
def _(w: World) -> Deed:
    return do(links.end_link, factories.link(w).exchange, by=w.priya, w=w, why="She has moved on.")


@deed(links.read_out_code)
def _(w: World) -> Deed:
    return do(links.read_out_code, factories.link(w, code_by="SPEAKER").exchange, by=w.priya, w=w)


@deed(visits.ask_for_code)
def _(w: World) -> Deed:
    return do(visits.ask_for_code, factories.link(w), by=None, w=w, address="192.0.2.7")


@deed(visits.not_me)
def _(w: World) -> Deed:
    return do(visits.not_me, factories.link(w), by=None, w=w, address=None, **factories.STRANGER)


@deed(visits.stay_longer)
def _(w: World) -> Deed:
    visit = factories.visit(w)
    return do(visits.stay_longer, visit, by=visit.link.member, w=w)


@deed(visits.leave)
def _(w: World) -> Deed:
    visit = factories.visit(w)
    return do(visits.leave, visit, by=visit.link.member, w=w)


# --- Consent ----------------------------------------------------------------------------------------


@deed(consent.record_view)
def _(w: World) -> Deed:
    concern = factories.concern_at(w, Stage.DO)
    return do(
        consent.record_view, concern, factories.main_person(concern), by=w.priya, w=w,
        answer="GIVEN_WITH_CONDITIONS", conditions="Not to his grandmother.",
        their_words="Do not tell my gran.", asked_at=w.clock(),
        capacity="NOT_COMPETENT", capacity_note="He is seven years old.",
    )  # fmt: skip


@deed(consent.decide)
def _(w: World) -> Deed:
    concern = factories.concern_at(w, Stage.DO)
    factories.view(w, concern)
    return do(
        consent.decide, concern, 1, factories.main_person(concern), by=w.priya, w=w, outcome="NOT_SHARE",
        purpose="To keep him safe at home.", rationale="Nothing new since Monday.", informed="NOT_YET",
        not_informed_why="His mother is at work.", inform_review_at=w.clock() + timedelta(days=1),
    )  # fmt: skip


# --- The record -------------------------------------------------------------------------------------


def _statement(concern: Concern, number: int) -> Statement:
    return concern.statements.get(number=number, version=1)


@deed(records.start_concern)
def _(w: World) -> Deed:
    return do(records.start_concern, by=w.priya, w=w, about=factories.child(w))


@deed(records.add_subject)
def _(w: World) -> Deed:
    return do(records.add_subject, factories.draft(w), by=w.priya, w=w, person=factories.child(w))


@deed(records.remove_subject)
def _(w: World) -> Deed:
    return do(records.remove_subject, factories.draft(w).subjects.get(), by=w.priya, w=w)


@deed(records.set_voice)
def _(w: World) -> Deed:
    return do(
        records.set_voice, factories.draft(w), by=w.priya, w=w, status="NOT_OBTAINED",
        why_not="He is asleep now.", plan="Ask him after lunch alone.",
    )  # fmt: skip


@deed(records.set_think_family)
def _(w: World) -> Deed:
    concern, sister = factories.draft(w), factories.child(w, first_name="Isla")
    means = {sister: "She is two and sees all of it."}
    return do(
        records.set_think_family, concern, by=w.priya, w=w, means=means, anybody_else="An uncle nearby."
    )


@deed(records.give_worry)
def _(w: World) -> Deed:
    why = "He flinched when I came near."
    return do(records.give_worry, factories.draft(w), by=w.priya, w=w, level=4, change="MORE", why=why)


@deed(records.log_concern)
def _(w: World) -> Deed:
    return do(records.log_concern, factories.draft(w), by=w.priya, w=w, late_why="The office was shut.")


@deed(records.discard_draft)
def _(w: World) -> Deed:
    return do(records.discard_draft, factories.draft(w), by=w.priya, w=w, why="Written twice by mistake.")


@deed(records.give_concern)
def _(w: World) -> Deed:
    return do(records.give_concern, factories.logged(w), by=w.priya, w=w, to=w.school.colleague)


@deed(records.add_statement)
def _(w: World) -> Deed:
    return do(
        records.add_statement, factories.logged(w), by=w.priya, w=w, kind="REPORTED",
        text="Fell off a trampoline.", source="His mother, by phone", happened_note="before nine",
    )  # fmt: skip


@deed(records.change_statement)
def _(w: World) -> Deed:
    row = _statement(factories.draft(w), 1)
    return do(records.change_statement, row, by=w.priya, w=w, text="Five marks, not four, in a row.")


@deed(records.remove_statement)
def _(w: World) -> Deed:
    return do(records.remove_statement, _statement(factories.draft(w), 3), by=w.priya, w=w)


@deed(records.amend_statement)
def _(w: World) -> Deed:
    row, why = _statement(factories.logged(w), 1), "I counted them again."
    return do(records.amend_statement, row, by=w.priya, w=w, why=why, text="Five marks on the arm.")


@deed(records.protect_detail)
def _(w: World) -> Deed:
    return do(
        records.protect_detail, factories.child(w), by=w.priya, w=w, kind="SCHOOL", value="Ashdown Academy",
        kept_from="AGENCIES", agencies=[w.care.agency], why="His father works there.",
    )  # fmt: skip


@deed(records.end_protection)
def _(w: World) -> Deed:
    detail = records.protect_detail(
        factories.child(w), by=w.priya, at=w.clock(), kind="NAME", value="Amelia Hart",
        kept_from="EVERYBODY", why="It is her new name.",
    )  # fmt: skip
    return do(records.end_protection, detail, by=w.priya, w=w, why="Everybody may know it now.")


@deed(records.record_person)
def _(w: World) -> Deed:
    return do(records.record_person, by=w.priya, w=w, kind="CHILD", first_name="Isla", last_name="Marshall")


@deed(records.change_person)
def _(w: World) -> Deed:
    rule = "Never ring the landline at home."
    return do(records.change_person, factories.child(w), by=w.priya, w=w, safe_contact_rule=rule)


@deed(records.relate)
def _(w: World) -> Deed:
    sister, note = factories.child(w, first_name="Isla"), "Half-sister on the father's side"
    return do(records.relate, factories.child(w), sister, by=w.priya, w=w, kind="SIBLING", note=note)


@deed(records.end_relationship)
def _(w: World) -> Deed:
    one, other = factories.child(w), factories.child(w, first_name="Isla")
    row = records.relate(one, other, by=w.priya, at=w.clock(), kind="SIBLING")
    return do(records.end_relationship, row, by=w.priya, w=w)


# --- Meetings ---------------------------------------------------------------------------------------


@deed(meetings.call_meeting)
def _(w: World) -> Deed:
    cycle, at = factories.the_cycle(factories.at_share(w)), w.clock.moment
    return do(
        meetings.call_meeting, cycle, by=w.priya, w=w, kind="PANEL", purpose="To agree who sees her.",
        chair=w.priya, meets_at=at + timedelta(days=1), where_or_how="By video call",
    )  # fmt: skip


@deed(meetings.ask_to_meeting)
def _(w: World) -> Deed:
    return do(meetings.ask_to_meeting, meeting_cases.called(w), by=w.priya, w=w, member=w.tom)


@deed(meetings.take_off_the_list)
def _(w: World) -> Deed:
    meeting = meeting_cases.with_members(w)
    number = meeting_cases.place(meeting, w.tom).pk
    return do(meetings.take_off_the_list, meeting, by=w.priya, w=w, number=number, why="The wrong Tom.")


@deed(meetings.answer_invitation)
def _(w: World) -> Deed:
    meeting = meeting_cases.with_members(w)
    return do(meetings.answer_invitation, meeting, by=w.tom, w=w, is_coming=False, words="I am on leave.")


@deed(meetings.move_meeting)
def _(w: World) -> Deed:
    meeting = meeting_cases.with_members(w)
    later = meeting.meets_at + timedelta(days=1)
    return do(meetings.move_meeting, meeting, by=w.priya, w=w, meets_at=later, where_or_how="At the school")


@deed(meetings.call_off)
def _(w: World) -> Deed:
    return do(meetings.call_off, meeting_cases.with_members(w), by=w.priya, w=w, why="The plan has changed.")


@deed(meetings.record_attendance)
def _(w: World) -> Deed:
    meeting = meeting_cases.with_members(w)
    came = {one.pk: meetings.Came("PRESENT") for one in meeting.members.all()}
    held_at = w.clock.moment
    return do(meetings.record_attendance, meeting, by=w.priya, w=w, held_at=held_at, came=came)


@deed(meetings.go_on_without_quorum)
def _(w: World) -> Deed:
    meeting = meeting_cases.held(w, away={w.tom: ""})
    return do(meetings.go_on_without_quorum, meeting, by=w.priya, w=w, why="She goes home tonight.")


@deed(meeting_minutes.bring)
def _(w: World) -> Deed:
    meeting = meeting_cases.with_members(w)
    numbers = {one: meeting_cases.place(meeting, one).pk for one in (w.tom, w.amara)}
    return do(
        meeting_minutes.bring, meeting, by=w.tom, w=w, brought_by=numbers[w.tom], kind="FACT_SEEN",
        text="She was seen on Monday.", source="My own visit", for_whom=[numbers[w.amara]],
    )  # fmt: skip


@deed(meeting_minutes.record_decision)
def _(w: World) -> Deed:
    meeting = meeting_cases.held(w)
    return do(
        meeting_minutes.record_decision, meeting, by=w.priya, w=w, what="Seen every week.", why="It helps."
    )


@deed(meeting_minutes.record_action)
def _(w: World) -> Deed:
    meeting = meeting_cases.held(w)
    return do(
        meeting_minutes.record_action, meeting, by=w.priya, w=w, owner=meeting_cases.place(meeting, w.tom).pk,
        what="See her on Monday.", by_when="2 working days", contingency="She is not in school.",
    )  # fmt: skip


@deed(meeting_minutes.take_back)
def _(w: World) -> Deed:
    meeting = meeting_cases.ready(w)
    return do(meeting_minutes.take_back, meeting, by=w.priya, w=w, part="decision", number=1, why="Misheard.")


@deed(meeting_minutes.issue_minutes)
def _(w: World) -> Deed:
    meeting = meeting_cases.called(w)
    meeting_cases.asked(w, meeting, w.tom)
    return do(
        meeting_minutes.issue_minutes, meeting_cases.ready(w, meeting_cases.again(meeting)), by=w.priya, w=w,
        main_risk="That nobody is told on Friday.",
    )  # fmt: skip


# --- Agencies ---------------------------------------------------------------------------------------


def _admin(w: World) -> Membership:
    return w.school.administrator


@deed(agencies.add_contact_point)
def _(w: World) -> Deed:
    return do(
        agencies.add_contact_point, w.school.agency, by=_admin(w), w=w, label="Duty inbox of the office",
        kind="EMAIL", address="duty@st-wulstans.example",
    )  # fmt: skip


@deed(agencies.mark_checked)
def _(w: World) -> Deed:
    point = factories.contact_point(w.school.auditor, checked=False, address="other@st-wulstans.example")
    return do(agencies.mark_checked, point, by=_admin(w), w=w)


@deed(agencies.retire_contact_point)
def _(w: World) -> Deed:
    return do(agencies.retire_contact_point, w.priya.contact_points.get(), by=_admin(w), w=w)


@deed(agencies.name_deputy)
def _(w: World) -> Deed:
    return do(
        agencies.name_deputy, w.priya, by=_admin(w), w=w, deputy=w.school.colleague,
        starts_on=w.clock.moment.date(),
    )  # fmt: skip


@deed(agencies.end_cover)
def _(w: World) -> Deed:
    cover = factories.name_deputy(w.priya, w.school.colleague)
    return do(agencies.end_cover, cover, by=_admin(w), w=w, on=w.clock.moment.date())


@deed(agencies.record_absence)
def _(w: World) -> Deed:
    day = w.clock.moment.date()
    return do(agencies.record_absence, w.priya, by=_admin(w), w=w, starts_on=day, ends_on=day)


@deed(agencies.end_absence)
def _(w: World) -> Deed:
    day = w.clock.moment.date()
    absence = agencies.record_absence(w.priya, by=w.priya, at=w.clock(), starts_on=day, ends_on=day)
    return do(agencies.end_absence, absence, by=w.priya, w=w, on=day)


@deed(agencies.try_again)
def _(w: World) -> Deed:
    factories.exchange_at(w, State.SENT)
    message = Message.objects.earliest("queued_at")
    message.set_aside_at = w.clock()
    message.save()
    return do(agencies.try_again, message.pk, by=w.school.lead, w=w)


@deed(agencies.choose_how_told)
def _(w: World) -> Deed:
    return do(
        agencies.choose_how_told, by=w.priya, w=w, digest_at=time(16, 30), quiet_from=None, quiet_to=None
    )


@deed(agencies.make_partnership)
def _(w: World) -> Deed:
    return do(agencies.make_partnership, by=None, w=w, reference="northmoor", name="Northmoor", prefix="NM")


@deed(agencies.add_agency)
def _(w: World) -> Deed:
    return do(
        agencies.add_agency, w.partnership, by=w.coordinator, w=w, reference="hill-school",
        name="Hill School", kind="SCHOOL",
    )  # fmt: skip


@deed(agencies.set_time_limit)
def _(w: World) -> Deed:
    return do(
        agencies.set_time_limit, w.partnership, by=w.coordinator, w=w, key="ANSWER", duration="1 working day",
        label="LOCAL", source="Agreed by the board", effective_from=w.clock.moment.date(),
    )  # fmt: skip


@deed(agencies.withdraw_time_limit)
def _(w: World) -> Deed:
    coming = agencies.set_time_limit(
        w.partnership, by=None, at=w.clock(), key="ANSWER", duration="3 working days", label="LOCAL",
        source="Agreed by the board", effective_from=(w.clock.moment + timedelta(days=9)).date(),
    )  # fmt: skip
    return do(agencies.withdraw_time_limit, coming, by=w.coordinator, w=w)


@deed(agencies.suggest_missing_limits)
def _(w: World) -> Deed:
    TimeLimit.objects.filter(key="LADDER_4").update(withdrawn_at=w.clock())
    return do(agencies.suggest_missing_limits, w.partnership, by=w.coordinator, w=w)


@deed(spoken.log_call)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.PREPARED)
    words = factories.call_words(exchange, at=w.clock(minutes=15))
    return do(spoken.log_call, exchange, by=w.priya, w=w, **words)


@deed(spoken.confirm_said)
def _(w: World) -> Deed:
    return do(spoken.confirm_said, factories.exchange_at(w, State.SPOKEN), by=w.tom, w=w)


@deed(spoken.say_differently)
def _(w: World) -> Deed:
    exchange = factories.exchange_at(w, State.SPOKEN)
    return do(spoken.say_differently, exchange, by=w.tom, w=w, **factories.OTHER_WORDS)


@deed(agencies.set_opening_hours)
def _(w: World) -> Deed:
    return do(
        agencies.set_opening_hours, w.school.agency, by=_admin(w), w=w, days=["08:00-18:00", *6 * [""]],
        effective_from=w.clock.moment.date(),
    )  # fmt: skip


@deed(agencies.withdraw_opening_hours)
def _(w: World) -> Deed:
    coming = agencies.set_opening_hours(
        w.school.agency, by=_admin(w), at=w.clock(), always_open=True,
        effective_from=(w.clock.moment + timedelta(days=9)).date(),
    )  # fmt: skip
    return do(agencies.withdraw_opening_hours, coming, by=_admin(w), w=w)


@deed(agencies.close_on)
def _(w: World) -> Deed:
    day = (w.clock.moment + timedelta(days=9)).date()
    return do(agencies.close_on, w.school.agency, by=_admin(w), w=w, on=day, why="Staff training")


@deed(agencies.withdraw_closed_day)
def _(w: World) -> Deed:
    day = (w.clock.moment + timedelta(days=9)).date()
    row = agencies.close_on(w.partnership, by=w.coordinator, at=w.clock(), on=day, why="Proclaimed late")
    return do(agencies.withdraw_closed_day, row, by=w.coordinator, w=w)


@deed(agencies.name_out_of_hours)
def _(w: World) -> Deed:
    duty = factories.duty_team(w).agency
    return do(agencies.name_out_of_hours, w.school.agency, by=_admin(w), w=w, duty=duty)


@deed(agencies.add_person)
def _(w: World) -> Deed:
    return do(
        agencies.add_person, w.school.agency, by=_admin(w), w=w, email="new@st-wulstans.example",
        full_name="Nell Newcomer", role="practitioner", job_title="Class teacher",
    )  # fmt: skip


@deed(agencies.change_post)
def _(w: World) -> Deed:
    return do(
        agencies.change_post, w.school.colleague, by=_admin(w), w=w, role="lead", job_title="Deputy head",
        manager=None,
    )  # fmt: skip


@deed(agencies.end_membership)
def _(w: World) -> Deed:
    return do(agencies.end_membership, w.school.auditor, by=_admin(w), w=w)


@deed(agencies.add_outside)
def _(w: World) -> Deed:
    details = {**factories.OUTSIDE, "by": w.priya, "at": w.clock()}
    return lambda: agencies.add_outside(**details)


@deed(agencies.change_how_reached)
def _(w: World) -> Deed:
    return do(
        agencies.change_how_reached, factories.outside(w), by=w.priya, w=w, kind="PHONE",
        address="07700 900 234", how_checked="She rang from it, and I know her voice.",
    )  # fmt: skip


@deed(agencies.end_outside)
def _(w: World) -> Deed:
    return do(agencies.end_outside, factories.outside(w), by=w.priya, w=w)


__all__ = ["DEEDS", "Exchange", "operations", "rules"]
