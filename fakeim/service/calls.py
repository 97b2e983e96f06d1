"""The calls that reached a fake account: what was asked for, and what came of it.

A call that botocore's client refused by itself never reached the service, and is not here. Of very many calls the last
``MOST`` are kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from copy import deepcopy
from difflib import SequenceMatcher
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from fakeim.service import errors
from fakeim.service.strict import Strict
from fakeim.spec.api import load_api
from fakeim.spec.codec import copier, instant
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from fakeim.spec.codec import Copier

    Parts = tuple[str, Mapping[str, Any], str, str, int, Any, Copier | None, str | None, str, bool]
    """What an ``Entry`` consists of: a plain tuple is made in a quarter of the time, and few logs are ever read."""

MOST = 100_000
MOST_COMPARED = 1000
"""Of more calls of an operation, the nearest one is looked for among the last."""
MOST_TOLD = 20


class Entry(NamedTuple):
    """A call as it is logged: nothing is copied, for what it refers to is never changed."""

    operation: str
    params: Mapping[str, Any]
    region: str
    caller: str
    now: int
    result: Any
    """What was found, or ``None``; ``copy`` makes an answer of it."""
    copy: Copier | None
    error: str | None
    """The code of the error that the caller saw."""
    message: str
    struck: bool
    """Whether that error is a fault's doing."""

    def portable(self) -> Entry:
        """Return the same entry with copies, and without the compiled function that only this process has."""
        call, copy = Call(self), None if self.copy is None else deepcopy
        return self._replace(params=call.params, result=call.result, copy=copy)


class Call:
    """One call that reached the service. Its parameters and its result are copies, to be used at will."""

    __slots__ = ("_entry",)

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Call) and self._entry.portable() == other._entry.portable()

    def __hash__(self) -> int:
        return hash((self.operation, self.region, self.caller, self.time, self.error))

    def __reduce__(self) -> tuple[type[Call], tuple[Entry]]:
        return Call, (self._entry.portable(),)

    def __repr__(self) -> str:
        came = f"raised {self.error}" if self.error else f"gave {self.result}"
        return f"<Call {self.operation}({_listed(self.params)}) in {self.region} at {self.time.isoformat()} {came}>"

    @property
    def operation(self) -> str:
        """The operation's name, as in ``"StartIncident"``."""
        return self._entry.operation

    @property
    def params(self) -> dict[str, Any]:
        """The parameters that the service read."""
        copied: dict[str, Any] = _params_copier(self.operation)(self._entry.params)
        return copied

    @property
    def region(self) -> str:
        """Where the call came from."""
        return self._entry.region

    @property
    def caller(self) -> str:
        """The ARN of who called."""
        return self._entry.caller

    @property
    def time(self) -> datetime:
        """When it came, on the fake's clock."""
        return instant(self._entry.now)

    @property
    def result(self) -> dict[str, Any] | None:
        """What the service answered, or ``None`` if it answered with an error, or did nothing."""
        entry = self._entry
        return None if entry.copy is None else entry.copy(entry.result)

    @property
    def error(self) -> str | None:
        """The code of the error that the caller saw, or ``None``; a lost reply has a result as well."""
        return self._entry.error

    @property
    def struck(self) -> bool:
        """Whether a fault made the error that the caller saw."""
        return self._entry.struck

    @property
    def message(self) -> str:
        """The text of the error, or nothing."""
        return self._entry.message


