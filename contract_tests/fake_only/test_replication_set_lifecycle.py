"""What a replication set passes through on its way (catalogue 4.5, 4.6, 4.39), seen with the fake's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import WaiterError

import fakeim
from contract_tests.support import body, contents, fails

if TYPE_CHECKING:
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.support import Record

START = datetime(2026, 1, 1, tzinfo=UTC)
EAST, WEST, IRELAND = "us-east-1", "us-west-2", "eu-west-1"
ADD: Any = {"addRegionAction": {"regionName": IRELAND}}
DELETE: Any = {"deleteRegionAction": {"regionName": WEST}}


@pytest.fixture
def new() -> fakeim.FakeIncidentManager:
    """Give an account without a set, whose changes wait for ``complete()``."""
    fake = fakeim.FakeIncidentManager(onboarded=False)
    fake.clock.freeze(START)
    fake.transitions.manual()
    return fake


@pytest.fixture
def fake(new: fakeim.FakeIncidentManager) -> fakeim.FakeIncidentManager:
    """Give an account with an ACTIVE set of two Regions, whose further changes wait for ``complete()``."""
    create(new.client())
    new.transitions.complete()
    return new


def create(client: SSMIncidentsClient) -> str:
    return client.create_replication_set(regions={EAST: {}, WEST: {}})["arn"]


def the_arn(client: SSMIncidentsClient) -> str:
    (arn,) = client.list_replication_sets()["replicationSetArns"]
    return arn


def the_set(client: SSMIncidentsClient) -> Record:
    return cast("Record", client.get_replication_set(arn=the_arn(client))["replicationSet"])


def statuses(client: SSMIncidentsClient) -> tuple[str, dict[str, str]]:
    """Give the status of the set, and that of each of its Regions."""
    found = the_set(client)
    return found["status"], {name: region["status"] for name, region in found["regionMap"].items()}


def make_plan(client: SSMIncidentsClient) -> str:
    return client.create_response_plan(name="plan", incidentTemplate={"title": "t", "impact": 1})["arn"]


# -- the way of each change


def test_create_passes_through_creating(new: fakeim.FakeIncidentManager) -> None:
    client = new.client()
    arn = create(client)
    assert (the_arn(client), statuses(client)) == (arn, ("CREATING", {EAST: "CREATING", WEST: "CREATING"}))
    new.transitions.complete()
    assert (the_arn(client), statuses(client)) == (arn, ("ACTIVE", {EAST: "ACTIVE", WEST: "ACTIVE"}))


def test_adding_a_region_passes_through_updating(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    client.update_replication_set(arn=the_arn(client), actions=[ADD])
    assert statuses(client) == ("UPDATING", {EAST: "ACTIVE", WEST: "ACTIVE", IRELAND: "CREATING"})
    fake.transitions.complete()
    assert statuses(client) == ("ACTIVE", {EAST: "ACTIVE", WEST: "ACTIVE", IRELAND: "ACTIVE"})


def test_deleting_a_region_passes_through_updating(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    client.update_replication_set(arn=the_arn(client), actions=[DELETE])
    assert statuses(client) == ("UPDATING", {EAST: "ACTIVE", WEST: "DELETING"})
    fake.transitions.complete()
    assert statuses(client) == ("ACTIVE", {EAST: "ACTIVE"})


def test_delete_passes_through_deleting(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    arn = the_arn(client)
    client.delete_replication_set(arn=arn)
    assert statuses(client) == ("DELETING", {EAST: "DELETING", WEST: "DELETING"})
    fake.transitions.complete()
    with fails(client, "ResourceNotFoundException", resourceType="REPLICATION_SET", resourceIdentifier=arn):
        client.get_replication_set(arn=arn)
    assert client.list_replication_sets()["replicationSetArns"] == []


def test_changes_end_at_once_unless_told_otherwise() -> None:
    client = fakeim.FakeIncidentManager(onboarded=False).client()
    create(client)
    assert statuses(client)[0] == "ACTIVE"


def test_immediate_ends_the_changes_to_come(fake: fakeim.FakeIncidentManager) -> None:
    fake.transitions.immediate()
    client = fake.client()
    client.update_replication_set(arn=the_arn(client), actions=[ADD])
    assert statuses(client)[0] == "ACTIVE"


def test_complete_ends_no_later_change(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    fake.transitions.complete()
    client.update_replication_set(arn=the_arn(client), actions=[ADD])
    assert statuses(client)[0] == "UPDATING"


# -- time


def test_a_change_ends_after_its_time_and_not_before(fake: fakeim.FakeIncidentManager) -> None:
    fake.transitions.after(seconds=90)
    client = fake.client()
    client.update_replication_set(arn=the_arn(client), actions=[ADD])
    fake.clock.advance(milliseconds=89_999)
    assert statuses(client)[0] == "UPDATING"
    fake.clock.advance(milliseconds=1)
    assert statuses(client)[0] == "ACTIVE"


def test_a_change_cannot_take_negative_time(fake: fakeim.FakeIncidentManager) -> None:
    with pytest.raises(ValueError, match="seconds=-1: give 0 or more"):
        fake.transitions.after(-1)


def test_a_region_tells_when_its_status_changed(fake: fakeim.FakeIncidentManager) -> None:
    fake.transitions.after(seconds=90)
    client = fake.client()
    began = START + timedelta(hours=1)
    fake.clock.move_to(began)
    client.update_replication_set(arn=the_arn(client), actions=[ADD])
    assert the_set(client)["regionMap"][IRELAND]["statusUpdateDateTime"] == began
    fake.clock.advance(hours=1)
    regions = the_set(client)["regionMap"]
    assert regions[IRELAND]["statusUpdateDateTime"] == began + timedelta(seconds=90)
    assert regions[EAST]["statusUpdateDateTime"] == START


def test_a_region_being_deleted_tells_since_when(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    fake.clock.advance(hours=1)
    client.update_replication_set(arn=the_arn(client), actions=[DELETE])
    assert the_set(client)["regionMap"][WEST]["statusUpdateDateTime"] == START + timedelta(hours=1)


def modified(client: SSMIncidentsClient) -> tuple[datetime, datetime]:
    found = the_set(client)
    return found["createdTime"], found["lastModifiedTime"]


def test_the_end_of_creation_is_no_modification(new: fakeim.FakeIncidentManager) -> None:
    client = new.client()
    create(client)
    new.clock.advance(hours=1)
    new.transitions.complete()
    assert statuses(client)[0] == "ACTIVE"
    assert modified(client) == (START, START)


def test_an_update_is_a_modification_and_its_end_is_none(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    fake.clock.advance(hours=1)
    client.update_replication_set(arn=the_arn(client), actions=[ADD])
    assert modified(client) == (START, START + timedelta(hours=1))
    fake.clock.advance(hours=1)
    fake.transitions.complete()
    assert modified(client) == (START, START + timedelta(hours=1))


def test_protection_is_a_modification_without_a_change_of_status(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    fake.clock.advance(hours=1)
    client.update_deletion_protection(arn=the_arn(client), deletionProtected=True)
    assert statuses(client)[0] == "ACTIVE"
    assert modified(client) == (START, START + timedelta(hours=1))


def test_a_region_can_be_deleted_before_it_is_a_day_old(fake: fakeim.FakeIncidentManager) -> None:
    fake.transitions.immediate()
    client = fake.client()
    fake.clock.advance(hours=23)
    client.update_replication_set(arn=the_arn(client), actions=[DELETE])
    assert statuses(client) == ("ACTIVE", {EAST: "ACTIVE"})


# -- waiters, which sleep on the fake's clock


def test_the_waiter_for_an_active_set_waits_until_it_is(new: fakeim.FakeIncidentManager) -> None:
    new.transitions.after(seconds=90)
    client = new.client()
    client.get_waiter("wait_for_replication_set_active").wait(arn=create(client))
    assert statuses(client)[0] == "ACTIVE"
    assert new.clock.now() == START + timedelta(seconds=90)


def test_the_waiter_for_a_deleted_set_waits_until_it_is_gone(fake: fakeim.FakeIncidentManager) -> None:
    fake.transitions.after(seconds=60)
    client = fake.client()
    arn = the_arn(client)
    client.delete_replication_set(arn=arn)
    client.get_waiter("wait_for_replication_set_deleted").wait(arn=arn)
    assert client.list_replication_sets()["replicationSetArns"] == []
    assert fake.clock.now() == START + timedelta(seconds=60)


@pytest.mark.parametrize("name", ["wait_for_replication_set_active", "wait_for_replication_set_deleted"])
def test_a_waiter_gives_up_after_five_looks(fake: fakeim.FakeIncidentManager, name: Any) -> None:
    client = fake.client()
    arn = the_arn(client)
    if name.endswith("active"):
        client.update_replication_set(arn=arn, actions=[ADD])
    else:
        client.delete_replication_set(arn=arn)
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        client.get_waiter(name).wait(arn=arn)
    assert fake.clock.now() == START + timedelta(seconds=120)


def test_the_waiter_for_an_active_set_stops_at_a_failed_one(new: fakeim.FakeIncidentManager) -> None:
    new.transitions.after(seconds=30)
    new.transitions.fail(WEST, "no capacity")
    client = new.client()
    arn = create(client)
    with pytest.raises(WaiterError, match="terminal failure"):
        client.get_waiter("wait_for_replication_set_active").wait(arn=arn)


# -- what is refused meanwhile


def begin(fake: fakeim.FakeIncidentManager, status: str) -> SSMIncidentsClient:
    """Bring the set of ``fake`` into ``status``."""
    client = fake.client()
    if status == "UPDATING":
        client.update_replication_set(arn=the_arn(client), actions=[ADD])
    else:
        client.delete_replication_set(arn=the_arn(client))
    if status in ("CREATING", "FAILED"):
        fake.transitions.complete()
        create(client)
    if status == "FAILED":
        fake.transitions.fail(WEST, "no capacity")
        fake.transitions.complete()
    assert statuses(client)[0] == status
    return client


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "DELETING", "FAILED"])
def test_only_an_active_set_is_updated(fake: fakeim.FakeIncidentManager, status: str) -> None:
    client = begin(fake, status)
    arn = the_arn(client)
    for action in (ADD, DELETE):
        with fails(client, "ConflictException", resourceType="REPLICATION_SET", resourceIdentifier=arn):
            client.update_replication_set(arn=arn, actions=[action])


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "DELETING"])
def test_a_set_under_way_is_not_protected(fake: fakeim.FakeIncidentManager, status: str) -> None:
    client = begin(fake, status)
    with fails(client, "ValidationException"):
        client.update_deletion_protection(arn=the_arn(client), deletionProtected=True)


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "DELETING"])
def test_a_set_under_way_is_not_deleted(fake: fakeim.FakeIncidentManager, status: str) -> None:
    client = begin(fake, status)
    with fails(client, "ValidationException"):
        client.delete_replication_set(arn=the_arn(client))


def test_a_failed_set_that_was_protected_can_be_unprotected_and_deleted(fake: fakeim.FakeIncidentManager) -> None:
    fake.transitions.immediate()
    client = fake.client()
    arn = the_arn(client)
    client.update_deletion_protection(arn=arn, deletionProtected=True)
    fake.transitions.fail("eu-west-1", "no key")
    client.update_replication_set(arn=arn, actions=[{"addRegionAction": {"regionName": "eu-west-1"}}])
    client.update_deletion_protection(arn=arn, deletionProtected=False)
    client.delete_replication_set(arn=arn)
    assert client.list_replication_sets()["replicationSetArns"] == []


def test_a_delete_that_fails_keeps_its_regions_and_can_be_repeated(fake: fakeim.FakeIncidentManager) -> None:
    fake.transitions.immediate()
    client = fake.client()
    arn = the_arn(client)
    before = client.get_replication_set(arn=arn)["replicationSet"]["regionMap"]
    fake.transitions.fail(next(reversed(before)), "key disabled")
    client.delete_replication_set(arn=arn)
    failed = client.get_replication_set(arn=arn)["replicationSet"]
    assert (failed["status"], failed["regionMap"].keys()) == ("FAILED", before.keys())
    client.delete_replication_set(arn=arn)
    assert client.list_replication_sets()["replicationSetArns"] == []


def test_a_failed_set_is_deleted(fake: fakeim.FakeIncidentManager) -> None:
    client = begin(fake, "FAILED")
    client.delete_replication_set(arn=the_arn(client))
    assert statuses(client) == ("DELETING", {EAST: "DELETING", WEST: "DELETING"})
    fake.transitions.complete()
    assert client.list_replication_sets()["replicationSetArns"] == []


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "FAILED"])
def test_a_second_set_exceeds_the_quota_in_every_status(fake: fakeim.FakeIncidentManager, status: str) -> None:
    client = begin(fake, status)
    with fails(
        client,
        "ServiceQuotaExceededException",
        quotaCode="L-REPLICATION-SETS",
        serviceCode="ssm-incidents",
        resourceType="REPLICATION_SET",
        resourceIdentifier=the_arn(client),
    ):
        create(client)


def test_a_new_set_conflicts_with_one_being_deleted(fake: fakeim.FakeIncidentManager) -> None:
    client = begin(fake, "DELETING")
    arn = the_arn(client)
    with fails(client, "ConflictException", resourceType="REPLICATION_SET", resourceIdentifier=arn):
        create(client)
    fake.transitions.complete()
    assert create(client) != arn


@pytest.mark.parametrize("status", ["CREATING", "DELETING", "FAILED"])
def test_no_plan_is_created_unless_the_set_works(fake: fakeim.FakeIncidentManager, status: str) -> None:
    client = begin(fake, status)
    with fails(client, "ResourceNotFoundException", resourceType="REPLICATION_SET"):
        make_plan(client)


def test_plans_are_created_and_started_while_a_region_is_added(fake: fakeim.FakeIncidentManager) -> None:
    client = begin(fake, "UPDATING")
    client.start_incident(responsePlanArn=make_plan(client))
    assert len(contents(client)["incidents"]) == 1


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "DELETING", "FAILED"])
def test_the_set_is_listed_in_every_status_and_region(fake: fakeim.FakeIncidentManager, status: str) -> None:
    arn = the_arn(begin(fake, status))
    assert the_arn(fake.client("ap-southeast-2")) == arn


def test_a_region_answers_get_as_soon_as_it_is_being_added(fake: fakeim.FakeIncidentManager) -> None:
    assert the_set(begin(fake, "UPDATING")) == the_set(fake.client(IRELAND))


# -- deletion of data


def test_data_is_gone_as_soon_as_deletion_begins(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    client.start_incident(responsePlanArn=make_plan(client))
    client.delete_replication_set(arn=the_arn(client))
    after = contents(client)
    assert not any(after[kind] for kind in after.keys() - {"replication sets", "tags"})


def test_the_set_keeps_its_tags_until_it_is_gone(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    arn = the_arn(client)
    client.tag_resource(resourceArn=arn, tags={"k": "v"})
    client.delete_replication_set(arn=arn)
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"k": "v"}
    fake.transitions.complete()
    with fails(client, "ResourceNotFoundException", resourceType="REPLICATION_SET", resourceIdentifier=arn):
        client.list_tags_for_resource(resourceArn=arn)


def test_a_replayed_create_changes_nothing_in_a_pending_set(new: fakeim.FakeIncidentManager) -> None:
    client = new.client()
    first = client.create_replication_set(regions={EAST: {}}, clientToken="t")["arn"]
    before = contents(client)
    assert body(client.create_replication_set(regions={EAST: {}}, clientToken="t")) == {"arn": first}
    assert contents(client) == before


# -- failure


def test_a_region_that_fails_makes_the_set_failed(new: fakeim.FakeIncidentManager) -> None:
    client = new.client()
    new.transitions.fail(WEST, "no capacity")
    create(client)
    new.transitions.complete()
    assert statuses(client) == ("FAILED", {EAST: "ACTIVE", WEST: "FAILED"})
    regions = the_set(client)["regionMap"]
    assert regions[WEST]["statusMessage"] == "no capacity"
    assert "statusMessage" not in regions[EAST]


def test_an_added_region_can_fail(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    fake.transitions.fail(IRELAND, "no capacity")
    client.update_replication_set(arn=the_arn(client), actions=[ADD])
    fake.transitions.complete()
    assert statuses(client) == ("FAILED", {EAST: "ACTIVE", WEST: "ACTIVE", IRELAND: "FAILED"})


def test_deletion_can_fail_and_be_tried_again(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    fake.transitions.fail(EAST, "key is disabled")
    client.delete_replication_set(arn=the_arn(client))
    fake.transitions.complete()
    assert statuses(client)[0] == "FAILED"
    assert the_set(client)["regionMap"][EAST]["statusMessage"] == "key is disabled"
    client.delete_replication_set(arn=the_arn(client))
    fake.transitions.complete()
    assert client.list_replication_sets()["replicationSetArns"] == []


def test_a_failure_is_for_the_next_change_alone(new: fakeim.FakeIncidentManager) -> None:
    client = new.client()
    new.transitions.immediate()
    new.transitions.fail(EAST, "no capacity")
    create(client)
    assert statuses(client)[0] == "FAILED"
    client.delete_replication_set(arn=the_arn(client))
    create(client)
    assert statuses(client)[0] == "ACTIVE"
