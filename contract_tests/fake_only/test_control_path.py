"""The fake's own powers over HTTP."""

from __future__ import annotations

import json
from http.client import RemoteDisconnected
from inspect import signature
from typing import TYPE_CHECKING, Any

import pytest

from contract_tests.fake_only.over_http import PLAN_ARN, client_of, control, send
from contract_tests.support import make_plan, start
from fakeim.clients import wire
from fakeim.clients.control import ControlPath

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    import fakeim


@pytest.fixture
def client(url: str) -> Iterator[SSMIncidentsClient]:
    with client_of(url) as client:
        yield client


def test_state_reset_snapshot_restore(url: str, client: SSMIncidentsClient) -> None:
    start(client, make_plan(client))
    state = control(url, "state")
    assert state["account"] == "123456789012"
    assert state["names"]["response_plans"] == [PLAN_ARN]
    assert (state["counts"]["incident_records"], state["counts"]["timeline_events"]) == (1, 2)
    assert control(url, "snapshot") == {"snapshot": "1"}
    control(url, "reset")
    assert control(url, "state")["names"]["response_plans"] == []
    assert control(url, "snapshot") == {"snapshot": "2"}
    for _ in range(2):
        control(url, "restore", {"snapshot": "1"})
        assert control(url, "state")["counts"] == state["counts"]
    assert control(url, "restore", {"snapshot": "3"}, 404)["error"] == "there is no snapshot '3': there are 1, 2"


def test_the_clock(fake: fakeim.FakeIncidentManager, url: str) -> None:
    frozen = control(url, "clock", {"advance": 90.5, "freeze": "2026-01-01T00:00:00Z"})
    assert frozen == {"now": "2026-01-01T00:01:30.500000+00:00"} == {"now": fake.clock.now().isoformat()}
    assert control(url, "clock", {"move_to": "2025-01-01"})["now"] == "2025-01-01T00:00:00+00:00"
    control(url, "clock", {"unfreeze": True})
    assert control(url, "clock", {"freeze": True})["now"].startswith("2025-01-01T")
    control(url, "clock", {"follow_system": True})
    assert fake.clock.now().year > 2025


def test_transitions(url: str, client: SSMIncidentsClient) -> None:
    [arn] = client.list_replication_sets()["replicationSetArns"]

    def change(**action: Any) -> str:
        client.update_replication_set(arn=arn, actions=[{**action}])  # type: ignore[typeddict-item]
        return status()

    def status() -> str:
        return client.get_replication_set(arn=arn)["replicationSet"]["status"]

    control(url, "transitions", {"manual": True})
    assert change(addRegionAction={"regionName": "us-west-2"}) == "UPDATING"
    control(url, "transitions", {"complete": True})
    assert status() == "ACTIVE"
    control(url, "transitions", {"after": 90})
    assert change(deleteRegionAction={"regionName": "us-west-2"}) == "UPDATING"
    control(url, "clock", {"advance": 91})
    assert status() == "ACTIVE"
    control(url, "transitions", {"fail": {"region": "us-west-1", "message": "no"}, "immediate": True})
    change(addRegionAction={"regionName": "us-west-1"})
    shown = client.get_replication_set(arn=arn)["replicationSet"]["regionMap"]["us-west-1"]
    assert (shown["status"], shown.get("statusMessage")) == ("FAILED", "no")


def test_a_finding(url: str, client: SSMIncidentsClient) -> None:
    incident = start(client, make_plan(client))
    update = {"stackArn": f"arn:aws:cloudformation:us-east-1:123456789012:stack/s/{'1' * 8}", "startTime": 1767225600}
    made = control(url, "findings", {"incidentRecordArn": incident, "cloudFormationStackUpdate": update})
    assert [each["id"] for each in client.list_incident_findings(incidentRecordArn=incident)["findings"]] == [
        made["id"]
    ]
    assert "Invalid ARN ''" in control(url, "findings", {"cloudFormationStackUpdate": update}, 400)["error"]


