"""Whichever way a call comes in, directly, from a boto3 client or over HTTP, the answer and the effect are the same."""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from hypothesis import Phase, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from contract_tests.budgets import examples
from contract_tests.fake_only.accounts import FULL, REGIONS, Account
from contract_tests.fake_only.inspection import OPERATIONS, call, dump, each_operation, names_in_use
from contract_tests.fake_only.ways_in import client_on
from contract_tests.support import run_machine
from fakeim import FakeIncidentManager, mock_ssm_incidents
from fakeim.spec.api import SERVICE, load_api
from fakeim.spec.codec import element_of, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hypothesis.strategies import DataObject

    from fakeim.spec.api import Operation, Shape

OWN_REGIONS = REGIONS[:2]
PHASES = [Phase.reuse, Phase.generate]
"""Without shrinking, which takes minutes on five ways."""


class Outcome(NamedTuple):
    """What came of a call: the class and the text of the error, if it is one, its status and all that it tells."""

    error: str
    text: str
    status: int
    content: dict[str, Any]


def outcome(client: Any, operation: Operation, params: Mapping[str, Any]) -> Outcome:
    error, text = "", ""
    try:
        content = call(client, operation, params)
    except ParamValidationError as refusal:
        return Outcome(type(refusal).__name__, str(refusal), 0, {})
    except UnicodeEncodeError as failure:
        return Outcome(type(failure).__name__, str(failure), 0, {"object": failure.object})
    except ClientError as caught:
        error, text, response = type(caught).__name__, f"{caught.operation_name}: {caught}", caught.response
        content = {**response}
    status = content.pop("ResponseMetadata")["HTTPStatusCode"]
    return Outcome(error, text, status, content)


class Way(NamedTuple):
    """A way in: the fake at its end, and a client in each Region."""

    fake: FakeIncidentManager
    clients: Mapping[str, Any]


class WithinMock:
    """A boto3 client that was made before any mock, and each call of which is made within one."""

    def __init__(self, client: Any, mock: Any) -> None:
        self._client, self._mock = client, mock

    def __getattr__(self, name: str) -> Any:
        return self._mock(getattr(self._client, name))


class Ways:
    """All ways in, each to a fake of its own, of the same seed and with the same clock."""

    def __init__(self, account: Account, ways: Mapping[str, Way]) -> None:
        self.account = account
        self.all = ways
        self._numbers = count()

    def reset(self) -> None:
        """Put some of everything, and nothing else, into each."""
        self.account.fake.clock.follow_system()
        self.account.page_tokens[:] = [""]
        self._numbers = count()
        for way in self.all.values():
            way.fake.reset()
            way.fake.restore(FULL)

    def request(self, data: DataObject, operation: Operation) -> dict[str, Any]:
        """Draw a request; its token is never left out, for botocore fills one in that the direct client does not."""
        params: dict[str, Any] = data.draw(self.account.request(operation))
        given_token = {operation.token: f"token {next(self._numbers)}"} if operation.token else {}
        return given_token | params

    def call(self, operation: Operation, params: Mapping[str, Any], region: str) -> Outcome:
        """Call on each way, see the same come of it, and give that."""
        outcomes = {name: outcome(way.clients[region], operation, params) for name, way in self.all.items()}
        expected = outcomes["direct"]
        assert outcomes == dict.fromkeys(outcomes, expected)
        self.same_state()
        self.account.page_tokens += [expected.content["nextToken"]] if "nextToken" in expected.content else []
        return expected

    def same_state(self) -> None:
        states = {name: dump(way.fake) for name, way in self.all.items()}
        assert states == dict.fromkeys(states, states["direct"])


@pytest.fixture(scope="module")
def ways() -> Iterator[Ways]:
    account, credentials = Account(), {"aws_access_key_id": "fakeim", "aws_secret_access_key": "fakeim"}
    make: Any = boto3.session.Session().client
    real = {region: make(SERVICE, region, **credentials) for region in OWN_REGIONS}
    bound, served, *mocked = (FakeIncidentManager(regions=OWN_REGIONS, clock=account.fake.clock) for _ in range(4))
    found = {
        "direct": Way(account.fake, {region: account.fake.client(region) for region in OWN_REGIONS}),
        "boto3": Way(bound, {region: bound.boto3_client(region) for region in OWN_REGIONS}),
    }
    for fake, at_call in zip(mocked, [False, True], strict=True):
        mock = mock_ssm_incidents(fake, at_call=at_call)
        clients = {region: WithinMock(client, mock) for region, client in real.items()}
        found["mock, at the call" if at_call else "mock"] = Way(fake, clients)
    with ExitStack() as stack:
        if find_spec("waitress"):
            url = stack.enter_context(served.serve())
            over_http = {name: make(SERVICE, name, endpoint_url=url, **credentials) for name in OWN_REGIONS}
            for client in over_http.values():
                stack.callback(client.close)
            found["http"] = Way(served, over_http)
        yield Ways(account, found)


