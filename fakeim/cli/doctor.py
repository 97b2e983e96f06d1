"""``fakeim doctor``: is everything there, does it work, and what would leak?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from fakeim.cli.checks import checks
from fakeim.cli.output import json_option, make_console, print_entries, print_json, working

if TYPE_CHECKING:
    from fakeim.cli.checks import Check

STYLES = {"ok": "green", "note": "yellow", "wrong": "bold red"}


@click.command()
@json_option
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> None:
    """Check the installation, and say what would leak.

    Looks at versions, at the API model in botocore, at whether a boto3 client within a mock is answered by the fake,
    at the pytest plugin, and at what a test could reach past it. Sends nothing, and shows no credentials. Exits with
    1 if something is wrong; a note is no fault.
    """
    with working("looking"):
        found = list(checks())
    wrong = [each for each in found if each.status == "wrong"]
    if as_json:
        print_json({"ok": not wrong, "checks": [each._asdict() for each in found]})
    else:
        console = make_console()
        print_entries([_entry(each) for each in found], console)
        console.print()
        console.print(Text(f"{len(wrong)} wrong." if wrong else "All is well.", "bold"))
    context.exit(1 if wrong else 0)


def _entry(check: Check) -> tuple[Text, Text, Text]:
    told = "\n".join(filter(None, (check.found, check.remedy)))
    return Text(check.status, STYLES[check.status]), Text(check.name), Text(told)
