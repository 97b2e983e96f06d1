"""Findings that the fake's user adds (catalogue §9; the service's own rules stand in the contract tests)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

import fakeim
from contract_tests.support import answered, body, contents

if TYPE_CHECKING:
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.support import Record

START, END = datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 13, tzinfo=UTC)
STACK: Record = {"stackArn": "arn:aws:cloudformation:us-east-1:123456789012:stack/example/1", "startTime": START}
DEPLOYMENT: Record = {
    "deploymentGroupArn": "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:app/group",
    "deploymentId": "d-1",
    "startTime": START,
}
MEMBERS = {
    "cloud_formation_stack_update": "cloudFormationStackUpdate",
    "code_deploy_deployment": "codeDeployDeployment",
}


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    return fakeim.FakeIncidentManager()


@pytest.fixture
def incident(client: SSMIncidentsClient) -> str:
    client.create_response_plan(name="plan", incidentTemplate={"title": "t", "impact": 1})
    return start(client)


def start(client: SSMIncidentsClient) -> str:
    plan = "arn:aws:ssm-incidents::123456789012:response-plan/plan"
    return client.start_incident(responsePlanArn=plan)["incidentRecordArn"]


def add(fake: fakeim.FakeIncidentManager, incident: str) -> str:
    return fake.add_finding(incident, cloud_formation_stack_update=STACK)


def listed(client: SSMIncidentsClient, incident: str) -> list[str]:
    return [each["id"] for each in client.list_incident_findings(incidentRecordArn=incident)["findings"]]


def found(client: SSMIncidentsClient, incident: str, *ids: str) -> tuple[list[Any], list[Any]]:
    answer: Any = client.batch_get_incident_findings(incidentRecordArn=incident, findingIds=ids)
    return answer["findings"], [each["findingId"] for each in answer["errors"]]


def test_a_finding_is_listed_with_id_and_time_alone(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, incident: str
) -> None:
    fake.clock.freeze("2026-01-01T14:00:00.123")
    finding_id = add(fake, incident)
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", finding_id)
    summary = {"id": finding_id, "lastModifiedTime": datetime(2026, 1, 1, 14, 0, 0, 123000, UTC)}
    assert answered(client.list_incident_findings(incidentRecordArn=incident)) == (200, {"findings": [summary]})


@pytest.mark.parametrize(
    ("keyword", "details"),
    [
        ("cloud_formation_stack_update", STACK),
        ("cloud_formation_stack_update", STACK | {"endTime": END}),
        ("code_deploy_deployment", DEPLOYMENT),
        ("code_deploy_deployment", DEPLOYMENT | {"endTime": END}),
    ],
)
def test_batch_get_gives_the_whole_finding(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, incident: str, keyword: str, details: Record
) -> None:
    now = datetime(2026, 1, 1, 14, tzinfo=UTC)
    fake.clock.freeze(now)
    finding_id = fake.add_finding(incident, **{keyword: details})
    fake.clock.advance(minutes=1)
    finding = {"creationTime": now, "details": {MEMBERS[keyword]: details}, "id": finding_id, "lastModifiedTime": now}
    answer = client.batch_get_incident_findings(incidentRecordArn=incident, findingIds=[finding_id])
    assert answered(answer) == (200, {"errors": [], "findings": [finding]})


def test_batch_get_answers_in_the_order_of_the_request(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, incident: str
) -> None:
    first, second, third = (add(fake, incident) for _ in range(3))
    findings, missing = found(client, incident, third, "x", first, "y", second, third)
    assert [each["id"] for each in findings] == [third, first, second, third]
    assert missing == ["x", "y"]


def test_a_finding_of_another_incident_is_not_accessible(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, incident: str
) -> None:
    own, other = add(fake, incident), start(client)
    foreign = add(fake, other)
    assert listed(client, incident) == [own]
    assert listed(client, other) == [foreign]
    findings, missing = found(client, incident, foreign, own)
    assert ([each["id"] for each in findings], missing) == ([own], [foreign])


def test_findings_are_listed_oldest_first(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, incident: str
) -> None:
    fake.clock.freeze()
    ids = []
    for _ in range(5):
        ids.append(add(fake, incident))
        fake.clock.advance(seconds=len(ids) % 2)
    assert listed(client, incident) == ids


def test_a_page_has_at_most_20_findings(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, incident: str
) -> None:
    ids = [add(fake, incident) for _ in range(20)]
    assert body(client.list_incident_findings(incidentRecordArn=incident)).keys() == {"findings"}
    ids.append(add(fake, incident))
    pages = list(client.get_paginator("list_incident_findings").paginate(incidentRecordArn=incident))
    assert [[each["id"] for each in page["findings"]] for page in pages] == [ids[:20], ids[20:]]


def test_findings_go_with_their_incident(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, incident: str
) -> None:
    other = start(client)
    gone, stays = add(fake, incident), add(fake, other)
    client.delete_incident_record(arn=incident)
    assert listed(client, other) == [stays]
    assert found(client, other, gone) == ([], [gone])


def test_a_finding_changes_nothing_else(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, incident: str
) -> None:
    before = contents(client)
    add(fake, incident)
    assert contents(client) == before


def test_neither_what_is_given_nor_an_answer_is_the_finding_itself(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, incident: str
) -> None:
    given = dict(STACK)
    finding_id = fake.add_finding(incident, cloud_formation_stack_update=given)
    given["stackArn"] = "changed"
    found(client, incident, finding_id)[0][0]["details"].clear()
    assert found(client, incident, finding_id)[0][0]["details"] == {"cloudFormationStackUpdate": STACK}


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"cloud_formation_stack_update": STACK, "code_deploy_deployment": DEPLOYMENT},
        {"cloud_formation_stack_update": {}},
        {"cloud_formation_stack_update": DEPLOYMENT},
        {"cloud_formation_stack_update": STACK | {"startTime": "soon"}},
        {"code_deploy_deployment": DEPLOYMENT | {"more": "x"}},
    ],
    ids=repr,
)
def test_details_that_are_not_those_of_one_finding_are_an_error(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, incident: str, details: Record
) -> None:
    with pytest.raises(ValueError, match="not the details of one finding"):
        fake.add_finding(incident, **details)
    assert listed(client, incident) == []


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:ssm-incidents::123456789012:incident-record/plan/unknown",
        "arn:aws:ssm-incidents::999999999999:incident-record/plan/unknown",
        "arn:aws:ssm-incidents::123456789012:response-plan/plan",
        "incident",
    ],
)
def test_a_finding_of_no_incident_is_an_error(fake: fakeim.FakeIncidentManager, arn: str) -> None:
    with pytest.raises(ValueError, match=re.escape(arn)):
        add(fake, arn)
