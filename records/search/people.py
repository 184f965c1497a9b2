"""Finding people: by every word that was typed, then by words that are alike.

What may be seen is `visible_to` and nothing else: every query asks it of every row that it returns. The
agency stands in the queries besides, because every index begins with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connections, router
from django.db.models import (
    Case,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from agencies.models import Membership
from records.models import Person, PersonWord
from records.search.models import KEYS

A_PAGE = 25
# So many words are looked at that a typed word could have been meant for, the likeliest first.
ALIKE_WORDS = 40
SHORTEST_PART = 3

WORDS_ALIKE = f"""
    SELECT asked.word, alike.word
    FROM unnest(%(words)s::text[]) AS asked(word)
    CROSS JOIN LATERAL (
        SELECT found.word
        FROM (
            SELECT k.word, left(k.key, 1) = '*' AS by_sound, false AS is_part
            FROM records_namekey k
            WHERE k.agency_id = %(agency)s AND k.key = ANY (ARRAY({KEYS.replace("{word}", "asked.word")}))
            UNION ALL
            SELECT k.word, false, true
            FROM records_namekey k
            WHERE length(asked.word) >= {SHORTEST_PART} AND k.agency_id = %(agency)s
              AND k.key >= '>' || asked.word AND k.key < '>' || asked.word || chr(1114111)
        ) AS found
        WHERE found.is_part
           OR levenshtein(found.word, asked.word) <= CASE
                  WHEN length(asked.word) > 7 THEN 3 WHEN length(asked.word) > 4 OR found.by_sound THEN 2
                  ELSE 1 END
        GROUP BY found.word
        ORDER BY CASE WHEN bool_and(found.is_part) THEN 3 ELSE levenshtein(found.word, asked.word) END,
                 found.word
        LIMIT {ALIKE_WORDS}
    ) AS alike
"""  # noqa: S608 - no value is part of it


class Edge(NamedTuple):
    """Where the page before ended."""

    word: str
    sort_name: str
    person: int


def beginning_with(word: str) -> Q:
    """Words that begin so, as a range of the index."""
    return Q(word__gte=word, word__lt=word[:-1] + chr(ord(word[-1]) + 1))


def words_alike(member: Membership, words: Sequence[str]) -> dict[str, list[str]]:
    """Return for each word those of the agency's names that it could have been meant for. One statement."""
    found: dict[str, list[str]] = {word: [] for word in words}
    with connections[router.db_for_read(PersonWord)].cursor() as cursor:
        cursor.execute(WORDS_ALIKE, {"words": list(words), "agency": member.agency_id})
        for asked, alike in cursor.fetchall():
            found[asked].append(alike)
    return found


def with_the_words(
    member: Membership, words: Sequence[str], *, alike: dict[str, list[str]] | None = None
) -> QuerySet[PersonWord]:
    """Rows of everybody at the agency of whom every word begins a name, in no order, some more than once.

    With `alike` a name may also be one of those words, and whoever is found without them is left out.
    """
    *others, longest = _by_length(words)
    rows = PersonWord.objects.filter(_fits(longest, alike), agency_id=member.agency_id)
    have_others = [_has(member, _fits(word, alike)) for word in others]
    if alike is None:
        return rows.filter(*have_others)
    if others:
        # PostgreSQL cannot know how many have two words that are alike, and might begin with everybody.
        have_all = rows.filter(*have_others).values("person")
        rows = rows.filter(person__any_of=ArraySubquery(have_all))
    return rows.exclude(Q(*(_has(member, beginning_with(word)) for word in words)))


def whose_words(
    member: Membership,
    wanted: QuerySet[Person],
    words: Sequence[str],
    *,
    alike: dict[str, list[str]] | None = None,
) -> QuerySet[PersonWord]:
    """Rows of `with_the_words` whose people are among `wanted`."""
    rows = with_the_words(member, words, alike=alike)
    return rows.filter(Exists(wanted.filter(pk=OuterRef("person_id"))))


