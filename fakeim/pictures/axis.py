"""A time axis that is readable whether everything happens within a second or over a week.

The moments are put into a few columns, parted where long silences are. The columns stand side by side; the
spaces between them grow with the logarithm of the silence, which is written there. So neither bursts nor weeks of
nothing take the whole width. What happens in one column in one lane is one spot, with its number.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from math import log1p
from typing import TYPE_CHECKING, NamedTuple

from fakeim.pictures import words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

MOST_COLUMNS = 10
LEFT, RIGHT, TOP = 118, 938, 44
LANE_HEIGHT = 40
NARROWEST = 90
"""What the time below a column takes, in the drawing's units, with some air."""
MOST_TOLD = 6
LANES = {"incident": "Incident", "service": "Service", "written": "Notes, custom", "call": "Calls"}
LEGEND = {
    "service": "by the service",
    "written": "custom event or note",
    "answered": "call",
    "failed": "refused",
    "struck": "struck by a fault",
    "lost": "reply lost",
}
WORST_FIRST = ("lost", "struck", "failed")
"""Of the kinds of marks in one spot, the first of these is shown."""


class Mark(NamedTuple):
    """Something that happened: when, in which lane, of which kind, in words, and where the page tells more."""

    at: datetime
    lane: str
    kind: str
    text: str
    target: str


class Spot(NamedTuple):
    """The marks of one lane in one column."""

    x: float
    y: float
    kind: str
    size: int
    text: str
    target: str


class Column(NamedTuple):
    """Where a column stands, and what is written below and above it."""

    x: float
    time: str
    lasts: str
    date: str


class Axis(NamedTuple):
    """A drawing of marks, in its own units."""

    height: int
    lanes: list[tuple[str, int]]
    columns: list[Column]
    gaps: list[tuple[float, str]]
    spots: list[Spot]
    band: tuple[float, float] | None
    """From where to where the incident was open."""
    legend: list[tuple[str, str]]


def lay_out(marks: Sequence[Mark]) -> Axis:
    """Say where ``marks``, of which there is one at least, stand.

    Marks of the kinds ``opened`` and ``resolved`` or ``now`` are the ends of the band.
    """
    moments = sorted({mark.at for mark in marks})
    groups = _grouped(moments)
    xs = _places(groups)
    lanes = [lane for lane in LANES if any(mark.lane == lane for mark in marks)]
    heights = {lane: TOP + LANE_HEIGHT * number + LANE_HEIGHT // 2 for number, lane in enumerate(lanes)}
    column_of = {at: x for x, group in zip(xs, groups, strict=True) for at in group}
    ends = [column_of[mark.at] for mark in marks if mark.kind in ("opened", "resolved", "now")]
    return Axis(
        height=TOP + LANE_HEIGHT * len(lanes) + 50,
        lanes=[(LANES[lane], y) for lane, y in heights.items()],
        columns=_columns(xs, groups),
        gaps=[
            ((x + following) / 2, words.offset(later[0] - earlier[-1]))
            for (x, following), (earlier, later) in zip(pairwise(xs), pairwise(groups), strict=True)
        ],
        spots=[
            _spot(x, heights[lane], [mark for mark in marks if mark.lane == lane and column_of[mark.at] == x])
            for x in xs
            for lane in lanes
            if any(mark.lane == lane and column_of[mark.at] == x for mark in marks)
        ],
        band=(min(ends), max(ends)) if ends else None,
        legend=[(kind, name) for kind, name in LEGEND.items() if any(mark.kind == kind for mark in marks)],
    )


def _grouped(moments: list[datetime]) -> list[list[datetime]]:
    """Part ``moments``, which are different and in order: of the groups so far, always the one that lasts longest."""
    groups = [moments]
    while len(groups) < min(MOST_COLUMNS, len(moments)):
        place = max(range(len(groups)), key=lambda each: groups[each][-1] - groups[each][0])
        group = groups[place]
        middle = _parting(group)
        groups[place : place + 1] = [group[:middle], group[middle:]]
    return groups


def _parting(group: list[datetime]) -> int:
    """Say where ``group`` is best parted: at a long silence, and of several that are about as long, amid."""
    silences = [later - earlier for earlier, later in pairwise(group)]
    long = [place for place, silence in enumerate(silences, 1) if 2 * silence >= max(silences)]
    return min(long, key=lambda place: abs(2 * place - len(group)))


def _places(groups: list[list[datetime]]) -> list[float]:
    silences = [log1p((later[0] - earlier[-1]).total_seconds() * 1000) for earlier, later in pairwise(groups)]
    spare = max(RIGHT - LEFT - NARROWEST * len(silences), 0)
    places = [float(LEFT)]
    for silence in silences:
        places.append(round(places[-1] + NARROWEST + spare * silence / sum(silences), 1))
    return places


def _columns(xs: list[float], groups: list[list[datetime]]) -> list[Column]:
    fine = any(at.microsecond for group in groups for at in group)
    columns, shown = [], ""
    for x, group in zip(xs, groups, strict=True):
        lasts, date = group[-1] - group[0], words.day(group[0])
        lasting = f"for {words.span(lasts)}" if lasts > timedelta(0) else ""
        columns.append(Column(x, words.clock(group[0], fine=fine), lasting, date if date != shown else ""))
        shown = date
    return columns


def _spot(x: float, y: float, marks: list[Mark]) -> Spot:
    marks = sorted(marks, key=lambda mark: mark.at)
    chosen, size = min(marks, key=_rank), len(marks)
    if chosen.lane == "incident":  # of opened and resolved at once, it is resolved
        chosen, size = marks[-1], 1
    told = [f"{words.moment(mark.at)}: {mark.text}" for mark in marks[:MOST_TOLD]]
    more = [f"and {len(marks) - MOST_TOLD} more"] if len(marks) > MOST_TOLD else []
    return Spot(x, y, chosen.kind, size, "\n".join([*told, *more]), chosen.target)


def _rank(mark: Mark) -> int:
    return WORST_FIRST.index(mark.kind) if mark.kind in WORST_FIRST else len(WORST_FIRST)
