"""Named rules about agencies and their people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from agencies import chase
from agencies.models import Absence, Agency, Deputy, Membership, Partnership, TimeLimit
from agencies.prepared import Asking, Prepared, together
from agencies.refusals import NotAllowed, Refused
from agencies.roles import ROLES, Lead, Permission, Practitioner
from agencies.working_time import Duration, parse_duration, written


class NoTimeLimit(Refused):
    """The partnership has not said how long something may take."""


class TooManyAsked(Refused):
    """Somebody waits for so much already that others would wait for it too."""


class Ended(Refused):
    """The role this is about has ended."""


class CoverNotPossible(Refused):
    """The deputy or the dates cannot be. The sentence says why."""


# Jobs are done in the order in which they were asked for, so that one person could keep everybody waiting.
JOBS_AT_ONCE = 10


def time_limit(
    whose: Agency | Partnership, key: str, on: date, *, known_at: datetime | None = None
) -> TimeLimit:
    """Return the limit that a partnership sets for something, as it stood on a day.

    `known_at` asks for what was set by a moment, whatever was set or withdrawn afterwards. Raises NoTimeLimit
    where there is none, because a limit that is guessed is a promise nobody made.
    """
    return time_limits(whose, [key], on=on, known_at=known_at)[key]


def time_limits(
    whose: Agency | Partnership, keys: Iterable[str], on: date, *, known_at: datetime | None = None
) -> dict[str, TimeLimit]:
    """Return the limits that a partnership sets for several things, as they stood on a day, by their keys.

    `known_at` is as for `time_limit`. Raises NoTimeLimit with the name of each that is missing.
    """
    (rows,) = together(asking_time_limits(whose, keys, on, known_at=known_at))
    return _by_key(rows, keys)


def asking_time_limits(
    whose: Agency | Partnership, keys: Iterable[str], on: date, *, known_at: datetime | None = None
) -> Asking[TimeLimit]:
    """Return the question of `time_limits`, to be asked together with others."""
    partnership_id = whose.partnership_id if isinstance(whose, Agency) else whose.pk
    return LIMITS.asking(partnership=partnership_id, keys=list(map(str, keys)), on=on, known_at=known_at)


def _by_key(rows: Iterable[TimeLimit], keys: Iterable[str]) -> dict[str, TimeLimit]:
    wanted = [TimeLimit.Key(key) for key in keys]
    found = {row.key: row for row in rows}  # the latest of each
    if missing := [f"“{key.label}”" for key in wanted if key not in found]:
        one = len(missing) == 1
        raise NoTimeLimit(
            f"The partnership has set no time limit for {', '.join(missing)}.",
            f"Ask the partnership office to set {'it' if one else 'them'}.",
        )
    return found


def _limits(*, partnership: int, keys: list[str], on: date, known_at: datetime | None) -> QuerySet[TimeLimit]:
    rows = TimeLimit.objects.filter(partnership=partnership, key__any_of=keys, effective_from__lte=on)
    if known_at is None:
        rows = rows.filter(withdrawn_at__isnull=True)
    else:
        there = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=known_at)
        rows = rows.filter(there, set_at__lte=known_at)
    return rows.order_by("effective_from")


LIMITS = Prepared(_limits)


def chase_limits(
    whose: Agency | Partnership, on: date, *, known_at: datetime | None = None
) -> dict[str, Duration]:
    """Return the durations that `chase.reminder_times` needs, as they stood on a day.

    `known_at` is as for `time_limit`. Raises NoTimeLimit.
    """
    (rows,) = together(asking_chase_limits(whose, on, known_at=known_at))
    return chase_durations(rows)


def asking_chase_limits(
    whose: Agency | Partnership, on: date, *, known_at: datetime | None = None
) -> Asking[TimeLimit]:
    """Return the question of `chase_limits`, to be asked together with others."""
    return asking_time_limits(whose, chase.KEYS, on, known_at=known_at)


def chase_durations(rows: Iterable[TimeLimit]) -> dict[str, Duration]:
    """Return what `chase_limits` does of the answer to its question. Raises NoTimeLimit."""
    return {key: parse_duration(limit.duration) for key, limit in _by_key(rows, chase.KEYS).items()}


def require(by: Membership, permission: Permission) -> None:
    """Let only a role with the permission go on. Raises NotAllowed."""
    if not by.may(permission):
        raise NotAllowed(f"Your role may not {permission.value}.")


def require_waits_for_few(jobs: int) -> None:
    """Nobody waits for more than ten jobs at once. Raises TooManyAsked."""
    if jobs >= JOBS_AT_ONCE:
        raise TooManyAsked(
            f"You wait for {JOBS_AT_ONCE} things already.", "Ask again once one of them is done."
        )


def require_staff_of_mine(member: Membership, *, by: Membership) -> None:
    """Staff are managed by an administrator of their own agency. Raises NotAllowed."""
    require(by, Permission.MANAGE_STAFF)
    if member.agency_id != by.agency_id:
        raise NotAllowed("Staff are managed by an administrator of their own agency.")


def require_may_arrange_cover(member: Membership, *, by: Membership) -> None:
    """Cover is arranged by the person themselves, or by a lead or an administrator of their agency.

    Raises NotAllowed.
    """
    if by.pk == member.pk and by.is_current:
        return
    if member.agency_id != by.agency_id or not by.may(Permission.ARRANGE_COVER):
        raise NotAllowed(
            "Cover is arranged by the person themselves, or by a lead or an administrator of their agency."
        )


def require_current(member: Membership) -> None:
    """A role that has ended is not changed any more. Raises Ended."""
    if member.ended_at is not None:
        raise Ended("This role has ended, so it cannot be changed.", "Add the person again if they are back.")


def require_days_to_come(first: date, last: date, *, today: date) -> None:
    """The days of an absence or of cover follow each other and are not all over. Raises CoverNotPossible."""
    if last < first:
        raise CoverNotPossible(answers={"ends_on": "The last day is before the first one."})
    if last < today:
        raise CoverNotPossible(
            f"The last day, {written(last)}, has passed.",
            answers={"ends_on": "Check the month and the year. Cover is arranged for today and later."},
        )


def require_not_away_already(member: Membership, first: date, last: date) -> None:
    """A day is recorded once as a day away. Raises CoverNotPossible, with the days that are there already."""
    found = member.absences.filter(starts_on__lte=last, ends_on__gte=first).order_by("starts_on")
    if not found:
        return
    all_there = any(absence.starts_on <= first and last <= absence.ends_on for absence in found)
    raise CoverNotPossible(
        f"{member.full_name} is recorded as away {' and '.join(map(days_of, found))} already.",
        "There is nothing more to record."
        if all_there
        else "Record only the days that are not there yet, or take that absence back first.",
    )


def days_of(absence: Absence) -> str:
    """Say which days an absence has: “on 4 May 2027”, “from 4 May 2027 to 7 May 2027”."""
    if absence.starts_on == absence.ends_on:
        return f"on {written(absence.starts_on)}"
    return f"from {written(absence.starts_on)} to {written(absence.ends_on)}"


def roles_of_deputies(member: Membership) -> list[str]:
    """Return the roles in which somebody of the same agency can do what a deputy of theirs has to do.

    What a lead does beyond a practitioner is a deputy's only where their own role has it: cover lends a turn,
    not a role.
    """
    needed = member.permissions - (Lead.permissions - Practitioner.permissions)
    return [code for code in ROLES if needed <= member.permissions_in(code)]


def acts_already(member: Membership, deputy: Membership, first: date, last: date | None) -> bool:
    """Say whether somebody is named as deputy for all of some days already (no last day: for good)."""
    return any(
        row.covers(first) and (row.ends_on is None or (last is not None and row.covers(last)))
        for row in Deputy.objects.filter(member=member, deputy=deputy)
    )
