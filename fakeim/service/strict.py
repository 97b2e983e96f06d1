"""Objects that raise on silent mistakes: an unknown attribute, or a value in place of a method."""

from __future__ import annotations

from abc import ABCMeta
from typing import TYPE_CHECKING, Any, TypeVar

from fakeim.spec.suggestions import did_you_mean

T = TypeVar("T")


class _Sealing(ABCMeta):
    """Seals an object once it is made: so the ``__init__`` of a user's subclass may set attributes of its own."""

    def __call__(cls: type[T], *args: Any, **kwargs: Any) -> T:
        made: T = super().__call__(*args, **kwargs)  # type: ignore[misc] # mypy takes cls for no metaclass's instance
        vars(made)["_sealed"] = True
        return made


class Strict(metaclass=_Sealing):
    """An object that takes no new attributes once it is made.

    Known ones can be replaced, as ``monkeypatch`` and ``unittest.mock.patch.object`` do: a method only by a callable.
    """

    if not TYPE_CHECKING:  # for a type checker it would allow every attribute

        def __setattr__(self, name: str, value: object) -> None:
            attributes = self.__dict__
            if name not in attributes and "_sealed" in attributes:
                _check(self, name, value)
            object.__setattr__(self, name, value)


def _check(thing: Strict, name: str, value: object) -> None:
    kind = type(thing)
    if not hasattr(kind, name):
        known = [each for each in dir(kind) if not each.startswith("_")]  # methods and properties: the rest is internal
        raise AttributeError(f"{kind.__name__} has no attribute {name!r}{did_you_mean(name, known)}")
    attribute = getattr(kind, name)
    if isinstance(attribute, property) and attribute.fset is None:
        raise AttributeError(f"{kind.__name__}.{name} cannot be set to {value!r}: it is read-only")
    if callable(attribute) and not callable(value):
        raise TypeError(f"{kind.__name__}.{name} is a method: call {name}(...) instead of setting it to {value!r}")


def checked_flag(name: str, value: object) -> bool:
    """Return ``value`` if it is a bool.

    Raises:
        TypeError: It is not; a text such as "no" would count as true.
    """
    if not isinstance(value, bool):
        raise TypeError(f"{name}={value!r}: expected True or False")
    return value
