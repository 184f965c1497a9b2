"""Protecting details and writing them into what is sent, for the tests of the guard."""

from __future__ import annotations

from typing import Any

from agencies import deciding
from agencies.models import Membership
from records import operations as records
from records.models import Concern, Person, ProtectedDetail
from sharing.models import Exchange
from sharing.operations import disclosure
from sharing.operations.guarding import ProtectedDetailFound
from tests import factories
from tests.factories import World

HOUSE = "14 Mill Lane\nHebden Bridge\nHX7 8AB"
WHY = "The court ordered that they be told."


def protect(
    world: World,
    person: Person,
    *,
    kind: str = "ADDRESS",
    value: str = HOUSE,
    kept_from: str = "EVERYBODY",
    by: Membership | None = None,
    **more: Any,
) -> ProtectedDetail:
    """Protect a detail, as the school unless `by` says who."""
    return records.protect_detail(
        person, by=by or world.priya, at=world.clock(), kind=kind, value=value, kept_from=kept_from,
        why="Father must not find them.", **more,
    )  # fmt: skip


def leaking(world: World, *, text: str = "We drove her to 14 mill ln.") -> Exchange:
    """Prepare a disclosure to the social worker whose first item holds a protected address."""
    concern = concern_saying(world, text)
    protect(world, factories.main_person(concern))
    return factories.prepared(world, concern)


def concern_saying(world: World, text: str) -> Concern:
    """Log a concern at Share whose first statement says something."""
    concern = factories.at_share(world)
    first = concern.statements.get(number=1)
    records.amend_statement(
        first, by=world.priya, at=world.clock(), text=text, source=first.source, why="It was left out.",
        happened_at=first.happened_at,
    )  # fmt: skip
    return concern


def send(world: World, exchange: Exchange, **more: Any) -> Exchange:
    return disclosure.send(exchange, by=exchange.speaker, at=world.clock(), **more)


def stopped(world: World, exchange: Exchange, **more: Any) -> ProtectedDetailFound:
    """Try to send something and return what stopped it. Fails where nothing did."""
    try:
        send(world, exchange, **more)
    except ProtectedDetailFound as found:
        return found
    raise AssertionError("It was sent")


def all_the_same(refusal: ProtectedDetailFound, why: str = WHY) -> deciding.Decision:
    """The decision of somebody who saw what was found."""
    return deciding.Decision(why=why, seen=frozenset(refusal.seen.split(deciding.BETWEEN)))
