"""What a process does once, done before the first example of Hypothesis, which has a deadline (by default 200 ms)."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mypy_boto3_ssm_incidents import SSMIncidentsClient


def is_fakeim_in_use() -> bool:
    """Check whether anything but the plugin has imported fakeim."""
    package = sys.modules["fakeim"]
    return "fakeim.incident_manager" in sys.modules or any(
        value is package
        for module in list(sys.modules.values())
        for value in list(getattr(module, "__dict__", {}).values())
    )


def prepare(modules: Iterable[Path]) -> None:
    """Prepare direct clients, mocks, seeding and views, and boto3 clients if these test modules may use them.

    Importing boto3 takes longer than all else together, so it is not imported where nothing suggests that it is used.
    """
    prepare_direct_client()
    from fakeim import FakeIncidentManager  # noqa: PLC0415 - as below

    fake = FakeIncidentManager()
    fake.open_incident()
    str(fake)
    if "boto3" not in sys.modules and not any("boto3_client" in path.read_text("utf-8", "replace") for path in modules):
        return
    with suppress(Exception):  # boto3 reports a wrong configuration to the test that makes a client
        _use(fake.boto3_client())


def prepare_direct_client() -> None:
    """Import what mocks, direct clients, their errors, paginators and waiters need."""
    from fakeim import FakeIncidentManager, mock_ssm_incidents  # noqa: F401, PLC0415 - only where examples need it

    _use(FakeIncidentManager().client())


def _use(client: SSMIncidentsClient) -> None:
    with suppress(client.exceptions.ClientError):
        client.get_response_plan(arn="")
    client.get_paginator("list_response_plans")
    client.get_waiter("wait_for_replication_set_active")
