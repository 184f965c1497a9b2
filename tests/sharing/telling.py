"""What the stories are told with: a moment of a day, and statements written down at one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from agencies.models import Membership
from records import operations as records
from records.models import Concern, Statement


def at(day: date, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=UTC)


def write(concern: Concern, by: Membership, moment: datetime, *rows: dict[str, Any]) -> list[Statement]:
    """Add statements; those without a note of when happened at `when`."""
    made: list[Statement] = []
    for row in rows:
        if row.get("kind") == "OPINION":
            row = {"rests_on": made[:1], **row}
        made.append(records.add_statement(concern, by=by, at=moment, **row))
    return made
