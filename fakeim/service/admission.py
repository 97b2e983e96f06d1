"""What a call has to pass before its operation, once a test has set something: throttles, policies, quotas, shares.

    throttle . constraints . the caller's policies . the account that it is for . quotas

The order is that of the rules in ``quotas`` (5), ``iam`` (4) and ``sharing`` (6). Where nothing is set, calls do not
come here.
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any

from fakeim.service.iam import Iam
from fakeim.service.sharing import Shares

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeim.service.dispatch import Answer, Dispatcher, Route


class Admission:
    """Lets the calls of one fake account pass, or refuses them."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self.lock = RLock()
        self.needed = False
        """Whether calls have to come here."""
        self.iam = Iam(dispatcher.world, self.update)
        self.shares = Shares(dispatcher, self.update)
        dispatcher.world.quotas.watch(self.update)

    def update(self) -> None:
        """Find out anew whether calls have to come here."""
        with self.lock:  # of two threads, the one that looks last has to see what both have set
            self.needed = bool(self.iam or self.shares or self._dispatcher.world.quotas)

    def clear(self) -> None:
        """Set nothing any more."""
        self.iam.clear()
        self.shares.clear()
        self._dispatcher.world.quotas.clear()

    def answer(self, way: Route, params: Mapping[str, Any]) -> Answer:
        """Answer a call in place of the dispatcher, which answers those that pass."""
        dispatcher, world, operation = self._dispatcher, self._dispatcher.world, way.operation
        world.quotas.throttle(operation.name, world.now)
        if not way.fits(params):
            return dispatcher.answer(way, params)  # and be told what is wrong
        if self.iam:
            self.iam.authorize(operation.name, params)
        with self.shares.of(operation.name, params) as share:
            if share is not None:
                return share.carry_out(way, params)
        if self.shares and operation.name == "ListResponsePlans":
            way = way._replace(handler=self.shares.list_response_plans)
        with world.quotas.watched(world, operation, params):
            return dispatcher.answer(way, params)
