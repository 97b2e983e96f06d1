"""Patches that share their places with those of other tools, which may come and go in any order.

A mocking library or a tracer may patch the same attribute while ours stands there. Its patch then calls ours, and puts
ours back when it ends. So a patch is only removed where it stands. One that something else wraps stays, without effect
while no mock is active, and the next mock uses it again: the number of layers does not grow.
"""

from __future__ import annotations

from gc import get_referents
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FAR = 1000
"""How many objects are looked through. A wrapper holds what it wraps within the first few."""


class Patch:
    """A replacement of one attribute of a class or a module."""

    def __init__(self, owner: Any, name: str) -> None:
        self._owner, self._name = owner, name
        self._original: Any = None
        self._layer: Any = None
        """The last replacement, of ``_original``: the next mock mostly finds the same there."""
        # By id, because a wrapper may claim to be equal to what it wraps: wrapt's does.
        self._layers: WeakValueDictionary[int, Any] = WeakValueDictionary()

    def apply(self, replace: Callable[[Any], Any]) -> None:
        """Replace what stands there, unless it leads to an earlier replacement.

        Args:
            replace: Returns the replacement of what it is given, with that as its attribute ``__wrapped__``.
        """
        standing = vars(self._owner)[self._name]
        if self._layer is None or standing is not self._original:
            if any(map(self._is_ours, _reachable(standing))):
                return
            self._original, self._layer = standing, replace(standing)
            self._layers[id(self._layer)] = self._layer
        setattr(self._owner, self._name, self._layer)

    def remove(self) -> None:
        """Put back what was replaced, unless something else stands there."""
        while self._is_ours(standing := vars(self._owner).get(self._name)):
            setattr(self._owner, self._name, standing.__wrapped__)

    def _is_ours(self, thing: Any) -> bool:
        return thing is not None and self._layers.get(id(thing)) is thing


def _reachable(thing: Any) -> Iterator[Any]:
    """Yield ``thing`` and what it holds, the nearest first: closures, defaults, attributes, what wrapt's C code wraps.

    Classes, modules and the globals of functions are left out, because they lead to everything.
    """
    queue = [thing]
    seen = {id(thing)}
    for each in queue:
        yield each
        # By type(), because a wrapper may claim to be an instance of the class of what it wraps.
        if issubclass(type(each), type | ModuleType) or len(queue) > _FAR:
            continue
        if type(each) is FunctionType:
            seen |= {id(each.__globals__), id(each.__builtins__)}
        for part in get_referents(each):
            if id(part) not in seen:
                seen.add(id(part))
                queue.append(part)
