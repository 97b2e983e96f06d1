"""The targets: each takes bytes, and raises if they do harm.

Harm is a crash, a status of 500 or more, an answer that is not of the service's form, or state that a refused request
has changed. That time and memory stay bounded is for who runs them to see.
"""

from __future__ import annotations

import io
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

import fakeim
from contract_tests.fake_only.inspection import dump
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_STATUS = 499


def wire(data: bytes) -> None:
    """A request for the service: the method, the path with its query, and behind the first line the body."""
    fake = _account()
    before = dump(fake)
    status, headers, body = _send(fake, data)
    assert 200 <= status <= MOST_STATUS, (status, body)
    if status == 204 or not body:
        return
    answer = json.loads(body)
    assert isinstance(answer, dict)
    if status >= 400:
        assert isinstance(answer["message"], str)
        assert headers["x-amzn-ErrorType"].isalnum()
        assert dump(fake) == before


def control(data: bytes) -> None:
    """A request for the control path: what is behind ``/_fakeim/``, and behind the first line the body."""
    fake = _account()
    head, _, body = data.partition(b"\n")
    method, _, rest = head.partition(b" ")
    status, _, answer = _send(fake, method + b" /_fakeim/" + rest + b"\n" + body)
    assert 200 <= status <= MOST_STATUS, (status, answer)
    assert isinstance(json.loads(answer), dict)


def page_token(data: bytes) -> None:
    """A page token for each list: it is refused, or it is a page."""
    fake = _account()
    client, incident = fake.client(), _incident(fake)
    token = data.decode("latin-1")
    for operation in load_api().operations.values():
        if operation.pagination is None:
            continue
        members = operation.input.members
        params: dict[str, Any] = {"nextToken": token}
        params |= {name: incident for name in ("incidentRecordArn", "resourceArn") if name in members}
        try:
            answer = getattr(client, operation.method_name)(**params)
        except ClientError as error:
            assert error.response["Error"]["Code"] in {"ValidationException", "ResourceNotFoundException"}  # noqa: PT017
        else:
            assert isinstance(answer[operation.pagination.result_key], list)


def dump_of_an_account(data: bytes) -> None:
    """A dump: it is refused, and nothing has changed, or the account can be worked with and dumped again."""
    fake = _account()
    before = dump(fake)
    text = data.decode("utf-8", "replace")
    try:
        fake.load(text if text.startswith("{") else f"{{{text}")  # other text would be a path
    except ValueError:
        assert dump(fake) == before
        return
    for incident in fake.client().list_incident_records()["incidentRecordSummaries"]:
        fake.client().update_incident_record(arn=incident["arn"], title="title")
    assert fake.from_dump(fake.dump()).dump() == fake.dump()


def policy(data: bytes) -> None:
    """A policy document: it is refused, or each call is allowed, denied, or fails as without it."""
    fake = _account()
    text = data.decode("utf-8", "replace")
    try:
        fake.iam.attach(text)
    except ValueError:
        assert not fake.iam
        return
    client = fake.client()
    for call in (
        client.list_response_plans,
        lambda: client.get_incident_record(arn=_a_plan(fake)),
        lambda: client.tag_resource(resourceArn=_a_plan(fake), tags={"team": "web"}),
        lambda: client.create_response_plan(name="new", incidentTemplate={"title": "t", "impact": 1}, tags={"a": "b"}),
    ):
        try:
            call()
        except ClientError as error:
            assert error.response["Error"]["Code"] in {"AccessDeniedException", "ValidationException"}  # noqa: PT017


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "wire": wire,
    "control": control,
    "page_token": page_token,
    "dump": dump_of_an_account,
    "policy": policy,
}


# -- what they share


@cache
def _made() -> tuple[fakeim.FakeIncidentManager, Any]:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze("2026-01-01T12:00:00Z")
    client = fake.client()
    plan = client.create_response_plan(name="web", incidentTemplate={"title": "Web", "impact": 1})["arn"]
    client.start_incident(responsePlanArn=plan, clientToken="token")
    return fake, fake.snapshot()


def _account() -> fakeim.FakeIncidentManager:
    """Give an account with something in it, as it was at first."""
    fake, snapshot = _made()
    fake.reset()
    fake.clock.freeze("2026-01-01T12:00:00Z")
    fake.restore(snapshot)
    return fake


def _a_plan(fake: fakeim.FakeIncidentManager) -> str:
    return fake.response_plans["web"].arn


def _incident(fake: fakeim.FakeIncidentManager) -> str:
    return fake.incidents.newest().arn


def _send(fake: fakeim.FakeIncidentManager, data: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send what a server would hand to the application for ``data``."""
    head, _, body = data.partition(b"\n")
    method, _, target = head.decode("latin-1").partition(" ")
    path, _, query = target.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "REQUEST_URI": target,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    started: list[tuple[str, dict[str, str]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
        started.append((status, dict(headers)))
        return io.BytesIO().write

    app = fake.make_wsgi_app()  # one whose control path keeps no snapshots of former inputs
    content = b"".join(app(environ, start_response))
    [(status, answered)] = started
    return int(status.split()[0]), answered, content
