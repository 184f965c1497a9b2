"""Hand-over between areas: who is responsible now, what can be done, and the rules that say so.

Each rule's docstring is the rule as a practitioner would say it. The button and the door use the same one.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from agencies.models import Agency, Membership
from agencies.refusals import NotAllowed, Refused
from agencies.roles import Permission
from sharing.facts import Facts
from sharing.models import Exchange, Transfer
from sharing.rules.gates import Missing
from sharing.states import State


class TransferState(StrEnum):
    """Where a hand-over to another area stands."""

    PROPOSED = "not received in writing yet"
    RECEIVED = "waiting for an answer"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "taken back"


TRANSFER_TAGS: dict[TransferState, str] = {
    TransferState.PROPOSED: "blue",
    TransferState.RECEIVED: "teal",
    TransferState.ACCEPTED: "green",
    TransferState.DECLINED: "red",
    TransferState.WITHDRAWN: "grey",
}
# What is sent, and has not gone: a hand-over can rest on it.
CAN_CARRY = frozenset(
    {
        *(State.SENT, State.OPENED, State.RECEIVED, State.SPOKEN, State.RESTATED, State.CORRECTED),
        State.UNDERSTOOD,
    }
)


class NotInWriting(Refused):
    """The other area has not received it in writing, so no clock has started and nothing can be answered."""


class NotUnderstood(Refused):
    """What it rests on has not been said back and confirmed."""


class Answered(Refused):
    """It has been accepted, declined or taken back before."""


class Responsible(NamedTuple):
    """Which agency is responsible, and since when (UTC)."""

    agency: Agency
    since: datetime | None


def transfer_state(transfer: Any) -> TransferState:
    """Read the state of a hand-over from its timestamps."""
    ends = (
        (transfer.withdrawn_at, TransferState.WITHDRAWN),
        (transfer.declined_at, TransferState.DECLINED),
        (transfer.accepted_at, TransferState.ACCEPTED),
        (transfer.received_at, TransferState.RECEIVED),
    )
    return next((state for at, state in ends if at), TransferState.PROPOSED)


def responsible(transfer: Transfer, *, at: datetime) -> Responsible:
    """Responsibility stays with the origin until the other area has accepted in writing, and from the moment
    that it named."""
    if transfer.responsible_from is not None and transfer.responsible_from <= at:
        return Responsible(transfer.to_agency, transfer.responsible_from)
    return Responsible(transfer.from_agency, transfer.concern.logged_at)


def may_carry(exchange: Exchange, state: State) -> bool:
    """A hand-over rests on a disclosure that was sent to somebody accountable at another agency."""
    return (
        exchange.kind == Exchange.Kind.DISCLOSURE
        and not exchange.for_information
        and exchange.contact_point_id is not None
        and exchange.speaker.agency_id != exchange.listener.agency_id
        and exchange.speaker.agency_id == exchange.cycle.concern.agency_id
        and state in CAN_CARRY
    )


def may_answer(by: Membership, transfer: Transfer, *, acts_for: frozenset[Any]) -> bool:
    """The person it was sent to, their named deputy, or a lead of the receiving agency answers."""
    if by.agency_id != transfer.to_agency_id:
        return False
    return transfer.listener.pk in acts_for or by.may(Permission.OVERSEE)


def require_answerer(by: Membership, transfer: Transfer, *, acts_for: frozenset[Any]) -> None:
    """The person it was sent to, their named deputy, or a lead of the receiving agency answers."""
    if not may_answer(by, transfer, acts_for=acts_for):
        name = transfer.listener.full_name
        raise NotAllowed(
            f"Only {name}, their named deputy or a lead of {transfer.to_agency.name} can answer this."
        )


def may_note_conference(by: Membership, transfer: Transfer, *, acts_for: frozenset[Any]) -> bool:
    """Whoever took it on or was asked to, their deputies, or a lead there write the conference down."""
    return transfer.taken_on_by_id in acts_for or may_answer(by, transfer, acts_for=acts_for)


def require_conference(by: Membership, transfer: Transfer, *, acts_for: frozenset[Any]) -> None:
    """The conference is written down by the receiving area, once, after it has accepted."""
    if not may_note_conference(by, transfer, acts_for=acts_for):
        raise NotAllowed(f"Only whoever took it on at {transfer.to_agency.name} writes the conference down.")
    require_accepted(transfer)


def require_origin(by: Membership, transfer: Transfer, *, acts_for: frozenset[Any]) -> None:
    """The person who handed over, their named deputy, or a lead of their agency takes it back."""
    ours = by.agency_id == transfer.from_agency_id
    if not ours or not (transfer.speaker.pk in acts_for or by.may(Permission.OVERSEE)):
        name = transfer.speaker.full_name
        raise NotAllowed(
            f"Only {name}, their named deputy or a lead of {transfer.from_agency.name} can do this."
        )


def require_open(transfer: Transfer) -> None:
    """A hand-over is answered once."""
    if not transfer.is_open:
        raise Answered(
            f"This hand-over has been {transfer_state(transfer).value} before, so nothing has been changed.",
            "Open it again to see what was said.",
        )


def require_not_received(transfer: Transfer) -> None:
    """Receipt is confirmed once, and starts the clocks then."""
    require_open(transfer)
    if transfer.received_at is not None:
        raise Answered("Receipt has been confirmed before. The clocks run from then.")


def require_accepted(transfer: Transfer) -> None:
    """The conference is written down by the area that has accepted, once."""
    if transfer.accepted_at is None:
        raise Refused("The conference is written down by the area that has accepted.", "Accept first.")
    if transfer.conference_noted_at is not None:
        raise Answered("The conference has been written down before.")


def require_in_writing(transfer: Transfer) -> None:
    """It is answered after it was received in writing."""
    if transfer.received_at is None:
        raise NotInWriting(
            "Confirm first that you have received it in writing.",
            "A telephone call is not enough: no clock has started.",
        )


def require_understood(transfer: Transfer) -> None:
    """Responsibility is taken on only for what has been understood."""
    if transfer.exchange.understood_at is None:
        raise NotUnderstood(
            f"{transfer.exchange.reference} has not been understood yet, so it cannot be accepted.",
            f"Say it back first. Until you accept, {transfer.from_agency.name} stays responsible.",
        )


def no_transfer_waits(facts: Facts) -> list[Missing]:
    """No hand-over to another area waits: until it is accepted, this agency is responsible."""
    return [
        Missing(
            f"Hand-over {e.transfer['reference']} to {e.listener.agency.name} waits for an answer. "
            "Until it is accepted, your agency is responsible.",
            f"{e.listener.full_name} ({e.listener.agency.name})",
            None,
            "transfer",
            e.transfer["reference"],
        )
        for e in facts.exchanges
        if e.transfer and not any(e.transfer[end] for end in ("accepted_at", "declined_at", "withdrawn_at"))
    ]
