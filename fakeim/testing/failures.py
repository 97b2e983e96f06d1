"""What is told beside a failure: the seed, what the test has set, the last calls, and timelines of incidents.

A report is made while the test's patches are still active, of ``time.time_ns``, ``open`` or anything else. An
exception out of a pytest hook ends the whole run, so each part is read by itself, and one that fails says why.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from traceback import format_exception_only
from typing import TYPE_CHECKING

import pytest

import fakeim.inspection  # noqa: F401 - FakeIncidentManager imports it late, and an import may need what is patched
from fakeim.pictures import words
from fakeim.pictures.events import text
from fakeim.service.settings import settings
from fakeim.spec.codec import instant, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fakeim.incident_manager import FakeIncidentManager
    from fakeim.inspection import TimelineEvents
    from fakeim.service.clock import Clock
    from fakeim.testing.configuration import Configuration

    Say = Callable[[str], object]

MOST_CALLS = 20
MOST_INCIDENTS = 5
MOST_EVENTS = 20
LONGEST_LINE = 300
END = 120
"""Characters of a longer line that stand at its end."""


def told(fake: FakeIncidentManager, configuration: Configuration) -> str:
    """Return what a report says of ``fake``, which was made as ``configuration`` says; raise nothing.

    Nothing about the account changes: no call is logged, no fault strikes, no time passes.
    """
    lines: list[str] = []
    with survived("render the account", lines.append), readable_clock(fake.clock, lines.append):
        with survived("render its name", lines.append):
            seed = dict(configuration.arguments)["seed"]
            lines.append(_cut(f"{fake!r}, seed {seed!r}, at {fake.clock.now().isoformat()}"))
        for part, read in (("settings", _settings), ("calls", _calls), ("incidents", _incidents)):
            with survived(f"render the {part}", lines.append):
                lines.extend(map(_cut, read(fake)))
    return "\n".join(lines)


@contextmanager
def survived(act: str, say: Say) -> Iterator[None]:
    """Catch what the block raises, and ``say`` that fakeim could not ``act``, and why.

    As in a test, only an interrupt and ``pytest.exit`` end the run: ``pytest.fail`` and ``SystemExit``, which are not
    an ``Exception`` either, may come out of a patch.
    """
    try:
        yield
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise
    except BaseException as error:  # noqa: BLE001 - as said above
        say(_cut(words.printable(f"fakeim could not {act}: {_reason(error)}")))


@contextmanager
def readable_clock(clock: Clock, say: Say) -> Iterator[None]:
    """Within the block, let a running ``clock`` show one reading of the system's time, or the real time.

    The test may have replaced ``time.time_ns`` by something that gives no number, or that ends after a few readings.
    """
    system, now = clock._system, milliseconds(datetime.now(UTC))  # noqa: SLF001 - the two are one package
    if clock._frozen is None:  # noqa: SLF001 - a frozen clock reads nothing
        with survived("render the account's clock, and shows the real time", say):
            now = milliseconds(instant(system()))
    clock._system = lambda: now  # noqa: SLF001
    try:
        yield
    finally:
        clock._system = system  # noqa: SLF001


def _reason(error: BaseException) -> str:
    try:
        return "".join(format_exception_only(error)).strip()
    except Exception:  # noqa: BLE001 - what the test has patched may be needed here, too
        return type(error).__name__


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
