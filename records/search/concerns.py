"""The concerns of the people who were found, and what is said beside each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import BooleanField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.module_loading import import_string

from agencies.models import Membership
from agencies.prepared import Prepared
from records.access import MAIN_PEOPLE
from records.models import Concern, Person, Relationship, Subject
from records.search.kept import CLOSED, OPEN, Wanted

A_PAGE = 25
HINTS, MOST_RELATED = 2, 200
# The concerns of so many people are looked up person by person. Where there may be more, so many of the
# newest concerns are asked first whom they involve: of people who are many, a page is soon full.
FEW_PEOPLE, NEWEST = 2_500, 2_000


def is_open() -> Q:
    """Say of concerns which are logged and not closed. What closes one is known above (settings)."""
    found: Q = import_string(settings.CONCERN_IS_OPEN)()
    return found


def narrowed(member: Membership, wanted: Wanted) -> QuerySet[Concern]:
    """Return the concerns that somebody may see, narrowed as they asked, without discarded drafts."""
    rows = Concern.objects.visible_to(member).filter(discarded_at__isnull=True)
    if wanted.mine:
        rows = rows.filter(owner=member)
    if wanted.state == OPEN:
        rows = rows.filter(is_open())
    elif wanted.state == CLOSED:
        rows = rows.filter(~is_open(), logged_at__isnull=False)
    return rows


def with_a_concern(people: QuerySet[Person], concerns: QuerySet[Concern]) -> QuerySet[Person]:
    """Keep the people whom one of the concerns involves."""
    involved = Subject.objects.filter(person=OuterRef("pk"), concern__in=concerns.values("pk"))
    return people.filter(Exists(involved))


def about(member: Membership, wanted: Wanted, people: Sequence[Person]) -> list[Concern]:
    """Return the newest of the concerns asked for that involve any of these people. Two statements."""
    if not people:
        return []
    numbers = [person.pk for person in people]
    narrow = {"mine": wanted.mine, "state": (wanted.state,)}
    return _with_people(ABOUT.all(member=member, people=numbers, at_most=(A_PAGE,), **narrow))


def _about(
    *, member: Membership, people: list[int], at_most: tuple[int], mine: bool, state: tuple[str]
) -> QuerySet[Concern]:
    rows = narrowed(member, Wanted(mine=mine, state=state[0]))
    return _as_shown(rows.filter(_involves(Q(person__any_of=people))))[: at_most[0]]


ABOUT = Prepared(_about)


class Among(NamedTuple):
    """The numbers of the people whom concerns are to involve, and rows of them that are soon counted.

    There may be more of those, but not fewer.
    """

    people: QuerySet[Any]
    soon_counted: QuerySet[Any]


def page(concerns: QuerySet[Concern], among: Among | None, *, after: str = "") -> tuple[list[Concern], bool]:
    """Return a page of the concerns, newest first, and whether there are more.

    `among` says whom they involve; `after` is the reference of the last one of the page before.
    """
    last = concerns.filter(reference=after).values_list("pk", flat=True).first() if after else None
    rows = concerns.filter(pk__lt=last) if last else concerns
    found = _fetched(rows) if among is None else _involving(rows, among)
    return found[:A_PAGE], len(found) > A_PAGE


def _involving(rows: QuerySet[Concern], among: Among) -> list[Concern]:
    """Return a page and one more of the concerns that involve any of these people."""
    at_most = among.soon_counted[: FEW_PEOPLE + 1].count()
    if not at_most:
        return []
    if at_most > FEW_PEOPLE:
        edge = rows.order_by("-pk").values_list("pk", flat=True)[NEWEST : NEWEST + 1].first()
        newest = rows.filter(pk__gt=edge) if edge else rows
        found = _fetched(_asked_in_turn(newest, among.people))
        if edge is None or len(found) > A_PAGE:
            return found
    people = list(among.people[: FEW_PEOPLE + 1])
    if not people:
        return []
    whom = Q(person__any_of=people) if len(people) <= FEW_PEOPLE else Q(person__in=among.people)
    return _fetched(rows.filter(_involves(whom)))


def _asked_in_turn(rows: QuerySet[Concern], people: QuerySet[Any]) -> QuerySet[Concern]:
    """Keep the concerns that involve any of these people, asked one by one until a page is full.

    PostgreSQL may begin with all the people of EXISTS, but not with those of a question that gives a value.
    """
    involved = Subject.objects.filter(person__in=people, concern=OuterRef("pk")).values(yes=Value(True))
    return rows.filter(Subquery(involved[:1], output_field=BooleanField()))


def open_counts(member: Membership, people: Sequence[Person]) -> dict[int, int]:
    """Return how many open concerns that somebody may see involve each person. One statement."""
    return dict(COUNTED.all(member=member, people=[person.pk for person in people]))


def _counted(*, member: Membership, people: list[int]) -> QuerySet[Any, tuple[int, int]]:
    seen = Concern.objects.visible_to(member).filter(is_open())
    rows = Subject.objects.filter(person__any_of=people, concern__in=seen.values("pk"))
    return rows.values_list("person").annotate(Count("concern"))


COUNTED = Prepared(_counted)


def relatives(member: Membership, people: Sequence[Person]) -> dict[int, list[str]]:
    """Say of each person how they are related to others whom one may see: “Child of Kerry Marsh”."""
    ids = {person.pk for person in people}
    found: dict[int, list[str]] = defaultdict(list)
    for row in RELATED.all(member=member, people=sorted(ids)):
        kind = Relationship.Kind(row.kind)
        if row.person_id in ids:
            found[row.person_id].append(f"{row.related.name} ({kind.label.lower()})")
        if row.related_id in ids:
            back = Relationship.SEEN_FROM_THE_OTHER_SIDE[kind].lower()
            found[row.related_id].append(f"{row.person.name} ({back})")
    return {pk: hints[:HINTS] for pk, hints in found.items()}


def _related(*, member: Membership, people: list[int]) -> QuerySet[Relationship]:
    seen = Person.objects.visible_to(member)
    rows = (
        Relationship.objects.filter(
            Q(person__any_of=people) | Q(related__any_of=people), ended_at__isnull=True
        )
        .filter(person__in=seen.values("pk"), related__in=seen.values("pk"))
        .select_related("person", "related")
        .order_by("id")
    )
    return rows[:MOST_RELATED]


RELATED = Prepared(_related)


def _involves(whom: Q) -> Exists:
    return Exists(Subject.objects.filter(whom, concern=OuterRef("pk")))


def _as_shown(rows: QuerySet[Concern]) -> QuerySet[Concern]:
    return rows.select_related("owner__user").annotate(open=is_open()).order_by("-pk")


def _fetched(rows: QuerySet[Concern]) -> list[Concern]:
    """Fetch a page and one more of the concerns, with those whom they are about."""
    return _with_people(list(_as_shown(rows)[: A_PAGE + 1]))


def _with_people(found: list[Concern]) -> list[Concern]:
    """Fetch those whom each of the concerns is about."""
    people: dict[int, list[Subject]] = {one.pk: [] for one in found}
    for subject in MAIN_PEOPLE.all(concerns=list(people)) if people else ():
        people[subject.concern_id].append(subject)
    for one in found:
        one.main_people = people[one.pk]
    return found
