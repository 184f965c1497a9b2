"""How long something may take: a limit of the partnership, counted in the working time of whom it binds."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from agencies import access as agencies_access
from agencies import rules as agencies_rules
from agencies.models import Membership, TimeLimit
from agencies.opening import due_when_open
from agencies.working_time import Due, due

CHECK_BACK_LIMIT = {
    "URGENT": TimeLimit.Key.CHECK_BACK_URGENT,
    "HIGH": TimeLimit.Key.CHECK_BACK_HIGH,
    "STANDARD": TimeLimit.Key.CHECK_BACK_STANDARD,
}


def check_back_limit(member: Membership, urgency: str, *, at: datetime) -> Due:
    """Count the check-back limit of an urgency, from `at` (UTC), for whoever has the turn."""
    return limit_of(member, CHECK_BACK_LIMIT[urgency], at=at)


def sent_limit(member: Membership, urgency: str, *, at: datetime) -> Due:
    """Count the check-back limit of what is sent to somebody at a moment (UTC).

    Hours run by the clock, but to an agency that is closed only from when it opens, as nobody is there to
    read it. One that is open all hours, such as an emergency duty team, is never closed: there they run at
    once, as they do where nobody has said when an organisation outside is open. Raises NoTimeLimit.
    """
    agency = member.agency
    if agency.is_outside:
        return check_back_limit(member, urgency, at=at)
    limit = agencies_rules.time_limit(
        agency, CHECK_BACK_LIMIT[urgency], on=timezone.localdate(at), known_at=at
    )
    return due_when_open(at, limit.duration, agencies_access.calendar_of(agency, known_at=at))


def limit_of(member: Membership, key: TimeLimit.Key, *, at: datetime) -> Due:
    """Count one of the partnership's limits from `at` (UTC) in the working time of the person it binds.

    It is the limit that was known at that moment, and the opening hours, so that counting again later gives
    the same, whatever the partnership or the agency has set since. Raises NoTimeLimit where there was none.
    """
    limit = agencies_rules.time_limit(member.agency, key, on=timezone.localdate(at), known_at=at)
    return due(at, limit.duration, agencies_access.calendar_of(member.agency, known_at=at))
