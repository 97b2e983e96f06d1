"""fake.outbox: what EventBridge, topics, contacts and runbooks would have received."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.budgets import examples
from contract_tests.fake_only.accounts import full_account
from contract_tests.fake_only.inspection import OPERATIONS
from contract_tests.fake_only.ways_in import ONCE
from contract_tests.support import NO_PLAN, make_plan, start
from fakeim.inspection import messages

CONTACT = "arn:aws:ssm-contacts:us-east-1:123456789012:contact/oncall"
TOPIC, CHAT = (f"arn:aws:sns:us-east-1:123456789012:{name}" for name in ("topic", "chat"))
ROLE = "arn:aws:iam::123456789012:role/runbooks"
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:checkout"
INVOLVED = {"identifier": {"type": "INVOLVED_RESOURCE", "value": {"arn": LAMBDA}}, "title": "checkout"}
TRIGGER = {"source": "aws.cloudwatch", "timestamp": 0, "triggerArn": f"{LAMBDA}:alarm"}
RUNBOOK = {
    "documentName": "restart",
    "documentVersion": "3",
    "dynamicParameters": {
        "incident": {"variable": "INCIDENT_RECORD_ARN"},
        "resources": {"variable": "INVOLVED_RESOURCES"},
    },
    "parameters": {"how": ["softly"]},
    "roleArn": ROLE,
}
START, UPDATE = "SSM Incident Start", "SSM Incident Record Update"


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze("2026-01-01")
    return fake


def loud_plan(client: Any, name: str = "loud") -> str:
    """Make a plan that tells everybody."""
    return make_plan(
        client,
        name,
        template={"notificationTargets": [{"snsTopicArn": TOPIC}], "summary": "It is slow.", "title": "Slow"},
        actions=[{"ssmAutomation": RUNBOOK}],
        chatChannel={"chatbotSns": [CHAT]},
        engagements=[CONTACT],
    )


def sent(fake: fakeim.FakeIncidentManager) -> list[tuple[str, str]]:
    """Give what was sent, but for the events of calls."""
    return [(each.kind, each.subject) for each in fake.outbox if each.kind != "event"]


# -- what a bot did wrong


def test_a_bot_that_pages_nobody_is_found(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    loud_plan(client)
    quiet = make_plan(client, "quiet")
    start(client, quiet)  # the bot took the wrong plan
    with pytest.raises(AssertionError, match=r"^expected one page, there is none, but there are 3 messages: "):
        fake.outbox.pages().one()


def test_a_bot_that_pages_twice_is_found(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    plan = loud_plan(client)
    start(client, plan)
    assert fake.outbox.pages().to(CONTACT).one().payload["Subject"] == "Slow"
    start(client, plan)  # a retry without a client token
    with pytest.raises(
        AssertionError, match=r"^expected one page to .*, there are 2: page StartEngagement to contact/on"
    ):
        fake.outbox.pages().to(CONTACT).one()


def test_a_rule_that_waits_for_another_call_is_found(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    """The rule of a downstream Lambda: does its pattern fit what EventBridge gets?"""
    incident = start(client, make_plan(client))
    client.update_incident_record(arn=incident, status="RESOLVED")

    def fits(event: Any, status: str) -> bool:
        detail = event["detail"]
        wanted = ("UpdateIncidentRecord", status)
        return (detail["eventName"], detail["requestParameters"].get("status")) == wanted

    events = [each.payload for each in fake.outbox.events()]
    assert [event["source"] for event in events if fits(event, "RESOLVED")] == ["aws.ssm-incidents"]
    assert not [event for event in events if fits(event, "CLOSED")]


# -- pages, runbooks, topics


def test_a_start_tells_everybody_once(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    incident = start(client, loud_plan(client), relatedItems=[INVOLVED])
    assert sent(fake) == [
        ("page", "StartEngagement"),
        ("runbook", "StartAutomationExecution"),
        ("chat", START),
        ("notification", START),
        ("chat", UPDATE),  # of the parent item
        ("notification", UPDATE),
    ]
    page, runbook = fake.outbox.pages().one(), fake.outbox.runbooks().one()
    assert (page.destination, page.incident, page.time) == (CONTACT, incident, fake.clock.now())
    assert page.payload["IncidentId"] == incident
    assert (page.payload["Subject"], page.payload["Content"]) == ("Slow", "It is slow.")
    assert runbook.destination == "restart"
    assert runbook.payload == {
        "DocumentName": "restart",
        "DocumentVersion": "3",
        "Parameters": {"how": ["softly"], "incident": [incident], "resources": [LAMBDA]},
    }
    told = fake.outbox.notifications().saying(START).one()
    assert (told.destination, told.payload["detail-type"], told.payload["resources"]) == (TOPIC, START, [incident])
    assert told.payload["detail"] == {
        "incidentTitle": "Slow",
        "contactsEngage": [{"contactArn": CONTACT, "contactName": "oncall"}],
        "ssmDocumentName": "restart",
        "ssmDocumentVersion": "3",
    }


def test_topics_get_what_the_timeline_says(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    incident = start(client, loud_plan(client))
    client.update_incident_record(arn=incident, status="RESOLVED")
    client.update_related_items(incidentRecordArn=incident, relatedItemsUpdate={"itemToAdd": INVOLVED})
    for told in (fake.outbox.chat().to(CHAT), fake.outbox.notifications().to(TOPIC)):
        details = [each.payload["detail"] for each in told.about(incident).saying(UPDATE)]
        assert details == [each.data for each in fake.timeline(incident).of_type(UPDATE)]
    assert details[1]["modifiedAttributes"] == [{"attributeName": "status", "newValue": "RESOLVED"}]


def test_a_topic_that_is_there_twice_is_told_twice(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    targets = [{"snsTopicArn": TOPIC}] * 2
    start(client, make_plan(client, template={"notificationTargets": targets}, chatChannel={"chatbotSns": [TOPIC]}))
    told = fake.outbox.to(TOPIC).saying(START)
    assert [message.kind for message in told] == ["chat", "notification", "notification"]
    assert len({message.payload["id"] for message in told}) == 3


def test_topics_are_those_after_the_change(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    incident = start(client, loud_plan(client))
    told = len(fake.outbox.chat()), len(fake.outbox.notifications())
    client.update_incident_record(arn=incident, chatChannel={"empty": {}}, notificationTargets=[])
    client.update_incident_record(arn=incident, title="quiet")
    assert (len(fake.outbox.chat()), len(fake.outbox.notifications())) == told
    client.update_incident_record(arn=incident, chatChannel={"chatbotSns": [TOPIC]})
    assert fake.outbox.chat().to(TOPIC).one().payload["detail"]["incidentTitle"] == "quiet"


def test_what_is_deduplicated_sends_nothing(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    plan = loud_plan(client)
    incident = start(client, plan, triggerDetails=TRIGGER)
    [start_event] = fake.timeline(incident).of_type(START)
    assert fake.outbox.chat().saying(START).one().payload["detail"] == start_event.data
    before = sent(fake)
    assert start(client, plan, triggerDetails=TRIGGER) == incident
    assert sent(fake) == before


@pytest.mark.parametrize(
    ("members", "kinds"),
    [
        ({"template": {"notificationTargets": [{"snsTopicArn": TOPIC}]}}, {"notification"}),
        ({"chatChannel": {"chatbotSns": [CHAT]}}, {"chat"}),
        ({"engagements": [CONTACT]}, {"page"}),
        ({"actions": [{"ssmAutomation": RUNBOOK}]}, {"runbook"}),
    ],
)
def test_each_is_told_also_when_nobody_else_is(
    fake: fakeim.FakeIncidentManager, client: Any, members: Any, kinds: set[str]
) -> None:
    start(client, make_plan(client, **members))
    assert {kind for kind, _ in sent(fake)} == kinds


def test_a_note_tells_nobody(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    incident = start(client, loud_plan(client))
    before = sent(fake)
    client.create_timeline_event(incidentRecordArn=incident, eventData="x", eventTime=0, eventType="Note")
    client.tag_resource(resourceArn=incident, tags={"a": "b"})
    client.delete_incident_record(arn=incident)
    assert sent(fake) == before  # what has been sent does not come back


# -- in time, wholly or not at all


@examples(percent=60)
@given(data=st.data())
def test_a_failed_call_and_a_read_send_nothing(data: st.DataObject) -> None:
    account = full_account()
    fake = account.fake
    for operation in data.draw(st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=4)):
        before = sent(fake)
        outcome = account.call(operation, data.draw(account.request(operation)))
        came = sent(fake)[len(before) :]
        assert sent(fake)[: len(before)] == before
        assert not came or not isinstance(outcome, str)
        assert not came or operation.name in ("StartIncident", "UpdateIncidentRecord", "UpdateRelatedItems")
    payloads = [each.payload for each in fake.outbox]
    assert json.loads(json.dumps(payloads)) == payloads
    named = [each["id"] for each in payloads if "id" in each]
    assert len(set(named)) == len(named)


def test_a_start_that_fails_late_sends_nothing(
    fake: fakeim.FakeIncidentManager, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = loud_plan(client)

    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("fakeim.service.related_items.attach_parent", fail)
        with pytest.raises(ClientError):
            start(client, plan)
    assert sent(fake) == []
    assert fake.outbox.events("StartIncident").one().payload["detail"]["errorCode"] == "InternalServerException"


def test_it_goes_back_with_a_snapshot_and_a_reset(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    plan = loud_plan(client)
    start(client, plan)
    before, told = fake.snapshot(), sent(fake)
    start(client, plan)
    after, more = fake.snapshot(), sent(fake)
    assert len(more) == 2 * len(told)
    fake.restore(before)
    assert sent(fake) == told
    fake.restore(after)
    assert sent(fake) == more
    fake.reset()
    assert not fake.outbox


def test_data_that_go_with_the_replication_set_leave_what_was_sent(
    fake: fakeim.FakeIncidentManager, client: Any
) -> None:
    start(client, loud_plan(client))
    told = sent(fake)
    [arn] = client.list_replication_sets()["replicationSetArns"]
    client.delete_replication_set(arn=arn)
    assert not fake.incidents
    assert sent(fake) == told


def test_who_has_nobody_to_tell_leaves_nothing(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    incident = start(client, make_plan(client))
    client.update_incident_record(arn=incident, status="RESOLVED")
    assert fake.snapshot().state.sent == ()


def test_very_many_are_no_harm(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    """What is nested must not need a stack as deep: neither to look, nor to go."""
    incident = start(client, loud_plan(client))
    for number in range(2_000):
        client.update_incident_record(arn=incident, title=str(number))
    assert fake.outbox.chat().newest().payload["detail"]["incidentTitle"] == "1999"
    assert len(fake.outbox.chat()) == 2_002
    fake.reset()


# -- events of calls


def test_an_event_is_as_cloudtrail_tells_a_call(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    plan = make_plan(client)
    incident = start(fake.client("eu-west-1"), plan, clientToken="token")
    event = fake.outbox.events("StartIncident").one()
    assert event.incident == incident
    assert event.destination == "arn:aws:events:eu-west-1:123456789012:event-bus/default"
    payload, detail = event.payload, event.payload["detail"]
    assert payload["detail-type"] == "AWS API Call via CloudTrail"
    assert (payload["source"], payload["region"], payload["account"]) == (
        "aws.ssm-incidents",
        "eu-west-1",
        "123456789012",
    )
    assert (payload["time"], detail["eventTime"]) == ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")
    assert detail["eventSource"] == "ssm-incidents.amazonaws.com"
    assert detail["requestParameters"] == {"clientToken": "token", "responsePlanArn": plan}
    assert detail["responseElements"] == {"incidentRecordArn": incident}
    assert (detail["readOnly"], detail["managementEvent"]) == (False, True)
    assert "errorCode" not in detail
    assert payload == event.payload  # the same at each look
    assert len({each.payload["id"] for each in fake.outbox.events()}) == 2


@pytest.mark.parametrize(
    ("caller", "identity"),
    [
        ("iam::123456789012:root", "Root"),
        ("iam::123456789012:user/team/bot", "IAMUser"),
        ("sts::123456789012:assumed-role/bot/session", "AssumedRole"),
        ("sts::123456789012:federated-user/bot", "FederatedUser"),
    ],
)
@pytest.mark.parametrize("fault", [None, "ThrottlingException", "lost"])
def test_an_event_names_who_called(fake: fakeim.FakeIncidentManager, caller: str, identity: str, fault: Any) -> None:
    arn = f"arn:aws:{caller}"
    plan = make_plan(fake.client())
    if fault == "lost":
        fake.faults.lose_reply("StartIncident")
    elif fault:
        fake.faults.inject("StartIncident", fault)
    once = fake.client(caller=arn, config=ONCE)
    if fault:
        with pytest.raises((ClientError, BotoCoreError)):
            start(once, plan)
    else:
        start(once, plan)
    assert [call.caller for call in fake.calls] == ["arn:aws:iam::123456789012:user/fakeim", arn]
    told = [event.payload["detail"]["userIdentity"] for event in fake.outbox.events()]
    assert told[1] == {"type": identity, "arn": arn, "accountId": "123456789012"}
    assert told[0]["type"] == "IAMUser"


def test_reads_are_told_when_asked_for(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    client.list_response_plans()
    assert not fake.outbox
    detail = fake.outbox.events("ListResponsePlans").one().payload["detail"]
    assert (detail["readOnly"], detail["responseElements"]) == (True, None)
    with pytest.raises(ValueError, match="did you mean StartIncident"):
        fake.outbox.events("start_incident")


def test_a_call_that_failed_has_its_code(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    with pytest.raises(ClientError):
        start(client, NO_PLAN)
    detail = fake.outbox.events().one().payload["detail"]
    assert (detail["errorCode"], detail["responseElements"]) == ("ResourceNotFoundException", None)
    assert NO_PLAN in detail["errorMessage"]


@pytest.mark.parametrize(
    ("error", "told"), [("ThrottlingException", 1), (503, 0), ("EndpointConnectionError", 0), ("ReadTimeoutError", 0)]
)
def test_what_never_came_is_not_told(fake: fakeim.FakeIncidentManager, client: Any, error: Any, told: int) -> None:
    fake.faults.inject("*", error)
    with pytest.raises((ClientError, BotoCoreError)):
        start(client, NO_PLAN)
    assert len(fake.outbox.events("StartIncident")) == told


def test_a_lost_reply_is_of_a_call_that_was_carried_out(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    plan = loud_plan(client)
    fake.faults.lose_reply("StartIncident")
    with pytest.raises(BotoCoreError):
        start(client, plan)
    detail = fake.outbox.events("StartIncident").one().payload["detail"]
    assert detail["responseElements"] == {"incidentRecordArn": fake.incidents.one().arn}
    assert "errorCode" not in detail
    assert fake.outbox.pages().one().incident == fake.incidents.one().arn


def test_selections_go_together(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    plan = loud_plan(client)
    first, second = start(client, plan), start(client, plan)
    assert fake.outbox.pages().about(first).one().incident == first
    assert fake.outbox.about(fake.incidents[second]).pages().one().incident == second
    assert not fake.outbox.pages().events()
    assert not fake.outbox.pages().to(TOPIC)
    assert [each.incident for each in fake.outbox.events("StartIncident", "CreateResponsePlan")] == [
        None,
        first,
        second,
    ]
    assert fake.outbox.events().newest().incident == second
    assert [each.kind for each in fake.outbox if each.kind == messages.EVENT] == ["event"] * 3
