"""One piece of waiting work, and where a page of it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from agencies.models import Membership
from sharing.rules import spoken_limit


@dataclass(frozen=True)
class Work:
    """One piece of waiting work, as the worklist component shows it. `due_at` is UTC."""

    heading: str
    reference: str
    meta: tuple[str, ...]
    due_at: datetime
    href: str
    link_text: str
    tag: dict[str, str] | None
    now: datetime

    @property
    def due(self) -> dict[str, Any]:
        return {"text": spoken_limit(self.due_at), "late": self.due_at < self.now, "at": self.due_at}


LARGEST = 2**63


class Cursor(NamedTuple):
    """Where a page of work ended: time limit (UTC) and row. Many share a time limit."""

    due_at: datetime
    row: int

    def __str__(self) -> str:
        return f"{self.due_at.isoformat()}~{self.row}"


def cursor(text: str) -> Cursor | None:
    """Read a cursor from an address. Anything else than a cursor starts at the front."""
    try:
        due_at, row = text.split("~")
        moment, number = datetime.fromisoformat(due_at), int(row)
        return Cursor(moment, number) if timezone.is_aware(moment) and abs(number) < LARGEST else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Page:
    """One page of work, and where the next page goes on."""

    items: list[Work]
    next: Cursor | None


def acting_for(member: Membership, at: datetime) -> Any:
    """Those for whom somebody may act on the day of a moment (UTC), themselves included."""
    return Membership.objects.acting_for(member, on=timezone.localdate(at)).values("pk")


def for_whom(member: Membership, party: Membership) -> str:
    """Say for whom a deputy would act; nothing where it is their own work."""
    return "" if party.pk == member.pk else f"For {party.full_name}, as deputy"


def meta(*facts: str) -> tuple[str, ...]:
    """Keep the facts that say something."""
    return tuple(fact for fact in facts if fact)
