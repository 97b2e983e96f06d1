"""boto3 and aiobotocore clients of this process: bound to a fake, or all of them while a mock is active.

A client of one's own is bound with botocore's documented event ``before-send``, and nothing is patched. To catch the
clients that other code makes, or made long ago, these are replaced while a mock is active, and put back exactly:

- ``BaseClient._make_api_call`` (and aiobotocore's), to see every client at its first call, whenever it was made;
- the modules ``time`` (and ``asyncio``) as botocore's retries and waiters see them, so that they wait on the fake's
  clock; other services' waits stay real;
- ``URLLib3Session.send`` (and aiobotocore's), to refuse what would leave the process for this service all the same.

``broken()`` says in plain words what a release of botocore has moved.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from contextvars import ContextVar
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit
from weakref import WeakSet

from fakeim.clients import wire
from fakeim.clients.accounts import signature
from fakeim.clients.direct import make_client
from fakeim.spec.api import SERVICE, once

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from fakeim.service.dispatch import Dispatcher

    DispatcherFor = Callable[[str | None], Dispatcher]

_EVENT, _SIGNER_EVENT = f"before-send.{SERVICE}", f"choose-signer.{SERVICE}"
_OUR_HOST = re.compile(rf"(?:^|\.){SERVICE}(?:-fips)?\.").search
_OUR_SCOPE = f"/{SERVICE}/aws4_request"


class RealAWSCallBlocked(Exception):  # noqa: N818 - it says what happened
    """A request for Incident Manager was about to leave the process while a mock is active, and was stopped."""


# -- a client of one's own --------------------------------------------------------------------------------------------


def make_boto3_client(dispatcher: Dispatcher, region: str, **options: Any) -> SSMIncidentsClient:
    """Make a real boto3 client whose requests are answered by ``dispatcher``'s account and never leave the process."""
    credentials = {"aws_access_key_id": "fakeim", "aws_secret_access_key": "fakeim"}
    with interception().making:  # a session makes one client at a time
        client: SSMIncidentsClient = _session().client(SERVICE, region_name=region, **(credentials | options))
    interception().leave_alone(client)
    events: Any = client.meta.events
    events.register(_EVENT, lambda request, **_: _answer(dispatcher, request, client))
    return client


@once
def _session() -> Any:
    """Make the one session for clients of fakes' own: with a new one each, a client takes twenty times as long."""
    import boto3  # noqa: PLC0415 - only who asks for such a client needs it

    return boto3.session.Session()


def _answer(dispatcher: Dispatcher, request: Any, client: Any) -> Any:
    """Answer a prepared request of botocore's in place of the network."""
    url, base = urlsplit(request.url), urlsplit(client.meta.endpoint_url).path.rstrip("/")
    asked = wire.Request(request.method, url.path.removeprefix(base), url.query, request.body or b"")
    response = wire.respond(dispatcher, asked, client.meta.region_name)
    return _answer_class()(request.url, response.status, response.headers, _Raw(response.body))


class _Raw:
    """The body of a response, as botocore reads one from a socket."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.body


class _Bytes(bytes):
    """Bytes that can be awaited as well: botocore takes a response's content, aiobotocore awaits it."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, Any, _Bytes]:
        return self
        yield  # what makes this a generator, as __await__ has to be


@once
def _answer_class() -> Any:
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415 - botocore is imported when it is used

    class Answer(AWSResponse):
        @property
        def content(self) -> bytes:
            raw: Any = self.raw
            return _Bytes(raw.body)

    return Answer


# -- all clients of the process ---------------------------------------------------------------------------------------


class Answering(NamedTuple):
    """How calls are answered while a mock is active."""

    dispatcher_for: DispatcherFor
    """Gives the account for the access key that a call is signed with; ``None``: it is not signed."""
    region: str
    """The Region for clients whose code and environment name none."""
    at_call: bool
    """Answer the API call itself, without botocore's serializing, signing, retrying and parsing."""
    virtual_waits: bool
    """Let botocore's retries and waiters wait on the fake's clock."""


class _Hook:
    """Stands where a client class has its ``_make_api_call``."""

    def __init__(self, interception: Interception, original: Callable[..., Any]) -> None:
        self.interception = interception
        self.original = original

    def __call__(self, client: Any, operation: str, params: dict[str, Any]) -> Any:
        return self.interception.call(self.original, client, operation, params)

    def __get__(self, client: Any, _: type | None = None) -> Any:
        return self if client is None else partial(self.interception.call, self.original, client)


