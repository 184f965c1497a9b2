"""One thing that is held about somebody, as it was found; and how rows of the record become such things."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from agencies.models import Agency
from sharing.told import moment


@dataclass
class Found:
    """A piece before it is kept. `carries` names every row whose words are in it; `at` (UTC) orders it."""

    key: str
    section: str
    heading: str
    text: str
    at: datetime | None = None
    dated: str = ""
    source: str = ""
    author: str = ""
    others: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    from_agency: Agency | None = None
    carries: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """What it said when it was found: a piece that has changed since is another piece."""
        words = [self.key, self.section, self.heading, self.text, self.dated, self.source, self.author,
                 self.others, self.warnings, self.from_agency.pk if self.from_agency else None,
                 self.carries]  # fmt: skip
        return sha256(json.dumps(words, ensure_ascii=False, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Kind:
    """Which rows of one table are pieces, and what of them: `fields` are (label, attribute) in order.

    An attribute may lead on ("listener__label") or end in () for what is shown in words. A row without any
    words is no piece.
    """

    model: Any
    name: str
    concern: str
    heading: str
    fields: Sequence[tuple[str, str]]
    at: str
    by: str = ""
    people: Sequence[str] = ()
    only: Any = None


def of_kind(kind: Kind, concerns: Iterable[Any]) -> Iterable[Found]:
    """Give the pieces that the rows of one table are, in these concerns."""
    rows = kind.model.objects.filter(**{f"{kind.concern}__in": list(concerns)})
    if kind.only is not None:
        rows = rows.filter(kind.only)
    joins = [kind.concern, *(f"{one}__{part}" for one in kind.people for part in ("user", "agency"))]
    for row in rows.select_related(*joins).order_by("pk"):
        text = lines(*((label, valued(row, name)) for label, name in kind.fields))
        if not text.strip():
            continue
        at = led_on(row, kind.at)
        yield Found(
            key=f"{kind.name}:{row.pk}",
            section=f"Concern {led_on(row, kind.concern).reference}",
            heading=kind.heading.format(row=row),
            text=text,
            at=at,
            dated=moment(at),
            author=valued(row, kind.by) if kind.by else "",
        )


def lines(*pairs: tuple[str, str]) -> str:
    """Write names and values, a line each; what is empty is left out. A value without a name stands alone."""
    return "\n".join(f"{name}: {value}" if name else value for name, value in pairs if value.strip())


def valued(row: Any, path: str) -> str:
    """Read an attribute of a row, or of what it leads to, in words."""
    value = led_on(row, path)
    if callable(value):
        value = value()
    if value is None:
        return ""
    return moment(value) if isinstance(value, datetime) else str(value)


def led_on(row: Any, path: str) -> Any:
    """Follow a path such as cycle__concern from a row; None where it ends on the way."""
    for step in path.split("__"):
        row = getattr(row, step) if row is not None else None
    return row
