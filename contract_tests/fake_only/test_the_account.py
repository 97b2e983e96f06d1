"""What FakeIncidentManager takes and refuses, and that a call is done wholly or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from threading import Barrier
from typing import Any

import pytest
from botocore.config import Config

import fakeim
from contract_tests.fake_only.inspection import dump
from fakeim.service import related_items
from fakeim.spec.api import once

DEPLOYMENT: dict[str, Any] = {
    "deploymentGroupArn": "arn:aws:codedeploy:us-east-1:123456789012:deploymentgroup:app/group",
    "deploymentId": "d-1",
    "startTime": 0,
}


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    return fakeim.FakeIncidentManager()


@pytest.fixture
def incident(fake: fakeim.FakeIncidentManager) -> str:
    client = fake.client()
    plan = client.create_response_plan(name="plan", incidentTemplate={"title": "t", "impact": 1})
    return client.start_incident(responsePlanArn=plan["arn"])["incidentRecordArn"]


def resources(fake: fakeim.FakeIncidentManager) -> dict[str, Any]:
    """Give all but which ids come next: an interrupted call may have drawn some."""
    return {name: value for name, value in dump(fake).items() if name != "chance"}


# -- made


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"account_id": 123456789012}, "account_id=123456789012: give twelve digits"),
        ({"account_id": "1"}, "account_id='1': give twelve digits"),
        ({"account_id": None}, "account_id=None"),
        ({"regions": ()}, "give 1 to 3 different Regions"),
        ({"regions": None}, "give names of Regions in order"),
        ({"regions": [1]}, "give names of Regions in order"),
        ({"regions": {"us-east-1"}}, "give names of Regions in order"),
        ({"regions": ["moon"]}, r"regions=\['moon'\]: give names of Regions in order"),
        ({"regions": "moon"}, "regions='moon': give names of Regions in order"),
        ({"regions": ["us-east-1", "us-east-1"]}, "different Regions"),
        ({"regions": ["us-east-1", "us-east-2", "us-west-1", "us-west-2"]}, "give 1 to 3"),
        ({"regions": ["us-east-1", "cn-north-1"]}, "cannot span partitions"),
    ],
)
def test_a_wrong_argument_is_named(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        fakeim.FakeIncidentManager(**arguments)


def test_regions_are_plain_texts_whoever_named_them_first() -> None:
    class Place(StrEnum):
        OREGON = "us-west-2"

    for given in (Place.OREGON, [Place.OREGON], ["us-west-2"]):
        (arn,) = (client := fakeim.FakeIncidentManager(regions=given).client()).list_replication_sets()[
            "replicationSetArns"
        ]
        (region,) = client.get_replication_set(arn=arn)["replicationSet"]["regionMap"]
        assert type(region) is str


def test_a_clock_has_to_be_a_clock() -> None:
    wrong: Any = "2026-01-01"
    with pytest.raises(TypeError, match="clock='2026-01-01'"):
        fakeim.FakeIncidentManager(clock=wrong)


def test_a_client_is_where_its_config_says(fake: fakeim.FakeIncidentManager) -> None:
    config = Config(region_name="eu-west-1")
    assert fake.client(config=config).meta.region_name == "eu-west-1"
    assert fake.client("us-west-2", config=config).meta.region_name == "us-west-2"
    assert fake.client().meta.region_name == "us-east-1"


# -- reset and restore


def test_a_reset_account_is_as_at_first(fake: fakeim.FakeIncidentManager, incident: str) -> None:
    fake.clock.freeze("2026-01-01")
    fresh = fakeim.FakeIncidentManager(clock=fake.clock)
    transitions = fake.transitions
    transitions.manual()
    transitions.fail("us-east-1", "no")
    fake.unreadable_secrets.add("secret")
    fake.reset()
    fake.clock.freeze("2026-01-01")
    client = fake.client()
    first = client.list_incident_records()
    assert first["incidentRecordSummaries"] == []
    assert first["ResponseMetadata"] == fresh.client().list_incident_records()["ResponseMetadata"]
    assert fake.transitions is transitions
    assert not fake.unreadable_secrets
    [arn] = client.list_replication_sets()["replicationSetArns"]
    client.delete_replication_set(arn=arn)
    assert client.list_replication_sets()["replicationSetArns"] == []
    assert incident not in dump(fake)


def test_a_snapshot_of_another_partition_is_refused(fake: fakeim.FakeIncidentManager) -> None:
    other = fakeim.FakeIncidentManager(regions=["cn-north-1"])
    with pytest.raises(ValueError, match="aws-cn:123456789012 cannot be restored in aws:123456789012"):
        fake.restore(other.snapshot())


# -- findings


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"code_deploy_deployment": {}},
        {"code_deploy_deployment": DEPLOYMENT | {"startTime": "soon"}},
        {"code_deploy_deployment": DEPLOYMENT | {"startTime": float("inf")}},
        {"code_deploy_deployment": DEPLOYMENT | {"deploymentId": "d" * 129}},
        {"code_deploy_deployment": DEPLOYMENT | {"deploymentGroupArn": "group"}},
        {"code_deploy_deployment": DEPLOYMENT, "cloud_formation_stack_update": {"stackArn": "a", "startTime": 0}},
    ],
)
def test_what_is_no_finding_is_not_added(
    fake: fakeim.FakeIncidentManager, incident: str, details: dict[str, Any]
) -> None:
    before = dump(fake)
    with pytest.raises(ValueError, match=r"finding|constraint"):
        fake.add_finding(incident, **details)
    assert dump(fake) == before


@pytest.mark.parametrize("arn", ["", "x", None, "arn:aws:ssm-incidents::123456789012:incident-record/plan/none"])
def test_a_finding_needs_an_incident(fake: fakeim.FakeIncidentManager, arn: Any) -> None:
    with pytest.raises(ValueError, match=r"ARN|not exist"):
        fake.add_finding(arn, code_deploy_deployment=DEPLOYMENT)


def test_a_finding_takes_its_time_as_a_call_does(fake: fakeim.FakeIncidentManager, incident: str) -> None:
    fake.clock.freeze("2026-01-01")
    fake.clock.auto_advance(1)
    before = fake.clock.now()
    fake.add_finding(incident, code_deploy_deployment=DEPLOYMENT)
    assert (fake.clock.now() - before).total_seconds() == 1


# -- clocks


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_no_time_goes_backward_or_has_no_end(fake: fakeim.FakeIncidentManager, seconds: float) -> None:
    for wait in (fake.clock.sleep, fake.clock.auto_advance, fake.transitions.after):
        with pytest.raises(ValueError, match="give 0 or more"):
            wait(seconds)


def test_a_clock_does_not_go_beyond_the_calendar(fake: fakeim.FakeIncidentManager) -> None:
    with pytest.raises(ValueError, match="cannot go beyond"):
        fake.clock.advance(days=365 * 10_000)


# -- wholly or not at all


def test_an_interrupt_undoes_the_call(
    fake: fakeim.FakeIncidentManager, incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    client, before = fake.client(), resources(fake)
    monkeypatch.setattr(related_items, "attach_parent", interrupt)
    plan = incident.replace("incident-record", "response-plan").rpartition("/")[0]
    with pytest.raises(KeyboardInterrupt):
        client.start_incident(responsePlanArn=plan)
    client.list_incident_records()
    assert resources(fake) == before


def test_what_is_made_once_is_made_once_by_many_threads() -> None:
    barrier = Barrier(8, timeout=60)
    get = once(object)

    def race(_: int) -> object:
        barrier.wait()
        return get()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(race, range(8)))) == 1
