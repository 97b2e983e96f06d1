"""The API as JSON Schema 2020-12, for any JSON Schema library, and a validator that knows boto3's values.

    >>> from fakeim import schemas
    >>> validator = schemas.validator(schemas.request("StartIncident"))
    >>> [error.message for error in validator.iter_errors({"responsePlanArn": "arn:aws:ssm-incidents::1:x"})]

What the documents describe is said in ``fakeim.spec.json_schema``. They are made of the installed botocore's model, are
complete in themselves, and are the caller's own to change. The folder ``schemas`` of the repository has them as files.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fakeim.spec import json_schema
from fakeim.spec.api import load_api, once
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jsonschema.protocols import Validator

    from fakeim.spec.api import Operation

__all__ = ["error", "request", "response", "validator"]


def request(operation: str) -> dict[str, Any]:
    """Give the schema of what ``operation``, such as ``"StartIncident"``, takes.

    Raises:
        ValueError: There is no such operation.
    """
    return json_schema.request(load_api(), _operation(operation), bundled=True)


def response(operation: str) -> dict[str, Any]:
    """Give the schema of what ``operation`` answers: the answer of a boto3 client without its ``ResponseMetadata``.

    Raises:
        ValueError: There is no such operation.
    """
    return json_schema.response(load_api(), _operation(operation), bundled=True)


def error(name: str) -> dict[str, Any]:
    """Give the schema of the members of an error, such as ``"ConflictException"``, that the model declares.

    Of ``ClientError.response`` they are all but ``Error`` and ``ResponseMetadata``.

    Raises:
        ValueError: The model has no such error.
    """
    _expect("error", name, load_api().error_statuses)
    return json_schema.error(load_api(), name, bundled=True)


def validator(schema: Mapping[str, Any]) -> Validator:
    """Make a validator of ``jsonschema`` for one of these schemas, to be used many times.

    It understands the values that boto3 takes and gives: a ``datetime`` is a timestamp and a ``tuple`` a list. An
    ``integer`` is an ``int``; 3.0 is none.

    Args:
        schema: What ``request``, ``response`` or ``error`` gave, or any other schema.

    Returns:
        A validator: ``validate`` raises ``jsonschema.ValidationError``, ``iter_errors`` tells all that is wrong.
    """
    found: Validator = _validator_class()(schema)
    return found


@once
def _validator_class() -> Any:
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415 - import fakeim does without

    extend: Any = validators.extend  # its stub is untyped
    usual = Draft202012Validator.TYPE_CHECKER
    types = {
        "array": lambda _, value: isinstance(value, list | tuple),
        "integer": lambda _, value: isinstance(value, int) and not isinstance(value, bool),
        "number": lambda _, value: isinstance(value, datetime) or usual.is_type(value, "number"),
    }
    return extend(Draft202012Validator, type_checker=usual.redefine_many(types))


def _operation(name: str) -> Operation:
    operations = load_api().operations
    _expect("operation", name, operations)
    return operations[name]


def _expect(kind: str, name: str, known: Iterable[str]) -> None:
    """Raise a ``ValueError`` that helps, if ``name`` is none of ``known``."""
    if name in known:
        return
    raise ValueError(f"no {kind} {name!r}{did_you_mean(str(name), sorted(known))}")
