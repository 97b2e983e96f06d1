"""How calls grow with the store: fakes of all sizes take turns in one run.

Each answer is the same whatever the size: a page of 100, or the 50 records that are not like the others. So a line
that is not flat is the store's.
"""

from __future__ import annotations

from functools import partial
from itertools import count
from statistics import median
from typing import TYPE_CHECKING, Any

import fakeim
from contract_tests.benchmarks.scenario import NOTE, PLAN, add_events
from contract_tests.benchmarks.timing import Measured, interleaved, ratio

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_tests.benchmarks.timing import Effort

    Run = Callable[[], object]
    Account = Callable[[int], dict[str, Run]]

RARE = 50
BASE = 1_000
"""The size that larger ones are compared to."""
REFERENCE = "arn:aws:s3:::bench"
EVENT_LIMITS = {
    "first page": 1.5,
    "time window": 1.5,
    "filter by type": 1.5,
    "filter by reference": 1.5,
    "get": 1.5,
    "cold walk, a page": 3.0,
    "create": 4.0,
}
INCIDENT_LIMITS = {
    "first page": 1.5,
    "time window": 1.5,
    "filter by status": 1.5,
    "filter by impact": 1.5,
    "filter by creator": 1.5,
    "get": 1.5,
    "cold walk, a page": 3.0,
    "start": 4.0,
}


def measure(effort: Effort) -> list[Measured]:
    """Measure timelines and lists of incidents of growing size."""
    return [
        *_grown("events", _timeline, effort.events, EVENT_LIMITS, effort.rounds),
        *_grown("incidents", _incidents, effort.incidents, INCIDENT_LIMITS, effort.rounds),
    ]


def _grown(kind: str, make: Account, largest: int, limits: dict[str, float], rounds: int) -> list[Measured]:
    sizes = [100]
    while sizes[-1] < largest:
        sizes.append(sizes[-1] * 10)
    accounts = {size: make(size) for size in sizes}
    measured = []
    for what, limit in limits.items():
        runs = {str(size): calls[what] for size, calls in accounts.items()}
        walks = what.startswith("cold walk")
        times = interleaved(runs, max(5, rounds // 4) if walks else rounds, once=walks)
        pages = {size: max(1, size // 100) if walks else 1 for size in sizes}
        each = {size: [seconds / pages[size] for seconds in times[str(size)]] for size in sizes}
        points = tuple((size, median(values) * 1e6) for size, values in each.items())
        note = ", ".join(f"{value:.1f}" for _, value in points) + " µs"
        name = f"{kind}: {what}, at {largest:,} / at {BASE:,}"
        measured.append(Measured(name, ratio(each[largest], each[BASE]), limit, note=note, points=points))
    return measured


def _timeline(size: int) -> dict[str, Run]:
    client: Any = fakeim.FakeIncidentManager().client()
    plan = client.create_response_plan(name="web", incidentTemplate=PLAN)["arn"]
    incident = {"incidentRecordArn": client.start_incident(responsePlanArn=plan)["incidentRecordArn"]}
    rare = NOTE | {"eventType": "Custom Event", "eventReferences": [{"resource": REFERENCE}]}
    for number in range(RARE):
        client.create_timeline_event(**incident, **rare | {"eventTime": 1_500_000_000 + number})
    event = add_events(client, incident["incidentRecordArn"], size - RARE)
    page = partial(client.list_timeline_events, **incident, maxResults=100)
    return {
        "first page": page,
        "time window": partial(page, filters=_window("eventTime", 1_499_999_999, 1_500_000_050)),
        "filter by type": partial(page, filters=[_equals("eventType", "stringValues", "Custom Event")]),
        "filter by reference": partial(page, filters=[_equals("eventReference", "stringValues", REFERENCE)]),
        "get": partial(client.get_timeline_event, **incident, eventId=event),
        "cold walk, a page": partial(_walk, page),
        "create": partial(client.create_timeline_event, **incident, **NOTE),
    }


def _incidents(size: int) -> dict[str, Run]:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze("2026-01-01T00:00:00Z")
    fake.clock.auto_advance(1)
    client: Any = fake.client()
    plan = client.create_response_plan(name="web", incidentTemplate=PLAN)["arn"]
    numbers = count()

    def start() -> str:
        answer = client.start_incident(responsePlanArn=plan, impact=1 if next(numbers) < RARE else 2)
        return str(answer["incidentRecordArn"])

    started = [start() for _ in range(size)]
    for arn in started[:RARE]:
        client.update_incident_record(arn=arn, status="RESOLVED")
    first = client.get_incident_record(arn=started[0])["incidentRecord"]
    since, creator = first["creationTime"].timestamp(), first["incidentRecordSource"]["createdBy"]
    page = partial(client.list_incident_records, maxResults=100)
    return {
        "first page": page,
        "time window": partial(page, filters=_window("creationTime", int(since) - 1, int(since) + RARE)),
        "filter by status": partial(page, filters=[_equals("status", "stringValues", "RESOLVED")]),
        "filter by impact": partial(page, filters=[_equals("impact", "integerValues", 1)]),
        "filter by creator": partial(page, filters=[_equals("createdBy", "stringValues", creator)]),
        "get": partial(client.get_incident_record, arn=started[0]),
        "cold walk, a page": partial(_walk, page),
        "start": start,
    }


def _equals(key: str, kind: str, value: str | int) -> dict[str, Any]:
    return {"key": key, "condition": {"equals": {kind: [value]}}}


def _window(key: str, after: int, before: int) -> list[dict[str, Any]]:
    return [{"key": key, "condition": {"after": after}}, {"key": key, "condition": {"before": before}}]


def _walk(page: Any) -> None:
    """Read all pages, one after the other."""
    answer = page()
    while "nextToken" in answer:
        answer = page(nextToken=answer["nextToken"])
