"""What ``@pytest.mark.fakeim(...)`` says: how the account of a test is made."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from fakeim.incident_manager import FakeIncidentManager
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

ARGUMENTS = ("seed", "onboarded", "can_onboard", "regions", "account_id", "frozen", "page_size")


class Configuration(NamedTuple):
    """How a fake account is made. Equal ones are one account to the tests that have them."""

    arguments: tuple[tuple[str, Any], ...]
    """Of ``FakeIncidentManager``, by name."""
    frozen: datetime | str | bool = False
    """Where its clock stands still; ``True``: now; ``False``: it runs."""
    page_size: int | None = None
    """The most elements that a page of a list has; ``None``: as many as are asked for."""

    def make(self) -> FakeIncidentManager:
        """Make the account.

        Raises:
            ValueError: An argument has a value that it cannot have.
            TypeError: An argument is of another type than it should be.
        """
        fake = FakeIncidentManager(**dict(self.arguments))
        if not isinstance(self.frozen, datetime | str | bool):
            raise TypeError(f"frozen={self.frozen!r}: give a datetime, ISO 8601 text, or True for now")
        if self.frozen is not False:
            fake.clock.freeze(None if self.frozen is True else self.frozen)
        fake.pagination.page_size = self.page_size
        return fake


def unmarked(seed: int | str, page_size: int | None, region: str | None = None) -> Configuration:
    """Return the configuration of tests that have no marker, which is that of the run."""
    regions = (("regions", (region,)),) if region else ()
    return Configuration((*regions, ("seed", seed)), page_size=page_size)


def configuration_of(node: pytest.Item, usual: Configuration) -> Configuration:
    """Read the markers of a test, its class and its module, the nearest first; ``usual`` is that of the run."""
    given: dict[str, Any] = dict(usual.arguments)
    for mark in reversed(list(node.iter_markers("fakeim"))):
        given |= mark.kwargs
    frozen, page_size = given.pop("frozen", usual.frozen), given.pop("page_size", usual.page_size)
    # A list would have no hash, and is as good as a tuple.
    values = ((name, tuple(value) if isinstance(value, list) else value) for name, value in sorted(given.items()))
    return Configuration(tuple(values), frozen, page_size)


def check(items: Iterable[pytest.Item], account: str, usual: Configuration) -> None:
    """Look at the markers of all tests; ``account`` is the fixture that has a marked test's account as its parameter.

    Raises:
        pytest.UsageError: One is wrong, or on a test that cannot have an account of its own.
    """
    found_good = [usual]
    for item in items:
        for mark in item.iter_markers("fakeim"):
            _check_names(item, mark)
        configuration = configuration_of(item, usual)
        if configuration not in found_good:
            _check_values(item, configuration)
            found_good.append(configuration)
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        asks = account in getattr(item, "fixturenames", ())
        if asks and parameters.get(account, usual) != configuration:
            raise pytest.UsageError(
                f"{item.nodeid}: @pytest.mark.fakeim cannot give this test an account of its own: pytest has no "
                "parameters for methods of a unittest.TestCase, and marks within pytest.param() come too late; make a "
                "FakeIncidentManager(...) in the test, and enter mock_ssm_incidents with it"
            )


def _check_names(item: pytest.Item, mark: pytest.Mark) -> None:
    if mark.args:
        raise pytest.UsageError(f"{item.nodeid}: @pytest.mark.fakeim takes arguments by name only, not {mark.args}")
    for name in mark.kwargs:
        if name not in ARGUMENTS:
            problem = f"@pytest.mark.fakeim has no argument {name!r}{did_you_mean(name, ARGUMENTS)}"
            raise pytest.UsageError(f"{item.nodeid}: {problem}")


def _check_values(item: pytest.Item, configuration: Configuration) -> None:
    try:
        configuration.make()
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(f"{item.nodeid}: @pytest.mark.fakeim: {error}") from None
