"""Eventual consistency, when ``fake.consistency`` says so: what has been written is seen later in lists, or elsewhere.

Rules, and what they rest on:
 1. AWS's lists may lag: a fresh incident can be missing from ListIncidentRecords for a while, and Get works at once
    [inferred 6.11]. So with a lag of lists, all paged List operations show what was some seconds ago: what was made
    is not there yet, what was changed is as it was, what was deleted is still there [assumption].
 2. Whose list it is, is looked up at once, and so are the tags of a resource [assumption]; GetResourcePolicies has
    pages, but is no List.
 3. A replication set's Regions may lag behind one another [assumption; 4.35 says that they show the same, 4.39 that a
    set may not be found for a moment]. With a lag of Regions, all that reads, Get and BatchGet too, sees at once what
    was written in its own Region, and what was written elsewhere seconds later; lists later by both lags.
 4. A record is seen as a whole: a Region that changes one sees with it what others have changed before [our choice].
 5. Only reading is late. A write acts on what there is, whatever is seen where it comes from, and answers as ever:
    so client tokens and deduplication hold in all Regions, and no lag makes a second incident [assumption].
    Effects are seen as writes of the Region whose call caused them, from when they appear [our choice].
 6. What has been written when a lag is set is seen everywhere [our choice].
"""

from __future__ import annotations

from copy import copy
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from fakeim.service.clock import duration
from fakeim.service.strict import Strict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeAlias

    from fakeim.service.state import Change, Listing, State, Stored
    from fakeim.service.world import World

    Place: TypeAlias = tuple[str | None, bool]
    """A Region, ``None`` being all that have written nothing, and whether it is what lists show there."""

READS = ("Get", "List", "BatchGet")


class View:
    """What is seen from one place: a state of its own, which writes reach when they are due."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._tables = state.kinds()
        self._coming: list[tuple[int, int, str, str, Stored | None]] = []
        self._newest: dict[tuple[str, str], int] = {}
        self._number = 0

    def copy(self) -> View:
        """Give a view of its own that is the same, now and with what is coming."""
        other = View(self.state.copy())
        other._coming, other._newest, other._number = self._coming.copy(), self._newest.copy(), self._number
        return other

    def send(self, changes: Iterable[Change], due: int) -> None:
        """Let ``changes`` be seen once they are ``due``."""
        for table, name, _, row in changes:
            self._number += 1
            heappush(self._coming, (due, self._number, table.kind, name, row))

    def at(self, now: int) -> View:
        """Let be seen what is due by ``now``. What comes after something newer is out of date (rule 4)."""
        while self._coming and self._coming[0][0] <= now:
            _, number, kind, name, row = heappop(self._coming)
            if self._newest.get((kind, name), 0) < number:
                self._newest[kind, name] = number
                self._tables[kind].follow(name, row)
        if not self._coming:
            self._newest.clear()
        return self

    def shown(self, listing: Listing) -> Listing:
        """Give the same listing of what is seen here."""
        return listing._replace(table=self._tables[listing.table.kind])


class Consistency(Strict):
    """How late what is written in one fake account is seen. By default it is seen at once, everywhere."""

    def __init__(self, settle: Callable[[], None]) -> None:
        self._settle = settle
        self.reset()

    def reset(self) -> None:
        """Be as at first: no lag."""
        self._lists = self._regions = 0
        self._on = False

    @property
    def on(self) -> bool:
        """Whether there is a lag."""
        return self._on

    def lists_lag(self, seconds: float) -> None:
        """Let lists show what is written only ``seconds`` later, on the fake's clock; 0 turns this off."""
        self._set(duration(seconds), self._regions)

    def regions_lag(self, seconds: float) -> None:
        """Let other Regions see what is written only ``seconds`` later, on the fake's clock; 0 turns this off."""
        self._set(self._lists, duration(seconds))

    def settle(self) -> None:
        """Let all that has been written be seen now, everywhere; what is written later is late again."""
        self._settle()

    def told(self) -> Iterator[str]:
        """Tell of each lag in a line."""
        if self._lists:
            yield f"lists show what is written {self._lists / 1000:g} s later"
        if self._regions:
            yield f"other Regions see what is written {self._regions / 1000:g} s later"

    def _set(self, lists: int, regions: int) -> None:
        self._settle()  # rule 6
        self._lists, self._regions, self._on = lists, regions, bool(lists or regions)

    # -- asked by the service, when there is a lag

    def seen(self, world: World) -> World:
        """Give the world as the call sees it: as its Region does, if it only reads (rules 3 and 5)."""
        view = self._view(world, lists=False)
        if view is None or not world.operation.startswith(READS):
            return world
        there = copy(world)
        there.state = view.state
        return there

    def listed(self, world: World, listing: Listing) -> Listing:
        """Give the listing as the call sees it (rules 1 and 2)."""
        view = self._view(world, lists=True)
        late = view and world.operation.startswith("List") and not listing.seen
        return view.shown(listing) if view and late else listing

    def keep(self, world: World) -> None:
        """Let the writes of this call be seen when they are due, at each place."""
        state, changes = world.state, list(world.state.changes())
        lags = {False: self._regions, True: self._lists}
        views = {(region, lists): view for (region, lists), view in state.views.items() if lags[lists]}
        for lists in (each for each in lags if lags[each]):
            if (None, lists) not in views:
                views[None, lists] = View(_before(state, changes))
            if self._regions and (world.region, lists) not in views:
                views[world.region, lists] = views[None, lists].copy()
        for (region, lists), view in views.items():
            lag = (self._lists if lists else 0) + (0 if region == world.region else self._regions)
            view.at(world.now).send(changes, world.now + lag)
        state.views = views

    def _view(self, world: World, *, lists: bool) -> View | None:
        """Give what gets or ``lists`` show where the call is; ``None`` if that is all there is."""
        if not (self._lists if lists else self._regions):
            return None
        views = world.state.views
        view = views.get((world.region, lists)) or views.get((None, lists))
        return view and view.at(world.now)


def _before(state: State, changes: list[Change]) -> State:
    """Give a state of its own as ``state`` was before ``changes``."""
    former = state.copy()
    former.views = {}
    tables = former.kinds()
    for table, name, old, _ in reversed(changes):
        tables[table.kind].follow(name, old)
    return former
