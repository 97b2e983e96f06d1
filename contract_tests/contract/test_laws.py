"""Laws that hold for every operation, or for every kind of thing, alike.

Those of pages stand in ``test_pages.py``, those of tokens in ``test_client_tokens.py``; that any history of calls comes
to what the rules say, in ``test_reference.py``.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.budgets import examples
from contract_tests.strategies import broken, requests, valid
from contract_tests.support import ACCOUNT, answered, contents, fails, make_plan, spoil, start
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.contract.targets import ClientIn
    from contract_tests.support import Record
    from fakeim.spec.api import Shape

API = load_api()
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
POLICY = '{"Statement":[]}'
TEMPLATE = {
    "title": "title",
    "impact": 3,
    "summary": "summary",
    "incidentTags": {"a": "1"},
    "notificationTargets": [{"snsTopicArn": TOPIC}],
}
MEMBERS: dict[str, Any] = {
    "chatChannel": {"chatbotSns": [TOPIC]},
    "engagements": [f"arn:aws:ssm-contacts:us-east-1:{ACCOUNT}:contact/someone"],
    "tags": {"a": "1"},
}


class Things(NamedTuple):
    """What is there: one of each kind."""

    replication_set: str
    plan: str
    policy: str
    incident: str
    event: str
    item: Record

    @property
    def of_incident(self) -> Record:
        """Give the parameter that most operations on an incident have."""
        return {"incidentRecordArn": self.incident}

    @property
    def of_event(self) -> Record:
        """Give the parameters that name the event."""
        return {**self.of_incident, "eventId": self.event}


def everything(client: SSMIncidentsClient) -> Things:
    """Make one of everything."""
    (replication_set,) = client.list_replication_sets()["replicationSetArns"]
    plan = make_plan(client, template=TEMPLATE, **MEMBERS)
    incident = start(client, plan)
    event: Any = {"eventTime": NOON, "eventType": "Note", "eventData": "d", "eventReferences": [{"resource": plan}]}
    update: Any = {"itemToAdd": {"identifier": {"type": "OTHER", "value": {"url": "https://a.b"}}, "title": "t"}}
    client.update_related_items(incidentRecordArn=incident, relatedItemsUpdate=update)
    return Things(
        replication_set,
        plan,
        client.put_resource_policy(resourceArn=plan, policy=POLICY)["policyId"],
        incident,
        client.create_timeline_event(incidentRecordArn=incident, **event)["eventId"],
        update["itemToAdd"]["identifier"],
    )


CALLS: dict[str, Callable[[Things], Record]] = {
    "batch_get_incident_findings": lambda it: {**it.of_incident, "findingIds": ["f"]},
    "create_replication_set": lambda _: {"regions": {"us-east-1": {}}},
    "create_response_plan": lambda _: {"name": "new", "incidentTemplate": deepcopy(TEMPLATE), **deepcopy(MEMBERS)},
    "create_timeline_event": lambda it: {
        **it.of_incident,
        "eventTime": NOON,
        "eventType": "Note",
        "eventData": "d",
        "eventReferences": [{"resource": it.plan}],
    },
    "delete_incident_record": lambda it: {"arn": it.incident},
    "delete_replication_set": lambda it: {"arn": it.replication_set},
    "delete_resource_policy": lambda it: {"resourceArn": it.plan, "policyId": it.policy},
    "delete_response_plan": lambda it: {"arn": it.plan},
    "delete_timeline_event": lambda it: it.of_event,
    "get_incident_record": lambda it: {"arn": it.incident},
    "get_replication_set": lambda it: {"arn": it.replication_set},
    "get_resource_policies": lambda it: {"resourceArn": it.plan},
    "get_response_plan": lambda it: {"arn": it.plan},
    "get_timeline_event": lambda it: it.of_event,
    "list_incident_findings": lambda it: it.of_incident,
    "list_incident_records": lambda _: {},
    "list_related_items": lambda it: it.of_incident,
    "list_replication_sets": lambda _: {},
    "list_response_plans": lambda _: {},
    "list_tags_for_resource": lambda it: {"resourceArn": it.plan},
    "list_timeline_events": lambda it: it.of_incident,
    "put_resource_policy": lambda it: {"resourceArn": it.plan, "policy": '{"Statement":[],"Id":"new"}'},
    "start_incident": lambda it: {
        "responsePlanArn": it.plan,
        "triggerDetails": {"source": "s", "timestamp": NOON, "triggerArn": TOPIC},
        "relatedItems": [{"identifier": deepcopy(it.item)}],
    },
    "tag_resource": lambda it: {"resourceArn": it.incident, "tags": {"b": "2"}},
    "untag_resource": lambda it: {"resourceArn": it.incident, "tagKeys": ["a"]},
    "update_deletion_protection": lambda it: {"arn": it.replication_set, "deletionProtected": True},
    "update_incident_record": lambda it: {
        "arn": it.incident,
        "chatChannel": {"chatbotSns": [TOPIC, f"{TOPIC}-2"]},
        "notificationTargets": [{"snsTopicArn": f"{TOPIC}-2"}],
    },
    "update_related_items": lambda it: {**it.of_incident, "relatedItemsUpdate": {"itemToRemove": deepcopy(it.item)}},
    "update_replication_set": lambda it: {
        "arn": it.replication_set,
        "actions": [{"addRegionAction": {"regionName": "eu-west-1"}}],
    },
    "update_response_plan": lambda it: {
        "arn": it.plan,
        "chatChannel": {"chatbotSns": [f"{TOPIC}-2"]},
        "incidentTemplateNotificationTargets": [],
        "incidentTemplateTags": {"c": "3"},
    },
    "update_timeline_event": lambda it: {**it.of_event, "eventReferences": [{"resource": TOPIC}], "eventData": "new"},
}
"""A call of each operation that does something, or shows something."""
READS = [method for method in CALLS if method.startswith(("get", "list", "batch"))]
WRITES = [method for method in CALLS if method not in READS]
BREAKABLE = [method for method in CALLS if not broken(API.methods[method]).is_empty]
"""All but those whose parameters the model does not constrain."""


def call(client: SSMIncidentsClient, method: str, params: Record) -> Record:
    answer: Record = getattr(client, method)(**params)
    return answer


def few_examples(law: Callable[[], None]) -> None:
    """Try a law about one operation on a few examples: there are 31 operations."""
    examples(percent=3)(law)()


def prepared(client: SSMIncidentsClient, method: str) -> Record:
    """Make everything, and give the parameters of a call that can be done."""
    params = CALLS[method](everything(client))
    if method == "create_replication_set":
        (arn,) = client.list_replication_sets()["replicationSetArns"]
        client.delete_replication_set(arn=arn)
        client.get_waiter("wait_for_replication_set_deleted").wait(arn=arn)
    return params


# -- for every operation


@pytest.mark.modelled("§16: all 31 operations; 1.5")
@pytest.mark.parametrize("method", CALLS)
def test_each_call_is_answered_and_only_writes_change_something(client: SSMIncidentsClient, method: str) -> None:
    params = prepared(client, method)
    before = contents(client)
    status, _ = answered(call(client, method, params))
    assert status == API.methods[method].status
    assert (contents(client) != before) == (method in WRITES)


@pytest.mark.modelled("1.1: nothing is shared over the wire")
@pytest.mark.parametrize("method", CALLS)
def test_neither_what_was_passed_nor_what_came_is_the_account_itself(client: SSMIncidentsClient, method: str) -> None:
    params = prepared(client, method)
    answer = call(client, method, params)
    after = contents(client)
    spoil(params)
    spoil(answer)
    assert contents(client) == after


@pytest.mark.modelled("1.1: nothing is shared over the wire; that an answer is given again is ours: 17.37")
@pytest.mark.parametrize("method", [method for method in WRITES if API.methods[method].token])
def test_neither_is_what_a_client_token_remembers(client: SSMIncidentsClient, method: str) -> None:
    params = prepared(client, method) | {"clientToken": "token"}
    passed = deepcopy(params)
    answer = call(client, method, passed)
    first = deepcopy(answered(answer))
    spoil(passed)
    spoil(answer)
    for _ in range(2):
        again = call(client, method, deepcopy(params))
        assert answered(again) == first
        spoil(again)


@pytest.mark.modelled("Appendix A, §3.2: what breaks a constraint is invalid; that it changes nothing is ours")
@pytest.mark.parametrize("method", BREAKABLE)
def test_a_request_that_breaks_a_constraint_changes_nothing(client: SSMIncidentsClient, method: str) -> None:
    everything(client)
    before = contents(client)

    @given(broken(API.methods[method]))
    def law(request: Any) -> None:
        with pytest.raises(client.exceptions.ValidationException):
            call(client, method, request.value)

    few_examples(law)
    assert contents(client) == before


@pytest.mark.modelled("§3.2: the errors each operation declares; that they change nothing is ours")
@pytest.mark.parametrize("method", CALLS)
def test_a_refusal_is_declared_and_changes_nothing(client: SSMIncidentsClient, method: str) -> None:
    operation = API.methods[method]
    pool = met_by(everything(client))
    known = contents(client)

    @given(requests(operation, pool))
    def law(request: Record) -> None:
        before = known.copy()
        code = error_of(client, method, request)
        known.update(contents(client))
        assert code in {"", *operation.errors}
        assert known == before or (method in WRITES and not code)

    few_examples(law)


def error_of(client: SSMIncidentsClient, method: str, request: Record) -> str:
    """Call, and give the error's code, or nothing if there is none."""
    try:
        call(client, method, request)
    except ClientError as refused:
        return refused.response["Error"]["Code"]
    return ""


