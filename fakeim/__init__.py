"""An in-process fake of AWS Systems Manager Incident Manager, boto3's ``ssm-incidents``."""

from __future__ import annotations

from fakeim import schemas
from fakeim.clients.active_mocks import RealAWSCallBlocked
from fakeim.incident_manager import FakeIncidentManager
from fakeim.mock import mock_ssm_incidents

__all__ = ["FakeIncidentManager", "RealAWSCallBlocked", "mock_ssm_incidents", "schemas"]
