"""The commands. This module imports click and rich; ``fakeim.cli.main`` sees to it that they are there."""

from __future__ import annotations

from typing import BinaryIO

import click
from rich.console import Console

from fakeim.demo import alarm_events, report, story


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fakeim")
def fakeim() -> None:
    """Fake AWS Systems Manager Incident Manager, in memory: no AWS account, no network, nobody is paged."""


@fakeim.command()
@click.argument("event", type=click.File("rb"), required=False, metavar="[EVENT.json]")
@click.option("--print-event", is_flag=True, help="Print the event that ships, to be changed and given back.")
def demo(event: BinaryIO | None, *, print_event: bool) -> None:
    """Show an incident bot at work on a CloudWatch alarm.

    The bot starts an incident, is told of the alarm again, and resolves the incident when the alarm is over.

    EVENT.json is an EventBridge event of the type "CloudWatch Alarm State Change" in which the alarm goes off; "-"
    reads it from the standard input. Without one, the event that ships is taken.
    """
    if print_event:
        click.echo(alarm_events.SAMPLE.read_text(encoding="utf-8"), nl=False)
        return
    report.show(story.tell(_read(event)), Console(highlight=False))


def _read(event: BinaryIO | None) -> alarm_events.Event:
    if event is None:
        return alarm_events.parse(alarm_events.SAMPLE.read_bytes())
    try:
        return alarm_events.parse(event.read())
    except ValueError as error:
        raise click.UsageError(f"{event.name}: {error}. See such an event with: fakeim demo --print-event") from None