def met_by(there: Things) -> Record:
    """Give values for requests, by member or shape: what is there, and, oftener, what is not or does not fit it."""
    nowhere = f"arn:aws:ssm-incidents::{ACCOUNT}:incident-record/plan/0"
    foreign = there.plan.replace(ACCOUNT, "999999999999")
    return {
        "Arn": [there.replication_set, there.plan, there.incident, nowhere, foreign, TOPIC],
        "ClientToken": [""],
        "FilterKeyString": ["status", "eventType", "creationTime", "no key"],
        "NextToken": ["", "no token"],
        "PolicyId": [there.policy, "0"],
        "RegionName": ["us-east-1", "eu-west-1", "nowhere"],
        "ResponsePlanName": ["plan", "other"],
        "TimelineEventType": ["Note", "note"],
        "UUID": [there.event, "0"],
    }


UPDATES = ("update_incident_record", "update_response_plan", "update_timeline_event")


@pytest.mark.observed("1.10: members in alphabetical order")
@pytest.mark.parametrize("method", READS)
def test_members_are_in_alphabetical_order(client: SSMIncidentsClient, method: str) -> None:
    there = everything(client)
    client.update_response_plan(arn=there.plan, displayName="the plan")  # a member that was not there
    again: Any = {"itemToAdd": {"title": "again", "identifier": there.item}}
    client.update_related_items(incidentRecordArn=there.incident, relatedItemsUpdate=again)
    for update in UPDATES:
        call(client, update, CALLS[update](there))
    check_order(API.methods[method].output, answered(call(client, method, CALLS[method](there)))[1])


