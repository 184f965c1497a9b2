"""A referral that asks for a decision, and the decision that comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sharing.models import Exchange, Obligation
from sharing.operations import decisions, disclosure
from tests import factories
from tests.factories import World

WORDS: dict[str, Any] = {
    "decided": "An assessment by the family help team.",
    "why": "Two marks in one month, and no account that fits.",
    "what_next": "A visit by Friday; I write to you on the same day.",
    "what_would_change_it": "A third mark, or that he is kept at home.",
}


def choose(world: World, exchange: Exchange) -> Exchange:
    """Choose what they are told, and ask for a decision."""
    return disclosure.choose_items(
        exchange,
        by=exchange.speaker,
        at=world.clock(),
        share=[1, 2],
        key=[1, 2],
        held_back={3: "My opinion adds nothing that they need."},
        why_you="You are on duty for the front door today.",
        what_i_ask="Decide today whether this needs a strategy discussion.",
        urgency="HIGH",
        asks_decision=True,
    )


def sent(world: World) -> Exchange:
    """Send the front door a referral that asks for a decision."""
    exchange = choose(world, factories.prepared(world, factories.at_share(world)))
    return disclosure.send(exchange, by=exchange.speaker, at=world.clock())


def understood(world: World) -> Exchange:
    """Bring it to understood: the decision is owed."""
    return factories.understood(world, sent(world))


def late(world: World) -> Exchange:
    """Go on to a minute after the decision was due."""
    exchange = understood(world)
    due = Obligation.objects.get(key=f"decide:{exchange.pk}", settled_at=None).due_at
    world.clock.jump_to(due + timedelta(minutes=1))
    return exchange


def decide(world: World, exchange: Exchange, **more: Any) -> Exchange:
    """Send the decision as the listener."""
    given = {"by": exchange.listener, **WORDS, **more}
    return decisions.decide(exchange, at=world.clock(), **given)


def decided(world: World) -> Exchange:
    """Send a referral, have it understood, and send the decision."""
    return decide(world, understood(world))


def decided_and_understood(world: World) -> Exchange:
    """Bring a decision to understood by the first speaker."""
    return factories.understood(world, decided(world))
