"""What stands in botocore's and aiobotocore's places while a mock is active; ``interception`` puts it there.

- ``BaseClient._make_api_call``, to see every client's calls, whenever the client was made;
- ``RequestSigner._choose_signer``, so that a call whose credentials are missing, or would first have to be fetched from
  another service, goes unsigned;
- ``Endpoint._send``, so that the fake acts where the request would leave: after every handler of ``before-send`` had
  its say, and not at all if one has answered, but for moto's, which answers for services that it does not have;
- the waits of retries, of their token bucket and of waiters, which pass on the fake's clock; those of other services'
  calls stay real;
- ``Session.get_config_variable``, which has a Region where none is configured, so that clients can be made;
- the look-ups of a machine's metadata for credentials and a Region, which find none: they would leave the process;
- ``Endpoint.make_request`` and the ``send`` of the HTTP sessions, to refuse what would leave the process all the same.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakeim.clients.active_mocks import ActiveMocks

    Replacement = tuple[Any, str, Any]


def replacements(mocks: ActiveMocks, take: Callable[..., Any], take_async: Callable[..., Any]) -> list[Replacement]:
    """List what is replaced: an owner, a name, and what stands there meanwhile.

    Args:
        mocks: Who answers, and on whose clock calls wait.
        take: Gives what stands in the place of a client's ``_make_api_call``, which it is given.
        take_async: The same for clients of aiobotocore.

    Raises:
        ImportError: botocore or aiobotocore has moved a module.
        AttributeError: Something has moved within one.
    """
    client, signers, endpoint, session, waiter, bucket = _modules("botocore")
    found = [
        (client.BaseClient, "_make_api_call", take(client.BaseClient._make_api_call)),  # noqa: SLF001
        (signers.RequestSigner, "_choose_signer", _choose_signer(mocks, signers.RequestSigner._choose_signer)),  # noqa: SLF001
        (endpoint.Endpoint, "make_request", _checked_operation(mocks, endpoint.Endpoint.make_request)),
        (endpoint.Endpoint, "_send", _answered(mocks, endpoint.Endpoint._send)),  # noqa: SLF001
        (endpoint, "first_non_none_response", _without_moto(mocks, endpoint.first_non_none_response)),
        (session.URLLib3Session, "send", _checked_request(mocks, session.URLLib3Session.send)),
        (endpoint, "time", _Waits(mocks, endpoint.time)),
        (waiter, "time", _Waits(mocks, waiter.time)),
        (bucket.TokenBucket, "acquire", _acquire(mocks, bucket.TokenBucket.acquire)),
    ]
    # Not by environment variables: those are the user's to set and restore meanwhile, and sessions keep what they read.
    core = import_module("botocore.session").Session
    found.append((core, "get_config_variable", _with_region(mocks, core.get_config_variable)))
    machine, zone = _metadata("botocore", "")
    found.append((machine, "load", _unless_mocked(mocks, machine.load)))
    found.append((zone, "provide", _unless_mocked(mocks, zone.provide)))
    # Looked for, not only in what is imported: the code under test may import it while the mock is active.
    if "aiobotocore" in sys.modules or find_spec("aiobotocore"):
        found += _replacements_of_aiobotocore(mocks, take_async)
    return found


def _replacements_of_aiobotocore(mocks: ActiveMocks, take: Callable[..., Any]) -> list[Replacement]:
    client, signers, endpoint, session, waiter, bucket = _modules("aiobotocore")
    signer = signers.AioRequestSigner
    found = [
        (client.AioBaseClient, "_make_api_call", take(client.AioBaseClient._make_api_call)),  # noqa: SLF001
        (signer, "_choose_signer", _choose_signer_async(mocks, signer._choose_signer)),  # noqa: SLF001
        (endpoint.AioEndpoint, "_send", _answered_async(mocks, endpoint.AioEndpoint._send)),  # noqa: SLF001
        (endpoint, "first_non_none_response", _without_moto(mocks, endpoint.first_non_none_response)),
        (session.AIOHTTPSession, "send", _checked_request(mocks, session.AIOHTTPSession.send)),
        (endpoint, "asyncio", _Waits(mocks, endpoint.asyncio)),
        (waiter, "asyncio", _Waits(mocks, waiter.asyncio)),
        (bucket.AsyncTokenBucket, "acquire", _acquire_async(mocks, bucket.AsyncTokenBucket.acquire)),
    ]
    machine, zone = _metadata("aiobotocore", "Aio")
    found.append((machine, "load", _unless_mocked_async(mocks, machine.load)))
    found.append((zone, "provide", _unless_mocked_async(mocks, zone.provide)))
    if hasattr(endpoint, "AnyioEndpoint"):  # newer releases can also send with httpx, on trio
        httpx = import_module("aiobotocore.httpxsession")
        found += [
            (owner, "_sleep", _anyio_sleep(mocks, owner._sleep))  # noqa: SLF001
            for owner in (endpoint.AnyioEndpoint, waiter.AnyioWaiter)
        ]
        found.append((httpx.HttpxSession, "send", _checked_request(mocks, httpx.HttpxSession.send)))
    return found


def _modules(package: str) -> list[Any]:
    names = ("client", "signers", "endpoint", "httpsession", "waiter", "retries.bucket")
    return [import_module(f"{package}.{name}") for name in names]


def _metadata(package: str, prefix: str) -> tuple[Any, Any]:
    """Return the classes that look up a machine's credentials and its Region."""
    credentials, utils = (import_module(f"{package}.{name}") for name in ("credentials", "utils"))
    return getattr(credentials, f"{prefix}InstanceMetadataProvider"), getattr(utils, f"{prefix}IMDSRegionProvider")


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


