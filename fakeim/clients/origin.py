"""Where a call comes from, for messages that may be read without a traceback: in a log, or from another thread."""

from __future__ import annotations

import os
from inspect import currentframe
from sysconfig import get_paths
from threading import current_thread
from traceback import walk_stack

_PACKAGES = {"boto3", "botocore", "aiobotocore", "fakeim"}
"""What stands between a call and what it asks of us, wherever it is installed."""


def origin() -> str:
    """Return the line of the user's code that called, and the test that pytest runs, to be put into a message."""
    libraries = (*(get_paths()[each] for each in ("stdlib", "purelib", "platlib")), "<")
    where = f"the thread {current_thread().name}"  # whose first function may be the client's method
    for frame, line in walk_stack(currentframe()):
        file, module = frame.f_code.co_filename, str(frame.f_globals.get("__name__", ""))
        if not file.startswith(libraries) and module.partition(".")[0] not in _PACKAGES:
            where = f"{file}:{line}"
            break
    test = os.environ.get("PYTEST_CURRENT_TEST")
    return f"; called from {where}" + (f", in {test}" if test else "")
