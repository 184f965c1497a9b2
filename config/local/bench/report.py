"""What the bench prints and writes: tables, JSON, charts, and docs/scale.md between its marks."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from config.local.bench import bars, charts
from config.local.bench.figures import LISTS, WEB, WORKER, Figure, Memory, percentile
from config.local.layout import ROOT, make_folder

PAGE, FOLDER = ROOT / "docs" / "scale.md", ROOT / "docs" / "scale"
BEGIN, END = "<!-- written by make bench -->", "<!-- end -->"
BEGIN_SOAK = {name: f"<!-- written by make bench ARGS=--soak-only, of {name} -->" for name in (WEB, WORKER)}
HEADINGS = ("what", "concerns", "p50 ms", "p95", "p99", "a second", "statements", "× bare", "× commit",
            "× SELECT 1")  # fmt: skip


@dataclass
class Results:
    """Everything that one run measured."""

    command: str
    figures: list[Figure] = field(default_factory=list)
    searches: dict[int, dict[str, list[float]]] = field(default_factory=dict)
    work: dict[int, dict[str, dict[str, float]]] = field(default_factory=dict)
    lists: dict[int, dict[str, float]] = field(default_factory=dict)
    seeded: dict[int, float] = field(default_factory=dict)
    people: dict[int, int] = field(default_factory=dict)
    memory: dict[str, Memory] = field(default_factory=dict)

    @property
    def more(self) -> dict[str, float]:
        """Return what bars are of besides pages."""
        found = {
            f"long list at {size:,} concerns": one["long"] / one["page"] for size, one in self.lists.items()
        }
        for size, kinds in self.searches.items():
            if self.people.get(size, 0) >= bars.PEOPLE:
                found |= {
                    f"search p95 of {kind}": 1000 * percentile(took, 0.95) for kind, took in kinds.items()
                }
        found |= {f"memory of {name}": one.grown for name, one in self.memory.items()}
        return found

    @property
    def missed(self) -> list[str]:
        return bars.missed(self.figures, self.more)

    def as_json(self) -> dict[str, Any]:
        return {
            "command": self.command,
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "figures": [one.as_json() for one in self.figures],
            "searches_p95_ms": {
                size: {kind: round(1000 * percentile(took, 0.95), 1) for kind, took in kinds.items()}
                for size, kinds in self.searches.items()
            },
            "people": self.people,
            "lists": self.lists,
            "work": self.work,
            "seconds_to_fill": self.seeded,
            "memory_mb": {name: one.as_json() for name, one in self.memory.items()},
            "missed": self.missed,
        }


def machine() -> str:
    """Say what it was measured on."""
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as a table in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, ["---"] * len(headings), *rows))


def of_pages(figures: Sequence[Figure]) -> str:
    """Return the table of pages and writes."""
    if not figures:
        return ""
    rows = [
        [
            one.name, f"{one.size:,}", f"{one.p50:.1f}", f"{one.p95:.1f}", f"{one.p99:.1f}",
            f"{one.a_second:.1f}", str(one.statements), f"{one.of_bare:.2f}", f"{one.of_commit:.1f}",
            f"{one.of_select:.1f}",
        ]
        for one in sorted(figures, key=lambda one: (one.kind, one.name, one.size))
    ]  # fmt: skip
    return table(HEADINGS, rows)


def of_searches(results: Results) -> str:
    """Return the table of kinds of search, p50 and p95 at each size."""
    sizes = sorted(results.searches)
    if not sizes:
        return ""
    heads = ["what is typed", *(f"{results.people[size]:,} people: p50 / p95 ms" for size in sizes)]
    kinds = list(results.searches[sizes[0]])
    rows = []
    for kind in kinds:
        took = [results.searches[size][kind] for size in sizes]
        rows.append(
            [kind, *(f"{1000 * percentile(t, 0.5):.0f} / {1000 * percentile(t, 0.95):.0f}" for t in took)]
        )
    return table(heads, rows)


def of_work(results: Results) -> str:
    """Return the table of what is done beside the pages."""
    rows = [
        [what, f"{size:,}", ", ".join(f"{name} {value:,.0f}" for name, value in values.items())]
        for size, each in sorted(results.work.items())
        for what, values in each.items()
    ]
    rows += [["list of work", f"{size:,}", _each(one)] for size, one in sorted(results.lists.items())]
    rows += [["filled", f"{size:,}", f"{seconds:,.0f} s"] for size, seconds in sorted(results.seeded.items())]
    return table(("what", "concerns", "figures"), rows) if rows else ""


def of_memory(results: Results) -> str:
    """Return the table of how much memory there was along the way."""
    return memory_table(results.memory) if results.memory else ""


def memory_table(memory: Mapping[str, Memory]) -> str:
    """Return how much memory each of these had when it was warm and along the way."""
    rows = [
        [
            name, f"{one.times:,} {one.what}", f"{one.along[0]:.1f}",
            " ".join(f"{each:.1f}" for each in one.along[1:]), f"{one.grown:+.1%}",
        ]
        for name, one in memory.items()
    ]  # fmt: skip
    return table(("memory of", "after", "MB when warm", "MB after each tenth", "at most"), rows)


def _each(one: Mapping[str, float]) -> str:
    """Return how long each list of work took, and how much longer the longest took than the others."""
    times = [f"{one[f'{name} rows']:,.0f} rows {one[name]:.1f} ms" for name in LISTS]
    page, short = one["long"] / one["page"], one["long"] / one["short"]
    return f"{', '.join(times)}: the longest {page:.2f} and {short:.2f} times"


def text(results: Results) -> str:
    """Return everything that is printed."""
    missed = results.missed
    said = "\n".join(f"- {one}" for one in missed) if missed else "Every bar is held."
    parts = [of_pages(results.figures), of_searches(results), of_work(results), of_memory(results), said]
    return "\n\n".join(part for part in parts if part)


def write(results: Results) -> None:
    """Write docs/scale.md between its marks, the JSON and the charts. Raises ValueError without marks."""
    make_folder(FOLDER)
    (FOLDER / "figures.json").write_text(json.dumps(results.as_json(), indent=1) + "\n")
    drawn = _charts(results)
    for name, svg in drawn.items():
        (FOLDER / f"{name}.svg").write_text(svg)
    shown = "\n".join(f"![{alt}](scale/{name}.svg)\n" for name, alt in ALTS.items() if name in drawn)
    where = f"{_where(results)} In JSON: [figures.json](scale/figures.json)."
    _between(BEGIN, f"{where}\n\n{shown}\n{text(results)}")


def write_soak(results: Results) -> None:
    """Write what a soak by itself measured where docs/scale.md has it. Raises ValueError without marks."""
    for name, one in results.memory.items():
        _between(BEGIN_SOAK[name], f"{_where(results)}\n\n{memory_table({name: one})}")


def _where(results: Results) -> str:
    return f"`{results.command}` on {machine()}, {datetime.now(UTC):%-d %B %Y}."


def _between(begin: str, said: str) -> None:
    before, found, rest = PAGE.read_text().partition(begin)
    _, found_too, after = rest.partition(END)
    if not (found and found_too):
        raise ValueError(f"{PAGE.name} has no marks")
    PAGE.write_text(f"{before}{begin}\n{said}\n{END}{after}")


ALTS = {
    "times": "How many times longer each page and write takes than a bare one, at the largest size",
    "growth": "How many times longer than a bare page each page takes, by the number of concerns",
}


def _charts(results: Results) -> dict[str, str]:
    if not results.figures:
        return {}
    largest = max(one.size for one in results.figures)
    at = {one.name: one for one in results.figures if one.size == largest and one.kind != "search"}
    most: Mapping[str, float] = {
        name: bars.WRITING if one.kind == "write" else bars.READING for name, one in at.items()
    }
    drawn = {
        "times": charts.bars(
            f"Times as long as a bare Django page or form, at {largest:,} concerns",
            {name: one.of_bare for name, one in at.items()}, most=most, unit="Times as long",
        )
    }  # fmt: skip
    series: dict[str, dict[int, float]] = {}
    for one in results.figures:
        if one.kind != "write":
            series.setdefault(one.name, {})[one.size] = one.of_bare
    drawn["growth"] = charts.lines(
        "Times as long as a bare page, by the number of concerns", series, unit="Times as long"
    )
    return drawn
