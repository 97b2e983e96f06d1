"""fake.quotas: how much there may be, and how often one may ask, on every way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.fake_only.inspection import dump
from contract_tests.fake_only.over_http import client_of, control
from contract_tests.fake_only.ways_in import ONCE, WAYS, client_on
from contract_tests.support import make_plan, start
from fakeim.service.quotas import QUOTAS
from fakeim.spec.api import load_api
from fakeim.testing.checkpoint import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable

NEVER = 10**6


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    found = fakeim.FakeIncidentManager()
    found.clock.freeze("2026-01-01")
    return found


def refused(client: Any, call: Callable[[Any], object]) -> dict[str, Any] | None:
    """Call, and give the error's code and modelled members; ``None`` if there is none."""
    try:
        call(client)
    except ClientError as error:
        response: Any = error.response
        members = {name: response[name] for name in response.keys() - {"Error", "ResponseMetadata", "message"}}
        return {"code": response["Error"]["Code"], "status": response["ResponseMetadata"]["HTTPStatusCode"], **members}
    return None


# -- quotas


def note(incident: str) -> dict[str, Any]:
    return {"incidentRecordArn": incident, "eventTime": 0, "eventType": "Note", "eventData": "data"}


def item(incident: str, number: int) -> dict[str, Any]:
    value = {"identifier": {"type": "OTHER", "value": {"url": f"https://example.org/{number}"}}}
    return {"incidentRecordArn": incident, "relatedItemsUpdate": {"itemToAdd": value}}


CALLS: dict[str, tuple[Callable[[Any, str, str, int], object], int]] = {
    "response plans": (lambda client, *rest: make_plan(client, f"plan-{rest[-1]}"), 1),
    "incidents": (lambda client, plan, *_: start(client, plan), 1),
    "open incidents": (lambda client, plan, *_: start(client, plan), 1),
    "timeline events per incident": (lambda client, _, incident, __: client.create_timeline_event(**note(incident)), 2),
    "related items per incident": (
        lambda client, _, incident, number: client.update_related_items(**item(incident, number)),
        1,
    ),
    "resource policies per response plan": (
        lambda client, plan, _, number: client.put_resource_policy(
            resourceArn=plan, policy=f'{{"Statement": [{number}]}}'
        ),
        0,
    ),
}
"""For each quota that nobody knows: a call that makes one more, and how many there are at first."""


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("way", ["direct", "http"])
def test_what_would_be_more_than_the_quota_is_refused(fake: fakeim.FakeIncidentManager, name: str, way: str) -> None:
    client: Any = fake.client()
    plan = make_plan(client)
    incident = start(client, plan)
    more, there = CALLS[name]
    assert fake.quotas[name] is None
    fake.quotas.set(name, there + 2)
    with client_on(way, fake) as client:
        for number in range(2):
            more(client, plan, incident, number)
        before = dump(fake)
        # None of these operations declares ServiceQuotaExceededException.
        told = refused(client, lambda client: more(client, plan, incident, 3))
        assert told == {"code": "ValidationException", "status": 400}
        assert dump(fake) == before
        fake.quotas.set(name, 0)  # what is there stays
        assert dump(fake) == before
        assert refused(client, lambda client: more(client, plan, incident, 3)) == told
        fake.quotas.set(name, None)
        more(client, plan, incident, 3)


def test_every_quota_is_tried_here() -> None:
    assert QUOTAS.keys() == {*CALLS, "replication sets", "regions per replication set", "tags per resource"}
    assert all(quota.operations <= load_api().operations.keys() for quota in QUOTAS.values())


def test_what_is_not_more_is_not_refused(fake: fakeim.FakeIncidentManager) -> None:
    client: Any = fake.client()
    plan = make_plan(client, template={"dedupeString": "same"})
    incident = start(client, plan)
    fake.quotas.set("open incidents", 1)
    assert start(client, plan) == incident  # which is the same
    client.update_incident_record(arn=incident, status="RESOLVED")
    second = start(client, plan)
    told = refused(client, lambda client: client.update_incident_record(arn=incident, status="OPEN"))
    assert told == {"code": "ValidationException", "status": 400}
    client.update_incident_record(arn=second, status="RESOLVED")
    client.update_incident_record(arn=incident, status="OPEN")
    fake.quotas.set("open incidents", 0)  # there are more already, and these do not make more
    client.update_incident_record(arn=incident, title="another")
    assert start(client, plan) == incident


