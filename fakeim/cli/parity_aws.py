"""The commands of ``fakeim parity`` that speak to AWS, or are about it: plan, iam, record, sweep."""

from __future__ import annotations

import json
import re
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from botocore.exceptions import BotoCoreError, ClientError

from fakeim.cli.output import tracked
from fakeim.parity import iam as policies
from fakeim.parity import record as recorder
from fakeim.parity import sweep as sweeping
from fakeim.parity import transcripts
from fakeim.parity.aws import AccountRefused, open_account
from fakeim.parity.journal import Journal, JournalError
from fakeim.parity.pace import Pace
from fakeim.parity.redaction import LeakFound
from fakeim.parity.runs import LEVELS, NotSentToAWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fakeim.parity.aws import Account
    from fakeim.parity.record import Recording
    from fakeim.parity.runs import Level
    from fakeim.parity.sweep import Swept
    from fakeim.parity.transcripts import Transcript

_SWEEP = "fakeim parity sweep --profile NAME --expect-account NUMBER"
DIFFERS, NOT_AS_BEFORE = 1, 3
"""Exit codes: the fake answers otherwise than AWS; the account is not as it was before."""

_DATA_NOTE = """\
Each incident that is started leaves an OpsItem in OpsCenter, which this service cannot remove; record prints the
commands that do. Rules on EventBridge or CloudTrail that watch for StartIncident see it; so do CloudWatch's metrics of
incidents. Response plans may be billed while they are there, which is for seconds; see AWS's price list."""

_level = click.option(
    "--level",
    type=click.Choice(LEVELS),
    required=True,
    help="probe: any account, makes nothing. data: an onboarded account, makes plans and incidents and removes them.",
)
_traces = click.argument("traces", nargs=-1, type=click.Path(exists=True, path_type=Path))
_seconds = click.option(
    "--seconds", type=click.FloatRange(0), default=1.0, show_default=True, help="Between two calls."
)


def _account_id(_: click.Context, option: click.Parameter, given: str) -> str:
    if not re.fullmatch("[0-9]{12}", given):
        raise click.BadParameter(f"{given!r}: give the twelve digits of the account that you mean", param=option)
    return given


