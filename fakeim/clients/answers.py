"""Answers to requests that botocore has prepared, in the form in which its HTTP sessions give theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fakeim.clients import wire
from fakeim.clients.direct import connection_error
from fakeim.service.errors import ConnectionFailed
from fakeim.spec.api import once

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

    from fakeim.service.callers import Account


def answer(dispatcher: Account, meta: Any, request: AWSPreparedRequest) -> AWSResponse:
    """Answer from ``dispatcher``'s account what a client, boto3's or aiobotocore's, is about to send.

    Args:
        dispatcher: Who answers.
        meta: The client's: its Region, how long it waits, and its endpoint, whose path stands before the API's.
        request: What would be sent.

    Raises:
        HTTPClientError: A fault lets the connection fail.
    """
    url, base = urlsplit(request.url), urlsplit(meta.endpoint_url).path.rstrip("/")
    body: Any = request.body or b""
    asked = wire.Request(request.method or "", url.path.removeprefix(base), url.query, body)
    try:
        response = wire.respond(dispatcher, asked, meta.region_name, meta.config.read_timeout)
    except ConnectionFailed as failure:
        raise connection_error(failure, request.url) from None
    return as_botocore(request.url, response)


def as_botocore(url: str, response: wire.Response) -> AWSResponse:
    """Give ``response`` as an HTTP session of botocore's, or aiobotocore's, gives what came from ``url``."""
    given: AWSResponse = _response_class()(url, response.status, response.headers, _Raw(response))
    return given


class _Raw:
    """A response as botocore reads one from a socket, or aiohttp gives it."""

    def __init__(self, response: wire.Response) -> None:
        self.body = response.body
        self._headers = response.headers

    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers, where releases of aiobotocore before 2.21 look for them."""
        return [(name.encode(), value.encode()) for name, value in self._headers.items()]

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.body


class _Bytes(bytes):
    """Bytes that can be awaited as well: botocore takes a response's content, aiobotocore awaits it."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, Any, _Bytes]:
        return self
        yield  # what makes this a generator, as __await__ has to be


@once
def _response_class() -> Any:
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415 - botocore is imported when it is used

    class Response(AWSResponse):
        @property
        def content(self) -> bytes:
            raw: Any = self.raw
            return _Bytes(raw.body)

    return Response
