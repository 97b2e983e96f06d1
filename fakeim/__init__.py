"""An in-process fake of AWS Systems Manager Incident Manager, boto3's ``ssm-incidents``.

PYTEST_DONT_REWRITE: no ``assert`` is in here, and Hypothesis imports this package, perhaps before pytest is started.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["FakeIncidentManager", "ModelDriftWarning", "RealAWSCallBlocked", "mock_ssm_incidents", "schemas"]

if TYPE_CHECKING:
    from fakeim import schemas
    from fakeim.clients.active_mocks import RealAWSCallBlocked
    from fakeim.incident_manager import FakeIncidentManager
    from fakeim.mock import mock_ssm_incidents
    from fakeim.spec.drift import ModelDriftWarning
else:
    # At first use: pytest imports this package at every start, for the plugin within, and must not wait for the fake.
    _HOMES = {
        "FakeIncidentManager": "fakeim.incident_manager",
        "ModelDriftWarning": "fakeim.spec.drift",
        "RealAWSCallBlocked": "fakeim.clients.active_mocks",
        "mock_ssm_incidents": "fakeim.mock",
        "schemas": "fakeim.schemas",
    }

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import sys  # noqa: PLC0415
        from importlib import import_module  # noqa: PLC0415

        home = import_module(_HOMES[name])
        value = globals()[name] = home if name == "schemas" else getattr(home, name)
        if name == "FakeIncidentManager" and "hypothesis" in sys.modules:
            # Hypothesis calls this itself when it is imported, but then there was nothing to register.
            import_module("fakeim.testing.registration").register()
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
