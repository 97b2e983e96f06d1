"""What each test finds in its account, and when the account answers all clients of the process.

Rules [our choice]:
 1. A test that asks for a fake has it from before its fixtures are set up until after they are torn down. Meanwhile
    the fake answers all clients, unless a mock that a fixture of the test's own scope or the test itself enters does.
 2. What fixtures of wider scope than the test write stays for as long as they do. What the test and its own fixtures
    do is undone after it: resources and which ids come next, clock, faults and all other settings; calls are forgotten.
 3. Hence the account is kept as it is after the last fixture of wider scope is set up, and brought back before the
    first one is torn down, or when the test is over.
 4. A fixture of wider scope is torn down under the fake that it was set up under, during whichever test that is.
 5. With ``@given``, each example starts as the first did: the test's own fixtures are set up once.
 6. One account serves all tests that are configured alike. pytest tears its fixture down when another account's turn
    comes, and with it those that were made with it: then the account is as it was at first.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from fakeim.mock import mock_ssm_incidents
from fakeim.testing.checkpoint import Checkpoint
from fakeim.testing.configuration import Configuration, configuration_of
from fakeim.testing.examples import before_each_example
from fakeim.testing.failures import told

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from fakeim.incident_manager import FakeIncidentManager

ASKED_LATE = (
    "fakeim was asked for by request.getfixturevalue() alone, when the test had begun without it: let the test or one "
    "of its fixtures have it as an argument, or use @pytest.mark.usefixtures('fakeim')"
)


class Turn:
    """A test's turn with its account, from before its set-up until after its tear-down."""

    def __init__(self, configuration: Configuration, fake: FakeIncidentManager) -> None:
        self.configuration, self.fake = configuration, fake
        self.own_part = False
        """Whether the test's own fixtures, or the test, have begun."""
        self.over = False
        """Whether it is being torn down."""
        self._mock = mock_ssm_incidents(fake)
        self._mock.start()
        self._kept = Checkpoint(fake)
        self._start: Checkpoint | None = None
        """Of each example (rule 5)."""
        self._rolled_back = False

    def keep(self, fixture: str, before: Checkpoint) -> None:
        """Keep what ``fixture``, of wider scope, has written since ``before`` (rule 3)."""
        if self.own_part:
            self._keep_late(fixture, before)
            return
        self.fake.calls.clear()
        self._kept = Checkpoint(self.fake)
        mock, self._mock = self._mock, mock_ssm_incidents(self.fake)
        self._mock.start()  # within what the fixture may have entered (rule 1)
        mock.stop()

    def _keep_late(self, fixture: str, before: Checkpoint) -> None:
        if before.same_resources(Checkpoint(self.fake)):
            return
        if not before.same_resources(self._kept):
            pytest.fail(
                f"the fixture {fixture}, which is not of this test alone, wrote to fakeim after the test had: what is "
                "to be undone, and what is to stay? Let the test have it as an argument, not only by "
                "request.getfixturevalue(), so that it is set up before",
                pytrace=False,
            )
        for checkpoint in filter(None, (self._kept, self._start)):
            checkpoint.keep_resources()

    def restart(self) -> None:
        """Bring back what the first example found."""
        self._start = self._start or Checkpoint(self.fake)
        self._start.restore()

    def roll_back(self) -> None:
        """Undo what the test did, once: what is written from then on is a wider fixture's."""
        if not self._rolled_back:
            self._kept.restore()
            self._rolled_back = True

    def end(self) -> None:
        """Undo what the test did, and answer no more calls."""
        try:
            self.roll_back()
        finally:
            self._mock.stop()


class Isolation:
    """The plugin that is at work in a run with tests that ask for a fake.

    ``account`` is the name of the fixture that those tests have in the closure of theirs, ``usual`` how the account of
    those is made that have no marker.
    """

    def __init__(self, account: str, usual: Configuration) -> None:
        self._fixture, self._usual = account, usual
        self._accounts: dict[Configuration, FakeIncidentManager] = {}
        self._turn: Turn | None = None

    @contextmanager
    def account(self, configuration: Configuration | None) -> Iterator[FakeIncidentManager]:
        """Give the account that is configured so, ``None`` meaning unmarked, for as long as its fixture lives."""
        fake = self._made(configuration or self._usual)
        before = Checkpoint(fake)
        yield fake
        before.restore()  # not forgotten: the test for which the fixture is made again may have its turn with it

    def fake(self) -> FakeIncidentManager | None:
        """Give the account of the test that is under way, if it asked for one."""
        return None if self._turn is None else self._turn.fake

    def close(self) -> None:
        """End a turn that an interrupt has left."""
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.end()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        """Begin the turn of a test that asks for a fake."""
        if self._fixture in getattr(item, "fixturenames", ()):
            configuration = configuration_of(item, self._usual)
            self._turn = Turn(configuration, self._made(configuration))
        yield

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Generator[None, Any, Any]:
        """Tell fixtures of wider scope from the test's own."""
        turn = self._turn
        if turn is None:
            return (yield)
        if request.scope == "function":
            turn.own_part = True
            return (yield)
        before, torn_down = Checkpoint(turn.fake), ExitStack()
        request.addfinalizer(torn_down.close)  # the first to be added is the last to be called
        try:
            return (yield)
        finally:
            request.addfinalizer(self._beginning_of_tear_down(turn.fake, torn_down))
            turn.keep(fixturedef.argname, before)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Let each example of a test with ``@given`` start as the first did."""
        turn = self._turn
        if turn is None:
            return (yield)
        turn.own_part = True
        with before_each_example(item, turn.restart):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        """End the turn."""
        late = self._turn is None and self._asked_late(item)
        if self._turn is not None:
            self._turn.over = True
        try:
            return (yield)
        finally:
            self.close()
            if late:
                pytest.fail(ASKED_LATE, pytrace=False)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Tell what happened, beside a failure."""
        report = yield
        if report.failed and self._turn is not None:
            report.sections.append(("fakeim", told(self._turn.fake, self._turn.configuration)))
        return report

    def _made(self, configuration: Configuration) -> FakeIncidentManager:
        if configuration not in self._accounts:
            self._accounts[configuration] = configuration.make()
        return self._accounts[configuration]

    def _asked_late(self, item: pytest.Item) -> bool:
        # pytest tells nobody when a fixture that is set up already is asked for, and only here that it was.
        return self._fixture in getattr(getattr(item, "_request", None), "fixturenames", ())

    def _beginning_of_tear_down(self, fake: FakeIncidentManager, torn_down: ExitStack) -> Callable[[], None]:
        def begin() -> None:
            if self._turn is not None and self._turn.over:
                self._turn.roll_back()
            mock = mock_ssm_incidents(fake)
            mock.start()
            torn_down.callback(mock.stop)

        return begin
