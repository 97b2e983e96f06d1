"""What pytest shows of a failed assertion helper: the line of the test and the message, and no source of fakeim."""

from __future__ import annotations

import pytest

from contract_tests.fake_only.plugin_runs import run

TESTS = """
from hypothesis import Phase
from fakeim.testing.differential import TwinClient, differential
from fakeim.testing.retries import check_retry_safe
from fakeim.testing.stateful import IncidentMachine

CALLS = {
    "called": lambda calls: calls.assert_called("StartIncident", title="x"),
    "called often": lambda calls: calls.assert_called("StartIncident", times=2),
    "not called": lambda calls: calls.assert_not_called("CreateResponsePlan"),
    "order": lambda calls: calls.assert_order("CreateResponsePlan", "StartIncident"),
    "last": lambda calls: calls.last("StartIncident"),
    "no operation": lambda calls: calls.assert_called("StartIncidents"),
    "no operation in order": lambda calls: calls.assert_order("StartIncidents"),
    "no operation to find": lambda calls: calls.of("StartIncidents"),
    "no operation to count": lambda calls: calls.count("StartIncidents"),
    "no parameter": lambda calls: calls.assert_called("StartIncident", titel="x"),
}

@pytest.mark.parametrize("name", CALLS)
def test_calls(fakeim, fakeim_client, name):
    plan(fakeim_client, "web")
    CALLS[name](fakeim.calls)

VIEWS = {
    "one": lambda fake: fake.incidents.open().one(),
    "newest": lambda fake: fake.incidents.newest(),
    "oldest": lambda fake: fake.response_plans.oldest(),
    "messages": lambda fake: fake.outbox.pages().one(),
}

@pytest.mark.parametrize("name", VIEWS)
def test_views(fakeim, name):
    VIEWS[name](fakeim)

def start(client, arn):
    client.start_incident(responsePlanArn=arn)

def fails(*_):
    assert False, "of the user"

RETRIES = {
    "not safe": lambda: check_retry_safe(start, setup=lambda client: plan(client, "web")),
    "fails": lambda: check_retry_safe(fails),
    "setup fails": lambda: check_retry_safe(start, setup=fails),
    "observe fails": lambda: check_retry_safe(lambda client: plan(client, "web"), observe=fails),
    "no call": lambda: check_retry_safe(lambda client: None),
    "no attempts": lambda: check_retry_safe(start, attempts=0),
}

@pytest.mark.parametrize("name", RETRIES)
def test_retries(name):
    RETRIES[name]()

def planned():
    fake = FakeIncidentManager()
    plan(fake.client(), "web")
    return fake.client()

def test_twins():
    TwinClient(FakeIncidentManager().client(), planned()).list_response_plans()

def test_differential():
    few = settings(max_examples=3, database=None, phases=[Phase.generate])
    differential(lambda: FakeIncidentManager().client(), planned, settings=few)
"""
MESSAGES = [
    "StartIncident was called 0 times with title='x', expected at least once",
    "StartIncident was called 0 times, expected 2 times",
    "CreateResponsePlan was called once, expected 0 times",
    "StartIncident was not called after CreateResponsePlan (call 1)",
    "no call of StartIncident has come; *",
    "there is no operation 'StartIncidents'; did you mean StartIncident[?]",
    "there is no operation 'StartIncidents'; did you mean StartIncident[?]",
    "there is no operation 'StartIncidents'; did you mean StartIncident[?]",
    "there is no operation 'StartIncidents'; did you mean StartIncident[?]",
    "StartIncident has no parameter 'titel'; did you mean title[?]",
    "expected one open incident, *",
    "expected at least one incident, *",
    "expected at least one response plan, *",
    "expected one page, *",
    "not safe to retry: call 1, StartIncident, *",
    "of the user",
    "of the user",
    "of the user",
    "the code made no call of ssm-incidents: *",
    "attempts=0: *",
    "right and left differ after list_response_plans*",
    "right and left differ after list_response_plans*",
]


@pytest.mark.parametrize("style", ["long", "short"])
def test_a_failed_helper_shows_the_line_of_the_test(pytester: pytest.Pytester, style: str) -> None:
    ran = run(pytester, TESTS, f"--tb={style}")
    ran.assert_outcomes(failed=len(MESSAGES))
    ran.stdout.fnmatch_lines([f"E  *Error: {each}" for each in MESSAGES])
    shown = {line.split(":")[0] for line in ran.outlines if ".py:" in line and not line.startswith(("FAILED", "E "))}
    assert shown == {"test_inner.py"}
