"""What only the target can say: ids, times, the caller, the text of page tokens.

An ``Unknown`` stands for such a value until an answer shows it. Then it is checked for its form, learned, and from
there on it has to be the same wherever it is shown.
"""

from __future__ import annotations

from dataclasses import is_dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Unknown:
    """A value that is not known yet: ``what`` it is, and which values fit.

    It equals nothing but itself, for what was never shown cannot be asked for.
    """

    def __init__(self, what: str, fits: Callable[[Any], bool]) -> None:
        self.what = what
        self.value: Any = None
        self._fits = fits

    def __repr__(self) -> str:
        return f"<{self.what}>"

    def known(self) -> Any:
        """Give the value, or what still stands for it."""
        return self if self.value is None else self.value

    def learn(self, value: Any) -> bool:
        """Take ``value`` for what it is, if it fits."""
        fits = self._fits(value)
        self.value = value if fits else None
        return fits


class _Made(Unknown):
    """A value that is made from unknown ones: known as soon as they are."""

    def __init__(self, make: Callable[..., Any], parts: tuple[Any, ...]) -> None:
        super().__init__("what is made from values that were never shown", lambda _: False)
        self._make, self._parts = make, list(parts)

    def known(self) -> Any:
        parts = settled(self._parts)
        return self if any(map(unknown, parts)) else self._make(*parts)


def made(make: Callable[..., Any], *parts: Any) -> Any:
    """Give ``make(*parts)``, at once or when the unknown ones of ``parts`` are known."""
    return _Made(make, parts).known()


def unknown(value: Any) -> bool:
    """Say whether ``value``, or anything in it, is unknown."""
    if isinstance(value, dict):
        return any(map(unknown, value.values()))
    return any(map(unknown, value)) if isinstance(value, list) else isinstance(value, Unknown)


def settled(value: Any) -> Any:
    """Copy ``value`` deeply, with what is known by now in the place of what was unknown."""
    if isinstance(value, Unknown):
        return value.known()
    if isinstance(value, dict):
        return {name: settled(each) for name, each in value.items()}
    if isinstance(value, list):
        return [settled(each) for each in value]
    is_record = is_dataclass(value) and not isinstance(value, type)
    return replace(value, **settled(vars(value))) if is_record else value


def differences(expected: Any, actual: Any, path: str = "") -> Iterator[str]:
    """Say where ``actual`` is not as ``expected``; learn what is unknown on the way."""
    expected = expected.known() if isinstance(expected, Unknown) else expected
    if isinstance(expected, Unknown):
        if not expected.learn(actual):
            yield f"{path}: {actual!r} cannot be {expected!r}"
    elif isinstance(expected, dict) and isinstance(actual, dict):
        yield from _in_members(expected, actual, path)
    elif isinstance(expected, list) and isinstance(actual, list):
        for index, (one, other) in enumerate(zip(expected, actual, strict=False)):
            yield from differences(one, other, f"{path}[{index}]")
        if len(expected) != len(actual):
            yield f"{path}: {len(actual)} elements {actual!r}, expected {len(expected)}: {expected!r}"
    elif type(expected) is not type(actual) or expected != actual:
        yield f"{path}: {actual!r}, expected {expected!r}"


def _in_members(expected: dict[str, Any], actual: dict[str, Any], path: str) -> Iterator[str]:
    # What is made from other values comes last: they may be shown beside it.
    for name in sorted(expected.keys() | actual.keys(), key=lambda name: (isinstance(expected.get(name), _Made), name)):
        inside = f"{path}.{name}" if path else name
        if name not in actual:
            yield f"{inside}: missing; expected {expected[name]!r}"
        elif name not in expected:
            yield f"{inside}: {actual[name]!r}, where nothing is expected"
        else:
            yield from differences(expected[name], actual[name], inside)


def is_time(value: Any, earliest: datetime, latest: datetime) -> bool:
    """Say whether ``value`` is a moment between these, aware and to the millisecond (catalogue 4.21, §6.2, 7.3)."""
    return (
        isinstance(value, datetime)
        and value.tzinfo is not None
        and value.microsecond % 1000 == 0
        and earliest <= value <= latest
    )
