"""Dumps over HTTP and from the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import fakeim
from contract_tests.fake_only.inspection import dump
from contract_tests.fake_only.over_http import control
from contract_tests.fake_only.processes import run_serve, served

if TYPE_CHECKING:
    from pathlib import Path

    from fakeim import FakeIncidentManager


def test_an_account_is_dumped_and_loaded_over_http(fake: FakeIncidentManager, url: str) -> None:
    fake.add_response_plan("web", title="\ud83d Überlast")
    document = control(url, "dump")
    assert json.dumps(document) == json.dumps(json.loads(fake.dump()))
    control(url, "reset")
    assert control(url, "load", document) == {}
    assert control(url, "dump") == document
    assert control(url, "state")["counts"]["response_plans"] == 1


def test_a_bad_dump_over_http_is_told_of(fake: FakeIncidentManager, url: str) -> None:
    before = dump(fake)
    wrong = control(url, "dump") | {"tag": []}
    assert control(url, "load", wrong, 400)["error"] == "the document: there is no member tag; did you mean tags?"
    assert "no dump of fakeim" in control(url, "load", {}, 400)["error"]
    assert (
        "accountId"
        in control(url, "load", json.loads(fakeim.FakeIncidentManager(account_id="1" * 12).dump()), 400)["error"]
    )
    assert dump(fake) == before


@pytest.mark.slow
def test_the_command_serves_a_dumped_account(tmp_path: Path) -> None:
    fake = fakeim.FakeIncidentManager(account_id="999999999999")
    plan = fake.add_response_plan("web")
    fake.dump(tmp_path / "dump.json")
    with served("--load", str(tmp_path / "dump.json"), "--account", "AKIDB=123456789012") as (url, _):
        state = control(url, "state")
        assert (state["account"], state["names"]["response_plans"]) == ("999999999999", [plan])
        assert control(url, "state?access_key=AKIDB")["account"] == "123456789012"


@pytest.mark.slow
def test_the_command_tells_of_a_bad_dump(tmp_path: Path) -> None:
    (tmp_path / "dump.json").write_text('{"fakeim": 2}')
    done = run_serve("--load", str(tmp_path / "dump.json"))
    assert done.returncode == 2
    assert "dump.json: fakeim: a dump of version 2, which a newer fakeim made" in " ".join(done.stderr.split())
    assert run_serve("--load", str(tmp_path / "nowhere.json")).returncode == 2
