"""Apply the deviations to copies of the fake, one by one, and see which the contract notices.

    python -m contract_tests.teeth [--list] [--only NAME]... [--jobs N] [--limit SECONDS]

Exits with 1 when fewer than 98 % are noticed, when one that should be is not, and when one that should not be is.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from contract_tests.teeth.deviation import Deviation, StaleError, load
from contract_tests.teeth.report import complaints_of, line, table
from contract_tests.teeth.trial import NoVerdictError, Verdict, judge, prepare
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command(help="See which deviations of the fake the contract notices.")
@click.option("--list", "only_list", is_flag=True, help="Name the deviations, and run nothing.")
@click.option("--only", multiple=True, metavar="NAME", help="Try this deviation; may be given again.")
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="How many to try at a time.")
@click.option("--limit", default=600.0, show_default=True, help="Seconds for one run of the contract on one target.")
def main(*, only_list: bool, only: tuple[str, ...], jobs: int, limit: float) -> None:
    """Do what the options say."""
    deviations = _chosen(load(), only)
    if only_list:
        for each in deviations:
            click.echo(f"{each.name:<55}{each.file:<38}{each.symptom}")
        return
    try:
        verdicts = tried(deviations, jobs, limit)
    except (StaleError, NoVerdictError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(table(verdicts))
    complaints = complaints_of(verdicts)
    for complaint in complaints:
        click.secho(complaint, fg="red")
    raise SystemExit(1 if complaints else 0)


def _chosen(deviations: list[Deviation], names: Sequence[str]) -> list[Deviation]:
    known = {each.name: each for each in deviations}
    for name in names:
        if name not in known:
            raise click.BadParameter(f"there is no deviation {name}{did_you_mean(name, known)}", param_hint="--only")
    return [known[name] for name in names] or deviations


def tried(deviations: Sequence[Deviation], jobs: int, limit: float) -> list[Verdict]:
    """Try each deviation, some at a time, and tell of each as it is done; give the verdicts in the given order."""
    verdicts: dict[str, Verdict] = {}
    with TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        template = Path(folder, "template")
        targets = dict.fromkeys(each.target for each in deviations)
        click.echo(f"the contract as it is, on {', '.join(targets)} ...", err=True)
        prepare(template, targets, limit)
        trials = [pool.submit(judge, each, template, limit) for each in deviations]
        try:
            for trial in as_completed(trials):
                verdict = trial.result()
                verdicts[verdict.deviation.name] = verdict
                click.echo(f"[{len(verdicts):>3}/{len(trials)}] {line(verdict)}", err=True)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return [verdicts[each.name] for each in deviations]


if __name__ == "__main__":
    main()
