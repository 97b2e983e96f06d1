"""Response plans (catalogue §5)."""

from __future__ import annotations

import re
from copy import deepcopy
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
MISSING = PREFIX + "alchemy-nonexistent-probe"
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
CONTACT = "arn:aws:ssm-contacts:us-east-1:123456789012:contact/user"
ROLE = "arn:aws:iam::123456789012:role/runbook"
ON_ONE_PLAN: dict[str, Callable[[Any, str], object]] = {
    "get": lambda client, arn: client.get_response_plan(arn=arn),
    "update": lambda client, arn: client.update_response_plan(arn=arn, displayName="d"),
    "delete": lambda client, arn: client.delete_response_plan(arn=arn),
}
"""The operations that are given the ARN of a plan."""
INSIDE_TEMPLATE = {
    "incidentTemplateDedupeString": "dedupeString",
    "incidentTemplateImpact": "impact",
    "incidentTemplateNotificationTargets": "notificationTargets",
    "incidentTemplateSummary": "summary",
    "incidentTemplateTags": "incidentTags",
    "incidentTemplateTitle": "title",
}
"""The members of UpdateResponsePlan that create and get have in the incident template."""


def nested(flat: Record) -> Record:
    """Give the members of an update as create takes, and get gives, them."""
    template = {INSIDE_TEMPLATE[name]: value for name, value in flat.items() if name in INSIDE_TEMPLATE}
    return {name: value for name, value in flat.items() if name not in INSIDE_TEMPLATE} | {"incidentTemplate": template}


def automation(**more: Any) -> Record:
    return {"ssmAutomation": {"documentName": "Example-Document", "roleArn": ROLE, **more}}


def topics(number: int) -> list[str]:
    return [f"{TOPIC}-{index}" for index in range(number)]


def contacts(number: int) -> list[str]:
    return [f"{CONTACT}-{index}" for index in range(number)]


def targets(number: int) -> list[Record]:
    return [{"snsTopicArn": topic} for topic in topics(number)]


def tags(number: int) -> dict[str, str]:
    return {f"key-{index}": "value" for index in range(number)}


MINIMAL: Record = {"incidentTemplateTitle": "t", "incidentTemplateImpact": 5}
FULL: Record = {
    "actions": [
        automation(
            documentVersion="$DEFAULT",
            dynamicParameters={
                "incident": {"variable": "INCIDENT_RECORD_ARN"},
                "resources": {"variable": "INVOLVED_RESOURCES"},
            },
            parameters={"names": ["a", "b"], "none": []},
            targetAccount="RESPONSE_PLAN_OWNER_ACCOUNT",
        )
    ],
    "chatChannel": {"chatbotSns": topics(2)},
    "displayName": "Example response plan",
    "engagements": contacts(2),
    "incidentTemplateDedupeString": "dedupe",
    "incidentTemplateImpact": 3,
    "incidentTemplateNotificationTargets": targets(2),
    "incidentTemplateSummary": "A summary",
    "incidentTemplateTags": {"team": "a", "empty": ""},
    "incidentTemplateTitle": "Critical failure",
}
"""All members of a plan but a PagerDuty integration, whose secret AWS would look up (5.10)."""


def create(client: SSMIncidentsClient, name: str = "plan", **flat: Any) -> str:
    """Create a plan of the members of an update, and give its ARN."""
    return client.create_response_plan(name=name, **nested(MINIMAL | flat))["arn"]


def read(client: SSMIncidentsClient, arn: str) -> Record:
    """Get a plan without its name and ARN."""
    plan = body(client.get_response_plan(arn=arn))
    assert (plan.pop("arn"), plan.pop("name")) == (arn, arn.removeprefix(PREFIX))
    return plan


# -- create and get


@pytest.mark.observed("5.2, 2.1")
def test_create_gives_a_region_less_arn_with_the_name(client: SSMIncidentsClient) -> None:
    answer = client.create_response_plan(name="Example-Plan", incidentTemplate={"title": "t", "impact": 5})
    assert answered(answer) == (201, {"arn": "arn:aws:ssm-incidents::123456789012:response-plan/Example-Plan"})


@pytest.mark.observed("§5.2")
def test_get_gives_every_member_as_it_was_given(client: SSMIncidentsClient) -> None:
    arn = create(client, **FULL)
    plan = nested(FULL) | {"arn": arn, "name": "plan"}
    assert answered(client.get_response_plan(arn=arn)) == (200, plan)


@pytest.mark.observed("1.12")
def test_what_the_template_was_never_given_is_absent(client: SSMIncidentsClient) -> None:
    assert read(client, create(client))["incidentTemplate"] == {"title": "t", "impact": 5}


