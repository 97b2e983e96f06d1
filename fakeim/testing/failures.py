"""What is told beside a failure: the seed, what the test has set, the last calls, and timelines of incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeim.pictures import words
from fakeim.pictures.events import text
from fakeim.service.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakeim.incident_manager import FakeIncidentManager
    from fakeim.inspection import TimelineEvents
    from fakeim.testing.configuration import Configuration

MOST_CALLS = 20
MOST_INCIDENTS = 5
MOST_EVENTS = 20
LONGEST_LINE = 300
END = 120
"""Characters of a longer line that stand at its end."""


def told(fake: FakeIncidentManager, configuration: Configuration) -> str:
    """Tell of ``fake``, which was made as ``configuration`` says, in lines that fit a report.

    Nothing about it changes: no call is logged, no fault strikes, no time passes.
    """
    seed = dict(configuration.arguments)["seed"]
    lines = [f"{fake!r}, seed {seed!r}, at {fake.clock.now().isoformat()}", *_settings(fake), *_calls(fake)]
    lines += _incidents(fake)
    return "\n".join(map(_cut, lines))


def _cut(line: str) -> str:
    """Leave the middle of a long line out: what came of a call stands at the end."""
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - END - 1]}…{line[-END:]}"


def _settings(fake: FakeIncidentManager) -> Iterator[str]:
    """Tell what may be why a call went as it did."""
    yield from (f"  {fault!r}" for fault in fake.faults)
    yield from (f"  {each}" for each in settings(fake._dispatcher))  # noqa: SLF001 - the two are one package


def _calls(fake: FakeIncidentManager) -> Iterator[str]:
    last = fake.calls[-MOST_CALLS:]
    yield f"the last {len(last)} of {len(fake.calls)} calls:" if last else "no call has come"
    for call in last:
        yield f"  {call!r}"


def _incidents(fake: FakeIncidentManager) -> Iterator[str]:
    for incident in reversed(fake.incidents.latest(MOST_INCIDENTS)):
        yield f"incident {incident.title!r}, {incident.status}, impact {incident.impact}, {incident.arn}"
        yield from _timeline(fake.timeline(incident))
    if len(fake.incidents) > MOST_INCIDENTS:
        yield "and earlier incidents"


def _timeline(events: TimelineEvents) -> Iterator[str]:
    if len(events) > MOST_EVENTS:
        yield "  ..."
    for event in events.latest(MOST_EVENTS):
        said = words.printable(text(event.event_type, event.event_data))
        yield f"  {event.event_time.isoformat()} {event.event_type}: {said}"
