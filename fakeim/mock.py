"""``mock_ssm_incidents``: every boto3 and aiobotocore client of the process talks to a fake for a while."""

from __future__ import annotations

import sys
from functools import wraps
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from fakeim.clients.accounts import account_of, named_accounts
from fakeim.clients.interception import Answering, interception
from fakeim.incident_manager import FakeIncidentManager

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Mock:
    """A mock that can be entered, started, or put on functions and classes; made by ``mock_ssm_incidents``."""

    def __init__(
        self,
        fake: FakeIncidentManager | None,
        *,
        accounts: Mapping[str, FakeIncidentManager] | None,
        at_call: bool,
        virtual_waits: bool,
    ) -> None:
        self._fake = fake
        self._accounts = named_accounts(accounts)
        self._at_call, self._virtual_waits = at_call, virtual_waits
        self._entered: list[Answering] = []

    def start(self) -> FakeIncidentManager:
        """Begin to answer all clients of the process, and give the fake that does."""
        fake = FakeIncidentManager() if self._fake is None else self._fake
        accounts = self._accounts

        def dispatcher_for(access_key: str | None) -> Any:
            return account_of(access_key, accounts, fake)._dispatcher  # noqa: SLF001 - the two are one package

        region = fake._regions[0]  # noqa: SLF001
        answering = Answering(dispatcher_for, region, self._at_call, self._virtual_waits)
        interception().push(answering)
        self._entered.append(answering)
        return fake

    def stop(self) -> None:
        """End what the last ``start`` began; a ``RuntimeError`` if nothing was started."""
        if not self._entered:
            raise RuntimeError("this mock_ssm_incidents was not started, or is stopped already")
        interception().remove(self._entered.pop())

    def __enter__(self) -> FakeIncidentManager:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @overload
    def __call__(self, decorated: type[T], /) -> type[T]: ...
    @overload
    def __call__(self, decorated: Callable[P, R], /) -> Callable[P, R]: ...
    def __call__(self, decorated: Any, /) -> Any:
        """Let a function, an async function, a generator fixture or the tests of a class run within the mock."""
        if isinstance(decorated, type):
            return _decorated_class(self, decorated)
        if getattr(decorated, "is_hypothesis_test", False):
            # Within @given, not around it: so that every example starts from a fresh fake.
            decorated.hypothesis.inner_test = self(decorated.hypothesis.inner_test)
            return decorated
        return _decorated_function(self, decorated)


def _decorated_function(mock: Mock, function: Callable[..., Any]) -> Callable[..., Any]:
    wrapper: Callable[..., Any]
    if iscoroutinefunction(function):

        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            with mock:
                return await function(*args, **kwargs)

    elif isasyncgenfunction(function):

        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            with mock:
                async for each in function(*args, **kwargs):
                    yield each

    elif isgeneratorfunction(function):

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with mock:
                return (yield from function(*args, **kwargs))

    else:

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with mock:
                return function(*args, **kwargs)

    return wraps(function)(wrapper)


def _decorated_class(mock: Mock, decorated: type[T]) -> type[T]:
    """Let each test of a class run within the mock: for unittest with what it sets up, otherwise methods ``test*``."""
    unittest = sys.modules.get("unittest")  # whoever has a TestCase has imported it
    if unittest is not None and issubclass(decorated, unittest.TestCase):
        case: Any = decorated
        case.run = _decorated_function(mock, case.run)
        return decorated
    for name, value in list(vars(decorated).items()):
        if name.startswith("test") and isinstance(value, staticmethod | classmethod):
            setattr(decorated, name, type(value)(mock(value.__func__)))
        elif name.startswith("test") and callable(value):
            setattr(decorated, name, mock(value))
    return decorated


@overload
def mock_ssm_incidents(decorated: type[T], /) -> type[T]: ...
@overload
def mock_ssm_incidents(
    fake: FakeIncidentManager | None = None,
    /,
    *,
    accounts: Mapping[str, FakeIncidentManager] | None = None,
    at_call: bool = False,
    virtual_waits: bool = True,
) -> Mock: ...
@overload
def mock_ssm_incidents(decorated: Callable[P, R], /) -> Callable[P, R]: ...
def mock_ssm_incidents(
    target: Any = None,
    /,
    *,
    accounts: Mapping[str, FakeIncidentManager] | None = None,
    at_call: bool = False,
    virtual_waits: bool = True,
) -> Any:
    """Let every ``ssm-incidents`` client of the process talk to a fake: made before, while, wherever.

    As a context manager it gives the fake; ``start()`` and ``stop()`` do the same by hand. As a decorator, with or
    without parentheses, it takes functions, async functions, generator fixtures and classes, and with Hypothesis's
    ``@given``, in either order, each example has a fresh fake.

    Args:
        target: The fake that answers; without one, a new one each time the mock is entered.
        accounts: Fakes for calls that are signed with certain access keys.
        at_call: Answer the API call itself, for speed: none of botocore's serializing, signing, retrying and parsing
            takes place. Clients of aiobotocore are always answered at the request.
        virtual_waits: Let the waits of botocore's retries and waiters pass on the fake's clock, not on the wall.
    """
    if target is None or isinstance(target, FakeIncidentManager):
        return Mock(target, accounts=accounts, at_call=at_call, virtual_waits=virtual_waits)
    if not callable(target):
        raise TypeError(f"mock_ssm_incidents({target!r}): give a FakeIncidentManager, or put it on a function or class")
    return Mock(None, accounts=None, at_call=False, virtual_waits=True)(target)
