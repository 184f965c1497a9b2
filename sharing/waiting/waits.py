"""Who has to do what by when, read from the record: one `Wait` for each thing that waits for somebody.

This is the rule; `operations.obligations` keeps the rows in step with it, in the transaction of each
change, and the reconciler compares the two. Nothing is written here.

The limits (domain facts C.7 and section 8, all rows of the partnership that can be changed): a
check-back has the limit of its urgency, which starts anew with each turn, in the working time of
whoever has the turn. An answer has that of an enquiry. Taking an action on, checking that it was done,
saying whether one agrees and dealing with a misdirected item have that of a decision. An action and a
review have the moment that people gave them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agencies.addresses import reverse
from agencies.models import Membership, TimeLimit
from agencies.prepared import Prepared
from agencies.working_time import Due
from records.models import Concern
from sharing.breaches import owner_of
from sharing.models import (
    Action,
    Agreement,
    Breach,
    Enquiry,
    Exchange,
    Handover,
    Incident,
    Obligation,
    Round,
    SkippedStep,
)
from sharing.states import ActionState, State, action_state, state_of
from sharing.waiting.limits import check_back_limit, limit_of

Kind = Obligation.Kind
# What the other side has done its part in, and is neither shown nor told about.
OWN_AFFAIR = (Kind.INCIDENT, Kind.BREACH, Kind.ACCESS, Kind.ACCESS_WAITS, Kind.ACCESS_CHECK)
# What its listener says whether they agree with, once it is understood.
AGREED_WITH = (Exchange.Kind.DISCLOSURE, Exchange.Kind.MEETING)


@dataclass(frozen=True)
class Wait:
    """One thing that waits for `owner`; `other` is who waits for it. Moments are UTC."""

    key: str
    kind: str
    reference: str
    path: str
    concern: Concern | None
    owner: Membership
    other: Membership | None
    since: datetime
    due_at: datetime
    due_why: str = ""
    is_urgent: bool = False
    stage: int = 0
    what: str = ""


LISTENERS_TURN = {
    State.SENT: Kind.OPEN,
    State.OPENED: Kind.RECEIVE,
    State.RECEIVED: Kind.SAY_BACK,
    State.CORRECTED: Kind.SAY_AGAIN,
}


def of_exchange(exchange: Exchange, said: Sequence[Round] | None = None) -> list[Wait]:
    """What waits in an exchange: the next turn of its check-back, then whether the listener agrees.

    `said` is the last round, none or one, where it is known; it is read where it is not.
    """
    if exchange.sent_at is None:
        return []
    last = last_round(exchange) if said is None else next(iter(said), None)
    outcome = last.outcome if last else None
    state = state_of(exchange, last_outcome=outcome, is_answered=hasattr(exchange, "summary_answer"))
    if state in LISTENERS_TURN:
        kind = Kind.SUMMARY if exchange.kind == Exchange.Kind.SUMMARY else LISTENERS_TURN[state]
        since = last.checked_at if last and last.checked_at else exchange.sent_at
        return [_turn(exchange, kind, exchange.listener, exchange.speaker, since)]
    if state == State.SPOKEN and last is not None:
        return [_to_confirm(exchange, last)]
    if state == State.RESTATED and last is not None:
        return [_turn(exchange, Kind.CHECK, exchange.speaker, exchange.listener, last.restated_at)]
    if state == State.UNDERSTOOD and exchange.kind in AGREED_WITH:
        return list(_agreement(exchange))
    return []


def last_round(exchange: Exchange) -> Round | None:
    """Return the round in which an exchange was last said back."""
    last = LAST_ROUND.first(exchange=exchange.pk)
    if last is not None:
        last.exchange = exchange
    return last


LAST_ROUND = Prepared(lambda *, exchange: Round.objects.filter(exchange=exchange).order_by("-number")[:1])
AGREED = Prepared(
    lambda *, exchange: Agreement.objects.filter(exchange=exchange).values_list("pk", flat=True)[:1]
)


def _turn(exchange: Exchange, kind: Kind, owner: Membership, other: Membership, since: datetime) -> Wait:
    """A turn of a check-back. The first one has the limit that the exchange was sent with."""
    first = exchange.respond_by if since == exchange.sent_at else None
    due = Due(first, since, ()) if first else check_back_limit(owner, exchange.urgency, at=since)
    return Wait(
        key=f"exchange:{exchange.pk}",
        kind=kind,
        reference=exchange.reference,
        path=reverse("exchange", args=[exchange.reference]),
        concern=exchange.cycle.concern,
        owner=owner,
        other=other,
        since=since,
        due_at=due.at,
        due_why="\n".join(due.why),
        is_urgent=exchange.urgency == "URGENT",
    )


def _to_confirm(exchange: Exchange, typed: Round) -> Wait:
    """What was typed after a call waits for whoever was spoken to, or for the listener once they left."""
    call = typed.call
    owner = call.spoken_with if call.spoken_with.is_current else exchange.listener
    due = limit_of(owner, TimeLimit.Key.SPOKEN, at=call.typed_at)
    return Wait(
        key=f"exchange:{exchange.pk}",
        kind=Kind.CONFIRM_SPOKEN,
        reference=exchange.reference,
        path=reverse("confirm-call", args=[exchange.reference]),
        concern=exchange.cycle.concern,
        owner=owner,
        other=exchange.speaker,
        since=call.typed_at,
        due_at=due.at,
        due_why="\n".join(due.why),
        is_urgent=exchange.urgency == "URGENT",
    )


def _agreement(exchange: Exchange) -> Iterator[Wait]:
    """What was understood in a cycle that goes on waits to be agreed with or not."""
    if exchange.understood_at is None or exchange.cycle.ended_at or AGREED.all(exchange=exchange.pk):
        return
    due = limit_of(exchange.listener, TimeLimit.Key.DECISION, at=exchange.understood_at)
    yield Wait(
        key=f"agree:{exchange.pk}",
        kind=Kind.AGREE,
        reference=exchange.reference,
        path=reverse("agreement", args=[exchange.reference]),
        concern=exchange.cycle.concern,
        owner=exchange.listener,
        other=exchange.speaker,
        since=exchange.understood_at,
        due_at=due.at,
        due_why="\n".join(due.why),
    )


def of_incident(incident: Incident) -> list[Wait]:
    """What reached the wrong person waits for whoever sent it to say what was done."""
    exchange = incident.exchange
    if incident.handled_at:
        return []
    due = limit_of(exchange.speaker, TimeLimit.Key.DECISION, at=incident.opened_at)
    return [
        Wait(
            key=f"incident:{incident.pk}",
            kind=Kind.INCIDENT,
            reference=exchange.reference,
            path=reverse("incident", args=[exchange.reference]),
            concern=exchange.cycle.concern,
            owner=exchange.speaker,
            other=exchange.listener,
            since=incident.opened_at,
            due_at=due.at,
            due_why="\n".join(due.why),
            is_urgent=True,
        )
    ]


def of_breach(breach: Breach) -> list[Wait]:
    """A breach waits for the sender's lead, by its own clock, until it is decided, reported and closed."""
    if breach.closed_at:
        return []
    exchange = breach.exchange
    return [
        Wait(
            key=f"breach:{breach.pk}",
            kind=Kind.BREACH,
            reference=exchange.reference,
            path=reverse("breach", args=[breach.number]),
            concern=exchange.cycle.concern,
            owner=owner_of(breach),
            other=None,
            since=breach.became_aware_at,
            due_at=breach.due_at,
            due_why=breach.due_why,
            is_urgent=True,
            what=f"Breach {breach.number}",
        )
    ]


