"""People without an account, and the links by which they come in."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from agencies import operations as agencies
from agencies.models import Membership
from sharing.links.secrets import new_token, token_hash
from sharing.models import Exchange, Link, LinkToken, LinkVisit
from sharing.operations import links, visits
from tests.factories.exchanges import sent
from tests.factories.states import at_share
from tests.factories.words import OUTSIDE
from tests.factories.world import World
from tests.replaying import goes_on


def outside(world: World, *, by: Membership | None = None, **details: Any) -> Membership:
    """Add somebody without an account to the school's directory."""
    return agencies.add_outside(by=by or world.priya, at=world.clock(), **{**OUTSIDE, **details})


@goes_on
def exchange_outside(world: World, *, listener: Membership | None = None) -> Exchange:
    """Send a disclosure to somebody without an account."""
    return sent(world, at_share(world), listener=listener or outside(world))


@goes_on
def link(world: World, exchange: Exchange | None = None, *, code_by: str = "TEXT") -> Link:
    """Return the link of an exchange with somebody without an account, whichever way its code goes."""
    exchange = exchange or exchange_outside(world)
    Link.objects.filter(exchange=exchange).update(code_by=code_by)
    return link_of(exchange)


def link_of(exchange: Exchange) -> Link:
    """Read the link of an exchange with somebody without an account."""
    return Link.objects.select_related("exchange__cycle__concern", "member__agency").get(exchange=exchange)


def token(world: World, of: Link) -> str:
    """Put a new address for a link in place, as sending a notice does, and return its token."""
    new, at = new_token(), world.clock()
    LinkToken.objects.create(
        link=of, hash=token_hash(new), message_id=uuid4(), made_at=at, ends_at=of.ends_at
    )
    return new


def code(world: World, of: Link) -> str:
    """Read a code out, whichever way the codes of a link go, and return it."""
    usual = of.code_by
    Link.objects.filter(pk=of.pk).update(code_by="SPEAKER")
    made = links.read_out_code(of.exchange, by=links.speaker_of(of), at=world.clock())
    Link.objects.filter(pk=of.pk).update(code_by=usual)
    return made


def visit(world: World, of: Link | None = None) -> LinkVisit:
    """Begin a visit with the right code."""
    of = of or link(world)
    return visits.enter_code(of, code(world, of), at=world.clock(), address=None)
