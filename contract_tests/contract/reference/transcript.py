"""The calls of a history, written as Python that can be pasted, for whoever has to look into a failure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from contract_tests.support import TIMED_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract_tests.support import Record

HEAD = (
    "# datetime is the module; us_east_1 and so on are the clients in these Regions, of an account that has nothing\n"
)
MADE_UP = re.compile(f"{TIMED_ID}|[0-9a-fA-F]{{32}}|oi-[0-9a-f]{{12}}").search
"""What is in every text that a target makes up, and that is another one each time: so the transcript names it."""
LONG_RUN = re.compile(r"(.*?)((.)\3{40,})", re.DOTALL).fullmatch


class Transcript:
    """The calls so far. Texts that an answer made up are written as what shows them: ``a3["eventId"]``."""

    def __init__(self) -> None:
        self._calls: list[tuple[str, bool]] = []
        self._sources: dict[str, str] = {}

    def add(self, region: str, method: str, params: Mapping[str, Any], *, aside: bool) -> None:
        """Write down a call; one that was made ``aside``, to look at something, shows only where it is needed."""
        given = ", ".join(f"{name}={self._written(value)}" for name, value in params.items())
        self._calls.append((f"a{len(self._calls)} = {region.replace('-', '_')}.{method}({given})", aside))

    def answered(self, members: Record) -> None:
        """Note what the answer of the last call makes up."""
        for text, path in _texts(members, f"a{len(self._calls) - 1}"):
            if MADE_UP(text) or path.endswith('["nextToken"]'):
                self._sources.setdefault(text, path)

    def __str__(self) -> str:
        lines: list[str] = []
        needed = {f"a{len(self._calls) - 1}"}
        for text, aside in reversed(self._calls):
            name, _, call = text.partition(" = ")
            if name in needed or not aside:
                needed |= set(re.findall(r"\ba[0-9]+(?=\[)", call))
                lines.append(text)
        return HEAD + "\n".join(reversed(lines))

    def _written(self, value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{name!r}: {self._written(each)}" for name, each in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self._written, value)) + "]"
        if isinstance(value, str):
            return self._sources.get(value) or _short(value)
        return repr(value)


def _short(text: str) -> str:
    """Write a text; one that ends with a long run of one character (as too long ones here do), shorter."""
    run = LONG_RUN(text)
    return f"{run[1]!r} + {run[3]!r} * {len(run[2])}" if run else repr(text)


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield value, path
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, f'{path}["{name}"]')
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts(each, f"{path}[{index}]")
