"""Charts as SVG, with nothing but text: a line for each page over the sizes, and bars for how many times.

Each has a title and a description for screen readers, its numbers stand beside it in a table, and no line is
told from another by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import log10

WIDTH, ROW, LEFT, RIGHT = 720, 26, 190, 70
INK, LINE, BAR, LIMIT = "#0b0c0c", "#b1b4b6", "#1d70b8", "#d4351c"
DASHES = ("", "8 4", "2 3", "12 3 2 3", "5 2", "1 2", "10 6", "6 2 2 2", "3 6")


def _svg(height: int, title: str, what: str, body: Sequence[str]) -> str:
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"',
        f' aria-labelledby="title what" font-family="Arial, sans-serif" font-size="13" fill="{INK}">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="what">{escape(what)}</desc>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="26" font-size="16" font-weight="bold">{escape(title)}</text>',
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def bars(title: str, values: Mapping[str, float], *, most: Mapping[str, float], unit: str) -> str:
    """Draw a bar for each value, and a mark where the most that it may be is."""
    top = max([*values.values(), *most.values(), 1e-9]) * 1.05
    scale = (WIDTH - LEFT - RIGHT) / top
    body = []
    for number, (name, value) in enumerate(values.items()):
        y = 48 + number * ROW
        body.append(f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>')
        body.append(f'<rect x="{LEFT}" y="{y}" width="{value * scale:.1f}" height="18" fill="{BAR}"/>')
        body.append(f'<text x="{LEFT + value * scale + 6:.1f}" y="{y + 14}">{value:.2f}</text>')
        if name in most:
            x = LEFT + most[name] * scale
            body.append(
                f'<path d="M{x:.1f} {y - 3}v24" stroke="{LIMIT}" stroke-width="3" stroke-dasharray="5 2"/>'
            )
    said = "; ".join(f"{name} {value:.2f}" for name, value in values.items())
    where = " A dashed line marks the most that each may be." if most else ""
    return _svg(60 + len(values) * ROW, title, f"{unit}: {said}.{where}", body)


def lines(title: str, series: Mapping[str, Mapping[int, float]], *, unit: str) -> str:
    """Draw a line for each series over sizes, on a logarithmic scale of sizes from zero upwards."""
    sizes = sorted({size for points in series.values() for size in points})
    top = max(value for points in series.values() for value in points.values()) * 1.1
    bottom, high, wide = 330, 270, WIDTH - LEFT - 150
    low, span = log10(sizes[0]), max(log10(sizes[-1]) - log10(sizes[0]), 1e-9)

    def place(size: int, value: float) -> tuple[float, float]:
        return 60 + wide * (log10(size) - low) / span, bottom - high * value / top

    body = [f'<path d="M60 {bottom}H{60 + wide}M60 {bottom}V{bottom - high}" stroke="{LINE}" fill="none"/>']
    for size in sizes:
        x, _ = place(size, 0)
        body.append(f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{size:,}</text>')
    for part in range(5):
        value = top * part / 4
        y = bottom - high * part / 4
        body.append(f'<text x="54" y="{y + 4:.1f}" text-anchor="end">{value:.1f}</text>')
        body.append(f'<path d="M60 {y:.1f}H{60 + wide}" stroke="{LINE}" stroke-width="0.5"/>')
    ends: list[float] = []
    ordered = sorted(series.items(), key=lambda one: -one[1][max(one[1])])
    for number, (name, points) in enumerate(ordered):
        found = [place(size, value) for size, value in sorted(points.items())]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in found)
        dash = DASHES[number % len(DASHES)]
        body.append(
            f'<polyline points="{path}" fill="none" stroke="{INK}" stroke-width="2"'
            f' stroke-dasharray="{dash}"/>'
        )
        body += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{BAR}"/>' for x, y in found]
        y = found[-1][1] if not ends else max(found[-1][1], ends[-1] + 16)
        ends.append(y)
        body.append(f'<text x="{found[-1][0] + 10:.1f}" y="{y + 4:.1f}">{escape(name)}</text>')
    said = "; ".join(
        f"{name}: " + ", ".join(f"{value:.2f} at {size:,}" for size, value in sorted(points.items()))
        for name, points in series.items()
    )
    return _svg(bottom + 50, title, f"{unit}. {said}.", body)
