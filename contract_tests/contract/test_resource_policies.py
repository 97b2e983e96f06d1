"""Resource policies: how a response plan is shared (catalogue §10)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from contract_tests.budgets import examples
from contract_tests.support import answered, body, fails

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.contract.targets import ClientIn
    from contract_tests.support import Record

UNCHECKED = Config(parameter_validation=False)
PREFIX = "arn:aws:ssm-incidents::123456789012:response-plan/"
MISSING = PREFIX + "missing"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Sid": "ExampleResourcePolciy", "Effect": "Allow"}]}'
CALLS: dict[str, Callable[[Any, str], object]] = {
    "put": lambda client, arn: client.put_resource_policy(resourceArn=arn, policy=POLICY),
    "get": lambda client, arn: client.get_resource_policies(resourceArn=arn),
    "delete": lambda client, arn: client.delete_resource_policy(resourceArn=arn, policyId="0" * 32),
}


def make_plan(client: SSMIncidentsClient, name: str = "plan") -> str:
    return client.create_response_plan(name=name, incidentTemplate={"title": "t", "impact": 5})["arn"]


def put(client: SSMIncidentsClient, arn: str, policy: str = POLICY) -> str:
    return client.put_resource_policy(resourceArn=arn, policy=policy)["policyId"]


def numbered(number: int) -> str:
    return f'{{"Statement": [{number}]}}'


def policies_of(client: SSMIncidentsClient, arn: str) -> dict[str, str]:
    """Give the documents of a plan's policies by their ids, in the order of the list."""
    listed = client.get_resource_policies(resourceArn=arn)["resourcePolicies"]
    return {each["policyId"]: each["policyDocument"] for each in listed}


# -- put and get


@pytest.mark.observed("§10, 2.8")
def test_put_gives_an_id_of_32_hex_digits(client: SSMIncidentsClient) -> None:
    status, answer = answered(client.put_resource_policy(resourceArn=make_plan(client), policy=POLICY))
    assert (status, list(answer)) == (200, ["policyId"])
    assert re.fullmatch("[0-9a-f]{32}", answer["policyId"])


@pytest.mark.observed("§10")
@pytest.mark.parametrize("region", ["us-east-1", "us-west-2"])
def test_get_gives_document_id_and_region_of_the_call(client_in: ClientIn, region: str) -> None:
    client = client_in(region)
    arn = make_plan(client)
    policy = {"policyDocument": POLICY, "policyId": put(client, arn), "ramResourceShareRegion": region}
    assert answered(client_in().get_resource_policies(resourceArn=arn)) == (200, {"resourcePolicies": [policy]})


@pytest.mark.assumption("a plan without policies has an empty list")
def test_a_plan_without_policies_lists_none(client: SSMIncidentsClient) -> None:
    answer = client.get_resource_policies(resourceArn=make_plan(client))
    assert answered(answer) == (200, {"resourcePolicies": []})


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
documents = st.builds(
    json.dumps,
    st.dictionaries(st.sampled_from(["Id", "Version", "ü", ""]), values).flatmap(
        lambda rest: values.map(lambda statement: {**rest, "Statement": statement})
    ),
    ensure_ascii=st.booleans(),
    indent=st.none() | st.integers(0, 3),
    separators=st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", "\n:")]),
    sort_keys=st.booleans(),
)


@pytest.mark.observed("§10")
@given(document=documents, before=st.sampled_from(["", " ", "\n"]))
@examples(percent=60, suppress_health_check=(HealthCheck.function_scoped_fixture,))
def test_a_document_is_given_back_byte_for_byte(client: SSMIncidentsClient, document: str, before: str) -> None:
    client.delete_response_plan(arn=PREFIX + "plan")
    arn = make_plan(client)
    policy_id = put(client, arn, before + document)
    assert policies_of(client, arn) == {policy_id: before + document}


@pytest.mark.observed("§10")
def test_what_a_statement_says_is_not_checked(client: SSMIncidentsClient) -> None:
    arn = make_plan(client)
    statement = {"Resource": [arn, arn.replace("response-plan/plan", "incident-record/example-incident/*")]}
    document = json.dumps({"Statement": [statement]})
    policy_id = put(client, arn, document)
    assert policies_of(client, arn) == {policy_id: document}