def of_enquiry(enquiry: Enquiry) -> list[Wait]:
    """A question waits for whoever was asked."""
    if not enquiry.is_open:
        return []
    is_advice = enquiry.kind == Enquiry.Kind.ADVICE
    return [
        Wait(
            key=f"enquiry:{enquiry.pk}",
            kind=Kind.ADVISE if is_advice else Kind.ANSWER,
            reference=enquiry.reference,
            path=reverse("enquiry", args=[enquiry.reference]),
            concern=enquiry.cycle.concern,
            owner=enquiry.asked_of,
            other=enquiry.asked_by,
            since=enquiry.asked_at,
            due_at=enquiry.respond_by,
        )
    ]


def of_action(action: Action) -> list[Wait]:
    """An action waits for its owner to take it on and do it, then for the other side to check it.

    A proposal waits for nobody before the exchange that it rests on has been understood.
    """
    report = action.reports.order_by("-number").first()
    state = action_state(action, last_outcome=report.outcome if report else None)
    understood_at = action.exchange.understood_at
    if state == ActionState.PROPOSED and understood_at:
        since = max(action.proposed_at, understood_at)
        answer = limit_of(action.owner, TimeLimit.Key.DECISION, at=since)
        return [_step(action, Kind.TAKE_ON, since, min(action.due_at, answer.at))]
    if state == ActionState.AGREED and action.accepted_at:
        return [_step(action, Kind.DO, action.accepted_at, action.due_at, action.due_why)]
    if state == ActionState.REPORTED and report:
        due = limit_of(action.other_side, TimeLimit.Key.DECISION, at=report.reported_at)
        return [_step(action, Kind.CHECK_ACTION, report.reported_at, due.at, "\n".join(due.why))]
    return []


