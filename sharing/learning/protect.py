"""Keeps small numbers from being shown, or worked out from what is shown.

The rules, which the page says too:

* A figure that rests on fewer than five exchanges is not shown: the cell says "fewer than 5".
* A count is rounded to the nearest five, because a sum and its other parts would otherwise give a small
  one away. Percentages are rounded to the nearest five as well and kept between 5 and 95, so that nobody
  reads "all" or "none" of one small agency's exchanges.
* Rounding alone is not quite enough: six exchanges in all but one agency, and ten in the partnership, can
  still leave only one answer. So we do what a curious reader could: for every sum on the page (months make
  periods, agencies make the partnership) work out the least and the most that each cell can be, again and
  again, until nothing more follows. Where a count below five could only be one number, the smallest count
  beside it is withheld ("not shown"), and we look again.

A withheld cell may be of any size, so that being withheld says nothing. Times and rates of a withheld cell
are withheld with it, because they would say that it is not small.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from math import inf
from typing import Any, NamedTuple

from sharing.models.learning import Figure, LearningKind

IN_WORDS = (
    "Counts are rounded to the nearest 5, and percentages too. A figure that rests on fewer than 5 exchanges "
    "is not given. “Not shown” stands where a figure could be used to work out one that is too small."
)
FEW = 5
STEP = 5
LEAST_SHARE, MOST_SHARE = 5, 95

Range = tuple[float, float]


class Sum(NamedTuple):
    """A cell that is the sum of others."""

    total: Hashable
    parts: tuple[Hashable, ...]


def about(count: int) -> int:
    """Round a count to the nearest five."""
    return (count + STEP // 2) // STEP * STEP


def share(part: int, whole: int) -> int:
    """Return a percentage to the nearest five, between 5 and 95. `whole` is at least five."""
    percent = STEP * round(100 * part / whole / STEP)
    return min(MOST_SHARE, max(LEAST_SHARE, percent))


def checked(items: int) -> LearningKind.Checked:
    """Say roughly how many items a share rests on."""
    if items < 20:
        return LearningKind.Checked.FEW
    return LearningKind.Checked.SOME if items < 100 else LearningKind.Checked.MANY


def shown_as(
    counts: Mapping[Any, int], sums: Sequence[Sum], *, never_shown: Collection[Hashable] = ()
) -> dict[Any, Figure]:
    """Decide for every count whether it is shown, too small, or withheld for another's sake.

    `counts` holds every cell that is not zero, by a key; `sums` says which are sums of which.
    `never_shown` are cells that are on no page, and are protected like the others.
    """
    withheld: set[Hashable] = set(never_shown)
    beside = _beside(sums)
    while pinned := _pinned(counts, sums, withheld):
        new: set[Hashable] = set()
        for cell in pinned:
            if not beside[cell] & new:  # else what was just withheld may be enough
                new.add(_next_to_withhold(cell, counts, beside[cell], withheld))
        withheld |= new
    return {key: _figure(key, count, withheld) for key, count in counts.items()}


def possible(
    counts: Mapping[Any, int], sums: Sequence[Sum], withheld: Collection[Hashable]
) -> dict[Hashable, Range]:
    """Work out the least and the most that each cell can be, for a reader who knows these rules."""
    known: dict[Hashable, Range] = {key: _said(key, count, withheld) for key, count in counts.items()}
    # Every turn makes a range of whole numbers smaller, so this ends; long chains of one are not waited for.
    for _ in range(50):
        if not sum(_narrow(known, one) for one in sums):
            break
    return known


def _figure(key: Hashable, count: int, withheld: Collection[Hashable]) -> Figure:
    if key in withheld:
        return Figure.WITHHELD
    return Figure.SHOWN if count >= FEW else Figure.FEW


def _said(key: Hashable, count: int, withheld: Collection[Hashable]) -> Range:
    """What the cell itself tells."""
    if key in withheld:
        return 0, inf
    if count < FEW:
        return 0, FEW - 1
    return max(FEW, about(count) - STEP // 2), about(count) + STEP // 2


def _narrow(known: dict[Hashable, Range], one: Sum) -> bool:
    """Use one sum to narrow its total and its parts. Returns whether anything was learnt."""
    ranges = [known[part] for part in one.parts]
    lows = sum(low for low, _ in ranges)
    highs = sum(high for _, high in ranges if high < inf)
    without_end = sum(high == inf for _, high in ranges)
    total = known[one.total]
    low, high = max(total[0], lows), min(total[1], inf if without_end else highs)
    known[one.total] = low, high
    learnt = known[one.total] != total
    for part, (least, most) in zip(one.parts, ranges, strict=True):
        others = inf if without_end > (most == inf) else highs - (0 if most == inf else most)
        known[part] = max(least, low - others), min(most, high - (lows - least))
        learnt = learnt or known[part] != (least, most)
    return learnt


def _pinned(counts: Mapping[Any, int], sums: Sequence[Sum], withheld: Collection[Hashable]) -> list[Hashable]:
    """Return the small cells that can be only one number."""
    known = possible(counts, sums, withheld)
    return [key for key, count in counts.items() if count < FEW and known[key][0] == known[key][1]]


def _beside(sums: Sequence[Sum]) -> dict[Hashable, set[Hashable]]:
    """Return, for every cell, those that stand in a sum with it."""
    beside: defaultdict[Hashable, set[Hashable]] = defaultdict(set)
    for one in sums:
        for key in (one.total, *one.parts):
            beside[key].update((one.total, *one.parts))
    return beside


def _next_to_withhold(
    cell: Hashable, counts: Mapping[Any, int], beside: Collection[Hashable], withheld: Collection[Hashable]
) -> Hashable:
    """Choose the smallest count that is shown beside a cell, or else any that tells something."""
    telling = [key for key in beside if key not in withheld]
    telling = telling or [key for key in counts if key not in withheld] or [cell]
    return min(telling, key=lambda key: (counts[key] < FEW, counts[key], repr(key)))
