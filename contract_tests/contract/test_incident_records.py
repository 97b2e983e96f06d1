"""Incident records: started, found, changed, resolved, deleted (catalogue §2, §6)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import ANY

import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule

from contract_tests.budgets import examples
from contract_tests.support import (
    ACCOUNT,
    FOREIGN_INCIDENT,
    FOREIGN_PLAN,
    NO_INCIDENT,
    NO_PLAN,
    NOT_INCIDENTS,
    TIMED_ID,
    answered,
    contents,
    fails,
    make_plan,
    minted_at,
    moves_on,
    run_machine,
    start,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.contract.targets import ClientIn
    from contract_tests.support import Record

SNS = f"arn:aws:sns:us-east-1:{ACCOUNT}:Standard_User"
ALARM = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:too-slow"
UPDATE = "SSM Incident Record Update"
UNCHECKED = Config(parameter_validation=False)


def trigger(source: str = "com.example.monitor", **members: Any) -> dict[str, Any]:
    return {"source": source, "timestamp": "2024-05-01T12:00:00Z", **members}


def get(client: SSMIncidentsClient, arn: str) -> Record:
    return dict(client.get_incident_record(arn=arn)["incidentRecord"])


def listed(client: SSMIncidentsClient, *filters: Any) -> list[str]:
    summaries = client.list_incident_records(filters=list(filters))["incidentRecordSummaries"]
    return [each["arn"] for each in summaries]


def events(client: SSMIncidentsClient, arn: str, event_type: str) -> list[str]:
    """Give the data of the incident's events of one type, the latest first."""
    wanted: Any = [{"key": "eventType", "condition": {"equals": {"stringValues": [event_type]}}}]
    summaries = client.list_timeline_events(incidentRecordArn=arn, filters=wanted)["eventSummaries"]
    ids = [each["eventId"] for each in summaries]
    return [client.get_timeline_event(incidentRecordArn=arn, eventId=each)["event"]["eventData"] for each in ids]


# -- start


@pytest.mark.observed("6.1, 2.1, 2.2, 2.5")
def test_start_gives_an_arn_of_the_plans_name_and_an_id(client: SSMIncidentsClient) -> None:
    plan = make_plan(client, "Example-Response-Plan")
    status, answer = answered(client.start_incident(responsePlanArn=plan))
    assert (status, list(answer)) == (200, ["incidentRecordArn"])
    arn = rf"arn:aws:ssm-incidents::{ACCOUNT}:incident-record/Example-Response-Plan/{TIMED_ID}"
    assert re.fullmatch(arn, answer["incidentRecordArn"])


