"""A view: a live selection of what a fake account has. To make one copies nothing; it looks whenever it is asked.

Rules [our choice]:
 1. A look is no call: nothing is logged, no fault strikes, no time passes, nobody's permission is asked. It takes the
    account's lock, and so sees no call half done. What was to happen by now has happened, as it would have at a call.
 2. What it gives is made afresh, immutable, in order of time, the oldest first.
 3. A view that has not what a test expects says so in an ``AssertionError``, with what there is instead. A name that
    cannot be right is a ``LookupError`` or ``ValueError``, with a suggestion.
"""

from __future__ import annotations

from abc import abstractmethod
from copy import copy
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

from fakeim.service.strict import Strict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Self

T = TypeVar("T")

MOST_SHOWN = 5


class View(Strict, Generic[T]):
    """A selection of records of one kind, in order of time, the oldest first. True while there are any."""

    _noun = "record"

    _keep: tuple[Callable[[T], bool], ...] = ()
    _adjective = _phrase = ""

    @abstractmethod
    def _read(self, most: int | None, *, newest_first: bool) -> Iterable[T]:
        """Read what is there, at most ``most``; whatever ``_keep`` says."""

    # -- looking

    def __iter__(self) -> Iterator[T]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())

    def __bool__(self) -> bool:
        return bool(self._found(1))

    def __contains__(self, item: object) -> bool:
        return any(item == each for each in self)

    def __repr__(self) -> str:
        count = len(self)
        return f"<{count} {self._named(count)}{self._shown(count)}>"

    def one(self) -> T:
        """Give the only one.

        Raises:
            AssertionError: There is none, or there are more; the message tells what there is.
        """
        __tracebackhide__ = True
        found = self._found(2)
        if len(found) != 1:
            raise AssertionError(f"expected one {self._named(1)}, {self._told()}")
        return found[0]

    def newest(self) -> T:
        """Give the last one; an ``AssertionError`` as from ``one`` if there is none."""
        __tracebackhide__ = True
        return self._first(newest_first=True)

    def oldest(self) -> T:
        """Give the first one; an ``AssertionError`` as from ``one`` if there is none."""
        __tracebackhide__ = True
        return self._first(newest_first=False)

    def latest(self, most: int) -> tuple[T, ...]:
        """Give the last few, at most ``most``, the oldest of them first."""
        return tuple(reversed(self._found(most, newest_first=True)))

    def where(self, condition: Callable[[T], bool]) -> Self:
        """Give those for which ``condition`` is true."""
        return self._narrowed(keep=condition, phrase="that fits")

    # -- parts

    def _found(self, most: int | None = None, *, newest_first: bool = False) -> list[T]:
        if not self._keep:
            return list(self._read(most, newest_first=newest_first))
        read = self._read(None, newest_first=newest_first)
        return list(islice((each for each in read if all(keep(each) for keep in self._keep)), most))

    def _first(self, *, newest_first: bool) -> T:
        __tracebackhide__ = True
        found = self._found(1, newest_first=newest_first)
        if not found:
            raise AssertionError(f"expected at least one {self._named(1)}, {self._told()}")
        return found[0]

    def _narrowed(
        self, *, keep: Callable[[T], bool] | None = None, adjective: str = "", phrase: str = "", **attributes: Any
    ) -> Self:
        return self._with(
            _keep=self._keep if keep is None else (*self._keep, keep),
            _adjective=f"{self._adjective}{adjective} " if adjective else self._adjective,
            _phrase=f"{self._phrase} {phrase}" if phrase else self._phrase,
            **attributes,
        )

    def _unfiltered(self) -> Self:
        return self._with(_keep=(), _adjective="", _phrase="")

    def _with(self, **attributes: Any) -> Self:
        other = copy(self)
        vars(other).update(attributes)
        return other

    # -- words

    def _named(self, count: int) -> str:
        return f"{self._adjective}{self._noun}{'' if count == 1 else 's'}{self._phrase}"

    def _shown(self, count: int) -> str:
        """Say which they are: of very many, the last few."""
        ellipsis = "…, " if count > MOST_SHOWN else ""
        return f": {ellipsis}{', '.join(map(str, self.latest(MOST_SHOWN)))}" if count else ""

    def _told(self) -> str:
        """Say what there is in place of what was expected."""
        count = len(self)
        if count:
            return f"there are {count}{self._shown(count)}"
        others = self._unfiltered()
        count = len(others)
        verb = "is" if count == 1 else "are"
        there = f"but there {verb} {count} {others._named(count)}{others._shown(count)}"  # noqa: SLF001 - of this class
        return f"there is none, {there if count else 'nor any other'}"
