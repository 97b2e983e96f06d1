"""What a Hypothesis machine pays for the fake that it drives, beside the engine alone."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any, ClassVar
from unittest.mock import MagicMock

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, rule, run_state_machine_as_test

import fakeim
from contract_tests.benchmarks.rivals import SCHEDULE, has_moto, mock_aws, real_client
from contract_tests.benchmarks.scenario import PLAN
from contract_tests.benchmarks.timing import Measured, interleaved, ratio

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_tests.benchmarks.timing import Effort

EXAMPLES, STEPS = 20, 30
SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    phases=[Phase.generate],  # neither replayed nor shrunk
    derandomize=True,  # the same steps for all
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class Nothing:
    """An account that answers every call with the same words: what is left is the engine's."""

    answer: ClassVar = {"incidentRecordArn": "incident", "eventId": "event", "arn": "plan", "timeline": []}

    def __getattr__(self, _: str) -> Callable[..., dict[str, Any]]:
        return lambda **_: self.answer


class Schedules:
    """The same story on moto, in the words of its nearest service."""

    def __init__(self) -> None:
        self.mock = mock_aws()
        self.mock.start()
        self.client = real_client("scheduler")
        self.made = 0

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        return getattr(self, "_read" if name.startswith(("get", "list")) else "_write")  # type: ignore[no-any-return]

    def _write(self, **_: Any) -> dict[str, Any]:
        self.made += 1
        self.client.create_schedule(Name=f"s{self.made}", **SCHEDULE)
        return Nothing.answer

    def _read(self, **_: Any) -> dict[str, Any]:
        self.client.list_schedules(MaxResults=10)
        return Nothing.answer


def machine(make: Callable[[], Any]) -> type[RuleBasedStateMachine]:  # noqa: C901 - many rules, all of one line
    """Give a machine that opens incidents, writes, reads, resolves and forgets them, on what ``make`` gives."""

    class Incidents(RuleBasedStateMachine):
        incidents: Any = Bundle("incidents")

        def __init__(self) -> None:
            super().__init__()
            self.client = make()

        @initialize()
        def make_plan(self) -> None:
            self.plan = self.client.create_response_plan(name="web", incidentTemplate=PLAN)["arn"]

        @rule(target=incidents, impact=st.integers(1, 5))
        def start(self, impact: int) -> Any:
            return self.client.start_incident(responsePlanArn=self.plan, impact=impact)["incidentRecordArn"]

        @rule(incident=incidents, note=st.sampled_from(["seen", "better", "worse"]))
        def write(self, incident: Any, note: str) -> None:
            event = {"eventType": "Note", "eventData": note, "eventTime": 1767225600}
            self.client.create_timeline_event(incidentRecordArn=incident, **event)

        @rule(incident=incidents)
        def get(self, incident: Any) -> None:
            self.client.get_incident_record(arn=incident)

        @rule(incident=incidents)
        def list(self, incident: Any) -> None:
            self.client.list_timeline_events(incidentRecordArn=incident)

        @rule(incident=incidents, status=st.sampled_from(["OPEN", "RESOLVED"]))
        def update(self, incident: Any, status: str) -> None:
            self.client.update_incident_record(arn=incident, status=status)

        @rule(incident=consumes(incidents))
        def delete(self, incident: Any) -> None:
            self.client.delete_incident_record(arn=incident)

        def teardown(self) -> None:
            if isinstance(self.client, Schedules):
                self.client.mock.stop()

    return Incidents


def measure(effort: Effort) -> list[Measured]:
    """Measure whole runs of the machine."""
    makers: dict[str, Callable[[], Any]] = {
        "fakeim": lambda: fakeim.FakeIncidentManager().client(),
        "engine": Nothing,
        "MagicMock": MagicMock,
    }
    if has_moto():
        makers["moto"] = Schedules
    machines = {name: machine(make) for name, make in makers.items()}
    times = interleaved({name: _runner(each) for name, each in machines.items()}, max(5, effort.rounds // 2), once=True)
    steps = EXAMPLES * STEPS / median(times["fakeim"])
    measured = [
        Measured(
            "rule-based machine / the engine alone",
            ratio(times["fakeim"], times["engine"]),
            1.4,
            note=f"at most {STEPS} steps an example; up to {steps:.0f} steps a second",
        ),
        Measured("rule-based machine / on MagicMock", ratio(times["fakeim"], times["MagicMock"])),
    ]
    if "moto" in times:
        measured.append(Measured("rule-based machine / on moto", ratio(times["fakeim"], times["moto"])))
    return measured


def _runner(of: type[RuleBasedStateMachine]) -> Callable[[], None]:
    return lambda: run_state_machine_as_test(of, settings=SETTINGS)
