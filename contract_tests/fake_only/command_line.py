"""click's runner of commands, with their errors apart from their output."""

from __future__ import annotations

from inspect import signature
from typing import Any

import pytest

pytest.importorskip("click", reason='the commands need click and rich: pip install "fakeim[cli]"')

from click import testing


class CliRunner(testing.CliRunner):
    """Click's, which keeps the two streams apart by itself since 8.2; before that it has to be asked."""

    def __init__(self, **options: Any) -> None:
        apart: Any = {"mix_stderr": False} if "mix_stderr" in signature(testing.CliRunner).parameters else {}
        super().__init__(**apart, **options)
