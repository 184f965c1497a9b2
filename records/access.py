"""The only way a page obtains a person or a concern: through whoever asks. Each look is logged.

What is not theirs answers exactly like what does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import connections, transaction
from django.db.models import F, Prefetch, Q, QuerySet, Subquery
from django.http import Http404

from agencies import looks
from agencies.http import HatRequest
from agencies.models import Membership
from agencies.prepared import Prepared
from agencies.roles import Lead, Permission
from records import names
from records.closed import in_force
from records.models import (
    BreakGlass,
    ChronologyEntry,
    Concern,
    Named,
    Person,
    ProtectedDetail,
    Relationship,
    Restriction,
    Statement,
    Subject,
    Word,
)

Row = TypeVar("Row", Person, Concern)

AT_MOST = 25
# Of words for a search, which may find too many; of whole names before somebody new is added, so that
# the rest of the family is not taken for them.
WORDS_ALIKE, NAMES_ALIKE = 0.35, 0.4


def get_person(request: HatRequest, reference: str, *, lock: bool = False, action: str = "person") -> Person:
    """Return a person of the asker's agency. Raises Http404, the same for not theirs and no such."""
    people = Person.objects.visible_to(request.membership).select_related("agency")
    one: Person = _seen(request, _locked(people, lock).filter(reference=reference).first(), reference, action)
    return one


def get_concern(
    request: HatRequest,
    reference: str,
    *,
    lock: bool = False,
    action: str = "concern",
    with_words: bool = False,
) -> Concern:
    """Return a concern of the asker's agency, draft or logged. Raises Http404.

    `with_words` fetches with it what its agency decided about words, for advice.
    """
    asked: dict[str, Any] = {
        "member": request.membership, "reference": reference, "with_words": with_words,
    }  # fmt: skip
    found = _locked(_concern(**asked), lock).first() if lock else CONCERN.first(**asked)
    one: Concern = _seen(request, found, reference, action)
    return one


def _concern(*, member: Membership, reference: str, with_words: bool) -> QuerySet[Concern]:
    concerns = (
        Concern.objects.visible_to(member)
        .annotate(is_restricted=in_force())
        .select_related("agency", "owner__user", "owner__agency")
        .filter(reference=reference)
    )
    return concerns.annotate(decided=Word.objects.beside("agency")) if with_words else concerns


CONCERN = Prepared(_concern)


def get_draft(request: HatRequest, reference: str, *, lock: bool = False, action: str = "draft") -> Concern:
    """Return a concern that is still a draft, as `get_concern` does. Raises Http404 once it is logged."""
    concerns = (
        Concern.objects.visible_to(request.membership)
        .drafts()
        .select_related("agency", "owner__user", "owner__agency")
    )
    found = _locked(concerns, lock).filter(reference=reference).first()
    one: Concern = _seen(request, found, reference, action)
    return one


def get_statement(concern: Concern, number: int) -> Statement:
    """Return the version that counts now of one statement of a concern already obtained. Raises Http404."""
    statement = concern.statements.current().filter(number=number).select_related("author__user").first()
    if statement is None:
        raise Http404
    statement.concern = concern
    return statement


def get_subject(concern: Concern, reference: str) -> Subject:
    """Return one person's place in a concern already obtained. Raises Http404."""
    subject = concern.subjects.filter(person__reference=reference).select_related("person").first()
    if subject is None:
        raise Http404
    subject.concern = concern
    return subject


def get_entry(person: Person, number: int) -> ChronologyEntry:
    """Return an entry of the history of a person already obtained, not struck through. Raises Http404."""
    found = (
        person.chronology.filter(number=number, strike__isnull=True)
        .select_related("author__user", "author__agency")
        .first()
    )
    if found is None:
        raise Http404
    found.person = person
    return found


def get_relationship(person: Person, number: int) -> Relationship:
    """Return a current relationship of a person already obtained. Raises Http404."""
    for row in relationships(person):
        if row.pk == number:
            return row
    raise Http404


def relationships(person: Person) -> list[Relationship]:
    """Return the current relationships of a person already obtained, from both sides."""
    mine = Q(person=person) | Q(related=person)
    rows = Relationship.objects.filter(mine, ended_at__isnull=True).select_related("person", "related")
    return list(rows.order_by("id"))


def protected_details(person: Person) -> list[ProtectedDetail]:
    """Return what is and was protected about a person already obtained: what is in force first."""
    rows = person.protected_details.select_related("added_by__user", "ended_by__user").prefetch_related(
        "kept_from_rows__agency", "kept_from_rows__member__user", "kept_from_rows__member__agency"
    )
    return sorted(rows, key=lambda one: (one.ended_at is not None, one.number))


