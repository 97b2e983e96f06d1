"""The contract on AWS: the suite itself, through the guard, to a fake of another account that stands in for AWS."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from contract_tests.fake_only.stand_in import ACCOUNT, PROFILE, somebodys_account, standing_in, write_profile
from contract_tests.support import contents
from fakeim.parity import allow_list

if TYPE_CHECKING:
    from contract_tests.fake_only.stand_in import StandIn

pytestmark = pytest.mark.slow
REASONS = ("not sent to AWS: ", "it counts the tag of this run", "the account's replication set is not in ")
CONTRACT = Path(__file__).parents[1] / "contract"


def run(stand_in: StandIn, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    options = ["--target=aws", f"--aws-profile={PROFILE}", f"--aws-endpoint-url={stand_in.url}", "--aws-seconds=0"]
    files = [f"--aws-state={folder / 'runs'}", f"--junitxml={folder / 'junit.xml'}", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", *options, *files, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own suite


def test_the_contract_passes_or_is_skipped_with_the_guards_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_profile(tmp_path, monkeypatch)
    with standing_in(somebodys_account()) as stand_in:
        before = contents(stand_in.fake.client())
        files = [str(CONTRACT / name) for name in ("test_related_items.py", "test_tags.py")]
        done = run(stand_in, tmp_path, f"--aws-expect-account={ACCOUNT}", *files)
        assert done.returncode == 0, done.stdout
        assert contents(stand_in.fake.client()) == before
        assert not set(stand_in.operations) & allow_list.FORBIDDEN
    suite = ET.parse(tmp_path / "junit.xml").getroot().find("testsuite")  # noqa: S314 - pytest has just written it
    assert suite is not None
    reasons = [each.get("message", "") for each in suite.iter("skipped")]
    assert all(any(known in reason for known in REASONS) for reason in reasons)
    assert int(suite.get("tests", 0)) - len(reasons) > 90


def test_without_an_account_nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_profile(tmp_path, monkeypatch)
    with standing_in() as stand_in:
        done = run(stand_in, tmp_path, str(CONTRACT / "test_tags.py"))
        assert done.returncode == pytest.ExitCode.USAGE_ERROR
        assert "--expect-account" in done.stdout + done.stderr
        assert stand_in.sent == []