@pytest.mark.observed("2.5, 2.6, 2.7")
def test_ids_are_even_first_and_carry_the_moment_they_were_made_at(client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    seen = set()
    for _ in range(20):
        record = get(client, start(client, plan))
        for made in (record["arn"].rpartition("/")[2], record["dedupeString"]):
            assert re.fullmatch(TIMED_ID, made)
            assert int(made[:2], 16) % 2 == 0
            assert abs(minted_at(made) - record["creationTime"]) < timedelta(seconds=1)
            seen.add(made)
    assert len(seen) == 40


@pytest.mark.observed("§6.2, 2.6: the time of the start, which the id carries as well")
def test_each_incident_is_of_its_own_time(client: SSMIncidentsClient) -> None:
    plan = make_plan(client)

    def created() -> datetime:
        return client.get_incident_record(arn=start(client, plan))["incidentRecord"]["creationTime"]

    assert moves_on(created)
    record = get(client, start(client, plan))
    assert abs(minted_at(record["arn"].rpartition("/")[2]) - record["creationTime"]) < timedelta(seconds=1)


@pytest.mark.observed("§6.2")
def test_the_record_after_a_manual_start(client: SSMIncidentsClient) -> None:
    arn = start(client, make_plan(client))
    record = get(client, arn)
    caller = record["lastModifiedBy"]
    assert re.match(rf"arn:aws:(iam|sts)::{ACCOUNT}:", caller)
    assert record == {
        "arn": arn,
        "automationExecutions": [],
        "creationTime": ANY,
        "dedupeString": ANY,
        "impact": 5,
        "incidentRecordSource": {"createdBy": caller, "invokedBy": caller, "source": "aws.ssm-incidents.custom"},
        "lastModifiedBy": caller,
        "lastModifiedTime": ANY,
        "notificationTargets": [],
        "status": "OPEN",
        "title": "title",
    }
    for name in ("creationTime", "lastModifiedTime"):
        assert record[name].microsecond % 1000 == 0


@pytest.mark.observed("§6.2")
def test_the_record_has_what_its_plan_has(client: SSMIncidentsClient) -> None:
    template = {"summary": "s", "dedupeString": "d", "notificationTargets": [{"snsTopicArn": SNS}]}
    record = get(client, start(client, make_plan(client, template=template, chatChannel={"chatbotSns": [SNS]})))
    assert record.items() >= template.items()
    assert record["chatChannel"] == {"chatbotSns": [SNS]}


@pytest.mark.inferred("5.6, 5.22, §6.2: what is empty is not there")
def test_an_empty_summary_or_chat_channel_of_the_plan_is_none(client: SSMIncidentsClient) -> None:
    plan = make_plan(client, template={"summary": "", "dedupeString": ""}, chatChannel={"empty": {}})
    record = get(client, start(client, plan))
    assert not record.keys() & {"summary", "chatChannel"}
    assert re.fullmatch(TIMED_ID, record["dedupeString"])


@pytest.mark.inferred("§6.2, §11: copied from the plan at the start")
def test_a_later_change_of_the_plan_leaves_its_incidents(client: SSMIncidentsClient) -> None:
    template = {"summary": "s", "incidentTags": {"team": "a"}, "notificationTargets": [{"snsTopicArn": SNS}]}
    plan = make_plan(client, template=template, chatChannel={"chatbotSns": [SNS]})
    arn = start(client, plan)
    before = get(client, arn), client.list_tags_for_resource(resourceArn=arn)["tags"]
    client.update_response_plan(
        arn=plan,
        chatChannel={"empty": {}},
        incidentTemplateSummary="",
        incidentTemplateNotificationTargets=[],
        incidentTemplateTags={},
        incidentTemplateTitle="other",
    )
    assert (get(client, arn), client.list_tags_for_resource(resourceArn=arn)["tags"]) == before


@pytest.mark.documented("6.3")
@pytest.mark.parametrize("given", [{}, {"title": "other"}, {"impact": 1}, {"title": "", "impact": 2}])
def test_title_and_impact_of_the_request_override_the_template(
    client: SSMIncidentsClient, given: dict[str, Any]
) -> None:
    record = get(client, start(client, make_plan(client), **given))
    assert (record["title"], record["impact"]) == (given.get("title", "title"), given.get("impact", 5))


@pytest.mark.assumption("17.21: the record shows the trigger, whatever its source")
@pytest.mark.parametrize("source", ["com.example.monitor", "aws.cloudwatch"])
def test_a_triggered_start_has_the_triggers_source(client: SSMIncidentsClient, source: str) -> None:
    plan = make_plan(client)
    with_arn = get(client, start(client, plan, triggerDetails=trigger(source, triggerArn=ALARM)))
    without = get(client, start(client, plan, triggerDetails=trigger(source)))
    caller = without["lastModifiedBy"]
    assert without["incidentRecordSource"] == {"createdBy": caller, "invokedBy": caller, "source": source}
    assert with_arn["incidentRecordSource"] == {**without["incidentRecordSource"], "resourceArn": ALARM}


@pytest.mark.assumption("every runbook starts, in the Region of the call; §6.2 says where its execution is shown")
def test_a_runbook_leaves_its_execution_in_the_region_of_the_call(client_in: ClientIn) -> None:
    client = client_in("us-west-2")
    automation = {"documentName": "Doc", "roleArn": f"arn:aws:iam::{ACCOUNT}:role/r"}
    record = get(client, start(client, make_plan(client, actions=[{"ssmAutomation": automation}])))
    (execution,) = record["automationExecutions"]
    arn = rf"arn:aws:ssm:us-west-2:{ACCOUNT}:automation-execution/{TIMED_ID}"
    assert re.fullmatch(arn, execution["ssmExecutionArn"])


@pytest.mark.documented("§11: incidentTags")
@pytest.mark.parametrize("tags", [None, {"team": "a", "empty": ""}])
def test_the_templates_incident_tags_become_the_incidents(
    client: SSMIncidentsClient, tags: dict[str, str] | None
) -> None:
    plan = make_plan(client, template={"incidentTags": tags} if tags else {}, tags={"of": "the plan"})
    assert client.list_tags_for_resource(resourceArn=start(client, plan))["tags"] == (tags or {})


@pytest.mark.observed("6.12")
def test_an_incident_can_be_updated_and_tagged_right_after_its_start(client: SSMIncidentsClient) -> None:
    arn = start(client, make_plan(client))
    client.update_incident_record(arn=arn, summary="s")
    client.tag_resource(resourceArn=arn, tags={"account-email": "a@example.com"})
    assert get(client, arn)["summary"] == "s"
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"account-email": "a@example.com"}


