"""What is told beside a failure: the seed, the last calls, the latest incidents and their timelines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from fakeim.incident_manager import FakeIncidentManager
    from fakeim.testing.configuration import Configuration

MOST_CALLS = 20
MOST_INCIDENTS = 5
MOST_EVENTS = 20
LONGEST_LINE = 300


def told(fake: FakeIncidentManager, configuration: Configuration) -> str:
    """Tell of ``fake``, which was made as ``configuration`` says, in lines that fit a report.

    Nothing about it changes: no call is logged, no fault strikes, no time passes.
    """
    seed = dict(configuration.arguments)["seed"]
    now = fake.clock.now()
    twin = configuration.make()
    twin.pagination.reset()
    twin.clock.freeze(now)
    twin.restore(fake.snapshot())
    lines = [f"{fake!r}, seed {seed!r}, at {now.isoformat()}", *_calls(fake), *_incidents(twin.client())]
    return "\n".join(line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…" for line in lines)


def _calls(fake: FakeIncidentManager) -> Iterator[str]:
    last = fake.calls[-MOST_CALLS:]
    yield f"the last {len(last)} of {len(fake.calls)} calls:" if last else "no call has come"
    for call in last:
        yield f"  {call!r}"


def _incidents(client: SSMIncidentsClient) -> Iterator[str]:
    listed = client.list_incident_records(maxResults=MOST_INCIDENTS)
    for incident in listed["incidentRecordSummaries"]:
        yield f"incident {incident['title']!r}, {incident['status']}, impact {incident['impact']}, {incident['arn']}"
        yield from _timeline(client, incident["arn"])
    if "nextToken" in listed:
        yield "and earlier incidents"


def _timeline(client: SSMIncidentsClient, incident: str) -> Iterator[str]:
    listed = client.list_timeline_events(incidentRecordArn=incident, sortOrder="DESCENDING", maxResults=MOST_EVENTS)
    if "nextToken" in listed:
        yield "  ..."
    for summary in reversed(listed["eventSummaries"]):
        got: Any = client.get_timeline_event(incidentRecordArn=incident, eventId=summary["eventId"])
        event = got["event"]
        yield f"  {event['eventTime'].isoformat()} {event['eventType']}: {event['eventData']}"
