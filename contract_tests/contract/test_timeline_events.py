"""Timeline events: written by users and by the service, listed, changed, deleted (catalogue §7)."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

import pytest
from botocore.config import Config
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule

from contract_tests.budgets import examples
from contract_tests.support import (
    ACCOUNT,
    FOREIGN_INCIDENT,
    NO_INCIDENT,
    NOT_INCIDENTS,
    TIMED_ID,
    answered,
    contents,
    fails,
    make_plan,
    minted_at,
    moves_on,
    run_machine,
    start,
)

if TYPE_CHECKING:
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.contract.targets import ClientIn
    from contract_tests.support import Record

LONG_AGO = datetime(2020, 10, 1, 20, 30, tzinfo=UTC)
CUSTOM, NOTE = "Custom Event", "Note"
UPDATE, START, TRIGGER = "SSM Incident Record Update", "SSM Incident Start", "SSM Incident Trigger"
UNCHECKED = Config(parameter_validation=False)
ALARM = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:too-slow"
CONTACT = f"arn:aws:ssm-contacts:us-east-1:{ACCOUNT}:contact/on-call"
RESOURCE = {"resource": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"}
ITEM = {"relatedItemId": "related-item/OTHER/0515FAE92F4A572650D73DC0224D00EF"}
NO_EVENT = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def incident(client: SSMIncidentsClient) -> str:
    """Give the ARN of an incident that was started by hand."""
    return start(client, make_plan(client))


def create(client: SSMIncidentsClient, incident: str, **members: Any) -> str:
    """Create an event of LONG_AGO, or as ``members`` say, and give its id."""
    event = {"eventType": CUSTOM, "eventTime": LONG_AGO, "eventData": '"data"', **members}
    return client.create_timeline_event(incidentRecordArn=incident, **event)["eventId"]


def get(client: SSMIncidentsClient, incident: str, event_id: str) -> Record:
    return dict(client.get_timeline_event(incidentRecordArn=incident, eventId=event_id)["event"])


def summaries(client: SSMIncidentsClient, incident: str, *filters: Any, **options: Any) -> list[Record]:
    options |= {"filters": list(filters)} if filters else {}
    return [dict(each) for each in client.list_timeline_events(incidentRecordArn=incident, **options)["eventSummaries"]]


def listed(client: SSMIncidentsClient, incident: str, *filters: Any, **options: Any) -> list[str]:
    return [each["eventId"] for each in summaries(client, incident, *filters, **options)]


def data_of(client: SSMIncidentsClient, incident: str, *event_types: str) -> list[str]:
    """Give the data of the incident's events of these types, in the order of the list."""
    ids = listed(client, incident, equals("eventType", *event_types))
    return [get(client, incident, each)["eventData"] for each in ids]


def equals(key: str, *values: str) -> Record:
    return {"key": key, "condition": {"equals": {"stringValues": list(values)}}}


def at(second: int) -> datetime:
    return LONG_AGO + timedelta(seconds=second)


# -- the laws


