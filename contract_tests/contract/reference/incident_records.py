"""Incident records: the rules of ``fakeim/service/incident_records.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_tests.contract.reference import filters, timeline_events
from contract_tests.contract.reference.calls import Listing
from contract_tests.contract.reference.lookups import INCIDENT, PLAN, drop, if_there, owned, the
from contract_tests.contract.reference.related_items import put_item, put_parent
from contract_tests.contract.reference.tags import set_tags
from contract_tests.contract.reference.unknowns import settled
from contract_tests.support import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_tests.contract.reference.calls import Call
    from contract_tests.support import Record

CHANGEABLE = ("chatChannel", "impact", "notificationTargets", "status", "summary", "title")


def start_incident(call: Call, params: Mapping[str, Any]) -> Record:
    plan = the(call, PLAN, params["responsePlanArn"])
    trigger = params.get("triggerDetails")
    for existing in call.state.incidents:
        if same_incident(existing.record, plan, trigger):
            if trigger:
                timeline_events.triggered(call, existing.record["arn"], trigger, created=False)  # rule 6
            return {"incidentRecordArn": existing.record["arn"]}
    record = new_incident(call, plan, params)
    call.state.incidents.append(call.entry(None, record))
    set_tags(call, record["arn"], plan["incidentTemplate"].get("incidentTags", {}))  # rule 9
    if trigger:
        timeline_events.triggered(call, record["arn"], trigger, created=True)
        timeline_events.engaging(call, record, plan)
    else:
        timeline_events.started(call, record["arn"])
    for item in params.get("relatedItems", ()):
        put_item(call, record["arn"], item)  # rule 7
    put_parent(call, record)
    return {"incidentRecordArn": record["arn"]}


def same_incident(record: Record, plan: Record, trigger: Record | None) -> bool:
    """Say whether a start would be this incident again (rules 4 to 6)."""
    if record["status"] != "OPEN":
        return False
    dedupe = plan["incidentTemplate"].get("dedupeString")
    if dedupe:
        return bool(record["dedupeString"] == dedupe)
    alarm = (trigger or {}).get("triggerArn")
    of_the_plan = record["arn"].split("/")[1] == plan["name"]
    return bool(alarm and of_the_plan and record["incidentRecordSource"].get("resourceArn") == alarm)


def new_incident(call: Call, plan: Record, params: Mapping[str, Any]) -> Record:
    template, trigger = plan["incidentTemplate"], params.get("triggerDetails")
    execution = f"arn:aws:ssm:{call.region}:{ACCOUNT}:automation-execution/"
    record = {
        "arn": call.timed_id(f"arn:aws:ssm-incidents::{ACCOUNT}:incident-record/{plan['name']}/"),
        "automationExecutions": [{"ssmExecutionArn": call.timed_id(execution)} for _ in plan.get("actions", ())],
        "creationTime": call.now,
        "dedupeString": template.get("dedupeString") or call.timed_id(),
        "impact": params.get("impact", template["impact"]),
        "incidentRecordSource": {
            "createdBy": call.caller,
            "invokedBy": call.caller,
            "source": trigger["source"] if trigger else "aws.ssm-incidents.custom",
        },
        "lastModifiedBy": call.caller,
        "lastModifiedTime": call.now,
        "notificationTargets": template.get("notificationTargets", []),
        "status": "OPEN",
        "title": params.get("title", template["title"]),
    }
    if trigger and "triggerArn" in trigger:
        record["incidentRecordSource"]["resourceArn"] = trigger["triggerArn"]
    if "chatChannel" in plan:
        record["chatChannel"] = plan["chatChannel"]
    if template.get("summary"):
        record["summary"] = template["summary"]
    copy: Record = settled(record)
    return copy


def get_incident_record(call: Call, params: Mapping[str, Any]) -> Record:
    return {"incidentRecord": the(call, INCIDENT, params["arn"])}


def list_incident_records(call: Call, params: Mapping[str, Any]) -> Listing:
    shown = ("arn", "creationTime", "impact", "incidentRecordSource", "resolvedTime", "status", "title")
    rows = [
        ((each.record["creationTime"], each.number), {name: each.record[name] for name in shown if name in each.record})
        for each in call.state.incidents
        if filters.fits_all(filters.INCIDENT_FILTERS, each.record, params)
    ]
    filters.fits_all(filters.INCIDENT_FILTERS, None, params)
    return Listing("incidentRecordSummaries", rows[::-1], descending=True)  # rule 12


def update_incident_record(call: Call, params: Mapping[str, Any]) -> Record:
    record = the(call, INCIDENT, params["arn"])
    changes = {name: settled(params[name]) for name in CHANGEABLE if name in params}
    if not changes:
        return {}
    was_open = record["status"] == "OPEN"
    record |= changes | {"lastModifiedBy": call.caller, "lastModifiedTime": call.now}
    if record["status"] == "OPEN":
        record.pop("resolvedTime", None)  # rule 11
    elif was_open:
        record["resolvedTime"] = call.now
    for name, empty in (("summary", ""), ("chatChannel", {"empty": {}})):  # rule 2
        if record.get(name) == empty:
            del record[name]
    texts = {
        name: new if isinstance(new, str) else timeline_events.compact(new) for name, new in sorted(changes.items())
    }
    timeline_events.updated(call, record, texts)  # rule 10
    return {}


def delete_incident_record(call: Call, params: Mapping[str, Any]) -> Record:
    if if_there(call, INCIDENT, params["arn"]):
        drop(call.state.incidents, *[each for each in call.state.incidents if each.record["arn"] == params["arn"]])
        for entries in (call.state.events, call.state.items, call.state.tags):  # rule 13
            drop(entries, *owned(entries, params["arn"]))
    return {}
