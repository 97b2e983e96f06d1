"""All boto3 and aiobotocore clients of this process, while a mock is active: their calls are answered by a fake.

To catch the clients that other code makes, or made long ago, these are replaced while a mock is active, and put back
exactly; a call that is still under way when the last mock ends keeps them, inert for all other calls, until it is done:

- ``BaseClient._make_api_call`` (and aiobotocore's), to see every client's calls, whenever the client was made;
- what the endpoint's module uses to choose among the responses of ``before-send`` handlers, so that the fake acts where
  the request would leave: after every handler had its say, and not at all if one of the user's has answered;
- the waits of botocore's retries, its token bucket and its waiters, which pass on the fake's clock; those of other
  services' calls stay real;
- ``Endpoint.make_request`` and the ``send`` of the HTTP sessions, to refuse what would leave the process all the same.

``broken()`` says in plain words what a release of botocore has moved.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakSet

from fakeim.clients.active_mocks import ActiveMocks, Answering, signing_key
from fakeim.clients.answers import answer
from fakeim.clients.direct import make_client
from fakeim.spec.api import SERVICE, once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Patch = tuple[Any, str, Any]

_EVENT, _SIGNER_EVENT = f"before-send.{SERVICE}", f"choose-signer.{SERVICE}"


class _Deferred(NamedTuple):
    """The fake's answer to a request, before the fake is asked."""

    ask: Callable[[], Any]


class Interception:
    """What is patched while mocks are active, and the way that calls take meanwhile."""

    def __init__(self) -> None:
        self.making = Lock()
        self.mocks = ActiveMocks()
        self._patched: list[Patch] = []
        self._prepared: WeakSet[Any] = WeakSet()
        self._environment: dict[str, str] = {}

    def push(self, answering: Answering) -> None:
        """Let ``answering`` take all calls, until it is removed or another one is pushed."""
        with self.mocks.lock:
            if not self.mocks:
                try:
                    self._patch()
                    self._set_environment(answering.region)
                except BaseException:
                    self._restore()
                    raise
            self.mocks.push(answering)

    def remove(self, answering: Answering) -> None:
        """Let ``answering`` take no more calls; after the last one, leave everything as it was."""
        with self.mocks.lock:
            self.mocks.remove(answering)
            self._restore()

    # -- calls

    def make_api_call(self, original: Callable[..., Any], client: Any, operation: str, params: dict[str, Any]) -> Any:
        """Take the place of ``client._make_api_call(operation, params)``."""
        if _is_async(client):
            return self._pass_async(original, client, operation, params)
        answering = self.mocks.answering(client)
        if answering is not None and answering.at_call:
            return self._answer_at_call(answering, client, operation, params)
        with self._passing(client):
            return original(client, operation, params)

    async def _pass_async(self, original: Callable[..., Any], client: Any, *arguments: Any) -> Any:
        with self._passing(client):
            return await original(client, *arguments)

    @contextmanager
    def _passing(self, client: Any) -> Iterator[None]:
        """Let a call of ``client`` pass through botocore."""
        call = self.mocks.begin(client)
        try:
            if call.answering is not None:
                self._prepare(client)
            yield
        finally:
            self.mocks.end(call)
            self._restore()

    def _answer_at_call(self, answering: Answering, client: Any, operation: str, params: dict[str, Any]) -> Any:
        from botocore import xform_name  # noqa: PLC0415 - beside its use
        from botocore.exceptions import ClientError  # noqa: PLC0415

        dispatcher = self.mocks.record(client, answering)
        direct = make_client(dispatcher, client.meta.region_name, client.meta.config)
        try:
            return getattr(direct, xform_name(operation))(**params)
        except ClientError as error:  # the client raises classes of its own session
            response: Any = error.response
            raised = client.exceptions.from_code(response["Error"]["Code"])(response, operation)
            raise raised from error.__cause__

    def _prepare(self, client: Any) -> None:
        """Register with the events of ``client``, once."""
        if client in self._prepared:
            return

        def defer_answer(request: Any, **_: Any) -> Any:
            dispatcher = self.mocks.answered_by(request, client)
            return None if dispatcher is None else _Deferred(partial(answer, dispatcher, request, client))

        def sign_only_with_credentials(**_: Any) -> Any:
            from botocore import UNSIGNED  # noqa: PLC0415 - beside its use

            return UNSIGNED if self.mocks and signing_key(client) is None else None

        handlers = ((_EVENT, defer_answer), (_SIGNER_EVENT, sign_only_with_credentials))
        with self.mocks.lock:
            for event, handler in handlers:  # an emitter takes one handler for each unique id, whatever the event
                client.meta.events.register(event, handler, unique_id=f"fakeim {event}")
            self._prepared.add(client)

    # -- patches

    def _patch(self) -> None:
        if self._patched:  # a call of an earlier mock is still under way
            return
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
        """Put back what nobody needs any more."""
        if not self._patched and not self._environment:
            return
        with self.mocks.lock:
            if not self.mocks:
                self._restore_environment()
            if self.mocks.idle:
                self._restore_patches()

    def _restore_patches(self) -> None:
        for owner, name, original in reversed(self._patched):
            setattr(owner, name, original)
        self._patched.clear()
        prepared, self._prepared = list(self._prepared), WeakSet()
        for client in prepared:
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
        self._environment = {name: value for name, value in wanted.items() if name not in os.environ}
        os.environ.update(self._environment)

    def _restore_environment(self) -> None:
        for name, value in self._environment.items():
            if os.environ.get(name) == value:  # otherwise somebody has set it since, and it is theirs
                del os.environ[name]
        self._environment.clear()