def by_words(
    member: Membership,
    wanted: QuerySet[Person],
    words: Sequence[str],
    *,
    alike: dict[str, list[str]] | None = None,
) -> QuerySet[PersonWord]:
    """Rows of `whose_words` in order: without `alike` each person once, by their first word that fits."""
    rows = whose_words(member, wanted, words, alike=alike)
    *_, longest = _by_length(words)
    if alike is None:
        earlier = _has(member, beginning_with(longest), word__lt=OuterRef("word"))
        return rows.filter(~earlier).order_by("word", "sort_name", "person_id")
    places = [When(word=word, then=Value(place)) for place, word in enumerate(alike[longest], start=1)]
    rank = Case(*places, When(word="", then=Value(0)), default=Value(0), output_field=IntegerField())
    return rows.order_by(rank, "sort_name", "person_id")


def page_by_words(
    member: Membership, wanted: QuerySet[Person], words: Sequence[str], *, after: str = ""
) -> tuple[list[Person], bool]:
    """Return a page of people of whom every word begins a name, and whether there are more.

    `after` is the reference of the last person of the page before.
    """
    rows = by_words(member, wanted, words)
    edge = _edge(rows, after)
    if edge:
        later_name = Q(sort_name__gt=edge.sort_name) | Q(sort_name=edge.sort_name, person_id__gt=edge.person)
        rows = rows.filter(Q(word__gt=edge.word) | (Q(word=edge.word) & later_name), word__gte=edge.word)
    found = _people(rows[: A_PAGE + 1])
    return found[:A_PAGE], len(found) > A_PAGE


def page_alike(
    member: Membership, wanted: QuerySet[Person], words: Sequence[str], alike: dict[str, list[str]]
) -> list[Person]:
    """Return the people whose names are most like the words, without those who have the words themselves."""
    if not any(alike.values()):
        return []
    found = _people(by_words(member, wanted, words, alike=alike)[: 2 * A_PAGE])
    return list({person.pk: person for person in found}.values())[:A_PAGE]


def page_in_order(wanted: QuerySet[Person], *, after: str = "") -> tuple[list[Person], bool]:
    """Return a page of `wanted` by name, and whether there are more."""
    rows = wanted.order_by("sort_name", "pk")
    last = wanted.filter(reference=after).values_list("sort_name", "pk").first() if after else None
    if last:
        rows = rows.filter(Q(sort_name__gt=last[0]) | Q(sort_name=last[0], pk__gt=last[1]))
    found = list(rows[: A_PAGE + 1])
    return found[:A_PAGE], len(found) > A_PAGE


def _people(rows: QuerySet[PersonWord]) -> list[Person]:
    found = []
    for row in rows.select_related("person"):
        row.person.found_by_former = row.is_former  # type: ignore[attr-defined]  # for the page alone
        found.append(row.person)
    return found


def _edge(rows: QuerySet[PersonWord], after: str) -> Edge | None:
    """Find the row of somebody who is among them; anybody else, as nobody, starts at the front."""
    if not after:
        return None
    found = rows.filter(person__reference=after).values_list("word", "sort_name", "person_id").first()
    return Edge(*found) if found else None


def _fits(word: str, alike: dict[str, list[str]] | None) -> Q:
    return beginning_with(word) | Q(word__in=alike[word]) if alike is not None else beginning_with(word)


def _has(member: Membership, fits: Q, **more: object) -> Exists:
    """Say of a word that its person has one that fits. The agency is said, because indexes begin with it."""
    words = PersonWord.objects.filter(fits, agency_id=member.agency_id, person=OuterRef("person"), **more)
    return Exists(words)


def _by_length(words: Sequence[str]) -> list[str]:
    """Put the longest word last: of one length the last, which is the surname more often than not."""
    return [words[place] for place in sorted(range(len(words)), key=lambda n: (len(words[n]), n))]