@pytest.mark.observed("§3.3, 6.2")
def test_start_of_an_unknown_plan_is_not_found(client: SSMIncidentsClient) -> None:
    with fails(client, "ResourceNotFoundException", resourceType="RESPONSE_PLAN", resourceIdentifier=NO_PLAN):
        client.start_incident(responsePlanArn=NO_PLAN)


@pytest.mark.assumption("17.5: another kind of ARN is a ValidationException")
@pytest.mark.parametrize(
    "arn", [NO_INCIDENT, f"{NO_PLAN}/more", NO_PLAN.replace("::", ":us-east-1:", 1), "arn:aws:a:::b"]
)
def test_start_of_what_is_no_plan_is_refused(client: SSMIncidentsClient, arn: str) -> None:
    with fails(client, "ValidationException"):
        client.start_incident(responsePlanArn=arn)


@pytest.mark.modelled("2.12, 18.7: a masked account id")
def test_start_of_what_is_no_arn_is_refused(client: SSMIncidentsClient) -> None:
    with fails(client, "ValidationException"):
        client.start_incident(responsePlanArn="arn:aws:ssm-incidents::85xxxxxxxxxx:response-plan/plan")


@pytest.mark.assumption("17.5: another account's ARN is an AccessDeniedException")
def test_start_of_another_accounts_plan_is_denied(client: SSMIncidentsClient) -> None:
    with fails(client, "AccessDeniedException"):
        client.start_incident(responsePlanArn=FOREIGN_PLAN)


ITEM = {"identifier": {"type": "OTHER", "value": {"url": "https://example.com"}}}


@pytest.mark.modelled("6.4, 6.5, 5.11, Appendix A")
@pytest.mark.parametrize(
    ("fits", "too_much"),
    [
        ({"title": "x" * 200}, {"title": "x" * 201}),
        ({"impact": 1}, {"impact": 0}),
        ({"impact": 5}, {"impact": 6}),
        ({"relatedItems": [ITEM] * 100}, {"relatedItems": [ITEM] * 101}),
        ({"triggerDetails": trigger("x" * 50)}, {"triggerDetails": trigger("x" * 51)}),
        ({"triggerDetails": trigger(rawData="x" * 10_000)}, {"triggerDetails": trigger(rawData="x" * 10_001)}),
        (
            {"triggerDetails": trigger(triggerArn="arn:aws:a:::".ljust(1000, "x"))},
            {"triggerDetails": trigger(triggerArn="arn:aws:a:::".ljust(1001, "x"))},
        ),
    ],
)
def test_limits_of_a_start(client_in: ClientIn, fits: dict[str, Any], too_much: dict[str, Any]) -> None:
    client = client_in(config=UNCHECKED)
    plan = make_plan(client)
    start(client, plan, **fits)
    with fails(client, "ValidationException"):
        start(client, plan, **too_much)


# -- one incident, or two?


