"""Each rule of what may be sent, by an example that it alone stops; and how requests that are unclear are stopped."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSPreparedRequest

from contract_tests.fake_only.stand_in import ACCOUNT, at_once
from fakeim.parity.allow_list import refusal
from fakeim.parity.guard import Guard
from fakeim.parity.journal import Journal, JournalError
from fakeim.parity.pace import Pace
from fakeim.parity.runs import TAG, NotSentToAWS, Run

if TYPE_CHECKING:
    from pathlib import Path

    from fakeim.parity.runs import Level

NOW = datetime(2026, 1, 1, tzinfo=UTC)
START = f"arn:aws:ssm-incidents::{ACCOUNT}"
PREFIX = "fakeim-0123456789-"
PLAN, NO_PLAN = f"{START}:response-plan/{PREFIX}plan", f"{START}:response-plan/{PREFIX}gone"
INCIDENT, NO_INCIDENT = (
    f"{START}:incident-record/{PREFIX}{name}/11111111-1111-1111-1111-111111111111" for name in ("plan", "gone")
)
BURNT = f"{START}:response-plan/{PREFIX}burnt"
TAGS = {TAG: "0123456789"}
TEMPLATE = {"title": "title", "impact": 5, "incidentTags": TAGS}
GOOD = {"name": f"{PREFIX}new", "incidentTemplate": TEMPLATE, "tags": TAGS}
ITEM = {"itemToAdd": {"identifier": {"type": "OTHER", "value": {"url": "https://example.org"}}}}
PAGER_DUTY = {
    "identifier": {"type": "OTHER", "value": {"pagerDutyIncidentDetail": {"id": "1", "autoLink": True}}},
}
CONTACT = f"arn:aws:ssm-contacts:us-east-1:{ACCOUNT}:contact/someone"
EVENT = {"eventData": "{}", "eventTime": NOW, "eventType": "Note"}


def journal_of(level: Level, folder: Path) -> Journal:
    """Give the journal of a run that made a plan, and another one that could reach people."""
    journal = Journal.begin(Run(ACCOUNT, level, "0123456789"), folder, NOW, sync=lambda _: None)
    journal.creating(f"{PREFIX}plan", harmless=True)
    journal.creating(f"{PREFIX}burnt", harmless=True)
    journal.creating(f"{PREFIX}burnt", harmless=False)
    return journal


SENT_AT_PROBE = [
    ("ListIncidentRecords", {}),
    ("GetResponsePlan", {"arn": f"{START}:response-plan/somebodys"}),
    ("StartIncident", {"responsePlanArn": NO_PLAN, "impact": 1}),
    ("StartIncident", {}),
    ("UpdateIncidentRecord", {"arn": NO_INCIDENT, "chatChannel": {"empty": {}}}),
    ("DeleteIncidentRecord", {"arn": NO_INCIDENT}),
    ("CreateTimelineEvent", {"incidentRecordArn": NO_INCIDENT, **EVENT}),
    ("TagResource", {"resourceArn": NO_PLAN, "tags": {"a": "1"}}),
    ("CreateResponsePlan", {}),
    ("CreateResponsePlan", {"name": "", "incidentTemplate": TEMPLATE}),
    ("CreateResponsePlan", {**GOOD, "incidentTemplate": {**TEMPLATE, "impact": 6}}),
    ("CreateResponsePlan", {**GOOD, "name": f"{PREFIX}a b"}),
    ("PutResourcePolicy", {"resourceArn": NO_PLAN, "policy": "x" * 4001}),
    ("PutResourcePolicy", {"resourceArn": NO_PLAN, "policy": '{"Statement": []}'}),
    ("DeleteResponsePlan", {"arn": PLAN}),
    ("DeleteResponsePlan", {"arn": "no! name"}),
    ("TagResource", {"resourceArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:fakeim", "tags": {"a": "1"}}),
]
SENT_AT_DATA = [
    ("CreateResponsePlan", {**GOOD, "displayName": "new"}),
    ("StartIncident", {"responsePlanArn": PLAN}),
    ("StartIncident", {"responsePlanArn": PLAN, "impact": 5, "triggerDetails": {"source": "me", "timestamp": NOW}}),
    ("UpdateResponsePlan", {"arn": PLAN, "incidentTemplateTitle": "new", "incidentTemplateTags": TAGS}),
    ("UpdateIncidentRecord", {"arn": INCIDENT, "status": "RESOLVED", "impact": 5}),
    ("CreateTimelineEvent", {"incidentRecordArn": INCIDENT, **EVENT}),
    ("UpdateTimelineEvent", {"incidentRecordArn": INCIDENT, "eventId": "1"}),
    ("UpdateRelatedItems", {"incidentRecordArn": INCIDENT, "relatedItemsUpdate": ITEM}),
    ("TagResource", {"resourceArn": INCIDENT, "tags": {"a": "1", **TAGS}}),
    ("UntagResource", {"resourceArn": PLAN, "tagKeys": ["a"]}),
    ("PutResourcePolicy", {"resourceArn": PLAN, "policy": '{"Statement": []}'}),
    (
        "PutResourcePolicy",
        {"resourceArn": PLAN, "policy": f'{{"Statement": [{{"Principal": {{"AWS": "{ACCOUNT}"}}}}]}}'},
    ),
    ("DeleteIncidentRecord", {"arn": INCIDENT}),
]
STOPPED = [
    ("CreateResponsePlan", {**GOOD, "name": "somebodys"}, "not one of this run's"),
    ("CreateResponsePlan", {"name": "somebodys", "incidentTemplate": {}}, "not one of this run's"),
    ("StartIncident", {"responsePlanArn": f"{START}:response-plan/somebodys"}, "could be somebody's"),
    ("StartIncident", {"responsePlanArn": ""}, "could be somebody's"),
    ("StartIncident", {"responsePlanArn": BURNT}, "may"),
    ("StartIncident", {"responsePlanArn": f"{NO_PLAN}/more"}, "could be somebody's"),
    ("StartIncident", {"responsePlanArn": NO_PLAN.replace(ACCOUNT, "999999999999")}, "could be somebody's"),
    ("DeleteResponsePlan", {"arn": f"{PREFIX}gone"}, "could be somebody's"),
    ("DeleteResponsePlan", {"arn": f"{START}:response-plan/x{PREFIX}gone"}, "could be somebody's"),
    ("DeleteIncidentRecord", {"arn": f"{START}:incident-record/somebodys/1"}, "could be somebody's"),
    ("UntagResource", {"resourceArn": f"{START}:replication-set/1", "tagKeys": ["a"]}, "could be somebody's"),
    ("DeleteResponsePlan", {"arn": "somebodys"}, "could be somebody's"),
    ("DeleteResponsePlan", {"arn": " somebodys"}, "could be somebody's"),
    ("DeleteResponsePlan", {"arn": f" {START}:response-plan/somebodys"}, "could be somebody's"),
    ("DeleteResponsePlan", {"arn": "response-plan/some body"}, "could be somebody's"),
    ("DeleteResponsePlan", {"arn": "arn:aws:ssm-contacts:us-east-1:1:response-plan/x"}, "could be somebody's"),
    ("PutResourcePolicy", {"resourceArn": NO_PLAN, "policy": '{"Statement": [{"Principal": "*"}]}'}, "share"),
    (
        "PutResourcePolicy",
        {"resourceArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:x", "policy": '{"Statement": [{"Principal": "*"}]}'},
        "share",
    ),
    ("DoSomethingNew", {"arn": NO_PLAN}, "not on the list"),
]
STOPPED_AT_PROBE = [
    ("CreateResponsePlan", GOOD, "makes nothing"),
    ("CreateResponsePlan", {**GOOD, "engagements": [CONTACT, CONTACT]}, "makes nothing"),  # a set: catalogue 17.16
    ("StartIncident", {"responsePlanArn": PLAN}, "changes nothing"),
    ("UpdateResponsePlan", {"arn": PLAN, "displayName": "new"}, "changes nothing"),
    ("CreateTimelineEvent", {"incidentRecordArn": INCIDENT, **EVENT}, "changes nothing"),
]
STOPPED_AT_DATA = [
    *(
        ("CreateResponsePlan", {**GOOD, name: value}, f"{name}: not among")
        for name, value in {
            "actions": [],
            "chatChannel": {"empty": {}},
            "engagements": [],
            "integrations": [],
        }.items()
    ),
    (
        "CreateResponsePlan",
        {**GOOD, "incidentTemplate": {**TEMPLATE, "notificationTargets": []}},
        "notificationTargets",
    ),
    ("CreateResponsePlan", {**GOOD, "incidentTemplate": {**TEMPLATE, "impact": 4}}, "impact"),
    ("CreateResponsePlan", {**GOOD, "incidentTemplate": {**TEMPLATE, "dedupeString": "same"}}, "dedupeString"),
    ("CreateResponsePlan", {**GOOD, "incidentTemplate": {"title": "title", "impact": 5}}, "sweep"),
    ("CreateResponsePlan", {**GOOD, "tags": {TAG: "another"}}, "sweep"),
    ("StartIncident", {"responsePlanArn": PLAN, "impact": 1}, "impact"),
    ("StartIncident", {"responsePlanArn": PLAN, "triggerDetails": {"source": "aws.cloudwatch"}}, "AWS's own"),
    ("StartIncident", {"responsePlanArn": BURNT}, "may reach people"),
    ("UpdateResponsePlan", {"arn": PLAN, "engagements": [CONTACT]}, "engagements"),
    ("UpdateResponsePlan", {"arn": PLAN, "incidentTemplateImpact": 1}, "impact"),
    ("UpdateResponsePlan", {"arn": PLAN, "incidentTemplateTags": {}}, "tags"),
    ("UpdateResponsePlan", {"arn": PLAN, "incidentTemplateDedupeString": "same"}, "dedupeString"),
    ("StartIncident", {"responsePlanArn": PLAN, "relatedItems": [PAGER_DUTY]}, "PagerDuty"),
    (
        "UpdateRelatedItems",
        {"incidentRecordArn": INCIDENT, "relatedItemsUpdate": {"itemToAdd": PAGER_DUTY}},
        "PagerDuty",
    ),
    ("UpdateIncidentRecord", {"arn": INCIDENT, "impact": 1}, "impact"),
    ("UpdateIncidentRecord", {"arn": INCIDENT, "chatChannel": {"empty": {}}}, "chatChannel"),
    ("UpdateIncidentRecord", {"arn": INCIDENT, "notificationTargets": []}, "notificationTargets"),
    ("CreateTimelineEvent", {"incidentRecordArn": INCIDENT, **EVENT, "eventType": "SSM Contacts Page"}, "paged"),
    ("UpdateTimelineEvent", {"incidentRecordArn": INCIDENT, "eventId": "1", "eventType": "ssm contacts x"}, "paged"),
    ("TagResource", {"resourceArn": PLAN, "tags": {TAG: "another"}}, "sweep"),
    ("UntagResource", {"resourceArn": PLAN, "tagKeys": ["a", TAG]}, "sweep"),
    *(
        ("PutResourcePolicy", {"resourceArn": PLAN, "policy": policy}, "share")
        for policy in (
            "no JSON",
            '{"Statement": {}}',
            '{"Statement": [{"Principal": "*"}]}',
            '{"Statement": [{"Principal": {"AWS": ["*"]}}]}',
            '{"Statement": [{"Principal": {"AWS": "999999999999"}}]}',
            '{"Statement": [{"NotPrincipal": {"AWS": "999999999999"}}]}',
            '{"Statement": [{"Principal": "*"}], "Statement": []}',  # which of them would IAM take?
            '{"Statement": [{"principal": "*"}]}',
            '{"statement": [{"Principal": "*"}], "Statement": []}',
        )
    ),
]


def given(cases: list[Any], *levels: str) -> list[Any]:
    return [pytest.param(level, *case, id=f"{level}-{case[0]}-{n}") for level in levels for n, case in enumerate(cases)]


@pytest.mark.parametrize(
    ("level", "operation", "params"), given(SENT_AT_PROBE, "probe", "data") + given(SENT_AT_DATA, "data")
)
def test_sent(tmp_path: Path, level: Level, operation: str, params: dict[str, Any]) -> None:
    journal = journal_of(level, tmp_path)
    assert refusal(journal.run, journal, operation, params) is None


@pytest.mark.parametrize(
    ("level", "operation", "params", "why"),
    given(STOPPED, "probe", "data") + given(STOPPED_AT_PROBE, "probe") + given(STOPPED_AT_DATA, "data"),
)
def test_stopped(tmp_path: Path, level: Level, operation: str, params: dict[str, Any], why: str) -> None:
    journal = journal_of(level, tmp_path)
    assert why in str(refusal(journal.run, journal, operation, params))


# -- requests that could be read in more than one way

URL = "https://ssm-incidents.us-east-1.amazonaws.com"
UNCLEAR = {
    "another host": {"url": "https://ssm-incidents.us-east-1.amazonaws.com.example.org/listResponsePlans"},
    "another port": {"url": f"{URL}:444/listResponsePlans"},
    "no TLS": {"url": "http://ssm-incidents.us-east-1.amazonaws.com/listResponsePlans"},
    "a user": {"url": "https://me@ssm-incidents.us-east-1.amazonaws.com/listResponsePlans"},
    "another method": {"headers": {"X-HTTP-Method-Override": "DELETE"}},
    "another operation": {"headers": {"X-Amz-Target": "SSMIncidents.DeleteReplicationSet"}},
    "another protocol": {"headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    "a length of its own": {"headers": {"Content-Length": "1"}},
    "a stream": {"body": iter([b"{}"])},
    "text": {"body": "{}"},
    "a member twice": {"body": b'{"maxResults": 1, "maxResults": 2}'},
    "no number": {"body": b'{"maxResults": NaN}'},
    "an unknown member": {"body": b'{"name": 1}'},
    "an unknown member inside": {"body": b'{"filters": [{"x": 1}]}', "url": f"{URL}/listIncidentRecords"},
    "no JSON": {"body": b"maxResults=1"},
    "an unknown query": {"url": f"{URL}/listResponsePlans?arn=x"},
    "a query twice": {"url": f"{URL}/getResponsePlan?arn=x&arn=y", "method": "GET"},
    "in the body, not in the query": {"url": f"{URL}/getResponsePlan?arn=x", "method": "GET", "body": b'{"arn": "y"}'},
    "an encoded letter": {"url": f"{URL}/%6cistResponsePlans"},
    "an encoded segment": {"url": f"{URL}/tags/%61", "method": "GET"},
    "a slash": {"url": f"{URL}/listResponsePlans/"},
    "capitals": {"url": f"{URL}/ListResponsePlans"},
}


def guarded(tmp_path: Path, pace: Pace | None = None) -> Guard:
    return Guard((journal := journal_of("data", tmp_path)).run, journal, pace or at_once(), URL)


def prepared(**changes: Any) -> AWSPreparedRequest:
    request: dict[str, Any] = {"method": "POST", "url": f"{URL}/listResponsePlans", "headers": {}, "body": b"{}"}
    return AWSPreparedRequest(**request | changes, stream_output=False)


def test_a_clear_request_leaves(tmp_path: Path) -> None:
    guarded(tmp_path).before_send(prepared(headers={"Content-Type": "application/json", "User-Agent": "x"}))


@pytest.mark.parametrize("change", UNCLEAR.values(), ids=UNCLEAR.keys())
def test_an_unclear_request_does_not_leave(tmp_path: Path, change: dict[str, Any]) -> None:
    guard = guarded(tmp_path)
    with pytest.raises(NotSentToAWS):
        guard.before_send(prepared(**change))
    assert '"kind": "refused"' in guard.journal.path.read_text()


# -- pace


def test_calls_keep_their_distance_and_more_of_it_when_aws_throttles(tmp_path: Path) -> None:
    waits: list[float] = []
    pace = Pace(10, seconds=1, clock=lambda: sum(waits), sleep=waits.append)
    guard = guarded(tmp_path, pace)
    for _ in range(3):
        guard.before_send(prepared())
    pace.slow_down()
    for _ in range(2):
        guard.before_send(prepared())
    assert waits == [1, 1, 2, 2]


def test_the_budget_ends(tmp_path: Path) -> None:
    guard = guarded(tmp_path, at_once(2))
    for _ in range(2):
        guard.before_send(prepared())
    with pytest.raises(NotSentToAWS, match="budget"):
        guard.before_send(prepared())


# -- the journal


def test_what_is_made_is_on_the_disk_before_it_is_sent(tmp_path: Path) -> None:
    synced: list[str] = []
    run = Run(ACCOUNT, "data")
    journal = Journal.begin(run, tmp_path, NOW, sync=lambda _: synced.append(journal_text(run, tmp_path)))
    journal.creating(f"{run.prefix}plan", harmless=True)
    journal.starting(f"{run.prefix}plan")
    assert [text.count("\n") for text in synced] == [1, 2, 3]


def journal_text(run: Run, folder: Path) -> str:
    return (folder / f"{run.id}.jsonl").read_text()


def test_a_journal_is_read_again_even_if_its_last_line_is_cut_off(tmp_path: Path) -> None:
    journal = journal_of("data", tmp_path)
    with journal.path.open("a") as file:
        file.write('{"kind": "crea')
    Journal.reopen(journal.path).starting(f"{PREFIX}plan")
    again = Journal.reopen(journal.path)
    assert again.run == journal.run
    assert again.claims(INCIDENT)
    assert not again.claims(NO_PLAN)
    assert again.may_start(f"{PREFIX}plan")
    assert not again.may_start(f"{PREFIX}burnt")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"kind": "step"}', "no JSON"])
def test_what_is_no_journal_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text(text)
    with pytest.raises(JournalError, match="no journal"):
        Journal.reopen(path)
