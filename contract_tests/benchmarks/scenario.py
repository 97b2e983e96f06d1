"""The calls that are measured: 14 of every kind, on an account with something in it."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError, ParamValidationError

import fakeim

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[[], object]

PLAN: Any = {"title": "Checkout is slow", "impact": 2, "summary": "p99 over 2 s", "dedupeString": ""}
RICH_PLAN = {
    "actions": [
        {
            "ssmAutomation": {
                "documentName": "AWSIncidents-CriticalIncidentRunbookTemplate",
                "documentVersion": "$DEFAULT",
                "parameters": {"Environment": ["prod"], "Stage": ["blue", "green"]},
                "roleArn": "arn:aws:iam::123456789012:role/incidents",
                "targetAccount": "RESPONSE_PLAN_OWNER_ACCOUNT",
            }
        }
    ],
    "chatChannel": {"chatbotSns": ["arn:aws:sns:us-east-1:123456789012:chat"]},
    "engagements": ["arn:aws:ssm-contacts:us-east-1:123456789012:contact/oncall"],
    "incidentTemplate": PLAN,
}
RICH_START = {
    "title": "Checkout is slow",
    "impact": 1,
    "relatedItems": [
        {"identifier": {"type": "OTHER", "value": {"url": "https://example.com/1"}}, "title": "dashboard"},
        {"identifier": {"type": "METRIC", "value": {"metricDefinition": "{}"}}, "title": "latency"},
    ],
}
NOTE: Any = {"eventType": "Note", "eventData": '"looked at"', "eventTime": 1767225600}
FILTERS = [
    {"key": "eventType", "condition": {"equals": {"stringValues": ["Custom Event"]}}},
    {"key": "eventTime", "condition": {"after": 1767225600}},
]


class Asked(NamedTuple):
    """A call to measure; a ``name`` among its parameters is made new each time."""

    name: str
    method: str
    params: dict[str, Any]


class Scenario:
    """A fake with a plan, an incident with 100 events, and 100 more incidents; and the calls to make on it."""

    def __init__(self, client: Any = None) -> None:
        """``client`` is one of a fake elsewhere, over HTTP say."""
        self.fake = fakeim.FakeIncidentManager()
        self.client: Any = client or self.fake.client()
        self.plan: str = self.client.create_response_plan(name="bench", incidentTemplate=PLAN)["arn"]
        self.incident: str = self.client.start_incident(responsePlanArn=self.plan)["incidentRecordArn"]
        self.event = add_events(self.client, self.incident, 100)
        for _ in range(100):
            self.client.start_incident(responsePlanArn=self.plan)
        self._made = 0

    def calls(self) -> list[Asked]:
        """Give the calls to measure."""
        incident = {"incidentRecordArn": self.incident}
        return [
            Asked("start_incident", "start_incident", {"responsePlanArn": self.plan}),
            Asked("start_incident (rich)", "start_incident", {"responsePlanArn": self.plan, **RICH_START}),
            Asked("create_timeline_event", "create_timeline_event", {**incident, **NOTE}),
            Asked("get_timeline_event", "get_timeline_event", {**incident, "eventId": self.event}),
            Asked("get_incident_record", "get_incident_record", {"arn": self.incident}),
            Asked("update_incident_record", "update_incident_record", {"arn": self.incident, "summary": "better"}),
            Asked("list_timeline_events (100)", "list_timeline_events", {**incident, "maxResults": 100}),
            Asked("list_timeline_events (2 filters)", "list_timeline_events", {**incident, "filters": FILTERS}),
            Asked("list_incident_records (100)", "list_incident_records", {"maxResults": 100}),
            Asked("create_response_plan (rich)", "create_response_plan", {"name": "", **RICH_PLAN}),
            Asked("get_response_plan", "get_response_plan", {"arn": self.plan}),
            Asked("tag_resource", "tag_resource", {"resourceArn": self.plan, "tags": {"team": "checkout"}}),
            Asked("error: not found", "get_response_plan", {"arn": self.plan + "-missing"}),
            Asked("error: bad parameters", "get_response_plan", {}),
        ]

    def answer(self, asked: Asked) -> dict[str, Any] | Exception:
        """Give what the fake answers, without the metadata, or raises."""
        try:
            answer = getattr(self.client, asked.method)(**self.fresh(asked.params))
        except (ClientError, ParamValidationError) as error:
            return error
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    def caller(self, client: Any, asked: Asked) -> Run:
        """Give a function that makes the call once, on any client, and catches its errors."""
        method = getattr(client, asked.method)
        if "name" in asked.params:
            return lambda: method(**self.fresh(asked.params))
        run = partial(method, **asked.params)
        return catching(run) if asked.name.startswith("error") else run

    def fresh(self, params: dict[str, Any]) -> dict[str, Any]:
        """Give the parameters with a name that was not used before, if there is one."""
        if "name" not in params:
            return params
        self._made += 1
        return params | {"name": f"plan-{self._made}"}


def add_events(client: Any, incident: str, count: int) -> str:
    """Add Notes to an incident, at times in no order, and give the last one's id."""
    event = ""
    for number in range(count):
        when = 1_600_000_000 + (number * 7919) % 1_000_003
        answer = client.create_timeline_event(incidentRecordArn=incident, **NOTE | {"eventTime": when})
        event = answer["eventId"]
    return event


def catching(run: Run) -> Run:
    """Give ``run``, but so that the errors of clients end there."""

    def run_and_catch() -> None:
        with suppress(ClientError, ParamValidationError):
            run()

    return run_and_catch
