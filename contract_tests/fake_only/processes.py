"""Programs that run in processes of their own: the tests that start one are ``slow``."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVE = [sys.executable, "-m", "fakeim", "serve"]


def run(program: str, **environment: str) -> str:
    """Run a Python program, and return what it prints."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, check=True)  # noqa: S603 - our own program
    return done.stdout


@contextmanager
def served(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run ``fakeim serve``, and yield the URL that it prints, and the process."""
    pipe = subprocess.PIPE
    with subprocess.Popen([*SERVE, *options], stdout=pipe, stderr=pipe, text=True) as process:  # noqa: S603 - our own program
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            yield next(line.split("=")[1].strip() for line in lines if "export AWS_ENDPOINT_URL_" in line), process
        finally:
            process.kill()


def run_serve(*options: str) -> subprocess.CompletedProcess[str]:
    """Run ``fakeim serve`` with options that end it."""
    return subprocess.run([*SERVE, *options], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603 - our own program