@pytest.mark.observed("§5.2: no integrations, no tags")
def test_get_shows_neither_missing_integrations_nor_tags(client: SSMIncidentsClient) -> None:
    create(client)
    client.tag_resource(resourceArn=PREFIX + "plan", tags={"k": "v"})
    assert read(client, PREFIX + "plan").keys().isdisjoint({"integrations", "tags"})


@pytest.mark.assumption("what was never given is absent; to §5.2, absent and empty are both possible")
def test_a_minimal_plan_has_nothing_but_a_template(client: SSMIncidentsClient) -> None:
    assert read(client, create(client)).keys() == {"incidentTemplate"}


@pytest.mark.observed("4.35")
def test_a_plan_is_seen_from_each_region_of_the_set(client_in: ClientIn) -> None:
    arn = create(client_in("us-east-1"), **FULL)
    assert read(client_in("us-west-2"), arn) == read(client_in("us-east-1"), arn)
    assert len(client_in("us-west-2").list_response_plans()["responsePlanSummaries"]) == 1


@pytest.mark.modelled("§16: of the keys of runbook parameters only the length is limited")
@pytest.mark.parametrize("key", ['"', "\\", "\n", "ü", "a/b c", "null"])
def test_any_text_is_a_key_of_runbook_parameters(client: SSMIncidentsClient, key: str) -> None:
    actions = [automation(parameters={key: [key, ""]}, dynamicParameters={key: {"variable": "INCIDENT_RECORD_ARN"}})]
    assert read(client, create(client, actions=actions))["actions"] == actions


@pytest.mark.modelled("1.1: nothing is shared over the wire")
def test_neither_request_nor_answer_is_the_plan_itself(client: SSMIncidentsClient) -> None:
    request = deepcopy(FULL)
    arn = create(client, **request)
    request["actions"][0]["ssmAutomation"]["parameters"]["names"].append("c")
    request["incidentTemplateTags"]["more"] = "v"
    answer: Any = client.get_response_plan(arn=arn)
    answer["incidentTemplate"]["title"] = "changed"
    answer["chatChannel"]["chatbotSns"].clear()
    assert read(client, arn) == nested(FULL)


@pytest.mark.observed("5.6")
def test_empty_strings_and_no_chat_channel_are_accepted(client: SSMIncidentsClient) -> None:
    empty = {"displayName": "", "incidentTemplateDedupeString": "", "incidentTemplateSummary": ""}
    plan = read(client, create(client, **empty, chatChannel={"empty": {}}))
    template = plan["incidentTemplate"]
    assert not any([plan.get("displayName"), template.get("dedupeString"), template.get("summary")])
    assert not plan.get("chatChannel", {}).get("chatbotSns")


@pytest.mark.inferred("§5.2")
def test_empty_members_are_kept_as_they_were_given(client: SSMIncidentsClient) -> None:
    empty: Record = {
        "actions": [],
        "displayName": "",
        "engagements": [],
        "integrations": [],
        "incidentTemplateDedupeString": "",
        "incidentTemplateNotificationTargets": [],
        "incidentTemplateSummary": "",
        "incidentTemplateTitle": "",
    }
    assert read(client, create(client, **empty)) == nested(MINIMAL | empty)


@pytest.mark.assumption("17.14: absent")
def test_a_plan_created_with_an_empty_chat_channel_has_none(client: SSMIncidentsClient) -> None:
    assert "chatChannel" not in read(client, create(client, chatChannel={"empty": {}}))


@pytest.mark.inferred("5.13 for chatbotSns; assumption for the others: 17.16")
@given(data=st.data())
@examples(percent=20, suppress_health_check=(HealthCheck.function_scoped_fixture,))
def test_lists_keep_their_order(client: SSMIncidentsClient, data: st.DataObject) -> None:
    lists: Record = {
        "chatChannel": {"chatbotSns": data.draw(st.permutations(topics(5)))},
        "engagements": data.draw(st.permutations(contacts(5))),
        "incidentTemplateNotificationTargets": data.draw(st.permutations(targets(10))),
    }
    client.delete_response_plan(arn=PREFIX + "plan")
    assert read(client, create(client, **lists)) == nested(MINIMAL | lists)


