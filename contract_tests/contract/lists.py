"""The seven lists of the API: how to fill each, walk its pages, and empty it again."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from contract_tests.support import answered, make_plan, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.support import Record

numbers = count()

MOST_PAGES = 200
"""More than any list here has elements."""


class Kind(NamedTuple):
    """A list operation, and how to fill its list and empty it again."""

    method: str
    result: str
    identity: str
    """The member that tells the elements apart."""
    prepare: Callable[[SSMIncidentsClient], Record]
    """Create the parent of the elements, without any yet, and return the parameters of the list."""
    add: Callable[[SSMIncidentsClient, Record, int], object]
    """Add an element; of those that have a time of their own, the number says which."""
    remove: Callable[[SSMIncidentsClient, Record, Any], object]
    largest: int = 100

    def page(self, client: SSMIncidentsClient, params: Record, **options: Any) -> tuple[list[Any], str | None]:
        """Return one page, and the token of the next."""
        status, answer = answered(getattr(client, self.method)(**params, **options))
        assert status == 200
        assert answer.keys() <= {self.result, "nextToken"}
        return answer[self.result], answer.get("nextToken")

    def pages(self, client: SSMIncidentsClient, params: Record, size: int) -> Iterator[list[Any]]:
        """Yield all pages; fail if they do not end."""
        elements, token = self.page(client, params, maxResults=size)
        yield elements
        for _ in range(MOST_PAGES):
            if not token:
                return
            elements, token = self.page(client, params, maxResults=size, nextToken=token)
            yield elements
        raise AssertionError(f"there were more than {MOST_PAGES} pages")

    def filled(self, client: SSMIncidentsClient, length: int) -> Record:
        """Create a list of ``length`` elements, and return its parameters."""
        params = self.prepare(client)
        for number in range(length):
            self.add(client, params, number)
        return params

    def token(self, client: SSMIncidentsClient, params: Record, **options: Any) -> str:
        """Return the token after the first element."""
        _, token = self.page(client, params, maxResults=1, **options)
        assert token is not None
        return token


def name() -> str:
    return f"name-{next(numbers)}"


def a_plan(client: SSMIncidentsClient) -> Record:
    return {"resourceArn": make_plan(client, name())}


def an_incident(client: SSMIncidentsClient) -> Record:
    return {"incidentRecordArn": start(client, make_plan(client, name()))}


def without_events(client: SSMIncidentsClient) -> Record:
    """Start an incident, and return parameters that select the events of users."""
    params = an_incident(client)
    (started,) = client.list_timeline_events(**params, filters=NOT_THE_SERVICES)["eventSummaries"]
    client.delete_timeline_event(**params, eventId=started["eventId"])
    return params | {"filters": NOT_THE_SERVICES}


def add_event(client: SSMIncidentsClient, params: Record, number: int) -> None:
    client.create_timeline_event(
        incidentRecordArn=params["incidentRecordArn"],
        eventType="Note",
        eventData=f"{number}",
        eventTime=f"2024-05-01T12:00:{number * 7 % 5:02}Z",
    )


def without_items(client: SSMIncidentsClient) -> Record:
    params = an_incident(client)
    (parent,) = client.list_related_items(**params)["relatedItems"]
    remove_item(client, params, parent)
    return params


def add_item(client: SSMIncidentsClient, params: Record, _: int) -> None:
    added: Any = {"itemToAdd": {"identifier": {"type": "OTHER", "value": {"url": f"https://example.com/{name()}"}}}}
    client.update_related_items(**params, relatedItemsUpdate=added)


def remove_item(client: SSMIncidentsClient, params: Record, item: Any) -> None:
    client.update_related_items(**params, relatedItemsUpdate={"itemToRemove": item["identifier"]})


def without_incidents(client: SSMIncidentsClient) -> Record:
    for each in client.list_incident_records()["incidentRecordSummaries"]:
        client.delete_incident_record(arn=each["arn"])
    return {}


def without_plans(client: SSMIncidentsClient) -> Record:
    for each in client.list_response_plans()["responsePlanSummaries"]:
        client.delete_response_plan(arn=each["arn"])
    return {}


def nothing(*_: object) -> None:
    pass


NOT_THE_SERVICES: Any = [{"key": "eventType", "condition": {"equals": {"stringValues": ["Custom Event", "Note"]}}}]
EVENTS = Kind(
    "list_timeline_events",
    "eventSummaries",
    "eventId",
    without_events,
    add_event,
    lambda client, params, event: client.delete_timeline_event(
        incidentRecordArn=params["incidentRecordArn"], eventId=event["eventId"]
    ),
)
ITEMS = Kind("list_related_items", "relatedItems", "generatedId", without_items, add_item, remove_item)
INCIDENTS = Kind(
    "list_incident_records",
    "incidentRecordSummaries",
    "arn",
    without_incidents,
    lambda client, *_: start(client, make_plan(client, name())),
    lambda client, _, incident: client.delete_incident_record(arn=incident["arn"]),
)
PLANS = Kind(
    "list_response_plans",
    "responsePlanSummaries",
    "arn",
    without_plans,
    lambda client, *_: make_plan(client, name()),
    lambda client, _, plan: client.delete_response_plan(arn=plan["arn"]),
)
POLICIES = Kind(
    "get_resource_policies",
    "resourcePolicies",
    "policyId",
    a_plan,
    lambda client, params, _: client.put_resource_policy(**params, policy=f'{{"Statement":[],"Id":"{name()}"}}'),
    lambda client, params, policy: client.delete_resource_policy(**params, policyId=policy["policyId"]),
)
SETS = Kind("list_replication_sets", "replicationSetArns", "", lambda _: {}, nothing, nothing)
FINDINGS = Kind("list_incident_findings", "findings", "id", an_incident, nothing, nothing, largest=20)
FILLABLE = [EVENTS, ITEMS, INCIDENTS, PLANS, POLICIES]
ALL = [*FILLABLE, SETS, FINDINGS]


def for_each(kinds: list[Kind]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", kinds, ids=[kind.method for kind in kinds])
