"""The checks behind the contract's back see what is wrong, and see every call."""

from __future__ import annotations

import json
from contextlib import ExitStack
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

import fakeim
from contract_tests.contract.checks import check_wire, checked, without_nulls
from contract_tests.contract.targets import TARGETS, Session
from contract_tests.support import contents, make_plan
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/plan"
GOOD = {"incidentRecordArn": PLAN.replace("response-plan", "incident-record")}


class Liar:
    """A client whose StartIncident answers, or fails, with what it is told to."""

    meta = SimpleNamespace(method_to_api_mapping={"start_incident": "StartIncident"})

    def __init__(self, response: dict[str, Any], status: int) -> None:
        self.response = {**response, "ResponseMetadata": {"HTTPStatusCode": status}}

    def start_incident(self, **_: Any) -> dict[str, Any]:
        if "Error" in self.response:
            response: Any = self.response
            raise ClientError(response, "StartIncident")
        return self.response


def start(response: dict[str, Any], status: int, params: dict[str, Any]) -> None:
    client: Any = Liar(response, status)
    checked(client).start_incident(**params)


@pytest.mark.parametrize(
    ("response", "status", "params", "complaint"),
    [
        ({}, 200, {}, "'incidentRecordArn' is a required property"),
        (GOOD | {"mood": "bad"}, 200, {}, "'mood' was unexpected"),
        ({"incidentRecordArn": None}, 200, {}, "None is not of type 'string'"),
        ({"incidentRecordArn": "arn"}, 200, {}, "does not match"),
        (GOOD, 201, {}, "answered with status 201"),
        (GOOD, 200, {"impact": 6}, "6 is greater than the maximum of 5"),
        (GOOD, 200, {"responsePlanArn": "plan"}, "'plan' does not match"),
        ({"Error": {"Code": "ServiceQuotaExceededException"}}, 402, {}, "does not declare ServiceQuotaExceeded"),
        ({"Error": {"Code": "ConflictException"}, "message": "m"}, 400, {}, "came with status 400"),
        ({"Error": {"Code": "UnsupportedOperationException"}}, 500, {}, "came with status 500"),
        ({"Error": {"Code": "ThrottlingException"}, "message": "m"}, 429, {}, "'quotaCode' is a required property"),
        (
            {"Error": {"Code": "ConflictException"}, "message": "m", "resourceType": "PLAN"},
            409,
            {},
            "'PLAN' is not one of",
        ),
    ],
)
def test_a_wrong_answer_is_seen(response: dict[str, Any], status: int, params: dict[str, Any], complaint: str) -> None:
    with pytest.raises(AssertionError) as caught:
        start(response, status, {"responsePlanArn": PLAN} | params)
    assert complaint in str(caught.value)


def test_right_ones_pass() -> None:
    start(GOOD, 200, {"responsePlanArn": PLAN})
    with pytest.raises(ClientError):
        start({"Error": {"Code": "ConflictException"}, "message": "m"}, 409, {"responsePlanArn": "as is"})


class Answer:
    """A response, as botocore shows one before it is parsed."""

    def __init__(self, status_code: int, content: dict[str, Any], code: str = "") -> None:
        self.status_code = status_code
        self.content = json.dumps(content).encode()
        self.headers = {"x-amzn-ErrorType": code}


OPERATION = load_api().service_model.operation_model("StartIncident")


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (Answer(200, GOOD | {"mood": "bad"}), "'mood' was unexpected"),
        (Answer(200, {"incidentRecordArn": [None]}), "is not of type 'string'"),
        (Answer(404, {"message": "m", "mood": "bad"}, "ResourceNotFoundException"), "'mood' was unexpected"),
        (Answer(201, GOOD, "CreatedException"), "does not declare CreatedException"),
    ],
)
def test_what_botocores_parser_drops_is_seen_on_the_wire(answer: Answer, complaint: str) -> None:
    with pytest.raises(AssertionError) as caught:
        check_wire(answer, OPERATION)
    assert complaint in str(caught.value)


def test_only_members_that_are_null_are_absent() -> None:
    assert without_nulls({"a": None, "b": [None, {"c": None}], "d": 0}) == {"b": [None, {}], "d": 0}


# -- every call


@pytest.fixture(params=[name for name in TARGETS if name != "aws"])
def client(request: pytest.FixtureRequest) -> Iterator[Any]:
    with ExitStack() as session, ExitStack() as stack:
        yield TARGETS[request.param](Session(request.config, session), stack).client()


def test_paginators_and_waiters_are_seen(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr("contract_tests.contract.checks.check_answer", lambda operation, _: seen.append(operation.name))
    checked(client)
    [arn] = [
        arn for page in client.get_paginator("list_replication_sets").paginate() for arn in page["replicationSetArns"]
    ]
    client.get_waiter("wait_for_replication_set_active").wait(arn=arn)
    assert seen == ["ListReplicationSets", "GetReplicationSet"]


def test_what_comes_over_a_wire_is_seen(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(
        "contract_tests.contract.checks.check_wire", lambda http_response, **_: seen.append(http_response.status_code)
    )
    checked(client)
    client.list_response_plans()
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_response_plan(arn=PLAN)
    assert seen == ([] if type(client).__module__.startswith("fakeim") else [200, 404])


def test_the_reader_sees_what_the_client_does(client: Any) -> None:
    plan = make_plan(client)
    client.start_incident(responsePlanArn=plan)
    by_reader = contents(client)
    del client.reader
    assert by_reader == contents(client)
    assert by_reader["incidents"]


def test_accounts_share_nothing_though_the_server_is_one(pytestconfig: pytest.Config) -> None:
    with ExitStack() as kept, ExitStack() as stack:
        session = Session(pytestconfig, kept)
        for _ in range(2):
            client = TARGETS["http"](session, stack).client()
            assert client.list_response_plans()["responsePlanSummaries"] == []
            make_plan(client)


def test_a_checked_client_looks_as_before() -> None:
    client: Any = fakeim.FakeIncidentManager().client()
    looks = client.start_incident.__doc__
    assert checked(client) is client
    assert client.start_incident.__doc__ == looks
    assert client.start_incident.__name__ == "start_incident"
