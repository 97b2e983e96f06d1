"""The chance that ids are made of: its place is told by two numbers, so that a dump can say which ids come next."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

MOST_DRAWN = 10_000_000
"""As many as two million incidents take; to walk to that place takes a third of a second."""
_BITS = 128  # of which each draw takes as many as it needs: so the place is the number of draws alone
_STRIDE = 100_000


class Place(NamedTuple):
    """Where a chance stands: its seed, how many draws it has given, and what stands there in Python's generator."""

    seed: int | str
    drawn: int
    generator: tuple[object, ...]


class Chance:
    """A seeded source of random bits, as ``Ids`` takes it."""

    def __init__(self, seed: int | str, drawn: int = 0) -> None:
        self.seed = seed
        self.drawn = drawn
        self._source = Random(seed)  # noqa: S311 - ids that can be foretold are the point
        while drawn:
            step = min(drawn, _STRIDE)
            self._source.getrandbits(_BITS * step)
            drawn -= step

    def getrandbits(self, bits: int) -> int:
        """Give a number of at most ``bits`` random bits, up to 128 of them."""
        self.drawn += 1
        return self._source.getrandbits(_BITS) >> (_BITS - bits)

    def place(self) -> Place:
        """Say where it stands."""
        return Place(self.seed, self.drawn, self._source.getstate())

    def move_to(self, place: Place) -> None:
        """Stand at ``place``, perhaps another one's."""
        self.seed, self.drawn, generator = place
        self._source.setstate(generator)
