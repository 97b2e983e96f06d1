"""What stands in botocore's and aiobotocore's places while a mock is active; ``interception`` puts it there.

- ``BaseClient._make_api_call``, to see every client's calls, whenever the client was made;
- ``Endpoint.make_request``, to see the calls of code that kept the original of that method;
- ``RequestSigner._choose_signer``, so that a call whose credentials are missing, or would first have to be fetched from
  another service, goes unsigned;
- ``Endpoint._send``, so that the fake acts where the request would leave: after every handler of ``before-send`` had
  its say, and not at all if one has answered, but for moto's, which answers for services that it does not have;
- the ``send`` of the HTTP sessions, to answer or refuse requests sent outside ``Endpoint._send``;
- the waits of retries, of their token bucket and of waiters, which pass on the fake's clock; those of other services'
  calls stay real;
- ``Session.get_config_variable``, which has a Region where none is configured, so that clients can be made;
- the look-ups of a machine's metadata for credentials and a Region, which find none: they would leave the process.
"""

from __future__ import annotations

import sys
from functools import update_wrapper
from importlib import import_module
from importlib.util import find_spec
from inspect import isawaitable
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fakeim.clients.active_mocks import ActiveMocks

    Function = Callable[..., Any]


class Replacement(NamedTuple):
    """A place, and the function that creates the replacement of the object there."""

    owner: Any
    name: str
    make: Callable[[ActiveMocks, Any], Any]

    def of(self, mocks: ActiveMocks, original: Any) -> Any:
        """Return the replacement of ``original``, which is its attribute ``__wrapped__``."""
        made = self.make(mocks, _as_called(original) if isinstance(self.owner, type) else original)
        return made if isinstance(made, _Waits) else update_wrapper(made, original, updated=())


def _as_called(method: Any) -> Function:
    """Return ``method``, which stands in a class, as a function that takes the instance first."""
    if type(method) is FunctionType:
        return method
    # Another tool's: a FunctionWrapper of wrapt looks at what it is bound to, and a Mock is not bound at all.
    bind = getattr(type(method), "__get__", None)
    if bind is None:
        return lambda _instance, *args, **kwargs: method(*args, **kwargs)
    return lambda instance, *args, **kwargs: bind(method, instance, type(instance))(*args, **kwargs)


def replacements() -> list[Replacement]:
    """List what is replaced.

    Raises:
        ImportError: botocore or aiobotocore has moved a module.
        AttributeError: botocore or aiobotocore has moved a class.
    """
    client, signers, endpoint, session, waiter, bucket = _modules("botocore")
    found = [
        Replacement(client.BaseClient, "_make_api_call", _called),
        Replacement(signers.RequestSigner, "_choose_signer", _choose_signer),
        Replacement(endpoint.Endpoint, "make_request", _requested),
        Replacement(endpoint.Endpoint, "_send", _answered),
        Replacement(endpoint, "first_non_none_response", _without_moto),
        Replacement(session.URLLib3Session, "send", _passed),
        Replacement(endpoint, "time", _Waits),
        Replacement(waiter, "time", _Waits),
        Replacement(bucket.TokenBucket, "acquire", _acquire),
    ]
    # Not by environment variables: those are the user's to set and restore meanwhile, and sessions keep what they read.
    machine, zone = _metadata("botocore", "")
    found += [
        region_replacement(),
        Replacement(machine, "load", _unless_mocked),
        Replacement(zone, "provide", _unless_mocked),
    ]
    # Looked for, not only in what is imported: the code under test may import it while the mock is active.
    if "aiobotocore" in sys.modules or find_spec("aiobotocore"):
        found += _replacements_of_aiobotocore()
    return found


def region_replacement() -> Replacement:
    """Return what provides a Region, alone."""
    return Replacement(import_module("botocore.session").Session, "get_config_variable", _with_region)


def _replacements_of_aiobotocore() -> list[Replacement]:
    client, signers, endpoint, session, waiter, bucket = _modules("aiobotocore")
    found = [
        Replacement(client.AioBaseClient, "_make_api_call", _called_async),
        Replacement(signers.AioRequestSigner, "_choose_signer", _choose_signer_async),
        Replacement(endpoint.AioEndpoint, "_send", _answered_async),
        Replacement(endpoint, "first_non_none_response", _without_moto),
        Replacement(session.AIOHTTPSession, "send", _passed_async),
        Replacement(endpoint, "asyncio", _Waits),
        Replacement(waiter, "asyncio", _Waits),
        Replacement(bucket.AsyncTokenBucket, "acquire", _acquire_async),
    ]
    machine, zone = _metadata("aiobotocore", "Aio")
    found += [Replacement(machine, "load", _unless_mocked_async), Replacement(zone, "provide", _unless_mocked_async)]
    if hasattr(endpoint, "AnyioEndpoint"):  # newer releases can also send with httpx, on trio
        httpx = import_module("aiobotocore.httpxsession")
        found += [Replacement(owner, "_sleep", _anyio_sleep) for owner in (endpoint.AnyioEndpoint, waiter.AnyioWaiter)]
        found.append(Replacement(httpx.HttpxSession, "send", _passed_async))
    return found


def _modules(package: str) -> list[Any]:
    names = ("client", "signers", "endpoint", "httpsession", "waiter", "retries.bucket")
    return [import_module(f"{package}.{name}") for name in names]


def _metadata(package: str, prefix: str) -> tuple[Any, Any]:
    """Return the classes that look up a machine's credentials and its Region."""
    credentials, utils = (import_module(f"{package}.{name}") for name in ("credentials", "utils"))
    return getattr(credentials, f"{prefix}InstanceMetadataProvider"), getattr(utils, f"{prefix}IMDSRegionProvider")


