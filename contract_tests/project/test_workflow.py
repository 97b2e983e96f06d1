"""The workflow of CI runs environments that tox.ini has, and all that ``tox`` and ``tox -m full`` run."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"

pytestmark = pytest.mark.skipif(not WORKFLOW.exists(), reason="the sdist has no workflow")


def tox() -> ConfigParser:
    read = ConfigParser(interpolation=None)
    read.read(ROOT / "tox.ini", encoding="utf-8")
    return read


def named() -> set[str]:
    """Give the environments that the workflow names: by a command, in a row of a matrix, in a list of one."""
    text = WORKFLOW.read_text(encoding="utf-8")
    lists = ",".join(re.findall(r"env: \[(.*?)\]", text)).split(",")
    return {*re.findall(r"tox run -e (\w+)", text), *re.findall(r"\{env: (\w+)", text), *map(str.strip, lists)}


def test_every_environment_is_there() -> None:
    sections = {name.removeprefix("testenv:") for name in tox().sections()}
    assert {name for name in named() if not re.fullmatch("py3[0-9]+", name)} <= sections


def test_what_tox_runs_on_one_machine_is_run() -> None:
    settings = tox()["tox"]
    default = {name.strip() for name in settings["env_list"].split(",")}
    full = {name.strip() for name in settings["labels"].strip().removeprefix("full = ").split(",")}
    assert default
    assert full
    assert {*default, *full} - {"py"} <= named()  # "py" is whichever interpreter is at hand; all are named below


def test_every_supported_python_is_tried() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    versions = set(re.findall(r"Python :: (3\.[0-9]+)", project))
    assert {f"py{each.replace('.', '')}" for each in versions} <= named()
