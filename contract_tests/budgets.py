"""Scale Hypothesis's ``max_examples`` by profile. Each test states its share in percent.

``FAKEIM_TEST_PROFILE`` selects the profile: ``dev`` for quick rounds with random examples, ``ci`` for what every change
must pass (the same examples in each run), ``full`` for a wider random search. The target ``aws`` has its own profile.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

EXAMPLES = {"dev": 25, "ci": 100, "full": 300}
"""The number of examples that is 100 %, by profile."""
FEWEST = 3
"""Hypothesis's first example is always the simplest one, so one example would show next to nothing."""


def load_profile() -> None:
    """Register the profiles with Hypothesis, and load the one that the environment names."""
    patient = [HealthCheck.too_slow]
    for name, count in EXAMPLES.items():
        settings.register_profile(
            name,
            deadline=None,
            derandomize=name == "ci",
            max_examples=count,
            print_blob=name != "dev",
            suppress_health_check=patient,
        )
    settings.load_profile(os.environ.get("FAKEIM_TEST_PROFILE", "dev"))


def count(percent: int) -> int:
    """Return ``percent`` % of the loaded profile's examples, at least ``FEWEST``."""
    return max(FEWEST, percent * settings().max_examples // 100)


def examples(*, percent: int, suppress_health_check: tuple[HealthCheck, ...] = (), **options: Any) -> settings:
    """Return settings with ``count(percent)`` examples.

    Args:
        percent: The share of the loaded profile's examples.
        suppress_health_check: Health checks to suppress beside those of the profile.
        options: Other arguments of ``hypothesis.settings``.
    """
    suppressed = [*settings().suppress_health_check, *suppress_health_check]
    return settings(max_examples=count(percent), suppress_health_check=suppressed, **options)
