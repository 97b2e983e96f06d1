"""mock_ssm_incidents beside patches of other tools on what it replaces: theirs stay theirs, and ours goes."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import permutations
from threading import Event
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

import boto3
import botocore.session
import pytest
from botocore import UNSIGNED, xform_name
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.endpoint import Endpoint
from botocore.httpsession import URLLib3Session

import fakeim
from contract_tests.fake_only import patches_of_others as others
from contract_tests.fake_only.mocked import EARLY, KEYS, Sent, names, new_client, patched, refusal
from contract_tests.support import make_plan
from fakeim.clients.replacements import replacements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.usefixtures("no_network")

AT_BOTH_LEVELS = pytest.mark.parametrize("at_call", [False, True])

_METHOD = "_make_api_call"
ORIGINAL = vars(BaseClient)[_METHOD]


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    """Fail a test after which something of ours or of its own is left, and put the original back."""
    before = [(each.owner, each.name, vars(each.owner)[each.name]) for each in replacements()]
    yield
    left = [f"{owner.__name__}.{name}" for owner, name, was in before if vars(owner)[name] is not was]
    for owner, name, was in before:
        setattr(owner, name, was)
    assert left == []


def answers() -> bool:
    return names(EARLY) == []


@pytest.fixture(params=[*others.PLACES, *others.ASYNC_PLACES, *others.PLACES_OF_ANYIO])
def place(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    pytest.importorskip(found.partition(".")[0], reason="aiobotocore is not installed")
    if found in others.PLACES_OF_ANYIO:
        pytest.importorskip("aiobotocore.httpxsession", reason="this aiobotocore knows no httpx")
    return found


def begin(**options: Any) -> Any:
    """Return a mock that is started."""
    begun = fakeim.mock_ssm_incidents(**options)
    begun.start()
    return begun


def test_these_are_the_places() -> None:
    places = {
        f"{each.owner.__module__}.{each.owner.__qualname__}.{each.name}"
        if isinstance(each.owner, type)
        else f"{each.owner.__name__}.{each.name}"
        for each in replacements()
    }
    assert places - {*others.ASYNC_PLACES, *others.PLACES_OF_ANYIO} == {*others.PLACES}


# -- patches that others make while a mock is active


@AT_BOTH_LEVELS
def test_a_patch_made_within_a_mock_outlives_it(place: str, at_call: bool) -> None:  # noqa: FBT001
    for wrap in others.WRAPPERS * 2:
        ours, theirs = begin(at_call=at_call), others.patcher(place, wrap)
        made = theirs.start()
        assert answers()
        ours.stop()
        assert others.standing(place) is made
        with pytest.raises(Sent):  # ours is without effect below it
            names(EARLY)
        with fakeim.mock_ssm_incidents(at_call=at_call):
            assert others.standing(place) is made
            assert answers()
        assert others.standing(place) is made
        theirs.stop()
    begin().stop()  # ours stood below theirs until now


def test_a_patch_of_monkeypatch_outlives_the_mock(place: str) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        ours = begin()
        theirs = others.closure(others.standing(place))
        monkeypatch.setattr(place, theirs)
        ours.stop()
        assert others.standing(place) is theirs
    begin().stop()


def test_a_patch_that_ends_within_the_mock_stays_away(place: str) -> None:
    for wrap in others.WRAPPERS:
        begin().stop()
        before, theirs = others.standing(place), others.patcher(place, wrap)
        theirs.start()
        ours = begin()
        theirs.stop()
        assert answers()
        ours.stop()
        assert others.standing(place) is before


@pytest.mark.parametrize("wrap", others.WRAPPERS)
def test_patches_that_pile_up_hold_one_layer_of_ours(place: str, wrap: Callable[[Any], Any]) -> None:
    seen, made, theirs = [], [], [others.patcher(place, wrap) for _ in range(8)]
    for each in theirs:
        ours = begin()
        seen.append(others.standing(place))
        made.append(each.start())
        ours.stop()
    assert list(map(id, seen[1:])) == list(map(id, made[:-1]))  # ours is not put on top again
    for each in reversed(theirs):
        each.stop()
    assert others.standing(place) is seen[0]
    begin().stop()


def test_a_patch_that_calls_nothing_leaves_no_layer_of_ours(place: str) -> None:
    owner, name = others.find(place)
    for _ in range(5):
        ours, before = begin(), others.standing(place)
        theirs = mock.patch.object(owner, name)
        hiding = theirs.start()
        ours.stop()
        assert others.standing(place) is hiding
        begin(at_call=True).stop()
        assert others.standing(place) is hiding
        theirs.stop()
        assert others.standing(place) is before
    begin().stop()


def test_two_mocks_and_a_patch_may_begin_and_end_in_any_order(place: str) -> None:
    begin().stop()
    original = others.standing(place)
    events = [(name, step) for name in ("first", "second", "patch") for step in ("start", "stop")]
    orders = [
        order
        for order in permutations(events)
        if all(order.index(each) < order.index((each[0], "stop")) for each in events if each[1] == "start")
    ]
    for number, order in enumerate(orders[::3]):
        parts: dict[str, Any] = {
            name: fakeim.mock_ssm_incidents(at_call=bool(number % 2)) for name in ("first", "second")
        }
        parts["patch"] = others.patcher(place, others.WRAPPERS[number % len(others.WRAPPERS)])
        active = 0
        for name, step in order:
            getattr(parts[name], step)()
            if name != "patch":
                active += 1 if step == "start" else -1
            if active:
                assert answers()
            else:
                with pytest.raises(Sent):
                    names(EARLY)
        begin().stop()
        assert others.standing(place) is original


def test_a_patch_made_before_is_called_as_if_there_were_no_mock() -> None:
    bound_to: list[Any] = []

    class Wrapper:
        def __get__(self, instance: Any, owner: Any) -> Any:
            bound_to.append(instance)
            return partial(ORIGINAL, instance)

    with mock.patch.object(BaseClient, _METHOD, new=Wrapper()), fakeim.mock_ssm_incidents():
        assert answers()
    assert bound_to == [EARLY]
    with mock.patch.object(BaseClient, _METHOD) as theirs, fakeim.mock_ssm_incidents():
        EARLY.list_response_plans()
    theirs.assert_called_once_with("ListResponsePlans", {})


@AT_BOTH_LEVELS
def test_a_patch_may_be_taken_off_within_a_later_mock(at_call: bool) -> None:  # noqa: FBT001
    place = others.PLACES[0]
    with fakeim.mock_ssm_incidents(at_call=at_call):
        setattr(BaseClient, _METHOD, others.ObjectProxy(others.standing(place)))
    with fakeim.mock_ssm_incidents(at_call=at_call):
        instrumented = others.standing(place)
        assert type(instrumented) is others.ObjectProxy  # where its maker looks for it
        setattr(BaseClient, _METHOD, instrumented.__wrapped__)
        assert answers()


def test_what_is_left_below_goes_with_the_first_call_after_theirs() -> None:
    before, theirs = patched()[:-1], others.patcher(others.PLACES[0])
    with fakeim.mock_ssm_incidents():
        theirs.start()
    theirs.stop()
    assert patched()[:-1] != before
    with pytest.raises(Sent):
        names(EARLY)
    assert patched()[:-1] == before


def test_patches_come_and_go_between_nested_mocks(place: str) -> None:
    for _ in range(3):
        outer, first = begin(), others.patcher(place)
        first.start()
        inner, second = begin(at_call=True), others.patcher(place)
        second.start()
        outer.stop()
        assert answers()
        second.stop()
        inner.stop()
        first.stop()
    begin().stop()


def test_threads_call_while_patches_come_and_go() -> None:
    def call(_: int) -> Any:
        try:
            return names(EARLY)
        except (Sent, fakeim.RealAWSCallBlocked):  # no mock was active, or one began when the request was made already
            return []

    with ThreadPoolExecutor(4) as pool:
        for place in others.PLACES:
            calls = pool.map(call, range(12))
            for wrap in others.WRAPPERS:
                ours, theirs = fakeim.mock_ssm_incidents(), others.patcher(place, wrap)
                ours.start()
                theirs.start()
                ours.stop()
                theirs.stop()
            assert list(calls) == [[]] * 12
    begin().stop()


def test_what_stands_there_looks_like_what_it_replaces() -> None:
    with fakeim.mock_ssm_incidents(), mock.patch.object(BaseClient, _METHOD, autospec=True) as theirs:
        theirs.return_value = {"responsePlanSummaries": []}
        assert answers()
    theirs.assert_called_once_with(EARLY, "ListResponsePlans", {})


# -- an original that code kept from before


def recipe(self: Any, operation_name: str, kwarg: Any) -> Any:
    """Answer an operation that no mock has, and leave all others to the original, as moto's documentation has it."""
    if operation_name == "ListAnalyzers":
        return {"analyzers": []}
    return ORIGINAL(self, operation_name, kwarg)


