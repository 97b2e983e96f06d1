"""fake.calls: what was asked for and what came of it, and assertions that read well."""

from __future__ import annotations

import gc
import weakref
from contextlib import suppress
from typing import Any
from unittest.mock import ANY

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.budgets import examples
from contract_tests.fake_only.accounts import full_account
from contract_tests.fake_only.inspection import OPERATIONS, dump
from contract_tests.fake_only.ways_in import WAYS, client_on
from contract_tests.support import NO_PLAN, body, make_plan, start
from fakeim.service import calls


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze("2026-01-01")
    return fake


def test_a_call_is_told_as_it_was(fake: fakeim.FakeIncidentManager) -> None:
    plan = make_plan(fake.client("eu-west-1"), name="web")
    call = fake.calls.last("CreateResponsePlan")
    assert call.params == {"name": "web", "incidentTemplate": {"title": "title", "impact": 5}}
    assert call.result == {"arn": plan}
    assert (call.region, call.error, call.message) == ("eu-west-1", None, "")
    assert call.time.isoformat() == "2026-01-01T00:00:00+00:00"
    assert "CreateResponsePlan(" in repr(call)
    assert "name='web'" in repr(call)


def test_an_error_is_told_too(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        start(client, NO_PLAN)
    call = fake.calls.last()
    assert (call.operation, call.error, call.result) == ("StartIncident", "ResourceNotFoundException", None)
    assert call.message == caught.value.response["Error"]["Message"]
    assert len(fake.calls.failed()) == 1
    assert len(fake.calls.failed("ConflictException")) == 0


class Thing:
    """Something that whoever calls has in hand."""


@pytest.mark.parametrize("way", WAYS)
def test_a_failed_call_keeps_nothing_of_its_caller_alive(way: str, fake: fakeim.FakeIncidentManager) -> None:
    def call(client: Any) -> weakref.ref[Thing]:
        thing = Thing()
        with suppress(ClientError):
            start(client, NO_PLAN)
        return weakref.ref(thing)

    with client_on(way, fake) as client:
        kept = call(client)
        gc.collect()
        assert kept() is None
    assert fake.calls.failed()


def test_what_the_client_refuses_never_came(fake: fakeim.FakeIncidentManager) -> None:
    wrong: Any = fake.client()
    with pytest.raises(Exception, match="responsePlanArn"):
        wrong.start_incident()
    assert len(fake.calls) == 0


@examples(percent=40)
@given(data=st.data())
def test_every_answer_is_in_the_log_and_shares_nothing(data: st.DataObject) -> None:
    account = full_account()
    account.fake.calls.clear()
    operation = data.draw(st.sampled_from(OPERATIONS))
    outcome = account.call(operation, data.draw(account.request(operation)))
    logged = account.fake.calls.of(operation.name)
    if not logged or isinstance(outcome, str):
        return
    first = logged[-1].result
    assert first == outcome
    before = dump(account.fake)
    spoil(first)
    spoil(logged[-1].params)
    assert logged[-1].result == outcome
    assert dump(account.fake) == before


def spoil(value: Any) -> None:
    """Change everything that can be changed inside ``value``."""
    inside = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    for each in inside:
        spoil(each)
    if isinstance(value, dict | list):
        value.clear()


def test_a_later_change_does_not_reach_an_earlier_answer(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    incident = start(client, make_plan(client))
    read = body(client.get_incident_record(arn=incident))
    client.update_incident_record(arn=incident, title="later", status="RESOLVED")
    assert fake.calls.of("GetIncidentRecord")[0].result == read


def test_they_are_a_sequence(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    start(client, make_plan(client))
    client.list_response_plans()
    assert [call.operation for call in fake.calls] == ["CreateResponsePlan", "StartIncident", "ListResponsePlans"]
    assert fake.calls[0].operation == "CreateResponsePlan"
    assert [call.operation for call in fake.calls[1:]] == ["StartIncident", "ListResponsePlans"]
    assert fake.calls.count() == 3
    assert fake.calls.count("StartIncident") == 1
    assert len(fake.calls.of("StartIncident", "ListResponsePlans")) == 2
    assert len(fake.calls.of("StartIncident", where=lambda call: "title" in call.params)) == 0
    fake.calls.clear()
    assert len(fake.calls) == 0
    with pytest.raises(LookupError, match="no call has come"):
        fake.calls.last()
    with pytest.raises(LookupError, match="no call of StartIncident"):
        fake.calls.last("StartIncident")


def test_a_restore_keeps_them_and_a_reset_forgets_them(fake: fakeim.FakeIncidentManager) -> None:
    before = fake.snapshot()
    make_plan(fake.client())
    fake.restore(before)
    assert fake.calls.count("CreateResponsePlan") == 1
    fake.reset()
    assert len(fake.calls) == 0


def test_the_last_of_very_many_are_kept(fake: fakeim.FakeIncidentManager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "MOST", 3)
    fake = fakeim.FakeIncidentManager()
    for size in range(1, 6):
        fake.client().list_response_plans(maxResults=size)
    assert [call.params["maxResults"] for call in fake.calls] == [3, 4, 5]


def test_assertions_pass_and_fail_with_the_calls_that_came(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    plan = make_plan(client)
    start(client, plan, title="slow")
    fake.calls.assert_called("StartIncident")
    fake.calls.assert_called("StartIncident", title="slow", times=1)
    fake.calls.assert_not_called("StartIncident", title="quick")
    fake.calls.assert_order("CreateResponsePlan", "StartIncident")
    with pytest.raises(AssertionError, match=r"(?s)was called 0 times with title='quick', .*CreateResponsePlan\("):
        fake.calls.assert_called("StartIncident", title="quick")
    with pytest.raises(AssertionError, match="there was no call"):
        fakeim.FakeIncidentManager().calls.assert_called("StartIncident")


WEB = "arn:aws:ssm-incidents::123456789012:response-plan/web"
TOPIC = {"snsTopicArn": "arn:aws:sns:us-east-1:123456789012:oncall"}


@pytest.mark.parametrize(
    ("operation", "asked", "told"),
    [
        ("UpdateResponsePlan", {"arn": WEB}, ["was called 0 times with arn='WEB', expected at least once"]),
        ("StartIncident", {"times": 1}, ["was called 3 times, expected once"]),
        ("CreateResponsePlan", {"times": 0}, ["was called once, expected 0 times"]),
        (
            "StartIncident",
            {"title": "Disk full", "times": 0},
            ["was called once with title='Disk full', expected 0 times", "calls that fit: 3"],
        ),
        (
            "StartIncident",
            {"title": "Disk full", "times": 2},
            [
                "was called once with title='Disk full', expected 2 times",
                "the nearest call, number 2, differs:",
                "  title: expected 'Disk full', given 'Checkout is slow'",
            ],
        ),
        (  # of calls with one difference each, the one with the likest title
            "StartIncident",
            {"responsePlanArn": WEB, "title": "Checkout slow"},
            [
                "was called 0 times with responsePlanArn='WEB', title='Checkout slow', expected at least once",
                "the nearest call, number 2, differs:",
                "  title: expected 'Checkout slow', given 'Checkout is slow'",
            ],
        ),
        (  # of calls that are equally near, the last one
            "StartIncident",
            {"clientToken": "one"},
            [
                "was called 0 times with clientToken='one', expected at least once",
                "the nearest call, number 4, differs:",
                "  clientToken: expected 'one', not given",
            ],
        ),
        (
            "StartIncident",
            {"title": "Disk full", "impact": "1"},
            [
                "was called 0 times with title='Disk full', impact='1', expected at least once",
                "the nearest call, number 3, differs:",
                "  impact: expected '1', given 1",
            ],
        ),
        (
            "CreateResponsePlan",
            {"incidentTemplate": {"title": "T", "summary": "s", "notificationTargets": [{"snsTopicArn": "x"}]}},
            [
                (
                    "was called 0 times with incidentTemplate={'title': 'T', 'summary': 's', "
                    "'notificationTargets': [{'snsTopicArn': 'x'}]}, expected at least once"
                ),
                "the nearest call, number 1, differs:",
                "  incidentTemplate.title: expected 'T', given 't'",
                "  incidentTemplate.summary: expected 's', not given",
                "  incidentTemplate.notificationTargets[0].snsTopicArn: expected 'x', given 'TOPIC'",
                "  incidentTemplate.impact: not expected, given 5",
            ],
        ),
        (
            "CreateResponsePlan",
            {"incidentTemplate": {"title": "t", "impact": 5, "notificationTargets": []}},
            [
                (
                    "was called 0 times with incidentTemplate={'title': 't', 'impact': 5, 'notificationTargets': []}, "
                    "expected at least once"
                ),
                "the nearest call, number 1, differs:",
                "  incidentTemplate.notificationTargets: expected [], given [{'snsTopicArn': 'TOPIC'}]",
            ],
        ),
    ],
)
def test_a_failed_assertion_names_the_nearest_call_and_what_differs(
    fake: fakeim.FakeIncidentManager, operation: str, asked: dict[str, Any], told: list[str]
) -> None:
    client = fake.client()
    template: Any = {"title": "t", "impact": 5, "notificationTargets": [TOPIC]}
    client.create_response_plan(name="web", incidentTemplate=template)
    client.start_incident(responsePlanArn=WEB, title="Checkout is slow")
    client.start_incident(responsePlanArn=WEB, title="Disk full", impact=1)
    client.start_incident(responsePlanArn=WEB)
    with pytest.raises(AssertionError) as caught:
        fake.calls.assert_called(operation, **asked)
    message = str(caught.value).replace(WEB, "WEB").replace(TOPIC["snsTopicArn"], "TOPIC")
    first, *rest = message.split("\nthe last 4 of 4 calls:\n")[0].splitlines()
    assert [first.removeprefix(f"{operation} "), *rest] == told
    assert "\n  3. <Call StartIncident(impact=1, " in message


@pytest.mark.parametrize(
    ("order", "told"),
    [
        (["UpdateResponsePlan"], "UpdateResponsePlan was not called"),
        (
            ["StartIncident", "CreateResponsePlan"],
            "CreateResponsePlan was not called after StartIncident (call 2); its last call is call 1",
        ),
        (
            ["CreateResponsePlan", "StartIncident", "StartIncident"],
            "StartIncident was not called after CreateResponsePlan, StartIncident (call 2); its last call is call 2",
        ),
    ],
)
def test_a_failed_order_names_the_calls_that_it_rests_on(
    fake: fakeim.FakeIncidentManager, order: list[str], told: str
) -> None:
    start(fake.client(), make_plan(fake.client()))
    with pytest.raises(AssertionError) as caught:
        fake.calls.assert_order(*order)
    assert str(caught.value).splitlines()[0] == told


def test_what_matches_by_its_own_rules_is_no_difference(fake: fakeim.FakeIncidentManager) -> None:
    make_plan(fake.client(), name="web")
    fake.calls.assert_called("CreateResponsePlan", name=ANY, incidentTemplate={"title": ANY, "impact": ANY})
    with pytest.raises(AssertionError) as caught:
        fake.calls.assert_called("CreateResponsePlan", name=ANY, incidentTemplate={"title": ANY, "impact": 1})
    assert [line for line in str(caught.value).splitlines() if ": expected" in line] == [
        "  incidentTemplate.impact: expected 1, given 5"
    ]


def test_a_failed_assertion_over_very_many_calls_is_told_soon_and_briefly(fake: fakeim.FakeIncidentManager) -> None:
    for number in range(calls.MOST_COMPARED + 50):
        fake.client().list_response_plans(maxResults=number % 90 + 1)
    with pytest.raises(AssertionError) as caught:
        fake.calls.assert_called("ListResponsePlans", maxResults=100)
    assert len(str(caught.value).splitlines()) == 4 + calls.MOST_TOLD


def test_names_that_do_not_exist_are_told(fake: fakeim.FakeIncidentManager) -> None:
    with pytest.raises(ValueError, match="did you mean StartIncident"):
        fake.calls.of("StartIncidents")
    with pytest.raises(ValueError, match="did you mean title"):
        fake.calls.assert_called("StartIncident", titel="slow")
