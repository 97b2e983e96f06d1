"""How everything here is timed: contenders take turns in one run, and only ratios of their medians count.

A shared machine is twice as fast one second as it is the next. So each round times a batch of every contender, one
right after the other, with the garbage collector off and its work done between the rounds; a ratio is formed of the
medians of all rounds, and between which bounds half of the single rounds' ratios lie is told beside it. What runs in
this process alone, or in child processes that end, is timed by the processor's time, which others on the machine
disturb least.
"""

from __future__ import annotations

import gc
import time
from contextlib import AbstractContextManager, nullcontext
from statistics import geometric_mean, median, quantiles
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Run = Callable[[], object]
    Times = Mapping[str, Sequence[float]]
    """Of each contender, the seconds that one run took in each round."""

BATCH = 0.003
"""Seconds that a batch is to take, so that the clock's own cost is nothing."""


class Effort(NamedTuple):
    """How much is measured: rounds, and how far stores are let grow."""

    rounds: int
    events: int
    incidents: int


FULL = Effort(rounds=21, events=1_000_000, incidents=100_000)
QUICK = Effort(rounds=5, events=10_000, incidents=1_000)


class Ratio(NamedTuple):
    """A ratio of medians, and between which values half of the rounds lie."""

    value: float
    low: float
    high: float


class Measured(NamedTuple):
    """One line of the table."""

    name: str
    ratio: Ratio
    limit: float | None = None
    """The goal: at most this. ``None``: there is none, and the figure is for those who ask."""
    unit: str = ""
    note: str = ""
    points: tuple[tuple[int, float], ...] = ()
    """How it grows: sizes of the store, and microseconds."""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; ``None`` if there is none."""
        return None if self.limit is None else self.ratio.value <= self.limit


def interleaved(
    runs: Mapping[str, Run],
    rounds: int,
    *,
    around: Mapping[str, Callable[[], AbstractContextManager[object]]] | None = None,
    once: bool = False,
    clock: Callable[[], float] = time.thread_time,
) -> dict[str, list[float]]:
    """Time all ``runs`` in turns.

    Args:
        runs: The contenders.
        rounds: How often each has its turn.
        around: What a contender's batch is to run within; not timed.
        once: Do one run a batch, for runs that take long or cannot be repeated at will.
        clock: What to go by: this thread's processor time, unless others do a part of the work.

    Returns:
        Of each contender, the seconds that one run took in each round.
    """
    within = {name: (around or {}).get(name, nullcontext) for name in runs}
    times = dict.fromkeys(runs, 1)
    for name, run in runs.items():
        with within[name]():
            run()
            if not once:
                times[name] = max(1, min(400, int(BATCH / _timed(run, 3, clock))))
    samples: dict[str, list[float]] = {name: [] for name in runs}
    gc.disable()
    try:
        for _ in range(rounds):
            for name, run in runs.items():
                with within[name]():
                    if within[name] is not nullcontext:
                        run()  # what entering does to Python's own caches is a cost of entering
                    samples[name].append(_timed(run, times[name], clock))
            gc.collect(0)
    finally:
        gc.enable()
    return samples


def _timed(run: Run, times: int, clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(times):
        run()
    return (clock() - start) / times


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """Give how many times as long ``ours`` took as ``theirs``."""
    return mean_ratio([(ours, theirs)])


def mean_ratio(pairs: Sequence[tuple[Sequence[float], Sequence[float]]]) -> Ratio:
    """Give the geometric mean of the ratios of several pairs, ours and theirs."""
    rounds = [
        geometric_mean([mine / other for mine, other in single])
        for single in zip(*[zip(ours, theirs, strict=True) for ours, theirs in pairs], strict=True)
    ]
    low, _, high = quantiles(rounds, n=4)
    return Ratio(geometric_mean([median(ours) / median(theirs) for ours, theirs in pairs]), low, high)


def exactly(value: float) -> Ratio:
    """Give what was counted, not timed."""
    return Ratio(value, value, value)


def without_moto(name: str) -> Measured:
    """Give the line for what is not measured where moto is not installed."""
    return Measured(name, exactly(float("nan")), note="skipped: moto is not installed")


def difference(ours: Sequence[float], theirs: Sequence[float], scale: float) -> Ratio:
    """Give how much longer ``ours`` took than ``theirs``, in seconds times ``scale``."""
    low, middle, high = quantiles([(mine - other) * scale for mine, other in zip(ours, theirs, strict=True)], n=4)
    return Ratio(middle, low, high)
