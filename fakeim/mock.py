"""``mock_ssm_incidents``: every boto3 and aiobotocore client of the process talks to a fake for a while."""

from __future__ import annotations

import inspect
from contextlib import AsyncContextDecorator, ContextDecorator, aclosing, contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from fakeim.clients.accounts import account_of, named_accounts
from fakeim.clients.active_mocks import Answering
from fakeim.clients.interception import broken, interception
from fakeim.incident_manager import FakeIncidentManager
from fakeim.mock_on_classes import argument_count, decorated_class, derives, is_fixture
from fakeim.service.strict import checked_flag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
_ABSENT = object()

# Imports what mocks patch, which may take longer than an example of Hypothesis may: the one that enters the first mock.
broken()


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
        self.fake = fake
        self._accounts = named_accounts(accounts)
        self._at_call = checked_flag("at_call", at_call)
        self._virtual_waits = checked_flag("virtual_waits", virtual_waits)
        self._started: list[Answering] = []
        self._entered: list[Answering] = []

    def start(self) -> FakeIncidentManager:
        """Begin to answer all clients of the process, and give the fake that does."""
        fake, answering = self._begin()
        self._started.append(answering)
        return fake

    def stop(self) -> None:
        """End what the last ``start`` began, in whatever thread; a ``RuntimeError`` if nothing was started."""
        try:
            answering = self._started.pop()
        except IndexError:
            raise RuntimeError("this mock_ssm_incidents was not started, or is stopped already") from None
        interception().remove(answering)

    def __enter__(self) -> FakeIncidentManager:
        fake, answering = self._begin()
        self._entered.append(answering)
        interception().mocks.enter_here(answering)
        return fake

    def __exit__(self, *_: object) -> None:
        # Threads and tasks that overlap leave what they entered themselves. Only a fixture of an async test may be
        # left in another task than the one that entered it.
        here = [each for each in interception().mocks.entered_here() if each in self._entered]
        if not self._entered:
            raise RuntimeError("this mock_ssm_incidents was not entered, or is left already")
        answering = (here or self._entered)[-1]
        self._entered.remove(answering)
        interception().remove(answering)

    @contextmanager
    def once(self, fake: FakeIncidentManager | None = None) -> Iterator[FakeIncidentManager]:
        """Mock for one call of what is decorated: nothing of it is kept here, so calls may overlap in any way."""
        fake, answering = self._begin(fake)
        try:
            yield fake
        finally:
            interception().remove(answering)

    def _begin(self, fake: FakeIncidentManager | None = None) -> tuple[FakeIncidentManager, Answering]:
        fake = fake or self.fake or _fresh()
        accounts = self._accounts

        def dispatcher_for(access_key: str | None) -> Any:
            dispatcher = account_of(access_key, accounts, fake)._dispatcher  # noqa: SLF001 - the two are one package
            return dispatcher.signed_with(access_key)

        region = fake._regions[0]  # noqa: SLF001
        answering = Answering(dispatcher_for, region, self._at_call, self._virtual_waits)
        interception().push(answering)
        return fake, answering

    @overload
    def __call__(self, decorated: type[T], /) -> type[T]: ...
    @overload
    def __call__(self, decorated: classmethod[T, P, R], /) -> classmethod[T, P, R]: ...
    @overload
    def __call__(self, decorated: staticmethod[P, R], /) -> staticmethod[P, R]: ...
    @overload
    def __call__(self, decorated: Callable[P, R], /) -> Callable[P, R]: ...
    def __call__(self, decorated: Any, /) -> Any:
        """Let a function, an async function, a generator fixture or the tests of a class run within the mock."""
        if isinstance(decorated, type):
            return decorated_class(self, decorated)
        if isinstance(decorated, staticmethod | classmethod):
            return type(decorated)(self(decorated.__func__))
        if is_fixture(decorated) or not callable(decorated):
            raise TypeError(
                f"mock_ssm_incidents on {decorated!r}: it goes on functions, methods and classes of tests (below "
                "@pytest.fixture or @property, not above), and takes a FakeIncidentManager, or nothing"
            )
        if getattr(decorated, "is_hypothesis_test", False):
            # Within @given, not around it: so that every example starts from a fresh fake.
            test: Any = decorated
            test.hypothesis.inner_test = self(test.hypothesis.inner_test)
            return decorated
        return _decorated_function(self, decorated)


def _decorated_function(mock: Mock, function: Callable[..., Any]) -> Callable[..., Any]:
    wrapper: Callable[..., Any]
    if inspect.isasyncgenfunction(function):
        wrapper = _decorated_async_generator(mock, function)
    elif inspect.iscoroutinefunction(function):

        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            with mock.once():
                return _done(function, await function(*args, **kwargs))

    elif inspect.isgeneratorfunction(function):

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with mock.once():
                return (yield from function(*args, **kwargs))

    else:

        def plain(*args: Any, **kwargs: Any) -> Any:
            with mock.once():
                return _done(function, function(*args, **kwargs))

        wrapper = _with_arguments(argument_count(function), plain)

    return wraps(function)(wrapper)


