"""How long something may take: a limit of the partnership, counted in the working time of whom it binds."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from agencies import access as agencies_access
from agencies import rules as agencies_rules
from agencies.models import Membership, TimeLimit
from agencies.working_time import Due, due

CHECK_BACK_LIMIT = {
    "URGENT": TimeLimit.Key.CHECK_BACK_URGENT,
    "HIGH": TimeLimit.Key.CHECK_BACK_HIGH,
    "STANDARD": TimeLimit.Key.CHECK_BACK_STANDARD,
}


def check_back_limit(member: Membership, urgency: str, *, at: datetime) -> Due:
    """Count the check-back limit of an urgency, from `at` (UTC), for whoever has the turn."""
    return limit_of(member, CHECK_BACK_LIMIT[urgency], at=at)


def limit_of(member: Membership, key: TimeLimit.Key, *, at: datetime) -> Due:
    """Count one of the partnership's limits from `at` (UTC) in the working time of the person it binds.

    It is the limit that was known at that moment, so that counting again later gives the same, whatever the
    partnership has set since. Raises NoTimeLimit where the partnership had not set it.
    """
    limit = agencies_rules.time_limit(member.agency, key, on=timezone.localdate(at), known_at=at)
    return due(at, limit.duration, agencies_access.calendar_of(member.agency))
