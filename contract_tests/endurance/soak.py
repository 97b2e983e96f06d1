"""Days of a bot's work, in seconds: the fake's clock runs ahead, and what it holds must not grow with the days."""

from __future__ import annotations

import gc
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3

import fakeim
from fakeim.demo import alarm_events, bot

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 1, 1, tzinfo=UTC)
EVERY = timedelta(minutes=2)
LASTS = timedelta(minutes=30)
KEPT = timedelta(hours=12)
MOST_GROWTH = 1.1
"""Of memory, from the second day on."""


def soak(days: int) -> Iterator[str]:
    """Let the sample bot work for ``days``; say what grows, and which alarm has not had its one incident."""
    client = boto3.client("ssm-incidents", region_name="us-east-1")
    tracemalloc.start()
    sizes: list[dict[str, int]] = []
    memory: list[int] = []
    with fakeim.mock_ssm_incidents(at_call=True) as fake:
        fake.clock.freeze(START)
        for day in range(days):
            yield from _a_day(fake, client, day)
            fake.calls.clear()
            gc.collect()
            sizes.append({name: len(table) for name, table in fake.snapshot().state.tables().items()})
            memory.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    print(f"soak: {days} days; bytes at the end of each: {memory}; records: {sizes[-1]}")
    for name, size in sizes[1].items() if days > 1 else ():
        if sizes[-1][name] > size + 2:
            yield f"{name} grow: {size} on the second day, {sizes[-1][name]} on the last"
    if days > 1 and memory[-1] > memory[1] * MOST_GROWTH:
        yield f"memory grows: {memory[1]} bytes on the second day, {memory[-1]} on the last"


def _a_day(fake: fakeim.FakeIncidentManager, client: Any, day: int) -> Iterator[str]:
    alarm = alarm_events.parse(alarm_events.SAMPLE.read_bytes())
    going: list[tuple[datetime, Any]] = []
    for number in range(timedelta(days=1) // EVERY):
        now = fake.clock.now()
        event = _named(alarm, f"alarm-{day}-{number}", now)
        bot.handle(client, event)
        going.append((now, event))
        while going and going[0][0] + LASTS <= now:
            _, over = going.pop(0)
            if bot.handle(client, alarm_events.recovery(over, now)) is None:
                yield f"{over['detail']['alarmName']} has no open incident"
        _tidy_up(client, now)
        fake.clock.advance(seconds=EVERY.total_seconds())
    for _, over in going:
        bot.handle(client, alarm_events.recovery(over, fake.clock.now()))


def _named(alarm: Any, name: str, now: datetime) -> Any:
    state = alarm["detail"]["state"] | {"timestamp": now.isoformat()}
    detail = alarm["detail"] | {"alarmName": name, "state": state}
    return alarm | {"id": name, "detail": detail, "resources": [f"{alarm['resources'][0]}-{name}"]}


def _tidy_up(client: Any, now: datetime) -> None:
    before = [{"key": "creationTime", "condition": {"before": now - KEPT}}]
    for each in client.list_incident_records(filters=before)["incidentRecordSummaries"]:
        client.delete_incident_record(arn=each["arn"])
