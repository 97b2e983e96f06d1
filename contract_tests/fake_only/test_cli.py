"""The command line as a whole: what all commands have in common."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from contract_tests.fake_only.command_line import refusal, run
from fakeim.cli import output


def test_version_and_help() -> None:
    assert run("--version").stdout.startswith("fakeim, version ")
    assert "demo" in run("--help").stdout
    assert "EVENT.json" in run("demo", "-h").stdout


def test_unknown_commands_and_options_are_refused() -> None:
    assert "No such command 'dmo'" in refusal(run("dmo"))
    assert "--print-event" in refusal(run("demo", "--print-evnt"))


@pytest.mark.slow
@pytest.mark.parametrize("module", ["click", "rich"])
def test_without_the_extra_the_remedy_is_told(module: str) -> None:
    code = f"import sys; sys.modules[{module!r}] = None; from fakeim.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)  # noqa: S603
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == 'fakeim: the command line needs click and rich: pip install "fakeim[cli]"\n'


COMMANDS = ("coverage", "demo", "doctor", "explain", "init", "parity", "schema", "serve")


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_listed_and_says_what_it_does(command: str) -> None:
    [line] = [each for each in run("--help").stdout.splitlines() if each.startswith(f"  {command} ")]
    assert line.endswith(".")
    assert "..." not in line
    told = run(command, "--help")
    assert (told.exit_code, told.stdout.splitlines()[0].split()[:3]) == (0, ["Usage:", "fakeim", command])


@pytest.mark.parametrize("command", ["diff", "iam", "plan", "record", "report", "sweep", "traces", "verify"])
def test_what_each_command_of_parity_does_is_said_whole(command: str) -> None:
    [line] = [each for each in run("parity", "--help").stdout.splitlines() if each.startswith(f"  {command} ")]
    assert line.endswith(".")
    assert "..." not in line


def test_the_help_says_how_commands_are_completed_and_what_exit_codes_mean() -> None:
    told = run("--help").stdout
    assert "_FAKEIM_COMPLETE=bash_source fakeim" in told
    assert "Exit codes: 0, all is well; 1," in told


def test_commands_and_names_are_completed() -> None:
    def completed(*words: str) -> list[str]:
        environment = {
            "_FAKEIM_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(["fakeim", *words]),
            "COMP_CWORD": str(len(words)),
        }
        return run(env=environment).stdout.split()

    assert completed("d") == ["plain,demo", "plain,doctor"]
    assert completed("explain", "startinc") == ["plain,StartIncident"]
    assert completed("schema", "--error", "Conf") == ["plain,ConflictException"]


def test_mistyped_names_are_guessed_in_groups_as_well() -> None:
    assert refusal(run("parity", "verfy")) == "Error: No such command 'verfy'; did you mean verify?"
    assert "there are coverage, demo, doctor," in refusal(run("xyzzy"))


def test_an_interrupt_ends_a_command_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fakeim.cli.coverage.transcripts.shipped", interrupted)
    result = run("coverage")
    assert (result.exit_code, result.stdout, result.stderr.split()) == (1, "", ["Aborted!"])


def test_a_bar_is_for_who_looks_on_and_takes_nothing_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(output.tracked("abc", "recording", 3)) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes it for a terminal
    assert list(output.tracked("abc", "recording", 3)) == ["a", "b", "c"]
    told = capsys.readouterr()
    assert told.out == ""
    assert "recording" in told.err


@pytest.mark.parametrize(("variable", "coloured"), [("FORCE_COLOR", True), ("NO_COLOR", False)])
def test_colours_can_be_asked_for_and_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, *, coloured: bool
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv(variable, "1")
    assert ("\x1b[1;31mno" in run("explain", "StartIncident", "{}").stdout) == coloured


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fakeim", *arguments]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False, **options)  # noqa: S603 - our own


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells of a closed pipe otherwise")
@pytest.mark.parametrize("arguments", [["explain", "StartIncident"], ["schema", "StartIncident"], ["--help"]])
def test_nobody_minds_when_nobody_reads_on(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as closed:  # noqa: PTH123 - it is no path
        done = process(*arguments, stdout=closed)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.slow
def test_what_the_output_cannot_hold_is_replaced() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    request = '{"responsePlanArn": "zu sp\\u00e4t \\ud800"}'
    done = process("explain", "StartIncident", request, env=environment, stdout=subprocess.PIPE)
    assert "Value 'zu sp?t \\ud800' at 'responsePlanArn'" in done.stdout
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.slow
def test_the_version_is_told_by_click_alone() -> None:
    code = "import sys; from fakeim.cli import main\ntry: main()\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, check=True, text=True)  # noqa: S603
    loaded = set(done.stdout.split())
    assert "click" in loaded
    assert loaded & {"boto3", "botocore", "hypothesis", "jsonschema", "pytest", "rich", "fakeim.service"} == set()
