"""The service's protocol, rest-json, over bytes: a request in, a response out; no sockets here.

Rules, and what they rest on:
 1. Methods, paths, queries and statuses are the model's [model 1.2, 1.5]; a segment or value is percent-decoded after
    the path is split [observed 1.3, 18.3].
 2. An empty body is an empty object [observed 1.4]. Unknown members are ignored, and so are members that belong into
    the path or the query; ``null`` ones are absent.
 3. A response has ``x-amzn-RequestId``, an error also ``x-amzn-ErrorType`` with the bare code; a 204 has no body
    [model 1.5, 1.6].
 4. What is no request of this service is answered as AWS's front ends do: 404 UnknownOperationException, 400
    SerializationException, 413 RequestEntityTooLargeException [assumption: in form; no recording of this service].
 5. Whatever fails in here is the service's fault: 500 InternalServerException [model].
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, unquote
from uuid import uuid4

from fakeim.service import errors
from fakeim.spec.api import load_api
from fakeim.spec.codec import Misfit
from fakeim.spec.json_codec import json_reader, json_writer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeim.service.callers import Account
    from fakeim.spec.api import Operation
    from fakeim.spec.json_codec import Reader, Writer

LARGEST_BODY = 1 << 20
"""Bytes of a body that are read (rule 4); the largest request that fits the model has a tenth of that."""


class Request(NamedTuple):
    """One request: its path still percent-encoded, and without the query."""

    method: str
    path: str
    query: str
    body: bytes


class Response(NamedTuple):
    """One response."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def respond(dispatcher: Account, request: Request, region: str, patience: float | None = None) -> Response:
    """Answer one request that comes from ``region``, whatever it is, and whose sender would wait for ``patience`` s.

    Raises:
        ConnectionFailed: A fault lets the request, or its answer, go astray.
    """
    try:
        operation, params = read(request)
        result, request_id = dispatcher.call(operation.name, params, region, patience)
        text = "" if operation.status == HTTPStatus.NO_CONTENT else _writer(operation.output.name)(result)
        return _response(operation.status, {"x-amzn-RequestId": request_id}, text)
    except errors.ServiceError as error:
        return _failure(error if error.request_id else dispatcher.refuse(error))
    except errors.ConnectionFailed:
        raise
    except Exception as problem:  # noqa: BLE001 - rule 5
        return _failure(dispatcher.refuse(errors.internal(problem)))


def no_http(status: int, reason: str, message: str) -> Response:
    """Answer what is not even a request, in the form of rule 4; the code is made of the status's ``reason``."""
    headers = {"x-amzn-RequestId": str(uuid4()), "x-amzn-ErrorType": f"{reason.replace(' ', '')}Exception"}
    return _response(status, headers, json.dumps({"message": message}))


def read(request: Request) -> tuple[Operation, dict[str, Any]]:
    """Find the operation that a request is for, and its parameters.

    Raises:
        ServiceError: The request is for none, or cannot be read (rule 4).
    """
    operation, elsewhere = _addressed(request.method, request.path, request.query)
    if len(request.body) > LARGEST_BODY:
        raise errors.too_large(LARGEST_BODY)
    try:
        # Decoded here: json.loads would also take UTF-16, and UTF-8 that is none.
        body = _body_reader(operation.name)(json.loads(request.body.decode()) if request.body else {})
    except (ValueError, RecursionError, Misfit):  # ValueError: no JSON, or no UTF-8
        raise errors.unreadable() from None
    params: dict[str, Any] = body | elsewhere
    return operation, params


@lru_cache(maxsize=256)  # the same few come again and again, and to decode an ARN takes longer than a small body
def _addressed(method: str, path: str, query: str) -> tuple[Operation, Mapping[str, Any]]:
    """Find the operation, and the parameters in the path and the query, which nobody changes."""
    operation, segment = _routed(method, path)
    elsewhere = _from_query(operation, query)
    if segment is not None:
        elsewhere[_in_path(operation)] = segment
    return operation, elsewhere


@cache
def _routes() -> Mapping[tuple[str, str], Operation]:
    """Give the operation for each method and first segment of a path: no two operations share both."""
    return {(each.http_method, each.path.split("/")[1]): each for each in load_api().operations.values()}


def _routed(method: str, path: str) -> tuple[Operation, str | None]:
    """Find the operation, and the decoded segment that its path holds, if it holds one."""
    head, *rest = path.removeprefix("/").split("/")
    operation = _routes().get((method, head))
    if operation is None or len(rest) != operation.path.count("/") - 1:
        raise errors.unknown_operation(method, path)
    return operation, unquote(rest[0]) if rest else None


def _from_query(operation: Operation, query: str) -> dict[str, Any]:
    given = parse_qs(query, keep_blank_values=True)
    members = operation.input.members
    return {
        name: given[label] if members[name].type == "list" else given[label][0]
        for name, label in operation.query
        if label in given
    }


def _in_path(operation: Operation) -> str:
    """Give the member that the operation's path holds, or nothing."""
    return operation.path.partition("{")[2].rstrip("}")


@cache
def _body_reader(operation_name: str) -> Reader:
    operation = load_api().operations[operation_name]
    return json_reader(operation.input, without=operation.in_url)


@cache
def _writer(shape: str) -> Writer:
    return json_writer(load_api().shape(shape))


def _failure(error: errors.ServiceError) -> Response:
    status, headers = errors.status(error.code), {"x-amzn-RequestId": error.request_id}
    if error.code.isdigit():  # a front end that failed says no more than that
        return _response(status, headers, "")
    headers |= {"x-amzn-ErrorType": error.code}
    content = {"message": error.message, **error.members}
    modelled = error.code in load_api().error_statuses
    return _response(status, headers, _writer(error.code)(content) if modelled else json.dumps(content))


def _response(status: int, headers: dict[str, str], text: str) -> Response:
    body = text.encode(errors="backslashreplace")  # half a surrogate pair, which is no UTF-8, as JSON escapes it
    if status != HTTPStatus.NO_CONTENT:  # which has no length, by RFC 9110 (8.6)
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    return Response(status, headers, body)
