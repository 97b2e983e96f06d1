"""``fakeim init``: a first test in the user's project."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from importlib.resources import files
from itertools import count
from pathlib import Path

import click

NEXT = """\
To try next:
  pytest {test}
  put your own code in the place of open_incident there
  fakeim explain StartIncident    what it takes, its errors, its rules"""

_SECTION = {"pyproject.toml": r"\[tool\.pytest\b", "tox.ini": r"\[pytest\]", "setup.cfg": r"\[tool:pytest\]"}
"""How the part of a file begins that configures pytest."""
_CONFIGURATIONS = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", *_SECTION)
"""The files that may configure pytest. It takes the first one of the nearest folder."""


@click.command()
@click.argument("folder", metavar="[DIR]", default="tests", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Write a conftest.py, a first test, and a pytest.ini with a Region.

    DIR is the folder of your tests, by default "tests"; it is made if it is not there. What is there already is never
    written over. If something configures pytest already, you are told what to put there.
    """
    conftest, test = folder / "conftest.py", folder / _free_name(folder)
    shared, first = _text("conftest"), _text("test_incidents")
    if test.exists():
        raise click.ClickException(f"{test} is there already, and left alone; give another folder: fakeim init DIR")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if conftest.exists():
            first = _with_fixture(first, shared)
            click.echo(f"left {conftest} alone; its part is in {test}")
        else:
            _write(conftest, shared)
        _write(test, first)
        _configure(folder)
    except OSError as error:
        raise click.ClickException(f"cannot write {error.filename}: {error.strerror}") from None
    click.echo()
    click.echo(NEXT.format(test=test))


def _free_name(folder: Path) -> str:
    """Give the test's file a name that no other folder has: pytest takes two modules of one name for the same."""
    folder, taken = folder.resolve(), set[str]()
    for root, folders, names in os.walk(_project(folder, outside=folder.parent)):
        # As pytest does by default: not in hidden folders, nor in what others have installed.
        is_environment = "pyvenv.cfg" in names
        folders[:] = [
            each for each in folders if not (is_environment or each.startswith(".") or each == "node_modules")
        ]
        if Path(root) != folder:
            taken.update(names)
    names_of_ours = (f"test_incidents{f'_{number}' if number > 1 else ''}.py" for number in count(1))
    return next(name for name in names_of_ours if name not in taken)


def _project(folder: Path, outside: Path | None = None) -> Path:
    """Return the folder of the project that the tests in ``folder`` belong to, as far as can be known.

    Args:
        folder: Where the tests are.
        outside: What to return if ``folder`` is not in the working directory; by default ``folder`` itself.
    """
    folder, here = folder.resolve(), Path.cwd()
    project = here if folder.is_relative_to(here) else outside or folder
    return folder if _has_more_than_projects(project) else project


def _configure(folder: Path) -> None:
    """Write the Region of the run into a new file, unless something configures pytest for ``folder`` already."""
    found = _configuration(folder.resolve())
    if found is None:
        _write(_shown(_project(folder) / "pytest.ini"), _text("pytest"))
        return
    path, text = found
    if "fakeim_region" not in text:
        value = '"us-east-1"' if path.suffix == ".toml" else "us-east-1"
        click.echo(f"left {_shown(path)} alone; put fakeim_region = {value} there, into the section of pytest")


def _configuration(folder: Path) -> tuple[Path, str] | None:
    """Return the file that configures pytest for the tests in ``folder``, and its text."""
    for path in (each / name for each in (folder, *folder.parents) for name in _CONFIGURATIONS):
        with suppress(OSError):  # most are not there
            text = path.read_text(encoding="utf-8", errors="replace")
            if re.search(f"^{_SECTION.get(path.name, '')}", text, re.MULTILINE):
                return path, text
    return None


def _shown(path: Path) -> Path:
    """Return ``path`` as users write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _has_more_than_projects(folder: Path) -> bool:
    return folder == Path(folder.anchor) or str(folder) == os.path.expanduser("~")  # noqa: PTH111 - Path's raises where nobody has a home


def _text(name: str) -> str:
    return (files("fakeim.cli") / "first_files" / f"{name}.txt").read_text(encoding="utf-8")


def _with_fixture(test: str, conftest: str) -> str:
    """Put the fixture of ``conftest`` into ``test``, before its first function."""
    _, decorator, fixture = conftest.partition("@pytest.fixture")
    head, start, rest = test.partition("def open_incident")
    return f"{head}{decorator}{fixture}\n\n{start}{rest}"


def _write(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as file:  # never over what somebody else has just written
        file.write(text)
    click.echo(f"wrote {path}")