def check_order(shape: Shape, value: Any) -> None:
    """Check that the members of each structure in ``value`` are in alphabetical order."""
    if shape.type == "structure":
        assert list(value) == sorted(value)
        for name, member in value.items():
            check_order(shape.members[name], member)
    elif shape.element is not None:
        for element in value.values() if shape.type == "map" else value:
            check_order(shape.element, element)


# -- from one Region to another


@pytest.mark.assumption("as 4.35 for plans: in each Region of the set, all reads come to the same")
@pytest.mark.parametrize("method", READS)
def test_every_region_of_the_set_shows_the_same(client_in: ClientIn, method: str) -> None:
    here, there = client_in("us-east-1"), client_in("us-west-2")
    params = prepared(here, method)
    assert answered(call(here, method, params)) == answered(call(there, method, params))


@pytest.mark.assumption("as 4.35 for plans: what one Region of the set did, the other shows")
@pytest.mark.parametrize("method", WRITES)
def test_what_one_region_does_another_shows(client_in: ClientIn, method: str) -> None:
    here, there = client_in("us-east-1"), client_in("us-west-2")
    call(there, method, prepared(there, method) | ({"regions": HOME} if method == "create_replication_set" else {}))
    assert contents(here) == contents(there)


HOME: Record = {"us-east-1": {}, "us-west-2": {}}


