"""What opens each gate. A rule takes the Facts and returns a Missing for each thing that is not there yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from agencies import days
from sharing.facts import Facts
from sharing.models import Exchange
from sharing.states import State, Turn, turn_of


@dataclass(frozen=True)
class Missing:
    """One thing that keeps a gate closed: what, who can supply it, by when, and where on the site."""

    what: str
    who: str
    by: datetime | None = None
    page: str = ""
    reference: str = ""

    @property
    def sentence(self) -> str:
        """What is missing, who can supply it and by when, as one sentence."""
        limit = f", {spoken_limit(self.by)}" if self.by else " now"
        return f"{self.what} {self.who} can do this{limit}."


GateRule = Callable[[Facts], list[Missing]]


def spoken_limit(moment: datetime) -> str:
    """Write a time limit (UTC) as people say it: "by 17:00 on Tuesday 2 February"."""
    return f"by {days.local(moment):%H:%M on %A %-d %B}"


def others_who_work_with_them_are_listed(facts: Facts) -> list[Missing]:
    """Say who else works with them, or that you know of nobody."""
    if facts.cycle.involved or facts.cycle.nobody_else_known:
        return []
    return [_owner(facts, "Nobody is listed as working with them.", "ask")]


def every_enquiry_is_answered_or_explained(facts: Facts) -> list[Missing]:
    """Every question that was sent has an answer, or somebody has said why it has none."""
    return [
        Missing(
            f"Question {e.reference} has no answer yet.",
            _asked_or_owner(facts, e),
            e.respond_by,
            "enquiry",
            e.reference,
        )
        for e in facts.enquiries
        if e.kind == "ENQUIRY" and e.is_open
    ]


def assumptions_are_named_and_tested(facts: Facts) -> list[Missing]:
    """What you are assuming is named, and each assumption is tested."""
    cycle = facts.cycle
    if cycle.untested:
        many = f"{cycle.untested} assumptions are" if cycle.untested > 1 else "1 assumption is"
        return [_owner(facts, f"{many} not tested yet.", "ask")]
    if cycle.assumptions_named or cycle.no_assumptions:
        return []
    return [_owner(facts, "What you are assuming is not written down.", "ask")]


def worry_is_given(facts: Facts) -> list[Missing]:
    """How worried you are, and whether that is more or less than before."""
    if facts.cycle.worry_level:
        return []
    return [_owner(facts, "How worried you are is not recorded for this cycle.", "worry-now")]


def advice_is_considered(facts: Facts) -> list[Missing]:
    """Whether you need advice is answered."""
    if facts.cycle.advice_needed is not None:
        return []
    return [_owner(facts, "Whether you need advice is not answered.", "ask")]


def who_needs_to_know_is_answered(facts: Facts) -> list[Missing]:
    """Who needs to know is answered."""
    if facts.cycle.who_needs_to_know.strip():
        return []
    return [_owner(facts, "Who needs to know is not answered.", "ask")]


def every_answer_is_understood(facts: Facts) -> list[Missing]:
    """What I was told, I have said back, and the person who told me has confirmed it."""
    return _unsettled(facts, Exchange.Kind.ANSWER)


def advice_is_taken_and_understood(facts: Facts) -> list[Missing]:
    """Advice that is needed has been asked for, given, said back and confirmed."""
    asked = [e for e in facts.enquiries if e.kind == "ADVICE"]
    needed = facts.cycle.advice_needed or facts.concern.agency.second_person_in_do
    if needed and not asked:
        return [_owner(facts, "Advice is needed and has not been asked for.", "ask-advice")]
    waiting = [
        Missing(
            f"Advice {e.reference} has not been given yet.",
            _asked_or_owner(facts, e),
            e.respond_by,
            "enquiry",
            e.reference,
        )
        for e in asked
        if e.is_open
    ]
    return waiting + _unsettled(facts, Exchange.Kind.ADVICE)


def every_person_has_a_sharing_decision(facts: Facts) -> list[Missing]:
    """There is a sharing decision for every person it is about, made after what they last said on it."""
    missing = []
    for s in facts.main_people:
        if s.decision is None:
            what = f"There is no sharing decision for {s.person.name}."
        elif s.decided_on_view != s.latest_view:
            what = f"{s.person.name} has said something new about sharing since it was decided. Decide again."
        else:
            continue
        missing.append(_owner(facts, what, "sharing-decisions"))
    return missing


def somebody_is_to_be_told(facts: Facts) -> list[Missing]:
    """At least one person is chosen, at a checked contact point, with the statements for them selected."""
    disclosures = [
        e for e in facts.of_kind(Exchange.Kind.DISCLOSURE) if not (e.withdrawn_at or e.not_mine_at)
    ]
    if not disclosures:
        return [_owner(facts, "Nobody is chosen to be told.", "choose-listener")]
    missing = []
    for e in disclosures:
        name = e.listener.full_name
        if e.sent_at is None and not e.has_items:
            missing.append(_owner(facts, f"No statement is chosen for {name}.", "prepare", e.reference))
        if e.sent_at is None and not (e.contact_point and e.contact_point.is_checked):
            missing.append(
                _owner(facts, f"The contact point for {name} has not been checked.", "prepare", e.reference)
            )
    return missing


def nothing_is_to_be_shared(facts: Facts) -> list[Missing]:
    """Every sharing decision says not to share, and nobody is chosen to be told."""
    missing = every_person_has_a_sharing_decision(facts)
    if missing:
        return missing
    live = [e for e in facts.of_kind(Exchange.Kind.DISCLOSURE) if not (e.withdrawn_at or e.not_mine_at)]
    if live:
        return [_owner(facts, "Somebody is chosen to be told. Remove them, or go on to Share.", "do")]
    if not facts.nothing_is_shared:
        return [_owner(facts, "A sharing decision says to share. Go on to Share, or decide again.", "do")]
    return []


def every_listener_has_understood(facts: Facts) -> list[Missing]:
    """Every accountable recipient has said it back, and the sender has confirmed it."""
    disclosures = facts.of_kind(Exchange.Kind.DISCLOSURE)
    unsent = [
        _owner(
            facts,
            f"What you prepared for {e.listener.full_name} has not been sent.",
            "preview" if e.has_items else "prepare",
            e.reference,
        )
        for e in disclosures
        if facts.state(e) == State.PREPARED
    ]
    missing = unsent + _unsettled(facts, Exchange.Kind.DISCLOSURE)
    if not missing and not any(e.understood_at for e in disclosures) and not facts.may_pass("SHARE"):
        missing.append(_owner(facts, "Nobody has understood a disclosure in this cycle.", "choose-listener"))
    return missing


def every_correction_is_understood(facts: Facts) -> list[Missing]:
    """Whoever was given something that has changed since has said the change back, and it was confirmed."""
    return _unsettled(facts, Exchange.Kind.CORRECTION)


def the_summary_is_written(facts: Facts) -> list[Missing]:
    """The summary of the cycle is written, with the decision."""
    if facts.cycle.summary_version:
        return []
    return [_owner(facts, "The summary of this cycle is not written.", "summary")]


def every_party_has_answered_the_summary(facts: Facts) -> list[Missing]:
    """Each party has said whether the summary is what they recorded, or their silence is recorded."""
    waiting = []
    now = timezone.now()
    for e in facts.of_kind(Exchange.Kind.SUMMARY):
        if not facts.is_open(e):
            continue
        name = f"{e.listener.full_name} ({e.listener.agency.name})"
        if e.respond_by and e.respond_by < now:
            what = f"{name} has not answered the summary in time. Record the silence, or ask again."
            waiting.append(_owner(facts, what, "exchange", e.reference))
        else:
            waiting.append(
                Missing(f"{name} has not answered the summary.", name, e.respond_by, "exchange", e.reference)
            )
    return waiting


def no_meeting_is_without_minutes(facts: Facts) -> list[Missing]:
    """The minutes of every meeting have gone out, or it was called off."""
    return [
        Missing(
            f"Meeting {one['reference']} has no minutes yet.", one["chair"], None, "meeting", one["reference"]
        )
        for one in facts.cycle.unminuted
    ]


def every_member_of_a_meeting_has_understood(facts: Facts) -> list[Missing]:
    """Each member of a meeting has said back their own part of the minutes, and the chair confirmed it."""
    return _unsettled(facts, Exchange.Kind.MEETING)


def no_correction_is_unanswered(facts: Facts) -> list[Missing]:
    """A party's correction of the summary is taken into a new version, or answered in it."""
    return [
        _owner(facts, f"{e.listener.full_name} has corrected the summary.", "summary")
        for e in facts.of_kind(Exchange.Kind.SUMMARY)
        if not e.superseded_by_id
        and getattr(e, "summary_answer", None) is not None
        and e.summary_answer.answer == "CORRECTS"
    ]


