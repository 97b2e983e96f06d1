"""Settings for all tests."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from contract_tests.budgets import load_profile
from contract_tests.contract import aws_target

if TYPE_CHECKING:
    from collections.abc import Generator

pytest_plugins = "pytester"  # to run pytest within the tests of our plugin; only this file may ask for it

# A client that is made without credentials would ask the metadata service of the machine for some.
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

load_profile()

GRADES = {
    "observed": "seen on AWS: the numbers of the catalogue",
    "documented": "said in AWS's documentation: the numbers of the catalogue",
    "modelled": "stated by the API model: the numbers of the catalogue",
    "inferred": "deduced from clients in use: the numbers of the catalogue",
    "assumption": "our choice where nothing is known: what it is, with the open question's number",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--target", help="targets of all contract tests, such as direct,boto3,http (contract/targets.py)")
    parser.addoption("--without-extras", action="store_true", help="skip what fakeim says needs one of its extras")
    aws_target.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    if "aws" in (config.getoption("--target") or "").split(","):
        aws_target.configure()
    for grade, meaning in GRADES.items():
        config.addinivalue_line("markers", f"{grade}(evidence): {meaning}")
    config.addinivalue_line("markers", "slow: starts a process, browser, SDK or pytest, or takes seconds")
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.markexpr:
        config.option.markexpr = "not slow"  # the default run; a test that is named runs in any case
    config.pluginmanager.register(NoProcesses())


@pytest.hookimpl(tryfirst=True)  # before pytest selects by markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "pytester" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")


PROCESSES = {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen"}
"""The audit events of processes that start; ``multiprocessing`` has none for its method "spawn"."""


class NoProcesses:
    """Fails a test that starts a process without the marker ``slow``, whatever the code under test catches."""

    def __init__(self) -> None:
        self._started: list[str] | None = None
        """What the current test has started; ``None`` while it may start anything."""
        sys.addaudithook(self._audit)

    def _audit(self, event: str, _: object) -> None:
        if self._started is not None and event in PROCESSES:
            self._started.append(event)
            raise AssertionError(f"this test starts a process ({event}): mark it with @pytest.mark.slow")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Forbid processes during all phases of a test that is not slow."""
        self._started = None if item.get_closest_marker("slow") else []
        try:
            return (yield)
        finally:
            self._started = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, None, None]:
        """Fail the test at its end if it has caught the error."""
        yield
        assert not self._started, f"this test starts a process {self._started}: mark it with @pytest.mark.slow"


def pytest_sessionstart() -> None:
    # These are for pytest, which has read them by now; the commands that are tested are to print as to a file.
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        os.environ.pop(name, None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Skip what ended in the words with which fakeim asks for an extra; a bare ImportError stays a failure."""
    report = yield
    error: BaseException | None = call.excinfo.value if call.excinfo else None
    while report.failed and error is not None and item.config.getoption("--without-extras"):
        if 'pip install "fakeim[' in str(error):
            report.outcome, report.longrepr = "skipped", (str(item.path), 0, f"Skipped: {error}")
        error = error.__cause__ or error.__context__
    return report
