"""What is protected where somebody is about to tell something, and who comes to read it. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone

from agencies.models import Membership
from agencies.querysets import MembershipQuerySet
from records.models import Concern, Person, ProtectedDetail, ProtectedFrom, Relationship
from sharing.guard import Protected, Readers

# Of people who have nothing to do with the concern, only what can hardly be anybody else's.
OF_OTHERS = (ProtectedDetail.Kind.ADDRESS, ProtectedDetail.Kind.PHONE)
LABELS = {
    "ADDRESS": "A protected address",
    "SCHOOL": "A protected school",
    "PHONE": "A protected phone number",
    "NAME": "A protected name",
    "OTHER": "A protected detail",
}


def protected_for(concern: Concern, speaker: Membership) -> list[Protected]:
    """Return what the speaker's agency protects that could be told in a concern.

    Everything of the people whom the concern is about and of those related to them; addresses and phone
    numbers of everybody else too. In another agency's concern they are the speaker's agency's own records
    of the same people.
    """
    about = _people_of(concern, speaker.agency_id)
    near = about | _related_to(about)
    wanted = Q(person__in=near) | Q(kind__in=OF_OTHERS)
    rows = (
        ProtectedDetail.objects.filter(wanted, person__agency=speaker.agency_id, ended_at__isnull=True)
        .select_related("person")
        .prefetch_related(
            Prefetch("kept_from_rows", ProtectedFrom.objects.select_related("member"), "kept_from_list")
        )
        .order_by("pk")
    )
    secret = Person.objects.filter(agency=speaker.agency_id, address_is_protected=True).exclude(address="")
    return [_detail(row, speaker.agency_id) for row in rows] + [
        _address(person, speaker.agency_id) for person in secret.order_by("pk")
    ]


def _detail(row: ProtectedDetail, agency: Any) -> Protected:
    kept_from: list[ProtectedFrom] = row.kept_from_list  # type: ignore[attr-defined]  # prefetched above
    people = [one.member for one in kept_from if one.member]
    return Protected(
        key=f"detail:{row.pk}",
        kind=row.kind,
        label=LABELS[row.kind],
        value=row.value,
        whose=row.person.name,
        agency=agency,
        from_everybody=row.kept_from == ProtectedDetail.From.EVERYBODY,
        from_agencies=frozenset(one.agency_id for one in kept_from if one.agency_id),
        from_people=frozenset(_ids(people)),
    )


def _address(person: Person, agency: Any) -> Protected:
    """The address in a person's details, where it is marked as secret."""
    return Protected(
        key=f"address:{person.pk}",
        kind="ADDRESS",
        label=LABELS["ADDRESS"],
        value=person.address,
        whose=person.name,
        agency=agency,
        from_everybody=True,
    )


def _people_of(concern: Concern, agency: Any) -> set[int]:
    """Return the people of a concern as an agency has them: its own, or those who are the same."""
    subjects = Person.objects.filter(concerned_in__concern=concern)
    if concern.agency_id == agency:
        return set(subjects.values_list("pk", flat=True))
    same = Q()
    for name, born_on, number in subjects.values_list("search_name", "born_on", "nhs_number"):
        named = Q(search_name=name)
        if born_on:
            named &= Q(born_on=born_on) | Q(born_on__isnull=True)
        same |= named | (Q(nhs_number=number) if number else Q())
    if not same:
        return set()
    return set(Person.objects.filter(same, agency=agency).values_list("pk", flat=True))


def _related_to(people: set[int]) -> set[int]:
    either_side = Q(person__in=people) | Q(related__in=people)
    rows = Relationship.objects.filter(either_side, ended_at__isnull=True)
    return {pk for pair in rows.values_list("person_id", "related_id") for pk in pair}


def readers_of(listener: Membership, *, at: datetime) -> Readers:
    """Return who comes to read what somebody is told: they, their deputies that day, their agency's leads."""
    day = timezone.localdate(at)
    covers = Q(deputises_for__member=listener, deputises_for__starts_on__lte=day) & (
        Q(deputises_for__ends_on__isnull=True) | Q(deputises_for__ends_on__gte=day)
    )
    leads = Q(agency=listener.agency_id, role="lead")
    current: MembershipQuerySet = Membership.objects.current()
    others = current.filter(covers | leads).exclude(pk=listener.pk)
    return Readers(agency=listener.agency_id, people=frozenset(_ids([listener, *others])))


def _ids(people: Iterable[Membership]) -> set[Any]:
    """Return what people are known by: each role, and the person whose role it is."""
    return {one for person in people for one in (person.pk, person.user_id) if one is not None}
