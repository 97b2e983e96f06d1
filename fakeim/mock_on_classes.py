"""How ``mock_ssm_incidents`` takes hold of a class: between the methods with which a test begins and ends.

pytest calls ``setup_method`` before the fixtures of the class, ``teardown_method`` after them; unittest calls ``run``;
Hypothesis makes a state machine for each run and calls its ``teardown``. A class without the methods of pytest gets a
fixture instead, because pytest uses the fixtures of a class for nested classes of any kind, but looks for its methods
there too. None of the three is imported: whoever runs such tests has imported it.
"""

from __future__ import annotations

import inspect
import sys
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fakeim.mock import Mock

    _Around = Callable[["_Span", Any, Mock, Callable[[], Any]], Any]

_XUNIT = ("setup_method", "teardown_method")
"""What pytest calls around each test of a class, and around the fixtures of the class."""
_FIXTURE = " fakeim_mock"
"""The attribute that has the fixture. pytest takes the fixtures of a class in the order of their attributes."""


class _Span:
    """How long the mock stands for one object of a decorated class: for one test, or one run of a state machine.

    Its methods take the place of the object's. They can be called again meanwhile, to no effect: unittest's ``run``
    comes after pytest's ``setup_method``, and pytest calls the set-up of an outer class for nested classes' tests too.
    """

    def __init__(self) -> None:
        self.under_way: set[str] = set()
        self._begun: list[ExitStack] = []
        self._active = False
        self._fake: Any = None

    @contextmanager
    def within(self, test: Any, mock: Mock) -> Iterator[None]:
        if self._active:
            yield
            return
        with mock.once() as self._fake, ExitStack() as stack:
            if mock.fake is None:  # a fake that was given is kept as it is
                self._refresh_before_examples(test, stack)
            self._active = True
            try:
                yield
            finally:
                self._active = False

    def begin(self, test: Any, mock: Mock, set_up: Callable[[], Any]) -> None:
        with ExitStack() as stack:
            stack.enter_context(self.within(test, mock))
            if not self._begun:
                set_up()
            self._begun.append(stack.pop_all())

    def end(self, _test: Any, _mock: Mock, tear_down: Callable[[], Any]) -> None:
        with self._begun.pop() if self._begun else nullcontext():
            if not self._begun:
                tear_down()

    def run(self, test: Any, mock: Mock, run: Callable[[], Any]) -> Any:
        with self.within(test, mock):
            return run()

    def tear_down(self, _test: Any, mock: Mock, tear_down: Callable[[], Any]) -> Any:
        if self._active:
            return tear_down()
        with mock.once(self._fake):  # pytest --pdb calls tearDown when all is over, fixtures included
            return tear_down()

    def _refresh_before_examples(self, test: Any, stack: ExitStack) -> None:
        # Hypothesis calls setup_example only where there is no execute_example.
        name = "execute_example" if hasattr(test, "execute_example") else "setup_example"
        original = getattr(test, name, _nothing)
        set_up: Any = None

        def refreshed(*args: Any) -> Any:
            nonlocal set_up
            set_up = set_up or self._fake.snapshot()
            self._fake.restore(set_up)
            return original(*args)

        vars(test)[name] = refreshed
        stack.callback(vars(test).pop, name)


def decorated_class(mock: Mock, cls: Any) -> Any:
    """Let each test of a class, or each run of a state machine, run within ``mock``, from its set-up to its tear-down.

    Raises:
        TypeError: It is no class of tests, or one that the mock cannot surround.
    """
    if not _is_tests(cls):
        raise TypeError(
            f"mock_ssm_incidents on {cls!r}: it has no tests (methods test*) and no {_XUNIT[0]}, so nothing would run "
            "within the mock; put it on the methods that make calls, or use `with mock_ssm_incidents():`"
        )
    cls._fakeim_own_mock = mock
    _put_on_family(mock, cls, xunit=False)
    return cls


def _put_on_family(mock: Mock, cls: Any, *, xunit: bool) -> None:
    _put_on(mock, cls, xunit=xunit)
    own = vars(cls).get("__init_subclass__")

    def put_on_subclass(subclass: Any, /, **options: Any) -> None:
        original = own.__get__(None, subclass) if own else super(cls, subclass).__init_subclass__
        original(**options)
        _put_on(mock, subclass, xunit=xunit)

    cls.__init_subclass__ = classmethod(put_on_subclass)


