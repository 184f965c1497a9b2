"""A table as a file that a spreadsheet opens without running anything in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from agencies.days import written
from agencies.spreadsheet import MARK_OF_UTF_8, harmless, line
from sharing.learning import protect
from sharing.learning.tables import Table

__all__ = ["MARK_OF_UTF_8", "as_csv", "harmless", "of_table"]


def of_table(table: Table, *, shown: str, as_of: datetime) -> str:
    """Write a table with what it shows, as of when and under which rule."""
    local = timezone.localtime(as_of)
    return as_csv(
        [
            ["Check Back: learning, without names"],
            [table.caption],
            [f"Shown: {shown}"],
            [f"As of {local:%H:%M} on {written(local, 'j F Y')}"],
            [protect.IN_WORDS],
            [*table.heads, *table.columns],
            *([*one.heads, *(cell.text for cell in one.cells)] for one in table.lines),
        ]
    )


def as_csv(lines: Iterable[Sequence[str]]) -> str:
    """Write lines of cells by RFC 4180, each cell in quotes, with the mark by which Excel knows UTF-8."""
    return MARK_OF_UTF_8 + "".join(line(cells) for cells in lines)
