"""What the tests of the mock share: clients as programs make them, and no network behind them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore import endpoint, waiter
from botocore.client import BaseClient
from botocore.httpsession import URLLib3Session

from fakeim.clients import wire
from fakeim.clients.answers import as_botocore

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS: Any = {"aws_access_key_id": "AKIAEARLY", "aws_secret_access_key": "secret"}
new_client: Any = boto3.client
EARLY: Any = new_client("ssm-incidents", region_name="us-east-1", **KEYS)
"""A client made at import, as Lambda functions make theirs."""


class Sent(Exception):  # noqa: N818 - what happened, not what went wrong
    """A request reached what would be the network."""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whatever would leave the process raise ``Sent``, in each module that imports this."""

    def send(_session: Any, request: Any) -> None:
        raise Sent(request.url)

    monkeypatch.setattr(URLLib3Session, "send", send)


def refusal(status: int) -> Callable[..., Any]:
    """Make a handler of ``before-send`` that answers in place of the network, without a body."""
    return lambda request, **_: as_botocore(request.url, wire.Response(status, {}, b""))


def names(client: Any) -> list[str]:
    """Give the names of the response plans."""
    return [plan["name"] for plan in client.list_response_plans()["responsePlanSummaries"]]


def patched() -> list[object]:
    """Give what a mock replaces, as it is now."""
    return [
        BaseClient.__dict__["_make_api_call"],
        URLLib3Session.__dict__["send"],
        vars(endpoint)["time"],
        vars(waiter)["time"],
        dict(os.environ),
    ]