def get_protected_detail(person: Person, number: int) -> ProtectedDetail:
    """Return one protected detail, still in force, of a person already obtained. Raises Http404."""
    found = person.protected_details.filter(number=number, ended_at__isnull=True).first()
    if found is None:
        raise Http404
    found.person = person
    return found


def list_concerns(
    request: HatRequest, *, mine: bool, state: str, before: str, after: str, at_most: int
) -> tuple[list[Concern], str, str]:
    """Return a page of the agency's concerns, newest first, and the references that lead on and back.

    `before` and `after` are references at the edge of the page that was shown. The look is logged.
    """
    backwards = bool(after) and not before
    page = LISTED.all(
        member=request.membership, mine=mine, state=State(state if state in set(State) else ""),
        at_most=(at_most,), edge=(before or after).replace("\0", "") or None, backwards=backwards,
    )  # fmt: skip
    subjects: dict[int, list[Subject]] = {one.pk: [] for one in page}
    for subject in MAIN_PEOPLE.all(concerns=list(subjects)) if subjects else ():
        subjects[subject.concern_id].append(subject)
    for one in page:
        one.main_people = subjects[one.pk]
    more = len(page) > at_most
    page = page[:at_most]
    if backwards:
        page.reverse()
    _log(request, "list", "concerns", shown=[one.reference for one in page])
    older = page[-1].reference if page and (more or backwards) else ""
    newer = page[0].reference if page and (before or (backwards and more)) else ""
    return page, older, newer


def _listed(
    *, member: Membership, mine: bool, state: State, edge: str | None, backwards: bool, at_most: tuple[int]
) -> QuerySet[Concern]:
    rows = Concern.objects.visible_to(member)
    if mine:
        rows = rows.filter(owner=member)
    rows = rows.filter(IN_STATE[state])
    if edge is not None:
        place = Subquery(Concern.objects.visible_to(member).filter(reference=edge).values("id")[:1])
        rows = rows.filter(id__gt=place) if backwards else rows.filter(id__lt=place)
    return rows.select_related("owner__user").order_by("id" if backwards else "-id")[: at_most[0] + 1]


class State(StrEnum):
    """Which concerns are listed."""

    DRAFT, LOGGED, DISCARDED, ALL = "draft", "logged", "discarded", ""


IN_STATE = {
    State.DRAFT: Q(logged_at__isnull=True, discarded_at__isnull=True),
    State.LOGGED: Q(logged_at__isnull=False),
    State.DISCARDED: Q(discarded_at__isnull=False),
    State.ALL: Q(discarded_at__isnull=True),
}
LISTED = Prepared(_listed)
MAIN_PEOPLE = Prepared(
    lambda *, concerns: (
        Subject.objects.filter(is_main=True, concern__any_of=concerns).select_related("person").order_by("id")
    )
)


def find_people(
    request: HatRequest, *, query: str = "", born_on: date | None = None, nhs_number: str = ""
) -> list[Person]:
    """Return at most 25 people of the asker's agency, the likeliest first.

    `query` is a name or a reference, compared by trigrams. The search is logged with whom it showed, and
    without its text.
    """
    member = request.membership
    people = Person.objects.visible_to(member)
    wanted = Q()
    name = names.plain(query)
    if name:
        people = people.annotate(alike=TrigramWordSimilarity(name, "search_name"))
        wanted |= Q(search_name__trigram_word_similar=name) | Q(reference=query.strip().upper())
    if born_on:
        wanted |= Q(born_on=born_on)
    if nhs_number:
        wanted |= Q(nhs_number=nhs_number)
    if not wanted:
        _log(request, "search", "people")
        return []
    order = ([F("alike").desc()] if name else []) + [
        F("last_name").asc(),
        F("first_name").asc(),
        F("id").asc(),
    ]
    found = _fetched(people.filter(wanted).order_by(*order)[:AT_MOST])
    _log(request, "search", "people", shown=[one.reference for one in found])
    return found


def similar_people(
    member: Membership,
    *,
    first: str,
    last: str,
    born_on: date | None = None,
    nhs_number: str = "",
    upn: str = "",
) -> list[Person]:
    """Return those of the agency who might be the one about to be added.

    They are alike in name, were born on that day or have one of the numbers.
    """
    name = names.plain(first, last)
    people = Person.objects.visible_to(member).annotate(alike=TrigramSimilarity("search_name", name))
    wanted = Q(search_name__trigram_word_similar=name, alike__gte=NAMES_ALIKE)
    if born_on:
        wanted |= Q(born_on=born_on)
    if nhs_number:
        wanted |= Q(nhs_number=nhs_number)
    if upn:
        wanted |= Q(upn=upn)
    return _fetched(people.filter(wanted).order_by("-alike", "id")[:10])


