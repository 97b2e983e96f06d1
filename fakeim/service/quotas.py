"""Quotas: how much an account may have, and how often it may ask.

Rules, and what they rest on:
 1. An account has one replication set [documented 4.1], of three Regions at most [model, 4.22]: these can be lowered,
    not raised. A resource has at most 50 tags [model §11; assumption: 17.36]. What else is limited, and at how much,
    is not known: nothing is, until a test says so [assumption: 17.38].
 2. A call that would leave more than the quota is refused, and changes nothing; what is there already stays
    [assumption: 17.38].
 3. It is a ServiceQuotaExceededException where the operation declares one, otherwise a ValidationException that says
    the same [model §3.2; assumption: the latter].
 4. All timeline events and related items count, the service's own too; only what users add is refused. Tags that are
    given at creation are limited by the model alone [assumption].
 5. A call that finds its bucket without a token is a ThrottlingException [model], before anything else is looked at,
    so calls that are refused take tokens too [assumption]. No rate is known: nothing is throttled by itself
    [assumption: 17.38].
 6. What the consumers of a shared plan make counts for the owner, and only there [documented §10].
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from fakeim.service import errors
from fakeim.service.state import group
from fakeim.service.strict import Strict
from fakeim.service.token_buckets import TOKEN, Bucket
from fakeim.spec.api import load_api
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fakeim.service.state import State, Table
    from fakeim.service.world import World
    from fakeim.spec.api import Operation

    Params = Mapping[str, Any]

EVERY = "*"
TAGS = "tags per resource"
MOST_REGIONS = 3
FASTEST = 1_000_000
"""Calls in a second: faster than any of these can be made."""


class Quota(NamedTuple):
    """One quota: what it is by default, what can make more of it, and how to tell how much there is."""

    operations: frozenset[str]
    tally: Callable[[State, Params], int]
    default: int | None = None
    most: int | None = None
    """To what it can be raised; ``None``: as far as one likes."""
    code: str = ""
    """The name of its code in ``errors.QUOTA_CODES``, if one of the operations declares the error."""


def _regions(state: State, _: Params) -> int:
    row = state.replication_sets.first()
    return 0 if row is None else len(row[1]["regionMap"])


def _target(params: Params) -> str:
    arn: str = params.get("incidentRecordArn") or params.get("resourceArn") or ""
    return arn


def _of(owners: str, table: str) -> Callable[[State, Params], int]:
    """Count the records of ``table`` that belong to the one of ``owners`` that a call is about."""

    def count(state: State, params: Params) -> int:
        owner: Table = getattr(state, owners)
        arn = _target(params)
        return sum(1 for _ in group(getattr(state, table), owner.number(arn)).stored()) if arn in owner else 0

    return count


QUOTAS: Mapping[str, Quota] = {
    "replication sets": Quota(
        frozenset({"CreateReplicationSet"}),
        lambda state, _: len(state.replication_sets),
        default=1,
        most=1,
        code="REPLICATION_SET",
    ),
    "regions per replication set": Quota(
        frozenset({"CreateReplicationSet", "UpdateReplicationSet"}),
        _regions,
        default=MOST_REGIONS,
        most=MOST_REGIONS,
        code="REGIONS",
    ),
    TAGS: Quota(frozenset(), lambda *_: 0, default=50),  # looked at in ``tags``, for it has a default
    "response plans": Quota(frozenset({"CreateResponsePlan"}), lambda state, _: len(state.response_plans)),
    "incidents": Quota(frozenset({"StartIncident"}), lambda state, _: len(state.incident_records)),
    "open incidents": Quota(
        frozenset({"StartIncident", "UpdateIncidentRecord"}),
        lambda state, _: len(state.incident_records.index("status", "OPEN")),
    ),
    "timeline events per incident": Quota(
        frozenset({"CreateTimelineEvent"}), _of("incident_records", "timeline_events")
    ),
    "related items per incident": Quota(frozenset({"UpdateRelatedItems"}), _of("incident_records", "related_items")),
    "resource policies per response plan": Quota(
        frozenset({"PutResourcePolicy"}), _of("response_plans", "resource_policies")
    ),
}


class Setting(Strict):
    """A quota or a rate that was set; ``remove`` or the end of its ``with`` block brings back what was before."""

    def __init__(self, told: str, undo: Callable[[], None]) -> None:
        self._told, self._undo = told, undo

    def __repr__(self) -> str:
        return f"<{self._told}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Bring back what was before this was set, once."""
        undo, self._undo = self._undo, lambda: None
        undo()


