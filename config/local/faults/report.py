"""The table of the runs, for the terminal and for docs/reliability.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from config.local.faults.tally import Result
from config.local.layout import ROOT

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- written by make faults -->", "<!-- end -->"
HEADINGS = ("run", "what was done", "messages", "lost", "sent twice", "late (p99 / most)", "also", "passed")


def row(result: Result) -> list[str]:
    """Return a run's cells."""
    late = f"{result.late[0]:.1f} s / {result.late[1]:.1f} s" if result.late else ""
    return [
        result.run,
        result.what,
        f"{result.messages:,}",
        str(result.lost),
        f"{result.twice} (at most {result.may_be_twice})" if result.may_be_twice else str(result.twice),
        late,
        "; ".join(result.figures),
        "no: " + "; ".join(result.wrong) if result.wrong else "yes",
    ]


def table(rows: Iterable[Sequence[str]]) -> str:
    """Return rows of cells as a table in Markdown, under its headings."""
    lines = [HEADINGS, ["---"] * len(HEADINGS), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(results: Sequence[Result], *, order: Sequence[str]) -> None:
    """Put the rows between the markers of docs/reliability.md, in the place of earlier ones of the same runs.

    Raises ValueError where there are no markers.
    """
    text = PAGE.read_text()
    before, found, rest = text.partition(BEGIN)
    old, found_too, after = rest.partition(END)
    if not (found and found_too):
        raise ValueError(f"{PAGE.name} has no markers for the table")
    cells = {line.split(" | ")[0].removeprefix("| "): line for line in old.splitlines()}
    rows = {name: line.removeprefix("| ").removesuffix(" |").split(" | ") for name, line in cells.items()}
    rows |= {each.run: row(each) for each in results}
    where = (
        f"{os.cpu_count()} cores, Python {platform.python_version()}. Last written on "
        f"{datetime.now(UTC):%-d %B %Y}; each row is from the latest run of its name."
    )
    kept = [rows[name] for name in order if name in rows]
    PAGE.write_text(f"{before}{BEGIN}\n{where}\n\n{table(kept)}\n{END}{after}")
