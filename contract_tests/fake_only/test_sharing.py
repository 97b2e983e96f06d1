"""fake.share_with: what another account may do with this one's plans and incidents, on every way in."""

from __future__ import annotations

from contextlib import closing
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

import fakeim
from contract_tests.fake_only.inspection import OPERATIONS, dump
from contract_tests.fake_only.over_http import client_of, control
from contract_tests.fake_only.shares import CALLER, CONSUMER, OWNER, TEN, share
from contract_tests.fake_only.ways_in import KEYS, ONCE, WAYS, client_on
from contract_tests.support import make_plan, start
from fakeim.service import actions
from fakeim.service.sharing import SHAREABLE
from fakeim.testing.checkpoint import Checkpoint


@pytest.fixture
def owner() -> fakeim.FakeIncidentManager:
    return fakeim.FakeIncidentManager(account_id=OWNER, seed=1)


@pytest.fixture
def consumer(owner: fakeim.FakeIncidentManager) -> fakeim.FakeIncidentManager:
    found = fakeim.FakeIncidentManager(account_id=CONSUMER, seed=2)
    owner.share_with(found)
    return found


def code(client: Any, method: str, **params: Any) -> str | None:
    try:
        getattr(client, method)(**params)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


# -- what consumers can do


@pytest.mark.parametrize("way", WAYS)
def test_a_consumer_works_on_the_owners_incidents(
    owner: fakeim.FakeIncidentManager, consumer: fakeim.FakeIncidentManager, way: str
) -> None:
    ours: Any = owner.client()
    plan = make_plan(ours, "shared")
    earlier = start(ours, plan)
    own = dump(consumer)
    share(ours, plan)
    with client_on(way, consumer) as client:
        incident = start(client, plan, title="from outside")
        client.update_incident_record(arn=incident, status="RESOLVED")
        event = {"eventTime": 0, "eventType": "Note", "eventData": "note"}
        made = client.create_timeline_event(incidentRecordArn=earlier, **event)["eventId"]
        client.update_timeline_event(incidentRecordArn=earlier, eventId=made, eventData="noted")
        link = {"identifier": {"type": "OTHER", "value": {"url": "https://example.org"}}}
        client.update_related_items(incidentRecordArn=earlier, relatedItemsUpdate={"itemToAdd": link})
        seen = [
            client.get_response_plan(arn=plan)["name"],
            client.get_incident_record(arn=earlier)["incidentRecord"]["arn"],
            client.get_timeline_event(incidentRecordArn=earlier, eventId=made)["event"]["eventData"],
            len(client.list_timeline_events(incidentRecordArn=earlier)["eventSummaries"]),
            len(client.list_related_items(incidentRecordArn=earlier)["relatedItems"]),
            client.list_incident_records()["incidentRecordSummaries"],
        ]
    assert seen == ["shared", earlier, "noted", 4, 2, []]
    record = ours.get_incident_record(arn=incident)["incidentRecord"]
    assert incident.startswith(f"arn:aws:ssm-incidents::{OWNER}:incident-record/shared/")
    assert (record["status"], record["title"], record["lastModifiedBy"]) == ("RESOLVED", "from outside", CALLER)
    assert record["incidentRecordSource"]["createdBy"] == CALLER
    assert ours.get_incident_record(arn=earlier)["incidentRecord"]["lastModifiedBy"] == CALLER
    assert dump(consumer) == own
    assert consumer.calls.last("StartIncident").result == {"incidentRecordArn": incident}
    assert not [each for each in owner.calls.of("StartIncident") if each.params.get("title")]


