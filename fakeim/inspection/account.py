"""A fake account in a few lines, for who prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeim.inspection.tables import IncidentRecords, ResponsePlans
from fakeim.service.settings import settings
from fakeim.service.state import whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from fakeim.inspection.view import View
    from fakeim.service.dispatch import Dispatcher
    from fakeim.service.state import Record

MOST_SHOWN = 10


def lines(account: Dispatcher) -> Iterator[str]:
    """Tell of the replication set, the plans, the latest incidents, the calls, the faults and the settings."""
    with account.lock:
        sets = [record for _, record in whole(account.look().replication_sets).rows()]
        yield _replication_set(sets[0]) if sets else "no replication set"
        plans, incidents = ResponsePlans(account), IncidentRecords(account)
        yield f"{_counted(len(plans), 'response plan')}{': ' if plans else ''}{', '.join(_latest(plans))}"
        yield f"{_counted(len(incidents), 'incident')}, {len(incidents.open())} open"
        yield from (f"  {each}" for each in _latest(incidents))
        yield f"{_counted(len(account.calls), 'call')}, {len(account.calls.failed())} failed"
        faults = [f"  {fault!r}" for fault in account.faults]
        yield from [_counted(len(faults), "fault"), *faults] if faults else []
        told = [f"  {each}" for each in settings(account)]
        yield from ["settings", *told] if told else []


def _replication_set(record: Record) -> str:
    regions = ", ".join(f"{name} {region['status']}" for name, region in record["regionMap"].items())
    return f"replication set {record['status']}: {regions}"


def _latest(view: View[Any]) -> list[str]:
    shown = [str(each) for each in view.latest(MOST_SHOWN)]
    return shown if len(view) <= MOST_SHOWN else ["…", *shown]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