@pytest.mark.observed("5.8, 18.5; that topics are not checked either is ours: 17.19")
@pytest.mark.parametrize(
    "flat",
    [
        {"engagements": ["arn:aws:ssm-contacts:us-east-2:111122223333:contact/test1"]},
        {"actions": [automation(documentVersion="version1")]},
        {"actions": [automation(documentVersion="$LATEST")]},
        {"actions": [automation(documentName="arn:aws:ssm:us-east-1:111122223333:document/other")]},
        {"actions": [automation(roleArn="arn:aws:iam::111122223333:role/other")]},
        {"chatChannel": {"chatbotSns": ["arn:aws:sns:us-east-2:111122223333:other"]}},
    ],
    ids=repr,
)
def test_what_a_plan_refers_to_need_not_exist(client: SSMIncidentsClient, flat: Record) -> None:
    assert read(client, create(client, **flat)) == nested(MINIMAL | flat)


@pytest.mark.assumption("17.15: neither documentVersion nor targetAccount gets a default on read")
def test_a_runbook_gets_no_defaults(client: SSMIncidentsClient) -> None:
    assert read(client, create(client, actions=[automation()]))["actions"] == [automation()]


@pytest.mark.observed("5.14")
@pytest.mark.parametrize("account", ["RESPONSE_PLAN_OWNER_ACCOUNT", "IMPACTED_ACCOUNT"])
def test_a_target_account_is_echoed(client: SSMIncidentsClient, account: str) -> None:
    actions = [automation(targetAccount=account)]
    assert read(client, create(client, actions=actions))["actions"] == actions


@pytest.mark.observed("§3.4, 5.7")
def test_empty_parameters_are_refused_in_these_words(client: SSMIncidentsClient) -> None:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        create(client, actions=[automation(parameters={}, dynamicParameters={})])
    assert caught.value.response["Error"]["Message"] == (
        "2 validation errors detected: Value '{}' at 'actions.1.member.ssmAutomation.dynamicParameters' failed to "
        "satisfy constraint: Member must have length greater than or equal to 1; Value '{}' at "
        "'actions.1.member.ssmAutomation.parameters' failed to satisfy constraint: Member must have length greater "
        "than or equal to 1"
    )


@pytest.mark.modelled("5.5")
@pytest.mark.parametrize("given", [["title"], ["impact"], []], ids=repr)
def test_title_and_impact_are_required(client_in: ClientIn, given: list[str]) -> None:
    client: Any = client_in(config=UNCHECKED)
    template = {"title": "t", "impact": 5}
    with fails(client, "ValidationException"):
        client.create_response_plan(name="plan", incidentTemplate={name: template[name] for name in given})


@pytest.mark.modelled("5.5, §16: R")
@pytest.mark.parametrize("given", [{"name": "plan"}, {"incidentTemplate": {"title": "t", "impact": 1}}], ids=repr)
def test_name_and_template_are_required(client_in: ClientIn, given: Record) -> None:
    client: Any = client_in(config=UNCHECKED)
    with fails(client, "ValidationException"):
        client.create_response_plan(**given)


# -- names

NAMES = st.from_regex(re.compile(r"[a-zA-Z0-9-_]{1,40}", re.ASCII), fullmatch=True)


@pytest.mark.modelled("5.3")
@given(name=NAMES)
@examples(percent=30, suppress_health_check=(HealthCheck.function_scoped_fixture,))
def test_a_name_is_letters_digits_hyphens_and_underscores(client: SSMIncidentsClient, name: str) -> None:
    client.delete_response_plan(arn=PREFIX + name)
    assert create(client, name) == PREFIX + name
    assert read(client, PREFIX + name) == nested(MINIMAL)


@pytest.mark.modelled("5.3")
@given(name=NAMES, other=st.characters().filter(lambda each: not re.fullmatch("[a-zA-Z0-9_-]", each)))
@examples(percent=30, suppress_health_check=(HealthCheck.function_scoped_fixture,))
def test_a_name_with_another_character_is_refused(client: SSMIncidentsClient, name: str, other: str) -> None:
    for wrong in (other + name, name + other):
        with fails(client, "ValidationException"):
            create(client, wrong)


@pytest.mark.modelled("5.3")
def test_a_name_has_1_to_200_characters(client_in: ClientIn) -> None:
    client = client_in(config=UNCHECKED)
    assert [create(client, "n"), create(client, "n" * 200)] == [PREFIX + "n", PREFIX + "n" * 200]
    for wrong in ("", "n" * 201):
        with fails(client, "ValidationException"):
            create(client, wrong)


@pytest.mark.observed("5.3: as far as known")
def test_names_are_case_sensitive(client: SSMIncidentsClient) -> None:
    create(client, "Example", displayName="upper")
    create(client, "example", displayName="lower")
    assert read(client, PREFIX + "Example")["displayName"] == "upper"


