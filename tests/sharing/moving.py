"""A family that moves from Wyrefold to Northmoor, told step by step."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from agencies.models import Agency, Membership
from sharing.models import Exchange, Transfer
from sharing.operations import check_back, disclosure, transfers
from tests import factories
from tests.factories import Staff, World

WORDS = "We take him and his sister on, and see them at home tomorrow."


def london(text: str) -> datetime:
    """Read "2027-02-05 17:00" as a moment in London."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/London"))


def northmoor(world: World) -> Staff:
    """Make the social care of the next area, with everybody in it."""
    made = factories.staff(
        factories.agency("northmoor-care", "Northmoor Children’s Services", "CHILDREN"),
        ["Yusuf Darr", "Sana Malik", "Bryn Pugh", "Cleo Anders", "Ola Finch"],
        ["Team manager", "Social worker"],
    )
    Agency.objects.filter(pk=made.agency.pk).update(area="Northmoor")
    made.agency.area = "Northmoor"
    return made


def told(world: World, staff: Staff, *, at: datetime | None = None) -> Exchange:
    """Tell Northmoor in writing, from a concern of the school's at Share."""
    concern = factories.at_share(world)
    exchange = factories.prepared(world, concern, listener=staff.practitioner)
    if at is not None:
        world.clock.jump_to(at)
    return disclosure.send(exchange, by=exchange.speaker, at=at or world.clock())


def proposed(world: World, exchange: Exchange, *, by: Membership | None = None, **more: Any) -> Transfer:
    """Ask Northmoor to take on responsibility for the child."""
    given = {"why": "They moved for good.", "people": [factories.main_person(exchange.cycle.concern)], **more}
    return transfers.propose(exchange, by=by or exchange.speaker, at=world.clock(), **given)


def waiting(world: World, staff: Staff) -> Transfer:
    """A hand-over that was asked for, of which nothing has arrived."""
    return proposed(world, told(world, staff))


def received(world: World, transfer: Transfer, *, at: datetime | None = None) -> Transfer:
    """Let Northmoor confirm in writing that what it rests on has arrived."""
    if at is not None:
        world.clock.jump_to(at)
    exchange = transfer.exchange
    check_back.receive(exchange, by=exchange.listener, at=at or world.clock())
    return again(transfer)


def understood(world: World, transfer: Transfer) -> Transfer:
    """Bring what it rests on to understood."""
    transfer = received(world, transfer) if transfer.exchange.received_at is None else transfer
    factories.confirmed(world, factories.restated(world, again(transfer).exchange))
    return again(transfer)


def accepted(world: World, transfer: Transfer, **more: Any) -> Transfer:
    """Accept it as the person it was sent to, from now on."""
    transfer = understood(world, transfer) if transfer.exchange.understood_at is None else transfer
    by = transfer.exchange.listener
    given = {"words": WORDS, "taken_on_by": by, **more}
    return transfers.accept(transfer, by=by, at=world.clock(), **given)


def again(transfer: Transfer) -> Transfer:
    """Read a hand-over again as it is now, with its people."""
    return Transfer.objects.with_people().get(pk=transfer.pk)
