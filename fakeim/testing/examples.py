"""The examples of a test with Hypothesis's ``@given``, one by one.

Hypothesis documents both ways in: for those who run tests, the function that ``hypothesis.inner_test`` names; for
classes of tests, methods that it calls before that.
"""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Act = Callable[[], None]


@contextmanager
def before_each_example(item: pytest.Item, act: Act) -> Iterator[None]:
    """Within the block, do ``act`` before each example of ``item``; nothing, if it has no examples."""
    test: Any = getattr(item, "obj", None)
    if not getattr(test, "is_hypothesis_test", False):
        yield
        return
    if not hasattr(test, "hypothesis"):
        pytest.fail(
            "fakeim cannot start afresh at each run of a state machine: put @fakeim.mock_ssm_incidents on the state "
            "machine in place of asking for the fixture",
            pytrace=False,
        )
    owner, name, replacement = _replacement(test, act)
    had, original = name in vars(owner), getattr(owner, name)
    setattr(owner, name, replacement)
    try:
        yield
    finally:
        setattr(owner, name, original) if had else delattr(owner, name)


def _replacement(test: Any, act: Act) -> tuple[Any, str, Callable[..., Any]]:
    """Say what is to stand where, so that ``act`` comes before all else of an example."""
    instance = getattr(test, "__self__", None)
    for name in ("execute_example", "setup_example"):  # the second is not called where there is the first
        if hasattr(instance, name):
            return instance, name, _after(act, getattr(instance, name))
    return test.hypothesis, "inner_test", _after(act, test.hypothesis.inner_test)


def _after(act: Act, function: Callable[..., Any]) -> Callable[..., Any]:
    wrapper: Callable[..., Any]
    if inspect.iscoroutinefunction(function):  # plugins for async tests look for one

        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            act()
            return await function(*args, **kwargs)

    else:

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            act()
            return function(*args, **kwargs)

    return wraps(function)(wrapper)  # so that Hypothesis takes it for the same test, with the examples it remembers
