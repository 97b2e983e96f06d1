"""What a dump may look like, as JSON Schema: the API's own shapes, but for times, and the frame around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeim import schemas
from fakeim.seeding.chance import MOST_DRAWN
from fakeim.seeding.document import APPEARANCES, EFFECT_KINDS, ENDS, KINDS, TOKENS, VERSION
from fakeim.spec import json_schema
from fakeim.spec.api import load_api, once

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

    from fakeim.seeding.document import Kind

    Document = dict[str, Any]

_TIME = {
    "type": "string",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z(?![\s\S])",
    "description": "a time in ISO 8601, in UTC and to the millisecond, as in 2026-01-01T12:00:00.000Z",
}
_NUMBER = {"type": "integer", "minimum": 1, "maximum": (1 << 53) - 1}
_COMING = {
    "number": _NUMBER | {"minimum": 0},
    "region": {"type": "string"},
    "due": _TIME | {"type": ["string", "null"]},
}
_REFINED: Document = {
    # What the API's answers need not show, but the service has of every record.
    "ReplicationSet": {
        "required": ["arn"],
        "properties": {"regionMap": {"minProperties": 1, "additionalProperties": {"required": ["sseKmsKeyId"]}}},
    },
    "RelatedItem": {"required": ["generatedId"]},
}


def schema() -> Document:
    """Give the schema of a document, complete in itself."""
    rows = {
        kind.member: _object({"number": _NUMBER, **_owner(kind), "record": _record(kind)}) for kind in KINDS.values()
    }
    rows |= {TOKENS: _token(), ENDS: _object(_COMING | {"replicationSetArn": _definition("Arn")})}
    rows |= {APPEARANCES: _appearance()}
    head = {
        "fakeim": {"const": VERSION},
        "accountId": {"type": "string", "pattern": r"^[0-9]{12}(?![\s\S])", "description": "twelve digits"},
        "partition": {"enum": ["aws", "aws-cn", "aws-us-gov"]},
        "ids": _object(
            {
                "seed": {"type": ["integer", "string"]},
                "drawn": {"type": "integer", "minimum": 0, "maximum": MOST_DRAWN},
            }
        ),
        "lastNumber": _NUMBER | {"minimum": 0},
    }
    lists = {member: {"type": "array", "items": row} for member, row in rows.items()}
    definitions = {name: _with_times(each) for name, each in json_schema.common(load_api())["$defs"].items()}
    frame = _object(head | lists) | {"required": list(head)}
    return {"$schema": json_schema.DIALECT, "title": f"fakeim dump, version {VERSION}"} | frame | {"$defs": definitions}


@once
def validator() -> Validator:
    """Give a validator of documents."""
    return schemas.validator(schema())


def _object(properties: Document) -> Document:
    return {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}


def _owner(kind: Kind) -> Document:
    return {kind.owner: _definition("Arn")} if kind.named else {}


def _record(kind: Kind) -> Document:
    if kind.shape == "GetResponsePlanOutput":
        return _body(json_schema.response(load_api(), load_api().operations["GetResponsePlan"], bundled=True))
    refined: Document = _REFINED.get(kind.shape, {})
    return _definition("TagMapInAnswers" if kind.shape == "TagMap" else kind.shape) | refined


def _token() -> Document:
    """Describe a used client token: what was asked and answered depends on the operation."""
    api = load_api()
    operations = [each for each in api.operations.values() if each.token]
    row = _object(
        {
            "number": _NUMBER,
            "operation": {"enum": [each.name for each in operations]},
            "clientToken": {"type": "string", "minLength": 1},
            "expires": _TIME,
            "params": {"type": "object"},
            "answer": {"type": "object"},
        }
    )
    cases = []
    for each in operations:
        parts = {
            "params": _body(json_schema.request(api, each, bundled=True)),
            "answer": _body(json_schema.response(api, each, bundled=True)),
        }
        of_this = {"properties": {"operation": {"const": each.name}}, "required": ["operation"]}
        cases.append({"if": of_this, "then": {"properties": parts}})
    return row | {"allOf": cases}


def _appearance() -> Document:
    """Describe a record that is to appear: of which shape, says where it will be listed."""
    row = _object(
        {
            **_COMING,
            "among": {"enum": list(EFFECT_KINDS)},
            "recordNumber": _NUMBER,
            "incidentRecordArn": _definition("Arn"),
            "stamp": {"enum": ["", "eventUpdatedTime"]},
            "record": {"type": "object"},
        }
    )
    cases = [
        {
            "if": {"properties": {"among": {"const": member}}, "required": ["among"]},
            "then": {"properties": {"record": _record(kind)}},
        }
        for member, kind in EFFECT_KINDS.items()
    ]
    return row | {"allOf": cases}


def _definition(name: str) -> Document:
    return {"$ref": f"#/$defs/{name}"}


def _body(document: Document) -> Document:
    return {key: each for key, each in document.items() if key[0] != "$" and key not in ("title", "description")}


def _with_times(definition: Document) -> Document:
    return _TIME if definition.get("format") == "unixtime" else definition