@pytest.mark.modelled("§10, Appendix A: Policy")
def test_a_document_has_at_most_4000_characters(client: SSMIncidentsClient) -> None:
    arn = make_plan(client)
    longest = '{"Statement": []}'.ljust(4000)
    policy_id = put(client, arn, longest)
    assert policies_of(client, arn) == {policy_id: longest}
    with fails(client, "ValidationException"):
        put(client, arn, longest + " ")


@pytest.mark.assumption("17.35: a JSON object with a Statement")
@pytest.mark.parametrize(
    "document",
    ["", "policy", "{", '{"Statement": []} x', "null", "[]", '["Statement"]', '"Statement"', "{}", '{"statement": []}'],
)
def test_what_is_no_policy_is_refused(client: SSMIncidentsClient, document: str) -> None:
    arn = make_plan(client)
    with fails(client, "ValidationException"):
        put(client, arn, document)


@pytest.mark.assumption("17.35: a policy is added, oldest first")
def test_another_document_is_another_policy(client: SSMIncidentsClient) -> None:
    arn = make_plan(client)
    ids = [put(client, arn, numbered(number)) for number in (2, 3, 1)]
    assert list(policies_of(client, arn).items()) == list(zip(ids, map(numbered, (2, 3, 1)), strict=True))


@pytest.mark.assumption("17.35: the same document keeps its id")
def test_the_same_document_is_the_same_policy(client_in: ClientIn) -> None:
    east, west = client_in("us-east-1"), client_in("us-west-2")
    arn = make_plan(east)
    first, second = put(east, arn, numbered(1)), put(east, arn, numbered(2))
    assert put(west, arn, numbered(1)) == first
    assert list(policies_of(east, arn)) == [first, second]


@pytest.mark.assumption("17.35: a new id")
def test_a_document_put_again_after_deletion_is_another_policy(client: SSMIncidentsClient) -> None:
    arn = make_plan(client)
    first = put(client, arn)
    client.delete_resource_policy(resourceArn=arn, policyId=first)
    second = put(client, arn)
    assert second != first
    assert policies_of(client, arn) == {second: POLICY}


@pytest.mark.modelled("1.1: nothing is shared over the wire")
def test_an_answer_is_not_the_policy_itself(client: SSMIncidentsClient) -> None:
    arn = make_plan(client)
    policy_id = put(client, arn)
    answer: Any = client.get_resource_policies(resourceArn=arn)
    answer["resourcePolicies"].pop()["policyDocument"] = ""
    assert policies_of(client, arn) == {policy_id: POLICY}


@pytest.mark.modelled("§12.2")
@pytest.mark.parametrize("size", [1, 2, 3, 4, 100])
def test_pages_together_are_the_list(client: SSMIncidentsClient, size: int) -> None:
    arn = make_plan(client)
    ids = [put(client, arn, numbered(number)) for number in range(4)]
    put(client, make_plan(client, "other"))
    pages = client.get_paginator("get_resource_policies").paginate(
        resourceArn=arn, PaginationConfig={"PageSize": size, "MaxItems": 100}
    )
    listed = [[each["policyId"] for each in page["resourcePolicies"]] for page in pages]
    assert [policy_id for page in listed for policy_id in page] == ids
    assert max(map(len, listed)) <= size


@pytest.mark.documented("§12.2")
def test_the_last_page_has_no_token(client: SSMIncidentsClient) -> None:
    arn = make_plan(client)
    for number in range(2):
        put(client, arn, numbered(number))
    first = client.get_resource_policies(resourceArn=arn, maxResults=1)
    last = client.get_resource_policies(resourceArn=arn, maxResults=1, nextToken=first["nextToken"])
    assert body(last).keys() == {"resourcePolicies"}


@pytest.mark.modelled("§12.2")
@pytest.mark.parametrize("size", [0, 101])
def test_get_refuses_other_page_sizes_than_1_to_100(client_in: ClientIn, size: int) -> None:
    client = client_in(config=UNCHECKED)
    arn = make_plan(client)
    with fails(client, "ValidationException"):
        client.get_resource_policies(resourceArn=arn, maxResults=size)


# -- delete


