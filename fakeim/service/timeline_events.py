"""Timeline events: an incident's history, written by users and by the service itself.

Rules, and what they rest on:
 1. An unknown incident is ResourceNotFound for create, get and update; its list is empty and its deletes succeed
    [observed §3.3, 7.15]. An unknown event is ResourceNotFound for get and update, and deleted with success
    [observed §3.3; assumption: 17.31].
 2. Users make events of type Custom Event and Note; other types are a ValidationException [documented 7.4;
    assumption: 17.28]. eventData is any text up to 12,000 characters [model, 7.5; assumption: not only JSON].
 3. eventTime may lie anywhere [observed 7.2; assumption: the future too]; eventUpdatedTime is the time of the
    write [observed 7.3].
 4. Update changes the members it names; eventReferences are replaced whole, so an empty list removes them
    [documented 7.7]. References are not looked up [assumption: 17.30]. Naming nothing does nothing [assumption].
 5. Only Custom Events and Notes can be updated [documented 7.7, 7.8], or deleted [assumption: 17.29]: a
    ValidationException otherwise. The automatic "Incident Started" is a Custom Event, and is edited [observed §7.2].
 6. Summaries have no eventData; eventReferences only when there are any [observed 7.9, 7.10].
 7. Listed by eventTime, newest first by default [observed 7.11]; among equal times the later made counts as newer
    [assumption: 17.32].
 8. The service's own events have the payloads of ``write_*`` below: compact JSON in this order of keys
    [observed §7.1], and no references [observed in the recordings of 2021; those of 7.14 are doubtful]. What
    is too long for eventData is cut: values, raw data, contacts [assumption]. ``effects`` says when they appear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeim.service import arns, effects, errors, filters, outbox
from fakeim.spec.codec import compact_json, instant, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from fakeim.service.state import Listing, Record
    from fakeim.service.world import World

CUSTOM, NOTE = "Custom Event", "Note"
EDITABLE = frozenset({CUSTOM, NOTE})
CHANGEABLE = ("eventData", "eventReferences", "eventTime", "eventType")
TRIGGER = "SSM Incident Trigger"
START = "SSM Incident Start"
RECORD_UPDATE = "SSM Incident Record Update"

LONGEST_DATA = 12_000
STARTED = '"Incident Started"'


def create_timeline_event(world: World, params: Mapping[str, Any]) -> Record:
    """Store a user's event (rules 1 to 3)."""
    incident = arns.stored(world, arns.INCIDENT_RECORD, params["incidentRecordArn"])
    _check_editable(params["eventType"])
    event_id = write(
        world,
        incident,
        params["eventType"],
        params["eventData"],
        params["eventTime"],
        references=params.get("eventReferences"),
    )
    return {"eventId": event_id, "incidentRecordArn": incident}


def get_timeline_event(world: World, params: Mapping[str, Any]) -> Record:
    """Give one event (rule 1)."""
    return {"event": _find(world, params)}


def list_timeline_events(world: World, params: Mapping[str, Any]) -> Listing:
    """List the summaries of an incident's events (rules 1, 6 and 7)."""
    return filters.listing(
        world.state.timeline_events,
        arns.number_or_none(world, arns.INCIDENT_RECORD, params["incidentRecordArn"]),
        params.get("filters", ()),
        filters.EVENTS,
        descending=params.get("sortOrder") != "ASCENDING",
    )


def update_timeline_event(world: World, params: Mapping[str, Any]) -> Record:
    """Replace the members that are named (rules 4 and 5)."""
    event = _find(world, params)
    _check_editable(event["eventType"])
    _check_editable(params.get("eventType", CUSTOM))
    changes = {name: params[name] for name in CHANGEABLE if name in params}
    if not changes:
        return {}
    changed = event | changes | {"eventUpdatedTime": world.time()}
    changed = {name: changed[name] for name in sorted(changed) if name != "eventReferences" or changed[name]}
    group, _, number, event_id = world.state.timeline_events.position(event["eventId"])
    world.state.timeline_events.put((group, milliseconds(changed["eventTime"]), number, event_id), changed)
    return {}


def delete_timeline_event(world: World, params: Mapping[str, Any]) -> Record:
    """Delete a user's event, if it is there (rules 1 and 5)."""
    arns.number_or_none(world, arns.INCIDENT_RECORD, params["incidentRecordArn"])
    event = _lookup(world, params)
    if event is not None:
        _check_editable(event["eventType"])
        world.state.timeline_events.drop(event["eventId"])
    return {}


# -- written for the service's own reasons


