"""What a direct call costs, beside what a user would pick instead."""

from __future__ import annotations

from contextlib import ExitStack
from statistics import median
from typing import TYPE_CHECKING, Any

from contract_tests.benchmarks.rivals import Mocks, Patched, Scheduler, Stubbed, has_moto, mock_aws, real_client
from contract_tests.benchmarks.scenario import Scenario
from contract_tests.benchmarks.timing import Measured, interleaved, mean_ratio, ratio, without_moto

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_tests.benchmarks.timing import Effort

PAGE = "list_timeline_events (100)"
GOALS = {"Stubber": 1 / 30, "moto": 1 / 200, "MagicMock": 1.0}
PAGE_GOALS = {"Stubber": 0.03, "moto": 0.005}


def measure(effort: Effort) -> list[Measured]:
    """Measure each call, and the geometric mean of all."""
    with ExitStack() as stack:
        found = _timed(effort, stack)
    each = [
        Measured(f"{call}: direct / Stubber", ratio(times["direct"], times["Stubber"]), note=_microseconds(times))
        for call, times in found.items()
    ]
    rivals = {name: None for times in found.values() for name in times if name != "direct"}
    means = [
        Measured(
            f"direct calls / {rival}",
            mean_ratio([(times["direct"], times[rival]) for times in found.values() if rival in times]),
            GOALS.get(rival),
            note=f"geometric mean of {sum(rival in times for times in found.values())} calls",
        )
        for rival in rivals
    ]
    pages = [
        Measured(f"page of 100 events / {rival}", ratio(found[PAGE]["direct"], found[PAGE][rival]), limit)
        for rival, limit in PAGE_GOALS.items()
        if rival in rivals
    ]
    if "moto" not in rivals:
        means.append(without_moto("direct calls / moto"))
    return [*means, *pages, *each]


def _timed(effort: Effort, stack: ExitStack) -> dict[str, dict[str, list[float]]]:
    scenario, mocks, stubbed, patched = Scenario(), Mocks(), Stubbed(), Patched()
    counterparts: dict[str, Callable[[], object]] = {}
    if has_moto():
        stack.enter_context(mock_aws())
        counterparts = Scheduler(real_client("scheduler")).counterparts()
    found = {}
    for asked in scenario.calls():
        runs: dict[str, Any] = {
            "direct": scenario.caller(scenario.client, asked),
            "Stubber": stubbed.caller(scenario, asked),
        }
        if isinstance(scenario.answer(asked), dict):  # mocks have no errors of their own
            runs |= {
                "MagicMock": scenario.caller(mocks.magic, asked),
                "autospec": scenario.caller(mocks.autospec, asked),
                "patched _make_api_call": scenario.caller(patched.client, asked),
            }
        if asked.name in counterparts:
            runs["moto"] = counterparts[asked.name]
        around = {"patched _make_api_call": patched.active}
        found[asked.name] = interleaved(runs, effort.rounds, around=around)
    return found


def _microseconds(times: dict[str, list[float]]) -> str:
    return ", ".join(f"{name} {median(values) * 1e6:.1f}" for name, values in times.items()) + " µs"
