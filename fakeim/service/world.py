"""What a handler sees: the account, and the call it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeim.service.quotas import Quotas
from fakeim.service.state import State
from fakeim.spec.codec import instant

if TYPE_CHECKING:
    from datetime import datetime

    from fakeim.service.clock import Clock
    from fakeim.service.ids import Ids
    from fakeim.service.state import Position
    from fakeim.service.transitions import Transitions

USABLE = frozenset({"ACTIVE", "UPDATING"})


class World:
    """One fake account: its identity, its state, its sources of time and ids, and the call under way.

    The part that belongs to a call (``operation``, ``region``, ``now``) is set by the dispatcher, under its lock.
    """

    def __init__(
        self,
        *,
        account_id: str,
        partition: str,
        can_onboard: bool,
        clock: Clock,
        ids: Ids,
        transitions: Transitions,
    ) -> None:
        self.account_id = account_id
        self.partition = partition
        self.can_onboard = can_onboard
        self.clock = clock
        self.ids = ids
        self.transitions = transitions
        self.quotas = Quotas()
        self.state = State()
        self.caller = f"arn:{partition}:iam::{account_id}:user/fakeim"
        self.unreadable_secrets: set[str] = set()
        self.operation = ""
        self.region = ""
        self.now = 0
        self._instant: tuple[int, datetime] | None = None

    def reset(self) -> None:
        """Forget everything."""
        self.state = State()
        self.transitions.reset()
        self.unreadable_secrets.clear()

    def time(self) -> datetime:
        """Give the time of the call as records keep it."""
        if self._instant is None or self._instant[0] != self.now:
            self._instant = (self.now, instant(self.now))
        return self._instant[1]

    def usable(self) -> bool:
        """Say whether the account has a replication set that is past its creation and not on its way out.

        "If the replication set is still pending, you can't use Incident Manager functionality" [documented 4.40];
        while a Region is added or removed, the others go on working [assumption: 17.4].
        """
        row = self.state.replication_sets.first()
        return row is not None and row[1]["status"] in USABLE

    def place(self, id: str, *, group: int = 0, time: int = 0) -> Position:
        """Give the position for a new record called ``id``."""
        return (group, time, self.state.next_number(), id)
