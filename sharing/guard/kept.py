"""What is protected where somebody is about to tell something, and who comes to read it. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from agencies.models import Deputy, Membership
from agencies.prepared import Asking, Prepared, together
from agencies.querysets import MembershipQuerySet
from records.models import Concern, Person, ProtectedDetail, ProtectedFrom, Relationship, Subject
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
    rows, secret = together(*_asking_protected(concern, speaker))
    return _protected(rows, secret, speaker.agency_id)


def protected_and_readers(
    concern: Concern, *, speaker: Membership, listener: Membership, at: datetime
) -> tuple[list[Protected], Readers]:
    """Return what `protected_for` and `readers_of` do for one listener, asked together."""
    rows, secret, others = together(*_asking_protected(concern, speaker), _asking_others(listener, at=at))
    return _protected(rows, secret, speaker.agency_id), _readers(listener, others)


def _asking_protected(
    concern: Concern, speaker: Membership
) -> tuple[Asking[ProtectedDetail], Asking[Person]]:
    agency = speaker.agency_id
    if concern.agency_id == agency:
        details = OWN.asking(concern=concern.pk, agency=agency)
    else:
        details = OF_PEOPLE.asking(people=sorted(_as_ours(concern, agency)), agency=agency)
    return details, SECRET.asking(agency=agency)


def _protected(rows: Sequence[ProtectedDetail], secret: Sequence[Person], agency: Any) -> list[Protected]:
    kept_from: dict[int, list[ProtectedFrom]] = {row.pk: [] for row in rows}
    for one in KEPT_FROM.all(details=list(kept_from)) if rows else ():
        kept_from[one.detail_id].append(one)
    details = [_detail(row, kept_from[row.pk], agency) for row in rows]
    return details + [_address(person, agency) for person in secret]


def _details(about: Any, agency: int) -> QuerySet[ProtectedDetail]:
    """Return what an agency protects of these people, of those related to them, and of everybody else."""
    related = Relationship.objects.filter(Q(person__in=about) | Q(related__in=about), ended_at__isnull=True)
    near = (
        Q(person__in=about) | Q(person__in=related.values("person")) | Q(person__in=related.values("related"))
    )
    return (
        ProtectedDetail.objects.filter(
            near | Q(kind__in=OF_OTHERS), person__agency=agency, ended_at__isnull=True
        )
        .select_related("person")
        .order_by("pk")
    )


OWN = Prepared(
    lambda *, concern, agency: _details(Subject.objects.filter(concern=concern).values("person"), agency)
)
OF_PEOPLE = Prepared(
    lambda *, people, agency: _details(Person.objects.filter(pk__any_of=people).values("pk"), agency)
)
KEPT_FROM = Prepared(
    lambda *, details: ProtectedFrom.objects.filter(detail__any_of=details).select_related("member")
)
SECRET = Prepared(
    lambda *, agency: (
        Person.objects.filter(agency=agency, address_is_protected=True).exclude(address="").order_by("pk")
    )
)


def _detail(row: ProtectedDetail, kept_from: list[ProtectedFrom], agency: Any) -> Protected:
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


def _as_ours(concern: Concern, agency: Any) -> set[int]:
    """Return the people of another agency's concern as an agency has them: those who are the same."""
    subjects = Person.objects.filter(concerned_in__concern=concern)
    same = Q()
    for name, born_on, number in subjects.values_list("search_name", "born_on", "nhs_number"):
        named = Q(search_name=name)
        if born_on:
            named &= Q(born_on=born_on) | Q(born_on__isnull=True)
        same |= named | (Q(nhs_number=number) if number else Q())
    if not same:
        return set()
    return set(Person.objects.filter(same, agency=agency).values_list("pk", flat=True))


def readers_of(listener: Membership, *, at: datetime) -> Readers:
    """Return who comes to read what somebody is told: they, their deputies that day, their agency's leads."""
    (others,) = together(_asking_others(listener, at=at))
    return _readers(listener, others)


def _asking_others(listener: Membership, *, at: datetime) -> Asking[tuple[UUID, UUID | None]]:
    day = timezone.localdate(at)
    return OTHERS.asking(listener=listener.pk, agency=listener.agency_id, day=day)


def _readers(listener: Membership, others: Iterable[tuple[UUID, UUID | None]]) -> Readers:
    own = (listener.pk, listener.user_id)
    return Readers(
        agency=listener.agency_id,
        people=frozenset(one for pair in (own, *others) for one in pair if one is not None),
    )


def _others(*, listener: UUID, agency: int, day: date) -> QuerySet[Membership, tuple[UUID, UUID | None]]:
    covers = Deputy.objects.of_day(day).filter(member=listener)
    rows: MembershipQuerySet = Membership.objects.current().exclude(pk=listener)
    # Each part leads to its few rows: joined by OR, they would have everybody looked at.
    parts = (rows.filter(pk__in=covers.values("deputy")), rows.filter(agency=agency, role="lead"))
    first, second = (part.order_by().values_list("pk", "user_id") for part in parts)
    return first.union(second)


OTHERS = Prepared(_others)


def _ids(people: Iterable[Membership]) -> set[Any]:
    """Return what people are known by: each role, and the person whose role it is."""
    return {one for person in people for one in (person.pk, person.user_id) if one is not None}