@pytest.mark.inferred("5.4; assumption for its members: 17.2")
def test_a_name_in_use_is_a_conflict(client: SSMIncidentsClient) -> None:
    arn = create(client)
    for more in ({}, FULL, {"tags": {"k": "v"}}):
        with fails(client, "ConflictException", resourceType="RESPONSE_PLAN", resourceIdentifier=arn):
            create(client, **more)


@pytest.mark.assumption("17.18: free at once")
def test_the_name_of_a_deleted_plan_is_free(client: SSMIncidentsClient) -> None:
    arn = create(client, **FULL)
    client.delete_response_plan(arn=arn)
    assert create(client) == arn
    assert read(client, arn) == nested(MINIMAL)


# -- limits, alike for create and update

WITHIN: list[Record] = [
    {"actions": [automation(documentName="abc", documentVersion="")]},
    {"actions": [automation(documentName="aA0_-.:/".ljust(128, "d"), documentVersion="v" * 128)]},
    {"actions": [automation(roleArn="arn:aws:iam:::role/" + "r" * 981)]},
    {"actions": [automation(parameters={f"k{index}": [""] for index in range(200)})]},
    {"actions": [automation(parameters={"k" * 50: ["v" * 512] * 100})]},
    {
        "actions": [
            automation(dynamicParameters={f"k{index}": {"variable": "INVOLVED_RESOURCES"} for index in range(200)})
        ]
    },
    {"actions": [automation(dynamicParameters={"k" * 50: {"variable": "INCIDENT_RECORD_ARN"}})]},
    {"chatChannel": {"chatbotSns": topics(1)}},
    {"chatChannel": {"chatbotSns": topics(5)}},
    {"chatChannel": {"chatbotSns": [TOPIC.ljust(1000, "t")]}},
    {"displayName": "d" * 200},
    {"displayName": "With spaces and ü"},
    {"engagements": contacts(5)},
    {"engagements": [CONTACT.ljust(2048, "c")]},
    {"incidentTemplateDedupeString": "d" * 1000},
    {"incidentTemplateImpact": 1},
    {"incidentTemplateImpact": 5},
    {"incidentTemplateNotificationTargets": targets(10)},
    {"incidentTemplateNotificationTargets": [{"snsTopicArn": TOPIC.ljust(1000, "t")}]},
    {"incidentTemplateSummary": "s" * 8000},
    {"incidentTemplateTags": tags(1)},
    {"incidentTemplateTags": tags(50)},
    {"incidentTemplateTags": {"k" * 128: "v" * 256, "aA0 _=@:.+-/,": "aA0 _=@:.+-/,"}},
    {"incidentTemplateTitle": "With spaces".ljust(200, "t")},
]
BEYOND: list[Record] = [
    {"actions": [automation()] * 2},
    {"actions": [automation(documentName="ab")]},
    {"actions": [automation(documentName="d" * 129)]},
    {"actions": [automation(documentName="with space")]},
    {"actions": [automation(documentVersion="v" * 129)]},
    {"actions": [automation(roleArn="arn:aws:iam:::role/" + "r" * 982)]},
    {"actions": [automation(roleArn=ROLE.replace("role", "user"))]},
    {"actions": [automation(roleArn="")]},
    {"actions": [automation(targetAccount="OTHER")]},
    {"actions": [automation(parameters={})]},
    {"actions": [automation(parameters={f"k{index}": [""] for index in range(201)})]},
    {"actions": [automation(parameters={"": ["v"]})]},
    {"actions": [automation(parameters={"k" * 51: ["v"]})]},
    {"actions": [automation(parameters={"k": ["v"] * 101})]},
    {"actions": [automation(parameters={"k": ["v" * 513]})]},
    {"actions": [automation(dynamicParameters={})]},
    {
        "actions": [
            automation(dynamicParameters={f"k{index}": {"variable": "INVOLVED_RESOURCES"} for index in range(201)})
        ]
    },
    {"actions": [automation(dynamicParameters={"": {"variable": "INVOLVED_RESOURCES"}})]},
    {"actions": [automation(dynamicParameters={"k" * 51: {"variable": "INVOLVED_RESOURCES"}})]},
    {"actions": [automation(dynamicParameters={"k": {"variable": "OTHER"}})]},
    {"actions": [automation(dynamicParameters={"k": {}})]},
    {"actions": [{}]},
    {"actions": [{"ssmAutomation": {"roleArn": ROLE}}]},
    {"actions": [{"ssmAutomation": {"documentName": "Example-Document"}}]},
    {"chatChannel": {}},
    {"chatChannel": {"empty": {}, "chatbotSns": topics(1)}},
    {"chatChannel": {"chatbotSns": []}},
    {"chatChannel": {"chatbotSns": topics(6)}},
    {"chatChannel": {"chatbotSns": [TOPIC.ljust(1001, "t")]}},
    {"displayName": "d" * 201},
    {"engagements": contacts(6)},
    {"engagements": [CONTACT.ljust(2049, "c")]},
    {"engagements": [CONTACT.upper()]},
    {"engagements": [TOPIC]},
    {"engagements": [""]},
    {"incidentTemplateDedupeString": "d" * 1001},
    {"incidentTemplateImpact": 0},
    {"incidentTemplateImpact": 6},
    {"incidentTemplateNotificationTargets": targets(11)},
    {"incidentTemplateNotificationTargets": [{}]},
    {"incidentTemplateNotificationTargets": [{"snsTopicArn": TOPIC.ljust(1001, "t")}]},
    {"incidentTemplateSummary": "s" * 8001},
    {"incidentTemplateTags": tags(51)},
    {"incidentTemplateTags": {"": "v"}},
    {"incidentTemplateTags": {"k" * 129: "v"}},
    {"incidentTemplateTags": {"aws:k": "v"}},
    {"incidentTemplateTags": {"k!": "v"}},
    {"incidentTemplateTags": {"k": "v" * 257}},
    {"incidentTemplateTags": {"k": "v!"}},
    {"incidentTemplateTitle": "t" * 201},
]
SETS: list[Record] = [
    {"chatChannel": {"chatbotSns": [TOPIC, TOPIC]}},
    {"engagements": [CONTACT, TOPIC.replace("sns", "ssm-contacts").replace("topic", "contact/a"), CONTACT]},
]


