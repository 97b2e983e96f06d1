"""Timeline events and related items that a test puts there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import fakeim
from contract_tests.fake_only.inspection import dump

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from fakeim import FakeIncidentManager

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACKNOWLEDGED = "SSM Contacts Page Acknowledgement for Incident"
NOWHERE = "arn:aws:ssm-incidents::123456789012:incident-record/plan/0"


@pytest.fixture
def fake() -> FakeIncidentManager:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze(NOW)
    return fake


@pytest.fixture
def incident(fake: FakeIncidentManager) -> str:
    return fake.open_incident(at=NOW - 5 * HOUR)


def test_an_event_is_of_its_own_time(fake: FakeIncidentManager, incident: str) -> None:
    references: Any = [{"resource": incident}]
    event_id = fake.add_timeline_event(incident, "data", type="Note", at=NOW - HOUR, references=references)
    event = fake.client().get_timeline_event(incidentRecordArn=incident, eventId=event_id)["event"]
    assert event == {
        "eventData": "data",
        "eventId": event_id,
        "eventReferences": references,
        "eventTime": NOW - HOUR,
        "eventType": "Note",
        "eventUpdatedTime": NOW - HOUR,
        "incidentRecordArn": incident,
    }
    plain = fake.add_timeline_event(incident, "")
    event = fake.client().get_timeline_event(incidentRecordArn=incident, eventId=plain)["event"]
    assert (event["eventType"], event["eventTime"], event.get("eventReferences")) == ("Custom Event", NOW, None)


def test_a_related_item_is_told_of_in_the_timeline(fake: FakeIncidentManager, incident: str) -> None:
    fake.add_related_item(incident, url="https://example.org", type="METRIC", title="graph", at=NOW - HOUR)
    client = fake.client()
    item = client.list_related_items(incidentRecordArn=incident)["relatedItems"][0]
    assert (item["identifier"], item["title"]) == ({"type": "METRIC", "value": {"url": "https://example.org"}}, "graph")
    newest = client.list_timeline_events(incidentRecordArn=incident)["eventSummaries"][0]
    assert (newest["eventType"], newest["eventTime"]) == ("SSM Incident Record Update", NOW - HOUR)


@pytest.mark.parametrize(
    ("seed", "kind", "told"),
    [
        (lambda fake, _: fake.add_timeline_event(NOWHERE, ""), ValueError, f"{NOWHERE} does not exist"),
        (lambda fake, _: fake.add_timeline_event("incident", ""), ValueError, "'incident' at 'incidentRecordArn'"),
        (lambda fake, own: fake.add_timeline_event(own, "x" * 12_001), ValueError, "eventData"),
        (lambda fake, own: fake.add_timeline_event(own, {}), ValueError, "eventData, value: {}"),
        (lambda fake, own: fake.add_timeline_event(own, "", at="x"), ValueError, "at='x': give a datetime"),
        (lambda fake, own: fake.add_timeline_event(own, "", references=[{}]), ValueError, "eventReferences"),
        (lambda fake, own: fake.add_related_item(own), ValueError, "arn, metricDefinition"),
        (lambda fake, own: fake.add_related_item(own, url="", arn="x"), ValueError, "value"),
        (lambda fake, own: fake.add_related_item(own, ulr=""), TypeError, "no keyword ulr; did you mean url"),
        (lambda fake, own: fake.add_related_item(own, url="", type="RUNBOOK"), ValueError, "'RUNBOOK' at"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_changes(
    fake: FakeIncidentManager, incident: str, seed: Callable[[Any, str], object], kind: type[Exception], told: str
) -> None:
    before = dump(fake)
    with pytest.raises(kind, match=told):
        seed(fake, incident)
    assert dump(fake) == before


# -- a bug that this finds


def time_to_acknowledge(client: SSMIncidentsClient, incident: str) -> timedelta | None:
    """Say how long nobody answered: the author takes the first event of a list for the oldest."""
    events = client.list_timeline_events(incidentRecordArn=incident)["eventSummaries"]
    found = [each["eventTime"] for each in events if each["eventType"] == ACKNOWLEDGED]
    return found[0] - client.get_incident_record(arn=incident)["incidentRecord"]["creationTime"] if found else None


def test_a_second_acknowledgement_finds_the_report_that_takes_the_last_one(
    fake: FakeIncidentManager, incident: str
) -> None:
    assert time_to_acknowledge(fake.client(), incident) is None
    fake.add_timeline_event(incident, "{}", type=ACKNOWLEDGED, at=NOW - 4 * HOUR)
    assert time_to_acknowledge(fake.client(), incident) == HOUR
    fake.add_timeline_event(incident, "{}", type=ACKNOWLEDGED, at=NOW - 2 * HOUR)
    assert time_to_acknowledge(fake.client(), incident) == 3 * HOUR  # the bug: it was acknowledged after one
