"""``fakeim serve``, as a user meets it."""

from __future__ import annotations

import signal
import sys
from urllib.parse import quote, urlsplit

import pytest

from contract_tests.fake_only.command_line import CliRunner
from contract_tests.fake_only.over_http import PLAN, control, send
from contract_tests.fake_only.processes import run_serve, served
from fakeim.cli.commands import fakeim as commands

# -- the command


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_until_a_signal(number: signal.Signals) -> None:
    with served() as (url, process):
        assert control(url, "state")["account"] == "123456789012"
        assert send(url, "POST", "/createResponsePlan", PLAN).status == 201
        process.send_signal(number)
        _, told = process.communicate(timeout=10)
        assert (process.returncode, told) == (0, "")


@pytest.mark.slow
def test_the_command_says_where_its_page_is() -> None:
    with served() as (url, process):
        assert process.stdout is not None
        assert process.stdout.readline() == "\n"
        assert process.stdout.readline() == f"What is in it is shown at {url}/_fakeim/\n"


@pytest.mark.slow
def test_the_command_serves_the_api_alone_if_told(url: str) -> None:
    with served("--no-control") as (other, _):
        assert send(other, "GET", "/_fakeim/state").status == 404
        assert other != url


@pytest.mark.slow
def test_the_command_tells_of_a_port_in_use(url: str) -> None:
    port = str(urlsplit(url).port)
    done = run_serve("--port", port)
    assert done.returncode == 1
    assert done.stderr == f"Error: cannot listen on 127.0.0.1, port {port}: Address already in use\n"


@pytest.mark.slow
def test_the_command_warns_of_a_host_that_others_reach(url: str) -> None:
    done = run_serve("--host", "0.0.0.0", "--port", str(urlsplit(url).port))  # noqa: S104 - on purpose; it is in use
    assert done.stderr.splitlines()[0] == (
        "Warning: fakeim listens on 0.0.0.0: whoever reaches this machine can read and change the fake"
    )


def test_the_command_tells_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "waitress", None)
    done = CliRunner().invoke(commands, ["serve"])
    assert done.exit_code == 1
    assert done.stderr == 'Error: serving HTTP needs waitress: pip install "fakeim[server]"\n'


@pytest.mark.slow
def test_the_command_serves_several_accounts() -> None:
    options = ("--account", "AKIDB=222222222222", "--account", "AKIDC=222222222222", "--account", "a=b=123456789012")
    with served(*options) as (url, _):
        accounts = {key: control(url, f"state?access_key={quote(key)}")["account"] for key in ("AKIDB", "AKIDC", "a=b")}
        assert accounts == {"AKIDB": "222222222222", "AKIDC": "222222222222", "a=b": "123456789012"}
        for path, count in (("snapshot?access_key=AKIDB", "1"), ("snapshot?access_key=AKIDC", "2")):
            assert control(url, path) == {"snapshot": count}  # one account, whatever its key
        assert control(url, "snapshot") == {"snapshot": "1"}
        assert control(url, "snapshot?access_key=a%3Db") == {"snapshot": "2"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["AKIDB"], "'AKIDB': give an access key and the twelve digits of an account, as in AKIDB=222222222222"),
        (["AKIDB=1"], "'AKIDB=1': give an access key and"),
        (["AKIDB=²22222222222"], "'AKIDB=²22222222222': give an access key and"),
        (["=222222222222"], "'=222222222222': give an access key and"),
        (["AKIDB=222222222222", "AKIDB=333333333333"], "the access key AKIDB is given twice"),
    ],
)
def test_the_command_refuses_accounts_of_another_form(given: list[str], told: str) -> None:
    done = CliRunner().invoke(commands, ["serve", *(word for each in given for word in ("--account", each))])
    assert done.exit_code == 2
    assert f"Error: Invalid value for '--account': {told}" in done.stderr