def short(value: Any) -> str:
    return repr(value)[:60]


@pytest.mark.modelled("5.11, Appendix A")
@pytest.mark.parametrize("flat", WITHIN, ids=short)
def test_create_takes_what_is_within_the_limits(client: SSMIncidentsClient, flat: Record) -> None:
    assert read(client, create(client, **flat)) == nested(MINIMAL | flat)


@pytest.mark.modelled("5.11, Appendix A")
@pytest.mark.parametrize("flat", WITHIN, ids=short)
def test_update_takes_what_is_within_the_limits(client: SSMIncidentsClient, flat: Record) -> None:
    arn = create(client)
    assert answered(client.update_response_plan(arn=arn, **flat)) == (204, {})
    assert read(client, arn) == nested(MINIMAL | flat)


@pytest.mark.modelled("5.11, 5.12, Appendix A")
@pytest.mark.parametrize("flat", [*BEYOND, *SETS, {"incidentTemplateTags": {}}], ids=short)
def test_create_refuses_what_is_beyond_the_limits(client_in: ClientIn, flat: Record) -> None:
    client = client_in(config=UNCHECKED)
    with fails(client, "ValidationException"):
        create(client, **flat)


@pytest.mark.modelled("5.11, 5.12, Appendix A")
@pytest.mark.parametrize("flat", [*BEYOND, *SETS], ids=short)
def test_update_refuses_what_is_beyond_the_limits(client_in: ClientIn, flat: Record) -> None:
    client = client_in(config=UNCHECKED)
    arn = create(client, **FULL)
    with fails(client, "ValidationException"):
        client.update_response_plan(arn=arn, **flat)


@pytest.mark.modelled("5.11")
@pytest.mark.parametrize("number", [1, 50])
def test_a_plan_is_created_with_1_to_50_tags(client: SSMIncidentsClient, number: int) -> None:
    arn = client.create_response_plan(name="plan", tags=tags(number), **nested(MINIMAL))["arn"]
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == tags(number)


@pytest.mark.modelled("5.11")
@pytest.mark.parametrize("number", [0, 51])
def test_no_and_51_tags_are_refused(client: SSMIncidentsClient, number: int) -> None:
    with fails(client, "ValidationException"):
        client.create_response_plan(name="plan", tags=tags(number), **nested(MINIMAL))


@pytest.mark.modelled("§12.1")
def test_a_client_token_has_at_most_128_characters(client: SSMIncidentsClient) -> None:
    arn = client.create_response_plan(name="plan", clientToken="t" * 128, **nested(MINIMAL))["arn"]
    client.update_response_plan(arn=arn, clientToken="t" * 128)
    with fails(client, "ValidationException"):
        client.create_response_plan(name="other", clientToken="t" * 129, **nested(MINIMAL))
    with fails(client, "ValidationException"):
        client.update_response_plan(arn=arn, clientToken="t" * 129)


# -- what is not there


