"""Seeds: what a fake's user puts into the account, by the rules of the service, without a call.

Rules [our choice]:
 1. A seed is done by the operation's own rules, wholly or not at all. It is no call: it is not logged, no fault
    strikes it, nobody's permission is asked, it uses no client token. Who would be told of it is told (``outbox``).
 2. A seed with ``at`` is as if the clock had shown that moment: ids, times and automatic events are of then. It lies
    in the past: what is to come has not happened.
 3. What the service would refuse is a ``ValueError`` with the service's words; a wrong keyword is a ``TypeError``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from fakeim.seeding import keywords
from fakeim.service import arns, errors, findings, incident_records, related_items, response_plans, timeline_events
from fakeim.service.clock import epoch_milliseconds
from fakeim.service.state import whole
from fakeim.spec.api import load_api
from fakeim.spec.codec import Misfit, instant, reader
from fakeim.spec.suggestions import did_you_mean
from fakeim.spec.validation import violations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from fakeim.seeding.triggers import Trigger
    from fakeim.service.dispatch import Dispatcher
    from fakeim.service.state import Record
    from fakeim.service.world import World

    Moment = datetime | str

T = TypeVar("T")
PLAN = "plan"
"""What a plan is called whose name nobody chose; the second one is ``plan-2``."""


class Ending(NamedTuple):
    """How an incident is left: resolved or not, and when, if not at once."""

    resolved: bool
    resolved_at: int | None


def ending(status: str | None, resolved_at: Moment | None) -> Ending:
    """Read the keywords that say how an incident is left; a ``ValueError`` if they make no sense."""
    known = load_api().shape("IncidentRecordStatus").enum
    if status is not None and status not in known:
        raise ValueError(f"status={status!r}{did_you_mean(str(status), known)}")
    if status == "OPEN" and resolved_at is not None:
        raise ValueError("an incident with resolved_at=… is RESOLVED: leave out status='OPEN'")
    moment = None if resolved_at is None else _moment("resolved_at", resolved_at)
    return Ending(status == "RESOLVED" or moment is not None, moment)


class Seeds:
    """Puts things into the account of ``dispatcher``, from ``region``."""

    def __init__(self, dispatcher: Dispatcher, region: str) -> None:
        self._dispatcher = dispatcher
        self._region = region

    def response_plan(self, name: str | None, given: Mapping[str, Any]) -> str:
        """Add a response plan and give its ARN."""
        keywords.expect("add_response_plan", given, keywords.PlanMembers)
        return self._sow("CreateResponsePlan", None, lambda world: _add_plan(world, name, given))

    def incident(
        self, plan: str | None, at: Moment | None, trigger: Trigger | None, given: Mapping[str, Any], end: Ending
    ) -> str:
        """Open an incident and give its ARN."""
        keywords.expect("open_incident", given, keywords.IncidentMembers)
        params = keywords.renamed("StartIncidentInput", given)
        if trigger is not None:
            if "triggerDetails" in params:
                raise ValueError("trigger_details stand in the event: give only one of both")
            own = params.get("relatedItems", [])
            params |= {"relatedItems": _joined(own, trigger.resources), "triggerDetails": trigger.details}
            plan = trigger.plan if plan is None else plan
        return self._sow("StartIncident", at, lambda world: _open_incident(world, plan, params, end))

    def timeline_event(
        self, incident: str, data: str, event_type: str, at: Moment | None, references: list[dict[str, str]] | None
    ) -> str:
        """Write a timeline event and give its id."""

        def write(world: World) -> str:
            params = keywords.checked(
                "CreateTimelineEvent",
                {
                    "eventData": data,
                    "eventReferences": references or [],
                    "eventTime": world.time(),
                    "eventType": event_type,
                    "incidentRecordArn": incident,
                },
            )
            arns.find(world, arns.INCIDENT_RECORD, incident)
            kind, text, listed = (params[name] for name in ("eventType", "eventData", "eventReferences"))
            return timeline_events.write(world, incident, kind, text, world.time(), references=listed)

        return self._sow("CreateTimelineEvent", at, write)

    def related_item(
        self, incident: str, item_type: str, title: str | None, at: Moment | None, given: Mapping[str, Any]
    ) -> None:
        """Add a related item."""
        keywords.expect("add_related_item", given, keywords.ItemMembers)
        item: Record = {"identifier": {"type": item_type, "value": keywords.renamed("ItemValue", given)}}
        item |= {} if title is None else {"title": title}
        params = {"incidentRecordArn": incident, "relatedItemsUpdate": {"itemToAdd": item}}

        def add(world: World) -> Record:
            return related_items.update_related_items(world, keywords.checked("UpdateRelatedItems", params))

        self._sow("UpdateRelatedItems", at, add)

    def finding(self, incident: str, given: Mapping[str, Mapping[str, Any] | None]) -> str:
        """Add a finding with the details ``given`` and give its id."""
        if not isinstance(incident, str):
            raise ValueError(f"incident_record_arn={incident!r}: give the ARN of an incident")  # noqa: TRY004 - as for every bad ARN
        details = _finding_details({kind: dict(value) for kind, value in given.items() if value is not None})
        return self._sow("AddFinding", None, lambda world: findings.add(world, incident, details))

    def _sow(self, name: str, at: Moment | None, action: Callable[[World], T]) -> T:
        moment = None if at is None else _moment("at", at)

        def seed(world: World) -> T:
            if moment is not None:
                _go_to(world, "at", moment, first=None)
            return action(world)

        try:
            with self._dispatcher.lock:
                return self._dispatcher.run(name, self._region, seed, self._dispatcher.world)
        except errors.ServiceError as error:
            raise ValueError(error.message) from error.__cause__


# -- done under the account's lock


def _add_plan(world: World, name: str | None, given: Mapping[str, Any]) -> str:
    request = keywords.plan_request(_free_name(world) if name is None else name, given)
    arn: str = response_plans.create_response_plan(world, keywords.checked("CreateResponsePlan", request))["arn"]
    return arn


def _open_incident(world: World, plan: str | None, params: Record, end: Ending) -> str:
    opened, last_number = world.now, world.state.number
    request = keywords.checked("StartIncident", params | {"responsePlanArn": _plan_arn(world, plan)})
    arn: str = incident_records.start_incident(world, request)["incidentRecordArn"]
    if end.resolved:
        if world.state.incident_records.position(arn)[2] <= last_number:
            raise errors.validation(
                f"This is the same as {arn}, which is OPEN: seed resolved incidents before an open one of their kind."
            )
        if end.resolved_at is not None:
            _go_to(world, "resolved_at", end.resolved_at, first=opened)
        incident_records.update_incident_record(world, {"arn": arn, "status": "RESOLVED"})
    return arn


def _joined(own: Any, items: list[Record]) -> Any:
    """Add ``items`` to a user's own, as many as an incident starts with; what is no list is left to be refused."""
    most = load_api().shape("RelatedItemList").max or 0
    return [*own, *items[: max(0, most - len(own))]] if isinstance(own, list | tuple) else own