def test_the_ten_actions_can_be_shared_and_no_others(
    owner: fakeim.FakeIncidentManager, consumer: fakeim.FakeIncidentManager
) -> None:
    ours: Any = owner.client()
    plan = make_plan(ours, "shared", tags={"a": "1"})
    incident = start(ours, plan)
    share(ours, plan, action="ssm-incidents:*")
    given: dict[str, Any] = {
        "incidentRecordArn": incident,
        "resourceArn": plan,
        "responsePlanArn": plan,
        "eventId": "00000000-0000-0000-0000-000000000000",
        "eventData": "data",
        "eventTime": 0,
        "eventType": "Note",
        "findingIds": [],
        "policy": "{}",
        "policyId": "0" * 32,
        "relatedItemsUpdate": {"itemToRemove": {"type": "OTHER", "value": {"url": "https://example.org"}}},
        "tagKeys": ["a"],
        "tags": {"b": "2"},
    }
    refused = set()
    for each in OPERATIONS:
        kinds = actions.RESOURCES[each.name]
        if kinds and kinds != ("replication-set",):
            arn = plan if kinds == ("response-plan",) else incident
            params = {name: arn if name == "arn" else given[name] for name in each.input.required}
            before = dump(owner)
            if code(consumer.client(), each.method_name, **params) == "AccessDeniedException":
                refused.add(each.name)
                assert dump(owner) == before
    targeted = {name for name, kinds in actions.RESOURCES.items() if kinds and kinds != ("replication-set",)}
    assert targeted - refused == SHAREABLE == {each.partition(":")[2] for each in TEN}
    assert {"DeleteTimelineEvent", "ListTagsForResource", "PutResourcePolicy"} <= refused


# -- who may


@pytest.mark.parametrize("way", WAYS)
def test_it_takes_both_a_share_and_a_policy(
    owner: fakeim.FakeIncidentManager, consumer: fakeim.FakeIncidentManager, way: str
) -> None:
    ours = owner.client()
    shared, private = make_plan(ours, "shared"), make_plan(ours, "private")
    missing = f"{private}-not"
    policy = share(ours, shared)
    [made] = owner._dispatcher.admission.shares.lent  # noqa: SLF001
    with client_on(way, consumer) as client:
        for plan in (private, missing):  # which a consumer cannot tell apart
            with pytest.raises(client.exceptions.AccessDeniedException) as told:
                start(client, plan)
            action = "ssm-incidents:StartIncident"
            assert told.value.response["Error"]["Message"] == (
                f"User: {CALLER} is not authorized to perform: {action} on resource: {plan} "
                f"because no resource-based policy allows the {action} action"
            )
        assert code(client, "start_incident", responsePlanArn=shared) is None
        made.remove()
        assert code(client, "start_incident", responsePlanArn=shared) == "AccessDeniedException"
        with owner.share_with(consumer):
            assert code(client, "start_incident", responsePlanArn=shared) is None
            ours.delete_resource_policy(resourceArn=shared, policyId=policy)
            assert code(client, "start_incident", responsePlanArn=shared) == "AccessDeniedException"
            share(ours, shared)
        assert code(client, "start_incident", responsePlanArn=shared) == "AccessDeniedException"


ROLE, SESSION = f"arn:aws:iam::{CONSUMER}:role/bot", f"arn:aws:sts::{CONSUMER}:assumed-role/bot/session"


@pytest.mark.parametrize(
    ("principal", "allowed"),
    [
        ("*", {CALLER, SESSION}),
        ({"AWS": "*"}, {CALLER, SESSION}),
        ({"AWS": CONSUMER}, {CALLER, SESSION}),
        ({"AWS": [f"arn:aws:iam::{OWNER}:root", f"arn:aws:iam::{CONSUMER}:root"]}, {CALLER, SESSION}),
        ({"AWS": CALLER}, {CALLER}),
        ({"AWS": ROLE}, {SESSION}),
        ({"AWS": SESSION}, {SESSION}),
        ({"AWS": OWNER}, set()),
        ({"Service": "ssm-incidents.amazonaws.com"}, set()),
        ({"aws": CONSUMER}, set()),
    ],
)
def test_whom_a_policy_names(
    owner: fakeim.FakeIncidentManager, consumer: fakeim.FakeIncidentManager, principal: Any, allowed: set[str]
) -> None:
    plan = make_plan(owner.client())
    share(owner.client(), plan, principal)
    clients = {caller: consumer.client(caller=caller) for caller in (CALLER, SESSION)}
    assert {who for who, client in clients.items() if code(client, "get_response_plan", arn=plan) is None} == allowed


