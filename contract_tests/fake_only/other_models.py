"""A botocore whose model of the service is another one, for programs in processes of their own."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore

from contract_tests.fake_only.inspection import botocore_file
from fakeim.spec.api import SERVICE, VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = ("service-2", "paginators-1", "waiters-2")
BOTOCORE = Path(botocore.__file__).parent


def botocore_with(folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Make a botocore in ``folder`` that is the installed one, but for a change of its files of this service.

    Both fakeim and boto3 read their model from it, and nothing is patched.
    """
    files = copy.deepcopy({name: botocore_file(name) for name in FILES})
    change(files)
    _link(BOTOCORE, folder / "botocore", but="data")
    _link(BOTOCORE / "data", folder / "botocore" / "data", but=SERVICE)
    ours = folder / "botocore" / "data" / SERVICE
    model = ours / VERSION
    model.mkdir(parents=True)
    for name, content in files.items():
        (model / f"{name}.json").write_text(json.dumps(content))
    _link(BOTOCORE / "data" / SERVICE / VERSION, model, but="")
    return folder


def run(folder: Path, program: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run ``program`` with the botocore in ``folder``."""
    environment = os.environ | {"PYTHONPATH": str(folder), "AWS_EC2_METADATA_DISABLED": "true"}
    command = [sys.executable, *options, "-c", program]
    return subprocess.run(command, capture_output=True, check=False, env=environment, text=True)  # noqa: S603 - our own


def _link(source: Path, target: Path, *, but: str) -> None:
    """Let ``target`` have links to all that is in ``source``, but for one, and for what it has in another form."""
    target.mkdir(exist_ok=True)
    there = {each.name.split(".")[0] for each in target.iterdir()}
    for each in source.iterdir():
        if each.name != but and each.name.split(".")[0] not in there:
            (target / each.name).symlink_to(each)
