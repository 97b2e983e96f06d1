"""The alarm of the demo: the event of the type "CloudWatch Alarm State Change" that ships, and that of its end."""

from __future__ import annotations

from datetime import UTC
from importlib.resources import files
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from fakeim.seeding.alarm_events import parse

if TYPE_CHECKING:
    from datetime import datetime

    from fakeim.seeding.alarm_events import Event

__all__ = ["SAMPLE", "parse", "recovery"]

SAMPLE = files("fakeim.demo") / "alarm_event.json"
"""The event that ships."""


def recovery(event: Event, moment: datetime) -> Event:
    """Make the event that CloudWatch sends when the alarm of ``event`` is over at ``moment``."""
    time = moment.astimezone(UTC)
    state = {
        "reason": "No datapoint crosses the threshold any more.",
        "timestamp": time.isoformat(timespec="milliseconds"),
        "value": "OK",
    }
    return event | {
        "id": str(uuid5(NAMESPACE_URL, event["id"])),
        "time": f"{time:%Y-%m-%dT%H:%M:%SZ}",
        "detail": event["detail"] | {"previousState": event["detail"]["state"], "state": state},
    }
