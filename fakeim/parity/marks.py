"""The marks of the contract's tests: which test rests on which evidence, as ``contract_tests/evidence/marks.json``.

    python -m fakeim.parity.marks

writes that file in a checkout, so that who installs fakeim has it too.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fakeim.parity.rules import Label
from fakeim.parity.transcripts import evidence_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "marks.json"
GRADES = {
    "observed": "observed",
    "documented": "documented",
    "modelled": "model",
    "inferred": "inferred",
    "assumption": "assumption",
}
"""The marks, and the grades of the rules that they are."""


class Mark(NamedTuple):
    """One contract test, and what it rests on."""

    test: str
    grade: str
    evidence: str

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers of the catalogue that it names."""
        return Label(self.grade, self.evidence).numbers


def shipped() -> list[Mark]:
    """Read the marks that come with fakeim."""
    return [Mark(*each) for each in json.loads((evidence_folder() / NAME).read_text(encoding="utf-8"))]


def marks_of(folder: Path) -> list[Mark]:
    """Read the marks of the tests in ``folder`` as they stand there. That each test has one is seen to elsewhere."""
    return [mark for path in sorted(folder.glob("test_*.py")) for mark in _marks(path)]


def _marks(path: Path) -> Iterator[Mark]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute):
                    grade = GRADES.get(decorator.func.attr)
                    if grade is not None:
                        yield Mark(f"{path.name}::{node.name}", grade, ast.literal_eval(decorator.args[0]))


def as_text(marks: list[Mark]) -> str:
    """Write marks as the file has them: a line each."""
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in marks)
    return f"[\n{lines}\n]\n"


def main() -> None:
    """Write the file."""
    checkout = Path(__file__).parents[2] / "contract_tests"
    (checkout / "evidence" / NAME).write_text(as_text(marks_of(checkout / "contract")), encoding="utf-8")


if __name__ == "__main__":
    main()
