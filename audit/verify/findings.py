"""What does not fit, as sentences for somebody who has to act on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model

from audit import leaves

Progress = Callable[[int, int], None]
KEPT = 100


class Finding(NamedTuple):
    """One thing that does not fit. `order` is where it belongs in the order in which things were written."""

    order: int
    kind: str
    text: str


@dataclass
class Report:
    """What was compared, and what did not fit. `notes` say what is unusual and no fault."""

    seals: int = 0
    leaves: int = 0
    rows: int = 0
    head: int = 0
    buried: int = 0
    waiting: int = 0
    found: int = 0
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, kind: str, text: str, *, order: int = 0) -> None:
        """Count something that does not fit, and keep the first hundred of it."""
        self.found += 1
        if len(self.findings) < KEPT:
            self.findings.append(Finding(order, kind, text))

    @property
    def first(self) -> Finding | None:
        """What was written first of all that does not fit."""
        return min(self.findings, default=None)


def when(moment: datetime) -> str:
    """Write a moment as people read it, to the second and in UTC."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y at %H:%M:%S}"


@dataclass(frozen=True)
class Where:
    """Which row a leaf is of, when it was written and which seal holds it."""

    thing: str
    written: str
    sealed: str

    @classmethod
    def of_leaf(cls, leaf: int) -> Where:
        """Find the row of a leaf. The leaf may be the last that is left of it."""
        rows = ask(
            "SELECT s.table_name, l.row_id, l.concern, l.written_at, k.number, k.sealed_at FROM audit_leaf l"
            " LEFT JOIN audit_shape s ON s.id = l.shape_id LEFT JOIN audit_seal k ON k.ids @> l.id"
            " WHERE l.id = %s",
            [leaf],
        )
        if not rows:
            return cls(f"Leaf {leaf}", "", "no seal")
        table, row, concern, written, number, sealed_at = rows[0]
        seal = f"seal {number} of {when(sealed_at)}" if number else "no seal yet"
        return cls(thing(table or "a table nobody knows", row, concern), when(written), seal)


def thing(table: str, row: int, concern: str = "") -> str:
    """Name a row by what it is and its reference: “Exchange WF-26-0001-X1 (row 12 of sharing_exchange)”."""
    model = model_of(table)
    name = str(model._meta.verbose_name).capitalize() if model else "A row"
    reference = ""
    if model and any(f.name == "reference" for f in model._meta.concrete_fields):
        found = ask(f"SELECT reference FROM {leaves.quoted(table)} WHERE id = %s", [row])  # noqa: S608  # names of our own
        reference = f" {found[0][0]}" if found else ""
    about = f" of {concern}" if concern and concern not in reference else ""
    return f"{name}{reference}{about} (row {row} of {table})"


def model_of(table: str) -> type[Model] | None:
    return next((s.model for s in leaves.shapes() if s.table == table), None)


def ask(sql: str, parameters: Any = None) -> list[Any]:
    """Return the rows that a statement answers with."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
