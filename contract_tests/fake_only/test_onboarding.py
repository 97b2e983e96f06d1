"""Accounts without a replication set: new ones, and those that came too late (catalogue 4.3, 3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import fakeim
from contract_tests.support import answered, contents, fails

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

PREFIX = "arn:aws:ssm-incidents::123456789012:"
PLAN = PREFIX + "response-plan/alchemy-nonexistent-probe"
INCIDENT = PREFIX + "incident-record/alchemy-nonexistent-probe/11111111-1111-1111-1111-111111111111"
REPLICATION_SET = PREFIX + "replication-set/00000000-0000-4000-8000-000000000000"
EVENT = "22222222-2222-2222-2222-222222222222"
PROBES: dict[str, tuple[str, str, Callable[[Any], object]]] = {
    "get set": ("REPLICATION_SET", REPLICATION_SET, lambda client: client.get_replication_set(arn=REPLICATION_SET)),
    "get plan": ("RESPONSE_PLAN", PLAN, lambda client: client.get_response_plan(arn=PLAN)),
    "start": ("RESPONSE_PLAN", PLAN, lambda client: client.start_incident(responsePlanArn=PLAN)),
    "get record": ("INCIDENT_RECORD", INCIDENT, lambda client: client.get_incident_record(arn=INCIDENT)),
    "update record": ("INCIDENT_RECORD", INCIDENT, lambda client: client.update_incident_record(arn=INCIDENT)),
    "findings": (
        "INCIDENT_RECORD",
        INCIDENT,
        lambda client: client.list_incident_findings(incidentRecordArn=INCIDENT),
    ),
}
"""What Alchemy's live tests found missing in an account that is not onboarded (catalogue 3.3)."""


def newcomer(*, can_onboard: bool) -> SSMIncidentsClient:
    return fakeim.FakeIncidentManager(onboarded=False, can_onboard=can_onboard).client()


either = pytest.mark.parametrize("can_onboard", [True, False])


@either
def test_a_new_account_lists_nothing(*, can_onboard: bool) -> None:
    client = newcomer(can_onboard=can_onboard)
    assert answered(client.list_replication_sets()) == (200, {"replicationSetArns": []})
    assert answered(client.list_response_plans()) == (200, {"responsePlanSummaries": []})
    assert answered(client.list_incident_records()) == (200, {"incidentRecordSummaries": []})
    assert answered(client.list_timeline_events(incidentRecordArn=INCIDENT)) == (200, {"eventSummaries": []})
    assert answered(client.list_related_items(incidentRecordArn=INCIDENT)) == (200, {"relatedItems": []})


@either
def test_in_a_new_account_deletion_of_nothing_succeeds(*, can_onboard: bool) -> None:
    client = newcomer(can_onboard=can_onboard)
    assert answered(client.delete_response_plan(arn=PLAN)) == (204, {})
    assert answered(client.delete_incident_record(arn=INCIDENT)) == (204, {})
    assert answered(client.delete_timeline_event(incidentRecordArn=INCIDENT, eventId=EVENT)) == (204, {})


@either
@pytest.mark.parametrize("probe", PROBES)
def test_a_new_account_finds_nothing(probe: str, *, can_onboard: bool) -> None:
    kind, arn, call = PROBES[probe]
    client = newcomer(can_onboard=can_onboard)
    with fails(client, "ResourceNotFoundException", resourceType=kind, resourceIdentifier=arn):
        call(client)


@either
def test_a_new_account_cannot_create_a_plan(*, can_onboard: bool) -> None:
    client = newcomer(can_onboard=can_onboard)
    with fails(client, "ResourceNotFoundException", resourceType="REPLICATION_SET"):
        client.create_response_plan(name="plan", incidentTemplate={"title": "t", "impact": 1})


def test_a_new_account_is_onboarded_by_its_replication_set() -> None:
    client = newcomer(can_onboard=True)
    status, answer = answered(client.create_replication_set(regions={"us-east-1": {}}))
    assert (status, [answer["arn"]]) == (201, client.list_replication_sets()["replicationSetArns"])
    client.create_response_plan(name="plan", incidentTemplate={"title": "t", "impact": 1})
    assert len(contents(client)["plans"]) == 1


def test_an_account_that_came_too_late_cannot_be_onboarded() -> None:
    client = newcomer(can_onboard=False)
    with fails(client, "UnsupportedOperationException"):
        client.create_replication_set(regions={"us-east-1": {}})


@pytest.mark.parametrize("regions", [{}, {"us-west-2": {}}, {"us-east-1": {"sseKmsKeyId": "alias/example"}}], ids=repr)
def test_an_invalid_request_is_invalid_also_when_it_comes_too_late(regions: Any) -> None:
    client = newcomer(can_onboard=False)
    with fails(client, "ValidationException"):
        client.create_replication_set(regions=regions)


def test_an_existing_customer_keeps_what_there_is_but_cannot_come_back() -> None:
    client = fakeim.FakeIncidentManager(can_onboard=False).client()
    (arn,) = client.list_replication_sets()["replicationSetArns"]
    client.create_response_plan(name="plan", incidentTemplate={"title": "t", "impact": 1})
    client.delete_replication_set(arn=arn)
    with fails(client, "UnsupportedOperationException"):
        client.create_replication_set(regions={"us-east-1": {}})


@pytest.mark.parametrize("regions", [("us-east-1",), ("eu-west-1", "us-east-1", "ap-southeast-2")])
def test_an_onboarded_account_has_an_active_set_in_its_regions(regions: tuple[str, ...]) -> None:
    client = fakeim.FakeIncidentManager(regions=regions).client()
    (arn,) = client.list_replication_sets()["replicationSetArns"]
    found: Any = client.get_replication_set(arn=arn)["replicationSet"]
    assert found["status"] == "ACTIVE"
    assert {name: each["status"] for name, each in found["regionMap"].items()} == dict.fromkeys(regions, "ACTIVE")


def test_the_first_region_is_where_clients_are() -> None:
    fake = fakeim.FakeIncidentManager(regions=("eu-west-1", "us-east-1"))
    assert fake.client().meta.region_name == "eu-west-1"
    assert fake.client("us-east-1").meta.region_name == "us-east-1"


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_other_partitions_have_arns_of_their_own(region: str, partition: str) -> None:
    client = fakeim.FakeIncidentManager(regions=(region,)).client()
    arn = client.create_response_plan(name="plan", incidentTemplate={"title": "t", "impact": 1})["arn"]
    assert arn == f"arn:{partition}:ssm-incidents::123456789012:response-plan/plan"
    (replication_set,) = client.list_replication_sets()["replicationSetArns"]
    with fails(client, "ValidationException"):
        client.update_replication_set(arn=replication_set, actions=[{"addRegionAction": {"regionName": "us-east-1"}}])
    with fails(client, "ValidationException"):
        client.get_response_plan(arn=arn.replace(partition, "aws"))
