"""Tags of response plans, incident records and the replication set (catalogue §11)."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from contract_tests.budgets import examples
from contract_tests.support import answered, fails

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.contract.targets import ClientIn
    from contract_tests.support import Record

UNCHECKED = Config(parameter_validation=False)
ACCOUNT = "arn:aws:ssm-incidents::123456789012:"
MISSING = {
    "RESPONSE_PLAN": ACCOUNT + "response-plan/missing",
    "INCIDENT_RECORD": ACCOUNT + "incident-record/missing/11111111-1111-1111-1111-111111111111",
    "REPLICATION_SET": ACCOUNT + "replication-set/00000000-0000-4000-8000-000000000000",
}
CALLS: dict[str, Callable[[Any, str], object]] = {
    "list": lambda client, arn: client.list_tags_for_resource(resourceArn=arn),
    "tag": lambda client, arn: client.tag_resource(resourceArn=arn, tags={"k": "v"}),
    "untag": lambda client, arn: client.untag_resource(resourceArn=arn, tagKeys=["k"]),
}
LETTERS = string.ascii_letters + string.digits + " _=@:.+-/,"
"""What keys and values are made of; the pattern's ``+-/`` is a range, which has the comma in it."""
EXAMPLES = examples(percent=40, suppress_health_check=(HealthCheck.function_scoped_fixture,))
"""For properties whose examples each begin with ``emptied``."""

few_tags = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "1", "2"]), min_size=1)
few_keys = st.sets(st.sampled_from("abcd"), min_size=1).map(sorted)


def make_plan(client: SSMIncidentsClient, **template: Any) -> str:
    given: Any = {"title": "t", "impact": 5, **template}
    return client.create_response_plan(name="plan", incidentTemplate=given)["arn"]


def make_incident(client: SSMIncidentsClient) -> str:
    return client.start_incident(responsePlanArn=make_plan(client))["incidentRecordArn"]


def the_replication_set(client: SSMIncidentsClient) -> str:
    (arn,) = client.list_replication_sets()["replicationSetArns"]
    return arn


every_kind = pytest.mark.parametrize("make", [make_plan, make_incident, the_replication_set])


def tags_of(client: SSMIncidentsClient, arn: str) -> dict[str, str]:
    return client.list_tags_for_resource(resourceArn=arn)["tags"]


def emptied(client: SSMIncidentsClient) -> str:
    """Give a resource without tags, the same for every example of a property."""
    arn = the_replication_set(client)
    if tags_of(client, arn):
        client.untag_resource(resourceArn=arn, tagKeys=list(tags_of(client, arn)))
    return arn


def numbered(number: int) -> dict[str, str]:
    return {f"key-{index}": "value" for index in range(number)}


# -- the three operations


@pytest.mark.observed("§11")
@every_kind
def test_a_resource_without_tags_lists_an_empty_map(
    client: SSMIncidentsClient, make: Callable[[SSMIncidentsClient], str]
) -> None:
    assert answered(client.list_tags_for_resource(resourceArn=make(client))) == (200, {"tags": {}})


@pytest.mark.documented("§11; observed for incidents and the replication set: 6.12, 4.37")
@every_kind
def test_each_kind_of_resource_is_tagged_and_untagged(
    client: SSMIncidentsClient, make: Callable[[SSMIncidentsClient], str]
) -> None:
    arn = make(client)
    assert answered(client.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})) == (204, {})
    assert answered(client.list_tags_for_resource(resourceArn=arn)) == (200, {"tags": {"a": "1", "b": "2"}})
    assert answered(client.untag_resource(resourceArn=arn, tagKeys=["a"])) == (204, {})
    assert tags_of(client, arn) == {"b": "2"}


@pytest.mark.observed("§11")
@given(first=few_tags, second=few_tags)
@EXAMPLES
def test_tagging_adds_and_overwrites(client: SSMIncidentsClient, first: dict[str, str], second: dict[str, str]) -> None:
    arn = emptied(client)
    client.tag_resource(resourceArn=arn, tags=first)
    client.tag_resource(resourceArn=arn, tags=second)
    assert tags_of(client, arn) == first | second


