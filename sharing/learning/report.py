"""What the learning page says: its tables, the picture of each, and a sentence on what it does not say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from agencies.models import Membership
from sharing.learning import access, charts, tables
from sharing.learning.access import Choice, Measure
from sharing.learning.charts import Chart
from sharing.learning.queries import month_before
from sharing.learning.tables import Cell, Line, Table
from sharing.models.learning import LearningMonth

MOST_AGENCIES = 20  # in a picture; the table goes on
MOST_LINES = 100  # on the page; the file goes on
DRAWN = {
    Measure.UNDERSTOOD: (tables.to_understood, "hours"),
    Measure.FIRST_TIME: (tables.first_time, "percent"),
    Measure.SENT: (tables.sent, "exchanges, about"),
}


@dataclass(frozen=True)
class Part:
    """A heading, its picture, its table, and what they say and do not say."""

    heading: str
    says: str
    does_not_say: str
    chart: Chart
    table: Table

    @property
    def lines(self) -> Sequence[Line]:
        """The lines that the page shows."""
        return self.table.lines[:MOST_LINES]

    @property
    def more(self) -> int:
        """How many lines only the file has."""
        return max(0, len(self.table.lines) - MOST_LINES)


@dataclass(frozen=True)
class Report:
    """Everything on the page, as of a moment. Nothing yet where the figures were never worked out."""

    choice: Choice
    as_of: datetime | None
    parts: Sequence[Part]

    @property
    def choice_in_words(self) -> str:
        """What is looked at, as the start of a sentence."""
        words = str(self.choice)
        return words[0].upper() + words[1:]


def report(member: Membership, choice: Choice) -> Report:
    """Put together what somebody may see of what they chose."""
    as_of = access.as_of()
    if as_of is None:
        return Report(choice, None, [])
    last = timezone.localdate(as_of).replace(day=1)
    months = [month_before(last, back) for back in reversed(range(choice.months))]
    # Months before anybody in the partnership sent anything would only fill the page.
    start = access.first_month(member) or last
    months = [month for month in months if month >= start]
    rows, total = access.months_of(member, choice), access.total_of(member, choice)
    times = tables.times(months, rows, total)
    first_times = tables.first_times(months, rows, total)
    parts = [
        _times(times, months),
        _first_times(first_times, months),
        _kinds(tables.kinds(access.kinds_of(member, choice))),
        _pairs(access.pairs_of(member, choice), choice.measure),
    ]
    return Report(choice, as_of, parts)


def table(member: Membership, choice: Choice, name: str) -> tuple[Table, datetime] | None:
    """Return one table whole, and of when it is. None where there is no such table, or nothing yet."""
    made = report(member, choice)
    found = next((part.table for part in made.parts if part.table.name == name), None)
    return (found, made.as_of) if found and made.as_of else None


def _times(table: Table, months: Sequence[date]) -> Part:
    labels = [tables.month_name(month) for month in months]
    names = ("Received", "Understood", "Agreed")
    columns = [(name, table.column(n)[: len(months)]) for n, name in enumerate(names, start=1)]
    title = "Hours from sending, by month"
    return Part(
        "How long it takes",
        "The middle time: of what was sent in a month and got so far, half took less and half took longer.",
        "Hours are clock hours, nights and weekends included. The last months can still change, "
        "because what is still open has no time yet. Fast is not the same as understood well.",
        charts.lines("times", title, labels=labels, unit="hours", columns=columns),
        table,
    )


def _first_times(table: Table, months: Sequence[date]) -> Part:
    labels = [tables.month_name(month) for month in months]
    cells = table.column(0)[: len(months)]
    return Part(
        "Right first time",
        "Of what was understood, the share that the sender confirmed the first time it was said back.",
        "A low rate can mean that people are honest about what they did not understand. "
        "A high rate can mean that senders look less closely.",
        charts.bars("first-time", "Right first time, by month", labels=labels, unit="percent", cells=cells),
        table,
    )


def _kinds(table: Table) -> Part:
    labels = [line.heads[0] for line in table.lines]
    title = "Corrected, by kind of statement"
    return Part(
        "What is misunderstood",
        "Of the key items that were checked, the share that was not as meant or missing in some round.",
        "It says which kinds of statement need more care in writing and in listening. It does not say "
        "that anybody did badly: an opinion is harder to say back than a date.",
        charts.level_bars("kinds", title, labels=labels, unit="percent", cells=table.column(0)),
        table,
    )


def _pairs(rows: Sequence[LearningMonth], measure: Measure) -> Part:
    take, unit = DRAWN[measure]
    return Part(
        "Between agencies",
        f"{measure.label}, by pair of agencies: the sender’s row, the recipient’s column. Darker is more.",
        "Pairs differ in what they tell each other and how urgent it is, so this is no league table. "
        "Ask the two agencies what lies behind a figure.",
        _heat_map(rows, take, f"{measure.label}, by pair of agencies", unit),
        tables.pairs(rows),
    )


def _heat_map(rows: Sequence[LearningMonth], take: tables.Take, title: str, unit: str) -> Chart:
    """Draw the agencies that send and are sent the most."""
    busy: Counter[str] = Counter()
    found: dict[tuple[str, str], Cell] = {}
    for row in rows:
        if row.sent is None or row.from_agency is None or row.to_agency is None:
            continue
        names = row.from_agency.name, row.to_agency.name
        found[names] = take(row)
        busy.update(dict.fromkeys(names, row.sent))
    labels = sorted(name for name, _ in busy.most_common(MOST_AGENCIES))
    places = {name: number for number, name in enumerate(labels)}
    cells = {
        (places[sender], places[recipient]): cell
        for (sender, recipient), cell in found.items()
        if sender in places and recipient in places
    }
    return charts.heat_map("pairs", title, labels=labels, unit=unit, cells=cells)
