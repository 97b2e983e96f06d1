"""PagerDuty integrations, whose secret AWS looks up (catalogue 5.10) and the fake's user may declare unreadable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config

import fakeim
from contract_tests.support import fails

if TYPE_CHECKING:
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.support import Record

PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/plan"


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    return fakeim.FakeIncidentManager()


@pytest.fixture
def client(fake: fakeim.FakeIncidentManager) -> SSMIncidentsClient:
    return fake.client(config=Config(parameter_validation=False))


def pager_duty(key: str = "key", *, service: str = "PD", **more: Any) -> Any:
    given = {"name": "n", "pagerDutyIncidentConfiguration": {"serviceId": service}, "secretId": key, **more}
    return {"pagerDutyConfiguration": {name: value for name, value in given.items() if value is not None}}


def create(client: SSMIncidentsClient, integrations: list[Any]) -> None:
    client.create_response_plan(name="plan", incidentTemplate={"title": "t", "impact": 1}, integrations=integrations)


WITHIN = [
    [],
    [pager_duty()],
    [pager_duty(name="n" * 200)],
    [pager_duty("s" * 512)],
    [pager_duty(service="s" * 200)],
]
BEYOND = [
    [pager_duty(), pager_duty("other")],
    [{}],
    [pager_duty(name="")],
    [pager_duty(name="n" * 201)],
    [pager_duty("")],
    [pager_duty("s" * 513)],
    [pager_duty(service="")],
    [pager_duty(service="s" * 201)],
    [pager_duty(name=None)],
    [pager_duty(secretId=None)],
    [pager_duty(pagerDutyIncidentConfiguration=None)],
]


@pytest.mark.parametrize("integrations", WITHIN, ids=lambda value: repr(value)[:80])
def test_an_integration_within_the_limits_is_kept(client: SSMIncidentsClient, integrations: list[Record]) -> None:
    create(client, integrations)
    assert client.get_response_plan(arn=PLAN)["integrations"] == integrations


@pytest.mark.parametrize("integrations", BEYOND, ids=lambda value: repr(value)[:80])
def test_an_integration_beyond_the_limits_is_refused(client: SSMIncidentsClient, integrations: list[Any]) -> None:
    with fails(client, "ValidationException"):
        create(client, integrations)
    create(client, [])
    with fails(client, "ValidationException"):
        client.update_response_plan(arn=PLAN, integrations=integrations)


def test_update_replaces_clears_or_leaves_integrations(client: SSMIncidentsClient) -> None:
    create(client, [pager_duty()])
    client.update_response_plan(arn=PLAN, displayName="d")
    assert client.get_response_plan(arn=PLAN)["integrations"] == [pager_duty()]
    client.update_response_plan(arn=PLAN, integrations=[pager_duty("other")])
    assert client.get_response_plan(arn=PLAN)["integrations"] == [pager_duty("other")]
    client.update_response_plan(arn=PLAN, integrations=[])
    assert not client.get_response_plan(arn=PLAN).get("integrations")


def test_an_unreadable_secret_is_refused_in_these_words(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    fake.unreadable_secrets.add("key")
    with pytest.raises(client.exceptions.ValidationException) as caught:
        create(client, [pager_duty()])
    assert caught.value.response["Error"]["Message"] == "We were unable to validate the AWS Secrets Manager secret"


def test_an_unreadable_secret_leaves_the_account_as_it_is(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    fake.unreadable_secrets.add("key")
    with fails(client, "ValidationException"):
        create(client, [pager_duty()])
    create(client, [pager_duty("other")])
    with fails(client, "ValidationException"):
        client.update_response_plan(arn=PLAN, displayName="d", integrations=[pager_duty()])


def test_a_secret_that_can_be_read_again_is_taken(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    fake.unreadable_secrets.add("key")
    fake.unreadable_secrets.discard("key")
    create(client, [pager_duty()])
    assert client.get_response_plan(arn=PLAN)["integrations"] == [pager_duty()]


def test_an_integration_can_be_cleared_when_its_secret_is_gone(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    create(client, [pager_duty()])
    fake.unreadable_secrets.add("key")
    client.update_response_plan(arn=PLAN, integrations=[])
    assert not client.get_response_plan(arn=PLAN).get("integrations")
