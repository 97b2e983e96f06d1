"""EventBridge's events of the type "CloudWatch Alarm State Change": read, checked, and made."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from fakeim.service.regions import is_region

if TYPE_CHECKING:
    from collections.abc import Callable

    Event = dict[str, Any]

SAMPLE = files("fakeim.demo") / "alarm_event.json"
"""The event that ships."""

_ABSENT = object()
_LONGEST_SHOWN = 60
_TIME = re.compile(r"[0-9-]{10}T[0-9:]{8}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:?[0-9]{2})").fullmatch
_ALARM_ARN = re.compile(r"arn:aws(-cn|-us-gov)?:cloudwatch:[a-z0-9-]+:[0-9]{12}:alarm:.{1,255}").fullmatch


def parse(data: bytes) -> Event:
    """Read the event of an alarm that goes off.

    Args:
        data: A JSON document.

    Returns:
        The event, with all that the demo and its bot look at.

    Raises:
        ValueError: It is no JSON, or not such an event; the text names the key and what is expected there.
    """
    try:
        event = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({error})") from None
    if not isinstance(event, dict):
        raise ValueError(f"holds {_shown(event)}; expected one EventBridge event, a JSON object")  # noqa: TRY004 - as for all bad files
    for rule in _RULES:
        value = _at(event, rule.key)
        if not rule.fits(value):
            found = "missing" if value is _ABSENT else _shown(value)
            raise ValueError(f"{rule.key} is {found}; expected {rule.expected}")
    return event


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


# -- what such an event has


class _Rule(NamedTuple):
    key: str
    expected: str
    fits: Callable[[Any], bool]


def _exactly(key: str, text: str) -> _Rule:
    return _Rule(key, f'"{text}"', lambda value: bool(value == text))


def _pattern(key: str, expected: str, pattern: str) -> _Rule:
    matches = re.compile(pattern).fullmatch
    return _Rule(key, expected, lambda value: isinstance(value, str) and matches(value) is not None)


def _time(key: str) -> _Rule:
    return _Rule(key, 'an ISO 8601 time with its zone, such as "2026-03-14T09:26:53Z"', _is_time)


def _is_time(value: object) -> bool:
    if not isinstance(value, str) or not _TIME(value):
        return False
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) < datetime.fromisoformat(value) < datetime(9999, 1, 1, tzinfo=UTC)
    except ValueError:
        return False


def _begins_with_alarm(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], str) and _ALARM_ARN(value[0]) is not None


_RULES = (
    _exactly("source", "aws.cloudwatch"),
    _exactly("detail-type", "CloudWatch Alarm State Change"),
    _exactly("detail.state.value", "ALARM"),
    _pattern("id", "the event's id, up to 128 letters, digits and hyphens", "[A-Za-z0-9-]{1,128}"),
    _pattern("account", 'twelve digits, such as "123456789012"', "[0-9]{12}"),
    _Rule("region", 'a Region, such as "us-east-1"', lambda value: isinstance(value, str) and is_region(value)),
    _time("time"),
    _Rule("resources", "a list that begins with the alarm's ARN", _begins_with_alarm),
    _pattern("detail.alarmName", "the alarm's name", ".+"),
    _Rule("detail.configuration", "an object", lambda value: isinstance(value, dict)),
    _pattern("detail.state.reason", "a text", "(?s:.*)"),
    _time("detail.state.timestamp"),
)


def _at(event: Event, key: str) -> Any:
    value: Any = event
    for part in key.split("."):
        value = value.get(part, _ABSENT) if isinstance(value, dict) else _ABSENT
    return value


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
