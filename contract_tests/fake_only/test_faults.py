"""fake.faults: what is to go wrong does, alike on every way in, and leaves what it should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

import fakeim
from contract_tests.fake_only.inspection import dump
from contract_tests.fake_only.ways_in import ONCE, WAYS, client_on
from contract_tests.support import make_plan, start
from fakeim.service import errors
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from collections.abc import Iterator


class Way:
    """A way in to a fake: what it is called, the fake, and a client that tries each call once."""

    def __init__(self, name: str, fake: fakeim.FakeIncidentManager, client: Any) -> None:
        self.name, self.fake, self.client = name, fake, client
        self.plan = make_plan(fake.client())
        fake.calls.clear()

    def incidents(self) -> int:
        return len(self.fake.client().list_incident_records()["incidentRecordSummaries"])


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Iterator[Way]:
    fake = fakeim.FakeIncidentManager()
    with client_on(request.param, fake, ONCE) as client:
        yield Way(request.param, fake, client)


# -- errors


@pytest.mark.parametrize("code", load_api().error_statuses)
def test_a_modelled_error_is_raised_and_nothing_done(way: Way, code: str) -> None:
    operation = next(each for each in load_api().operations.values() if code in each.errors)
    way.fake.faults.inject("*", code, message="as told", times=1)
    before = dump(way.fake)
    with pytest.raises(getattr(way.client.exceptions, code)) as caught:
        way.client.list_response_plans()
    response = caught.value.response
    assert response["Error"] == {"Code": code, "Message": "as told"}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == load_api().error_statuses[code]
    required = set(load_api().shape(code).required)
    assert required <= response.keys()
    assert dump(way.fake) == before
    way.client.list_response_plans()
    assert operation.errors


@pytest.mark.parametrize("code", errors.UNMODELLED_STATUSES)
def test_an_unmodelled_error_is_a_client_error(way: Way, code: str) -> None:
    with way.fake.faults.inject("ListResponsePlans", code), pytest.raises(ClientError) as caught:
        way.client.list_response_plans()
    response = caught.value.response
    assert response["Error"]["Code"] == code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == errors.UNMODELLED_STATUSES[code]


@pytest.mark.parametrize("status", errors.FAILURES)
def test_a_failing_server_says_no_more_than_its_status(way: Way, status: int) -> None:
    with way.fake.faults.inject("StartIncident", status), pytest.raises(ClientError) as caught:
        start(way.client, way.plan)
    response = caught.value.response
    assert response["Error"] == {"Code": str(status), "Message": errors.FAILURES[status]}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert "RequestId" not in response["ResponseMetadata"]
    assert way.incidents() == 0


def test_members_are_the_models(way: Way) -> None:
    way.fake.faults.inject(
        "StartIncident", "ConflictException", resourceIdentifier="it", resourceType="INCIDENT_RECORD", retryAfter=60
    )
    with pytest.raises(way.client.exceptions.ConflictException) as caught:
        start(way.client, way.plan)
    response = caught.value.response
    assert (response["resourceIdentifier"], response["resourceType"]) == ("it", "INCIDENT_RECORD")
    assert response["retryAfter"].timestamp() == 60


# -- connections

CONNECTION = {
    "ConnectTimeoutError": ConnectTimeoutError,
    "ConnectionClosedError": ConnectionClosedError,
    "EndpointConnectionError": EndpointConnectionError,
    "ReadTimeoutError": ReadTimeoutError,
}


def seen(way: Way, code: str) -> type[Exception]:
    """Say what a client sees: through a socket that is closed upon it, no more than that it was."""
    return ConnectionClosedError if way.name == "http" else CONNECTION[code]


def test_every_kind_of_failed_connection_is_known() -> None:
    assert CONNECTION.keys() == set(errors.CONNECTION)


@pytest.mark.parametrize("code", CONNECTION)
def test_a_connection_that_fails_leaves_nothing(way: Way, code: str) -> None:
    way.fake.faults.inject("StartIncident", code, times=1)
    with pytest.raises(seen(way, code), match=r"ssm-incidents|127\.0\.0\.1"):
        start(way.client, way.plan)
    assert way.incidents() == 0
    assert start(way.client, way.plan)


def test_a_lost_reply_leaves_its_effect(way: Way) -> None:
    way.fake.faults.lose_reply("StartIncident")
    with pytest.raises(seen(way, "ReadTimeoutError")):
        start(way.client, way.plan, clientToken="token")
    assert way.incidents() == 1
    again = start(way.client, way.plan, clientToken="token")
    assert way.incidents() == 1
    assert way.fake.calls.of("StartIncident")[0].result == {"incidentRecordArn": again}


def test_the_reply_that_is_lost_may_be_an_error(way: Way) -> None:
    way.fake.faults.lose_reply("StartIncident")
    with pytest.raises(seen(way, "ReadTimeoutError")):
        start(way.client, f"{way.plan}-unknown")
    assert way.fake.calls.last().error == "ReadTimeoutError"
    assert way.fake.calls.last().result is None


def test_who_is_not_connected_reaches_nothing(way: Way) -> None:
    way.fake.connected = False
    with pytest.raises(seen(way, "EndpointConnectionError")):
        way.client.list_response_plans()
    way.fake.connected = True
    way.client.list_response_plans()


@pytest.mark.parametrize("name", ["mock", "bound", "http"])
def test_botocore_retries_what_it_would_retry(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    fake = fakeim.FakeIncidentManager()
    with client_on(name, fake, Config(retries={"mode": "standard", "total_max_attempts": 4})) as client:
        for error in ("ThrottlingException", 503, "ConnectionClosedError"):
            fake.faults.inject("ListResponsePlans", error, times=1)
        assert client.list_response_plans()["ResponseMetadata"]["RetryAttempts"] == 3


def test_a_lost_reply_is_retried_with_the_token_that_botocore_filled_in() -> None:
    fake = fakeim.FakeIncidentManager()
    plan = make_plan(fake.client())
    with client_on("mock", fake, None) as client:
        fake.faults.lose_reply("StartIncident", times=2)
        arn = start(client, plan)
    assert [each["arn"] for each in fake.client().list_incident_records()["incidentRecordSummaries"]] == [arn]


# -- latency


@pytest.mark.parametrize("name", ["direct", "bound", "mock", "mock at the call"])
def test_latency_passes_on_the_clock_and_impatient_clients_leave(name: str) -> None:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze("2026-01-01")
    plan = make_plan(fake.client())
    fake.faults.latency("StartIncident", 20)
    with client_on(name, fake, ONCE) as client:
        start(client, plan)
        assert fake.clock.now().isoformat() == "2026-01-01T00:00:20+00:00"
    impatient: Any = Config(retries={"total_max_attempts": 1}, read_timeout=19)
    with client_on(name, fake, impatient) as client:
        with pytest.raises(ReadTimeoutError):
            start(client, plan)
        assert fake.calls.last("StartIncident").result is not None  # too late for its caller, but done


# -- which calls


def outcomes(client: Any, count: int) -> str:
    """Call a few times: a dot for an answer, an x for an error."""

    def outcome() -> str:
        try:
            client.list_response_plans()
        except ClientError:
            return "x"
        return "."

    return "".join(outcome() for _ in range(count))


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, "xxxxx"),
        ({"times": 2}, "xx..."),
        ({"after": 2}, "..xxx"),
        ({"after": 1, "times": 2}, ".xx.."),
        ({"probability": 0}, "....."),
        ({"probability": 1}, "xxxxx"),
        ({"when": lambda params: "maxResults" in params}, "....."),
        ({"when": lambda params: "maxResults" not in params}, "xxxxx"),
    ],
)
def test_which_calls_are_struck(limits: dict[str, Any], expected: str) -> None:
    fake = fakeim.FakeIncidentManager()
    fault = fake.faults.inject("ListResponsePlans", "ThrottlingException", **limits)
    assert outcomes(fake.client(), 5) == expected
    assert fault.struck == expected.count("x")
    fake.client().list_incident_records()


def test_chance_is_the_seeds_and_shifts_no_ids() -> None:
    def run(seed: int, *, faulty: bool) -> tuple[str, str]:
        fake = fakeim.FakeIncidentManager(seed=seed)
        fake.clock.freeze("2026-01-01")
        if faulty:
            fake.faults.inject("ListResponsePlans", "ThrottlingException", probability=0.5)
        struck = outcomes(fake.client(), 40)
        return struck, start(fake.client(), make_plan(fake.client()))

    assert run(1, faulty=True) == run(1, faulty=True)
    assert run(1, faulty=True)[0] != run(2, faulty=True)[0]
    assert run(1, faulty=True)[1] == run(1, faulty=False)[1]
    assert 5 < run(1, faulty=True)[0].count("x") < 35


def test_the_first_fault_that_fits_strikes() -> None:
    fake = fakeim.FakeIncidentManager()
    client = fake.client()
    fake.faults.inject("ListResponsePlans", "AccessDeniedException", times=1)
    fake.faults.inject("*", "ThrottlingException", times=1)
    with pytest.raises(client.exceptions.AccessDeniedException):
        client.list_response_plans()
    with pytest.raises(client.exceptions.ThrottlingException):
        client.list_response_plans()
    client.list_response_plans()


def test_a_fault_ends_with_its_block_by_itself_or_with_all() -> None:
    fake = fakeim.FakeIncidentManager()
    with fake.faults.inject("*", 503):
        assert outcomes(fake.client(), 1) == "x"
    assert outcomes(fake.client(), 1) == "."
    fault = fake.faults.inject("*", 503)
    assert list(fake.faults) == [fault]
    fault.remove()
    fault.remove()
    assert outcomes(fake.client(), 1) == "."
    fake.faults.inject("*", 503)
    fake.connected = False
    fake.faults.clear()
    assert fake.connected
    assert outcomes(fake.client(), 1) == "."
    fake.faults.inject("*", 503)
    fake.reset()
    assert not fake.faults


def test_a_predicate_that_fails_is_told_alike_on_every_way_in() -> None:
    fake = fakeim.FakeIncidentManager()
    fake.faults.inject("ListResponsePlans", 503, when=lambda params: params["maxResult"] == 1)
    once: Any = Config(retries={"total_max_attempts": 1})
    bound: Any = fake.boto3_client(config=once)
    for client in (fake.client(), bound):
        with pytest.raises(ClientError, match=r"`when` of a fault on ListResponsePlans failed: KeyError") as told:
            client.list_response_plans()
        assert told.value.response["Error"]["Code"] == "InternalServerException"
        client.list_incident_records()
    assert [call.error for call in fake.calls.of("ListResponsePlans")] == ["InternalServerException"] * 2


def test_a_predicate_cannot_reach_the_state() -> None:
    fake = fakeim.FakeIncidentManager()

    def spoil(params: Any) -> bool:
        params["incidentTemplate"]["title"] = "spoiled"
        return False

    fake.faults.inject("CreateResponsePlan", 503, when=spoil)
    plan = make_plan(fake.client())
    assert fake.client().get_response_plan(arn=plan)["incidentTemplate"]["title"] == "title"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("StartIncidents", 503), "did you mean StartIncident"),
        (("start_incident", 503), "StartIncident"),
        (("StartIncident", "ThrottledException"), "did you mean ThrottlingException"),
        (("StartIncident", "readtimeouterror"), "did you mean ReadTimeoutError"),
        (("StartIncident", 404), "no HTTP status of a failing server"),
        (("DeleteIncidentRecord", "ConflictException"), "does not declare ConflictException"),
    ],
)
def test_what_cannot_be_injected_is_told(arguments: tuple[Any, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        fakeim.FakeIncidentManager().faults.inject(*arguments)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"times": 0}, "times=0"),
        ({"times": True}, "times=True"),
        ({"after": -1}, "after=-1"),
        ({"probability": 1.5}, "probability=1.5"),
        ({"when": 1}, "when=1"),
        ({"resourceTyp": "x"}, "did you mean resourceType"),
        ({"resourceType": "x"}, "enum value set"),
        ({"resourceType": 1}, "wrong type"),
        ({"retryAfter": "never"}, "wrong type"),
    ],
)
def test_limits_and_members_that_cannot_be_are_told(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        fakeim.FakeIncidentManager().faults.inject("StartIncident", "ConflictException", **options)


def test_an_error_without_members_takes_none() -> None:
    with pytest.raises(ValueError, match="has no members"):
        fakeim.FakeIncidentManager().faults.inject("StartIncident", "ReadTimeoutError", quotaCode="x")
    with pytest.raises(ValueError, match="seconds=-1"):
        fakeim.FakeIncidentManager().faults.latency("StartIncident", -1)


@pytest.mark.parametrize("message", [5, None, ["x"]])
def test_a_message_is_a_text(message: Any) -> None:
    fake = fakeim.FakeIncidentManager()
    with pytest.raises(ValueError, match=r"message=.*: expected a string"):
        fake.faults.inject("*", "ThrottlingException", message=message)
    with pytest.raises(ValueError, match=r"message=.*: expected a string"):
        fake.transitions.fail("us-east-1", message)
