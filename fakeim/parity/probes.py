"""Probes: requests that are refused or find nothing, for every operation, made from the API model. They create nothing.

One breaks each constraint that the model states on a request; others name what is not there, ARNs of another kind,
tokens that were never given, filters that do not exist. On AWS they settle whether, in which order and in what words
the service refuses (catalogue §17, questions 1 and 5 to 8).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.parity.transcripts import Step
from fakeim.spec.codec import element_of, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fakeim.spec.api import Operation, Shape

    Broken = tuple[str, str, Any]
    """Where a value is broken, which constraint, and the value."""

FORBIDDEN = frozenset(
    {"CreateReplicationSet", "DeleteReplicationSet", "UpdateDeletionProtection", "UpdateReplicationSet"}
)
"""What no trace ever holds: it changes whether the account can use the service at all, perhaps for good."""
MODEL = "model"
"""The evidence of a probe that breaks a constraint of the model."""
REGION = "us-east-1"

UUID = "11111111-1111-1111-1111-111111111111"
TIME = "2026-01-01T12:00:00.000Z"
PLAN = {"$arn": "response-plan/fakeim-missing"}
INCIDENT = {"$arn": f"incident-record/fakeim-missing/{UUID}"}
REPLICATION_SET = {"$arn": f"replication-set/{UUID}"}
_VALID: dict[str, Any] = {
    "Arn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:fakeim",
    "FilterKeyString": "eventTime",
    "GeneratedId": f"related-item/OTHER/{'0' * 32}",
    "Policy": '{"Version":"2012-10-17","Statement":[]}',
    "RoleArn": "arn:aws:iam::111122223333:role/fakeim",
    "SsmAutomationDocumentNameString": "fakeim",
    "SsmContactsArn": "arn:aws:ssm-contacts:us-east-1:111122223333:contact/fakeim",
    "UUID": UUID,
}
"""A valid value of each shape for which any short text will not do."""


class Probe(NamedTuple):
    """One request of an operation, what it shows, and the evidence it is about."""

    operation: str
    behaviour: str
    request: dict[str, Any]
    evidence: str | None = None

    def step(self, id: str) -> Step:
        """Give the probe as a step of a trace."""
        return Step(id, self.operation, REGION, self.behaviour, self.request, evidence=self.evidence)


def probes(operation: Operation) -> Iterator[Probe]:
    """Give all probes of ``operation``, in an order that never changes."""
    if operation.name not in FORBIDDEN:
        for where, sentence, request in _broken_requests(operation):
            yield Probe(operation.name, f"at '{where}': {sentence}", request, MODEL)
        yield from _misses(operation)


# -- what is not there


def _misses(operation: Operation) -> Iterator[Probe]:
    valid, members = smallest(operation), operation.input.members
    arns = [name for name in valid if name in ("arn", "incidentRecordArn", "resourceArn", "responsePlanArn")]
    for name in arns:
        yield Probe(operation.name, "what it names is not there", valid)
        yield Probe(operation.name, f"{name} is no ARN of this service", valid | {name: _VALID["Arn"]})
        other = PLAN if valid[name] != PLAN else INCIDENT
        yield Probe(operation.name, f"{name} is an ARN of another kind", valid | {name: other})
        if operation.name.startswith(("Get", "List")):  # of others' resources, reads alone are probed
            foreign = "arn:aws:ssm-incidents::999999999999:" + str(valid[name]["$arn"])
            yield Probe(operation.name, f"{name} is an ARN of another account", valid | {name: foreign})
    if operation.pagination:
        yield Probe(operation.name, "a nextToken that was never given", valid | {"nextToken": "bm90IGEgdG9rZW4="})
    if "filters" in members:
        for behaviour, one in _odd_filters():
            yield Probe(operation.name, behaviour, valid | {"filters": [one]})


def _odd_filters() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "a filter by an unknown key", {"key": "fakeim", "condition": {"equals": {"stringValues": ["one"]}}}
    yield "a filter by time with equals", {"key": "eventTime", "condition": {"equals": {"stringValues": [TIME]}}}
    yield "a filter by status with integers", {"key": "status", "condition": {"equals": {"integerValues": [1]}}}
    yield "a filter by type with before", {"key": "eventType", "condition": {"before": TIME}}


# -- valid requests


def smallest(operation: Operation) -> dict[str, Any]:
    """Give the smallest valid request of ``operation``; what it names is not there."""
    request: dict[str, Any] = _smallest(operation.input)
    for name in request:
        if name == "responsePlanArn" or (name in ("arn", "resourceArn") and "IncidentRecord" not in operation.name):
            request[name] = REPLICATION_SET if operation.name == "GetReplicationSet" else PLAN
        elif name in ("arn", "incidentRecordArn"):
            request[name] = INCIDENT
    return request


def _smallest(shape: Shape) -> Any:
    if shape.type == "structure":
        names = shape.required or (list(shape.members)[:1] if shape.union else ())
        return {name: _smallest(shape.members[name]) for name in names}
    if shape.type == "list":
        return [_smallest(element_of(shape))] * (shape.min or 0)
    if shape.type == "map":
        return {_smallest(key_of(shape)): _smallest(element_of(shape))} if shape.min else {}
    if shape.type == "string":
        return shape.enum[0] if shape.enum else _VALID.get(shape.name, "fakeim")
    return {"integer": shape.min or 1, "boolean": False, "timestamp": TIME}[shape.type]


# -- broken in one place


def _broken_requests(operation: Operation) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for where, sentence, request in _broken(operation.input, smallest(operation)):
        if where not in request and "{" + where + "}" in operation.path:
            continue  # a path cannot be without it
        if request.get(where) == [] and where in dict(operation.query):
            continue  # a query cannot tell an empty list from none
        yield where, sentence, _certainly_refused(operation, where, request)


def _certainly_refused(operation: Operation, where: str, request: dict[str, Any]) -> dict[str, Any]:
    """Break one thing more where the request would make something, if AWS did not mind what is broken."""
    if operation.name != "CreateResponsePlan" or where in ("incidentTemplate", "incidentTemplate.impact"):
        return request
    return request | {"incidentTemplate": request["incidentTemplate"] | {"impact": 0}}


def _broken(shape: Shape, valid: Any) -> Iterator[Broken]:
    """Break every constraint of ``shape``, one at a time, in a value that is otherwise ``valid``."""
    for sentence, value in _own(shape):
        yield "", sentence, value
    for where, sentence, value in _INSIDE.get(shape.type, _nothing)(shape, valid):
        yield where, sentence, value


def _own(shape: Shape) -> Iterator[tuple[str, Any]]:
    measure = "value" if shape.type == "integer" else "length"
    sizes = {"string": _text, "integer": lambda _, size: size, "list": _list, "map": _map}
    if shape.max is not None and (value := sizes[shape.type](shape, shape.max + 1)) is not None:
        yield f"Member must have {measure} less than or equal to {shape.max}", value
    if shape.min and (value := sizes[shape.type](shape, shape.min - 1)) is not None:
        yield f"Member must have {measure} greater than or equal to {shape.min}", value
    if shape.pattern:
        yield "Member must satisfy regular expression pattern", "no! match"
    if shape.enum:
        yield "Member must satisfy enum value set", "FAKEIM"
    if shape.unique:
        yield "Member must have unique values", [_smallest(element_of(shape))] * 2
    if shape.union:
        yield "Member must have exactly one of its members, and has none", {}
    if shape.union and len(shape.members) > 1:
        everything = {name: _smallest(each) for name, each in shape.members.items()}
        yield "Member must have exactly one of its members, and has all", everything


def _text(shape: Shape, size: int) -> Any:
    """Give a text of ``size`` that keeps the pattern of ``shape``, if that is easily made."""
    keeps = re.compile(shape.pattern or ".*").fullmatch
    if size > len(start := _VALID.get(shape.name, "")) and keeps(text := start.ljust(size, "x")):
        return text if start else {"$repeat": ["x", size]}
    return None if size else ""


def _list(shape: Shape, size: int) -> list[Any]:
    element = element_of(shape)
    if shape.unique:
        return [f"{_smallest(element)}-{index}" for index in range(size)]
    return [_smallest(element)] * size


def _map(shape: Shape, size: int) -> dict[str, Any]:
    return {f"key-{index}": _smallest(element_of(shape)) for index in range(size)}


def _in_structure(shape: Shape, valid: dict[str, Any]) -> Iterator[Broken]:
    for name in shape.required:
        yield name, "Member must not be null", {key: value for key, value in valid.items() if key != name}
    for name, member in shape.members.items():
        others = {} if shape.union else valid
        for where, sentence, value in _broken(member, _smallest(member)):
            yield _joined(name, where), sentence, others | {name: value}


def _in_list(shape: Shape, _: Any) -> Iterator[Broken]:
    for where, sentence, value in _broken(element_of(shape), _smallest(element_of(shape))):
        yield _joined("1.member", where), sentence, [value]


def _in_map(shape: Shape, _: Any) -> Iterator[Broken]:
    key, element = _smallest(key_of(shape)), element_of(shape)
    for sentence, value in _own(key_of(shape)):
        bad = value["$repeat"][0] * value["$repeat"][1] if isinstance(value, dict) else value
        yield "", f"Map keys must satisfy constraint: [{sentence}]", {bad: _smallest(element)}
    for where, sentence, value in _broken(element, _smallest(element)):
        yield _joined(f"{key}.member", where), sentence, {key: value}


def _nothing(_shape: Shape, _valid: Any) -> Iterator[Broken]:
    yield from ()


_INSIDE: dict[str, Callable[[Shape, Any], Iterator[Broken]]] = {
    "structure": _in_structure,
    "list": _in_list,
    "map": _in_map,
}


def _joined(where: str, inner: str) -> str:
    return f"{where}.{inner}" if inner else where
