"""``tox -e oldest`` pins the lower bounds of pyproject.toml."""

from __future__ import annotations

import tomllib
from configparser import ConfigParser
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def pinned() -> dict[str, str]:
    tox = ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini", encoding="utf-8")
    return dict(line.split("==") for line in tox["testenv:oldest"]["deps"].split())


def project() -> dict[str, Any]:
    content: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return content


def lower_bounds() -> dict[str, str]:
    lines = [*project()["dependencies"]]
    for name in ("cli", "html", "server", "test", "types"):
        lines += project()["optional-dependencies"][name]
    return dict(line.split(">=") for line in lines if not line.startswith("fakeim["))


def test_the_oldest_are_pinned() -> None:
    pins = pinned()
    # 3 is 3.0.0
    bounds = {name: f"{bound}.0.0"[: len(pins[name])] for name, bound in lower_bounds().items()}
    assert {name: pins[name] for name in bounds} == bounds
    assert pins["botocore"] == pins["boto3"]


def test_the_oldest_python_is_the_one_that_is_required() -> None:
    required = project()["requires-python"]
    tox = (ROOT / "tox.ini").read_text(encoding="utf-8")
    assert f"base_python = py{required.removeprefix('>=').replace('.', '')}" in tox
