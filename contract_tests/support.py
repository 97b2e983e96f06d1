"""What the tests share: how they read an answer, expect an error, and see that nothing changed."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis.stateful import run_state_machine_as_test

from contract_tests.budgets import examples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from hypothesis.stateful import RuleBasedStateMachine
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    Record: TypeAlias = dict[str, Any]

STATUSES = {
    "AccessDeniedException": 403,
    "ConflictException": 409,
    "ResourceNotFoundException": 404,
    "ServiceQuotaExceededException": 402,
    "ThrottlingException": 429,
    "UnsupportedOperationException": 400,
    "ValidationException": 400,
}
"""The HTTP status of each error (catalogue §3.1)."""


def answered(answer: Mapping[str, Any]) -> tuple[int, Record]:
    """Give the HTTP status of an answer, and all that the service put into it."""
    return answer["ResponseMetadata"]["HTTPStatusCode"], body(answer)


def body(answer: Mapping[str, Any]) -> Record:
    """Give what the service put into an answer."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


@contextmanager
def fails(client: SSMIncidentsClient, code: str, **members: str) -> Iterator[None]:
    """Expect the error ``code`` with its status and exactly these modelled ``members``, and nothing changed by it."""
    before = contents(client)
    with pytest.raises(getattr(client.exceptions, code, client.exceptions.ClientError)) as caught:
        yield
    response: Record = dict(caught.value.response)
    assert response["Error"]["Code"] == code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == STATUSES[code]
    assert {name: response[name] for name in response.keys() - {"Error", "ResponseMetadata", "message"}} == members
    assert contents(client) == before


def contents(client: SSMIncidentsClient) -> Record:
    """Read all that the account shows in the client's Region, of each list the first page.

    It is read by the client's ``reader``, if its target has given it one: most calls of the contract are these.
    """
    client = vars(client).get("reader", client)
    plans = [each["arn"] for each in client.list_response_plans()["responsePlanSummaries"]]
    incidents = [each["arn"] for each in client.list_incident_records()["incidentRecordSummaries"]]
    sets = client.list_replication_sets()["replicationSetArns"]
    return {
        "replication sets": {arn: _replication_set(client, arn) for arn in sets},
        "plans": {arn: body(client.get_response_plan(arn=arn)) for arn in plans},
        "policies": {arn: body(client.get_resource_policies(resourceArn=arn)) for arn in plans},
        "incidents": {arn: body(client.get_incident_record(arn=arn)) for arn in incidents},
        "timelines": {arn: body(client.list_timeline_events(incidentRecordArn=arn)) for arn in incidents},
        "related items": {arn: body(client.list_related_items(incidentRecordArn=arn)) for arn in incidents},
        "tags": {arn: body(client.list_tags_for_resource(resourceArn=arn)) for arn in [*plans, *incidents, *sets]},
    }


def _replication_set(client: SSMIncidentsClient, arn: str) -> Record | None:
    try:
        return body(client.get_replication_set(arn=arn))
    except client.exceptions.ResourceNotFoundException:  # in a Region outside the set
        return None


def spoil(value: Any) -> None:
    """Change everything in ``value`` that can be changed."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in list(inside):
        spoil(each)
    if isinstance(value, dict):
        value.clear()
        value["spoilt"] = True
    elif isinstance(value, list):
        value[:] = ["spoilt"]


# -- what a test starts from

ACCOUNT = "123456789012"
NO_PLAN = f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/nonexistent-probe"
NO_INCIDENT = f"arn:aws:ssm-incidents::{ACCOUNT}:incident-record/nonexistent-probe/11111111-1111-1111-1111-111111111111"
FOREIGN_PLAN, FOREIGN_INCIDENT = (arn.replace(ACCOUNT, "999999999999") for arn in (NO_PLAN, NO_INCIDENT))
NOT_INCIDENTS = (
    NO_PLAN,
    NO_INCIDENT.rpartition("/")[0],
    f"{NO_INCIDENT}/more",
    NO_INCIDENT.replace("::", ":us-east-1:", 1),
    NO_INCIDENT.replace(":aws:", ":aws-cn:"),
    NO_INCIDENT.replace("ssm-incidents", "ssm-contacts"),
    f"arn:aws:ssm-incidents::{ACCOUNT}:replication-set/11111111-1111-1111-1111-111111111111",
)

TIMED_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def make_plan(
    client: SSMIncidentsClient, name: str = "plan", *, template: Mapping[str, Any] | None = None, **members: Any
) -> str:
    """Create a response plan, and give its ARN."""
    incident_template: Any = {"title": "title", "impact": 5, **(template or {})}
    return client.create_response_plan(name=name, incidentTemplate=incident_template, **members)["arn"]


def start(client: SSMIncidentsClient, plan: str, **members: Any) -> str:
    """Start an incident, and give its ARN."""
    return client.start_incident(responsePlanArn=plan, **members)["incidentRecordArn"]


def minted_at(timed_id: str) -> datetime:
    """Read the moment that an id carries, to two milliseconds (catalogue 2.6)."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=2 * int(timed_id.replace("-", "")[2:12], 16))


def moves_on(clock: Callable[[], datetime]) -> bool:
    """Say whether ``clock`` tells a later time sooner or later: a quick target does much in one millisecond."""
    first = clock()
    return any(clock() > first for _ in range(10_000))


def run_machine(machine: Callable[[], RuleBasedStateMachine], *, percent: int, steps: int, **options: Any) -> None:
    """Run a state machine whose instances ``machine`` makes, with ``percent`` % of the profile's examples."""
    chosen = examples(percent=percent, stateful_step_count=steps, **options)
    run_state_machine_as_test(cast(Any, machine), settings=chosen)
