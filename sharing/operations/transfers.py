"""Hand-over between areas: propose it on what was sent, receive it in writing, accept, decline, take it back.

Responsibility stays with the origin until the other area accepts in writing. Both limits count from the
written receipt. A telephone call is written down, and starts no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from agencies.models import Membership, TimeLimit
from agencies.refusals import Refused
from agencies.roles import Permission
from audit.models import Event
from notifications.models import Message
from records.models import Person, Subject
from sharing import rules
from sharing.models import Exchange, Transfer, TransferCall, TransferPerson
from sharing.models.transfer import WAITS
from sharing.operations import guarding, parties
from sharing.operations.check_back import lock_exchange
from sharing.querysets import people as with_people
from sharing.rules import transfers as handing_over


def lock_transfer(transfer: Transfer) -> Transfer:
    """Lock a hand-over through its concern and read it as it is now."""
    parties.lock_concern(transfer.concern_id)
    sides = with_people("exchange__speaker", "exchange__listener")
    rows = Transfer.objects.select_for_update(of=("self",)).select_related(
        *sides, "exchange__cycle__concern", "concern", "from_agency", "to_agency"
    )
    return rows.get(pk=transfer.pk)


def acts_for(by: Membership, *, at: datetime) -> frozenset[Any]:
    """Return for whom somebody acts on that day, themselves included."""
    rows = Membership.objects.acting_for(by, on=timezone.localdate(at))
    return frozenset(rows.values_list("pk", flat=True))


# --- The origin --------------------------------------------------------------------------------


@transaction.atomic
def propose(
    exchange: Exchange,
    *,
    by: Membership,
    at: datetime,
    why: str,
    people: Sequence[Person],
    known_since: date | None = None,
    called_at: datetime | None = None,
    with_whom: str = "",
    what_was_said: str = "",
) -> Transfer:
    """Ask another agency to take on responsibility for people who have moved, on what it was sent in writing.

    A telephone call before it can be written down with it. Nothing passes, and no clock starts: that takes
    the written receipt. Raises Refused for an exchange that cannot carry it, people whom the concern is not
    about or who were handed over before, AlreadyDone where another hand-over waits.
    """
    rules.require_role(by)
    exchange, state = lock_exchange(exchange)
    concern = exchange.cycle.concern
    acting_for = _require_origin_of(exchange, by, at=at)
    if not handing_over.may_carry(exchange, state):
        raise Refused(
            "Responsibility is handed over on information that was sent to somebody at another agency.",
            "Tell them in writing first, then hand over.",
        )
    waiting = Transfer.objects.filter(WAITS, concern=concern).first()
    if waiting is not None:
        raise rules.AlreadyDone(
            f"Hand-over {waiting.reference} still waits for an answer.",
            "Take it back first if it is to go somewhere else.",
        )
    if not why.strip():
        raise Refused("Say why responsibility should pass, for example that the family has moved.")
    if known_since is not None and known_since > timezone.localdate(at):
        raise Refused("The day from which the new address is known cannot be in the future.")
    _require_movers(exchange, people)
    transfer = Transfer.objects.create(
        reference=parties.next_reference(concern, "T"),
        concern=concern,
        exchange=exchange,
        from_agency=exchange.speaker.agency,
        to_agency=exchange.listener.agency,
        why=why,
        known_since=known_since,
        proposed_at=at,
        proposed_by=by,
    )
    TransferPerson.objects.bulk_create(
        TransferPerson(transfer=transfer, person=one, name=one.name) for one in people
    )
    if called_at is not None or with_whom.strip() or what_was_said.strip():
        _write_call(transfer, by=by, at=at, called_at=called_at, with_whom=with_whom, said=what_was_said)
    guarding.require_nothing_protected(
        transfer,
        concern=concern,
        speaker=exchange.speaker,
        listener=exchange.listener,
        texts=[("Why responsibility should pass", why), ("What was said by telephone", what_was_said)],
        by=by,
        at=at,
    )
    event = parties.write_down(
        "sharing.transfer.proposed",
        by=by,
        at=at,
        about=transfer,
        acting_for=acting_for,
        exchange=exchange.reference,
        people=len(people),
    )
    parties.tell(
        exchange.listener, Message.Kind.TRANSFER, about=transfer, sender=by, at=at, event=event, urgent=True
    )
    return transfer


def _require_origin_of(exchange: Exchange, by: Membership, *, at: datetime) -> str:
    """Let the speaker, their deputy or a lead of their agency hand over. Returns for whom a deputy acts."""
    if by.agency_id != exchange.cycle.concern.agency_id:
        raise rules.NotYourTurn("Only the agency whose concern it is hands it over.")
    if by.may(Permission.OVERSEE) and not parties.stands_for(by, exchange.speaker, at=at):
        return ""
    return parties.require_party(by, exchange.speaker, at=at, what="hand this over", other=exchange.listener)


def _require_movers(exchange: Exchange, people: Sequence[Person]) -> None:
    if not people:
        raise Refused("Choose at least one person who has moved.")
    chosen = {person.pk for person in people}
    concern = exchange.cycle.concern
    subjects = set(Subject.objects.filter(concern=concern).values_list("person_id", flat=True))
    if not chosen <= subjects:
        raise Refused("Only people whom the concern is about are handed over.")
    gone = TransferPerson.objects.filter(
        transfer__concern=concern, transfer__accepted_at__isnull=False, person__in=chosen
    ).select_related("person", "transfer__to_agency")
    for one in gone:
        raise rules.AlreadyDone(
            f"{one.person.name} was handed over to {one.transfer.to_agency.name} before.",
            "Choose only people for whom your agency is responsible.",
        )


@transaction.atomic
def log_call(
    transfer: Transfer,
    *,
    by: Membership,
    at: datetime,
    called_at: datetime | None,
    with_whom: str,
    what_was_said: str,
) -> TransferCall:
    """Write down a telephone call about a hand-over. It starts no clock, whatever was said.

    Either side may. Raises NotYourTurn for anybody else, Answered once it is over, Refused for a call that
    has not been made yet.
    """
    rules.require_role(by)
    transfer = lock_transfer(transfer)
    _require_a_side(transfer, by, at=at)
    handing_over.require_open(transfer)
    call = _write_call(transfer, by=by, at=at, called_at=called_at, with_whom=with_whom, said=what_was_said)
    _save(transfer)
    parties.write_down(
        "sharing.transfer.called", by=by, at=at, about=transfer, happened_at=call.called_at.isoformat()
    )
    return call


def _require_a_side(transfer: Transfer, by: Membership, *, at: datetime) -> None:
    mine = acts_for(by, at=at)
    oversees = by.may(Permission.OVERSEE) and by.agency_id in (transfer.from_agency_id, transfer.to_agency_id)
    if not oversees and not {transfer.speaker.pk, transfer.listener.pk} & mine:
        raise rules.NotYourTurn("Only the two people in it, their deputies or their leads write down a call.")


def _write_call(
    transfer: Transfer,
    *,
    by: Membership,
    at: datetime,
    called_at: datetime | None,
    with_whom: str,
    said: str,
) -> TransferCall:
    if called_at is None or not (with_whom.strip() and said.strip()):
        raise Refused("Say of the telephone call when it was, with whom you spoke and what was said.")
    if called_at > at:
        raise Refused("That time has not come yet. Say when you telephoned.")
    return TransferCall.objects.create(
        transfer=transfer, called_at=called_at, with_whom=with_whom, what_was_said=said, by=by, at=at
    )


@transaction.atomic
def withdraw(
    transfer: Transfer, *, by: Membership, at: datetime, why: str, seen_version: int | None = None
) -> Transfer:
    """Take a hand-over back before it is answered, with a reason. Responsibility stays where it was.

    Raises NotAllowed for anybody but the origin's person, deputy or lead, Answered where the other area was
    quicker.
    """
    rules.require_role(by)
    transfer = lock_transfer(transfer)
    mine = acts_for(by, at=at)
    handing_over.require_origin(by, transfer, acts_for=mine)
    handing_over.require_open(transfer)
    _require_fresh(transfer, seen_version)
    if not why.strip():
        raise Refused("Say why you take the hand-over back.")
    return _withdraw(transfer, by=by, at=at, why=why, acting_for=_acting_for(transfer.speaker, by, mine))


def _withdraw(transfer: Transfer, *, by: Membership, at: datetime, why: str, acting_for: str) -> Transfer:
    transfer.withdrawn_at, transfer.withdrawn_by, transfer.withdrawn_why = at, by, why
    _save(transfer, "withdrawn_at", "withdrawn_by", "withdrawn_why")
    event = parties.write_down(
        "sharing.transfer.withdrawn", by=by, at=at, about=transfer, acting_for=acting_for
    )
    parties.tell_if_possible(
        transfer.listener, Message.Kind.TRANSFER, about=transfer, sender=by, at=at, event=event
    )
    return transfer


def given_up(exchange: Exchange, *, by: Membership, at: datetime, why: str) -> None:
    """Take back the hand-over that rests on an exchange which was withdrawn or sent back.

    The caller holds the lock of the concern.
    """
    for transfer in Transfer.objects.filter(WAITS, exchange=exchange).with_people():
        _withdraw(transfer, by=by, at=at, why=why, acting_for="")


# --- The other area ----------------------------------------------------------------------------


def received_with(exchange: Exchange, *, by: Membership, at: datetime) -> None:
    """Start both clocks: what a hand-over rests on has just been received, or confirmed after a telephone
    call, in writing. What was only said on the telephone starts nothing.

    The caller holds the lock of the concern and has confirmed the receipt of the exchange.
    """
    for transfer in Transfer.objects.filter(WAITS, exchange=exchange, received_at__isnull=True).with_people():
        _receive(transfer, by=by, at=at)


@transaction.atomic
def confirm_receipt(
    transfer: Transfer, *, by: Membership, at: datetime, seen_version: int | None = None
) -> Transfer:
    """Confirm in writing that a hand-over has arrived which was proposed after its information had.

    Raises NotAllowed for anybody but the receiving area's person, deputy or lead, NotInWriting where the
    information itself has not been confirmed, AlreadyDone where the clocks run already.
    """
    rules.require_role(by)
    transfer = lock_transfer(transfer)
    mine = acts_for(by, at=at)
    handing_over.require_answerer(by, transfer, acts_for=mine)
    handing_over.require_not_received(transfer)
    if transfer.exchange.received_at is None:
        raise handing_over.NotInWriting(
            f"Open {transfer.exchange.reference} and confirm that it reached you. That starts the clocks."
        )
    _require_fresh(transfer, seen_version)
    event = _receive(transfer, by=by, at=at, acting_for=_acting_for(transfer.listener, by, mine))
    parties.tell(transfer.speaker, Message.Kind.TRANSFER, about=transfer, sender=by, at=at, event=event)
    return transfer


def _receive(transfer: Transfer, *, by: Membership, at: datetime, acting_for: str = "") -> Event:
    """Write down the written receipt, and when the answer and the conference are due by it."""
    answer = parties.limit_of(transfer.listener, TimeLimit.Key.TRANSFER, at=at)
    conference = parties.limit_of(transfer.listener, TimeLimit.Key.CONFERENCE, at=at)
    transfer.received_at, transfer.received_by = at, by
    transfer.answer_due_at, transfer.answer_why = answer.at, "\n".join(answer.why)
    transfer.conference_due_at, transfer.conference_why = conference.at, "\n".join(conference.why)
    _save(
        transfer,
        *("received_at", "received_by", "answer_due_at", "answer_why"),
        *("conference_due_at", "conference_why"),
    )
    return parties.write_down(
        "sharing.transfer.received", by=by, at=at, about=transfer, acting_for=acting_for
    )


@transaction.atomic
def accept(
    transfer: Transfer,
    *,
    by: Membership,
    at: datetime,
    words: str,
    taken_on_by: Membership,
    responsible_from: datetime | None = None,
    seen_version: int | None = None,
) -> Transfer:
    """Accept responsibility in writing: who takes it on, from when (UTC; None: from now), and in which words.

    Raises NotAllowed for anybody but the receiving area's person, deputy or lead; NotInWriting and
    NotUnderstood before its check-back is settled; Answered where it was answered or taken back meanwhile.
    """
    rules.require_role(by)
    transfer = lock_transfer(transfer)
    mine = acts_for(by, at=at)
    handing_over.require_answerer(by, transfer, acts_for=mine)
    handing_over.require_open(transfer)
    handing_over.require_in_writing(transfer)
    handing_over.require_understood(transfer)
    _require_fresh(transfer, seen_version)
    if not words.strip():
        raise Refused("Say in your own words what you take on.")
    taker = parties.require_in_post(taken_on_by)
    if taker.agency_id != transfer.to_agency_id:
        raise Refused(f"Choose somebody at {transfer.to_agency.name} who takes it on.")
    start = responsible_from or at
    if start < at:
        raise Refused(
            "Nobody becomes responsible before they have accepted.", "Choose now, or a later moment."
        )
    if transfer.conference_due_at is not None and start > transfer.conference_due_at:
        limit = rules.spoken_limit(transfer.conference_due_at)
        raise Refused(f"Take it on before the conference is due, {limit}.")
    transfer.accepted_at, transfer.accepted_by, transfer.accepted_words = at, by, words
    transfer.taken_on_by, transfer.responsible_from = taker, start
    _save(transfer, "accepted_at", "accepted_by", "accepted_words", "taken_on_by", "responsible_from")
    event = parties.write_down(
        "sharing.transfer.accepted",
        by=by,
        at=at,
        about=transfer,
        acting_for=_acting_for(transfer.listener, by, mine),
        to=transfer.to_agency.reference,
        responsible_from=start.isoformat(),
    )
    _tell_origin(transfer, by=by, at=at, event=event)
    if taker.pk != by.pk:
        parties.tell_if_possible(taker, Message.Kind.TRANSFER, about=transfer, sender=by, at=at, event=event)
    return transfer


@transaction.atomic
def decline(
    transfer: Transfer,
    *,
    by: Membership,
    at: datetime,
    why: str,
    what_they_want: str,
    seen_version: int | None = None,
) -> Transfer:
    """Decline responsibility in writing, with why and what is wanted instead. It stays with the origin.

    What it rests on need not be understood for that: nothing passes. Raises NotAllowed, NotInWriting or
    Answered, as for accepting.
    """
    rules.require_role(by)
    transfer = lock_transfer(transfer)
    mine = acts_for(by, at=at)
    handing_over.require_answerer(by, transfer, acts_for=mine)
    handing_over.require_open(transfer)
    handing_over.require_in_writing(transfer)
    _require_fresh(transfer, seen_version)
    if not (why.strip() and what_they_want.strip()):
        raise Refused("Say why you decline, and what you want instead.")
    transfer.declined_at, transfer.declined_by = at, by
    transfer.declined_why, transfer.what_they_want = why, what_they_want
    _save(transfer, "declined_at", "declined_by", "declined_why", "what_they_want")
    event = parties.write_down(
        "sharing.transfer.declined",
        by=by,
        at=at,
        about=transfer,
        acting_for=_acting_for(transfer.listener, by, mine),
        to=transfer.to_agency.reference,
    )
    _tell_origin(transfer, by=by, at=at, event=event)
    return transfer


@transaction.atomic
def note_conference(
    transfer: Transfer, *, by: Membership, at: datetime, held_on: date, seen_version: int | None = None
) -> Transfer:
    """Write down on which day (local) the receiving area held its conference.

    Raises NotAllowed for anybody but the receiving area, Refused before it accepted or for a day to come.
    """
    rules.require_role(by)
    transfer = lock_transfer(transfer)
    handing_over.require_conference(by, transfer, acts_for=acts_for(by, at=at))
    _require_fresh(transfer, seen_version)
    if held_on > timezone.localdate(at):
        raise Refused("That day has not come yet. Write it down when the conference was held.")
    if transfer.received_at is not None and held_on < timezone.localdate(transfer.received_at):
        raise Refused("That was before you received it in writing. Give the day of the conference after it.")
    transfer.conference_on, transfer.conference_noted_at, transfer.conference_noted_by = held_on, at, by
    _save(transfer, "conference_on", "conference_noted_at", "conference_noted_by")
    event = parties.write_down("sharing.transfer.conference", by=by, at=at, about=transfer)
    parties.tell_if_possible(
        transfer.speaker, Message.Kind.TRANSFER, about=transfer, sender=by, at=at, event=event
    )
    return transfer


# --- Parts of them -----------------------------------------------------------------------------


def _require_fresh(transfer: Transfer, seen_version: int | None) -> None:
    changed = ""
    if seen_version is not None and transfer.version != seen_version:
        changed = parties.what_changed(transfer.reference, seen_version)
    rules.require_version(transfer, seen_version, changed)


def _save(transfer: Transfer, *fields: str) -> None:
    transfer.version += 1
    transfer.save(update_fields=[*fields, "version"])


def _acting_for(party: Membership, by: Membership, mine: frozenset[Any]) -> str:
    """Name for whom a deputy acts. A lead acts for their agency, in their own name."""
    return party.label if by.pk != party.pk and party.pk in mine else ""


def _tell_origin(transfer: Transfer, *, by: Membership, at: datetime, event: Event) -> None:
    """Tell whoever handed over, and their lead: who is responsible has been answered."""
    parties.tell_with_lead(
        transfer.speaker, Message.Kind.TRANSFER, about=transfer, sender=by, at=at, event=event
    )