@each_operation
@examples(percent=4)
@given(data=st.data())
def test_each_operation_comes_to_the_same_on_every_way(operation: Operation, ways: Ways, data: DataObject) -> None:
    ways.reset()
    ways.call(operation, ways.request(data, operation), data.draw(st.sampled_from(OWN_REGIONS)))


@each_operation
@pytest.mark.parametrize("params", [{}, {"noSuchParam": 1}], ids=["nothing", "unknown"])
def test_what_no_client_sends_is_reported_in_the_same_words(
    operation: Operation, ways: Ways, params: dict[str, Any]
) -> None:
    ways.reset()
    if params or operation.input.required:
        assert ways.call(operation, params, OWN_REGIONS[0]).error == "ParamValidationError"


STRANGE = [
    "",
    ".",
    "..",
    "/",
    "//",
    "a/../b",
    "%2e",
    "%",
    "?",
    "#",
    "a b",
    "+",
    ";",
    "\r\n",
    "\0",
    "é😀",
    "\\",
    "http://a/b",
]


@pytest.mark.parametrize("text", [*STRANGE, "x" * 5000], ids=lambda text: repr(text[:10]))
@pytest.mark.parametrize("method", ["list_tags_for_resource", "untag_resource", "get_response_plan"])
def test_what_is_no_arn_arrives_alike_in_path_and_query(ways: Ways, method: str, text: str) -> None:
    operation = load_api().methods[method]
    member, *others = operation.input.members
    ways.reset()
    found = ways.call(operation, {member: text} | {key: ["a b", "a+b"] for key in others}, OWN_REGIONS[0])
    assert found.error == "ValidationException"


# -- halves of surrogate pairs, which JSON can say and UTF-8 cannot

HALVES = {
    "pair": ("\ud83d\ude00", "😀"),
    "high": ("\ud83d", "\ud83d"),
    "low": ("\ude00", "\ude00"),
    "reversed": ("\ude00\ud83d", "\ude00\ud83d"),
    "high and pair": ("\ud83d\ud83d\ude00", "\ud83d😀"),
    "pair and low": ("\ud83d\ude00\ude00", "😀\ude00"),
    "beside others": ("é\ud83d\ude00😀\ud83d", "é😀😀\ud83d"),
}
"""Texts as a caller passes them, and as they come back."""
each_half = pytest.mark.parametrize(("given", "expected"), HALVES.values(), ids=HALVES)


def with_halves(data: DataObject, shape: Shape, value: Any) -> Any:
    """Return ``value`` with halves in some of its texts."""
    if shape.type == "structure" and isinstance(value, dict):
        members = shape.members
        return {k: with_halves(data, members[k], each) if k in members else each for k, each in value.items()}
    if shape.type == "map" and isinstance(value, dict):
        key, element = key_of(shape), element_of(shape)
        return {with_halves(data, key, k): with_halves(data, element, each) for k, each in value.items()}
    if shape.type == "list" and isinstance(value, list):
        return [with_halves(data, element_of(shape), each) for each in value]
    if shape.type == "string" and isinstance(value, str):
        return value + data.draw(st.sampled_from(["", "", *(given for given, _ in HALVES.values())]))
    return value


@each_operation
@examples(percent=8, phases=PHASES)
@given(data=st.data())
def test_halves_anywhere_come_to_the_same_on_every_way(operation: Operation, ways: Ways, data: DataObject) -> None:
    ways.reset()
    params = with_halves(data, operation.input, ways.request(data, operation))
    ways.call(operation, params, OWN_REGIONS[0])