class Timeline(RuleBasedStateMachine):
    """One incident's timeline, against a list of its events in the order of their making."""

    events = Bundle("events")
    times = st.integers(0, 4).map(at)
    types = st.sampled_from([CUSTOM, NOTE])
    texts = st.sampled_from(["", '"a"', '{"note":"b"}', "not JSON"])
    references = st.lists(st.sampled_from([RESOURCE, ITEM]), max_size=2)

    def __init__(self, client: SSMIncidentsClient, plan: str) -> None:
        super().__init__()
        self.client, self.plan = client, plan

    @initialize()
    def start(self) -> None:
        """Start an incident, whose own events stand first."""
        self.incident = start(self.client, self.plan)
        ids = listed(self.client, self.incident, sortOrder="ASCENDING")
        self.model = [get(self.client, self.incident, each) for each in ids]

    @rule(target=events, time=times, type=types, text=texts, references=st.none() | references)
    def create(self, time: datetime, type: str, text: str, references: list[Record] | None) -> str:
        """Make an event, with references or without."""
        event: Record = {"eventTime": time, "eventType": type, "eventData": text}
        given = {} if references is None else {"eventReferences": references}
        event_id = create(self.client, self.incident, **event, **given)
        event |= {"eventId": event_id, "eventUpdatedTime": ANY, "incidentRecordArn": self.incident}
        self.model.append(event | ({"eventReferences": references} if references else {}))
        return event_id

    @rule(
        event_id=events,
        changes=st.fixed_dictionaries(
            {},
            optional={"eventTime": times, "eventType": types, "eventData": texts, "eventReferences": references},
        ),
    )
    def update(self, event_id: str, changes: dict[str, Any]) -> None:
        """Change some members of an event."""
        for event in self.model:
            if event["eventId"] == event_id:
                answer = self.client.update_timeline_event(incidentRecordArn=self.incident, eventId=event_id, **changes)
                assert answered(answer) == (204, {})
                event.update(changes)
                if event.get("eventReferences") == []:
                    del event["eventReferences"]

    @rule(event_id=events)
    def delete(self, event_id: str) -> None:
        """Delete an event, perhaps again."""
        answer = self.client.delete_timeline_event(incidentRecordArn=self.incident, eventId=event_id)
        assert answered(answer) == (204, {})
        self.model = [each for each in self.model if each["eventId"] != event_id]

    @rule()
    def get_each(self) -> None:
        """Get every event."""
        assert [get(self.client, self.incident, each["eventId"]) for each in self.model] == self.model

    @rule(
        order=st.sampled_from(["ASCENDING", "DESCENDING", None]),
        size=st.integers(1, 5),
        filters=st.lists(
            st.one_of(
                st.tuples(st.sampled_from(["after", "before"]), times).map(
                    lambda condition: {"key": "eventTime", "condition": dict([condition])}
                ),
                st.lists(st.sampled_from([CUSTOM, NOTE, UPDATE, "?"]), min_size=1).map(
                    lambda values: equals("eventType", *values[:2])
                ),
                st.lists(st.sampled_from([*RESOURCE.values(), *ITEM.values(), "?"]), min_size=1).map(
                    lambda values: equals("eventReference", *values[:2])
                ),
            ),
            max_size=3,
        ),
    )
    def list_events(self, order: Any, size: int, filters: list[Any]) -> None:
        """List the events that fit, page by page."""
        options: dict[str, Any] = {} if order is None else {"sortOrder": order, "sortBy": "EVENT_TIME"}
        options |= {"filters": filters} if filters else {}
        options |= {"PaginationConfig": {"PageSize": size, "MaxItems": 1000}}
        paginator = self.client.get_paginator("list_timeline_events")
        pages = paginator.paginate(incidentRecordArn=self.incident, **options)
        assert [each for page in pages for each in page["eventSummaries"]] == self.expected(order, filters)

    def expected(self, order: str | None, filters: list[Record]) -> list[Record]:
        """Say what a list of the model's events is."""
        chosen = [each for each in self.model if all(fits(each, one) for one in filters)]
        chosen.sort(key=lambda each: each["eventTime"])
        shown = [{name: value for name, value in each.items() if name != "eventData"} for each in chosen]
        return shown if order == "ASCENDING" else shown[::-1]


def fits(event: Record, wanted: Record) -> bool:
    ((kind, value),) = wanted["condition"].items()
    if kind == "after":
        return bool(event["eventTime"] > value)
    if kind == "before":
        return bool(event["eventTime"] < value)
    references = {text for each in event.get("eventReferences", ()) for text in each.values()}
    has = references if wanted["key"] == "eventReference" else {event["eventType"]}
    return not has.isdisjoint(value["stringValues"])