@pytest.mark.assumption("keys are case-sensitive, as the tags of AWS are in general")
def test_keys_that_differ_in_case_are_different(client: SSMIncidentsClient) -> None:
    arn = emptied(client)
    client.tag_resource(resourceArn=arn, tags={"Team": "a", "team": "b"})
    assert tags_of(client, arn) == {"Team": "a", "team": "b"}
    client.untag_resource(resourceArn=arn, tagKeys=["TEAM", "team"])
    assert tags_of(client, arn) == {"Team": "a"}


@pytest.mark.observed("§11")
@given(tags=few_tags, keys=few_keys)
@EXAMPLES
def test_untagging_removes_the_keys_that_are_there(
    client: SSMIncidentsClient, tags: dict[str, str], keys: list[str]
) -> None:
    arn = emptied(client)
    client.tag_resource(resourceArn=arn, tags=tags)
    for _ in range(2):
        assert answered(client.untag_resource(resourceArn=arn, tagKeys=keys)) == (204, {})
        assert tags_of(client, arn) == {key: value for key, value in tags.items() if key not in keys}


@pytest.mark.observed("§11, 4.37")
@every_kind
def test_values_may_be_empty(client: SSMIncidentsClient, make: Callable[[SSMIncidentsClient], str]) -> None:
    arn = make(client)
    client.tag_resource(resourceArn=arn, tags={"a": "1", "b": ""})
    client.tag_resource(resourceArn=arn, tags={"a": ""})
    assert tags_of(client, arn) == {"a": "", "b": ""}


@pytest.mark.documented("§11: tags are a resource's own")
def test_tags_of_one_resource_are_not_those_of_another(client: SSMIncidentsClient) -> None:
    incident = make_incident(client)
    arns = [ACCOUNT + "response-plan/plan", incident, the_replication_set(client)]
    for number, arn in enumerate(arns):
        client.tag_resource(resourceArn=arn, tags={"number": str(number)})
    client.untag_resource(resourceArn=arns[0], tagKeys=["number"])
    assert [tags_of(client, arn) for arn in arns] == [{}, {"number": "1"}, {"number": "2"}]


@pytest.mark.assumption("as 4.35 for plans: a resource's tags are the same in all Regions of the set")
@every_kind
def test_tags_are_the_same_in_each_region_of_the_set(
    client_in: ClientIn, make: Callable[[SSMIncidentsClient], str]
) -> None:
    east, west = client_in("us-east-1"), client_in("us-west-2")
    arn = make(east)
    east.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
    west.untag_resource(resourceArn=arn, tagKeys=["b"])
    assert tags_of(east, arn) == tags_of(west, arn) == {"a": "1"}


@pytest.mark.modelled("1.1: nothing is shared over the wire")
def test_neither_request_nor_answer_is_the_tags_themselves(client: SSMIncidentsClient) -> None:
    arn, tags = the_replication_set(client), {"a": "1"}
    client.tag_resource(resourceArn=arn, tags=tags)
    tags["b"] = "2"
    tags_of(client, arn)["c"] = "3"
    assert tags_of(client, arn) == {"a": "1"}


# -- what resources begin and end with


@pytest.mark.documented("§11, 5.11")
def test_a_plan_is_created_with_tags(client: SSMIncidentsClient) -> None:
    tags = {"alchemy::id": "1", "account-email": "a@b.c", "empty": ""}
    arn = client.create_response_plan(name="p", incidentTemplate={"title": "t", "impact": 5}, tags=tags)["arn"]
    assert tags_of(client, arn) == tags


@pytest.mark.documented("§11")
def test_an_incident_begins_with_the_tags_of_the_template(client: SSMIncidentsClient) -> None:
    plan = make_plan(client, incidentTags={"team": "a"})
    client.tag_resource(resourceArn=plan, tags={"plan": "p"})
    incident = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
    assert tags_of(client, incident) == {"team": "a"}
    assert tags_of(client, plan) == {"plan": "p"}


@pytest.mark.documented("§11: applied at StartIncident")
def test_the_tags_of_an_incident_and_of_its_template_part_at_the_start(client: SSMIncidentsClient) -> None:
    plan = make_plan(client, incidentTags={"team": "a"})
    incident = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
    client.tag_resource(resourceArn=incident, tags={"more": "b"})
    assert client.get_response_plan(arn=plan)["incidentTemplate"]["incidentTags"] == {"team": "a"}
    client.update_response_plan(arn=plan, incidentTemplateTags={"team": "c"})
    assert tags_of(client, incident) == {"team": "a", "more": "b"}


