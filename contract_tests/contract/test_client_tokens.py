"""Client tokens: called again, an operation answers again and does nothing again (catalogue §12.1, 18.1, 18.2)."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.budgets import examples
from contract_tests.support import ACCOUNT, NO_INCIDENT, NO_PLAN, answered, contents, fails, make_plan, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.contract.targets import ClientIn
    from contract_tests.support import Record

    Prepare = Callable[[SSMIncidentsClient], tuple[Record, Record, Record]]

TOKEN = "c0ffee"  # noqa: S105 - no secret
TEMPLATE = {"title": "title", "impact": 3}
EVENT: dict[str, Any] = {"eventType": "Note", "eventTime": "2024-05-01T12:00:00Z", "eventData": "d"}
HOME: dict[str, Record] = {"us-east-1": {}, "us-west-2": {}}


class Case(NamedTuple):
    """An operation with a token, and what it is called with."""

    method: str
    prepare: Prepare
    """Prepare the account; give the parameters of a call, of another one, and of one that fails."""
    reused: str = "ConflictException"
    """The error for a token that comes with other parameters."""


def the_set(client: SSMIncidentsClient) -> str:
    (arn,) = client.list_replication_sets()["replicationSetArns"]
    return arn


def delete_the_set(client: SSMIncidentsClient) -> None:
    arn = the_set(client)
    client.delete_replication_set(arn=arn)
    client.get_waiter("wait_for_replication_set_deleted").wait(arn=arn)


def an_item(number: int) -> Record:
    return {"identifier": {"type": "OTHER", "value": {"url": f"https://example.com/{number}"}}, "title": "t"}


def create_replication_set(client: SSMIncidentsClient) -> tuple[Record, Record, Record]:
    delete_the_set(client)
    return {"regions": HOME}, {"regions": HOME, "tags": {"a": "b"}}, {"regions": {"eu-west-1": {}}}


def create_response_plan(client: SSMIncidentsClient) -> tuple[Record, Record, Record]:
    make_plan(client, "taken")
    calls = [{"name": name, "incidentTemplate": TEMPLATE} for name in ("one", "other", "taken")]
    return calls[0], calls[1], calls[2]


def create_timeline_event(client: SSMIncidentsClient) -> tuple[Record, Record, Record]:
    event = {**EVENT, "incidentRecordArn": start(client, make_plan(client))}
    return event, {**event, "eventData": "other"}, {**event, "incidentRecordArn": NO_INCIDENT}


def start_incident(client: SSMIncidentsClient) -> tuple[Record, Record, Record]:
    plan = {"responsePlanArn": make_plan(client)}
    return plan, {**plan, "title": "other"}, {"responsePlanArn": NO_PLAN}


def update_deletion_protection(client: SSMIncidentsClient) -> tuple[Record, Record, Record]:
    arn = the_set(client)
    absent = f"arn:aws:ssm-incidents::{ACCOUNT}:replication-set/11111111-1111-1111-1111-111111111111"
    return (
        {"arn": arn, "deletionProtected": True},
        {"arn": arn, "deletionProtected": False},
        {"arn": absent, "deletionProtected": True},
    )


def update_incident_record(client: SSMIncidentsClient) -> tuple[Record, Record, Record]:
    arn = start(client, make_plan(client))
    return {"arn": arn, "title": "one"}, {"arn": arn, "title": "other"}, {"arn": NO_INCIDENT, "title": "one"}


def update_related_items(client: SSMIncidentsClient) -> tuple[Record, Record, Record]:
    add = {"incidentRecordArn": start(client, make_plan(client)), "relatedItemsUpdate": {"itemToAdd": an_item(1)}}
    remove = {**add, "relatedItemsUpdate": {"itemToRemove": an_item(1)["identifier"]}}
    return add, remove, {**add, "incidentRecordArn": NO_INCIDENT}


def update_replication_set(client: SSMIncidentsClient) -> tuple[Record, Record, Record]:
    add = {"arn": the_set(client), "actions": [{"addRegionAction": {"regionName": "eu-west-1"}}]}
    remove = {**add, "actions": [{"deleteRegionAction": {"regionName": "eu-west-1"}}]}
    return add, remove, {**add, "actions": [{"addRegionAction": {"regionName": "us-east-1"}}]}


def update_response_plan(client: SSMIncidentsClient) -> tuple[Record, Record, Record]:
    arn = make_plan(client)
    return {"arn": arn, "displayName": "one"}, {"arn": arn, "displayName": "other"}, {"arn": NO_PLAN}


def update_timeline_event(client: SSMIncidentsClient) -> tuple[Record, Record, Record]:
    incident = start(client, make_plan(client))
    event = client.create_timeline_event(incidentRecordArn=incident, **EVENT)["eventId"]
    call = {"incidentRecordArn": incident, "eventId": event, "eventType": "Custom Event"}
    return call, {**call, "eventType": "Note"}, {**call, "eventType": "Other"}


CREATES = [
    Case("create_replication_set", create_replication_set),
    Case("create_response_plan", create_response_plan),
    Case("create_timeline_event", create_timeline_event),
    Case("start_incident", start_incident),
]
UPDATES = [
    Case("update_deletion_protection", update_deletion_protection, reused="ValidationException"),
    Case("update_incident_record", update_incident_record),
    Case("update_related_items", update_related_items),
    Case("update_replication_set", update_replication_set),
    Case("update_response_plan", update_response_plan),
    Case("update_timeline_event", update_timeline_event),
]


def each(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case.method for case in cases])


def call(client: SSMIncidentsClient, case: Case, params: Record, token: str = TOKEN) -> tuple[int, Record]:
    return answered(getattr(client, case.method)(**params, clientToken=token))


def wipe(client: SSMIncidentsClient) -> None:
    """Delete all incidents and plans."""
    for incident in client.list_incident_records()["incidentRecordSummaries"]:
        client.delete_incident_record(arn=incident["arn"])
    for plan in client.list_response_plans()["responsePlanSummaries"]:
        client.delete_response_plan(arn=plan["arn"])


@pytest.mark.assumption("17.37: the same call again gives the same answer, and has no second effect")
@each(CREATES + UPDATES)
def test_the_same_call_again_answers_again_and_does_nothing(client: SSMIncidentsClient, case: Case) -> None:
    params, _, _ = case.prepare(client)
    before = contents(client)
    first = call(client, case, params)
    after = contents(client)
    assert after != before
    assert [call(client, case, params) for _ in range(2)] == [first, first]
    assert contents(client) == after


@pytest.mark.assumption("17.37: as the answer was, also when other calls came between")
@each(UPDATES)
def test_the_same_call_again_does_not_undo_what_came_between(client: SSMIncidentsClient, case: Case) -> None:
    params, other, _ = case.prepare(client)
    first = call(client, case, params)
    answered(getattr(client, case.method)(**other))
    after = contents(client)
    assert call(client, case, params) == first
    assert contents(client) == after


@pytest.mark.assumption("17.37: as the answer was, also when what it was about is gone")
@each([case for case in CREATES + UPDATES if "replication" not in case.method and "protection" not in case.method])
def test_the_same_call_again_answers_again_when_its_target_is_gone(client: SSMIncidentsClient, case: Case) -> None:
    params, _, _ = case.prepare(client)
    first = call(client, case, params)
    wipe(client)
    before = contents(client)
    assert call(client, case, params) == first
    assert contents(client) == before


@pytest.mark.assumption("17.37: tokens go with all data of the account when its replication set is deleted")
def test_tokens_are_forgotten_with_the_replication_set(client: SSMIncidentsClient) -> None:
    params, other, _ = create_replication_set(client)
    first = call(client, CREATES[0], params)
    plan = make_plan(client, clientToken=TOKEN)
    delete_the_set(client)
    second = call(client, CREATES[0], other)
    assert second != first
    assert client.list_replication_sets()["replicationSetArns"] == [second[1]["arn"]]
    assert make_plan(client, displayName="other", clientToken=TOKEN) == plan


@pytest.mark.assumption("17.37: a used token with other parameters is a conflict, or invalid where none is declared")
@each(CREATES + UPDATES)
def test_a_used_token_with_other_parameters_is_refused(client: SSMIncidentsClient, case: Case) -> None:
    params, other, _ = case.prepare(client)
    first = call(client, case, params)
    with fails(client, case.reused):
        call(client, case, other)
    assert call(client, case, params) == first


@pytest.mark.assumption("17.37: a token counts in all Regions")
@each(CREATES + UPDATES)
def test_a_token_counts_in_all_regions(client_in: ClientIn, case: Case) -> None:
    here, there = client_in("us-east-1"), client_in("us-west-2")
    params, other, _ = case.prepare(here)
    first = call(here, case, params)
    before = contents(here)
    assert call(there, case, params) == first
    with fails(there, case.reused):
        call(there, case, other)
    assert contents(here) == before


@pytest.mark.assumption("17.37: a token counts for its operation")
def test_one_token_serves_each_operation_once(client: SSMIncidentsClient) -> None:
    plan = client.create_response_plan(name="plan", incidentTemplate={"title": "t", "impact": 1}, clientToken=TOKEN)
    incident = client.start_incident(responsePlanArn=plan["arn"], clientToken=TOKEN)["incidentRecordArn"]
    event: Any = {"incidentRecordArn": incident, "clientToken": TOKEN}
    event["eventId"] = client.create_timeline_event(**event, **EVENT)["eventId"]
    client.update_timeline_event(**event, eventData="new")
    client.update_incident_record(arn=incident, title="new", clientToken=TOKEN)
    client.update_response_plan(arn=plan["arn"], displayName="new", clientToken=TOKEN)
    seen = contents(client)
    assert seen["incidents"][incident]["incidentRecord"]["title"] == "new"
    assert seen["plans"][plan["arn"]]["displayName"] == "new"
    del event["clientToken"]
    assert client.get_timeline_event(**event)["event"]["eventData"] == "new"


@pytest.mark.assumption("17.37: a failed call does not use up its token")
@each(CREATES + UPDATES)
def test_a_failed_call_does_not_use_up_its_token(client: SSMIncidentsClient, case: Case) -> None:
    params, _, in_vain = case.prepare(client)
    before = contents(client)
    with pytest.raises(ClientError):
        call(client, case, in_vain)
    assert contents(client) == before
    call(client, case, params)
    assert contents(client) != before


@pytest.mark.assumption("17.37: a failed call does not use up its token: it can be made again once it is possible")
def test_a_call_that_failed_can_be_made_again(client: SSMIncidentsClient) -> None:
    for _ in range(2):
        with fails(client, "ResourceNotFoundException", resourceType="RESPONSE_PLAN", resourceIdentifier=NO_PLAN):
            client.start_incident(responsePlanArn=NO_PLAN, clientToken=TOKEN)
    make_plan(client, NO_PLAN.rpartition("/")[2])
    assert start(client, NO_PLAN, clientToken=TOKEN) == start(client, NO_PLAN, clientToken=TOKEN)


@pytest.mark.assumption("17.37: a failed call does not use up its token, also when it failed for its form")
def test_a_call_that_was_not_valid_can_be_made_again(client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    with fails(client, "ValidationException"):
        start(client, plan, impact=6, clientToken=TOKEN)
    incident = start(client, plan, impact=5, clientToken=TOKEN)
    assert client.get_incident_record(arn=incident)["incidentRecord"]["impact"] == 5


@pytest.mark.inferred("18.1: an empty token, with other details each time")
@each([*CREATES[1:], *UPDATES])
def test_an_empty_token_is_none(client: SSMIncidentsClient, case: Case) -> None:
    params, other, _ = case.prepare(client)
    call(client, case, params, token="")
    before = contents(client)
    call(client, case, other, token="")
    assert contents(client) != before


@pytest.mark.inferred("18.2: a token of a time window, with another timestamp, never makes a second incident")
def test_a_shared_token_makes_one_incident(client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    for minute in range(3):
        with suppress(ClientError):
            client.start_incident(
                responsePlanArn=plan,
                clientToken="2024-05-01T12:00/15",
                triggerDetails={"source": "com.example", "timestamp": f"2024-05-01T12:0{minute}:00Z"},
            )
    assert len(client.list_incident_records()["incidentRecordSummaries"]) == 1


@pytest.mark.documented("§12.1: the same details, however they are written; that the answer is the same is ours: 17.37")
def test_the_same_details_may_be_written_otherwise(client: SSMIncidentsClient) -> None:
    incident = start(client, make_plan(client))
    moments: list[str | datetime] = [
        "2024-05-01T12:00:00Z",
        "2024-05-01T14:00:00+02:00",
        datetime(2024, 5, 1, 12, tzinfo=UTC),
    ]
    made = [
        client.create_timeline_event(
            incidentRecordArn=incident, eventType="Note", eventTime=moment, eventData="d", clientToken=TOKEN
        )["eventId"]
        for moment in moments
    ]
    assert made == made[:1] * 3
    item = an_item(1)
    for written in (item, {name: item[name] for name in reversed(item)}):
        update: Any = {"itemToAdd": written}
        client.update_related_items(incidentRecordArn=incident, relatedItemsUpdate=update, clientToken=TOKEN)
    assert len(client.list_timeline_events(incidentRecordArn=incident)["eventSummaries"]) == 4


@pytest.mark.modelled("§12.1, Appendix A")
@each(CREATES + UPDATES)
def test_a_token_has_at_most_128_characters(client: SSMIncidentsClient, case: Case) -> None:
    params, _, _ = case.prepare(client)
    with fails(client, "ValidationException"):
        call(client, case, params, token="x" * 129)
    call(client, case, params, token="x" * 128)


@pytest.mark.documented("§12.1: called only once with the specified details; what else is answered is ours: 17.37")
def test_any_history_of_tokens(client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    histories = count()
    choices = st.tuples(
        st.sampled_from(["start_incident", "update_incident_record", "update_related_items", "create_timeline_event"]),
        st.sampled_from(["a", "b", ""]),
        st.integers(0, 1),
    )

    @examples(percent=20)
    @given(st.lists(choices, min_size=2, max_size=8))
    def law(history: list[tuple[str, str, int]]) -> None:
        for old in client.list_incident_records()["incidentRecordSummaries"]:
            client.delete_incident_record(arn=old["arn"])
        example, incident = next(histories), start(client, plan)
        details: dict[str, Callable[[int], Record]] = {
            "start_incident": lambda number: {"responsePlanArn": plan, "title": f"{example}.{number}"},
            "update_incident_record": lambda number: {"arn": incident, "title": f"{number}"},
            "update_related_items": lambda number: {
                "incidentRecordArn": incident,
                "relatedItemsUpdate": {"itemToAdd": an_item(number)},
            },
            "create_timeline_event": lambda number: {"incidentRecordArn": incident, **EVENT, "eventData": f"{number}"},
        }
        seen: dict[tuple[str, str], tuple[int, Any]] = {}
        for method, name, number in history:
            case, token = Case(method, start_incident), f"{example}.{name}" if name else ""
            params, before = details[method](number), contents(client)
            used = seen.get((method, name))
            if used is None:
                answer = call(client, case, params, token)
                assert contents(client) != before
                if name:
                    seen[method, name] = number, answer
            elif used[0] == number:
                assert call(client, case, params, token) == used[1]
                assert contents(client) == before
            else:
                with fails(client, "ConflictException"):
                    call(client, case, params, token)

    law()
