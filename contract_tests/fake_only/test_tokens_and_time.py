"""What only a fake can show: its clock moved, its ids foretold, findings put in, and several accounts side by side."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.budgets import examples
from contract_tests.support import TIMED_ID, body, contents, fails, make_plan, minted_at, start

if TYPE_CHECKING:
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.support import Record

NOON = datetime(2024, 5, 1, 12, 0, 0, 250_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ROLE = "arn:aws:iam::123456789012:role/r"
ALARM = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:too-slow"
TRIGGER: Any = {"source": "aws.cloudwatch", "timestamp": NOON, "triggerArn": ALARM}
ITEM: Any = {"identifier": {"type": "OTHER", "value": {"url": "https://example.com"}}, "title": "t"}


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    """Give an account whose clock stands at NOON."""
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze(NOON)
    return fake


@pytest.fixture
def client(fake: fakeim.FakeIncidentManager) -> SSMIncidentsClient:
    """Give a client of the account."""
    return fake.client()


def get(client: SSMIncidentsClient, arn: str) -> Record:
    return dict(client.get_incident_record(arn=arn)["incidentRecord"])


# -- tokens


def test_a_client_token_is_remembered_for_24_hours(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    plan = make_plan(client)
    first = start(client, plan, clientToken="t")
    fake.clock.advance(hours=24, milliseconds=-1)
    assert start(client, plan, clientToken="t") == first
    with fails(client, "ConflictException"):
        start(client, plan, clientToken="t", title="other")
    fake.clock.advance(milliseconds=1)
    second = start(client, plan, clientToken="t", title="other")
    assert second != first
    assert start(client, plan, clientToken="t", title="other") == second


def test_each_client_token_has_its_own_24_hours(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    early = start(client, plan, clientToken="early")
    fake.clock.advance(hours=12)
    late = start(client, plan, clientToken="late")
    fake.clock.advance(hours=12)
    assert start(client, plan, clientToken="late") == late
    assert start(client, plan, clientToken="early") != early


def test_a_client_token_counts_while_the_set_is_being_created() -> None:
    fake = fakeim.FakeIncidentManager(onboarded=False)
    fake.transitions.after(seconds=90)
    client = fake.client()
    arns = {client.create_replication_set(regions={"us-east-1": {}}, clientToken="t")["arn"] for _ in range(2)}
    assert client.list_replication_sets()["replicationSetArns"] == list(arns)
    fake.clock.advance(seconds=90)
    assert client.create_replication_set(regions={"us-east-1": {}}, clientToken="t")["arn"] in arns


def test_a_page_token_holds_for_24_hours(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    names = [make_plan(client, name).rpartition("/")[2] for name in ("a", "b", "c")]
    token = client.list_response_plans(maxResults=1)["nextToken"]
    fake.clock.advance(hours=24)
    rest = client.list_response_plans(nextToken=token)["responsePlanSummaries"]
    assert [each["name"] for each in rest] == names[1:]
    fake.clock.advance(milliseconds=1)
    with fails(client, "ValidationException"):
        client.list_response_plans(nextToken=token)


def test_tokens_are_of_their_account(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    other = fakeim.FakeIncidentManager(account_id="210987654321", clock=fake.clock).client()
    for each in (client, other):
        for name in ("a", "b"):
            make_plan(each, name, clientToken=name)
    token = client.list_response_plans(maxResults=1)["nextToken"]
    assert client.list_response_plans(nextToken=token)["responsePlanSummaries"][0]["name"] == "b"
    with fails(other, "ValidationException"):
        other.list_response_plans(nextToken=token)


# -- ids


def test_ids_carry_the_moment_of_the_call(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    arn = start(client, make_plan(client))
    fake.clock.advance(days=1)
    event = client.create_timeline_event(
        incidentRecordArn=arn, eventType="Note", eventTime="2020-01-01T00:00:00Z", eventData="d"
    )
    finding = fake.add_finding(arn, cloud_formation_stack_update={"stackArn": "arn:aws:a:::b", "startTime": NOON})
    for made in (arn.rpartition("/")[2], get(client, arn)["dedupeString"]):
        assert minted_at(made) == NOON
    for made in (event["eventId"], finding):
        assert re.fullmatch(TIMED_ID, made)
        assert int(made[:2], 16) % 2 == 0
        assert minted_at(made) == NOON + timedelta(days=1)


def history(fake: fakeim.FakeIncidentManager, *, looking: bool) -> Record:
    """Make one thing of each kind, perhaps with reads between, and give all ids."""
    fake.clock.freeze(NOON)
    client = fake.client()
    plan = make_plan(client, actions=[{"ssmAutomation": {"documentName": "Doc", "roleArn": ROLE}}])
    made: list[Any] = []
    for _ in range(2):
        if looking:
            contents(client)
            with pytest.raises(client.exceptions.ResourceNotFoundException):
                client.start_incident(responsePlanArn=f"{plan}-not-there")
        arn = start(client, plan, relatedItems=[ITEM])
        finding = fake.add_finding(arn, cloud_formation_stack_update={"stackArn": "arn:aws:a:::b", "startTime": NOON})
        policy = client.put_resource_policy(resourceArn=plan, policy=f'{{"Statement":[],"Id":"{arn}"}}')["policyId"]
        assert re.fullmatch("[0-9a-f]{32}", policy)
        made += [arn, finding, policy]
    return {"made": made, **contents(client)}


def test_equal_seeds_give_equal_ids_and_reads_do_not_shift_them() -> None:
    expected = history(fakeim.FakeIncidentManager(seed=7), looking=False)
    for looking in (False, True):
        actual = history(fakeim.FakeIncidentManager(seed=7), looking=looking)
        del actual["replication sets"], actual["tags"]  # the set was made before the clock was frozen
        assert actual.items() <= expected.items()
    assert history(fakeim.FakeIncidentManager(seed=8), looking=False)["made"] != expected["made"]


# -- times


def test_the_times_of_a_manual_start(client: SSMIncidentsClient) -> None:
    arn = start(client, make_plan(client))
    record = get(client, arn)
    assert record["creationTime"] == record["lastModifiedTime"] == NOON
    update, started = client.list_timeline_events(incidentRecordArn=arn)["eventSummaries"]
    assert update["eventTime"] == update["eventUpdatedTime"] == started["eventUpdatedTime"] == NOON
    assert started["eventTime"] == NOON.replace(microsecond=0)


def test_the_times_of_changes(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    arn = start(client, make_plan(client))
    changes: list[dict[str, Any]] = [
        {"summary": "s"},
        {"status": "RESOLVED"},
        {"status": "RESOLVED"},
        {"title": "t"},
        {"status": "OPEN"},
        {"status": "RESOLVED"},
    ]
    resolved = []
    for change in changes:
        fake.clock.advance(seconds=1)
        client.update_incident_record(arn=arn, **change)
        record = get(client, arn)
        latest = client.list_timeline_events(incidentRecordArn=arn)["eventSummaries"][0]
        assert record["creationTime"] == NOON
        assert record["lastModifiedTime"] == latest["eventTime"] == latest["eventUpdatedTime"] == fake.clock.now()
        resolved.append(record.get("resolvedTime"))
    second = NOON + 2 * SECOND
    assert resolved == [None, second, second, second, None, NOON + 6 * SECOND]


def test_what_changes_nothing_leaves_the_times(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    arn = start(client, plan, triggerDetails=TRIGGER)
    before = get(client, arn)
    fake.clock.advance(seconds=1)
    client.update_incident_record(arn=arn)
    client.update_related_items(incidentRecordArn=arn, relatedItemsUpdate={"itemToRemove": ITEM["identifier"]})
    client.tag_resource(resourceArn=arn, tags={"a": "b"})
    client.create_timeline_event(incidentRecordArn=arn, eventType="Note", eventTime=NOON, eventData="d")
    assert start(client, plan, triggerDetails=TRIGGER) == arn
    assert get(client, arn) == before


def test_changes_of_items_are_changes_of_the_incident(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    arn = start(client, make_plan(client))
    changes: list[Any] = [{"itemToAdd": ITEM}, {"itemToAdd": ITEM}, {"itemToRemove": ITEM["identifier"]}]
    for change in changes:
        fake.clock.advance(seconds=1)
        client.update_related_items(incidentRecordArn=arn, relatedItemsUpdate=change)
        latest = client.list_timeline_events(incidentRecordArn=arn)["eventSummaries"][0]
        assert get(client, arn)["lastModifiedTime"] == latest["eventTime"] == fake.clock.now()


def test_the_times_of_an_event(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    event: Any = {"incidentRecordArn": start(client, make_plan(client))}
    event["eventId"] = client.create_timeline_event(
        **event, eventType="Note", eventTime="1970-01-01T00:00:00Z", eventData="d"
    )["eventId"]
    for moment in (NOON, NOON + SECOND):
        assert client.get_timeline_event(**event)["event"]["eventUpdatedTime"] == moment
        assert client.get_timeline_event(**event)["event"]["eventTime"] == datetime.fromtimestamp(0, UTC)
        fake.clock.move_to(NOON + SECOND)
        client.update_timeline_event(**event, eventData="e")


def test_incidents_are_listed_by_their_creation_also_when_the_clock_went_back(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    plan = make_plan(client)
    started = []
    for second in (3, 1, 2, 2):
        fake.clock.move_to(NOON + second * SECOND)
        started.append(start(client, plan))
    listed = [each["arn"] for each in client.list_incident_records()["incidentRecordSummaries"]]
    assert listed == [started[each] for each in (0, 3, 2, 1)]


def test_the_window_of_creation_times_excludes_its_bounds(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    plan, noon = make_plan(client), NOON.replace(microsecond=0)
    for second in (0, 1, 1, 2, 4):
        fake.clock.move_to(noon + second * SECOND)
        client.update_incident_record(arn=start(client, plan, impact=second + 1), summary="s")
    everything = client.list_incident_records()["incidentRecordSummaries"]
    bounds = st.tuples(st.sampled_from(["after", "before"]), st.integers(-1, 5))

    @examples(percent=60)
    @given(st.lists(bounds, max_size=4))
    def law(window: list[tuple[str, int]]) -> None:
        filters: Any = [{"key": "creationTime", "condition": {side: noon + second * SECOND}} for side, second in window]
        expected = [
            each
            for each in everything
            if all(
                each["creationTime"] > noon + second * SECOND
                if side == "after"
                else each["creationTime"] < noon + second * SECOND
                for side, second in window
            )
        ]
        assert client.list_incident_records(filters=filters)["incidentRecordSummaries"] == expected

    law()


# -- findings


def findings(fake: fakeim.FakeIncidentManager, incident: str, number: int) -> list[str]:
    """Add findings, a second apart, and give their ids."""
    ids = []
    for _ in range(number):
        fake.clock.advance(seconds=1)
        details = {"stackArn": "arn:aws:cloudformation:us-east-1:123456789012:stack/s/1", "startTime": NOON}
        ids.append(fake.add_finding(incident, cloud_formation_stack_update=details))
    return ids


def test_the_pages_of_findings_are_the_whole_oldest_first(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    arn = start(client, make_plan(client))
    ids = findings(fake, arn, 5)
    whole = [{"id": each, "lastModifiedTime": NOON + number * SECOND} for number, each in enumerate(ids, start=1)]
    assert body(client.list_incident_findings(incidentRecordArn=arn)) == {"findings": whole}
    paginator = client.get_paginator("list_incident_findings")
    for size in range(1, 7):
        pages = [
            page["findings"] for page in paginator.paginate(incidentRecordArn=arn, PaginationConfig={"PageSize": size})
        ]
        assert pages == [whole[first : first + size] for first in range(0, 5, size)]


def test_a_page_of_findings_has_by_default_20(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    arn = start(client, make_plan(client))
    ids = findings(fake, arn, 21)
    page = client.list_incident_findings(incidentRecordArn=arn)
    assert [each["id"] for each in page["findings"]] == ids[:20]
    more = findings(fake, arn, 1)
    rest = body(client.list_incident_findings(incidentRecordArn=arn, nextToken=page["nextToken"]))
    assert [each["id"] for each in rest["findings"]] == ids[20:] + more
    assert "nextToken" not in rest


def test_a_findings_token_is_of_its_incident_and_operation(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    arn, other = start(client, make_plan(client)), start(client, make_plan(client, "other"))
    for each in (arn, other):
        findings(fake, each, 2)
    token = client.list_incident_findings(incidentRecordArn=arn, maxResults=1)["nextToken"]
    with fails(client, "ValidationException"):
        client.list_incident_findings(incidentRecordArn=other, nextToken=token)
    with fails(client, "ValidationException"):
        client.list_timeline_events(incidentRecordArn=arn, nextToken=token)
    with fails(client, "ValidationException"):
        client.list_incident_findings(incidentRecordArn=arn, nextToken=token[:-2])


def test_a_deleted_incidents_findings_are_gone(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    arn, other = start(client, make_plan(client)), start(client, make_plan(client, "other"))
    gone, kept = findings(fake, arn, 2), findings(fake, other, 1)
    client.delete_incident_record(arn=arn)
    answer = client.batch_get_incident_findings(incidentRecordArn=other, findingIds=gone + kept)
    assert [each["id"] for each in answer["findings"]] == kept
    assert [each["findingId"] for each in answer["errors"]] == gone