def test_all_policies_of_a_plan_count_and_a_denial_wins(
    owner: fakeim.FakeIncidentManager, consumer: fakeim.FakeIncidentManager
) -> None:
    ours, client = owner.client(), consumer.client()
    plan = make_plan(ours)
    share(ours, plan, action="ssm-incidents:GetResponsePlan")
    assert code(client, "start_incident", responsePlanArn=plan) == "AccessDeniedException"
    share(ours, plan, action="ssm-incidents:StartIncident")
    assert [code(client, "start_incident", responsePlanArn=plan), code(client, "get_response_plan", arn=plan)] == [
        None
    ] * 2
    share(ours, plan, effect="Deny")
    with pytest.raises(
        client.exceptions.AccessDeniedException, match="with an explicit deny in a resource-based policy"
    ):
        start(client, plan)


def test_a_policy_needs_the_incidents_as_well(
    owner: fakeim.FakeIncidentManager, consumer: fakeim.FakeIncidentManager
) -> None:
    ours, client = owner.client(), consumer.client()
    plan = make_plan(ours, "example-response")
    # As in the API reference's sample, whose second resource is not of the plan's incidents (catalogue §10).
    place = f"arn:aws:ssm-incidents:*:{OWNER}"
    share(
        ours, plan, Resource=[f"{place}:response-plan/example-response", f"{place}:incident-record/example-incident/*"]
    )
    incident = start(client, plan)
    assert code(client, "get_incident_record", arn=incident) == "AccessDeniedException"
    share(ours, plan)
    assert code(client, "get_incident_record", arn=incident) is None
    assert code(client, "get_incident_record", arn=f"{incident[:-1]}x") == "ResourceNotFoundException"
    ours.delete_response_plan(arn=plan)
    assert code(client, "get_incident_record", arn=incident) == "AccessDeniedException"


def test_a_policy_that_cannot_be_understood_allows_nothing_and_the_cause_says_why(
    owner: fakeim.FakeIncidentManager, consumer: fakeim.FakeIncidentManager
) -> None:
    client = consumer.client()
    plan = make_plan(owner.client())
    share(owner.client(), plan, Action="ssm-incidents:StrtIncident")
    with pytest.raises(client.exceptions.AccessDeniedException) as told:
        start(client, plan)
    assert "did you mean StartIncident?" in str(told.value.__cause__)


def test_the_consumers_own_settings_come_first(
    owner: fakeim.FakeIncidentManager, consumer: fakeim.FakeIncidentManager
) -> None:
    client = consumer.client(config=ONCE)
    plan = make_plan(owner.client())
    share(owner.client(), plan)
    denied = pytest.raises(client.exceptions.AccessDeniedException, match="identity-based")
    with consumer.iam.deny("ssm-incidents:StartIncident", resource=plan), denied:
        start(client, plan)
    with consumer.quotas.rate("StartIncident", per_second=0):
        assert [code(client, "start_incident", responsePlanArn=plan) for _ in range(2)] == [None, "ThrottlingException"]
    consumer.faults.lose_reply("StartIncident")
    with pytest.raises(ReadTimeoutError):
        start(client, plan, clientToken="token")
    again = start(client, plan, clientToken="token")
    owner.iam.deny("*")  # which is for its own callers
    assert code(client, "get_incident_record", arn=again) is None
    owner.iam.clear()
    assert len(owner.client().list_incident_records()["incidentRecordSummaries"]) == 2
    owner.quotas.set("incidents", 2)
    consumer.quotas.set("incidents", 0)
    assert code(client, "start_incident", responsePlanArn=plan) == "ValidationException"
    with owner.quotas.set("incidents", 3):
        assert code(client, "start_incident", responsePlanArn=plan) is None


# -- lists


def names(client: Any, size: int) -> list[str]:
    pages = client.get_paginator("list_response_plans").paginate(PaginationConfig={"PageSize": size})
    return [each["name"] for page in pages for each in page["responsePlanSummaries"]]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", [1, 2, 100])
