"""What must hold within a dumped record that no schema can say: the ARN's account, and that statuses fit together.

Each check gives what is wrong as pairs: where, below the record, and what with its remedy.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fakeim.service import arns, replication_sets
from fakeim.service.quotas import MOST_REGIONS
from fakeim.service.regions import is_region, partition
from fakeim.spec.codec import parse_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fakeim.service.state import Record

    Problem = tuple[str, str]

PENDING = frozenset(replication_sets.SET_ENDS)
"""The statuses of a replication set that ends by itself in another one."""
_ALLOWED = {
    "CREATING": ({"CREATING"}, set[str]()),
    "ACTIVE": ({"ACTIVE"}, set[str]()),
    "UPDATING": ({"ACTIVE", "CREATING", "DELETING"}, {"CREATING", "DELETING"}),
    "DELETING": ({"DELETING"}, set[str]()),
    "FAILED": ({"ACTIVE", "DELETING", "FAILED"}, {"FAILED"}),
}
"""Of each status of a set: what its Regions may be, and what exactly or at least one of them is."""


class Place(NamedTuple):
    """The account that a document says it is of."""

    partition: str
    account_id: str

    def arn(self, kind: str, rest: str) -> str:
        """Give an ARN in this account."""
        return f"arn:{self.partition}:ssm-incidents::{self.account_id}:{kind}/{rest}"


def of_replication_set(record: Record, place: Place) -> Iterator[Problem]:
    """Check the ARN, the Regions, their keys, and their statuses."""
    yield from _of_arn(record, place, arns.REPLICATION_SET, "ID", "[^/]+")
    regions, status = record["regionMap"], record["status"]
    if len(regions) > MOST_REGIONS:
        yield ".regionMap", f"a replication set has at most {MOST_REGIONS} Regions; take some away"
    for name in regions:
        if not is_region(name) or partition(name) != place.partition:
            yield ".regionMap", f"{name} is no Region of the partition {place.partition}; take it away, or correct it"
    if len({each["sseKmsKeyId"] == replication_sets.DEFAULT_KEY for each in regions.values()}) > 1:
        yield ".regionMap", f"all Regions have keys or none has; none is {replication_sets.DEFAULT_KEY} in all of them"
    yield from _of_statuses(status, [each["status"] for each in regions.values()])


def of_response_plan(record: Record, place: Place) -> Iterator[Problem]:
    """Check the ARN."""
    expected = place.arn(arns.RESPONSE_PLAN, record["name"])
    if record["arn"] != expected:
        yield ".arn", f"expected {expected}, by the document's account and the plan's name"


def of_incident_record(record: Record, place: Place) -> Iterator[Problem]:
    """Check the ARN, and that the incident was resolved at some time or is open."""
    yield from _of_arn(record, place, arns.INCIDENT_RECORD, "PLAN-NAME/ID", "[^/]+/[^/]+")
    if record["status"] == "OPEN" and "resolvedTime" in record:
        yield ".resolvedTime", "an OPEN incident has none; take it away, or make the status RESOLVED"
    if record["status"] == "RESOLVED" and "resolvedTime" not in record:
        yield ".status", "a RESOLVED incident has a resolvedTime; add it, or make the status OPEN"


def of_resource_policy(record: Record, _: Place) -> Iterator[Problem]:
    """Check that the document is one."""
    policy = parse_json(record["policyDocument"])
    if not isinstance(policy, dict) or "Statement" not in policy:
        yield ".policyDocument", "expected the text of a JSON object with a Statement"


CHECKS: Mapping[str, Callable[[Record, Place], Iterator[Problem]]] = {
    "replication_sets": of_replication_set,
    "response_plans": of_response_plan,
    "incident_records": of_incident_record,
    "resource_policies": of_resource_policy,
}
"""By the name of the table."""


def _of_arn(record: Record, place: Place, kind: str, form: str, rest: str) -> Iterator[Problem]:
    if not re.fullmatch(re.escape(place.arn(kind, "")) + rest, record["arn"]):
        yield ".arn", f"expected {place.arn(kind, form)}, by the document's account"


def _of_statuses(status: str, found: list[str]) -> Iterator[Problem]:
    allowed, wanted = _ALLOWED[status]
    count, one_alone = sum(each in wanted for each in found), status == "UPDATING"
    if allowed.issuperset(found) and (not wanted or count == 1 or (count and not one_alone)):
        return
    one = f", {'exactly' if one_alone else 'at least'} one of them {' or '.join(sorted(wanted))}" if wanted else ""
    told = f"a set that is {status} has Regions that are {' or '.join(sorted(allowed))}{one}"
    yield ".status", f"{told}; these are {', '.join(found)}"
