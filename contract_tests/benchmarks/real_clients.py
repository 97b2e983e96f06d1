"""What a call of a real boto3 client costs that a fake answers, beside botocore's own floors.

The floors have the answer ready, byte for byte what the fake would give: at ``before-send``, where all of botocore
but the network is passed, and at ``before-call``, behind its checks and its serializing. What is above them is ours:
the service, and the way to it. A floor with the direct call behind it tells the two apart; amid botocore's code, which
fills the processor's caches, a call takes twice as long as in a row of its own.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from contract_tests.benchmarks.rivals import Stubbed, real_client
from contract_tests.benchmarks.scenario import Scenario
from contract_tests.benchmarks.timing import Measured, interleaved, mean_ratio
from fakeim import mock_ssm_incidents
from fakeim.clients import wire
from fakeim.clients.answers import answer, as_botocore

if TYPE_CHECKING:
    from contract_tests.benchmarks.scenario import Asked, Run
    from contract_tests.benchmarks.timing import Effort

AT_CALL, AT_REQUEST, BOUND = "mock_ssm_incidents(at_call=True)", "mock_ssm_incidents", "boto3_client()"
BEFORE_SEND, BEFORE_CALL = "a ready before-send", "a ready before-call"
AND_SERVICE = "a ready before-send and the direct call"


def measure(effort: Effort) -> list[Measured]:
    """Measure the ways in from a real client, each over all the calls."""
    scenario, client, stubbed = Scenario(), real_client(), Stubbed()
    bound, floor, parsed = scenario.fake.boto3_client(), ReadyBytes(scenario), ReadyAnswer()
    ways = {"direct": scenario.client, AT_CALL: client, AT_REQUEST: client, BOUND: bound}
    ways |= {BEFORE_SEND: floor.client, BEFORE_CALL: parsed.client}
    around: dict[str, Any] = {
        AT_CALL: lambda: mock_ssm_incidents(scenario.fake, at_call=True),
        AT_REQUEST: lambda: mock_ssm_incidents(scenario.fake),
    }
    found = {}
    for asked in scenario.calls():
        if asked.name == "error: bad parameters":  # which botocore itself refuses
            continue
        floor.prepare(scenario, asked)
        parsed.prepare(scenario, asked)
        runs = {name: scenario.caller(way, asked) for name, way in ways.items()}
        runs[AND_SERVICE] = _both(runs[BEFORE_SEND], runs["direct"])
        found[asked.name] = interleaved(
            runs | {"Stubber": stubbed.caller(scenario, asked)}, effort.rounds, around=around
        )
    return [
        _mean(found, AT_CALL, "direct", 2.0),
        _mean(found, AT_REQUEST, BEFORE_SEND, 1.15),
        _mean(found, AT_REQUEST, AND_SERVICE),
        _mean(found, BOUND, BEFORE_SEND),
        _mean(found, AT_CALL, BEFORE_CALL),
        _mean(found, AT_CALL, "Stubber"),
        _mean(found, AT_REQUEST, "Stubber"),
    ]


class ReadyBytes:
    """A real client whose requests are answered at ``before-send`` with the bytes of the fake's last answer."""

    def __init__(self, scenario: Scenario) -> None:
        self.client = real_client()
        self._dispatcher = scenario.fake._dispatcher  # noqa: SLF001 - a benchmark of what is within
        self._response: wire.Response | None = None
        self.client.meta.events.register("before-send.ssm-incidents", self._answer)

    def prepare(self, scenario: Scenario, asked: Asked) -> None:
        """Keep the answer to a call."""
        self._response = None
        scenario.caller(self.client, asked)()

    def _answer(self, request: Any, **_: object) -> Any:
        if self._response is None:
            given: Any = answer(self._dispatcher, self.client.meta, request)
            self._response = wire.Response(given.status_code, given.headers, given.content)
        return as_botocore(request.url, self._response)


class ReadyAnswer:
    """A real client that is given, at ``before-call``, a ready answer, as Stubber gives its."""

    def __init__(self) -> None:
        self.client = real_client()
        self._answer: tuple[Any, dict[str, Any]] | None = None
        self.client.meta.events.register("before-call.ssm-incidents", lambda **_: self._answer)

    def prepare(self, scenario: Scenario, asked: Asked) -> None:
        """Make the answer to a call ready."""
        found = scenario.answer(asked)
        response: Any = found if isinstance(found, dict) else getattr(found, "response", {})
        self._answer = (_Http(200 if isinstance(found, dict) else 404), response)


class _Http:
    def __init__(self, status: int) -> None:
        self.status_code = status


def _both(first: Run, second: Run) -> Run:
    def run() -> None:
        first()
        second()

    return run


def _mean(found: dict[str, dict[str, list[float]]], ours: str, theirs: str, limit: float | None = None) -> Measured:
    pairs = [(times[ours], times[theirs]) for times in found.values()]
    medians = " / ".join(
        f"{median([median(times[name]) for times in found.values()]) * 1e6:.0f}" for name in (ours, theirs)
    )
    return Measured(f"{ours} / {theirs}", mean_ratio(pairs), limit, note=f"{len(pairs)} calls, median {medians} µs")
