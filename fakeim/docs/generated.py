"""The parts of the documentation that are made from the code: each a function that gives Markdown."""

from __future__ import annotations

import inspect
import re
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from fakeim.parity import marks, rules, transcripts
from fakeim.parity.coverage import cover
from fakeim.parity.report import make_report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import click

    from fakeim.parity.rules import Claim


def assumptions() -> str:
    """List the rules that are a choice in whole or in part, because nobody knows what AWS does."""
    return _listed(rule for rule in _rules() if "assumption" in map(_grade, rule))


def known() -> str:
    """List the rules that nothing is assumed in, with their evidence."""
    return _listed(rule for rule in _rules() if not {"assumption", rules.OWN, ""} & set(map(_grade, rule)))


def commands() -> str:
    """Give the help of every command of the command line."""
    from fakeim.cli.commands import fakeim  # noqa: PLC0415 - it needs the extra cli

    return "\n\n".join(_help_of(fakeim, "fakeim"))


def control_path() -> str:
    """Give the requests of the control path."""
    from fakeim.clients import control  # noqa: PLC0415 - as in FakeIncidentManager

    first, *rest = inspect.cleandoc(control.__doc__ or "").split("\n\n")
    return "\n\n".join([first, *(_block(part) for part in rest)])


def coverage() -> str:
    """Count, for each operation, the claims of its rules by what they rest on, and what shows and tests them."""
    lines = ["| operation | " + " | ".join([*_COLUMNS.values(), "steps", "tests"]) + " |"]
    lines.append("|---" + "|--:" * (len(_COLUMNS) + 2) + "|")
    report = make_report(transcripts.shipped(), day=date.min)
    for each in cover(report, marks.shipped()):
        numbers = [*(each.claims[grade] for grade in _COLUMNS), each.steps, each.tests]
        lines.append(f"| {each.operation} | " + " | ".join(str(number or "") for number in numbers) + " |")
    return "\n".join(lines)


_COLUMNS = {grade: "assumed" if grade == "assumption" else grade for grade in rules.GRADES}

PARTS: Mapping[str, Callable[[], str]] = {
    "assumptions": assumptions,
    "commands": commands,
    "control-path": control_path,
    "coverage": coverage,
    "known": known,
}
"""What a page can ask for, by name."""


def _rules() -> Iterator[list[Claim]]:
    """Give each rule: the claims that it makes."""
    for _, found in groupby(rules.claims(), key=lambda claim: (claim.module, claim.rule)):
        yield list(found)


def _grade(claim: Claim) -> str:
    return claim.grade


def _listed(found: Iterable[list[Claim]]) -> str:
    lines: list[str] = []
    for module, group in groupby(found, key=lambda rule: rule[0].module):
        lines += ["", f"### {module.replace('_', ' ').capitalize()}", ""]
        lines += [f"- {'; '.join(map(_told, rule))}." for rule in group]
    return "\n".join(lines)


def _told(claim: Claim) -> str:
    evidence = "; ".join(f"{label.grade} {label.note}".strip() for label in claim.labels)
    return f"{_as_markdown(claim.text)} *({evidence})*" if evidence else _as_markdown(claim.text)


def _as_markdown(text: str) -> str:
    """Give the text of a docstring as Markdown: its code marks, and nothing else, mean something."""
    parts = re.split(r"``(.*?)``", text)
    return "".join(
        f"`{part}`" if index % 2 else re.sub(r"([*_<\\[\]])", r"\\\1", part) for index, part in enumerate(parts)
    )


def _block(part: str) -> str:
    return f"```text\n{inspect.cleandoc(part)}\n```" if part.startswith("    ") else part


def _help_of(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[str]:
    import click  # noqa: PLC0415 - it needs the extra cli

    named: dict[str, Any] = {"info_name": name.rpartition(" ")[2], "parent": parent, "terminal_width": 90}
    context = click.Context(command, **named, **command.context_settings)
    yield f"## {name}\n\n```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for each, child in command.commands.items():
            yield from _help_of(child, f"{name} {each}", context)
