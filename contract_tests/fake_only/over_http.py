"""How the tests talk to a served fake: with boto3, by hand, and in bytes that may be no HTTP at all."""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

PLAN = {"name": "plan", "incidentTemplate": {"title": "title", "impact": 1}}
PLAN_ARN = "arn:aws:ssm-incidents::123456789012:response-plan/plan"
SESSION = boto3.session.Session("any", "any")


@contextmanager
def client_of(url: str, region: str = "us-east-1") -> Iterator[SSMIncidentsClient]:
    client = SESSION.client("ssm-incidents", region, endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))
    with closing(client):
        yield client


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        return self.headers["x-amzn-errortype"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """One connection to a fake, kept for as many requests as are sent."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self.http = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)

    def send(self, method: str, path: str, body: Any = b"", **headers: str) -> Answer:
        content = body if isinstance(body, bytes) or hasattr(body, "__next__") else json.dumps(body).encode()
        self.http.request(method, path, content, {name.replace("_", "-"): value for name, value in headers.items()})
        response = self.http.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())


def send(url: str, method: str, path: str, body: Any = b"", **headers: str) -> Answer:
    connection = Connection(url)
    with closing(connection.http):
        return connection.send(method, path, body, **headers)


def send_bytes(url: str, request: bytes) -> bytes:
    """Send what may be no HTTP at all, and give all that comes back."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as sock:
        sock.sendall(request)
        sock.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: sock.recv(65536), b""))


def control(url: str, action: str, body: Any = b"", status: int = 200) -> Any:
    answer = send(
        url,
        "GET" if action.partition("?")[0] in {"calls", "dump", "outbox", "state"} else "POST",
        f"/_fakeim/{action}",
        body,
    )
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/json"
    return answer.json
