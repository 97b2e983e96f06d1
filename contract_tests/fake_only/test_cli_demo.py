"""``fakeim demo``, as a user meets it."""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
import time
from functools import cache
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("rich", reason='the commands need click and rich: pip install "fakeim[cli]"')

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

import fakeim
from contract_tests.budgets import examples
from contract_tests.fake_only.command_line import refusal, run
from contract_tests.fake_only.html_pages import Page
from fakeim.demo import alarm_events, page, report, search, story
from fakeim.pictures import pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = "fakeim-demo.html"
SAMPLE = alarm_events.parse(alarm_events.SAMPLE.read_bytes())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let each test have a folder and templates of its own; the search, which takes a second, runs once an event."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(search, "forgotten_page", lambda event: found(json.dumps(event)))
    yield
    pages.environment.cache_clear()


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


FORGOTTEN_PAGE = search.forgotten_page


@cache
def found(event: str) -> list[str]:
    """Return what the search finds for an event, which is always the same."""
    return FORGOTTEN_PAGE(json.loads(event))


@cache
def shown(columns: int) -> str:
    """Give what the demo prints, which is always the same."""
    result = run("demo", columns=columns)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def shown_story(event: dict[str, Any]) -> str:
    """Give the demo's first part, for an event."""
    output = StringIO()
    report.show_story(story.tell(event), Console(width=120, file=output, highlight=False, markup=False, emoji=False))
    return output.getvalue()


def test_what_an_event_says_steers_no_terminal() -> None:
    event = changed("detail.state.reason", "\x1b[2J\u202eevil")
    event["detail"]["alarmName"] = "a\x1b[31mb"
    output = shown_story(event)
    assert not set(output) & set("\x1b\u202e")
    assert r"ALARM: \x1b[2J\u202eevil" in output
    assert r"a\x1b[31mb" in output


# -- what it shows


def test_it_tells_of_one_incident_and_its_timeline() -> None:
    output = shown(120)
    assert "The incident: one, though its event came twice" in output
    texts = [
        "SSM Incident Trigger        arn:aws:cloudwatch:us-east-1:123456789012:alarm:checkout-5xx opened",
        "SSM Incident Start          engaged nobody",
        "SSM Incident Record Update  relatedItems → added PARENT",
        "Note                        ALARM: Threshold Crossed: 3 out of the last 3 datapoints",
        "Note                        OK: No datapoint crosses the threshold any more.",
        "SSM Incident Record Update  status → RESOLVED",
    ]
    places = [output.index(text) for text in texts]
    assert places == sorted(places)


def test_it_shows_each_call_of_the_bot() -> None:
    assert re.findall("(?:list|create|start|update)_[a-z_]+(?= )", shown(80)) == [
        *("list_response_plans", "create_response_plan", "start_incident", "create_timeline_event"),
        *("list_response_plans", "start_incident", "create_timeline_event"),
        *("list_incident_records", "create_timeline_event", "update_incident_record"),
    ]


def test_it_tells_how_the_naive_bot_pages_twice() -> None:
    assert "not safe to retry: call 3, StartIncident, is carried out, but its reply is lost" in shown(120)
    assert shown(120).count("StartIncident(") == 2
    assert re.search(r"3\. StartIncident\(.*… -> carried out; the reply is lost\n", shown(120))
    assert "2 incidents are opened where there should be 1" in shown(120)


def test_it_tells_which_page_the_naive_bot_forgets() -> None:
    assert [line.strip() for line in shown(80).splitlines() if line.startswith("  state")] == [
        "state = BotMachine()",
        "state.alarm_goes_off()",
        "state.others_start_many()",
        "state.alarm_is_over()",
    ]


def test_it_tells_that_nothing_is_recorded_from_aws() -> None:
    output = " ".join(shown(80).split())
    [(equal, steps)] = re.findall(r"([0-9]+) of ([0-9]+) answers in [0-9]+ transcripts are the same\.", output)
    assert equal == steps
    assert "Nothing has been recorded from AWS for this project yet." in output


def test_it_ends_with_what_to_try_next() -> None:
    following = shown(80).partition("To try next:\n")[2]
    assert [line.split()[:2] for line in following.splitlines()] == [
        ["fakeim", each] for each in ("init", "explain", "coverage")
    ]


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_it_keeps_to_the_width_it_has_without_colours(columns: int) -> None:
    assert max(map(cell_len, shown(columns).splitlines())) <= columns
    assert "\x1b" not in shown(columns)