@pytest.mark.assumption("17.27, 17.36: as of a resource that never was")
def test_a_deleted_resource_has_no_tags_to_list(client: SSMIncidentsClient) -> None:
    incident, plan = make_incident(client), ACCOUNT + "response-plan/plan"
    for arn in (incident, plan):
        client.tag_resource(resourceArn=arn, tags={"k": "v"})
    client.delete_incident_record(arn=incident)
    client.delete_response_plan(arn=plan)
    for arn, kind in ((incident, "INCIDENT_RECORD"), (plan, "RESPONSE_PLAN")):
        with fails(client, "ResourceNotFoundException", resourceType=kind, resourceIdentifier=arn):
            client.list_tags_for_resource(resourceArn=arn)


# -- limits


@pytest.mark.modelled("§11")
@given(tags=st.dictionaries(st.text(LETTERS, min_size=1, max_size=128), st.text(LETTERS, max_size=256), min_size=1))
@EXAMPLES
def test_keys_and_values_are_of_these_characters(client: SSMIncidentsClient, tags: dict[str, str]) -> None:
    tags = {key.replace("aws:", "AWS:"): value for key, value in tags.items()}
    arn = emptied(client)
    client.tag_resource(resourceArn=arn, tags=tags)
    assert tags_of(client, arn) == tags


@pytest.mark.modelled("§11")
@given(
    start=st.text("abc", max_size=3),
    other=st.characters(codec="utf-8", exclude_characters=LETTERS),
    end=st.text("abc", max_size=3),
)
@EXAMPLES
def test_other_characters_are_refused(client: SSMIncidentsClient, start: str, other: str, end: str) -> None:
    wrong = start + other + end
    for tags in ({wrong: "v"}, {"k": wrong}):
        with fails(client, "ValidationException"):
            client.tag_resource(resourceArn=the_replication_set(client), tags=tags)
    with fails(client, "ValidationException"):
        client.untag_resource(resourceArn=the_replication_set(client), tagKeys=[wrong])


@pytest.mark.modelled("§11")
@pytest.mark.parametrize("key", ["aws:", "aws:k"])
def test_keys_that_begin_with_aws_are_refused(client: SSMIncidentsClient, key: str) -> None:
    arn = the_replication_set(client)
    with fails(client, "ValidationException"):
        client.tag_resource(resourceArn=arn, tags={key: "v", "k": "v"})
    with fails(client, "ValidationException"):
        client.untag_resource(resourceArn=arn, tagKeys=[key])


@pytest.mark.modelled("§11")
@pytest.mark.parametrize("key", ["aws", "AWS:k", "my-aws:k", " aws:k"])
def test_keys_that_only_resemble_those_of_aws_are_taken(client: SSMIncidentsClient, key: str) -> None:
    arn = the_replication_set(client)
    client.tag_resource(resourceArn=arn, tags={key: "aws:v"})
    assert tags_of(client, arn) == {key: "aws:v"}


WITHIN: list[dict[str, str]] = [{"k" * 128: ""}, {"k": "v" * 256}, numbered(1), numbered(50)]
BEYOND: list[dict[str, str]] = [{"k" * 129: ""}, {"k": "v" * 257}, {"": ""}, numbered(51), {}]


def short(value: object) -> str:
    return repr(value)[:30]


@pytest.mark.modelled("§11, Appendix A")
@pytest.mark.parametrize("tags", WITHIN, ids=short)
def test_what_is_within_the_limits_is_tagged(client: SSMIncidentsClient, tags: dict[str, str]) -> None:
    arn = the_replication_set(client)
    client.tag_resource(resourceArn=arn, tags=tags)
    assert tags_of(client, arn) == tags


@pytest.mark.modelled("§11, Appendix A")
@pytest.mark.parametrize("tags", BEYOND, ids=short)
def test_what_is_beyond_the_limits_is_not_tagged(client_in: ClientIn, tags: dict[str, str]) -> None:
    client = client_in(config=UNCHECKED)
    with fails(client, "ValidationException"):
        client.tag_resource(resourceArn=the_replication_set(client), tags=tags)


