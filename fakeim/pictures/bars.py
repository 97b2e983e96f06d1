"""Stacked bars: of each of several things, how many of which kind, with its name and what else is to be said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LEFT, RIGHT, ROW = 240, 790, 24
NARROWEST = 18
"""How wide a part is that shows its number."""


class Part(NamedTuple):
    """The part of a bar that is of one kind."""

    kind: str
    size: int
    x: float
    width: float
    shows: bool


class Bar(NamedTuple):
    """A bar: its height in the drawing, its name, its parts, what is said beside it, and all of it in words."""

    y: int
    name: str
    parts: list[Part]
    beside: str
    words: str


class Bars(NamedTuple):
    """A drawing of bars, in its own units."""

    height: int
    rows: list[Bar]
    kinds: list[str]


def stack(counts: Iterable[tuple[str, Mapping[str, int], str]], kinds: Iterable[str]) -> Bars:
    """Say where the bars stand.

    Args:
        counts: For each bar its name, how many there are of each kind, and what is said beside it.
        kinds: In the order in which they stand in a bar.
    """
    given, order = list(counts), list(kinds)
    unit = (RIGHT - LEFT) / max([1, *(sum(each.values()) for _, each, _ in given)])
    rows = [
        Bar(number * ROW, name, _parts(each, order, unit), beside, _words(each, order, beside))
        for number, (name, each, beside) in enumerate(given)
    ]
    return Bars(ROW * len(rows), rows, [kind for kind in order if any(each.get(kind) for _, each, _ in given)])


def _parts(counts: Mapping[str, int], kinds: list[str], unit: float) -> list[Part]:
    parts, x = [], float(LEFT)
    for kind in (each for each in kinds if counts.get(each)):
        width = counts[kind] * unit
        parts.append(Part(kind, counts[kind], round(x, 1), round(width, 1), width >= NARROWEST))
        x += width
    return parts


def _words(counts: Mapping[str, int], kinds: list[str], beside: str) -> str:
    told = [f"{counts[kind]} {kind}" for kind in kinds if counts.get(kind)]
    return ", ".join([*told, beside] if beside else told)
