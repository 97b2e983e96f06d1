"""The API change of 2022-11-11: related items have an id, and timeline events refer to things by it.

    RelatedItems now have an ID field which can be used for referencing them else where. Introducing event references
    in TimelineEvent API

Seven methods were updated; each is named by a test below, or by several.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

import pytest

from contract_tests.support import ACCOUNT, answered, fails, make_plan, start

if TYPE_CHECKING:
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.support import Record

FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"
GENERATED_ID = "related-item/OTHER/0515FAE92F4A572650D73DC0224D00EF"
ITEM: dict[str, Any] = {"identifier": {"type": "OTHER", "value": {"url": "https://example.com"}}, "title": "t"}


@pytest.fixture
def incident(client: SSMIncidentsClient) -> str:
    """Give the ARN of an incident that was started by hand."""
    return start(client, make_plan(client))


def items(client: SSMIncidentsClient, incident: str) -> list[Any]:
    return list(client.list_related_items(incidentRecordArn=incident)["relatedItems"])


def create(client: SSMIncidentsClient, incident: str, **members: Any) -> str:
    event = {"eventType": "Note", "eventTime": "2022-11-11T00:00:00Z", "eventData": '"d"', **members}
    return client.create_timeline_event(incidentRecordArn=incident, **event)["eventId"]


def get(client: SSMIncidentsClient, incident: str, event_id: str) -> Record:
    return dict(client.get_timeline_event(incidentRecordArn=incident, eventId=event_id)["event"])


def summary(client: SSMIncidentsClient, incident: str, event_id: str) -> Record:
    summaries = client.list_timeline_events(incidentRecordArn=incident)["eventSummaries"]
    (found,) = (each for each in summaries if each["eventId"] == event_id)
    return dict(found)


# -- generatedId


@pytest.mark.observed("8.2, 2.9")
def test_list_related_items_gives_each_item_a_generated_id_that_stays(
    client: SSMIncidentsClient, incident: str
) -> None:
    change: Any = {"itemToAdd": ITEM}
    client.update_related_items(incidentRecordArn=incident, relatedItemsUpdate=change)
    other, parent = items(client, incident)
    assert re.fullmatch("related-item/OTHER/[0-9A-F]{32}", other["generatedId"])
    assert re.fullmatch("related-item/PARENT/[0-9A-F]{32}", parent["generatedId"])
    client.update_incident_record(arn=incident, status="RESOLVED")
    assert items(client, incident) == [other, parent]


@pytest.mark.assumption("17.34: a generatedId that comes with an item is ignored")
def test_start_incident_accepts_a_generated_id(client: SSMIncidentsClient) -> None:
    incident = start(client, make_plan(client), relatedItems=[ITEM | {"generatedId": GENERATED_ID}])
    _, given = items(client, incident)
    assert given == ITEM | {"generatedId": ANY}
    assert given["generatedId"] != GENERATED_ID


@pytest.mark.assumption("17.34: a generatedId that comes with an item is ignored")
def test_update_related_items_accepts_a_generated_id(client: SSMIncidentsClient, incident: str) -> None:
    change: Any = {"itemToAdd": ITEM | {"generatedId": GENERATED_ID}}
    answer = client.update_related_items(incidentRecordArn=incident, relatedItemsUpdate=change)
    assert answered(answer) == (204, {})
    given, _ = items(client, incident)
    assert given == ITEM | {"generatedId": ANY}
    assert given["generatedId"] != GENERATED_ID


@pytest.mark.modelled("2.9, Appendix A")
@pytest.mark.parametrize(
    "wrong",
    ["", "OTHER", GENERATED_ID.lower(), GENERATED_ID[:-1], GENERATED_ID + "0", GENERATED_ID.replace("OTHER", "X")],
)
def test_what_is_no_generated_id_is_refused(client: SSMIncidentsClient, incident: str, wrong: str) -> None:
    change: Any = {"itemToAdd": ITEM | {"generatedId": wrong}}
    with fails(client, "ValidationException"):
        client.update_related_items(incidentRecordArn=incident, relatedItemsUpdate=change)
    with fails(client, "ValidationException"):
        create(client, incident, eventReferences=[{"relatedItemId": wrong}])


# -- eventReferences


@pytest.mark.modelled("7.6; observed 7.9, 7.10")
def test_create_get_and_list_timeline_events_have_references(client: SSMIncidentsClient, incident: str) -> None:
    (parent,) = items(client, incident)
    references = [{"relatedItemId": parent["generatedId"]}, {"resource": FUNCTION}, {"resource": incident}]
    event_id = create(client, incident, eventReferences=references)
    assert get(client, incident, event_id)["eventReferences"] == references
    assert summary(client, incident, event_id)["eventReferences"] == references


@pytest.mark.observed("7.9: absent in the samples of 2021-05")
@pytest.mark.parametrize("given", [{}, {"eventReferences": []}])
def test_an_event_without_references_shows_none(client: SSMIncidentsClient, incident: str, given: Any) -> None:
    event_id = create(client, incident, **given)
    assert "eventReferences" not in get(client, incident, event_id)
    assert "eventReferences" not in summary(client, incident, event_id)


@pytest.mark.documented("7.7: overrides all existing references; that [] does, and no id is looked up, is ours: 17.30")
def test_update_timeline_event_overrides_all_references(client: SSMIncidentsClient, incident: str) -> None:
    event_id = create(client, incident, eventReferences=[{"resource": FUNCTION}, {"resource": incident}])
    event: Any = {"incidentRecordArn": incident, "eventId": event_id}
    client.update_timeline_event(**event, eventReferences=[{"relatedItemId": GENERATED_ID}])
    assert get(client, incident, event_id)["eventReferences"] == [{"relatedItemId": GENERATED_ID}]
    client.update_timeline_event(**event, eventData='"other"')
    assert summary(client, incident, event_id)["eventReferences"] == [{"relatedItemId": GENERATED_ID}]
    client.update_timeline_event(**event, eventReferences=[])
    assert "eventReferences" not in get(client, incident, event_id)


@pytest.mark.documented("7.13: the key eventReference")
def test_events_are_found_by_what_they_refer_to(client: SSMIncidentsClient, incident: str) -> None:
    ids = {
        value: create(client, incident, eventReferences=[{kind: value}, {"resource": incident}])
        for kind, value in (("relatedItemId", GENERATED_ID), ("resource", FUNCTION))
    }
    for values in ([GENERATED_ID], [FUNCTION], [FUNCTION, GENERATED_ID], [incident], ["nothing"]):
        wanted: Any = [{"key": "eventReference", "condition": {"equals": {"stringValues": values}}}]
        found = client.list_timeline_events(incidentRecordArn=incident, filters=wanted)["eventSummaries"]
        expected = set(ids.values()) if values == [incident] else {ids[each] for each in values if each in ids}
        assert {each["eventId"] for each in found} == expected
        assert len(found) == len(expected)


# -- eventData


@pytest.mark.modelled("7.5, Appendix A: EventData 0-12000")
def test_event_data_has_at_most_12_000_characters(client: SSMIncidentsClient, incident: str) -> None:
    for length in (0, 12_000):
        event_id = create(client, incident, eventData="ü" * length)
        assert get(client, incident, event_id)["eventData"] == "ü" * length
        client.update_timeline_event(incidentRecordArn=incident, eventId=event_id, eventData="x" * length)
        assert get(client, incident, event_id)["eventData"] == "x" * length
        with fails(client, "ValidationException"):
            create(client, incident, eventData="x" * 12_001)
        with fails(client, "ValidationException"):
            client.update_timeline_event(incidentRecordArn=incident, eventId=event_id, eventData="x" * 12_001)
