"""Run in a process of its own: print how many seconds the plugin adds to a start of pytest, with the test file given.

A start takes half a second, which varies by more than what is looked for. So only the import of the plugin is cold;
what its hooks take is the difference between starts with and without it in this process, in turns.
"""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from statistics import median
from time import process_time

import pytest

STARTS = 10


def main(test: str) -> None:
    """Measure with ``test``, a file that asks for no fake."""
    began = process_time()
    import fakeim.testing.plugin  # noqa: F401, PLC0415 - to import it is what is timed

    imported = process_time() - began
    _started(test)
    hooks = [_started(test) - _started(test, "-p", "no:fakeim") for _ in range(STARTS)]
    print(imported + median(hooks))


def _started(*arguments: str) -> float:
    began = process_time()
    with redirect_stdout(io.StringIO()):
        pytest.main(["-q", "-p", "no:cacheprovider", *arguments])
    return process_time() - began


if __name__ == "__main__":
    main(sys.argv[1])
