"""``--fakeim-report FILE.html``: one page about the run, with the account of each test that failed.

With pytest-xdist the workers draw the accounts, which only they have, and the process that hands out the tests writes
the page: what a worker adds to a test's report travels with it.
"""

from __future__ import annotations

import os
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import pytest

from fakeim.pictures import account, pages, words
from fakeim.testing.failures import readable_clock, survived

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from fakeim.incident_manager import FakeIncidentManager

PICTURE = "fakeim_picture"
"""The member of a test's report that holds its account as HTML: empty, if the page is not to show it."""


class Shown(NamedTuple):
    """A test that the page shows."""

    name: str
    outcome: str
    failure: str
    picture: str
    id: str


class RunReport:
    """The plugin that makes the page.

    ``fake`` gives the account of the test that is under way, or ``None``; ``of_all``: tests that pass are shown, too;
    ``writes``: this process writes the page.
    """

    def __init__(
        self, path: Path, fake: Callable[[], FakeIncidentManager | None], *, of_all: bool, writes: bool
    ) -> None:
        self._path, self._fake, self._of_all, self._writes = path, fake, of_all, writes
        self._shown: dict[tuple[str, str], Shown] = {}
        self._tests: set[str] = set()
        self._others: set[str] = set()
        """The tests that failed without an account to show."""
        self._problems: list[str] = []
        _load_templates()
        if writes:
            _check(path)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Draw the account of a test whose report is made."""
        report = yield
        fake = self._fake()
        if fake is not None and (report.failed or report.when == "call"):
            wanted = report.failed or self._of_all
            setattr(report, PICTURE, self._drawn(report, fake) if wanted else "")
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what the page shows of a test."""
        picture = getattr(report, PICTURE, None)
        if picture is not None:
            self._tests.add(report.nodeid)
        elif report.failed:
            self._others.add(report.nodeid)
        if picture:
            key = (report.nodeid, report.when or "")  # of a test that is run again, the last one
            self._shown[key] = Shown(report.nodeid, report.outcome, report.longreprtext, picture, _id(report))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the page, if tests were to run."""
        if self._writes and not session.config.getoption("collectonly"):
            shown = [test for _, test in sorted(self._shown.items())]
            with survived(f"write {self._path}", self._problems.append):
                page = pages.render("run.html", shown=shown, tests=len(self._tests), others=len(self._others))
                self._path.write_text(page, encoding="utf-8", newline="\n")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        """Say where the page is."""
        for problem in self._problems:
            terminalreporter.write_line(problem, red=True)
        if not config.getoption("collectonly") and not self._problems:
            tests = "1 test is" if len(self._shown) == 1 else f"{len(self._shown)} tests are"
            terminalreporter.write_line(f"fakeim: {tests} shown in {self._path}")

    @staticmethod
    def _drawn(report: pytest.TestReport, fake: FakeIncidentManager) -> str:
        drawn: list[str] = []

        def say(problem: str) -> None:
            drawn.append(f'<p class="note">{escape(words.visible(problem))}</p>')

        with survived("render this account", say), readable_clock(fake.clock, say):
            read = account.read(fake._dispatcher, fake._seed)  # noqa: SLF001 - one package
            drawn.append(pages.render("run_account.html", account=read, prefix=f"{_id(report)}-"))
        return "\n".join(drawn)


def _id(report: pytest.TestReport) -> str:
    return f"test-{pages.digest(report.nodeid)}-{report.when}"


def _load_templates() -> None:
    """Load all that is read from files, because a test may replace ``open`` or the file system.

    Raises:
        pytest.UsageError: Jinja2 is not installed; the message says how to get it.
    """
    try:
        pages.load()
    except ModuleNotFoundError as error:
        raise pytest.UsageError(f"--fakeim-report: {error}") from None


def _check(path: Path) -> None:
    """Check that the page can be written before any test is run.

    Raises:
        pytest.UsageError: It cannot; the message says why, and what to do.
    """
    if path.is_dir():
        raise pytest.UsageError(f"--fakeim-report={path}: that is a folder; give the name of a file, as in fakeim.html")
    if not path.parent.is_dir():
        raise pytest.UsageError(f"--fakeim-report={path}: there is no folder {path.parent}; make it first")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise pytest.UsageError(f"--fakeim-report={path}: this file must not be written; choose another")
