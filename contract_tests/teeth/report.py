"""What is told of the verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contract_tests.teeth.trial import Verdict

WANTED = 0.98
"""The part of the deviations that the contract must notice."""


def line(verdict: Verdict) -> str:
    """Say in one line what became of a deviation."""
    outcome = verdict.killed_by or verdict.problem or f"SURVIVES  {verdict.deviation.survives}"
    return f"{verdict.deviation.name:<55}{verdict.seconds:>7.1f} s  {outcome}"


def table(verdicts: Sequence[Verdict]) -> str:
    """Lay out all verdicts, and the ratio."""
    killed = sum(each.killed_by is not None for each in verdicts)
    total = f"{killed} of {len(verdicts)} deviations noticed: {killed / len(verdicts):.1%}"
    return "\n".join([f"{'deviation':<55}{'time':>9}  noticed by", *map(line, verdicts), total])


def complaints_of(verdicts: Sequence[Verdict]) -> list[str]:
    """Say what is not as it should be."""
    found = []
    for each in verdicts:
        name, expected = each.deviation.name, each.deviation.survives
        if each.problem:
            found.append(f"{name}: no verdict: {each.problem}")
        elif each.killed_by is None and not expected:
            found.append(f"{name}: no test notices. {each.deviation.symptom}")
        elif each.killed_by and expected:
            found.append(f"{name}: is noticed by {each.killed_by}, so it needs no 'survives' any more")
    killed = sum(each.killed_by is not None for each in verdicts)
    if killed < WANTED * len(verdicts):
        found.append(f"{killed} of {len(verdicts)} are noticed; it must be {WANTED:.0%}")
    return found
