"""``fakeim init``: a first test in the user's project."""

from __future__ import annotations

import os
from importlib.resources import files
from itertools import count
from pathlib import Path

import click

NEXT = """\
To try next:
  pytest {test}
  put your own code in the place of open_incident there
  fakeim explain StartIncident    what it takes, its errors, its rules"""


@click.command()
@click.argument("folder", metavar="[DIR]", default="tests", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Write a conftest.py and a first test.

    DIR is the folder of your tests, by default "tests"; it is made if it is not there. What is there already is never
    written over.
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
    except OSError as error:
        raise click.ClickException(f"cannot write {error.filename}: {error.strerror}") from None
    click.echo()
    click.echo(NEXT.format(test=test))


def _free_name(folder: Path) -> str:
    """Give the test's file a name that no other folder has: pytest takes two modules of one name for the same."""
    folder, here, taken = folder.resolve(), Path.cwd(), set[str]()
    project = here if folder.is_relative_to(here) else folder.parent
    for root, folders, names in os.walk(folder if _has_more_than_projects(project) else project):
        # As pytest does by default: not in hidden folders, nor in what others have installed.
        is_environment = "pyvenv.cfg" in names
        folders[:] = [
            each for each in folders if not (is_environment or each.startswith(".") or each == "node_modules")
        ]
        if Path(root) != folder:
            taken.update(names)
    names_of_ours = (f"test_incidents{f'_{number}' if number > 1 else ''}.py" for number in count(1))
    return next(name for name in names_of_ours if name not in taken)


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
