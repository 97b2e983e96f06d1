"""mock_ssm_incidents with aiobotocore's clients, and beside moto; each is skipped where the package is missing."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError

import fakeim
from contract_tests.fake_only.mocked import KEYS, profile_of_a_role
from fakeim.clients import wire
from fakeim.clients.answers import as_botocore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

TEMPLATE: Any = {"title": "title", "impact": 3}


def with_async_client(use: Callable[[Any], Awaitable[Any]], **options: Any) -> Any:
    """Run ``use`` with a client of aiobotocore, and give what it returns."""
    session = pytest.importorskip("aiobotocore.session", reason="aiobotocore is not installed")

    async def main() -> Any:
        async with session.get_session().create_client("ssm-incidents", **KEYS, **options) as client:
            return await use(client)

    return asyncio.run(main())


@pytest.mark.parametrize("at_call", [False, True])
def test_an_incidents_life_with_an_async_client(at_call: bool) -> None:  # noqa: FBT001 - a parameter of the test
    async def life(client: Any) -> list[str]:
        plan = (await client.create_response_plan(name="plan", incidentTemplate=TEMPLATE))["arn"]
        arn = (await client.start_incident(responsePlanArn=plan))["incidentRecordArn"]
        await client.update_incident_record(arn=arn, status="RESOLVED")
        assert (await client.get_incident_record(arn=arn))["incidentRecord"]["status"] == "RESOLVED"
        with pytest.raises(client.exceptions.ResourceNotFoundException) as missing:
            await client.get_response_plan(arn=plan + "x")
        assert missing.value.response["resourceType"] == "RESPONSE_PLAN"
        pages = client.get_paginator("list_timeline_events").paginate(
            incidentRecordArn=arn, PaginationConfig={"PageSize": 1}
        )
        return [event["eventType"] async for page in pages for event in page["eventSummaries"]]

    with fakeim.mock_ssm_incidents(at_call=at_call) as fake:
        types = with_async_client(life)
    assert types == ["SSM Incident Record Update"] * 2 + ["Custom Event"]
    assert len(fake.client().list_incident_records()["incidentRecordSummaries"]) == 1


def test_an_async_waiter_waits_on_the_clock_of_the_fake() -> None:
    async def wait(client: Any) -> None:
        [arn] = (await client.list_replication_sets())["replicationSetArns"]
        await client.delete_replication_set(arn=arn)
        await client.get_waiter("wait_for_replication_set_deleted").wait(arn=arn)

    with fakeim.mock_ssm_incidents() as fake:
        fake.clock.freeze("2026-01-01")
        fake.transitions.after(90)
        with_async_client(wait)
        assert fake.clock.now().isoformat().startswith("2026-01-01T00:01:30")


def test_an_async_client_made_before_is_taken_and_let_go() -> None:
    session = pytest.importorskip("aiobotocore.session", reason="aiobotocore is not installed")
    client_module = pytest.importorskip("aiobotocore.client")
    before = client_module.AioBaseClient.__dict__["_make_api_call"]

    async def main() -> Any:
        async with session.get_session().create_client("ssm-incidents", **KEYS) as client:
            with fakeim.mock_ssm_incidents():
                return await client.list_response_plans()

    assert asyncio.run(main())["responsePlanSummaries"] == []
    assert client_module.AioBaseClient.__dict__["_make_api_call"] is before


@pytest.mark.usefixtures("bare_environment")
@pytest.mark.parametrize("profile", [None, "role"])
def test_an_async_client_needs_no_credentials_and_fetches_none(
    profile: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = pytest.importorskip("aiobotocore.session", reason="aiobotocore is not installed")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profile_of_a_role(tmp_path)))

    async def main() -> Any:
        async with session.AioSession(profile=profile).create_client("ssm-incidents", "us-east-1") as client:
            return await client.list_response_plans()

    with fakeim.mock_ssm_incidents():
        assert asyncio.run(main())["responsePlanSummaries"] == []


def test_an_async_call_belongs_to_the_mock_in_which_it_runs() -> None:
    async def use(client: Any) -> list[Any]:
        first, second = fakeim.FakeIncidentManager(), fakeim.FakeIncidentManager()
        with fakeim.mock_ssm_incidents(first):
            made_in_the_first = client.create_response_plan(name="plan", incidentTemplate=TEMPLATE)
            with fakeim.mock_ssm_incidents(second):
                await made_in_the_first
        return [fake.client().list_response_plans()["responsePlanSummaries"] for fake in (first, second)]

    in_first, in_second = with_async_client(use)
    assert in_first == []
    assert [plan["name"] for plan in in_second] == ["plan"]


def test_an_async_call_that_outlives_its_mock_is_answered_by_it() -> None:
    async def use(client: Any) -> Any:
        arrived, ended = asyncio.Event(), asyncio.Event()

        async def linger(**_: Any) -> None:
            arrived.set()
            await ended.wait()

        client.meta.events.register("before-call.ssm-incidents.ListResponsePlans", linger)
        with fakeim.mock_ssm_incidents():
            call = asyncio.create_task(client.list_response_plans())
            await arrived.wait()
        ended.set()
        return await call

    assert with_async_client(use)["responsePlanSummaries"] == []


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("backend", ["aiohttp", "httpx"])
def test_async_retries_and_waiters_wait_on_the_clock_of_the_fake(
    mode: str, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = pytest.importorskip("aiobotocore.config", reason="aiobotocore is not installed")
    buckets = pytest.importorskip("aiobotocore.retries.bucket")
    monkeypatch.setattr(buckets.AsyncTokenBucket, "_sleep_amount", lambda *_: pytest.fail("waited for a token"))
    options: dict[str, Any] = {"retries": {"mode": mode, "total_max_attempts": 5}}
    if backend == "httpx":
        pytest.importorskip("httpx2", reason="httpx2 is not installed")
        sessions = pytest.importorskip("aiobotocore.httpxsession", reason="this aiobotocore knows no httpx")
        options["http_session_cls"] = sessions.HttpxSession
        sleep_at_once(monkeypatch, pytest.importorskip("anyio"))
    refusals = [429] * 4

    def throttle(request: Any, **_: Any) -> Any:
        if not refusals:
            return None
        return as_botocore(request.url, wire.Response(refusals.pop(), {}, b'{"code": "ThrottlingException"}'))

    async def use(client: Any) -> Any:
        client.meta.events.register("before-send.ssm-incidents.ListReplicationSets", throttle)
        answer = await client.list_replication_sets()
        [arn] = answer["replicationSetArns"]
        await client.delete_replication_set(arn=arn)
        await client.get_waiter("wait_for_replication_set_deleted").wait(arn=arn)
        return answer

    sleep_at_once(monkeypatch, asyncio)
    with fakeim.mock_ssm_incidents() as fake:
        fake.clock.freeze("2026-01-01")
        fake.transitions.after(90)
        answer = with_async_client(use, config=config.AioConfig(**options))
        assert fake.clock.now().isoformat() > "2026-01-01T00:01:31"
    assert answer["ResponseMetadata"]["RetryAttempts"] == 4


@pytest.mark.usefixtures("bare_environment")
def test_an_async_session_has_a_region_within_and_asks_the_instance_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = pytest.importorskip("aiobotocore.session", reason="aiobotocore is not installed")
    http = pytest.importorskip("aiobotocore.httpsession")
    asked: list[str] = []

    async def send(_session: Any, request: Any) -> None:
        asked.append(request.url)
        raise ConnectTimeoutError(endpoint_url=request.url)

    async def main() -> None:
        session = sessions.get_session()
        for mode in ("standard", "auto"):
            config = Config(defaults_mode=mode)  # type: ignore[arg-type]
            with fakeim.mock_ssm_incidents(fakeim.FakeIncidentManager(regions=["eu-west-1"])):
                async with session.create_client("ssm-incidents", config=config) as client:
                    assert client.meta.region_name == "eu-west-1"
                    assert (await client.list_response_plans())["responsePlanSummaries"] == []
                assert asked == []
            async with session.create_client("sns", "us-east-1", config=config):
                assert asked
                assert any(url.endswith("/availability-zone/") for url in asked) == (mode == "auto")
            asked.clear()
        assert session.get_config_variable("region") is None

    monkeypatch.setattr(http.AIOHTTPSession, "send", send)
    asyncio.run(main())


def sleep_at_once(monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    """Let only a sleep of no time at all be possible."""
    sleep = module.sleep
    monkeypatch.setattr(module, "sleep", lambda seconds: sleep(0) if not seconds else pytest.fail(f"slept {seconds} s"))


def test_sixteen_tasks_share_the_mock() -> None:
    async def start_many(client: Any) -> list[str]:
        plan = (await client.create_response_plan(name="plan", incidentTemplate=TEMPLATE))["arn"]
        answers = await asyncio.gather(*(client.start_incident(responsePlanArn=plan) for _ in range(16)))
        return [answer["incidentRecordArn"] for answer in answers]

    with fakeim.mock_ssm_incidents():
        assert len(set(with_async_client(start_many))) == 16


@pytest.mark.parametrize("moto_first", [True, False])
@pytest.mark.parametrize("at_call", [False, True])
def test_beside_moto_each_takes_its_own(moto_first: bool, at_call: bool) -> None:  # noqa: FBT001
    moto = pytest.importorskip("moto", reason="moto is not installed")
    early: Any = boto3.client("ssm-incidents", **KEYS)
    mocks = [moto.mock_aws(), fakeim.mock_ssm_incidents(at_call=at_call)]
    with ExitStack() as stack:
        for mock in mocks if moto_first else reversed(mocks):
            stack.enter_context(mock)
        late: Any = boto3.client("ssm-incidents", **KEYS)
        early.create_response_plan(name="plan", incidentTemplate=TEMPLATE)
        assert [plan["name"] for plan in late.list_response_plans()["responsePlanSummaries"]] == ["plan"]
        scheduler: Any = boto3.client("scheduler", **KEYS)
        assert scheduler.list_schedule_groups()["ScheduleGroups"]
