"""Reading a chronology a page at a time, forwards and backwards, from the edge of the page before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Q

from sharing.chronology.portions import COLUMNS, PORTIONS, RANKS, Narrowed, Scope, columns_of

PAGE = 50
# On paper in one piece; more than that is narrowed by dates.
ON_PAPER = 2000


class Row(NamedTuple):
    """One thing that happened, as the database gives it: its columns are those of portions.COLUMNS."""

    at: datetime
    rank: int
    id: int
    entered: datetime
    code: str
    words: str
    source: str
    reference: str
    concern: str
    author: str
    name: str
    role: str
    agency: str
    agency_ref: str
    extra: dict[str, Any]

    @property
    def edge(self) -> str:
        """Where this row stands, for the address of the next page: a moment and two numbers."""
        return f"{self.at.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{self.rank}-{self.id}"


class Edge(NamedTuple):
    """A place in the order of a chronology."""

    at: datetime
    rank: int
    id: int


class Page(NamedTuple):
    """A page of a chronology, and the edges from which those before and after it begin."""

    rows: list[Row]
    earlier: str
    later: str


def read_edge(value: str) -> Edge | None:
    """Read an edge from an address; anything that is none begins at the beginning."""
    moment, _, rest = value[:80].partition("-")
    rank, _, number = rest.partition("-")
    if not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in (rank, number)):
        return None
    try:
        at = datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Edge(at, int(rank), int(number))


def page(scope: Scope, narrowed: Narrowed, *, after: str = "", before: str = "", at_most: int = PAGE) -> Page:
    """Return a page in order of event time, from after one edge or before another. One statement."""
    back = read_edge(before) if before and not after else None
    on = read_edge(after)
    found = list(_joined(scope, narrowed, edge=back or on, backwards=back is not None, at_most=at_most + 1))
    more, found = len(found) > at_most, found[:at_most]
    if back is not None:
        found.reverse()
    if not found:
        return Page([], "", "")
    earlier = more if back is not None else on is not None
    later = more if back is None else True
    return Page(found, found[0].edge if earlier else "", found[-1].edge if later else "")


def _joined(
    scope: Scope, narrowed: Narrowed, *, edge: Edge | None, backwards: bool, at_most: int
) -> Iterable[Row]:
    sign = "-" if backwards else ""
    order = [f"{sign}row_at", f"{sign}row_rank", f"{sign}row_id"]
    portions = []
    for portion in PORTIONS:
        rows = columns_of(portion, scope, narrowed)
        if rows is None:
            continue
        if edge is not None:
            rows = rows.filter(_beyond(edge, RANKS[portion.code], backwards=backwards))
        portions.append(rows.order_by(*order)[:at_most])
    if not portions:
        return []
    first, *others = portions
    joined = first.union(*others, all=True).order_by(*order)[:at_most] if others else first
    return (Row(*row) for row in joined)


def _beyond(edge: Edge, rank: int, *, backwards: bool) -> Q:
    """What of a portion lies beyond an edge. A portion has one rank, so two columns say it."""
    than = "lt" if backwards else "gt"
    same_moment = rank < edge.rank if backwards else rank > edge.rank
    if rank == edge.rank:
        return Q(**{f"row_at__{than}": edge.at}) | Q(**{"row_at": edge.at, f"row_id__{than}": edge.id})
    return Q(**{f"row_at__{than}e" if same_moment else f"row_at__{than}": edge.at})


class Somebody(NamedTuple):
    """Somebody who wrote or did something in a chronology."""

    id: str
    name: str
    agency: str
    agency_ref: str


def everybody_in(scope: Scope) -> list[Somebody]:
    """Return everybody who wrote or did something in it, by agency and name. One statement."""
    names = [COLUMNS.index(one) for one in ("row_author", "row_name", "row_agency", "row_agency_ref")]
    wanted = [COLUMNS[number] for number in names]
    portions = [columns_of(portion, scope, Narrowed()) for portion in PORTIONS]
    rows = [one.values_list(*wanted).distinct() for one in portions if one is not None]
    first, *others = rows
    found = first.union(*others) if others else first
    return sorted((Somebody(*row) for row in found if row[0]), key=lambda one: (one.agency, one.name))
