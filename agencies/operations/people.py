"""Staff: adding somebody, changing their post, ending their role."""

from __future__ import annotations

import smtplib
from datetime import datetime
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse

from agencies import rules
from agencies.models import Agency, ContactPoint, Membership, Session, User
from agencies.refusals import NotAllowed, Refused
from agencies.roles import Permission
from agencies.verbs import Verb
from audit import operations as audit

ADMINISTRATOR = "administrator"
LINK_MAIL = """You have an account on Check Back.

Choose your password here:
{link}

The link works for three days. If you did not expect this, tell the person who manages staff at your agency.
"""


class AlreadyHere(Refused):
    """The person holds a role at this agency already."""


class LastAdministrator(Refused):
    """Nobody would be left to manage the agency's staff."""


class ManagerNotPossible(Refused):
    """Somebody cannot be managed by themselves, by those they manage, or by another agency."""


class HasPassword(Refused):
    """Somebody who can sign in needs no link for it."""


class LinkNotSent(Refused):
    """The mail server did not take the message."""


@transaction.atomic
def add_person(
    agency: Agency,
    *,
    by: Membership | None,
    at: datetime,
    email: str,
    full_name: str,
    role: str,
    job_title: str,
    manager: Membership | None = None,
) -> Membership:
    """Give somebody a role at an agency, with an account where their address has none yet.

    `by` is None only where an agency is being set up. Somebody who has an account keeps their name
    and password: an administrator of one agency has no say in who they are elsewhere.

    Raises NotAllowed for another agency, AlreadyHere, ManagerNotPossible.
    """
    _lock_agency(agency, by=by)
    email = email.strip().lower()
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, full_name=full_name.strip())
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    elif Membership.objects.filter(user=user, agency=agency, ended_at__isnull=True).exists():
        raise AlreadyHere(
            "Somebody with this e-mail address works at your agency already.",
            answers={"email": "Change their role instead, or write another address."},
        )
    member = Membership(user=user, agency=agency, role=role, job_title=job_title, started_at=at)
    member.manager = _manager(member, manager)
    member.save()
    audit.record(Verb.PERSON_ADDED, by=by, at=at, subject=subject_of(member), data={"role": role})
    return member


@transaction.atomic
def change_post(
    member: Membership,
    *,
    by: Membership,
    at: datetime,
    role: str,
    job_title: str,
    manager: Membership | None,
) -> Membership:
    """Change somebody's role, post and manager.

    Raises NotAllowed for staff of another agency, Ended, LastAdministrator, ManagerNotPossible.
    """
    member = lock_staff(member, by=by)
    if role != ADMINISTRATOR:
        _require_another_administrator(member)
    before = member.role
    member.role, member.job_title, member.manager = role, job_title, _manager(member, manager)
    member.save(update_fields=["role", "job_title", "manager"])
    data: dict[str, Any] = {"from": before, "to": role, "manager": str(manager.pk) if manager else ""}
    if role != before:
        _sign_out(member)
    audit.record(Verb.POST_CHANGED, by=by, at=at, subject=subject_of(member), data=data)
    return member


@transaction.atomic
def end_membership(member: Membership, *, by: Membership, at: datetime) -> Membership:
    """End somebody's role: they are out on their next request, and nothing more is sent to them here.

    Raises NotAllowed for staff of another agency, Ended, LastAdministrator.
    """
    member = lock_staff(member, by=by)
    _require_another_administrator(member)
    member.ended_at, member.ended_by = at, by
    member.save(update_fields=["ended_at", "ended_by"])
    _sign_out(member)
    audit.record(Verb.MEMBERSHIP_ENDED, by=by, at=at, subject=subject_of(member), data={"role": member.role})
    for point in ContactPoint.objects.in_use().filter(member=member):
        point.retired_at = at
        point.save(update_fields=["retired_at"])
        audit.record(Verb.CONTACT_POINT_RETIRED, by=by, at=at, subject=f"contact-point:{point.pk}")
    return member


def send_password_link(member: Membership, *, by: Membership, at: datetime) -> None:
    """Send somebody a link for choosing a password. It is written nowhere, so it is not in the outbox.

    Raises NotAllowed, Ended, HasPassword; LinkNotSent, which changes nothing.
    """
    rules.require_staff_of_mine(member, by=by)
    rules.require_current(member)
    user = member.account
    if user.has_usable_password():
        raise HasPassword(
            "They have a password. If they forgot it, they can choose a new one where they sign in."
        )
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, _, token = key.partition("-")
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
    body = LINK_MAIL.format(link=settings.BASE_URL.rstrip("/") + path)
    try:
        send_mail("Check Back: choose your password", body, None, [user.email])
    except (OSError, smtplib.SMTPException):
        raise LinkNotSent(
            "The account is there, but the e-mail with the link could not be sent.", "Send it again later."
        ) from None
    with transaction.atomic():
        audit.record(Verb.LINK_SENT, by=by, at=at, subject=subject_of(member))


def subject_of(member: Membership) -> str:
    """Return how the audit names somebody's role: by its number."""
    return f"membership:{member.pk}"


def lock_staff(member: Membership, *, by: Membership) -> Membership:
    """Lock the agency, then read somebody of it again. Raises NotAllowed, Ended."""
    _lock_agency(member.agency, by=by)
    member = Membership.objects.with_people().get(pk=member.pk)
    rules.require_staff_of_mine(member, by=by)
    rules.require_current(member)
    return member


def _lock_agency(agency: Agency, *, by: Membership | None) -> None:
    """Lock the agency, which is the root of its staff. Raises NotAllowed for somebody of another one."""
    # Rows that only refer to the agency go on being written meanwhile.
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if by is None:
        return
    rules.require(by, Permission.MANAGE_STAFF)
    if by.agency_id != agency.pk:
        raise NotAllowed("Staff are managed by an administrator of their own agency.")


def _sign_out(member: Membership) -> None:
    """End every session of somebody whose rights have changed: whoever is there now has to sign in anew."""
    Session.objects.filter(user=member.account_pk).delete()


def _require_another_administrator(member: Membership) -> None:
    """Somebody has to be left who can manage staff. Raises LastAdministrator."""
    if member.role != ADMINISTRATOR:
        return
    others = Membership.objects.current().filter(agency_id=member.agency_id, role=ADMINISTRATOR)
    if not others.exclude(pk=member.pk).exists():
        raise LastAdministrator(
            "This is your agency’s only administrator. Without one nobody could manage staff.",
            "Make somebody else an administrator first.",
        )


def _manager(member: Membership, manager: Membership | None) -> Membership | None:
    """Return the manager as it is now. Raises ManagerNotPossible."""
    if manager is None:
        return None
    manager = Membership.objects.select_related("user").get(pk=manager.pk)
    if manager.agency_id != member.agency_id or manager.ended_at is not None:
        raise ManagerNotPossible(
            answers={"manager": "A manager is somebody who works at the same agency now."}
        )
    above: Membership | None = manager
    for _ in range(50):
        if above is None:
            return manager
        if above.pk == member.pk:
            raise ManagerNotPossible(
                answers={"manager": "Nobody can manage themselves, or somebody who manages them."}
            )
        above = above.manager
    return manager