def no_action_is_open(facts: Facts) -> list[Missing]:
    """No action is waiting to be agreed, done or checked."""
    missing = []
    for action in facts.actions:
        if not action.is_open:
            continue
        state = facts.action_state(action)
        who = action.other_side if state == "reported done" else action.owner
        verb = "checked" if state == "reported done" else "done" if action.accepted_at else "agreed"
        missing.append(
            Missing(
                f"Action {action.reference} is not {verb}.",
                f"{who.full_name} ({who.agency.name})",
                action.due_at,
                "action",
                action.reference,
            )
        )
    return missing


def no_exchange_is_open(facts: Facts) -> list[Missing]:
    """No check-back of any cycle is open."""
    return [
        _waiting(facts, e) for e in facts.exchanges if e.kind != Exchange.Kind.SUMMARY and facts.is_open(e)
    ]


def no_disagreement_is_open(facts: Facts) -> list[Missing]:
    """No disagreement is open."""
    return [
        Missing(
            f"A disagreement on {e.reference} is open.",
            f"{e.speaker.full_name} or {e.listener.full_name}",
            None,
            "exchange",
            e.reference,
        )
        for e in facts.exchanges
        if e.has_disagreement
    ]


def no_wrong_recipient_is_unresolved(facts: Facts) -> list[Missing]:
    """Whatever reached the wrong person has been dealt with."""
    return [
        _owner(
            facts,
            f"{e.reference} reached the wrong person, and nobody has said what was done.",
            "exchange",
            e.reference,
        )
        for e in facts.exchanges
        if e.has_incident
    ]


