"""A small incident bot: the Lambda function behind an EventBridge rule for CloudWatch alarms.

It is written for ``boto3.client("ssm-incidents")`` and knows of no other. EventBridge delivers an event at least once;
so each write carries the event's id as its client token, and a second delivery changes nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_ssm_incidents import SSMIncidentsClient
    from mypy_boto3_ssm_incidents.type_defs import IncidentTemplateTypeDef, RelatedItemTypeDef

    Event = Mapping[str, Any]

PLAN = "cloudwatch-alarms"
"""The name of the response plan, which the bot makes itself if it is not there."""

# What the API takes at most, in characters.
LONGEST_TITLE = 200
LONGEST_DEFINITION = 4_000
LONGEST_RAW_DATA = 10_000
LONGEST_NOTE = 12_000


def handle(client: SSMIncidentsClient, event: Event) -> str | None:
    """Open an incident when an alarm goes off, and resolve it when the alarm is over.

    Args:
        client: A boto3 client of ``ssm-incidents``.
        event: An EventBridge event of the type "CloudWatch Alarm State Change".

    Returns:
        The incident's ARN, or ``None`` if there was nothing to do.

    Raises:
        botocore.exceptions.ClientError: A call was refused. EventBridge then delivers the event again.
    """
    match event["detail"]["state"]["value"]:
        case "ALARM":
            return open_incident(client, event)
        case "OK":
            return resolve_incident(client, event)
        case _:
            return None


def open_incident(client: SSMIncidentsClient, event: Event) -> str:
    """Start the incident of an alarm, or find the one that this event or this alarm has already; give its ARN."""
    started = client.start_incident(
        responsePlanArn=find_or_create_plan(client, event),
        clientToken=event["id"],
        title=event["detail"]["alarmName"][:LONGEST_TITLE],
        triggerDetails={
            "source": event["source"],
            "triggerArn": alarm_arn(event),
            "timestamp": event["detail"]["state"]["timestamp"],
            "rawData": json.dumps(event)[:LONGEST_RAW_DATA],
        },
        relatedItems=related_items(event),
    )
    write_note(client, started["incidentRecordArn"], event)
    return started["incidentRecordArn"]


def resolve_incident(client: SSMIncidentsClient, event: Event) -> str | None:
    """Resolve the open incident of an alarm and give its ARN, or ``None`` if there is none."""
    incident = find_open_incident(client, alarm_arn(event))
    if incident is not None:
        write_note(client, incident, event)
        client.update_incident_record(arn=incident, status="RESOLVED", clientToken=event["id"])
    return incident


def write_note(client: SSMIncidentsClient, incident: str, event: Event) -> None:
    """Write to the incident's timeline what the alarm says, with a reference to the alarm."""
    state = event["detail"]["state"]
    client.create_timeline_event(
        incidentRecordArn=incident,
        clientToken=event["id"],
        eventTime=state["timestamp"],
        eventType="Note",
        eventData=f"{state['value']}: {state['reason']}"[:LONGEST_NOTE],
        eventReferences=[{"resource": alarm_arn(event)}],
    )


def find_or_create_plan(client: SSMIncidentsClient, event: Event) -> str:
    """Give the ARN of the response plan, which is made at the first alarm."""
    pages = client.get_paginator("list_response_plans").paginate()
    plans = {plan["name"]: plan["arn"] for page in pages for plan in page["responsePlanSummaries"]}
    if PLAN in plans:
        return plans[PLAN]
    template: IncidentTemplateTypeDef = {"title": "CloudWatch alarm", "impact": 3}
    return client.create_response_plan(name=PLAN, incidentTemplate=template, clientToken=event["id"])["arn"]


def find_open_incident(client: SSMIncidentsClient, alarm: str) -> str | None:
    """Give the ARN of the open incident that ``alarm`` has set off, or ``None``."""
    pages = client.get_paginator("list_incident_records").paginate(
        filters=[{"key": "status", "condition": {"equals": {"stringValues": ["OPEN"]}}}]
    )
    incidents = (incident for page in pages for incident in page["incidentRecordSummaries"])
    return next(
        (each["arn"] for each in incidents if each["incidentRecordSource"].get("resourceArn") == alarm),
        None,
    )


def related_items(event: Event) -> list[RelatedItemTypeDef]:
    """Give what responders want to look at: the alarm, and the metrics that it watches."""
    title = event["detail"]["alarmName"][:LONGEST_TITLE]
    items: list[RelatedItemTypeDef] = [
        {"identifier": {"type": "INVOLVED_RESOURCE", "value": {"arn": alarm_arn(event)}}, "title": title}
    ]
    metrics = json.dumps(event["detail"]["configuration"].get("metrics", []))  # a composite alarm has none
    if metrics != "[]" and len(metrics) <= LONGEST_DEFINITION:  # half a definition is worse than none
        items.append({"identifier": {"type": "METRIC", "value": {"metricDefinition": metrics}}, "title": title})
    return items


def alarm_arn(event: Event) -> str:
    """Give the ARN of the alarm whose event this is."""
    arn: str = event["resources"][0]
    return arn
