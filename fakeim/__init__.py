"""An in-process fake of AWS Systems Manager Incident Manager, boto3's ``ssm-incidents``."""

from __future__ import annotations

from fakeim.incident_manager import FakeIncidentManager

__all__ = ["FakeIncidentManager"]