@pytest.mark.observed("§3.3")
def test_get_of_no_plan_finds_none(client: SSMIncidentsClient) -> None:
    with fails(client, "ResourceNotFoundException", resourceType="RESPONSE_PLAN", resourceIdentifier=MISSING):
        client.get_response_plan(arn=MISSING)


@pytest.mark.modelled("§3.3")
def test_update_of_no_plan_finds_none(client: SSMIncidentsClient) -> None:
    with fails(client, "ResourceNotFoundException", resourceType="RESPONSE_PLAN", resourceIdentifier=MISSING):
        client.update_response_plan(arn=MISSING, displayName="d")


@pytest.mark.inferred("§3.3")
def test_delete_of_no_plan_succeeds(client: SSMIncidentsClient) -> None:
    create(client)
    for _ in range(2):
        assert answered(client.delete_response_plan(arn=MISSING)) == (204, {})
    assert len(client.list_response_plans()["responsePlanSummaries"]) == 1


@pytest.mark.inferred("§3.3")
def test_an_account_without_plans_lists_none(client: SSMIncidentsClient) -> None:
    assert answered(client.list_response_plans()) == (200, {"responsePlanSummaries": []})


@pytest.mark.assumption("17.5: refused as invalid")
@pytest.mark.parametrize(
    "arn",
    [
        MISSING.replace("response-plan", "incident-record") + "/id",
        MISSING.replace("response-plan", "replication-set"),
        MISSING + "/more",
        MISSING.replace("::", ":us-east-1:"),
        TOPIC,
    ],
)
@pytest.mark.parametrize("call", ON_ONE_PLAN.values(), ids=ON_ONE_PLAN)
def test_an_arn_of_another_kind_is_invalid(
    client: SSMIncidentsClient, call: Callable[[Any, str], object], arn: str
) -> None:
    with fails(client, "ValidationException"):
        call(client, arn)


@pytest.mark.assumption("17.5: denied")
@pytest.mark.parametrize("call", ON_ONE_PLAN.values(), ids=ON_ONE_PLAN)
def test_a_plan_of_another_account_is_denied(client: SSMIncidentsClient, call: Callable[[Any, str], object]) -> None:
    with fails(client, "AccessDeniedException"):
        call(client, MISSING.replace("123456789012", "999999999999"))


@pytest.mark.modelled("2.12")
@pytest.mark.parametrize("arn", ["", "plan", MISSING.ljust(1001, "x")])
@pytest.mark.parametrize("call", ON_ONE_PLAN.values(), ids=ON_ONE_PLAN)
def test_what_is_no_arn_is_invalid(client: SSMIncidentsClient, call: Callable[[Any, str], object], arn: str) -> None:
    with fails(client, "ValidationException"):
        call(client, arn)


@pytest.mark.modelled("2.12")
@pytest.mark.parametrize("call", [ON_ONE_PLAN["get"], ON_ONE_PLAN["update"]], ids=["get", "update"])
def test_an_arn_of_1000_characters_is_looked_for(
    client: SSMIncidentsClient, call: Callable[[Any, str], object]
) -> None:
    arn = MISSING.ljust(1000, "x")
    with fails(client, "ResourceNotFoundException", resourceType="RESPONSE_PLAN", resourceIdentifier=arn):
        call(client, arn)


@pytest.mark.modelled("§16: R")
@pytest.mark.parametrize("operation", ["get_response_plan", "update_response_plan", "delete_response_plan"])
def test_the_arn_is_required(client_in: ClientIn, operation: str) -> None:
    client = client_in(config=UNCHECKED)
    with fails(client, "ValidationException"):
        getattr(client, operation)()


@pytest.mark.documented("5.1; assumption for the exception: 17.4")
def test_without_a_replication_set_no_plan_is_created(client: SSMIncidentsClient) -> None:
    delete_replication_set(client)
    with fails(client, "ResourceNotFoundException", resourceType="REPLICATION_SET"):
        create(client)


@pytest.mark.observed("§3.3; inferred for the list")
def test_without_a_replication_set_there_is_no_plan(client: SSMIncidentsClient) -> None:
    delete_replication_set(client)
    assert body(client.list_response_plans()) == {"responsePlanSummaries": []}
    with fails(client, "ResourceNotFoundException", resourceType="RESPONSE_PLAN", resourceIdentifier=MISSING):
        client.get_response_plan(arn=MISSING)
    with fails(client, "ResourceNotFoundException", resourceType="RESPONSE_PLAN", resourceIdentifier=MISSING):
        client.start_incident(responsePlanArn=MISSING)


