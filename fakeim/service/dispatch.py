"""The way of one call: what concerns every operation, once, in this order.

    lock . faults . time and due effects . admission . constraints . idempotent replay . operation . page . copy .
    check the answer . keep the writes, or undo them all . log

Nothing here knows an operation by name but the two tables, and no operation does any of this itself.
"""

from __future__ import annotations

from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from fakeim.forks import forks
from fakeim.service import (
    effects,
    errors,
    findings,
    idempotency,
    incident_records,
    paging,
    related_items,
    replication_sets,
    resource_policies,
    response_plans,
    tags,
    timeline_events,
)
from fakeim.service.admission import Admission
from fakeim.service.callers import Caller
from fakeim.service.calls import Calls
from fakeim.service.packing import page_copier
from fakeim.service.state import Listing, whole
from fakeim.spec.api import load_api
from fakeim.spec.codec import copier
from fakeim.spec.validation import constraint, violations, well_built

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fakeim.service.callers import Account
    from fakeim.service.errors import Failure
    from fakeim.service.faults import Faults
    from fakeim.service.sharing import Together
    from fakeim.service.state import Position, Record, State
    from fakeim.service.world import World
    from fakeim.spec.api import Operation, Pagination
    from fakeim.spec.codec import Copier
    from fakeim.spec.validation import Check

    Handler = Callable[[World, Mapping[str, Any]], Record | Listing]
    Answer = tuple[Record, Record, Copier]
    """A fresh answer, what it is a copy of, and what copies it."""

A = TypeVar("A")
T = TypeVar("T")

HANDLERS: Mapping[str, Handler] = {
    "BatchGetIncidentFindings": findings.batch_get_incident_findings,
    "CreateReplicationSet": replication_sets.create_replication_set,
    "CreateResponsePlan": response_plans.create_response_plan,
    "CreateTimelineEvent": timeline_events.create_timeline_event,
    "DeleteIncidentRecord": incident_records.delete_incident_record,
    "DeleteReplicationSet": replication_sets.delete_replication_set,
    "DeleteResourcePolicy": resource_policies.delete_resource_policy,
    "DeleteResponsePlan": response_plans.delete_response_plan,
    "DeleteTimelineEvent": timeline_events.delete_timeline_event,
    "GetIncidentRecord": incident_records.get_incident_record,
    "GetReplicationSet": replication_sets.get_replication_set,
    "GetResourcePolicies": resource_policies.get_resource_policies,
    "GetResponsePlan": response_plans.get_response_plan,
    "GetTimelineEvent": timeline_events.get_timeline_event,
    "ListIncidentFindings": findings.list_incident_findings,
    "ListIncidentRecords": incident_records.list_incident_records,
    "ListRelatedItems": related_items.list_related_items,
    "ListReplicationSets": replication_sets.list_replication_sets,
    "ListResponsePlans": response_plans.list_response_plans,
    "ListTagsForResource": tags.list_tags_for_resource,
    "ListTimelineEvents": timeline_events.list_timeline_events,
    "PutResourcePolicy": resource_policies.put_resource_policy,
    "StartIncident": incident_records.start_incident,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "UpdateDeletionProtection": replication_sets.update_deletion_protection,
    "UpdateIncidentRecord": incident_records.update_incident_record,
    "UpdateRelatedItems": related_items.update_related_items,
    "UpdateReplicationSet": replication_sets.update_replication_set,
    "UpdateResponsePlan": response_plans.update_response_plan,
    "UpdateTimelineEvent": timeline_events.update_timeline_event,
}


EFFECTS: Mapping[str, Callable[[World, Record], None]] = {
    effects.APPEARANCE: effects.appear,
    replication_sets.END_OF_CHANGE: replication_sets.end_change,
}
"""What is carried out later, by the kind under which it was scheduled."""


class Route(NamedTuple):
    """What the way needs of one operation, compiled from its shapes."""

    operation: Operation
    handler: Handler
    fits: Check
    copy: Copier
    is_well_built: Check


