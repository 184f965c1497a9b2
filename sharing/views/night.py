"""What a sender is shown outside an agency's hours: the day team's clock beside the duty team's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agencies.access import Contact, calendar_of
from agencies.duty_team import duty_team_of
from agencies.models import Agency, Membership
from agencies.opening import due_when_open
from sharing.rules import spoken_limit
from sharing.waiting.limits import CHECK_BACK_LIMIT


def out_of_hours(contact: Contact, *, to: Membership, urgency: str, now: datetime) -> dict[str, Any] | None:
    """Put the day team and who stands in for it side by side, each with its clock. None while it is open.

    `to` is the person who is about to send, and `now` (UTC) is when.
    """
    if not contact.closed:
        return None
    day_team = contact.member.agency
    team = duty_team_of(to, day_team, key=CHECK_BACK_LIMIT[urgency])
    return {
        "closed": contact.closed,
        "day_team": day_team.name,
        "team": team,
        "day_due": _due(day_team, team.duration, now) if team else "",
        "night_due": _due(team.agency, team.duration, now) if team else "",
    }


def _due(agency: Agency, duration: str, now: datetime) -> str:
    """By when what is sent now would have to be understood; nothing where there is no limit."""
    return spoken_limit(due_when_open(now, duration, calendar_of(agency)).at) if duration else ""
