"""How the demo's story looks in a terminal. Texts of an event are shown as they are: none of it is markup."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_ssm_incidents.type_defs import TimelineEventTypeDef
    from rich.console import Console

    from fakeim.demo.story import Story

KEY_PARAMETERS = ("name", "status", "eventType", "clientToken")
"""Of these the first that a call has is shown: more would not fit 80 columns."""
LONGEST_PARAMETER = 19
LONGEST_TEXT = 300

NEXT = """\
The bot is plain boto3: fakeim/demo/bot.py. To try an alarm of your own:
  fakeim demo --print-event > alarm.json
  fakeim demo alarm.json"""


def show(story: Story, console: Console) -> None:
    """Print the story to ``console``."""
    began = story.deliveries[0].time.astimezone(UTC)
    console.print(Text(f"An incident bot on a fake account {story.account}, {story.region}, {began:%Y-%m-%d} (UTC)"))
    for table in (_calls(story), _incident(story), _timeline(story)):
        console.print()
        console.print(table)
    console.print()
    console.print(Text(NEXT))


def _calls(story: Story) -> Table:
    table = _table("What the bot was told, and what it called")
    for heading in ("time", "event", "call"):
        table.add_column(heading, no_wrap=True)
    table.add_column("with", overflow="fold")
    for delivery in story.deliveries:
        time, event = _clock(delivery.time), delivery.event
        for call in delivery.calls:
            table.add_row(time, event, call.method, Text(_key_parameter(call.params)))
            time = event = ""  # only beside the first call
    return table


def _incident(story: Story) -> Table:
    table = _table("The incident: one, though its event came twice" if story.incidents == 1 else "The latest incident")
    table.show_header = False
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in sorted(story.record.items()):
        if value != []:
            table.add_row(name, Text(_shown(value)))
    return table


def _timeline(story: Story) -> Table:
    table = _table("Its timeline")
    table.add_column("time", no_wrap=True)
    table.add_column("type", no_wrap=True)
    table.add_column("text", overflow="fold")
    for event in story.timeline:
        text, by_service = Text(_cut(_said(event), LONGEST_TEXT)), event["eventType"].startswith("SSM ")
        table.add_row(_clock(event["eventTime"]), event["eventType"], text, style="dim" if by_service else None)
    return table


def _table(title: str) -> Table:
    look: dict[str, Any] = {"box": box.SIMPLE_HEAD, "show_edge": False, "pad_edge": False, "padding": (0, 1, 0, 0)}
    return Table(title=title, title_justify="left", title_style="bold", **look)


def _key_parameter(params: Mapping[str, Any]) -> str:
    named = (f"{name}={_cut(params[name], LONGEST_PARAMETER)}" for name in KEY_PARAMETERS if name in params)
    return next(named, "")


def _said(event: TimelineEventTypeDef) -> str:
    """Give the text of an event; of one that the service wrote, the gist of its JSON."""
    data = event["eventData"]
    match event["eventType"]:
        case "SSM Incident Trigger":
            details = json.loads(data)
            return f"{details['incidentSource']}: {details['triggerArn']}"
        case "SSM Incident Start":
            return str(json.loads(data)["incidentTitle"])
        case "SSM Incident Record Update":
            changes = json.loads(data)["modifiedAttributes"]
            return ", ".join(f"{change['attributeName']} = {change['newValue']}" for change in changes)
        case _:
            return data


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_shown(part)}" for name, part in sorted(value.items()))
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%H:%M:%S}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
