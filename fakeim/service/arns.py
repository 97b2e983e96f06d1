"""The ARNs of the service: made, looked up, and refused.

Rules, and what they rest on:
 1. All ARNs are region-less and hold the response plan's *name* [observed 2.1, 2.2]:
    ``…:response-plan/NAME``, ``…:incident-record/NAME/ID``, ``…:replication-set/ID``.
 2. An ARN that is not of the kind the operation asks for is a ValidationException [assumption: 17.5; weakly §15].
 3. An ARN of another account is an AccessDeniedException [assumption: 17.5].
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fakeim.service import errors

if TYPE_CHECKING:
    from fakeim.service.state import Record, Table
    from fakeim.service.world import World

RESPONSE_PLAN = "response-plan"
INCIDENT_RECORD = "incident-record"
REPLICATION_SET = "replication-set"
NOBODY = -1
TAGGABLE = (RESPONSE_PLAN, INCIDENT_RECORD, REPLICATION_SET)

_FORMS = {
    RESPONSE_PLAN: "response-plan/NAME",
    INCIDENT_RECORD: "incident-record/PLAN-NAME/ID",
    REPLICATION_SET: "replication-set/ID",
}
_PARSE = re.compile(
    r"arn:(?P<partition>aws(?:-cn|-us-gov)?):ssm-incidents::(?P<account>[0-9]{12}):"
    r"(?P<kind>response-plan(?=/[^/]+\Z)|incident-record(?=/[^/]+/[^/]+\Z)|replication-set(?=/[^/]+\Z))/.+\Z",
    re.DOTALL,
).match


def make(world: World, kind: str, name: str) -> str:
    """Make the ARN of a resource of this account (rule 1)."""
    return f"arn:{world.partition}:ssm-incidents::{world.account_id}:{kind}/{name}"


def check(world: World, arn: str, *kinds: str) -> str:
    """Give the kind of an ARN; refuse one that is not of the given kinds in this account (rules 2 and 3)."""
    found = _PARSE(arn)
    if found is None or found["kind"] not in kinds or found["partition"] != world.partition:
        forms = " or ".join(f"arn:{world.partition}:ssm-incidents::ACCOUNT:{_FORMS[kind]}" for kind in kinds)
        raise errors.validation(f"Invalid ARN '{arn}': expected {forms}.")
    if found["account"] != world.account_id:
        raise errors.access_denied(world.caller, f"ssm-incidents:{world.operation}", arn)
    return found["kind"]


def missing(world: World, arn: str, *kinds: str) -> errors.ServiceError:
    """Check the ARN of a resource that is not there, and make the error that says so [observed §3.3]."""
    return errors.not_found(check(world, arn, *kinds).replace("-", "_").upper(), arn)


def find(world: World, kind: str, arn: str) -> Record:
    """Give the record of the resource; ResourceNotFoundException if there is none."""
    record = _table(world, kind).get(arn)
    if record is None:
        raise missing(world, arn, kind)
    return record


def stored(world: World, kind: str, arn: str) -> str:
    """Give the resource's ARN as it is stored, so that all that keep it share it; ResourceNotFoundException if none."""
    table = _table(world, kind)
    if arn not in table:
        raise missing(world, arn, kind)
    return table.key(arn)


def number(world: World, kind: str, arn: str) -> int:
    """Give the number under which the resource's own records stand; ResourceNotFoundException if it is not there."""
    table = _table(world, kind)
    if arn not in table:
        raise missing(world, arn, kind)
    return table.number(arn)


def number_or_none(world: World, kind: str, arn: str) -> int:
    """Give the number of the resource, or, if it is not there, one under which no records stand."""
    table = _table(world, kind)
    if arn in table:
        return table.number(arn)
    check(world, arn, kind)
    return NOBODY


def _table(world: World, kind: str) -> Table:
    state = world.state
    if kind == INCIDENT_RECORD:
        return state.incident_records
    return state.response_plans if kind == RESPONSE_PLAN else state.replication_sets


def plan_name(incident: str) -> str:
    """Give the name of the plan that is part of an incident's ARN (rule 1)."""
    return incident.split("/")[1]


def last_part(arn: str) -> str:
    """Give what follows the last slash: a plan's name, an incident's or a replication set's id."""
    return arn.rpartition("/")[2]
