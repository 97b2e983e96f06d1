"""Sharing: what one account lets another do with its response plans, and with their incidents.

Rules, and what they rest on:
 1. A plan is shared by a share of RAM and a resource policy on the plan [documented §10: a policy alone is no share].
    Here ``share_with`` stands for the share, accepted; which plans it holds, and for which actions, their policies say.
 2. A call that names the ARN of a shared plan, or of an incident of one, is carried out in the owner's account, in its
    caller's name [inferred §10; assumption: records show the consumer's ARN], in the Region that it came from. So the
    owner's clock, paces, lags and pages are those that count [our choice], and client tokens are as the owner's own
    [assumption].
 3. The policies of the plan must name the caller, his role, his account or ``*``, and allow the action both on the
    incident record, if it is about one, and on the plan [documented §10, §13]. They hold for all incidents of the plan,
    also earlier ones [documented §10]. What they deny is denied [assumption: RAM makes no such statements, §10].
 4. Consumers may be allowed the ten actions that RAM knows, and no more: not DeleteTimelineEvent, nor anything about
    tags [observed, documented §10; assumption: so with all others].
 5. Whom no policy allows it gets AccessDeniedException, whether or not the thing exists [assumption: 17.5]. A policy
    that cannot be understood, such as one without principals, allows nothing [assumption]; the error's cause says why.
 6. The consumer's own policies, rates and faults come first: both accounts have to allow a call [documented: IAM's
    cross-account access]. The call is in the consumer's log, and told by his events, only [our choice].
 7. ListResponsePlans gives the consumer's own plans, then those that are shared and that he may get, the first
    share's first [documented §5.4; assumption: the order, 17.39], each as late as its own account shows it; who may
    get them is asked of the policies as they are [our choice]. ListIncidentRecords gives his own incidents only
    [assumption: it is none of the ten].
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, Self

from fakeim.service import actions, errors, policies
from fakeim.service.callers import called_by, names
from fakeim.service.conditions import Malformed
from fakeim.service.iam import context
from fakeim.service.state import Table, group, whole
from fakeim.service.strict import Strict
from fakeim.spec.api import SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from threading import RLock

    from fakeim.service.dispatch import Answer, Dispatcher, Route
    from fakeim.service.state import Listing, Record
    from fakeim.service.world import World

SHAREABLE = frozenset(
    {
        "CreateTimelineEvent",
        "GetIncidentRecord",
        "GetResponsePlan",
        "GetTimelineEvent",
        "ListRelatedItems",
        "ListTimelineEvents",
        "StartIncident",
        "UpdateIncidentRecord",
        "UpdateRelatedItems",
        "UpdateTimelineEvent",
    }
)
"""Rule 4: the actions in the policies that RAM makes."""
REFUSED = "because no resource-based policy allows the {} action"
DENIED = "with an explicit deny in a resource-based policy"


class Share(Strict):
    """What makes an account a consumer of another; ``remove`` or the end of its ``with`` block ends it."""

    def __init__(self, owner: Dispatcher, consumer: Dispatcher, place: int) -> None:
        self.owner, self.consumer = owner, consumer
        self.place = place
        """Where the owner's plans come in the consumer's lists."""

    def __repr__(self) -> str:
        return f"<Share of {self.owner.world.account_id} with {self.consumer.world.account_id}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def remove(self) -> None:
        """End it, if it has not ended."""
        self.owner.admission.shares.discard(self)
        self.consumer.admission.shares.discard(self)

    # -- on the way of a call of the consumer's

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Have the owner's lock, if that takes no waiting; say whether it is had.

        Who entered when the share was there has it (``Together``). A call that was waiting for its turn while the
        share was made has not, and is as if it had come before: were it to wait here, with a lock in its hands, two
        calls could wait for each other.
        """
        held = self.owner.lock.acquire(blocking=False)
        try:
            yield held
        finally:
            if held:
                self.owner.lock.release()

    def carry_out(self, way: Route, params: Mapping[str, Any]) -> Answer:
        """Do in the owner's account what the consumer's call asks for, if it may (rules 2 to 5)."""
        call, owner = self.consumer.world, self.owner
        now = call.now if owner.world.clock is call.clock else None  # a clock that both have moves once a call
        with called_by(owner.world, call.caller):
            operation, asked = way.operation.name, (way, params)
            return owner.run(operation, call.region, self._in_owners_account, asked, now=now)

    def plans(self) -> Iterator[tuple[int, Record]]:
        """Give the owner's plans that the consumer may get, each with its number, as lists show them in his Region."""
        world, call = self.owner.world, self.consumer.world
        world.operation, world.region, world.now = call.operation, call.region, world.clock.now_ms()
        with called_by(world, call.caller):
            for position, plan in _plans(world).rows():
                if _refusal(world, "GetResponsePlan", {"arn": plan["arn"]}) is None:
                    yield position[2], plan

    def _in_owners_account(self, asked: tuple[Route, Mapping[str, Any]]) -> Answer:
        way, params = asked
        world, operation = self.owner.world, way.operation
        refusal = _refusal(world, operation.name, params)
        if refusal is not None:
            raise refusal from refusal.__cause__
        with world.quotas.watched(world, operation, params):
            return self.owner.answer(way, params)


