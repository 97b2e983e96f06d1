"""Incident records: started from a plan, found, changed, resolved, deleted.

Rules, and what they rest on:
 1. An unknown plan, or incident, is ResourceNotFound; deleting what is not there succeeds [observed §3.3].
 2. Title and impact of the request override the template's [documented 6.3]. Chat channel and notification targets
    are the plan's, copied; targets are [] when it has none [observed §6.2]. An empty summary, the template's or one
    set later, is no summary [inferred 5.22].
 3. A manual start has the source ``aws.ssm-incidents.custom``; createdBy and invokedBy are the caller [observed
    §6.2]. A start with triggerDetails has the trigger's source, and its ARN as resourceArn [assumption: 17.21],
    whatever the source, ``aws.`` included [assumption: 17.21; a test has to play the alarm].
 4. Without a dedupeString of its own an incident gets a fresh id as dedupeString [observed §6.2, 2.7], and every
    manual start makes an incident [observed 6.7].
 5. A plan with a dedupeString makes no second incident while one with that string is OPEN, in the whole account:
    the ARN is the existing one's [documented 6.8; assumption: 17.20]; a resolved one frees the string.
    [assumption: "contain the same string" means equal]
 6. Otherwise a trigger makes no second incident while one of this plan and this trigger is OPEN [documented 6.9].
    A deduplicated trigger is written to the existing timeline [inferred §6.6], and changes nothing else.
 7. Every incident gets a PARENT item and the update event that tells of it [observed 8.3, §7.2]. A manual start
    writes "Incident Started" [observed §7.2]; a triggered one SSM Incident Trigger and SSM Incident Start instead
    [observed §7.1; assumption: 17.22]. Given related items are there at once, without events [assumption: 17.23].
 8. A runbook that starts leaves its execution in automationExecutions [documented §6.2], which is [] otherwise
    [observed §6.2]; here every runbook starts [assumption: no run-time of SSM].
 9. The template's incidentTags become the incident's tags [documented §11].
10. Update changes what it names, the last writer wins [documented 6.16]; one event tells all of it, attributes in
    alphabetical order, and lastModified is bumped [observed 6.17; assumption: 17.24]. Naming nothing does nothing
    [assumption: 17.24].
11. RESOLVED sets resolvedTime, once [observed 6.18]; OPEN again takes it away [assumption: 17.24, against
    the weak 6.19].
12. Listed newest first [weakly §6.5; assumption: 17.26], with the summary's members [observed §6.5]; all statuses
    unless filtered [documented §6.5].
13. Delete takes the timeline, items, findings and tags with it [inferred §6.5; assumption: 17.27], also of an OPEN
    incident [observed §6.5].
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fakeim.service import arns, effects, filters, outbox, related_items, timeline_events
from fakeim.service.chat_channels import without_empty_chat_channel
from fakeim.spec.codec import compact_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeim.service.state import Listing, Record
    from fakeim.service.world import World

MANUAL = "aws.ssm-incidents.custom"
NOTHING: list[Record] = []
"""What most incidents have where a list may be: one for all, as records are never changed."""
CHANGEABLE = ("chatChannel", "impact", "notificationTargets", "status", "summary", "title")


def start_incident(world: World, params: Mapping[str, Any]) -> Record:
    """Start an incident, or find the open one that this one is the same as (rules 1 to 9)."""
    plan = arns.find(world, arns.RESPONSE_PLAN, params["responsePlanArn"])
    trigger = params.get("triggerDetails")
    existing = _open_duplicate(world, plan, trigger)
    if existing is not None:
        if trigger:
            timeline_events.write_triggered(world, existing, trigger, created=False)
        return {"incidentRecordArn": existing["arn"]}
    record = _new_record(world, plan, params)
    arn = record["arn"]
    world.state.incident_records.put(world.place(arn, time=world.now), record)
    tags = plan["incidentTemplate"].get("incidentTags")
    if tags:
        world.state.tags.put(world.place(arn), tags)
    if trigger:
        timeline_events.write_triggered(world, record, trigger, created=True)
        timeline_events.write_start(world, record, plan)
    else:
        timeline_events.write_started(world, record)
    outbox.send_start(world, record, plan, params.get("relatedItems", ()))
    for item in params.get("relatedItems", ()):
        related_items.attach(world, arn, item)
    related_items.attach_parent(world, record)
    return {"incidentRecordArn": arn}


def get_incident_record(world: World, params: Mapping[str, Any]) -> Record:
    """Give the record (rule 1)."""
    return {"incidentRecord": arns.find(world, arns.INCIDENT_RECORD, params["arn"])}


def list_incident_records(world: World, params: Mapping[str, Any]) -> Listing:
    """List the summaries that fit the filters (rule 12)."""
    return filters.listing(
        world.state.incident_records, 0, params.get("filters", ()), filters.INCIDENTS, descending=True
    )


def update_incident_record(world: World, params: Mapping[str, Any]) -> Record:
    """Change what is named (rules 1, 10 and 11)."""
    record = arns.find(world, arns.INCIDENT_RECORD, params["arn"])
    changes = {name: params[name] for name in CHANGEABLE if name in params}
    if not changes:
        return {}
    changed = record | changes | {"lastModifiedBy": world.caller, "lastModifiedTime": world.time()}
    if changed["status"] == "OPEN":
        changed.pop("resolvedTime", None)
    elif record["status"] == "OPEN":
        changed["resolvedTime"] = world.time()
    if changed.get("summary") == "":
        del changed["summary"]
    if "chatChannel" in changes:
        changed = without_empty_chat_channel(changed)
    world.state.incident_records.replace(record["arn"], changed)
    timeline_events.write_update(world, changed, {name: _as_text(value) for name, value in changes.items()})
    return {}


def delete_incident_record(world: World, params: Mapping[str, Any]) -> Record:
    """Delete the record and all that belongs to it, if it is there (rules 1 and 13)."""
    arn, state = params["arn"], world.state
    number = arns.number_or_none(world, arns.INCIDENT_RECORD, arn)
    for table in (state.timeline_events, state.related_items, state.findings):
        table.drop_group(number)
    effects.forget(world, arn)
    state.tags.drop(arn)
    state.incident_records.drop(arn)
    return {}


# -- parts


def _open_duplicate(world: World, plan: Record, trigger: Record | None) -> Record | None:
    incidents = world.state.incident_records
    dedupe = plan["incidentTemplate"].get("dedupeString")
    if dedupe:
        return incidents.first_with("open dedupeString", dedupe)
    if trigger and "triggerArn" in trigger:
        return incidents.first_with("open trigger", (arns.last_part(plan["arn"]), trigger["triggerArn"]))
    return None


def _new_record(world: World, plan: Record, params: Mapping[str, Any]) -> Record:
    template, now, caller = plan["incidentTemplate"], world.time(), world.caller
    dedupe = template.get("dedupeString") or world.ids.timed(world.now)  # minted before the incident's id: 2.7
    arn = arns.make(world, arns.INCIDENT_RECORD, f"{plan['name']}/{world.ids.timed(world.now)}")
    record = {
        "arn": arn,
        "automationExecutions": [_execution(world) for _ in plan.get("actions", ())] or NOTHING,
        "chatChannel": plan.get("chatChannel"),
        "creationTime": now,
        "dedupeString": dedupe,
        "impact": params.get("impact", template["impact"]),
        "incidentRecordSource": _source(world, params.get("triggerDetails")),
        "lastModifiedBy": caller,
        "lastModifiedTime": now,
        "notificationTargets": template.get("notificationTargets", NOTHING),
        "status": "OPEN",
        "summary": template.get("summary"),
        "title": params.get("title", template["title"]),
    }
    for name in ("chatChannel", "summary"):
        if not record[name]:
            del record[name]
    return record


def _source(world: World, trigger: Record | None) -> Record:
    if trigger is None:
        return _source_of(world.caller, MANUAL)
    source = {"createdBy": world.caller, "invokedBy": world.caller, "source": trigger["source"]}
    if "triggerArn" in trigger:
        source["resourceArn"] = trigger["triggerArn"]
    return source


@lru_cache(maxsize=64)
def _source_of(caller: str, source: str) -> Record:
    # One for all incidents that somebody starts, as records are never changed: it is a seventh of what they take.
    return {"createdBy": caller, "invokedBy": caller, "source": source}


def _execution(world: World) -> Record:
    place = f"arn:{world.partition}:ssm:{world.region}:{world.account_id}:automation-execution"
    return {"ssmExecutionArn": f"{place}/{world.ids.timed(world.now)}"}


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else compact_json(value)
