"""The only way a page obtains a person or a concern: through whoever asks. Each look is logged.

What is not theirs answers exactly like what does not exist.
"""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import F, Prefetch, Q, QuerySet, Subquery
from django.http import Http404

from agencies import looks
from agencies.http import HatRequest
from agencies.models import Membership
from audit.operations import log_access
from records import names
from records.models import Concern, Person, ProtectedDetail, Relationship, Statement, Subject, Word

Row = TypeVar("Row", Person, Concern)

AT_MOST = 25
# Of words for a search, which may find too many; of whole names before somebody new is added, so that
# the rest of the family is not taken for them.
WORDS_ALIKE, NAMES_ALIKE = 0.35, 0.4


def get_person(request: HatRequest, reference: str, *, lock: bool = False, action: str = "person") -> Person:
    """Return a person of the asker's agency. Raises Http404, the same for not theirs and no such."""
    people = Person.objects.visible_to(request.membership).select_related("agency")
    return _seen(request, _locked(people, lock).filter(reference=reference).first(), reference, action)


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
    concerns = Concern.objects.visible_to(request.membership).select_related(
        "agency", "owner__user", "owner__agency"
    )
    if with_words:
        concerns = concerns.annotate(decided=Word.objects.beside("agency"))
    return _seen(request, _locked(concerns, lock).filter(reference=reference).first(), reference, action)


def get_draft(request: HatRequest, reference: str, *, lock: bool = False, action: str = "draft") -> Concern:
    """Return a concern that is still a draft, as `get_concern` does. Raises Http404 once it is logged."""
    concerns = (
        Concern.objects.visible_to(request.membership)
        .drafts()
        .select_related("agency", "owner__user", "owner__agency")
    )
    return _seen(request, _locked(concerns, lock).filter(reference=reference).first(), reference, action)


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
    _log(request, "list", "concerns")
    rows = Concern.objects.visible_to(request.membership)
    if mine:
        rows = rows.filter(owner=request.membership)
    states = {
        "draft": Q(logged_at__isnull=True, discarded_at__isnull=True),
        "logged": Q(logged_at__isnull=False),
        "discarded": Q(discarded_at__isnull=False),
    }
    rows = rows.filter(states.get(state, Q(discarded_at__isnull=True)))
    edge = (
        Concern.objects.visible_to(request.membership)
        .filter(reference=(before or after).replace("\0", ""))
        .values("id")[:1]
    )
    if before:
        rows = rows.filter(id__lt=Subquery(edge))
    elif after:
        rows = rows.filter(id__gt=Subquery(edge))
    rows = rows.select_related("owner__user").prefetch_related(
        Prefetch("subjects", Subject.objects.filter(is_main=True).select_related("person").order_by("id"))
    )
    backwards = bool(after) and not before
    page = list(rows.order_by("id" if backwards else "-id")[: at_most + 1])
    more = len(page) > at_most
    page = page[:at_most]
    if backwards:
        page.reverse()
    older = page[-1].reference if page and (more or backwards) else ""
    newer = page[0].reference if page and (before or (backwards and more)) else ""
    return page, older, newer


def find_people(
    request: HatRequest, *, query: str = "", born_on: date | None = None, nhs_number: str = ""
) -> list[Person]:
    """Return at most 25 people of the asker's agency, the likeliest first.

    `query` is a name or a reference, compared by trigrams. The search is logged without its text.
    """
    member = request.membership
    _log(request, "search", "people")
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
        return []
    order = ([F("alike").desc()] if name else []) + [
        F("last_name").asc(),
        F("first_name").asc(),
        F("id").asc(),
    ]
    return _fetched(people.filter(wanted).order_by(*order)[:AT_MOST])


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


def log_look(request: HatRequest, subject: str, action: str) -> None:
    """Log a look at one guarded part of a record, such as a protected address."""
    _log(request, action, subject)


def _fetched(people: QuerySet[Person]) -> list[Person]:
    """Fetch people alike in name. PostgreSQL's own threshold, 0.6, would not find Marsh by “Marsch”."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL pg_trgm.word_similarity_threshold = {WORDS_ALIKE}")
        return list(people)


def _locked(rows: QuerySet[Row], lock: bool) -> QuerySet[Row]:
    return rows.select_for_update(of=("self",)) if lock else rows


def _seen(request: HatRequest, found: Row | None, reference: str, action: str) -> Row:
    if found is None:
        _log(request, action, reference[:80], refused=True)
        raise Http404
    _log(request, action, found.reference)
    return found


def _log(request: HatRequest, action: str, subject: str, *, refused: bool = False) -> None:
    if refused:
        looks.log_refused(
            request, by=request.membership, action=action, subject=subject, why="not theirs, or no such"
        )
        return
    log_access(action, by=request.membership, subject=subject, address=request.META.get("REMOTE_ADDR"))
