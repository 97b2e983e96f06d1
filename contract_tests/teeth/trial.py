"""The contract, tried on copies of the project: one as it is, and one for each deviation.

The project itself is only read. A deviation that makes the fake unloadable, or that takes too long, gives no verdict:
that would say nothing of what the tests look at.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from contract_tests.contract.targets import default_targets
from contract_tests.teeth.deviation import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contract_tests.teeth.deviation import Deviation

CONTRACT = Path("contract_tests", "contract")
PASSED, FAILED = 0, 1
"""What pytest exits with."""
_FAILURE = re.compile(rf"^(?:FAILED|ERROR) {CONTRACT.as_posix()}/(\S+?::.+?)(?: - .*)?$", re.MULTILINE)
"""A test's line in the summary; a file that could not be loaded has one without a test."""


class NoVerdictError(Exception):
    """A run that neither passed nor failed."""


class Verdict(NamedTuple):
    """What became of a deviation: the test that noticed it, if any did, or why that is not known."""

    deviation: Deviation
    killed_by: str | None
    seconds: float
    problem: str = ""


def prepare(tree: Path, targets: Iterable[str], limit: float) -> None:
    """Copy the project to ``tree``; ``NoVerdictError`` unless the contract holds there on ``targets``.

    The run leaves compiled files in ``tree``, so runs in copies of it start sooner.
    """
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "__pycache__", "build", "dist"))
    for target in targets:
        failure = first_failure(tree, target, (), limit)
        if failure is not None:
            raise NoVerdictError(f"the contract fails on {target} without any deviation: {failure}")


def judge(deviation: Deviation, template: Path, limit: float) -> Verdict:
    """Apply ``deviation`` to a copy of ``template``, and run its target's default tests there."""
    began = time.perf_counter()
    killed_by, problem = None, ""
    with TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        shutil.copytree(template, tree)
        deviation.apply(tree)
        # A compiled file is told from a stale one by size and second; this one may have changed in neither.
        shutil.rmtree((tree / deviation.file).parent / "__pycache__", ignore_errors=True)
        try:
            killed_by = first_failure(tree, deviation.target, deviation.tests, limit)
        except NoVerdictError as error:
            problem = str(error)
    return Verdict(deviation, killed_by, time.perf_counter() - began, problem)


def first_failure(tree: Path, target: str, first: Sequence[str], limit: float) -> str | None:
    """Run the files of the contract that run on ``target`` by default, and return the first test that fails.

    The files ``first`` run on their own before the others: to collect all tests takes longer than most need to notice.
    ``NoVerdictError`` when the tests could not run, or not within ``limit`` seconds.
    """
    by_default = (path.name for path in (tree / CONTRACT).glob("test_*.py") if target in default_targets(path.name))
    others = sorted(name for name in by_default if name not in first)
    return next((failure for files in (first, others) if files and (failure := _run(tree, target, files, limit))), None)


def _run(tree: Path, target: str, names: Sequence[str], limit: float) -> str | None:
    files = [str(CONTRACT / name) for name in names]
    options = ["-x", "-q", "--tb=no", "-p", "no:cacheprovider", "-p", "contract_tests.teeth.hurried"]
    # COLUMNS: so that the summary has the test's whole name.
    environment = os.environ | {"COLUMNS": "500", "FAKEIM_TEST_PROFILE": "dev", "PYTHONPATH": str(tree)}
    try:
        done = subprocess.run(  # noqa: S603 - pytest, on names of files
            [sys.executable, "-m", "pytest", *options, f"--target={target}", *files],
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoVerdictError(f"took more than {limit:g} seconds on {target}") from None
    failures: list[str] = _FAILURE.findall(done.stdout)
    if done.returncode == PASSED:
        return None
    if done.returncode != FAILED or not failures:
        raise NoVerdictError(f"the tests could not run on {target}: {(done.stdout + done.stderr).strip()[-500:]}")
    return failures[0]
