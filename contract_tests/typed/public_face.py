"""How users write it: what they get has the type that they expect, and what is wrong is found before it is run.

Each ``type: ignore`` stands for a mistake that both mypy and pyright have to find: one that finds nothing there fails.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, assert_type

import pytest
from hypothesis.strategies import SearchStrategy
from jsonschema.protocols import Validator
from mypy_boto3_ssm_incidents import SSMIncidentsClient
from mypy_boto3_ssm_incidents.type_defs import GetIncidentRecordOutputTypeDef

import fakeim
from fakeim.incident_manager import Snapshot
from fakeim.inspection import (
    Change,
    Diff,
    IncidentRecord,
    Message,
    Outbox,
    RelatedItem,
    ResponsePlan,
    TimelineEvent,
)
from fakeim.service.calls import Call, Calls
from fakeim.service.faults import Fault
from fakeim.service.iam import Policy
from fakeim.service.quotas import Setting
from fakeim.service.sharing import Share
from fakeim.testing.broken import Break
from fakeim.testing.fault_plans import FaultPlan, Mishap
from fakeim.testing.retries import check_retry_safe
from fakeim.testing.strategies import fakes, fault_plans, requests


def an_account() -> None:
    fake = fakeim.FakeIncidentManager(onboarded=False, regions=("us-east-1", "eu-west-1"), seed="seven")
    assert_type(fake.client(), SSMIncidentsClient)
    assert_type(fake.boto3_client("eu-west-1"), SSMIncidentsClient)
    assert_type(fake.snapshot(), Snapshot)
    fake.clock.freeze(datetime(2026, 1, 1))  # noqa: DTZ001 - types alone matter here
    fake.clock.advance(minutes=16)
    fake.transitions.after(seconds=90)
    fake.connected = False
    with fake.serve(port=8123) as url:
        assert_type(url, str)
    fakeim.FakeIncidentManager("123456789012")  # type: ignore[call-arg, arg-type]
    fakeim.FakeIncidentManager(region="us-east-1")  # type: ignore[call-arg]
    fakeim.FakeIncidentManager(account_id=123456789012)  # type: ignore[arg-type]
    fake.restore({})  # type: ignore[arg-type]
    fake.calls = []  # type: ignore[misc, assignment]
    fake.conected = False  # type: ignore[attr-defined]
    fake.connected = "no"  # type: ignore[assignment]
    fake.clock.frozen = True  # type: ignore[attr-defined]


def its_clients(client: SSMIncidentsClient) -> None:
    answer = client.get_incident_record(arn="arn:aws:ssm-incidents::123456789012:incident-record/web/1")
    assert_type(answer, GetIncidentRecordOutputTypeDef)
    assert_type(answer["incidentRecord"]["creationTime"], datetime)
    client.get_incident_record()  # type: ignore[call-arg]
    client.start_incidents()  # type: ignore[attr-defined]


def faults_and_calls(fake: fakeim.FakeIncidentManager) -> None:
    with fake.faults.inject("StartIncident", "ThrottlingException", times=2) as fault:
        assert_type(fault, Fault)
    fake.faults.inject("*", 503, when=lambda params: "title" in params)
    assert_type(fake.faults.lose_reply("StartIncident"), Fault)
    assert_type(fake.calls.of("StartIncident"), Calls)
    assert_type(fake.calls[-1], Call)
    assert_type(fake.calls[:2], Calls)
    assert_type(fake.calls.last("StartIncident").params, dict[str, Any])
    assert_type(fake.calls.last().error, str | None)
    fake.faults.inject("StartIncident")  # type: ignore[call-arg]
    fake.faults.latency("StartIncident", seconds="20")  # type: ignore[arg-type]


# -- what a test sets, puts there, and sees


def its_settings(fake: fakeim.FakeIncidentManager, other: fakeim.FakeIncidentManager) -> None:
    with fake.iam.deny("ssm-incidents:*", resource="*:response-plan/prod-*", caller="arn:aws:iam::1:user/a") as policy:
        assert_type(policy, Policy)
    fake.iam.attach({"Version": "2012-10-17", "Statement": []}).detach()
    with fake.quotas.set("open incidents", 1), fake.quotas.rate("*", per_second=0.5, burst=2) as setting:
        assert_type(setting, Setting)
    assert_type(fake.quotas["open incidents"], int | None)
    with fake.share_with(other) as share:
        assert_type(share, Share)
    fake.effects.after(seconds=2)
    fake.consistency.lists_lag(seconds=5)
    fake.pagination.page_size = None
    fake.pagination.empty_pages = ["first", "last"]
    fake.pagination.expire_tokens(after=60)
    assert_type(fake.client("eu-west-1", caller="arn:aws:iam::123456789012:user/ann"), SSMIncidentsClient)
    fake.iam.deny()  # type: ignore[call-arg]
    fake.quotas.rate("StartIncident", 1)  # type: ignore[call-arg]
    fake.share_with("222222222222")  # type: ignore[arg-type]
    fake.effects = None  # type: ignore[misc, assignment]


def its_seeds(fake: fakeim.FakeIncidentManager) -> None:
    assert_type(fake.add_response_plan("web", impact=1, tags={"team": "web"}), str)
    assert_type(fake.open_incident("web", at="2026-01-01", status="RESOLVED", title="Disk"), str)
    assert_type(fake.open_incident(event={"source": "aws.ec2"}, rule="rule"), str)
    assert_type(fake.add_timeline_event("arn", "{}", type="Note", at=datetime(2026, 1, 1)), str)  # noqa: DTZ001
    fake.add_related_item("arn", url="https://example.org", title="Runbook")
    assert_type(fake.add_finding("arn", code_deploy_deployment={"deploymentId": "d-1"}), str)
    fake.add_response_plan("web", impcat=1)  # type: ignore[call-arg]
    fake.open_incident(impact="1")  # type: ignore[arg-type]


def its_text(fake: fakeim.FakeIncidentManager, path: Path) -> None:
    assert_type(fake.dump(path), str)
    fake.load(path)
    assert_type(fakeim.FakeIncidentManager.from_dump(path, seed=7), fakeim.FakeIncidentManager)
    assert_type(fake.to_html("arn", path), str)
    fake.load(b"{}")  # type: ignore[arg-type]


def its_contents(fake: fakeim.FakeIncidentManager) -> None:
    incident = fake.incidents.open().of_plan("web").one()
    assert_type(incident, IncidentRecord)
    assert_type(incident.resolved_time, datetime | None)
    assert_type(fake.response_plans["web"], ResponsePlan)
    assert_type(fake.timeline(incident).of_type("Note").newest(), TimelineEvent)
    assert_type(fake.related_items(incident.arn).latest(3), tuple[RelatedItem, ...])
    assert_type(fake.outbox.pages().one(), Message)
    assert_type(fake.outbox.events("StartIncident"), Outbox)
    assert_type(fake.diff(fake.snapshot()), Diff)
    assert_type(fake.snapshot().diff(fake.snapshot()).added, tuple[Change, ...])
    fake.incidents.opened()  # type: ignore[attr-defined]
    incident.title = "x"  # type: ignore[misc]
    fake.timeline(1)  # type: ignore[arg-type]


# -- the mock, and what it is put on


def the_mock() -> None:
    with fakeim.mock_ssm_incidents() as fake:
        assert_type(fake, fakeim.FakeIncidentManager)
    with fakeim.mock_ssm_incidents(fake, accounts={"AKIDB": fake}, at_call=True) as same:
        assert_type(same, fakeim.FakeIncidentManager)
    assert_type(fakeim.mock_ssm_incidents().start(), fakeim.FakeIncidentManager)
    fakeim.mock_ssm_incidents(at_cal=True)  # type: ignore[call-overload]


@fakeim.mock_ssm_incidents
def decorated(number: int, *, text: str = "") -> list[str]:
    return [text] * number


@fakeim.mock_ssm_incidents(at_call=True)
def decorated_with_options(number: int, *, text: str = "") -> list[str]:
    return [text] * number


@fakeim.mock_ssm_incidents
async def decorated_coroutine(number: int) -> str:
    return str(number)


@fakeim.mock_ssm_incidents
async def decorated_generator(number: int) -> AsyncIterator[int]:
    yield number


@fakeim.mock_ssm_incidents
class Decorated:
    def __init__(self, number: int) -> None:
        self.number = number

    @fakeim.mock_ssm_incidents
    def method(self, text: str) -> bytes:
        return text.encode()


async def signatures_stay() -> None:
    assert_type(decorated(1, text="a"), list[str])
    assert_type(decorated_with_options(1, text="a"), list[str])
    assert_type(await decorated_coroutine(1), str)
    assert_type([each async for each in decorated_generator(1)], list[int])
    assert_type(Decorated(1), Decorated)
    assert_type(Decorated(1).number, int)
    assert_type(Decorated(1).method("a"), bytes)
    decorated("a")  # type: ignore[arg-type]
    decorated_with_options(1, "a")  # type: ignore[call-arg]
    Decorated("a")  # type: ignore[arg-type]


# -- in pytest


@pytest.fixture
@fakeim.mock_ssm_incidents
def plan(fakeim_client: SSMIncidentsClient) -> Iterator[str]:
    arn = fakeim_client.create_response_plan(name="web", incidentTemplate={"title": "Web", "impact": 1})["arn"]
    yield arn
    fakeim_client.delete_response_plan(arn=arn)


def the_warning() -> type[UserWarning]:
    return fakeim.ModelDriftWarning


@pytest.mark.fakeim(seed=7, onboarded=False)
def a_test(fakeim: fakeim.FakeIncidentManager, plan: str) -> None:
    assert_type(fakeim.client().start_incident(responsePlanArn=plan)["incidentRecordArn"], str)


# -- schemas and the kit


def the_schemas() -> None:
    assert_type(fakeim.schemas.request("StartIncident"), dict[str, Any])
    assert_type(fakeim.schemas.validator(fakeim.schemas.error("ConflictException")), Validator)
    fakeim.schemas.request()  # type: ignore[call-arg]


def the_strategies() -> None:
    assert_type(fakes(), SearchStrategy[fakeim.FakeIncidentManager])
    assert_type(requests("StartIncident", valid=False), SearchStrategy[Break])
    assert_type(fault_plans("StartIncident"), SearchStrategy[FaultPlan])
    FaultPlan([Mishap("lost reply", call=2)])
    Mishap("lost")  # type: ignore[arg-type]
    requests("StartIncident", refused_by="client")  # type: ignore[call-overload]


def start(client: SSMIncidentsClient, plan: str) -> str:
    return client.start_incident(responsePlanArn=plan)["incidentRecordArn"]


def make_plan(client: SSMIncidentsClient) -> str:
    return client.create_response_plan(name="web", incidentTemplate={"title": "Web", "impact": 1})["arn"]


def count_plans(client: SSMIncidentsClient) -> int:
    return len(client.list_response_plans()["responsePlanSummaries"])


def the_check(observe: Callable[[SSMIncidentsClient], object]) -> None:
    check_retry_safe(start, setup=make_plan)
    check_retry_safe(count_plans, attempts=1, kinds=["lost reply"], observe=observe)
    check_retry_safe(start)  # type: ignore[arg-type]
    check_retry_safe(start, setup=count_plans)  # type: ignore[misc]
    check_retry_safe(count_plans, kinds=["lost"])  # type: ignore[list-item]
