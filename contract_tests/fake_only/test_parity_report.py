"""What the report joins: rules read from the sources, transcripts replayed; and how it is shown."""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from contract_tests.fake_only.command_line import CliRunner, check_that_words_stay_whole
from contract_tests.fake_only.html_pages import Page
from contract_tests.fake_only.inspection import OPERATIONS
from fakeim.cli.parity import parity
from fakeim.parity import rendering, report, rules
from fakeim.parity.report import GRADES, Report, Row
from fakeim.parity.rules import Label
from fakeim.parity.transcripts import Account, Answer, Header, Step, Transcript
from fakeim.pictures import pages

if TYPE_CHECKING:
    from pathlib import Path

# -- rules

SOURCE = '''"""Tags, say.

Rules, and what they rest on:
 1. These can be tagged [documented §11]; another ARN is refused [assumption: 17.36,
    for a reason; weakly §15]. Text behind.
 2. Tagging adds [observed, model §11, 7.9a] and overwrites. The token [x] is none of ours
    [our choice].
10. Nothing is known.
"""
def tag(world):
    """Add tags (rules 1 and 2)."""
def untag(world):
    """Remove tags (rules 2 to 10)."""
def _helper(world):
    """Help (rule 1)."""
'''


def read(source: str, operations: dict[str, str] | None = None) -> list[rules.Claim]:
    return rules.claims_of("tags", source, {"tag": "Tag", "untag": "Untag"} if operations is None else operations)


def test_rules_are_read_claim_by_claim() -> None:
    first, second, third, *_ = read(SOURCE)
    assert first == ("tags", 1, "These can be tagged", (Label("documented", "§11"),), ("Tag",))
    assert second.text == "another ARN is refused: Text behind"
    assert second.labels == (
        Label("assumption", "17.36, for a reason"),
        Label("inferred", "§15"),
    )
    assert second.numbers == {"17.36", "§15"}
    assert (third.rule, third.text, third.operations) == (2, "Tagging adds", ("Tag", "Untag"))
    assert third.labels == (Label("observed", "model §11, 7.9a"),)
    assert third.numbers == {"§11", "7.9a"}


def test_a_claim_counts_for_no_more_than_its_weakest_part() -> None:
    grades = [each.grade for each in read(SOURCE)]
    assert grades[:3] == ["documented", "assumption", "observed"]
    assert grades[-1] == ""
    assert read(SOURCE)[-1].operations == ("Untag",)


def test_rules_that_no_operation_names_are_of_all_of_the_file_or_of_every_operation() -> None:
    source = '"""A.\n\nRule: it is so [observed 1.1].\n"""'
    assert read(source)[0].operations == ("Tag", "Untag")
    assert read(source, {})[0].operations == (rules.EVERY,)
    assert read('"""No rules."""') == []


def test_every_rule_of_the_fake_says_what_it_rests_on() -> None:
    claims = rules.claims()
    assert [each for each in claims if not each.labels or not all(label.grade for label in each.labels)] == []
    assert [each for each in claims if not each.text] == []
    assert {each.grade for each in claims} == {*rules.GRADES, rules.OWN}
    named = {operation for each in claims for operation in each.operations}
    assert named == {each.name for each in OPERATIONS} | {rules.EVERY}


def test_the_files_rules_are_all_read() -> None:
    numbers = {each.module: each.rule for each in rules.claims()}  # the last of each
    assert numbers["incident_records"] == 13
    assert numbers["replication_sets"] == 10
    assert numbers["chat_channels"] == 1


# -- the report

DAY = date(2026, 11, 24)


def transcript(grade: str, behaviour: str, status: int, **members: Any) -> Transcript:
    header = Header("title", grade, Account(True, True, ("us-east-1",)), "probe", source="somebody")  # noqa: FBT003
    answer = Answer(status, "ResourceNotFoundException", {}, {})
    request = {"arn": {"$arn": "response-plan/missing"}}
    step = Step("s1", "GetResponsePlan", "us-east-1", behaviour, request, answer, evidence="3.3", partial=True)
    return Transcript(header, (step._replace(**members),))


def row_of(made: Report, behaviour: str) -> Row:
    [row] = [each for each in made.rows if each.behaviour == behaviour]
    return row


