"""How fast, and how often, a run may call AWS."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHORTEST_WAIT = 0.2
"""Seconds between two calls of AWS itself."""
LONGEST_WAIT = 30.0
"""Seconds between two calls, however often AWS throttles; a signature is good for five minutes."""


class Pace:
    """Lets calls through one at a time, and no more than ``budget`` of them.

    Args:
        budget: How many calls there may be.
        seconds: From one call to the next; doubled whenever AWS throttles.
        clock: Gives seconds that only grow.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        budget: int = 1000,
        seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.budget, self.seconds = budget, seconds
        self._clock, self._sleep = clock, sleep
        self._next = clock()

    def wait(self) -> str | None:
        """Wait for the turn of one call; say why there is none, if the budget is used up."""
        if self.budget <= 0:
            return "the budget of calls is used up"
        self.budget -= 1
        early = self._next - self._clock()
        if early > 0:
            self._sleep(early)
        self._next = max(self._clock(), self._next) + self.seconds
        return None

    def slow_down(self) -> None:
        """Take more time from now on: AWS throttles."""
        self.seconds = min(max(self.seconds, 0.5) * 2, LONGEST_WAIT)
        self._next = max(self._next, self._clock() + self.seconds)

    @contextmanager
    def allowing(self, calls: int) -> Iterator[None]:
        """See to it that there are ``calls`` left, and no more afterwards than before.

        Clean-up must not fail for want of budget, and what comes after it must not live on what clean-up left.
        """
        before = self.budget
        self.budget = max(before, calls)
        try:
            yield
        finally:
            self.budget = min(before, self.budget)
