"""``fakeim coverage``: the numbers are those of the rules, and of what can be counted by hand."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from contract_tests.fake_only.command_line import NARROW, check_that_words_stay_whole, refusal, run
from fakeim.parity import rules, transcripts
from fakeim.parity.report import GRADES
from fakeim.spec.api import load_api

SHARED = rules.EVERY


@cache
def counted(*operations: str) -> dict[str, dict[str, Any]]:
    result = run("coverage", "--json", *operations)
    assert result.exit_code == 0
    return {each["operation"]: each for each in json.loads(result.stdout)}


def test_every_operation_is_counted() -> None:
    assert [*counted()] == [SHARED, *sorted(load_api().operations)]


def test_claims_and_steps_are_those_of_rules_and_transcripts() -> None:
    steps = [step for each in transcripts.shipped() for step in each.steps]
    claims = rules.claims()
    for name, line in counted().items():
        mine = [each.grade for each in claims if name in each.operations]
        assert line["claims"] == {grade: mine.count(grade) for grade in GRADES}
        assert line["steps"] == sum(step.operation == name for step in steps)
        assert line["differing"] == 0
        assert line["tests"] > 0


def test_the_table_has_the_same_numbers() -> None:
    output = run("coverage").stdout
    rows = {line.split("  ")[0]: line.split() for line in output.splitlines()}
    start = counted()["StartIncident"]
    shown = [start["claims"][grade] for grade in ("observed", "documented", "model", "inferred", "assumption")]
    assert rows["StartIncident"][1:] == [str(each or "-") for each in (*shown, start["steps"], start["tests"])]
    assert "nothing has been recorded yet" in output
    assert max(map(len, output.splitlines())) <= 80


@pytest.mark.usefixtures("replayed_once")
@pytest.mark.parametrize("columns", NARROW)
def test_on_a_narrow_terminal_the_numbers_are_told_in_words(columns: int) -> None:
    lines = run("coverage", columns=columns).stdout.splitlines()
    assert max(map(len, lines)) <= columns
    names = [line.split("  ")[0].rstrip() for line in lines]
    assert [name for name in names if name in counted()] == [*counted()]
    start, tests = counted()["StartIncident"], counted()["StartIncident"]["tests"]
    told = " ".join(" ".join(lines).partition("StartIncident ")[2].split())
    assert told.startswith(f"{start['claims']['observed']} observed, {start['claims']['documented']} documented, ")
    assert f"{start['claims']['assumption']} assumed, {start['steps']} steps, {tests} tests TagResource" in told


@pytest.mark.usefixtures("replayed_once")
@pytest.mark.parametrize("operation", ["StartIncident", SHARED])
def test_rules_are_readable_on_a_narrow_terminal(operation: str) -> None:
    check_that_words_stay_whole("coverage", operation)


def test_an_operation_has_its_rules_shown_with_their_evidence() -> None:
    output = " ".join(run("coverage", "start_incident", columns=200).stdout.split())
    assert "An unknown plan, or incident, is ResourceNotFound; deleting what is not there succeeds" in output
    assert "observed §3.3 · fakeim/service/incident_records.py, rule 1 · evidence replayed in" in output
    claims = [each for each in rules.claims() if "StartIncident" in each.operations]
    assert f"StartIncident: {len(claims)} claims of rules" in output
    assert all(" ".join(each.text.replace("``", "").split()) in output for each in claims)
    assert len(counted("StartIncident")["StartIncident"]["rows"]) > len(claims)


def test_what_all_operations_share_can_be_asked_for() -> None:
    assert "An ARN of another account is an AccessDeniedException" in run("coverage", SHARED, columns=200).stdout


def test_a_mistyped_operation_is_guessed() -> None:
    assert refusal(run("coverage", "StratIncident")).endswith("did you mean StartIncident?")
