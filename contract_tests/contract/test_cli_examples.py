"""AWS's own examples of the CLI, with the outputs that its documentation shows (catalogue §14).

``cli_examples.json`` holds the examples of aws-cli, which is licensed under Apache-2.0. Each is run against an account
that has what the example speaks of. The answer must have the documented form: the same members, with the same values
but for ids, times, callers and the number of the account.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pytest

from contract_tests.support import ACCOUNT, answered, make_plan, start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.support import Record

EXAMPLES: list[Any] = json.loads(Path(__file__).with_name("cli_examples.json").read_text(encoding="utf-8"))["examples"]

# -- where the documentation is wrong, old, or tells of what a fake cannot have

GONE = object()


class Deviation(NamedTuple):
    """A place in an example, what stands there instead, and why."""

    title: str
    where: tuple[str | int, ...]
    instead: Any
    why: str


REQUESTS = [
    Deviation(
        "To create the replication set",
        ("regions", "us-east-2", "sseKmsKeyId"),
        "arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "4.26, §14: a key is of its Region; this example gives us-east-2 a key of us-east-1",
    ),
]
ANSWERS = [
    Deviation("To create the replication set", ("replicationSetArns",), GONE, "4.36, §14: the answer is an arn"),
    Deviation(
        "To create the replication set",
        ("arn",),
        "arn:aws:ssm-incidents::111122223333:replication-set/c4bcb603-4bf9-bb3f-413c-08df53673b57",
        "4.36, §14: the answer is an arn",
    ),
    Deviation(
        "To start an incident",
        ("incidentRecordArn",),
        "arn:aws:ssm-incidents::111122223333:incident-record/Example-Response-Plan/6ebcc812-85f5-b7eb-8b2f-283e4d844308",
        "§14: the documented ARN kept the number of the account that it was recorded in",
    ),
    Deviation(
        "Example 2: To create a timeline event with an incident note",
        ("incidentRecordArn",),
        "arn:aws:ssm-incidents::111122223333:incident-record/Test/6cc46130-ca6c-3b38-68f1-f6abeEXAMPLE",
        "§14: the documented output is a copy of the first example's, of another incident",
    ),
    Deviation(
        "To get the replication set",
        ("replicationSet", "arn"),
        "arn:aws:ssm-incidents::111122223333:replication-set/c4bcb603-4bf9-bb3f-413c-08df53673b57",
        "4.17: added to the API after the recording",
    ),
    *(
        Deviation(
            "To get the replication set",
            ("replicationSet", "regionMap", region, "statusUpdateDateTime"),
            "2021-05-14T17:57:22.010000+00:00",
            "4.16: added to the API after the recording",
        )
        for region in ("us-east-1", "us-east-2")
    ),
    Deviation(
        "To get the replication set",
        ("replicationSet", "regionMap", "us-east-2", "statusMessage"),
        GONE,
        "4.15: a fault of that account, 'Tagging inaccessible'; healthy Regions have none",
    ),
    *(
        Deviation(
            "To list related items",
            ("relatedItems", index, "generatedId"),
            f"related-item/{kind}/F95638BAA087E072DC56189CB4D2ADEC",
            "8.2: added to the API on 2022-11-11, after the recording",
        )
        for index, kind in enumerate(("OTHER", "PARENT"))
    ),
    Deviation(
        "To list timeline events of an incident",
        ("eventSummaries", 3),
        GONE,
        "§7.1: a runbook that did not start; the incident of this test has none",
    ),
]


def put_right(example: Record, value: Any, deviations: Sequence[Deviation]) -> Any:
    """Apply the deviations of an example to its parameters or its output."""
    right = deepcopy(value)
    for title, (*path, last), instead, _ in deviations:
        if title == example["title"]:
            parent = right
            for step in path:
                parent = parent[step]
            if instead is GONE:
                del parent[last]
            else:
                parent[last] = instead
    return right


# -- the account that the examples speak of

PLAN = "Example-Response-Plan"


class Names(NamedTuple):
    """What the documentation calls something, as a pattern, and what it is called here."""

    pairs: list[tuple[str, str]]

    def here(self, text: str) -> str:
        """Give ``text`` with the names of this account."""
        for pattern, name in self.pairs:
            text = re.sub(pattern, name, text)
        return text


def documented(title: str) -> Any:
    return next(each["output"] for each in EXAMPLES if each["title"] == title)


def furnish(client: SSMIncidentsClient) -> Names:
    """Make what the examples speak of: a set, a plan with tag and policy, an incident with items and events."""
    names = Names([("111122223333", ACCOUNT)])
    (the_set,) = client.list_replication_sets()["replicationSetArns"]
    add: Any = {"addRegionAction": {"regionName": "us-east-2"}}
    delete: Any = {"deleteRegionAction": {"regionName": "us-west-2"}}
    for action in (add, delete):
        client.update_replication_set(arn=the_set, actions=[action])
        client.get_waiter("wait_for_replication_set_active").wait(arn=the_set)

    recorded = documented("To get details of a response plan")
    plan = make_plan(client, PLAN, template=recorded["incidentTemplate"], displayName=recorded["displayName"])
    incident = start(client, plan)
    (parent, *_) = client.list_timeline_events(incidentRecordArn=incident, sortOrder="ASCENDING")["eventSummaries"]
    item: Any = {name: documented("To list related items")["relatedItems"][0][name] for name in ("identifier", "title")}
    client.update_related_items(incidentRecordArn=incident, relatedItemsUpdate={"itemToAdd": item})
    client.update_incident_record(arn=incident, impact=recorded["incidentTemplate"]["impact"])
    event = client.create_timeline_event(
        incidentRecordArn=incident, eventType="Custom Event", eventTime="2020-10-01T20:30:00Z", eventData='"d"'
    )
    # Only now: the recorded incident was started before the plan had a chat channel and a runbook (§6.2).
    later: Any = {
        name: json.loads(names.here(json.dumps(recorded[name]))) for name in ("actions", "chatChannel", "engagements")
    }
    client.update_response_plan(arn=plan, **later)
    client.tag_resource(resourceArn=plan, tags=documented("To list tags for a response plan")["tags"])
    (policy,) = documented("To list resource policies for a response plan")["resourcePolicies"]
    policy_id = client.put_resource_policy(resourceArn=plan, policy=names.here(policy["policyDocument"]))["policyId"]
    names.pairs.extend(
        [
            (f"incident-record/{PLAN}/[-0-9a-fEXAMPLE]{{36}}", incident.partition("::")[2].partition(":")[2]),
            ("replication-set/[-0-9a-f]{36}", the_set.rpartition(":")[2]),
            ("20bcc812-8a94-4cd7-520c-0ff742111424", parent["eventId"]),
            ("c0bcc885-a41d-eb01-b4ab-9d2de193643c", event["eventId"]),
            (policy["policyId"], policy_id),
        ]
    )
    return names


def furnish_further(client: SSMIncidentsClient, names: Names, title: str) -> None:
    """Make, or take away, what only one example speaks of."""
    if title == "To create the replication set":
        (the_set,) = client.list_replication_sets()["replicationSetArns"]
        client.delete_replication_set(arn=the_set)
        client.get_waiter("wait_for_replication_set_deleted").wait(arn=the_set)
    elif title == "To delete a response plan":
        make_plan(client, "example-response")
    elif title == "Example 2: To create a timeline event with an incident note":
        incident = start(client, make_plan(client, "Test"))
        names.pairs.append(("incident-record/Test/[-0-9a-fEXAMPLE]{36}", incident.rpartition(":")[2]))


# -- from the command line, and back


def parameters(client: SSMIncidentsClient, operation: str, options: Sequence[str]) -> Record:
    """Read a command's options as boto3's parameters."""
    members = cast(Any, client).meta.service_model.operation_model(operation).input_shape.members
    read: Record = {}
    words = iter(options)
    for word in words:
        first, *rest = word.removeprefix("--").split("-")
        name = first + "".join(each.title() for each in rest)
        kind = members[name].type_name
        if kind == "boolean":
            read[name] = True
        elif kind in ("structure", "map", "list"):
            read[name] = json.loads(next(words))
        else:
            read[name] = next(words)
    return read


FORMS = [
    (r"(111122223333|123456789012)", "ACCOUNT"),
    (r"arn:aws:(iam::ACCOUNT:user|sts::ACCOUNT:assumed-role)/[^\"]+", "CALLER"),
    (r"[-0-9a-fEXAMPLE]{36}", "ID"),
    (r"related-item/([A-Z_]+)/[0-9A-F]{32}", r"related-item/\1/ID"),
    (r"\b[0-9a-f]{32}\b", "ID"),
    (r"\boi-[0-9a-f]{12}\b", "OPSITEM"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", "TIME"),
]


def form(value: Any) -> Any:
    """Give ``value`` with a placeholder for all that differs from account to account."""
    if isinstance(value, dict):
        return {name: form(each) for name, each in value.items()}
    if isinstance(value, list):
        return [form(each) for each in value]
    if isinstance(value, datetime):
        return "TIME"
    if isinstance(value, str):
        for pattern, placeholder in FORMS:
            value = re.sub(pattern, placeholder, value)
    return value


@pytest.mark.observed("aws-cli's examples, as recorded; deviations: §14")
@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{each['operation']}: {each['title']}" for each in EXAMPLES])
def test_the_examples_of_the_cli(client: SSMIncidentsClient, example: Record) -> None:
    names = furnish(client)
    furnish_further(client, names, example["title"])
    method = example["operation"].replace("-", "_")
    operation = client.meta.method_to_api_mapping[method]
    given = put_right(example, parameters(client, operation, example["argv"][3:]), REQUESTS)
    status, answer = answered(getattr(client, method)(**json.loads(names.here(json.dumps(given)))))
    assert status == client.meta.service_model.operation_model(operation).http.get("responseCode", 200)
    assert form(answer) == form(put_right(example, example.get("output", {}), ANSWERS))


@pytest.mark.documented("§14, §18: each deviation is of one of the 30 examples")
def test_every_deviation_is_of_an_example() -> None:
    assert {each.title for each in REQUESTS + ANSWERS} <= {each["title"] for each in EXAMPLES}
    assert len(EXAMPLES) == len({each["title"] for each in EXAMPLES}) == 30
