"""A WSGI application served in the background over HTTP, for other processes and other languages.

waitress does it (the extra ``server``).

Rules, and what they rest on:
 1. Headers and body leave in one send [observed 18.8]; a connection is kept until its client ends it.
 2. A server that is ended accepts nobody any more, answers what has come by then, and closes; that takes no longer
    than ``LONGEST_END``.
"""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from ipaddress import ip_address
from logging import ERROR, Logger
from selectors import EVENT_READ, DefaultSelector
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from warnings import warn

from fakeim.clients import wire
from fakeim.service.errors import ConnectionFailed

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from contextlib import AbstractContextManager
    from wsgiref.types import WSGIApplication

LARGEST_UPLOAD = 64 * wire.LARGEST_BODY
"""Bytes of a body that waitress takes in; up to there, ``wire`` says that a body is too large."""

LONGEST_END = 5.0
"""Seconds that a server waits at its end for answers to be made and to be taken by their clients."""

_TLS = b"\x16"
_EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - to connect to, not to listen on


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
    if not is_loopback(host):
        warn(f"fakeim listens on {host}: whoever reaches this machine can read and change the fake", stacklevel=3)
    return _serving(app, host, port)


@contextmanager
def _serving(app: WSGIApplication, host: str, port: int) -> Iterator[str]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    sockets: dict[int, Any] = {}
    server, ending = _server(app, listener, sockets), Event()
    loop = Thread(target=_run, args=(server, sockets, ending), name="fakeim server", daemon=True)
    loop.start()
    try:
        name = _EVERYWHERE.get(host, host)
        yield f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}"
    finally:
        ending.set()
        server.pull_trigger()
        loop.join()


def _run(server: Any, sockets: dict[int, Any], ending: Event) -> None:
    """Be waitress's loop, which alone reads from sockets, accepts and closes them."""
    from waitress import wasyncore  # noqa: PLC0415 - an extra

    while not ending.is_set():  # by poll, for select() knows no file beyond the first 1024 of a process
        wasyncore.loop(use_poll=True, map=sockets, count=1)
    deadline = time.monotonic() + LONGEST_END
    for _ in range(server.adj.backlog):  # who has connected by now, but was not let in yet
        server.handle_accept()
    wasyncore.dispatcher.close(server)
    while _close_idle(server, _unread(sockets)) and time.monotonic() < deadline:
        wasyncore.loop(0.1, use_poll=True, map=sockets, count=1)
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.task_dispatcher.shutdown(timeout=max(0.1, deadline - time.monotonic()))
    server.trigger.close()


def _unread(sockets: dict[int, Any]) -> Container[int]:
    """Give those of ``sockets`` that would be read, and from which there is something to read."""
    with DefaultSelector() as selector:
        for number, each in sockets.items():
            if each.readable():
                selector.register(number, EVENT_READ)
        return {key.fd for key, _ in selector.select(0)}


def _close_idle(server: Any, unread: Container[int]) -> bool:
    """Close the connections on which nothing is left to do, a half request among them; say whether others remain."""
    for number, channel in list(server.active_channels.items()):
        # In this order: a request is dropped from the list once its answer is in the buffer.
        if not (channel.requests or channel.total_outbufs_len or number in unread):
            channel.handle_close()
    return bool(server.active_channels)


def _server(app: WSGIApplication, listener: socket.socket, sockets: dict[int, Any]) -> Any:
    from waitress.server import create_server  # noqa: PLC0415 - an extra

    options: Any = {
        "sockets": [listener],
        "ident": "fakeim",
        "max_request_body_size": LARGEST_UPLOAD,
        "connection_limit": 1000,
    }
    server: Any = create_server(app, sockets, **options)
    server.channel_class = _channel_class()
    server.trigger.close()
    sockets.clear()  # with pyfakefs, the trigger's number may have been the server's
    server.add_channel(sockets)
    server.trigger = _trigger_class()(sockets)
    # Its warnings only tell that a client waits for a moment; a logger apart, for settings are the user's.
    server.task_dispatcher.queue_logger = Logger("fakeim", ERROR)  # noqa: LOG001
    server.adj.send_bytes = 1 << 16  # as an option it is deprecated; by default, headers and body leave apart (18.8)
    return server


@cache
def _trigger_class() -> Any:
    """Return a replacement for waitress's trigger, which wakes the loop through a pipe.

    A test that replaces the file system (pyfakefs) replaces the functions for pipes as well, but not those for sockets.
    """
    from waitress import wasyncore  # noqa: PLC0415 - an extra

    class Trigger(wasyncore.dispatcher):
        def __init__(self, sockets: dict[int, Any]) -> None:
            reader, self._writer = socket.socketpair()
            super().__init__(reader, sockets)

        def writable(self) -> bool:
            return False

        def handle_read(self) -> None:
            self.recv(8192)

        def pull_trigger(self) -> None:
            self._writer.send(b"x")

        def close(self) -> None:
            super().close()
            self._writer.close()

    return Trigger


@cache
def _channel_class() -> Any:
    """Make waitress's connection with what is amiss in it for us mended."""
    from waitress.channel import ClientDisconnected, HTTPChannel  # noqa: PLC0415 - an extra
    from waitress.parser import HTTPRequestParser, ParsingError  # noqa: PLC0415
    from waitress.task import ErrorTask, WSGITask  # noqa: PLC0415
    from waitress.utilities import BadRequest  # noqa: PLC0415

    class Parser(HTTPRequestParser):
        def received(self, data: bytes) -> int:
            if data[:1] == _TLS and self.body_rcv is None and not self.header_plus:
                # Its client waits for a greeting in return, and would wait for ever.
                self.error, self.completed = BadRequest("this is HTTP: give a URL that begins with http://"), True
                return len(data)
            return super().received(data)

        def parse_header(self, header_plus: bytes) -> None:
            try:
                super().parse_header(header_plus)
            except ValueError:  # of an address such as http://[ or a length of thousands of digits
                raise ParsingError("Bad request") from None

    class Task(WSGITask):
        has_body = True  # of a 204 as well: only after an answer with a length, waitress keeps the connection

        def execute(self) -> None:
            try:
                super().execute()
            except ConnectionFailed:  # a fault: so let the client see no answer, but the end of the connection
                raise ClientDisconnected from None

        def build_response_header(self) -> bytes:
            if not self.status.startswith("204"):
                return super().build_response_header()
            self.response_headers = [*self.response_headers, ("Content-Length", "0")]
            return super().build_response_header().replace(b"Content-Length: 0\r\n", b"", 1)

    class Refusal(ErrorTask):
        def execute(self) -> None:
            request: Any = self.request
            error = request.error
            response = wire.no_http(error.code, error.reason, error.body)
            self.status = f"{response.status} {error.reason}"
            self.response_headers = list(response.headers.items())
            self.set_close_on_finish()
            self.write(response.body)

    class Channel(HTTPChannel):
        parser_class = Parser
        task_class = Task
        error_task_class = Refusal

    return Channel


def is_loopback(host: str) -> bool:
    """Say whether ``host``, a name or an address, is this machine and nothing beyond it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