class Kept:
    """A mock, and the recipe in use beside it."""

    def __init__(self, way: str) -> None:
        self._way = way

    @contextmanager
    def mocked(self, fake: fakeim.FakeIncidentManager | None = None, /, **options: Any) -> Iterator[Any]:
        ours, theirs = fakeim.mock_ssm_incidents(fake, **options), mock.patch.object(BaseClient, _METHOD, new=recipe)
        with ExitStack() as stack:
            if self._way == "patched before":
                stack.enter_context(theirs)
            entered = stack.enter_context(ours)
            if self._way == "patched within":
                stack.enter_context(theirs)
            yield entered

    def call(self, client: Any, operation: str = "ListResponsePlans", **params: Any) -> Any:
        if self._way == "called":
            return ORIGINAL(client, operation, params)
        return getattr(client, xform_name(operation))(**params)


@pytest.fixture(params=["patched before", "patched within", "called"])
def kept(request: pytest.FixtureRequest) -> Kept:
    return Kept(request.param)


@AT_BOTH_LEVELS
def test_calls_by_a_kept_original_are_answered(kept: Kept, at_call: bool) -> None:  # noqa: FBT001
    with kept.mocked(at_call=at_call) as fake:
        created = kept.call(EARLY, "CreateResponsePlan", name="plan", incidentTemplate={"title": "t", "impact": 3})
        assert names(fake.client()) == ["plan"]
        assert kept.call(EARLY, "GetResponsePlan", arn=created["arn"])["name"] == "plan"
        with pytest.raises(EARLY.exceptions.ResourceNotFoundException):
            kept.call(EARLY, "GetResponsePlan", arn=created["arn"] + "x")
    with pytest.raises(Sent):
        names(EARLY)


