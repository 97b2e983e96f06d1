"""The contract on a real AWS account: ``--target=aws --aws-profile NAME --aws-expect-account NUMBER``.

Each test is a run of its own (see ``fakeim.parity.aws``): its names are translated, and what it made is removed when it
ends. A test that asks for what must not be sent is skipped, with the guard's reason. Hypothesis tries few examples and
shrinks none, for every call costs.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import Phase, settings

from fakeim.parity.aws import Account, AccountRefused, open_account
from fakeim.parity.pace import Pace
from fakeim.parity.runs import LEVELS
from fakeim.parity.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

_OPENED = pytest.StashKey[Account]()


def add_options(parser: pytest.Parser) -> None:
    """Add the options that name the account."""
    group = parser.getgroup("aws", "the contract on AWS, with --target=aws")
    group.addoption("--aws-profile", default="", help="the profile in your AWS configuration")
    group.addoption("--aws-expect-account", default="", help="the account that it has to lead to")
    group.addoption("--aws-level", default="data", choices=LEVELS, help="how far the tests may go")
    group.addoption("--aws-endpoint-url", help="what stands in for AWS, on loopback")
    group.addoption("--aws-seconds", type=float, default=1.0, help="from one call to the next")
    group.addoption("--aws-max-calls", type=int, default=10_000, help="calls at most")
    group.addoption("--aws-state", type=Path, default=Path("~/.fakeim/runs"), help="where journals are kept")


def configure() -> None:
    """Let Hypothesis make few examples, and shrink none."""
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("aws", deadline=None, max_examples=3, phases=phases, database=None, derandomize=True)
    settings.load_profile("aws")


def client_maker(config: pytest.Config, stack: ExitStack) -> Callable[..., SSMIncidentsClient]:
    """Give what makes clients of a fresh run, ``make("us-west-2")``; when ``stack`` ends, what was made is removed."""
    account = _account(config).renewed()
    stack.callback(_clean_up, account)

    def make(region_name: str = "us-east-1", *, config: Any = None) -> SSMIncidentsClient:
        if account.regions and region_name not in account.regions:
            pytest.skip(f"the account's replication set is not in {region_name}")
        client: SSMIncidentsClient = account.client(region_name, config)
        stack.callback(client.close)
        return client

    return make


def _account(config: pytest.Config) -> Account:
    """Open the account, once for all tests."""
    if _OPENED not in config.stash:
        stack = ExitStack()
        config.add_cleanup(stack.close)
        option = config.getoption
        opening = open_account(
            option("--aws-profile"),
            option("--aws-expect-account"),
            option("--aws-level"),
            folder=option("--aws-state").expanduser(),
            endpoint_url=option("--aws-endpoint-url"),
            pace=Pace(option("--aws-max-calls"), option("--aws-seconds")),
            refuse=_skip,
        )
        try:
            config.stash[_OPENED] = stack.enter_context(opening)
        except AccountRefused as refused:
            pytest.exit(f"{refused}", returncode=pytest.ExitCode.USAGE_ERROR)
    return config.stash[_OPENED]


def _skip(reason: str) -> NoReturn:
    pytest.skip(reason)  # no exception that a test could take for an answer, nor one that Hypothesis would shrink


def _clean_up(account: Account) -> None:
    if account.journal.made_something:
        # Skipping is for tests: here it would hide what is left.
        left = sweep(replace(account, refuse=None), delete=True).left_alone
        assert not left, f"the test has left something in the account: {left}"
