"""The face of the client: what a program, an editor or a mock sees of it is what boto3's shows."""

from __future__ import annotations

import ast
import inspect
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import create_autospec
from urllib.parse import parse_qs, urlsplit

import boto3
import mypy_boto3_ssm_incidents
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError, OperationNotPageableError, ParamValidationError, WaiterError

import fakeim
from contract_tests.fake_only.accounts import full_account
from contract_tests.fake_only.inspection import OPERATIONS, botocore_model, disorder, each_operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fakeim.spec.api import Operation

STATUSES = {each.method_name: each.status for each in OPERATIONS}
PLAN: dict[str, Any] = {"name": "plan", "incidentTemplate": {"title": "title", "impact": 1}}


def make_real_client(region: str = "us-east-1", **options: Any) -> Any:
    """Make boto3's own client; the tests never let it send anything."""
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test")  # noqa: S106 - no secret
    return session.client("ssm-incidents", region_name=region, **options)


@pytest.fixture(scope="module")
def real() -> Any:
    return make_real_client()


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    return fakeim.FakeIncidentManager(regions=("us-east-1", "us-west-2"))


def same_error(one: Callable[[], object], other: Callable[[], object], kind: type[Exception]) -> None:
    with pytest.raises(kind) as first:
        one()
    with pytest.raises(kind) as second:
        other()
    assert (type(first.value).__name__, str(first.value)) == (type(second.value).__name__, str(second.value))


# -- methods


def published_names() -> set[str]:
    stub = Path(mypy_boto3_ssm_incidents.__file__).with_name("client.pyi")
    classes = [node for node in ast.parse(stub.read_text()).body if isinstance(node, ast.ClassDef)]
    published = next(each for each in classes if each.name == "SSMIncidentsClient")
    return {node.name for node in published.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"}


@pytest.mark.parametrize("name", sorted(published_names()))
def test_every_published_name_is_there(client: Any, real: Any, name: str) -> None:
    assert callable(getattr(client, name)) == callable(getattr(real, name))


def test_nothing_is_public_that_boto3_does_not_have(client: Any, real: Any) -> None:
    assert {name for name in dir(client) if name[0] != "_"} <= {name for name in dir(real) if name[0] != "_"}


def test_the_class_is_named_as_boto3s(client: Any, real: Any) -> None:
    assert type(client).__name__ == type(real).__name__ == "SSMIncidents"


@each_operation
def test_parameters_are_given_by_name(client: Any, real: Any, operation: Operation) -> None:
    same_error(
        lambda: getattr(client, operation.method_name)("positional"),
        lambda: getattr(real, operation.method_name)("positional"),
        TypeError,
    )


@each_operation
@pytest.mark.parametrize("params", [{"noSuchParam": 1}, {}], ids=["unknown", "missing"])
def test_wrong_parameters_are_reported_as_by_boto3(
    client: Any, real: Any, operation: Operation, params: dict[str, Any]
) -> None:
    if params or operation.input.required:
        same_error(
            lambda: getattr(client, operation.method_name)(**params),
            lambda: getattr(real, operation.method_name)(**params),
            ParamValidationError,
        )


@each_operation
def test_the_signature_names_every_parameter(client: Any, operation: Operation) -> None:
    method = getattr(client, operation.method_name)
    parameters = inspect.signature(method).parameters
    assert parameters.keys() == operation.input.members.keys()
    assert {each.kind for each in parameters.values()} <= {inspect.Parameter.KEYWORD_ONLY}
    required = {name for name, each in parameters.items() if each.default is inspect.Parameter.empty}
    assert required == set(operation.input.required)
    assert method.__name__ == operation.method_name


@each_operation
def test_the_docstring_tells_what_the_method_does_and_takes(client: Any, operation: Operation) -> None:
    text = inspect.getdoc(getattr(client, operation.method_name)) or ""
    assert len(text.splitlines()[0]) > 10
    assert "<p>" not in text
    assert all(name in text for name in operation.input.members)


def test_an_autospecced_client_refuses_misspelt_names(client: Any) -> None:
    mock = create_autospec(client)
    mock.start_incident(responsePlanArn="arn", title="title")
    with pytest.raises(TypeError, match="titel"):
        mock.start_incident(responsePlanArn="arn", titel="title")
    with pytest.raises(AttributeError):
        mock.begin_incident(responsePlanArn="arn")


# -- meta


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "ap-southeast-2", "us-gov-west-1", "cn-north-1"])
def test_meta_is_as_boto3s(region: str) -> None:
    real = make_real_client(region).meta
    meta: Any = fakeim.FakeIncidentManager(regions=[region]).client().meta
    assert (meta.region_name, meta.partition) == (real.region_name, real.partition)
    assert meta.endpoint_url == real.endpoint_url
    assert dict(meta.method_to_api_mapping) == dict(real.method_to_api_mapping)
    assert meta.service_model.service_name == real.service_model.service_name
    assert meta.service_model.operation_names == real.service_model.operation_names
    assert meta.config.region_name == region