@AT_BOTH_LEVELS
def test_a_client_of_ones_own_stays_with_its_fake_by_a_kept_original(kept: Kept, at_call: bool) -> None:  # noqa: FBT001
    own = fakeim.FakeIncidentManager()
    make_plan(own.client(), name="own")
    with kept.mocked(at_call=at_call) as fake:
        client = own.boto3_client()
        assert [each["name"] for each in kept.call(client)["responsePlanSummaries"]] == ["own"]
        kept.call(client, "CreateResponsePlan", name="second", incidentTemplate={"title": "t", "impact": 3})
        assert names(fake.client()) == []
    assert names(own.client()) == ["own", "second"]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"endpoint_url": "http://localhost:1"},
        {"endpoint_url": "https://vpce-1.example.com/base"},
        {"config": Config(signature_version=UNSIGNED), "endpoint_url": "https://vpce-1.example.com/base"},
        {"config": Config(use_fips_endpoint=True)},
    ],
)
def test_any_endpoint_is_answered_by_a_kept_original(kept: Kept, options: dict[str, Any]) -> None:
    client = new_client("ssm-incidents", **KEYS | options)
    with kept.mocked():
        assert kept.call(client)["responsePlanSummaries"] == []


@pytest.mark.usefixtures("bare_environment")
def test_no_credentials_are_needed_by_a_kept_original(kept: Kept) -> None:
    with kept.mocked():
        client: Any = boto3.Session().client("ssm-incidents")
        assert kept.call(client)["responsePlanSummaries"] == []


@pytest.mark.parametrize("expired", [False, True])
def test_an_access_key_chooses_the_account_by_a_kept_original(kept: Kept, expired: bool) -> None:  # noqa: FBT001
    second = fakeim.FakeIncidentManager(account_id="222233334444")
    client: Any = new_client("ssm-incidents", **KEYS | {"aws_access_key_id": "ASIAROLE"})
    if expired:
        metadata = {"access_key": "ASIAROLE", "secret_key": "x", "token": "x", "expiry_time": "2020-01-01T00:00:00Z"}
        client = client_of(RefreshableCredentials.create_from_metadata(metadata, lambda: pytest.fail("fetched"), "x"))
    with kept.mocked(accounts={"ASIAROLE": second}):
        created = kept.call(client, "CreateResponsePlan", name="plan", incidentTemplate={"title": "t", "impact": 3})
    assert ":222233334444:" in created["arn"]


