"""What is known of each operation, from where, and how old it is: the transcripts and the rules, side by side.

Two numbers are kept apart. *Conformance to the model* says how far the fake does what the API model states, which
anyone can look up. *Verified against AWS* counts the behaviours that fakeim itself has recorded from AWS and that this
build still shows; what others have observed, what is documented, inferred or assumed, is no part of it.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.parity import rules
from fakeim.parity.marks import shipped
from fakeim.parity.rules import Label
from fakeim.parity.transcripts import versions
from fakeim.parity.verify import verify
from fakeim.service.dispatch import HANDLERS
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fakeim.parity.marks import Mark
    from fakeim.parity.rules import Claim
    from fakeim.parity.transcripts import Step, Transcript
    from fakeim.parity.verify import Result, StepResult

RECORDED = "recorded"
GRADES = (RECORDED, *rules.GRADES, rules.OWN)
SHOWABLE = (RECORDED, "observed", "documented", "model")
MEANINGS = {
    RECORDED: "recorded from AWS by fakeim",
    "observed": "seen on AWS by others, published",
    "documented": "said by AWS's documentation",
    "model": "stated by the API model",
    "inferred": "deduced from clients in use",
    "assumption": "our choice where nothing is known",
    rules.OWN: "the fake's own powers",
}


class Row(NamedTuple):
    """One behaviour of one operation, what it rests on, and what shows it.

    ``kind`` is ``transcript`` for what was seen or said, ``rule`` for what the fake does. ``seen`` is the day of the
    observation, where it is known. ``shown`` is how many steps of transcripts show the behaviour, or for a rule, cite
    the evidence that it rests on; in ``differing`` of them this build answers otherwise. ``tests`` is how many tests of
    the contract have a mark that cites the same.
    """

    kind: str
    operation: str
    behaviour: str
    grade: str
    evidence: str
    source: str
    seen: date | None
    shown: int
    differing: int
    tests: int


class Report(NamedTuple):
    """All that is known, on one day."""

    day: date
    versions: dict[str, str]
    operations: int
    implemented: int
    probes: int
    refused: int
    rows: tuple[Row, ...]
    tests: dict[str, int]
    """How many tests of the contract rest on each grade."""

    def counts(self, kind: str) -> dict[str, int]:
        """Count the behaviours of a kind that hold on this build, each once, by what they rest on."""
        rows = [row for row in self.rows if row.kind == kind and not row.differing]
        counted = Counter(grade for grade, _, _ in {(row.grade, row.behaviour, row.source) for row in rows})
        return {grade: counted[grade] for grade in GRADES}

    @property
    def verified(self) -> int:
        """How many behaviours were recorded from AWS by fakeim, and hold on this build."""
        return self.counts("transcript")[RECORDED]

    def by_operation(self) -> dict[str, list[Row]]:
        """Give the rows of each operation: first what all share, then the operations by name; strong evidence first."""
        order = sorted({row.operation for row in self.rows}, key=lambda name: (name != rules.EVERY, name))
        ranked = sorted(self.rows, key=lambda row: GRADES.index(row.grade))
        return {name: [row for row in ranked if row.operation == name] for name in order}


def make_report(transcripts: Iterable[Transcript], day: date | None = None) -> Report:
    """Join the answered ``transcripts``, replayed on this build, with the rules of the fake.

    Args:
        transcripts: Those with answers become rows. Of the traces, those that break constraints of the model measure
            how far the fake keeps to it.
        day: The day to count ages from; by default today.
    """
    everything = list(transcripts)
    marks = shipped()
    results = [verify(each) for each in everything if each.header.grade not in ("trace", "rehearsed")]
    probes = list(_constraint_probes(each for each in everything if each.header.grade == "trace"))
    api = load_api()
    return Report(
        day=day or datetime.now(UTC).date(),
        versions=versions(),
        operations=len(api.operations),
        implemented=len(HANDLERS.keys() & api.operations.keys()),
        probes=len(probes),
        refused=sum(_refused(each) for each in probes),
        rows=(*_rows_of_transcripts(results, marks), *_rows_of_rules(results, marks)),
        tests=dict(Counter(each.grade for each in marks)),
    )


def age(row: Row, day: date) -> str:
    """Say how old the observation of ``row`` is, in words."""
    if row.seen is None:
        return ""
    days = (day - row.seen).days
    return f"{days // 365} years" if days >= 2 * 365 else f"{days} days"


def as_json(report: Report) -> dict[str, Any]:
    """Give ``report`` as JSON values."""
    rows = [row._asdict() | {"seen": row.seen and row.seen.isoformat()} for row in report.rows]
    return {
        "day": report.day.isoformat(),
        "versions": report.versions,
        "conformance to the model": {
            "operations": report.operations,
            "implemented": report.implemented,
            "constraints probed": report.probes,
            "constraints enforced": report.refused,
        },
        "behaviours verified against AWS": report.verified,
        "behaviours shown by transcripts": report.counts("transcript"),
        "claims of the rules": report.counts("rule"),
        "tests of the contract": report.tests,
        "rows": rows,
    }


# -- rows


def _rows_of_transcripts(results: Iterable[Result], marks: list[Mark]) -> Iterator[Row]:
    """Give a row for each behaviour that a transcript shows; one that several steps show is one behaviour."""
    shown: dict[tuple[str, str, str], list[tuple[Transcript, StepResult]]] = {}
    for result in results:
        for each in result.steps:
            key = (each.step.operation, each.step.behaviour, result.transcript.header.grade)
            shown.setdefault(key, []).append((result.transcript, each))
    for (operation, behaviour, grade), steps in shown.items():
        transcript, first = steps[0]
        yield Row(
            "transcript",
            operation,
            behaviour,
            grade,
            first.step.evidence or "",
            first.step.source or transcript.header.source or transcript.name,
            _seen(transcript, first.step),
            len(steps),
            sum(bool(each.differences) for _, each in steps),
            _tests(marks, Label(grade, first.step.evidence or "").numbers),
        )


def _rows_of_rules(results: Iterable[Result], marks: list[Mark]) -> Iterator[Row]:
    steps = [each for result in results for each in result.steps]
    for claim in rules.claims():
        showing = [each for each in steps if _cites_the_same(each.step, claim)]
        evidence = "; ".join(f"{label.grade} {label.note}".strip() for label in claim.labels)
        differing = sum(bool(each.differences) for each in showing)
        for operation in claim.operations:
            source = f"fakeim/service/{claim.module}.py, rule {claim.rule}"
            tests = _tests(marks, claim.numbers)
            yield Row(
                "rule", operation, claim.text, claim.grade, evidence, source, None, len(showing), differing, tests
            )


def _tests(marks: list[Mark], numbers: frozenset[str]) -> int:
    return sum(not each.numbers.isdisjoint(numbers) for each in marks)


def _cites_the_same(step: Step, claim: Claim) -> bool:
    if claim.grade not in SHOWABLE or not (step.operation in claim.operations or rules.EVERY in claim.operations):
        return False
    numbers = {each.strip() for each in (step.evidence or "").split(",")}
    return not numbers.isdisjoint(claim.numbers | {each.removeprefix("§") for each in claim.numbers})


def _seen(transcript: Transcript, step: Step) -> date | None:
    at = step.at or transcript.header.recorded_at
    return datetime.fromisoformat(at).date() if at else None


# -- conformance


def _constraint_probes(traces: Iterable[Transcript]) -> Iterator[StepResult]:
    """Perform the probes that break a constraint of the model, and give what comes."""
    for trace in traces:
        for each in verify(trace).steps:
            if each.step.evidence == "model":
                yield each


def _refused(probe: StepResult) -> bool:
    return probe.answer is not None and probe.answer.error == "ValidationException"