def _fresh() -> FakeIncidentManager:
    """Return a fake in the Region that the run provides: that is where clients without a Region of their own are."""
    region = interception().mocks.usual_region
    return FakeIncidentManager(regions=(region,)) if region else FakeIncidentManager()


def _with_arguments(count: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` with ``count`` positional arguments in its code, as far as pytest looks at their number.

    pytest passes the module, the class or the test to an xunit function only if its code has an argument for it.
    """

    def one(first: Any = _ABSENT, /, *others: Any, **kwargs: Any) -> Any:
        return function(*_present(first), *others, **kwargs)

    def two(first: Any = _ABSENT, second: Any = _ABSENT, /, *others: Any, **kwargs: Any) -> Any:
        return function(*_present(first, second), *others, **kwargs)

    return {0: function, 1: one}.get(count, two)


def _present(*args: Any) -> tuple[Any, ...]:
    return tuple(each for each in args if each is not _ABSENT)


def _decorated_async_generator(mock: Mock, function: Callable[..., Any]) -> Callable[..., Any]:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        with mock.once():
            async with aclosing(function(*args, **kwargs)) as inner:
                step = anext(inner)
                while True:  # as ``yield from`` does, which async generators lack
                    try:
                        value = await step
                    except StopAsyncIteration:
                        return
                    try:
                        step = inner.asend((yield value))
                    except GeneratorExit:
                        raise
                    except BaseException as error:  # noqa: BLE001 - it is the inner one's to handle
                        step = inner.athrow(error)

    return wrapper


def _done(function: Callable[..., Any], result: Any) -> Any:
    """Return ``result``.

    Raises:
        TypeError: Code of it is yet to run, after the mock. A coroutine is closed and a future cancelled.
    """
    if not _is_lazy(result):
        return result
    if inspect.iscoroutine(result):
        result.close()  # or Python warns that it was never awaited
    elif _is_future(result):
        result.cancel()  # or it makes its calls without a mock
    raise TypeError(
        f"mock_ssm_incidents on {function!r}: it returned a {type(result).__name__}, which would run after the mock; "
        "put the mock on the async or generator function itself, below other decorators, or use "
        "`with mock_ssm_incidents():` where the result is used"
    )


def _is_lazy(result: Any) -> bool:
    if _is_future(result):
        return not result.done()
    # The context managers that contextlib makes of generators have them here.
    generator = getattr(result, "gen", None) if isinstance(result, ContextDecorator | AsyncContextDecorator) else result
    return (
        inspect.isgenerator(generator)
        or inspect.isasyncgen(generator)
        or inspect.isawaitable(result)
        or isinstance(result, map | filter)
        or derives(type(result), "botocore.paginate", "PageIterator")
    )


def _is_future(result: Any) -> bool:
    return any(derives(type(result), module, "Future") for module in ("asyncio", "concurrent.futures"))


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
def mock_ssm_incidents(decorated: classmethod[T, P, R], /) -> classmethod[T, P, R]: ...
@overload
def mock_ssm_incidents(decorated: staticmethod[P, R], /) -> staticmethod[P, R]: ...
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

    As a context manager it gives the fake; ``start()`` and ``stop()`` do the same by hand. It is the process's: while
    several overlap, the one begun last answers all threads. As a decorator, with or without parentheses, it goes on
    functions, async functions and generators, and with Hypothesis's ``@given``, in either order, each example has a
    fresh fake. Of a class, as pytest and unittest run it, it takes:

    - each test, with its set-up and tear-down: ``setup_method``, ``setUp``, fixtures of the class and those that the
      test asks for. Inherited tests, nested classes, also those that it only mentions, and subclasses too; the mock
      that a derived or nested class is itself decorated with counts there.
    - with ``@given`` each example: it begins with what the set-up left, which Hypothesis runs once for all.
    - each run of a ``RuleBasedStateMachine``, from ``__init__`` to ``teardown``.

    What several tests share is made before, outside the mock: ``setup_class``, ``setUpClass``, fixtures of wider scope,
    and autouse fixtures of the module. Enter a mock there, and give it and the class the same fake.

    Args:
        target: The fake that answers; without one, a new one each time the mock is entered.
        accounts: Fakes for calls that are signed with certain access keys.
        at_call: Answer the API call itself, for speed: none of botocore's serializing, signing, retrying and parsing
            takes place. Clients of aiobotocore are always answered at the request.
        virtual_waits: Let the waits of botocore's retries and waiters pass on the fake's clock, not on the wall.

    Raises:
        TypeError: It is put on something of which nothing would run within the mock, or a decorated function returns
            what would run only after it: a coroutine or another awaitable, a future that is not done, a generator,
            ``map`` or ``filter``, the pages of a paginator, or what ``@contextmanager`` makes of a generator.
    """
    if target is None or isinstance(target, FakeIncidentManager):
        return Mock(target, accounts=accounts, at_call=at_call, virtual_waits=virtual_waits)
    return Mock(None, accounts=None, at_call=False, virtual_waits=True)(target)
