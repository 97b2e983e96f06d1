"""fake.incidents, response_plans, timeline and related_items: what a test reads of an account."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from typing import TYPE_CHECKING, Any, assert_type

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.budgets import examples
from contract_tests.fake_only.accounts import full_account
from contract_tests.fake_only.inspection import OPERATIONS, dump
from contract_tests.support import NO_INCIDENT, body, make_plan, start
from fakeim.inspection import IncidentRecord, IncidentRecords, ResponsePlan, TimelineEvent, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contract_tests.fake_only.accounts import Account

TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze("2026-01-01")
    return fake


# -- what a bot did wrong


class Bot:
    """An incident bot with the faults that the tests find."""

    def __init__(self, client: Any, plan: str) -> None:
        self.client, self.plan = client, plan

    def open(self) -> None:
        """Start an incident; at a timeout once more, without a client token."""
        try:
            start(self.client, self.plan, title="Checkout is slow")
        except Exception:  # noqa: BLE001 - a fault of the bot
            start(self.client, self.plan, title="Checkout is slow")

    def close(self) -> None:
        """Resolve the incidents of the first page, and forget the others."""
        page = self.client.list_incident_records(maxResults=1)
        for each in page["incidentRecordSummaries"]:
            self.client.update_incident_record(arn=each["arn"], status="RESOLVED")

    def note(self, incident: str) -> None:
        """Write a note, but of the wrong type."""
        event = {"eventData": "deployed", "eventTime": 0, "eventType": "Custom Event"}
        self.client.create_timeline_event(incidentRecordArn=incident, **event)


def test_a_bot_that_opens_two_incidents_is_found(fake: fakeim.FakeIncidentManager) -> None:
    bot = Bot(fake.client(), make_plan(fake.client(), "web"))
    bot.open()
    assert fake.incidents.open().one().title == "Checkout is slow"
    fake.faults.lose_reply("StartIncident")
    bot.open()
    with pytest.raises(AssertionError) as caught:
        fake.incidents.open().of_plan("web").one()
    incident = "'Checkout is slow' (OPEN, impact 5, of plan web)"
    assert str(caught.value) == f"expected one open incident of plan web, there are 3: {', '.join([incident] * 3)}"


def test_a_bot_that_forgets_to_resolve_is_found(fake: fakeim.FakeIncidentManager) -> None:
    bot = Bot(fake.client(), make_plan(fake.client(), "web"))
    bot.open()
    bot.close()
    assert not fake.incidents.open()
    bot.open()
    bot.open()
    bot.close()
    with pytest.raises(AssertionError, match="1 open incident: 'Checkout is slow'"):
        assert not fake.incidents.open()


def test_a_bot_that_writes_no_note_is_found(fake: fakeim.FakeIncidentManager) -> None:
    bot = Bot(fake.client(), make_plan(fake.client()))
    bot.open()
    bot.note(fake.incidents.one().arn)
    with pytest.raises(
        AssertionError, match=r"there is none, but there are 3 timeline events: .*Custom Event: deployed"
    ):
        fake.timeline(fake.incidents.one()).notes().one()


# -- they agree with what a client sees


def without_empty(value: Any) -> Any:
    """Give ``value`` without what a view shows as nothing."""
    if isinstance(value, dict):
        members = {name: without_empty(each) for name, each in value.items()}
        return {name: each for name, each in members.items() if each not in (None, [], {})}
    return [without_empty(each) for each in value] if isinstance(value, list | tuple) else value


def topics(arns: Iterable[str]) -> list[dict[str, str]]:
    return [{"snsTopicArn": each} for each in arns]


def incident_as_api(seen: IncidentRecord) -> dict[str, Any]:
    """Put a view back into the API's shape: so no member can be missing from it."""
    return {
        "arn": seen.arn,
        "automationExecutions": [{"ssmExecutionArn": each} for each in seen.automation_executions],
        "chatChannel": {"chatbotSns": list(seen.chat_channel)},
        "creationTime": seen.creation_time,
        "dedupeString": seen.dedupe_string,
        "impact": seen.impact,
        "incidentRecordSource": {
            "createdBy": seen.created_by,
            "invokedBy": seen.invoked_by,
            "resourceArn": seen.resource_arn,
            "source": seen.source,
        },
        "lastModifiedBy": seen.last_modified_by,
        "lastModifiedTime": seen.last_modified_time,
        "notificationTargets": topics(seen.notification_targets),
        "resolvedTime": seen.resolved_time,
        "status": seen.status,
        "summary": seen.summary,
        "title": seen.title,
    }


