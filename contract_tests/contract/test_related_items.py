"""Related items of an incident (catalogue §8)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

import pytest
from botocore.config import Config

from contract_tests.support import (
    ACCOUNT,
    FOREIGN_INCIDENT,
    NO_INCIDENT,
    NOT_INCIDENTS,
    answered,
    contents,
    fails,
    make_plan,
    moves_on,
    start,
)

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.contract.targets import ClientIn
    from contract_tests.support import Record

UPDATE = "SSM Incident Record Update"
UNCHECKED = Config(parameter_validation=False)
TYPES = [
    "ANALYSIS",
    "INCIDENT",
    "METRIC",
    "PARENT",
    "ATTACHMENT",
    "OTHER",
    "AUTOMATION",
    "INVOLVED_RESOURCE",
    "TASK",
]
VALUES: list[dict[str, Any]] = [
    {"arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"},
    {"url": "https://example.com/1"},
    {"metricDefinition": "{}"},
    {"pagerDutyIncidentDetail": {"autoResolve": True, "id": "P1", "secretId": "s"}},
]


@pytest.fixture
def incident(client: SSMIncidentsClient) -> str:
    """Give the ARN of an incident that was started by hand."""
    return start(client, make_plan(client))


def identifier(type: str = "OTHER", **value: Any) -> Record:
    return {"type": type, "value": value or {"url": "https://example.com/1"}}


def item(title: str = "title", type: str = "OTHER", **value: Any) -> Record:
    return {"identifier": identifier(type, **value), "title": title}


def update(client: SSMIncidentsClient, incident: str, **change: Any) -> tuple[int, Record]:
    related_items_update: Any = change
    return answered(client.update_related_items(incidentRecordArn=incident, relatedItemsUpdate=related_items_update))


def listed(client: SSMIncidentsClient, incident: str) -> list[Record]:
    return [dict(each) for each in client.list_related_items(incidentRecordArn=incident)["relatedItems"]]


def told(client: SSMIncidentsClient, incident: str) -> list[str]:
    """Give the texts in which the timeline tells of changed items, the latest first."""
    wanted: Any = [{"key": "eventType", "condition": {"equals": {"stringValues": [UPDATE]}}}]
    summaries = client.list_timeline_events(incidentRecordArn=incident, filters=wanted)["eventSummaries"]
    ids = [each["eventId"] for each in summaries]
    data = [client.get_timeline_event(incidentRecordArn=incident, eventId=each)["event"]["eventData"] for each in ids]
    attributes = [json.loads(each)["modifiedAttributes"] for each in data]
    assert all(len(each) == 1 and each[0]["attributeName"] == "relatedItems" for each in attributes)
    return [each[0]["newValue"] for each in attributes]


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


# -- list


@pytest.mark.observed("8.3, 2.9, 2.10, 2.11")
def test_a_fresh_incident_has_a_parent_item(client: SSMIncidentsClient, incident: str) -> None:
    status, answer = answered(client.list_related_items(incidentRecordArn=incident))
    assert status == 200
    assert answer == {
        "relatedItems": [
            {
                "generatedId": ANY,
                "identifier": {"type": "PARENT", "value": {"arn": ANY}},
                "title": "parentItem",
            }
        ]
    }
    (parent,) = answer["relatedItems"]
    assert re.fullmatch("related-item/PARENT/[0-9A-F]{32}", parent["generatedId"])
    arn = rf"arn:aws:ssm:us-east-1:{ACCOUNT}:opsitem/oi-[0-9a-f]{{12}}"
    assert re.fullmatch(arn, parent["identifier"]["value"]["arn"])


@pytest.mark.assumption("the Region in the ARN of the PARENT item (8.3) is the call's")
def test_the_parent_item_is_in_the_region_of_the_start(client_in: ClientIn) -> None:
    client = client_in("us-west-2")
    (parent,) = listed(client, start(client, make_plan(client)))
    assert parent["identifier"]["value"]["arn"].startswith(f"arn:aws:ssm:us-west-2:{ACCOUNT}:opsitem/oi-")


@pytest.mark.assumption("17.23: items given to StartIncident are there at once, without events; PARENT is the latest")
def test_items_given_at_the_start(client: SSMIncidentsClient) -> None:
    given: Any = [item("first", "INVOLVED_RESOURCE", **VALUES[0]), item("second"), item("second again")]
    incident = start(client, make_plan(client), relatedItems=given)
    items = listed(client, incident)
    assert [each["title"] for each in items] == ["parentItem", "second again", "first"]
    assert items[2] == {**given[0], "generatedId": ANY}
    assert len(told(client, incident)) == 1


@pytest.mark.observed("8.8: the user's item before the PARENT item of the start")
def test_the_latest_item_is_listed_first(client: SSMIncidentsClient, incident: str) -> None:
    update(client, incident, itemToAdd=item("Example related item"))
    assert [each["title"] for each in listed(client, incident)] == ["Example related item", "parentItem"]


# -- add


@pytest.mark.assumption("17.34: users may add every type")
@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("value", VALUES)
def test_an_item_of_any_type_and_value(
    client: SSMIncidentsClient, incident: str, type: str, value: dict[str, Any]
) -> None:
    assert update(client, incident, itemToAdd=item("t", type, **value)) == (204, {})
    added, _ = listed(client, incident)
    assert added == item("t", type, **value) | {"generatedId": ANY}
    assert re.fullmatch(f"related-item/{type}/[0-9A-F]{{32}}", added["generatedId"])


@pytest.mark.assumption("17.33: type and value make an item; adding it again is a new title")
def test_an_item_that_is_added_again_keeps_its_place_and_its_id(client: SSMIncidentsClient, incident: str) -> None:
    update(client, incident, itemToAdd=item("first"))
    update(client, incident, itemToAdd=item("second", url="https://example.com/2"))
    second, first, parent = listed(client, incident)
    update(client, incident, itemToAdd=item("first again"))
    assert listed(client, incident) == [second, first | {"title": "first again"}, parent]


@pytest.mark.modelled("8.1: title is optional")
def test_an_item_needs_no_title(client: SSMIncidentsClient, incident: str) -> None:
    update(client, incident, itemToAdd={"identifier": identifier()})
    added, _ = listed(client, incident)
    assert added == {"identifier": identifier(), "generatedId": ANY}


@pytest.mark.assumption("17.34: a generatedId that comes with an item is ignored")
def test_a_generated_id_that_comes_with_an_item_is_ignored(client: SSMIncidentsClient) -> None:
    given = {"generatedId": "related-item/OTHER/" + "0" * 32}
    incident = start(client, make_plan(client), relatedItems=[item() | given])
    update(client, incident, itemToAdd=item(url="https://example.com/2") | given)
    ids = [each["generatedId"] for each in listed(client, incident)]
    assert len(set(ids)) == 3
    assert given["generatedId"] not in ids
    assert told(client, incident)[0] == compact({"itemToAdd": item(url="https://example.com/2")})


@pytest.mark.inferred("§7.1: the service writes its own members, in its own order")
def test_the_text_of_a_change_has_the_services_order_of_members(client: SSMIncidentsClient, incident: str) -> None:
    added = item()
    shuffled = {"title": added["title"], "identifier": dict(reversed(added["identifier"].items()))}
    update(client, incident, itemToAdd=shuffled)
    assert told(client, incident)[0] == compact({"itemToAdd": added})


@pytest.mark.modelled("8.7, 8.11, 2.9, Appendix A")
@pytest.mark.parametrize(
    ("fits", "too_much"),
    [
        (item("x" * 200), item("x" * 201)),
        (item(url="x" * 1000), item(url="x" * 1001)),
        (item(metricDefinition="x" * 4000), item(metricDefinition="x" * 4001)),
        (item(arn="arn:aws:a:::b"), item(arn="no ARN")),
        (item(arn="arn:aws:a:::".ljust(1000, "x")), item(arn="arn:aws:a:::".ljust(1001, "x"))),
        (item(pagerDutyIncidentDetail={"id": "x"}), item(pagerDutyIncidentDetail={"id": ""})),
        (item(pagerDutyIncidentDetail={"id": "x" * 200}), item(pagerDutyIncidentDetail={"id": "x" * 201})),
        (item(), item(url="https://example.com", metricDefinition="{}")),
        (item(type="TASK"), item(type="CHORE")),
        (
            item() | {"generatedId": "related-item/OTHER/" + "A" * 32},
            item() | {"generatedId": "related-item/OTHER/" + "a" * 32},
        ),
    ],
)
def test_limits_of_items(client_in: ClientIn, fits: Record, too_much: Record) -> None:
    client = client_in(config=UNCHECKED)
    plan = make_plan(client)
    incident = start(client, plan, relatedItems=[fits])
    update(client, incident, itemToAdd=fits)
    with fails(client, "ValidationException"):
        update(client, incident, itemToAdd=too_much)
    with fails(client, "ValidationException"):
        start(client, plan, relatedItems=[too_much])


@pytest.mark.modelled("8.7")
@pytest.mark.parametrize("change", [{}, {"itemToAdd": item(), "itemToRemove": identifier()}])
def test_an_update_adds_or_removes_one_item(client_in: ClientIn, change: Record) -> None:
    client = client_in(config=UNCHECKED)
    incident = start(client, make_plan(client))
    with fails(client, "ValidationException"):
        update(client, incident, **change)


@pytest.mark.observed("8.9, §6.2: the event's time is the record's")
def test_a_change_of_items_is_a_change_of_the_incident(client: SSMIncidentsClient, incident: str) -> None:
    before = client.get_incident_record(arn=incident)["incidentRecord"]
    for change in ({"itemToAdd": item()}, {"itemToRemove": identifier()}):
        update(client, incident, **change)
        (latest, *_) = client.list_timeline_events(incidentRecordArn=incident)["eventSummaries"]
        assert latest["eventType"] == UPDATE
        record = client.get_incident_record(arn=incident)["incidentRecord"]
        assert record["lastModifiedTime"] == latest["eventTime"] == latest["eventUpdatedTime"]
        assert record | {"lastModifiedTime": ANY} == before | {"lastModifiedTime": ANY}


@pytest.mark.observed("8.9")
def test_a_change_of_items_moves_the_modified_time(client: SSMIncidentsClient, incident: str) -> None:
    def modified() -> datetime:
        update(client, incident, itemToAdd=item())
        return client.get_incident_record(arn=incident)["incidentRecord"]["lastModifiedTime"]

    assert moves_on(modified)


# -- remove


@pytest.mark.observed("8.5: PARENT by opsItem, OTHER by url")
def test_an_item_is_removed_by_type_and_value(client: SSMIncidentsClient, incident: str) -> None:
    update(client, incident, itemToAdd=item("Example related item", url="https://example.com/opsitems/oi-8ef8"))
    (parent,) = listed(client, incident)[1:]
    arn = parent["identifier"]["value"]["arn"].replace(":opsitem/", ":opsItem/")
    assert update(client, incident, itemToRemove=identifier(url="https://example.com/opsitems/oi-8ef8")) == (204, {})
    assert listed(client, incident) == [parent]
    assert update(client, incident, itemToRemove=identifier("PARENT", arn=arn)) == (204, {})
    assert listed(client, incident) == []


@pytest.mark.assumption("17.33: removing what is not there succeeds and changes nothing")
@pytest.mark.parametrize(
    "absent", [identifier("TASK"), identifier(url="https://example.com/2"), identifier(arn="arn:aws:a:::b")]
)
def test_removing_an_item_that_is_not_there(client: SSMIncidentsClient, incident: str, absent: Record) -> None:
    update(client, incident, itemToAdd=item())
    before = contents(client)
    assert update(client, incident, itemToRemove=absent) == (204, {})
    assert contents(client) == before


@pytest.mark.assumption("17.33: an item is its own incident's")
def test_the_same_item_of_two_incidents_is_two_items(client: SSMIncidentsClient, incident: str) -> None:
    other = start(client, make_plan(client, "other"), relatedItems=[item("theirs")])
    theirs = listed(client, other)
    update(client, incident, itemToAdd=item("ours"))
    ours, _ = listed(client, incident)
    assert listed(client, other) == theirs
    assert ours["generatedId"] not in {each["generatedId"] for each in theirs}
    update(client, incident, itemToRemove=identifier())
    assert listed(client, other) == theirs


# -- what is not there


def call(client: SSMIncidentsClient, method: str, incident: str) -> Record:
    rest = {"relatedItemsUpdate": {"itemToAdd": item()}} if method == "update_related_items" else {}
    answer: Record = getattr(client, method)(incidentRecordArn=incident, **rest)
    return answer


METHODS = ["list_related_items", "update_related_items"]


@pytest.mark.observed("§3.3, 8.10")
@pytest.mark.parametrize("change", [{"itemToAdd": item()}, {"itemToRemove": identifier()}])
def test_an_update_of_an_unknown_incident_is_not_found(client: SSMIncidentsClient, change: Record) -> None:
    with fails(client, "ResourceNotFoundException", resourceType="INCIDENT_RECORD", resourceIdentifier=NO_INCIDENT):
        update(client, NO_INCIDENT, **change)


@pytest.mark.observed("§3.3, 8.10")
def test_an_unknown_incident_lists_no_items(client: SSMIncidentsClient) -> None:
    assert answered(client.list_related_items(incidentRecordArn=NO_INCIDENT)) == (200, {"relatedItems": []})


@pytest.mark.assumption("17.5: another kind of ARN is a ValidationException")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("arn", NOT_INCIDENTS)
def test_what_is_no_incident_is_refused(client: SSMIncidentsClient, method: str, arn: str) -> None:
    with fails(client, "ValidationException"):
        call(client, method, arn)


@pytest.mark.assumption("17.5: another account's ARN is an AccessDeniedException")
@pytest.mark.parametrize("method", METHODS)
def test_another_accounts_incident_is_denied(client: SSMIncidentsClient, method: str) -> None:
    with fails(client, "AccessDeniedException"):
        call(client, method, FOREIGN_INCIDENT)