@pytest.mark.parametrize(
    ("action", "body", "status", "error"),
    [
        ("rest", {}, 404, "there is no /_fakeim/rest; did you mean reset?"),
        ("", {}, 405, "/_fakeim/ takes GET, not POST"),
        ("clock", {"freze": True}, 400, "there is no member freze; did you mean freeze?"),
        ("reset", {"all": True}, 400, "there is no member all: there are none"),
        ("clock", {}, 400, "nothing to do: give some of follow_system, freeze, unfreeze, move_to, advance"),
        ("clock", b"{nope", 400, "the body is no JSON"),
        ("clock", [1], 400, "give an object, not [1]"),
        ("clock", {"advance": True}, 400, "advance: give a number of seconds, not true"),
        ("clock", {"advance": -1}, 400, "a clock cannot advance by -1 day, 23:59:59: use move_to() to go back in time"),
        ("clock", {"advance": 1e300}, 400, None),
        ("clock", b'{"advance": NaN}', 400, None),
        ("clock", {"freeze": "soon"}, 400, "freeze: Invalid isoformat string: 'soon'"),
        ("clock", {"advance": 60, "move_to": 5}, 400, "move_to: give a text, not 5"),
        ("clock", {"follow_system": False}, 400, "follow_system: give true, or leave it out"),
        ("transitions", {"after": -1}, 400, "seconds=-1: give 0 or more"),
        ("transitions", {"fail": {"region": "us-east-1"}}, 400, 'fail: give {"region": "...", "message": "..."}'),
        ("effects", {"fail": True}, 400, "there is no member fail: there are immediate, after, manual, complete"),
        ("consistency", {"list_lag": 1}, 400, "there is no member list_lag; did you mean lists_lag?"),
        ("consistency", {"lists_lag": -1}, 400, "seconds=-1: give 0 or more"),
        ("pagination", {"page_size": 0}, 400, None),
        ("pagination", {"empty_pages": "last"}, 400, 'empty_pages: give a list of texts, not "last"'),
        ("pagination", {"empty_pages": [["last"]]}, 400, 'empty_pages: give a text, not ["last"]'),
        ("pagination", {"empty_pages": ["lst"]}, 400, "empty_pages: there is no 'lst'; did you mean last?"),
        ("pagination", {"expire_tokens": "now"}, 400, 'expire_tokens: give a number of seconds, not "now"'),
        ("restore", {}, 404, "there is no snapshot '': there are none"),
        ("reset", b" " * (wire.LARGEST_BODY + 1), 413, "the body has more than 1048576 bytes"),
    ],
)
def test_a_control_that_cannot_be_is_told(  # noqa: PLR0917 - a row of the table
    fake: fakeim.FakeIncidentManager, url: str, action: str, body: Any, status: int, error: str | None
) -> None:
    fake.clock.freeze("2026-01-01")
    told = control(url, action, body, status)["error"]
    assert told == error or (error is None and told)
    assert fake.clock.now().isoformat() == "2026-01-01T00:00:00+00:00"


METHODS: dict[str, dict[str, dict[str, Any]]] = {
    "faults": {
        "inject": {"operation": "StartIncident", "error": "ThrottlingException"},
        "latency": {"operation": "StartIncident", "seconds": 1},
        "lose_reply": {"operation": "StartIncident"},
    },
    "iam": {
        "allow": {"action": "ssm-incidents:StartIncident"},
        "attach": {"policy_document": {"Statement": []}},
        "deny": {"action": "ssm-incidents:StartIncident"},
        "identify": {"access_key": "AKIABOT", "caller": "arn:aws:iam::123456789012:user/bot"},
    },
    "quotas": {"rate": {"operation": "StartIncident", "per_second": 1}, "set": {"name": "incidents", "limit": 1}},
}
ANYTHING: Any = [None, True, -1, 1.5, 10**400, "", "x", [], ["x"], [[]], {}, {"a": 1}]


def test_whatever_an_argument_is_it_is_taken_or_refused_with_a_reason(fake: fakeim.FakeIncidentManager) -> None:
    path = ControlPath(fake, {})
    for name, methods in METHODS.items():
        for method, given in methods.items():
            for argument in signature(getattr(getattr(fake, name), method)).parameters:
                for value in ANYTHING:
                    body = json.dumps({method: given | {argument: value}}).encode()
                    response = path.respond(wire.Request("POST", f"/_fakeim/{name}", "", body))
                    assert response.status == 200 or (response.status == 400 and "error" in json.loads(response.body))


def test_a_control_has_one_method(url: str) -> None:
    answer = send(url, "GET", "/_fakeim/reset")
    assert (answer.status, answer.json) == (405, {"error": "/_fakeim/reset takes POST, not GET"})


def test_who_was_told_is_told(fake: fakeim.FakeIncidentManager, url: str) -> None:
    contact = "arn:aws:ssm-contacts:us-east-1:123456789012:contact/oncall"
    incident = fake.open_incident(fake.add_response_plan("web", engagements=[contact]))
    make_plan(fake.client())
    page, event = control(url, "outbox")["messages"]
    assert (page["kind"], page["destination"], page["incident"]) == ("page", contact, incident)
    assert (event["kind"], event["subject"]) == ("event", "CreateResponsePlan")
    sent = fake.outbox.events().one()
    assert (event["payload"], event["time"]) == (sent.payload, sent.time.isoformat())