@once
def interception() -> Interception:
    """Give the one interception of this process: what it patches is the process's."""
    return Interception()


# -- what is replaced by what -----------------------------------------------------------------------------------------


def broken() -> list[str]:
    """Say what of botocore is not where this module looks for it; nothing, when all is well."""
    try:
        patches = _patches(Interception())
    except (ImportError, AttributeError) as error:
        return [f"botocore has moved what fakeim patches: {error}"]
    return [f"{owner.__name__} has no {name} of its own" for owner, name, _ in patches if name not in owner.__dict__]


def _patches(interception: Interception) -> list[Patch]:
    """List what is replaced: an owner, a name, and what stands there meanwhile."""
    client, endpoint, waiter, bucket, session = _modules(
        "botocore", "client", "endpoint", "waiter", "retries.bucket", "httpsession"
    )
    found = [
        *_patches_of_endpoint(interception, client.BaseClient, endpoint, session.URLLib3Session),
        (endpoint.Endpoint, "make_request", _checked_operation(interception.mocks, endpoint.Endpoint.make_request)),
        (endpoint, "time", _Waits(interception.mocks, endpoint.time)),
        (waiter, "time", _Waits(interception.mocks, waiter.time)),
        (bucket.TokenBucket, "acquire", _acquire(interception.mocks, bucket.TokenBucket.acquire)),
    ]
    # Looked for, not only in what is imported: the code under test may import it while the mock is active.
    if "aiobotocore" in sys.modules or find_spec("aiobotocore"):
        found += _patches_of_aiobotocore(interception)
    return found


def _patches_of_aiobotocore(interception: Interception) -> list[Patch]:
    client, endpoint, waiter, bucket, session = _modules(
        "aiobotocore", "client", "endpoint", "waiter", "retries.bucket", "httpsession"
    )
    found = [
        *_patches_of_endpoint(interception, client.AioBaseClient, endpoint, session.AIOHTTPSession),
        (endpoint, "asyncio", _Waits(interception.mocks, endpoint.asyncio)),
        (waiter, "asyncio", _Waits(interception.mocks, waiter.asyncio)),
        (bucket.AsyncTokenBucket, "acquire", _acquire_async(interception.mocks, bucket.AsyncTokenBucket.acquire)),
    ]
    if hasattr(endpoint, "AnyioEndpoint"):  # newer releases can also send with httpx, on trio
        (httpx,) = _modules("aiobotocore", "httpxsession")
        found += [
            (owner, "_sleep", _anyio_sleep(interception.mocks, owner._sleep))  # noqa: SLF001
            for owner in (endpoint.AnyioEndpoint, waiter.AnyioWaiter)
        ]
        found.append((httpx.HttpxSession, "send", _checked_request(interception.mocks, httpx.HttpxSession.send)))
    return found


