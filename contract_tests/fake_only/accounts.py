"""A fake account with some of everything in it, of which every call is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ParamValidationError

import fakeim
from contract_tests.fake_only.inspection import botocore_model, call, disorder, dump, flaws, names_in_use
from contract_tests.strategies import broken, mostly, refused, requests
from fakeim.service.clock import Clock

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from fakeim.spec.api import Operation

    Outcome = dict[str, Any] | str

UNCALLED_FOR = {"InternalServerException", "ThrottlingException"}
NOON = 1_767_268_800_000
"""2026-01-01T12:00:00Z, in milliseconds: a system's clock that stands."""
REGIONS = ("us-east-1", "eu-west-1", "us-west-2")
ELSEWHERE = [
    "arn:aws:ssm-incidents::123456789012:incident-record/one/0",
    "arn:aws:ssm-incidents::999999999999:response-plan/one",
]
COMMON: dict[str, list[Any]] = {
    "ClientToken": ["", "token", "other token"],
    "DedupeString": ["", "same"],
    "FilterKeyString": ["creationTime", "eventTime", "status", "impact", "createdBy", "eventType", "eventReference"],
    "ListIncidentFindingsInputMaxResultsInteger": [1, 2],
    "MaxResults": [1, 2],
    "Policy": ['{"Statement": []}', "{}"],
    "RegionName": [*REGIONS, "ap-south-1"],
    "ResponsePlanName": ["one", "two"],
    "SseKmsKey": ["", "DefaultKey", "arn:aws:kms:us-east-1:123456789012:key/key"],
    "StringListMemberString": ["OPEN", "RESOLVED", "Custom Event", "arn:aws:iam::123456789012:user/fakeim"],
    "TagKey": ["a", "b"],
    "TimelineEventType": ["Custom Event", "Note", "SSM Incident Start"],
}
"""Values by the name of their shape, few of each, so that calls meet."""

TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
TEMPLATE = {
    "title": "two",
    "impact": 1,
    "summary": "summary",
    "dedupeString": "same",
    "incidentTags": {"b": "2"},
    "notificationTargets": [{"snsTopicArn": TOPIC}],
}
MEMBERS = {
    "actions": [
        {
            "ssmAutomation": {
                "documentName": "runbook",
                "dynamicParameters": {"incident": {"variable": "INCIDENT_RECORD_ARN"}},
                "parameters": {"names": ["one", "two"]},
                "roleArn": "arn:aws:iam::123456789012:role/runbooks",
            }
        }
    ],
    "chatChannel": {"chatbotSns": [TOPIC]},
    "displayName": "Two",
    "engagements": ["arn:aws:ssm-contacts:us-east-1:123456789012:contact/someone"],
    "integrations": [
        {
            "pagerDutyConfiguration": {
                "name": "pages",
                "pagerDutyIncidentConfiguration": {"serviceId": "service"},
                "secretId": "secret",
            }
        }
    ],
}


class Account:
    """A fake under observation: every call to it is checked."""

    def __init__(self) -> None:
        self.fake = fakeim.FakeIncidentManager(regions=REGIONS[:2], clock=Clock(lambda: NOON))
        self.page_tokens = [""]

    def request(self, operation: Operation) -> SearchStrategy[dict[str, Any]]:
        """Make a request that is mostly valid and meets what is there, and now and then one that is broken."""
        unsent, bad = refused(operation), broken(operation).map(lambda found: found.value)
        return mostly(requests(operation, self.pool(operation)), unsent | bad)

    def pool(self, operation: Operation) -> dict[str, list[Any]]:
        """Give what is there, and some of what is not."""
        there = names_in_use(self.fake)
        sets, plans, incidents = there["replication_sets"], there["response_plans"], there["incident_records"]
        policies = there["resource_policies"]
        kind = {"ResponsePlan": plans, "IncidentRecord": incidents}
        own = next((arns for name, arns in kind.items() if name in operation.name), sets)
        return COMMON | {
            "arn": own + ELSEWHERE,
            "Arn": sets + plans + incidents + ELSEWHERE,
            "incidentRecordArn": incidents + ELSEWHERE,
            "responsePlanArn": plans + ELSEWHERE,
            "resourceArn": plans + ELSEWHERE if "Polic" in operation.name else sets + plans + incidents + ELSEWHERE,
            "FindingId": there["findings"],
            "NextToken": self.page_tokens[-3:],
            "PolicyId": policies,
            "UUID": there["timeline_events"],
        }

    def call(self, operation: Operation, params: dict[str, Any], region: str = REGIONS[0]) -> Outcome:
        """Call, check what comes and what has become of the state, and give the answer or the error's text."""
        self.fake.client().list_replication_sets()  # so that what is due by now is no effect of the call
        before = dump(self.fake)
        outcome: Outcome
        try:
            outcome = call(self.fake.client(region), operation, params)
        except ParamValidationError as refusal:
            outcome = str(refusal)
        except ClientError as error:
            if error.response["Error"]["Code"] not in operation.errors - UNCALLED_FOR:
                raise
            outcome = str(error)
        else:
            del outcome["ResponseMetadata"]
            shape = botocore_model().shape_for(operation.output.name)
            assert list(flaws(shape, outcome)) == []
            self.page_tokens += [outcome["nextToken"]] if "nextToken" in outcome else []
        if isinstance(outcome, str) or operation.name.startswith(("Get", "List", "BatchGet")):
            assert dump(self.fake) == before
        assert disorder(self.fake) == []
        return outcome


def some_of_everything() -> Account:
    """Make an account with two plans, of which the second has all members, and an incident of each."""
    account = Account()
    client: Any = account.fake.client()
    plans = [
        client.create_response_plan(name="one", incidentTemplate={"title": "one", "impact": 3})["arn"],
        client.create_response_plan(name="two", incidentTemplate=TEMPLATE, tags={"a": "1"}, **MEMBERS)["arn"],
    ]
    for plan in plans:
        incident = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
        item = {"identifier": {"type": "OTHER", "value": {"url": "https://example.org"}}, "title": "page"}
        client.update_related_items(incidentRecordArn=incident, relatedItemsUpdate={"itemToAdd": item})
        event = {"eventTime": 0, "eventType": "Note", "eventData": "data", "eventReferences": [{"resource": plan}]}
        client.create_timeline_event(incidentRecordArn=incident, **event)
        account.fake.add_finding(incident, cloud_formation_stack_update={"stackArn": TOPIC, "startTime": 0})
    client.put_resource_policy(resourceArn=plans[0], policy='{"Statement": []}')
    return account


FULL = some_of_everything().fake.snapshot()


def full_account() -> Account:
    """Give an account with some of everything, quickly."""
    account = Account()
    account.fake.restore(FULL)
    return account