def plan_as_api(seen: ResponsePlan) -> dict[str, Any]:
    template = seen.incident_template
    return {
        "actions": [{"ssmAutomation": automation_as_api(each)} for each in seen.actions],
        "arn": seen.arn,
        "chatChannel": {"chatbotSns": list(seen.chat_channel)},
        "displayName": seen.display_name,
        "engagements": list(seen.engagements),
        "incidentTemplate": {
            "dedupeString": template.dedupe_string,
            "impact": template.impact,
            "incidentTags": dict(template.incident_tags),
            "notificationTargets": topics(template.notification_targets),
            "summary": template.summary,
            "title": template.title,
        },
        "integrations": [
            {
                "pagerDutyConfiguration": {
                    "name": each.name,
                    "pagerDutyIncidentConfiguration": {"serviceId": each.service_id},
                    "secretId": each.secret_id,
                }
            }
            for each in seen.integrations
        ],
        "name": seen.name,
    }


def automation_as_api(seen: records.SsmAutomation) -> dict[str, Any]:
    return {
        "documentName": seen.document_name,
        "documentVersion": seen.document_version,
        "dynamicParameters": {name: {"variable": each} for name, each in seen.dynamic_parameters.items()},
        "parameters": {name: list(each) for name, each in seen.parameters.items()},
        "roleArn": seen.role_arn,
        "targetAccount": seen.target_account,
    }


def event_as_api(seen: TimelineEvent) -> dict[str, Any]:
    references = [
        {"relatedItemId" if each.startswith("related") else "resource": each} for each in seen.event_references
    ]
    return {
        "eventData": seen.event_data,
        "eventId": seen.event_id,
        "eventReferences": references,
        "eventTime": seen.event_time,
        "eventType": seen.event_type,
        "eventUpdatedTime": seen.event_updated_time,
        "incidentRecordArn": seen.incident_record_arn,
    }


def item_as_api(seen: records.RelatedItem) -> dict[str, Any]:
    pager_duty = seen.pager_duty_incident
    detail = pager_duty and {
        "autoResolve": pager_duty.auto_resolve,
        "id": pager_duty.id,
        "secretId": pager_duty.secret_id,
    }
    value = {
        "arn": seen.arn,
        "metricDefinition": seen.metric_definition,
        "pagerDutyIncidentDetail": detail,
        "url": seen.url,
    }
    return {"generatedId": seen.generated_id, "identifier": {"type": seen.type, "value": value}, "title": seen.title}


def all_of(client: Any, operation: str, key: str, **params: Any) -> list[dict[str, Any]]:
    """List all pages."""
    found: list[dict[str, Any]] = client.get_paginator(operation).paginate(**params).build_full_result()[key]
    return found


def agrees(seen: Iterable[dict[str, Any]], listed: Iterable[dict[str, Any]]) -> bool:
    return [without_empty(each) for each in seen] == [without_empty(each) for each in listed]


def assert_views_agree_with_a_client(fake: fakeim.FakeIncidentManager) -> None:
    client: Any = fake.client()
    plans = [each["arn"] for each in all_of(client, "list_response_plans", "responsePlanSummaries")]
    assert agrees(map(plan_as_api, fake.response_plans), [body(client.get_response_plan(arn=each)) for each in plans])
    incidents = [each["arn"] for each in all_of(client, "list_incident_records", "incidentRecordSummaries")][::-1]
    got = [client.get_incident_record(arn=each)["incidentRecord"] for each in incidents]
    assert agrees(map(incident_as_api, fake.incidents), got)
    for seen in (*fake.response_plans, *fake.incidents):
        assert dict(seen.tags) == client.list_tags_for_resource(resourceArn=seen.arn)["tags"]
    for arn in incidents:
        of = {"incidentRecordArn": arn}
        items = all_of(client, "list_related_items", "relatedItems", **of)[::-1]
        assert agrees(map(item_as_api, fake.related_items(arn)), items)
        events = [each["eventId"] for each in all_of(client, "list_timeline_events", "eventSummaries", **of)][::-1]
        written = [client.get_timeline_event(eventId=each, **of)["event"] for each in events]
        assert agrees(map(event_as_api, fake.timeline(arn)), written)
        assert (len(fake.timeline(arn)), len(fake.related_items(arn))) == (len(events), len(items))


