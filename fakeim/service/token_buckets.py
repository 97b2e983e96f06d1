"""Token buckets: what throttles requests, on the clock of the account, exact to the millisecond.

Rule: a bucket holds so many tokens at most, and is full at first. So many come in a second, and each request takes one
[documented: how AWS's services throttle].
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

TOKEN = 1000
"""A token in parts, for the clock tells milliseconds."""


class Bucket(NamedTuple):
    """A token bucket; never changed, only replaced."""

    per_second: Fraction
    size: Fraction
    parts: Fraction
    at: int

    @classmethod
    def full(cls, per_second: float, tokens: int) -> Bucket:
        """Make one that holds ``tokens``, to which ``per_second`` come."""
        size = Fraction(tokens * TOKEN)
        return cls(Fraction(str(per_second)), size, size, 0)

    def take(self, now: int) -> Bucket | None:
        """Give what is left when a token is taken ``now``; ``None`` if there is none. A clock may go back."""
        parts = min(self.size, self.parts + max(0, now - self.at) * self.per_second)
        return self._replace(parts=parts - TOKEN, at=now) if parts >= TOKEN else None
