"""The command line, as a user meets it."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.fake_only.command_line import CliRunner
from fakeim.cli.commands import fakeim
from fakeim.demo import alarm_events, story

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

SAMPLE = alarm_events.parse(alarm_events.SAMPLE.read_bytes())


def run(*arguments: str, columns: int = 80, **options: Any) -> Result:
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(fakeim, arguments, prog_name="fakeim", **options)


def changed(key: str, value: object) -> dict[str, Any]:
    """Give the sample event with ``value`` at the dotted ``key``; without the key if the value is ``...``."""
    event = copy.deepcopy(SAMPLE)
    *path, last = key.split(".")
    place = event
    for part in path:
        place = place[part]
    del place[last]
    if value is not ...:
        place[last] = value
    return event


def refusal(result: Result) -> str:
    """Give the one line that says what is wrong."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return result.stderr.splitlines()[-1]


# -- the demo


def test_demo_tells_of_one_incident_and_its_timeline() -> None:
    result = run("demo", columns=120)
    assert result.exit_code == 0
    assert "The incident: one, though its event came twice" in result.stdout
    texts = [
        "SSM Incident Trigger        aws.cloudwatch: arn:aws:cloudwatch:us-east-1:123456789012:alarm:checkout-5xx",
        "SSM Incident Start          checkout-5xx",
        "SSM Incident Record Update  relatedItems",
        "Note                        ALARM: Threshold Crossed: 3 out of the last 3 datapoints",
        "Note                        OK: No datapoint crosses the threshold any more.",
        "SSM Incident Record Update  status = RESOLVED",
    ]
    places = [result.stdout.index(text) for text in texts]
    assert places == sorted(places)


def test_demo_shows_each_call_of_the_bot() -> None:
    calls = [call.method for delivery in story.tell(SAMPLE).deliveries for call in delivery.calls]
    assert calls == [
        *("list_response_plans", "create_response_plan", "start_incident", "create_timeline_event"),
        *("list_response_plans", "start_incident", "create_timeline_event"),
        *("list_incident_records", "create_timeline_event", "update_incident_record"),
    ]
    output = run("demo").stdout
    assert all(call in output for call in calls)


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_demo_keeps_to_the_width_it_has_without_colours(columns: int) -> None:
    output = run("demo", columns=columns).stdout
    tables = output.partition("The bot is plain boto3")[0].splitlines()[1:]
    assert max(map(len, tables)) <= columns
    assert "\x1b" not in output


