"""mock_ssm_incidents: whose calls it takes, and that it leaves nothing behind."""

from __future__ import annotations

import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Any
from weakref import ref

import boto3
import botocore.session
import pytest
from botocore import endpoint
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import ClientError, ParamValidationError, WaiterError
from botocore.httpsession import URLLib3Session

import fakeim
from contract_tests.fake_only.mocked import EARLY, KEYS, Sent, names, new_client, patched, profile_of_a_role, refusal
from contract_tests.support import make_plan, start
from fakeim.clients import interception

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_network")


# -- whose calls


def test_clients_made_before_and_within_are_taken() -> None:
    with fakeim.mock_ssm_incidents():
        make_plan(EARLY, name="shared")
        assert names(new_client("ssm-incidents", **KEYS | {"region_name": "us-west-2"})) == ["shared"]
        session: Any = boto3.Session(**KEYS | {"region_name": "eu-west-1"})
        assert names(session.client("ssm-incidents")) == ["shared"]


def test_a_client_made_within_is_real_again_afterwards() -> None:
    with fakeim.mock_ssm_incidents():
        late: Any = new_client("ssm-incidents", **KEYS)
        assert names(late) == []
    for client in (late, EARLY):
        with pytest.raises(Sent):
            client.list_response_plans()


@pytest.mark.parametrize(
    "options",
    [
        {"endpoint_url": "http://localhost:1"},
        {"endpoint_url": "https://vpce-1.example.com/base"},
        {"config": Config(use_fips_endpoint=True)},
        {"config": Config(use_dualstack_endpoint=True)},
        {"region_name": "cn-north-1"},
    ],
)
def test_any_endpoint_is_taken(options: dict[str, Any]) -> None:
    client: Any = new_client("ssm-incidents", **(KEYS | options))
    with fakeim.mock_ssm_incidents():
        assert names(client) == []


@pytest.mark.usefixtures("bare_environment")
def test_neither_credentials_nor_a_region_are_needed() -> None:
    before = dict(os.environ)
    with fakeim.mock_ssm_incidents(fakeim.FakeIncidentManager(regions=["eu-west-1"])):
        client: Any = boto3.Session().client("ssm-incidents")
        assert client.meta.region_name == "eu-west-1"
        assert names(client) == []
    assert dict(os.environ) == before


@pytest.mark.usefixtures("bare_environment")
def test_credentials_of_a_profile_are_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profile_of_a_role(tmp_path)))
    session = boto3.Session(profile_name="role", region_name="us-east-1")
    with fakeim.mock_ssm_incidents():
        assert names(session.client("ssm-incidents")) == []


@pytest.mark.parametrize("at_call", [False, True])
def test_credentials_that_expire_are_not_fetched_again_and_choose_the_account(at_call: bool) -> None:  # noqa: FBT001
    expired = {"access_key": "ASIAROLE", "secret_key": "x", "token": "x", "expiry_time": "2020-01-01T00:00:00Z"}
    core = botocore.session.Session()
    core._credentials = RefreshableCredentials.create_from_metadata(  # type: ignore[attr-defined]  # noqa: SLF001
        expired, lambda: pytest.fail("fetched"), "a role"
    )
    client = boto3.Session(botocore_session=core, region_name="us-east-1").client("ssm-incidents")
    second = fakeim.FakeIncidentManager(account_id="222233334444")
    with fakeim.mock_ssm_incidents(accounts={"ASIAROLE": second}, at_call=at_call):
        assert ":222233334444:" in make_plan(client)


def test_other_services_are_left_alone() -> None:
    other: Any = new_client("sns", **KEYS)
    with fakeim.mock_ssm_incidents(), pytest.raises(Sent, match="sns"):
        other.list_topics()


def test_a_bucket_that_has_the_name_of_the_service_is_left_alone() -> None:
    buckets: Any = new_client("s3", **KEYS)
    with fakeim.mock_ssm_incidents(), pytest.raises(Sent, match=r"//ssm-incidents\.s3\."):
        buckets.list_objects_v2(Bucket="ssm-incidents")