@pytest.mark.assumption("17.26: bounds are exclusive; 17.32: the later made is newer; for the rest 7.7, 7.10-7.13")
def test_a_timeline_is_a_list_sorted_by_time(client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    run_machine(lambda: Timeline(client, plan), percent=25, steps=25)


@pytest.mark.documented("7.13: one of the values; newest first: 7.11")
def test_a_filter_of_two_types_keeps_the_order_of_time(client: SSMIncidentsClient) -> None:
    incident = start(client, make_plan(client))
    types = [CUSTOM, NOTE, CUSTOM, NOTE]
    made = [
        create(client, incident, eventTime=at(second), eventType=type_, eventData=f"{second}")
        for second, type_ in enumerate(types)
    ]
    ours = {
        "key": "eventTime",
        "condition": {"before": at(len(types))},
    }  # the service writes events of the start as well
    assert listed(client, incident, ours, equals("eventType", NOTE, CUSTOM), sortOrder="ASCENDING") == made
    assert listed(client, incident, ours, equals("eventType", CUSTOM, NOTE)) == made[::-1]


# -- create and get


@pytest.mark.observed("7.1, 2.5, 2.6")
def test_create_gives_an_id_that_carries_the_time_of_the_call(client: SSMIncidentsClient, incident: str) -> None:
    for _ in range(20):
        status, answer = answered(
            client.create_timeline_event(
                incidentRecordArn=incident, eventType=CUSTOM, eventTime=LONG_AGO, eventData="d"
            )
        )
        assert status == 201
        assert answer == {"eventId": ANY, "incidentRecordArn": incident}
        assert re.fullmatch(TIMED_ID, answer["eventId"])
        assert int(answer["eventId"][:2], 16) % 2 == 0
        written = get(client, incident, answer["eventId"])["eventUpdatedTime"]
        assert abs(minted_at(answer["eventId"]) - written) < timedelta(seconds=1)


@pytest.mark.observed("7.2, 7.3, 7.9")
def test_get_gives_the_event(client: SSMIncidentsClient, incident: str) -> None:
    event_id = create(client, incident, eventData='"example timeline event"')
    status, answer = answered(client.get_timeline_event(incidentRecordArn=incident, eventId=event_id))
    started = client.get_incident_record(arn=incident)["incidentRecord"]["creationTime"]
    assert status == 200
    assert answer == {
        "event": {
            "eventData": '"example timeline event"',
            "eventId": event_id,
            "eventTime": LONG_AGO,
            "eventType": CUSTOM,
            "eventUpdatedTime": ANY,
            "incidentRecordArn": incident,
        }
    }
    written = answer["event"]["eventUpdatedTime"]
    assert started <= written < started + timedelta(minutes=1)
    assert written.microsecond % 1000 == 0


@pytest.mark.observed("7.10")
def test_a_summary_is_the_event_without_its_data(client: SSMIncidentsClient, incident: str) -> None:
    for references in ([], [ITEM, RESOURCE]):
        event_id = create(client, incident, eventReferences=references)
        event = get(client, incident, event_id)
        del event["eventData"]
        assert event in summaries(client, incident)
        assert ("eventReferences" in event) == bool(references)


@pytest.mark.observed("1.10")
def test_members_are_in_alphabetical_order(client: SSMIncidentsClient, incident: str) -> None:
    event_id = create(client, incident, eventReferences=[RESOURCE])
    client.update_timeline_event(incidentRecordArn=incident, eventId=event_id, eventTime=LONG_AGO, eventData="new")
    record = client.get_incident_record(arn=incident)["incidentRecord"]
    for each in (get(client, incident, event_id), *summaries(client, incident), record["incidentRecordSource"], record):
        assert list(each) == sorted(each)


@pytest.mark.assumption("17.28: the future too")
@pytest.mark.parametrize("year", [1971, 2037, 2999])
def test_an_event_may_be_of_any_time(client: SSMIncidentsClient, incident: str, year: int) -> None:
    time = datetime(year, 1, 1, tzinfo=UTC)
    event_id = create(client, incident, eventTime=time)
    assert get(client, incident, event_id)["eventTime"] == time


@pytest.mark.observed("1.8 for whole numbers; the other ways to write a time are boto3's")
@pytest.mark.parametrize(
    "written",
    [
        1_601_584_200,
        1_601_584_200.0,
        "2020-10-01T20:30:00Z",
        "2020-10-01T22:30:00+02:00",
        LONG_AGO.replace(tzinfo=None),
        LONG_AGO.astimezone(timezone(timedelta(hours=-5, minutes=-30))),
    ],
    ids=repr,
)
def test_one_time_may_be_written_in_many_ways(client: SSMIncidentsClient, incident: str, written: Any) -> None:
    event_id = create(client, incident, eventTime=written)
    assert get(client, incident, event_id)["eventTime"] == LONG_AGO


@pytest.mark.assumption("17.31: an empty id, which the model allows, is the id of no event")
def test_no_event_has_an_empty_id(client: SSMIncidentsClient, incident: str) -> None:
    with fails(client, "ResourceNotFoundException", resourceType="TIMELINE_EVENT", resourceIdentifier=""):
        get(client, incident, "")


@pytest.mark.observed("1.7, 1.8, 7.2: kept to the millisecond; older versions of boto3 send whole seconds")
def test_any_time_is_given_back_as_it_was_given(client: SSMIncidentsClient, incident: str) -> None:
    # Around 1970 too; and not after 2242, where boto3 reads a double, which has no microseconds any more.
    milliseconds = st.integers(-(10**12), 8 * 10**12) | st.integers(-(10**8), 10**8)

    @examples(percent=50)
    @given(milliseconds)
    @example(1003)  # 1.003 * 1000 is 1002.9999999999999
    def law(since_1970: int) -> None:
        time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=since_1970)
        event_id = create(client, incident, eventTime=time)
        assert get(client, incident, event_id)["eventTime"] in (time, time.replace(microsecond=0))

    law()


