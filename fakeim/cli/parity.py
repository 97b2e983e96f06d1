"""The commands ``fakeim parity …``: evidence, and whether this build agrees with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fakeim.cli.groups import Group
from fakeim.cli.output import make_console, print_entries, print_json, shown
from fakeim.cli.parity_aws import COMMANDS
from fakeim.cli.rules import STYLES, row_entries
from fakeim.parity import rendering, report, transcripts, verify

if TYPE_CHECKING:
    from fakeim.parity.report import Report
    from fakeim.parity.transcripts import Answer, Transcript
    from fakeim.parity.verify import Result, StepResult

_PATH = click.Path(exists=True, path_type=Path)
_evidence = click.argument("evidence", type=_PATH, required=False)
_target = click.option(
    "--target", type=click.Choice(verify.TARGETS), default="direct", show_default=True, help="The way into the fake."
)


@click.group(cls=Group)
def parity() -> None:
    """Show what the evidence is, and check that this build agrees.

    It takes neither an AWS account nor a network, but for "record" and "sweep".
    """


for each in COMMANDS:
    parity.add_command(each)


@parity.command(name="verify")
@_evidence
@_target
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def verify_command(context: click.Context, evidence: Path | None, target: str, *, as_json: bool) -> None:
    """Replay transcripts on this build, and compare the answers.

    EVIDENCE is a transcript or a folder of them; by default, all that come with fakeim. Exits with 1 if an answer
    differs from the one that was seen. Traces have no answers yet, and are only read.
    """
    found = _read(evidence)
    results = [_verified(each, target) for each in found if each.header.grade != "trace"]
    traces = len(found) - len(results)
    if as_json:
        click.echo(json.dumps(_as_json(results, traces), indent=2))
    else:
        _show(results, traces, Console(highlight=False, soft_wrap=True))
    context.exit(0 if all(each.equal for each in results) else 1)


@parity.command()
@click.argument("transcript", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_target
@click.pass_context
def diff(context: click.Context, transcript: Path, target: str) -> None:
    """Show where this build differs from TRANSCRIPT.

    On the left is what was seen, on the right what comes here. Exits with 1 if anything differs.
    """
    [read] = _read(transcript)
    if read.header.grade == "trace":
        raise click.UsageError(f"{transcript} is a trace: it has no answers to compare with; record it first")
    result = _verified(read, target)
    console = make_console()
    for each in result.steps:
        if each.differences:
            _show_differences(each, console)
    differing = sum(bool(each.differences) for each in result.steps)
    console.print(Text(f"{read.header.title}: {differing or 'none'} of {len(read.steps)} steps differ."))
    context.exit(0 if result.equal else 1)


@parity.command(name="report")
@_evidence
@click.option("--markdown", type=click.Path(dir_okay=False, path_type=Path), help="Write it as Markdown to this file.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write it as one page of HTML.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def report_command(evidence: Path | None, markdown: Path | None, html: Path | None, *, as_json: bool) -> None:
    """Tell what is known of each operation, and from where.

    And how old that is, and whether this build shows it. EVIDENCE is a transcript or a folder of them; by default, all
    that come with fakeim.
    """
    try:
        made = report.make_report(_read(evidence))
    except transcripts.TranscriptError as error:
        raise click.UsageError(str(error)) from None
    for path, text in ((markdown, rendering.as_markdown), (html, rendering.as_html)):
        if path:
            try:
                path.write_text(text(made), encoding="utf-8", newline="\n")
            except ModuleNotFoundError as error:  # the extra html
                raise click.ClickException(str(error)) from None
            except OSError as error:
                raise click.ClickException(f"cannot write {path}: {error.strerror}") from None
            click.echo(f"wrote {path}", err=True)
    if as_json:
        print_json(report.as_json(made))
    elif not (markdown or html):
        _show_report(made, make_console())


@parity.command(name="traces")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def traces_command(folder: Path) -> None:
    """Write the traces that are worth recording from AWS.

    They are generated below FOLDER, the same each time.
    """
    from fakeim.parity import traces  # noqa: PLC0415 - the other commands do without

    try:
        names = traces.write(folder)
    except transcripts.TranscriptError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"cannot write {error.filename}: {error.strerror}") from None
    click.echo(f"{len(names)} traces in {folder}")


# -- parts


def _read(evidence: Path | None) -> list[Transcript]:
    folder = evidence or transcripts.evidence_folder()
    try:
        found = transcripts.read_all(folder)
    except transcripts.TranscriptError as error:
        raise click.UsageError(str(error)) from None
    if not found:
        raise click.UsageError(f"{folder}: there is no transcript; give a folder that holds *.jsonl, or one such file")
    return found


def _verified(transcript: Transcript, target: str) -> Result:
    try:
        return verify.verify(transcript, target)
    except ModuleNotFoundError as error:  # the server's extra
        raise click.ClickException(str(error)) from None
    except transcripts.TranscriptError as error:
        raise click.UsageError(str(error)) from None


def _as_json(results: list[Result], traces: int) -> dict[str, Any]:
    return {
        "equal": all(each.equal for each in results),
        "traces": traces,
        "transcripts": [
            {
                "name": each.transcript.name,
                "title": each.transcript.header.title,
                "grade": each.transcript.header.grade,
                "steps": len(each.transcript.steps),
                "differences": [
                    {"step": step.step.id, "operation": step.step.operation, "where": found.where, "what": found.what}
                    for step in each.steps
                    for found in step.differences
                ],
            }
            for each in results
        ],
    }


def _show(results: list[Result], traces: int, console: Console) -> None:
    for result in results:
        for each in result.steps:
            for found in each.differences:
                console.print(
                    shown(f"{result.transcript.name} {each.step.id} {each.step.operation} ({each.step.behaviour})"),
                    shown(f"    {found}"),
                    sep="\n",
                )
    grades = [result.transcript.header.grade for result in results]
    for grade in dict.fromkeys(grades):
        same = [result for result in results if result.transcript.header.grade == grade]
        steps = sum(len(result.transcript.steps) for result in same)
        equal = sum(not each.differences for result in same for each in result.steps)
        console.print(f"{grade}: {equal} of {steps} steps in {len(same)} transcripts are answered as they were.")
    if results and "recorded" not in grades:
        console.print("recorded from AWS: none yet.")
    if traces:
        console.print(f"{traces} traces wait to be recorded from AWS.")


def _show_differences(result: StepResult, console: Console) -> None:
    step = result.step
    console.print(shown(f"{step.id} {step.operation} in {step.region}: {step.behaviour}", "bold"))
    table = Table("where", "what was seen", "this build", show_edge=False, box=None, padding=(0, 2, 0, 0))
    for where in dict.fromkeys(each.where for each in result.differences):
        seen, here = _at(step.expect, where), _at(result.answer, where)
        table.add_row(*(shown(each) for each in (where, seen, here)))
    console.print(table)
    for found in result.differences:
        console.print(shown(f"{found}", "dim"))
    console.print()


def _at(answer: Answer | None, where: str) -> str:
    """Give what stands ``where`` in an answer, as text to be shown."""
    if answer is None:
        return "not performed"
    kind, _, name = where.partition(" ")
    if kind == "header":
        return answer.headers.get(name, "absent")
    if kind in ("status", "error"):
        return str(getattr(answer, kind) or "none")
    try:
        return json.dumps(transcripts.pointed(answer.body, where), ensure_ascii=False)
    except LookupError:
        return "absent"


def _show_report(made: Report, console: Console) -> None:
    for name, value in rendering.headline(made):
        console.print(Text(f"{name}: {value}", style="bold"))
    console.print()
    print_entries([_total_entry(*row) for row in rendering.totals(made)], console)
    for operation, rows in made.by_operation().items():
        console.print(Text(f"\n{operation}", style="bold"))
        print_entries(row_entries(rows), console)


def _total_entry(grade: str, meaning: str, *counts: int) -> tuple[Text, Text]:
    counted = ", ".join(f"{count} {name}" for count, name in zip(counts, rendering.TOTALS[2:], strict=True))
    return Text(grade, STYLES.get(grade, "")), Text.assemble(f"{meaning}\n", (counted, "dim"))
