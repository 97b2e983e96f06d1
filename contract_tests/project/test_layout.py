"""Where tests and their helpers stand."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
IMPORT_OF_TESTS = re.compile(r"^\s*(?:from|import)\s+(?:\S+\.)?test_\w+", re.MULTILINE)


def test_no_module_imports_from_a_test_module() -> None:
    found = {path: IMPORT_OF_TESTS.findall(path.read_text(encoding="utf-8")) for path in TESTS.rglob("*.py")}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_imports_of_test_modules_are_found() -> None:
    assert IMPORT_OF_TESTS.search("import os\nfrom contract_tests.contract.test_pages import ALL\n")
    assert IMPORT_OF_TESTS.search("if True:\n    import contract_tests.test_x\n")
    assert not IMPORT_OF_TESTS.search("from contract_tests.contract.lists import test_x\n")
