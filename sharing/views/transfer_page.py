"""What the page of a hand-over to another area shows: who is responsible, both clocks, one next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agencies.addresses import reverse
from agencies.days import written
from agencies.models import Membership
from agencies.roles import Permission
from sharing import transferring
from sharing.models import Transfer
from sharing.operations.transfers import acts_for
from sharing.rules import transfers as rules
from sharing.rules.transfers import TRANSFER_TAGS, TransferState, transfer_state
from sharing.told import moment
from sharing.views.next_step import Step
from sharing.waiting.chasing import chased


@dataclass(frozen=True)
class Reader:
    """A hand-over and who reads it, at a moment (UTC)."""

    transfer: Transfer
    member: Membership
    acts_for: frozenset[Any]
    now: datetime

    @property
    def is_origin(self) -> bool:
        return self.member.agency_id == self.transfer.from_agency_id

    @property
    def may_answer(self) -> bool:
        return rules.may_answer(self.member, self.transfer, acts_for=self.acts_for)

    @property
    def may_take_back(self) -> bool:
        mine = self.transfer.speaker.pk in self.acts_for or self.member.may(Permission.OVERSEE)
        return self.is_origin and mine

    @property
    def reads(self) -> bool:
        """The words are for the origin, and for the other side once it has opened what they rest on."""
        return self.is_origin or self.transfer.exchange.opened_at is not None

    def to(self, name: str) -> str:
        return reverse(name, args=[self.transfer.reference])


def look(transfer: Transfer, member: Membership, *, now: datetime) -> Reader:
    """Say who reads a hand-over."""
    return Reader(transfer, member, acts_for(member, at=now), now)


def context(reader: Reader) -> dict[str, Any]:
    """Put a hand-over into the words of its page."""
    transfer = reader.transfer
    calls = list(transfer.calls.all())
    seen = transferring.seen_row(transfer, calls)
    state = transfer_state(transfer)
    return {
        "transfer": transfer,
        "heading": f"Hand-over to {transfer.to_agency.name}"
        if reader.is_origin
        else f"Hand-over from {transfer.from_agency.name}",
        "tag": {"text": state.value.capitalize(), "colour": TRANSFER_TAGS[state]},
        "panel": transferring.panel(seen, now=reader.now, with_words=reader.reads),
        "step": next_step(reader),
        "chasing": chased(transfer.reference),
        "rows": _rows(reader) if reader.reads else [],
        "links": _links(reader),
        "take_further_url": _take_further(reader),
        "back": _back(reader),
    }


def _back(reader: Reader) -> str:
    """Lead back to what they were told, or to what they may see of it."""
    if _sees_exchange(reader):
        return reverse("exchange", args=[reader.transfer.exchange.reference])
    return (
        reverse("concern", args=[reader.transfer.concern.reference]) if reader.is_origin else reverse("home")
    )


def _sees_exchange(reader: Reader) -> bool:
    parties = {reader.transfer.speaker.pk, reader.transfer.listener.pk}
    return bool(parties & reader.acts_for) or reader.member.may(Permission.OVERSEE)


def next_step(reader: Reader) -> Step:
    """Say the one thing to do next, or for whom everybody waits."""
    transfer = reader.transfer
    state = transfer_state(transfer)
    if state == TransferState.ACCEPTED:
        return _after_acceptance(reader)
    if state == TransferState.DECLINED:
        return Step(f"Declined. {transfer.from_agency.name} stays responsible", waits=True)
    if state == TransferState.WITHDRAWN:
        return Step(f"Taken back. {transfer.from_agency.name} stays responsible", waits=True)
    if not reader.may_answer:
        return Step(_waiting(transfer, state), waits=True)
    exchange = transfer.exchange
    if exchange.received_at is None:
        return Step(
            "Open what you were sent, and confirm that it reached you",
            "That is the written receipt. It starts both clocks, and says nothing about accepting.",
            href=reverse("exchange", args=[exchange.reference]),
            button=f"Go to {exchange.reference}",
        )
    if state == TransferState.PROPOSED:
        return Step(
            "Confirm that you have received it in writing",
            "Both clocks start then. It does not say that you accept.",
            href=reader.to("transfer-receive"),
            button="Confirm receipt in writing",
        )
    if exchange.understood_at is None:
        return Step(
            "Say back what you were told, then accept",
            "Responsibility is taken on only for what is understood. You can decline before that.",
            href=reverse("exchange", args=[exchange.reference]),
            button=f"Go to {exchange.reference}",
        )
    return Step(
        f"Does {transfer.to_agency.name} take on responsibility?",
        f"Until you accept in writing, {transfer.from_agency.name} stays responsible.",
        href=reader.to("transfer-accept"),
        button="Accept responsibility",
    )


def _waiting(transfer: Transfer, state: TransferState) -> str:
    name = transfer.listener.full_name
    if state == TransferState.PROPOSED:
        return f"Waiting for {name} to confirm receipt in writing"
    if transfer.exchange.understood_at is None:
        return f"Waiting for {transfer.exchange.reference} to be said back and confirmed"
    return f"Waiting for {name} to accept or decline"


def _after_acceptance(reader: Reader) -> Step:
    transfer = reader.transfer
    may_note = rules.may_note_conference(reader.member, transfer, acts_for=reader.acts_for)
    if transfer.conference_noted_at is None and may_note:
        return Step(
            "Hold the conference, then write down when it was",
            href=reader.to("transfer-conference"),
            button="Write the conference down",
        )
    if reader.is_origin:
        return Step(
            f"{transfer.to_agency.name} has accepted",
            "You can close the concern, or go on where you still have a part in it.",
            href=reverse("concern", args=[transfer.concern.reference]),
            button="Go to the concern",
        )
    return Step("Your agency has accepted responsibility", waits=True)


def _links(reader: Reader) -> list[dict[str, str]]:
    """The other ways on, for whoever may take them."""
    transfer = reader.transfer
    if not transfer.is_open:
        return []
    links = []
    if reader.may_answer and transfer.received_at is not None:
        links.append({"text": "Decline responsibility", "href": reader.to("transfer-decline")})
    if reader.may_answer or reader.may_take_back:
        links.append({"text": "Write down a telephone call", "href": reader.to("transfer-call")})
    if reader.may_take_back:
        links.append({"text": "Take the hand-over back", "href": reader.to("transfer-withdraw")})
    return links


def _take_further(reader: Reader) -> str:
    """Offer the disagreement ladder to the origin's person once the answer is late."""
    transfer = reader.transfer
    is_late = transfer.is_open and transfer.answer_due_at is not None and transfer.answer_due_at < reader.now
    is_mine = reader.is_origin and transfer.speaker.pk in reader.acts_for
    return reverse("take-further", args=[transfer.exchange.reference]) if is_late and is_mine else ""