def client_of(credentials: Any) -> Any:
    core = botocore.session.Session()
    core._credentials = credentials  # type: ignore[attr-defined]  # noqa: SLF001
    return boto3.Session(botocore_session=core, region_name="us-east-1").client("ssm-incidents")


def test_retries_by_a_kept_original_wait_on_the_clock_of_the_fake(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail(f"slept {seconds} s") if seconds else None)
    client: Any = new_client("ssm-incidents", **KEYS)
    refusals = [503, 503]
    client.meta.events.register_first(
        "before-send.ssm-incidents", lambda request, **_: refusal(refusals.pop())(request) if refusals else None
    )
    with kept.mocked() as fake:
        fake.clock.freeze("2026-01-01")
        assert kept.call(client)["ResponseMetadata"]["RetryAttempts"] == 2
        assert fake.clock.now().isoformat() > "2026-01-01T00:00:00+00:00"


def test_a_call_by_a_kept_original_within_a_call_is_answered_and_the_outer_one_goes_on(kept: Kept) -> None:
    outer, other = new_client("ssm-incidents", **KEYS), new_client("sns", **KEYS)
    found: list[Any] = []

    def call_another(**_: Any) -> None:
        found.append(kept.call(EARLY)["responsePlanSummaries"])

    for client in (outer, other):
        client.meta.events.register("before-call", call_another)
    with kept.mocked():
        assert kept.call(outer)["responsePlanSummaries"] == []
        with pytest.raises(Sent, match="sns"):
            other.list_topics()
    assert found == [[], []]


def test_a_call_by_a_kept_original_that_outlives_its_mock_is_answered_by_it() -> None:
    arrived, ended, before = Event(), Event(), patched()[:-1]
    client: Any = new_client("ssm-incidents", **KEYS)

    def linger(**_: Any) -> None:
        arrived.set()
        ended.wait(10)

    client.meta.events.register("before-send.ssm-incidents", linger)
    with ThreadPoolExecutor(1) as pool:
        with fakeim.mock_ssm_incidents():
            call = pool.submit(ORIGINAL, client, "ListResponsePlans", {})
            assert arrived.wait(10)
        ended.set()
        assert call.result(10)["responsePlanSummaries"] == []
    assert patched()[:-1] == before


def test_an_original_kept_from_a_mock_has_no_effect_after_it_and_is_answered_in_the_next() -> None:
    with fakeim.mock_ssm_incidents():
        kept_from_within = vars(BaseClient)[_METHOD]
    with pytest.raises(Sent):
        kept_from_within(EARLY, "ListResponsePlans", {})
    with fakeim.mock_ssm_incidents() as fake:
        make_plan(EARLY)
        assert len(kept_from_within(EARLY, "ListResponsePlans", {})["responsePlanSummaries"]) == 1
        assert len(fake.calls) == 2


def test_a_session_that_is_given_the_request_without_its_endpoint_answers() -> None:
    def send(endpoint: Any, request: Any) -> Any:
        return endpoint.http_session.send(request)

    with fakeim.mock_ssm_incidents(), mock.patch.object(Endpoint, "_send", new=send):
        assert answers()


def test_a_request_that_a_handler_makes_elsewhere_is_sent() -> None:
    client = new_client("ssm-incidents", **KEYS)

    def fetch(**_: Any) -> None:
        request: Any = SimpleNamespace(url="http://169.254.170.2/credentials", headers={})
        with pytest.raises(Sent, match="/credentials"):
            URLLib3Session().send(request)

    client.meta.events.register("before-sign.ssm-incidents", fetch)
    with fakeim.mock_ssm_incidents():
        assert names(client) == []


def test_an_async_client_is_answered_by_a_kept_original() -> None:
    session = pytest.importorskip("aiobotocore.session", reason="aiobotocore is not installed")
    original = vars(pytest.importorskip("aiobotocore.client").AioBaseClient)[_METHOD]

    async def main() -> Any:
        async with session.get_session().create_client("ssm-incidents", **KEYS) as client:
            listed = [original(client, "ListResponsePlans", {}) for _ in range(3)]
            return [answer["responsePlanSummaries"] for answer in await asyncio.gather(*listed)]

    before = patched()[:-1]
    with fakeim.mock_ssm_incidents():
        assert asyncio.run(main()) == [[]] * 3
    assert patched()[:-1] == before