def delete_replication_set(client: SSMIncidentsClient) -> None:
    (arn,) = client.list_replication_sets()["replicationSetArns"]
    client.delete_replication_set(arn=arn)
    client.get_waiter("wait_for_replication_set_deleted").wait(arn=arn)


# -- update


@pytest.mark.observed("5.25")
def test_update_answers_nothing(client: SSMIncidentsClient) -> None:
    arn = create(client)
    assert answered(client.update_response_plan(arn=arn, displayName="d")) == (204, {})


OTHER: Record = {
    "actions": [automation(documentName="Other-Document")],
    "chatChannel": {"chatbotSns": [TOPIC]},
    "displayName": "Other",
    "engagements": [CONTACT],
    "incidentTemplateDedupeString": "other",
    "incidentTemplateImpact": 1,
    "incidentTemplateNotificationTargets": targets(1),
    "incidentTemplateSummary": "Another summary",
    "incidentTemplateTags": {"other": "b"},
    "incidentTemplateTitle": "Another title",
}
CLEARED: Record = {
    "actions": [],
    "displayName": "",
    "engagements": [],
    "incidentTemplateDedupeString": "",
    "incidentTemplateNotificationTargets": [],
    "incidentTemplateSummary": "",
    "incidentTemplateTags": {},
}


@pytest.mark.observed("5.18, 5.23; inferred 5.20")
@pytest.mark.parametrize("name", OTHER)
@pytest.mark.parametrize("start", [MINIMAL, FULL], ids=["minimal", "full"])
def test_update_replaces_the_member_it_names_and_no_other(client: SSMIncidentsClient, start: Record, name: str) -> None:
    arn = create(client, **start)
    client.update_response_plan(arn=arn, **{name: OTHER[name]})
    assert read(client, arn) == nested(start | {name: OTHER[name]})


@pytest.mark.observed("5.19; inferred for the others: 5.20, 5.22; modelled for the tags: 5.23")
@pytest.mark.parametrize("name", CLEARED)
def test_an_empty_member_clears(client: SSMIncidentsClient, name: str) -> None:
    arn = create(client, **FULL)
    client.update_response_plan(arn=arn, **{name: CLEARED[name]})
    plan = read(client, arn)
    assert not (plan | plan["incidentTemplate"]).get(INSIDE_TEMPLATE.get(name, name))


@pytest.mark.assumption("17.14: kept empty")
@pytest.mark.parametrize("name", CLEARED)
def test_a_cleared_member_is_shown_empty(client: SSMIncidentsClient, name: str) -> None:
    arn = create(client, **FULL)
    client.update_response_plan(arn=arn, **{name: CLEARED[name]})
    assert read(client, arn) == nested(FULL | {name: CLEARED[name]})


@pytest.mark.observed("5.21")
def test_an_empty_chat_channel_clears(client: SSMIncidentsClient) -> None:
    arn = create(client, **FULL)
    client.update_response_plan(arn=arn, chatChannel={"empty": {}})
    plan = read(client, arn)
    assert "chatbotSns" not in plan.pop("chatChannel", {})
    assert plan == nested({name: value for name, value in FULL.items() if name != "chatChannel"})


@pytest.mark.assumption("17.14: absent")
def test_a_cleared_chat_channel_is_absent(client: SSMIncidentsClient) -> None:
    arn = create(client, **FULL)
    client.update_response_plan(arn=arn, chatChannel={"empty": {}})
    assert "chatChannel" not in read(client, arn)


@pytest.mark.observed("5.24")
def test_update_leaves_the_tags_of_the_plan(client: SSMIncidentsClient) -> None:
    arn = client.create_response_plan(name="plan", tags={"team": "plan"}, **nested(FULL))["arn"]
    client.update_response_plan(arn=arn, incidentTemplateTags={"team": "incident", "more": "v"})
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "plan"}


@pytest.mark.assumption("17.17: accepted")
def test_an_update_that_names_nothing_changes_nothing(client: SSMIncidentsClient) -> None:
    arn = create(client, **FULL)
    assert answered(client.update_response_plan(arn=arn)) == (204, {})
    assert read(client, arn) == nested(FULL)


# -- list


@pytest.mark.observed("§5.4")
def test_a_summary_has_arn_name_and_display_name(client: SSMIncidentsClient) -> None:
    arn = create(client, **FULL)
    summary = {"arn": arn, "displayName": "Example response plan", "name": "plan"}
    assert answered(client.list_response_plans()) == (200, {"responsePlanSummaries": [summary]})


@pytest.mark.modelled("§5.4: optional")
def test_a_summary_has_no_display_name_that_was_not_given(client: SSMIncidentsClient) -> None:
    arn = create(client)
    assert client.list_response_plans()["responsePlanSummaries"] == [{"arn": arn, "name": "plan"}]


