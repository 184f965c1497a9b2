"""Nobody can work out a count below five from what the learning page shows, also with all of it at once."""

from __future__ import annotations

from datetime import date
from itertools import product

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sharing.learning import protect
from sharing.learning.protect import FEW, Sum
from sharing.learning.queries import Group, Measured
from sharing.models.learning import Figure
from sharing.operations import learning

MONTHS = [date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)]
AGENCIES = [1, 2, 3]
Sizes = dict[tuple[date, int, int], int]

sizes = st.dictionaries(
    st.tuples(st.sampled_from(MONTHS), st.sampled_from(AGENCIES), st.sampled_from(AGENCIES)),
    st.integers(1, 14),
    min_size=1,
)


def measured(sizes: Sizes) -> dict[Group, Measured]:
    """Add up exchanges of (month, sender, recipient) into every group that there is."""
    found: dict[Group, int] = {}
    for (month, sender, recipient), size in sizes.items():
        windows = [(1, month)] + [(n, MONTHS[-n]) for n in (2, 3) if month >= MONTHS[-n]]
        for (months, first), one, other in product(windows, (sender, None), (recipient, None)):
            group = Group(1, months, first, one, other)
            found[group] = found.get(group, 0) + size
    return {group: Measured(n, 0, 0, None, 0, None, 0, None, 0, None) for group, n in found.items()}


def decide(sizes: Sizes) -> tuple[dict[Group, int], dict[Group, Figure], list[Sum]]:
    groups = measured(sizes)
    counts = {group: values.sent for group, values in groups.items()}
    sums = learning.sums_of(groups)
    on_no_page = {group for group in groups if learning.is_on_no_page(group)}
    return counts, protect.shown_as(counts, sums, never_shown=on_no_page), sums


@given(sizes)
@settings(max_examples=300, deadline=None)
def test_no_small_count_is_shown(sizes: Sizes) -> None:
    counts, figures, _ = decide(sizes)
    assert all(counts[group] >= FEW for group, figure in figures.items() if figure == Figure.SHOWN)


@given(sizes)
@settings(max_examples=300, deadline=None)
def test_no_small_count_is_the_only_one_that_fits_the_sums(sizes: Sizes) -> None:
    counts, figures, sums = decide(sizes)
    withheld = {group for group, figure in figures.items() if figure == Figure.WITHHELD}
    could_be = protect.possible(counts, sums, withheld)
    for group, count in counts.items():
        least, most = could_be[group]
        assert least <= count <= most
        assert count >= FEW or least < most


# Two months, two senders and one recipient: small enough to try every set of exchanges that there could be.
SMALL = [(month, sender, 3) for month in MONTHS[:2] for sender in (1, 2)]


@given(st.lists(st.integers(0, 9), min_size=4, max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_some_other_set_of_exchanges_would_look_the_same(chosen: list[int]) -> None:
    """Not by the rules of the code, but by trying everything: another set has the same page."""
    assume(any(chosen))
    counts, figures, _ = decide(as_sizes(chosen))
    small = [g for g, n in counts.items() if n < FEW and figures[g] != Figure.SHOWN]
    undecided = set(small)
    for other in product(range(15), repeat=4):
        if not undecided:
            return
        if fits(other, counts, figures):
            their = {group: values.sent for group, values in measured(as_sizes(other)).items()}
            undecided = {group for group in undecided if their.get(group, 0) == counts[group]}
    assert not undecided


def as_sizes(chosen: list[int] | tuple[int, ...]) -> Sizes:
    return {place: size for place, size in zip(SMALL, chosen, strict=True) if size}


def fits(other: tuple[int, ...], counts: dict[Group, int], figures: dict[Group, Figure]) -> bool:
    """Say whether another set of exchanges agrees with every figure on the page."""
    their = {group: values.sent for group, values in measured(as_sizes(other)).items()}
    for group, figure in figures.items():
        count = their.get(group, 0)
        if figure == Figure.SHOWN and (count < FEW or protect.about(count) != protect.about(counts[group])):
            return False
        if figure == Figure.FEW and count >= FEW:
            return False
    return True


def test_two_small_parts_of_a_total_that_leaves_one_answer_take_the_total_with_them() -> None:
    """4 and 4 make 8, which is shown as about 10, and only 4 and 4 make as much as that."""
    counts = {"ours": 4, "theirs": 4, "all": 8}
    sums = [Sum("all", ("ours", "theirs"))]
    assert protect.possible(counts, sums, ())["ours"] == (4, 4)
    assert protect.shown_as(counts, sums) == {
        "ours": Figure.FEW, "theirs": Figure.FEW, "all": Figure.WITHHELD
    }  # fmt: skip


def test_a_single_small_part_is_hidden_by_rounding() -> None:
    counts = {"ours": 23, "theirs": 2, "all": 25}
    sums = [Sum("all", ("ours", "theirs"))]
    assert protect.shown_as(counts, sums)["all"] == Figure.SHOWN
    assert protect.possible(counts, sums, ())["theirs"] == (0, 4)


def test_counts_and_shares_are_rounded_to_five() -> None:
    assert [protect.about(n) for n in (5, 7, 8, 12, 13)] == [5, 5, 10, 10, 15]
    assert [protect.share(n, 40) for n in (0, 1, 3, 20, 39, 40)] == [5, 5, 10, 50, 95, 95]
