"""Somebody without an account, and what is sent to them by a link, for the tests of both sides."""

from __future__ import annotations

from typing import Any

from agencies import operations as agencies
from agencies.models import ContactPoint, Membership
from sharing.models import Exchange, Link
from sharing.operations import disclosure, links, visits
from tests import factories
from tests.factories import World

EMAIL, PHONE = "rosa.lindqvist@homes.example", "07700 900123"
WHO: dict[str, Any] = {
    "organisation": "Harrow Lane Homes",
    "kind": "HOUSING",
    "full_name": "Rosa Lindqvist",
    "job_title": "Housing officer",
    "email": EMAIL,
    "how_email_checked": "I rang the office, and she spelled it out.",
    "phone": PHONE,
    "how_phone_checked": "On the back of her card; she answered.",
}


def officer(world: World, *, by: Membership | None = None, **changes: Any) -> Membership:
    """Add a housing officer without an account to the school's directory."""
    return agencies.add_outside(by=by or world.priya, at=world.clock(), **{**WHO, **changes})


def without(member: Membership, kind: str, *, at: Any) -> None:
    """Take one of somebody's ways to be reached away, as no page can."""
    ContactPoint.objects.filter(member=member, kind=kind).update(retired_at=at)


def chosen(world: World, member: Membership | None = None, **choice: Any) -> Exchange:
    """Prepare what the officer is told, in a concern of its own at Share."""
    member = member or officer(world)
    return factories.prepared(world, factories.at_share(world), listener=member, **choice)


def sent(world: World, member: Membership | None = None, *, code_by: str = "", **choice: Any) -> Exchange:
    """Send it: the link is made."""
    exchange = chosen(world, member, **choice)
    return disclosure.send(exchange, by=exchange.speaker, at=world.clock(), code_by=code_by)


def link_of(exchange: Exchange) -> Link:
    """Read the link of an exchange as it is now."""
    return Link.objects.select_related("exchange__cycle__concern", "member").get(exchange=exchange)


def locked(world: World, exchange: Exchange) -> Link:
    """Lock a link as five wrong codes do, once there is a right one."""
    factories.code(world, link_of(exchange))
    for _ in range(5):
        try:
            visits.enter_code(link_of(exchange), "nothing", at=world.clock(), address="192.0.2.7")
        except (visits.WrongCode, links.LinkIsOver):
            continue
    return link_of(exchange)