def test_what_is_refused_leaves_the_failure_that_was_set(fake: fakeim.FakeIncidentManager) -> None:
    client: Any = fake.client()
    [arn] = client.list_replication_sets()["replicationSetArns"]
    add = {"addRegionAction": {"regionName": "eu-west-1"}}
    fake.transitions.fail("eu-west-1", "out of racks")
    with fake.quotas.set("regions per replication set", 1):
        assert refused(client, lambda client: client.update_replication_set(arn=arn, actions=[add]))
    client.update_replication_set(arn=arn, actions=[add])
    regions = client.get_replication_set(arn=arn)["replicationSet"]["regionMap"]
    assert regions["eu-west-1"]["statusMessage"] == "out of racks"


@pytest.mark.parametrize("way", WAYS)
def test_where_the_model_declares_it_the_quota_is_named(fake: fakeim.FakeIncidentManager, way: str) -> None:
    plan = make_plan(fake.client(), tags={"a": "1", "b": "2"})
    with client_on(way, fake) as client:
        fake.quotas.set("tags per resource", 1)
        client.tag_resource(resourceArn=plan, tags={"a": "3"})  # which are not more than before
        told = refused(client, lambda client: client.tag_resource(resourceArn=plan, tags={"c": "3"}))
        assert told is not None
        assert told.pop("quotaCode")
        assert told == {
            "code": "ServiceQuotaExceededException",
            "status": 402,
            "serviceCode": "ssm-incidents",
            "resourceIdentifier": plan,
        }
        fake.quotas.set("tags per resource", 60)
        for first in (0, 30):
            client.tag_resource(resourceArn=plan, tags={f"key-{first + number}": "" for number in range(29)})
        assert len(client.list_tags_for_resource(resourceArn=plan)["tags"]) == 60


def test_regions_and_replication_sets_can_only_be_fewer(fake: fakeim.FakeIncidentManager) -> None:
    client: Any = fake.client()
    [arn] = client.list_replication_sets()["replicationSetArns"]
    fake.quotas.set("regions per replication set", 1)
    added: Any = [{"addRegionAction": {"regionName": "us-west-2"}}]
    told = refused(client, lambda client: client.update_replication_set(arn=arn, actions=added))
    assert told == {"code": "ValidationException", "status": 400}
    client.delete_replication_set(arn=arn)
    two: Any = {"us-east-1": {}, "us-west-2": {}}
    told = refused(client, lambda client: client.create_replication_set(regions=two))
    assert told is not None
    assert (told["code"], told["resourceType"]) == ("ServiceQuotaExceededException", "REPLICATION_SET")
    with fake.quotas.set("replication sets", 0):
        assert refused(client, lambda client: client.create_replication_set(regions={"us-east-1": {}}))
    client.create_replication_set(regions={"us-east-1": {}})