def test_an_access_key_can_choose_the_account() -> None:
    second = fakeim.FakeIncidentManager(account_id="222233334444")
    other: Any = new_client("ssm-incidents", "us-east-1", aws_access_key_id="AKIAB", aws_secret_access_key="x")  # noqa: S106
    for at_call in (False, True):
        second.reset()
        with fakeim.mock_ssm_incidents(accounts={"AKIAB": second}, at_call=at_call):
            assert ":222233334444:" in make_plan(other)
            assert names(EARLY) == []


def test_a_given_fake_answers_and_is_kept() -> None:
    fake = fakeim.FakeIncidentManager()
    with fakeim.mock_ssm_incidents(fake) as entered:
        make_plan(EARLY, name="kept")
    assert entered is fake
    assert names(fake.client()) == ["kept"]


def test_each_entry_has_a_fresh_fake_and_the_inner_one_answers() -> None:
    mock = fakeim.mock_ssm_incidents()
    with mock:
        make_plan(EARLY, name="outer")
        with mock:
            assert names(EARLY) == []
        assert names(EARLY) == ["outer"]
    with mock:
        assert names(EARLY) == []


def test_mocks_may_end_in_any_order() -> None:
    before = patched()
    first, second = fakeim.mock_ssm_incidents(), fakeim.mock_ssm_incidents()
    first.start()
    second.start()
    make_plan(EARLY, name="second")
    first.stop()
    assert names(EARLY) == ["second"]
    second.stop()
    assert patched() == before
    with pytest.raises(RuntimeError, match="left already"):
        second.__exit__()
    with pytest.raises(RuntimeError, match="stopped already"):
        second.stop()


def test_a_client_of_ones_own_stays_with_its_fake() -> None:
    own = fakeim.FakeIncidentManager()
    client = own.boto3_client()
    with fakeim.mock_ssm_incidents():
        make_plan(client, name="own")
        assert names(EARLY) == []
    assert names(client) == names(own.client()) == ["own"]


def test_threads_share_the_mock() -> None:
    with fakeim.mock_ssm_incidents() as fake:
        plan = make_plan(EARLY)
        with ThreadPoolExecutor(8) as pool:
            arns = set(pool.map(lambda _: start(EARLY, plan), range(64)))
        listed = fake.client().list_incident_records()["incidentRecordSummaries"]
    assert {each["arn"] for each in listed} == arns
    assert len(arns) == 64


# -- nothing left behind, nothing let out


@pytest.mark.parametrize("at_call", [False, True])
def test_everything_is_put_back(at_call: bool) -> None:  # noqa: FBT001 - a parameter of the test
    before = patched()
    with fakeim.mock_ssm_incidents(at_call=at_call):
        assert patched() != before
        names(EARLY)
    assert patched() == before


def test_clients_and_mocks_are_not_kept() -> None:
    def use() -> list[ref[Any]]:
        client: Any = boto3.Session().client("ssm-incidents", **KEYS)
        with fakeim.mock_ssm_incidents():
            assert names(client) == []
            return [ref(client), ref(client.meta.events)]

    assert [each() for each in use()] == [None, None]  # without a collection of cycles: as outside of a mock
    before = len(copy_context())
    for _ in range(3):
        use()
    assert len(copy_context()) == before


def test_everything_is_put_back_after_an_error() -> None:
    before = patched()
    with pytest.raises(Sent), fakeim.mock_ssm_incidents():
        raise Sent
    assert patched() == before


def test_what_goes_past_the_clients_is_blocked() -> None:
    class Request:
        url = "https://ssm-incidents-fips.us-east-1.amazonaws.com/listResponsePlans"

    request: Any = Request()
    with fakeim.mock_ssm_incidents(), pytest.raises(fakeim.RealAWSCallBlocked) as blocked:
        URLLib3Session().send(request)
    assert re.search(
        r"/listResponsePlans .* past the active mock; .*test_mock\.py:\d+.* boto3 client", str(blocked.value)
    )


def test_what_stands_in_the_class_can_be_called_meanwhile() -> None:
    with fakeim.mock_ssm_incidents():
        meanwhile = BaseClient.__dict__["_make_api_call"]
        assert meanwhile(EARLY, "ListResponsePlans", {})["responsePlanSummaries"] == []