@pytest.mark.observed("4.33a, §3.3")
def test_a_region_outside_of_the_set_finds_no_set(client_in: ClientIn) -> None:
    here, elsewhere = client_in("us-east-1"), client_in("eu-west-1")
    (arn,) = here.list_replication_sets()["replicationSetArns"]
    members = {"resourceType": "REPLICATION_SET", "resourceIdentifier": arn}
    with fails(elsewhere, "ResourceNotFoundException", **members):
        elsewhere.get_replication_set(arn=arn)


# -- get after create


@pytest.mark.inferred("§5.2: stored as given; but for an empty chat channel, which is none: 5.21")
def test_a_plan_has_what_it_was_given(client: SSMIncidentsClient) -> None:
    @given(requests(API.methods["create_response_plan"]))
    @examples(percent=40)
    def law(given: Record) -> None:
        given.pop("clientToken", None)  # two examples may have the same
        arn = client.create_response_plan(**given)["arn"]
        shown: Record = answered(client.get_response_plan(arn=arn))[1]
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == given.pop("tags", {})
        client.delete_response_plan(arn=arn)
        if "empty" in given.get("chatChannel", ()):
            del given["chatChannel"]
        assert shown == {"arn": arn, **given}

    law()


@pytest.mark.observed("7.9: the event as it was given; that its text need not be JSON is ours: 17.28")
def test_an_event_has_what_it_was_given(client: SSMIncidentsClient) -> None:
    incident = start(client, make_plan(client))
    times = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - drawn
    events = st.fixed_dictionaries(
        {
            "eventType": st.sampled_from(["Custom Event", "Note"]),
            "eventTime": times.map(lambda time: time.replace(microsecond=0)),
            "eventData": st.text(max_size=50),
        },
        optional={"eventReferences": valid(API.shape("EventReferenceList"))},
    )

    @given(events)
    @examples(percent=40)
    def law(given: Record) -> None:
        name: Any = {"incidentRecordArn": incident}
        name["eventId"] = client.create_timeline_event(**name, **given)["eventId"]
        shown: Record = dict(client.get_timeline_event(**name)["event"])
        client.delete_timeline_event(**name)
        if not given.get("eventReferences"):
            given.pop("eventReferences", None)
        assert shown == {**given, **name, "eventUpdatedTime": shown["eventUpdatedTime"]}

    law()


@pytest.mark.observed("8.1, 8.2: the item as it was given, and an id")
def test_a_related_item_has_what_it_was_given(client: SSMIncidentsClient) -> None:
    incident = start(client, make_plan(client))

    @given(valid(API.shape("RelatedItem")))
    @examples(percent=40)
    def law(given: Record) -> None:
        update: Any = {"itemToAdd": given}
        client.update_related_items(incidentRecordArn=incident, relatedItemsUpdate=update)
        items = client.list_related_items(incidentRecordArn=incident)["relatedItems"]
        (shown,) = [each for each in items if each["identifier"] == given["identifier"]]
        removal: Any = {"itemToRemove": given["identifier"]}
        client.update_related_items(incidentRecordArn=incident, relatedItemsUpdate=removal)
        assert len(client.list_related_items(incidentRecordArn=incident)["relatedItems"]) == len(items) - 1
        assert shown == {**given, "generatedId": shown["generatedId"]}

    law()


