"""Who of an agency is away in the weeks to come, who acts for them each day, and when nobody does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Q

from agencies.access import calendar_of
from agencies.models import Absence, Agency, Deputy, Membership
from agencies.working_time import is_working_day, why_closed

WEEKS = 6
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Away:
    """Somebody who is away on a day, and who acts for them that day."""

    member: Membership
    deputies: tuple[Membership, ...]


@dataclass(frozen=True)
class Day:
    """One day of the calendar. `closed` says why the agency does not work then, if it does not."""

    on: date
    closed: str
    away: tuple[Away, ...]


@dataclass(frozen=True)
class Spell:
    """Days in a row on which somebody is away in the same way: with the same deputies, or without."""

    member: Membership
    starts_on: date
    ends_on: date
    deputies: tuple[Membership, ...]


@dataclass
class CoverCalendar:
    """The days of some weeks, from a Monday on; and the same by person, in spells of working days."""

    weeks: list[list[Day]] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)

    @property
    def without_cover(self) -> list[Spell]:
        return [spell for spell in self.spells if not spell.deputies]


def cover_calendar(agency: Agency, *, first: date, weeks: int = WEEKS) -> CoverCalendar:
    """Read the cover of an agency for some weeks from the Monday before a day on. Two statements.

    Days on which the agency does not work need no cover. A deputy who is away that day is no cover.
    """
    monday = first - timedelta(days=first.weekday())
    days = [monday + n * ONE_DAY for n in range(7 * weeks)]
    absences = list(
        Absence.objects.filter(
            member__agency=agency, member__ended_at__isnull=True, starts_on__lte=days[-1], ends_on__gte=monday
        )
        .select_related("member__user")
        .order_by("member__user__full_name", "member_id", "starts_on")
    )
    away_on = {day: {a.member_id for a in absences if a.starts_on <= day <= a.ends_on} for day in days}
    deputies = list(
        Deputy.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=monday),
            member__in={a.member_id for a in absences},
            starts_on__lte=days[-1],
            deputy__ended_at__isnull=True,
            deputy__user__is_active=True,
        )
        .select_related("deputy__user")
        .order_by("named_at", "pk")
    )
    members = {a.member_id: a.member for a in absences}
    calendar = calendar_of(agency)
    found = CoverCalendar()
    for start in range(0, len(days), 7):
        found.weeks.append(
            [
                Day(day, why_closed(day, calendar) or "", tuple(_away(day, members, away_on[day], deputies)))
                for day in days[start : start + 7]
            ]
        )
    working = [day for day in days if day >= first and is_working_day(day, calendar)]
    found.spells = list(_spells(working, members, away_on, deputies))
    return found


def _away(
    day: date, members: Mapping[Any, Membership], away: set[Any], deputies: Sequence[Deputy]
) -> Iterable[Away]:
    for number, member in members.items():
        if number in away:
            yield Away(member, _acting(day, number, away, deputies))


def _acting(day: date, number: Any, away: set[Any], deputies: Sequence[Deputy]) -> tuple[Membership, ...]:
    """Who acts for somebody on a day and is there to do it, each once."""
    named = [d for d in deputies if d.member_id == number and d.covers(day)]
    return tuple(dict.fromkeys(d.deputy for d in named if d.deputy_id not in away))


def _spells(
    days: Sequence[date],
    members: Mapping[Any, Membership],
    away_on: Mapping[date, set[Any]],
    deputies: Sequence[Deputy],
) -> Iterable[Spell]:
    for number, member in members.items():
        states = [
            (day, _acting(day, number, away_on[day], deputies) if number in away_on[day] else None)
            for day in days
        ]
        for acting, run in groupby(states, key=lambda pair: pair[1]):
            if acting is not None:
                on = [day for day, _ in run]
                yield Spell(member, on[0], on[-1], acting)
