"""Who is away, and who acts for them by name."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from agencies import rules
from agencies.models import Absence, Agency, Deputy, Membership
from agencies.operations.people import subject_of
from agencies.rules import CoverNotPossible
from agencies.verbs import Verb
from audit import operations as audit


def lock_covered(member: Membership, *, by: Membership) -> Membership:
    """Lock the agency, then read whose cover is arranged again. Raises NotAllowed, Ended."""
    Agency.objects.select_for_update(no_key=True).get(pk=member.agency_id)
    member = Membership.objects.with_people().get(pk=member.pk)
    rules.require_may_arrange_cover(member, by=by)
    rules.require_current(member)
    return member


@transaction.atomic
def name_deputy(
    member: Membership,
    *,
    by: Membership,
    at: datetime,
    deputy: Membership,
    starts_on: date,
    ends_on: date | None = None,
) -> Deputy:
    """Name who acts for somebody, from one day to another (local dates, both included).

    Raises NotAllowed for anybody but themselves, a lead or an administrator of their agency, Ended,
    CoverNotPossible.
    """
    member = lock_covered(member, by=by)
    deputy = (
        Membership.objects.current().with_people().filter(pk=deputy.pk, agency_id=by.agency_id).first()
        or deputy
    )
    if deputy.agency_id != by.agency_id or not deputy.is_current:
        raise CoverNotPossible("A deputy is somebody who works at your agency now.")
    if deputy.is_same_person(member):
        raise CoverNotPossible("Nobody can be their own deputy.", answers={"deputy": "Choose somebody else."})
    if deputy.role not in rules.roles_of_deputies(member):
        raise CoverNotPossible(
            f"Their role ({deputy.get_role_display().lower()}) does not allow what a deputy has to do.",
            answers={"deputy": "Choose somebody else, or change their role first."},
        )
    if ends_on is not None:
        rules.require_days_to_come(starts_on, ends_on, today=timezone.localdate(at))
    if rules.acts_already(member, deputy, starts_on, ends_on):
        raise CoverNotPossible(
            f"{deputy.full_name} is named already to act for {member.full_name} on all of these days.",
            answers={"starts_on": "Choose other days, or somebody else."},
        )
    cover = Deputy.objects.create(
        member=member, deputy=deputy, starts_on=starts_on, ends_on=ends_on, named_by=by, named_at=at
    )
    audit.record(
        Verb.DEPUTY_NAMED,
        by=by,
        at=at,
        subject=subject_of(member),
        data={
            "deputy": str(deputy.pk),
            "from": starts_on.isoformat(),
            "to": ends_on.isoformat() if ends_on else "",
        },
    )
    return cover


@transaction.atomic
def end_cover(cover: Deputy, *, by: Membership, at: datetime, on: date) -> Deputy:
    """End a deputy's cover on a day (local date, included; before its first day takes it back).

    Raises NotAllowed, CoverNotPossible where it has ended already.
    """
    cover = Deputy.objects.select_for_update(of=("self",)).select_related("member__user").get(pk=cover.pk)
    rules.require_may_arrange_cover(cover.member, by=by)
    if cover.ends_on is not None and cover.ends_on < on:
        raise CoverNotPossible("This cover has ended already.")
    if on < cover.starts_on:
        cover.delete()
    else:
        cover.ends_on = on
        cover.save(update_fields=["ends_on"])
    audit.record(
        Verb.DEPUTY_ENDED,
        by=by,
        at=at,
        subject=subject_of(cover.member),
        data={"deputy": str(cover.deputy_id), "to": on.isoformat()},
    )
    return cover


@transaction.atomic
def record_absence(
    member: Membership, *, by: Membership, at: datetime, starts_on: date, ends_on: date
) -> Absence:
    """Record the days on which somebody is away (local dates, both included).

    Raises NotAllowed for anybody but themselves, a lead or an administrator of their agency, Ended,
    CoverNotPossible.
    """
    member = lock_covered(member, by=by)
    rules.require_days_to_come(starts_on, ends_on, today=timezone.localdate(at))
    rules.require_not_away_already(member, starts_on, ends_on)
    absence = Absence.objects.create(
        member=member, starts_on=starts_on, ends_on=ends_on, recorded_by=by, recorded_at=at
    )
    audit.record(
        Verb.ABSENCE_RECORDED,
        by=by,
        at=at,
        subject=subject_of(member),
        data={"from": starts_on.isoformat(), "to": ends_on.isoformat()},
    )
    return absence


@transaction.atomic
def end_absence(absence: Absence, *, by: Membership, at: datetime, on: date) -> Absence:
    """Say that somebody is back on a day (local date): the day before was their last day away.

    An absence that had not begun is taken back. Raises NotAllowed, CoverNotPossible where it is over.
    """
    rows = Absence.objects.select_for_update(of=("self",)).select_related("member__user")
    absence = rows.get(pk=absence.pk)
    rules.require_may_arrange_cover(absence.member, by=by)
    if absence.ends_on < on:
        raise CoverNotPossible("They were back by then already.")
    audit.record(
        Verb.ABSENCE_ENDED,
        by=by,
        at=at,
        subject=subject_of(absence.member),
        data={"from": absence.starts_on.isoformat(), "back": on.isoformat()},
    )
    if on <= absence.starts_on:
        absence.delete()
    else:
        absence.ends_on = on - timedelta(days=1)
        absence.save(update_fields=["ends_on"])
    return absence
