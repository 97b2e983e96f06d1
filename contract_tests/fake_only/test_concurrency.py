"""Many callers at once: what each of them sees is as if the calls had come one after the other."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import weakref
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from itertools import cycle
from threading import Barrier, Event
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

import fakeim
from contract_tests.fake_only.linearity import NAMES, NOON, Recorder, contradictions, in_time
from contract_tests.fake_only.mocked import EARLY
from contract_tests.fake_only.over_http import client_of
from contract_tests.fake_only.shares import CONSUMER, share
from contract_tests.support import body, make_plan, start
from fakeim.service.pagination import Pagination
from fakeim.service.quotas import Quotas
from fakeim.service.transitions import Transitions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    MakeClient = Callable[[], Any]

pytestmark = pytest.mark.usefixtures("threads_take_turns_often")


def frozen() -> fakeim.FakeIncidentManager:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze(NOON)
    return fake


@contextmanager
def direct(fake: fakeim.FakeIncidentManager) -> Iterator[MakeClient]:
    client = fake.client()
    yield lambda: client


@contextmanager
def mocked(fake: fakeim.FakeIncidentManager) -> Iterator[MakeClient]:
    with fakeim.mock_ssm_incidents(fake):
        yield lambda: EARLY


@contextmanager
def mocked_at_call(fake: fakeim.FakeIncidentManager) -> Iterator[MakeClient]:
    with fakeim.mock_ssm_incidents(fake, at_call=True):
        yield lambda: EARLY


@contextmanager
def over_http(fake: fakeim.FakeIncidentManager) -> Iterator[MakeClient]:
    with ExitStack() as stack:
        url = stack.enter_context(fake.serve())
        yield lambda: stack.enter_context(client_of(url))


WAYS = {"direct": (direct, 60), "mocked": (mocked, 20), "mocked at call": (mocked_at_call, 60), "http": (over_http, 15)}


@pytest.mark.parametrize("way", WAYS)
def test_eight_threads_see_one_order(way: str) -> None:
    fake, recorder = frozen(), Recorder()
    enter, calls = WAYS[way]
    with enter(fake) as make_client, ThreadPoolExecutor(8) as pool:
        clients = [make_client() for _ in range(8)]
        for each in [pool.submit(recorder.some_calls, client, seed, calls) for seed, client in enumerate(clients)]:
            each.result()
    assert len(recorder.done) == 8 * calls
    assert {each.operation for each in recorder.done if isinstance(each.outcome, dict)} > {"StartIncident"}
    assert contradictions(recorder.done, frozen()) == []


def test_sixteen_tasks_see_one_order() -> None:
    fake, recorder = frozen(), Recorder()
    client = fake.client()

    async def work() -> None:
        await asyncio.gather(*(asyncio.to_thread(recorder.some_calls, client, seed, 25) for seed in range(16)))

    asyncio.run(work())
    assert len(recorder.done) == 16 * 25
    assert contradictions(recorder.done, frozen()) == []


def test_sixteen_tasks_of_aiobotocore_see_one_order() -> None:
    session = pytest.importorskip("aiobotocore.session", reason="needs aiobotocore").get_session()
    fake, plans = frozen(), [{"name": f"plan-{n}", "incidentTemplate": {"title": "t", "impact": 1}} for n in range(3)]

    async def bot(client: Any, number: int) -> list[str]:
        plan = plans[number % 3]
        with suppress(client.exceptions.ConflictException):
            await client.create_response_plan(**plan)
        arn = f"arn:aws:ssm-incidents::123456789012:response-plan/{plan['name']}"
        started = await client.start_incident(responsePlanArn=arn, clientToken=plan["name"])
        return [started["incidentRecordArn"]]

    async def work() -> list[list[str]]:
        keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        async with session.create_client("ssm-incidents", region_name="us-east-1", **keys) as client:
            return await asyncio.gather(*(bot(client, number) for number in range(16)))

    with fakeim.mock_ssm_incidents(fake):
        started = {arn for arns in asyncio.run(work()) for arn in arns}
    listed = fake.client().list_incident_records()["incidentRecordSummaries"]
    assert {each["arn"] for each in listed} == started
    assert len(started) == 3  # one for each token, whoever came first


def sharing() -> list[fakeim.FakeIncidentManager]:
    owner = frozen()
    owner.clock.auto_advance(0.001)
    consumer = fakeim.FakeIncidentManager(account_id=CONSUMER, seed=1, clock=owner.clock)
    for name in NAMES:
        share(owner.client(), make_plan(owner.client(), name=name))
    owner.share_with(consumer)
    owner.calls.clear()
    return [owner, consumer]


def test_two_accounts_that_share_see_one_order() -> None:
    fakes, recorder = sharing(), Recorder(but="DeleteResponsePlan")  # with which the policies would go
    with ThreadPoolExecutor(8) as pool:
        clients = [fake.client() for fake in fakes] * 4
        for each in [pool.submit(recorder.some_calls, client, seed, 60) for seed, client in enumerate(clients)]:
            each.result()
    carried_out = {
        each.operation for each in recorder.done if each.account == CONSUMER and each.outcome.__class__ is dict
    }
    assert carried_out > {"StartIncident", "CreateTimelineEvent", "UpdateIncidentRecord"}
    assert contradictions(in_time(recorder.done, *fakes), *sharing()) == []


def test_what_threads_set_at_once_is_all_there() -> None:
    fake, together = frozen(), Barrier(8, timeout=60)
    caller, keys = f"arn:aws:iam::{fake.account_id}:user/bot", [f"AKIA{number}" for number in range(8 * 250)]

    def identify(part: int) -> None:
        together.wait()
        for key in keys[part::8]:
            fake.iam.identify(key, caller=caller)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(identify, range(8)))
    known_to = fake._dispatcher.admission.iam.caller_of  # noqa: SLF001 - nothing else shows all of them
    assert [key for key in keys if known_to(key) != caller] == []


def test_settings_come_and_go_amid_the_calls_of_others() -> None:
    fake, over = frozen(), Event()
    client, plan = fake.client(), make_plan(fake.client())

    def set_and_unset() -> None:
        while not over.is_set():
            with fake.quotas.set("incidents", 1_000_000), fake.quotas.rate("*", per_second=1000, burst=1_000_000):
                pass
            with fake.iam.allow("*"), fake.faults.latency("*", 0):
                pass
            fake.transitions.after(seconds=60)
            fake.transitions.immediate()
            fake.effects.after(seconds=60)
            fake.effects.immediate()
            fake.consistency.lists_lag(60)
            fake.consistency.regions_lag(60)
            fake.consistency.lists_lag(0)
            fake.consistency.regions_lag(0)
            fake.pagination.page_size = 1
            fake.pagination.page_size = None

    with ThreadPoolExecutor(1) as pool:
        setting = pool.submit(set_and_unset)
        try:
            for _ in range(1000):
                client.start_incident(responsePlanArn=plan)
                client.list_incident_records(maxResults=2)
        finally:
            over.set()
        setting.result()
    assert len(fake.incidents) == 1000


def fickle(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, values: Sequence[object]) -> None:
    """Let a setting be another one each time it is read, as if another thread changed it all the time."""
    coming = cycle(values)
    monkeypatch.setattr(owner, name, property(lambda _: next(coming), lambda *_: None), raising=False)


@pytest.mark.parametrize("delays", [(0, 1000), (1000, 0)])
def test_a_set_is_ready_at_once_or_later_whatever_is_set_meanwhile(
    monkeypatch: pytest.MonkeyPatch, delays: tuple[int, int]
) -> None:
    fake = fakeim.FakeIncidentManager(onboarded=False)
    client = fake.client()
    fickle(monkeypatch, Transitions, "delay", delays)
    for _ in range(3):
        arn = client.create_replication_set(regions={"us-east-1": {}})["arn"]
        fake.clock.advance(seconds=1)
        assert client.get_replication_set(arn=arn)["replicationSet"]["status"] == "ACTIVE"
        client.update_deletion_protection(arn=arn, deletionProtected=False)
        client.delete_replication_set(arn=arn)
        fake.clock.advance(seconds=1)
        assert client.list_replication_sets()["replicationSetArns"] == []


def test_a_page_has_a_size_whatever_is_set_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    client = frozen().client()
    fickle(monkeypatch, Pagination, "page_size", (1, None))
    assert [len(client.list_replication_sets()["replicationSetArns"]) for _ in range(4)] == [1] * 4


def test_a_call_is_held_against_the_quotas_that_it_met(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = frozen()
    plan = make_plan(fake.client())
    fake.quotas.set("incidents", 10)
    fickle(monkeypatch, Quotas, "_limits", ({"incidents": 10}, {}))
    for _ in range(4):
        assert start(fake.client(), plan)


def test_what_a_call_waits_for_may_change_the_settings() -> None:
    fake, called, changed = frozen(), Event(), Event()

    def when(_: Any) -> bool:
        called.set()
        return changed.wait(10)

    fake.faults.inject("*", "ThrottlingException", when=when)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(fake.client().list_response_plans)
        assert called.wait(10)
        fake.faults.clear()
        fake.quotas.set("incidents", 1).remove()
        fake.iam.allow("*").detach()
        changed.set()
        assert isinstance(call.exception(10), ClientError)


def test_snapshots_amid_the_calls_of_others_are_of_one_moment() -> None:
    """A reader who restores what he kept finds each incident whole: with its parent item and its first events."""
    fake, recorder = frozen(), Recorder()
    plan = fake.client().create_response_plan(name="web", incidentTemplate={"title": "t", "impact": 1})["arn"]

    def start(number: int) -> None:
        for each in range(40):
            recorder.call(fake.client(), "StartIncident", {"responsePlanArn": plan, "title": f"{number}.{each}"})

    with ThreadPoolExecutor(4) as pool:
        working = [pool.submit(start, number) for number in range(4)]
        kept = [fake.snapshot() for _ in range(30)]
        for each in working:
            each.result()
    for snapshot in kept:
        copy = frozen()
        copy.restore(snapshot)
        client = copy.client()
        for page in client.get_paginator("list_incident_records").paginate():
            for incident in page["incidentRecordSummaries"]:
                events = client.list_timeline_events(incidentRecordArn=incident["arn"])["eventSummaries"]
                assert len(events) == 2
                assert len(client.list_related_items(incidentRecordArn=incident["arn"])["relatedItems"]) == 1


# -- apart from each other


def test_two_fakes_in_two_threads_never_meet() -> None:
    def life(_: int) -> list[Any]:
        fake, recorder = frozen(), Recorder()
        recorder.some_calls(fake.client(), 7, 100)
        return [(each.number, each.outcome) for each in recorder.done]

    with ThreadPoolExecutor(4) as pool:
        alone, *others = pool.map(life, range(4))
    assert all(each == alone for each in others)


def life_in_another_process(seed: int) -> str:
    """Be called by ``test_a_spawned_process_has_fakes_of_its_own``, there."""
    client = fakeim.FakeIncidentManager(seed=seed).client()
    with fakeim.mock_ssm_incidents() as other:
        assert body(EARLY.list_response_plans()) == {"responsePlanSummaries": []}
        assert len(other.calls) == 1
    return client.list_replication_sets()["replicationSetArns"][0]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_another_process_has_fakes_of_its_own(method: str) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system does not {method}")
    with fakeim.mock_ssm_incidents() as fake, ProcessPoolExecutor(1, multiprocessing.get_context(method)) as pool:
        fake.calls.clear()
        there = pool.submit(life_in_another_process, 7).result()
    there_id, here = there.rpartition("/")[2], fakeim.FakeIncidentManager(seed=7).client()
    assert here.list_replication_sets()["replicationSetArns"][0].rpartition("/")[2][-10:] == there_id[-10:]
    assert not fake.calls


# -- and when it is over


def test_a_fake_that_nobody_holds_is_let_go() -> None:
    fake = frozen()
    with fakeim.mock_ssm_incidents(fake), fake.serve() as url, client_of(url) as client:
        EARLY.list_response_plans()
        client.list_response_plans()
        fake.boto3_client().list_response_plans()
        fake.client().get_paginator("list_response_plans").paginate().build_full_result()
    gone = weakref.ref(fake)
    del fake
    gc.collect()
    assert gone() is None


def test_many_mocks_leave_nothing_behind() -> None:
    def once() -> None:
        with fakeim.mock_ssm_incidents() as fake:
            EARLY.list_response_plans()
            fake.client().list_response_plans()

    once()
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(50):
        once()
    gc.collect()
    assert len(gc.get_objects()) - before < 50
