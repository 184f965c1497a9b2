"""Say something to somebody: an exchange that is made, frozen and sent in one step.

A disclosure is prepared on its own pages first (disclosure.py). Everything else that one person tells
another is made here, so that whatever holds for one kind holds for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from agencies.access import checked_contact_point
from agencies.models import Membership
from agencies.prepared import Prepared
from consent.models import View
from notifications.models import Message
from records.models import Subject
from sharing.guard import texts
from sharing.models import Cycle, Enquiry, Exchange, ExchangePerson, Item, Outcome
from sharing.operations import guarding, links, parties


def say(
    kind: Exchange.Kind,
    *,
    cycle: Cycle,
    stage: str,
    speaker: Membership,
    listener: Membership,
    items: Sequence[Item],
    urgency: str,
    by: Membership,
    at: datetime,
    message: Message.Kind = Message.Kind.TO_RECEIVE,
    verb: str = "sharing.exchange.sent",
    acting_for: str = "",
    people: Sequence[ExchangePerson] | None = None,
    respond_by: datetime | None = None,
    why_you: str = "",
    what_i_ask: str = "",
    about: Exchange | None = None,
    enquiry: Enquiry | None = None,
    outcome: Outcome | None = None,
    must_be_told: bool = True,
    **data: Any,
) -> Exchange:
    """Make, freeze and send an exchange. The caller holds the lock of the concern and has checked who may.

    `items` are not saved; they are numbered in their order. `people` are who it is about, as the listener
    is told; without them the people of the concern, with their conditions and how to contact them safely.
    Without `respond_by` (UTC) it has the check-back limit of its urgency. `data` goes into the event.

    Raises NobodyToNotify where the listener cannot be told, unless `must_be_told` is false, and
    ProtectedDetailFound where it holds what must not reach them.
    """
    exchange = Exchange(
        reference=parties.next_reference(cycle.concern, "X"),
        cycle=cycle,
        stage=stage,
        kind=kind,
        about=about,
        enquiry=enquiry,
        outcome=outcome,
        speaker=speaker,
        listener=listener,
        contact_point=checked_contact_point(listener),
        urgency=urgency,
        why_you=why_you,
        what_i_ask=what_i_ask,
        respond_by=respond_by or parties.sent_limit(listener, urgency, at=at).at,
        prepared_at=at,
        prepared_by=by,
    )
    exchange.save()
    for number, item in enumerate(items, start=1):
        item.exchange, item.number = exchange, number
    Item.objects.bulk_create(items)
    told = people_as_told(exchange) if people is None else people
    for person in told:
        person.exchange = exchange
    guarding.require_nothing_protected(
        exchange,
        concern=cycle.concern,
        speaker=speaker,
        listener=listener,
        texts=texts.of_exchange(exchange, items=items, people=told),
        by=by,
        at=at,
    )
    ExchangePerson.objects.bulk_create(told)
    freeze(exchange, by=by, at=at)
    links.follow(exchange, at=at)
    event = parties.write_down(verb, by=by, at=at, about=exchange, acting_for=acting_for, **data)
    notify = parties.tell if must_be_told else parties.tell_if_possible
    notify(
        listener,
        message,
        about=exchange,
        sender=by,
        at=at,
        event=event,
        respond_by=exchange.respond_by,
        urgent=urgency == "URGENT",
    )
    return exchange


def freeze(exchange: Exchange, *, by: Membership, at: datetime) -> None:
    """Mark an exchange as sent: from here on its words never change."""
    exchange.sent_at, exchange.sent_by, exchange.delivered_at = at, by, at
    exchange.save(update_fields=["sent_at", "sent_by", "delivered_at"])


def people_as_told(exchange: Exchange, subjects: Sequence[Any] | None = None) -> list[ExchangePerson]:
    """Return who it is about, as the listener is told: with their conditions and how to contact them
    safely, and without an address. Not saved: sending freezes them. `subjects` answer TOLD_OF, where it
    was asked."""
    if subjects is None:
        subjects = TOLD_OF.all(concern=exchange.cycle.concern_id)
    return [
        ExchangePerson(
            exchange=exchange,
            person=subject.person,
            name=subject.person.name,
            kind=subject.person.get_kind_display(),
            born_on=subject.person.born_on,
            communication_needs=subject.person.communication_needs,
            safe_contact_rule=subject.person.safe_contact_rule,
            conditions=subject.conditions or "",
        )
        for subject in subjects
    ]


def _told_of(*, concern: int) -> QuerySet[Any]:
    views = View.objects.filter(concern=concern, person=OuterRef("person")).order_by("-id")
    return (
        Subject.objects.filter(concern=concern, is_main=True)
        .select_related("person")
        .annotate(conditions=Subquery(views.values("conditions")[:1]))
        .order_by("id")
    )


TOLD_OF = Prepared(_told_of)
