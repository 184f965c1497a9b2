"""Concerns in their cycle, questions, exchanges, actions and summaries."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from agencies.models import Membership
from sharing.models import Stage
from sharing.operations import learning
from sharing.states import ActionState, State
from tests import factories
from tests.access import cast as who
from tests.access.page import Given, Page, Table
from tests.access.scene import Scene

OURS = who.OUR_AGENCY
BOTH_SIDES = who.SPEAKING | who.LISTENING
# A question is part of the concern, so colleagues at the agency that asks see what it waits for.
ASKING = OURS
LISTENER_OR_DEPUTY = frozenset({who.LISTENER, who.DEPUTY})


def at(stage: str | None, **more: Any) -> Given:
    return lambda s: {"reference": s.concern(stage).reference, **more}


def an_action(state: ActionState) -> Given:
    return lambda s: {"reference": s.action(state).reference}


def told(state: State) -> Given:
    return lambda s: {"reference": s.exchange(state).reference}


def now() -> dict[str, Any]:
    """This minute, as a form asks for it: the scene's own clock goes on after the test's is held."""
    at = timezone.localtime()
    return {"day_0": at.day, "day_1": at.month, "day_2": at.year, "time": f"{at:%H:%M}"}


def a_call(scene: Scene) -> dict[str, Any]:
    """A call to the listener of half an hour before, on a number that no agency has checked."""
    at = timezone.localtime(scene.world.clock.moment - timedelta(minutes=30))
    return {
        "with_whom": str(scene.world.tom.pk),
        "on_number": "OTHER",
        "number": "01632 960 155",
        "how_checked": "Their switchboard put me through.",
        "called_on_0": at.day,
        "called_on_1": at.month,
        "called_on_2": at.year,
        "called_time": f"{at:%H:%M}",
        "minutes": 6,
        "what_was_said": "What is written here, and that he is still in school.",
        **factories.OWN_WORDS,
        "verdict_1": "UNDERSTOOD",
        "verdict_2": "UNDERSTOOD",
        "outcome": "CONFIRMED",
    }


def differing(which: str) -> Given:
    """A disagreement of the scene, by name."""
    return lambda s: {"reference": getattr(s, which).reference}


def asked(scene: Scene) -> dict[str, Any]:
    return {"reference": scene.enquiry.reference}


def some_figures(scene: Scene) -> dict[str, Any]:
    scene.keep("figures", lambda: learning.refresh(scene.world.clock()))
    return {}


def file_of_figures(scene: Scene) -> dict[str, Any]:
    return {**some_figures(scene), "name": "times"}


def of(member: Membership) -> str:
    return f"of={member.pk}"


def assumption(scene: Scene) -> dict[str, Any]:
    assert scene.assumption
    return {"reference": scene.concern(Stage.ASK).reference, "number": 1}


def step(scene: Scene, **more: Any) -> dict[str, Any]:
    concern = scene.emergency.cycle.concern
    return {"reference": concern.reference, "number": 1, "step": "decision", **more}


def in_the_register(scene: Scene) -> dict[str, Any]:
    return {"number": scene.breach("new").number}


def to_be_reported(scene: Scene) -> dict[str, Any]:
    return {"number": scene.breach("to report").number}


def to_be_closed(scene: Scene) -> dict[str, Any]:
    return {"number": scene.breach("to close").number}


def reported_now(scene: Scene) -> dict[str, Any]:
    """A report at the moment when the breach was entered."""
    at = timezone.localtime(scene.breach("to report").opened_at)
    return {
        "on_0": at.day,
        "on_1": at.month,
        "on_2": at.year,
        "at_time": f"{at:%H:%M}",
        "reference": "IC-1234",
    }


PAGES: Table = {
    "concern": Page(sees=OURS, args=at(Stage.ASK)),
    "timeline": Page(sees=OURS, args=at(Stage.ASK)),
    "whole-record": Page(sees=OURS, args=at(Stage.ASK)),
    "start-cycle": Page(
        sees=OURS,
        acts=OURS,
        args=at(None),
        data=lambda s: {"stage": "SHARE", "reason": "I told them by phone."},
        typed=("reason",),
    ),
    "move": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.DO, name="back-to-ask"),
        data=lambda s: {"reason": "The school nurse was not asked."},
        typed=("reason",),
        foreign=lambda s: [at(Stage.DO, name="anywhere")(s), at(Stage.DO, name="start-at-ask")(s)],
    ),
    "proceed": Page(
        sees=frozenset({who.LEAD}),
        role=who.LEADS,
        acts=frozenset({who.LEAD}),
        by=who.LEAD,
        args=at(Stage.SHARE),
        data=lambda s: {"reason": "She goes home at three."},
        typed=("reason",),
    ),
    "step-done": Page(
        sees=OURS,
        acts=OURS,
        args=step,
        foreign=lambda s: [step(s, number=2), step(s, step="nothing")],
    ),
    "ask": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.ASK),
        data=lambda s: {"who_needs_to_know": "The nurse.", "advice_needed": "no", "advice_note": "Clear."},
        typed=("who_needs_to_know", "advice_note"),
    ),
    "worry-now": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.ASK),
        data=lambda s: {"level": "3", "change": "MORE", "why": "It is worse.", "urgency": "HIGH"},
        typed=("why",),
    ),
    "ask-find": Page(sees=OURS, acts=OURS, args=at(Stage.ASK), data=lambda s: {"who": "Tom"}, searches=True),
    "ask-list": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.ASK),
        data=lambda s: {"of": s.world.gp.colleague.pk},
        only_post=True,
    ),
    "ask-by-hand": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.ASK),
        data=lambda s: {
            "name": "Duty midwife",
            "agency_name": "The hospital",
            "role": "Midwife",
            "how_to_reach": "The ward",
        },
        typed=("name", "agency_name", "role", "how_to_reach"),
    ),
    "assumption-add": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.ASK),
        data=lambda s: {"text": "That the aunt knows.", "how_tested": "I rang her; she does."},
        typed=("text", "how_tested"),
    ),
    "assumption-test": Page(
        sees=OURS,
        acts=OURS,
        args=assumption,
        data=lambda s: {"how_tested": "I rang them; they had not."},
        typed=("how_tested",),
        foreign=lambda s: [{**assumption(s), "number": 99}],
    ),
    "ask-enquiry": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.ASK),
        query=lambda s: of(s.world.gp.colleague),
        data=lambda s: {"told": "I am asking about Leo.", "question": "Do you know him?"},
        typed=("told", "question"),
        searches=True,  # the words are shown as they will be read, and sent by a second press
    ),
    "ask-advice": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.ASK),
        query=lambda s: of(s.world.gp.colleague),
        data=lambda s: {"told": "I am not naming them.", "question": "What would you do?"},
        typed=("told", "question"),
        searches=True,
    ),
    "enquiry": Page(sees=ASKING | who.LISTENING, acts=LISTENER_OR_DEPUTY, by=who.LISTENER, args=asked),
    "enquiry-answer": Page(
        sees=ASKING | who.LISTENING,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=asked,
        data=lambda s: {
            "knows": "yes",
            "count": "1",
            "text_1": "Two missed appointments.",
            "kind_1": "HISTORY",
            "source_1": "Our records",
            "when_1": "Since the autumn",
        },
        typed=("text_1", "source_1", "when_1"),
    ),
    "enquiry-explain": Page(
        sees=ASKING | who.LISTENING,
        acts=ASKING,
        args=asked,
        data=lambda s: {"why": "I rang twice; nobody was there."},
        typed=("why",),
    ),
    "action": Page(sees=BOTH_SIDES, args=an_action(ActionState.PROPOSED)),
    "propose-action": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}) | LISTENER_OR_DEPUTY,
        args=lambda s: {"reference": s.action(ActionState.PROPOSED).exchange.reference},
        data=lambda s: {
            "what": "Ring the nurse.",
            "owner": s.world.priya.pk,
            "by_when": "2 working days",
            "contingency": "He is not at school.",
        },
        typed=("what", "contingency"),
    ),
    "action-accept": Page(
        sees=BOTH_SIDES, acts=LISTENER_OR_DEPUTY, by=who.LISTENER, args=an_action(ActionState.PROPOSED)
    ),
    "action-decline": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=an_action(ActionState.PROPOSED),
        data=lambda s: {"why": "The nurse goes."},
        typed=("why",),
    ),
    "action-report": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=an_action(ActionState.AGREED),
        data=lambda s: {
            "what_happened": "Seen and safe.",
            **now(),
        },
        typed=("what_happened",),
    ),
    "action-check": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}),
        args=an_action(ActionState.REPORTED),
        data=lambda s: {"is_done": "no", "note": "The room was not looked at."},
        typed=("note",),
    ),
    "action-withdraw": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}) | LISTENER_OR_DEPUTY,
        args=an_action(ActionState.PROPOSED),
        data=lambda s: {"why": "Not needed any more."},
        typed=("why",),
    ),
    "summary": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.RECORD),
        data=lambda s: {"decision": "A strategy discussion today."},
        typed=("decision",),
    ),
    "answer-summary": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=lambda s: {"reference": s.summary.reference},
        data=lambda s: {"matches": "no", "correction": "The visit was agreed for today."},
        typed=("correction",),
    ),
    "record-silence": Page(
        sees=BOTH_SIDES, acts=who.SPEAKING, args=lambda s: {"reference": s.late_summary.reference}
    ),
    "exchange": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=told(State.SENT),
        in_vain=True,  # somebody else who presses "Open" has opened nothing
    ),
    "receive": Page(sees=BOTH_SIDES, acts=LISTENER_OR_DEPUTY, by=who.LISTENER, args=told(State.OPENED)),
    "not-mine": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=told(State.OPENED),
        data=lambda s: {"note": "The duty desk."},
        typed=("note",),
    ),
    "restate": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=told(State.RECEIVED),
        data=lambda s: factories.OWN_WORDS,
        typed=tuple(factories.OWN_WORDS),
    ),
    "log-call": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}),
        args=told(State.SENT),
        data=a_call,
        typed=("number", "how_checked", "what_was_said", *factories.OWN_WORDS),
    ),
    "confirm-call": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.LISTENER}),
        by=who.LISTENER,
        args=told(State.SPOKEN),
    ),
    "say-differently": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=told(State.SPOKEN),
        data=lambda s: factories.OTHER_WORDS,
        typed=tuple(factories.OTHER_WORDS),
    ),
    "check": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}),
        args=told(State.RESTATED),
        data=lambda s: {
            "verdict_1": "UNDERSTOOD",
            "verdict_2": "WRONG",
            "note_2": "The other arm.",
            "outcome": "CORRECTED",
            "note": "Say the second point again.",
        },
        typed=("note", "note_2"),
    ),
    "my-copy": Page(
        sees=BOTH_SIDES, acts=LISTENER_OR_DEPUTY, by=who.LISTENER, args=told(State.RESTATED), done=200
    ),
    "agreement": Page(
        sees=BOTH_SIDES,
        acts=LISTENER_OR_DEPUTY,
        by=who.LISTENER,
        args=told(State.RECEIVED),
        data=lambda s: {
            "risk": "PARTLY",
            "risk_why": "The aunt is there.",
            "action": "DISAGREE",
            "action_why": "A visit is enough.",
        },
        typed=("risk_why", "action_why"),
        again=True,
    ),
    "disagree": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}) | LISTENER_OR_DEPUTY,
        args=told(State.UNDERSTOOD),
        data=lambda s: {"about": "THRESHOLD", "position": "It is a level three."},
        typed=("position",),
    ),
    "disagreement": Page(sees=BOTH_SIDES, args=differing("differing")),
    "add-position": Page(
        sees=BOTH_SIDES,
        acts=BOTH_SIDES,
        args=differing("differing"),
        data=lambda s: {"position": "The aunt is away tonight."},
        typed=("position",),
        again=True,
    ),
    "name-risk-holder": Page(
        sees=BOTH_SIDES,
        acts=BOTH_SIDES,
        args=differing("differing"),
        data=lambda s: {
            "holder": f"post:{s.world.care.agency.reference}",
            "post": "Duty social worker",
            "meanwhile": "Rings the family every morning.",
        },
        typed=("post", "meanwhile"),
    ),
    "open-next-stage": Page(
        sees=BOTH_SIDES,
        acts=BOTH_SIDES,
        args=differing("held"),
        data=lambda s: {
            "stage": 2,
            "why": "He goes home tonight.",
            "for_speaker": s.world.school.lead.pk,
            "for_listener": s.world.care.lead.pk,
        },
        typed=("why",),
    ),
    "immediate-danger": Page(
        sees=BOTH_SIDES,
        acts=BOTH_SIDES,
        args=differing("differing"),
        data=lambda s: {
            "who_was_called": "999, and the duty desk.",
            **now(),
            "what_was_agreed": "A car goes to the school.",
            "stage": "stay",
        },
        typed=("who_was_called", "what_was_agreed"),
        again=True,
    ),
    "write-outcome": Page(
        sees=BOTH_SIDES,
        acts=frozenset({who.OWNER}) | LISTENER_OR_DEPUTY,
        args=differing("held"),
        data=lambda s: {
            "what_was_decided": "A visit together.",
            "why": "Neither has seen him at home.",
            "who_does_what": "Tom books it today.",
        },
        typed=("what_was_decided", "why", "who_does_what"),
    ),
    "close-disagreement": Page(
        sees=BOTH_SIDES,
        acts=who.SPEAKING,
        args=differing("decided"),
        data=lambda s: {"note": "We both accept it."},
        typed=("note",),
    ),
    "partnership-disagreements": Page(sees=frozenset({who.COORDINATOR}), role=frozenset({who.COORDINATOR})),
    "withdraw": Page(
        sees=who.SPEAKING,
        acts=frozenset({who.OWNER}),
        args=told(State.SENT),
        data=lambda s: {"why": "Another child of that name."},
        typed=("why",),
    ),
    "incident": Page(
        sees=who.SPEAKING,
        acts=who.SPEAKING,
        args=told(State.NOT_MINE),
        data=lambda s: {
            "contained": "YES",
            "seen": "READ",
            "what_was_done": "They have deleted the notice.",
            "who_decided": "The data protection officer",
            "is_breach": "NO",
            "breach_why": "They knew it already.",
        },
        typed=("what_was_done", "who_decided", "breach_why"),
    ),
    "misdirected": Page(
        sees=who.SPEAKING,
        acts=frozenset({who.OWNER}),
        args=told(State.SENT),
        data=lambda s: {"note": "I picked the wrong line of the list."},
        typed=("note",),
    ),
    "breaches": Page(sees=who.LEADS, role=who.LEADS),
    "breach": Page(sees=frozenset({who.LEAD}), args=in_the_register),
    "breach-decide": Page(
        sees=frozenset({who.LEAD}),
        acts=frozenset({who.LEAD}),
        by=who.LEAD,
        args=lambda s: {**in_the_register(s), "about": "ico"},
        data=lambda s: {"answer": "YES", "why": "It is likely to put him at risk."},
        typed=("why",),
        foreign=lambda s: [{**in_the_register(s), "about": "nobody"}],
    ),
    "breach-report": Page(
        sees=frozenset({who.LEAD}),
        acts=frozenset({who.LEAD}),
        by=who.LEAD,
        args=to_be_reported,
        data=reported_now,
        typed=("reference",),
    ),
    "breach-close": Page(
        sees=frozenset({who.LEAD}),
        acts=frozenset({who.LEAD}),
        by=who.LEAD,
        args=to_be_closed,
        data=lambda s: {"how_told": "By telephone.", "what_was_learned": "Posts come first in the list."},
        typed=("how_told", "what_was_learned"),
    ),
    "hand-over": Page(
        sees=who.WORKERS,
        acts=frozenset({who.OWNER}),
        data=lambda s: {"everything": s.world.school.colleague.pk, "note": "Ring before nine."},
        typed=("note",),
        searches=True,  # what they will be told is shown first, and sent by a second press
    ),
    "hand-over-of": Page(
        sees=frozenset({who.LEAD}),
        role=who.LEADS,
        acts=frozenset({who.LEAD}),
        by=who.LEAD,
        args=lambda s: {"membership_id": s.world.priya.pk},
        foreign=lambda s: [{"membership_id": s.world.tom.pk}, {"membership_id": s.world.tom.user_id}],
        data=lambda s: {"everything": s.world.school.colleague.pk, "note": "Ring before nine."},
        typed=("note",),
        searches=True,
    ),
    "hand-over-people": Page(sees=who.LEADS, role=who.LEADS),
    "cover": Page(
        sees=who.LEADS | {who.ADMINISTRATOR}, role=who.LEADS | {who.ADMINISTRATOR}, by=who.ADMINISTRATOR
    ),
    "do": Page(sees=OURS, args=at(Stage.DO)),
    "choose-listener": Page(
        sees=OURS,
        acts=OURS,
        args=at(Stage.DO),
        query=lambda s: of(s.world.gp.colleague),
        data=lambda s: {"expects": "ACCOUNTABLE", "right_place": "On the duty list, and I rang."},
        typed=("right_place",),
    ),
    "urgent": Page(sees=OURS, acts=OURS, args=at(Stage.DO), data=lambda s: {"who": "Tom"}, searches=True),
    # What is prepared and not sent yet is the speaker's side's alone.
    "prepare": Page(
        sees=who.SPEAKING,
        acts=frozenset({who.OWNER}),
        args=told(State.PREPARED),
        data=lambda s: {
            "choice_1": "KEY",
            "choice_2": "SHARE",
            "choice_3": "HOLD",
            "why_3": "My opinion adds nothing.",
            "why_you": "You are on duty.",
            "what_i_ask": "Decide today.",
            "urgency": "HIGH",
        },
        typed=("why_3", "why_you", "what_i_ask"),
    ),
    "preview": Page(sees=who.SPEAKING, args=told(State.PREPARED)),
    "send": Page(
        sees=who.SPEAKING,
        acts=frozenset({who.OWNER}),
        args=told(State.PREPARED),
        data=lambda s: {"checked": "on"},
    ),
    "learning": Page(
        sees=who.LEARNING,
        role=who.LEARNING,
        by=who.LEAD,
        args=some_figures,
    ),
    "learning-file": Page(
        sees=who.LEARNING,
        role=who.LEARNING,
        by=who.LEAD,
        args=file_of_figures,
        foreign=lambda s: [{"name": "names"}],
    ),
    "discard": Page(sees=who.SPEAKING, acts=frozenset({who.OWNER}), args=told(State.PREPARED)),
}
