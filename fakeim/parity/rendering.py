"""The report as text for people: Markdown, and one page of HTML that needs nothing else."""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from fakeim.parity.report import GRADES, MEANINGS, age

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fakeim.parity.report import Report, Row

COLUMNS = ("behaviour", "rests on", "evidence", "source", "seen", "on this build", "tests")
TOTALS = ("rests on", "meaning", "shown by transcripts", "claims of rules", "tests of the contract")
INTRODUCTION = (
    "What is known of each operation of Incident Manager, from where, how old it is, and whether this build shows it. "
    "Numbers are those of the project's catalogue of AWS's behaviour."
)


def headline(report: Report) -> list[tuple[str, str]]:
    """Give the two numbers that are kept apart, each with what it says."""
    conformance = (
        f"{report.implemented} of {report.operations} operations, "
        f"{report.refused} of {report.probes} probed constraints enforced"
    )
    verified = f"{report.verified} behaviours" if report.verified else "none: nothing has been recorded yet"
    return [("Conformance to the model", conformance), ("Verified against AWS by recording", verified)]


def totals(report: Report) -> list[tuple[str, str, int, int, int]]:
    """Give each grade, what it means, and how many behaviours of transcripts, claims of rules and tests have it."""
    shown, claimed, tests = report.counts("transcript"), report.counts("rule"), report.tests
    return [(grade, MEANINGS[grade], shown[grade], claimed[grade], tests.get(grade, 0)) for grade in GRADES]


def cells(report: Report, row: Row) -> tuple[str, ...]:
    """Give a row's texts, in the order of ``COLUMNS``."""
    seen = f"{row.seen:%Y-%m-%d} ({age(row, report.day)} ago)" if row.seen else ""
    return (row.behaviour, row.grade, row.evidence, row.source, seen, outcome(row), str(row.tests or ""))


def outcome(row: Row) -> str:
    """Say whether this build shows the behaviour."""
    if row.differing:
        return f"differs in {row.differing} of {row.shown} steps"
    words = "shown in" if row.kind == "transcript" else "evidence replayed in"
    return f"{words} {row.shown} {'step' if row.shown == 1 else 'steps'}" if row.shown else ""


def colophon(report: Report) -> str:
    """Say what the report is of."""
    made = ", ".join(f"{name} {value[:12]}" for name, value in report.versions.items())
    return f"Made on {report.day:%Y-%m-%d} with {made}."


def as_markdown(report: Report) -> str:
    """Give the report as Markdown, in GitHub's kind of tables."""
    lines = ["# Parity with AWS", "", INTRODUCTION, ""]
    lines += [f"- **{name}**: {value}" for name, value in headline(report)]
    lines += ["", *_table(TOTALS, totals(report))]
    for operation, rows in report.by_operation().items():
        lines += ["", f"## {operation}", "", *_table(COLUMNS, [cells(report, row) for row in rows])]
    return "\n".join([*lines, "", colophon(report), ""])


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    body = [f"| {' | '.join(_plain(str(cell)) for cell in row)} |" for row in rows]
    return [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *body]


def _plain(text: str) -> str:
    """Give ``text`` such that Markdown shows it as it is."""
    for character in "\\|*_<>[]`":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def as_html(report: Report) -> str:
    """Give the report as one page of HTML: no script, nothing from elsewhere, light and dark."""
    page = Template((files("fakeim.parity") / "report.html").read_text(encoding="utf-8"))
    operations = report.by_operation()
    return page.substitute(
        introduction=escape(INTRODUCTION),
        headline="".join(f"<div><dt>{escape(n)}</dt><dd>{escape(v)}</dd></div>" for n, v in headline(report)),
        heads=_heads(TOTALS),
        totals=_rows(totals(report)),
        contents=" ".join(f'<a href="#{_anchor(name)}">{escape(name)}</a>' for name in operations),
        operations="".join(_section(report, name, rows) for name, rows in operations.items()),
        colophon=escape(colophon(report)),
    )


def _section(report: Report, operation: str, rows: list[Row]) -> str:
    body = _rows([cells(report, row) for row in rows], [row.grade.replace(" ", "-") for row in rows])
    title = f'<h2 id="{_anchor(operation)}">{escape(operation)}</h2>'
    return f"{title}<table><thead><tr>{_heads(COLUMNS)}</tr></thead><tbody>{body}</tbody></table>"


def _heads(names: Sequence[str]) -> str:
    return "".join(f"<th>{escape(each)}</th>" for each in names)


def _rows(rows: Sequence[Sequence[object]], classes: Sequence[str] = ()) -> str:
    names = classes or [str(row[0]).replace(" ", "-") for row in rows]
    return "".join(
        f'<tr class="{escape(name)}">{"".join(f"<td>{_with_code(str(cell))}</td>" for cell in row)}</tr>'
        for name, row in zip(names, rows, strict=True)
    )


def _with_code(text: str) -> str:
    """Escape ``text``, and show as code what docstrings mark so."""
    return re.sub(r"``(.+?)``", r"<code>\1</code>", escape(text))


def _anchor(name: str) -> str:
    return escape(name.replace(" ", "-"))
