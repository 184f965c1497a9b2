"""Telling people. A notice holds nothing personal; who gets it is worked out here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agencies import access, rules
from agencies.models import Agency, Membership
from agencies.refusals import Refused
from agencies.roles import Permission
from agencies.verbs import Verb
from audit import operations as audit
from notifications import operations as notifications
from notifications.models import Message


class NobodyToNotify(Refused):
    """A notice has nobody to go to, so what caused it is refused and the person is told."""


class NotFailed(Refused):
    """The notice is on its way, or has been sent, or is not this agency's."""


@transaction.atomic
def notify(
    member: Membership,
    kind: Message.Kind,
    *,
    reference: str,
    sender: Agency,
    path: str,
    at: datetime,
    dedupe_key: str,
    respond_by: datetime | None = None,
    urgent: bool = False,
    escalation: bool = False,
    obligation: tuple[int, int] | None = None,
) -> list[Message]:
    """Queue a notice to somebody and, while they are away, to their deputies. Returns the messages.

    Somebody whose role has ended is stood in for by their deputies, else by whoever leads them.
    `at` and `respond_by` are UTC. Each message goes to a checked e-mail contact point. `urgent` ones
    are sent first, then those about an `escalation`. `obligation` is the number and version of the
    obligation it reminds of.

    Raises NobodyToNotify where none of them has one.
    """
    messages = []
    ordinary = Message.Priority.ESCALATION if escalation else Message.Priority.ORDINARY
    for person in _who_is_told(member, at=at):
        point = access.checked_contact_point(person)
        if point is None:
            continue
        messages.append(
            notifications.queue(
                kind,
                to=notifications.Recipient(person.pk, person.agency_reference, point.address),
                reference=reference,
                sender_agency=sender.name,
                from_agency=sender.reference,
                path=path,
                at=at,
                dedupe_key=f"{dedupe_key}:{person.pk}",
                respond_by=respond_by,
                priority=Message.Priority.URGENT if urgent else ordinary,
                obligation=obligation,
            )
        )
    if not messages:
        raise NobodyToNotify(
            f"Nobody can be told: there is no checked e-mail address for the {member.job_title} "
            f"at {member.agency.name}, or for anyone who acts for them.",
            "Ask their agency to check one, or choose somebody else. If it cannot wait, telephone.",
        )
    return messages


def _who_is_told(member: Membership, *, at: datetime) -> list[Membership]:
    """List the person and, while they are away, their deputies; or those who stand in for one who left."""
    day = timezone.localdate(at)
    if member.ended_at is None and member.user.is_active:
        return [member, *access.deputies_of(member, day)] if access.is_away(member, day) else [member]
    deputies = access.deputies_of(member, day)
    lead = access.lead_of(member)
    return deputies or ([lead] if lead else [])


@transaction.atomic
def try_again(message_id: UUID, *, by: Membership, at: datetime) -> Message:
    """Put a notice that did not arrive back in the queue, to the person's address as it is now.

    Raises NotAllowed for a role that does not oversee, NotFailed where it is not a notice of the
    agency that was set aside or came back (somebody else may have been quicker).
    """
    rules.require(by, Permission.OVERSEE)
    message = (
        Message.objects.select_for_update()
        .filter(Q(from_agency=by.agency_reference) | Q(to_agency=by.agency_reference), pk=message_id)
        .first()
    )
    if message is None or message.failed_at is None:
        raise NotFailed("This notice is not waiting for you.", "Somebody may have tried it again already.")
    address = message.to_address
    if message.to_member_id is not None:
        person = Membership.objects.filter(pk=message.to_member_id).first()
        if person is not None and (point := access.checked_contact_point(person)):
            address = point.address
    notifications.try_again(message_id, at=at, to_address=address)
    audit.record(
        Verb.MESSAGE_TRIED_AGAIN,
        by=by,
        at=at,
        subject=message.reference,
        data={"message": str(message.pk), "attempts": message.attempt, "error": message.last_error},
    )
    message.refresh_from_db()
    return message
