"""Whom a notice to each of many people goes to, when, and who leads them: as many statements as for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import cast
from uuid import UUID

from django.db.models import Q

from agencies import access, quiet
from agencies.models import Absence, ContactPoint, Deputy, Membership, NoticeChoice
from notifications.bulk import Notice
from notifications.operations import Recipient


def leads_of(members: Iterable[Membership]) -> dict[UUID, Membership | None]:
    """Return who oversees each one's work, as `access.lead_of` does for one: two statements."""
    asked = {member.pk: member for member in members}
    current = Membership.objects.current().with_people()
    managers = current.in_bulk([m.manager_id for m in asked.values() if m.manager_id])
    leads = current.filter(agency_id__in={m.agency_id for m in asked.values()}, role="lead")
    by_agency: dict[int, list[Membership]] = {}
    for lead in leads.order_by("started_at", "pk"):
        by_agency.setdefault(lead.agency_id, []).append(lead)
    return {
        pk: managers.get(member.manager_id)
        or next((lead for lead in by_agency.get(member.agency_id, []) if lead.pk != pk), None)
        for pk, member in asked.items()
    }


def recipients_of(members: Sequence[Membership], *, on: date) -> dict[UUID, list[Recipient]]:
    """Return whom a notice to each of them goes to on a day: the person, or who covers them.

    While they are away their deputies are told as well; somebody whose role has ended is stood in for
    by their deputies, else by whoever leads them. Each by their own checked e-mail address, else by the
    duty inbox of their agency; an empty list where there is neither. Six statements.
    """
    covering = _covering(members, on=on)
    everybody = {person.pk: person for people in covering.values() for person in people}
    points = ContactPoint.objects.checked().filter(
        Q(member__in=everybody)
        | Q(member__isnull=True, agency__in={p.agency_id for p in everybody.values()}),
        kind=ContactPoint.Kind.EMAIL,
    )
    own: dict[UUID, str] = {}
    duty: dict[int, str] = {}
    for point in points.order_by("checked_at"):
        if point.member_id is None:
            duty[point.agency_id] = point.address
        elif point.agency_id == everybody[point.member_id].agency_id:
            own[point.member_id] = point.address
    return {
        pk: [
            Recipient(
                person.pk,
                person.agency_reference,
                address,
                shared=person.pk not in own,
                by_link=person.is_outside,
            )
            for person in people
            if (address := own.get(person.pk) or duty.get(person.agency_id))
        ]
        for pk, people in covering.items()
    }


def _covering(members: Sequence[Membership], *, on: date) -> dict[UUID, list[Membership]]:
    """Who is told instead of or besides each person on a day."""
    away = set(
        Absence.objects.filter(member__in=members, starts_on__lte=on, ends_on__gte=on).values_list(
            "member", flat=True
        )
    )
    gone = [m for m in members if not m.is_current]
    covered = away | {m.pk for m in gone}
    deputies: dict[UUID, list[Membership]] = {}
    if covered:
        rows = Deputy.objects.of_day(on).who_may_sign_in().filter(member__in=covered)
        rows = rows.select_related("deputy__user", "deputy__agency")
        for row in rows.order_by("named_at", "pk"):
            deputies.setdefault(row.member_id, []).append(row.deputy)
    leads = leads_of(gone) if gone else {}
    found: dict[UUID, list[Membership]] = {}
    for member in members:
        if member in gone:
            lead = leads[member.pk]
            found[member.pk] = deputies.get(member.pk) or ([lead] if lead else [])
        else:
            found[member.pk] = [member, *deputies.get(member.pk, [])]
    return found


def at_their_time(notices: Sequence[Notice], *, at: datetime) -> list[Notice]:
    """Return the notices with when each goes by its recipient's own choice (quiet.py): two statements."""
    waiting = [n for n in notices if quiet.may_wait(n.kind, n.priority, shared=n.to.shared)]
    told = {n.to.member_id for n in waiting if n.to.member_id}
    choices = NoticeChoice.objects.filter(user__memberships__in=told).distinct().in_bulk()
    if not choices:
        return list(notices)
    members = Membership.objects.filter(user__in=choices, pk__in=told).select_related("agency")
    people = {member.pk: member for member in members}
    return [_at_its_time(notice, people, choices, at=at) for notice in notices]


def _at_its_time(
    notice: Notice, people: Mapping[UUID, Membership], choices: Mapping[UUID, NoticeChoice], *, at: datetime
) -> Notice:
    person = people.get(notice.to.member_id) if notice.to.member_id else None
    if person is None or not quiet.may_wait(notice.kind, notice.priority, shared=notice.to.shared):
        return notice
    told = quiet.when_told(
        choices[cast(UUID, person.user_id)],
        at=at,
        respond_by=notice.respond_by,
        calendar=access.calendar_of(person.agency),
    )
    return replace(notice, not_before=told.at, in_digest=told.in_digest)
