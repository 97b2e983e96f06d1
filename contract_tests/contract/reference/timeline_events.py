"""Timeline events, users' and the service's own: the rules of ``fakeim/service/timeline_events.py``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contract_tests.contract.reference import filters
from contract_tests.contract.reference.calls import Listing
from contract_tests.contract.reference.lookups import INCIDENT, drop, if_there, invalid, not_found, owned, the
from contract_tests.contract.reference.unknowns import made, settled, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_tests.contract.reference.calls import Call, Entry
    from contract_tests.support import Record

EDITABLE = ("Custom Event", "Note")


def the_event(call: Call, params: Mapping[str, Any]) -> Record:
    the(call, INCIDENT, params["incidentRecordArn"])
    for each in owned(call.state.events, params["incidentRecordArn"]):
        if each.record["eventId"] == params["eventId"]:
            return each.record
    raise not_found("timeline-event", params["eventId"])


def create_timeline_event(call: Call, params: Mapping[str, Any]) -> Record:
    the(call, INCIDENT, params["incidentRecordArn"])
    if params["eventType"] not in EDITABLE:
        raise invalid()  # rule 2
    record = write(call, params["incidentRecordArn"], params["eventType"], params["eventData"], params["eventTime"])
    if params.get("eventReferences"):
        record["eventReferences"] = settled(params["eventReferences"])
    return {"eventId": record["eventId"], "incidentRecordArn": params["incidentRecordArn"]}


def get_timeline_event(call: Call, params: Mapping[str, Any]) -> Record:
    return {"event": the_event(call, params)}


def list_timeline_events(call: Call, params: Mapping[str, Any]) -> Listing:
    if_there(call, INCIDENT, params["incidentRecordArn"])
    filters.fits_all(filters.EVENT_FILTERS, None, params)
    rows = [
        (place(each), {name: value for name, value in each.record.items() if name != "eventData"})
        for each in owned(call.state.events, params["incidentRecordArn"])
        if filters.fits_all(filters.EVENT_FILTERS, each.record, params)
    ]
    descending = params.get("sortOrder") != "ASCENDING"
    return Listing("eventSummaries", sorted(rows, key=lambda row: row[0], reverse=descending), descending)


def update_timeline_event(call: Call, params: Mapping[str, Any]) -> Record:
    event = the_event(call, params)
    changes = {name: settled(value) for name, value in params.items() if name.startswith("event") and name != "eventId"}
    if event["eventType"] not in EDITABLE or params.get("eventType", "Note") not in EDITABLE:
        raise invalid()  # rules 2 and 5
    if changes:
        event |= changes | {"eventUpdatedTime": call.now}
        if event.get("eventReferences") == []:
            del event["eventReferences"]  # rule 4
    return {}


def delete_timeline_event(call: Call, params: Mapping[str, Any]) -> Record:
    if_there(call, INCIDENT, params["incidentRecordArn"])
    for each in owned(call.state.events, params["incidentRecordArn"]):
        if each.record["eventId"] == params["eventId"]:
            if each.record["eventType"] not in EDITABLE:
                raise invalid()  # rule 5
            drop(call.state.events, each)
    return {}


# -- the service's own events: rule 8


def write(call: Call, incident: Any, event_type: str, data: Any, time: Any) -> Record:
    """Write an event, and give its record."""
    record = {
        "eventData": data,
        "eventId": call.timed_id(),
        "eventTime": time,
        "eventType": event_type,
        "eventUpdatedTime": call.now,
        "incidentRecordArn": incident,
    }
    call.state.events.append(call.entry(incident, record))
    return record


def place(event: Entry) -> tuple[Any, ...]:
    """Give what events are sorted by: time, then arrival (rule 7).

    A time that was not shown yet is that of the call just made, and stands last.
    """
    time = event.record["eventTime"]
    return (unknown(time), 0 if unknown(time) else time, event.number)


def whole_second(call: Call) -> Any:
    return made(lambda now: now.replace(microsecond=0), call.now)


def started(call: Call, incident: Any) -> None:
    write(call, incident, "Custom Event", '"Incident Started"', whole_second(call))


def triggered(call: Call, incident: Any, trigger: Record, *, created: bool) -> None:
    told = {name: trigger[name] for name in ("triggerArn", "rawData") if name in trigger}
    data = compact({"createdIncident": created, "incidentSource": trigger["source"], **told})
    write(call, incident, "SSM Incident Trigger", data, whole_second(call))


def engaging(call: Call, incident: Record, plan: Record) -> None:
    contacts = [{"contactArn": each, "contactName": each.split("/")[-1]} for each in plan.get("engagements", ())]
    told = {"incidentTitle": incident["title"], "contactsEngage": contacts}
    for action in plan.get("actions", ()):
        runbook = action["ssmAutomation"]
        told["ssmDocumentName"] = runbook["documentName"]
        told["ssmDocumentVersion"] = runbook.get("documentVersion", "$DEFAULT")
    if "resourceArn" in incident["incidentRecordSource"]:
        told["triggerArn"] = incident["incidentRecordSource"]["resourceArn"]
    write(call, incident["arn"], "SSM Incident Start", compact(told), whole_second(call))


def updated(call: Call, incident: Record, values: Mapping[str, Any]) -> None:
    """Write which attributes of ``incident`` have which new values, as text."""
    names, title = list(values), incident["title"]

    def data(caller: str, *texts: str) -> str:
        modified = [{"attributeName": name, "newValue": text} for name, text in zip(names, texts, strict=True)]
        return compact({"modifiedBy": caller, "modifiedAttributes": modified, "incidentTitle": title})

    text = made(data, call.caller, *values.values())
    write(call, incident["arn"], "SSM Incident Record Update", text, call.now)


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