@pytest.mark.modelled("§11, Appendix A")
@pytest.mark.parametrize("keys", [list(tags) for tags in WITHIN], ids=short)
def test_keys_within_the_limits_are_untagged(client: SSMIncidentsClient, keys: list[str]) -> None:
    arn = the_replication_set(client)
    client.tag_resource(resourceArn=arn, tags=dict.fromkeys(keys, "v"))
    client.untag_resource(resourceArn=arn, tagKeys=keys)
    assert tags_of(client, arn) == {}


@pytest.mark.modelled("§11, Appendix A")
@pytest.mark.parametrize("keys", [["k" * 129], [""], [*numbered(51)], []], ids=short)
def test_keys_beyond_the_limits_are_refused(client_in: ClientIn, keys: list[str]) -> None:
    client = client_in(config=UNCHECKED)
    arn = the_replication_set(client)
    client.tag_resource(resourceArn=arn, tags=numbered(50))
    with fails(client, "ValidationException"):
        client.untag_resource(resourceArn=arn, tagKeys=keys)


@pytest.mark.modelled("§11; assumption that it is this error, and for its members: 17.36")
@every_kind
def test_a_resource_has_at_most_50_tags(client: SSMIncidentsClient, make: Callable[[SSMIncidentsClient], str]) -> None:
    arn = make(client)
    client.tag_resource(resourceArn=arn, tags=numbered(49))
    client.tag_resource(resourceArn=arn, tags={"last": "1"})
    client.tag_resource(resourceArn=arn, tags={"last": "2", "key-0": "changed"})
    full = numbered(49) | {"last": "2", "key-0": "changed"}
    assert tags_of(client, arn) == full
    with fails(
        client,
        "ServiceQuotaExceededException",
        quotaCode="L-TAGS-PER-RESOURCE",
        serviceCode="ssm-incidents",
        resourceIdentifier=arn,
    ):
        client.tag_resource(resourceArn=arn, tags={"more": "1", "last": "3"})
    client.untag_resource(resourceArn=arn, tagKeys=["last"])
    client.tag_resource(resourceArn=arn, tags={"more": "1"})
    assert len(tags_of(client, arn)) == 50


# -- what is not there, or cannot be tagged


@pytest.mark.assumption("17.36: not found, as the model declares")
@pytest.mark.parametrize("kind", MISSING)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_resource_that_is_not_there_is_not_found(
    client: SSMIncidentsClient, call: Callable[[Any, str], object], kind: str
) -> None:
    with fails(client, "ResourceNotFoundException", resourceType=kind, resourceIdentifier=MISSING[kind]):
        call(client, MISSING[kind])


@pytest.mark.assumption("17.5, 17.36: refused as invalid")
@pytest.mark.parametrize(
    "arn",
    [
        "plan",
        "arn:aws:sns:us-east-1:123456789012:topic",
        "arn:aws:ssm-contacts:us-east-1:123456789012:contact/user",
        ACCOUNT + "timeline-event/id",
        ACCOUNT + "response-plan",
        ACCOUNT + "response-plan/",
        ACCOUNT + "response-plan/plan/more",
        ACCOUNT + "incident-record/plan",
        ACCOUNT + "replication-set/id/more",
        ACCOUNT.replace("::", ":us-east-1:") + "response-plan/plan",
        ACCOUNT.replace("aws:", "aws-cn:") + "response-plan/plan",
    ],
)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_nothing_else_can_be_tagged(client: SSMIncidentsClient, call: Callable[[Any, str], object], arn: str) -> None:
    with fails(client, "ValidationException"):
        call(client, arn)


@pytest.mark.assumption("17.5: denied")
@pytest.mark.parametrize("kind", MISSING)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_resource_of_another_account_is_denied(
    client: SSMIncidentsClient, call: Callable[[Any, str], object], kind: str
) -> None:
    with fails(client, "AccessDeniedException"):
        call(client, re.sub("[0-9]{12}", "999999999999", MISSING[kind], count=1))


@pytest.mark.modelled("§16: R")
@pytest.mark.parametrize(
    ("operation", "given"),
    [  # without a resourceArn there is no path, and no boto3 client sends anything
        ("tag_resource", {"resourceArn": MISSING["RESPONSE_PLAN"]}),
        ("untag_resource", {"resourceArn": MISSING["RESPONSE_PLAN"]}),
    ],
)
def test_what_is_required_has_to_be_given(client_in: ClientIn, operation: str, given: Record) -> None:
    client = client_in(config=UNCHECKED)
    with fails(client, "ValidationException"):
        getattr(client, operation)(**given)