def _plan_arn(world: World, plan: str | None) -> str:
    if plan is None:
        oldest = world.state.response_plans.first()
        return _add_plan(world, None, {}) if oldest is None else oldest[1]["arn"]
    if not isinstance(plan, str):
        raise errors.validation(f"plan={plan!r}: give the name or the ARN of a response plan.")
    arn = plan if plan.startswith("arn:") else arns.make(world, arns.RESPONSE_PLAN, plan)
    if arn not in world.state.response_plans:
        names = [record["name"] for _, record in whole(world.state.response_plans).rows()]
        raise errors.validation(f"There is no response plan {plan}{did_you_mean(arns.last_part(plan), names)}")
    return arn


def _free_name(world: World) -> str:
    name, count = PLAN, 1
    while arns.make(world, arns.RESPONSE_PLAN, name) in world.state.response_plans:
        count += 1
        name = f"{PLAN}-{count}"
    return name


def _go_to(world: World, keyword: str, moment: int, *, first: int | None) -> None:
    """Let the seed go on at ``moment`` (rule 2)."""
    now = world.clock.now_ms()
    if moment > now:
        raise errors.validation(
            f"{keyword}={instant(moment)} has not come yet on the fake's clock, which shows {instant(now)}; "
            "set that first, with fake.clock.move_to(…)"
        )
    if first is not None and moment < first:
        raise errors.validation(f"{keyword}={instant(moment)} lies before the incident's start, {instant(first)}")
    world.now = moment


def _moment(keyword: str, value: Moment) -> int:
    try:
        found = epoch_milliseconds(value)
        instant(found)
    except (AttributeError, TypeError, ValueError, OverflowError):
        raise ValueError(f"{keyword}={value!r}: give a datetime or ISO 8601 text") from None
    return found


def _finding_details(details: dict[str, Any]) -> Record:
    shape = load_api().shape("FindingDetails")
    try:
        canonical: Record = reader(shape)(details)
    except Misfit:
        raise ValueError(f"not the details of one finding: {details!r}") from None
    broken = [sentence for _, sentence in violations(shape, canonical)]
    if broken:
        raise ValueError("; ".join(broken))
    return canonical
