"""How ``mock_ssm_incidents`` takes hold of a class: between the methods with which a test begins and ends.

pytest calls ``setup_method`` before the fixtures of the class, ``teardown_method`` after them; unittest calls ``run``;
Hypothesis makes a state machine for each run and calls its ``teardown``. Nothing of theirs is needed but these names,
so none of them is imported.
"""

from __future__ import annotations

import inspect
import sys
from contextlib import ExitStack, suppress
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakeim.mock import Mock

_XUNIT = ("setup_method", "teardown_method")
"""What pytest calls around each test of a class, and around the fixtures of the class."""


class _Span:
    """How long the mock stands for one object of a decorated class: for one test, or one run of a state machine.

    Its methods take the place of the object's. They can be called again meanwhile, to no effect: unittest's ``run``
    comes after pytest's ``setup_method``, and pytest calls the set-up of an outer class for nested classes' tests too.
    """

    def __init__(self) -> None:
        self.under_way: set[str] = set()
        self._depth = 0
        self._stack = ExitStack()
        self._fake: Any = None
        self._set_up: Any = None

    def begin(self, mock: Mock, set_up: Callable[[], Any]) -> None:
        if not self._depth:
            with ExitStack() as stack:
                self._fake, self._set_up = stack.enter_context(mock.once()), None
                set_up()
                self._stack = stack.pop_all()
        self._depth += 1

    def end(self, _: Mock, tear_down: Callable[[], Any]) -> None:
        self._depth = max(self._depth - 1, 0)
        if not self._depth:
            with self._stack:
                tear_down()

    def run(self, mock: Mock, run: Callable[[], Any]) -> Any:
        self.begin(mock, _nothing)
        try:
            return run()
        finally:
            self.end(mock, _nothing)

    def tear_down(self, mock: Mock, tear_down: Callable[[], Any]) -> Any:
        if self._depth:
            return tear_down()
        with mock.once(self._fake):  # pytest --pdb calls tearDown when all is over, fixtures included
            return tear_down()

    def example(self, mock: Mock, example: Callable[[], Any]) -> Any:
        if self._depth and mock.fake is None:  # a fake that was given is kept as it is
            self._set_up = self._set_up or self._fake.snapshot()
            self._fake.restore(self._set_up)
        return example()


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
    _put_on(mock, cls)
    own = vars(cls).get("__init_subclass__")

    def put_on_subclass(subclass: Any, /, **options: Any) -> None:
        original = own.__get__(None, subclass) if own else super(cls, subclass).__init_subclass__
        original(**options)
        _put_on(mock, subclass)

    cls.__init_subclass__ = classmethod(put_on_subclass)
    return cls


def _put_on(mock: Mock, cls: Any) -> None:
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
    surround(_XUNIT[0], _Span.begin)
    surround(_XUNIT[1], _Span.end)
    # Hypothesis calls setup_example only where there is no execute_example.
    surround("execute_example" if hasattr(cls, "execute_example") else "setup_example", _Span.example)
    for name, nested in _nested(cls).items():
        if name not in vars(cls):  # a base has it, which stays as it is
            namespace = {"__module__": cls.__module__, "__qualname__": f"{cls.__qualname__}.{name}"}
            setattr(cls, name, type(nested)(name, (nested,), namespace))
        decorated_class(mock, vars(cls)[name])


def _surround(mock: Mock, cls: Any, name: str, around: Callable[[_Span, Mock, Callable[[], Any]], Any]) -> None:
    """Let ``around`` take the place of a method, its own or inherited, but not where ``super()`` calls it within."""
    own = vars(cls).get(name)
    if is_fixture(own):
        raise TypeError(
            f"mock_ssm_incidents on {cls!r}: {name} is a fixture, which pytest does not call as {name}; rename it"
        )

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        span = vars(self).setdefault("_fakeim_span", _Span())
        original = own.__get__(self, type(self)) if own else getattr(super(cls, self), name, _nothing)
        if name in _XUNIT and not argument_count(original):
            args = ()
        if name in span.under_way:
            return original(*args, **kwargs)
        span.under_way.add(name)
        try:
            return around(span, mock, partial(original, *args, **kwargs))
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
    tests = (name for name in dir(cls) if name.startswith("test") or name in _XUNIT)
    return any(callable(getattr(cls, name)) for name in tests) or bool(_nested(cls))


def _nested(cls: Any) -> dict[str, Any]:
    """Find the classes of tests that are defined within ``cls`` or its bases, not only mentioned there."""
    found = {name: (base, value) for base in reversed(cls.__mro__) for name, value in vars(base).items()}
    return {
        name: value
        for name, (base, value) in found.items()
        if isinstance(value, type) and value.__qualname__ == f"{base.__qualname__}.{name}" and _is_tests(value)
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
