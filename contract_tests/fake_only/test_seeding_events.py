"""Incidents that a CloudWatch alarm or an EventBridge rule opens, from the events themselves."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.fake_only.inspection import dump
from contract_tests.support import spoil
from fakeim.demo.alarm_events import SAMPLE, recovery

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from fakeim import FakeIncidentManager

ALARM: Any = json.loads(SAMPLE.read_bytes())
[ALARM_ARN] = ALARM["resources"]
PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/web"
ACTION: Any = {
    "AlarmName": "checkout-5xx",
    "AlarmArn": ALARM_ARN,
    "AWSAccountId": "123456789012",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold Crossed",
    "StateChangeTime": "2026-03-14T09:26:53.592+0000",
    "Region": "US East (N. Virginia)",
    "OldStateValue": "OK",
    "OKActions": [],
    "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:topic", PLAN],
    "Trigger": {
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "Dimensions": [{"name": "FunctionName", "value": "f"}],
    },
}
INSTANCE = "arn:aws:ec2:us-east-1:123456789012:instance/i-1"
EC2_EVENT: Any = {
    "version": "0",
    "id": "7bf73129-1428-4cd3-a780-95db273d1602",
    "detail-type": "EC2 Instance State-change Notification",
    "source": "aws.ec2",
    "account": "123456789012",
    "time": "2026-03-14T09:26:53Z",
    "region": "us-east-1",
    "resources": [INSTANCE, INSTANCE, "no ARN", 7],
    "detail": {"instance-id": "i-1", "state": "terminated"},
}
OWN: Any = {"identifier": {"type": "OTHER", "value": {"url": "https://example.org"}}}


def deep(levels: int) -> Any:
    event: Any = {}
    for _ in range(levels):
        event = {"detail": event}
    return event


@pytest.fixture
def fake() -> FakeIncidentManager:
    fake = fakeim.FakeIncidentManager()
    fake.add_response_plan("other")
    fake.add_response_plan("web", engagements=["arn:aws:ssm-contacts:us-east-1:123456789012:contact/someone"])
    return fake


def involved(fake: FakeIncidentManager, incident: str) -> list[Any]:
    items = fake.client().list_related_items(incidentRecordArn=incident)["relatedItems"]
    return [each["identifier"]["value"] for each in items if each["identifier"]["type"] == "INVOLVED_RESOURCE"]


def triggers(fake: FakeIncidentManager, incident: str) -> list[Any]:
    client = fake.client()
    listed = client.list_timeline_events(incidentRecordArn=incident, sortOrder="ASCENDING")["eventSummaries"]
    found = [each for each in listed if each["eventType"] == "SSM Incident Trigger"]
    events = [client.get_timeline_event(incidentRecordArn=incident, eventId=each["eventId"]) for each in found]
    return [json.loads(each["event"]["eventData"]) for each in events]


@pytest.mark.parametrize("given", [ALARM, json.dumps(ALARM), json.dumps(ALARM).encode()], ids=["dict", "str", "bytes"])
def test_an_alarm_opens_an_incident_with_itself_as_the_trigger(fake: FakeIncidentManager, given: Any) -> None:
    incident = fake.open_incident("web", event=given)
    source = fake.client().get_incident_record(arn=incident)["incidentRecord"]["incidentRecordSource"]
    assert (source["source"], source["resourceArn"]) == ("aws.cloudwatch", ALARM_ARN)
    [trigger] = triggers(fake, incident)
    raw_data = trigger.pop("rawData")
    assert trigger == {"createdIncident": True, "incidentSource": "aws.cloudwatch", "triggerArn": ALARM_ARN}
    assert json.loads(raw_data) == ALARM


def test_an_alarm_that_goes_off_again_finds_its_open_incident(fake: FakeIncidentManager) -> None:
    first = fake.open_incident("web", event=ALARM)
    assert fake.open_incident("web", event=ALARM) == first
    assert [each["createdIncident"] for each in triggers(fake, first)] == [True, False]
    assert fake.open_incident("other", event=ALARM) != first
    fake.client().update_incident_record(arn=first, status="RESOLVED")
    assert fake.open_incident("web", event=ALARM) != first


def test_an_alarm_opens_the_incident_of_the_plan_that_its_actions_name(fake: FakeIncidentManager) -> None:
    incident = fake.open_incident(event=ACTION)
    assert incident.split("/")[1] == "web"
    with_actions = deepcopy(ALARM)
    with_actions["detail"]["configuration"]["alarmActions"] = ACTION["AlarmActions"]
    assert fake.open_incident(event=with_actions) == incident  # it is the same alarm
    assert fake.open_incident("other", event=ACTION).split("/")[1] == "other"


@pytest.mark.parametrize(
    ("namespace", "dimension", "arn"),
    [
        ("AWS/DynamoDB", "TableName", "arn:aws:dynamodb:us-east-1:123456789012:table/x"),
        ("AWS/EC2", "InstanceId", "arn:aws:ec2:us-east-1:123456789012:instance/x"),
        ("AWS/Lambda", "FunctionName", "arn:aws:lambda:us-east-1:123456789012:function:x"),
        ("AWS/RDS", "DBInstanceIdentifier", "arn:aws:rds:us-east-1:123456789012:db:x"),
        ("AWS/S3", "BucketName", "arn:aws:s3:::x"),
    ],
)
def test_what_an_alarm_watches_is_involved(fake: FakeIncidentManager, namespace: str, dimension: str, arn: str) -> None:
    event = deepcopy(ALARM)
    event["detail"]["configuration"]["metrics"] = [
        {"metricStat": {"metric": {"namespace": namespace, "dimensions": {dimension: "x"}}}},
        {"expression": "m1 * 2"},
    ]
    assert involved(fake, fake.open_incident("web", event=event)) == [{"arn": arn}]
    message = deepcopy(ACTION)
    message["Trigger"] = {"Namespace": namespace, "Dimensions": [{"name": dimension, "value": "x"}]}
    assert involved(fake, fake.open_incident("other", event=message)) == [{"arn": arn}]


def test_a_rule_opens_an_incident_for_any_event(fake: FakeIncidentManager) -> None:
    incident = fake.open_incident("web", event=EC2_EVENT, rule="gone")
    rule = "arn:aws:events:us-east-1:123456789012:rule/gone"
    source = fake.client().get_incident_record(arn=incident)["incidentRecord"]["incidentRecordSource"]
    assert (source["source"], source["resourceArn"]) == ("aws.events", rule)
    assert involved(fake, incident) == [{"arn": INSTANCE}]
    assert fake.open_incident("web", event=ALARM, rule=rule) == incident  # one of each rule is open
    assert fake.open_incident("web", event=EC2_EVENT, rule="other") != incident


def test_an_event_of_any_length_opens_an_incident(fake: FakeIncidentManager) -> None:
    event = EC2_EVENT | {"resources": [f"{INSTANCE}{each}" for each in range(200)], "detail": {"text": "x" * 50_000}}
    incident = fake.open_incident("web", event=event, rule="long", related_items=[OWN])
    assert len(triggers(fake, incident)[0]["rawData"]) <= 10_000
    pages = fake.client().get_paginator("list_related_items").paginate(incidentRecordArn=incident)
    assert len([item for page in pages for item in page["relatedItems"]]) == 100 + 1


def test_an_event_is_not_kept_as_it_was_passed(fake: FakeIncidentManager) -> None:
    given = deepcopy(EC2_EVENT)
    incident = fake.open_incident("web", event=given, rule="rule", related_items=[])
    before = dump(fake)
    assert given == EC2_EVENT
    spoil(given)
    assert dump(fake) == before
    assert involved(fake, incident) == [{"arn": INSTANCE}]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"event": EC2_EVENT}, 'source is "aws.ec2"; expected "aws.cloudwatch"'),
        ({"event": recovery(ALARM, datetime(2026, 3, 14, tzinfo=UTC))}, 'detail.state.value is "OK"; expected "ALARM"'),
        ({"event": ACTION | {"NewStateValue": "OK"}}, 'NewStateValue is "OK"; expected "ALARM"'),
        ({"event": ACTION | {"AlarmArn": "x"}}, 'AlarmArn is "x"; expected the alarm\'s ARN'),
        ({"event": "{"}, "not JSON"),
        ({"event": [ALARM]}, "expected one EventBridge event"),
        ({"event": {"time": datetime(2026, 3, 14, tzinfo=UTC)}}, "not JSON"),
        ({"event": {}, "rule": "rule"}, "source is missing"),
        ({"event": '{"a":' * 99_999}, "not JSON|nested too deeply"),
        ({"event": deep(99_999)}, "nested too deeply"),
        ({"event": EC2_EVENT, "rule": 7}, "rule=7: give the name or the ARN"),
        ({"event": ALARM, "related_items": 7}, "relatedItems, value: 7"),
        ({"event": ALARM, "related_items": [OWN] * 101}, "at 'relatedItems' failed .* less than or equal to 100"),
        ({"event": EC2_EVENT, "rule": "a rule\n"}, "triggerDetails.triggerArn"),
        (
            {"event": ALARM, "trigger_details": {"source": "own", "timestamp": 0}},
            "trigger_details stand in the event",
        ),
    ],
)
def test_an_event_that_opens_nothing_is_named(fake: FakeIncidentManager, arguments: Any, told: str) -> None:
    before = dump(fake)
    with pytest.raises(ValueError, match=told):
        fake.open_incident("web", **arguments)
    assert dump(fake) == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just("ALARM") | st.just(ALARM_ARN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
def test_a_spoilt_event_opens_an_incident_or_is_a_value_error(data: st.DataObject) -> None:
    event = deepcopy(data.draw(st.sampled_from([ALARM, ACTION, EC2_EVENT])))
    part: Any = event
    while True:
        key = data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
        if not isinstance(part[key], dict | list) or not part[key] or data.draw(st.booleans()):
            break
        part = part[key]
    part[key] = data.draw(JSON)
    fake, told = fakeim.FakeIncidentManager(), ""
    try:
        fake.open_incident(event=event, rule=data.draw(st.none() | st.just("rule")))
    except ValueError as error:
        told = str(error)
    assert "report this" not in told  # which is what a fault of the fake asks for


# -- a bug that this finds


def bot(client: SSMIncidentsClient, event: Any) -> None:
    """Open an incident for each alarm that comes in: the author forgot that the alarm has its own action."""
    client.start_incident(responsePlanArn=PLAN, title=event["detail"]["alarmName"])


def careful_bot(client: SSMIncidentsClient, event: Any) -> None:
    trigger: Any = {"source": "aws.cloudwatch", "timestamp": event["time"], "triggerArn": event["resources"][0]}
    client.start_incident(responsePlanArn=PLAN, triggerDetails=trigger)


@pytest.mark.parametrize(("handle", "count"), [(bot, 2), (careful_bot, 1)])
def test_an_alarm_with_an_action_finds_the_bot_that_opens_its_incident_again(
    fake: FakeIncidentManager, handle: Callable[[Any, Any], None], count: int
) -> None:
    fake.open_incident("web", event=ALARM)  # the alarm's own action
    handle(fake.client(), ALARM)
    assert len(fake.client().list_incident_records()["incidentRecordSummaries"]) == count