@pytest.mark.documented("7.4")
@pytest.mark.parametrize("event_type", [CUSTOM, NOTE])
def test_users_make_custom_events_and_notes(client: SSMIncidentsClient, incident: str, event_type: str) -> None:
    assert get(client, incident, create(client, incident, eventType=event_type))["eventType"] == event_type


@pytest.mark.assumption("17.28: another type is a ValidationException")
@pytest.mark.parametrize("event_type", ["", "Mine", "custom event", UPDATE, TRIGGER, "SSM Contacts Page for Incident"])
def test_users_make_no_events_of_other_types(client: SSMIncidentsClient, incident: str, event_type: str) -> None:
    event_id = create(client, incident)
    with fails(client, "ValidationException"):
        create(client, incident, eventType=event_type)
    with fails(client, "ValidationException"):
        client.update_timeline_event(incidentRecordArn=incident, eventId=event_id, eventType=event_type)


@pytest.mark.modelled("7.5, 7.6, Appendix A")
@pytest.mark.parametrize(
    ("fitting", "too_much"),
    [
        ({"eventData": "x" * 12_000}, {"eventData": "x" * 12_001}),
        ({"eventReferences": [RESOURCE] * 10}, {"eventReferences": [RESOURCE] * 11}),
        ({"eventReferences": [ITEM]}, {"eventReferences": [ITEM | RESOURCE]}),
        ({"eventReferences": [ITEM]}, {"eventReferences": [{"relatedItemId": ITEM["relatedItemId"][:-1]}]}),
        ({"eventReferences": [RESOURCE]}, {"eventReferences": [{"resource": "no ARN"}]}),
    ],
)
def test_limits_of_events(client_in: ClientIn, fitting: dict[str, Any], too_much: dict[str, Any]) -> None:
    client = client_in(config=UNCHECKED)
    incident = start(client, make_plan(client))
    event_id = create(client, incident, **fitting)
    client.update_timeline_event(incidentRecordArn=incident, eventId=event_id, **fitting)
    assert get(client, incident, event_id).items() >= fitting.items()
    with fails(client, "ValidationException"):
        create(client, incident, **too_much)
    with fails(client, "ValidationException"):
        client.update_timeline_event(incidentRecordArn=incident, eventId=event_id, **too_much)


# -- what is not there


def call(client: SSMIncidentsClient, method: str, incident: str, event_id: str = NO_EVENT) -> Record:
    """Call any method of timeline events."""
    created = {"eventType": CUSTOM, "eventTime": LONG_AGO, "eventData": "d"}
    rest: dict[str, Any] = {"eventId": event_id}
    if method == "create_timeline_event":
        rest = created
    elif method == "list_timeline_events":
        rest = {}
    answer: Record = getattr(client, method)(incidentRecordArn=incident, **rest)
    return answer


METHODS = [f"{verb}_timeline_event" for verb in ("create", "get", "update", "delete")] + ["list_timeline_events"]


@pytest.mark.observed("§3.3, 7.15")
@pytest.mark.parametrize("method", METHODS[:3])
def test_in_an_unknown_incident_nothing_is_found(client: SSMIncidentsClient, method: str) -> None:
    with fails(client, "ResourceNotFoundException", resourceType="INCIDENT_RECORD", resourceIdentifier=NO_INCIDENT):
        call(client, method, NO_INCIDENT)