@pytest.mark.assumption("oldest first")
def test_plans_are_listed_oldest_first_and_keep_their_places(client: SSMIncidentsClient) -> None:
    arns = [create(client, name) for name in ("b", "c", "a")]
    client.update_response_plan(arn=arns[0], displayName="d")
    assert [each["arn"] for each in client.list_response_plans()["responsePlanSummaries"]] == arns


@pytest.mark.modelled("§12.2")
@pytest.mark.parametrize("size", [1, 2, 3, 4, 100])
def test_pages_together_are_the_list(client: SSMIncidentsClient, size: int) -> None:
    arns = [create(client, f"plan-{index}") for index in range(4)]
    pages = client.get_paginator("list_response_plans").paginate(PaginationConfig={"PageSize": size, "MaxItems": 100})
    listed = [[each["arn"] for each in page["responsePlanSummaries"]] for page in pages]
    assert [arn for page in listed for arn in page] == arns
    assert max(map(len, listed)) <= size


@pytest.mark.documented("§12.2")
def test_the_last_page_has_no_token(client: SSMIncidentsClient) -> None:
    for name in ("a", "b"):
        create(client, name)
    first = client.list_response_plans(maxResults=1)
    assert body(client.list_response_plans(maxResults=1, nextToken=first["nextToken"])).keys() == {
        "responsePlanSummaries"
    }


@pytest.mark.modelled("§12.2")
@pytest.mark.parametrize("size", [0, 101])
def test_list_refuses_other_page_sizes_than_1_to_100(client_in: ClientIn, size: int) -> None:
    client = client_in(config=UNCHECKED)
    with fails(client, "ValidationException"):
        client.list_response_plans(maxResults=size)


# -- delete


@pytest.mark.modelled("§5.4, 1.5")
def test_a_deleted_plan_is_gone(client: SSMIncidentsClient) -> None:
    arn, other = create(client), create(client, "other")
    assert answered(client.delete_response_plan(arn=arn)) == (204, {})
    assert [each["arn"] for each in client.list_response_plans()["responsePlanSummaries"]] == [other]
    with fails(client, "ResourceNotFoundException", resourceType="RESPONSE_PLAN", resourceIdentifier=arn):
        client.get_response_plan(arn=arn)


@pytest.mark.documented("§5.4: an incident can no longer be started")
def test_a_deleted_plan_starts_no_incident(client: SSMIncidentsClient) -> None:
    arn = create(client)
    client.delete_response_plan(arn=arn)
    with fails(client, "ResourceNotFoundException", resourceType="RESPONSE_PLAN", resourceIdentifier=arn):
        client.start_incident(responsePlanArn=arn)


@pytest.mark.assumption("tags and policies go with their plan")
def test_a_new_plan_has_no_tags_or_policies_of_a_deleted_one(client: SSMIncidentsClient) -> None:
    arn = client.create_response_plan(name="plan", tags={"k": "v"}, **nested(MINIMAL))["arn"]
    policy_id = client.put_resource_policy(resourceArn=arn, policy='{"Statement": []}')["policyId"]
    client.delete_response_plan(arn=arn)
    create(client)
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {}
    assert client.get_resource_policies(resourceArn=arn)["resourcePolicies"] == []
    with fails(client, "ResourceNotFoundException", resourceType="RESOURCE_POLICY", resourceIdentifier=policy_id):
        client.delete_resource_policy(resourceArn=arn, policyId=policy_id)


@pytest.mark.assumption("17.18: readable, and tagged as before")
def test_the_incidents_of_a_deleted_plan_stay(client: SSMIncidentsClient) -> None:
    arn = create(client, incidentTemplateTags={"k": "v"})
    incident = client.start_incident(responsePlanArn=arn)["incidentRecordArn"]
    before = body(client.get_incident_record(arn=incident))
    client.delete_response_plan(arn=arn)
    assert body(client.get_incident_record(arn=incident)) == before
    assert client.list_tags_for_resource(resourceArn=incident)["tags"] == {"k": "v"}


@pytest.mark.inferred("§6.2: copied from the plan at the start")
def test_an_update_of_a_plan_leaves_its_incidents(client: SSMIncidentsClient) -> None:
    arn = create(client, **FULL)
    incident = client.start_incident(responsePlanArn=arn)["incidentRecordArn"]
    before = body(client.get_incident_record(arn=incident))
    client.update_response_plan(arn=arn, **OTHER)
    assert body(client.get_incident_record(arn=incident)) == before