@each_half
def test_halves_come_back_as_from_boto3(ways: Ways, given: str, expected: str) -> None:
    ways.reset()
    operations, region = load_api().methods, OWN_REGIONS[0]
    template = {"title": given, "impact": 1, "summary": given, "dedupeString": given}
    plan = {"name": "halves", "displayName": given, "incidentTemplate": template, "clientToken": given}
    arn = ways.call(operations["create_response_plan"], plan, region).content["arn"]
    shown = ways.call(operations["get_response_plan"], {"arn": arn}, region).content
    assert shown["displayName"] == expected
    assert shown["incidentTemplate"]["title"] == shown["incidentTemplate"]["summary"] == expected
    started = ways.call(operations["start_incident"], {"responsePlanArn": arn, "clientToken": given}, region).content
    incident = started["incidentRecordArn"]
    event = {"incidentRecordArn": incident, "eventTime": 0, "eventType": "Note", "clientToken": given}
    ways.call(operations["create_timeline_event"], event | {"eventData": json.dumps(given)}, region)
    ways.call(operations["create_timeline_event"], event | {"eventData": f'"{given}"', "clientToken": "2"}, region)
    listing = ways.call(operations["list_timeline_events"], {"incidentRecordArn": incident}, region).content
    for listed in listing["eventSummaries"]:
        wanted = {"incidentRecordArn": incident, "eventId": listed["eventId"]}
        ways.call(operations["get_timeline_event"], wanted, region)
    again = ways.call(operations["create_response_plan"], plan | {"clientToken": expected}, region)
    assert again.content["arn"] == arn  # the token is the same one


def filled(form: Any, text: str) -> Any:
    """Return ``form`` with ``text`` wherever it has ``{}``."""
    if isinstance(form, dict):
        return {filled(key, text): filled(value, text) for key, value in form.items()}
    return [filled(each, text) for each in form] if isinstance(form, list) else form.replace("{}", text)


IN_URLS = [
    ("get_response_plan", {"arn": "{}"}),
    ("delete_replication_set", {"arn": "{}"}),
    ("get_incident_record", {"arn": "{}"}),
    ("get_replication_set", {"arn": "{}"}),
    ("get_resource_policies", {"resourceArn": "{}", "nextToken": "{}"}),
    ("list_tags_for_resource", {"resourceArn": "{}"}),
    ("tag_resource", {"resourceArn": "{}", "tags": {"{}": "{}"}}),
    ("untag_resource", {"tagKeys": ["{}2"], "resourceArn": "{}"}),
    ("untag_resource", {"tagKeys": ["a", "{}", "{}2"], "resourceArn": "x"}),
    ("get_timeline_event", {"eventId": "{}", "incidentRecordArn": "{}2"}),
    ("get_timeline_event", {"incidentRecordArn": "{}2", "eventId": "{}"}),
    ("get_timeline_event", {"incidentRecordArn": "x", "eventId": "{}"}),
]


@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize(("method", "form"), IN_URLS)
def test_halves_in_a_path_or_a_query_are_refused_as_by_boto3(
    method: str, form: dict[str, Any], *, checked: bool
) -> None:
    config = Config(parameter_validation=checked)
    errors: dict[str, list[Any]] = {}
    for name in ("direct", "bound", "mock", "mock at the call"):
        with client_on(name, fake := FakeIncidentManager(), config) as client:
            for given, _ in HALVES.values():
                with pytest.raises(UnicodeEncodeError) as caught:
                    getattr(client, method)(**filled(form, given))
                errors.setdefault(name, []).append(caught.value.args)
            assert list(fake.calls) == []
    assert errors == dict.fromkeys(errors, errors["bound"])


def test_a_mistake_is_reported_before_a_half_is_refused(ways: Ways) -> None:
    ways.reset()
    get, tag = (load_api().methods[name] for name in ("get_timeline_event", "tag_resource"))
    params: dict[str, Any] = {"incidentRecordArn": "\ud83d", "eventId": 5}
    assert ways.call(get, params, OWN_REGIONS[0]).error == "ParamValidationError"
    params = {"resourceArn": "\ud83d", "tags": {"a": 5}}
    assert ways.call(tag, params, OWN_REGIONS[0]).error == "ParamValidationError"


@each_half
def test_halves_that_a_test_has_set_come_back_as_from_boto3(ways: Ways, given: str, expected: str) -> None:
    ways.reset()
    methods, region = load_api().methods, OWN_REGIONS[0]
    for way in ways.all.values():
        way.fake.faults.inject("ListResponsePlans", "ValidationException", message=given, times=1)
    assert ways.call(methods["list_response_plans"], {}, region).content["message"] == expected
    for way in ways.all.values():
        way.fake.transitions.fail("eu-west-1", given)
    [sets] = ways.call(methods["list_replication_sets"], {}, region).content["replicationSetArns"]
    removed = [{"deleteRegionAction": {"regionName": "eu-west-1"}}]
    ways.call(methods["update_replication_set"], {"arn": sets, "actions": removed, "clientToken": "1"}, region)
    shown = ways.call(methods["get_replication_set"], {"arn": sets}, region).content["replicationSet"]
    assert shown["regionMap"]["eu-west-1"]["statusMessage"] == expected


