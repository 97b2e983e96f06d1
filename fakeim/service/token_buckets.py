"""Token buckets: what throttles requests, on the clock of the account, exact to the millisecond.

Rule: a bucket holds so many tokens at most, and is full at first. So many come in a second, and each request takes one
[documented: how AWS's services throttle].
"""

from __future__ import annotations

from typing import NamedTuple

TOKEN = 1_000_000_000
"""A token in parts: whole ones come in a millisecond, down to a rate of a millionth of a token in a second."""


class Bucket(NamedTuple):
    """A token bucket; never changed, only replaced."""

    per_millisecond: int
    size: int
    parts: int
    at: int

    @classmethod
    def full(cls, per_second: float, tokens: int) -> Bucket:
        """Make one that holds ``tokens``, to which ``per_second`` come."""
        return cls(round(per_second * TOKEN / 1000), tokens * TOKEN, tokens * TOKEN, 0)

    @property
    def per_second(self) -> float:
        """How many tokens come in a second."""
        return self.per_millisecond * 1000 / TOKEN

    def take(self, now: int) -> Bucket | None:
        """Give what is left when a token is taken ``now``; ``None`` if there is none. A clock may go back."""
        parts = min(self.size, self.parts + max(0, now - self.at) * self.per_millisecond)
        return self._replace(parts=parts - TOKEN, at=now) if parts >= TOKEN else None
