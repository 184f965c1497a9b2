"""Searching the access log: newest first, a page at a time, each list from the end of one index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from django.db import connections, router
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.kinds import Look, actions_of_kind, in_words
from audit.models import Access, concern_of

PAGE = 50
AT_ONCE = 2000


@dataclass(frozen=True)
class Sought:
    """What is looked for. Everything that is given narrows it.

    `reference` finds everything under a concern, and whatever list or search showed it; of anything else
    that one thing. `start` is included, `end` is not (UTC). `agency` is whose people looked: empty for
    everybody's, `not_agency` for everybody else's. `emergency` is the reference of one.
    """

    agency: str = ""
    not_agency: str = ""
    reference: str = ""
    action: str = ""
    kind: Look | None = None
    actor_id: UUID | None = None
    role: str = ""
    address: str = ""
    refused: bool = False
    in_emergency: bool = False
    emergency: str = ""
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class Place:
    """Where a page ended: the moment (UTC) and the number of its last row."""

    at: datetime
    row: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.row}"


def place(text: str) -> Place | None:
    """Read a place from an address. Anything else starts at the newest."""
    try:
        at, row = text.split("~")
        moment, number = datetime.fromisoformat(at), int(row)
    except ValueError:
        return None
    return Place(moment, number) if timezone.is_aware(moment) and 0 < number < 2**63 else None


def find(sought: Sought, *, after: Place | None = None, limit: int = PAGE) -> tuple[list[Access], str]:
    """Return a page of looks, the newest first, and where the next page starts (empty where none does)."""
    ends = [list(_from(rows, after).order_by("-at", "-pk")[: limit + 1]) for rows in _parts(sought)]
    found = sorted((row for end in ends for row in end), key=lambda row: (row.at, row.pk), reverse=True)
    page = found[:limit]
    return page, str(Place(page[-1].at, page[-1].pk)) if len(found) > limit else ""


def each(sought: Sought, *, at_most: int) -> Iterator[Access]:
    """Give the newest looks one after the other, fetched two thousand at a time."""
    after: Place | None = None
    while at_most > 0:
        page, onward = find(sought, after=after, limit=min(AT_ONCE, at_most))
        yield from page
        at_most -= len(page)
        if not onward:
            return
        after = place(onward)


def _from(rows: QuerySet[Access], after: Place | None) -> QuerySet[Access]:
    """Go on from where the page before ended. The outer bound is what an index starts from."""
    if after is None:
        return rows
    return rows.filter(Q(at__lt=after.at) | Q(pk__lt=after.row), at__lte=after.at)


def _parts(sought: Sought) -> Sequence[QuerySet[Access]]:
    """The rows that are looked for, in parts of which each is one index. No row is in two."""
    rows = _narrowed(sought)
    reference = sought.reference.strip()
    if not reference:
        return [rows]
    concern = concern_of(reference)
    if concern and concern == reference.upper():
        here = rows.filter(concern=concern)
        elsewhere = rows.filter(Q(concern__isnull=True) | ~Q(concern=concern))
    else:
        reference = reference if ":" in reference else reference.upper()
        here = rows.filter(subject=reference)
        elsewhere = rows.exclude(subject=reference)
    return [here, elsewhere.filter(shown__contains=[reference.upper()])]


def _narrowed(sought: Sought) -> QuerySet[Access]:
    rows = Access.objects.all()
    equal = {"agency": sought.agency, "action": sought.action, "actor_id": sought.actor_id,
             "role": sought.role, "address": sought.address}  # fmt: skip
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if sought.not_agency:
        rows = rows.exclude(agency=sought.not_agency)
    if sought.refused or sought.kind is Look.REFUSED:
        rows = rows.filter(outcome=Access.Outcome.REFUSED)
    elif sought.kind is not None:
        rows = rows.filter(actions_of_kind(sought.kind), outcome=Access.Outcome.SEEN)
    if sought.in_emergency or sought.emergency:
        rows = rows.exclude(break_glass="")
    if sought.emergency:
        rows = rows.filter(break_glass=sought.emergency)
    if sought.start:
        rows = rows.filter(at__gte=sought.start)
    if sought.end:
        rows = rows.filter(at__lt=sought.end)
    return rows


def actions_of(agency: str) -> list[tuple[str, str]]:
    """Return each action that an agency's log has, with its words, in their order.

    It jumps along the index from one action to the next: a million rows cost what a hundred do.
    """
    with connections[router.db_for_read(Access)].cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE one AS (
                (SELECT action FROM audit_access WHERE agency = %(agency)s ORDER BY action LIMIT 1)
                UNION ALL
                SELECT (SELECT a.action FROM audit_access a
                        WHERE a.agency = %(agency)s AND a.action > one.action ORDER BY a.action LIMIT 1)
                FROM one WHERE one.action IS NOT NULL
            ) SELECT action FROM one WHERE action IS NOT NULL
            """,
            {"agency": agency},
        )
        codes = [row[0] for row in cursor.fetchall()]
    return sorted(((code, in_words(code)) for code in codes), key=itemgetter(1))
