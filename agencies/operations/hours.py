"""Saying when an agency is open and closed, and who takes what cannot wait meanwhile.

What is said counts from a day on, for what is sent from then; no limit that was given ever moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from agencies import access, hours, rules
from agencies.models import Agency, ClosedDay, Membership, OpeningHours, Partnership
from agencies.refusals import NotAllowed, OutOfDate, Refused
from agencies.roles import Permission
from agencies.verbs import Verb
from agencies.working_time import LAST_YEAR, named, written
from audit import operations as audit

FURTHEST_YEARS = 2


class HoursNotPossible(Refused):
    """The hours or the closed day cannot be set or withdrawn like this. The sentence says why."""


class NoStandIn(Refused):
    """An agency cannot stand in out of hours. The sentence says what it lacks."""


@transaction.atomic
def set_opening_hours(
    agency: Agency,
    *,
    by: Membership | None,
    at: datetime,
    effective_from: date,
    days: Sequence[str] = (),
    always_open: bool = False,
    seen_version: int | None = None,
) -> OpeningHours:
    """Say when an agency is open from a day on (today or later): seven days as `weeks.kept` gives them.

    What counts until then goes on counting. Hours that were to count from the same day are withdrawn. `by`
    is None where the service itself is being set up.

    Raises NotAllowed, HoursNotPossible for a day that has passed or is far ahead, a week without an open day
    or the very same hours, and OutOfDate where a colleague has changed them since `seen_version`.
    """
    agency = _lock(agency, by=by)
    _require_a_day(effective_from, today=timezone.localdate(at), question="effective_from")
    rows = list(OpeningHours.objects.filter(agency=agency).select_related("set_by__user"))
    if seen_version is not None and seen_version != hours.version_of(rows):
        raise OutOfDate(
            "A colleague has changed the opening hours since you opened this page.",
            "Look at them, and save again if yours are still right.",
        )
    week = [""] * 7 if always_open else list(days)
    if not always_open and not any(week):
        raise HoursNotPossible("An agency is open on at least one day. Give the hours of one.")
    live = [row for row in rows if row.withdrawn_at is None and row.effective_from <= effective_from]
    stands = max(live, key=lambda row: row.effective_from, default=None)
    if stands and (stands.days, stands.always_open) == (week, always_open):
        raise HoursNotPossible("These are the opening hours from that day already. Nothing was changed.")
    if stands and stands.effective_from == effective_from:
        _mark_withdrawn(stands, by=by, at=at)
    made = OpeningHours.objects.create(
        agency=agency,
        effective_from=effective_from,
        days=week,
        always_open=always_open,
        set_at=at,
        set_by=by,
    )
    audit.record(
        Verb.HOURS_SET,
        by=by,
        at=at,
        subject=agency.reference,
        data={"from": effective_from.isoformat(), "days": week, "always_open": always_open},
    )
    return made


@transaction.atomic
def withdraw_opening_hours(row: OpeningHours, *, by: Membership, at: datetime) -> None:
    """Withdraw hours before the day from which they count. Raises NotAllowed, HoursNotPossible."""
    _lock(row.agency, by=by)
    row = OpeningHours.objects.select_related("agency").get(pk=row.pk)
    _require_to_come(row.withdrawn_at, row.effective_from, today=timezone.localdate(at))
    _mark_withdrawn(row, by=by, at=at)
    audit.record(
        Verb.HOURS_WITHDRAWN,
        by=by,
        at=at,
        subject=row.agency.reference,
        data={"from": row.effective_from.isoformat()},
    )


@transaction.atomic
def close_on(whose: Agency | Partnership, *, by: Membership, at: datetime, on: date, why: str) -> ClosedDay:
    """Enter a day (today or later) on which an agency is closed, or every agency of a partnership.

    The partnership's office enters a bank holiday that was proclaimed late. Raises NotAllowed, and
    HoursNotPossible for a day that has passed or is far ahead, or on which it is closed anyway.
    """
    whose = _lock_either(whose, by=by)
    _require_a_day(on, today=timezone.localdate(at), question="on")
    if not why.strip():
        raise HoursNotPossible("Say why it is closed on that day.")
    if isinstance(whose, Agency) and access.calendar_of(whose).never_closes(on):
        raise HoursNotPossible(
            "This agency is open all hours, so it is closed on no day.", "Change its opening hours first."
        )
    of = {"agency": whose} if isinstance(whose, Agency) else {"partnership": whose}
    if ClosedDay.objects.filter(**of, on=on, withdrawn_at__isnull=True).exists():
        raise HoursNotPossible(answers={"on": f"{named(on)} is entered already. Nothing was changed."})
    row = ClosedDay.objects.create(**of, on=on, why=why, set_at=at, set_by=by)
    audit.record(Verb.CLOSED_DAY_ENTERED, by=by, at=at, subject=whose.reference, data={"on": on.isoformat()})
    return row


@transaction.atomic
def withdraw_closed_day(row: ClosedDay, *, by: Membership, at: datetime) -> None:
    """Withdraw a closed day before it has come. Raises NotAllowed, HoursNotPossible."""
    whose = row.agency or row.partnership
    if whose is None:
        raise HoursNotPossible("This closed day belongs to nobody.")
    _lock_either(whose, by=by)
    row = ClosedDay.objects.get(pk=row.pk)
    _require_to_come(row.withdrawn_at, row.on, today=timezone.localdate(at))
    _mark_withdrawn(row, by=by, at=at)
    audit.record(
        Verb.CLOSED_DAY_WITHDRAWN, by=by, at=at, subject=whose.reference, data={"on": row.on.isoformat()}
    )


@transaction.atomic
def name_out_of_hours(agency: Agency, *, by: Membership | None, at: datetime, duty: Agency | None) -> Agency:
    """Name who takes what cannot wait while an agency is closed, such as its emergency duty team; or nobody.

    Raises NotAllowed, and NoStandIn unless it is another agency of the partnership that is open all hours
    and has a checked duty inbox.
    """
    agency = _lock(agency, by=by)
    if duty is not None:
        _require_stand_in(agency, duty, today=timezone.localdate(at))
    agency.out_of_hours = duty
    agency.save(update_fields=["out_of_hours"])
    audit.record(
        Verb.OUT_OF_HOURS_NAMED,
        by=by,
        at=at,
        subject=agency.reference,
        data={"duty": duty.reference if duty else ""},
    )
    return agency


def _require_stand_in(agency: Agency, duty: Agency, *, today: date) -> None:
    if duty.pk == agency.pk or duty.partnership_id != agency.partnership_id:
        raise NoStandIn("Choose another agency of your partnership.")
    if not access.calendar_of(duty).never_closes(today):
        raise NoStandIn(
            f"{duty.name} is not open all hours, so it cannot take what comes at night.",
            answers={"duty": "Ask its administrator to enter its opening hours, or choose another."},
        )
    if access.duty_inbox_of(duty) is None:
        raise NoStandIn(
            f"{duty.name} has no checked duty inbox, so nothing would reach it.",
            answers={"duty": "Ask its administrator to check one, or choose another."},
        )


def _lock(agency: Agency, *, by: Membership | None) -> Agency:
    """Let one change at a time be made to an agency, by its own administrator. Raises NotAllowed."""
    if by is not None:
        rules.require(by, Permission.MANAGE_STAFF)
        if by.agency_id != agency.pk:
            raise NotAllowed("Opening hours are entered by an administrator of the agency.")
    return Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)


def _lock_partnership(partnership: Partnership, *, by: Membership) -> Partnership:
    """Let one change at a time be made to a partnership, by its own office. Raises NotAllowed."""
    rules.require(by, Permission.SET_TIME_LIMITS)
    if by.agency.partnership_id != partnership.pk:
        raise NotAllowed("Days on which everybody is closed are entered by the partnership’s own office.")
    return Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)


def _lock_either(whose: Agency | Partnership, *, by: Membership) -> Agency | Partnership:
    return _lock(whose, by=by) if isinstance(whose, Agency) else _lock_partnership(whose, by=by)


def _mark_withdrawn(row: OpeningHours | ClosedDay, *, by: Membership | None, at: datetime) -> None:
    row.withdrawn_at, row.withdrawn_by = at, by
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])


def _require_a_day(day: date, *, today: date, question: str) -> None:
    if day < today:
        raise HoursNotPossible(
            "It counts from today at the earliest, because limits that were given never move.",
            answers={question: "Choose today or a later day."},
        )
    if day.year > min(today.year + FURTHEST_YEARS, LAST_YEAR):
        raise HoursNotPossible(
            answers={question: f"{written(day)} is too far ahead. Look at the year again."}
        )


def _require_to_come(withdrawn_at: datetime | None, day: date, *, today: date) -> None:
    if withdrawn_at is not None:
        raise HoursNotPossible("This has been withdrawn already.")
    if day <= today:
        raise HoursNotPossible("This counts already, so it cannot be withdrawn.")