@pytest.mark.observed("§3.3, 7.15")
def test_an_unknown_incident_lists_nothing_and_lets_delete(client: SSMIncidentsClient) -> None:
    assert answered(call(client, "list_timeline_events", NO_INCIDENT)) == (200, {"eventSummaries": []})
    assert answered(call(client, "delete_timeline_event", NO_INCIDENT)) == (204, {})


@pytest.mark.assumption("17.31: an unknown event is not found, named by its id")
@pytest.mark.parametrize("method", ["get_timeline_event", "update_timeline_event"])
def test_an_unknown_event_is_not_found(client: SSMIncidentsClient, incident: str, method: str) -> None:
    with fails(client, "ResourceNotFoundException", resourceType="TIMELINE_EVENT", resourceIdentifier=NO_EVENT):
        call(client, method, incident)


@pytest.mark.assumption("17.31: deleting an unknown event succeeds")
def test_an_unknown_event_is_deleted_with_success(client: SSMIncidentsClient, incident: str) -> None:
    before = contents(client)
    assert answered(call(client, "delete_timeline_event", incident)) == (204, {})
    assert contents(client) == before


@pytest.mark.modelled("2.3: addressed by its incident and its id; what is answered is ours: 17.31")
def test_an_event_is_not_in_another_incident(client: SSMIncidentsClient, incident: str) -> None:
    other = start(client, make_plan(client, "other"))
    event_id = create(client, incident)
    before = contents(client)
    for method in ("get_timeline_event", "update_timeline_event"):
        with fails(client, "ResourceNotFoundException", resourceType="TIMELINE_EVENT", resourceIdentifier=event_id):
            call(client, method, other, event_id)
    call(client, "delete_timeline_event", other, event_id)
    assert contents(client) == before


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


# -- list


@pytest.mark.observed("7.11")
def test_events_are_listed_by_their_time_the_newest_first(client: SSMIncidentsClient, incident: str) -> None:
    ids = [create(client, incident, eventTime=at(second)) for second in (3, 1, 2)]
    assert listed(client, incident)[-3:] == [ids[0], ids[2], ids[1]]


@pytest.mark.modelled("7.12")
def test_the_order_can_be_chosen(client_in: ClientIn) -> None:
    client = client_in(config=UNCHECKED)
    incident = start(client, make_plan(client))
    ids = [create(client, incident, eventTime=at(second)) for second in (3, 1, 2)]
    assert listed(client, incident, sortBy="EVENT_TIME", sortOrder="ASCENDING")[:3] == [ids[1], ids[2], ids[0]]
    assert listed(client, incident, sortOrder="DESCENDING") == listed(client, incident)
    for options in ({"sortBy": "EVENT_TYPE"}, {"sortOrder": "RANDOM"}):
        with fails(client, "ValidationException"):
            listed(client, incident, **options)


@pytest.mark.assumption("17.32: among equal times the later made counts as newer")
def test_of_equal_times_the_later_made_is_newer(client: SSMIncidentsClient, incident: str) -> None:
    ids = [create(client, incident) for _ in range(5)]
    client.update_timeline_event(incidentRecordArn=incident, eventId=ids[1], eventTime=LONG_AGO, eventData="new")
    assert listed(client, incident, sortOrder="ASCENDING")[:5] == ids
    assert listed(client, incident)[-5:] == ids[::-1]


@pytest.mark.documented("7.13, an official tutorial")
def test_the_trigger_is_found_by_its_type(client: SSMIncidentsClient) -> None:
    details: Any = {"source": "aws.cloudwatch", "timestamp": LONG_AGO}
    incident = start(client, make_plan(client), triggerDetails=details)
    (event,) = summaries(client, incident, equals("eventType", TRIGGER))
    assert event["eventType"] == TRIGGER


@pytest.mark.documented("7.13: any of the values, and still one event")
def test_an_event_that_fits_twice_is_listed_once(client: SSMIncidentsClient, incident: str) -> None:
    event_id = create(client, incident, eventReferences=[RESOURCE, RESOURCE, ITEM])
    for values in ([RESOURCE["resource"]], [RESOURCE["resource"]] * 2, [RESOURCE["resource"], ITEM["relatedItemId"]]):
        assert listed(client, incident, equals("eventReference", *values)) == [event_id]
    rest: Any = [ITEM]
    client.update_timeline_event(incidentRecordArn=incident, eventId=event_id, eventReferences=rest)
    assert listed(client, incident, equals("eventReference", RESOURCE["resource"])) == []


