"""What a direct call costs, beside botocore's Stubber and a MagicMock, and how it grows with the store.

    python -m contract_tests.benchmarks.direct_calls [growth]

Times on a shared machine drift, so all contenders take turns in one run, and only ratios of medians count.
"""

from __future__ import annotations

import gc
import sys
import time
from contextlib import suppress
from functools import partial
from statistics import geometric_mean, median
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from botocore.stub import Stubber

import fakeim

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Run = Callable[[], object]

ROUNDS = 15
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
NOTE = {"eventType": "Note", "eventData": '"looked at"', "eventTime": 1767225600}


class Bench:
    """A fake, a stubbed client and a mock, and for each call how to make it on any of them."""

    def __init__(self) -> None:
        self.fake = fakeim.FakeIncidentManager()
        self.client: Any = self.fake.client()
        self.real: Any = boto3.client(
            "ssm-incidents",
            region_name="us-east-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",  # noqa: S106 - no secret
            config=Config(retries={"total_max_attempts": 1}),
        )
        self.stubber = Stubber(self.real)
        self.stubber.activate()
        self.mock = MagicMock()
        self.plan: str = self.client.create_response_plan(name="bench", incidentTemplate=PLAN)["arn"]
        self.incident = self.client.start_incident(responsePlanArn=self.plan)["incidentRecordArn"]
        self.event = self.add_events(self.incident, 100)
        for _ in range(100):
            self.client.start_incident(responsePlanArn=self.plan)
        self.made = 0

    def add_events(self, incident: str, count: int) -> str:
        """Add events to an incident, at times in no order, and give the last one's id."""
        event = ""
        for number in range(count):
            when = 1_600_000_000 + (number * 7919) % 1_000_003
            event = self.client.create_timeline_event(incidentRecordArn=incident, **NOTE | {"eventTime": when})[
                "eventId"
            ]
        return event

    def calls(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Give the calls to measure: a method and its parameters; a ``name`` is made new each time."""
        incident = {"incidentRecordArn": self.incident}
        return {
            "start_incident": ("start_incident", {"responsePlanArn": self.plan}),
            "start_incident (rich)": ("start_incident", {"responsePlanArn": self.plan, **RICH_START}),
            "create_timeline_event": ("create_timeline_event", {**incident, **NOTE}),
            "get_timeline_event": ("get_timeline_event", {**incident, "eventId": self.event}),
            "get_incident_record": ("get_incident_record", {"arn": self.incident}),
            "update_incident_record": ("update_incident_record", {"arn": self.incident, "summary": "better"}),
            "list_timeline_events (100)": ("list_timeline_events", {**incident, "maxResults": 100}),
            "list_incident_records (100)": ("list_incident_records", {"maxResults": 100}),
            "create_response_plan (rich)": ("create_response_plan", {"name": "", **RICH_PLAN}),
            "get_response_plan": ("get_response_plan", {"arn": self.plan}),
            "tag_resource": ("tag_resource", {"resourceArn": self.plan, "tags": {"team": "checkout"}}),
            "error: not found": ("get_response_plan", {"arn": self.plan + "-missing"}),
            "error: bad parameters": ("get_response_plan", {}),
        }

    def contenders(self, method: str, params: dict[str, Any]) -> dict[str, Run]:
        """Give a function for each contender that makes the call once."""
        direct, stubbed, mocked = (getattr(each, method) for each in (self.client, self.real, self.mock))
        outcome = self._outcome(direct, params)
        if isinstance(outcome, ParamValidationError):  # never sent, so one stub lasts for all
            self.stubber.add_client_error(method)

        def run_stubbed() -> None:
            fresh = self._fresh(params)
            if isinstance(outcome, dict):
                self.stubber.add_response(method, outcome, fresh)
            elif isinstance(outcome, ClientError):
                self.stubber.add_client_error(method, outcome.response["Error"]["Code"])
            stubbed(**fresh)

        runs: dict[str, Run] = {
            "direct": self._caller(direct, params),
            "Stubber": run_stubbed,
            "MagicMock": self._caller(mocked, params),
        }
        return runs if isinstance(outcome, dict) else {name: failing(run) for name, run in runs.items()}

    def _caller(self, method: Callable[..., Any], params: dict[str, Any]) -> Run:
        if "name" in params:
            return lambda: method(**self._fresh(params))
        return partial(method, **params)

    def _fresh(self, params: dict[str, Any]) -> dict[str, Any]:
        if "name" not in params:
            return params
        self.made += 1
        return params | {"name": f"plan-{self.made}"}

    def _outcome(self, direct: Callable[..., Any], params: dict[str, Any]) -> dict[str, Any] | Exception:
        try:
            answer = direct(**self._fresh(params))
        except (ClientError, ParamValidationError) as error:
            return error
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def failing(run: Run) -> Run:
    def run_and_catch() -> None:
        with suppress(ClientError, ParamValidationError):
            run()

    return run_and_catch


def timed(run: Run, times: int) -> float:
    """Give the microseconds that one of ``times`` runs takes."""
    start = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - start) / times * 1e6


def interleaved(runs: Mapping[str, Run], rounds: int = ROUNDS) -> dict[str, float]:
    """Time all ``runs`` in turns, and give the median of each."""
    for run in runs.values():
        run()
    times = {name: max(3, min(300, int(3000 / timed(run, 3)))) for name, run in runs.items()}
    samples: dict[str, list[float]] = {name: [] for name in runs}
    gc.disable()
    for _ in range(rounds):
        for name, run in runs.items():
            samples[name].append(timed(run, times[name]))
    gc.enable()
    return {name: median(values) for name, values in samples.items()}


def print_calls() -> None:
    """Measure and print each kind of call."""
    bench = Bench()
    print(f"{'µs per call':<30}{'direct':>9}{'Stubber':>10}{'MagicMock':>11}{'Stubber/direct':>16}{'Mock/direct':>13}")
    ratios: dict[str, list[float]] = {"Stubber": [], "MagicMock": []}
    for name, (method, params) in bench.calls().items():
        found = interleaved(bench.contenders(method, params))
        for contender, values in ratios.items():
            values.append(found[contender] / found["direct"])
        print(
            f"{name:<30}{found['direct']:>9.1f}{found['Stubber']:>10.1f}{found['MagicMock']:>11.1f}"
            f"{ratios['Stubber'][-1]:>16.1f}{ratios['MagicMock'][-1]:>13.1f}"
        )
    means = [geometric_mean(values) for values in ratios.values()]
    print(f"{'geometric mean':<60}{means[0]:>16.1f}{means[1]:>13.1f}")


def print_fixture() -> None:
    """Measure and print what a test pays before its first call."""
    fake = fakeim.FakeIncidentManager()
    found = interleaved(
        {
            "fresh fake": fakeim.FakeIncidentManager,
            "fresh client": fake.client,
            "reset": fake.reset,
            "Stubber": _stubber,
        }
    )
    print("\n" + "   ".join(f"{name} {value:.1f} µs" for name, value in found.items()))


def _stubber() -> None:
    client = boto3.client("ssm-incidents", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106
    Stubber(client).activate()


def print_growth(sizes: tuple[int, ...] = (100, 1_000, 10_000, 100_000, 1_000_000)) -> None:
    """Measure and print how pages, filters and writes cost as one timeline grows."""
    print(f"\n{'events':>9}{'page':>8}{'last page':>11}{'by type':>9}{'window':>8}{'get':>6}{'create':>8}   µs")
    bench = Bench()
    incident, have = bench.incident, 100
    by_type = [{"key": "eventType", "condition": {"equals": {"stringValues": ["Custom Event"]}}}]
    window = [
        {"key": "eventTime", "condition": {"after": 1_600_500_000}},
        {"key": "eventTime", "condition": {"before": 1_600_500_100}},
    ]
    listed = bench.client.list_timeline_events
    for size in sizes:
        bench.add_events(incident, size - have)
        have = size
        found = interleaved(
            {
                "page": lambda: listed(incidentRecordArn=incident, maxResults=100),
                "last page": lambda: listed(incidentRecordArn=incident, maxResults=100, sortOrder="ASCENDING"),
                "by type": lambda: listed(incidentRecordArn=incident, maxResults=100, filters=by_type),
                "window": lambda: listed(incidentRecordArn=incident, maxResults=100, filters=window),
                "get": lambda: bench.client.get_timeline_event(incidentRecordArn=incident, eventId=bench.event),
                "create": lambda: bench.client.create_timeline_event(incidentRecordArn=incident, **NOTE),
            },
            rounds=7,
        )
        widths = (8, 11, 9, 8, 6, 8)
        print(
            f"{size:>9}" + "".join(f"{value:>{width}.1f}" for value, width in zip(found.values(), widths, strict=True))
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["growth"]:
        print_growth()
    else:
        print_calls()
        print_fixture()