def test_rows_say_where_a_behaviour_was_seen_and_whether_it_holds() -> None:
    made = report.make_report(
        [
            transcript("observed", "not found <b>", 404, at="2024-11-24T10:00:00.000Z"),
            transcript("observed", "not found <b>", 400),
            transcript("documented", "said", 404, source="a page"),
            transcript("rehearsed", "never shown", 404),
        ],
        DAY,
    )
    row = row_of(made, "not found <b>")
    assert (row.grade, row.source, row.seen, row.shown, row.differing) == (
        "observed",
        "somebody",
        date(2024, 11, 24),
        2,
        1,
    )
    assert rendering.outcome(row) == "differs in 1 of 2 steps"
    assert report.age(row, DAY) == "2 years"
    assert report.age(row._replace(seen=date(2026, 11, 1)), DAY) == "23 days"
    assert row_of(made, "said").source == "a page"
    assert rendering.outcome(row_of(made, "said")) == "shown in 1 step"
    assert made.counts("transcript") == dict.fromkeys(GRADES, 0) | {"documented": 1}
    assert made.verified == 0
    assert "never shown" not in {each.behaviour for each in made.rows}


def test_a_recording_that_holds_is_verified() -> None:
    held, not_held = transcript("recorded", "not found", 404), transcript("recorded", "refused", 400)
    assert report.make_report([held, not_held], DAY).verified == 1


@pytest.fixture
def everything(shipped_report: Report) -> Report:
    return shipped_report._replace(day=DAY)


def test_the_committed_evidence_as_a_whole(everything: Report) -> None:
    assert (everything.operations, everything.implemented) == (31, 31)
    assert everything.probes == everything.refused > 300
    assert everything.verified == 0  # nothing has been recorded from AWS
    assert not any(each.differing for each in everything.rows)
    shown = everything.counts("transcript")
    assert {grade for grade, count in shown.items() if count} == {"observed", "documented"}


def test_rules_show_which_evidence_is_replayed_but_what_is_not_known_shows_none(everything: Report) -> None:
    ruled = [each for each in everything.rows if each.kind == "rule"]
    assert any(each.shown and "observed 7.11" in each.evidence for each in ruled)
    assert all(each.shown == 0 for each in ruled if each.grade in ("assumption", "inferred", rules.OWN))


def test_json_holds_all_of_it(everything: Report) -> None:
    told = json.loads(json.dumps(report.as_json(everything)))
    assert told["behaviours verified against AWS"] == 0
    assert told["conformance to the model"]["operations"] == 31
    assert len(told["rows"]) == len(everything.rows)


AWKWARD = 'a | b <script>alert(1)</script> [c](d) `e` *f* \\ & "g"\n h'


def awkward(everything: Report) -> Report:
    row = everything.rows[0]._replace(operation="GetResponsePlan", behaviour=AWKWARD)
    return everything._replace(rows=(*everything.rows, row))


def test_markdown_shows_text_as_it_is_and_tables_stay_whole(everything: Report) -> None:
    text = rendering.as_markdown(awkward(everything))
    lines = [re.sub(r"\\.", "", line) for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in lines} == {6, 8}
    assert 'a \\| b \\<script\\>alert(1)\\</script\\> \\[c\\](d) \\`e\\` \\*f\\* \\\\ & "g" h' in text
    for name, value in rendering.headline(everything):
        assert f"- **{name}**: {value}" in text


def test_html_is_one_page_that_needs_nothing_else(everything: Report) -> None:
    page = Page(rendering.as_html(awkward(everything)))
    operations = {name.replace(" ", "-") for name in everything.by_operation()}
    assert operations <= set(page.ids)
    assert {f"#{name}" for name in operations} <= set(page.links)
    assert AWKWARD in page.texts
    assert "UnsupportedOperationException" in page.texts  # alone, within its <code>
    for name, value in rendering.headline(everything):
        assert {name, value} <= set(page.texts)
    assert "prefers-color-scheme: dark" in page.style


@pytest.mark.usefixtures("replayed_once")
def test_in_a_terminal_it_is_readable_however_narrow_that_is() -> None:
    check_that_words_stay_whole("parity", "report")


def test_the_bars_count_what_each_operation_rests_on(everything: Report) -> None:
    rows = everything.by_operation()["StartIncident"]
    counted = ", ".join(f"{sum(row.grade == grade for row in rows)} {grade}" for grade in GRADES)
    told = re.sub(r"(^|(?<= ))0 [^,]*(, |$)", "", counted).rstrip(", ")
    newest = max((row for row in rows if row.seen), key=lambda row: str(row.seen))
    text = f"StartIncident: {told}, seen {report.age(newest, DAY)} ago"
    assert text in Page(rendering.as_html(everything)).texts


@pytest.mark.usefixtures("replayed_once")
def test_without_jinja_the_command_tells_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    pages.environment.cache_clear()
    ran = CliRunner().invoke(parity, ["report", "--html", str(tmp_path / "page.html")])
    assert (ran.exit_code, ran.stderr) == (1, f"Error: {pages.REMEDY}\n")
    assert not (tmp_path / "page.html").exists()
