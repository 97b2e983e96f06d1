"""The README's Python runs as printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
BLOCKS = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=[block.strip().splitlines()[-1] for block in BLOCKS])
def test_a_block_runs_and_its_tests_pass(block: str) -> None:
    names: dict[str, object] = {}
    exec(compile(block, str(README), "exec"), names)  # noqa: S102 - the README is ours
    tests = [value for name, value in names.items() if name.startswith("test_") and callable(value)]
    for test in tests:
        test()
    assert "fakeim" in names
