"""A picture of how calls grow with the store: SVG, both axes logarithmic, in a page of its own."""

from __future__ import annotations

from html import escape
from math import log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contract_tests.benchmarks.timing import Measured

WIDTH, HEIGHT, LEFT, TOP = 560, 300, 60, 40
COLOURS = ("#1b6ca8", "#c2410c", "#15803d", "#7e22ce", "#b91c1c", "#0f766e", "#92400e", "#475569")


def picture(title: str, measured: Sequence[Measured]) -> str:
    """Give an HTML page with a picture for each kind of record whose growth was measured."""
    curves: dict[str, dict[str, tuple[tuple[int, float], ...]]] = {}
    for each in measured:
        if each.points:
            kind, _, call = each.name.partition(": ")
            curves.setdefault(kind, {})[call.partition(", at ")[0]] = each.points
    body = "\n".join(_svg(f"{title}: {kind}", series) for kind, series in curves.items())
    return f"<!doctype html>\n<meta charset=utf-8>\n<title>{escape(title)}</title>\n{body}\n"


def _svg(title: str, series: dict[str, tuple[tuple[int, float], ...]]) -> str:
    points = [point for each in series.values() for point in each]
    sizes, most = sorted({size for size, _ in points}), max(value for _, value in points)
    decades = range(len(str(int(most))) + 1)  # of microseconds, from 1

    def place(size: float, microseconds: float) -> tuple[float, float]:
        across = log10(size / sizes[0]) / log10(sizes[-1] / sizes[0])
        up = log10(max(microseconds, 1)) / decades[-1]
        return LEFT + across * WIDTH, TOP + HEIGHT * (1 - up)

    parts = [_text(LEFT, 20, title, size=15)]
    for size in sizes:
        x, bottom = place(size, 1)
        parts += [_line((x, TOP), (x, bottom)), _text(x, bottom + 18, f"{size:,}", anchor="middle")]
    for decade in decades:
        (left, y), (right, _) = place(sizes[0], 10**decade), place(sizes[-1], 1)
        parts += [_line((left, y), (right, y)), _text(left - 6, y + 4, f"{10**decade:,} µs", anchor="end")]
    for number, (name, found) in enumerate(series.items()):
        parts += _curve(name, number, [place(*point) for point in found])
    width, height = LEFT + WIDTH + 170, TOP + HEIGHT + 30
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="12">\n<rect width="100%" height="100%" fill="#fff"/>\n{"".join(parts)}</svg>'
    )


def _curve(name: str, number: int, places: list[tuple[float, float]]) -> Iterator[str]:
    colour, y = COLOURS[number % len(COLOURS)], TOP + 12 + 18 * number
    path = " ".join(f"{across:.1f},{up:.1f}" for across, up in places)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>\n'
    yield _text(LEFT + WIDTH + 14, y, name, colour=colour)


def _line(start: tuple[float, float], end: tuple[float, float]) -> str:
    (x1, y1), (x2, y2) = start, end
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>\n'


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12, colour: str = "#111") -> str:
    look = f'text-anchor="{anchor}" font-size="{size}" fill="{colour}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(text)}</text>\n'
