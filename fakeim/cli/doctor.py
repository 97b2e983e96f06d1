"""``fakeim doctor``: is everything there, does it work, and what would leak?"""

from __future__ import annotations

import click
from rich.text import Text

from fakeim.cli.checks import checks
from fakeim.cli.output import json_option, make_console, make_table, print_json, working

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
        table = make_table("", "", "")
        for each in found:
            told = "\n".join(filter(None, (each.found, each.remedy)))
            table.add_row(Text(each.status, STYLES[each.status]), each.name, Text(told))
        console = make_console()
        console.print(table)
        console.print()
        console.print(Text(f"{len(wrong)} wrong." if wrong else "All is well.", "bold"))
    context.exit(1 if wrong else 0)
