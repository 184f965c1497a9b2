"""Concerns, exchanges and actions brought to a state by the ordinary way."""

from __future__ import annotations

from typing import Any

from agencies.models import Membership
from records.models import Concern, Person
from sharing.models import Action, Breach, Exchange, Incident, Stage
from sharing.operations import actions, check_back, record
from sharing.operations import misdirected as wrongly_sent
from sharing.states import ActionState, State
from tests.factories.consent import decide
from tests.factories.cycles import finish_ask, finish_record, move, the_cycle
from tests.factories.exchanges import (
    called,
    confirmed,
    corrected,
    dispatched,
    prepared,
    received,
    restated,
    understood,
)
from tests.factories.reading import again
from tests.factories.record import logged
from tests.factories.words import HANDLED
from tests.factories.world import World
from tests.replaying import goes_on

# From which state an exchange is brought to another.
AFTER = {
    State.SENT: State.PREPARED,
    State.WITHDRAWN: State.SENT,
    State.NOT_MINE: State.SENT,
    State.OPENED: State.SENT,
    State.RECEIVED: State.SENT,
    State.SPOKEN: State.RECEIVED,
    State.RESTATED: State.RECEIVED,
    State.CORRECTED: State.RESTATED,
    State.UNDERSTOOD: State.RESTATED,
}


@goes_on
def concern_at(world: World, stage: str | None, *, about: Person | None = None) -> Concern:
    """Bring a concern of the school's to a stage by the ordinary way. None: logged, not started.

    At SHARE the disclosure to the social worker is prepared and not sent; at RECORD it is understood;
    at CLOSED the summary was confirmed.
    """
    if stage is None:
        return logged(world, about=about)
    order: list[str | None] = [None, Stage.ASK, Stage.DO, Stage.SHARE, Stage.RECORD, Stage.CLOSED]
    assert stage in order, f"There is no stage {stage}"
    concern = concern_at(world, order[order.index(stage) - 1], about=about)
    if stage == Stage.ASK:
        move(world, concern, "start-at-ask")
    elif stage == Stage.DO:
        finish_ask(world, concern)
        move(world, concern, "to-do")
    elif stage == Stage.SHARE:
        decide(world, concern)
        prepared(world, concern)
        move(world, concern, "to-share")
    elif stage == Stage.RECORD:
        understood(world, dispatched(world, Exchange.objects.get(cycle__concern=concern)))
        move(world, concern, "to-record")
    else:
        finish_record(world, concern)
        move(world, concern, "close")
    return concern


@goes_on
def at_share(world: World, **choice: Any) -> Concern:
    """Log a concern and start it at Share with a decision to share, with nobody chosen yet."""
    concern = logged(world, **choice)
    move(world, concern, "start-at-share", reason="Told by phone already.")
    decide(world, concern)
    return concern


@goes_on
def exchange_at(world: World, state: State, **choice: Any) -> Exchange:
    """Bring an exchange to a state, in a concern of its own."""
    if state in (State.ANSWERED, State.SUPERSEDED):
        return _summary_at(world, state)
    if state == State.PREPARED:
        return prepared(world, at_share(world), **choice)
    if state == State.FOR_INFORMATION:
        return dispatched(world, prepared(world, at_share(world), for_information=True, **choice))
    assert state in AFTER, f"There is no state {state}"
    exchange = exchange_at(world, AFTER[state], **choice)
    if state == State.SENT:
        return dispatched(world, exchange)
    if state == State.WITHDRAWN:
        return check_back.withdraw(exchange, by=exchange.speaker, at=world.clock(), why="Wrong child.")
    if state == State.NOT_MINE:
        return check_back.not_mine(exchange, by=exchange.listener, at=world.clock(), note="Not my area.")
    if state == State.OPENED:
        return check_back.open_exchange(exchange, by=exchange.listener, at=world.clock())
    return _received_at(world, exchange, state)


def _received_at(world: World, exchange: Exchange, state: State) -> Exchange:
    """Bring an exchange that was received, or is, a step further."""
    if state == State.RECEIVED:
        return received(world, exchange)
    if state == State.SPOKEN:
        return called(world, exchange)
    if state == State.RESTATED:
        return restated(world, exchange)
    if state == State.CORRECTED:
        return corrected(world, exchange)
    return confirmed(world, exchange)


@goes_on
def summary_sent(world: World) -> Exchange:
    """Send the social worker the summary of a concern's first cycle."""
    concern = concern_at(world, Stage.RECORD)
    cycle = the_cycle(concern)
    record.write_summary(cycle, by=concern.owner, at=world.clock(), decision="A visit tomorrow.")
    return Exchange.objects.select_related("cycle__concern").get(cycle=cycle, kind="SUMMARY")


def _summary_at(world: World, state: State) -> Exchange:
    """Bring a summary to answered, or to overtaken by a second version."""
    summary = summary_sent(world)
    cycle, concern = summary.cycle, summary.cycle.concern
    if state == State.ANSWERED:
        record.answer_summary(summary, by=summary.listener, at=world.clock(), matches=True)
    else:
        record.write_summary(
            cycle, by=concern.owner, at=world.clock(), decision="A visit today.", what_changed="The day."
        )
    return again(summary)


def propose(
    world: World, exchange: Exchange, *, by: Membership | None = None, owner: Membership | None = None
) -> Action:
    """Propose an action on an exchange: the listener's, proposed by the speaker, unless told otherwise."""
    return actions.propose(
        exchange,
        by=by or exchange.speaker,
        at=world.clock(),
        what="Visit the child at home.",
        owner=owner or exchange.listener,
        by_when="2 working days",
        contingency="Nobody answers the door.",
    )


@goes_on
def action_at(world: World, state: ActionState) -> Action:
    """Bring an action of the social worker's to a state, on an understood exchange."""
    if state == ActionState.PROPOSED:
        return propose(world, exchange_at(world, State.UNDERSTOOD))
    action = action_at(world, ActionState.PROPOSED)
    owner, other = action.owner, action.other_side
    if state == ActionState.DECLINED:
        return actions.decline(action, by=owner, at=world.clock(), why="The health visitor goes tomorrow.")
    if state == ActionState.WITHDRAWN:
        return actions.withdraw_action(action, by=other, at=world.clock(), why="Not needed any more.")
    actions.accept(action, by=owner, at=world.clock())
    if state == ActionState.AGREED:
        return again(action)
    at = world.clock()
    actions.report(action, by=owner, at=at, what_happened="Seen, safe, with an aunt.", done_at=at)
    if state == ActionState.REPORTED:
        return again(action)
    assert state == ActionState.DONE, f"There is no state {state}"
    return actions.check_report(action, by=other, at=world.clock(), is_done=True)


@goes_on
def misdirected(world: World, state: State = State.RECEIVED) -> Incident:
    """Send something that reaches the wrong person, who says so."""
    exchange = exchange_at(world, state)
    return check_back.not_mine(exchange, by=exchange.listener, at=world.clock(), note="Not my area.").incident


@goes_on
def breach(world: World, **details: Any) -> Breach:
    """Enter what reached the wrong person in the register of breaches."""
    handled = {**HANDLED, "is_breach": True, "breach_why": "It names a child.", **details}
    incident = wrongly_sent.handle_incident(misdirected(world), by=world.priya, at=world.clock(), **handled)
    return Breach.objects.get(incident=incident)
