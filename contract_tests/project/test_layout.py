"""Where tests and their helpers stand."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parents[1]
MODULES = {path.stem for path in TESTS.rglob("test_*.py")}


def imported_tests(source: str) -> Iterator[str]:
    """Yield the test modules that a module imports, or imports from."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            yield from (part for name in names for part in name.split(".") if part in MODULES)


def test_no_module_imports_from_a_test_module() -> None:
    found = {path: [*imported_tests(path.read_text(encoding="utf-8"))] for path in TESTS.rglob("*.py")}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "source",
    [
        "from contract_tests.contract.test_pages import ALL",
        "from contract_tests.contract import test_pages",
        "from .test_pages import ALL",
        "from . import test_pages",
        "import os, contract_tests.contract.test_pages",
        "def helper():\n    import contract_tests.contract.test_pages",
    ],
)
def test_an_import_of_a_test_module_is_found(source: str) -> None:
    assert [*imported_tests(source)] == ["test_pages"]