def _choose_signer(mocks: ActiveMocks, original: Callable[..., Any]) -> Callable[..., Any]:
    def choose_signer(signer: Any, *args: Any, **kwargs: Any) -> Any:
        return mocks.signed_with(original(signer, *args, **kwargs))

    return choose_signer


def _choose_signer_async(mocks: ActiveMocks, original: Callable[..., Any]) -> Callable[..., Any]:
    async def choose_signer(signer: Any, *args: Any, **kwargs: Any) -> Any:
        return mocks.signed_with(await original(signer, *args, **kwargs))

    return choose_signer


def _answered(mocks: ActiveMocks, original: Callable[..., Any]) -> Callable[..., Any]:
    def send(endpoint: Any, request: Any) -> Any:
        return mocks.answer(request) or original(endpoint, request)

    return send


def _answered_async(mocks: ActiveMocks, original: Callable[..., Any]) -> Callable[..., Any]:
    async def send(endpoint: Any, request: Any) -> Any:
        return mocks.answer(request) or await original(endpoint, request)

    return send


def _without_moto(mocks: ActiveMocks, original: Callable[..., Any]) -> Callable[..., Any]:
    """Choose among the responses of handlers, and leave moto's out if a mock takes the call."""

    def first_non_none_response(responses: Any, *default: Any) -> Any:
        found = original(responses, *default)
        if found is None or mocks.taken() is None:
            return found
        return original([each for each in responses if not type(each[0]).__module__.startswith("moto.")], *default)

    return first_non_none_response


def _with_region(mocks: ActiveMocks, original: Callable[..., Any]) -> Callable[..., Any]:
    def get_config_variable(session: Any, logical_name: str, methods: Any = None) -> Any:
        value = original(session, logical_name, methods)
        region = mocks.region() if logical_name == "region" and not value else None
        # An empty environment variable hides the profile's Region.
        return value if region is None else session.get_scoped_config().get("region") or region

    return get_config_variable


def _unless_mocked(mocks: ActiveMocks, original: Callable[..., Any]) -> Callable[..., Any]:
    def find(provider: Any) -> Any:
        return None if mocks else original(provider)

    return find


def _unless_mocked_async(mocks: ActiveMocks, original: Callable[..., Any]) -> Callable[..., Any]:
    async def find(provider: Any) -> Any:
        return None if mocks else await original(provider)

    return find


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