class _Waits:
    """Stands where a module of botocore has ``time`` or ``asyncio``: the same, but for our calls' waits."""

    def __init__(self, interception: Interception, real: Any) -> None:
        self._interception, self._real = interception, real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def sleep(self, seconds: float) -> Any:
        """Wait, on the clock of the fake that answered the call before, or really."""
        if self._interception.wait(seconds):
            return self._real.sleep(0)  # of asyncio: something to await, and other tasks get their turn
        return self._real.sleep(seconds)


class Interception:
    """What is patched while mocks are active, and the mocks, the innermost last."""

    def __init__(self) -> None:
        self._lock = RLock()
        self.making = Lock()
        self._active: tuple[Answering, ...] = ()  # replaced, never changed: calls read it without the lock
        self._patched: list[tuple[Any, str, Any]] = []
        self._seen: WeakSet[Any] = WeakSet()
        self._left_alone: WeakSet[Any] = WeakSet()
        self._environment: dict[str, str | None] = {}
        self._last: ContextVar[Dispatcher | None] = ContextVar("fakeim_last_answered_by", default=None)

    def push(self, answering: Answering) -> None:
        """Let ``answering`` take all calls, until it is removed or another one is pushed."""
        with self._lock:
            if not self._active:
                try:
                    self._patch()
                    self._set_environment(answering.region)
                except BaseException:
                    self._restore()
                    raise
            self._active = (*self._active, answering)

    def remove(self, answering: Answering) -> None:
        """Let ``answering`` take no more calls; after the last one, leave everything as it was."""
        with self._lock:
            # By identity, the innermost first: one mock can be entered twice.
            index = max(i for i, each in enumerate(self._active) if each is answering)
            self._active = self._active[:index] + self._active[index + 1 :]
            if not self._active:
                self._restore()

    def leave_alone(self, client: Any) -> None:
        """Take no calls of ``client``: it has a fake of its own, and botocore would ask both."""
        self._left_alone.add(client)

    # -- calls

    def call(self, original: Callable[..., Any], client: Any, operation: str, params: dict[str, Any]) -> Any:
        """Take the place of ``client._make_api_call(operation, params)``."""
        active = self._active
        if not active or client.meta.service_model.service_name != SERVICE or client in self._left_alone:
            self._last.set(None)
            return original(client, operation, params)
        answering = active[-1]
        if answering.at_call and not _is_async(client):
            return self._answer_call(answering, client, operation, params)
        self._prepare(client)
        self._last.set(answering.dispatcher_for(_signing_key(client)))
        return original(client, operation, params)

    def wait(self, seconds: float) -> bool:
        """Let ``seconds`` pass on the clock of the account that answered last here; ``False`` if none did."""
        dispatcher, active = self._last.get(), self._active
        if dispatcher is None or not active or not active[-1].virtual_waits:
            return False
        dispatcher.sleep(seconds)
        return True

    def _answer_call(self, answering: Answering, client: Any, operation: str, params: dict[str, Any]) -> Any:
        from botocore import xform_name  # noqa: PLC0415 - beside its use
        from botocore.exceptions import ClientError  # noqa: PLC0415

        dispatcher = answering.dispatcher_for(_signing_key(client))
        self._last.set(dispatcher)
        direct = make_client(dispatcher, client.meta.region_name, client.meta.config)
        try:
            return getattr(direct, xform_name(operation))(**params)
        except ClientError as error:  # the client raises classes of its own session
            response: Any = error.response
            raised = client.exceptions.from_code(response["Error"]["Code"])(response, operation)
            raise raised from error.__cause__

    def _prepare(self, client: Any) -> None:
        if client in self._seen:
            return

        def answer(request: Any, **_: Any) -> Any:
            signed, active = signature(_text(request.headers.get("Authorization", ""))), self._active
            # A call that was under way when the mock ended is answered by the account that it began with.
            dispatcher = active[-1].dispatcher_for(signed.access_key) if active else self._last.get()
            return None if dispatcher is None else _answer(dispatcher, request, client)

        def sign_only_with_credentials(**_: Any) -> Any:
            from botocore import UNSIGNED  # noqa: PLC0415 - beside its use

            return UNSIGNED if self._active and _signing_key(client) is None else None

        handlers = ((_EVENT, answer), (_SIGNER_EVENT, sign_only_with_credentials))
        with self._lock:
            for event, handler in handlers:  # an emitter takes one handler for each unique id, whatever the event
                client.meta.events.register_first(event, handler, unique_id=f"fakeim {event}")
            self._seen.add(client)

    # -- patches

    def _patch(self) -> None:
        problems = broken()
        if problems:
            raise RuntimeError(
                f"mock_ssm_incidents does not fit the installed botocore: {'; '.join(problems)}. Report this, please; "
                "until then, FakeIncidentManager.boto3_client() and .client() work without patching anything."
            )
        for owner, name, replacement in _patches(self):
            self._patched.append((owner, name, owner.__dict__[name]))
            setattr(owner, name, replacement)

    def _restore(self) -> None:
        for owner, name, original in reversed(self._patched):
            setattr(owner, name, original)
        self._patched.clear()
        for name, value in self._environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._environment.clear()
        seen, self._seen = list(self._seen), WeakSet()
        for client in seen:
            for event in (_EVENT, _SIGNER_EVENT):
                client.meta.events.unregister(event, unique_id=f"fakeim {event}")

    def _set_environment(self, region: str) -> None:
        """Let clients be made where nothing is configured, without asking a machine's metadata for credentials."""
        wanted = {"AWS_EC2_METADATA_DISABLED": "true"}
        configured = False
        with suppress(OSError, RuntimeError):  # no home folder, or one that is not ours to look into
            configured = Path(os.environ.get("AWS_CONFIG_FILE", "~/.aws/config")).expanduser().is_file()
        if not configured and not os.environ.keys() & {"AWS_REGION", "AWS_DEFAULT_REGION"}:
            wanted["AWS_DEFAULT_REGION"] = region
        for name, value in wanted.items():
            self._environment[name] = os.environ.get(name)
            os.environ.setdefault(name, value)


