"""What reached the wrong person: found by whoever sent it, contained or not, and who decided what."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agencies.models import Membership
from agencies.operations import lead_of
from agencies.refusals import Refused
from notifications.models import Message
from sharing import rules
from sharing.models import Exchange, Incident
from sharing.operations import breach, check_back, obligations, parties
from sharing.operations.check_back import CAN_BE_WITHDRAWN, lock_exchange
from sharing.states import State

WHY_WITHDRAWN = "It was sent to the wrong person."
HANDLED = ("handled_at", "handled_by", "what_was_done", "contained", "seen", "seen_at", "who_decided",
           "is_breach", "breach_why")  # fmt: skip
CAN_BE_REPORTED = CAN_BE_WITHDRAWN | {State.UNDERSTOOD, State.ANSWERED}


@transaction.atomic
def report_misdirected(
    exchange: Exchange, *, by: Membership, at: datetime, note: str, seen_version: int | None = None
) -> Incident:
    """Say, as whoever sent it, that something reached the wrong person. It is withdrawn where it can be.

    What has been understood cannot be taken back, and stays readable. Opens an incident and tells the
    lead. Raises NotYourTurn, OutOfDate, AlreadyDone where it is known, Refused before it was sent.
    """
    rules.require_role(by)
    exchange, state = lock_exchange(exchange)
    acting_for = parties.require_party(
        by, exchange.speaker, at=at, what="say that this reached the wrong person", other=exchange.listener
    )
    rules.require_version(exchange, seen_version, parties.what_changed(exchange.reference, seen_version))
    if Incident.objects.filter(exchange=exchange).exists():
        raise rules.AlreadyDone("It is known already that this reached the wrong person.")
    rules.require_state(state, CAN_BE_REPORTED, "Only what was sent, and not taken back, can be misdirected.")
    if not note.strip():
        raise Refused("Say how it came to the wrong person, and who it was meant for.")
    if state in CAN_BE_WITHDRAWN:
        exchange = check_back.withdraw(exchange, by=by, at=at, why=WHY_WITHDRAWN)
    incident = Incident.objects.create(exchange=exchange, opened_at=at, reported_by=by, note=note)
    obligations.follow(incident, at=at)
    event = breach.write_down(
        "sharing.exchange.misdirected", exchange=exchange, by=by, at=at, acting_for=acting_for
    )
    lead = lead_of(exchange.speaker)
    if lead is not None and not lead.is_same_person(by):
        parties.tell_if_possible(
            lead, Message.Kind.NOT_MINE, about=exchange, sender=by, at=at, event=event, urgent=True
        )
    return incident


@transaction.atomic
def handle_incident(
    incident: Incident,
    *,
    by: Membership,
    at: datetime,
    what_was_done: str,
    contained: str,
    seen: str,
    who_decided: str,
    is_breach: bool,
    breach_why: str,
) -> Incident:
    """Write down what was done about information that reached the wrong person.

    Whether it is contained, what was seen, and who decided; where it is a personal data breach, an entry
    in the register is opened with its clock, which runs from when it was reported. Raises NotYourTurn,
    AlreadyDone, or Refused where something is not said or the record says otherwise.
    """
    rules.require_role(by)
    exchange, _ = lock_exchange(incident.exchange)
    if by.agency_id != exchange.speaker.agency_id:
        raise rules.NotYourTurn("The agency that sent it says what was done.")
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    if incident.handled_at:
        raise rules.AlreadyDone("Somebody has already written down what was done.")
    if not (what_was_done.strip() and who_decided.strip()):
        raise Refused("Say what was done, and who decided it.")
    if contained not in Incident.Contained.values or seen not in Incident.Seen.values:
        raise Refused("Say whether it is contained, and what was seen.")
    if seen == Incident.Seen.NOTHING and exchange.opened_at:
        raise Refused("The record says that it was opened. Say that it was opened, or that it was read.")
    if not breach_why.strip():
        raise Refused("Say why it is a personal data breach, or why it is not.")
    incident.handled_at, incident.handled_by, incident.what_was_done = at, by, what_was_done
    incident.contained, incident.seen, incident.who_decided = contained, seen, who_decided
    incident.seen_at = exchange.opened_at if seen != Incident.Seen.NOTHING else None
    incident.is_breach, incident.breach_why = is_breach, breach_why
    incident.save(update_fields=HANDLED)
    obligations.follow(incident, at=at)
    parties.write_down("sharing.incident.handled", by=by, at=at, about=exchange)
    if is_breach:
        breach.opened(incident, by=by, at=at)
    return incident