@pytest.mark.slow
def test_it_is_the_same_each_time_in_processes_of_their_own_and_leaves_its_page_alone_behind(tmp_path: Path) -> None:
    def demo(zone: str) -> str:
        command = [sys.executable, "-m", "fakeim", "demo"]
        environment = {**os.environ, "COLUMNS": "80", "TZ": zone, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(  # noqa: S603 - our own command
            command, cwd=tmp_path, env=environment, capture_output=True, check=True, encoding="utf-8"
        )
        assert done.stderr == ""
        return done.stdout

    written = tmp_path / PAGE
    assert demo("UTC") == shown(80)
    first = written.read_bytes()
    assert demo("Asia/Tokyo") == shown(80)
    assert written.read_bytes() == first
    assert list(tmp_path.iterdir()) == [written]


def test_it_takes_less_than_five_seconds() -> None:
    begun = time.process_time()
    run("demo")
    assert time.process_time() - begun < 5


def test_a_search_that_finds_nothing_says_so() -> None:
    output = StringIO()
    report.show_forgotten_page([], Console(width=80, file=output))
    assert "Nothing was found in the runs that there is time for here." in output.getvalue()


def test_it_says_what_to_do_when_boto3_is_not_configured_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "of-nobody")
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    result = run("demo")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "The config profile (of-nobody) could not be found" in result.stderr
    assert "env -u AWS_PROFILE" in result.stderr


# -- the page


def test_all_is_on_the_page_that_it_writes(tmp_path: Path) -> None:
    assert f"to be opened in a browser:\n  {PAGE}\n" in shown(80)
    run("demo")
    written = (tmp_path / PAGE).read_text(encoding="utf-8")
    told = " ".join(Page(written).texts)
    assert "ALARM: Threshold Crossed: 3 out of the last 3 datapoints" in told
    assert "retried by call 5, 1 min later, without a clientToken: that opened a second incident" in told
    assert "state.others_start_many()" in told


def test_the_page_can_be_elsewhere(tmp_path: Path) -> None:
    chosen = tmp_path / "elsewhere.html"
    assert f"\n  {chosen}\n" in run("demo", "--html", chosen, columns=40).stdout
    assert [*tmp_path.iterdir()] == [chosen]


def test_it_writes_over_its_own_pages_alone(tmp_path: Path) -> None:
    place = tmp_path / PAGE
    place.write_text("mine", encoding="utf-8")
    result = run("demo", columns=120)
    assert (result.exit_code, place.read_text(encoding="utf-8")) == (0, "mine")
    assert (
        f"{PAGE} is there already, and is no page of the demo: left alone. Elsewhere: fakeim demo --html"
        in result.stdout
    )
    assert run("demo", "--html", place).exit_code == 0  # it was asked for
    first = place.read_text(encoding="utf-8")
    place.write_text(first.replace("CloudWatch", "an earlier one"), encoding="utf-8")
    run("demo")
    assert place.read_text(encoding="utf-8") == first
    other = fakeim.FakeIncidentManager().to_html()
    place.write_text(other, encoding="utf-8")
    run("demo")
    assert place.read_text(encoding="utf-8") == other


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    result = run("demo", "--html", tmp_path / "none" / "incident.html")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "cannot write" in result.stderr
    (tmp_path / PAGE).mkdir()
    assert (run("demo").exit_code, [*(tmp_path / PAGE).iterdir()]) == (0, [])


def test_without_jinja_the_remedy_is_told_and_the_rest_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    pages.environment.cache_clear()
    result = run("demo", columns=120)
    assert result.exit_code == 0
    assert (
        'No page was written: pages and pictures need Jinja2: pip install "fakeim[html]"\n\nTo try next:'
        in result.stdout
    )
    asked_for = run("demo", "--html", tmp_path / "page.html")
    assert asked_for.exit_code == 1
    assert 'pip install "fakeim[html]"' in asked_for.stderr
    assert [*tmp_path.iterdir()] == []


def test_what_an_event_says_is_no_markup() -> None:
    attack = "<script>alert(1)</script>"
    event = changed("detail.state.reason", attack) | {"id": attack}
    event["detail"]["alarmName"] = attack
    assert attack in " ".join(Page(page.page(story.tell(event), event, [attack])).texts)


# -- other events


def test_texts_are_printed_as_they_are() -> None:
    event = changed("detail.state.reason", "[red]40 %[/red] [/] :smile:")
    assert "ALARM: [red]40 %[/red] [/] :smile:" in shown_story(event)


def test_account_and_region_are_those_of_the_event() -> None:
    event = changed("account", "210987654321") | {"region": "eu-central-1"}
    assert "fake account 210987654321, eu-central-1, 2026-03-14" in shown_story(event)


def test_the_event_that_is_printed_can_be_given_back() -> None:
    printed = run("demo", "--print-event").stdout
    assert run("demo", "-", input=printed).stdout == shown(80)


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


@examples(percent=50)
@given(key=st.sampled_from(KEYS), value=JSON_VALUES | st.text("0123456789-:TZ.", max_size=25))
def test_any_event_is_refused_or_played_to_its_end(key: str, value: object) -> None:
    try:
        event = alarm_events.parse(json.dumps(changed(key, value)).encode())
    except ValueError as error:
        assert str(error).startswith(key)  # noqa: PT017 - either outcome is right
    else:
        told = story.tell(event)
        assert told.record["status"] == "RESOLVED"
        Page(page.page(told, event, []))
        assert "2 incidents are opened where there should be 1" in search.double_page(event)
