"""Forks of the process: the child finds the locks of every live account free.

A thread that holds a lock when another one forks is not in the child, which would wait for it for ever. So a fork
waits until the locks are free, and holds them meanwhile. A call that does not end in time is left half done there.
"""

from __future__ import annotations

import os
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

from fakeim.spec.api import once

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_WAIT = 2.0
"""Seconds that a fork waits for all locks: a call that holds one may be waiting for the thread that forks."""


class Locked(Protocol):
    """An account, as a fork sees it."""

    lock: RLock
    """Held while a call is under way."""

    @property
    def settings_locks(self) -> Sequence[RLock]:
        """The locks that are taken while ``lock`` is held, or alone, in the order in which they are taken."""

    def replace_locks(self) -> None:
        """In the child: make new locks, because a thread that is not there holds an old one."""


class Forks:
    """What a fork waits for. It is the process's, because the registration of callbacks is."""

    def __init__(self) -> None:
        self._forking = RLock()
        """Held during a fork, so that no account is added meanwhile."""
        self._accounts: WeakSet[Locked] = WeakSet()
        self._held: list[RLock] = []
        self._stuck: list[Locked] = []

    def watch(self, account: Locked) -> None:
        """Add an account, for as long as somebody else holds it."""
        with self._forking:
            self._accounts.add(account)

    def before(self) -> None:
        """Take all locks that become free in time."""
        self._forking.acquire()
        accounts = sorted(self._accounts, key=lambda account: id(account.lock))  # the order of ``sharing.Together``
        deadline = monotonic() + LONGEST_WAIT
        free = {id(account): self._take(account.lock, deadline) for account in accounts}
        for account in accounts:
            for lock in account.settings_locks:
                free[id(account)] &= self._take(lock, deadline)
        self._stuck = [account for account in accounts if not free[id(account)]]

    def after_in_parent(self) -> None:
        """Release them."""
        self._stuck = []
        while self._held:
            self._held.pop().release()
        self._forking.release()

    def after_in_child(self) -> None:
        """Release them, and replace those that threads of the parent hold."""
        stuck = self._stuck
        self.after_in_parent()
        for account in stuck:
            account.replace_locks()

    def _take(self, lock: RLock, deadline: float) -> bool:
        taken = lock.acquire(timeout=max(deadline - monotonic(), 0))
        if taken:
            self._held.append(lock)
        return taken


@once
def forks() -> Forks:
    """Return the forks of this process."""
    made = Forks()
    if hasattr(os, "register_at_fork"):  # Windows has none
        os.register_at_fork(
            before=made.before, after_in_parent=made.after_in_parent, after_in_child=made.after_in_child
        )
    return made
