"""Views of the account's tables: incidents, response plans, timelines, related items."""

from __future__ import annotations

from abc import abstractmethod
from itertools import islice, starmap
from typing import TYPE_CHECKING, TypeVar

from fakeim.inspection import records
from fakeim.inspection.records import IncidentRecord, RelatedItem, ResponsePlan, TimelineEvent
from fakeim.inspection.view import View
from fakeim.service import arns, filters, timeline_events
from fakeim.service.state import whole
from fakeim.spec.api import load_api
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Self

    from fakeim.service.dispatch import Dispatcher
    from fakeim.service.state import Record, Row, State, Table

T = TypeVar("T")

INCIDENTS = filters.INCIDENTS._replace(
    kinds={**filters.INCIDENTS.kinds, "plan": "stringValues"},
    values={**filters.INCIDENTS.values, "plan": lambda record: (arns.plan_name(record["arn"]),)},
)
"""What the API filters incidents by, and their plan."""

UNFILTERABLE = filters.Filterable("", {}, {})

EVENT_TYPES = (
    timeline_events.CUSTOM,
    timeline_events.NOTE,
    timeline_events.TRIGGER,
    timeline_events.START,
    timeline_events.RECORD_UPDATE,
    "SSM Automation Execution Start Failure for Incident",
    "SSM Contacts Page for Incident",
    "SSM Contacts Page Acknowledgement for Incident",
)
"""Those seen in AWS (catalogue §7.1), whether or not this fake writes them."""

MOST_SUGGESTED = 20


class TableView(View[T]):
    """A view of records that lie in one table of the account."""

    _filterable = UNFILTERABLE

    def __init__(self, account: Dispatcher) -> None:
        self._account = account
        self._filters: tuple[Record, ...] = ()

    @abstractmethod
    def _table(self, state: State) -> Table: ...

    @abstractmethod
    def _make(self, record: Record, tags: Record) -> T: ...

    def _group(self, state: State) -> int:  # noqa: ARG002 - for tables that have groups
        return 0

    def __len__(self) -> int:
        if self._keep:
            return super().__len__()
        with self._account.lock:
            state = self._account.look()
            if self._filters or self._group(state):
                return sum(1 for _ in self._rows(state, newest_first=False))
            return len(self._table(state))

    def _read(self, most: int | None, *, newest_first: bool) -> Iterable[T]:
        with self._account.lock:
            state = self._account.look()
            rows = islice(self._rows(state, newest_first=newest_first), most)
            found = [(record, _tags(state, record)) for _, record in rows]
        return starmap(self._make, found)

    def _rows(self, state: State, *, newest_first: bool) -> Iterator[Row]:
        found = self._table(state), self._group(state), self._filters, self._filterable
        return filters.listing(*found, descending=newest_first).rows()

    def _filtered(self, key: str, *values: str | int, adjective: str = "", phrase: str = "") -> Self:
        """Narrow by what the API filters by: the store has indexes for it."""
        condition = {"equals": {self._filterable.kinds[key]: values}}
        narrower = (*self._filters, {"key": key, "condition": condition})
        return self._narrowed(adjective=adjective, phrase=phrase, _filters=narrower)

    def _unfiltered(self) -> Self:
        return self._with(_keep=(), _filters=(), _adjective="", _phrase="")


class IncidentRecords(TableView[IncidentRecord]):
    """The incidents of an account: ``fake.incidents.open().of_plan("web").one()``, or ``fake.incidents[arn]``."""

    _noun = "incident"
    _filterable = INCIDENTS

    def __getitem__(self, arn: str) -> IncidentRecord:
        """Give the incident whose ARN is ``arn``; a ``LookupError`` if it is not there."""
        with self._account.lock:
            state = self._account.look()
            record = find_incident(state, arn)
            return self._make(record, _tags(state, record))

    def open(self) -> Self:
        """Give those that are OPEN."""
        return self._filtered("status", "OPEN", adjective="open")

    def resolved(self) -> Self:
        """Give those that are RESOLVED."""
        return self._filtered("status", "RESOLVED", adjective="resolved")

    def with_impact(self, *impacts: int) -> Self:
        """Give those of these impacts; a ``ValueError`` for what is no impact."""
        shape = load_api().shape("Impact")
        for each in impacts:
            if each not in range(shape.min or 0, (shape.max or 0) + 1):
                raise ValueError(f"impact {each!r}: give {shape.min} (the highest) to {shape.max}")
        return self._filtered("impact", *impacts, phrase=f"with impact {' or '.join(map(str, impacts))}")

    def of_plan(self, plan: str | ResponsePlan) -> Self:
        """Give those that were started from ``plan``: its name, its ARN, or the plan, which may be deleted by now.

        Raises:
            LookupError: There is no such plan, and no incident of it.
        """
        plans = ResponsePlans(self._account)
        name = plans.name_of(plan)
        if name not in plans and not self._unfiltered()._filtered("plan", name):  # noqa: SLF001 - of the same class
            raise plans.missing(name)
        return self._filtered("plan", name, phrase=f"of plan {name}")

    def _table(self, state: State) -> Table:
        return state.incident_records

    def _make(self, record: Record, tags: Record) -> IncidentRecord:
        return records.incident_record(record, tags)