def written_to(data: st.DataObject) -> Account:
    """Give a populated account to which some more has been written."""
    account = full_account()
    writing = [each for each in OPERATIONS if not each.name.startswith(("Get", "List", "BatchGet", "Delete"))]
    for operation in data.draw(st.lists(st.sampled_from(writing), max_size=6)):
        account.call(operation, data.draw(account.request(operation)))
    return account


@examples(percent=40)
@given(data=st.data())
def test_views_agree_with_a_client(data: st.DataObject) -> None:
    assert_views_agree_with_a_client(written_to(data).fake)


def test_no_member_is_left_out() -> None:
    fake = full_account().fake
    client: Any = fake.client()
    plan = fake.response_plans["one"].arn
    trigger = {"rawData": "{}", "source": "aws.cloudwatch", "timestamp": 0, "triggerArn": f"{TOPIC}-alarm"}
    detail = {"autoResolve": True, "id": "P1", "secretId": "secret"}
    values: list[dict[str, Any]] = [
        {"pagerDutyIncidentDetail": detail},
        {"pagerDutyIncidentDetail": {"id": "P2"}},
        {"metricDefinition": "{}"},
        {"url": "https://example.org"},
        {"arn": TOPIC},
    ]
    items = [{"identifier": {"type": "OTHER", "value": each}} for each in values]
    incident = start(client, plan, triggerDetails=trigger, relatedItems=items)
    client.update_incident_record(arn=incident, status="RESOLVED", summary="over", chatChannel={"chatbotSns": [TOPIC]})
    assert_views_agree_with_a_client(fake)


@examples(percent=40)
@given(data=st.data())
def test_selections_are_what_they_say(data: st.DataObject) -> None:
    fake = written_to(data).fake
    every, impacts = list(fake.incidents), data.draw(st.lists(st.integers(1, 5)))
    plan = data.draw(st.sampled_from(["one", "two"]))
    expected: list[tuple[Callable[[IncidentRecords], IncidentRecords], Callable[[IncidentRecord], bool]]] = [
        (lambda view: view.open(), lambda each: each.status == "OPEN"),
        (lambda view: view.resolved(), lambda each: each.status == "RESOLVED"),
        (lambda view: view.with_impact(*impacts), lambda each: each.impact in impacts),
        (lambda view: view.of_plan(plan), lambda each: each.plan == plan),
        (lambda view: view.where(lambda each: each.title == "two"), lambda each: each.title == "two"),
    ]
    chosen = data.draw(st.lists(st.sampled_from(expected), max_size=3))
    view = fake.incidents
    for narrow, _ in chosen:
        view = narrow(view)
    wanted = [each for each in every if all(fits(each) for _, fits in chosen)]
    assert list(view) == wanted
    assert (len(view), bool(view)) == (len(wanted), bool(wanted))
    assert view.latest(1) == tuple(wanted[-1:])
    if wanted:
        assert (view.newest(), view.oldest()) == (wanted[-1], wanted[0])
        assert wanted[0] in view


@pytest.mark.parametrize("way", ["direct", "boto3", "http"])
def test_the_way_that_calls_came_in_makes_no_difference(fake: fakeim.FakeIncidentManager, way: str) -> None:
    with fake.serve() as url:
        keys: Any = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
        clients: dict[str, Callable[[], Any]] = {
            "direct": fake.client,
            "boto3": fake.boto3_client,
            "http": lambda: boto3.client("ssm-incidents", endpoint_url=url, **keys),
        }
        client = clients[way]()
        start(client, make_plan(client, "web", chatChannel={"chatbotSns": [TOPIC]}))
    assert fake.incidents.open().of_plan("web").one().chat_channel == (TOPIC,)
    assert fake.outbox.chat().saying("SSM Incident Start").one().destination == TOPIC
    assert fake.outbox.events().newest().payload["detail"]["eventName"] == "StartIncident"


# -- looking changes nothing


