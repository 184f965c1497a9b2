"""The table of the runs, for the terminal and for docs/reliability.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
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


def table(results: Sequence[Result]) -> str:
    """Return the runs as a table in Markdown."""
    lines = [HEADINGS, ["---"] * len(HEADINGS), *(row(each) for each in results)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(results: Sequence[Result], *, command: str, seconds: float) -> None:
    """Put the table between the markers of docs/reliability.md. Raises ValueError where there are none."""
    text = PAGE.read_text()
    before, found, rest = text.partition(BEGIN)
    _, found_too, after = rest.partition(END)
    if not (found and found_too):
        raise ValueError(f"{PAGE.name} has no markers for the table")
    where = (
        f"`{command}` on {datetime.now(UTC):%-d %B %Y}: {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {seconds / 60:.0f} minutes."
    )
    PAGE.write_text(f"{before}{BEGIN}\n{where}\n\n{table(results)}\n{END}{after}")
