"""The sample bot as it is often written first: it works, until a call fails or there is more than a page of anything.

Four mistakes, one in each function, for the tools of ``fakeim.testing`` to find. ``bot`` is the same without them.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from fakeim.demo.bot import LONGEST_NOTE, LONGEST_TITLE, alarm_arn, find_or_create_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    Event = Mapping[str, Any]

TRIES = 3


def handle(client: SSMIncidentsClient, event: Event) -> str | None:
    """Open an incident when an alarm goes off, and resolve it when the alarm is over; as ``bot.handle`` does."""
    if event["detail"]["state"]["value"] == "ALARM":
        return open_incident(client, event)
    return resolve_incident(client, event)


def open_incident(client: SSMIncidentsClient, event: Event) -> str:
    """Start the incident of an alarm, and give its ARN.

    Mistake: no client token, and no trigger either. Whoever calls this again starts another incident.
    """
    title = event["detail"]["alarmName"][:LONGEST_TITLE]
    plan = find_or_create_plan(client, event)
    incident = client.start_incident(responsePlanArn=plan, title=title)["incidentRecordArn"]
    write_note(client, incident, event)
    return incident


def resolve_incident(client: SSMIncidentsClient, event: Event) -> str | None:
    """Resolve the open incident of an alarm and give its ARN, or ``None`` if there is none."""
    incident = find_open_incident(client, event["detail"]["alarmName"])
    if incident is not None:
        link_alarm(client, incident, event)
        client.update_incident_record(arn=incident, status="RESOLVED", clientToken=event["id"])
    return incident


def find_open_incident(client: SSMIncidentsClient, title: str) -> str | None:
    """Give the ARN of the open incident with this title, or ``None``.

    Mistake: the list has pages, and this looks at the first.
    """
    page = client.list_incident_records(
        filters=[{"key": "status", "condition": {"equals": {"stringValues": ["OPEN"]}}}],
    )
    return next((each["arn"] for each in page["incidentRecordSummaries"] if each["title"] == title), None)


def write_note(client: SSMIncidentsClient, incident: str, event: Event) -> None:
    """Write to the incident's timeline what the alarm says.

    Mistake: a throttled call has done nothing, and is taken for done.
    """
    state = event["detail"]["state"]
    with suppress(client.exceptions.ThrottlingException):  # they are busy
        client.create_timeline_event(
            incidentRecordArn=incident,
            clientToken=f"{state['value']}-{incident.rpartition('/')[2]}",
            eventTime=state["timestamp"],
            eventType="Note",
            eventData=f"{state['value']}: {state['reason']}"[:LONGEST_NOTE],
        )


def link_alarm(client: SSMIncidentsClient, incident: str, event: Event) -> None:
    """Write to the incident's timeline which alarm it was.

    Mistake: no answer is taken for nothing done. It may have been, and without a token it is done again.
    """
    from botocore.exceptions import ReadTimeoutError  # noqa: PLC0415 - the demo begins without botocore

    for _ in range(TRIES):
        try:
            client.create_timeline_event(
                incidentRecordArn=incident,
                eventTime=event["detail"]["state"]["timestamp"],
                eventType="Custom Event",
                eventData=f'"over: {alarm_arn(event)}"',
            )
        except ReadTimeoutError:
            continue
        return
