"""Where the marks of a chart stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.learning import charts
from sharing.learning.charts import BOTTOM, LEFT, PLOT, RIGHT, TOP, WIDTH
from sharing.learning.tables import Cell

MONTHS = ["December 2026", "January 2027", "February 2027", "March 2027"]
cells = st.lists(st.none() | st.floats(0, 5000), min_size=4, max_size=4)


def of(*values: float | None) -> list[Cell]:
    return [Cell("fewer than 5") if value is None else Cell(f"{value}", value) for value in values]


@pytest.mark.parametrize(
    ("largest", "top"), [(0, 1), (0.3, 0.3), (1, 1), (9.9, 10), (26, 30), (72, 80), (130, 150), (1001, 1500)]
)
def test_a_scale_ends_at_a_round_number(largest: float, top: float) -> None:
    assert charts.scale(largest)[-1] == top


@given(st.floats(0, 100_000))
def test_a_scale_reaches_the_largest_in_a_few_steps(largest: float) -> None:
    steps = charts.scale(largest)
    assert steps[0] == 0
    assert steps[-1] >= round(largest, 2)
    assert 2 <= len(steps) <= 7


def test_a_line_is_broken_where_nothing_is_shown() -> None:
    chart = charts.lines("t", "T", labels=MONTHS, unit="hours", columns=[("Received", of(1, 2, None, 4))])
    series = chart.series[0]
    assert [path.count("M") + path.count("L") for path in series.paths] == [2, 1]
    assert len(series.marks) == 3
    assert len(chart.gaps) == 1


@given(cells, cells)
def test_every_mark_is_inside_the_plot(one: list[float | None], other: list[float | None]) -> None:
    columns = [("Received", of(*one)), ("Understood", of(*other))]
    chart = charts.lines("t", "T", labels=MONTHS, unit="hours", columns=columns)
    for series in chart.series:
        for mark in series.marks:
            assert LEFT <= mark.x <= WIDTH - RIGHT
            assert TOP - 0.1 <= mark.y <= TOP + PLOT + 0.1
    assert chart.height == TOP + PLOT + BOTTOM


def test_a_year_is_written_under_the_first_month_and_each_january() -> None:
    chart = charts.bars("b", "B", labels=MONTHS, unit="percent", cells=of(50, None, 75, 100))
    assert [(tick.text, tick.under) for tick in chart.columns] == [
        ("Dec", "2026"), ("Jan", "2027"), ("Feb", ""), ("Mar", "")
    ]  # fmt: skip
    assert [bar.text for bar in chart.bars] == ["50", "75", "100"]
    assert [bar.height for bar in chart.bars] == [PLOT / 2, PLOT * 0.75, PLOT]


def test_it_says_in_words_from_what_to_what() -> None:
    chart = charts.bars("b", "By month", labels=MONTHS, unit="percent", cells=of(50, None, 75, 40))
    assert chart.description == (
        "By month: from 40 (March 2027) to 75 (February 2027) percent. The table has every figure."
    )
    empty = charts.bars("b", "By month", labels=MONTHS, unit="percent", cells=of(None, None, None, None))
    assert empty.description.startswith("By month: nothing can be shown.")


def test_a_heat_map_is_darker_for_more_and_hatched_for_nothing() -> None:
    found = {(0, 1): Cell("2", 2), (1, 0): Cell("10", 10)}
    chart = charts.heat_map("h", "H", labels=["Here", "There"], unit="hours", cells=found)
    assert [bar.shade for bar in chart.bars] == [0, 4]
    assert len(chart.gaps) == 2
    assert [tick.text for tick in chart.rows] == ["1. Here", "2. There"]


def test_a_level_bar_without_a_figure_says_so() -> None:
    chart = charts.level_bars("k", "K", labels=["Fact", "Voice"], unit="percent", cells=of(20, None))
    assert [bar.text for bar in chart.bars] == ["20"]
    assert [gap.text for gap in chart.gaps] == ["fewer than 5"]
