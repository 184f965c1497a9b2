"""Reading a CSV file as spreadsheets save it: which letters, which separator, which column is which."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from agencies.jobs import CannotDo

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 10_000
REFERENCE, NHS, DATE, TIME, KIND, TEXT, SOURCE = (
    "Our reference", "NHS number", "Date", "Time", "Kind", "What happened", "Source",
)  # fmt: skip
COLUMNS = (REFERENCE, NHS, DATE, TIME, KIND, TEXT, SOURCE)
# What other systems call them, in small letters.
ALSO = {
    REFERENCE: ("reference", "person", "person reference", "our reference number"),
    NHS: ("nhs", "nhs no", "nhs no.", "nhs_number", "nhsnumber"),
    DATE: ("event date", "date of event", "when"),
    TIME: ("event time", "time of event"),
    KIND: ("type", "category", "event type"),
    TEXT: ("event", "text", "description", "details", "significant event"),
    SOURCE: ("where it is recorded", "source of information", "recorded in"),
}
NAMES = {also: name for name in COLUMNS for also in (name.lower(), *ALSO[name])}
SEPARATORS = ",;\t"
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
AS_CSV = "Open it in the spreadsheet, save it as “CSV UTF-8”, and upload that."


class Line(NamedTuple):
    """One row of the table: the line of the file on which it begins, its cells, and cells by column."""

    number: int
    cells: list[str]
    by_column: dict[str, str]


class Table(NamedTuple):
    """A file as a table, read once."""

    columns: list[str]
    lines: list[Line]


def decoded(data: bytes) -> str:
    """Return the text of a file. Raises CannotDo for what is no text, with what to do."""
    if not data.strip():
        raise CannotDo("The file is empty. Choose another.")
    if data.startswith(WORKBOOKS):
        raise CannotDo(f"This is a workbook of a spreadsheet, and not a CSV file. {AS_CSV}")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CannotDo(f"The file is saved as Unicode text, which cannot be read here. {AS_CSV}")
    if b"\0" in data:
        raise CannotDo(f"This is not a CSV file. {AS_CSV}")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CannotDo(f"The letters of this file cannot be read. {AS_CSV}")


def read(data: bytes) -> Table:
    """Read a file into lines. Raises CannotDo where it cannot be understood as a whole."""
    text = decoded(data)
    separator, text, skipped = _separator(text)
    lines = _lines(text, separator, skipped)
    first = next(lines, None)
    if first is None:
        raise CannotDo("The file is empty. Choose another.")
    columns = _columns(first[1])
    found: list[Line] = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(found) == MOST_ROWS:
            raise CannotDo(f"The file has more than {MOST_ROWS:,} rows. Split it, and upload the parts.")
        found.append(Line(number, cells, dict(zip(columns, cells, strict=False))))
    if not found:
        raise CannotDo("The file has a first line with names of columns, and nothing under it.")
    return Table(columns, found)


def _separator(text: str) -> tuple[str, str, int]:
    """Return what stands between cells, the text without a first line that says so, and if there was one."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4], rest, 1
    return max(SEPARATORS, key=first.count), text, 0


def _lines(text: str, separator: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        number = reader.line_num + 1 + skipped
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise CannotDo(
                f"The row that begins on line {number} cannot be read: a quotation mark is opened and not "
                "closed, or stands inside a cell. Write it twice inside a cell, or take it out."
            ) from None


def _columns(cells: list[str]) -> list[str]:
    """Name the columns, in order; one that is not known keeps its own name."""
    columns = [NAMES.get(" ".join(cell.lower().split()), cell.strip()) for cell in cells]
    twice = sorted({one for one in columns if one in COLUMNS and columns.count(one) > 1})
    if twice:
        raise CannotDo(f"The first line has the column “{twice[0]}” more than once. Take one out.")
    missing = [one for one in (DATE, TEXT, SOURCE) if one not in columns]
    if REFERENCE not in columns and NHS not in columns:
        missing.insert(0, f"{REFERENCE}” or “{NHS}")
    if missing:
        names = " and ".join(f"“{one}”" for one in missing)
        raise CannotDo(
            f"The first line has no column {names}. Take the names of the columns from the template."
        )
    return columns
