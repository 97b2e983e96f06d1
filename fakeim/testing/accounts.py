"""Accounts with something in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.incident_manager import FakeIncidentManager

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

NOON = "2026-01-01T12:00:00Z"
"""When all begins, in every account that the kit makes."""
MORE_THAN_A_PAGE = 101
"""[assumption: 17.26] Of what a list gives at most at once there are 100."""


class Incident(NamedTuple):
    """An incident to be: of which plan (by its number, from 0), in which state, with how much."""

    plan: int = 0
    status: str = "OPEN"
    impact: int = 3
    notes: int = 0
    items: int = 0


def populated(
    *, plans: int = 1, incidents: Sequence[Incident] = (), others: int = 0, **options: Any
) -> FakeIncidentManager:
    """Make a fake account with plans ``plan-0``, ``plan-1`` ... and incidents titled ``incident 0``, ``incident 1`` ...

    Its clock stands, an hour after the first of it all; each incident begins a minute after the one before.

    Args:
        plans: How many there are.
        incidents: The first is the oldest.
        others: How many open incidents of the first plan there are besides, newer than all: with
            ``MORE_THAN_A_PAGE`` of them the lists have several pages.
        options: Those of ``FakeIncidentManager``.

    >>> from fakeim.testing.accounts import Incident, populated
    >>> fake = populated(incidents=[Incident(status="RESOLVED", notes=2)])
    >>> [each["status"] for each in fake.client().list_incident_records()["incidentRecordSummaries"]]
    ['RESOLVED']
    """
    fake = FakeIncidentManager(**options)
    fake.clock.freeze(NOON)
    client = fake.client()
    arns = [_make_plan(client, f"plan-{number}") for number in range(plans)]
    for number, incident in enumerate(incidents):
        fake.clock.advance(minutes=1)
        _start(client, arns[incident.plan], f"incident {number}", incident)
    for number in range(others):
        client.start_incident(responsePlanArn=arns[0], title=f"other incident {number}")
    fake.clock.move_to("2026-01-01T13:00:00Z")
    fake.calls.clear()
    return fake


def _make_plan(client: SSMIncidentsClient, name: str) -> str:
    return client.create_response_plan(name=name, incidentTemplate={"title": name, "impact": 3})["arn"]


def _start(client: Any, plan: str, title: str, incident: Incident) -> None:
    arn = client.start_incident(responsePlanArn=plan, title=title, impact=incident.impact)["incidentRecordArn"]
    for number in range(incident.notes):
        client.create_timeline_event(
            incidentRecordArn=arn, eventTime=NOON, eventType="Note", eventData=f"note {number}"
        )
    for number in range(incident.items):
        item = {"identifier": {"type": "OTHER", "value": {"url": f"https://example.org/{number}"}}}
        client.update_related_items(incidentRecordArn=arn, relatedItemsUpdate={"itemToAdd": item})
    if incident.status != "OPEN":
        client.update_incident_record(arn=arn, status=incident.status)
