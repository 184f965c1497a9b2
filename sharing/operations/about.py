"""Saying of which of our own people something is that another agency told us: only a person can say that."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agencies.models import Membership
from agencies.refusals import NotAllowed, Refused
from audit import operations as audit
from records.models import Person
from sharing.models import AboutOurPerson, Exchange
from sharing.operations.check_back import lock_exchange


class NotToLink(Refused):
    """What was received cannot be said to be about this person."""


@transaction.atomic
def link_person(exchange: Exchange, *, person: Person, by: Membership, at: datetime) -> AboutOurPerson:
    """Say that what was received is about somebody in the agency's own records. Twice is the same as once.

    Raises NotAllowed for anybody but those on the listener's side, NotToLink.
    """
    locked, _ = lock_exchange(exchange)
    _require_received(locked, by=by)
    if person.agency_id != by.agency_id:
        raise NotToLink("Nobody in your agency’s records has this reference. Check it, and try again.")
    there = AboutOurPerson.objects.filter(exchange=locked, person=person, ended_at__isnull=True).first()
    if there is not None:
        return there
    link = AboutOurPerson.objects.create(exchange=locked, person=person, linked_by=by, linked_at=at)
    _write_down("sharing.about.linked", link, by=by, at=at)
    return link


@transaction.atomic
def end_link_to_person(link: AboutOurPerson, *, by: Membership, at: datetime, why: str) -> AboutOurPerson:
    """Say that it was not about this person after all. The row stays, with the reason.

    Raises NotAllowed, NotToLink without a reason or once it has ended.
    """
    locked, _ = lock_exchange(link.exchange)
    _require_received(locked, by=by)
    row = AboutOurPerson.objects.select_related("person", "exchange").get(pk=link.pk)
    if row.ended_at is not None:
        raise NotToLink("Somebody has already said that it is not about this person.")
    if not why.strip():
        raise NotToLink("Say why it is not about this person.")
    row.ended_at, row.ended_by, row.ended_why = at, by, why
    row.save(update_fields=["ended_at", "ended_by", "ended_why"])
    _write_down("sharing.about.ended", row, by=by, at=at)
    return row


def _require_received(exchange: Exchange, *, by: Membership) -> None:
    """Raise where somebody of the listener's agency may not say whom it is about."""
    if by.is_outside or by.agency_id != exchange.listener.agency_id:
        raise NotAllowed("Only the agency that was told can say whom in its records this is about.")
    if not Exchange.objects.visible_to(by).filter(pk=exchange.pk).exists():
        raise NotAllowed(
            f"Only {exchange.listener.full_name}, their deputy or a lead of your agency can say this."
        )
    if exchange.cycle.concern.agency_id == by.agency_id:
        raise NotToLink("This belongs to a concern of your own agency, which says whom it is about.")
    if exchange.received_at is None or exchange.withdrawn_at or exchange.not_mine_at:
        raise NotToLink(
            "Confirm that you received it first. What was withdrawn or not yours is linked to nobody."
        )


def _write_down(verb: str, link: AboutOurPerson, *, by: Membership, at: datetime) -> None:
    """Audit it at the agency that was told. The concern is another agency's, and does not show it."""
    audit.record(
        verb, by=by, at=at, subject=link.person.reference, data={"exchange": link.exchange.reference}
    )
