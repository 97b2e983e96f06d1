"""The service over HTTP, for other processes and other languages.

``wsgi_app`` is the protocol of ``wire`` as a WSGI application; ``serve`` runs one in the background, in waitress (the
extra ``server``). Signatures are accepted unverified; only the Region is read from them.
"""

from __future__ import annotations

import re
import socket
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from importlib import import_module
from ipaddress import ip_address
from logging import ERROR, Logger
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from warnings import warn

from fakeim.clients import control, wire
from fakeim.service.regions import is_region

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from fakeim.service.dispatch import Dispatcher

LARGEST_UPLOAD = 64 * wire.LARGEST_BODY
"""Bytes of a body that waitress takes in; up to there, ``wire`` says that a body is too large."""

_SCOPE = re.compile(r"Credential=[^/\s,]+/[0-9]+/([^/\s,]+)/").search
_HOST = re.compile(r"ssm-incidents(?:-fips)?\.([^.]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)(?::[0-9]+)?").fullmatch
_EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - to connect to, not to listen on


# -- WSGI


def wsgi_app(dispatcher: Dispatcher, region: str, controls: control.Controls | None = None) -> WSGIApplication:
    """Make a WSGI application of an account.

    Args:
        dispatcher: The account's.
        region: Where a request comes from that says nothing of it: neither its signature nor the host that it names.
        controls: What answers below ``control.PREFIX``; by default nothing does.
    """

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        request = _request(environ)
        if controls is not None and request.path.startswith(control.PREFIX):
            response = controls.respond(request)
        else:
            response = wire.respond(dispatcher, request, _region(environ) or region)
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", list(response.headers.items()))
        return [response.body] if response.body and request.method != "HEAD" else []

    return app


def _request(environ: WSGIEnvironment) -> wire.Request:
    return wire.Request(environ["REQUEST_METHOD"], _path(environ), environ.get("QUERY_STRING", ""), _body(environ))


def _path(environ: WSGIEnvironment) -> str:
    """Give the path below the application as it was sent: percent-encoded, for ARNs in it have slashes of their own.

    WSGI only knows the decoded path. Many servers keep the other; without it, all behind the first segment is taken
    to be one, which holds for every path of this service.
    """
    raw: str = environ.get("REQUEST_URI") or environ.get("RAW_URI") or ""
    if raw.startswith("/"):
        return raw.partition("?")[0].removeprefix(quote(environ.get("SCRIPT_NAME", ""), encoding="latin-1"))
    head, slash, rest = environ.get("PATH_INFO", "").removeprefix("/").partition("/")
    return f"/{quote(head, encoding='latin-1')}{slash}{quote(rest, safe='', encoding='latin-1')}"


def _body(environ: WSGIEnvironment) -> bytes:
    """Read the body, but one byte more than is allowed at most: ``wire`` refuses it then."""
    most, length = wire.LARGEST_BODY + 1, environ.get("CONTENT_LENGTH") or ""
    if not environ.get("wsgi.input_terminated"):  # reading beyond the length would wait for ever
        most = min(most, int(length)) if length.isdecimal() else 0
    body: bytes = environ["wsgi.input"].read(most) if most else b""
    return body


def _region(environ: WSGIEnvironment) -> str | None:
    found = _SCOPE(environ.get("HTTP_AUTHORIZATION", "")) or _HOST(environ.get("HTTP_HOST", "").lower())
    return found[1] if found and is_region(found[1]) else None


# -- a server of its own


def serve(app: WSGIApplication, host: str = "127.0.0.1", port: int = 0) -> AbstractContextManager[str]:
    """Give a context manager that serves ``app`` in the background for as long as it is entered.

    Args:
        app: What to serve.
        host: The address to listen on; one that is not this machine's own causes a warning.
        port: The port to listen on; 0 takes a free one.

    Returns:
        A context manager that gives the URL. Entering it raises ``OSError`` where the address cannot be had.

    Raises:
        ModuleNotFoundError: waitress is not installed; the message says how to get it.
    """
    try:
        import_module("waitress")
    except ModuleNotFoundError as error:
        if error.name != "waitress":
            raise
        remedy = 'serving HTTP needs waitress: pip install "fakeim[server]"'
        raise ModuleNotFoundError(remedy, name="waitress") from None
    if not _is_loopback(host):
        warn(f"fakeim listens on {host}: whoever reaches this machine can read and change the fake", stacklevel=3)
    return _serving(app, host, port)


@contextmanager
def _serving(app: WSGIApplication, host: str, port: int) -> Iterator[str]:
    from waitress import wasyncore  # noqa: PLC0415 - an extra

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    sockets: dict[int, Any] = {}
    server = _server(app, listener, sockets)
    loop = Thread(target=server.run, name="fakeim server", daemon=True)
    loop.start()
    try:
        name = _EVERYWHERE.get(host, host)
        yield f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}"
    finally:
        server.task_dispatcher.shutdown()  # waits for the answers that are being made
        server.trigger.pull_trigger(partial(wasyncore.close_all, sockets))  # the loop ends when it has no sockets
        loop.join()


def _server(app: WSGIApplication, listener: socket.socket, sockets: dict[int, Any]) -> Any:
    from waitress.channel import HTTPChannel  # noqa: PLC0415 - an extra
    from waitress.parser import HTTPRequestParser, ParsingError  # noqa: PLC0415
    from waitress.server import create_server  # noqa: PLC0415
    from waitress.task import WSGITask  # noqa: PLC0415

    class Parser(HTTPRequestParser):
        def parse_header(self, header_plus: bytes) -> None:
            try:
                super().parse_header(header_plus)
            except ValueError:  # of an address such as http://[ or a length of thousands of digits
                raise ParsingError("Bad request") from None

    class Task(WSGITask):
        has_body = True  # of a 204 as well: its Content-Length, 0, is what lets waitress keep the connection

    class Channel(HTTPChannel):
        parser_class = Parser
        task_class = Task

    options: Any = {
        "sockets": [listener],
        "ident": "fakeim",
        "max_request_body_size": LARGEST_UPLOAD,
        "connection_limit": 1000,
        "asyncore_use_poll": True,  # select() knows no file beyond the first 1024 of a process
    }
    server: Any = create_server(app, sockets, **options)
    server.channel_class = Channel
    # Its warnings only tell that a client waits for a moment; a logger apart, for settings are the user's.
    server.task_dispatcher.queue_logger = Logger("fakeim", ERROR)  # noqa: LOG001
    server.adj.send_bytes = 1 << 16  # as an option it is deprecated; by default, headers and body leave apart (18.8)
    return server


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