def test_consumers_list_what_is_shared_after_their_own(
    owner: fakeim.FakeIncidentManager, consumer: fakeim.FakeIncidentManager, way: str, size: int
) -> None:
    third = fakeim.FakeIncidentManager(account_id="333344445555")
    third.share_with(consumer)
    for fake, prefix in ((third, "third"), (owner, "shared")):
        for number in range(3):
            plan = make_plan(fake.client(), f"{prefix}-{number}")
            if number != 1:
                share(fake.client(), plan)
    for name in ("own-0", "own-1"):
        make_plan(consumer.client(), name)
    with client_on(way, consumer) as client:
        assert names(client, size) == ["own-0", "own-1", "shared-0", "shared-2", "third-0", "third-2"]
        assert names(owner.client(), size) == ["shared-0", "shared-1", "shared-2"]


# -- together with the rest


def test_a_clock_of_both_moves_once_a_call() -> None:
    owner = fakeim.FakeIncidentManager(account_id=OWNER)
    consumer = fakeim.FakeIncidentManager(account_id=CONSUMER, clock=owner.clock)
    owner.share_with(consumer)
    plan = make_plan(owner.client())
    share(owner.client(), plan)
    owner.clock.freeze("2026-01-01T00:00:00Z")
    owner.clock.auto_advance(1)
    incident = start(consumer.client(), plan)
    assert owner.clock.now().second == 1
    assert owner.incidents[incident].creation_time == consumer.calls.last().time


@pytest.mark.parametrize("lag", ["lists_lag", "regions_lag"])
@pytest.mark.parametrize("late", ["owner", "consumer"])
def test_each_account_shows_its_own_plans_late_in_the_consumers_list(late: str, lag: str) -> None:
    owner, consumer = (
        fakeim.FakeIncidentManager(account_id=each, regions=["us-east-1", "eu-west-1"]) for each in (OWNER, CONSUMER)
    )
    owner.share_with(consumer)
    for fake in (owner, consumer):
        fake.clock.freeze("2026-01-01T00:00:00Z")
        share(fake.client(), make_plan(fake.client(), "early"))
    behind = owner if late == "owner" else consumer
    getattr(behind.consistency, lag)(5)
    for fake, name in ((consumer, "own"), (owner, "shared")):
        share(fake.client(), make_plan(fake.client(), name))
    client = consumer.client("eu-west-1")
    there = ["early", "own", "early", "shared"]
    assert names(client, 2) == [each for each in there if each != ("shared" if late == "owner" else "own")]
    behind.clock.advance(seconds=5)
    assert names(client, 2) == there


