"""A plugin for pytest: the examples of the default run, the same each time; what was found is not shrunk."""

from __future__ import annotations

from hypothesis import Phase, settings


def pytest_configure() -> None:
    """Load a profile in place of the one that the tests have loaded."""
    phases = [Phase.explicit, Phase.generate]
    settings.register_profile("hurried", settings(), database=None, derandomize=True, phases=phases)
    settings.load_profile("hurried")
