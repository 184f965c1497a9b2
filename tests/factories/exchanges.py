"""Something said to somebody, and its check-back, one step at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from agencies.models import Membership
from records.models import Concern
from sharing.models import Exchange, Item
from sharing.operations import check_back, disclosure, spoken
from tests.factories.cycles import the_cycle
from tests.factories.reading import again
from tests.factories.words import OWN_WORDS
from tests.factories.world import World


def prepared(
    world: World,
    concern: Concern,
    *,
    listener: Membership | None = None,
    speaker: Membership | None = None,
    urgency: str = "HIGH",
    for_information: bool = False,
) -> Exchange:
    """Choose whom to tell and what: S1 and S2 key, S3 held back with a reason."""
    by = speaker or concern.owner
    exchange = disclosure.choose_listener(
        the_cycle(concern),
        listener=listener or world.tom,
        by=by,
        at=world.clock(),
        right_place="The duty desk's number on the partnership's list; they confirmed by phone.",
        for_information=for_information,
        meant=(listener or world.tom).pk,
    )
    return disclosure.choose_items(
        exchange,
        by=by,
        at=world.clock(),
        share=[1, 2],
        key=[1, 2],
        held_back={3: "My opinion adds nothing that they need."},
        why_you="You are on duty for the front door today.",
        what_i_ask="Decide today whether this needs a strategy discussion.",
        urgency=urgency,
    )


def sent(world: World, concern: Concern, **choice: Any) -> Exchange:
    """Send a disclosure from Share."""
    exchange = prepared(world, concern, **choice)
    return dispatched(world, exchange)


def dispatched(world: World, exchange: Exchange, **more: Any) -> Exchange:
    """Send a prepared disclosure, as its speaker, to the very person it was prepared for."""
    return disclosure.send(
        exchange, by=exchange.speaker, at=world.clock(), meant=exchange.listener_id, **more
    )


def sent_in_emergency(world: World, concern: Concern, *, listener: Membership | None = None) -> Exchange:
    """Send an urgent disclosure to the doctor from whichever stage the concern is at."""
    exchange = prepared(world, concern, listener=listener or world.amara)
    return disclosure.send(
        exchange,
        by=exchange.speaker,
        at=world.clock(),
        emergency_reason="They may be collected within the hour.",
    )


def received(world: World, exchange: Exchange) -> Exchange:
    """Open an exchange and confirm receipt, as its listener."""
    check_back.open_exchange(exchange, by=exchange.listener, at=world.clock())
    return check_back.receive(exchange, by=exchange.listener, at=world.clock())


def restated(world: World, exchange: Exchange, *, by: Membership | None = None, **words: Any) -> Exchange:
    """Say an exchange back in good words, as its listener."""
    check_back.restate(exchange, by=by or exchange.listener, at=world.clock(), **{**OWN_WORDS, **words})
    return again(exchange)


def call_words(exchange: Exchange, *, at: datetime, **words: Any) -> dict[str, Any]:
    """What somebody types of a call that was made ten minutes before: all of it in order."""
    given = {
        "spoken_with": exchange.listener,
        "number": "01632 960 155",
        "how_checked": "Their switchboard put me through.",
        "called_at": at - timedelta(minutes=10),
        "minutes": 6,
        "what_was_said": "What is written in this item, and that he is still in school.",
        "verdicts": verdicts(exchange),
        "outcome": "CONFIRMED",
        **OWN_WORDS,
    }
    return {**given, **words}


def called(world: World, exchange: Exchange, *, by: Membership | None = None, **words: Any) -> Exchange:
    """Log a call in which an exchange was said back: provisional until it is confirmed in writing."""
    at = world.clock(minutes=15)
    spoken.log_call(exchange, by=by or exchange.speaker, at=at, **call_words(exchange, at=at, **words))
    return again(exchange)


def said(world: World, exchange: Exchange, *, by: Membership | None = None) -> Exchange:
    """Confirm in writing what was typed after a call, as its listener."""
    spoken.confirm_said(exchange, by=by or exchange.listener, at=world.clock())
    return again(exchange)


def verdicts(exchange: Exchange, answer: str = "UNDERSTOOD") -> dict[int, str]:
    """Give one verdict on every key item."""
    keys = Item.objects.filter(exchange=exchange, is_key=True).values_list("number", flat=True)
    return dict.fromkeys(keys, answer)


def corrected(world: World, exchange: Exchange, *, by: Membership | None = None) -> Exchange:
    """Ask for an exchange to be said again, as its speaker."""
    check_back.check(
        exchange,
        by=by or exchange.speaker,
        at=world.clock(),
        outcome="CORRECTED",
        verdicts=verdicts(exchange, "WRONG"),
        note="Say what you understand about the second point.",
    )
    return again(exchange)


def confirmed(world: World, exchange: Exchange, *, by: Membership | None = None) -> Exchange:
    """Confirm what was said back, as the speaker: the exchange is understood."""
    check_back.check(
        exchange,
        by=by or exchange.speaker,
        at=world.clock(),
        outcome="CONFIRMED",
        verdicts=verdicts(exchange),
    )
    return again(exchange)


def understood(world: World, exchange: Exchange) -> Exchange:
    """Bring a sent exchange to understood: received, said back, confirmed."""
    return confirmed(world, restated(world, received(world, exchange)))
