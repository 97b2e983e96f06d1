"""Records are values: they can be copied, pickled and written as dictionaries, and do not lead to the account."""

from __future__ import annotations

import json
import pickle
from copy import copy, deepcopy
from dataclasses import asdict, fields, is_dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

import fakeim
from contract_tests.fake_only.inspection import dump
from contract_tests.support import NO_PLAN, start
from fakeim.service.errors import ServiceError
from fakeim.testing.fault_plans import FaultPlan, Mishap

if TYPE_CHECKING:
    from collections.abc import Callable

CONTACT = "arn:aws:ssm-contacts:us-east-1:123456789012:contact/bob"
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
RUNBOOK = {
    "ssmAutomation": {
        "documentName": "restart",
        "roleArn": "arn:aws:iam::123456789012:role/runbook",
        "parameters": {"hosts": ["a", "b"]},
        "dynamicParameters": {"incident": {"variable": "INCIDENT_RECORD_ARN"}},
    }
}
PAGER_DUTY = {
    "pagerDutyConfiguration": {
        "name": "web",
        "secretId": "secret",
        "pagerDutyIncidentConfiguration": {"serviceId": "P123456"},
    }
}
ITEM = {"identifier": {"type": "OTHER", "value": {"url": "https://example.com"}}}

PROTOCOLS = (2, pickle.HIGHEST_PROTOCOL)


def pickled(protocol: int) -> Callable[[Any], Any]:
    return lambda record: pickle.loads(pickle.dumps(record, protocol))  # noqa: S301 - our own


COPIES: dict[str, Callable[[Any], Any]] = {
    **{f"pickle {each}": pickled(each) for each in PROTOCOLS},
    "copy": copy,
    "deepcopy": lambda record: deepcopy([record])[0],
    "twice": lambda record: deepcopy(pickled(2)(record)),
}


@cache
def account() -> tuple[fakeim.FakeIncidentManager, dict[str, Any]]:
    """Return a fake and one of each kind of record; no test changes either."""
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze("2026-01-01")
    client, before = fake.client(), fake.snapshot()
    members: dict[str, Any] = {
        "tags": {"team": "web"},
        "incident_tags": {"kind": "test"},
        "chat_channel": {"chatbotSns": [TOPIC]},
        "notification_targets": [{"snsTopicArn": TOPIC}],
        "engagements": [CONTACT],
        "actions": [RUNBOOK],
        "integrations": [PAGER_DUTY],
    }
    plan = fake.add_response_plan("web", **members)
    incident = start(client, plan, relatedItems=[ITEM])
    client.get_incident_record(arn=incident)
    with pytest.raises(ClientError):
        start(client, NO_PLAN)
    with fake.faults.lose_reply("GetIncidentRecord"), pytest.raises(BotoCoreError):
        client.get_incident_record(arn=incident)
    client.update_incident_record(arn=incident, title="later")
    found: dict[str, Any] = {
        "incident": fake.incidents.one(),
        "plan": fake.response_plans["web"],
        "template": fake.response_plans["web"].incident_template,
        "automation": fake.response_plans["web"].actions[0],
        "integration": fake.response_plans["web"].integrations[0],
        "call that failed": fake.calls.failed()[0],
        "mishap": Mishap("throttled", 2),
        "fault plan": FaultPlan([Mishap("lost reply")]),
    }
    found |= {f"timeline event {number}": each for number, each in enumerate(fake.timeline(incident))}
    found |= {f"related item {number}": each for number, each in enumerate(fake.related_items(incident))}
    found |= {f"call {number}": each for number, each in enumerate(fake.calls)}
    found |= {f"change {number} {each.kind}": each for number, each in enumerate(fake.diff(before))}
    found |= {f"message {number} {each.kind}": each for number, each in enumerate(fake.outbox)}
    found["message of a reading call"] = fake.outbox.events("GetIncidentRecord").oldest()
    return fake, found


RECORDS = tuple(account()[1])
CLASSES = tuple({name: None for name in RECORDS if is_dataclass(account()[1][name])})