def test_meta_shows_the_given_config_and_takes_event_handlers(fake: fakeim.FakeIncidentManager) -> None:
    meta: Any = fake.client("us-west-2", config=Config(read_timeout=7)).meta
    assert (meta.config.read_timeout, meta.config.region_name) == (7, "us-west-2")
    meta.events.register("before-send.ssm-incidents", lambda **_: None)


# -- exceptions


@pytest.mark.parametrize("name", [shape.name for shape in botocore_model().error_shapes])
def test_every_modelled_exception_is_a_client_error(client: Any, real: Any, name: str) -> None:
    modelled = getattr(client.exceptions, name)
    assert issubclass(modelled, ClientError)
    assert modelled.__name__ == getattr(real.exceptions, name).__name__
    assert client.exceptions.from_code(name) is modelled


def test_other_names_of_exceptions_are_as_boto3s(client: Any, real: Any) -> None:
    assert client.exceptions.ClientError is ClientError
    assert client.exceptions.from_code("UnsupportedOperationException") is ClientError
    with pytest.raises(AttributeError) as caught:
        _ = client.exceptions.NoSuchThing
    with pytest.raises(AttributeError) as boto3s:
        _ = real.exceptions.NoSuchThing
    assert str(caught.value).partition("> object ")[2] == str(boto3s.value).partition("> object ")[2]


class Wire:
    """Lets a real client receive what is given to it, without sending anything."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def receive(self, status: int, headers: Any, body: bytes, method: str, params: dict[str, Any]) -> Any:
        """Call ``method`` and answer it so."""

        def answer(request: Any, **_: Any) -> AWSResponse:
            return AWSResponse(request.url, status, headers, SimpleNamespace(stream=lambda: iter([body])))

        self._client.meta.events.register("before-send.ssm-incidents", answer)
        try:
            return getattr(self._client, method)(**params)
        finally:
            self._client.meta.events.unregister("before-send.ssm-incidents", answer)


def receive_again(real: Any, response: Any, method: str, params: dict[str, Any]) -> Any:
    """Give what boto3's client makes of the wire's form of ``response``."""
    metadata = response["ResponseMetadata"]
    body = {name: value for name, value in response.items() if name not in ("ResponseMetadata", "Error")}
    if "Error" in response:
        body |= {"message": response["Error"]["Message"]}
    written = json.dumps(body, default=datetime.timestamp).encode() if metadata["HTTPStatusCode"] != 204 else b""
    return Wire(real).receive(metadata["HTTPStatusCode"], metadata["HTTPHeaders"], written, method, params)


PLAN_ARN = "arn:aws:ssm-incidents::123456789012:response-plan/plan"
FAILURES: list[tuple[str, str, dict[str, Any]]] = [
    ("ResourceNotFoundException", "get_response_plan", {"arn": f"{PLAN_ARN}s"}),
    ("ConflictException", "create_response_plan", PLAN),
    ("ValidationException", "create_response_plan", PLAN | {"name": "?"}),
    ("ServiceQuotaExceededException", "create_replication_set", {"regions": {"us-east-1": {}}}),
    ("AccessDeniedException", "get_response_plan", {"arn": PLAN_ARN.replace("12345", "99999")}),
]


@pytest.mark.parametrize(
    ("code", "method", "params"), FAILURES, ids=lambda value: value if "E" in str(value)[1:] else ""
)
def test_an_error_is_what_botocore_would_parse(
    client: Any, real: Any, code: str, method: str, params: dict[str, Any]
) -> None:
    client.create_response_plan(**PLAN)
    with pytest.raises(getattr(client.exceptions, code)) as caught:
        getattr(client, method)(**params)
    with pytest.raises(getattr(real.exceptions, code)) as parsed:
        receive_again(real, caught.value.response, method, params)
    assert caught.value.response == parsed.value.response
    assert caught.value.operation_name == parsed.value.operation_name
    assert str(caught.value) == str(parsed.value)


def test_an_unmodelled_error_is_a_plain_client_error(real: Any) -> None:
    client: Any = fakeim.FakeIncidentManager(onboarded=False, can_onboard=False).client()
    params: dict[str, Any] = {"regions": {"us-east-1": {}}}
    with pytest.raises(ClientError) as caught:
        client.create_replication_set(**params)
    with pytest.raises(ClientError) as parsed:
        receive_again(real, caught.value.response, "create_replication_set", params)
    assert type(caught.value) is ClientError
    assert caught.value.response["Error"]["Code"] == "UnsupportedOperationException"
    assert caught.value.response == parsed.value.response


# -- answers


def requests_that_succeed() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give a method and parameters that work on ``full_account()``, one for each kind of answer."""
    client: Any = full_account().fake.client()
    plan = client.list_response_plans()["responsePlanSummaries"][0]["arn"]
    incident = client.list_incident_records()["incidentRecordSummaries"][0]["arn"]
    event = client.list_timeline_events(incidentRecordArn=incident)["eventSummaries"][0]["eventId"]
    finding = client.list_incident_findings(incidentRecordArn=incident)["findings"][0]["id"]
    yield "get_response_plan", {"arn": plan}
    yield "get_incident_record", {"arn": incident}
    yield "get_timeline_event", {"incidentRecordArn": incident, "eventId": event}
    yield "get_replication_set", {"arn": client.list_replication_sets()["replicationSetArns"][0]}
    yield "get_resource_policies", {"resourceArn": plan}
    yield "list_incident_records", {"maxResults": 1}
    yield "list_related_items", {"incidentRecordArn": incident}
    yield "list_tags_for_resource", {"resourceArn": plan}
    yield "list_timeline_events", {"incidentRecordArn": incident}
    yield "batch_get_incident_findings", {"incidentRecordArn": incident, "findingIds": [finding, "no finding"]}
    yield "start_incident", {"responsePlanArn": plan}
    yield "create_response_plan", PLAN
    yield "put_resource_policy", {"resourceArn": plan, "policy": '{"Statement": []}'}
    yield "tag_resource", {"resourceArn": plan, "tags": {"key": "value"}}
    yield "delete_incident_record", {"arn": incident}