@cache
def route(operation_name: str) -> Route:
    """Compile the way of an operation, at its first call; refuse one that only a newer botocore has."""
    operation = load_api().operations[operation_name]
    if operation_name not in HANDLERS:
        raise errors.unknown_to_fakeim(operation_name)
    return Route(
        operation=operation,
        handler=HANDLERS[operation_name],
        fits=constraint(operation.input),
        copy=copier(operation.output),
        is_well_built=well_built(operation.output),
    )


class Pages(NamedTuple):
    """What the way needs of a list operation besides: its paging rules, and how to copy a page of what it lists."""

    rules: Pagination
    copy: Copier


@cache
def pages(operation_name: str, kind: str) -> Pages:
    """Compile the pages of an operation that lists records of ``kind``, which may have more members than it shows."""
    operation = load_api().operations[operation_name]
    if operation.pagination is None:
        raise TypeError(f"{operation_name} lists records, but the model gives it no pages")
    key = operation.pagination.result_key
    copy_listed = page_copier(operation.output.members[key], kind)
    return Pages(operation.pagination, lambda page: page | {key: copy_listed(page[key])})


class Dispatcher:
    """Takes the calls of one fake account, one at a time."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults
        self.calls = Calls()
        self.lock = RLock()
        self.entry: RLock | Together = self.lock
        """What a call takes first: the lock, and those of the accounts that it may be carried out in."""
        self.admission = Admission(self)
        self._requests = 0
        self._request_suffix = f"-fa4e-4000-8000-{world.account_id}"
        forks().watch(self)

    def call(
        self, operation_name: str, params: Record, region: str, patience: float | None = None
    ) -> tuple[Record, str]:
        """Answer one call: give the result, fresh, and the request's id, or raise ``ServiceError``.

        ``params`` are canonical and become the service's own. After an error everything is as it was before; but for
        a lost reply, which is a ``ConnectionFailed`` as every fault of the connection is. ``patience`` is how many
        seconds the caller would wait.
        """
        with self.entry:
            return self.attend(operation_name, params, region, patience)

    def attend(
        self, operation_name: str, params: Record, region: str, patience: float | None = None
    ) -> tuple[Record, str]:
        """Answer a call that has entered."""
        if not self.faults:
            return self._carry_out(operation_name, params, region)
        strike = self.faults.strike(operation_name, params, patience)
        self.world.clock.sleep(strike.delay / 1000)
        if strike.error is None or strike.committed:
            return self._carry_out(operation_name, params, region, lost_by=strike.error)
        world, error = self.world, strike.error
        world.operation, world.region, world.now = operation_name, region, world.clock.tick()
        if isinstance(error, errors.ServiceError):
            self.refuse(error)
        self._log(params, error, struck=True)
        raise error

    def _carry_out(
        self, operation_name: str, params: Record, region: str, lost_by: Failure | None = None
    ) -> tuple[Record, str]:
        try:
            answer, found, copy = self.run(operation_name, region, self._admit, params)
        except errors.ServiceError as refusal:
            self._log(params, lost_by or refusal, struck=lost_by is not None)
            if lost_by is not None:
                raise lost_by from None
            raise
        if lost_by is not None:
            self._log(params, lost_by, found, copy, struck=True)
            raise lost_by
        world = self.world
        self.calls.append((operation_name, params, region, world.caller, world.now, found, copy, None, "", False))
        return answer, self._request_id()

    def _log(
        self, params: Record, error: Failure, found: Record | None = None, copy: Copier | None = None, *, struck: bool
    ) -> None:
        # Not the error itself: it has a traceback, and with that every frame up to the test that called.
        world, code, message = self.world, error.code, str(error)
        self.calls.append(
            (world.operation, params, world.region, world.caller, world.now, found, copy, code, message, struck)
        )

    def run(self, name: str, region: str, action: Callable[[A], T], argument: A, *, now: int | None = None) -> T:
        """Do ``action`` as a call named ``name`` is done: in time, and wholly or not at all; its lock is held.

        It is done ``now``, if that has been read from the clock already.
        """
        world = self.world
        world.operation, world.region, world.now = name, region, world.clock.tick() if now is None else now
        self._requests += 1
        try:
            if world.state.schedule:
                self.settle()
            result = action(argument)
        except errors.ServiceError as refusal:
            world.state.roll_back()
            refusal.request_id = self._request_id()
            raise
        except Exception as problem:
            world.state.roll_back()
            failure = errors.internal(problem)
            failure.request_id = self._request_id()
            raise failure from problem
        except BaseException:  # an interrupt, or a test's time limit
            world.state.roll_back()
            raise
        world.commit()
        return result

    @property
    def settings_locks(self) -> tuple[RLock, ...]:
        """The locks of the settings, in the order in which they are taken (``forks``)."""
        return self.faults.lock, self.world.quotas.lock, self.admission.iam.lock, self.admission.lock

    def replace_locks(self) -> None:
        """Make new locks, because nobody can release the old ones (``forks``)."""
        for owner in (self, self.faults, self.world.quotas, self.admission.iam, self.admission):
            owner.lock = RLock()
        self.admission.shares.take_new_locks()

    def reset(self) -> None:
        """Forget the calls so far and how many requests there were; take faults, policies, quotas and shares away."""
        self._requests = 0
        self.calls.clear()
        self.faults.clear()
        self.admission.clear()

    def signed_with(self, access_key: str | None) -> Account:
        """Give the way in for who signs with ``access_key``; ``None`` is a call without a signature."""
        caller = self.admission.iam.caller_of(access_key)
        return self if caller is None else Caller(self, caller)

    def sleep(self, seconds: float) -> None:
        """Let time pass on the account's clock."""
        self.world.clock.sleep(seconds)

    def refuse(self, error: errors.ServiceError) -> errors.ServiceError:
        """Count a request that came to no operation, and give its error the request's id."""
        with self.lock:
            self._requests += 1
            error.request_id = self._request_id()
        return error

    def look(self) -> State:
        """Give the state as it is now, with all that was to happen by now, to be read while the lock is held."""
        if self.world.state.schedule:
            self.world.now = self.world.clock.now_ms()
            self.settle()
        return self.world.state

    def settle(self) -> None:
        """Let what was to happen by now happen, each effect at its own time."""
        while (first := self.world.state.schedule.first()) and first[0][1] <= self.world.now:
            self._carry_out_effect(*first)

    def complete(self, kind: str) -> None:
        """Let all effects of a ``kind`` that are to come happen now."""
        with self.lock:
            self.world.now = self.world.clock.now_ms()
            for position, effect in list(whole(self.world.state.schedule).rows()):
                if effect["kind"] == kind:
                    self._carry_out_effect(position, effect)

    def _carry_out_effect(self, position: Position, effect: Record) -> None:
        world = self.world
        called_at, called_from = world.now, world.region
        world.state.schedule.drop(position[3])
        world.now, world.region = min(position[1], called_at), effect["region"]
        EFFECTS[effect["kind"]](world, effect)
        world.commit()
        world.now, world.region = called_at, called_from

    def _admit(self, params: Record) -> Answer:
        """Find the way of the call, and who has to let it pass, if anybody has."""
        way = route(self.world.operation)
        return self.admission.answer(way, params) if self.admission.needed else self.answer(way, params)

    def answer(self, way: Route, params: Mapping[str, Any]) -> Answer:
        """Answer a call that is alone and in time, and whose writes are undone if it fails."""
        operation, world = way.operation, self.world
        if world.consistency.on:
            world = world.consistency.seen(world)
        if not way.fits(params):
            raise errors.constraints([sentence for _, sentence in violations(operation.input, params)])
        token = params.get(operation.token) if operation.token else None
        if token:
            given = idempotency.recall(world, operation, token, params)
            if given is not None:
                return way.copy(given), given, way.copy
        found, copy = way.handler(world, params), way.copy
        if isinstance(found, Listing):
            if world.consistency.on:
                found = world.consistency.listed(self.world, found)
            rules, copy = pages(operation.name, found.table.kind)
            found = paging.page(world, params, found, rules)
        answer = copy(found)
        if not way.is_well_built(answer):
            raise TypeError(f"an answer to {operation.name} that does not fit its shape")
        if token:
            idempotency.remember(world, operation, token, params, found)
        return answer, found, copy

    def _request_id(self) -> str:
        # A counter, not chance: so that reads do not shift the ids of what is made later (ids, rule 3).
        return f"{self._requests:08x}{self._request_suffix}"
