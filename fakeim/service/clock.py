"""The fake's own clock. It never waits: to sleep is to move it.

By default it follows the system's, plus what it has been advanced by; so libraries that move the system's time in
tests move it too. Frozen, it stands until told otherwise.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING

from fakeim.service.strict import Strict
from fakeim.spec.codec import instant, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable


LATEST = milliseconds(datetime(9999, 12, 1, tzinfo=UTC))
"""Milliseconds since the epoch to the last moment that a clock shows: every zone still has it."""


class Clock(Strict):
    """A clock for one or more fakes.

    ``system`` is called for the time it follows: milliseconds since the epoch. It is asked at each reading.
    """

    def __init__(self, system: Callable[[], int]) -> None:
        self._system = system
        self._offset = 0
        self._frozen: int | None = None
        self._step = 0

    def now(self) -> datetime:
        """Give the time, aware, to the millisecond. Looking at the clock does not move it."""
        return instant(self.now_ms())

    def now_ms(self) -> int:
        """Give the time in milliseconds since the epoch."""
        return self._system() + self._offset if self._frozen is None else self._frozen

    def tick(self) -> int:
        """Give the time in milliseconds since the epoch, for one call; then move on by ``auto_advance``."""
        now = self._system() + self._offset if self._frozen is None else self._frozen
        if self._step:
            self._move(self._step)
        return now

    def freeze(self, at: datetime | str | None = None) -> None:
        """Stop the clock, now or at the moment ``at`` (a ``datetime``, naive meaning UTC, or ISO 8601 text)."""
        self._frozen = self.now_ms() if at is None else epoch_milliseconds(at)

    def unfreeze(self) -> None:
        """Let the clock run on from where it stands."""
        if self._frozen is not None:
            self._offset, self._frozen = self._frozen - self._system(), None

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0, milliseconds: float = 0
    ) -> None:
        """Move the clock forward by the sum of the arguments; a ``ValueError`` if that is backward."""
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds)
        if step < timedelta(0):
            raise ValueError(f"a clock cannot advance by {step}: use move_to() to go back in time")
        self._move(step // timedelta(milliseconds=1))

    def move_to(self, moment: datetime | str) -> None:
        """Set the clock to ``moment``, also back in time; it stays frozen or running, as it was."""
        self._move(epoch_milliseconds(moment) - self.now_ms())

    def auto_advance(self, seconds: float = 0) -> None:
        """Move the clock by ``seconds`` after each call to the service; 0 turns this off."""
        self._step = duration(seconds)

    def follow_system(self) -> None:
        """Forget all changes: show the system's time again."""
        self._offset, self._frozen, self._step = 0, None, 0

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass at once."""
        self._move(duration(seconds))

    def _move(self, step: int) -> None:
        if self.now_ms() + step > LATEST:
            raise ValueError(f"a clock cannot go beyond {instant(LATEST)}")
        if self._frozen is None:
            self._offset += step
        else:
            self._frozen += step


def duration(seconds: float) -> int:
    """Give ``seconds`` in milliseconds; a ``ValueError`` if that is no time to wait."""
    try:
        fits = seconds >= 0 and isfinite(seconds) and not isinstance(seconds, bool)
    except TypeError:  # it comes from JSON, perhaps
        fits = False
    if not fits:
        raise ValueError(f"seconds={seconds!r}: give 0 or more")
    return round(seconds * 1000)


def epoch_milliseconds(value: datetime | str) -> int:
    """Read a moment, a ``datetime`` (naive meaning UTC) or ISO 8601 text, as milliseconds since the epoch."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise TypeError(f"expected a datetime or ISO 8601 text, got {value!r}")
    return milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
