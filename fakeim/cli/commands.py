"""The commands. This module imports click and rich; ``fakeim.cli.main`` sees to it that they are there."""

from __future__ import annotations

import signal
import warnings
from contextlib import ExitStack
from threading import Event
from typing import BinaryIO

import click
from rich.console import Console

from fakeim.cli.parity_aws import COMMANDS
from fakeim.demo import alarm_events, report, story
from fakeim.incident_manager import FakeIncidentManager


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fakeim")
def fakeim() -> None:
    """Fake AWS Systems Manager Incident Manager, in memory: no AWS account, no network, nobody is paged."""


@fakeim.group()
def parity() -> None:
    """Compare the fake with AWS."""


for each in COMMANDS:
    parity.add_command(each)


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


@fakeim.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port to listen on; by default a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--no-control", is_flag=True, help="Serve AWS's API alone, without /_fakeim/ (reset, clock and so on).")
def serve(port: int, host: str, *, no_control: bool) -> None:
    """Serve a fake account over HTTP, to SDKs of any language and to the AWS CLI, until Ctrl-C or SIGTERM."""
    stop = Event()
    with ExitStack() as stack:
        url = _serve(stack, port, host, control=not no_control)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        click.echo(f"A fake of Incident Manager is at {url}\nPoint SDKs and the AWS CLI at it with\n")
        click.echo(f"    export AWS_ENDPOINT_URL_SSM_INCIDENTS={url}\n")
        click.echo("Any credentials do. Ctrl-C ends it.")
        while not stop.wait(1):  # a wait without an end cannot be interrupted on Windows
            pass


def _serve(stack: ExitStack, port: int, host: str, *, control: bool) -> str:
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            serving = FakeIncidentManager().serve(port, host, control=control)
        for each in caught:
            click.echo(f"Warning: {each.message}", err=True)
        return stack.enter_context(serving)
    except ModuleNotFoundError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while ")[0]  # there, Python repeats the address
        raise click.ClickException(f"cannot listen on {host}, port {port}: {reason}") from None