def write(
    world: World,
    incident: str,
    event_type: str,
    data: str,
    time: datetime,
    *,
    references: list[Record] | None = None,
    background: bool = False,
) -> str:
    """Store an event of the incident whose ARN is ``incident``, and give its id.

    In the ``background`` it may appear later.
    """
    state, event_id, now = world.state, world.ids.timed(world.now), world.time()
    record: Record = {
        "eventData": data,
        "eventId": event_id,
        "eventReferences": references,
        "eventTime": time,
        "eventType": event_type,
        "eventUpdatedTime": now,
        "incidentRecordArn": incident,
    }
    if not references:
        del record["eventReferences"]
    group = state.incident_records.number(incident)
    at = world.now if time is now else milliseconds(time)  # which takes a while, and most are of now
    position = world.place(event_id, group=group, time=at)
    if background:
        stamp = "" if event_type == RECORD_UPDATE else "eventUpdatedTime"
        effects.show(world, state.timeline_events, position, record, incident, stamp=stamp)
    else:
        state.timeline_events.put(position, record)
    return event_id


def write_started(world: World, incident: Record) -> None:
    """Write what a manual start writes: a Custom Event at the whole second [observed §7.2]."""
    write(world, incident["arn"], CUSTOM, STARTED, _whole_second(world), background=True)


def write_triggered(world: World, incident: Record, trigger: Record, *, created: bool) -> None:
    """Write that an alarm or event came in, whether or not it made a new incident [observed §7.1, inferred §6.6]."""

    def rendered(raw_data: dict[str, str]) -> str:
        details = {"createdIncident": created, "incidentSource": trigger["source"]}
        details |= {"triggerArn": trigger["triggerArn"]} if "triggerArn" in trigger else {}
        return compact_json(details | raw_data)

    raw_data = {"rawData": trigger["rawData"]} if "rawData" in trigger else {}
    data = _fitting(raw_data, rendered)
    write(world, incident["arn"], TRIGGER, data, _whole_second(world), background=True)


def write_start(world: World, incident: Record, plan: Record) -> None:
    """Write what a triggered start writes: who is engaged, and by what [observed §7.1; assumption: when, 17.22]."""
    details = start_details(incident, plan)
    while len(data := compact_json(details)) > LONGEST_DATA:  # rule 8
        details["contactsEngage"].pop()
    write(world, incident["arn"], START, data, _whole_second(world), background=True)


def start_details(incident: Record, plan: Record) -> Record:
    """Give what is told of a start [observed §7.1]."""
    contacts = [{"contactArn": arn, "contactName": arns.last_part(arn)} for arn in plan.get("engagements", ())]
    details = {"incidentTitle": incident["title"], "contactsEngage": contacts}
    for action in plan.get("actions", ()):
        details["ssmDocumentName"] = action["ssmAutomation"]["documentName"]
        details["ssmDocumentVersion"] = action["ssmAutomation"].get("documentVersion", "$DEFAULT")
    if "resourceArn" in incident["incidentRecordSource"]:
        details["triggerArn"] = incident["incidentRecordSource"]["resourceArn"]
    return details


def write_update(world: World, incident: Record, values: dict[str, str]) -> None:
    """Write, and send, which attributes of the incident have which new values, each as text [observed §7.1]."""
    data = _fitting(values, lambda cut: _update_data(world, incident, cut))
    event_id = write(world, incident["arn"], RECORD_UPDATE, data, world.time(), background=True)
    outbox.send_update(world, incident, event_id, data)


def _update_data(world: World, incident: Record, values: Mapping[str, str]) -> str:
    # Written out, not left to the JSON encoder as a whole: every incident has one, and this takes a third of the time.
    modified = [f'{{"attributeName":"{name}","newValue":{compact_json(value)}}}' for name, value in values.items()]
    return (
        f'{{"modifiedBy":{compact_json(world.caller)},"modifiedAttributes":[{",".join(modified)}],'
        f'"incidentTitle":{compact_json(incident["title"])}}}'
    )


# -- parts


def _lookup(world: World, params: Mapping[str, Any]) -> Record | None:
    event = world.state.timeline_events.get(params["eventId"])
    return event if event and event["incidentRecordArn"] == params["incidentRecordArn"] else None


def _find(world: World, params: Mapping[str, Any]) -> Record:
    event = _lookup(world, params)
    if event is None:
        arns.find(world, arns.INCIDENT_RECORD, params["incidentRecordArn"])
        raise errors.not_found("TIMELINE_EVENT", params["eventId"])
    return event


def _check_editable(event_type: str) -> None:
    if event_type not in EDITABLE:
        raise errors.validation(
            f"Timeline events of type '{event_type}' belong to the service; use '{CUSTOM}' or '{NOTE}'."
        )


def _whole_second(world: World) -> datetime:
    """Give the time of the call as events have it that the service makes through CreateTimelineEvent [§7.2]."""
    return instant(world.now // 1000 * 1000)


def _fitting(values: dict[str, str], rendered: Callable[[dict[str, str]], str]) -> str:
    """Render ``values``, the longest of them cut until the whole fits eventData (rule 8)."""
    data = rendered(values)
    while len(data) > LONGEST_DATA:
        longest = max(values, key=lambda name: len(values[name]))
        values = values | {longest: values[longest][: len(values[longest]) // 2]}
        data = rendered(values)
    return data
