"""No cell of any file is a formula to a spreadsheet; `make formulas` asks LibreOffice itself."""

from __future__ import annotations

import csv
import io
import zipfile
from itertools import islice

import pytest

from agencies import spreadsheet
from config.local.formulas import CONTROL, FORMULA
from config.local.layout import ROOT
from sharing.exports import as_csv
from sharing.learning import files as learning
from tests.input.formulas.cells import EACH, hostile

APPS = ("audit", "notifications", "agencies", "records", "consent", "sharing", "config")
# The only modules that write tables; what they write goes through `harmless`.
WRITERS = {"agencies/spreadsheet.py", "sharing/exports/as_csv.py"}
FIRST = frozenset("=+-@|%\t\r\n \0")


def rows() -> list[list[str]]:
    return [[cell] for cell in islice(hostile(), EACH)]


def by_line() -> str:
    return "".join(spreadsheet.line(row) for row in rows())


def by_figures() -> str:
    return learning.as_csv(rows())


def by_export() -> str:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as bundle:
        as_csv._file(bundle, "x", ["c"], ({"c": row[0]} for row in rows()))
    return zipfile.ZipFile(made).read("x.csv").decode()


@pytest.mark.parametrize("write", [by_line, by_figures, by_export])
def test_no_cell_begins_a_formula_and_none_is_lost(write) -> None:  # type: ignore[no-untyped-def]
    text = write().removeprefix(spreadsheet.MARK_OF_UTF_8).removeprefix("c\r\n")
    cells = [row[0] for row in csv.reader(io.StringIO(text, newline=""))]
    assert len(cells) == EACH
    assert not [cell for cell in cells if cell[0] in FIRST]


def test_the_cells_are_hostile_and_no_two_are_alike() -> None:
    cells = list(islice(hostile(), EACH))
    assert len(set(cells)) == EACH > 5_000
    assert sum(cell.startswith("=") for cell in cells) > 50


def test_nothing_else_writes_tables() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "csv.writer(" in path.read_text() or "csv.DictWriter(" in path.read_text()
    }
    assert found == WRITERS


def test_the_control_has_formulas_and_the_count_would_see_them() -> None:
    assert CONTROL.count("=") >= 2
    assert FORMULA.findall('<c table:formula="of:=1+1"/>') == ["of:=1+1"]
