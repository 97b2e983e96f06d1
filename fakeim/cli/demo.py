"""``fakeim demo``: what the fake is for, in a few seconds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from fakeim.cli.output import make_console, working
from fakeim.demo import alarm_events, report

if TYPE_CHECKING:
    from fakeim.demo.story import Story
    from fakeim.seeding.alarm_events import Event


PAGE = Path("fakeim-demo.html")
ELSEWHERE = "fakeim demo --html FILE"


@click.command()
@click.argument("event", type=click.File("rb"), required=False, metavar="[EVENT.json]")
@click.option("--print-event", is_flag=True, help="Print the event that ships, to be changed and given back.")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Where to write the page of HTML. By default it is {PAGE} here, in the place of none but an earlier one.",
)
def demo(event: BinaryIO | None, *, print_event: bool, html: Path | None) -> None:
    """Show an incident bot at work, and one with bugs found.

    The bot starts an incident, is told of the alarm again, and resolves the incident when the alarm is over. Then
    calls fail, and other things happen meanwhile. In the end all is written as a page of HTML. It takes seconds and no
    network, and prints the same each time.

    EVENT.json is an EventBridge event of the type "CloudWatch Alarm State Change" in which the alarm goes off; "-"
    reads it from the standard input. Without one, the event that ships is taken.
    """
    if print_event:
        click.echo(alarm_events.SAMPLE.read_text(encoding="utf-8"), nl=False)
        return
    if html is not None and not html.absolute().parent.is_dir():  # told before all else, not after
        raise click.ClickException(f"cannot write {html}: there is no folder {html.parent}")
    _show(_read(event), html)


def _show(alarm: Event, html: Path | None) -> None:
    console, told = make_console(), _told(alarm)
    report.show_story(told, console)
    from fakeim.demo import search  # noqa: PLC0415 - Hypothesis takes a moment; meanwhile there is something to read
    from fakeim.parity import transcripts, verify  # noqa: PLC0415 - as above

    with working("each call fails once, in each way"):
        search.check_bot(alarm)
        found = search.double_page(alarm)
    report.show_double_page(found, console)
    with working("Hypothesis searches"):
        steps = search.forgotten_page(alarm)
    report.show_forgotten_page(steps, console)
    with working("replaying"):
        results = [verify.verify(each) for each in transcripts.shipped()]
    report.show_evidence(results, console)
    path = html or PAGE
    problem = _write(told, alarm, steps, path, asked_for=html is not None)
    report.show_page(path, problem, console)
    report.show_next(console)


def _write(told: Story, alarm: Event, steps: list[str], path: Path, *, asked_for: bool) -> str:
    """Write the page; or say why there is none, which is no failure unless it was asked for."""
    from fakeim.demo import page  # noqa: PLC0415 - as in _told

    try:
        if not asked_for and path.exists() and not page.is_own(path):
            return f"{path} is there already, and is no page of the demo: left alone. Elsewhere: {ELSEWHERE}"
        path.write_text(page.page(told, alarm, steps), encoding="utf-8", newline="\n")
    except ModuleNotFoundError as error:  # the extra html
        problem = str(error)
    except OSError as error:
        problem = f"cannot write {path}: {error.strerror}; choose another place: {ELSEWHERE}"
    else:
        return ""
    if asked_for:
        raise click.ClickException(problem)
    return f"No page was written: {problem}"


def _told(alarm: Event) -> Story:
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - --print-event does without botocore

    from fakeim.demo import story  # noqa: PLC0415 - as above

    try:
        return story.tell(alarm)
    except BotoCoreError as error:
        remedy = "boto3 makes no client with this configuration; try: env -u AWS_PROFILE AWS_CONFIG_FILE= fakeim demo"
        raise click.ClickException(f"{error}. {remedy}") from None


def _read(event: BinaryIO | None) -> Event:
    if event is None:
        return alarm_events.parse(alarm_events.SAMPLE.read_bytes())
    try:
        return alarm_events.parse(event.read())
    except ValueError as error:
        raise click.UsageError(f"{event.name}: {error}. See such an event with: fakeim demo --print-event") from None
