"""The command line, run within the process of the test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from fakeim.cli.commands import fakeim

if TYPE_CHECKING:
    from click.testing import Result


def run(*arguments: object, columns: int = 80, **options: Any) -> Result:
    """Run ``fakeim`` with ``arguments`` on a terminal of so many ``columns`` that is none."""
    environment = {"COLUMNS": str(columns)}
    return CliRunner(env=environment).invoke(fakeim, [*map(str, arguments)], prog_name="fakeim", **options)


def refusal(result: Result) -> str:
    """Give the one line that says what is wrong with the arguments."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return result.stderr.splitlines()[-1]
