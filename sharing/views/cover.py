"""The cover calendar of an agency: who is away, who acts for them, and on which days nobody does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies import pages
from agencies.cover_calendar import WEEKS, Day, Spell, cover_calendar
from agencies.decorators import needs
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.roles import Permission
from sharing import open_work


@needs(Permission.ARRANGE_COVER)
@require_safe
def cover(request: HatRequest) -> HttpResponse:
    """Show six weeks of cover. What is open is a number: what it is about is nowhere on this page."""
    agency = request.membership.agency
    today = timezone.localdate()
    found = cover_calendar(agency, first=today)
    counts = open_work.counts_of({spell.member for spell in found.spells})
    members = Membership.objects.current().with_people().filter(agency=agency)
    context = {
        "first": today,
        "last": today - timedelta(days=today.weekday()) + timedelta(days=7 * WEEKS - 1),
        "spells": [_spell(spell, counts.get(spell.member.pk, 0)) for spell in found.spells],
        "uncovered": [_spell(s, counts.get(s.member.pk, 0)) for s in found.without_cover],
        "weeks": [[_day(day, counts) for day in week] for week in found.weeks],
        "today": today,
        "hands_over": request.membership.may(Permission.OVERSEE),
        "staff": list(members.order_by("user__full_name", "pk")),
    }
    return pages.show(request, "sharing/cover.html", context)


def _spell(spell: Spell, count: int) -> dict[str, Any]:
    return {
        "member": spell.member,
        "starts_on": spell.starts_on,
        "ends_on": spell.ends_on,
        "is_one_day": spell.starts_on == spell.ends_on,
        "deputies": ", ".join(deputy.full_name for deputy in spell.deputies),
        "count": count,
        "tag": None if spell.deputies else _without_cover(count),
    }


def _without_cover(count: int) -> dict[str, str]:
    """Nobody acts for somebody: grave where work is open, and worth a look where none is."""
    return {"text": "Without cover", "colour": "red" if count else "yellow"}


def _day(day: Day, counts: dict[Any, int]) -> dict[str, Any]:
    return {
        "on": day.on,
        "closed": day.closed,
        "away": [
            {
                "name": one.member.full_name,
                "deputies": ", ".join(deputy.full_name for deputy in one.deputies),
                "tag": None if one.deputies else _without_cover(counts.get(one.member.pk, 0)),
            }
            for one in (() if day.closed else day.away)
        ],
    }
