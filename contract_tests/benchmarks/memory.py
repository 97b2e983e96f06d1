"""What an event and an incident hold in memory, beyond the caller's own objects."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING, Any

import fakeim
from contract_tests.benchmarks.scenario import NOTE, PLAN
from contract_tests.benchmarks.timing import Measured, exactly

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract_tests.benchmarks.timing import Effort

COUNT = 10_000


def measure(_: Effort) -> list[Measured]:
    """Count the bytes that are held after many calls; the log of calls is counted apart, for it is bounded."""
    fake = fakeim.FakeIncidentManager()
    client: Any = fake.client()
    plan = client.create_response_plan(name="web", incidentTemplate=PLAN)["arn"]
    incident = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
    texts = [f"looked at {number}" for number in range(COUNT)]  # the caller's own

    def write(number: int) -> None:
        note = NOTE | {"eventData": texts[number], "eventTime": 1767225600 + number}
        client.create_timeline_event(incidentRecordArn=incident, **note)

    an_event, logged = _held(fake, write)
    started, _calls = _held(fake, lambda _: client.start_incident(responsePlanArn=plan))
    return [
        Measured("an event", exactly(an_event), 500, "bytes"),
        Measured("an incident, with its two events and parent item", exactly(started), unit="bytes"),
        Measured("an incident alone", exactly(started - 3 * an_event), 1200, "bytes", "its item counts as an event"),
        Measured("a call in the log, of which the last 100,000 are kept", exactly(logged), unit="bytes"),
    ]


def _held(fake: fakeim.FakeIncidentManager, write: Callable[[int], object]) -> tuple[float, float]:
    """Give the bytes that the store holds after each of many writes, and those that the log holds besides."""
    write(0)
    fake.calls.clear()
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(COUNT):
            write(number)
        gc.collect()
        with_log, _ = tracemalloc.get_traced_memory()
        fake.calls.clear()
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return held / COUNT, (with_log - held) / COUNT