@pytest.mark.documented("7.13: every filter, whichever of them fits fewer events")
@pytest.mark.parametrize("wanted", [RESOURCE, ITEM])
def test_a_reference_is_looked_at_beside_another_filter(
    client: SSMIncidentsClient, incident: str, wanted: dict[str, str]
) -> None:
    references = {"eventReferences": [wanted]}
    note = create(client, incident, eventType=NOTE, **references)
    create(client, incident, eventType=CUSTOM, **references)
    create(client, incident, eventType=NOTE)
    by_reference, by_type = equals("eventReference", *wanted.values()), equals("eventType", NOTE)
    assert listed(client, incident, by_reference, by_type) == [note]
    create(client, incident, eventType=CUSTOM, **references)
    assert listed(client, incident, by_reference, by_type) == [note]


@pytest.mark.assumption("an empty list of values fits nothing")
@pytest.mark.parametrize("key", ["eventType", "eventReference"])
def test_no_value_fits_no_event(client: SSMIncidentsClient, incident: str, key: str) -> None:
    create(client, incident, eventReferences=[RESOURCE])
    assert listed(client, incident, equals(key)) == []


@pytest.mark.assumption("17.8: a filter that cannot be is a ValidationException")
@pytest.mark.parametrize(
    "wanted",
    [
        equals("status", "OPEN"),
        equals("eventData", "d"),
        equals("EventType", CUSTOM),
        equals("eventTime", "2020-10-01T20:30:00Z"),
        {"key": "eventType", "condition": {"equals": {"integerValues": [1]}}},
        {"key": "eventType", "condition": {"after": LONG_AGO}},
        {"key": "eventReference", "condition": {"before": LONG_AGO}},
    ],
)
def test_a_filter_that_cannot_be_is_refused(client: SSMIncidentsClient, incident: str, wanted: Record) -> None:
    with fails(client, "ValidationException"):
        listed(client, incident, wanted)


@pytest.mark.modelled("7.13, Appendix A")
def test_there_are_at_most_five_filters(client: SSMIncidentsClient, incident: str) -> None:
    wanted = equals("eventType", CUSTOM)
    assert listed(client, incident, *[wanted] * 5) == listed(client, incident, wanted)
    with fails(client, "ValidationException"):
        listed(client, incident, *[wanted] * 6)


# -- update and delete


@pytest.mark.documented("7.7")
@pytest.mark.parametrize(
    "changes",
    [
        {"eventData": "new"},
        {"eventTime": at(60)},
        {"eventType": NOTE},
        {"eventReferences": [RESOURCE]},
        {"eventData": "", "eventTime": at(-60), "eventType": NOTE, "eventReferences": [ITEM, RESOURCE]},
    ],
)
def test_an_update_changes_what_it_names(client: SSMIncidentsClient, incident: str, changes: dict[str, Any]) -> None:
    event_id = create(client, incident, eventReferences=[ITEM])
    before = get(client, incident, event_id)
    answer = client.update_timeline_event(incidentRecordArn=incident, eventId=event_id, **changes)
    assert answered(answer) == (204, {})
    after = get(client, incident, event_id)
    assert after == before | changes | {"eventUpdatedTime": ANY}
    assert after["eventUpdatedTime"] >= before["eventUpdatedTime"]


@pytest.mark.observed("7.3: the time of the write")
def test_an_update_moves_the_updated_time(client: SSMIncidentsClient, incident: str) -> None:
    event_id = create(client, incident)

    def updated() -> datetime:
        client.update_timeline_event(incidentRecordArn=incident, eventId=event_id, eventData="new")
        return client.get_timeline_event(incidentRecordArn=incident, eventId=event_id)["event"]["eventUpdatedTime"]

    assert moves_on(updated)


