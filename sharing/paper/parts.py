"""A document for paper as plain facts: what it is called, its parts, and what stands in each.

A collector puts one together from what somebody may see; the print page and the PDF are made from the same
one, so that they cannot say different things. Every entry names where it comes from (`origin`) and whom it
is about, so that somebody who prepares it for another reader can hold single entries back (`changed`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from agencies.days import written
from agencies.models import Membership
from sharing.told import moment


@dataclass(frozen=True)
class Row:
    """One name and value, or without a name a paragraph. `is_quote`: somebody's words as they said them."""

    key: str
    value: str
    is_quote: bool = False


@dataclass(frozen=True)
class Entry:
    """One thing on record. `marks` say in words what a line through it would say.

    `is_struck`: its paragraphs are struck through; who struck them, when and why are not.
    """

    heading: str = ""
    rows: tuple[Row, ...] = ()
    marks: tuple[str, ...] = ()
    is_struck: bool = False
    origin: str = ""
    about: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[Row, ...]:
        """The paragraphs of it."""
        return tuple(row for row in self.rows if not row.key)

    @property
    def named(self) -> tuple[Row, ...]:
        """Its names and values."""
        return tuple(row for row in self.rows if row.key)


@dataclass(frozen=True)
class Line:
    """One line of a table."""

    cells: tuple[str, ...]
    origin: str = ""


@dataclass(frozen=True)
class Table:
    """A table with a head. `caption` says what it holds to somebody who cannot see it."""

    caption: str
    head: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Part:
    """A heading and what stands under it. `level` 2 belongs to the part of level 1 before it.

    `nothing` is what it says where there is no entry and no line: an empty field is never only blank.
    """

    heading: str
    entries: tuple[Entry, ...] = ()
    table: Table | None = None
    lead: str = ""
    nothing: str = ""
    level: int = 1

    @property
    def is_empty(self) -> bool:
        return not self.entries and not (self.table and self.table.lines)


@dataclass(frozen=True)
class Paper:
    """One document, for one reader. `for_whom` is whose copy it is, where it is somebody's own.

    `tab` is for the title of the page, where `title` has names in it: browsers keep titles.
    """

    title: str
    reference: str
    concern: str
    facts: tuple[Row, ...]
    parts: tuple[Part, ...]
    lead: str = ""
    for_whom: str = ""
    one_page: bool = False
    tab: str = ""

    @property
    def entries(self) -> Iterator[Entry]:
        for part in self.parts:
            yield from part.entries


@dataclass(frozen=True)
class Printing:
    """Who prints something, when (UTC), and for whom: it stands on every page."""

    by: Membership
    at: datetime
    for_whom: str = ""

    def line(self, paper: Paper) -> str:
        """Return what stands at the foot of every page, but for its number."""
        whose = self.for_whom or paper.for_whom
        return f"{paper.reference}{f', for {whose}' if whose else ''}. {self.made}."

    @property
    def made(self) -> str:
        return f"Printed {moment(self.at)} by {self.by.full_name}, {self.by.agency.name}"

    def watermark(self, paper: Paper) -> str:
        whose = self.for_whom or paper.for_whom or self.by.full_name
        return f"{paper.reference}, {whose}, {written(timezone.localtime(self.at), 'j F Y')}"


def rows(*pairs: tuple[str, str]) -> tuple[Row, ...]:
    """Return names and values, without those that have no value."""
    return tuple(Row(key, value) for key, value in pairs if value)


def part(heading: str, entries: Iterable[Entry], **more: Any) -> Part:
    """Return a part of some entries."""
    return Part(heading, tuple(entries), **more)


def words(text: str, *, origin: str = "", about: tuple[str, ...] = ()) -> Entry:
    """Return an entry that is one paragraph."""
    return Entry(rows=(Row("", text),), origin=origin, about=about)


def as_data(paper: Paper, printing: Printing) -> dict[str, Any]:
    """Return a paper as the template of the PDF takes it: texts, lists and nothing else."""
    data = asdict(replace(paper, parts=()))
    return {
        **data,
        "facts": [*data["facts"], {"key": "Printed", "value": _printed(paper, printing), "is_quote": False}],
        "parts": [_as_told(one) for one in paper.parts],
        "foot": printing.line(paper),
        "watermark": printing.watermark(paper),
        "why_longer": why_longer(paper) if paper.one_page else "",
    }


def _printed(paper: Paper, printing: Printing) -> str:
    whose = printing.for_whom or paper.for_whom
    return printing.made.removeprefix("Printed ") + (f", for {whose}" if whose else "")


def _as_told(one: Part) -> dict[str, Any]:
    lead = "\n".join(text for text in (one.lead, one.nothing if one.is_empty else "") if text)
    return {**asdict(one), "lead": lead}


def why_longer(paper: Paper) -> str:
    """Say why what was meant for one page goes on to the next: which parts hold the most."""

    def length(one: Part) -> int:
        return sum(len(row.value) for entry in one.entries for row in entry.rows)

    longest = sorted(paper.parts, key=length, reverse=True)[:2]
    names = " and ".join(f"“{one.heading}”" for one in longest)
    return f"This record goes on to a second page, because what was written does not fit on one: see {names}."
