"""What ``st.from_type`` makes of fakeim's types; called as soon as both Hypothesis and those types are imported.

Hypothesis calls it by an entry point, in every program that imports Hypothesis where fakeim is installed: so it must
load nothing for those that use no fake.
"""

from __future__ import annotations

import sys
from typing import Any


def register() -> None:
    """Tell Hypothesis of the strategies for fakeim's types, if those are loaded; fakeim calls again when they are.

    The strategies themselves are imported when the first one is asked for.
    """
    if "fakeim.incident_manager" not in sys.modules:
        return
    from hypothesis import strategies as st  # noqa: PLC0415 - only when it is imported already

    from fakeim.incident_manager import FakeIncidentManager  # noqa: PLC0415 - as above
    from fakeim.testing.fault_plans import FaultPlan  # noqa: PLC0415

    def made_by(name: str) -> Any:
        def strategy(_: type) -> Any:
            from fakeim.testing import strategies  # noqa: PLC0415 - few ask

            return getattr(strategies, name)()

        return strategy

    st.register_type_strategy(FakeIncidentManager, made_by("fakes"))
    st.register_type_strategy(FaultPlan, made_by("fault_plans"))
