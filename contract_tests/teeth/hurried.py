"""A plugin for pytest: the examples of the default run, the same each time; what was found is not shrunk."""

from __future__ import annotations

from hypothesis import Phase, settings


def pytest_configure() -> None:
    """Load a profile in place of the one that the tests have loaded."""
    settings.register_profile(
        "hurried", settings.get_profile("dev"), derandomize=True, phases=[Phase.explicit, Phase.generate]
    )
    settings.load_profile("hurried")