def shown(record: Any) -> dict[str, Any]:
    """Return all public attributes of a record."""
    names = [name for name in dir(record) if not name.startswith("_")]
    return {name: value for name in names if not callable(value := getattr(record, name))}


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("name", RECORDS)
def test_a_copy_of_a_record_equals_it(name: str, way: str) -> None:
    record = account()[1][name]
    copied = COPIES[way](record)
    assert type(copied) is type(record)
    assert copied == record
    assert shown(copied) == shown(record)
    assert (repr(copied), str(copied)) == (repr(record), str(record))
    assert hash(copied) == hash(record)


@pytest.mark.parametrize("name", CLASSES)
def test_a_record_becomes_a_dictionary_that_json_takes(name: str) -> None:
    record = account()[1][name]
    written = asdict(record)
    assert written.keys() == {each.name for each in fields(record)}
    assert not [each for each in written if each.startswith("_")]
    assert json.loads(json.dumps(written, default=str)).keys() == written.keys()
    assert replace(record) == record
    assert shown(replace(record)) == shown(record)


def test_the_dictionary_of_a_message_has_its_payload() -> None:
    message = account()[1]["message of a reading call"]
    assert asdict(message)["payload"] == message.payload
    assert message.payload["detail"]["eventName"] == "GetIncidentRecord"


def meddle(value: Any) -> None:
    """Try to change all that is in ``value``; what refuses it is as good."""
    if isinstance(value, dict):
        for each in value.values():
            meddle(each)
        try:
            value["meddled"] = "with"
        except TypeError:
            return
    elif isinstance(value, list | tuple):
        for each in value:
            meddle(each)
        if isinstance(value, list):
            value.append("meddled with")


@pytest.mark.parametrize("way", ["itself", "copy", "deepcopy"])
@pytest.mark.parametrize("name", RECORDS)
def test_neither_a_record_nor_its_copies_lead_to_the_account(name: str, way: str) -> None:
    fake, records = account()
    before, was = dump(fake), shown(records[name])
    changed = records[name] if way == "itself" else COPIES[way](records[name])
    for value in shown(changed).values():
        meddle(value)
    if is_dataclass(changed):
        meddle(asdict(changed))  # type: ignore[arg-type] # not a class
    assert shown(records[name]) == was
    assert dump(fake) == before


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize(
    "change",
    [
        lambda tags: tags.update(a="b"),
        lambda tags: tags.clear(),
        lambda tags: tags.pop("team"),
        lambda tags: tags.popitem(),
        lambda tags: tags.setdefault("a", "b"),
        lambda tags: tags.__setitem__("a", "b"),
        lambda tags: tags.__delitem__("team"),
        lambda tags: tags.__ior__({"a": "b"}),
    ],
)
def test_the_maps_of_a_record_stay_immutable(change: Callable[[Any], object], way: str) -> None:
    plan = account()[1]["plan"]
    tags = COPIES[way](plan).tags
    with pytest.raises(TypeError, match="cannot be changed"):
        change(tags)
    assert tags == plan.tags == {"team": "web"}
    assert {**tags, "a": "b"} == tags | {"a": "b"} == {"team": "web", "a": "b"}
    assert json.dumps(tags) == '{"team": "web"}'


@pytest.mark.parametrize("way", COPIES)
def test_the_log_of_calls_can_be_kept(way: str) -> None:
    fake, _ = account()
    if way != "copy":
        kept = COPIES[way](fake.calls)
        assert list(kept) == list(fake.calls)
        assert [each.result for each in kept.of("StartIncident")] == [
            each.result for each in fake.calls.of("StartIncident")
        ]
    assert list(COPIES[way](fake.calls[1:3])) == list(fake.calls)[1:3]


def test_a_copied_log_does_not_grow() -> None:
    fake = fakeim.FakeIncidentManager()
    client = fake.client()
    client.list_response_plans()
    for kept in (deepcopy(fake.calls), copy(fake.calls)):
        client.list_response_plans()
        assert len(kept) == 1
        fake.calls.clear()
        client.list_response_plans()


