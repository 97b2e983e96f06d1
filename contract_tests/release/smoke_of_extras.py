"""What has to work with the extras cli, html and server; run far from the sources."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from urllib.request import urlopen

import fakeim

COMMAND = Path(sys.prefix, "Scripts" if sys.platform == "win32" else "bin", "fakeim")


def output(*arguments: str) -> str:
    return subprocess.run([COMMAND, *arguments], capture_output=True, check=True, text=True).stdout  # noqa: S603 - our own


def test_the_command_is_there() -> None:
    assert output("--version") == f"fakeim, version {version('fakeim')}\n"


def test_the_demo_runs() -> None:
    assert "RESOLVED" in output("demo")


def test_the_evidence_is_replayed() -> None:
    output("parity", "verify")


def test_the_first_test_passes(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    output("init", str(folder))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - our own
    assert "2 passed" in done.stdout


def test_pages_are_made(tmp_path: Path) -> None:
    assert "checkout-5xx" in _written("demo", tmp_path / "demo.html")
    assert "Parity of fakeim with AWS" in _written("parity", "report", tmp_path / "parity.html")


def _written(*arguments: str | Path) -> str:
    *command, path = arguments
    output(*map(str, command), "--html", str(path))
    return Path(path).read_text(encoding="utf-8")


def test_it_serves() -> None:
    with fakeim.FakeIncidentManager().serve() as url, urlopen(f"{url}/_fakeim/state") as answer:  # noqa: S310 - of loopback
        assert answer.status == 200
