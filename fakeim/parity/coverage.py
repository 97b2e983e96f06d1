"""The report by operation, in numbers: how many of its rules rest on what, and what shows and tests them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.parity import rules
from fakeim.parity.report import GRADES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fakeim.parity.marks import Mark
    from fakeim.parity.report import Report, Row


class Coverage(NamedTuple):
    """One operation, or all that they share.

    ``claims`` counts what the rules say of it by what that rests on. ``steps`` are those of transcripts that call it;
    ``differing`` of them this build answers otherwise. ``tests`` are the tests of the contract that rest on the same
    evidence as its rules or those steps.
    """

    operation: str
    claims: Mapping[str, int]
    steps: int
    differing: int
    tests: int


def cover(report: Report, marks: Iterable[Mark]) -> list[Coverage]:
    """Count by operation: first what all share, then the operations by name.

    Args:
        report: What is known; its traces are not looked at.
        marks: The marks of the contract's tests.
    """
    tests = list(marks)
    return [_coverage(operation, rows, tests) for operation, rows in report.by_operation().items()]


def as_json(coverage: Coverage) -> dict[str, Any]:
    """Give ``coverage`` as JSON values."""
    return coverage._asdict() | {"claims": dict(coverage.claims)}


def _coverage(operation: str, rows: list[Row], marks: list[Mark]) -> Coverage:
    counted = Counter(row.grade for row in rows if row.kind == "rule")
    seen = [row for row in rows if row.kind == "transcript"]
    numbers = frozenset[str]().union(*(rules.Label(row.grade, row.evidence).numbers for row in rows))
    return Coverage(
        operation,
        {grade: counted[grade] for grade in GRADES},
        sum(row.shown for row in seen),
        sum(row.differing for row in seen),
        len({mark.test for mark in marks if not mark.numbers.isdisjoint(numbers)}),
    )
