"""What records hold: values that nobody can change, that compare as plain ones, and that can be copied and pickled."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from typing import NoReturn

K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """A dictionary that refuses changes. ``MappingProxyType`` cannot be pickled, copied deep, or written as JSON."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type[FrozenDict[K, V]], tuple[dict[K, V]]]:
        return FrozenDict, (dict(self),)

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("a record cannot be changed; use dict(...) for a dictionary of your own")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse


class CopiedField:
    """A field of a dataclass that returns a value of its own whenever it is read, so it cannot change the record.

    It is a copy, or what a function returns that the record was made with.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, record: object | None, _: type | None = None) -> Any:
        if record is None:
            return self
        value = vars(record)[self._name]
        return value() if callable(value) else deepcopy(value)

    def __set__(self, record: object, value: object) -> None:
        vars(record)[self._name] = value
