"""Telling people. A notice holds nothing personal; who gets it is worked out here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agencies import access, quiet, rules
from agencies.models import Agency, ContactPoint, Membership, NoticeChoice, User
from agencies.operations.people import subject_of
from agencies.prepared import PreparedChange
from agencies.quiet import Told
from agencies.refusals import OutOfDate, Refused
from agencies.roles import Permission
from agencies.verbs import Verb
from audit import operations as audit
from notifications import operations as notifications
from notifications.models import WAITING, Message


class NobodyToNotify(Refused):
    """A notice has nobody to go to, so what caused it is refused and the person is told."""


class NotFailed(Refused):
    """The notice is on its way, or has been sent, or is not this agency's."""


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
    Each is told when they chose to be (quiet.py), but at once of what is urgent or an escalation.
    `at` and `respond_by` are UTC. Each message goes to a checked e-mail contact point. `urgent` ones
    are sent first, then those about an `escalation`. `obligation` is the number and version of the
    obligation it reminds of.

    Raises NobodyToNotify where none of them has one.
    """
    ordinary = Message.Priority.ESCALATION if escalation else Message.Priority.ORDINARY
    priority = Message.Priority.URGENT if urgent else ordinary
    people = _who_is_told(member, at=at)
    reached = [(person, point, choice) for person, point, choice in people if point is not None]
    if not reached:
        raise NobodyToNotify(
            f"Nobody can be told: there is no checked e-mail address for the {member.job_title} "
            f"at {member.agency.name}, or for anyone who acts for them.",
            "Ask their agency to check one, or choose somebody else. If it cannot wait, telephone.",
        )
    messages = []
    with transaction.atomic(savepoint=False):
        for person, point, choice in reached:
            told = Told(at)
            if not person.is_outside and quiet.may_wait(kind, priority, shared=point.member_id is None):
                told = _when_told(person, choice, at=at, respond_by=respond_by)
            messages.append(
                notifications.queue(
                    kind,
                    to=notifications.Recipient(
                        person.pk, person.agency_reference, point.address, by_link=person.is_outside
                    ),
                    reference=reference,
                    sender_agency=sender.name,
                    from_agency=sender.reference,
                    path=path,
                    at=at,
                    dedupe_key=f"{dedupe_key}:{person.pk}",
                    respond_by=respond_by,
                    priority=priority,
                    obligation=obligation,
                    not_before=told.at,
                    in_digest=told.in_digest,
                )
            )
    return messages


def drop_later(obligations: Sequence[int], *, at: datetime) -> None:
    """Drop the notices about obligations that have not gone out: what they were about is over or moved.

    Call it in the transaction that settles or moves them; a sender that holds one at this moment looks
    again itself before sending. It goes with the next statement.
    """
    DROPPED.do_later(obligations=list(obligations), at=at)


DROPPED = PreparedChange(
    lambda *, obligations, at: (
        Message.objects.filter(WAITING, obligation_id__any_of_few=obligations),
        {"dropped_at": at},
    )
)


def _when_told(
    person: Membership, choice: NoticeChoice, *, at: datetime, respond_by: datetime | None
) -> Told:
    """Work out when somebody is told, by their own choice."""
    if choice.digest_at is None and choice.quiet_from is None:
        return Told(at)
    calendar = access.calendar_of(person.agency)
    return quiet.when_told(choice, at=at, respond_by=respond_by, calendar=calendar)


Reached = tuple[Membership, ContactPoint | None, NoticeChoice]


def _who_is_told(member: Membership, *, at: datetime) -> list[Reached]:
    """List the person and, while they are away, their deputies; or those who stand in for one who left.

    Each with where notices reach them and what they chose.
    """
    day = timezone.localdate(at)
    if member.is_current:
        is_away, point, choice = access.reached_of(member, day)
        others = access.deputies_of(member, day) if is_away else []
        return [(member, point, choice), *(_reached(one, day) for one in others)]
    deputies = access.deputies_of(member, day)
    lead = access.lead_of(member)
    return [_reached(one, day) for one in deputies or ([lead] if lead else [])]


def _reached(member: Membership, day: date) -> Reached:
    _, point, choice = access.reached_of(member, day)
    return member, point, choice


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


@transaction.atomic
def choose_how_told(
    *,
    by: Membership,
    at: datetime,
    digest_at: time | None,
    quiet_from: time | None,
    quiet_to: time | None,
    seen_version: int = 0,
) -> NoticeChoice:
    """Keep how somebody wants to be told in all their roles. Times are local; None is none.

    Notices that wait already go when they were to. Raises OutOfDate where the choice was changed since
    it was shown.
    """
    User.objects.select_for_update().get(pk=by.account_pk)
    choice = access.notice_choice_of(by)
    if choice.version != seen_version:
        raise OutOfDate(
            "You have changed this since, in another window.", "Look at it again before you save."
        )
    choice.digest_at, choice.quiet_from, choice.quiet_to = digest_at, quiet_from, quiet_to
    choice.changed_at, choice.changed_by = at, by
    choice.version += 1
    choice.save()
    audit.record(
        Verb.NOTICES_CHOSEN,
        by=by,
        at=at,
        subject=subject_of(by),
        data={
            name: f"{clock:%H:%M}" if clock else ""
            for name, clock in (("digest", digest_at), ("quiet_from", quiet_from), ("quiet_to", quiet_to))
        },
    )
    return choice