def _modules(package: str, *names: str) -> list[Any]:
    return [import_module(f"{package}.{name}") for name in names]


def _patches_of_endpoint(interception: Interception, client: Any, endpoint: Any, session: Any) -> list[Patch]:
    return [
        (client, "_make_api_call", _Hook(interception, client._make_api_call)),  # noqa: SLF001
        (endpoint, "first_non_none_response", _asking(endpoint.first_non_none_response)),
        (session, "send", _checked_request(interception.mocks, session.send)),
    ]


class _Hook:
    """Stands where a client class has its ``_make_api_call``."""

    def __init__(self, interception: Interception, original: Callable[..., Any]) -> None:
        self.interception = interception
        self.original = original

    def __call__(self, client: Any, operation: str, params: dict[str, Any]) -> Any:
        return self.interception.make_api_call(self.original, client, operation, params)

    def __get__(self, client: Any, _: type | None = None) -> Any:
        return self if client is None else partial(self.interception.make_api_call, self.original, client)


class _Waits:
    """Stands where a module of botocore has ``time`` or ``asyncio``: the same, but for our calls' waits."""

    def __init__(self, mocks: ActiveMocks, real: Any) -> None:
        self._mocks, self._real = mocks, real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def sleep(self, seconds: float) -> Any:
        """Wait, on the clock of the fake that answered the call before, or really."""
        if self._mocks.wait(seconds):
            return self._real.sleep(0)  # of asyncio: something to await, and other tasks get their turn
        return self._real.sleep(seconds)


def _anyio_sleep(mocks: ActiveMocks, original: Callable[..., Any]) -> Callable[..., Any]:
    async def sleep(self: Any, seconds: float) -> None:
        await original(self, 0 if mocks.wait(seconds) else seconds)

    return sleep


def _acquire(mocks: ActiveMocks, original: Callable[..., Any]) -> Callable[..., Any]:
    def acquire(bucket: Any, amount: float = 1, block: bool = True) -> Any:  # noqa: FBT001, FBT002 - as botocore's
        return (block and _granted(mocks, bucket, amount)) or original(bucket, amount, block)

    return acquire


def _acquire_async(mocks: ActiveMocks, original: Callable[..., Any]) -> Callable[..., Any]:
    async def acquire(bucket: Any, amount: float = 1, block: bool = True) -> Any:  # noqa: FBT001, FBT002
        return (block and _granted(mocks, bucket, amount)) or await original(bucket, amount, block)

    return acquire


def _granted(mocks: ActiveMocks, bucket: Any, amount: float) -> bool:
    """Wait on the fake's clock for what the bucket lacks; what it holds by the real clock, it keeps."""
    lacking = amount - bucket.available_capacity
    return lacking > 0 and mocks.wait(lacking / bucket.max_rate)


def _asking(original: Callable[..., Any]) -> Callable[..., Any]:
    """Ask the fake when its answer is the one that was chosen."""

    def first_non_none_response(responses: Any, *default: Any) -> Any:
        chosen = original(responses, *default)
        return chosen.ask() if isinstance(chosen, _Deferred) else chosen

    return first_non_none_response


def _checked_operation(mocks: ActiveMocks, original: Callable[..., Any]) -> Callable[..., Any]:
    def make_request(endpoint: Any, operation_model: Any, request_dict: Any) -> Any:
        mocks.check_operation(operation_model)
        return original(endpoint, operation_model, request_dict)

    return make_request


def _checked_request(mocks: ActiveMocks, original: Callable[..., Any]) -> Callable[..., Any]:
    def send(session: Any, request: Any) -> Any:
        mocks.check_request(request)
        return original(session, request)

    return send


def _is_async(client: Any) -> bool:
    return any(each.__module__.startswith("aiobotocore.") for each in type(client).__mro__)
