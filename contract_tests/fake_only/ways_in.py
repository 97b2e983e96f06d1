"""The ways in to a fake, by name, and a client on each."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

import fakeim

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS: Any = {"region_name": "us-east-1", "aws_access_key_id": "AKIA", "aws_secret_access_key": "secret"}
ONCE: Any = Config(retries={"total_max_attempts": 1})
WAYS = ("direct", "bound", "mock", "mock at the call", "http")


@contextmanager
def client_on(name: str, fake: fakeim.FakeIncidentManager, config: Any = ONCE) -> Iterator[Any]:
    """Give a client of ``fake`` on the way in called ``name``."""
    new_client: Any = boto3.client
    with ExitStack() as stack:
        if name == "direct":
            yield fake.client(config=config)
        elif name == "bound":
            yield fake.boto3_client(config=config)
        elif name == "http":
            url = stack.enter_context(fake.serve())
            client = new_client("ssm-incidents", endpoint_url=url, config=config, **KEYS)
            stack.callback(client.close)
            yield client
        else:
            stack.enter_context(fakeim.mock_ssm_incidents(fake, at_call=name == "mock at the call"))
            yield new_client("ssm-incidents", config=config, **KEYS)