@once
def interception() -> Interception:
    """Give the one interception of this process: what it patches is the process's."""
    return Interception()


def broken() -> list[str]:
    """Say what of botocore is not where this module looks for it; nothing, when all is well."""
    try:
        patches = _patches(Interception())
    except (ImportError, AttributeError) as error:
        return [f"botocore has moved what fakeim patches: {error}"]
    return [f"{owner.__name__} has no {name} of its own" for owner, name, _ in patches if name not in owner.__dict__]


def _patches(interception: Interception) -> list[tuple[Any, str, Any]]:
    """List what is replaced by what: an owner, a name, and what stands there meanwhile."""
    client, endpoint, waiter, session = (
        import_module(f"botocore.{name}") for name in ("client", "endpoint", "waiter", "httpsession")
    )
    found = [
        (client.BaseClient, "_make_api_call", _Hook(interception, client.BaseClient._make_api_call)),  # noqa: SLF001
        (endpoint, "time", _Waits(interception, endpoint.time)),
        (waiter, "time", _Waits(interception, waiter.time)),
        (session.URLLib3Session, "send", _blocking(session.URLLib3Session.send)),
    ]
    # Looked for, not only in what is imported: the code under test may import it while the mock is active.
    if "aiobotocore" in sys.modules or find_spec("aiobotocore"):
        client, endpoint, waiter, session = (
            import_module(f"aiobotocore.{name}") for name in ("client", "endpoint", "waiter", "httpsession")
        )
        found += [
            (client.AioBaseClient, "_make_api_call", _Hook(interception, client.AioBaseClient._make_api_call)),  # noqa: SLF001
            (endpoint, "asyncio", _Waits(interception, endpoint.asyncio)),
            (waiter, "asyncio", _Waits(interception, waiter.asyncio)),
            (session.AIOHTTPSession, "send", _blocking(session.AIOHTTPSession.send)),
        ]
    return found


def _blocking(send: Callable[..., Any]) -> Callable[..., Any]:
    def send_unless_ours(session: Any, request: Any) -> Any:
        host = urlsplit(request.url).hostname or ""
        signature = _text(getattr(request, "headers", {}).get("Authorization", ""))
        if _OUR_HOST(host) or _OUR_SCOPE in signature:
            raise RealAWSCallBlocked(f"a request to {host} was about to leave the process past the active mock")
        return send(session, request)

    return send_unless_ours


def _is_async(client: Any) -> bool:
    return any(each.__module__.startswith("aiobotocore.") for each in type(client).__mro__)


def _signing_key(client: Any) -> str | None:
    """Give the access key that ``client`` signs with; botocore has no documented way to ask."""
    credentials = getattr(getattr(client, "_request_signer", None), "_credentials", None)
    # Not through the property of refreshable credentials, which may ask AWS for new ones.
    attributes = getattr(credentials, "__dict__", {})
    key: str | None = attributes.get("access_key") or attributes.get("_access_key")
    return key or (None if credentials is None else "")


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
