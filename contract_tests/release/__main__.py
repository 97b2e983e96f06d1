"""``python -m contract_tests.release [FOLDER]``: build what is released, once, and see that it is whole and works.

It wants the tools of the tox environment ``dist``; fakeim need not be installed. What it has built is put into FOLDER,
if one is given.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EPOCH = "1767225600"  # 2026-01-01: any moment will do, as long as it is the same


def main(arguments: list[str]) -> None:
    """Build and check; the first thing that is wrong ends it."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        wheel, sdist = _built(scratch / "built")
        again = _built(scratch / "again", "--wheel", "--sdist")  # this wheel is made of what lies here
        for one, other in zip((wheel, sdist), again, strict=True):
            _expect(one.read_bytes() == other.read_bytes(), f"{one.name} is built otherwise the second time")
        _run(sys.executable, "-m", "twine", "check", "--strict", wheel, sdist)
        _check_wheel(wheel)
        _check_sdist(sdist)
        _try_out(scratch / "bare", str(sdist), "smoke.py")
        _try_out(scratch / "with extras", f"{wheel}[cli,html,server]", "smoke.py", "smoke_of_extras.py")
        if arguments:
            shutil.copytree(wheel.parent, arguments[0], dirs_exist_ok=True)


def _built(folder: Path, *parts: str) -> tuple[Path, Path]:
    """Build into ``folder``; without ``parts``, the wheel is made of the sdist, as releases are."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": EPOCH}
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, *parts, ROOT, env=environment)
    [wheel], [sdist] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


def _check_wheel(wheel: Path) -> None:
    there = set(zipfile.ZipFile(wheel).namelist())
    expected = _files("fakeim") | {f"fakeim/parity/{name}" for name in _files("evidence", ROOT / "contract_tests")}
    about = {name for name in there if name.split("/")[0].endswith(".dist-info")}
    _expect_same(there - about, expected, "the wheel")
    _expect(any(name.endswith("/licenses/LICENSE") for name in about), "the wheel has no licence")


def _check_sdist(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        there = {name.partition("/")[2] for name in archive.getnames()}
    files = {"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "pyproject.toml", "tox.ini"}
    expected = files | _files("fakeim") | _files("contract_tests") | _files("schemas")
    _expect_same(there - {"PKG-INFO", ".gitignore"}, expected, "the sdist")


def _files(folder: str, parent: Path = ROOT) -> set[str]:
    """Give all files in ``folder``, but what Python and the tests leave there, by their paths from ``parent``."""
    found = (each.relative_to(parent) for each in (parent / folder).rglob("*") if each.is_file())
    return {each.as_posix() for each in found if "__pycache__" not in each.parts and each.suffix != ".pyc"}


def _try_out(folder: Path, requirement: str, *checks: str) -> None:
    """Install ``requirement`` into an environment that has nothing else, and run the checks far from the sources."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    _run(python, "-m", "pip", "install", "--quiet", requirement)
    for check in checks:
        shutil.copy(Path(__file__).with_name(check), folder)
    _run(python, "-I", "-m", "pytest", "-q", "-p", "no:cacheprovider", *checks, cwd=folder)


def _run(*command: str | Path, **options: Any) -> None:
    subprocess.run(command, check=True, **options)  # noqa: S603 - our own programs


def _expect_same(there: set[str], expected: set[str], where: str) -> None:
    _expect(not there - expected, f"{where} has what it should not: {sorted(there - expected)}")
    _expect(not expected - there, f"{where} lacks {sorted(expected - there)}")


def _expect(condition: object, otherwise: str) -> None:
    if not condition:
        raise SystemExit(f"dist: {otherwise}")


if __name__ == "__main__":
    main(sys.argv[1:])
