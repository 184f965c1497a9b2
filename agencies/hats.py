"""Which role somebody acts in: kept in the session, looked up again on every request."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Exists, F, OuterRef, Value
from django.utils.module_loading import import_string

from agencies import scope
from agencies.models import Membership, User
from agencies.prepared import Prepared
from agencies.querysets import MembershipQuerySet

HAT, COUNT = "hat", "hats_count"
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def hats_of(user: User) -> list[Membership]:
    """Return the roles a person may act in now, in order of agency."""
    return list(_hats_of(user))


def _hats_of(user: User) -> MembershipQuerySet:
    return Membership.objects.current().with_people().filter(user=user).order_by("agency__name", "pk")


def last_of(user: User | AnonymousUser) -> Membership | None:
    """Return the role that somebody without one held last, under which what they try is logged."""
    ended = Membership.objects.with_people().filter(user=user.pk, ended_at__isnull=False)
    return ended.order_by("-ended_at", "pk").first()


def _facts() -> dict[str, Any]:
    """What an app above wants to know of the hat on every page, in the same statement (settings name it)."""
    facts: dict[str, Any] = import_string(settings.FACTS_OF_A_HAT)()
    return facts


def worn(user: User, session: SessionBase) -> Membership | None:
    """Return the role a person acts in, as it stands at this moment, or None where they have to choose.

    PostgreSQL is told of it for the rest of the transaction, in the same statement.
    A role that has ended since the last request is taken off. Somebody with exactly one role wears it.
    """
    if chosen := session.get(HAT):
        if member := _as_worn(user, chosen):
            return member
        del session[HAT]
    hats = list(_hats_of(user))
    session[COUNT] = len(hats)
    if len(hats) != 1:
        return None
    session[HAT] = str(hats[0].pk)
    return _as_worn(user, hats[0].pk)


def _as_worn(user: User, chosen: Any) -> Membership | None:
    """Return a role with what every page asks of it, and tell PostgreSQL first that it is who asks."""
    return WORN.first(user_id=user.pk, chosen=UUID(str(chosen)))


def _worn(*, user_id: UUID, chosen: UUID) -> MembershipQuerySet:
    proved = Exists(Authenticator.objects.filter(user=OuterRef("user"), type__in=SECOND_FACTORS))
    mine = Membership.objects.current().with_people().filter(pk=chosen, user=user_id)
    tells = scope.told_with(agency=F("agency_id"), member=F("pk"), exchange=Value(""))
    return mine.annotate(**tells).annotate(has_second_factor=proved, **_facts())


WORN = Prepared(_worn)


def put_on(user: User, session: SessionBase, membership_id: UUID) -> Membership | None:
    """Change into a role of one's own, with a new session key. Returns None where it is not theirs."""
    hats = hats_of(user)
    for member in hats:
        if member.pk == membership_id:
            session.cycle_key()
            session[HAT], session[COUNT] = str(member.pk), len(hats)
            return member
    return None


def needs_second_factor(user: User, member: Membership | None = None) -> bool:
    """Say whether a person has to set up a second factor before anything else.

    The role that `worn` found knows it already, which saves every page a statement.
    """
    if getattr(member, "has_second_factor", False):
        return False
    return (
        settings.MFA_REQUIRED
        and not Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exists()
    )