def test_a_start_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before, patch = patched(), interception.Interception._patch  # noqa: SLF001

    def fail(intercepting: Any) -> None:
        patch(intercepting)
        raise ZeroDivisionError

    monkeypatch.setattr(interception.Interception, "_patch", fail)
    with pytest.raises(ZeroDivisionError):
        fakeim.mock_ssm_incidents().start()
    assert patched() == before


def test_a_botocore_that_moved_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert interception.broken() == []
    monkeypatch.delattr(endpoint, "time")
    assert "time" in " ".join(interception.broken())
    with pytest.raises(RuntimeError, match="does not fit the installed botocore"):
        fakeim.mock_ssm_incidents().start()
    monkeypatch.undo()
    assert interception.broken() == []


# -- the pipeline of botocore


def test_waits_pass_on_the_clock_of_the_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail(f"slept {seconds} s") if seconds else None)
    with fakeim.mock_ssm_incidents() as fake:
        fake.clock.freeze("2026-01-01")
        fake.transitions.manual()
        [arn] = EARLY.list_replication_sets()["replicationSetArns"]
        EARLY.delete_replication_set(arn=arn)
        with pytest.raises(WaiterError):
            EARLY.get_waiter("wait_for_replication_set_deleted").wait(arn=arn)
        assert fake.clock.now().isoformat() >= "2026-01-01T00:02:00"


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_retries_wait_on_the_clock_of_the_fake(mode: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail(f"slept {seconds} s") if seconds else None)
    config = Config(retries={"mode": mode, "total_max_attempts": 4})
    client: Any = new_client("ssm-incidents", config=config, **KEYS)
    refusals = [503, 503, 503]

    def refuse(request: Any, **_: Any) -> Any:
        return refusal(refusals.pop())(request) if refusals else None

    client.meta.events.register_first("before-send.ssm-incidents", refuse)
    with fakeim.mock_ssm_incidents() as fake:
        fake.clock.freeze("2026-01-01")
        answer = client.list_response_plans()
        assert fake.clock.now().isoformat() > "2026-01-01T00:00:00+00:00"
    assert answer["ResponseMetadata"]["RetryAttempts"] == 3


def test_waits_are_real_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    with fakeim.mock_ssm_incidents(virtual_waits=False) as fake:
        fake.transitions.manual()
        [arn] = EARLY.list_replication_sets()["replicationSetArns"]
        EARLY.delete_replication_set(arn=arn)
        with pytest.raises(WaiterError):
            EARLY.get_waiter("wait_for_replication_set_deleted").wait(arn=arn)
    assert slept == [30.0] * 4


@pytest.mark.parametrize("at_call", [False, True])
def test_answers_errors_and_pages_are_the_same_at_both_levels(at_call: bool) -> None:  # noqa: FBT001
    with fakeim.mock_ssm_incidents(at_call=at_call):
        plan = make_plan(EARLY)
        incident = start(EARLY, plan)
        with pytest.raises(EARLY.exceptions.ResourceNotFoundException) as missing:
            EARLY.get_response_plan(arn=plan + "x")
        assert missing.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
        assert missing.value.operation_name == "GetResponsePlan"
        with pytest.raises(ParamValidationError):
            EARLY.get_response_plan(name="x")
        pages = EARLY.get_paginator("list_timeline_events").paginate(
            incidentRecordArn=incident, PaginationConfig={"PageSize": 1}
        )
        assert [len(page["eventSummaries"]) for page in pages] == [1, 1]


@pytest.mark.parametrize("at_call", [False, True])
def test_a_client_that_checks_nothing_leaves_it_to_the_service_at_both_levels(at_call: bool) -> None:  # noqa: FBT001
    unchecked: Any = new_client("ssm-incidents", config=Config(parameter_validation=False), **KEYS)
    with fakeim.mock_ssm_incidents(at_call=at_call):
        with pytest.raises(unchecked.exceptions.ValidationException, match="at 'name' failed"):
            make_plan(unchecked, name="")
        with pytest.raises(ClientError, match="SerializationException"):
            unchecked.create_response_plan(name="plan", incidentTemplate={"title": None, "impact": "3"})