@pytest.mark.parametrize(
    ("name", "limit", "told"),
    [
        ("open incident", 1, "did you mean open incidents?"),
        ("replication-sets", 1, "did you mean replication sets?"),
        ([], 1, r"no quota \[\]"),
        ("incidents", -1, "limit=-1: give 0 or more, or None for incidents"),
        ("incidents", True, "limit=True"),
        ("incidents", 1.5, "limit=1.5"),
        ("replication sets", 2, "limit=2: give 0 to 1 for replication sets"),
        ("regions per replication set", None, "give 0 to 3"),
    ],
)
def test_what_cannot_be_a_quota_is_told(fake: fakeim.FakeIncidentManager, name: Any, limit: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        fake.quotas.set(name, limit)
    assert not fake.quotas
    with pytest.raises(ValueError, match="did you mean open incidents"):
        fake.quotas["open incident"]


# -- throttling


@pytest.mark.parametrize("way", WAYS)
def test_who_asks_too_often_is_throttled(fake: fakeim.FakeIncidentManager, way: str) -> None:
    def ask(client: Any) -> dict[str, Any] | None:
        return refused(client, lambda client: client.list_response_plans())

    with client_on(way, fake) as client, fake.quotas.rate("ListResponsePlans", per_second=0.5, burst=2):
        assert [ask(client), ask(client)] == [None, None]
        told = ask(client)
        assert told is not None
        assert told.pop("quotaCode")
        assert told == {"code": "ThrottlingException", "status": 429, "serviceCode": "ssm-incidents"}
        client.list_incident_records()
        fake.clock.advance(milliseconds=1999)
        assert ask(client) is not None
        fake.clock.advance(milliseconds=1)
        assert ask(client) is None
        assert ask(client) is not None
        fake.clock.advance(minutes=1)
        assert [bool(ask(client)) for _ in range(3)] == [False, False, True]


@given(
    rate=st.sampled_from([0, 0.1, 0.3, 1, 2.5, 7, 1000]),
    burst=st.integers(1, 4),
    waits=st.lists(st.integers(0, 3000), max_size=30),
)
def test_no_more_pass_than_the_bucket_ever_held_and_it_fills_to_the_millisecond(
    rate: float, burst: int, waits: list[int]
) -> None:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze("2026-01-01")
    fake.quotas.rate("*", per_second=rate, burst=burst)
    client, thousandths, tenths = fake.client(), burst * 10_000, round(rate * 10)
    for wait in waits:
        fake.clock.advance(milliseconds=wait)
        thousandths = min(burst * 10_000, thousandths + wait * tenths)
        passes = thousandths >= 10_000
        thousandths -= 10_000 * passes
        assert (refused(client, lambda client: client.list_response_plans()) is None) == passes


def test_a_throttle_comes_before_all_else_and_changes_nothing(fake: fakeim.FakeIncidentManager) -> None:
    client: Any = fake.client()
    fake.quotas.rate("*", per_second=0, burst=1)
    fake.iam.deny("*")
    told = [refused(client, lambda client: client.get_response_plan(arn="")) for _ in range(2)]
    assert [each and each["code"] for each in told] == ["ValidationException", "ThrottlingException"]


def test_a_clock_that_goes_back_neither_fills_a_bucket_nor_empties_it(fake: fakeim.FakeIncidentManager) -> None:
    client: Any = fake.client()
    fake.quotas.rate("ListResponsePlans", per_second=1, burst=2)
    client.list_response_plans()
    fake.clock.move_to("2020-01-01")
    client.list_response_plans()
    assert refused(client, lambda client: client.list_response_plans())
    fake.clock.advance(seconds=1)
    client.list_response_plans()


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_botocores_retries_get_through_on_the_fakes_clock(fake: fakeim.FakeIncidentManager, mode: Any) -> None:
    plan = make_plan(fake.client())
    fake.clock.unfreeze()
    fake.quotas.rate("StartIncident", per_second=1, burst=1)
    with client_on("mock", fake, Config(retries={"mode": mode, "total_max_attempts": 10})) as client:
        before = fake.clock.now()
        for _ in range(4):
            start(client, plan)
    assert len(fake.calls.of("StartIncident", where=lambda call: call.error is None)) == 4
    assert fake.calls.failed("ThrottlingException")
    assert (fake.clock.now() - before).total_seconds() >= 3


def open_all(client: Any, plans: list[str]) -> int:
    """Open an incident of each plan; a bot that takes a throttle for a failure of the plan, and goes on."""
    opened = 0
    for plan in plans:
        try:
            start(client, plan)
        except ClientError:
            continue
        opened += 1
    return opened


def test_a_bot_that_takes_a_throttle_for_a_failure_is_found(fake: fakeim.FakeIncidentManager) -> None:
    plans = [make_plan(fake.client(), name) for name in ("one", "two", "three")]
    with fake.quotas.rate("StartIncident", per_second=1, burst=2):
        with client_on("mock", fake, ONCE) as client:
            assert open_all(client, plans) == 2  # and the third is never opened
        with client_on("mock", fake, Config(retries={"mode": "standard", "total_max_attempts": 10})) as client:
            assert open_all(client, plans) == 3


@pytest.mark.parametrize(
    ("operation", "options", "told"),
    [
        ("StartIncidents", {"per_second": 1}, "did you mean StartIncident?"),
        ([], {"per_second": 1}, "no operation"),
        ("StartIncident", {"per_second": -1}, "per_second=-1: give a number from 0 to 1000000"),
        ("StartIncident", {"per_second": "1"}, "per_second='1'"),
        ("StartIncident", {"per_second": float("nan")}, "per_second=nan"),
        ("StartIncident", {"per_second": float("inf")}, "per_second=inf"),
        ("StartIncident", {"per_second": 1.7e308}, "per_second=1.7e"),
        ("StartIncident", {"per_second": True}, "per_second=True"),
        ("StartIncident", {"per_second": 1, "burst": 0}, "burst=0: give 1 or more"),
        ("StartIncident", {"per_second": 1, "burst": 1.5}, "burst=1.5"),
    ],
)
def test_what_cannot_be_a_rate_is_told(
    fake: fakeim.FakeIncidentManager, operation: Any, options: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        fake.quotas.rate(operation, **options)
    assert not fake.quotas


# -- how it ends


def test_settings_end_with_their_block_by_themselves_or_with_all(fake: fakeim.FakeIncidentManager) -> None:
    client: Any = fake.client()
    fake.quotas.set("incidents", 5)
    with fake.quotas.set("incidents", 1), fake.quotas.set("open incidents", 2):
        assert fake.quotas["incidents"] == 1
    assert (fake.quotas["incidents"], fake.quotas["open incidents"]) == (5, None)
    fake.quotas.rate("ListResponsePlans", per_second=0, burst=1)
    with fake.quotas.rate("ListResponsePlans", per_second=1000):
        for _ in range(9):
            client.list_response_plans()
    client.list_response_plans()
    assert refused(client, lambda client: client.list_response_plans())
    over = fake.quotas.set("incidents", 2)
    over.remove()
    fake.quotas.set("incidents", 3)
    over.remove()  # which is over
    assert fake.quotas["incidents"] == 3
    for end in (fake.quotas.clear, fake.reset):
        fake.quotas.set("response plans", 0)
        fake.quotas.rate("*", per_second=0)
        end()
        assert not fake.quotas
        assert [fake.quotas["incidents"], fake.quotas["tags per resource"]] == [None, 50]
        make_plan(client, f"plan-{end.__name__}")
        client.list_response_plans()


def test_a_checkpoint_keeps_quotas_and_what_is_in_the_buckets(fake: fakeim.FakeIncidentManager) -> None:
    client: Any = fake.client()
    plain = Checkpoint(fake)
    fake.quotas.rate("ListResponsePlans", per_second=0)
    fake.quotas.set("response plans", 0)
    full = Checkpoint(fake)
    for _ in range(2):
        full.restore()
        assert [bool(refused(client, lambda client: client.list_response_plans())) for _ in range(2)] == [False, True]
        assert refused(client, make_plan)
    plain.restore()
    make_plan(client)
    assert not fake.quotas


def test_over_the_control_path(url: str) -> None:
    control(url, "quotas", {"set": {"name": "response plans", "limit": 1}})
    control(url, "quotas", {"rate": {"operation": "ListResponsePlans", "per_second": 0}})
    with client_of(url) as client:
        make_plan(client, "one")
        assert refused(client, lambda client: make_plan(client, "two"))
        client.list_response_plans()
        assert refused(client, lambda client: client.list_response_plans())
        control(url, "quotas", {"clear": True})
        make_plan(client, "two")
    assert "did you mean" in control(url, "quotas", {"set": {"name": "response plan", "limit": 1}}, 400)["error"]
    assert "missing" in control(url, "quotas", {"rate": {"operation": "StartIncident"}}, 400)["error"]
