"""The table of the runs, for the terminal and for docs/reliability.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from config.local.faults.tally import Result
from config.local.layout import ROOT

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- written by make faults -->", "<!-- end -->"
HEADINGS = ("fault", "run", "what was done", "N", "what came of it", "passes with", "passed")


def row(result: Result, *, fault: str = "", line: str = "") -> list[str]:
    """Return a run's cells. `fault` is what it is about and `line` when it has passed."""
    return [
        fault,
        result.run,
        result.what,
        result.n or f"{result.messages:,} messages",
        "; ".join([*([] if result.n else _of_the_messages(result)), *result.figures]),
        line,
        "no: " + "; ".join(result.wrong) if result.wrong else "yes",
    ]


def _of_the_messages(result: Result) -> list[str]:
    allowed = f" (at most {result.may_be_twice})" if result.may_be_twice else ""
    late = [f"late {result.late[0]:.1f} s (p99), {result.late[1]:.1f} s (most)"] if result.late else []
    return [f"{result.lost} lost", f"{result.twice} twice{allowed}", *late]


def table(rows: Iterable[Sequence[str]]) -> str:
    """Return rows of cells as a table in Markdown, under its headings."""
    lines = [HEADINGS, ["---"] * len(HEADINGS), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(cells: Mapping[str, Sequence[str]], *, order: Sequence[str]) -> None:
    """Put rows, by their run, between the markers of docs/reliability.md, in the place of earlier ones.

    Raises ValueError where there are no markers.
    """
    text = PAGE.read_text()
    before, found, rest = text.partition(BEGIN)
    old, found_too, after = rest.partition(END)
    if not (found and found_too):
        raise ValueError(f"{PAGE.name} has no markers for the table")
    lines = [line.removeprefix("| ").removesuffix(" |").split(" | ") for line in old.splitlines()]
    rows = {line[1]: line for line in lines if len(line) == len(HEADINGS)} | {
        name: list(line) for name, line in cells.items()
    }
    where = (
        f"{os.cpu_count()} cores, Python {platform.python_version()}. Last written on "
        f"{datetime.now(UTC):%-d %B %Y}; each row is from the latest run of its name."
    )
    kept = [rows[name] for name in order if name in rows]
    PAGE.write_text(f"{before}{BEGIN}\n{where}\n\n{table(kept)}\n{END}{after}")