@each_half
def test_seeded_halves_come_back_as_from_boto3(ways: Ways, given: str, expected: str) -> None:
    ways.reset()
    methods, region, arn = load_api().methods, OWN_REGIONS[0], ""
    for way in ways.all.values():
        plan = way.fake.add_response_plan("seeded", title=given, summary=given)
        origin = {"account": "123456789012", "region": region}
        event = {
            **origin,
            "source": given,
            "detail-type": given,
            "time": "2026-01-01T00:00:00Z",
            "detail": {given: given},
        }
        arn = way.fake.open_incident(plan, event=event, rule="halves")
        way.fake.add_timeline_event(arn, json.dumps({given: given}, ensure_ascii=False))
    assert (
        ways.call(methods["get_incident_record"], {"arn": arn}, region).content["incidentRecord"]["title"] == expected
    )
    listed = ways.call(methods["list_timeline_events"], {"incidentRecordArn": arn}, region).content["eventSummaries"]
    for each in listed:
        wanted = {"incidentRecordArn": arn, "eventId": each["eventId"]}
        ways.call(methods["get_timeline_event"], wanted, region)
    ways.same_state()


def test_a_token_that_only_botocore_fills_in_shows_nowhere(ways: Ways) -> None:
    ways.reset()
    template = {"title": "title", "impact": 2}
    lives = []
    for way in ways.all.values():
        client = way.clients[OWN_REGIONS[1]]
        plan = client.create_response_plan(name="plan", incidentTemplate=template)["arn"]
        incident = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
        event = client.create_timeline_event(
            incidentRecordArn=incident, eventTime=0, eventType="Note", eventData="data"
        )["eventId"]
        client.update_incident_record(arn=incident, status="RESOLVED")
        shown = [
            client.get_response_plan(arn=plan),
            client.get_incident_record(arn=incident),
            client.get_timeline_event(incidentRecordArn=incident, eventId=event),
            client.list_timeline_events(incidentRecordArn=incident),
        ]
        lives.append([{**each, "ResponseMetadata": None} for each in shown])
    assert all(life == lives[0] for life in lives)


class AnyCalls(RuleBasedStateMachine):
    """Any calls in any order on every way, while time passes and changes of the replication set take their time."""

    def __init__(self, ways: Ways) -> None:
        super().__init__()
        self.ways = ways
        ways.reset()

    @rule(data=st.data(), operation=st.sampled_from(OPERATIONS), region=st.sampled_from(OWN_REGIONS))
    def call(self, data: DataObject, operation: Operation, region: str) -> None:
        """Call anything."""
        self.ways.call(operation, self.ways.request(data, operation), region)

    @rule(data=st.data(), operation=st.sampled_from(OPERATIONS))
    def call_twice(self, data: DataObject, operation: Operation) -> None:
        """Call the same in both Regions, with the same client token."""
        params = self.ways.request(data, operation)
        for region in OWN_REGIONS:
            self.ways.call(operation, params, region)

    @rule(data=st.data())
    def find_something(self, data: DataObject) -> None:
        """Do what AWS does by itself."""
        incidents = names_in_use(self.ways.account.fake)["incident_records"]
        if incidents:
            incident = data.draw(st.sampled_from(incidents))
            for way in self.ways.all.values():
                way.fake.add_finding(incident, cloud_formation_stack_update={"stackArn": incident, "startTime": 0})

    @rule(hours=st.floats(0, 30))
    def let_time_pass(self, hours: float) -> None:
        """Let client tokens and page tokens expire, and changes come due."""
        self.ways.account.fake.clock.advance(hours=hours)

    @rule(pace=st.sampled_from(["immediate", "manual", "complete"]))
    def change_the_pace(self, pace: str) -> None:
        """Let changes and effects be immediate, or never end, or end now."""
        for way in self.ways.all.values():
            getattr(way.fake.transitions, pace)()
            getattr(way.fake.effects, pace)()

    @rule(seconds=st.sampled_from([0, 3600]), page_size=st.none() | st.just(1))
    def change_what_is_seen(self, seconds: int, page_size: int | None) -> None:
        """Let lists and Regions lag, or not, and pages be small, or not."""
        for way in self.ways.all.values():
            way.fake.consistency.lists_lag(seconds)
            way.fake.consistency.regions_lag(seconds)
            way.fake.pagination.page_size = page_size

    def teardown(self) -> None:
        """See the same state at the end, whatever came last."""
        self.ways.same_state()


def test_any_calls_come_to_the_same_on_every_way(ways: Ways) -> None:
    run_machine(partial(AnyCalls, ways), percent=12, steps=30, phases=PHASES)