class ResponsePlans(TableView[ResponsePlan]):
    """The response plans of an account: ``fake.response_plans["web"]``, by name or ARN."""

    _noun = "response plan"

    def __getitem__(self, plan: str) -> ResponsePlan:
        """Give the plan of that name or ARN; a ``LookupError`` if it is not there."""
        arn = self._arn(self.name_of(plan))
        with self._account.lock:
            state = self._account.look()
            record = state.response_plans.get(arn)
            if record is None:
                raise self.missing(plan)
            return self._make(record, _tags(state, record))

    def __contains__(self, plan: object) -> bool:
        if isinstance(plan, str):
            with self._account.lock:
                plans = self._account.look().response_plans
                return plan in plans or self._arn(plan) in plans
        return super().__contains__(plan)

    def name_of(self, plan: str | ResponsePlan) -> str:
        """Give the name of a plan that is given by name, by ARN, or as it is seen; it need not be there any more."""
        given = getattr(plan, "arn", plan)
        if not isinstance(given, str):
            raise TypeError(
                f"plan={plan!r}: give the name or the ARN of a response plan, or one of fake.response_plans"
            )
        name = arns.last_part(given)
        if given not in (name, self._arn(name)):
            raise self.missing(given)
        return name

    def missing(self, plan: str) -> LookupError:
        """Make the error for a plan that is not there."""
        return LookupError(f"there is no response plan {plan!r}{did_you_mean(plan, [each.name for each in self])}")

    def _arn(self, name: str) -> str:
        return arns.make(self._account.world, arns.RESPONSE_PLAN, name)

    def _table(self, state: State) -> Table:
        return state.response_plans

    def _make(self, record: Record, tags: Record) -> ResponsePlan:
        return records.response_plan(record, tags)


class BelongingsView(TableView[T]):
    """A view of what belongs to one incident."""

    def __init__(self, account: Dispatcher, incident: str | IncidentRecord) -> None:
        super().__init__(account)
        self._incident: Any = getattr(incident, "arn", incident)
        with account.lock:
            find_incident(account.look(), self._incident)

    def _group(self, state: State) -> int:
        incidents = state.incident_records
        return incidents.position(self._incident)[2] if self._incident in incidents else arns.NOBODY


class TimelineEvents(BelongingsView[TimelineEvent]):
    """The timeline of an incident: ``fake.timeline(incident).of_type("Note").newest().event_data``."""

    _noun = "timeline event"
    _filterable = filters.EVENTS

    def of_type(self, *event_types: str) -> Self:
        """Give the events of these types; a ``ValueError`` for a type that is none of AWS's and not in the timeline."""
        for each in event_types:
            if each not in EVENT_TYPES and not self._unfiltered()._filtered("eventType", each):  # noqa: SLF001
                raise ValueError(f"there is no event type {each!r}{did_you_mean(each, EVENT_TYPES)}")
        return self._filtered("eventType", *event_types, phrase=f"of type {' or '.join(event_types)}")

    def custom(self) -> Self:
        """Give the Custom Events; "Incident Started", which a manual start writes, is one (catalogue §7.2)."""
        return self.of_type(timeline_events.CUSTOM)

    def notes(self) -> Self:
        """Give the Notes."""
        return self.of_type(timeline_events.NOTE)

    def _table(self, state: State) -> Table:
        return state.timeline_events

    def _make(self, record: Record, _: Record) -> TimelineEvent:
        return records.timeline_event(record)


class RelatedItems(BelongingsView[RelatedItem]):
    """The related items of an incident: ``fake.related_items(incident).of_type("PARENT").one().arn``."""

    _noun = "related item"

    def of_type(self, *types: str) -> Self:
        """Give the items of these types; a ``ValueError`` for what is no type."""
        known = load_api().shape("ItemType").enum
        for each in types:
            if each not in known:
                raise ValueError(f"there is no type of items {each!r}{did_you_mean(each, known)}")
        return self._narrowed(keep=lambda item: item.type in types, phrase=f"of type {' or '.join(types)}")

    def _table(self, state: State) -> Table:
        return state.related_items

    def _make(self, record: Record, _: Record) -> RelatedItem:
        return records.related_item(record)


def _tags(state: State, record: Record) -> Record:
    return state.tags.get(record.get("arn", "")) or {}


def find_incident(state: State, arn: Any) -> Record:
    """Give the incident whose ARN is ``arn``; a ``LookupError`` if it is not there."""
    record = state.incident_records.get(arn) if isinstance(arn, str) else None
    if record is None:
        rows = islice(whole(state.incident_records, descending=True).rows(), MOST_SUGGESTED)
        raise LookupError(f"there is no incident {arn!r}{did_you_mean(str(arn), [each['arn'] for _, each in rows])}")
    return record
