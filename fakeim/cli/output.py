"""How the commands print: text is shown as it is and never obeyed, colours are for terminals, JSON is for scripts."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console
from rich.padding import Padding
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from fakeim.pictures import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

Item = TypeVar("Item")

LEAST_PROSE = 40
"""The columns that a text needs beside others: as many as the longest name among the sources of rules."""
GAP = 2

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


def make_console() -> Console:
    """Make a console on the standard output, for which no text is markup."""
    return Console(highlight=False, markup=False, emoji=False)


def print_json(value: Any) -> None:
    """Print ``value`` as JSON, letters as they are; what is no JSON value, such as a time, as its text."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def working(what: str) -> AbstractContextManager[object]:
    """Show ``what`` is being done, while it is, if somebody may be looking: on a terminal, beside the output."""
    console = Console(stderr=True)
    return console.status(Text(what)) if console.is_terminal else nullcontext()


def tracked(items: Iterable[Item], what: str, total: int) -> Iterator[Item]:
    """Give ``items`` one by one, with a bar of how many have come, where ``working`` shows what it does."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield from items
        return
    with Progress(console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        yield from bar.track(items, total, description=what)


def shown(text: str, style: str = "") -> Text:
    """Give ``text`` with escapes in place of what could steer a terminal."""
    return Text(words.printable(text), style)


def make_table(*headings: str, gap: int = GAP) -> Table:
    """Make a table without lines, whose texts fold; ``gap`` is between two columns. Headings may all be empty."""
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), show_header=any(headings))
    for each in headings:
        table.add_column(each, overflow="fold")
    return table


def print_entries(entries: Sequence[Sequence[Text]], console: Console) -> None:
    """Print entries: of each some names, and a text, which comes last.

    They are the columns of a table. On a terminal that is too narrow for it, a text stands below its names instead.
    """
    names = [max(each.cell_len for each in column) for column in zip(*entries, strict=True)][:-1]
    if console.width < sum(names) + GAP * len(names) + LEAST_PROSE:
        _print_list(entries, console)
        return
    table = make_table(*[""] * (len(names) + 1))
    for each in entries:
        table.add_row(*each)
    console.print(table)


def _print_list(entries: Sequence[Sequence[Text]], console: Console) -> None:
    for *names, text in entries:
        head = Text("  ").join(each for each in names if each)
        inside = head.cell_len - len(head.plain.lstrip()) + GAP
        console.print(head)
        console.print(Padding(text, (0, 0, 0, inside)))