def _step(action: Action, kind: Kind, since: datetime, due_at: datetime, why: str = "") -> Wait:
    is_checked = kind == Kind.CHECK_ACTION
    return Wait(
        key=f"action:{action.pk}",
        kind=kind,
        reference=action.reference,
        path=reverse("action", args=[action.reference]),
        concern=action.cycle.concern,
        owner=action.other_side if is_checked else action.owner,
        other=action.owner if is_checked else action.other_side,
        since=since,
        due_at=due_at,
        due_why=why,
    )


def of_step(step: SkippedStep) -> list[Wait]:
    """A step that an urgent disclosure went ahead of waits for whoever sent it."""
    if step.done_at:
        return []
    concern = step.cycle.concern
    is_ask = step.step == SkippedStep.Step.ASK
    return [
        Wait(
            key=f"step:{step.pk}",
            kind=Kind.STEP_ASK if is_ask else Kind.STEP_DECISION,
            reference=concern.reference,
            path=reverse("concern", args=[concern.reference]),
            concern=concern,
            owner=step.owner,
            other=None,
            since=step.skipped_at or step.due_at,
            due_at=step.due_at,
        )
    ]


def of_decision(decision: Any) -> list[Wait]:
    """Somebody who was not told is thought of again, by whoever decided, until a later decision."""
    later = type(decision).objects.filter(
        concern=decision.concern_id, person=decision.person_id, pk__gt=decision.pk
    )
    if decision.informed != "NOT_YET" or decision.inform_review_at is None or later.exists():
        return []
    concern = decision.concern
    return [
        Wait(
            key=f"inform:{concern.pk}:{decision.person_id}",
            kind=Kind.INFORM,
            reference=concern.reference,
            path=reverse(
                "sharing-decision", args=[concern.reference, decision.cycle_number, decision.person.reference]
            ),
            concern=concern,
            owner=who_has(decision.decided_by, concern, since=decision.decided_at),
            other=None,
            since=decision.decided_at,
            due_at=decision.inform_review_at,
        )
    ]


def who_has(member: Membership, concern: Concern, *, since: datetime) -> Membership:
    """Return who has what somebody began in a concern: they themselves, or who took over from them since."""
    taken = Handover.objects.filter(leaver=member, concern=concern, taken_over_at__gt=since)
    last = taken.select_related("successor__user", "successor__agency").order_by("pk").first()
    if last is None or last.taken_over_at is None:
        return member
    return who_has(last.successor, concern, since=last.taken_over_at)