def test_the_page_is_found_without_its_last_slash(url: str) -> None:
    assert send(url, "GET", "/_fakeim").status == send(url, "GET", "/_fakeim/").status
    assert send(url, "GET", "/_fakeims").code == "UnknownOperationException"


def test_who_asks_for_something_else_is_told_what_there_is(url: str) -> None:
    told = send(url, "GET", "/_fakeim/xyz").json["error"]
    assert told.startswith("there is no /_fakeim/xyz: there are state, reset, ")


def test_control_can_be_off(fake: fakeim.FakeIncidentManager) -> None:
    with fake.serve(control=False) as url:
        answer = send(url, "POST", "/_fakeim/reset")
        assert (answer.status, answer.code) == (404, "UnknownOperationException")


def test_faults_strike_over_http(fake: fakeim.FakeIncidentManager, url: str) -> None:
    make_plan(fake.client())
    control(url, "faults", {"inject": {"operation": "StartIncident", "error": "ThrottlingException", "times": 1}})
    answer = send(url, "POST", "/startIncident", {"responsePlanArn": PLAN_ARN})
    assert (answer.status, answer.code) == (429, "ThrottlingException")
    assert answer.json["serviceCode"] == "ssm-incidents"
    assert send(url, "POST", "/startIncident", {"responsePlanArn": PLAN_ARN}).status == 200
    control(url, "faults", {"lose_reply": {"operation": "StartIncident"}})
    with pytest.raises(RemoteDisconnected):
        send(url, "POST", "/startIncident", {"responsePlanArn": PLAN_ARN})
    told = control(url, "calls")["calls"]
    assert {each["caller"] for each in told} == {"arn:aws:iam::123456789012:user/fakeim"}
    assert [(each["operation"], each["error"]) for each in told] == [
        ("CreateResponsePlan", None),
        ("StartIncident", "ThrottlingException"),
        ("StartIncident", None),
        ("StartIncident", "ReadTimeoutError"),
    ]
    assert told[3]["result"]["incidentRecordArn"] != told[2]["result"]["incidentRecordArn"]
    control(url, "faults", {"connected": False})
    assert not fake.connected
    control(url, "faults", {"clear": True})
    assert fake.connected


def test_late_effects(url: str, client: SSMIncidentsClient) -> None:
    plan = make_plan(client)

    def items() -> int:
        return len(client.list_related_items(incidentRecordArn=incident)["relatedItems"])

    control(url, "effects", {"manual": True})
    incident = start(client, plan)
    assert items() == 0
    control(url, "effects", {"complete": True, "after": 2})
    assert items() == 1
    incident = start(client, plan)
    assert items() == 0
    control(url, "clock", {"advance": 2})
    assert send(url, "GET", "/_fakeim/state").json["counts"]["related_items"] == 2  # though no call has come since
    assert items() == 1
    control(url, "effects", {"immediate": True})
    incident = start(client, plan)
    assert items() == 1


def test_what_is_seen_late(fake: fakeim.FakeIncidentManager, url: str, client: SSMIncidentsClient) -> None:
    def listed() -> list[int]:
        clients = (client, fake.client("eu-west-1"))
        return [len(each.list_response_plans()["responsePlanSummaries"]) for each in clients]

    control(url, "clock", {"freeze": True})
    control(url, "consistency", {"lists_lag": 5})
    make_plan(client, "a")
    assert listed() == [0, 0]
    control(url, "consistency", {"settle": True})
    assert listed() == [1, 1]
    control(url, "consistency", {"reset": True, "regions_lag": 5})
    make_plan(client, "b")
    assert listed() == [2, 1]
    control(url, "consistency", {"reset": True})
    assert listed() == [2, 2]


def test_how_lists_are_cut(url: str, client: SSMIncidentsClient) -> None:
    for name in "abc":
        make_plan(client, name)

    def sizes() -> list[int]:
        walked = client.get_paginator("list_response_plans").paginate()
        return [len(page["responsePlanSummaries"]) for page in walked]

    control(url, "pagination", {"page_size": 2, "empty_pages": ["first", "last"]})
    assert sizes() == [0, 2, 1, 0]
    control(url, "pagination", {"page_size": None, "empty_pages": []})
    assert sizes() == [3]
    for expire in (True, 0):
        token = client.list_response_plans(maxResults=1)["nextToken"]
        control(url, "clock", {"freeze": True})
        control(url, "pagination", {"expire_tokens": expire})
        control(url, "clock", {"advance": 1})
        with pytest.raises(client.exceptions.ValidationException, match="expired"):
            client.list_response_plans(nextToken=token)
    control(url, "pagination", {"reset": True, "page_size": 1})
    assert sizes() == [1, 1, 1]
