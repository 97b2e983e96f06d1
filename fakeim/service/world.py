"""What a handler sees: the account, and the call it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeim.service.quotas import Quotas
from fakeim.service.state import State
from fakeim.service.transitions import FOREVER
from fakeim.spec.codec import instant

if TYPE_CHECKING:
    from datetime import datetime

    from fakeim.service.clock import Clock
    from fakeim.service.consistency import Consistency
    from fakeim.service.ids import Ids
    from fakeim.service.pagination import Pagination
    from fakeim.service.state import Position, Record
    from fakeim.service.transitions import Pace, Transitions

USABLE = frozenset({"ACTIVE", "UPDATING"})


class World:
    """One fake account: its identity, its state, its sources of time and ids, and the call under way.

    The part that belongs to a call (``operation``, ``region``, ``now``) is set by the dispatcher, under its lock.
    Settings are not: whoever asks for one reads it once, for another thread may change it at any time.
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
        effects: Pace,
        pagination: Pagination,
        consistency: Consistency,
    ) -> None:
        self.account_id = account_id
        self.partition = partition
        self.can_onboard = can_onboard
        self.clock = clock
        self.ids = ids
        self.transitions = transitions
        self.quotas = Quotas()
        self.effects = effects
        self.pagination = pagination
        self.consistency = consistency
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
        for settings in (self.transitions, self.effects, self.pagination, self.consistency):
            settings.reset()
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

    def schedule(self, kind: str, id: str, due: int, effect: Record) -> None:
        """Let the dispatcher carry out ``effect`` when it is ``due``, in place of another of this id."""
        record = {"kind": kind, "region": self.region, **effect}
        # Not a number of its own: so that records have the same ones whether effects are late or not (effects, rule 2).
        self.state.schedule.put((0, min(due, FOREVER), self.state.number, id), record)

    def commit(self) -> None:
        """Keep every write since the last one; of those that are seen late, when and where they were made as well."""
        state = self.state
        if state.undo:
            if self.consistency.on or state.views:
                self.consistency.keep(self)
            state.commit()