def _opening(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name an account."""
    for option in (
        click.option("--endpoint-url", help="What stands in for AWS, on loopback: for rehearsals."),
        click.option(
            "--state",
            type=click.Path(file_okay=False, path_type=Path),
            default=Path("~/.fakeim/runs"),
            show_default=True,
            help="Where journals are kept. They hold the account's number: keep them to yourself.",
        ),
        click.option("--region", default="us-east-1", show_default=True, help="The Region to call."),
        click.option(
            "--expect-account",
            required=True,
            metavar="NUMBER",
            callback=_account_id,
            help="The account that it has to lead to.",
        ),
        click.option("--profile", required=True, help="The profile in your AWS configuration; not 'default'."),
    ):
        command = option(command)
    return command


@click.command()
@_level
@_traces
@_seconds
def plan(level: Level, traces: tuple[Path, ...], seconds: float) -> None:
    """Say what record would do, and send nothing.

    That is its calls, how long it takes, and the IAM policy that it needs.

    TRACES are files or folders of traces; by default, all of the level that come with fakeim.
    """
    found = _read(level, traces)
    counts: dict[str, int] = {}
    for step in (step for trace in found for step in trace.steps):
        counts[step.operation] = counts.get(step.operation, 0) + 1
    for operation, count in sorted(counts.items()):
        click.echo(f"{count:6} {operation}")
    steps = sum(counts.values())
    click.echo(f"{steps:6} calls in {len(found)} traces, and up to {_overhead(found)} to look around and tidy up:")
    click.echo(f"{'':6} about {(steps + _overhead(found)) * seconds / 60:.0f} minutes.\n")
    if level == "data":
        click.echo(f"{_DATA_NOTE}\n")
    click.echo("The policy that it needs:\n")
    click.echo(json.dumps(policies.policy(level), indent=2))


@click.command()
@_level
@click.option("--account", default="*", metavar="NUMBER", help="Your account; by default any.")
@click.option("--partition", default="aws", show_default=True, help="aws, aws-cn or aws-us-gov.")
def iam(level: Level, account: str, partition: str) -> None:
    """Print the least IAM policy that a level needs.

    It denies what is never sent.
    """
    click.echo(json.dumps(policies.policy(level, account, partition), indent=2))


@click.command()
@_level
@_opening
@_traces
@_seconds
@click.option("--max-calls", type=click.IntRange(1), help="Calls at most; by default twice what plan says.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("fakeim-transcripts"),
    show_default=True,
    help="The folder for the transcripts; a zip of it is made beside it.",
)
@click.pass_context
def record(
    context: click.Context,
    /,
    *,
    level: Level,
    traces: tuple[Path, ...],
    seconds: float,
    max_calls: int | None,
    out: Path,
    **opening: Any,
) -> None:
    """Perform traces on AWS, and write what was seen.

    It shows where this fake answers otherwise.

    TRACES are files or folders of traces; by default, all of the level that come with fakeim. What is written tells
    nothing of your account; anyone can check it with "fakeim parity verify". Exits with 1 if the fake answers
    otherwise, and with 3 if the account is not as it was before.
    """
    found = _read(level, traces)
    pace = Pace(max_calls or 2 * (sum(len(each.steps) for each in found) + _overhead(found)), seconds)
    with _opened(level, pace, **opening) as account:
        before = sweeping.inventory(account) if account.regions else {}
        differing, written = _record_all(account, found, out)
        after = sweeping.inventory_like(account, before) if account.regions else {}
    if written:
        click.echo(f"What was seen is in {out}; send {_zipped(out, written)} to whom it may help.")
    if before != after:
        _tell_changes(before, after)
        context.exit(NOT_AS_BEFORE)
    context.exit(DIFFERS if differing else 0)


@click.command()
@_opening
@click.argument("journals", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Remove it; without this, it is only shown.")
@click.pass_context
def sweep(context: click.Context, /, journals: tuple[Path, ...], *, yes: bool, **opening: Any) -> None:
    """Remove what earlier runs have left.

    That is only what name, journal and tag all claim.

    JOURNALS are those of the runs; by default all that are kept. Exits with 3 if anything is left.
    """
    left = 0
    for path in journals or sorted(opening["state"].expanduser().glob("*.jsonl")):
        try:
            earlier = Journal.reopen(path)
        except JournalError as error:
            click.echo(f"{error}; a run without a first line has sent nothing", err=True)
            left += 1
            continue
        if not earlier.made_something or (earlier.run.account != opening["expect_account"] and not journals):
            continue
        with _opened("data", Pace(), journal=path, **opening) as account:
            swept = sweeping.sweep(account, delete=yes)
        _tell_swept(swept, "removed" if yes else "would remove")
        left += len(swept.left_alone) + (0 if yes else len(swept.claimed))
    click.echo("Nothing is left." if not left else f"{left} left{'' if yes else '; remove them with --yes'}.")
    context.exit(NOT_AS_BEFORE if left else 0)


COMMANDS = (plan, iam, record, sweep)


# -- parts


def _read(level: Level, paths: Sequence[Path]) -> list[Transcript]:
    try:
        found = (
            [each for path in paths for each in transcripts.read_all(path)] if paths else recorder.default_traces(level)
        )
    except transcripts.TranscriptError as error:
        raise click.UsageError(str(error)) from None
    chosen = [each for each in found if each.header.grade == "trace" and each.header.level == level]
    if not chosen:
        raise click.UsageError(f"there are no traces of the level {level}; make some with: fakeim parity traces FOLDER")
    return chosen


def _overhead(traces: Sequence[Transcript]) -> int:
    """Give the calls that are not the traces' own: at most six to sweep each that makes something."""
    return 2 + 6 * sum(any(step.operation == "CreateResponsePlan" for step in trace.steps) for trace in traces)


@contextmanager
def _opened(
    level: Level,
    pace: Pace,
    *,
    profile: str,
    expect_account: str,
    region: str,
    state: Path,
    endpoint_url: str | None,
    journal: Path | None = None,
) -> Iterator[Account]:
    try:
        with open_account(
            profile,
            expect_account,
            level,
            folder=state.expanduser(),
            region=region,
            endpoint_url=endpoint_url,
            pace=pace,
            journal=journal,
        ) as account:
            yield account
    except (AccountRefused, JournalError, LeakFound) as error:
        raise click.ClickException(str(error)) from None
    except (BotoCoreError, ClientError, NotSentToAWS) as error:
        raise click.ClickException(f"{error}\nIf the run has left anything, this removes it: {_SWEEP}") from None
    except KeyboardInterrupt:
        click.echo(f"\nIf the run has left anything, this removes it: {_SWEEP}", err=True)
        raise


def _zipped(out: Path, written: Sequence[Path]) -> Path:
    """Put what was written, and nothing else that is in the folder, into an archive beside it."""
    path = out.absolute().with_name(f"{out.absolute().name}.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in written:
            archive.write(each, each.relative_to(out).as_posix())
    return path


def _record_all(account: Account, traces: Sequence[Transcript], out: Path) -> tuple[int, list[Path]]:
    differing = sent = 0
    written = []
    for recording in tracked(recorder.record(account, traces), "recording", len(traces)):
        path = recorder.write(account, out, recording)
        written += [path] if path and path not in written else []
        sent += len(recording.transcript.steps) if recording.transcript else 0
        differing += _tell(recording)
    whole = sum(len(each.steps) for each in traces)
    click.echo(f"\n{sent} of {whole} steps were sent; {differing or 'none'} of them this fake answers otherwise.")
    return differing, written


def _tell(recording: Recording) -> int:
    name, differing = recording.trace.name, 0
    if recording.cut:
        click.echo(f"{name} ends early: {recording.cut}")
    for result in recorder.compare(recording.transcript).steps if recording.transcript else ():
        differing += bool(result.differences)
        for difference in result.differences:
            click.echo(f"{name} {result.step.id} {result.step.operation} ({result.step.behaviour})\n    {difference}")
    if recording.swept and (recording.swept.left_alone or recording.swept.ops_items):
        _tell_swept(recording.swept._replace(claimed=[]), "removed")
    return differing


def _tell_swept(swept: Swept, verb: str) -> None:
    for arn in swept.claimed:
        click.echo(f"{verb} {arn}")
    for arn, why in swept.left_alone.items():
        click.echo(f"left alone {arn}: {why}; if it is yours: {sweeping.commands([arn])[0]}")
    for command in sweeping.commands(swept.ops_items):
        click.echo(f"an OpsItem stays; remove it with: {command}")


def _tell_changes(before: dict[str, Any], after: dict[str, Any]) -> None:
    click.echo("\nThe account is not as it was before. Runs only make what has their names:", err=True)
    for arn in sweeping.changed(before, after):
        own = arn in after and "/fakeim-" in arn
        hint = f"remove it with: {sweeping.commands([arn])[0]}" if own else "changed by somebody else meanwhile"
        click.echo(f"    {arn}: {hint}", err=True)
