"""The events of a timeline in words: the gist of what the service wrote, the text of what others did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.pictures import words
from fakeim.service.timeline_events import EDITABLE, RECORD_UPDATE, START, TRIGGER

if TYPE_CHECKING:
    from datetime import datetime

    from fakeim.service.state import Record

LONGEST_GIST = 240
LONGEST_OPEN = 12
"""Lines of JSON that are shown without being asked for."""


class Event(NamedTuple):
    """An event as it is shown."""

    number: int
    at: datetime
    after: str
    """How long after the incident was opened."""
    kind: str
    """The lane that it stands in: ``service`` or ``written``."""
    type: str
    text: str
    json: str
    """eventData as indented JSON, if it is an object or an array."""
    raw_data: str
    """What the alarm or event said that is quoted in it, likewise."""
    is_open: bool
    references: list[str]


def event(number: int, record: Record, opened: datetime) -> Event:
    """Put the event ``record`` into words."""
    data = record["eventData"]
    content = words.parsed(data)
    inside = content.get("rawData") if isinstance(content, dict) else None
    raw_data = words.parsed(inside) if isinstance(inside, str) else None
    json = words.pretty(content) if isinstance(content, dict | list) else ""
    said = text(record["eventType"], data)
    return Event(
        number=number,
        at=record["eventTime"],
        after=words.offset(record["eventTime"] - opened),
        kind="written" if record["eventType"] in EDITABLE else "service",
        type=record["eventType"],
        text="" if json and said == data else said,
        json=json,
        raw_data=words.pretty(raw_data) if isinstance(raw_data, dict | list) else "",
        is_open=json.count("\n") < LONGEST_OPEN and record["eventType"] in EDITABLE,
        references=[value for each in record.get("eventReferences", ()) for value in each.values()],
    )


def text(event_type: str, data: str) -> str:
    """Put the eventData of an event into words: the gist of what the service wrote, all else as it is."""
    content = words.parsed(data)
    if isinstance(content, str):
        return content
    gist = _gist(event_type, content) if isinstance(content, dict) else ""
    return words.cut(gist, LONGEST_GIST) or data


def _gist(event_type: str, content: dict[str, Any]) -> str:
    """Say in short what the service wrote; nothing, if it is not in the form of the service's own."""
    if event_type == TRIGGER and "incidentSource" in content:
        made = "opened the incident" if content.get("createdIncident") else "came again: the incident was open already"
        return f"{content.get('triggerArn') or content['incidentSource']} {made}"
    if event_type == START and "incidentTitle" in content:
        engaged = [str(each.get("contactName")) for each in content.get("contactsEngage", ()) if isinstance(each, dict)]
        runbook = [f"runbook {content['ssmDocumentName']}"] if "ssmDocumentName" in content else []
        return "; ".join([f"engaged {', '.join(engaged) or 'nobody'}", *runbook])
    if event_type == RECORD_UPDATE:
        changes = [each for each in content.get("modifiedAttributes", ()) if isinstance(each, dict)]
        return "; ".join(f"{each.get('attributeName')} → {_value(each.get('newValue'))}" for each in changes)
    return ""


def _value(new: Any) -> str:
    """Write the new value of an attribute; of a change of related items, the item."""
    change = words.parsed(new) if isinstance(new, str) else None
    if isinstance(change, dict) and len(change) == 1:
        ((verb, item),) = change.items()
        identifier = item.get("identifier", item) if isinstance(item, dict) else {}
        if isinstance(identifier, dict) and isinstance(identifier.get("value"), dict):
            value = ", ".join(map(words.compact, identifier["value"].values()))
            return f"{'added' if verb == 'itemToAdd' else 'removed'} {identifier.get('type')} {value}"
    return words.compact(new)
