"""Patches that other tools make on botocore, and the places that they share with the mock."""

from __future__ import annotations

from functools import partial, wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable

PLACES = (
    "botocore.client.BaseClient._make_api_call",
    "botocore.signers.RequestSigner._choose_signer",
    "botocore.endpoint.Endpoint.make_request",
    "botocore.endpoint.Endpoint._send",
    "botocore.endpoint.first_non_none_response",
    "botocore.httpsession.URLLib3Session.send",
    "botocore.endpoint.time",
    "botocore.waiter.time",
    "botocore.retries.bucket.TokenBucket.acquire",
    "botocore.session.Session.get_config_variable",
    "botocore.credentials.InstanceMetadataProvider.load",
    "botocore.utils.IMDSRegionProvider.provide",
)
"""All that the mock replaces in botocore."""

ASYNC_PLACES = (
    "aiobotocore.client.AioBaseClient._make_api_call",
    "aiobotocore.signers.AioRequestSigner._choose_signer",
    "aiobotocore.endpoint.AioEndpoint._send",
    "aiobotocore.endpoint.first_non_none_response",
    "aiobotocore.httpsession.AIOHTTPSession.send",
    "aiobotocore.endpoint.asyncio",
    "aiobotocore.waiter.asyncio",
    "aiobotocore.retries.bucket.AsyncTokenBucket.acquire",
    "aiobotocore.credentials.AioInstanceMetadataProvider.load",
    "aiobotocore.utils.AioIMDSRegionProvider.provide",
)

PLACES_OF_ANYIO = (
    "aiobotocore.endpoint.AnyioEndpoint._sleep",
    "aiobotocore.waiter.AnyioWaiter._sleep",
    "aiobotocore.httpxsession.HttpxSession.send",
)
"""What newer releases of aiobotocore have as well."""


class ObjectProxy:
    """A stand-in for wrapt's: equal to what it wraps, with its attributes, and of its class for ``isinstance``."""

    def __init__(self, wrapped: Any) -> None:
        self.__wrapped__ = wrapped

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self.__wrapped__)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__wrapped__, name)

    def __eq__(self, other: object) -> bool:
        return bool(self.__wrapped__ == other)

    def __hash__(self) -> int:
        return hash(self.__wrapped__)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__wrapped__(*args, **kwargs)

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self if instance is None else partial(self, instance)


def wrapped_function(original: Any) -> Any:
    @wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return original(*args, **kwargs)

    return wrapper


def closure(original: Any) -> Any:
    return lambda *args, **kwargs: original(*args, **kwargs)  # noqa: PLW0108 - a layer of its own


def default(original: Any) -> Any:
    return lambda *args, _original=original, **kwargs: _original(*args, **kwargs)


class Tracer:
    """A tool that keeps what it replaced in an attribute of its own."""

    def __init__(self, original: Any) -> None:
        self.original = original

    def install(self) -> Any:
        return lambda *args, **kwargs: self.original(*args, **kwargs)  # noqa: PLW0108 - as above


def tracer(original: Any) -> Any:
    return Tracer(original).install()


WRAPPERS: tuple[Callable[[Any], Any], ...] = (ObjectProxy, wrapped_function, closure, default, tracer)
"""How other tools make what stands in a place of what stood there, and calls it."""


def find(place: str) -> tuple[Any, str]:
    """Return the owner of a place, and the name there."""
    path, _, name = place.rpartition(".")
    try:
        return import_module(path), name
    except ModuleNotFoundError:
        module, _, owner = path.rpartition(".")
        return getattr(import_module(module), owner), name


def standing(place: str) -> Any:
    owner, name = find(place)
    return vars(owner)[name]


def patcher(place: str, wrap: Callable[[Any], Any] = wrapped_function) -> Any:
    """Return a patch of ``unittest.mock`` that wraps what stands there when it starts."""
    owner, name = find(place)

    class Patch:
        def start(self) -> Any:
            self.patch = mock.patch.object(owner, name, new=wrap(standing(place)))
            return self.patch.start()

        def stop(self) -> None:
            self.patch.stop()

    return Patch()