@pytest.mark.observed("§10, 1.5")
def test_delete_takes_the_one_policy(client: SSMIncidentsClient) -> None:
    arn = make_plan(client)
    first, second, third = (put(client, arn, numbered(number)) for number in range(3))
    assert answered(client.delete_resource_policy(resourceArn=arn, policyId=second)) == (200, {})
    assert policies_of(client, arn) == {first: numbered(0), third: numbered(2)}


@pytest.mark.assumption("17.35: not found, as the model declares")
def test_a_deleted_policy_cannot_be_deleted_again(client: SSMIncidentsClient) -> None:
    arn = make_plan(client)
    policy_id = put(client, arn)
    client.delete_resource_policy(resourceArn=arn, policyId=policy_id)
    with fails(client, "ResourceNotFoundException", resourceType="RESOURCE_POLICY", resourceIdentifier=policy_id):
        client.delete_resource_policy(resourceArn=arn, policyId=policy_id)


@pytest.mark.assumption("17.35: not found, as the model declares")
def test_the_policy_of_another_plan_is_not_found(client: SSMIncidentsClient) -> None:
    policy_id, other = put(client, make_plan(client)), make_plan(client, "other")
    put(client, other)
    with fails(client, "ResourceNotFoundException", resourceType="RESOURCE_POLICY", resourceIdentifier=policy_id):
        client.delete_resource_policy(resourceArn=other, policyId=policy_id)


@pytest.mark.modelled("Appendix A: PolicyId")
def test_a_policy_id_has_at_most_256_characters(client: SSMIncidentsClient) -> None:
    arn, longest = make_plan(client), "0" * 256
    for allowed in ("", longest):
        with fails(client, "ResourceNotFoundException", resourceType="RESOURCE_POLICY", resourceIdentifier=allowed):
            client.delete_resource_policy(resourceArn=arn, policyId=allowed)
    with fails(client, "ValidationException"):
        client.delete_resource_policy(resourceArn=arn, policyId=longest + "0")


# -- what is not there, or cannot have policies


@pytest.mark.assumption("17.35: not found, as the model declares")
@pytest.mark.parametrize("arn", [MISSING, MISSING.ljust(1000, "x")], ids=len)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_plan_that_is_not_there_is_not_found(
    client: SSMIncidentsClient, call: Callable[[Any, str], object], arn: str
) -> None:
    with fails(client, "ResourceNotFoundException", resourceType="RESPONSE_PLAN", resourceIdentifier=arn):
        call(client, arn)


@pytest.mark.assumption("17.5: refused as invalid; documented §10: a policy is a response plan's")
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_only_response_plans_have_policies(client: SSMIncidentsClient, call: Callable[[Any, str], object]) -> None:
    incident = client.start_incident(responsePlanArn=make_plan(client))["incidentRecordArn"]
    (replication_set,) = client.list_replication_sets()["replicationSetArns"]
    for arn in (incident, replication_set, "arn:aws:sns:us-east-1:123456789012:topic"):
        with fails(client, "ValidationException"):
            call(client, arn)


@pytest.mark.assumption("17.5: denied")
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_plan_of_another_account_is_denied(client: SSMIncidentsClient, call: Callable[[Any, str], object]) -> None:
    with fails(client, "AccessDeniedException"):
        call(client, MISSING.replace("123456789012", "999999999999"))


@pytest.mark.modelled("2.12")
@pytest.mark.parametrize("arn", ["plan", MISSING.ljust(1001, "x")], ids=len)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_is_no_arn_is_invalid(client: SSMIncidentsClient, call: Callable[[Any, str], object], arn: str) -> None:
    with fails(client, "ValidationException"):
        call(client, arn)


@pytest.mark.modelled("§16: R")
@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("put_resource_policy", {"policy": POLICY}),
        ("put_resource_policy", {"resourceArn": MISSING}),
        ("get_resource_policies", {}),
        ("delete_resource_policy", {"policyId": "0"}),
        ("delete_resource_policy", {"resourceArn": MISSING}),
    ],
)
def test_what_is_required_has_to_be_given(client_in: ClientIn, operation: str, given: Record) -> None:
    client = client_in(config=UNCHECKED)
    with fails(client, "ValidationException"):
        getattr(client, operation)(**given)
