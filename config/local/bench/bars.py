"""What must hold. Each bar gives a sentence for what misses it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from config.local.bench.figures import Figure, growth

READING, WRITING = 3.0, 2.5
STATEMENTS = 12
GROWTH, SMALLER, LARGER = 1.2, 20_000, 200_000
SEARCH_MS, PEOPLE = 100.0, 200_000
# Two lists of the same page, alternated: what differs by less than this is noise.
AS_FAST = 1.1
MEMORY = 0.05


def missed(figures: Sequence[Figure], more: Mapping[str, float]) -> list[str]:
    """Return a sentence for each bar that is missed. `more` holds what is no page of its own."""
    return [*_pages(figures), *_growth(figures), *_more(more)]


def _pages(figures: Sequence[Figure]) -> Iterator[str]:
    for one in figures:
        where = f"{one.name} at {one.size:,} concerns"
        if one.kind != "write" and one.statements > STATEMENTS:
            yield f"{where} takes {one.statements} statements, and {STATEMENTS} are the most."
        most = {"page": READING, "write": WRITING}.get(one.kind)
        if most and one.of_bare > most:
            yield f"{where} takes {one.of_bare:.2f} times as long as the bare one, and {most} are the most."


def _growth(figures: Sequence[Figure]) -> Iterator[str]:
    for name in dict.fromkeys(one.name for one in figures if one.kind != "write"):
        times = growth(figures, name, smaller=SMALLER, larger=LARGER)
        if times is not None and times > GROWTH:
            yield f"{name} grows {times:.2f} times from {SMALLER:,} to {LARGER:,} concerns."


def _more(more: Mapping[str, float]) -> Iterator[str]:
    for name, value in more.items():
        if name.startswith("long list") and value > AS_FAST:
            yield f"The {name} takes {value:.2f} times as long as one that fills a page."
        elif name.startswith("search p95") and value > SEARCH_MS:
            yield f"The {name} is {value:.0f} ms, and {SEARCH_MS:.0f} are the most."
        elif name.startswith("memory") and value > MEMORY:
            yield f"The {name} grew by {value:.1%}."
