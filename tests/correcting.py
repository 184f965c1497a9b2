"""Corrections brought about by the real operations: what was told, and what changes afterwards."""

from __future__ import annotations

from typing import Any

from agencies.models import ContactPoint, Membership
from records import operations as records
from records.models import Concern, Statement
from sharing.models import Action, Correction, CorrectionTo, Exchange, ProposedCorrection
from sharing.operations import flags, proposals
from sharing.states import ActionState, State
from tests import factories
from tests.factories import World

OLD = "Four small round marks in a row on the left upper arm, three centimetres by two."
NEW = "Four small round marks in a row on the right upper arm, three centimetres by two."
NEWER = "Three small round marks on the right forearm."
WHY = "Anna Bell had written down the wrong side."
# Said back of a correction, in the listener's own words.
HEARD: dict[str, Any] = {
    "what_happened": "It was his other arm. Nothing else about what you saw is different.",
    "what_worries_me": "The same as before; the side changes nothing in that.",
    "what_i_will_do": "Tell the doctor today to look at that side; sooner if she calls first.",
}


def concern_of(thing: Exchange | Action) -> Concern:
    return Concern.objects.get(pk=thing.cycle.concern_id)


def statement(concern: Concern, number: int = 1) -> Statement:
    """The newest version of a statement."""
    return Statement.objects.filter(concern=concern, number=number).latest("version")


def amend(
    world: World,
    concern: Concern,
    *,
    text: str = NEW,
    by: Membership | None = None,
    number: int = 1,
    **more: Any,
) -> Correction:
    """Correct a statement of a concern, and return what came of it."""
    amended = records.amend_statement(
        statement(concern, number), why=WHY, by=by or concern.owner, at=world.clock(), text=text, **more
    )
    return Correction.objects.get(statement=amended)


def told_of(correction: Correction, exchange: Exchange) -> Exchange:
    """The exchange by which whoever was told by another is told of a correction."""
    row = CorrectionTo.objects.get(correction=correction, about=exchange)
    assert row.exchange is not None
    return row.exchange


def corrected(world: World, *, state: State = State.UNDERSTOOD) -> tuple[Exchange, Correction, Exchange]:
    """A disclosure in a state, whose first statement was then corrected; the correction; and its exchange."""
    exchange = factories.exchange_at(world, state)
    correction = amend(world, concern_of(exchange))
    return exchange, correction, told_of(correction, exchange)


def understood(world: World, sent: Exchange) -> Exchange:
    """Bring a correction to understood."""
    received = factories.received(world, sent)
    return factories.confirmed(world, factories.restated(world, received, **HEARD))


def flagged(world: World, state: ActionState = ActionState.AGREED) -> Action:
    """An action of the listener's that rests on what was then corrected."""
    action = factories.action_at(world, state)
    amend(world, concern_of(action))
    return factories.again(action)


def still_right(world: World, action: Action, *, by: Membership | None = None, **more: Any) -> Action:
    """Say of a flagged action that it is still right."""
    said = {"answer": "STILL_RIGHT", "why": "The side of the arm changes nothing in it.", **more}
    return flags.look_again(action, by=by or action.owner, at=world.clock(), **said)


def proposed(world: World, exchange: Exchange | None = None) -> ProposedCorrection:
    """A correction that the listener proposes of the first item that they were told."""
    exchange = exchange or factories.exchange_at(world, State.UNDERSTOOD)
    return proposals.propose_correction(
        exchange,
        by=exchange.listener,
        at=world.clock(),
        item_number=1,
        should_say="It was the right arm: I have seen it.",
        how_known="I looked at it with the doctor.",
    )


def withdrawn(world: World, concern: Concern, **said: Any) -> Correction | None:
    """Record that the child has taken their agreement back, and return the correction that came of it."""
    view = factories.view(world, concern, **{"answer": "WITHDRAWN", **said})
    return Correction.objects.filter(view=view).first()


def unreachable(world: World) -> CorrectionTo:
    """A correction to somebody whom no notice can reach."""
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    ContactPoint.objects.filter(agency=world.care.agency).update(checked_at=None, checked_by=None)
    correction = amend(world, concern_of(exchange))
    return correction.recipients.get()
