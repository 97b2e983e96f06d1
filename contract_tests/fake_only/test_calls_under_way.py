"""Calls that meet the end of a mock, other handlers, other services, or waits: who answers, and on what clock."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from threading import Event
from typing import Any

import pytest
from botocore import UNSIGNED, waiter
from botocore.client import BaseClient
from botocore.config import Config
from botocore.retries.bucket import TokenBucket

import fakeim
from contract_tests.fake_only.mocked import KEYS, Sent, names, new_client, patched, refusal
from contract_tests.support import make_plan, start
from fakeim.clients.interception import interception

pytestmark = pytest.mark.usefixtures("no_network")


@pytest.fixture
def client() -> Any:
    return new_client("ssm-incidents", **KEYS)


# -- the end of a mock


@pytest.mark.parametrize("event", ["before-call", "before-sign", "before-send"])
def test_a_call_that_outlives_its_mock_is_answered_by_it(client: Any, event: str) -> None:
    arrived, ended = Event(), Event()

    def linger(**_: Any) -> None:
        arrived.set()
        ended.wait(10)

    client.meta.events.register(f"{event}.ssm-incidents.CreateResponsePlan", linger)
    before = vars(BaseClient)["_make_api_call"]
    fake = fakeim.FakeIncidentManager()
    with ThreadPoolExecutor(1) as pool:
        with fakeim.mock_ssm_incidents(fake):
            call = pool.submit(make_plan, client)
            assert arrived.wait(10)
        with pytest.raises(Sent):  # the mock is over for every other call
            new_client("ssm-incidents", **KEYS).list_response_plans()
        ended.set()
        assert call.result(10).endswith(":response-plan/plan")
    assert len(fake.client().list_response_plans()["responsePlanSummaries"]) == 1
    assert vars(BaseClient)["_make_api_call"] is before
    with pytest.raises(Sent):
        client.list_response_plans()


def test_a_mock_that_begins_meanwhile_takes_over(client: Any) -> None:
    arrived, ended = Event(), Event()

    def linger(**_: Any) -> None:
        arrived.set()
        ended.wait(10)

    client.meta.events.register("before-call.ssm-incidents.CreateResponsePlan", linger)
    first, second = fakeim.FakeIncidentManager(), fakeim.FakeIncidentManager()
    with ThreadPoolExecutor(1) as pool:
        with fakeim.mock_ssm_incidents(first):
            call = pool.submit(make_plan, client)
            assert arrived.wait(10)
        with fakeim.mock_ssm_incidents(second):
            ended.set()
            call.result(10)
            make_plan(client, "of-the-second")
    assert [names(fake.client()) for fake in (first, second)] == [["plan"], ["of-the-second"]]


def test_a_call_that_begins_between_two_mocks_is_answered_by_the_second(client: Any) -> None:
    arrived, ended = Event(), Event()

    def linger(**_: Any) -> None:
        arrived.set()
        ended.wait(10)

    def begin_another(**_: Any) -> None:
        second.start()

    options = {"endpoint_url": "http://localhost:1", "config": Config(signature_version=UNSIGNED)}
    between, second = new_client("ssm-incidents", **KEYS, **options), fakeim.mock_ssm_incidents()
    between.meta.events.register("before-call.ssm-incidents", begin_another)
    client.meta.events.register("before-call.ssm-incidents", linger)
    with ThreadPoolExecutor(1) as pool, ExitStack() as stack:
        stack.callback(ended.set)
        with fakeim.mock_ssm_incidents():
            call = pool.submit(names, client)  # what is patched stays until it is done
            assert arrived.wait(10)
        assert names(between) == []
        second.stop()
    assert call.result(10) == []


@pytest.mark.parametrize("event", ["provide-client-params", "before-call"])
def test_a_call_amid_which_the_mock_begins_is_answered(client: Any, event: str) -> None:
    mock = fakeim.mock_ssm_incidents()

    def begin(**_: Any) -> None:
        mock.start()

    client.meta.events.register(f"{event}.ssm-incidents", begin)
    assert names(client) == []
    mock.stop()


def test_a_request_that_was_made_before_the_mock_is_blocked(client: Any) -> None:
    mock = fakeim.mock_ssm_incidents()

    def begin(**_: Any) -> None:
        mock.start()

    client.meta.events.register("before-send.ssm-incidents", begin)
    with pytest.raises(fakeim.RealAWSCallBlocked, match=r"/listResponsePlans .* past the active mock"):
        names(client)
    mock.stop()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_fork_amid_calls_and_mocks_of_other_threads_is_as_if_there_were_none(client: Any) -> None:
    arrived, ended, held, mocks = Event(), Event(), Event(), interception().mocks

    def linger(**_: Any) -> None:
        arrived.set()
        ended.wait(10)

    def hold() -> None:
        with mocks.lock:
            held.set()
            ended.wait(0.1)  # a fork waits for it

    def use(before: list[object]) -> None:
        mock.stop()
        with fakeim.mock_ssm_incidents():
            names(new_client("ssm-incidents", **KEYS))
        os._exit(0 if patched() == before else 1)

    client.meta.events.register("before-call.ssm-incidents", linger)
    mock, before = fakeim.mock_ssm_incidents(), patched()
    mock.start()
    with ThreadPoolExecutor(2) as pool:
        call = pool.submit(names, client)
        assert arrived.wait(10)
        pool.submit(hold)
        assert held.wait(10)
        child = get_context("fork").Process(target=use, args=(before,), daemon=True)
        child.start()
        child.join(10)
        if child.exitcode is None:
            child.kill()
        ended.set()
        assert call.result(10) == []
    mock.stop()
    assert child.exitcode == 0
    assert patched() == before


# -- other handlers


def test_a_call_within_a_call_may_be_answered_at_once(client: Any) -> None:
    inner = fakeim.FakeIncidentManager()

    def call_another(**_: Any) -> None:
        with fakeim.mock_ssm_incidents(inner, at_call=True):
            make_plan(new_client("ssm-incidents", **KEYS))

    client.meta.events.register("before-call.ssm-incidents", call_another)
    with fakeim.mock_ssm_incidents():
        assert names(client) == []
    assert names(inner.client()) == ["plan"]


@pytest.mark.parametrize(
    "event", ["before-send.ssm-incidents.StartIncident", "before-send.ssm-incidents", "before-send"]
)
def test_a_handler_that_answers_spares_the_fake(client: Any, event: str) -> None:
    with fakeim.mock_ssm_incidents() as fake:
        plan = make_plan(client)
        client.meta.events.register(event, refusal(400))
        with pytest.raises(client.exceptions.ClientError):
            start(client, plan)
        assert fake.client().list_incident_records()["incidentRecordSummaries"] == []


# -- waits


def test_a_call_to_another_service_in_between_leaves_the_wait_virtual(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail(f"slept {seconds} s") if seconds else None)
    other = new_client("sns", **KEYS)
    refusals = [503]

    def refuse_once(request: Any, **_: Any) -> Any:
        with pytest.raises(Sent):
            other.list_topics()
        return refusal(refusals.pop())(request) if refusals else None

    client.meta.events.register("before-send.ssm-incidents.ListResponsePlans", refuse_once)
    with fakeim.mock_ssm_incidents() as fake:
        fake.clock.freeze("2026-01-01")
        answer = client.list_response_plans()
        assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def test_the_waits_of_other_services_are_real(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    other = new_client("sns", config=Config(retries={"mode": "legacy", "total_max_attempts": 2}), **KEYS)
    other.meta.events.register("before-send.sns", refusal(503))
    with fakeim.mock_ssm_incidents() as fake:
        client.list_response_plans()
        fake.clock.freeze("2026-01-01")
        with pytest.raises(other.exceptions.ClientError):
            other.list_topics()
        assert len(slept) == 1
        assert fake.clock.now().isoformat() == "2026-01-01T00:00:00+00:00"


def test_a_wait_after_the_mock_that_answered_is_real(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    ended = fakeim.FakeIncidentManager()
    ended.clock.freeze("2026-01-01")
    with fakeim.mock_ssm_incidents(ended):
        client.list_response_plans()
    with fakeim.mock_ssm_incidents():
        vars(waiter)["time"].sleep(5)  # as a waiter does that began in the mock before
    assert slept == [5]
    assert ended.clock.now().isoformat() == "2026-01-01T00:00:00+00:00"


def test_the_token_bucket_of_adaptive_retries_drips_on_the_clock_of_the_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail(f"slept {seconds} s") if seconds else None)
    monkeypatch.setattr(TokenBucket, "_sleep_amount", lambda *_: pytest.fail("waited for a token"))
    client = new_client("ssm-incidents", config=Config(retries={"mode": "adaptive", "total_max_attempts": 8}), **KEYS)
    throttled = refusal(429)
    refusals = [429] * 6

    def throttle(request: Any, **_: Any) -> Any:
        return throttled(request) if refusals and refusals.pop() else None

    client.meta.events.register("before-send.ssm-incidents.ListResponsePlans", throttle)
    client.meta.events.register_first("needs-retry.ssm-incidents", lambda response, **_: _as_throttling(response))
    with fakeim.mock_ssm_incidents() as fake:
        fake.clock.freeze("2026-01-01")
        answer = client.list_response_plans()
        assert answer["ResponseMetadata"]["RetryAttempts"] == 6
        assert fake.clock.now().isoformat() > "2026-01-01T00:00:05"


def _as_throttling(response: Any) -> None:
    if response and response[0].status_code == 429:
        response[1]["Error"]["Code"] = "ThrottlingException"


def test_a_client_of_ones_own_waits_on_the_clock_of_its_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail(f"slept {seconds} s") if seconds else None)
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze("2026-01-01")
    fake.transitions.after(90)
    client = fake.boto3_client()
    [arn] = client.list_replication_sets()["replicationSetArns"]
    client.delete_replication_set(arn=arn)
    client.get_waiter("wait_for_replication_set_deleted").wait(arn=arn)
    assert fake.clock.now().isoformat() == "2026-01-01T00:01:30+00:00"
    with pytest.raises(ValueError, match="does not exist"):
        client.get_waiter("no_such_waiter")  # type: ignore[call-overload]
