"""One row of a file: whom it is about, what it says, and what is wrong with it, column by column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from agencies.models import Membership
from records import entries, identifiers, moments
from records.importing.table import DATE, KIND, NHS, REFERENCE, SOURCE, TEXT, TIME, Line
from records.models import ChronologyEntry, Person

Kind = ChronologyEntry.Kind
BY_NAME = {kind.label.lower(): kind.value for kind in Kind} | {
    kind.value.lower(): kind.value for kind in Kind
}
SHORTENED = re.compile(r"^\d([.,]\d+)?E\+?\d+$", re.IGNORECASE)
# What a cell of ours begins with where a spreadsheet would have taken it for a formula.
MADE_HARMLESS = "'"
FORMULAS = frozenset("=+-@|%")
NOBODY = "Nobody in your agency’s records has this {what}. Check it, or add the person first"


@dataclass(frozen=True)
class Known:
    """The people of an agency whom a file names, by reference and by NHS number."""

    by_reference: Mapping[str, Person]
    by_number: Mapping[str, Person]


@dataclass(frozen=True)
class Checked:
    """What a row comes to: an entry about a person, or what is wrong, each with its column."""

    person: Person | None
    words: entries.Words | None
    problems: list[list[str]]


def plain(cell: str) -> str:
    """Return a cell as it was meant: without white space around it and without what made it harmless."""
    cell = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    rest = cell.removeprefix(MADE_HARMLESS)
    if rest != cell and unicodedata.normalize("NFKC", rest[:1])[:1] in FORMULAS:
        return rest
    return cell


def people_in(lines: Iterable[Line], *, by: Membership) -> Known:
    """Look up everybody whom some lines name. Two statements."""
    references, numbers = set(), set()
    for line in lines:
        references.add(plain(line.by_column.get(REFERENCE, "")).upper())
        numbers.add(_digits(plain(line.by_column.get(NHS, ""))))
    people = Person.objects.visible_to(by)
    return Known(
        {one.reference: one for one in people.filter(reference__in=references - {""})},
        {one.nhs_number: one for one in people.filter(nhs_number__in=numbers - {""})},
    )


def check(line: Line, known: Known, *, width: int, at: datetime) -> Checked:
    """Read one row. `width` is how many columns the file has, `at` when it is entered (UTC)."""
    cells = {name: plain(cell) for name, cell in line.by_column.items()}
    problems: list[list[str]] = []
    if len(line.cells) != width:
        sentence = (
            f"The row has {len(line.cells)} cells and the first line {width}. Look for a separator inside a "
            "cell: such a cell needs quotation marks around it"
        )
        problems.append(["", sentence])
    person = _person(cells, known, problems)
    found = _moment(cells, problems)
    kind = cells.get(KIND, "")
    if kind and kind.lower() not in BY_NAME:
        names = ", ".join(f"“{one.label}”" for one in Kind)
        problems.append([KIND, f"There is no such kind. Write one of these, or leave it empty: {names}"])
    for column, most in ((TEXT, entries.LONGEST), (SOURCE, 300)):
        problems += _text(column, cells.get(column, ""), most=most)
    if found is not None and found.at > at:
        problems.append([DATE, "This is in the future. Check the date"])
    if problems or person is None or found is None:
        return Checked(person, None, problems)
    words = entries.Words(
        happened_at=found.at, precision=found.precision, kind=BY_NAME.get(kind.lower(), Kind.EVENT),
        text=cells[TEXT], source=cells[SOURCE],
    )  # fmt: skip
    return Checked(person, words, [])


def _text(column: str, value: str, *, most: int) -> list[list[str]]:
    if not value:
        return [[column, "This is empty, and every entry needs it"]]
    if "\ufffd" in value:
        return [[column, "Some letters could not be read. Look for � and type them again"]]
    if len(value) > most:
        return [[column, f"This has {len(value):,} characters, and {most:,} is the most. Shorten it"]]
    return []


def _moment(cells: Mapping[str, str], problems: list[list[str]]) -> moments.Moment | None:
    try:
        return moments.read(cells.get(DATE, ""), cells.get(TIME, ""))
    except moments.NotAMoment as error:
        problems.append([TIME if "time" in str(error) else DATE, str(error)])
        return None


def _digits(number: str) -> str:
    return re.sub(r"[ -]", "", number)


def _person(cells: Mapping[str, str], known: Known, problems: list[list[str]]) -> Person | None:
    """Find whom a row is about; both a reference and a number have to lead to the same person."""
    reference, number = cells.get(REFERENCE, "").upper(), cells.get(NHS, "")
    by_reference = known.by_reference.get(reference)
    by_number = known.by_number.get(_digits(number))
    before = len(problems)
    if not reference and not number:
        problems.append([REFERENCE, "Nobody is named. Give our reference or the NHS number"])
    if reference and by_reference is None:
        problems.append([REFERENCE, NOBODY.format(what="reference")])
    if number and by_number is None:
        problems.append([NHS, _why_no_number(number)])
    if by_reference and by_number and by_reference.pk != by_number.pk:
        problems.append([NHS, "The reference and the NHS number are of two different people. Check both"])
    return (by_reference or by_number) if len(problems) == before else None


def _why_no_number(number: str) -> str:
    if SHORTENED.match(number):
        return "The spreadsheet shortened this number. Show the column as text, and type it again"
    try:
        identifiers.nhs_number(number)
    except identifiers.NotAnIdentifier as error:
        return str(error)
    return NOBODY.format(what="NHS number")