def test_a_call_equals_itself_read_again_and_no_other() -> None:
    fake, _ = account()
    assert fake.calls[0] == fake.calls[0]
    assert fake.calls[0] in fake.calls
    assert fake.calls.index(fake.calls.last()) == len(fake.calls) - 1
    assert fake.calls[0] != fake.calls[1]
    assert fake.calls.failed()[0] not in fake.calls.of("UpdateIncidentRecord")
    assert len(set(fake.calls)) == len(fake.calls)


@pytest.mark.parametrize("way", COPIES)
def test_a_diff_can_be_kept(way: str) -> None:
    fake = fakeim.FakeIncidentManager()
    before = fake.snapshot()
    fake.add_response_plan("web", tags={"a": "b"})
    diff = fake.diff(before)
    kept = COPIES[way](diff)
    assert list(kept) == list(diff)
    assert str(kept) == str(diff)


@pytest.mark.parametrize("make", [copy, deepcopy, lambda it: deepcopy({"kept": [it]})["kept"][0]])
def test_a_copied_snapshot_can_be_restored(make: Callable[[Any], Any]) -> None:
    fake = fakeim.FakeIncidentManager()
    for number in range(400):  # occasions are nested: so many, walked one by one, would be too deep
        fake.open_incident(fake.add_response_plan(f"plan-{number}", engagements=[CONTACT]))
    snapshot = fake.snapshot()
    kept = make(snapshot)
    before = dump(fake)
    fake.open_incident()
    assert fake.diff(kept)
    fake.restore(kept)
    assert dump(fake) == before


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_snapshot_cannot_be_pickled_and_says_what_can(protocol: int) -> None:
    with pytest.raises(TypeError, match=r"fake\.dump\(\)"):
        pickle.dumps(fakeim.FakeIncidentManager().snapshot(), protocol)


# -- errors

ERRORS: dict[str, str | int] = {
    "modelled": "ConflictException",
    "with members": "ThrottlingException",
    "unmodelled": "InternalFailure",
    "a bare status": 503,
    "a failed connection": "EndpointConnectionError",
    "a closed connection": "ConnectionClosedError",
}


def error_of(call: Callable[[Any], object], error: str | int | None = None) -> Any:
    """Return the error that ``call`` of a client raises, perhaps an injected one."""
    fake = fakeim.FakeIncidentManager()
    if error is not None:
        fake.faults.inject("*", error)
    with pytest.raises((ClientError, BotoCoreError)) as caught:
        call(fake.client())
    return caught.value


def some_errors() -> dict[str, Any]:
    found = {
        name: error_of(
            lambda client: client.create_response_plan(name="web", incidentTemplate={"title": "t", "impact": 1}), error
        )
        for name, error in ERRORS.items()
    }
    return found | {
        "not found": error_of(lambda client: start(client, NO_PLAN)),
        "refused by the client": error_of(lambda client: client.start_incident()),
        "refused by the service": error_of(lambda client: client.start_incident(responsePlanArn="")),
    }


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("name", some_errors())
def test_an_error_of_the_direct_client_can_be_copied(name: str, way: str) -> None:
    error = some_errors()[name]
    copied = COPIES[way](error)
    assert isinstance(copied, ClientError if isinstance(error, ClientError) else type(error))  # as boto3's own
    assert str(copied) == str(error)
    assert getattr(copied, "response", None) == getattr(error, "response", None)
    assert getattr(copied, "operation_name", None) == getattr(error, "operation_name", None)


@pytest.mark.parametrize("way", COPIES)
def test_what_an_error_was_raised_from_can_be_copied(way: str) -> None:
    error = some_errors()["not found"].__context__
    assert isinstance(error, ServiceError)
    copied = COPIES[way](error)
    assert (str(copied), vars(copied)) == (str(error), vars(error))
    assert copied.members["resourceType"] == "RESPONSE_PLAN"
