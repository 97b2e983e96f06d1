"""What the tests of the mock share: clients, a network that nothing may reach, and what the mock patches."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3

from fakeim.clients import wire
from fakeim.clients.answers import as_botocore
from fakeim.clients.replacements import replacements

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEYS: Any = {"region_name": "us-east-1", "aws_access_key_id": "AKIAEARLY", "aws_secret_access_key": "secret"}
new_client: Any = boto3.client
EARLY: Any = new_client("ssm-incidents", **KEYS)
"""A client made at import, as Lambda functions make theirs."""


class Sent(Exception):  # noqa: N818 - what happened, not what went wrong
    """A request reached what would be the network."""


def send(_session: Any, request: Any) -> None:
    """Stand for the network: the fixture ``no_network`` sees to it."""
    raise Sent(request.url)


def refusal(status: int) -> Callable[..., Any]:
    """Make a handler that answers in place of the network, without a body."""
    return lambda request, **_: as_botocore(request.url, wire.Response(status, {}, b""))


class Instance:
    """A machine whose metadata names a role; ``send`` stands for the network, where nothing else is."""

    access_key = "ASIAINSTANCE"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def send(self, request: Any) -> Any:
        """Answer a request for metadata, or raise ``Sent``."""
        url = urlsplit(request.url)
        if url.hostname != "169.254.169.254":
            raise Sent(request.url)
        self.asked.append(url.path)
        return as_botocore(request.url, wire.Response(200, {}, self._metadata(url.path).encode()))

    def _metadata(self, path: str) -> str:
        if path.endswith("/security-credentials/"):
            return "role"
        if path.endswith("/security-credentials/role"):
            keys = {"AccessKeyId": self.access_key, "SecretAccessKey": "secret", "Token": "token"}
            return json.dumps({"Code": "Success", "Expiration": "2999-01-01T00:00:00Z", **keys})
        return "us-east-1a"  # the availability zone, or a token


def profile_of_a_role(folder: Path) -> Path:
    """Write a configuration whose profile ``role`` has credentials that STS would have to give."""
    path = folder / "config"
    path.write_text(
        "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/bot\nsource_profile = own\n"
        "[profile own]\naws_access_key_id = AKIA\naws_secret_access_key = secret\n"
    )
    return path


def names(client: Any) -> list[str]:
    return [plan["name"] for plan in client.list_response_plans()["responsePlanSummaries"]]


def patched() -> list[object]:
    """Give all that the mock may replace, as it is now."""
    return [*(vars(owner)[name] for owner, name, _ in replacements()), dict(os.environ)]
