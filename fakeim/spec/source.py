"""Python source, put together line by line and compiled: for what every call does once for each member.

A shape compiled to closures costs a call for each member of each value; as straight-line code it takes a half to a
third of that. Nothing that a user passes gets into the source: it is made of shapes, and their names go in as literals.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Source:
    """The body of a function of one ``argument`` while it is written."""

    def __init__(self, argument: str = "value") -> None:
        self._lines = [f"def compiled({argument}):"]
        self._constants: dict[str, Any] = {"__name__": __name__}  # as tracebacks show it
        self._depth = 1
        self._names = 0

    def line(self, text: str) -> None:
        """Write a line, at the present indentation."""
        self._lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write ``head`` (``if …:``, ``for …:``), and what follows within it."""
        self.line(head)
        written, self._depth = len(self._lines), self._depth + 1
        yield
        if len(self._lines) == written:
            self.line("pass")
        self._depth -= 1

    def name(self) -> str:
        """Give a name that nothing has yet."""
        self._names += 1
        return f"v{self._names}"

    def constant(self, value: object) -> str:
        """Give the name under which the function finds ``value``."""
        name = f"c{len(self._constants)}"
        self._constants[name] = value
        return name

    def function(self) -> Callable[[Any], Any]:
        """Compile what is written."""
        namespace = self._constants
        code = compile("\n".join(self._lines), "<made of a shape by fakeim.spec.source>", "exec")
        exec(code, namespace)  # noqa: S102 - made of the model alone, see above
        compiled: Callable[[Any], Any] = namespace.pop("compiled")
        return compiled
