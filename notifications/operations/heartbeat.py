"""Who was seen when: the background processes, with how much waits for them, and readers of notices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min

from notifications.models import WAITING, Heartbeat, Look, Message


def beat(name: str, *, at: datetime, rows: int = 0) -> None:
    """Write down that a background process was seen at `at` (UTC) and did `rows` rows."""
    Heartbeat.objects.update_or_create(
        name=name, defaults={"started_at": at, "finished_at": at, "rows": rows}
    )


def look(member_id: UUID, *, at: datetime) -> None:
    """Write down that somebody looked at their own notices at `at` (UTC)."""
    seen = Look(member_id=member_id, looked_at=at)
    Look.objects.bulk_create(
        [seen], update_conflicts=True, unique_fields=["member_id"], update_fields=["looked_at"]
    )


def backlog(*, at: datetime) -> tuple[int, float]:
    """Count the messages that are due and still on their way, and the age of the oldest in seconds."""
    due = Message.objects.filter(WAITING, next_try_at__lte=at)
    found = due.aggregate(count=Count("pk"), oldest=Min("next_try_at"))
    return found["count"], (at - found["oldest"]).total_seconds() if found["oldest"] else 0.0
