"""What happens in the demo: one alarm, delivered to the bot as EventBridge may deliver it, on a fake account."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.demo import alarm_events, bot
from fakeim.incident_manager import FakeIncidentManager

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from mypy_boto3_ssm_incidents import SSMIncidentsClient
    from mypy_boto3_ssm_incidents.type_defs import IncidentRecordTypeDef, TimelineEventTypeDef

    from fakeim.seeding.alarm_events import Event

# Minutes after the alarm went off.
REDELIVERED_AFTER = 1
OVER_AFTER = 12


class Call(NamedTuple):
    """One call that the bot made."""

    method: str
    params: Mapping[str, Any]


class Delivery(NamedTuple):
    """One event that the bot was given, and what it did about it."""

    time: datetime
    event: str
    calls: list[Call]


class Story(NamedTuple):
    """All that the demo has to show."""

    account: str
    region: str
    deliveries: list[Delivery]
    incidents: int
    record: IncidentRecordTypeDef
    timeline: list[TimelineEventTypeDef]


def tell(event: Event) -> Story:
    """Let the bot live through the alarm of ``event``: twice told that it goes off, then that it is over."""
    fake = FakeIncidentManager(account_id=event["account"], regions=[event["region"]])
    fake.clock.freeze(event["time"])
    client = fake.client()
    calls = record_calls(client)
    deliveries = []

    def deliver(name: str, event: Event) -> None:
        bot.handle(client, event)
        deliveries.append(Delivery(fake.clock.now(), name, calls.copy()))
        calls.clear()

    deliver("ALARM", event)
    fake.clock.advance(minutes=REDELIVERED_AFTER)
    deliver("ALARM again", event)
    fake.clock.advance(minutes=OVER_AFTER - REDELIVERED_AFTER)
    deliver("OK", alarm_events.recovery(event, fake.clock.now()))
    incidents = fake.client().list_incident_records()["incidentRecordSummaries"]
    arn = incidents[0]["arn"]
    return Story(
        account=event["account"],
        region=event["region"],
        deliveries=deliveries,
        incidents=len(incidents),
        record=fake.client().get_incident_record(arn=arn)["incidentRecord"],
        timeline=read_timeline(fake.client(), arn),
    )


def record_calls(client: SSMIncidentsClient) -> list[Call]:
    """Have ``client`` note each call, those of its paginators too, in the list that this gives."""
    calls: list[Call] = []

    def recorded(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def call(**params: Any) -> Any:
            calls.append(Call(name, params))
            return method(**params)

        return call

    for name in client.meta.method_to_api_mapping:
        setattr(client, name, recorded(name, getattr(client, name)))
    return calls


def read_timeline(client: SSMIncidentsClient, incident: str) -> list[TimelineEventTypeDef]:
    """Give the whole events of the incident whose ARN is ``incident``, oldest first."""
    pages = client.get_paginator("list_timeline_events").paginate(incidentRecordArn=incident, sortOrder="ASCENDING")
    return [
        client.get_timeline_event(incidentRecordArn=incident, eventId=summary["eventId"])["event"]
        for page in pages
        for summary in page["eventSummaries"]
    ]