def test_two_accounts_that_call_each_other_do_not_wait_for_ever() -> None:
    one = fakeim.FakeIncidentManager(account_id=OWNER)
    two = fakeim.FakeIncidentManager(account_id=CONSUMER)
    one.share_with(two)
    two.share_with(one)
    plans = []
    for fake in (one, two):
        plans.append(make_plan(fake.client()))
        share(fake.client(), plans[-1], principal="*")

    def work(fake: fakeim.FakeIncidentManager, plan: str) -> None:
        client = fake.client()
        for _ in range(150):
            client.get_incident_record(arn=start(client, plan))

    pairs = [(one, plans[1]), (two, plans[0]), (one, plans[0]), (two, plans[1])]
    threads = [Thread(target=work, args=each, daemon=True) for each in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert [len(fake._world.state.incident_records) for fake in (one, two)] == [300, 300]  # noqa: SLF001


@pytest.mark.parametrize("caller", [None, f"arn:aws:iam::{CONSUMER}:user/bot"])
@pytest.mark.parametrize("method", ["get_response_plan", "list_response_plans"])
def test_a_call_that_came_before_the_share_waits_for_nobody(method: str, caller: str | None) -> None:
    owner, consumer = (fakeim.FakeIncidentManager(account_id=each) for each in (OWNER, CONSUMER))
    plan = make_plan(owner.client())
    share(owner.client(), plan, principal="*")
    client: Any = consumer.client(caller=caller)

    def meanwhile(_: Any) -> bool:  # the call has its own account's lock by now
        owner.share_with(consumer)
        return False

    params = {"arn": plan} if method == "get_response_plan" else {}
    fault = consumer.faults.inject("*", "ThrottlingException", when=meanwhile)
    with owner._dispatcher.lock:  # noqa: SLF001 - as a call of the owner's would have it that waits for the consumer's
        thread = Thread(target=code, args=(client, method), kwargs=params, daemon=True)
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
    assert consumer.calls.last().error == ("AccessDeniedException" if params else None)
    fault.remove()
    assert code(client, "get_response_plan", arn=plan) is None


@pytest.mark.parametrize("ending", ["owner", "consumer"])
def test_a_reset_of_either_ends_the_share(
    owner: fakeim.FakeIncidentManager, consumer: fakeim.FakeIncidentManager, ending: str
) -> None:
    (owner if ending == "owner" else consumer).reset()
    plan = make_plan(owner.client())
    share(owner.client(), plan)
    assert code(consumer.client(), "get_response_plan", arn=plan) == "AccessDeniedException"
    owner.share_with(consumer)
    assert code(consumer.client(), "get_response_plan", arn=plan) is None


@pytest.mark.parametrize("kept", ["owner", "consumer"])
def test_a_checkpoint_of_either_goes_back_before_the_share(kept: str) -> None:
    owner, consumer = (fakeim.FakeIncidentManager(account_id=each) for each in (OWNER, CONSUMER))
    plan = make_plan(owner.client())
    share(owner.client(), plan)
    point = Checkpoint(owner if kept == "owner" else consumer)
    for _ in range(2):
        owner.share_with(consumer)
        assert code(consumer.client(), "get_response_plan", arn=plan) is None
        point.restore()
        assert code(consumer.client(), "get_response_plan", arn=plan) == "AccessDeniedException"


def test_over_http(owner: fakeim.FakeIncidentManager, consumer: fakeim.FakeIncidentManager) -> None:
    consumer.reset()
    with owner.serve(accounts={"AKIAOTHER": consumer}) as url, client_of(url) as ours:
        plan = make_plan(ours)
        share(ours, plan)
        keys: Any = {**KEYS, "aws_access_key_id": "AKIAOTHER"}
        other: Any = boto3.client("ssm-incidents", endpoint_url=url, config=ONCE, **keys)
        with closing(other):
            assert code(other, "get_response_plan", arn=plan) == "AccessDeniedException"
            control(url, "sharing", {"share_with": "AKIAOTHER"})
            incident = start(other, plan)
        assert ours.get_incident_record(arn=incident)["incidentRecord"]["lastModifiedBy"] == CALLER
        told = control(url, "sharing", {"share_with": "AKIAOTHR"}, 400)["error"]
        assert "did you mean AKIAOTHER?" in told
        assert "already" in control(url, "sharing", {"share_with": "AKIAOTHER"}, 400)["error"]


def test_who_cannot_share_is_told(owner: fakeim.FakeIncidentManager, consumer: fakeim.FakeIncidentManager) -> None:
    with pytest.raises(ValueError, match="222233334444 has a share of 111122223333 already"):
        owner.share_with(consumer)
    for other in (owner, fakeim.FakeIncidentManager(account_id=OWNER)):
        with pytest.raises(ValueError, match="both accounts are 111122223333"):
            owner.share_with(other)
    with pytest.raises(ValueError, match="an account in aws cannot share with one in aws-cn"):
        owner.share_with(fakeim.FakeIncidentManager(account_id=CONSUMER, regions=["cn-north-1"]))
    with pytest.raises(TypeError, match="consumer='222233334444': give another FakeIncidentManager"):
        owner.share_with(CONSUMER)  # type: ignore[arg-type]


# -- what it finds


def open_by_name(client: Any, account_id: str, name: str) -> str:
    """Open an incident; a bot that makes the plan's ARN of its own account's number."""
    return start(client, f"arn:aws:ssm-incidents::{account_id}:response-plan/{name}")


def open_listed(client: Any, name: str) -> str:
    """Open an incident; a bot that looks where the plan is."""
    pages = client.get_paginator("list_response_plans").paginate()
    plans = {each["name"]: each["arn"] for page in pages for each in page["responsePlanSummaries"]}
    return start(client, plans[name])


def test_a_bot_that_only_knows_its_own_plans_is_found(
    owner: fakeim.FakeIncidentManager, consumer: fakeim.FakeIncidentManager
) -> None:
    share(owner.client(), make_plan(owner.client(), "shared"))
    client = consumer.client()
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        open_by_name(client, CONSUMER, "shared")
    assert OWNER in open_listed(client, "shared")
