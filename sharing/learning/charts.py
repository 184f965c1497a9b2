"""Charts as shapes: where each mark stands, for a template to write as SVG. No style and no script in them.

Lengths are in the units of the viewBox, whose origin is at the top left. Colours, dashes and hatching are
classes in the style sheet. A figure that is not shown leaves a hatched gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sharing.learning.tables import Cell

WIDTH = 640
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 44, 54
PLOT = 220
MARKS = ("circle", "square", "triangle")
SHADES = 5


class Tick(NamedTuple):
    """A line of the grid, or a place on an axis, with what is written there."""

    at: float
    text: str
    under: str = ""


class Mark(NamedTuple):
    """A point of a line, in the shape of its series."""

    x: float
    y: float
    shape: str


class Box(NamedTuple):
    """A bar, a hatched gap or a square of a heat map. `shade` is 0 (light) to 4 (dark)."""

    x: float
    y: float
    width: float
    height: float
    text: str = ""
    text_x: float = 0
    text_y: float = 0
    shade: int = 0


@dataclass(frozen=True)
class Series:
    """A line through what is shown, broken where something is not."""

    name: str
    shape: str
    legend_x: float
    paths: list[str]
    marks: list[Mark]


@dataclass(frozen=True)
class Chart:
    """A picture with a title, and with a description for whoever does not see it."""

    name: str
    kind: str
    title: str
    description: str
    height: float
    width: float = WIDTH
    left: float = LEFT
    right: float = WIDTH - RIGHT
    top: float = TOP
    bottom: float = TOP + PLOT
    unit: str = ""
    rows: list[Tick] = field(default_factory=list)
    columns: list[Tick] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    bars: list[Box] = field(default_factory=list)
    gaps: list[Box] = field(default_factory=list)


def scale(largest: float) -> list[float]:
    """Return round numbers from nought to at least the largest, three to six of them."""
    if largest <= 0:
        return [0, 1]
    size = 10.0 ** (len(str(int(largest))) - 1) if largest >= 1 else 0.1
    step = next(size * by for by in (0.2, 0.5, 1, 2) if largest <= size * by * 5)
    count = next(n for n in range(1, 7) if step * n >= largest)
    return [round(step * n, 2) for n in range(count + 1)]


def lines(
    name: str, title: str, *, labels: Sequence[str], unit: str, columns: Sequence[tuple[str, Sequence[Cell]]]
) -> Chart:
    """Draw up to three lines over the same places, told apart by their dashes and marks too."""
    values = [cell.value for _, cells in columns for cell in cells if cell.value is not None]
    grid = scale(max(values, default=0))
    places = _places(len(labels))
    series = [
        _series(series, shape, number, places, cells, grid[-1])
        for number, ((series, cells), shape) in enumerate(zip(columns, MARKS, strict=False))
    ]
    empty = [all(cells[i].value is None for _, cells in columns) for i in range(len(labels))]
    return Chart(
        name,
        "lines",
        title,
        _sentence(labels, columns, unit),
        height=TOP + PLOT + BOTTOM,
        unit=unit,
        rows=[Tick(_y(value, grid[-1]), f"{value:g}") for value in grid],
        columns=_month_ticks(places, labels),
        series=series,
        gaps=_gaps(places, empty),
    )


def bars(name: str, title: str, *, labels: Sequence[str], unit: str, cells: Sequence[Cell]) -> Chart:
    """Draw an upright bar for each place, of percentages, with the figure on it."""
    places = _places(len(labels))
    width = _step(len(labels)) * 0.7
    drawn = []
    for x, cell in zip(places, cells, strict=True):
        if cell.value is not None:
            y = _y(cell.value, 100)
            drawn.append(
                Box(_r(x - width / 2), y, _r(width), _r(TOP + PLOT - y), f"{cell.value:g}", x, y - 6)
            )
    return Chart(
        name,
        "bars",
        title,
        _sentence(labels, [(title, cells)], unit),
        height=TOP + PLOT + BOTTOM,
        unit=unit,
        rows=[Tick(_y(value, 100), f"{value}") for value in (0, 25, 50, 75, 100)],
        columns=_month_ticks(places, labels),
        bars=drawn,
        gaps=_gaps(places, [cell.value is None for cell in cells]),
    )


def level_bars(name: str, title: str, *, labels: Sequence[str], unit: str, cells: Sequence[Cell]) -> Chart:
    """Draw a level bar for each label, of percentages, with the figure at its end."""
    left, thick, apart, top = 190, 26, 42, 16
    most = 50 if all((cell.value or 0) <= 50 for cell in cells) else 100
    room = WIDTH - RIGHT - left - 110
    rows, drawn, gaps = [], [], []
    for number, (label, cell) in enumerate(zip(labels, cells, strict=True)):
        y = top + number * apart
        rows.append(Tick(y + thick * 0.7, label))
        if cell.value is None:
            gaps.append(Box(left, y, 60, thick, cell.text, left + 70, y + thick * 0.7))
        else:
            length = _r(room * cell.value / most)
            drawn.append(Box(left, y, length, thick, cell.text, left + length + 8, y + thick * 0.7))
    bottom = top + len(labels) * apart
    return Chart(
        name,
        "level",
        title,
        _sentence(labels, [(title, cells)], unit),
        height=bottom + 8,
        left=left,
        top=top - 8,
        bottom=bottom - 8,
        unit=unit,
        rows=rows,
        bars=drawn,
        gaps=gaps,
    )


def heat_map(
    name: str, title: str, *, labels: Sequence[str], unit: str, cells: dict[tuple[int, int], Cell]
) -> Chart:
    """Draw a square for each pair of labels, senders down and recipients across, darker for more.

    `cells` holds what there is, by the places of its row and its column. Columns go by the number that
    stands before each name, so that long names need no room.
    """
    left, size, top = 270, max(34, min(60, (WIDTH - 290) // max(1, len(labels)))), 40
    largest = max((cell.value for cell in cells.values() if cell.value is not None), default=1) or 1
    drawn, gaps = [], []
    for row in range(len(labels)):
        for column in range(len(labels)):
            cell = cells.get((row, column), Cell(""))
            x, y = left + column * size, top + row * size
            middle = (x + size / 2, y + size / 2 + 5)
            if cell.value is None:
                gaps.append(Box(x + 1, y + 1, size - 2, size - 2, "", *middle))
            else:
                shade = min(SHADES - 1, int(SHADES * cell.value / (largest * 1.0001)))
                drawn.append(Box(x + 1, y + 1, size - 2, size - 2, f"{cell.value:.0f}", *middle, shade))
    middles = [size / 2 + 5 + size * n for n in range(len(labels))]
    return Chart(
        name,
        "heat",
        title,
        f"{title}. Each row is a sender and each column a recipient. The table has every figure.",
        width=max(WIDTH, left + size * len(labels) + RIGHT),
        height=top + size * len(labels) + 8,
        left=left,
        top=top,
        unit=unit,
        rows=[
            Tick(top + y, f"{n}. {label}")
            for n, (y, label) in enumerate(zip(middles, labels, strict=True), 1)
        ],
        columns=[Tick(left + size / 2 + size * n, f"{n + 1}") for n in range(len(labels))],
        bars=drawn,
        gaps=gaps,
    )


def _series(
    name: str, shape: str, number: int, places: Sequence[float], cells: Sequence[Cell], top: float
) -> Series:
    paths, marks, is_drawing = [], [], False
    path: list[str] = []
    for x, cell in zip(places, cells, strict=True):
        if cell.value is None:
            is_drawing = False
            continue
        y = _y(cell.value, top)
        if not is_drawing:
            path = []
            paths.append(path)
        path.append(f"{'L' if is_drawing else 'M'}{x} {y}")
        marks.append(Mark(x, y, shape))
        is_drawing = True
    return Series(name, shape, LEFT + 10 + number * 190, [" ".join(one) for one in paths], marks)


def _sentence(labels: Sequence[str], columns: Sequence[tuple[str, Sequence[Cell]]], unit: str) -> str:
    """Say in words where each line begins and ends. The table has the rest."""
    said = []
    for name, cells in columns:
        shown = [(label, cell) for label, cell in zip(labels, cells, strict=True) if cell.value is not None]
        if not shown:
            said.append(f"{name}: nothing can be shown.")
        else:
            least = min(shown, key=lambda one: one[1].value or 0)
            most = max(shown, key=lambda one: one[1].value or 0)
            said.append(
                f"{name}: from {least[1].value:g} ({least[0]}) to {most[1].value:g} ({most[0]}) {unit}."
            )
    return f"{' '.join(said)} The table has every figure."


def _step(count: int) -> float:
    return (WIDTH - LEFT - RIGHT) / max(1, count)


def _places(count: int) -> list[float]:
    return [_r(LEFT + _step(count) * (n + 0.5)) for n in range(count)]


def _gaps(places: Sequence[float], empty: Sequence[bool]) -> list[Box]:
    width = _step(len(places))
    return [
        Box(_r(x - width / 2 + 2), TOP, _r(width - 4), PLOT)
        for x, is_empty in zip(places, empty, strict=True)
        if is_empty
    ]


def _month_ticks(places: Sequence[float], labels: Sequence[str]) -> list[Tick]:
    """Write “Nov” of “November 2026”, and the year under the first month and under each January."""
    return [
        Tick(x, label[:3], label[-4:] if n == 0 or label.startswith("January") else "")
        for n, (x, label) in enumerate(zip(places, labels, strict=True))
    ]


def _y(value: float, top: float) -> float:
    return _r(TOP + PLOT * (1 - value / top))


def _r(length: float) -> float:
    return round(length, 1)
