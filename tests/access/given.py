"""Where a page is opened, of what stage or state, and what several forms ask for."""

from typing import Any

from django.utils import timezone

from agencies.models import Membership
from sharing.states import State
from tests.access.page import Given


def at(stage: str | None, **more: Any) -> Given:
    return lambda s: {"reference": s.concern(stage).reference, **more}


def told(state: State) -> Given:
    return lambda s: {"reference": s.exchange(state).reference}


def now() -> dict[str, Any]:
    """This minute, as a form asks for it: the scene's own clock goes on after the test's is held."""
    at = timezone.localtime()
    return {"day_0": at.day, "day_1": at.month, "day_2": at.year, "time": f"{at:%H:%M}"}


def of(member: Membership) -> str:
    return f"of={member.pk}"