def _put_on(mock: Mock, cls: Any, *, xunit: bool) -> None:
    surround = partial(_surround, mock, cls)
    if derives(cls, "hypothesis.stateful", "RuleBasedStateMachine"):
        surround("__init__", _Span.begin)
        surround("teardown", _Span.end)
        return
    run_test = getattr(cls, "runTest", None)
    if getattr(run_test, "is_hypothesis_test", False) and not hasattr(run_test, "hypothesis"):
        raise TypeError(f"mock_ssm_incidents on {cls!r}: put it on the state machine itself, so that each run is fresh")
    if derives(cls, "unittest", "TestCase"):
        surround("run", _Span.run)
        surround("debug", _Span.run)
        surround("tearDown", _Span.tear_down)
    pytest = sys.modules.get("pytest")
    if pytest is not None:
        setattr(cls, _FIXTURE, pytest.fixture(_around_test(mock), autouse=True))
    if xunit or pytest is None or _has_xunit(cls):
        surround(_XUNIT[0], _Span.begin)
        surround(_XUNIT[1], _Span.end)
    for name, nested in _nested(cls).items():
        qualified = f"{cls.__qualname__}.{name}"
        if name not in vars(cls) or nested.__qualname__ != qualified:  # a base or somebody else has it, too
            namespace = {"__module__": cls.__module__, "__qualname__": qualified}
            setattr(cls, name, type(nested)(name, (nested,), namespace))
        _put_on_family(vars(nested).get("_fakeim_own_mock", mock), vars(cls)[name], xunit=_has_xunit(cls))


def _around_test(mock: Mock) -> Callable[..., Iterator[None]]:
    def around_test(self: Any, request: Any) -> Iterator[None]:
        test = request.instance  # which self is not, if it is of a nested class
        if test is None or isinstance(test, type):  # of static tests and those of the class, before pytest 8.2
            test = self
        with _span(test).within(test, mock):
            yield

    return around_test


def _span(test: Any) -> _Span:
    span: _Span = vars(test).setdefault("_fakeim_span", _Span())
    return span


def _surround(mock: Mock, cls: Any, name: str, around: _Around) -> None:
    """Let ``around`` take the place of a method, its own or inherited, but not where ``super()`` calls it within."""
    own = vars(cls).get(name)
    if is_fixture(own):
        raise TypeError(
            f"mock_ssm_incidents on {cls!r}: {name} is a fixture, which pytest does not call as {name}; rename it"
        )

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        span = _span(self)
        original = own.__get__(self, type(self)) if own else getattr(super(cls, self), name, _nothing)
        if name in _XUNIT and not argument_count(original):
            args = ()
        if name in span.under_way:
            return original(*args, **kwargs)
        span.under_way.add(name)
        try:
            return around(span, self, mock, partial(original, *args, **kwargs))
        finally:
            span.under_way.discard(name)

    def xunit(self: Any, method_of_test: Any = None) -> Any:  # pytest gives what it has arguments for
        return method(self, method_of_test)

    wrapper = xunit if name in _XUNIT else method
    wrapper.__name__ = name
    setattr(cls, name, wraps(own)(wrapper) if own else wrapper)


def _nothing(*_: object) -> None:
    """Stand for a method that the class does not have."""


def _is_tests(cls: Any) -> bool:
    if derives(cls, "unittest", "TestCase") or derives(cls, "hypothesis.stateful", "RuleBasedStateMachine"):
        return True
    # Test* are nested classes, which may get their tests later.
    tests = (name for name in dir(cls) if name.startswith(("test", "Test")) or name in _XUNIT)
    return any(callable(getattr(cls, name)) for name in tests) or bool(_nested(cls))


def _has_xunit(cls: Any) -> bool:
    return any(hasattr(cls, name) for name in _XUNIT)


def _nested(cls: Any) -> dict[str, Any]:
    """Find the nested classes to put the mock on: those of tests that are defined within ``cls`` or its bases.

    For those that are only mentioned there the fixture of ``cls`` suffices, unless both have a ``setup_method``: pytest
    calls that of the nested class for ``cls`` too, and before the fixture.
    """
    found = {name: (base, value) for base in reversed(cls.__mro__) for name, value in vars(base).items()}
    return {
        name: value
        for name, (base, value) in found.items()
        if isinstance(value, type)
        and not issubclass(cls, value)
        and (
            (value.__qualname__ == f"{base.__qualname__}.{name}" and _is_tests(value))
            or (_has_xunit(cls) and _has_xunit(value))
        )
    }


def derives(cls: type, module: str, name: str) -> bool:
    """Return whether ``cls`` is or derives from a class of a module that may not be imported."""
    base = getattr(sys.modules.get(module), name, None)  # whoever derives from it has imported it
    return base is not None and issubclass(cls, base)


def argument_count(function: Any) -> int:
    """Return how many positional arguments ``function`` takes, as pytest counts them: those in its code.

    What it wraps does not count: ``unittest.mock.patch``, for one, adds arguments of its own.
    """
    if hasattr(function, "__code__"):
        return int(function.__code__.co_argcount) - inspect.ismethod(function)
    positional = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    with suppress(NameError, TypeError, ValueError):  # an annotation cannot be evaluated, a builtin has no signature
        return sum(each.kind in positional for each in inspect.signature(function).parameters.values())
    return 0


def is_fixture(decorated: object) -> bool:
    """Say whether ``decorated`` is what ``pytest.fixture`` made."""
    # pytest has no public way to ask; the second name is that of its releases before 8.4.
    return any(hasattr(decorated, name) for name in ("_fixture_function_marker", "_pytestfixturefunction"))
