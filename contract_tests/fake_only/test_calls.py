"""fake.calls: what was asked for and what came of it, and assertions that read well."""

from __future__ import annotations

import gc
import weakref
from contextlib import suppress
from typing import Any

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


@examples(40)
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
    with pytest.raises(AssertionError, match=r"(?s)with \{'title': 'quick'\} was called 0 times.*CreateResponsePlan\("):
        fake.calls.assert_called("StartIncident", title="quick")
    with pytest.raises(AssertionError, match="called 1 times, not 2 times"):
        fake.calls.assert_called("StartIncident", times=2)
    with pytest.raises(AssertionError, match="called 1 times, not 0 times"):
        fake.calls.assert_not_called("StartIncident")
    with pytest.raises(AssertionError, match="CreateResponsePlan was not called after StartIncident"):
        fake.calls.assert_order("StartIncident", "CreateResponsePlan")
    with pytest.raises(AssertionError, match="there was no call"):
        fakeim.FakeIncidentManager().calls.assert_called("StartIncident")


def test_names_that_do_not_exist_are_told(fake: fakeim.FakeIncidentManager) -> None:
    with pytest.raises(ValueError, match="did you mean StartIncident"):
        fake.calls.of("StartIncidents")
    with pytest.raises(ValueError, match="did you mean title"):
        fake.calls.assert_called("StartIncident", titel="slow")
