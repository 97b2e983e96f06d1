"""Real boto3 clients that talk to a fake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from fakeim.clients import wire
from fakeim.spec.api import SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from fakeim.service.dispatch import Dispatcher


def make_boto3_client(dispatcher: Dispatcher, region: str, **options: Any) -> SSMIncidentsClient:
    """Make a real boto3 client whose requests are answered by ``dispatcher``'s account and never leave the process."""
    import boto3  # noqa: PLC0415 - only who asks for such a client needs it

    credentials = {"aws_access_key_id": "fakeim", "aws_secret_access_key": "fakeim"}
    make: Any = boto3.session.Session().client
    client: SSMIncidentsClient = make(SERVICE, region_name=region, **(credentials | options))
    client.meta.events.register(f"before-send.{SERVICE}", answerer(dispatcher, region))
    return client


def answerer(dispatcher: Dispatcher, region: str) -> Callable[..., Any]:
    """Give a handler for botocore's documented event ``before-send``, which answers in place of the network."""
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415 - as above

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        url, body = urlsplit(request.url), cast("bytes | None", request.body)
        asked = wire.Request(request.method, url.path, url.query, body or b"")
        response = wire.respond(dispatcher, asked, region)
        headers: Any = response.headers
        raw: Any = _Raw(response.body)
        return AWSResponse(request.url, response.status, headers, raw)

    return answer


class _Raw:
    """The body of a response, as botocore reads one from a socket."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body