def look(fake: fakeim.FakeIncidentManager) -> list[Any]:
    """Look at all there is."""
    incidents = [fake.incidents.open(), fake.incidents.with_impact(1, 2, 3), fake.incidents.of_plan("two")]
    payloads = [each.payload for each in fake.outbox]
    timelines = [list(fake.timeline(each)) for each in fake.incidents]
    items = [list(fake.related_items(each)) for each in fake.incidents]
    return [
        *map(list, incidents),
        list(fake.response_plans),
        timelines,
        items,
        payloads,
        str(fake),
        repr(fake.incidents),
    ]


def test_to_look_is_no_call_and_changes_nothing() -> None:
    fake = full_account().fake
    fake.clock.freeze("2026-01-01")
    fake.clock.auto_advance(1)
    fake.faults.inject("*", "ThrottlingException")
    fake.transitions.manual()
    before, snapshot, time, calls = dump(fake), fake.snapshot(), fake.clock.now(), len(fake.calls)
    first = look(fake)
    fake.connected = False
    second = look(fake)
    assert first[:-2] == second[:-2]
    assert (dump(fake), fake.clock.now(), len(fake.calls)) == (before, time, calls)
    assert not fake.diff(snapshot)
    assert all(fault.struck == 0 for fault in fake.faults)


def test_what_was_to_happen_by_now_is_seen_without_a_call() -> None:
    fake = fakeim.FakeIncidentManager(onboarded=False)
    fake.clock.freeze("2026-01-01")
    fake.transitions.after(90)
    fake.client().create_replication_set(regions={"us-east-1": {}})
    assert "replication set CREATING: us-east-1 CREATING" in str(fake)
    fake.clock.advance(seconds=90)
    assert "replication set ACTIVE: us-east-1 ACTIVE" in str(fake)
    assert len(fake.calls) == 1


