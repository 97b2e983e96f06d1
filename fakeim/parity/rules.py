"""The rules of the fake, read from the top of each file of ``fakeim/service``, with what each rests on.

A file's rules are numbered paragraphs under "Rules, and what they rest on:". A label in brackets closes a claim:
``[observed 3.3; assumption: 17.5]``. Operations name their rules in their docstrings: "(rules 1 to 4)".
"""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from fakeim.service.dispatch import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GRADES = ("observed", "documented", "model", "inferred", "assumption")
"""What a claim can rest on, strongest first; the fake's own powers are ``our choice``."""
OWN = "our choice"
EVERY = "every operation"

_RULES = re.compile(r"^Rules?(?:, and what they rest on)?:(.*)\Z", re.DOTALL | re.MULTILINE)
_NUMBER = re.compile(r"^ ?([0-9]+)\. ", re.MULTILINE)
_LABEL = re.compile(r"\[([^\]]+)\]")
_GRADE = re.compile(rf"({'|'.join([*GRADES, OWN, 'weakly'])})?\b[ ,:]*")
_NUMBERS = re.compile(r"(?<![\w.])§?[0-9]+(?:\.[0-9]+[a-z]?)?(?![\w.])")
_CITED = re.compile(r"\(rules? ([0-9a-z, ]+)\)")


class Label(NamedTuple):
    """What a claim rests on: a grade, and what else is written there, mostly numbers of the catalogue."""

    grade: str
    note: str

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers of the catalogue that it names."""
        return frozenset(_NUMBERS.findall(self.note))


class Claim(NamedTuple):
    """One thing that a rule says, with its labels."""

    module: str
    rule: int
    text: str
    labels: tuple[Label, ...]
    operations: tuple[str, ...]

    @property
    def grade(self) -> str:
        """The weakest of its grades, so that nothing counts for more than all of it does; empty without a label."""
        order = ["", OWN, *GRADES]
        return max((each.grade for each in self.labels), key=order.index, default="")

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers of the catalogue that it rests on."""
        return frozenset().union(*(each.numbers for each in self.labels))


@cache
def claims() -> tuple[Claim, ...]:
    """Return every claim of the rules in ``fakeim/service``, file by file."""
    sources = [each for each in files("fakeim.service").iterdir() if each.name.endswith(".py")]
    texts = {each.name.removesuffix(".py"): each.read_text(encoding="utf-8") for each in sources}
    return tuple(claim for module in sorted(texts) for claim in claims_of(module, texts[module], operations_of(module)))


def operations_of(module: str) -> Mapping[str, str]:
    """Give the operations whose functions stand in ``module``, by the names of the functions."""
    return {
        handler.__name__: operation
        for operation, handler in HANDLERS.items()
        if handler.__module__ == f"fakeim.service.{module}"
    }


def claims_of(module: str, source: str, operations: Mapping[str, str]) -> list[Claim]:
    """Read the rules of one file from its ``source``; ``operations`` are those of its functions, by their names."""
    tree = ast.parse(source)
    found = _RULES.search(ast.get_docstring(tree) or "")
    if found is None:
        return []
    citing = _citing(tree, operations)
    nobody = tuple(operations.values()) or (EVERY,)
    return [
        Claim(module, number, text, labels, tuple(citing.get(number, nobody)))
        for number, paragraph in _paragraphs(found[1])
        for text, labels in _claims(paragraph)
    ]


def cited(docstring: str) -> list[int]:
    """Give the numbers of the rules that a function's docstring cites: "(rules 1, 2 and 5 to 7)"."""
    found: list[int] = []
    for text in _CITED.findall(docstring):
        for part in re.split(r", | and ", text):
            first, _, last = part.partition(" to ")
            found += range(int(first), int(last or first) + 1)
    return found


# -- parts


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    head, *rest = _NUMBER.split(text)
    if not rest:
        yield 1, head
    for number, paragraph in zip(rest[::2], rest[1::2], strict=True):
        yield int(number), paragraph


def _claims(paragraph: str) -> Iterator[tuple[str, tuple[Label, ...]]]:
    """Split a rule at its labels; what comes behind the last belongs to the last."""
    parts = _LABEL.split(" ".join(paragraph.split()))
    texts = [part.strip(" .,;:") for part in parts[::2]]
    labels = [tuple(_labels(part)) for part in parts[1::2]]
    if not labels:
        yield texts[0], ()
        return
    tail = texts.pop()
    for index, (text, label) in enumerate(zip(texts, labels, strict=True)):
        last = tail and index == len(labels) - 1
        yield (f"{text}: {tail}" if last else text), label


def _labels(text: str) -> Iterator[Label]:
    grade = ""
    for part in text.split(";"):
        found = _GRADE.match(part.strip())
        word = found[1] if found else None
        grade = "inferred" if word == "weakly" else word or grade  # a part without a grade goes on about the one before
        yield Label(grade, part.strip()[found.end() if found else 0 :])


def _citing(tree: ast.Module, operations: Mapping[str, str]) -> dict[int, list[str]]:
    """Give the operations that name a rule, by its number."""
    found: dict[int, list[str]] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in operations:
            for number in cited(ast.get_docstring(node) or ""):
                found.setdefault(number, []).append(operations[node.name])
    return found
