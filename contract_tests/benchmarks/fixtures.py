"""What a test pays beside its calls: a fresh fake and client, reset, snapshot; and what a whole small test costs."""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

from botocore.stub import Stubber

import fakeim
from contract_tests.benchmarks.rivals import SCHEDULE, has_moto, mock_aws, real_client
from contract_tests.benchmarks.scenario import NOTE, PLAN, Scenario, add_events
from contract_tests.benchmarks.timing import Measured, interleaved, ratio, without_moto

if TYPE_CHECKING:
    from contract_tests.benchmarks.timing import Effort, Run


def measure(effort: Effort) -> list[Measured]:
    """Measure fixtures, the small test, and the ways back."""
    return [*_fixtures(effort), *_small_tests(effort), *_ways_back(effort)]


def _fixtures(effort: Effort) -> list[Measured]:
    runs: dict[str, Run] = {
        "fresh fake and client": lambda: fakeim.FakeIncidentManager().client(),
        "boto3.client()": real_client,
        "MagicMock()": MagicMock,
        "reset": fakeim.FakeIncidentManager().reset,
        "mock_ssm_incidents": _mock,
    }
    times = interleaved(runs, effort.rounds)
    ours, client = times["fresh fake and client"], times["boto3.client()"]
    note = f"{median(ours) * 1e6:.1f} / {median(client) * 1e6:.0f} µs"
    return [
        Measured("fresh fake and client / boto3.client()", ratio(ours, client), 0.01, note=note),
        Measured("fresh fake and client / MagicMock()", ratio(ours, times["MagicMock()"])),
        Measured("reset / boto3.client()", ratio(times["reset"], client)),
        Measured("mock_ssm_incidents, enter and exit / boto3.client()", ratio(times["mock_ssm_incidents"], client)),
    ]


def _mock() -> None:
    with fakeim.mock_ssm_incidents():
        pass


# -- a small test: its fixture, and 11 calls


def _small_tests(effort: Effort) -> list[Measured]:
    client = real_client()
    answers = _answers()
    runs: dict[str, Run] = {
        "direct": lambda: _story(fakeim.FakeIncidentManager().client()),
        "a shared boto3 client, mock_ssm_incidents(at_call=True)": partial(_mocked, client, at_call=True),
        "a shared boto3 client, mock_ssm_incidents": partial(_mocked, client),
        "MagicMock": lambda: _story(MagicMock()),
        "Stubber on a shared client": partial(_stubbed, lambda: client, answers),
        "Stubber on a client for each test": partial(_stubbed, real_client, answers),
    }
    if has_moto():
        runs["moto"] = _with_moto
    times = interleaved(runs, effort.rounds)
    ours, measured = times.pop("direct"), []
    for rival, theirs in times.items():
        limit = 0.006 if rival == "moto" else None
        note = f"{median(ours) * 1e6:.0f} / {median(theirs) * 1e6:.0f} µs"
        measured.append(Measured(f"small test, direct / {rival}", ratio(ours, theirs), limit, note=note))
    return measured if has_moto() else [*measured, without_moto("small test, direct / moto")]


def _story(client: Any) -> None:
    plan = client.create_response_plan(name="web", incidentTemplate=PLAN)["arn"]
    incident = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
    for _ in range(3):
        event = client.create_timeline_event(incidentRecordArn=incident, **NOTE)["eventId"]
    client.get_timeline_event(incidentRecordArn=incident, eventId=event)
    client.list_timeline_events(incidentRecordArn=incident)
    client.update_incident_record(arn=incident, status="RESOLVED")
    client.get_incident_record(arn=incident)
    client.tag_resource(resourceArn=plan, tags={"team": "checkout"})
    client.list_tags_for_resource(resourceArn=plan)


def _mocked(client: Any, *, at_call: bool = False) -> None:
    with fakeim.mock_ssm_incidents(at_call=at_call):
        _story(client)


def _answers() -> list[tuple[str, dict[str, Any]]]:
    """Give what the story's calls are answered, in order."""
    recorded: list[tuple[str, dict[str, Any]]] = []
    client: Any = fakeim.FakeIncidentManager().client()

    class Recorder:
        def __getattr__(self, name: str) -> Any:
            def call(**params: Any) -> Any:
                answer = getattr(client, name)(**params)
                recorded.append((name, {key: value for key, value in answer.items() if key != "ResponseMetadata"}))
                return answer

            return call

    _story(Recorder())
    return recorded


def _stubbed(make: Any, answers: list[tuple[str, dict[str, Any]]]) -> None:
    client = make()
    with Stubber(client) as stubber:
        for method, answer in answers:
            stubber.add_response(method, answer)
        _story(client)


def _with_moto() -> None:
    with mock_aws():
        client = real_client("scheduler")
        group = client.create_schedule_group(Name="web")["ScheduleGroupArn"]
        for name in "abcd":
            client.create_schedule(Name=name, GroupName="web", **SCHEDULE)
        client.get_schedule(Name="a", GroupName="web")
        client.list_schedules(GroupName="web")
        client.update_schedule(Name="a", GroupName="web", **SCHEDULE)
        client.get_schedule(Name="a", GroupName="web")
        client.tag_resource(ResourceArn=group, Tags=[{"Key": "team", "Value": "checkout"}])
        client.list_tags_for_resource(ResourceArn=group)


# -- the ways back


def _ways_back(effort: Effort) -> list[Measured]:
    scenario = Scenario()
    fake, client = scenario.fake, scenario.client
    fake.reset()
    plan = client.create_response_plan(name="web", incidentTemplate=PLAN)["arn"]
    for _ in range(100):
        add_events(client, client.start_incident(responsePlanArn=plan)["incidentRecordArn"], 10)
    state = _plain(fake.snapshot().state)
    times = interleaved(
        {"fakeim": lambda: fake.restore(fake.snapshot()), "deepcopy": partial(deepcopy, state)}, effort.rounds
    )
    note = f"{median(times['fakeim']) * 1e6:.0f} / {median(times['deepcopy']) * 1e6:.0f} µs"
    what = "snapshot and restore, 100 incidents with 10 events / deepcopy"
    return [Measured(what, ratio(times["fakeim"], times["deepcopy"]), 0.02, note=note)]


def _plain(state: Any) -> dict[str, list[dict[str, Any]]]:
    """Give the records of a state as a simple fake would keep them."""
    tables = (state.response_plans, state.incident_records, state.timeline_events, state.related_items)
    return {table.kind: [table.row(row)[1] for row in table._order] for table in tables}  # noqa: SLF001
