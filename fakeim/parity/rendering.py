"""The report as text for people: Markdown, and one page of HTML that needs nothing else."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fakeim.parity.report import GRADES, MEANINGS, age
from fakeim.pictures.bars import stack
from fakeim.pictures.pages import render

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
    """Give the report as one page of HTML: no script, nothing from elsewhere, light and dark.

    Raises:
        ModuleNotFoundError: Jinja2 is not installed; the message says how to get it.
    """
    operations = report.by_operation()
    return render(
        "parity.html",
        introduction=INTRODUCTION,
        headline=headline(report),
        total_heads=TOTALS,
        totals=totals(report),
        bars=stack([(name, *_resting(report, rows)) for name, rows in operations.items()], GRADES),
        heads=COLUMNS,
        operations={name: [cells(report, row) for row in rows] for name, rows in operations.items()},
        colophon=colophon(report),
    )


def _resting(report: Report, rows: list[Row]) -> tuple[dict[str, int], str]:
    """Count what the behaviours of ``rows`` rest on, and say how old the newest observation is."""
    seen = [row for row in rows if row.seen]
    newest = max(seen, key=lambda row: row.seen or report.day, default=None)
    return Counter(row.grade for row in rows), f"seen {age(newest, report.day)} ago" if newest else ""
