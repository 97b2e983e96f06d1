"""The service's IAM actions: on which resources each is authorized, and what else a call has to be allowed.

Rules, and what they rest on:
 1. Every operation has one action, of its name. ``RESOURCES`` says on which kinds of resources it is authorized; one
    that is on none is authorized on ``*`` [documented §13: the Service Authorization Reference].
 2. Most actions on an incident need it allowed on the incident record and on its response plan, the one that the
    incident's ARN names [documented §13; observed 2.2]. The record is looked at first [assumption].
 3. The operations on tags are authorized on the resource that they name, of whichever kind [documented §13].
 4. Tags that are given to what is created need TagResource too [documented §13], on the plan's ARN, or on every
    replication set, for that has no id yet [assumption]. So do the incident tags of an updated plan [documented §13;
    assumption: that these are meant].
 5. A runbook needs iam:PassRole on its role, for ssm-incidents.amazonaws.com [documented §13, 5.17]; a replication set
    needs iam:CreateServiceLinkedRole [documented §13; assumption: also where the role is there already].
 6. What the service does with its caller's rights elsewhere, such as ssm:CreateOpsItem, is not looked at [our choice:
    there is no OpsCenter here].
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.service.arns import INCIDENT_RECORD, REPLICATION_SET, RESPONSE_PLAN
from fakeim.spec.api import SERVICE, load_api

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fakeim.service.world import World

EVERYTHING = "*"
PASS_ROLE, CREATE_SERVICE_LINKED_ROLE = "iam:PassRole", "iam:CreateServiceLinkedRole"
TAG_RESOURCE = f"{SERVICE}:TagResource"

_WITH_PLAN = (INCIDENT_RECORD, RESPONSE_PLAN)
_ANY = (INCIDENT_RECORD, REPLICATION_SET, RESPONSE_PLAN)
RESOURCES: Mapping[str, tuple[str, ...]] = {
    "BatchGetIncidentFindings": _WITH_PLAN,
    "CreateReplicationSet": (),
    "CreateResponsePlan": (),
    "CreateTimelineEvent": _WITH_PLAN,
    "DeleteIncidentRecord": (INCIDENT_RECORD,),
    "DeleteReplicationSet": (REPLICATION_SET,),
    "DeleteResourcePolicy": (RESPONSE_PLAN,),
    "DeleteResponsePlan": (RESPONSE_PLAN,),
    "DeleteTimelineEvent": (INCIDENT_RECORD,),
    "GetIncidentRecord": _WITH_PLAN,
    "GetReplicationSet": (REPLICATION_SET,),
    "GetResourcePolicies": (RESPONSE_PLAN,),
    "GetResponsePlan": (RESPONSE_PLAN,),
    "GetTimelineEvent": _WITH_PLAN,
    "ListIncidentFindings": _WITH_PLAN,
    "ListIncidentRecords": (),
    "ListRelatedItems": _WITH_PLAN,
    "ListReplicationSets": (),
    "ListResponsePlans": (),
    "ListTagsForResource": _ANY,
    "ListTimelineEvents": _WITH_PLAN,
    "PutResourcePolicy": (RESPONSE_PLAN,),
    "StartIncident": (RESPONSE_PLAN,),
    "TagResource": _ANY,
    "UntagResource": _ANY,
    "UpdateDeletionProtection": (REPLICATION_SET,),
    "UpdateIncidentRecord": _WITH_PLAN,
    "UpdateRelatedItems": _WITH_PLAN,
    "UpdateReplicationSet": (REPLICATION_SET,),
    "UpdateResponsePlan": (RESPONSE_PLAN,),
    "UpdateTimelineEvent": _WITH_PLAN,
}
"""Rule 1: the kinds of resources on which each operation's action is authorized."""

_TAGS = {"CreateReplicationSet": "tags", "CreateResponsePlan": "tags", "UpdateResponsePlan": "incidentTemplateTags"}
_SERVICE_LINKED_ROLE = "role/aws-service-role/ssm-incidents.amazonaws.com/AWSServiceRoleforIncidentManager"


class Need(NamedTuple):
    """Something that a call has to be allowed: an action on a resource."""

    action: str
    resource: str


@cache
def target_member(operation: str) -> str | None:
    """Give the member that holds the ARN of what ``operation`` is about; ``None`` if it is about nothing that is."""
    members = load_api().operations[operation].input.members
    return next((each for each in members if each.lower().endswith("arn")), None)


def needs(world: World, operation: str, params: Mapping[str, Any]) -> Iterator[Need]:
    """List what a call has to be allowed, its own action first."""
    for resource in resources(operation, params):
        yield Need(f"{SERVICE}:{operation}", resource)
    if params.get(_TAGS.get(operation, "")):
        yield Need(TAG_RESOURCE, _tagged(world, params))
    for action in params.get("actions", ()):
        if "roleArn" in action.get("ssmAutomation", ()):
            yield Need(PASS_ROLE, action["ssmAutomation"]["roleArn"])
    if operation == "CreateReplicationSet":
        role = f"arn:{world.partition}:iam::{world.account_id}:{_SERVICE_LINKED_ROLE}"
        yield Need(CREATE_SERVICE_LINKED_ROLE, role)


def resources(operation: str, params: Mapping[str, Any]) -> list[str]:
    """List on which resources the action of a call is authorized (rules 1 to 3)."""
    member = target_member(operation)
    if not RESOURCES[operation] or member is None:
        return [EVERYTHING]
    target = params[member]
    return [target, plan_of(target)] if RESOURCES[operation] == _WITH_PLAN else [target]


def plan_of(incident: str) -> str:
    """Give the ARN of the plan that an incident's ARN names (rule 2); of what is no such ARN, itself."""
    head, kind, rest = incident.partition(f":{INCIDENT_RECORD}/")
    return f"{head}:{RESPONSE_PLAN}/{rest.partition('/')[0]}" if kind else incident


def request_tags(operation: str, params: Mapping[str, Any]) -> Mapping[str, str]:
    """Give the tags that a call sets."""
    tags: Mapping[str, str] = params.get("tags" if operation == "TagResource" else _TAGS.get(operation, ""), {})
    return tags


def _tagged(world: World, params: Mapping[str, Any]) -> str:
    """Say on what TagResource is authorized (rule 4)."""
    if "arn" in params:
        arn: str = params["arn"]
        return arn
    name = f"{RESPONSE_PLAN}/{params['name']}" if "name" in params else f"{REPLICATION_SET}/*"
    return f"arn:{world.partition}:{SERVICE}::{world.account_id}:{name}"
