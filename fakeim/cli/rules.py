"""How rules are shown, and what transcripts show: on what it rests, what it says, and where that stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from fakeim.cli.output import shown
from fakeim.parity import rendering

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fakeim.parity.report import Row
    from fakeim.parity.rules import Claim

STYLES = {"recorded": "green", "observed": "green", "documented": "cyan", "model": "cyan", "assumption": "yellow"}


def row_entries(rows: Iterable[Row]) -> list[tuple[Text, Text]]:
    """Give rows of the report as they are printed: the grade; the behaviour, and in small print its evidence."""
    return [_entry(row.grade, row.behaviour, _small_print(row)) for row in rows]


def claim_entries(claims: Iterable[Claim]) -> list[tuple[Text, Text]]:
    """Give claims of rules, as ``row_entries`` does."""
    return [_entry(claim.grade, claim.text, f"{_evidence(claim)} · {_source(claim)}") for claim in claims]


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


def _entry(grade: str, text: str, small: str) -> tuple[Text, Text]:
    told = Text.assemble(shown(text.replace("``", "")), "\n", shown(small, "dim"))
    return Text(grade, STYLES.get(grade, "")), told
