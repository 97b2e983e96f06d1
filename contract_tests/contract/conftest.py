"""What a contract test is given: a client of an account that is its own, on each target that was asked for.

A test must not know which target it has. It asks for ``client``, or for ``client_in`` when Regions matter, and
carries exactly one mark that names its evidence.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import pytest

import fakeim
from contract_tests.conftest import GRADES, TARGETS
from contract_tests.contract.aws_target import client_maker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    ClientIn = Callable[..., SSMIncidentsClient]

ACCOUNT = "123456789012"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "target" in metafunc.fixturenames:
        targets = metafunc.config.getoption("--target").split(",")
        unknown = set(targets) - set(TARGETS)
        if unknown:
            raise pytest.UsageError(f"unknown --target {', '.join(unknown)}: give some of {', '.join(TARGETS)}")
        metafunc.parametrize("target", targets)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if __package__ not in getattr(getattr(item, "module", None), "__name__", ""):
            continue
        marks = [mark for mark in item.iter_markers() if mark.name in GRADES]
        if len(marks) != 1 or not marks[0].args:
            raise pytest.UsageError(
                f"{item.nodeid}: a contract test carries exactly one mark with its evidence, such as "
                f'@pytest.mark.observed("7.11"); this one has {len(marks)}'
            )


@pytest.fixture
def client_in(target: str, request: pytest.FixtureRequest) -> Iterator[ClientIn]:
    """Make clients of one fresh account, onboarded in us-east-1 and us-west-2: ``client_in("us-west-2")``."""
    fake = fakeim.FakeIncidentManager(account_id=ACCOUNT, regions=("us-east-1", "us-west-2"))
    with ExitStack() as stack:
        if target == "aws":
            yield client_maker(request.config, stack)
            return
        makers: dict[str, ClientIn] = {"direct": fake.client, "boto3": fake.boto3_client}
        make = makers[target] if target in makers else over_http(fake, stack)
        yield lambda region_name="us-east-1", **options: make(region_name, **options)


def over_http(fake: fakeim.FakeIncidentManager, stack: ExitStack) -> ClientIn:
    """Serve ``fake``, and give what makes boto3 clients that reach it through a socket."""
    url = stack.enter_context(fake.serve())

    def make(region_name: str, **options: Any) -> SSMIncidentsClient:
        client: SSMIncidentsClient = boto_session().client("ssm-incidents", region_name, endpoint_url=url, **options)
        stack.callback(client.close)
        return client

    return make


@cache
def boto_session() -> boto3.session.Session:
    """Give one session for all tests: it keeps the model, which takes longer to read than a test to run."""
    return boto3.session.Session("any", "any")


@pytest.fixture
def client(client_in: ClientIn) -> SSMIncidentsClient:
    """Give a client in us-east-1 of a fresh account."""
    return client_in()
