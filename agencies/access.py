"""The only way a view obtains something about agencies and people, through the person asking."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from agencies.models import Membership
from agencies.roles import Permission

FIRST_PAGES = (
    (Permission.EXCHANGE, "home"),
    (Permission.MANAGE_STAFF, "team"),
    (Permission.READ_AUDIT, "audit_events"),
    (Permission.OVERSEE_PARTNERSHIP, "partnership"),
)


def first_page(member: Membership) -> str:
    """Return the address where a role starts work."""
    for permission, name in FIRST_PAGES:
        if member.may(permission):
            try:
                return reverse(name)
            except NoReverseMatch:
                break
    return "/"