def test_demo_is_the_same_each_time_in_processes_of_their_own(tmp_path: Path) -> None:
    def demo(zone: str) -> str:
        command = [sys.executable, "-m", "fakeim", "demo"]
        environment = {**os.environ, "COLUMNS": "80", "TZ": zone, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(  # noqa: S603 - our own command
            command, cwd=tmp_path, env=environment, capture_output=True, check=True, encoding="utf-8"
        )
        assert done.stderr == ""
        return done.stdout

    assert demo("UTC") == demo("Asia/Tokyo") == run("demo").stdout


def test_demo_prints_texts_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "alarm.json"
    file.write_text(json.dumps(changed("detail.state.reason", "[red]40 %[/red] [/] :smile:")), encoding="utf-8")
    assert "ALARM: [red]40 %[/red] [/] :smile:" in run("demo", str(file), columns=120).stdout


def test_demo_replaces_what_the_output_cannot_hold(tmp_path: Path) -> None:
    file = tmp_path / "alarm.json"
    file.write_text(json.dumps(changed("detail.state.reason", "zu spät \ud800")), encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "fakeim", "demo", str(file)],
        env={**os.environ, "COLUMNS": "120", "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
        encoding="ascii",
    )
    assert "ALARM: zu sp?t ?" in done.stdout


def test_demo_takes_the_event_that_it_prints(tmp_path: Path) -> None:
    printed = run("demo", "--print-event").stdout
    file = tmp_path / "alarm.json"
    file.write_text(printed, encoding="utf-8")
    assert run("demo", str(file)).stdout == run("demo").stdout == run("demo", "-", input=printed).stdout


def test_demo_takes_account_and_region_from_the_event(tmp_path: Path) -> None:
    event = changed("account", "210987654321") | {"region": "eu-central-1"}
    file = tmp_path / "alarm.json"
    file.write_text(json.dumps(event), encoding="utf-8")
    assert "fake account 210987654321, eu-central-1, 2026-03-14" in run("demo", str(file)).stdout


# -- bad input


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "nowhere.json': No such file or directory" in refusal(run("demo", str(tmp_path / "nowhere.json")))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not JSON (Expecting property name"),
        ("", "not JSON (Expecting value"),
        ("[" * 1_000_000, "not JSON ("),
        ("\xff", "not JSON ("),
        ("[1, 2]", "holds [1, 2]; expected one EventBridge event, a JSON object"),
        ("{}", 'source is missing; expected "aws.cloudwatch"'),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "alarm.json"
    file.write_text(text, encoding="latin-1")
    line = refusal(run("demo", str(file)))
    assert line.startswith(f"Error: {file}: {told}")
    assert line.endswith("See such an event with: fakeim demo --print-event")


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("source", "aws.ec2", 'source is "aws.ec2"; expected "aws.cloudwatch"'),
        ("detail-type", "EC2 Instance State-change Notification", 'expected "CloudWatch Alarm State Change"'),
        ("id", "", 'id is ""; expected the event\'s id'),
        ("id", "x" * 129, f'id is "{"x" * 59}...; expected'),
        ("account", 123456789012, 'account is 123456789012; expected twelve digits, such as "123456789012"'),
        ("region", "Frankfurt", 'region is "Frankfurt"; expected a Region, such as "us-east-1"'),
        ("time", "yesterday", 'time is "yesterday"; expected an ISO 8601 time with its zone'),
        ("time", "2026-02-30T00:00:00Z", "expected an ISO 8601 time with its zone"),
        ("resources", [], "resources is []; expected a list that begins with the alarm's ARN"),
        ("resources", ["arn:aws:ec2:us-east-1:123456789012:instance/i-0"], "expected a list that begins with"),
        ("detail", None, 'detail.state.value is missing; expected "ALARM"'),
        ("detail.alarmName", ..., "detail.alarmName is missing; expected the alarm's name"),
        ("detail.configuration", [], "detail.configuration is []; expected an object"),
        ("detail.state.reason", ..., "detail.state.reason is missing; expected a text"),
        ("detail.state.value", "OK", 'detail.state.value is "OK"; expected "ALARM"'),
        ("detail.state.timestamp", 0, "detail.state.timestamp is 0; expected an ISO 8601 time"),
    ],
)
def test_an_event_of_another_form_is_refused(tmp_path: Path, key: str, value: object, told: str) -> None:
    file = tmp_path / "alarm.json"
    file.write_text(json.dumps(changed(key, value)), encoding="utf-8")
    line = refusal(run("demo", str(file)))
    assert line.startswith(f"Error: {file}: {key}")
    assert told in line


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=3,
)
KEYS = ["id", "time", "account", "region", "resources", "detail", "version"] + [
    f"detail.{key}" for key in ("alarmName", "configuration", "previousState", "state", "state.reason")
]


@given(key=st.sampled_from(KEYS), value=JSON_VALUES | st.text("0123456789-:TZ.", max_size=25))
def test_any_event_is_refused_or_played_to_its_end(key: str, value: object) -> None:
    try:
        event = alarm_events.parse(json.dumps(changed(key, value)).encode())
    except ValueError as error:
        assert str(error).startswith(key)  # noqa: PT017 - either outcome is right
    else:
        assert story.tell(event).record["status"] == "RESOLVED"


# -- the frame


def test_version_and_help() -> None:
    assert run("--version").stdout.startswith("fakeim, version ")
    assert "demo" in run("--help").stdout
    assert "EVENT.json" in run("demo", "-h").stdout


def test_unknown_commands_and_options_are_refused() -> None:
    assert "No such command 'dmo'" in refusal(run("dmo"))
    assert "--print-event" in refusal(run("demo", "--print-evnt"))


@pytest.mark.parametrize("module", ["click", "rich"])
def test_without_the_extra_the_remedy_is_told(module: str) -> None:
    code = f"import sys; sys.modules[{module!r}] = None; from fakeim.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)  # noqa: S603
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == 'fakeim: the command line needs click and rich: pip install "fakeim[cli]"\n'
