"""Holding every message back after a restore: what had been sent must not go out again by itself."""

from __future__ import annotations

from datetime import datetime

from notifications.models import Hold


def hold(*, why: str, at: datetime) -> Hold:
    """Let nothing go out from now on (UTC). Where that is so already, it stays as it was."""
    held, _ = Hold.objects.get_or_create(lifted_at=None, defaults={"since": at, "why": why[:200]})
    return held


def lift_hold(*, at: datetime) -> bool:
    """Let messages go out again, and say whether any were held."""
    return Hold.objects.filter(lifted_at=None).update(lifted_at=at) > 0


def held_since() -> datetime | None:
    """Say since when (UTC) nothing goes out, where that is so."""
    return Hold.objects.filter(lifted_at=None).values_list("since", flat=True).first()