def test_what_is_seen_cannot_be_changed_and_stays_as_it_was_seen(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    incident = start(client, make_plan(client, "web", template={"incidentTags": {"team": "web"}}))
    seen: Any = fake.incidents.one()
    with pytest.raises(FrozenInstanceError):
        seen.title = "another"
    with pytest.raises(TypeError):
        seen.tags["team"] = "another"
    client.update_incident_record(arn=incident, title="later")
    client.tag_resource(resourceArn=incident, tags={"team": "later"})
    assert (seen.title, seen.tags["team"]) == ("title", "web")
    assert seen != fake.incidents.one()
    assert len({seen, fake.incidents.one()}) == 2


def test_a_view_is_live(fake: fakeim.FakeIncidentManager) -> None:
    client, opened = fake.client(), fake.incidents.open()
    before = fake.snapshot()
    incident = start(client, make_plan(client))
    timeline = fake.timeline(incident)
    assert (len(opened), len(timeline)) == (1, 2)
    client.delete_incident_record(arn=incident)
    assert (len(opened), len(timeline), list(timeline)) == (0, 0, [])
    fake.restore(before)
    assert (list(opened), bool(opened)) == ([], False)


def test_to_make_a_view_reads_nothing(fake: fakeim.FakeIncidentManager, monkeypatch: pytest.MonkeyPatch) -> None:
    client = fake.client()
    plan, make = make_plan(client, "web"), records.incident_record
    for _ in range(100):
        start(client, plan)
    made: list[IncidentRecord] = []

    def counting(*stored: Any) -> IncidentRecord:
        made.append(make(*stored))
        return made[-1]

    monkeypatch.setattr(records, "incident_record", counting)
    view = fake.incidents.open().with_impact(5).of_plan("web")
    assert (len(view), len(fake.incidents), bool(view)) == (100, 100, True)
    assert len(made) == 1
    assert view.newest() != view.oldest()
    assert len(made) == 3


# -- names and words


def test_a_name_that_cannot_be_right_is_told(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    incident = start(client, make_plan(client, "web"))
    wrong: Any = None
    with pytest.raises(LookupError, match="there is no response plan 'wbe'; did you mean web"):
        fake.incidents.of_plan("wbe")
    with pytest.raises(LookupError, match="did you mean web"):
        fake.response_plans["weeb"]
    with pytest.raises(ValueError, match="impact 6: give 1"):
        fake.incidents.with_impact(6)
    with pytest.raises(ValueError, match="did you mean Custom Event"):
        fake.timeline(incident).of_type("CustomEvent")
    with pytest.raises(ValueError, match="did you mean INVOLVED_RESOURCE"):
        fake.related_items(incident).of_type("INVOLVED_RESOURCES")
    for arn in (NO_INCIDENT, "web", wrong):
        with pytest.raises(LookupError, match="there is no incident"):
            fake.incidents[arn]
        with pytest.raises(LookupError, match="there is no incident"):
            fake.timeline(arn)
        with pytest.raises(LookupError, match="there is no incident"):
            fake.related_items(arn)
    with pytest.raises(TypeError, match="plan=None: give the name"):
        fake.incidents.of_plan(wrong)


def test_a_plan_goes_by_name_arn_or_itself(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    arn = make_plan(client, "web")
    start(client, arn)
    plan = fake.response_plans["web"]
    assert plan == fake.response_plans[arn] == fake.response_plans.one()
    assert "web" in fake.response_plans
    assert plan in fake.response_plans
    assert arn.replace("1234", "4321") not in fake.response_plans
    assert len(fake.incidents.of_plan(plan)) == len(fake.incidents.of_plan(arn)) == 1
    with pytest.raises(LookupError, match=r"there is no response plan .arn:"):
        fake.incidents.of_plan(arn.replace("1234", "4321"))
    client.delete_response_plan(arn=arn)
    assert "web" not in fake.response_plans
    assert len(fake.incidents.of_plan("web")) == 1  # which outlives its plan


def test_a_view_tells_what_is_there(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    with pytest.raises(AssertionError, match=r"^expected one incident, there is none, nor any other$"):
        fake.incidents.one()
    assert repr(fake.incidents) == "<0 incidents>"
    plan = make_plan(client, "web")
    incidents = [start(client, plan, title=f"{number}") for number in range(7)]
    client.update_incident_record(arn=incidents[0], status="RESOLVED")
    assert repr(fake.incidents.resolved()) == "<1 resolved incident: '0' (RESOLVED, impact 5, of plan web)>"
    assert repr(fake.incidents).startswith("<7 incidents: …, '2' (OPEN")
    with pytest.raises(
        AssertionError, match=r"^expected at least one open incident that fits, there is none, but there"
    ):
        fake.incidents.open().where(lambda each: each.impact == 1).newest()


def test_events_and_items_read_well(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    incident = start(client, make_plan(client))
    client.update_incident_record(arn=incident, status="RESOLVED")
    update = fake.timeline(incident).of_type("SSM Incident Record Update").newest()
    assert update.data["modifiedAttributes"] == [{"attributeName": "status", "newValue": "RESOLVED"}]
    assert fake.timeline(incident).custom().one().data == "Incident Started"
    parent = fake.related_items(fake.incidents[incident]).of_type("PARENT").one().arn
    assert parent is not None
    assert ":opsitem/" in parent


def test_what_an_event_says_steers_no_terminal(fake: fakeim.FakeIncidentManager) -> None:
    incident = fake.open_incident()
    fake.add_timeline_event(incident, json.dumps("\x1b[2J\nx"))
    assert str(fake.timeline(incident).newest()) == r"Custom Event: \x1b[2J\nx"


@pytest.mark.parametrize("data", ['{"step": 3}', "[1]", "3", "null", "{", "plain"])
def test_what_others_write_is_told_as_it_is(fake: fakeim.FakeIncidentManager, data: str) -> None:
    incident = fake.open_incident()
    fake.add_timeline_event(incident, data)
    fake.add_timeline_event(incident, data, type="SSM Incident Trigger")
    assert [str(each) for each in fake.timeline(incident).latest(2)] == [
        f"Custom Event: {data}",
        f"SSM Incident Trigger: {data}",
    ]


def test_types_are_known_to_a_type_checker(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    start(client, make_plan(client, "web"))
    assert_type(fake.incidents.open().of_plan("web").one(), IncidentRecord)
    assert_type(fake.incidents.where(lambda each: each.impact < 6).newest().summary, str | None)
    assert_type(fake.response_plans["web"].incident_template.impact, int)
    assert_type([each for each in fake.timeline(fake.incidents.one())], list[TimelineEvent])  # noqa: C416 - of iterating
