"""How many examples Hypothesis tries. A profile sets what 100 % is; each test sets the percentage that it needs.

``FAKEIM_TEST_PROFILE`` selects the profile: ``dev`` for quick rounds with random examples, ``ci`` for what every change
must pass (the same examples in each run), ``full`` for a wider search. The target ``aws`` has a profile of its own.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

EXAMPLES = {"dev": 25, "ci": 100, "full": 300}
"""The number of examples that is 100 %, by profile."""


def load_profile() -> None:
    """Register the profiles with Hypothesis, and load the one that the environment names."""
    repeatable: dict[str, Any] = {"derandomize": True, "print_blob": True}
    patient = [HealthCheck.too_slow]
    for name, count in EXAMPLES.items():
        options = {} if name == "dev" else repeatable
        settings.register_profile(name, deadline=None, max_examples=count, suppress_health_check=patient, **options)
    settings.load_profile(os.environ.get("FAKEIM_TEST_PROFILE", "dev"))


def examples(percent: int, **options: Any) -> settings:
    """Return settings with ``percent`` % of the loaded profile's examples, at least one, and other ``options``."""
    return settings(max_examples=max(1, percent * settings().max_examples // 100), **options)