@pytest.mark.assumption("17.30: no references are an empty list; what they name is not looked up")
def test_references_are_replaced_whole(client: SSMIncidentsClient, incident: str) -> None:
    event_id = create(client, incident, eventReferences=[ITEM, RESOURCE])
    replacements: list[list[Any]] = [[RESOURCE], [ITEM], []]
    for references in replacements:
        client.update_timeline_event(incidentRecordArn=incident, eventId=event_id, eventReferences=references)
        assert get(client, incident, event_id).get("eventReferences", []) == references
    assert "eventReferences" not in get(client, incident, event_id)


@pytest.mark.observed("§7.2: both samples of an update edit this event")
def test_incident_started_is_edited_like_any_custom_event(client: SSMIncidentsClient, incident: str) -> None:
    (started,) = listed(client, incident, equals("eventType", CUSTOM))
    client.update_timeline_event(incidentRecordArn=incident, eventId=started, eventTime=LONG_AGO)
    assert get(client, incident, started)["eventTime"] == LONG_AGO
    client.delete_timeline_event(incidentRecordArn=incident, eventId=started)
    assert listed(client, incident, equals("eventType", CUSTOM)) == []


@pytest.mark.documented("7.7, 7.8; that deletes are refused as well is ours: 17.29")
@pytest.mark.parametrize("event_type", [UPDATE, START, TRIGGER])
@pytest.mark.parametrize("method", ["update_timeline_event", "delete_timeline_event"])
def test_the_services_own_events_cannot_be_changed(client: SSMIncidentsClient, event_type: str, method: str) -> None:
    details: Any = {"source": "aws.cloudwatch", "timestamp": LONG_AGO}
    incident = start(client, make_plan(client), triggerDetails=details)
    (event_id,) = listed(client, incident, equals("eventType", event_type))
    with fails(client, "ValidationException"):
        call(client, method, incident, event_id)


@pytest.mark.observed("§3.3, 1.5; assumption for Get: 17.31")
def test_a_deleted_event_is_gone(client: SSMIncidentsClient, incident: str) -> None:
    before = contents(client)
    event_id = create(client, incident)
    for _ in range(2):
        assert answered(call(client, "delete_timeline_event", incident, event_id)) == (204, {})
    assert contents(client) == before
    with fails(client, "ResourceNotFoundException", resourceType="TIMELINE_EVENT", resourceIdentifier=event_id):
        get(client, incident, event_id)


# -- written by the service


def text(**details: Any) -> str:
    """Write ``details`` as the service does: compact JSON, in this order of keys."""
    return json.dumps(details, separators=(",", ":"))


@pytest.mark.observed("§7.1, §7.2: newest first, times included")
def test_a_manual_start_writes_incident_started_and_the_parent_item(client: SSMIncidentsClient) -> None:
    incident = start(client, make_plan(client, template={"title": "example-incident"}))
    record = client.get_incident_record(arn=incident)["incidentRecord"]
    update, started = (get(client, incident, each) for each in listed(client, incident))
    assert started == {
        "eventData": '"Incident Started"',
        "eventId": ANY,
        "eventTime": record["creationTime"].replace(microsecond=0),
        "eventType": CUSTOM,
        "eventUpdatedTime": ANY,
        "incidentRecordArn": incident,
    }
    assert update == {
        "eventData": ANY,
        "eventId": ANY,
        "eventTime": record["lastModifiedTime"],
        "eventType": UPDATE,
        "eventUpdatedTime": record["lastModifiedTime"],
        "incidentRecordArn": incident,
    }


@pytest.mark.observed("§7.1: the recorded text; 2.10: the ARN's other spelling")
def test_the_text_that_tells_of_the_parent_item(client: SSMIncidentsClient) -> None:
    incident = start(client, make_plan(client, template={"title": "example-incident"}))
    (item,) = client.list_related_items(incidentRecordArn=incident)["relatedItems"]
    arn = item["identifier"]["value"]["arn"].replace(":opsitem/", ":opsItem/")
    new_value = text(itemToAdd={"identifier": {"type": "PARENT", "value": {"arn": arn}}, "title": "parentItem"})
    assert data_of(client, incident, UPDATE) == [
        text(
            modifiedBy=client.get_incident_record(arn=incident)["incidentRecord"]["lastModifiedBy"],
            modifiedAttributes=[{"attributeName": "relatedItems", "newValue": new_value}],
            incidentTitle="example-incident",
        )
    ]


