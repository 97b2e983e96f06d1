"""What a contract test is given: a client of an account that is its own, on each target that was asked for.

A test must not know which target it has. It asks for ``client``, or for ``client_in`` when Regions matter, and
carries exactly one mark that names its evidence.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contract_tests.conftest import GRADES
from contract_tests.contract.checks import checked
from contract_tests.contract.targets import TARGETS, Session, default_targets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.contract.targets import ClientIn


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "target" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--target")
        targets = chosen.split(",") if chosen else default_targets(Path(metafunc.module.__file__).name)
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


@pytest.fixture(scope="session")
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """Give what the targets keep between tests."""
    with ExitStack() as stack:
        yield Session(request.config, stack)


@pytest.fixture
def client_in(target: str, session: Session) -> Iterator[ClientIn]:
    """Make clients of one fresh account, onboarded in us-east-1 and us-west-2: ``client_in("us-west-2")``.

    Whatever they are answered is checked against the API's schemas, see ``checks``.
    """
    with ExitStack() as stack:
        account = TARGETS[target](session, stack)
        yield lambda *region, **options: checked(account.client(*region, **options))


@pytest.fixture
def client(client_in: ClientIn) -> SSMIncidentsClient:
    """Give a client in us-east-1 of a fresh account."""
    return client_in()
