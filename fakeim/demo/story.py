"""What happens in the demo: one alarm, delivered to the bot as EventBridge may deliver it, on a fake account."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fakeim.demo import alarm_events, bot
from fakeim.incident_manager import FakeIncidentManager
from fakeim.mock import mock_ssm_incidents
from fakeim.testing.outcomes import observer

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_ssm_incidents import SSMIncidentsClient
    from mypy_boto3_ssm_incidents.type_defs import IncidentRecordTypeDef, TimelineEventTypeDef

    from fakeim.seeding.alarm_events import Event
    from fakeim.service.calls import Call

# Minutes after the alarm went off.
REDELIVERED_AFTER = 1
OVER_AFTER = 12


class Delivery(NamedTuple):
    """One event that the bot was given, and what it called."""

    time: datetime
    event: str
    calls: list[Call]


class Story(NamedTuple):
    """All that the demo has to show."""

    fake: FakeIncidentManager
    account: str
    region: str
    deliveries: list[Delivery]
    incidents: int
    record: IncidentRecordTypeDef
    timeline: list[TimelineEventTypeDef]


def tell(event: Event) -> Story:
    """Let the bot live through the alarm of ``event``: twice told that it goes off, then that it is over.

    Raises:
        botocore.exceptions.BotoCoreError: boto3 cannot make a client here: its configuration is broken.
    """
    import boto3  # noqa: PLC0415 - the demo's other parts do without

    fake = FakeIncidentManager(account_id=event["account"], regions=[event["region"]])
    fake.clock.freeze(event["time"])
    deliveries: list[Delivery] = []

    def deliver(name: str, event: Event) -> None:
        before = len(fake.calls)
        bot.handle(client, event)
        deliveries.append(Delivery(fake.clock.now(), name, list(fake.calls[before:])))

    with mock_ssm_incidents(fake):
        client = boto3.client("ssm-incidents", region_name=event["region"])
        deliver("ALARM", event)
        fake.clock.advance(minutes=REDELIVERED_AFTER)
        deliver("ALARM again", event)
        fake.clock.advance(minutes=OVER_AFTER - REDELIVERED_AFTER)
        deliver("OK", alarm_events.recovery(event, fake.clock.now()))
    reader = observer(fake)  # so that all calls that the account has logged are the bot's
    incidents = reader.list_incident_records()["incidentRecordSummaries"]
    arn = incidents[0]["arn"]
    return Story(
        fake=fake,
        account=event["account"],
        region=event["region"],
        deliveries=deliveries,
        incidents=len(incidents),
        record=reader.get_incident_record(arn=arn)["incidentRecord"],
        timeline=read_timeline(reader, arn),
    )


def read_timeline(client: SSMIncidentsClient, incident: str) -> list[TimelineEventTypeDef]:
    """Give the whole events of the incident whose ARN is ``incident``, oldest first."""
    pages = client.get_paginator("list_timeline_events").paginate(incidentRecordArn=incident, sortOrder="ASCENDING")
    return [
        client.get_timeline_event(incidentRecordArn=incident, eventId=summary["eventId"])["event"]
        for page in pages
        for summary in page["eventSummaries"]
    ]
