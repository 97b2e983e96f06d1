"""Every answer and every error that a contract test gets, checked against the API's schemas behind the test's back.

A test asserts what it is about. Here it is asserted of each call, on each target, that
 1. an answer has the operation's status, and is as its response schema says: all that must be there, and no more;
 2. an error is one that the model declares for the operation, with its status and members, or one of ``UNMODELLED``;
 3. what was accepted is as the request schema says;
 4. what came over a wire is so too before botocore's parser has dropped what it does not know.
"""

from __future__ import annotations

import json
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from fakeim import schemas
from fakeim.spec.api import SERVICE, load_api
from fakeim.spec.codec import reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsonschema.protocols import Validator
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from fakeim.spec.api import Operation

UNMODELLED = {"UnsupportedOperationException": 400, "SerializationException": 400}
"""Errors that no operation declares, with their statuses (catalogue 3.1; the second is what any front end says)."""

_KINDS = {"request": schemas.request, "response": schemas.response, "error": schemas.error}


def checked(client: SSMIncidentsClient) -> SSMIncidentsClient:
    """Let each method of ``client`` check what comes of it; paginators and waiters call the methods, and check too."""
    for method, name in client.meta.method_to_api_mapping.items():
        setattr(client, method, _checked(getattr(client, method), load_api().operations[name]))
    if isinstance(client, BaseClient):
        client.meta.events.register(f"after-call.{SERVICE}", check_wire)
    return client


def _checked(method: Callable[..., Any], operation: Operation) -> Callable[..., Any]:
    @wraps(method)
    def call(*args: Any, **params: Any) -> Any:
        try:
            answer = method(*args, **params)
        except ClientError as error:
            check_error(operation, error.response)
            raise
        check_request(operation, params)
        check_answer(operation, answer)
        return answer

    return call


def check_request(operation: Operation, params: dict[str, Any]) -> None:
    """See that ``params``, as the service understood them, are what ``operation`` takes."""
    _check("request", operation.name, reader(operation.input, checked=False)(params))


def check_answer(operation: Operation, answer: dict[str, Any]) -> None:
    """See that ``answer`` is one that ``operation`` gives."""
    status, content = _split(answer)
    assert status == operation.status, f"{operation.name} answered with status {status}"
    _check("response", operation.name, content)


def check_error(operation: Operation, response: Any) -> None:
    """See that the ``response`` of a ClientError is one that ``operation`` declares."""
    status, content = _split(response)
    code = content.pop("Error")["Code"]
    _check_error(operation, code, status, content)


def _check_error(operation: Operation, code: str, status: int, content: dict[str, Any]) -> None:
    assert code in operation.errors or code in UNMODELLED, f"{operation.name} does not declare {code}"
    assert status == (load_api().error_statuses | UNMODELLED)[code], f"{code} came with status {status}"
    if code in operation.errors:
        _check("error", code, content)


def _split(answer: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    content = {**answer}
    return content.pop("ResponseMetadata")["HTTPStatusCode"], content


# -- the wire


def check_wire(http_response: Any, model: Any, **_: Any) -> None:
    """See that the body of a response is what the operation answers, but for the absent members, which are null."""
    operation, status = load_api().operations[model.name], http_response.status_code
    content = without_nulls(json.loads(http_response.content or b"{}"))
    if status == operation.status:
        _check("response", operation.name, content)
    else:
        _check_error(operation, http_response.headers["x-amzn-ErrorType"], status, content)


def without_nulls(value: Any) -> Any:
    """Give JSON without the members that are null, which no SDK shows (catalogue 1.9)."""
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    return value


# -- the schemas


@cache
def validator(kind: str, name: str) -> Validator:
    """Give the validator of a request, a response or an error, made once a session."""
    return schemas.validator(_KINDS[kind](name))


_GOOD: set[int] = set()  # what was found good once is read many times: half of all answers are reads of the same


def _check(kind: str, name: str, content: dict[str, Any]) -> None:
    known = hash((kind, name, repr(content)))
    if known not in _GOOD:
        errors = [f"{error.json_path}: {error.message}" for error in validator(kind, name).iter_errors(content)]
        assert not errors, f"the {kind} of {name} is not as its schema says: {'; '.join(errors)}"
        _GOOD.add(known)
