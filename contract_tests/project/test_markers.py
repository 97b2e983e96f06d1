"""Tests that start processes are marked as slow, and others fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

CONFTEST = """
from contract_tests.conftest import NoProcesses

def pytest_configure(config):
    config.addinivalue_line("markers", "slow: starts a process")
    config.pluginmanager.register(NoProcesses())
"""
TESTS = """
import os, subprocess, sys
from contextlib import suppress
import pytest

def start(): subprocess.run([sys.executable, "-c", ""], check=True)

def test_that_starts_a_process(): start()
def test_that_uses_a_shell(): os.system("true")
def test_that_catches_the_error():
    with suppress(BaseException):
        start()
def test_that_starts_none(): pass
@pytest.mark.slow
def test_that_says_so(): start()
"""


def test_only_slow_tests_start_processes(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TESTS)
    result = pytester.runpytest("-p", "no:cacheprovider", "-p", "no:randomly")
    result.assert_outcomes(passed=2, failed=3)
    assert result.stdout.str().count("mark it with @pytest.mark.slow") >= 3