@pytest.mark.observed("6.7")
def test_every_manual_start_makes_an_incident(client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    assert len({start(client, plan) for _ in range(3)}) == 3


@pytest.mark.documented("6.8; that its ARN is given, and nothing changes, is ours: 17.20")
def test_a_start_with_the_dedupe_string_of_an_open_incident_is_that_incident(client: SSMIncidentsClient) -> None:
    plan = make_plan(client, template={"dedupeString": "same"})
    arn = start(client, plan)
    before = contents(client)
    assert start(client, plan, title="other", impact=1, relatedItems=[ITEM]) == arn
    assert contents(client) == before


@pytest.mark.documented("6.9; that plan and triggerArn tell triggers apart, and its ARN is given, is ours: 17.20")
def test_a_trigger_of_an_open_incident_of_the_plan_is_that_incident(client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    again = {"triggerDetails": trigger(triggerArn=ALARM)}
    arn = start(client, plan, **again)
    assert start(client, plan, **again) == arn
    assert start(client, make_plan(client, "other"), **again) != arn


@pytest.mark.inferred("§6.6")
@pytest.mark.parametrize("template", [{}, {"dedupeString": "same"}])
def test_a_deduplicated_trigger_is_written_down_and_changes_nothing_else(
    client: SSMIncidentsClient, template: dict[str, Any]
) -> None:
    plan = make_plan(client, template=template)
    arn = start(client, plan, triggerDetails=trigger(triggerArn=ALARM))
    before = contents(client)
    again = trigger("aws.cloudwatch", triggerArn=ALARM, rawData="{}")
    assert start(client, plan, title="other", relatedItems=[ITEM], triggerDetails=again) == arn
    written = [json.loads(data) for data in events(client, arn, "SSM Incident Trigger")]
    assert [each["createdIncident"] for each in written] == [False, True]
    assert written[0] == {
        "createdIncident": False,
        "incidentSource": "aws.cloudwatch",
        "triggerArn": ALARM,
        "rawData": "{}",
    }
    after = contents(client)
    assert len(after["timelines"][arn]["eventSummaries"]) == len(before["timelines"][arn]["eventSummaries"]) + 1
    del before["timelines"], after["timelines"]
    assert after == before


class Incident(NamedTuple):
    """What decides whether a later start is this incident again."""

    arn: str
    key: tuple[str, ...] | None


class Deduplication(RuleBasedStateMachine):
    """Starts of a few plans by a few triggers, against a list of the open incidents."""

    examples = count()
    incidents = Bundle("incidents")

    def __init__(self, client: SSMIncidentsClient) -> None:
        super().__init__()
        self.client = client
        self.open: set[Incident] = set()
        self.known: set[str] = set()

    @initialize()
    def make_plans(self) -> None:
        """Make two plans with one dedupe string, one with a string that contains it, and one without."""
        example = next(self.examples)
        self.dedupe = {"none": "", "a": f"{example}.a", "a too": f"{example}.a", "longer": f"{example}.a b"}
        self.plans = {
            name: make_plan(self.client, f"{example}-{index}", template={"dedupeString": dedupe})
            for index, (name, dedupe) in enumerate(self.dedupe.items())
        }

    @rule(
        target=incidents,
        plan=st.sampled_from(["none", "a", "a too", "longer"]),
        alarm=st.sampled_from([None, "", ALARM, f"{ALARM}-2"]),
    )
    def start(self, plan: str, alarm: str | None) -> Incident:
        """Start an incident: by hand (None), by a trigger without an ARN, or by one of two alarms."""
        details = {} if alarm is None else {"triggerDetails": trigger(**({"triggerArn": alarm} if alarm else {}))}
        arn = start(self.client, self.plans[plan], **details)
        key = ("string", self.dedupe[plan]) if self.dedupe[plan] else ("alarm", plan, alarm) if alarm else None
        same = {each.arn for each in self.open if key and each.key == key}
        assert arn in same if same else arn not in self.known
        self.known.add(arn)
        incident = Incident(arn, key)
        self.open.add(incident)
        return incident

    @rule(incident=incidents, status=st.sampled_from(["OPEN", "RESOLVED"]))
    def set_status(self, incident: Incident, status: Any) -> None:
        """Resolve an incident, or open it again."""
        if incident.arn not in self.known:
            return
        self.client.update_incident_record(arn=incident.arn, status=status)
        (self.open.add if status == "OPEN" else self.open.discard)(incident)

    @rule(incident=incidents)
    def delete(self, incident: Incident) -> None:
        """Delete an incident, perhaps again."""
        self.client.delete_incident_record(arn=incident.arn)
        self.open.discard(incident)
        self.known.discard(incident.arn)


@pytest.mark.assumption("17.20: open incidents of the whole account, equal strings, else the plan's same trigger")
def test_which_starts_are_the_same_incident(client: SSMIncidentsClient) -> None:
    run_machine(lambda: Deduplication(client), percent=25, steps=20)


# -- get


@pytest.mark.observed("§6.2; 1.5 for the status")
def test_get(client: SSMIncidentsClient) -> None:
    status, answer = answered(client.get_incident_record(arn=start(client, make_plan(client))))
    assert (status, list(answer)) == (200, ["incidentRecord"])


@pytest.mark.observed("§3.3")
@pytest.mark.parametrize("method", ["get_incident_record", "update_incident_record"])
def test_an_unknown_incident_is_not_found(client: SSMIncidentsClient, method: str) -> None:
    with fails(client, "ResourceNotFoundException", resourceType="INCIDENT_RECORD", resourceIdentifier=NO_INCIDENT):
        getattr(client, method)(arn=NO_INCIDENT)


METHODS = ["get_incident_record", "update_incident_record", "delete_incident_record"]


@pytest.mark.assumption("17.5: another kind of ARN is a ValidationException")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("arn", NOT_INCIDENTS)
def test_what_is_no_incident_is_refused(client: SSMIncidentsClient, method: str, arn: str) -> None:
    with fails(client, "ValidationException"):
        getattr(client, method)(arn=arn)


@pytest.mark.assumption("17.5: another account's ARN is an AccessDeniedException")
@pytest.mark.parametrize("method", METHODS)
def test_another_accounts_incident_is_denied(client: SSMIncidentsClient, method: str) -> None:
    with fails(client, "AccessDeniedException"):
        getattr(client, method)(arn=FOREIGN_INCIDENT)


@pytest.mark.assumption("as 4.35 for plans: an account's incidents are the same in all Regions of its set")
def test_an_incident_is_seen_from_every_region(client_in: ClientIn) -> None:
    here, there = client_in("us-east-1"), client_in("us-west-2")
    arn = start(there, make_plan(here))
    assert listed(here) == listed(there) == [arn]
    assert get(here, arn) == get(there, arn)


# -- list


@pytest.mark.observed("§6.5, §3.3")
def test_without_incidents_the_list_is_empty(client: SSMIncidentsClient) -> None:
    assert answered(client.list_incident_records()) == (200, {"incidentRecordSummaries": []})


@pytest.mark.observed("§6.5, 6.18")
def test_summaries_have_these_members_of_the_record(client: SSMIncidentsClient) -> None:
    arn = start(client, make_plan(client), triggerDetails=trigger(triggerArn=ALARM))
    members = {"arn", "creationTime", "impact", "incidentRecordSource", "status", "title"}
    for expected in (members, {*members, "resolvedTime"}):
        record = get(client, arn)
        (summary,) = client.list_incident_records()["incidentRecordSummaries"]
        assert summary == {name: record[name] for name in expected}
        assert list(summary) == sorted(summary)
        client.update_incident_record(arn=arn, status="RESOLVED")


@pytest.mark.assumption("17.26: newest first")
def test_incidents_are_listed_newest_first(client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    started = [start(client, plan) for _ in range(5)]
    client.update_incident_record(arn=started[1], title="a change does not make it newer")
    assert listed(client) == started[::-1]


def strings(key: str, *values: str) -> st.SearchStrategy[Record]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2).map(
        lambda chosen: {"key": key, "condition": {"equals": {"stringValues": chosen}}}
    )


def fits(summary: Mapping[str, Any], wanted: Record) -> bool:
    ((kind, value),) = wanted["condition"].items()
    if kind == "after":
        return bool(summary["creationTime"] > value)
    if kind == "before":
        return bool(summary["creationTime"] < value)
    flat = {**summary, **summary["incidentRecordSource"]}
    (values,) = value.values()
    return flat[wanted["key"]] in values


@pytest.mark.documented("§6.5")
def test_filters_must_all_be_met_each_by_any_of_its_values(client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    for impact in (1, 1, 2, 3):
        for status in ("OPEN", "RESOLVED"):
            client.update_incident_record(arn=start(client, plan, impact=impact), status=status)
    everything = client.list_incident_records()["incidentRecordSummaries"]
    caller = everything[0]["incidentRecordSource"]["createdBy"]
    a_second = everything[0]["creationTime"].replace(microsecond=0)
    moments = st.sampled_from([a_second + timedelta(seconds=shift) for shift in (-60, -1, 2, 60)])
    wanted = st.one_of(
        strings("status", "OPEN", "RESOLVED", "SOLVED"),
        strings("createdBy", caller, "arn:aws:iam::123456789012:user/nobody"),
        st.lists(st.integers(1, 4), min_size=1, max_size=3).map(
            lambda values: {"key": "impact", "condition": {"equals": {"integerValues": values}}}
        ),
        st.tuples(st.sampled_from(["after", "before"]), moments).map(
            lambda condition: {"key": "creationTime", "condition": dict([condition])}
        ),
    )

    @examples(percent=40)
    @given(st.lists(wanted, max_size=5))
    def law(filters: list[Record]) -> None:
        expected = [each["arn"] for each in everything if all(fits(each, one) for one in filters)]
        assert listed(client, *filters) == expected

    law()


@pytest.mark.assumption("an empty list of values fits nothing")
@pytest.mark.parametrize(
    ("key", "values"),
    [("status", {"stringValues": []}), ("impact", {"integerValues": []}), ("createdBy", {"stringValues": []})],
)
def test_no_value_fits_no_incident(client: SSMIncidentsClient, key: str, values: dict[str, Any]) -> None:
    start(client, make_plan(client))
    assert listed(client, {"key": key, "condition": {"equals": values}}) == []


@pytest.mark.assumption("17.8: a filter that cannot be is a ValidationException")
@pytest.mark.parametrize(
    ("key", "condition"),
    [
        ("title", {"equals": {"stringValues": ["t"]}}),
        ("eventType", {"equals": {"stringValues": ["t"]}}),
        ("Status", {"equals": {"stringValues": ["OPEN"]}}),
        ("", {"equals": {"stringValues": ["OPEN"]}}),
        ("status", {"equals": {"integerValues": [1]}}),
        ("status", {"after": "2024-01-01T00:00:00Z"}),
        ("createdBy", {"before": "2024-01-01T00:00:00Z"}),
        ("impact", {"equals": {"stringValues": ["1"]}}),
        ("impact", {"before": "2024-01-01T00:00:00Z"}),
        ("creationTime", {"equals": {"stringValues": ["2024-01-01T00:00:00Z"]}}),
    ],
)
def test_a_filter_that_cannot_be_is_refused(client: SSMIncidentsClient, key: str, condition: dict[str, Any]) -> None:
    with fails(client, "ValidationException"):
        listed(client, {"key": key, "condition": condition})


OPEN: dict[str, Any] = {"key": "status", "condition": {"equals": {"stringValues": ["OPEN"]}}}


@pytest.mark.modelled("§6.5, Appendix A")
@pytest.mark.parametrize(
    ("fitting", "too_much"),
    [
        ([OPEN] * 5, [OPEN] * 6),
        (
            [{"key": "status", "condition": {"equals": {"stringValues": ["x"] * 100}}}],
            [{"key": "status", "condition": {"equals": {"stringValues": ["x"] * 101}}}],
        ),
        (
            [{"key": "status", "condition": {"equals": {"stringValues": ["x" * 1000]}}}],
            [{"key": "status", "condition": {"equals": {"stringValues": ["x" * 1001]}}}],
        ),
        (
            [{"key": "impact", "condition": {"equals": {"integerValues": [1] * 100}}}],
            [{"key": "impact", "condition": {"equals": {"integerValues": [1] * 101}}}],
        ),
        ([OPEN], [{"key": "creationTime", "condition": {"after": 1, "before": 2}}]),
    ],
)
def test_limits_of_filters(client_in: ClientIn, fitting: list[Record], too_much: list[Record]) -> None:
    client = client_in(config=UNCHECKED)
    listed(client, *fitting)
    with fails(client, "ValidationException"):
        listed(client, *too_much)


# -- update

CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "chatChannel": st.sampled_from([{"chatbotSns": [SNS]}, {"chatbotSns": [f"{SNS}-2", SNS]}, {"empty": {}}]),
        "impact": st.integers(1, 5),
        "notificationTargets": st.lists(st.just({"snsTopicArn": SNS}), max_size=2),
        "status": st.sampled_from(["OPEN", "RESOLVED"]),
        "summary": st.sampled_from(["a summary", '"quoted", ünïcode']),
        "title": st.sampled_from(["a title", "another"]),
    },
)


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


@pytest.mark.assumption("17.24: one event tells all that an update names, in alphabetical order; nothing tells nothing")
def test_an_update_changes_what_it_names_and_writes_that_down(client: SSMIncidentsClient) -> None:
    plan = make_plan(client, chatChannel={"chatbotSns": [SNS]})

    @examples(percent=50)
    @given(st.lists(CHANGES, max_size=5))
    def law(updates: list[dict[str, Any]]) -> None:
        arn = start(client, plan)
        expected = get(client, arn)
        written = events(client, arn, UPDATE)
        for changes in updates:
            assert answered(client.update_incident_record(arn=arn, **changes)) == (204, {})
            expected |= changes
            if changes:
                details = {
                    "modifiedBy": expected["lastModifiedBy"],
                    "modifiedAttributes": [
                        {"attributeName": name, "newValue": as_text(changes[name])} for name in sorted(changes)
                    ],
                    "incidentTitle": expected["title"],
                }
                written.insert(0, json.dumps(details, separators=(",", ":"), ensure_ascii=False))
            if expected.get("chatChannel") == {"empty": {}}:
                del expected["chatChannel"]
            record = get(client, arn)
            assert list(record) == sorted(record)
            assert ("resolvedTime" in record) == (record["status"] == "RESOLVED")
            volatile = {"lastModifiedTime": ANY, "resolvedTime": ANY}
            assert record | volatile == expected | volatile
            assert events(client, arn, UPDATE) == written

    law()


@pytest.mark.observed("6.14, 6.17, 6.18")
def test_resolving_sets_the_status_and_the_time_and_writes_the_bare_word(client: SSMIncidentsClient) -> None:
    arn = start(client, make_plan(client))
    assert answered(client.update_incident_record(arn=arn, status="RESOLVED")) == (204, {})
    record = get(client, arn)
    assert record["status"] == "RESOLVED"
    assert record["resolvedTime"] == record["lastModifiedTime"] >= record["creationTime"]
    latest, *_ = events(client, arn, UPDATE)
    assert json.loads(latest)["modifiedAttributes"] == [{"attributeName": "status", "newValue": "RESOLVED"}]


@pytest.mark.observed("§6.2, §7.2")
def test_the_time_of_a_change_is_its_events_time(client: SSMIncidentsClient) -> None:
    arn = start(client, make_plan(client))
    changes: list[dict[str, Any]] = [{}, {"summary": "s"}, {"status": "RESOLVED"}]
    for change in changes:
        client.update_incident_record(arn=arn, **change)
        (latest, *_) = client.list_timeline_events(incidentRecordArn=arn)["eventSummaries"]
        assert latest["eventType"] == UPDATE
        assert latest["eventTime"] == latest["eventUpdatedTime"] == get(client, arn)["lastModifiedTime"]


@pytest.mark.observed("6.17, 6.18: the time of each change, and that of the resolution, once")
def test_an_update_moves_the_modified_time_and_not_the_resolved_time(client: SSMIncidentsClient) -> None:
    arn = start(client, make_plan(client))
    client.update_incident_record(arn=arn, status="RESOLVED")
    before = get(client, arn)

    def modified() -> datetime:
        client.update_incident_record(arn=arn, status="RESOLVED", title="again")
        return client.get_incident_record(arn=arn)["incidentRecord"]["lastModifiedTime"]

    assert moves_on(modified)
    after = get(client, arn)
    assert after == before | {"lastModifiedTime": after["lastModifiedTime"], "title": "again"}


@pytest.mark.inferred("5.22: an empty summary is no summary")
def test_an_empty_summary_takes_the_summary_away(client: SSMIncidentsClient) -> None:
    arn = start(client, make_plan(client))
    before = get(client, arn)
    client.update_incident_record(arn=arn, summary="a summary")
    client.update_incident_record(arn=arn, summary="")
    assert get(client, arn) == before | {"lastModifiedTime": ANY}


@pytest.mark.assumption("17.24: an incident can be opened again")
def test_opening_again_takes_the_resolved_time_away(client: SSMIncidentsClient) -> None:
    arn = start(client, make_plan(client))
    before = get(client, arn)
    client.update_incident_record(arn=arn, status="RESOLVED")
    client.update_incident_record(arn=arn, status="OPEN")
    assert get(client, arn) == before | {"lastModifiedTime": ANY}


@pytest.mark.assumption("17.24: an update that names nothing does nothing")
def test_an_update_that_names_nothing_does_nothing(client: SSMIncidentsClient) -> None:
    arn = start(client, make_plan(client))
    before = contents(client)
    assert answered(client.update_incident_record(arn=arn)) == (204, {})
    assert contents(client) == before


@pytest.mark.modelled("6.13, 5.11, Appendix A")
@pytest.mark.parametrize(
    ("fits", "too_much"),
    [
        ({"title": "x" * 200}, {"title": "x" * 201}),
        ({"summary": "x" * 8000}, {"summary": "x" * 8001}),
        ({"impact": 1}, {"impact": 0}),
        ({"impact": 5}, {"impact": 6}),
        ({"status": "OPEN"}, {"status": "CLOSED"}),
        ({"notificationTargets": [{"snsTopicArn": SNS}] * 10}, {"notificationTargets": [{"snsTopicArn": SNS}] * 11}),
        ({"chatChannel": {"chatbotSns": [SNS]}}, {"chatChannel": {"chatbotSns": []}}),
        (
            {"chatChannel": {"chatbotSns": [f"{SNS}-{each}" for each in range(5)]}},
            {"chatChannel": {"chatbotSns": [f"{SNS}-{each}" for each in range(6)]}},
        ),
    ],
)
def test_limits_of_an_update(client_in: ClientIn, fits: dict[str, Any], too_much: dict[str, Any]) -> None:
    client = client_in(config=UNCHECKED)
    arn = start(client, make_plan(client))
    client.update_incident_record(arn=arn, **fits)
    assert get(client, arn).items() >= fits.items()
    with fails(client, "ValidationException"):
        client.update_incident_record(arn=arn, **too_much)


# -- delete


@pytest.mark.observed("§3.3")
def test_deleting_an_unknown_incident_succeeds(client: SSMIncidentsClient) -> None:
    assert answered(client.delete_incident_record(arn=NO_INCIDENT)) == (204, {})


@pytest.mark.observed("§6.5: while OPEN; §3.3")
@pytest.mark.parametrize("status", ["OPEN", "RESOLVED"])
def test_a_deleted_incident_is_gone_whatever_its_status(client: SSMIncidentsClient, status: Any) -> None:
    plan = make_plan(client)
    gone, other = start(client, plan), start(client, plan)
    client.update_incident_record(arn=gone, status=status)
    for _ in range(2):
        assert answered(client.delete_incident_record(arn=gone)) == (204, {})
        assert listed(client) == [other]
        with fails(client, "ResourceNotFoundException", resourceType="INCIDENT_RECORD", resourceIdentifier=gone):
            client.get_incident_record(arn=gone)


@pytest.mark.assumption("17.27: what belongs to an incident goes with it, and only that; inferred for events: §6.5")
def test_deleting_an_incident_takes_its_timeline_items_and_tags(client: SSMIncidentsClient) -> None:
    plan = make_plan(client, template={"incidentTags": {"team": "a"}})
    other = start(client, plan)
    before = contents(client)
    gone = start(client, plan, relatedItems=[ITEM])
    event = client.list_timeline_events(incidentRecordArn=gone)["eventSummaries"][0]["eventId"]
    client.delete_incident_record(arn=gone)
    assert client.list_timeline_events(incidentRecordArn=gone)["eventSummaries"] == []
    assert client.list_related_items(incidentRecordArn=gone)["relatedItems"] == []
    for incident in (gone, other):
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.get_timeline_event(incidentRecordArn=incident, eventId=event)
    with fails(client, "ResourceNotFoundException", resourceType="INCIDENT_RECORD", resourceIdentifier=gone):
        client.list_tags_for_resource(resourceArn=gone)
    assert contents(client) == before
