"""The figures as tables. What is drawn, printed and taken away as a file all comes from these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from agencies.days import written
from sharing.models.learning import Figure, LearningKind, LearningMonth

TOO_FEW = Figure.FEW.label
NOT_SHOWN = Figure.WITHHELD.label


class Cell(NamedTuple):
    """One figure: as it is read, and as it is drawn. None where it is not shown."""

    text: str
    value: float | None = None

    @property
    def is_hidden(self) -> bool:
        """Whether it says only that it does not say."""
        return self.text in (TOO_FEW, NOT_SHOWN)


class Line(NamedTuple):
    """One row of a table: what it is about, in one cell or two, and its figures."""

    heads: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A table with a caption. `heads` are the columns that say what a row is about."""

    name: str
    caption: str
    heads: tuple[str, ...]
    columns: tuple[str, ...]
    lines: Sequence[Line]

    def column(self, number: int) -> list[Cell]:
        """Return one column of figures."""
        return [line.cells[number] for line in self.lines]


Take = Callable[[LearningMonth | None], Cell]


def month_name(month: date) -> str:
    """Return “November 2026”."""
    return written(month, "F Y")


def sent(row: LearningMonth | None) -> Cell:
    return _count(Figure(row.sent_is), row.sent) if row else Cell(TOO_FEW)


def still_open(row: LearningMonth | None) -> Cell:
    return _count(Figure(row.open_is), row.still_open) if row else Cell(TOO_FEW)


def to_received(row: LearningMonth | None) -> Cell:
    return _measured(row, row.hours_to_received if row else None)


def to_understood(row: LearningMonth | None) -> Cell:
    return _measured(row, row.hours_to_understood if row else None)


def to_agreed(row: LearningMonth | None) -> Cell:
    return _measured(row, row.hours_to_agreed if row else None)


def first_time(row: LearningMonth | None) -> Cell:
    if row is None or row.first_time_right is None:
        return _measured(row, None)
    return percent(row.first_time_right)


def rounds(row: LearningMonth | None) -> Cell:
    return _measured(row, row.mean_rounds if row else None)


def percent(share: int) -> Cell:
    """Show a share, which is never quite none or all."""
    words = {5: "5% or less", 95: "95% or more"}
    return Cell(words.get(share, f"{share}%"), share)


def times(months: Sequence[date], rows: Sequence[LearningMonth], total: LearningMonth | None) -> Table:
    """How long it took, by month, and in the whole time."""
    take = (sent, to_received, to_understood, to_agreed)
    columns = ("Sent", "Hours to received", "Hours to understood", "Hours to agreed")
    caption = "Time to received, understood and agreed (median, clock hours), by month of sending"
    return Table("times", caption, ("Month",), columns, _by_month(months, rows, total, take))


def first_times(months: Sequence[date], rows: Sequence[LearningMonth], total: LearningMonth | None) -> Table:
    """How well it was understood, by month, and in the whole time."""
    columns = ("Right first time", "Rounds (mean)", "Still open")
    caption = "Understood in the first round, of those understood, by month of sending"
    lines = _by_month(months, rows, total, (first_time, rounds, still_open))
    return Table("first-time", caption, ("Month",), columns, lines)


def kinds(rows: Sequence[LearningKind]) -> Table:
    """Which kinds of statement had to be corrected."""
    found = {row.kind: row for row in rows}
    lines = []
    for kind in LearningKind.Kind:
        row = found.get(kind)
        figures = (row.corrected, row.wrong, row.missing) if row else ()
        cells = tuple(percent(figure) for figure in figures) or (Cell(TOO_FEW),) * 3
        size = Cell(LearningKind.Checked(row.checked).label if row else TOO_FEW)
        lines.append(Line((str(kind.label),), (*cells, size)))
    columns = ("Corrected", "Not as meant", "Missing", "Key items checked")
    caption = "Key items that were corrected in some round, by kind of statement"
    return Table("kinds", caption, ("Kind of statement",), columns, lines)


def pairs(rows: Sequence[LearningMonth]) -> Table:
    """Every pair of agencies with something to show."""
    take = (sent, to_received, to_understood, to_agreed, first_time, rounds, still_open)
    columns = (
        *("Sent", "Hours to received", "Hours to understood", "Hours to agreed"),
        *("Right first time", "Rounds (mean)", "Still open"),
    )
    lines = [
        Line(_names(row), tuple(one(row) for one in take)) for row in rows if row.sent_is == Figure.SHOWN
    ]
    return Table("pairs", "Pairs of agencies with 5 exchanges or more", ("From", "To"), columns, lines)


def _names(row: LearningMonth) -> tuple[str, str]:
    if row.from_agency is None or row.to_agency is None:
        raise ValueError("A pair has two agencies")
    return row.from_agency.name, row.to_agency.name


def _by_month(
    months: Sequence[date],
    rows: Sequence[LearningMonth],
    total: LearningMonth | None,
    take: Sequence[Take],
) -> list[Line]:
    found = {row.first_month: row for row in rows}
    lines = [Line((month_name(m),), tuple(one(found.get(m)) for one in take)) for m in months]
    return [*lines, Line(("The whole time",), tuple(one(total) for one in take))]


def _count(figure: Figure, count: int | None) -> Cell:
    return Cell(f"about {count}", count) if count is not None else Cell(str(figure.label))


def _measured(row: LearningMonth | None, figure: Decimal | None) -> Cell:
    """Show a time or a rate. Too few may have got so far although enough were sent."""
    if figure is not None:
        return Cell(f"{figure:.1f}", float(figure))
    withheld = row is not None and row.sent_is == Figure.WITHHELD
    return Cell(NOT_SHOWN if withheld else TOO_FEW)
