"""A table as a file that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from sharing.learning import protect
from sharing.learning.tables import Table

BEGINS_A_FORMULA = frozenset("=+-@|%")
# White space, control characters and marks that nobody sees: some programs skip them, and then look.
NOT_SEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Cs", "Co", "Cn", "Mn", "Me"})
MARK_OF_UTF_8 = "\ufeff"


def harmless(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula.

    A quotation mark goes before what begins, for the eye or after what the eye does not see, with
    = + - @ | or %, also in their full-width and other look-alike forms (as Unicode's NFKC writes them), and
    before what begins with white space or a control character. NUL is taken out: no format can hold it.
    """
    text = text.replace("\0", "")
    if not text:
        return ""
    if unicodedata.category(text[0]) in NOT_SEEN:
        return f"'{text}"
    return f"'{text}" if unicodedata.normalize("NFKC", text[0])[:1] in BEGINS_A_FORMULA else text


def of_table(table: Table, *, shown: str, as_of: datetime) -> str:
    """Write a table with what it shows, as of when and under which rule."""
    local = timezone.localtime(as_of)
    return as_csv(
        [
            ["Check Back: learning, without names"],
            [table.caption],
            [f"Shown: {shown}"],
            [f"As of {local:%H:%M} on {date_format(local, 'j F Y')}"],
            [protect.IN_WORDS],
            [*table.heads, *table.columns],
            *([*line.heads, *(cell.text for cell in line.cells)] for line in table.lines),
        ]
    )


def as_csv(lines: Iterable[Sequence[str]]) -> str:
    """Write lines of cells by RFC 4180, each cell in quotes, with the mark by which Excel knows UTF-8."""
    out = io.StringIO()
    out.write(MARK_OF_UTF_8)
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in line] for line in lines)
    return out.getvalue()
