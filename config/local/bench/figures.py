"""The arithmetic: percentiles, ratios, growth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

PARTS = 10  # how often memory is read
WEB, WORKER = "the web server", "the worker"  # whose memory
LISTS = ("long", "page", "short")  # of work: the longest, one that fills a page, and one of ten


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that a `share` of them do not exceed (nearest rank). Raises ValueError for none."""
    if not values:
        raise ValueError("No values")
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * round(share * 1000) // 1000))
    return ordered[min(rank, len(ordered)) - 1]


@dataclass(frozen=True)
class Figure:
    """What was measured of one page or write at one size. Times are in milliseconds."""

    name: str
    kind: str
    size: int
    times: int
    p50: float
    p95: float
    p99: float
    a_second: float
    statements: int
    bare_p50: float
    commit_p50: float
    select_p50: float

    @property
    def of_bare(self) -> float:
        """How many times longer than the bare page or form, alternated request by request."""
        return self.p50 / self.bare_p50

    @property
    def of_commit(self) -> float:
        return self.p50 / self.commit_p50

    @property
    def of_select(self) -> float:
        return self.p50 / self.select_p50

    def as_json(self) -> dict[str, Any]:
        ratios = {name: round(getattr(self, name), 2) for name in ("of_bare", "of_commit", "of_select")}
        return {**{k: round(v, 3) if isinstance(v, float) else v for k, v in asdict(self).items()}, **ratios}


@dataclass(frozen=True)
class Memory:
    """How much memory something had when it was warm, after each part of its work, and at the end."""

    times: int
    what: str
    along: list[float]

    @property
    def grown(self) -> float:
        """How much more than when it was warm it ever had, as a share of that."""
        return max(self.along[1:]) / self.along[0] - 1

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "along": [round(one, 1) for one in self.along], "grown": round(self.grown, 4)}


def figure(
    name: str,
    kind: str,
    *,
    size: int,
    seconds: dict[str, list[float]],
    a_second: float,
    statements: int,
) -> Figure:
    """Make a figure of the seconds that each of the alternated requests took: ours, bare, commit, select."""
    ours = seconds["ours"]
    middle = {other: 1000 * percentile(seconds[other], 0.5) for other in ("bare", "commit", "select")}
    return Figure(
        name=name,
        kind=kind,
        size=size,
        times=len(ours),
        p50=1000 * percentile(ours, 0.5),
        p95=1000 * percentile(ours, 0.95),
        p99=1000 * percentile(ours, 0.99),
        a_second=a_second,
        statements=statements,
        bare_p50=middle["bare"],
        commit_p50=middle["commit"],
        select_p50=middle["select"],
    )


def growth(figures: Sequence[Figure], name: str, *, smaller: int, larger: int) -> float | None:
    """Return by how many times a page's time grows between two sizes, measured in bare pages of each run.

    The same machine is faster in one minute than in the next; a bare page is so in the same way. None where
    one of the sizes was not measured.
    """
    found = {one.size: one.of_bare for one in figures if one.name == name}
    if smaller not in found or larger not in found:
        return None
    return found[larger] / found[smaller]
