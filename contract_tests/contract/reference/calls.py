"""A call on the reference account: what it can see, what it may be refused with, what only the target can say of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from contract_tests.contract.reference.unknowns import Unknown, is_time, settled
from contract_tests.support import ACCOUNT, TIMED_ID, minted_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from contract_tests.support import Record

SETTLING = timedelta(milliseconds=2)
"""An id tells its moment to two milliseconds (catalogue 2.6)."""


@dataclass
class Entry:
    """A record, the ARN of what it belongs to, and its place in the order of arrival."""

    number: int
    owner: Any
    record: Record


@dataclass
class State:
    """All that the account holds, each kind in the order of arrival."""

    sets: list[Entry] = field(default_factory=list)
    plans: list[Entry] = field(default_factory=list)
    incidents: list[Entry] = field(default_factory=list)
    events: list[Entry] = field(default_factory=list)
    items: list[Entry] = field(default_factory=list)
    policies: list[Entry] = field(default_factory=list)
    tags: list[Entry] = field(default_factory=list)
    client_tokens: list[Record] = field(default_factory=list)
    generated_ids: list[Record] = field(default_factory=list)


class Listing(NamedTuple):
    """What a list operation lists, in its order, before it is cut into pages."""

    member: str
    rows: list[tuple[Any, Any]]
    """Each element after its place: what it is sorted by."""
    descending: bool = False
    largest: int = 100


class RefusedError(Exception):
    """An error of the service."""

    def __init__(self, code: str, **members: str) -> None:
        super().__init__(code)
        self.code, self.members = code, members


class Moments(NamedTuple):
    """When a call began and when its answer had come, by the clock of this machine, which is the target's."""

    began: datetime
    ended: datetime


@dataclass
class Shared:
    """What no undoing takes back: who calls, which ids were given, how much has arrived."""

    caller: Any = field(default_factory=lambda: Unknown("the caller's ARN", _is_caller))
    ids: set[str] = field(default_factory=set)
    arrivals: Iterator[int] = field(default_factory=count)


def _is_caller(value: Any) -> bool:
    return re.fullmatch(f"arn:aws:(iam|sts)::{ACCOUNT}:(user|assumed-role)/.+", value) is not None


class Call:
    """A call under way: the state it sees and may change, and what only the target can say about it."""

    def __init__(self, state: State, shared: Shared, region: str, when: Moments) -> None:
        self.state = state
        self.caller = settled(shared.caller)
        self.region = region
        self.now: Any = Unknown("the time of the call", lambda value: is_time(value, *when))
        self._shared, self._when = shared, when

    def entry(self, owner: Any, record: Record) -> Entry:
        """Give ``record`` the next place in the order of arrival."""
        return Entry(next(self._shared.arrivals), owner, record)

    def timed_id(self, before: str = "") -> Any:
        """Stand for a new id that carries the time of the call (catalogue 2.5, 2.6), after the text ``before``."""

        def fits(value: Any) -> bool:
            found = re.fullmatch(f"{re.escape(before)}({TIMED_ID})", str(value))
            even = found is not None and int(found[1][:2], 16) % 2 == 0
            return found is not None and even and self._is_of_this_moment(found[1]) and self._is_new(value)

        return Unknown(f"{before}ID of the moment of the call", fits)

    def other_id(self, pattern: str) -> Any:
        """Stand for a new id without a time in it."""
        return Unknown(f"{pattern}, new", lambda value: bool(re.fullmatch(pattern, str(value))) and self._is_new(value))

    def _is_of_this_moment(self, timed_id: str) -> bool:
        return self._when.began - SETTLING < minted_at(timed_id) <= self._when.ended

    def _is_new(self, value: str) -> bool:
        new = value not in self._shared.ids
        self._shared.ids.add(value)
        return new
