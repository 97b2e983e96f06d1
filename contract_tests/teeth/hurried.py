"""A plugin for pytest: Hypothesis does not shrink what it found, for here it only matters that it found something."""

from __future__ import annotations

from hypothesis import Phase, settings


def pytest_configure() -> None:
    """Go on from the profile that the tests have loaded."""
    settings.register_profile("hurried", settings.get_profile("ci"), phases=[Phase.explicit, Phase.generate])
    settings.load_profile("hurried")
