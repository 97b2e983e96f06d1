"""The sample bot of ``fakeim demo``, tested as a user would test a bot of his own."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any

import pytest

import fakeim
from fakeim.demo import alarm_events, bot, story

if TYPE_CHECKING:
    from mypy_boto3_ssm_incidents import SSMIncidentsClient


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze("2026-03-14T09:26:55Z")
    return fake


def alarm(event_id: str = "event-1", name: str = "checkout-5xx") -> dict[str, Any]:
    event = alarm_events.parse(alarm_events.SAMPLE.read_bytes())
    event["id"] = event_id
    event["resources"] = [f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"]
    event["detail"]["alarmName"] = name
    return event


def over(fake: fakeim.FakeIncidentManager, event: dict[str, Any]) -> dict[str, Any]:
    fake.clock.advance(minutes=5)
    return alarm_events.recovery(event, fake.clock.now())


def incidents(client: SSMIncidentsClient) -> list[Any]:
    return list(client.get_paginator("list_incident_records").paginate().search("incidentRecordSummaries"))


def notes(client: SSMIncidentsClient, incident: str) -> list[str]:
    events = story.read_timeline(client, incident)
    return [event["eventData"] for event in events if event["eventType"] == "Note"]


def test_an_alarm_starts_an_incident_that_says_where_it_comes_from(client: SSMIncidentsClient) -> None:
    arn = bot.handle(client, alarm())
    assert arn is not None
    record = client.get_incident_record(arn=arn)["incidentRecord"]
    assert (record["title"], record["impact"], record["status"]) == ("checkout-5xx", 3, "OPEN")
    assert record["incidentRecordSource"]["source"] == "aws.cloudwatch"
    assert record["incidentRecordSource"]["resourceArn"] == alarm()["resources"][0]
    (note,) = notes(client, arn)
    assert note.startswith("ALARM: Threshold Crossed: 3 out of the last 3 datapoints")


def test_the_start_carries_the_event_and_what_responders_look_at(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    arn = bot.handle(client, alarm())
    assert arn is not None
    (start,) = fake.calls.of("StartIncident")
    assert json.loads(start.params["triggerDetails"]["rawData"]) == alarm()
    values = {
        item["identifier"]["type"]: item["identifier"]["value"]
        for item in client.list_related_items(incidentRecordArn=arn)["relatedItems"]
    }
    assert values.keys() == {"PARENT", "INVOLVED_RESOURCE", "METRIC"}
    assert values["INVOLVED_RESOURCE"] == {"arn": alarm()["resources"][0]}
    assert json.loads(values["METRIC"]["metricDefinition"]) == alarm()["detail"]["configuration"]["metrics"]


def test_a_redelivered_event_changes_nothing(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    arn = bot.handle(client, alarm())
    assert arn is not None
    before = story.read_timeline(client, arn)
    fake.clock.advance(minutes=3)
    assert bot.handle(client, alarm()) == arn
    assert len(incidents(client)) == 1
    assert story.read_timeline(client, arn) == before


def test_an_alarm_that_goes_off_again_keeps_its_open_incident(client: SSMIncidentsClient) -> None:
    arn = bot.handle(client, alarm("event-1"))
    assert arn is not None
    assert bot.handle(client, alarm("event-2")) == arn
    assert len(incidents(client)) == 1
    assert len(notes(client, arn)) == 2


def test_two_alarms_have_two_incidents_and_one_plan(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    first = bot.handle(client, alarm("event-1", "checkout-5xx"))
    second = bot.handle(client, alarm("event-2", "checkout-slow"))
    assert len({first, second}) == 2
    assert [plan["name"] for plan in client.list_response_plans()["responsePlanSummaries"]] == [bot.PLAN]
    assert bot.handle(client, over(fake, alarm("event-1", "checkout-5xx"))) == first
    assert {each["arn"]: each["status"] for each in incidents(client)} == {first: "RESOLVED", second: "OPEN"}


def test_a_plan_that_is_there_is_used_as_it_is(client: SSMIncidentsClient) -> None:
    for number in range(60):  # more than the page that the list gives at once
        client.create_response_plan(name=f"other-{number}", incidentTemplate={"title": "t", "impact": 5})
    client.create_response_plan(name=bot.PLAN, incidentTemplate={"title": "ours", "impact": 1})
    arn = bot.handle(client, alarm())
    assert arn is not None
    assert client.get_incident_record(arn=arn)["incidentRecord"]["impact"] == 1


def test_the_end_of_the_alarm_resolves_the_incident_once(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    arn = bot.handle(client, alarm())
    assert arn is not None
    end = over(fake, alarm())
    assert bot.handle(client, end) == arn
    record = client.get_incident_record(arn=arn)["incidentRecord"]
    assert (record["status"], record["resolvedTime"]) == ("RESOLVED", fake.clock.now())
    assert bot.handle(client, end) is None
    assert notes(client, arn)[1:] == ["OK: No datapoint crosses the threshold any more."]


def test_a_late_redelivery_does_not_open_the_incident_again(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    arn = bot.handle(client, alarm())
    bot.handle(client, over(fake, alarm()))
    assert bot.handle(client, alarm()) == arn
    assert [each["status"] for each in incidents(client)] == ["RESOLVED"]


def test_the_end_of_an_alarm_without_an_incident_does_nothing(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    assert bot.handle(client, over(fake, alarm())) is None
    assert incidents(client) == []
    assert client.list_response_plans()["responsePlanSummaries"] == []


def test_an_alarm_without_data_does_nothing(client: SSMIncidentsClient) -> None:
    event = alarm()
    event["detail"]["state"]["value"] = "INSUFFICIENT_DATA"
    assert bot.handle(client, event) is None
    assert incidents(client) == []


def test_an_event_too_long_for_the_api_is_cut(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    event = alarm(name="n" * 255)
    event["detail"]["state"]["reason"] = "r" * 13_000
    event["detail"]["configuration"]["metrics"] *= 50
    arn = bot.handle(client, event)
    assert arn is not None
    (start,) = fake.calls.of("StartIncident")
    assert len(start.params["triggerDetails"]["rawData"]) == 10_000
    assert client.get_incident_record(arn=arn)["incidentRecord"]["title"] == "n" * 200
    assert [len(note) for note in notes(client, arn)] == [12_000]
    types = {item["identifier"]["type"] for item in client.list_related_items(incidentRecordArn=arn)["relatedItems"]}
    assert types == {"PARENT", "INVOLVED_RESOURCE"}


def test_a_composite_alarm_has_no_metrics_to_show(client: SSMIncidentsClient) -> None:
    event = alarm()
    event["detail"]["configuration"] = {"alarmRule": "ALARM(checkout-5xx) AND ALARM(checkout-slow)"}
    arn = bot.handle(client, event)
    assert arn is not None
    types = {item["identifier"]["type"] for item in client.list_related_items(incidentRecordArn=arn)["relatedItems"]}
    assert types == {"PARENT", "INVOLVED_RESOURCE"}


def test_each_write_carries_the_id_of_its_event(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    bot.handle(client, alarm("event-1"))
    end = over(fake, alarm("event-1"))
    bot.handle(client, end)
    tokens = [call.params["clientToken"] for call in fake.calls if not call.operation.startswith("List")]
    assert tokens == ["event-1"] * 3 + [end["id"]] * 2


def test_the_bot_does_not_know_that_it_talks_to_a_fake() -> None:
    assert "fakeim" not in inspect.getsource(bot)
