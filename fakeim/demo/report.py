"""How the demo looks in a terminal. Texts of an event are shown and never obeyed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from fakeim.pictures import events, words
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from rich.console import Console

    from fakeim.demo.story import Story
    from fakeim.parity.verify import Result

KEY_PARAMETERS = ("name", "status", "eventType", "clientToken")
"""Of these the first that a call has is shown: more would not fit 80 columns."""
LONGEST_PARAMETER = 19
LONGEST_TEXT = 300
LEAST_WIDTH = 20
INDENT = 2

SAFE = "Nothing here leaves this process, and nobody is paged."
RETRIES = """\
Each call in turn is not sent, throttled, or carried out without a reply; then the event comes again, as EventBridge \
sees to it. The bot above always ends as if nothing had happened. The bot as it is often written first, \
fakeim/demo/naive_bot.py, does not:"""
SEARCH = """\
Hypothesis lets alarms go off and end while others start incidents, resolve and delete them, and time goes by. It \
looks for a run after which an alarm is over and its incident is not, and cuts it down to the calls that it takes:"""
FORGOTTEN = "The list of open incidents has pages, and this bot looks at the first: in a quiet account, at all."
TRUST = "Every rule of the fake says what it rests on, and what others have seen of AWS is replayed on this build:"
NOTHING_RECORDED = "Nothing has been recorded from AWS for this project yet."

NEXT = """\
To try next:
  fakeim init                              a first test of your own, that passes
  fakeim explain StartIncident             what it takes, its errors, its rules
  fakeim coverage                          how well each operation is known"""


def show_story(story: Story, console: Console) -> None:
    """Print the bot's life."""
    began = story.deliveries[0].time.astimezone(UTC)
    _heading("1. An alarm goes off, is told twice, and ends", console)
    console.print(Text(f"An incident bot on a fake account {story.account}, {story.region}, {began:%Y-%m-%d} (UTC)"))
    console.print(Text(f"The bot is plain boto3: fakeim/demo/bot.py. {SAFE}"))
    for table in (_calls(story), _incident(story), _timeline(story)):
        console.print()
        console.print(table)


def show_double_page(found: str, console: Console) -> None:
    """Print what ``check_retry_safe`` has found."""
    console.print()
    _heading("2. What if a reply gets lost?   fakeim.testing.retries.check_retry_safe", console)
    console.print(Text(RETRIES))
    console.print()
    for line in found.splitlines() or ["Nothing was found: that is a mistake of this demo."]:
        _print_line(line, console)


def show_forgotten_page(steps: Sequence[str], console: Console) -> None:
    """Print the shortest run that Hypothesis has found."""
    console.print()
    _heading("3. What if anything else happens too?   fakeim.testing.stateful.IncidentMachine", console)
    console.print(Text(SEARCH))
    console.print()
    for line in steps or ["Nothing was found in the runs that there is time for here."]:
        _print_line(line, console)
    if steps:
        console.print()
        console.print(Text(FORGOTTEN))


def show_evidence(results: Sequence[Result], console: Console) -> None:
    """Print how many answers of AWS, as others have seen them, this build gives as well."""
    console.print()
    _heading("4. Is AWS like that?   fakeim parity verify", console)
    steps = [step for result in results for step in result.steps]
    equal = sum(not step.differences for step in steps)
    recorded = sum(result.transcript.header.grade == "recorded" for result in results)
    console.print(Text(TRUST))
    told = f"{equal} of {len(steps)} answers in {len(results)} transcripts are the same."
    own = f"{recorded} of them fakeim has recorded from AWS itself." if recorded else NOTHING_RECORDED
    console.print(Text(f"{told} {own}", style="bold"))


def show_page(path: Path, problem: str, console: Console) -> None:
    """Print where the page is, or why there is none."""
    console.print()
    _heading("5. How is it shown to others?   fake.to_html, pytest --fakeim-report", console)
    if problem:
        console.print(Text(words.printable(problem)))
    else:
        console.print(Text("All this as one page, to be opened in a browser:"))
        console.print(Text(f"  {words.printable(str(path))}"), soft_wrap=True)  # a name is to be copied whole


def show_next(console: Console) -> None:
    """Print what to try next."""
    console.print()
    console.print(Text(NEXT))


def _heading(text: str, console: Console) -> None:
    console.print(Text(text, style="bold"))
    console.print()


def _print_line(line: str, console: Console) -> None:
    """Print a line of a story, further in; of a call that is too long for it, the beginning, and what came of it."""
    call, arrow, came = line.rpartition(" -> ")
    width = max(LEAST_WIDTH, console.width - INDENT - len(arrow + came))
    text = Text(words.visible(call or came))
    if arrow:
        text.truncate(width, overflow="ellipsis")
        text.append(arrow + came)
    for each in text.wrap(console, console.width - INDENT):
        console.print(Text(" " * INDENT) + each)


# -- the story's tables


def _calls(story: Story) -> Table:
    table = _table("What the bot was told, and what it called")
    for heading in ("time", "event", "call"):
        table.add_column(heading, no_wrap=True)
    table.add_column("with", no_wrap=True, overflow="ellipsis")
    for delivery in story.deliveries:
        time, event = words.clock(delivery.time), delivery.event
        for call in delivery.calls:
            method = load_api().operations[call.operation].method_name
            table.add_row(time, event, method, Text(words.visible(_key_parameter(call.params))))
            time = event = ""  # only beside the first call
    return table


def _incident(story: Story) -> Table:
    table = _table("The incident: one, though its event came twice" if story.incidents == 1 else "The latest incident")
    table.show_header = False
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in sorted(story.record.items()):
        if value != []:
            table.add_row(name, Text(words.visible(_shown(value))))
    return table


def _timeline(story: Story) -> Table:
    table = _table("Its timeline")
    table.add_column("time", no_wrap=True)
    table.add_column("type", no_wrap=True)
    table.add_column("text", overflow="fold")
    for event in story.timeline:
        said, by_service = events.text(event["eventType"], event["eventData"]), event["eventType"].startswith("SSM ")
        text = Text(words.visible(words.cut(said, LONGEST_TEXT)))
        table.add_row(words.clock(event["eventTime"]), event["eventType"], text, style="dim" if by_service else None)
    return table


def _table(title: str) -> Table:
    look: dict[str, Any] = {"box": box.SIMPLE_HEAD, "show_edge": False, "pad_edge": False, "padding": (0, 1, 0, 0)}
    return Table(title=title, title_justify="left", title_style="bold", **look)


def _key_parameter(params: Mapping[str, Any]) -> str:
    named = (f"{name}={words.cut(params[name], LONGEST_PARAMETER)}" for name in KEY_PARAMETERS if name in params)
    return next(named, "")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_shown(part)}" for name, part in sorted(value.items()))
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
