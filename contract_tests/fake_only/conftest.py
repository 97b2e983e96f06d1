"""What the tests of the fake alone share: a served fake, and explained assertions of modules that are no tests."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore.httpsession import URLLib3Session

import fakeim
from contract_tests.fake_only import mocked
from contract_tests.fake_only.committed import EVIDENCE
from fakeim.parity import report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakeim.parity.report import Report

pytest.register_assert_rewrite(
    "contract_tests.fake_only.accounts", "contract_tests.fake_only.over_http", "contract_tests.fake_only.twins"
)


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    return fakeim.FakeIncidentManager(regions=("us-east-1", "eu-west-1"))


@pytest.fixture
def client(fake: fakeim.FakeIncidentManager) -> Any:
    return fake.client()


@pytest.fixture
def url(fake: fakeim.FakeIncidentManager) -> Iterator[str]:
    """Give the URL at which ``fake`` is served."""
    with fake.serve() as url:
        yield url


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(URLLib3Session, "send", mocked.send)


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


@pytest.fixture
def no_region(bare_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - which it builds on
    """Configure no Region for clients that are made outside a mock, where they look up credentials as well."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def threads_take_turns_often() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(5e-5)
    yield
    sys.setswitchinterval(usual)


@pytest.fixture(scope="session")
def shipped_report() -> Report:
    return report.make_report(EVIDENCE)


@pytest.fixture
def replayed_once(shipped_report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands show one report of the shipped evidence: a test of how it is shown need not replay it again."""
    monkeypatch.setattr(report, "make_report", lambda _: shipped_report)
