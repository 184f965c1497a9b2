"""Setting the partnership's time limits. A limit counts from a day on, and none that was given ever moves."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from agencies import rules, time_limits
from agencies.defaults import SOURCE, SUGGESTED
from agencies.models import Membership, Partnership, TimeLimit
from agencies.refusals import NotAllowed, OutOfDate, Refused
from agencies.roles import Permission
from agencies.verbs import Verb
from agencies.working_time import written
from audit import operations as audit

FURTHEST_YEARS = 2


class LimitNotPossible(Refused):
    """The limit cannot be set or withdrawn like this. The sentence says why."""


@transaction.atomic
def set_time_limit(
    partnership: Partnership,
    *,
    by: Membership | None,
    at: datetime,
    key: str,
    duration: str,
    label: str,
    source: str,
    effective_from: date,
    seen_version: int | None = None,
) -> TimeLimit:
    """Set how long something may take from a day on (a local date, today or later).

    What counts until then goes on counting, and so does a limit that is to come later still. One that was to
    count from the same day is withdrawn. `by` is None where the service itself is being set up.

    Raises DurationNotUnderstood, NotAllowed, LimitNotPossible for a day that has passed, is far ahead, or
    where the very same counts already, and OutOfDate where somebody has changed it since `seen_version`.
    """
    duration, source = time_limits.readable(duration), source.strip()
    partnership = _lock(partnership, by=by)
    _require_a_day(effective_from, today=timezone.localdate(at))
    rows = list(_versions(partnership, key))
    if seen_version is not None and seen_version != time_limits.version_of(rows):
        raise OutOfDate(*_what_changed(rows))
    live = [row for row in rows if row.withdrawn_at is None and row.effective_from <= effective_from]
    stands = max(live, key=lambda row: row.effective_from, default=None)
    if stands and (stands.duration, stands.label, stands.source) == (duration, label, source):
        raise LimitNotPossible(
            f"“{stands.get_key_display()}” is {duration} from that day already, with the same source.",
            "Nothing was changed.",
        )
    if stands and stands.effective_from == effective_from:
        _mark_withdrawn(stands, by=by, at=at)
    limit = TimeLimit.objects.create(
        partnership=partnership,
        key=key,
        duration=duration,
        label=label,
        source=source,
        effective_from=effective_from,
        set_at=at,
        set_by=by,
    )
    audit.record(
        Verb.LIMIT_SET,
        by=by,
        at=at,
        subject=partnership.reference,
        data={"key": key, "duration": duration, "label": label, "from": effective_from.isoformat()},
    )
    return limit


@transaction.atomic
def withdraw_time_limit(limit: TimeLimit, *, by: Membership, at: datetime) -> None:
    """Withdraw a limit before the day from which it counts: what counts until then goes on.

    Raises NotAllowed, and LimitNotPossible where it was withdrawn already or its day has come.
    """
    partnership = _lock(limit.partnership, by=by)
    limit = TimeLimit.objects.get(pk=limit.pk)
    if limit.withdrawn_at is not None:
        raise LimitNotPossible("This time limit has been withdrawn already.")
    if limit.effective_from <= timezone.localdate(at):
        raise LimitNotPossible(
            "This time limit counts already, so it cannot be withdrawn.", "Set another from today or later."
        )
    _mark_withdrawn(limit, by=by, at=at)
    audit.record(
        Verb.LIMIT_WITHDRAWN,
        by=by,
        at=at,
        subject=partnership.reference,
        data={"key": limit.key, "duration": limit.duration, "from": limit.effective_from.isoformat()},
    )


@transaction.atomic
def suggest_missing_limits(partnership: Partnership, *, by: Membership | None, at: datetime) -> list[str]:
    """Set our suggested default, from today, for whatever has no time limit today. Returns their keys.

    `by` is None where the service itself is being set up. Raises NotAllowed, and LimitNotPossible where
    nothing is missing.
    """
    partnership = _lock(partnership, by=by)
    today = timezone.localdate(at)
    there = TimeLimit.objects.filter(
        partnership=partnership, withdrawn_at__isnull=True, effective_from__lte=today
    ).values_list("key", flat=True)
    missing = [key for key in SUGGESTED if key not in set(there)]
    if not missing:
        raise LimitNotPossible("No time limit is missing any more. Nothing was changed.")
    for key in missing:
        TimeLimit.objects.create(
            partnership=partnership,
            key=key,
            duration=SUGGESTED[key],
            label=TimeLimit.Label.LOCAL,
            source=SOURCE,
            effective_from=today,
            set_at=at,
            set_by=by,
        )
    audit.record(
        Verb.LIMITS_SUGGESTED,
        by=by,
        at=at,
        subject=partnership.reference,
        data={"keys": [key.value for key in missing], "from": today.isoformat()},
    )
    return [key.value for key in missing]


def _lock(partnership: Partnership, *, by: Membership | None) -> Partnership:
    """Let one change at a time be made to a partnership, by those who may. Raises NotAllowed."""
    if by is not None:
        rules.require(by, Permission.SET_TIME_LIMITS)
        if by.agency.partnership_id != partnership.pk:
            raise NotAllowed("Time limits are set by the partnership’s own office.")
    return Partnership.objects.select_for_update().get(pk=partnership.pk)


def _versions(partnership: Partnership, key: str) -> list[TimeLimit]:
    rows = TimeLimit.objects.filter(partnership=partnership, key=key)
    return list(rows.select_related("set_by__user", "withdrawn_by__user"))


def _mark_withdrawn(limit: TimeLimit, *, by: Membership | None, at: datetime) -> None:
    limit.withdrawn_at, limit.withdrawn_by = at, by
    limit.save(update_fields=["withdrawn_at", "withdrawn_by"])


def _require_a_day(day: date, *, today: date) -> None:
    if day < today:
        raise LimitNotPossible(
            "A time limit counts from today at the earliest, because those that were given never move.",
            answers={"effective_from": "Choose today or a later day."},
        )
    if day.year > today.year + FURTHEST_YEARS:
        raise LimitNotPossible(
            answers={
                "effective_from": f"That day is after the end of {today.year + FURTHEST_YEARS}. "
                "Look at the year again."
            }
        )


def _what_changed(rows: list[TimeLimit]) -> tuple[str, str]:
    """Name the latest change."""
    again = "Look at it above, and save again if yours is still right."
    if not rows:
        return "This time limit has changed since you opened the page.", again
    last = max(rows, key=lambda row: (row.withdrawn_at or row.set_at, row.pk))
    who = last.withdrawn_by if last.withdrawn_at else last.set_by
    name = who.full_name if who else "The service"
    did = "withdrew" if last.withdrawn_at else "set"
    return f"{name} {did} “{last.duration} from {written(last.effective_from)}” meanwhile.", again
