"""``fakeim coverage``: each operation, its rules, and the evidence that they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from fakeim.cli.names import Name, operations
from fakeim.cli.output import json_option, make_console, make_table, print_entries, print_json
from fakeim.cli.rules import row_entries
from fakeim.parity import coverage as counting
from fakeim.parity import marks, rendering, report, transcripts
from fakeim.parity.rules import EVERY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from fakeim.parity.coverage import Coverage
    from fakeim.parity.report import Report

SHOWN = ("observed", "documented", "model", "inferred", "assumption")
"""The grades that have a column. Nothing else is said of an operation, unless it has been recorded: that is told."""
COUNTED = (*SHOWN[:-1], "assumed", "steps", "tests")
"""The columns of numbers."""
WIDE = 200
"""Columns for a table to be measured in: more than it takes."""
LEGEND = """\
Claims of rules by what they rest on: observed on AWS by others, documented by AWS, stated by the API model, inferred \
from clients in use, assumed where nothing is known. Steps of transcripts that this build answers as was seen; the \
contract's tests on the same evidence. The rules themselves: fakeim coverage OPERATION. All: fakeim parity report."""


@click.command()
@click.argument("operation", nargs=-1, type=Name("operation", [*operations(), EVERY]))
@json_option
def coverage(operation: Sequence[str], *, as_json: bool) -> None:
    """Show the rules of each operation, and their evidence.

    Without an OPERATION, that is how many rules there are on which evidence, what shows them, and what tests them.
    With one, such as StartIncident or start_incident, it is the rules themselves; "every operation" has those that
    all share.
    """
    made = report.make_report(transcripts.shipped())
    counted = [each for each in counting.cover(made, marks.shipped()) if not operation or each.operation in operation]
    if as_json:
        print_json([_as_json(each, made, rows=bool(operation)) for each in counted])
    elif operation:
        for each in counted:
            _show_rules(each, made, make_console())
    else:
        _show(counted, made, make_console())


def _as_json(each: Coverage, made: Report, *, rows: bool) -> dict[str, object]:
    told = counting.as_json(each)
    return told | {"rows": [row._asdict() for row in made.by_operation()[each.operation]]} if rows else told


def _show(counted: Sequence[Coverage], made: Report, console: Console) -> None:
    table = make_table("operation", *COUNTED, gap=1)
    for column in table.columns[1:]:
        column.justify = "right"
    for each in counted:
        table.add_row(each.operation, *(str(count or "-") for count in _counts(each)))
    if console.measure(table, options=console.options.update(width=WIDE)).minimum <= console.width:
        console.print(table)
    else:
        print_entries([(Text(each.operation, "bold"), _told(each)) for each in counted], console)
    console.print()
    console.print(Text(LEGEND))
    (_, verified) = rendering.headline(made)[1]
    console.print(Text(f"Recorded from AWS by fakeim itself: {verified}."))


def _counts(each: Coverage) -> list[int | str]:
    steps = f"{each.steps - each.differing}/{each.steps}" if each.differing else each.steps
    return [*(each.claims[grade] for grade in SHOWN), steps, each.tests]


def _told(each: Coverage) -> Text:
    return Text(", ".join(f"{count} {name}" for count, name in zip(_counts(each), COUNTED, strict=True) if count))


def _show_rules(each: Coverage, made: Report, console: Console) -> None:
    counts = {
        "rule": f"{sum(each.claims.values())} claims of rules",
        "transcript": f"{each.steps} steps of transcripts",
    }
    for kind, count in counts.items():
        rows = [row for row in made.by_operation()[each.operation] if row.kind == kind]
        if rows:
            console.print(Text(f"{each.operation}: {count}", style="bold"))
            print_entries(row_entries(rows), console)
            console.print()
    if each.operation != EVERY:
        console.print(Text(f'What holds for all operations alike: fakeim coverage "{EVERY}"'))
