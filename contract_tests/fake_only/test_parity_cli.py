"""``fakeim parity``, as a user meets it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from contract_tests.fake_only.command_line import CliRunner
from fakeim.cli.commands import fakeim
from fakeim.parity import transcripts

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

EVIDENCE = transcripts.evidence_folder()
INCIDENT = EVIDENCE / "observed" / "incident_recorded.jsonl"
TRACE = EVIDENCE / "traces" / "data" / "01.jsonl"


def run(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "100"}).invoke(fakeim, ["parity", *map(str, arguments)], prog_name="fakeim")


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """Give a transcript of which two places are not so on this build."""
    text = INCIDENT.read_text(encoding="utf-8")
    for right, other in (
        ('"status": "OPEN"', '"status": "SHUT"'),
        ('"impact": 5, "incidentRec', '"impact": 4, "incidentRec'),
    ):
        assert right in text
        text = text.replace(right, other)
    path = tmp_path / "wrong.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def test_verify_replays_all_that_comes_with_fakeim_and_says_that_nothing_is_recorded() -> None:
    begun = time.process_time()
    result = run("verify")
    assert time.process_time() - begun < 5
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines[:3]] == ["documented", "observed", "recorded from AWS"]
    assert lines[2] == "recorded from AWS: none yet."
    count = len(list(EVIDENCE.glob("traces/**/*.jsonl")))
    assert lines[3] == f"{count} traces wait to be recorded from AWS."


@pytest.mark.parametrize("target", ["boto3", "http"])
def test_verify_takes_other_ways_in(target: str) -> None:
    assert run("verify", INCIDENT, "--target", target).exit_code == 0


def test_verify_tells_what_differs_and_fails(wrong: Path) -> None:
    result = run("verify", wrong.parent)
    assert result.exit_code == 1
    assert "wrong.jsonl s3 GetIncidentRecord (the record after a manual start)" in result.stdout
    assert "    /incidentRecord/impact: 4 in the transcript, 5 here" in result.stdout
    assert "    /incidentRecord/status: 'SHUT' in the transcript, 'OPEN' here" in result.stdout
    assert "observed: 7 of 8 steps in 1 transcripts" in result.stdout


def test_verify_as_json(wrong: Path) -> None:
    assert json.loads(run("verify", INCIDENT, "--json").stdout)["equal"] is True
    told: dict[str, Any] = json.loads(run("verify", wrong, "--json").stdout)
    assert told["equal"] is False
    [transcript] = told["transcripts"]
    assert transcript["grade"] == "observed"
    assert [each["where"] for each in transcript["differences"]] == ["/incidentRecord/impact", "/incidentRecord/status"]


def test_diff_shows_both_sides(wrong: Path) -> None:
    result = run("diff", wrong)
    assert result.exit_code == 1
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["where", "what", "was", "seen", "this", "build"] in rows
    assert ["/incidentRecord/impact", "4", "5"] in rows
    assert ["/incidentRecord/status", '"SHUT"', '"OPEN"'] in rows
    assert "1 of 8 steps differ." in result.stdout
    same = run("diff", INCIDENT)
    assert (same.exit_code, same.stdout.endswith("none of 8 steps differ.\n")) == (0, True)


def test_diff_shows_errors_and_what_is_absent(tmp_path: Path) -> None:
    text = (EVIDENCE / "observed" / "account_not_onboarded.jsonl").read_text(encoding="utf-8")
    path = tmp_path / "a.jsonl"
    path.write_text(text.replace('"GetResponsePlan"', '"DeleteResponsePlan"'), encoding="utf-8")
    assert ["error", "ResourceNotFoundException", "none"] in [
        each.split() for each in run("diff", path).stdout.splitlines()
    ]
    path.write_text(
        text.replace('"replicationSetArns": []', '"replicationSetArns": [], "nextToken": "x"'), encoding="utf-8"
    )
    assert ["/nextToken", '"x"', "absent"] in [each.split() for each in run("diff", path).stdout.splitlines()]


def test_report_keeps_the_two_numbers_apart() -> None:
    result = run("report")
    assert result.exit_code == 0
    assert result.stdout.startswith("Conformance to the model: 31 of 31 operations, ")
    assert "Verified against AWS by recording: none: nothing has been recorded yet" in result.stdout


@pytest.mark.usefixtures("replayed_once")
@pytest.mark.parametrize("arguments", [("report", "--html"), ("report", "--markdown"), ("traces",)])
def test_where_nothing_can_be_written_that_is_told(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "file").touch()
    result = run(*arguments, tmp_path / "file" / "x")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: cannot write {tmp_path / 'file' / 'x'}")
    assert result.stderr.endswith(": Not a directory\n")


@pytest.mark.usefixtures("replayed_once")
def test_report_writes_files(tmp_path: Path) -> None:
    markdown, html = tmp_path / "parity.md", tmp_path / "parity.html"
    result = run("report", "--markdown", markdown, "--html", html)
    assert (result.exit_code, result.stdout) == (0, "")
    assert markdown.read_text(encoding="utf-8").startswith("# Parity with AWS\n")
    assert html.read_text(encoding="utf-8").startswith("<!doctype html>\n")
    told = json.loads(run("report", INCIDENT, "--json").stdout)
    assert told["behaviours verified against AWS"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verify", "{folder}"], "there is no transcript; give a folder that holds *.jsonl, or one such file"),
        (["verify", "{folder}/missing"], "does not exist"),
        (["diff", "{bad}"], "bad.jsonl:1: /format: 'fakeim-transcript/1' was expected"),
        (["report", "{bad}"], "bad.jsonl:1: /format: 'fakeim-transcript/1' was expected"),
        (["traces", "{folder}/.."], "bad.jsonl:1: /format: 'fakeim-transcript/1' was expected"),
        (["diff", str(TRACE)], "is a trace: it has no answers to compare with; record it first"),
        (["verify", "--target", "aws"], "'aws' is not one of 'direct', 'boto3', 'http'"),
    ],
)
def test_what_cannot_be_done_is_told(arguments: list[str], message: str, tmp_path: Path) -> None:
    bad, folder = tmp_path / "bad.jsonl", tmp_path / "folder"
    bad.write_text(INCIDENT.read_text(encoding="utf-8").replace("transcript/1", "transcript/0", 1), encoding="utf-8")
    nowhere = tmp_path / "folder" / "nowhere"
    folder.mkdir()
    if "{nowhere}" in arguments:
        nowhere.write_text(
            INCIDENT.read_text(encoding="utf-8").replace('["us-east-1"]', '["nowhere"]'), encoding="utf-8"
        )
    result = run(*[each.format(bad=bad, folder=folder, nowhere=nowhere) for each in arguments])
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize("command", ["verify", "diff", "report"])
def test_an_account_that_no_fake_can_be_is_told(tmp_path: Path, command: str) -> None:
    path = tmp_path / "a.jsonl"
    text = INCIDENT.read_text(encoding="utf-8")
    path.write_text(text.replace('["us-east-1"]', '["nowhere"]'), encoding="utf-8")
    result = run(command, path)
    assert result.exit_code == 2
    assert "a.jsonl: regions=('nowhere',): give names of Regions in order" in " ".join(result.stderr.split())


HOSTILE = {
    "markup": {"expect": {"status": 200, "error": None, "body": {"[/x]": "[/red]"}}},
    "escapes": {"expect": {"status": 200, "error": "\x1b[31m\x9b", "headers": {"\x1b": "\x1b"}}},
    "escapes within": {"expect": {"status": 200, "error": None, "body": {"\x9b": "\x9b\x1b\ud800"}}},
    "a Region": {"region": "../../x"},
}


@pytest.mark.parametrize("command", ["verify", "diff", "report"])
@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_a_transcript_says_is_shown_and_never_obeyed(tmp_path: Path, command: str, change: dict[str, Any]) -> None:
    first, step, *_ = INCIDENT.read_text(encoding="utf-8").splitlines()
    header = json.loads(first) | {"title": "[/bold]"}
    lines = [header, json.loads(step) | change, {"kind": "end", "steps": 1}]
    path = tmp_path / "hostile.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    result = run(command, path)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert all(each.isprintable() or each == "\n" for each in result.output)
