"""Replication sets (catalogue §4). The account starts with one in us-east-1 and us-west-2, on AWS's own keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config

from contract_tests.support import answered, body, contents, fails, moves_on

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.contract.targets import ClientIn
    from contract_tests.support import Record

EAST, WEST, IRELAND, TOKYO = "us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1"
UNCHECKED = Config(parameter_validation=False)
MISSING = "arn:aws:ssm-incidents::123456789012:replication-set/00000000-0000-4000-8000-000000000000"
PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/example"
FOREIGN = "arn:aws:ssm-incidents::999999999999:replication-set/00000000-0000-4000-8000-000000000000"
ON_ONE_SET: dict[str, Callable[[Any, str], object]] = {
    "get": lambda client, arn: client.get_replication_set(arn=arn),
    "update": lambda client, arn: client.update_replication_set(arn=arn, actions=[added(IRELAND)]),
    "protect": lambda client, arn: client.update_deletion_protection(arn=arn, deletionProtected=True),
    "delete": lambda client, arn: client.delete_replication_set(arn=arn),
}
"""The operations that are given the ARN of a set."""


def key(region: str, name: str = "de6a2f4e-5d40-4443-ad82-1db179510a32") -> str:
    return f"arn:aws:kms:{region}:123456789012:key/{name}"


def added(region: str, **key: str) -> Any:
    return {"addRegionAction": {"regionName": region, **key}}


def deleted(region: str) -> Any:
    return {"deleteRegionAction": {"regionName": region}}


def the_arn(client: SSMIncidentsClient) -> str:
    (arn,) = client.list_replication_sets()["replicationSetArns"]
    return arn


def the_set(client: SSMIncidentsClient) -> Record:
    return body(body(client.get_replication_set(arn=the_arn(client)))["replicationSet"])


def region_keys(client: SSMIncidentsClient) -> dict[str, str]:
    return {name: region["sseKmsKeyId"] for name, region in the_set(client)["regionMap"].items()}


def update(client: SSMIncidentsClient, action: Any) -> None:
    arn = the_arn(client)
    assert answered(client.update_replication_set(arn=arn, actions=[action])) == (204, {})
    client.get_waiter("wait_for_replication_set_active").wait(arn=arn)


def delete(client: SSMIncidentsClient) -> None:
    arn = the_arn(client)
    assert answered(client.delete_replication_set(arn=arn)) == (204, {})
    client.get_waiter("wait_for_replication_set_deleted").wait(arn=arn)


def create(client: SSMIncidentsClient, regions: Record, **more: Any) -> str:
    arn = client.create_replication_set(regions=regions, **more)["arn"]
    client.get_waiter("wait_for_replication_set_active").wait(arn=arn)
    return arn


def recreate(client: SSMIncidentsClient, regions: Record, **more: Any) -> str:
    delete(client)
    return create(client, regions, **more)


# -- list and get


@pytest.mark.observed("4.1, 2.1, 2.5")
def test_list_shows_the_one_set_with_a_region_less_arn(client: SSMIncidentsClient) -> None:
    status, answer = answered(client.list_replication_sets())
    assert (status, list(answer)) == (200, ["replicationSetArns"])
    (arn,) = answer["replicationSetArns"]
    assert re.fullmatch(
        r"arn:aws:ssm-incidents::123456789012:replication-set/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", arn
    )


@pytest.mark.observed("4.33")
@pytest.mark.parametrize("region", [EAST, WEST, IRELAND, TOKYO])
def test_list_shows_the_set_in_every_region(client_in: ClientIn, region: str) -> None:
    assert body(client_in(region).list_replication_sets()) == {"replicationSetArns": [the_arn(client_in())]}


@pytest.mark.modelled("§12.2")
@pytest.mark.parametrize("most", [1, 100])
def test_list_takes_1_to_100_as_max_results(client: SSMIncidentsClient, most: int) -> None:
    assert body(client.list_replication_sets(maxResults=most)) == {"replicationSetArns": [the_arn(client)]}


@pytest.mark.modelled("§12.2")
@pytest.mark.parametrize("most", [0, 101])
def test_list_refuses_other_max_results(client_in: ClientIn, most: int) -> None:
    client = client_in(config=UNCHECKED)
    with fails(client, "ValidationException"):
        client.list_replication_sets(maxResults=most)


@pytest.mark.observed("4.14, 4.15, 4.17, 4.20, 4.33b; 4.16 for statusUpdateDateTime")
def test_get_gives_the_whole_set(client: SSMIncidentsClient) -> None:
    status, answer = answered(client.get_replication_set(arn=the_arn(client)))
    assert (status, list(answer)) == (200, ["replicationSet"])
    found = answer["replicationSet"]
    region = {"sseKmsKeyId": "DefaultKey", "status": "ACTIVE"}
    updated = {name: each.pop("statusUpdateDateTime") for name, each in found["regionMap"].items()}
    assert updated.keys() == {EAST, WEST}
    assert found == {
        "arn": the_arn(client),
        "createdBy": found["createdBy"],
        "createdTime": found["createdTime"],
        "deletionProtected": False,
        "lastModifiedBy": found["createdBy"],
        "lastModifiedTime": found["createdTime"],
        "regionMap": {EAST: region, WEST: region},
        "status": "ACTIVE",
    }


@pytest.mark.observed("4.19")
def test_a_set_is_created_by_the_arn_of_its_caller(client: SSMIncidentsClient) -> None:
    assert re.match(r"arn:aws:(iam|sts)::123456789012:(user|assumed-role)/.", the_set(client)["createdBy"])


@pytest.mark.observed("4.21")
def test_times_are_kept_to_the_millisecond(client: SSMIncidentsClient) -> None:
    found = the_set(client)
    times = [found["createdTime"], found["lastModifiedTime"]]
    times += [each["statusUpdateDateTime"] for each in found["regionMap"].values()]
    assert all(time.tzinfo is not None and time.microsecond % 1000 == 0 for time in times)


@pytest.mark.observed("4.33a")
def test_get_answers_alike_in_each_region_of_the_set(client_in: ClientIn) -> None:
    assert the_set(client_in(EAST)) == the_set(client_in(WEST))


@pytest.mark.assumption("17.9: as Get")
@pytest.mark.parametrize("call", [ON_ONE_SET[name] for name in ("update", "protect", "delete")])
def test_a_set_cannot_be_changed_from_another_region(client_in: ClientIn, call: Callable[[Any, str], object]) -> None:
    before, client = the_set(client_in()), client_in(IRELAND)
    arn = the_arn(client)
    with fails(client, "ResourceNotFoundException", resourceType="REPLICATION_SET", resourceIdentifier=arn):
        call(client, arn)
    assert the_set(client_in()) == before


@pytest.mark.observed("§3.3: Get; inferred for the others")
@pytest.mark.parametrize("call", ON_ONE_SET.values(), ids=ON_ONE_SET)
def test_a_set_that_is_not_there_is_not_found(client: SSMIncidentsClient, call: Callable[[Any, str], object]) -> None:
    with fails(client, "ResourceNotFoundException", resourceType="REPLICATION_SET", resourceIdentifier=MISSING):
        call(client, MISSING)


@pytest.mark.assumption("17.5: refused as invalid")
@pytest.mark.parametrize("arn", [PLAN, MISSING.replace("aws:", "aws-cn:"), MISSING + "/more", "arn:aws:s3:::bucket"])
@pytest.mark.parametrize("call", ON_ONE_SET.values(), ids=ON_ONE_SET)
def test_an_arn_of_another_kind_is_invalid(
    client: SSMIncidentsClient, call: Callable[[Any, str], object], arn: str
) -> None:
    with fails(client, "ValidationException"):
        call(client, arn)


@pytest.mark.assumption("17.5: denied")
@pytest.mark.parametrize("call", ON_ONE_SET.values(), ids=ON_ONE_SET)
def test_a_set_of_another_account_is_denied(client: SSMIncidentsClient, call: Callable[[Any, str], object]) -> None:
    with fails(client, "AccessDeniedException"):
        call(client, FOREIGN)


@pytest.mark.modelled("2.12")
@pytest.mark.parametrize("arn", ["", "replication-set", MISSING.ljust(1001, "0")])
@pytest.mark.parametrize("call", ON_ONE_SET.values(), ids=ON_ONE_SET)
def test_what_is_no_arn_is_invalid(client: SSMIncidentsClient, call: Callable[[Any, str], object], arn: str) -> None:
    with fails(client, "ValidationException"):
        call(client, arn)


@pytest.mark.modelled("2.12")
@pytest.mark.parametrize("call", ON_ONE_SET.values(), ids=ON_ONE_SET)
def test_an_arn_of_1000_characters_is_looked_for(
    client: SSMIncidentsClient, call: Callable[[Any, str], object]
) -> None:
    arn = MISSING.ljust(1000, "0")
    with fails(client, "ResourceNotFoundException", resourceType="REPLICATION_SET", resourceIdentifier=arn):
        call(client, arn)


@pytest.mark.modelled("4.7")
def test_the_waiter_for_an_active_set_is_content_with_one(client: SSMIncidentsClient) -> None:
    client.get_waiter("wait_for_replication_set_active").wait(arn=the_arn(client))


@pytest.mark.modelled("4.7")
def test_the_waiter_for_a_deleted_set_is_content_when_there_is_none(client: SSMIncidentsClient) -> None:
    client.get_waiter("wait_for_replication_set_deleted").wait(arn=MISSING)


# -- create


@pytest.mark.inferred("4.2; assumption for its members: 17.2")
def test_a_second_set_exceeds_the_quota(client: SSMIncidentsClient) -> None:
    with fails(
        client,
        "ServiceQuotaExceededException",
        quotaCode="L-REPLICATION-SETS",
        serviceCode="ssm-incidents",
        resourceType="REPLICATION_SET",
        resourceIdentifier=the_arn(client),
    ):
        client.create_replication_set(regions={EAST: {}})


@pytest.mark.observed("4.36, 4.9")
def test_after_deletion_a_set_can_be_created_with_an_arn_of_its_own(client: SSMIncidentsClient) -> None:
    former = the_arn(client)
    delete(client)
    status, answer = answered(client.create_replication_set(regions={EAST: {}}))
    client.get_waiter("wait_for_replication_set_active").wait(arn=answer["arn"])
    assert (status, answer) == (201, {"arn": the_arn(client)})
    assert answer["arn"] != former


@pytest.mark.observed("4.14, 4.18, 4.20")
def test_a_new_set_is_active_unprotected_and_unmodified(client: SSMIncidentsClient) -> None:
    recreate(client, {EAST: {}, IRELAND: {}})
    found = the_set(client)
    assert (found["status"], found["deletionProtected"]) == ("ACTIVE", False)
    assert (found["lastModifiedTime"], found["lastModifiedBy"]) == (found["createdTime"], found["createdBy"])
    assert {each["status"] for each in found["regionMap"].values()} == {"ACTIVE"}
    assert region_keys(client) == {EAST: "DefaultKey", IRELAND: "DefaultKey"}


@pytest.mark.modelled("4.22")
@pytest.mark.parametrize("count", [1, 3])
def test_a_set_has_one_to_three_regions(client: SSMIncidentsClient, count: int) -> None:
    regions = [EAST, WEST, IRELAND, TOKYO][:count]
    recreate(client, {name: {} for name in regions})
    assert region_keys(client).keys() == set(regions)


@pytest.mark.modelled("4.22")
@pytest.mark.parametrize("count", [0, 4])
def test_no_or_four_regions_are_refused(client: SSMIncidentsClient, count: int) -> None:
    delete(client)
    with fails(client, "ValidationException"):
        client.create_replication_set(regions={name: {} for name in [EAST, WEST, IRELAND, TOKYO][:count]})


@pytest.mark.documented("4.23; inferred for the exception")
@pytest.mark.parametrize("regions", [[WEST], [WEST, IRELAND, TOKYO]])
def test_the_region_of_the_call_must_be_one_of_the_set(client: SSMIncidentsClient, regions: list[str]) -> None:
    delete(client)
    with fails(client, "ValidationException"):
        client.create_replication_set(regions={name: {} for name in regions})


@pytest.mark.observed("4.14")
def test_keys_are_given_back_as_they_were_given(client: SSMIncidentsClient) -> None:
    recreate(client, {EAST: {"sseKmsKeyId": key(EAST)}, WEST: {"sseKmsKeyId": key(WEST, "mrk-1")}})
    assert region_keys(client) == {EAST: key(EAST), WEST: key(WEST, "mrk-1")}


@pytest.mark.documented("4.24; inferred for the exception: §3.5")
@pytest.mark.parametrize("with_key", [EAST, WEST])
def test_all_regions_have_a_key_or_none(client: SSMIncidentsClient, with_key: str) -> None:
    delete(client)
    regions: Record = {EAST: {}, WEST: {}, with_key: {"sseKmsKeyId": key(with_key)}}
    with fails(client, "ValidationException"):
        client.create_replication_set(regions=regions)


BAD_KEYS = [
    pytest.param("de6a2f4e-5d40-4443-ad82-1db179510a32", id="id"),
    pytest.param("alias/example", id="alias"),
    pytest.param(f"arn:aws:kms:{EAST}:123456789012:alias/example", id="alias ARN"),
    pytest.param(key(WEST), id="other Region"),
    pytest.param(key(EAST).replace("kms", "s3"), id="other service"),
]


@pytest.mark.inferred("4.26, §3.5")
@pytest.mark.parametrize("bad", BAD_KEYS)
def test_create_takes_only_key_arns_of_the_region(client: SSMIncidentsClient, bad: str) -> None:
    delete(client)
    with fails(client, "ValidationException"):
        client.create_replication_set(regions={EAST: {"sseKmsKeyId": bad}})


@pytest.mark.assumption("an empty key, or the one that is read back (4.14), is no key")
@pytest.mark.parametrize("none", ["", "DefaultKey"])
def test_a_key_can_be_named_as_none(client: SSMIncidentsClient, none: str) -> None:
    recreate(client, {EAST: {"sseKmsKeyId": none}, WEST: {}})
    assert region_keys(client) == {EAST: "DefaultKey", WEST: "DefaultKey"}


@pytest.mark.modelled("Appendix A: SseKmsKey")
def test_a_key_has_at_most_2048_characters(client: SSMIncidentsClient) -> None:
    longest = key(EAST, "k").ljust(2048, "k")
    delete(client)
    with fails(client, "ValidationException"):
        client.create_replication_set(regions={EAST: {"sseKmsKeyId": longest + "k"}})
    create(client, {EAST: {"sseKmsKeyId": longest}})
    assert region_keys(client) == {EAST: longest}


@pytest.mark.assumption("17.9: refused as invalid")
@pytest.mark.parametrize("name", ["", "Ireland", "us-east-1 ", "us_east_1", "cn-north-1", "us-gov-west-1", "x" * 21])
def test_unknown_regions_are_refused(client: SSMIncidentsClient, name: str) -> None:
    with fails(client, "ValidationException"):
        client.update_replication_set(arn=the_arn(client), actions=[added(name)])
    delete(client)
    with fails(client, "ValidationException"):
        client.create_replication_set(regions={EAST: {}, name: {}})


@pytest.mark.observed("4.37")
def test_tags_can_be_given_at_create(client: SSMIncidentsClient) -> None:
    arn = recreate(client, {EAST: {}}, tags={"team": "a", "empty": ""})
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "a", "empty": ""}


@pytest.mark.modelled("§11, Appendix A: TagMap")
@pytest.mark.parametrize("count", [1, 50])
def test_create_takes_1_to_50_tags(client: SSMIncidentsClient, count: int) -> None:
    tags = {f"k{number}": "v" for number in range(count)}
    arn = recreate(client, {EAST: {}}, tags=tags)
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == tags


@pytest.mark.modelled("§11, Appendix A: TagMap")
@pytest.mark.parametrize("count", [0, 51])
def test_create_refuses_no_and_51_tags(client: SSMIncidentsClient, count: int) -> None:
    delete(client)
    with fails(client, "ValidationException"):
        client.create_replication_set(regions={EAST: {}}, tags={f"k{number}": "v" for number in range(count)})


TAKES_TOKEN: dict[str, Callable[[Any, str], object]] = {
    "create": lambda client, token: recreate(client, {EAST: {}}, clientToken=token),
    "update": lambda client, token: client.update_replication_set(
        arn=the_arn(client), actions=[added(IRELAND)], clientToken=token
    ),
    "protect": lambda client, token: client.update_deletion_protection(
        arn=the_arn(client), deletionProtected=True, clientToken=token
    ),
}


@pytest.mark.modelled("§12.1")
@pytest.mark.parametrize("call", TAKES_TOKEN.values(), ids=TAKES_TOKEN)
def test_a_client_token_has_at_most_128_characters(
    client: SSMIncidentsClient, call: Callable[[Any, str], object]
) -> None:
    call(client, "t" * 128)
    with pytest.raises(client.exceptions.ValidationException):
        call(client, "t" * 129)


# -- update


@pytest.mark.observed("4.29, 4.28: after minutes, not 24 hours")
def test_a_region_is_added_and_deleted_again(client_in: ClientIn) -> None:
    client = client_in()
    before = the_set(client)
    update(client, added(IRELAND))
    assert region_keys(client) == {EAST: "DefaultKey", WEST: "DefaultKey", IRELAND: "DefaultKey"}
    assert the_set(client_in(IRELAND)) == the_set(client)
    assert the_set(client)["regionMap"][IRELAND]["status"] == "ACTIVE"
    update(client, deleted(IRELAND))
    after = the_set(client)
    unchanged = before.keys() - {"lastModifiedTime"}
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}


@pytest.mark.observed("4.33a")
def test_get_finds_no_set_in_a_region_that_was_deleted(client_in: ClientIn) -> None:
    update(client_in(EAST), deleted(WEST))
    client = client_in(WEST)
    arn = the_arn(client)
    with fails(client, "ResourceNotFoundException", resourceType="REPLICATION_SET", resourceIdentifier=arn):
        client.get_replication_set(arn=arn)


@pytest.mark.inferred("4.11, 4.13: data goes with the set, and that with its last Region")
def test_a_plan_survives_when_a_region_is_deleted(client: SSMIncidentsClient) -> None:
    plan = client.create_response_plan(name="p", incidentTemplate={"title": "t", "impact": 1})["arn"]
    update(client, deleted(WEST))
    assert client.get_response_plan(arn=plan)["name"] == "p"


@pytest.mark.documented("4.22; inferred for the exception: §3.5")
def test_a_fourth_region_is_refused(client: SSMIncidentsClient) -> None:
    update(client, added(IRELAND))
    with fails(client, "ValidationException"):
        client.update_replication_set(arn=the_arn(client), actions=[added(TOKYO)])


@pytest.mark.assumption("17.9: refused as invalid")
@pytest.mark.parametrize("action", [added(WEST), deleted(IRELAND)], ids=["add", "delete"])
def test_adding_what_is_there_or_deleting_what_is_not_is_refused(client: SSMIncidentsClient, action: Any) -> None:
    with fails(client, "ValidationException"):
        client.update_replication_set(arn=the_arn(client), actions=[action])


@pytest.mark.assumption("17.9: refused as invalid, with protection off as well")
def test_the_last_region_cannot_be_deleted_by_an_update(client: SSMIncidentsClient) -> None:
    update(client, deleted(WEST))
    with fails(client, "ValidationException"):
        client.update_replication_set(arn=the_arn(client), actions=[deleted(EAST)])


@pytest.mark.modelled("4.27")
@pytest.mark.parametrize(
    "actions", [[], [deleted(WEST), added(IRELAND)], [{}], [added(IRELAND) | deleted(WEST)]], ids=repr
)
def test_an_update_has_exactly_one_action(client_in: ClientIn, actions: list[Any]) -> None:
    client = client_in(config=UNCHECKED)
    with fails(client, "ValidationException"):
        client.update_replication_set(arn=the_arn(client), actions=actions)


@pytest.mark.documented("4.25; observed that Regions with keys come and go: 4.41")
def test_a_key_is_changed_by_deleting_and_adding_its_region(client: SSMIncidentsClient) -> None:
    recreate(client, {EAST: {"sseKmsKeyId": key(EAST)}, WEST: {"sseKmsKeyId": key(WEST)}})
    update(client, deleted(WEST))
    update(client, added(WEST, sseKmsKeyId=key(WEST, "other")))
    assert region_keys(client) == {EAST: key(EAST), WEST: key(WEST, "other")}


@pytest.mark.documented("4.24; inferred for the exception: §3.5")
def test_a_region_without_a_key_cannot_join_regions_with_keys(client: SSMIncidentsClient) -> None:
    recreate(client, {EAST: {"sseKmsKeyId": key(EAST)}})
    with fails(client, "ValidationException"):
        client.update_replication_set(arn=the_arn(client), actions=[added(WEST)])


@pytest.mark.documented("4.24; inferred for the exception: §3.5")
def test_a_region_with_a_key_cannot_join_regions_without(client: SSMIncidentsClient) -> None:
    with fails(client, "ValidationException"):
        client.update_replication_set(arn=the_arn(client), actions=[added(IRELAND, sseKmsKeyId=key(IRELAND))])


@pytest.mark.inferred("4.26, §3.5")
@pytest.mark.parametrize("bad", BAD_KEYS)
def test_update_takes_only_key_arns_of_the_region(client: SSMIncidentsClient, bad: str) -> None:
    recreate(client, {EAST: {"sseKmsKeyId": key(EAST)}})
    with fails(client, "ValidationException"):
        client.update_replication_set(
            arn=the_arn(client), actions=[added(WEST, sseKmsKeyId=bad.replace(WEST, TOKYO).replace(EAST, WEST))]
        )


# -- deletion protection


@pytest.mark.documented("4.30; inferred for the exception: 4.31")
def test_a_protected_set_is_not_deleted_until_protection_is_off(client: SSMIncidentsClient) -> None:
    arn = the_arn(client)
    assert answered(client.update_deletion_protection(arn=arn, deletionProtected=True)) == (204, {})
    assert the_set(client)["deletionProtected"] is True
    client.create_response_plan(name="p", incidentTemplate={"title": "t", "impact": 1})
    with fails(client, "ValidationException"):
        client.delete_replication_set(arn=arn)
    client.update_deletion_protection(arn=arn, deletionProtected=False)
    assert the_set(client)["deletionProtected"] is False
    delete(client)


@pytest.mark.assumption("17.12: protection is a modification of the set")
def test_protecting_moves_the_modified_time(client: SSMIncidentsClient) -> None:
    arn, before = the_arn(client), the_set(client)

    def modified() -> datetime:
        client.update_deletion_protection(arn=arn, deletionProtected=True)
        return client.get_replication_set(arn=arn)["replicationSet"]["lastModifiedTime"]

    assert moves_on(modified)
    after = the_set(client)
    assert after == before | {"deletionProtected": True, "lastModifiedTime": after["lastModifiedTime"]}


@pytest.mark.inferred("4.38")
@pytest.mark.parametrize("protected", [False, True])
def test_setting_protection_as_it_is_set_is_accepted(client: SSMIncidentsClient, *, protected: bool) -> None:
    for _ in range(2):
        answer = client.update_deletion_protection(arn=the_arn(client), deletionProtected=protected)
        assert answered(answer) == (204, {})
        assert the_set(client)["deletionProtected"] is protected


@pytest.mark.observed("4.30, weakly")
def test_a_protected_set_can_lose_a_region_but_the_last(client: SSMIncidentsClient) -> None:
    client.update_deletion_protection(arn=the_arn(client), deletionProtected=True)
    update(client, deleted(WEST))
    assert region_keys(client).keys() == {EAST}
    assert the_set(client)["deletionProtected"] is True


@pytest.mark.modelled("§16: R")
@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("get_replication_set", {}),
        ("create_replication_set", {}),
        ("update_replication_set", {"arn": MISSING}),
        ("update_replication_set", {"actions": [added(IRELAND)]}),
        ("update_deletion_protection", {"arn": MISSING}),
        ("update_deletion_protection", {"deletionProtected": True}),
    ],
)
def test_what_is_required_has_to_be_given(client_in: ClientIn, operation: str, given: Record) -> None:
    client = client_in(config=UNCHECKED)
    with fails(client, "ValidationException"):
        getattr(client, operation)(**given)


# -- delete


@pytest.mark.observed("4.12, 4.9")
def test_delete_takes_all_regions_at_once(client_in: ClientIn) -> None:
    arn = the_arn(client_in())
    delete(client_in())
    for region in (EAST, WEST):
        client = client_in(region)
        assert answered(client.list_replication_sets()) == (200, {"replicationSetArns": []})
        with fails(client, "ResourceNotFoundException", resourceType="REPLICATION_SET", resourceIdentifier=arn):
            client.get_replication_set(arn=arn)


def fill(client: SSMIncidentsClient) -> tuple[str, str]:
    plan = client.create_response_plan(name="p", incidentTemplate={"title": "t", "impact": 1}, tags={"k": "v"})["arn"]
    client.put_resource_policy(resourceArn=plan, policy='{"Statement": []}')
    incident = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
    client.tag_resource(resourceArn=incident, tags={"k": "v"})
    return plan, incident


@pytest.mark.documented("4.11; 4.9 observed for plans")
def test_delete_takes_all_data_of_the_account(client: SSMIncidentsClient) -> None:
    plan, incident = fill(client)
    delete(client)
    assert not any(contents(client).values())
    with fails(client, "ResourceNotFoundException", resourceType="RESPONSE_PLAN", resourceIdentifier=plan):
        client.get_response_plan(arn=plan)
    with fails(client, "ResourceNotFoundException", resourceType="INCIDENT_RECORD", resourceIdentifier=incident):
        client.get_incident_record(arn=incident)


@pytest.mark.documented("4.11")
def test_what_was_deleted_does_not_come_back_with_a_new_set(client: SSMIncidentsClient) -> None:
    plan, incident = fill(client)
    recreate(client, {EAST: {}})
    client.create_response_plan(name="p", incidentTemplate={"title": "t", "impact": 1})
    assert client.list_tags_for_resource(resourceArn=plan)["tags"] == {}
    assert client.get_resource_policies(resourceArn=plan)["resourcePolicies"] == []
    assert client.list_incident_records()["incidentRecordSummaries"] == []
    assert client.list_timeline_events(incidentRecordArn=incident)["eventSummaries"] == []
    assert client.list_related_items(incidentRecordArn=incident)["relatedItems"] == []


@pytest.mark.documented("4.11: gone from every list, filtered or not")
def test_filters_find_nothing_of_what_was_deleted(client: SSMIncidentsClient) -> None:
    def listed() -> list[Any]:
        wanted: Any = [{"key": "status", "condition": {"equals": {"stringValues": ["OPEN"]}}}]
        return [each["arn"] for each in client.list_incident_records(filters=wanted)["incidentRecordSummaries"]]

    _, incident = fill(client)
    assert listed() == [incident]
    recreate(client, {EAST: {}})
    assert listed() == []
    _, incident = fill(client)
    assert listed() == [incident]


@pytest.mark.documented("4.11")
def test_the_tags_of_a_deleted_set_are_gone(client: SSMIncidentsClient) -> None:
    arn = the_arn(client)
    client.tag_resource(resourceArn=arn, tags={"k": "v"})
    delete(client)
    with fails(client, "ResourceNotFoundException", resourceType="REPLICATION_SET", resourceIdentifier=arn):
        client.list_tags_for_resource(resourceArn=arn)