def _rows(reader: Reader) -> list[dict[str, Any]]:
    """What was asked, of whom, on what, and the answer."""
    transfer = reader.transfer
    names = [one.name for one in transfer.people.all()]
    since = written(transfer.known_since, "j F Y") if transfer.known_since else "Not said"
    rows = [
        ("Who moves", "\n".join(names)),
        ("From", _area(transfer.from_agency)),
        ("To", _area(transfer.to_agency)),
        ("Why", transfer.why),
        ("New address known since", since),
        ("In writing", f"{transfer.exchange.reference}, to {transfer.listener.label}"),
        ("Asked by", f"{transfer.proposed_by.label}\n{moment(transfer.proposed_at)}"),
    ]
    if transfer.accepted_at and transfer.accepted_by and transfer.taken_on_by:
        rows += [
            ("Accepted by", f"{transfer.accepted_by.label}\n{moment(transfer.accepted_at)}"),
            ("Taken on by", f"{transfer.taken_on_by.label}\nFrom {moment(transfer.responsible_from)}"),
            ("In their words", transfer.accepted_words),
        ]
    if transfer.declined_at and transfer.declined_by:
        rows += [
            ("Declined by", f"{transfer.declined_by.label}\n{moment(transfer.declined_at)}"),
            ("Why they declined", transfer.declined_why),
            ("What they want instead", transfer.what_they_want),
        ]
    if transfer.withdrawn_at and transfer.withdrawn_by:
        rows += [
            ("Taken back by", f"{transfer.withdrawn_by.label}\n{moment(transfer.withdrawn_at)}"),
            ("Why it was taken back", transfer.withdrawn_why),
        ]
    return [{"key": key, "value": value} for key, value in rows]


def _area(agency: Any) -> str:
    return f"{agency.name}\n{agency.area}".strip()
