"""The command line, run within the process of the test; its errors are kept apart from its output."""

from __future__ import annotations

from collections import Counter
from inspect import signature
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("click", reason='the commands need click and rich: pip install "fakeim[cli]"')

from click import testing
from rich.cells import cell_len

from fakeim.cli.commands import fakeim

if TYPE_CHECKING:
    from click.testing import Result


class CliRunner(testing.CliRunner):
    """Click's, which keeps the two streams apart by itself since 8.2; before that it has to be asked."""

    def __init__(self, **options: Any) -> None:
        apart: Any = {"mix_stderr": False} if "mix_stderr" in signature(testing.CliRunner).parameters else {}
        super().__init__(**apart, **options)


def run(*arguments: object, columns: int = 80, **options: Any) -> Result:
    """Run ``fakeim`` with ``arguments`` on a terminal of so many ``columns`` that is none."""
    environment = {"COLUMNS": str(columns)}
    return CliRunner(env=environment).invoke(fakeim, [*map(str, arguments)], prog_name="fakeim", **options)


NARROW = (40, 48, 60, 70)
"""Columns of terminals that have fewer than usual."""
MOST_INDENTED = 10


def check_that_words_stay_whole(*arguments: object) -> None:
    """See that on narrow terminals no line is too long, and no word is broken that a line has room for."""
    words = Counter(run(*arguments, columns=400).stdout.split())
    for columns in NARROW:
        output = run(*arguments, columns=columns).stdout
        assert max(map(cell_len, output.splitlines())) <= columns
        missing = words - Counter(output.split())
        assert [word for word in missing if cell_len(word) <= columns - MOST_INDENTED] == []


def refusal(result: Result) -> str:
    """Give the one line that says what is wrong with the arguments."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return result.stderr.splitlines()[-1]