class Calls(Strict, Sequence[Call]):
    """The calls of one fake account, the first one first."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: deque[Parts] = deque(entries, maxlen=MOST)

    def __len__(self) -> int:
        return len(self._entries)

    def __reduce__(self) -> tuple[type[Calls], tuple[list[Entry]]]:
        return Calls, ([each.portable() for each in self._read()],)

    def append(self, entry: Parts) -> None:
        """Log a call."""
        self._entries.append(entry)

    def _read(self) -> list[Entry]:
        return [Entry._make(each) for each in list(self._entries)]

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> Calls: ...
    def __getitem__(self, index: int | slice) -> Call | Calls:
        if isinstance(index, slice):
            return Calls(self._read()[index])
        return Call(Entry._make(self._entries[index]))

    def __iter__(self) -> Iterator[Call]:
        return map(Call, self._read())

    def __repr__(self) -> str:
        return f"<Calls {[each.operation for each in self._read()]}>"

    def of(self, *operations: str, where: Callable[[Call], bool] | None = None) -> Calls:
        """Give the calls of these operations, of those that ``where`` is true for."""
        __tracebackhide__ = True
        wanted = set(map(_checked, operations))
        found = (each for each in self._read() if each.operation in wanted)
        return Calls(each for each in found if where is None or where(Call(each)))

    def failed(self, code: str | None = None) -> Calls:
        """Return the calls whose callers saw an error, or the error ``code``.

        Raises:
            ValueError: There is no error ``code``; with a suggestion.
        """
        if code is not None and code not in (known := [*errors.known_codes(), *map(str, errors.FAILURES)]):
            raise ValueError(f"there is no error {code!r}{did_you_mean(str(code), known)}")
        found = (each for each in self._read() if each.error is not None)
        return Calls(each for each in found if code is None or Call(each).error == code)

    def last(self, operation: str | None = None) -> Call:
        """Give the last call, or the last one of ``operation``; a ``LookupError`` if there was none."""
        __tracebackhide__ = True
        found = self if operation is None else self.of(operation)
        if not found:
            raise LookupError(f"no call of {operation} has come; {self._told()}" if operation else "no call has come")
        return found[-1]

    def count(self, operation: str | None = None) -> int:
        """Say how many calls have come, or how many of ``operation``."""
        __tracebackhide__ = True
        return len(self if operation is None else self.of(operation))

    def clear(self) -> None:
        """Forget the calls so far."""
        self._entries.clear()

    # -- assertions (pytest shows the line of the test, not those of a function with __tracebackhide__)

    def assert_called(self, operation: str, *, times: int | None = None, **params: Any) -> None:
        """Assert that ``operation`` was called with at least these ``params``, once or more or just ``times`` times.

        Raises:
            AssertionError: It was not. The message says what is different in the nearest call, and tells the calls.
        """
        __tracebackhide__ = True
        known = load_api().operations[_checked(operation)].input.members
        for name in params:
            if name not in known:
                raise ValueError(f"{operation} has no parameter {name!r}{did_you_mean(name, known)}")
        calls = [(number, call) for number, call in enumerate(self, 1) if call.operation == operation]
        found = [number for number, call in calls if _has(call, params)]
        if len(found) < 1 if times is None else len(found) != times:
            asked = f" with {_listed(params)}" if params else ""
            wanted = "at least once" if times is None else _times(times)
            lines = [f"{operation} was called {_times(len(found))}{asked}, expected {wanted}"]
            if len(found) < (1 if times is None else times):
                lines += _nearest([each for each in calls if not _has(each[1], params)], params)
            elif params:
                lines.append(f"calls that fit: {', '.join(map(str, found[-MOST_TOLD:]))}")
            raise AssertionError("\n".join([*lines, self._told()]))

    def assert_not_called(self, operation: str, **params: Any) -> None:
        """Assert that ``operation`` was not called with these ``params``."""
        __tracebackhide__ = True
        self.assert_called(operation, times=0, **params)

    def assert_order(self, *operations: str) -> None:
        """Assert that these operations were called in this order; others may have come between."""
        __tracebackhide__ = True
        came = [each.operation for each in self._read()]
        place = 0
        for number, operation in enumerate(operations):
            if _checked(operation) in came[place:]:
                place = came.index(operation, place) + 1
                continue
            earlier = f" after {', '.join(operations[:number])} (call {place})" if number else ""
            last = max((at for at, each in enumerate(came, 1) if each == operation), default=None)
            before = f"; its last call is call {last}" if last else ""
            raise AssertionError(f"{operation} was not called{earlier}{before}\n{self._told()}")

    def _told(self) -> str:
        first = max(len(self) - MOST_TOLD, 0)
        lines = [f"  {number}. {call!r}" for number, call in enumerate(self[first:], first + 1)]
        return "\n".join([f"the last {len(lines)} of {len(self)} calls:", *lines]) if lines else "there was no call"


@cache
def _params_copier(operation: str) -> Copier:
    return copier(load_api().operations[operation].input)


def _has(call: Call, params: Mapping[str, Any]) -> bool:
    given = call.params
    return all(name in given and given[name] == value for name, value in params.items())


def _nearest(calls: Sequence[tuple[int, Call]], params: Mapping[str, Any]) -> Iterator[str]:
    """Yield how the nearest call differs: it has the fewest differing members, and then the most similar text."""
    likeness = SequenceMatcher(b=_listed(params))

    def distance(differences: list[str], given: Mapping[str, Any]) -> tuple[int, float]:
        likeness.set_seq1(_listed({name: given[name] for name in params if name in given}))
        return len(differences), -likeness.quick_ratio()

    read = [(number, call.params) for number, call in reversed(calls[-MOST_COMPARED:])]
    compared = [(number, given, list(_differences(params, given))) for number, given in read]
    if compared:
        number, _, differences = min(compared, key=lambda each: distance(each[2], each[1]))
        yield f"the nearest call, number {number}, differs:"
        yield from (f"  {each}" for each in differences)


def _differences(wanted: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[str]:
    """Yield each of the ``wanted`` parameters that was not given, or ``given`` with another value."""
    for name, value in wanted.items():
        yield from _different(name, value, given[name]) if name in given else [f"{name}: expected {value!r}, not given"]


def _different(path: str, wanted: Any, given: Any) -> Iterator[str]:
    if given == wanted:
        return
    if isinstance(wanted, dict) and isinstance(given, dict):
        for name in wanted | given:
            if name not in given:
                yield f"{path}.{name}: expected {wanted[name]!r}, not given"
            elif name not in wanted:
                yield f"{path}.{name}: not expected, given {given[name]!r}"
            else:
                yield from _different(f"{path}.{name}", wanted[name], given[name])
    elif isinstance(wanted, list) and isinstance(given, list) and len(wanted) == len(given):
        for index, (one, other) in enumerate(zip(wanted, given, strict=True)):
            yield from _different(f"{path}[{index}]", one, other)
    else:
        yield f"{path}: expected {wanted!r}, given {given!r}"


def _listed(params: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in params.items())


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _checked(operation: str) -> str:
    __tracebackhide__ = True
    known = load_api().operations
    if operation not in known:
        raise ValueError(f"there is no operation {operation!r}{did_you_mean(str(operation), known)}")
    return operation
