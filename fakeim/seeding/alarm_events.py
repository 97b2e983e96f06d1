"""What CloudWatch tells of an alarm that goes off: as EventBridge's event, and as the message of its own actions."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.service.regions import is_region

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Event = dict[str, Any]

_ABSENT = object()
_LONGEST_SHOWN = 60
_TIME = re.compile(r"[0-9-]{10}T[0-9:]{8}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:?[0-9]{2})").fullmatch
_ALARM_ARN = re.compile(r"arn:aws(-cn|-us-gov)?:cloudwatch:[a-z0-9-]+:[0-9]{12}:alarm:.{1,255}").fullmatch


def parse(data: str | bytes) -> Event:
    """Read the event of an alarm that goes off.

    Args:
        data: A JSON document.

    Returns:
        The event, with all that the demo and its bot look at.

    Raises:
        ValueError: It is no JSON, or not such an event; the text names the key and what is expected there.
    """
    event = parse_object(data)
    check(event, STATE_CHANGE)
    return event


def parse_object(data: str | bytes) -> Event:
    """Read one event, whatever it tells; a ``ValueError`` if it is no JSON object."""
    try:
        event = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({error})") from None
    if not isinstance(event, dict):
        raise ValueError(f"holds {_shown(event)}; expected one EventBridge event, a JSON object")  # noqa: TRY004 - as for all bad files
    return event


def check(event: Event, rules: Iterable[Rule]) -> None:
    """Raise a ``ValueError`` that names the first key of ``event`` which is not as ``rules`` say."""
    for rule in rules:
        value = _at(event, rule.key)
        if not rule.fits(value):
            found = "missing" if value is _ABSENT else _shown(value)
            raise ValueError(f"{rule.key} is {found}; expected {rule.expected}")


# -- what such an event has


class Rule(NamedTuple):
    """What stands under ``key``, in words and as a test."""

    key: str
    expected: str
    fits: Callable[[Any], bool]


def _exactly(key: str, text: str) -> Rule:
    return Rule(key, f'"{text}"', lambda value: bool(value == text))


def _pattern(key: str, expected: str, pattern: str) -> Rule:
    matches = re.compile(pattern).fullmatch
    return Rule(key, expected, lambda value: isinstance(value, str) and matches(value) is not None)


def _time(key: str) -> Rule:
    return Rule(key, 'an ISO 8601 time with its zone, such as "2026-03-14T09:26:53Z"', _is_time)


def _is_time(value: object) -> bool:
    if not isinstance(value, str) or not _TIME(value):
        return False
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) < datetime.fromisoformat(value) < datetime(9999, 1, 1, tzinfo=UTC)
    except ValueError:
        return False


def _is_alarm(value: object) -> bool:
    return isinstance(value, str) and _ALARM_ARN(value) is not None


EVENT = (
    _pattern("source", 'the name of what sent it, such as "aws.ec2"', ".{1,256}"),
    _pattern("detail-type", "what kind of event it is", ".{1,256}"),
    _pattern("account", 'twelve digits, such as "123456789012"', "[0-9]{12}"),
    Rule("region", 'a Region, such as "us-east-1"', lambda value: isinstance(value, str) and is_region(value)),
    _time("time"),
)
"""Any event that EventBridge delivers."""

STATE_CHANGE = (
    _exactly("source", "aws.cloudwatch"),
    _exactly("detail-type", "CloudWatch Alarm State Change"),
    _exactly("detail.state.value", "ALARM"),
    _pattern("id", "the event's id, up to 128 letters, digits and hyphens", "[A-Za-z0-9-]{1,128}"),
    *EVENT[2:],
    Rule(
        "resources",
        "a list that begins with the alarm's ARN",
        lambda value: isinstance(value, list) and bool(value) and _is_alarm(value[0]),
    ),
    _pattern("detail.alarmName", "the alarm's name", ".+"),
    Rule("detail.configuration", "an object", lambda value: isinstance(value, dict)),
    _pattern("detail.state.reason", "a text", "(?s:.*)"),
    _time("detail.state.timestamp"),
)
"""EventBridge's event of an alarm that goes off."""

ACTION = (
    Rule("AlarmArn", "the alarm's ARN", _is_alarm),
    _exactly("NewStateValue", "ALARM"),
    _time("StateChangeTime"),
    Rule("AlarmActions", "a list of ARNs", lambda value: value is _ABSENT or isinstance(value, list)),
)
"""The message that an alarm which goes off gives its actions."""


def _at(event: Event, key: str) -> Any:
    value: Any = event
    for part in key.split("."):
        value = value.get(part, _ABSENT) if isinstance(value, dict) else _ABSENT
    return value


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
