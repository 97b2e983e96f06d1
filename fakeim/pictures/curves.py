"""Growth curves: how the cost of something grows with the size of what it works on, on two logarithmic scales."""

from __future__ import annotations

from math import ceil, floor, isfinite, log10
from typing import TYPE_CHECKING, NamedTuple

from fakeim.pictures import words
from fakeim.pictures.pages import render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Points = Sequence[tuple[float, float]]

LEFT, RIGHT, TOP, BOTTOM = 78, 740, 48, 400
STYLES = 8
"""How many different lines the stylesheet has; then they begin anew."""
LONGEST_NAME = 30
LONGEST_NUMBER = 1_000_000_000
"""From here on, whole numbers are not written with all their digits."""
NEAREST = 16
"""How close the names at the ends of two lines may stand."""


class Tick(NamedTuple):
    """A power of ten on a scale: where it stands, and how it is written."""

    at: float
    text: str


class Scale(NamedTuple):
    """A logarithmic scale from ``10 ** low`` to ``10 ** high``, drawn from ``start`` to ``end``."""

    low: int
    high: int
    start: float
    end: float

    def at(self, value: float) -> float:
        """Say where ``value`` stands."""
        return round(self.start + (self.end - self.start) * (log10(value) - self.low) / (self.high - self.low), 1)

    def ticks(self, unit: str) -> list[Tick]:
        """Give the powers of ten."""
        return [Tick(self.at(10.0**power), _written(power, unit)) for power in range(self.low, self.high + 1)]


class Curve(NamedTuple):
    """One series: its line, its points with what they say, and its name with the height that it stands at."""

    name: str
    style: int
    points: list[tuple[float, float, str]]
    name_at: float


def growth(title: str, x_name: str, y_name: str, series: Mapping[str, Points], *, alone: bool = True) -> str:
    """Draw how ``series`` grow, on logarithmic scales on which ``N ** k`` is a straight line of slope ``k``.

    Args:
        title: What is shown, in one line.
        x_name: What grows, with its unit: ``"events in the timeline"``.
        y_name: What is measured, with its unit; one that ends with ``(s)`` has its scale written in s, ms, µs or ns.
        series: The points of each line, by its name; all coordinates are greater than 0.
        alone: Whether the drawing is to be a file of its own, with its colours in it; otherwise it has those of the
            page that it becomes part of.

    Returns:
        An SVG element, with the points in words for those who do not see it.

    Raises:
        ValueError: There are no points, or one of them has no place on a logarithmic scale; the message names it.
        ModuleNotFoundError: Jinja2 is not installed; the message says how to get it.
    """
    points = [(name, point) for name, each in series.items() for point in each]
    if not points:
        raise ValueError(f"series={dict(series)!r}: there are no points to draw; give {{name: [(x, y), …]}}")
    for name, point in points:
        if not all(isfinite(value) and value > 0 for value in point):
            raise ValueError(f"series {name!r}: {point!r} has no place on logarithmic scales; give numbers above 0")
    across = _scale([x for _, (x, _) in points], LEFT, RIGHT)
    up = _scale([y for _, (_, y) in points], BOTTOM, TOP)
    unit = "s" if y_name.endswith("(s)") else ""
    return render(
        "curves.svg",
        title=title,
        x_name=x_name,
        y_name=y_name.removesuffix("(s)").strip() if unit else y_name,
        x_ticks=across.ticks(""),
        y_ticks=up.ticks(unit),
        curves=_curves(series, across, up, unit),
        alone=alone,
        box={"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
    )


def _curves(series: Mapping[str, Points], across: Scale, up: Scale, unit: str) -> list[Curve]:
    curves = [
        Curve(
            words.cut(name, LONGEST_NAME),
            number % STYLES,
            [(across.at(x), up.at(y), f"{name}: {_number(y, unit)} at {_number(x, '')}") for x, y in sorted(points)],
            up.at(max(points)[1]),
        )
        for number, (name, points) in enumerate(each for each in series.items() if each[1])
    ]
    taken = TOP - NEAREST * 1.0
    for place in sorted(range(len(curves)), key=lambda each: curves[each].name_at):  # names make room for each other
        taken = max(curves[place].name_at, taken + NEAREST)
        curves[place] = curves[place]._replace(name_at=taken)
    return curves


def _scale(values: list[float], start: float, end: float) -> Scale:
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return Scale(low, max(high, low + 1), start, end)


def _written(power: int, unit: str) -> str:
    return _number(10.0**power, unit)


def _number(value: float, unit: str) -> str:
    """Write a number in short; seconds in the unit that suits them."""
    if not unit:
        return f"{value:,.0f}" if value == round(value) < LONGEST_NUMBER else f"{value:.3g}"
    for size, name in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= size * (1 - 1e-9):
            return f"{value / size:.3g} {name}"
    return f"{value / 1e-9:.3g} ns"
