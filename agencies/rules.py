"""Named rules about agencies and their people."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from agencies.models import Agency, Membership, Partnership, TimeLimit
from agencies.refusals import NotAllowed, Refused
from agencies.roles import Permission


class NoTimeLimit(Refused):
    """The partnership has not said how long something may take."""


class Ended(Refused):
    """The role this is about has ended."""


def time_limit(whose: Agency | Partnership, key: str, on: date) -> TimeLimit:
    """Return the limit that a partnership sets for something, as it stood on a day.

    Raises NoTimeLimit where there is none, because a limit that is guessed is a promise nobody made.
    """
    partnership_id = whose.partnership_id if isinstance(whose, Agency) else whose.pk
    limit = (
        TimeLimit.objects.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gte=on),
            partnership_id=partnership_id,
            key=key,
            effective_from__lte=on,
        )
        .order_by("-effective_from")
        .first()
    )
    if limit is None:
        name = TimeLimit.Key(key).label
        raise NoTimeLimit(
            f"The partnership has set no time limit for “{name}”.",
            "Ask the partnership office to set it.",
        )
    return limit


def require(by: Membership, permission: Permission) -> None:
    """Let only a role with the permission go on. Raises NotAllowed."""
    if not by.may(permission):
        raise NotAllowed(f"Your role may not {permission.value}.")


def require_staff_of_mine(member: Membership, *, by: Membership) -> None:
    """Staff are managed by an administrator of their own agency. Raises NotAllowed."""
    require(by, Permission.MANAGE_STAFF)
    if member.agency_id != by.agency_id:
        raise NotAllowed("Staff are managed by an administrator of their own agency.")


def require_current(member: Membership) -> None:
    """A role that has ended is not changed any more. Raises Ended."""
    if member.ended_at is not None:
        raise Ended("This role has ended, so it cannot be changed.", "Add the person again if they are back.")
