"""How long what is not done at once takes, and how it ends: at once, after a time, on a word, or badly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeim.service.clock import duration
from fakeim.service.regions import checked_region
from fakeim.service.strict import Strict
from fakeim.spec.codec import joined_message

if TYPE_CHECKING:
    from collections.abc import Callable

FOREVER = 1 << 62
"""Milliseconds that no clock ever moves on."""


class Pace(Strict):
    """How long a kind of change takes in one fake account. By default it is done when the call returns."""

    def __init__(self, end_pending: Callable[[], None]) -> None:
        self._end_pending = end_pending
        self._delay = 0

    @property
    def delay(self) -> int:
        """Milliseconds that a change takes."""
        return self._delay

    def __str__(self) -> str:
        if self.delay >= FOREVER:
            return "when told to"
        return f"after {self.delay / 1000:g} s" if self.delay else "at once"

    def reset(self) -> None:
        """Be as at first: immediate."""
        self._delay = 0

    def immediate(self) -> None:
        """Finish every change at once (the default), so that no test has to wait."""
        self._delay = 0

    def after(self, seconds: float) -> None:
        """Finish each change ``seconds`` after it began, on the fake's clock."""
        self._delay = duration(seconds)

    def manual(self) -> None:
        """Leave each change pending until ``complete()``."""
        self._delay = FOREVER

    def complete(self) -> None:
        """End the changes that are pending now."""
        self._end_pending()


class Transitions(Pace):
    """The pace of replication-set changes, which take 60 to 120 seconds in AWS (catalogue 4.5), and their failures."""

    def __init__(self, end_pending: Callable[[], None]) -> None:
        super().__init__(end_pending)
        self._failures: dict[str, str] = {}

    def reset(self) -> None:
        """Be as at first: immediate, and nothing set to fail."""
        super().reset()
        self._failures.clear()

    def fail(self, region: str, message: str) -> None:
        """Let the next change of ``region`` end as FAILED, with ``message`` as the Region's ``statusMessage``.

        Raises:
            ValueError: No partition has the Region, or ``message`` is not a string.
        """
        self._failures[checked_region(region)] = joined_message(message)

    @property
    def failing(self) -> tuple[str, ...]:
        """The Regions whose next change is to fail."""
        return tuple(self._failures)

    # -- asked by the service

    def take_failure(self, region: str) -> str | None:
        """Give the message that a change of ``region`` is to fail with, once; ``None`` if it is to succeed."""
        return self._failures.pop(region, None)

    def mark(self) -> dict[str, str]:
        """Say which failures are set."""
        return self._failures.copy()

    def rewind(self, mark: dict[str, str]) -> None:
        """Set those failures again: for a call that is refused in the end."""
        self._failures = mark