def log_look(request: HatRequest, subject: str, action: str, *, shown: Iterable[str] = ()) -> None:
    """Log a look at one guarded part of a record, such as a protected address, or what a list showed."""
    _log(request, action, subject, shown=shown)


# --- Who may open a record -------------------------------------------------------------------------


def restrictions_of(concern: Concern) -> list[Restriction]:
    """Return each restriction of a concern already obtained, the newest first, with whom it names."""
    names = Named.objects.select_related("member__user", "member__agency").order_by("pk")
    rows = concern.restrictions.select_related("restricted_by__user", "ended_by__user", "concern")
    return list(rows.prefetch_related(Prefetch("named", names)).order_by("-pk"))


def get_restriction(concern: Concern) -> Restriction:
    """Return the restriction of a concern already obtained that is in force. Raises Http404."""
    found = concern.restrictions.filter(ended_at__isnull=True).select_related("concern").first()
    if found is None:
        raise Http404
    return found


def emergencies_of(concern: Concern) -> list[BreakGlass]:
    """Return the emergencies in which a concern already obtained was opened, the newest first."""
    rows = concern.emergencies.select_related("by__user", "by__agency", "review")
    return list(rows.order_by("-at")[:AT_MOST])


def who_wrote_in(concern: Concern, *, but: Membership) -> list[str]:
    """Return who of the agency wrote in a concern, as a name a line, but for the owner and the leads."""
    rows = Membership.objects.current().with_people().filter(agency_id=concern.agency_id)
    rows = rows.filter(Q(statements__concern=concern) | Q(pk=concern.started_by_id)).distinct()
    rows = rows.exclude(pk__in=[concern.owner_id, but.pk]).exclude(role=Lead.code)
    return [f"{one.full_name}, {one.job_title}" for one in rows.order_by("user__full_name", "pk")]


def is_of_agency(reference: str, member: Membership) -> bool:
    """Say whether a reference is that of a concern of somebody's own agency."""
    return Concern.objects.filter(reference=reference, agency=member.agency_id).exists()


def is_open_to(reference: str, member: Membership) -> bool:
    """Say whether somebody can open a concern as it is."""
    return Concern.objects.visible_to(member).filter(reference=reference).exists()


def to_be_opened(reference: str, member: Membership) -> Concern | None:
    """Return a concern of somebody's own agency, open to them or not: only to open it in an emergency."""
    if not member.may(Permission.LOG_CONCERNS):
        return None
    rows = Concern.objects.filter(agency=member.agency_id, disposed_at__isnull=True)
    return rows.filter(reference=reference).first()


def get_break_glass(request: HatRequest, reference: str, *, also_my_own: bool = False) -> BreakGlass:
    """Return an emergency at one's own agency, as a lead or the owner of the record. Raises Http404.

    With `also_my_own` whoever opened the record gets it too.
    """
    member = request.membership
    rows = BreakGlass.objects.filter(concern__agency=member.agency_id)
    if not member.may(Permission.OVERSEE):
        mine = Q(concern__owner=member.pk)
        rows = rows.filter(mine | Q(by=member.pk) if also_my_own else mine)
    found = rows.select_related(
        "concern__owner", "by__user", "by__agency", "ended_by__user", "review__by__user"
    )
    one: BreakGlass = _seen(request, found.filter(reference=reference).first(), reference, "emergency")
    return one


def _fetched(people: QuerySet[Person]) -> list[Person]:
    """Fetch people alike in name. PostgreSQL's own threshold, 0.6, would not find Marsh by “Marsch”."""
    with transaction.atomic(using=people.db), connections[people.db].cursor() as cursor:
        cursor.execute(f"SET LOCAL pg_trgm.word_similarity_threshold = {WORDS_ALIKE}")
        return list(people)


def _locked(rows: QuerySet[Row], lock: bool) -> QuerySet[Row]:
    return rows.select_for_update(of=("self",)) if lock else rows


def _seen(request: HatRequest, found: Any, reference: str, action: str) -> Any:
    if found is None:
        _log(request, action, reference[:80], refused=True)
        raise Http404
    _log(request, action, found.reference)
    return found


def _log(
    request: HatRequest, action: str, subject: str, *, shown: Iterable[str] = (), refused: bool = False
) -> None:
    if refused:
        looks.log_refused(
            request, by=request.membership, action=action, subject=subject, why="not theirs, or no such"
        )
        return
    looks.log_seen(request, by=request.membership, action=action, subject=subject, shown=shown)