SUCCESSES = dict(requests_that_succeed())


@pytest.mark.parametrize("method", SUCCESSES)
def test_an_answer_is_what_botocore_would_parse(real: Any, method: str) -> None:
    params = SUCCESSES[method]
    answer = getattr(full_account().fake.client(), method)(**params)
    assert answer == receive_again(real, answer, method, params)
    metadata = answer["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == STATUSES[method]
    assert ("content-type" in metadata["HTTPHeaders"]) == (STATUSES[method] != 204)


def test_each_call_has_a_request_id_of_its_own(client: Any) -> None:
    numbers = [client.list_response_plans()["ResponseMetadata"]["RequestId"] for _ in range(3)]
    assert len(set(numbers)) == 3


def test_without_its_own_checks_a_client_sends_what_boto3_would_refuse(fake: fakeim.FakeIncidentManager) -> None:
    client: Any = fake.client(config=Config(parameter_validation=False))
    with pytest.raises(client.exceptions.ValidationException, match="at 'name' failed"):
        client.create_response_plan(**PLAN | {"name": ""})


def test_a_closed_client_still_answers(client: Any) -> None:
    assert client.close() is None
    assert client.list_response_plans()["responsePlanSummaries"] == []


def test_clients_in_two_regions_see_the_same_account(fake: fakeim.FakeIncidentManager) -> None:
    plan = fake.client("us-east-1").create_response_plan(**PLAN)["arn"]
    assert fake.client("us-west-2").get_response_plan(arn=plan)["name"] == "plan"


def test_threads_share_a_client(client: Any, fake: fakeim.FakeIncidentManager) -> None:
    plan = client.create_response_plan(**PLAN)["arn"]
    with ThreadPoolExecutor(8) as threads:
        started = list(threads.map(lambda _: client.start_incident(responsePlanArn=plan), range(200)))
    arns = {each["incidentRecordArn"] for each in started}
    assert len(arns) == 200
    found = client.get_paginator("list_incident_records").paginate().search("incidentRecordSummaries[].arn")
    assert set(found) == arns
    assert disorder(fake) == []


@pytest.mark.parametrize("params", [{"arn": PLAN_ARN}, {}], ids=["with its parameters", "without"])
def test_a_presigned_url_leads_where_boto3s_does(client: Any, real: Any, params: dict[str, Any]) -> None:
    method = "get_response_plan" if params else "list_response_plans"
    urls = [urlsplit(each.generate_presigned_url(method, Params=params, ExpiresIn=60)) for each in (client, real)]
    assert urls[0][:3] == urls[1][:3]
    one, other = (parse_qs(url.query) for url in urls)
    assert one.keys() == other.keys()
    assert (one.get("arn"), one["X-Amz-Expires"]) == (other.get("arn"), ["60"])


# -- paginators


@pytest.fixture
def paged() -> Any:
    """Give a client of an account with seven plans, P0 to P6."""
    client: Any = fakeim.FakeIncidentManager().client()
    for number in range(7):
        client.create_response_plan(**PLAN | {"name": f"P{number}"})
    return client


def names(pages: Any) -> list[list[str]]:
    return [[plan["name"] for plan in page["responsePlanSummaries"]] for page in pages]


@each_operation
def test_what_can_be_paginated_is_what_boto3_can(client: Any, real: Any, operation: Operation) -> None:
    method = operation.method_name
    assert client.can_paginate(method) == real.can_paginate(method)
    if client.can_paginate(method):
        assert type(client.get_paginator(method)).__name__ == type(real.get_paginator(method)).__name__
    else:
        same_error(lambda: client.get_paginator(method), lambda: real.get_paginator(method), OperationNotPageableError)


def test_no_method_of_that_name_can_be_paginated(client: Any, real: Any) -> None:
    same_error(lambda: client.can_paginate("nope"), lambda: real.can_paginate("nope"), KeyError)
    same_error(lambda: client.get_paginator("nope"), lambda: real.get_paginator("nope"), KeyError)


def test_a_paginator_gives_all_in_pages(paged: Any) -> None:
    paginator, config = paged.get_paginator("list_response_plans"), {"PageSize": 3}
    assert names(paginator.paginate(PaginationConfig=config)) == [["P0", "P1", "P2"], ["P3", "P4", "P5"], ["P6"]]
    found = paginator.paginate(PaginationConfig=config).search("responsePlanSummaries[?ends_with(name, '4')].name")
    assert list(found) == ["P4"]


def test_a_paginator_stops_and_goes_on(paged: Any) -> None:
    paginator = paged.get_paginator("list_response_plans")
    first = paginator.paginate(PaginationConfig={"PageSize": 3, "MaxItems": 4}).build_full_result()
    assert names([first]) == [["P0", "P1", "P2", "P3"]]
    rest = paginator.paginate(PaginationConfig={"StartingToken": first["NextToken"]}).build_full_result()
    assert names([rest]) == [["P4", "P5", "P6"]]
    assert "NextToken" not in rest


# -- waiters


@pytest.fixture
def never_asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(seconds: float) -> None:
        assert seconds <= 0, "a fake's waiter slept on the wall clock"

    monkeypatch.setattr(time, "sleep", sleep)


@pytest.fixture
def slow() -> fakeim.FakeIncidentManager:
    """Give an account whose replication set takes 60 seconds to change, on a clock that stands otherwise."""
    fake = fakeim.FakeIncidentManager(onboarded=False)
    fake.transitions.after(seconds=60)
    fake.clock.freeze("2026-01-01T00:00:00Z")
    return fake


def test_waiters_are_those_of_boto3(client: Any, real: Any) -> None:
    assert sorted(client.waiter_names) == sorted(real.waiter_names)
    for name in real.waiter_names:
        mine, boto3s = client.get_waiter(name), real.get_waiter(name)
        assert (type(mine).__name__, mine.name) == (type(boto3s).__name__, boto3s.name)
    same_error(lambda: client.get_waiter("nope"), lambda: real.get_waiter("nope"), ValueError)


@pytest.mark.usefixtures("never_asleep")
def test_waiters_poll_on_the_clock_of_the_fake(slow: fakeim.FakeIncidentManager) -> None:
    client: Any = slow.client()
    arn = client.create_replication_set(regions={"us-east-1": {}})["arn"]
    began = slow.clock.now()
    client.get_waiter("wait_for_replication_set_active").wait(arn=arn)
    assert slow.clock.now() - began == timedelta(seconds=60)
    client.delete_replication_set(arn=arn)
    client.get_waiter("wait_for_replication_set_deleted").wait(arn=arn, WaiterConfig={"Delay": 45})
    assert slow.clock.now() - began == timedelta(seconds=60 + 90)


@pytest.mark.usefixtures("never_asleep")
def test_a_waiter_gives_up_as_boto3s_does(slow: fakeim.FakeIncidentManager) -> None:
    client: Any = slow.client()
    arn = client.create_replication_set(regions={"us-east-1": {}})["arn"]
    began, waiter = slow.clock.now(), client.get_waiter("wait_for_replication_set_active")
    with pytest.raises(WaiterError, match="Max attempts exceeded") as caught:
        waiter.wait(arn=arn, WaiterConfig={"Delay": 10, "MaxAttempts": 3})
    last: Any = caught.value.last_response
    assert last["replicationSet"]["status"] == "CREATING"
    assert slow.clock.now() - began == timedelta(seconds=20)
    assert (waiter.config.delay, waiter.config.max_attempts) == (30, 5)


@pytest.mark.usefixtures("never_asleep")
def test_a_waiter_fails_with_what_it_waits_for(slow: fakeim.FakeIncidentManager) -> None:
    client: Any = slow.client()
    slow.transitions.fail("us-east-1", "no key")
    arn = client.create_replication_set(regions={"us-east-1": {}})["arn"]
    with pytest.raises(WaiterError, match="terminal failure"):
        client.get_waiter("wait_for_replication_set_active").wait(arn=arn)
    with pytest.raises(WaiterError, match="ResourceNotFoundException"):
        client.get_waiter("wait_for_replication_set_active").wait(arn=f"{arn}0")
