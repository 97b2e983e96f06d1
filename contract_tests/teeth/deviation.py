"""Deviations of the fake: one wrong behaviour each, as data, in ``deviations/*.toml``.

A file holds the deviations of one ``file`` of the fake, and what they share: the ``tests`` that are likely to notice,
which run first, and the ``target`` that they run on. ``direct`` is enough for what all targets share; a deviation that
only another target can notice names that one. Each table is one deviation, under its name:

    [a-page-repeats-its-last-element]
    symptom = "Each page begins with the last element of the page before."   # what a user would see
    before = "after[-1] + 1"                                                 # stands in the file exactly once
    after = "after[-1]"

One that no contract test can notice says why: ``survives = "..."``.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
"""The folder of the project."""
FOLDER = Path(__file__).with_name("deviations")


class StaleError(Exception):
    """A deviation that does not fit the fake any more."""


class Deviation(NamedTuple):
    """One wrong behaviour: in ``file``, ``before`` becomes ``after``."""

    name: str
    symptom: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]
    target: str = "direct"
    survives: str = ""

    def applied_to(self, text: str) -> str:
        """Give the content of the file with the deviation in it; ``StaleError`` if it has no one place there."""
        count = text.count(self.before)
        if count != 1:
            raise StaleError(f"{self.name}: its text 'before' stands {count} times in {self.file}, and must once")
        return text.replace(self.before, self.after)

    def apply(self, tree: Path) -> None:
        """Make the deviation in the copy of the project that stands in ``tree``."""
        path = tree / self.file
        path.write_text(self.applied_to(path.read_text(encoding="utf-8")), encoding="utf-8")


def load() -> list[Deviation]:
    """Read all deviations; a ``ValueError`` names the one that has a member too many or too few."""
    return [each for path in sorted(FOLDER.glob("*.toml")) for each in _read(path)]


def _read(path: Path) -> list[Deviation]:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    shared = {name: value for name, value in content.items() if not isinstance(value, dict)}
    tables = {name: value for name, value in content.items() if isinstance(value, dict)}
    try:
        return [Deviation(name=name, **shared | table) for name, table in tables.items()]
    except TypeError as error:
        raise ValueError(f"{path.name}: {error}") from None