def no_skipped_step_is_left(facts: Facts) -> list[Missing]:
    """The steps that an urgent disclosure went ahead of have been done."""
    return [
        Missing(
            f"A step was skipped for an urgent disclosure: {step.get_step_display().lower()}.",
            step.owner.full_name,
            step.due_at,
            "ask" if step.step == "ASK" else "sharing-decisions",
        )
        for step in facts.skipped
    ]


def _asked_or_owner(facts: Facts, e: Any) -> str:
    asked = f"{e.asked_of.full_name} ({e.asked_of.agency.name})"
    return f"{asked}, or {_name(facts)} by saying why there is none,"


def _name(facts: Facts) -> str:
    return str(facts.concern.owner.full_name)


def _owner(facts: Facts, what: str, page: str, reference: str = "") -> Missing:
    return Missing(what, _name(facts), None, page, reference)


def _waiting(facts: Facts, e: Any) -> Missing:
    """Say of one open exchange what it waits for and from whom."""
    state = facts.state(e)
    speaker, listener = e.speaker, e.listener
    what = {
        State.SENT: f"{listener.full_name} has not confirmed receipt of {e.reference}.",
        State.OPENED: f"{listener.full_name} has opened {e.reference} and not confirmed receipt.",
        State.RECEIVED: f"{listener.full_name} has not said {e.reference} back.",
        State.SPOKEN: f"{listener.full_name} has not confirmed in writing what was typed for them after a "
        f"call about {e.reference}.",
        State.RESTATED: f"{speaker.full_name} has not checked what was said back on {e.reference}.",
        State.CORRECTED: f"{listener.full_name} has been asked to say {e.reference} again.",
    }[state]
    who = speaker if turn_of(state) == Turn.SPEAKER else listener
    return Missing(what, f"{who.full_name} ({who.agency.name})", e.respond_by, "exchange", e.reference)


def _unsettled(facts: Facts, kind: str) -> list[Missing]:
    return [_waiting(facts, e) for e in facts.of_kind(kind) if facts.is_open(e)]


# What a manager's "proceed on safety grounds" lets pass: check-backs, and nothing else.
CHECK_BACK_RULES: frozenset[GateRule] = frozenset(
    {
        every_enquiry_is_answered_or_explained,
        every_answer_is_understood,
        advice_is_taken_and_understood,
        every_listener_has_understood,
        every_correction_is_understood,
        every_party_has_answered_the_summary,
        no_correction_is_unanswered,
        every_member_of_a_meeting_has_understood,
    }
)
