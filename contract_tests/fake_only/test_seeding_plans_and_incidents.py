"""Plans and incidents that a test puts there: by the rules of the service, and not as calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore import xform_name
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.fake_only.accounts import MEMBERS, NOON, TEMPLATE, TOPIC
from contract_tests.fake_only.inspection import botocore_model, disorder, dump
from contract_tests.support import body, contents, minted_at
from fakeim.seeding import keywords
from fakeim.service.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from fakeim import FakeIncidentManager

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
PAST = datetime(2024, 2, 29, 23, 59, 59, 123000, tzinfo=UTC)
PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/{}".format


@pytest.fixture
def fake() -> FakeIncidentManager:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze(NOW)
    return fake


def record(fake: FakeIncidentManager, arn: str) -> Any:
    return fake.client().get_incident_record(arn=arn)["incidentRecord"]


def timeline(fake: FakeIncidentManager, arn: str) -> list[Any]:
    client = fake.client()
    pages = client.get_paginator("list_timeline_events").paginate(incidentRecordArn=arn, sortOrder="ASCENDING")
    events = [event for page in pages for event in page["eventSummaries"]]
    return [client.get_timeline_event(incidentRecordArn=arn, eventId=each["eventId"])["event"] for each in events]


# -- plans


def test_a_plan_needs_nothing(fake: FakeIncidentManager) -> None:
    assert [fake.add_response_plan(), fake.add_response_plan(), fake.add_response_plan("web")] == [
        PLAN("plan"),
        PLAN("plan-2"),
        PLAN("web"),
    ]
    answer = body(fake.client().get_response_plan(arn=PLAN("web")))
    assert answer == {"arn": PLAN("web"), "incidentTemplate": {"impact": 3, "title": "web"}, "name": "web"}


def test_a_plan_can_have_every_member_that_a_call_gives_it(fake: FakeIncidentManager) -> None:
    called: Any = fakeim.FakeIncidentManager().client()
    called.create_response_plan(name="two", incidentTemplate=TEMPLATE, tags={"a": "1"}, **MEMBERS)
    given: Any = {xform_name(name): value for name, value in (TEMPLATE | MEMBERS).items()}
    arn = fake.add_response_plan("two", tags={"a": "1"}, **given)
    client = fake.client()
    assert body(client.get_response_plan(arn=arn)) == body(called.get_response_plan(arn=arn))
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "1"}


def test_the_keywords_are_the_members_of_the_model() -> None:
    def spelt(*shapes: str) -> set[str]:
        model = botocore_model()
        return {xform_name(name) for shape in shapes for name in model.shape_for(shape).members}  # type: ignore[attr-defined]

    plan = spelt("CreateResponsePlanInput", "IncidentTemplate") - {"client_token", "incident_template", "name"}
    assert set(keywords.PlanMembers.__annotations__) == plan
    incident = spelt("StartIncidentInput") - {"client_token", "response_plan_arn"}
    assert set(keywords.IncidentMembers.__annotations__) == incident
    assert set(keywords.ItemMembers.__annotations__) == spelt("ItemValue")


# -- seeds are no calls


def seed_everything(fake: FakeIncidentManager) -> None:
    incident = fake.open_incident(fake.add_response_plan("web"), status="RESOLVED")
    fake.add_timeline_event(incident, "data")
    fake.add_related_item(incident, url="https://example.org")
    fake.add_finding(incident, cloud_formation_stack_update={"stackArn": TOPIC, "startTime": NOW})


def test_a_seed_is_in_no_log_and_no_fault_strikes_it(fake: FakeIncidentManager) -> None:
    fake.faults.inject("*", "AccessDeniedException")
    fake.connected = False
    seed_everything(fake)
    assert list(fake.calls) == []
    assert all(fault.struck == 0 for fault in fake.faults)


def test_a_seeded_account_is_as_one_that_calls_have_made() -> None:
    fake, called = (fakeim.FakeIncidentManager(clock=Clock(lambda: NOON)) for _ in range(2))
    client: Any = called.client()
    plan = client.create_response_plan(name="web", incidentTemplate={"title": "web", "impact": 3})["arn"]
    arn = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
    client.update_incident_record(arn=arn, status="RESOLVED")
    client.create_timeline_event(incidentRecordArn=arn, eventData="data", eventTime=NOW, eventType="Custom Event")
    item = {"identifier": {"type": "OTHER", "value": {"url": "https://example.org"}}}
    client.update_related_items(incidentRecordArn=arn, relatedItemsUpdate={"itemToAdd": item})
    called.add_finding(arn, cloud_formation_stack_update={"stackArn": TOPIC, "startTime": NOW})
    seed_everything(fake)
    assert contents(fake.client()) == contents(called.client())


# -- incidents


def test_an_incident_needs_nothing(fake: FakeIncidentManager) -> None:
    arn = fake.open_incident()
    assert record(fake, arn)["title"] == "plan"
    assert fake.open_incident().split("/")[1] == "plan"  # the oldest plan is taken, not another one made
    assert len(fake.client().list_response_plans()["responsePlanSummaries"]) == 1


@pytest.mark.parametrize("named", ["web", PLAN("web")])
def test_a_plan_is_named_or_given_by_its_arn(fake: FakeIncidentManager, named: str) -> None:
    fake.add_response_plan()
    fake.add_response_plan("web", impact=1)
    arn = fake.open_incident(named, title="Slow", related_items=[ITEM])
    found = record(fake, arn)
    assert (found["title"], found["impact"], found["status"]) == ("Slow", 1, "OPEN")
    assert ITEM in [
        {"identifier": each["identifier"]}
        for each in fake.client().list_related_items(incidentRecordArn=arn)["relatedItems"]
    ]


ITEM: Any = {"identifier": {"type": "METRIC", "value": {"url": "https://example.org/metric"}}}


@given(
    opened=st.timedeltas(timedelta(0), timedelta(days=20_000)).map(lambda ago: NOW - ago),
    lasted=st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_an_incident_of_the_past_is_of_that_time_in_every_part(opened: datetime, lasted: timedelta) -> None:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze(NOW)
    ended = min(opened + lasted, NOW)
    arn = fake.open_incident(at=opened, resolved_at=ended)
    start, end = milliseconds(opened), milliseconds(ended)
    found = record(fake, arn)
    assert (found["creationTime"], found["resolvedTime"], found["status"]) == (start, end, "RESOLVED")
    assert found["lastModifiedTime"] == end
    assert abs(minted_at(arn.rpartition("/")[2]) - start) < timedelta(milliseconds=2)
    events = timeline(fake, arn)
    assert [each["eventType"] for each in events] == ["Custom Event", *["SSM Incident Record Update"] * 2]
    assert [each["eventUpdatedTime"] for each in events] == [start, start, end]
    assert fake.clock.now() == NOW
    assert disorder(fake) == []


def milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def test_history_is_listed_by_its_own_time_however_it_was_seeded(fake: FakeIncidentManager) -> None:
    days = [3, 1, 2]
    arns = {day: fake.open_incident(at=NOW - timedelta(days=day)) for day in days}
    listed = fake.client().list_incident_records()["incidentRecordSummaries"]
    assert [each["arn"] for each in listed] == [arns[1], arns[2], arns[3]]


def test_resolved_incidents_can_be_many_though_one_string_can_be_open_once(fake: FakeIncidentManager) -> None:
    fake.add_response_plan("web", dedupe_string="same")
    fake.open_incident("web", status="RESOLVED")
    fake.open_incident("web", status="RESOLVED")
    still = fake.open_incident("web")
    assert fake.open_incident("web") == still
    before = dump(fake)
    with pytest.raises(ValueError, match=f"same as {still}, which is OPEN: seed resolved incidents before"):
        fake.open_incident("web", status="RESOLVED")
    assert dump(fake)["incident_records"] == before["incident_records"]


# -- what is refused


@pytest.mark.parametrize(
    ("seed", "kind", "told"),
    [
        (lambda fake: fake.add_response_plan(titel="t"), TypeError, "no keyword titel; did you mean title"),
        (lambda fake: fake.add_response_plan(displayName="t"), TypeError, "did you mean display_name"),
        (lambda fake: fake.add_response_plan("a b"), ValueError, "'a b' at 'name'"),
        (lambda fake: fake.add_response_plan(impact=6), ValueError, "'6' at 'incidentTemplate.impact'"),
        (lambda fake: fake.add_response_plan(impact="1"), ValueError, "incidentTemplate.impact, value: 1"),
        (lambda fake: fake.add_response_plan(impact=True), ValueError, "type"),
        (lambda fake: fake.add_response_plan("web"), ValueError, "named web exists already"),
        (lambda fake: fake.open_incident("wbe"), ValueError, "no response plan wbe; did you mean web"),
        (lambda fake: fake.open_incident(PLAN("wbe")), ValueError, "did you mean web"),
        (lambda fake: fake.open_incident(3), ValueError, "plan=3: give the name or the ARN"),
        (lambda fake: fake.open_incident(tilte="t"), TypeError, "no keyword tilte; did you mean title"),
        (lambda fake: fake.open_incident(impact=6), ValueError, "'6' at 'impact'"),
        (lambda fake: fake.open_incident(status="RESOLVE"), ValueError, "status='RESOLVE'; did you mean RESOLVED"),
        (lambda fake: fake.open_incident(status="OPEN", resolved_at=NOW), ValueError, "leave out status='OPEN'"),
        (lambda fake: fake.open_incident(at="soon"), ValueError, "at='soon': give a datetime or ISO 8601"),
        (lambda fake: fake.open_incident(at="9999-12-31T23:00-12:00"), ValueError, "at='9999.*: give a datetime"),
        (lambda fake: fake.open_incident(at=17), ValueError, "at=17: give a datetime"),
        (lambda fake: fake.open_incident(at=NOW + timedelta(1)), ValueError, "at=.*has not come yet.*move_to"),
        (lambda fake: fake.open_incident(resolved_at=NOW + timedelta(1)), ValueError, "resolved_at=.*not come yet"),
        (lambda fake: fake.open_incident(at=NOW, resolved_at=PAST), ValueError, "before the incident's start"),
        (lambda fake: fake.open_incident(rule="rule"), ValueError, "rule='rule' has matched no event"),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy_and_nothing_changes(
    fake: FakeIncidentManager, seed: Callable[[Any], object], kind: type[Exception], told: str
) -> None:
    fake.add_response_plan("web")
    before = {name: rows for name, rows in dump(fake).items() if name != "chance"}
    with pytest.raises(kind, match=told):
        seed(fake)
    assert {name: rows for name, rows in dump(fake).items() if name != "chance"} == before
    assert disorder(fake) == []


def test_an_account_that_is_not_onboarded_has_no_plans() -> None:
    fake = fakeim.FakeIncidentManager(onboarded=False)
    with pytest.raises(ValueError, match="no replication set that is ACTIVE; create one"):
        fake.open_incident()


# -- a bug that this finds


def open_incidents(client: SSMIncidentsClient) -> list[str]:
    """List what is open, as a bot does whose author has never seen two pages."""
    summaries = client.list_incident_records()["incidentRecordSummaries"]
    return [each["arn"] for each in summaries if each["status"] == "OPEN"]


def test_a_history_of_more_than_a_page_finds_the_bot_that_reads_one(fake: FakeIncidentManager) -> None:
    forgotten = fake.open_incident(at=NOW - timedelta(days=200))
    assert open_incidents(fake.client()) == [forgotten]
    for day in range(120):
        fake.open_incident(at=NOW - timedelta(days=day), status="RESOLVED")
    assert open_incidents(fake.client()) == []  # the bug: it is open, and stands on the second page
