"""How rules are shown, and what transcripts show: on what it rests, what it says, and where that stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from fakeim.cli.output import make_table, shown
from fakeim.parity import rendering

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from fakeim.parity.report import Row
    from fakeim.parity.rules import Claim

STYLES = {"recorded": "green", "observed": "green", "documented": "cyan", "model": "cyan", "assumption": "yellow"}


def rows_table(rows: Iterable[Row]) -> Table:
    """Make a table of rows of the report: the grade, the behaviour, and in small print its evidence."""
    return _table((row.grade, row.behaviour, _small_print(row)) for row in rows)


def claims_table(claims: Iterable[Claim]) -> Table:
    """Make a table of claims of rules, as ``rows_table`` does."""
    return _table((claim.grade, claim.text, f"{_evidence(claim)} · {_source(claim)}") for claim in claims)


def claim_as_json(claim: Claim) -> dict[str, Any]:
    """Give ``claim`` as JSON values."""
    return {"rule": claim.text, "grade": claim.grade, "evidence": _evidence(claim), "source": _source(claim)}


def _small_print(row: Row) -> str:
    tests = f"{row.tests} test{'' if row.tests == 1 else 's'}" if row.tests else ""
    return " · ".join(filter(None, (row.evidence, row.source, rendering.outcome(row), tests)))


def _evidence(claim: Claim) -> str:
    return "; ".join(f"{label.grade} {label.note}".strip() for label in claim.labels)


def _source(claim: Claim) -> str:
    return f"fakeim/service/{claim.module}.py, rule {claim.rule}"


def _table(entries: Iterable[tuple[str, str, str]]) -> Table:
    table = make_table("", "")
    for grade, text, small in entries:
        told = Text.assemble(shown(text.replace("``", "")), "\n", shown(small, "dim"))
        table.add_row(Text(grade, STYLES.get(grade, "")), told)
    return table
