"""The guard: the last that sees a request before it leaves for AWS, and the only one that can let it.

It listens to botocore's documented event ``before-send``, below serializing, signing and retrying, of the one client
that it was made for. It does not ask what was meant: it reads method, path, query, headers and body of the request
itself, as the service would, and then asks ``allow_list``. What could be read in more than one way is not sent, for AWS
might read it in the other: other spellings of a path, members that are unknown, twice there, or not where they belong,
headers that botocore does not set, hosts other than the service's.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

from fakeim.clients import wire
from fakeim.parity import allow_list
from fakeim.parity.runs import NotSentToAWS
from fakeim.service.errors import ServiceError
from fakeim.spec.codec import without_repetition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fakeim.parity.journal import Journal
    from fakeim.parity.pace import Pace
    from fakeim.parity.runs import Run
    from fakeim.spec.api import Operation, Shape

HEADERS = frozenset(
    {
        "amz-sdk-invocation-id",
        "amz-sdk-request",
        "authorization",
        "content-length",
        "content-type",
        "user-agent",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-user-agent",
        "x-amzn-trace-id",
    }
)
"""The headers that botocore sets. Others could change what is asked for: of the method, or of the operation."""


class Guard:
    """Decides about every request of a client.

    Args:
        run: Who sends.
        journal: Where it is written what is about to be made, and what was refused.
        pace: How fast it goes.
        endpoint: The URL that everything has to go to.
        refuse: Called with the reason when a request is stopped. It must raise.
    """

    def __init__(
        self, run: Run, journal: Journal, pace: Pace, endpoint: str, refuse: Callable[[str], Any] | None = None
    ) -> None:
        self.run, self.journal, self.pace = run, journal, pace
        self._endpoint = urlsplit(endpoint)
        self._refuse = refuse

    def before_send(self, request: Any, **_: Any) -> None:
        """Let the request leave, or raise.

        Raises:
            NotSentToAWS: It must not, or the budget is used up.
        """
        label = f"{request.method} {urlsplit(request.url).path}"
        try:
            operation, params = self._read(request)
            label = operation.name
            reason = allow_list.refusal(self.run, self.journal, label, params)
        except _Unclear as unclear:
            reason = str(unclear)
        reason = reason or self.pace.wait()
        if reason is not None:
            self.journal.refused(label, reason)
            message = f"{label} was not sent to AWS: {reason}"
            if self._refuse:
                self._refuse(message)
            raise NotSentToAWS(message)
        self._announce(label, params)

    def _announce(self, operation: str, params: Mapping[str, Any]) -> None:
        if operation == "CreateResponsePlan" and params.get("name"):
            self.journal.creating(params["name"], harmless=allow_list.is_harmless_plan(self.run, params))
        elif operation == "StartIncident" and (plan := self.run.plan_of(params.get("responsePlanArn"))):
            self.journal.starting(plan)

    def _read(self, request: Any) -> tuple[Operation, Mapping[str, Any]]:
        url = urlsplit(request.url)
        if (url.scheme, url.netloc) != (self._endpoint.scheme, self._endpoint.netloc) or url.fragment:
            raise _Unclear(f"it would go to {url.scheme}://{url.netloc} instead of {self._endpoint.geturl()}")
        strange = sorted(name for name in request.headers if name.lower() not in HEADERS)
        if strange:
            raise _Unclear(f"botocore does not set the header {', '.join(strange)}")
        if _text(request.headers.get("Content-Type", "application/json")) != "application/json":
            raise _Unclear("its body is not declared as JSON")
        body = _bytes(request.body)
        if _text(request.headers.get("Content-Length", str(len(body)))) != str(len(body)):
            raise _Unclear("its Content-Length is not its body's, which would end elsewhere for AWS")
        try:
            operation, params = wire.read(wire.Request(request.method, url.path, url.query, body))
        except ServiceError as error:
            raise _Unclear(error.message) from None
        _check_path(operation, url.path, params)
        elsewhere = _check_query(operation, url.query)
        _check_body(operation, body, elsewhere)
        return operation, params


class _Unclear(Exception):  # noqa: N818 - never leaves this module
    """A request that could be read in more than one way, or in none."""


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if not isinstance(body, bytes | bytearray):
        raise _Unclear(f"its body is a {type(body).__name__}, which cannot be read without being used up")
    return bytes(body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _check_path(operation: Operation, path: str, params: Mapping[str, Any]) -> None:
    name = _in_path(operation)
    expected = operation.path.replace(f"{{{name}}}", quote(params[name], safe="-._~")) if name else operation.path
    if path != expected:
        raise _Unclear(f"its path {path} is not spelled as {expected}")


def _in_path(operation: Operation) -> str:
    """Give the member that the operation's path holds, or nothing."""
    return operation.path.partition("{")[2].rstrip("}")


def _check_query(operation: Operation, query: str) -> set[str]:
    """Check the query's names, and give the members that are not in the body."""
    members = {label: name for name, label in operation.query}
    seen: set[str] = set()
    for label, _ in parse_qsl(query, keep_blank_values=True):
        name = members.get(label)
        if name is None or (name in seen and operation.input.members[name].type != "list"):
            raise _Unclear(f"its query has {label}, unknown there or twice")
        seen.add(name)
    return {*members.values(), _in_path(operation)}


def _check_body(operation: Operation, body: bytes, elsewhere: set[str]) -> None:
    if not body:
        return
    try:
        content = json.loads(body.decode(), object_pairs_hook=without_repetition, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _Unclear(f"its body could be read in more than one way: {error}") from None
    _check_members(operation.input, content, "")
    misplaced = sorted(elsewhere & content.keys())
    if misplaced:
        raise _Unclear(f"{', '.join(misplaced)} belongs into its path or query, not into its body")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _check_members(shape: Shape, value: Any, where: str) -> None:
    if shape.type == "structure" and isinstance(value, dict):
        for name, each in value.items():
            if name not in shape.members:
                raise _Unclear(f"it has a member {where}{name} that the model does not know")
            _check_members(shape.members[name], each, f"{where}{name}.")
    elif shape.type in ("list", "map") and shape.element is not None and isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            _check_members(shape.element, each, where)