class Quotas(Strict):
    """The quotas and rates of one fake account; true while any is set."""

    def __init__(self) -> None:
        self.lock = RLock()  # as that of ``Faults``
        self._changed: Callable[[], None] = lambda: None
        self._limits: dict[str, int | None] = {}
        self._buckets: dict[str, Bucket] = {}

    def __bool__(self) -> bool:
        return bool(self._limits or self._buckets)

    def __getitem__(self, name: str) -> int | None:
        return self._limits.get(name, _quota(name).default)

    def set(self, name: str, limit: int | None) -> Setting:
        """Set a quota.

        Args:
            name: One of ``QUOTAS``, such as ``"open incidents"``.
            limit: How many there may be; ``None``: as many as one likes.

        Returns:
            A context manager that brings back what was before when its block ends; or use ``remove()``, or ``clear()``.

        Raises:
            ValueError: There is no such quota, or it cannot be that large; with a suggestion.
        """
        most = _quota(name).most
        if (limit is None and most is not None) or not (limit is None or _is_whole(limit, 0, most)):
            wanted = "0 or more, or None" if most is None else f"0 to {most}"
            raise ValueError(f"limit={limit!r}: give {wanted} for {name}")
        with self.lock:
            before = self._limits
            self._limits = self._limits | {name: limit}
            self._changed()
        return Setting(f"{name}: {limit}", lambda: self._bring_back(name, before))

    def rate(self, operation: str, *, per_second: float, burst: int | None = None) -> Setting:
        """Throttle an operation: each call takes a token of a bucket that the fake's clock fills.

        Args:
            operation: Its name, such as ``"StartIncident"``, or ``"*"`` for all of them together.
            per_second: How many tokens come in a second, from 0 to ``FASTEST``; fractions too.
            burst: How many there are at first, and at most; by default what comes in a second, but one at least.

        Returns:
            As for ``set``.

        Raises:
            ValueError: There is no such operation, or a number does not fit; with a suggestion.
        """
        known = load_api().operations
        if operation != EVERY and str(operation) not in known:
            raise ValueError(f"there is no operation {operation!r}{did_you_mean(str(operation), known)}")
        if per_second.__class__ not in (int, float) or not 0 <= per_second <= FASTEST:
            raise ValueError(f"per_second={per_second!r}: give a number from 0 to {FASTEST}")
        size = max(1, int(per_second)) if burst is None else burst
        if not _is_whole(size, 1, None):
            raise ValueError(f"burst={burst!r}: give 1 or more")
        bucket = Bucket.full(per_second, size)
        with self.lock:
            before = self._buckets
            self._buckets = self._buckets | {operation: bucket}
            self._changed()
        return Setting(_rate(operation, bucket), lambda: self._unthrottle(operation, before))

    def clear(self) -> None:
        """Set all quotas to what they are by default, and throttle nothing."""
        with self.lock:
            self._limits, self._buckets = {}, {}
            self._changed()

    def told(self) -> Iterator[str]:
        """Tell of each quota and rate that is set, in a line."""
        yield from (f"quota of {name}: {'none' if limit is None else limit}" for name, limit in self._limits.items())
        yield from (_rate(name, bucket) for name, bucket in self._buckets.items())

    def watch(self, changed: Callable[[], None]) -> None:
        """Call ``changed`` whenever they change."""
        self._changed = changed

    # -- asked on the way of a call

    def throttle(self, operation: str, now: int) -> None:
        """Take a token for a call at ``now``, or refuse it (rule 5).

        Raises:
            ServiceError: ThrottlingException: there is none.
        """
        left = {}
        with self.lock:
            for name in (EVERY, operation):
                if name in self._buckets:
                    bucket = self._buckets[name].take(now)
                    if bucket is None:
                        raise errors.throttled()
                    left[name] = bucket
            self._buckets = self._buckets | left

    @contextmanager
    def watched(self, world: World, operation: Operation, params: Params) -> Iterator[None]:
        """Refuse what is done meanwhile if it makes more than there may be (rules 2 and 3); its writes are undone.

        Raises:
            ServiceError: ServiceQuotaExceededException, or ValidationException.
        """
        limits = self._limits  # replaced when they change, perhaps meanwhile
        concerned = {name: QUOTAS[name] for name in limits if operation.name in QUOTAS[name].operations}
        if not concerned:
            yield
            return
        state, taken = world.state, [(each, each.mark()) for each in (world.ids, world.transitions)]
        before = {name: quota.tally(state, params) for name, quota in concerned.items()}
        yield
        for name, quota in concerned.items():
            limit, there = limits[name], quota.tally(state, params)
            if limit is not None and there > max(limit, before[name]):
                for each, mark in taken:
                    each.rewind(mark)
                message = f"There would be {there} {name}; the quota is {limit}."
                raise _exceeded(message, quota, operation.errors, _target(params))

    def _bring_back(self, name: str, before: Mapping[str, int | None]) -> None:
        with self.lock:
            kept = {each: limit for each, limit in self._limits.items() if each != name}
            self._limits = kept | ({name: before[name]} if name in before else {})
            self._changed()

    def _unthrottle(self, operation: str, before: Mapping[str, Bucket]) -> None:
        with self.lock:
            kept = {each: bucket for each, bucket in self._buckets.items() if each != operation}
            self._buckets = kept | ({operation: before[operation]} if operation in before else {})
            self._changed()


def _quota(name: str) -> Quota:
    if str(name) not in QUOTAS:
        raise ValueError(f"there is no quota {name!r}{did_you_mean(str(name), QUOTAS)}")
    return QUOTAS[name]


def _rate(operation: str, bucket: Bucket) -> str:
    return f"rate of {operation}: {bucket.per_second:g} a second, {bucket.size // TOKEN} at once"


def _exceeded(message: str, quota: Quota, declared: frozenset[str], target: str) -> errors.ServiceError:
    if "ServiceQuotaExceededException" not in declared:
        return errors.validation(message)
    members = {"resourceIdentifier": target} if target else {"resourceType": "REPLICATION_SET"}
    return errors.quota_exceeded(message, quota.code, **members)


def _is_whole(value: Any, least: int, most: int | None) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and least <= value and (most is None or value <= most)
