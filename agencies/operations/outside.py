"""People at organisations outside: in the directory of the agency that added them, reached by links only."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from agencies import rules
from agencies.models import Agency, ContactPoint, Membership
from agencies.operations.contact_points import checked_address
from agencies.operations.people import AlreadyHere, subject_of
from agencies.refusals import NotAllowed, Refused
from agencies.roles import Outside, Permission
from agencies.verbs import Verb
from audit import operations as audit

E_MAIL, MOBILE = "Work e-mail", "Phone for codes"


class HasAnAccount(Refused):
    """Somebody of the partnership is told in their account, never by a link."""


@transaction.atomic
def add_outside(
    *,
    by: Membership,
    at: datetime,
    organisation: str,
    kind: str,
    full_name: str,
    job_title: str,
    email: str,
    how_email_checked: str,
    phone: str,
    how_phone_checked: str,
) -> Membership:
    """Add a named person at an organisation outside, with two ways to reach them that were checked.

    The e-mail address gets the link and the telephone number the code, so both are needed and differ. No
    account is made. The organisation is added with its first person. Raises NotAllowed, AlreadyHere,
    HasAnAccount, NotAnAddress, or Refused where it was not said how each was checked.
    """
    rules.require(by, Permission.EXCHANGE)
    if by.is_outside:
        raise NotAllowed("Only people with an account add somebody.")
    words = (organisation, full_name, job_title)
    if not all(word.strip() for word in words):
        raise Refused("Give their name, what they do, and where they work.")
    if not (how_email_checked.strip() and how_phone_checked.strip()):
        raise Refused("Say how you know that the address and the number are theirs.")
    Agency.objects.select_for_update(no_key=True).get(pk=by.agency_id)
    email = checked_address(ContactPoint.Kind.EMAIL, email)
    _require_nobody_else(email, by=by)
    agency = _organisation(organisation.strip(), kind, by=by)
    member = Membership.objects.create(
        name=full_name.strip(), agency=agency, role=Outside.code, job_title=job_title.strip(), started_at=at
    )
    _reach(member, ContactPoint.Kind.EMAIL, E_MAIL, email, how_email_checked, by=by, at=at)
    _reach(member, ContactPoint.Kind.PHONE, MOBILE, phone, how_phone_checked, by=by, at=at)
    audit.record(
        Verb.OUTSIDE_ADDED, by=by, at=at, subject=subject_of(member), data={"agency": agency.reference}
    )
    return member


def _require_nobody_else(email: str, *, by: Membership, but: Membership | None = None) -> None:
    """Refuse a link for somebody who can sign in, where they see all that is theirs, and a second entry."""
    there = Membership.objects.current().filter(
        user__email__iexact=email, agency__partnership=by.agency.partnership_id
    )
    if there.exists():
        raise HasAnAccount(
            "Somebody with this e-mail address has an account.", "Find them in the directory instead."
        )
    same = ContactPoint.objects.in_use().filter(
        agency__kept_by=by.agency_id, address__iexact=email, member__ended_at__isnull=True
    )
    if same.exclude(member=but).exists():
        raise AlreadyHere("Somebody with this e-mail address is in your directory already.")


def _organisation(name: str, kind: str, *, by: Membership) -> Agency:
    found = Agency.objects.filter(kept_by=by.agency_id, name__iexact=name).first()
    if found is not None:
        return found
    if kind not in Agency.Kind.values:
        raise Refused("Choose what kind of organisation it is.")
    home = by.agency
    return Agency.objects.create(
        partnership=home.partnership,
        reference=f"outside-{uuid4().hex[:12]}",
        name=name,
        kind=kind,
        public_authority=False,
        zone=home.zone,
        region=home.region,
        kept_by=home,
    )


def _reach(
    member: Membership, kind: str, label: str, address: str, how: str, *, by: Membership, at: datetime
) -> None:
    ContactPoint.objects.create(
        agency=member.agency,
        member=member,
        label=label,
        kind=kind,
        address=checked_address(kind, address),
        checked_at=at,
        checked_by=by,
        how_checked=how,
    )


@transaction.atomic
def change_how_reached(
    member: Membership,
    *,
    by: Membership,
    at: datetime,
    kind: str,
    address: str,
    how_checked: str,
) -> ContactPoint:
    """Give somebody outside another address or number, or say that theirs was checked again.

    Raises NotAllowed for another agency's, Ended, NotAnAddress, HasAnAccount and AlreadyHere for an e-mail
    address that is somebody else's, or Refused where it is not said how.
    """
    member = lock_outside(member, by=by)
    if not how_checked.strip():
        raise Refused("Say how you know that this is theirs.")
    address = checked_address(kind, address)
    if kind == ContactPoint.Kind.EMAIL:
        _require_nobody_else(address, by=by, but=member)
    ContactPoint.objects.in_use().filter(member=member, kind=kind).update(retired_at=at)
    label = E_MAIL if kind == ContactPoint.Kind.EMAIL else MOBILE
    _reach(member, kind, label, address, how_checked, by=by, at=at)
    audit.record(Verb.OUTSIDE_CHANGED, by=by, at=at, subject=subject_of(member), data={"kind": kind})
    return ContactPoint.objects.in_use().get(member=member, kind=kind)


@transaction.atomic
def end_outside(member: Membership, *, by: Membership, at: datetime) -> Membership:
    """Take somebody outside out of the directory. What was sent to them stays. Raises NotAllowed, Ended."""
    member = lock_outside(member, by=by)
    member.ended_at, member.ended_by = at, by
    member.save(update_fields=["ended_at", "ended_by"])
    audit.record(Verb.OUTSIDE_ENDED, by=by, at=at, subject=subject_of(member))
    return member


def lock_outside(member: Membership, *, by: Membership) -> Membership:
    """Lock somebody outside whom one's own agency keeps. Raises NotAllowed, Ended."""
    rules.require(by, Permission.EXCHANGE)
    member = Membership.objects.select_for_update(of=("self",)).select_related("agency").get(pk=member.pk)
    if by.is_outside or member.agency.kept_by_id != by.agency_id:
        raise NotAllowed("They are looked after by the agency that added them.")
    rules.require_current(member)
    return member