@pytest.mark.assumption("17.21: it writes trigger, start and the parent item, in this order")
def test_a_triggered_start_writes_trigger_start_and_the_parent_item(client: SSMIncidentsClient) -> None:
    details: Any = {"source": "aws.cloudwatch", "timestamp": LONG_AGO}
    incident = start(client, make_plan(client), triggerDetails=details)
    written = summaries(client, incident)
    assert [each["eventType"] for each in written] == [UPDATE, START, TRIGGER]
    started = client.get_incident_record(arn=incident)["incidentRecord"]["creationTime"].replace(microsecond=0)
    assert [each["eventTime"] for each in written[1:]] == [started, started]


@pytest.mark.observed("§7.1: the members, as LYNK has them; absent ones are ours")
@pytest.mark.parametrize("given", [{}, {"triggerArn": ALARM, "rawData": '{"detail":{}}'}])
def test_the_text_of_a_trigger(client: SSMIncidentsClient, given: dict[str, str]) -> None:
    details: Any = {"rawData": "", "triggerArn": "", **given, "timestamp": LONG_AGO, "source": "aws.cloudwatch"}
    details = {name: value for name, value in details.items() if value}
    incident = start(client, make_plan(client), triggerDetails=details)
    assert data_of(client, incident, TRIGGER) == [text(createdIncident=True, incidentSource="aws.cloudwatch", **given)]


@pytest.mark.observed("§7.1: the members, as LYNK has them; absent ones are ours")
def test_the_text_of_a_start(client: SSMIncidentsClient) -> None:
    automation = {"documentName": "Doc", "documentVersion": "7", "roleArn": f"arn:aws:iam::{ACCOUNT}:role/r"}
    full = make_plan(client, "full", engagements=[CONTACT], actions=[{"ssmAutomation": automation}])
    details: Any = {"source": "aws.cloudwatch", "timestamp": LONG_AGO}
    incident = start(client, full, title="given", triggerDetails={**details, "triggerArn": ALARM})
    assert data_of(client, incident, START) == [
        text(
            incidentTitle="given",
            contactsEngage=[{"contactArn": CONTACT, "contactName": "on-call"}],
            ssmDocumentName="Doc",
            ssmDocumentVersion="7",
            triggerArn=ALARM,
        )
    ]
    del automation["documentVersion"]
    default = start(
        client, make_plan(client, "default", actions=[{"ssmAutomation": automation}]), triggerDetails=details
    )
    assert data_of(client, default, START) == [
        text(incidentTitle="title", contactsEngage=[], ssmDocumentName="Doc", ssmDocumentVersion="$DEFAULT")
    ]
    bare = start(client, make_plan(client, "bare"), triggerDetails=details)
    assert data_of(client, bare, START) == [text(incidentTitle="title", contactsEngage=[])]


@pytest.mark.assumption("17.21, 17.24: what is too long for eventData is cut, and the event stays JSON")
def test_the_services_events_fit_event_data_however_long_the_values(client: SSMIncidentsClient) -> None:
    raw = '"\\' * 5000
    details: Any = {"source": "aws.cloudwatch", "timestamp": LONG_AGO, "rawData": raw}
    incident = start(client, make_plan(client), triggerDetails=details)
    summary, title = '"' * 8000, '"' * 200
    client.update_incident_record(arn=incident, summary=summary, title=title)
    (trigger,) = data_of(client, incident, TRIGGER)
    update, _ = data_of(client, incident, UPDATE)
    assert max(len(trigger), len(update)) <= 12_000
    cut = json.loads(trigger)["rawData"]
    assert cut
    assert raw.startswith(cut)
    cut_summary, whole_title = json.loads(update)["modifiedAttributes"]
    assert cut_summary["newValue"]
    assert summary.startswith(cut_summary["newValue"])
    assert whole_title == {"attributeName": "title", "newValue": title}


@pytest.mark.assumption("17.22: none, as in the recordings of 2021-05; those of 7.14 are doubtful")
def test_the_services_events_have_no_references(client: SSMIncidentsClient, incident: str) -> None:
    client.update_incident_record(arn=incident, status="RESOLVED")
    written = summaries(client, incident)
    assert len(written) == 3
    assert not any("eventReferences" in each for each in written)
