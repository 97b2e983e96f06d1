"""``fakeim doctor``: what is wrong is found and told, with a remedy; secrets are not shown, and nothing is sent."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

import pytest

import fakeim
from contract_tests.fake_only import other_models
from contract_tests.fake_only.command_line import check_that_words_stay_whole, run
from fakeim.cli import checks
from fakeim.spec.api import load_api
from fakeim.spec.drift import Drift

COMMON = Path(__file__).parents[2] / "schemas" / "common.json"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let nothing of this machine's settings be seen, and any connection fail the test."""

    def connect(*arguments: object) -> NoReturn:
        raise AssertionError(f"a connection: {arguments}")

    monkeypatch.chdir(tmp_path)
    for name in (*checks.KEYS, *checks.CONTAINERS, *checks.ENDPOINTS, "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    for name in checks.FILES:
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)
    return tmp_path


def found() -> dict[str, Any]:
    result = run("doctor", "--json")
    told = json.loads(result.stdout)
    assert told["ok"] == (result.exit_code == 0)
    assert told["ok"] == all(each["status"] != "wrong" for each in told["checks"])
    assert all(each["remedy"] for each in told["checks"] if each["status"] != "ok")
    return {each["name"]: each for each in told["checks"]}


def test_it_is_readable_on_a_narrow_terminal() -> None:
    check_that_words_stay_whole("doctor")


def test_all_is_well_here() -> None:
    result = run("doctor")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("\nAll is well.\n")
    everything = found()
    names = ("interception", "pytest plugin", "credentials", *checks.NEEDED)
    assert {everything[name]["status"] for name in names} == {"ok"}
    assert everything["boto3"]["found"] == metadata.version("boto3")
    assert everything["API model"]["found"].startswith("31 operations of ssm-incidents")


def test_the_model_that_the_fake_was_written_for_is_the_one_whose_schemas_are_committed() -> None:
    assert checks.MODEL in json.loads(COMMON.read_text(encoding="utf-8"))["$comment"]


def test_a_model_that_differs_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MODEL", "another")
    model = found()["API model"]
    assert model["status"] == "note"
    assert "differs from the one" in model["found"]


@pytest.mark.parametrize(
    ("drift", "told", "remedy"),
    [
        (Drift(frozenset({"PageEverybody"}), frozenset(), {}, {}), "It has PageEverybody, which fakeim", "fakeim"),
        (Drift(frozenset(), frozenset(), {"IncidentRecord": frozenset({"mood"})}, {}), "IncidentRecord.mood", "fakeim"),
        (Drift(frozenset(), frozenset({"StartIncident"}), {}, {}), "It lacks StartIncident, which fakeim", "boto3"),
    ],
)
def test_where_the_model_has_more_or_less_is_a_note(
    monkeypatch: pytest.MonkeyPatch, drift: Drift, told: str, remedy: str
) -> None:
    monkeypatch.setattr(load_api(), "drift", drift)
    model = found()["API model"]
    assert (model["status"], model["remedy"]) == ("note", f"pip install --upgrade {remedy}")
    assert told in model["found"]
    assert run("doctor").stdout.endswith("All is well.\n")


@pytest.mark.slow
def test_it_tells_of_another_model_once(nowhere: Path) -> None:
    def grow(files: dict[str, Any]) -> None:
        files["service-2"]["shapes"]["IncidentRecord"]["members"]["mood"] = {"shape": "IncidentTitle"}

    done = other_models.run(
        other_models.botocore_with(nowhere, grow),
        "import sys; sys.argv = ['fakeim', 'doctor', '--json']; from fakeim.cli import main; main()",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("IncidentRecord.mood") == 1


@pytest.mark.parametrize(("package", "status"), [("hypothesis", "wrong"), ("waitress", "note"), ("fakeim", "wrong")])
def test_a_package_that_is_missing_has_a_remedy(monkeypatch: pytest.MonkeyPatch, package: str, status: str) -> None:
    version = metadata.version

    def without(name: str) -> str:
        if name == package:
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(checks, "version", without)
    told = found()[package]
    assert told["status"] == status
    assert "pip install" in told["remedy"]


@pytest.mark.slow
def test_it_runs_where_botocore_is_missing() -> None:
    code = "import sys; sys.modules['botocore'] = None; from fakeim.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "doctor"], capture_output=True, check=False, text=True)  # noqa: S603
    assert (done.returncode, done.stderr) == (1, "")
    assert re.search(r"wrong +API model +cannot be read: .*botocore", done.stdout)


def test_a_client_that_something_else_answers_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = fakeim.FakeIncidentManager(onboarded=False)
    mock = fakeim.mock_ssm_incidents(empty)
    monkeypatch.setattr("fakeim.mock.mock_ssm_incidents", lambda: mock)
    assert found()["interception"]["found"] == "a boto3 client within the mock was answered by something else ([])"


def test_a_configuration_with_which_boto3_makes_no_client_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "of-nobody")
    told = found()["interception"]
    assert told["status"] == "wrong"
    assert "ProfileNotFound: The config profile (of-nobody) could not be found" in told["found"]


def test_credentials_are_found_and_not_shown(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = nowhere / "credentials"
    file.write_text("[default]\naws_access_key_id = AKIAHIDDEN\naws_secret_access_key = hidden\n", encoding="utf-8")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAHIDDEN")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    told = found()["credentials"]
    assert told["status"] == "note"
    assert f"$AWS_ACCESS_KEY_ID, {file}" in told["found"]
    for output in (run("doctor").stdout, run("doctor", "--json").stdout):
        assert not re.search("hidden", output, re.IGNORECASE)


def test_what_goes_past_the_mock_is_named(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found()["not mocked, ever"]["status"] == "note"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9/")
    program = nowhere / "aws"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    everything = found()
    assert "AWS_ENDPOINT_URL is set" in everything["endpoint"]["found"]
    assert str(program) in everything["other programs"]["found"]
    assert everything["interception"]["status"] == "ok"


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("pytest.ini", "[pytest]\naddopts = -p no:fakeim\n"),
        ("pyproject.toml", '[tool.pytest.ini_options]\naddopts = ["-p", "no:fakeim"]\n'),
        ("PYTEST_ADDOPTS", "-p no:fakeim"),
    ],
)
def test_a_plugin_that_is_turned_off_is_a_note(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, where: str, text: str
) -> None:
    if where.isupper():
        monkeypatch.setenv(where, text)
    else:
        (nowhere / where).write_text(text, encoding="utf-8")
    assert found()["pytest plugin"]["found"] == f"turned off in {where}"


def test_a_plugin_that_pytest_does_not_find_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    assert found()["pytest plugin"]["remedy"] == "pytest -p fakeim.testing.plugin"
    monkeypatch.setattr(checks, "entry_points", lambda **_: [])
    assert found()["pytest plugin"]["status"] == "wrong"