class Shares:
    """The shares of one fake account; true while it is a consumer. ``changed`` is told when they change."""

    def __init__(self, dispatcher: Dispatcher, changed: Callable[[], None]) -> None:
        self._dispatcher, self._changed = dispatcher, changed
        self._places = count(1)
        self.lent: list[Share] = []
        self.borrowed: list[Share] = []

    def __bool__(self) -> bool:
        return bool(self.borrowed)

    def lend(self, consumer: Dispatcher) -> Share:
        """Make ``consumer``'s account a consumer of this one.

        Raises:
            ValueError: It has the same number, or is in another partition, or has been one already.
        """
        ours, other = self._dispatcher.world, consumer.world
        if other.account_id == ours.account_id:
            raise ValueError(
                f"both accounts are {ours.account_id}: give one another account_id, for ARNs tell them apart"
            )
        if other.partition != ours.partition:
            raise ValueError(f"an account in {ours.partition} cannot share with one in {other.partition}")
        share = consumer.admission.shares.borrow(self._dispatcher)
        self.lent = [*self.lent, share]
        return share

    def borrow(self, owner: Dispatcher) -> Share:
        """Take the consumer's part in what ``lend`` does."""
        account = owner.world.account_id
        if any(each.owner.world.account_id == account for each in self._alive()):
            raise ValueError(f"{self._dispatcher.world.account_id} has a share of {account} already")
        share = Share(owner, self._dispatcher, next(self._places))
        self.borrowed = [*self.borrowed, share]
        self._update()
        return share

    def discard(self, share: Share) -> None:
        """Forget ``share``, if it is known."""
        self.lent = [each for each in self.lent if each is not share]
        self.borrowed = [each for each in self.borrowed if each is not share]
        self._update()

    def clear(self) -> None:
        """End all of them."""
        for share in (*self.lent, *self.borrowed):
            share.remove()

    @contextmanager
    def of(self, operation: str, params: Mapping[str, Any]) -> Iterator[Share | None]:
        """Give the share that a call falls under, for its target is in the owner's account, with the owner's lock."""
        member = actions.target_member(operation)
        account = str(params.get(member or "")).split(":", 5)[4:5]
        share = next((each for each in self._alive() if [each.owner.world.account_id] == account), None)
        if share is None:
            yield None
            return
        with share.held() as held:
            yield share if held else None

    def list_response_plans(self, world: World, params: Mapping[str, Any]) -> Listing:  # noqa: ARG002 - as every handler
        """List the account's own plans and those that are shared with it, each as its account shows it (rule 7)."""
        own = _plans(self._dispatcher.world)
        table = Table(own.table.kind, [])
        for position, plan in own.rows():
            table.put(position, plan)
        for share in self._alive():
            with share.held() as held:
                for number, plan in share.plans() if held else ():
                    table.put((0, share.place, number, plan["arn"]), plan)
        return whole(table)._replace(seen=True)

    def _alive(self) -> list[Share]:
        # Either account may have gone back to a time before the share, without the other.
        return [each for each in self.borrowed if each in each.owner.admission.shares.lent]

    def take_new_locks(self) -> None:
        """Let the calls of this account and of its consumers take the lock that it has now."""
        for each in (self, *(share.consumer.admission.shares for share in self.lent)):
            each._update()  # noqa: SLF001 - of the same class

    def _update(self) -> None:
        locks = [self._dispatcher.lock, *(each.owner.lock for each in self.borrowed)]
        self._dispatcher.entry = Together(locks) if self.borrowed else self._dispatcher.lock
        self._changed()


class Together:
    """Several locks, taken in the same order by all who take some of them: so none waits for another in a circle."""

    def __init__(self, locks: list[RLock]) -> None:
        self._locks = sorted(locks, key=id)

    def __enter__(self) -> None:
        for lock in self._locks:
            lock.acquire()

    def __exit__(self, *_: object) -> None:
        for lock in reversed(self._locks):
            lock.release()


def _plans(world: World) -> Listing:
    """List the plans of an account as its lists show them where the call is."""
    consistency = world.consistency
    return consistency.listed(world, whole(consistency.seen(world).state.response_plans))


def _refusal(world: World, operation: str, params: Mapping[str, Any]) -> errors.ServiceError | None:
    """Say why the caller, who is of another account, may not do something here; ``None`` if he may (rules 3 to 5)."""
    targets = actions.resources(operation, params)
    statements, problem = _statements(world, targets[-1])  # all that can be shared have the plan last
    for target in targets:
        need = actions.Need(f"{SERVICE}:{operation}", target)
        asked = policies.Question(*need, context(world, need, operation, params), names(world.caller))
        verdict = policies.decide(statements, asked)
        if not verdict or operation not in SHAREABLE:
            refusal = errors.access_denied(
                world.caller, *need, DENIED if verdict is False else REFUSED.format(need.action)
            )
            refusal.__cause__ = problem
            return refusal
    return None


def _statements(world: World, plan: str) -> tuple[list[policies.Statement], Malformed | None]:
    """Give what the policies of a plan say, and what is wrong with one that cannot be understood."""
    plans = world.state.response_plans
    statements: list[policies.Statement] = []
    problem: Malformed | None = None
    if plan in plans:
        for _, policy in group(world.state.resource_policies, plans.number(plan)).rows():
            try:
                statements += policies.compiled(policy["policyDocument"], of_resource=True)
            except Malformed as found:
                problem = found
    return statements, problem
