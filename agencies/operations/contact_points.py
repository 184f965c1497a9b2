"""Ways to reach people, and who checked that they are right."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from agencies import rules
from agencies.models import Agency, ContactPoint, Membership
from agencies.refusals import NotAllowed, Refused
from agencies.roles import Permission
from agencies.verbs import Verb
from audit import operations as audit


class NotAnAddress(Refused):
    """What was given is no address of its kind."""


class Retired(Refused):
    """The contact point is no longer in use."""


@transaction.atomic
def add_contact_point(
    agency: Agency,
    *,
    by: Membership,
    at: datetime,
    label: str,
    kind: str,
    address: str,
    member: Membership | None = None,
) -> ContactPoint:
    """Add a way to reach a person of one's agency, or its duty inbox. It has to be checked before use.

    Raises NotAllowed for another agency's, Ended for somebody who has left, NotAnAddress.
    """
    rules.require(by, Permission.MANAGE_STAFF)
    if agency.pk != by.agency_id:
        raise NotAllowed("Contact points are looked after by an administrator of the agency.")
    if member is not None:
        member = Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
        rules.require_staff_of_mine(member, by=by)
        rules.require_current(member)
    point = ContactPoint.objects.create(
        agency=agency, member=member, label=label, kind=kind, address=checked_address(kind, address)
    )
    audit.record(
        Verb.CONTACT_POINT_ADDED,
        by=by,
        at=at,
        subject=_subject(point),
        data={"kind": kind, "member": str(member.pk) if member else ""},
    )
    return point


@transaction.atomic
def mark_checked(point: ContactPoint, *, by: Membership, at: datetime) -> ContactPoint:
    """Say that a contact point was tried and is right. Raises NotAllowed, Retired."""
    point = _lock(point, by=by)
    point.checked_at, point.checked_by = at, by
    point.save(update_fields=["checked_at", "checked_by"])
    audit.record(Verb.CONTACT_POINT_CHECKED, by=by, at=at, subject=_subject(point))
    return point


@transaction.atomic
def retire_contact_point(point: ContactPoint, *, by: Membership, at: datetime) -> ContactPoint:
    """Take a contact point out of use. What was sent to it keeps it. Raises NotAllowed, Retired."""
    point = _lock(point, by=by)
    point.retired_at = at
    point.save(update_fields=["retired_at"])
    audit.record(Verb.CONTACT_POINT_RETIRED, by=by, at=at, subject=_subject(point))
    return point


def address_bounced(member_id: UUID | None, agency: str, address: str, *, at: datetime) -> None:
    """A notice came back from an address of somebody at an agency (by its reference): it is unchecked again.

    Until somebody has checked it, nothing is sent to it, and every page that would use it says so. Call it
    in the transaction that tells of the failure.
    """
    points = ContactPoint.objects.checked().filter(
        Q(member=member_id) | Q(member__isnull=True), agency__reference=agency, address=address
    )
    for point in points.select_for_update(of=("self",)):
        point.checked_at = point.checked_by = None
        point.save(update_fields=["checked_at", "checked_by"])
        audit.record(Verb.CONTACT_POINT_BOUNCED, by=None, at=at, subject=_subject(point))


def _lock(point: ContactPoint, *, by: Membership) -> ContactPoint:
    rules.require(by, Permission.MANAGE_STAFF)
    point = (
        ContactPoint.objects.select_for_update(of=("self",)).select_related("member__user").get(pk=point.pk)
    )
    if point.agency_id != by.agency_id:
        raise NotAllowed("Contact points are looked after by an administrator of the agency.")
    if point.retired_at is not None:
        raise Retired("This contact point has been retired.", "Add it again if it is in use after all.")
    return point


def checked_address(kind: str, address: str) -> str:
    """Return the address tidied. Raises NotAnAddress."""
    address = " ".join(address.split())
    if kind == ContactPoint.Kind.EMAIL:
        try:
            validate_email(address)
        except ValidationError:
            raise NotAnAddress(
                answers={"address": "Enter an e-mail address in the form name@example.org."}
            ) from None
    elif sum(character.isdecimal() for character in address) < 3:
        raise NotAnAddress(answers={"address": "Enter a telephone number, with its area code or extension."})
    return address


def _subject(point: ContactPoint) -> str:
    return f"contact-point:{point.pk}"