def _called(mocks: ActiveMocks, original: Function) -> Function:
    from fakeim.clients.at_call import answer_at_call  # noqa: PLC0415 - it imports a good part of botocore

    def make_api_call(client: Any, operation: str, params: dict[str, Any]) -> Any:
        answering = mocks.answering(client)
        if answering is not None and answering.at_call:
            return answer_at_call(mocks.record(client, answering), client, operation, params)
        with mocks.call(client, operation, answering):
            return original(client, operation, params)

    return make_api_call


def _called_async(mocks: ActiveMocks, original: Function) -> Function:
    async def make_api_call(client: Any, operation: str, params: dict[str, Any]) -> Any:
        with mocks.call(client, operation, mocks.answering(client)):
            return await original(client, operation, params)

    return make_api_call


def _requested(mocks: ActiveMocks, original: Function) -> Function:
    def make_request(endpoint: Any, operation_model: Any, request: Any) -> Any:
        if not mocks.is_unseen(operation_model, request):
            return original(endpoint, operation_model, request)
        with mocks.unseen_call(endpoint, operation_model, request):
            answer = original(endpoint, operation_model, request)
        return requested(endpoint, operation_model, request, answer) if isawaitable(answer) else answer

    # aiobotocore's endpoints inherit the method, and only await what it returns.
    async def requested(endpoint: Any, operation_model: Any, request: Any, answer: Awaitable[Any]) -> Any:
        with mocks.unseen_call(endpoint, operation_model, request):
            return await answer

    return make_request


class _Waits:
    """Stands where a module of botocore has ``time`` or ``asyncio``: the same, but for our calls' waits."""

    def __init__(self, mocks: ActiveMocks, real: Any) -> None:
        self._mocks, self.__wrapped__ = mocks, real

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__wrapped__, name)

    def sleep(self, seconds: float) -> Any:
        """Wait, on the clock of the fake that answered the call before, or really."""
        if self._mocks.wait(seconds):
            return self.__wrapped__.sleep(0)  # of asyncio: something to await, and other tasks get their turn
        return self.__wrapped__.sleep(seconds)


def _anyio_sleep(mocks: ActiveMocks, original: Function) -> Function:
    async def sleep(self: Any, seconds: float) -> None:
        await original(self, 0 if mocks.wait(seconds) else seconds)

    return sleep


def _acquire(mocks: ActiveMocks, original: Function) -> Function:
    def acquire(bucket: Any, amount: float = 1, block: bool = True) -> Any:  # noqa: FBT001, FBT002 - as botocore's
        return (block and _granted(mocks, bucket, amount)) or original(bucket, amount, block)

    return acquire


def _acquire_async(mocks: ActiveMocks, original: Function) -> Function:
    async def acquire(bucket: Any, amount: float = 1, block: bool = True) -> Any:  # noqa: FBT001, FBT002
        return (block and _granted(mocks, bucket, amount)) or await original(bucket, amount, block)

    return acquire


def _granted(mocks: ActiveMocks, bucket: Any, amount: float) -> bool:
    """Wait on the fake's clock for what the bucket lacks; what it holds by the real clock, it keeps."""
    lacking = amount - bucket.available_capacity
    return lacking > 0 and mocks.wait(lacking / bucket.max_rate)


def _choose_signer(mocks: ActiveMocks, original: Function) -> Function:
    def choose_signer(signer: Any, *args: Any, **kwargs: Any) -> Any:
        return mocks.signed_with(signer, original(signer, *args, **kwargs))

    return choose_signer


def _choose_signer_async(mocks: ActiveMocks, original: Function) -> Function:
    async def choose_signer(signer: Any, *args: Any, **kwargs: Any) -> Any:
        return mocks.signed_with(signer, await original(signer, *args, **kwargs))

    return choose_signer


def _answered(mocks: ActiveMocks, original: Function) -> Function:
    def send(endpoint: Any, request: Any) -> Any:
        return mocks.answer(request) or original(endpoint, request)

    return send


def _answered_async(mocks: ActiveMocks, original: Function) -> Function:
    async def send(endpoint: Any, request: Any) -> Any:
        return mocks.answer(request) or await original(endpoint, request)

    return send


def _passed(mocks: ActiveMocks, original: Function) -> Function:
    def send(session: Any, request: Any) -> Any:
        return mocks.answer_ours(request) or original(session, request)

    return send


def _passed_async(mocks: ActiveMocks, original: Function) -> Function:
    async def send(session: Any, request: Any) -> Any:
        return mocks.answer_ours(request) or await original(session, request)

    return send


def _without_moto(mocks: ActiveMocks, original: Function) -> Function:
    """Choose among the responses of handlers, and leave moto's out if a mock takes the call."""

    def first_non_none_response(responses: Any, *default: Any) -> Any:
        found = original(responses, *default)
        if found is None or mocks.taken() is None:
            return found
        return original([each for each in responses if not type(each[0]).__module__.startswith("moto.")], *default)

    return first_non_none_response


def _with_region(mocks: ActiveMocks, original: Function) -> Function:
    def get_config_variable(session: Any, logical_name: str, methods: Any = None) -> Any:
        value = original(session, logical_name, methods)
        region = mocks.region() if logical_name == "region" and not value else None
        # An empty environment variable hides the profile's Region.
        return value if region is None else session.get_scoped_config().get("region") or region

    return get_config_variable


def _unless_mocked(mocks: ActiveMocks, original: Function) -> Function:
    def find(provider: Any) -> Any:
        return None if mocks else original(provider)

    return find


def _unless_mocked_async(mocks: ActiveMocks, original: Function) -> Function:
    async def find(provider: Any) -> Any:
        return None if mocks else await original(provider)

    return find