# -- get after delete

GONE: dict[str, list[str]] = {
    "delete_incident_record": ["get_incident_record", "list_incident_findings", "batch_get_incident_findings"],
    "delete_replication_set": ["get_replication_set", "get_response_plan", "get_incident_record", "get_timeline_event"],
    "delete_resource_policy": ["delete_resource_policy"],
    "delete_response_plan": ["get_response_plan", "get_resource_policies", "list_tags_for_resource", "start_incident"],
    "delete_timeline_event": ["get_timeline_event", "update_timeline_event"],
}
"""What does not find what each delete deleted."""


@pytest.mark.observed("§3.3, 4.9, §6.5; inferred or assumed for the rest: 17.27, 17.31, 17.35, 17.36")
@pytest.mark.parametrize("method", GONE)
def test_what_was_deleted_is_not_found(client: SSMIncidentsClient, method: str) -> None:
    it = everything(client)
    call(client, method, CALLS[method](it))
    if method == "delete_replication_set":
        client.get_waiter("wait_for_replication_set_deleted").wait(arn=it.replication_set)
    after = contents(client)
    for other in GONE[method]:
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            call(client, other, CALLS[other](it))
    assert contents(client) == after
    assert not any(text in repr(after) for text in CALLS[method](it).values() if text not in (it.plan, it.incident))


# -- filters


@pytest.mark.documented("7.13: all filters must be met; that bounds are exclusive is ours: 17.26")
def test_of_several_bounds_each_must_be_kept(client: SSMIncidentsClient) -> None:
    incident: Any = {"incidentRecordArn": start(client, make_plan(client))}
    moments = [NOON + timedelta(seconds=second) for second in range(5)]
    for moment in moments:
        client.create_timeline_event(**incident, eventType="Note", eventTime=moment, eventData="d")
    notes = {"key": "eventType", "condition": {"equals": {"stringValues": ["Note"]}}}

    @given(st.lists(st.tuples(st.sampled_from(["after", "before"]), st.sampled_from(moments)), min_size=2, max_size=4))
    @examples(percent=40)
    def law(bounds: list[tuple[str, datetime]]) -> None:
        filters: Any = [notes, *({"key": "eventTime", "condition": dict([bound])} for bound in bounds)]
        found = client.list_timeline_events(**incident, filters=filters, sortOrder="ASCENDING")["eventSummaries"]
        within = [m for m in moments if all(m > end if kind == "after" else m < end for kind, end in bounds)]
        assert [each["eventTime"] for each in found] == within

    law()


# -- tags

names, texts = st.sampled_from("abc"), st.sampled_from(["", "1", "2"])
of_each_kind = st.sampled_from(["replication_set", "plan", "incident"])
steps = st.tuples(of_each_kind, st.dictionaries(names, texts, min_size=1) | st.sets(names, min_size=1))


@pytest.mark.observed("§11: tagging adds and overwrites, untagging removes; each resource has its own")
def test_tags_are_a_map_of_each_resource(client: SSMIncidentsClient) -> None:
    there = everything(client)
    resources = {kind: getattr(there, kind) for kind in ("replication_set", "plan", "incident")}

    @given(st.lists(steps, max_size=8))
    @examples(percent=40)
    def law(history: list[tuple[str, Any]]) -> None:
        tags: dict[str, Record] = {}
        for kind, arn in resources.items():
            tags[kind] = {}
            client.untag_resource(resourceArn=arn, tagKeys=list("abc"))
        for kind, change in history:
            if isinstance(change, dict):
                client.tag_resource(resourceArn=resources[kind], tags=change)
                tags[kind] |= change
            else:
                client.untag_resource(resourceArn=resources[kind], tagKeys=sorted(change))
                tags[kind] = {name: text for name, text in tags[kind].items() if name not in change}
        assert {kind: client.list_tags_for_resource(resourceArn=arn)["tags"] for kind, arn in resources.items()} == tags

    law()
