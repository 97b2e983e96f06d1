"""Finding what a call names, and refusing what it must not name (``fakeim/service/arns.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_tests.contract.reference.calls import Listing, RefusedError
from contract_tests.support import ACCOUNT

if TYPE_CHECKING:
    from contract_tests.contract.reference.calls import Call, Entry
    from contract_tests.support import Record

PLAN, INCIDENT, SET = "response-plan", "incident-record", "replication-set"
PARTS = {PLAN: 2, INCIDENT: 3, SET: 2}
"""How many parts the last field of each kind of ARN has (catalogue 2.1)."""
QUOTA = {"serviceCode": "ssm-incidents"}


def invalid() -> RefusedError:
    return RefusedError("ValidationException")


def not_found(kind: str, identifier: str) -> RefusedError:
    name = kind.replace("-", "_").upper()
    return RefusedError("ResourceNotFoundException", resourceType=name, resourceIdentifier=identifier)


def named(entries: list[Entry], arn: str) -> Entry | None:
    return next((each for each in entries if each.record["arn"] == arn), None)


def missing(arn: str, *kinds: str) -> RefusedError:
    """Say what is wrong with the ARN of something that is not there (fakeim/service/arns.py)."""
    fields = arn.split(":", 5)
    parts = fields[5].split("/") if len(fields) == 6 else []
    of_the_kind = parts and parts[0] in kinds and len(parts) == PARTS[parts[0]] and all(parts)
    if not of_the_kind or fields[:4] != ["arn", "aws", "ssm-incidents", ""]:
        return invalid()
    if fields[4] != ACCOUNT:
        return RefusedError("AccessDeniedException")
    return not_found(parts[0], arn)


def the(call: Call, kind: str, arn: str) -> Record:
    """Give the record of the plan, incident or set; refuse the call if there is none."""
    entries = {PLAN: call.state.plans, INCIDENT: call.state.incidents, SET: call.state.sets}[kind]
    found = named(entries, arn)
    if found is None:
        raise missing(arn, kind)
    return found.record


def if_there(call: Call, kind: str, arn: str) -> Record | None:
    """Give the record, or ``None``; refuse an ARN that could never be one."""
    try:
        return the(call, kind, arn)
    except RefusedError as refused:
        if refused.code == "ResourceNotFoundException":
            return None
        raise


def owned(entries: list[Entry], owner: Any) -> list[Entry]:
    return [each for each in entries if each.owner == owner]


def drop(entries: list[Entry], *gone: Entry) -> None:
    entries[:] = [each for each in entries if each not in gone]


def by_arrival(member: str, entries: list[Entry], *, descending: bool = False, largest: int = 100) -> Listing:
    rows = sorted(((each.number, each.record) for each in entries), key=lambda row: row[0], reverse=descending)
    return Listing(member, rows, descending, largest)
