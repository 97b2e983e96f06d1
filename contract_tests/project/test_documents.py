"""What the README and the documentation print is true: their Python runs, their commands are there.

A block that begins with ``# name.py`` is that file; ``# name.py, continued`` adds to it. pytest runs the files of a
page when all are written. All other blocks of a page run one after the other, as one program; in the README each by
itself.
"""

from __future__ import annotations

import doctest
import importlib
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("click", reason='the commands need click and rich: pip install "fakeim[cli]"')

import click

from fakeim.cli.commands import fakeim
from fakeim.docs import generated
from fakeim.docs.__main__ import current

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DOCS = Path(generated.__file__).parent
PAGES = sorted(DOCS.rglob("*.md"))
README = ROOT / "README.md"
FILE = re.compile(r"\A# (\w+\.py)(?:, continued)?\n")


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def name(page: Path) -> str:
    return f"{page.parent.name}/{page.name}"


def files(page: Path) -> dict[str, str]:
    """Give the files that a page shows, whole."""
    found: dict[str, str] = {}
    for block in blocks(page, "python"):
        head = FILE.match(block)
        if head:
            found[head[1]] = found.get(head[1], "") + block
    return found


def programs(page: Path) -> list[str]:
    return [block for block in blocks(page, "python") if not FILE.match(block)]


@pytest.mark.parametrize("block", blocks(README, "python"), ids=lambda block: block.strip().splitlines()[-1])
def test_a_block_of_the_readme_runs_and_its_tests_pass(block: str) -> None:
    names: dict[str, object] = {}
    exec(compile(block, str(README), "exec"), names)  # noqa: S102 - the README is ours
    tests = [value for name, value in names.items() if name.startswith("test_") and callable(value)]
    for test in tests:
        test()
    assert "fakeim" in names


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if programs(page)], ids=name)
def test_the_program_of_a_page_runs(page: Path) -> None:
    names: dict[str, object] = {"__name__": page.stem}
    for block in programs(page):
        exec(compile(block, str(page), "exec", dont_inherit=True), names)  # noqa: S102 - the pages are ours


@pytest.mark.parametrize("page", [page for page in PAGES if files(page)], ids=name)
def test_the_tests_of_a_page_pass(page: Path, pytester: pytest.Pytester) -> None:
    for file, text in files(page).items():
        pytester.path.joinpath(file).write_text(text, encoding="utf-8")
    result = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    result.assert_outcomes(passed=len(re.findall("def test_", "".join(files(page).values()))))


def commands(page: Path) -> Iterator[list[str]]:
    for block in blocks(page, "console"):
        for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
            found = re.search(r"(?:^|/|&& )fakeim (.*)$", line.split("  #")[0])
            if found:
                yield shlex.split(found[1], comments=True)


def each_command() -> Iterator[object]:
    for page in [README, *PAGES]:
        for number, arguments in enumerate(commands(page)):
            yield pytest.param(arguments, id=f"{name(page)}-{number}")


@pytest.mark.parametrize("arguments", list(each_command()))
def test_a_printed_command_is_one(arguments: list[str]) -> None:
    command: click.Command = fakeim
    rest, parent = [each for each in arguments if each != "&"], None
    while isinstance(command, click.Group):
        parent = click.Context(command, parent=parent, **command.context_settings)
        named, command_, rest = command.resolve_command(parent, rest)
        assert command_ is not None, named
        command = command_
    parser = command.make_parser(click.Context(command, parent=parent, **command.context_settings))
    parser.parse_args(rest)  # an option that is not there is an error; files are not looked for


def test_every_generated_part_is_made_and_asked_for() -> None:
    mark = r"<!-- (?:generated: ([a-z-]+)|([a-z-]+): begin) -->"
    asked_for = {one or other for page in PAGES for one, other in re.findall(mark, page.read_text())}
    assert asked_for == generated.PARTS.keys()
    for make in generated.PARTS.values():
        assert len(make().splitlines()) > 10


@pytest.mark.parametrize("page", [README, *PAGES], ids=name)
def test_what_is_generated_is_that_of_today(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert current(text) == text, "python -m fakeim.docs"


def test_what_is_generated_is_read_without_being_built() -> None:
    assert "| StartIncident | " in README.read_text(encoding="utf-8")
    differences, control = (DOCS / each for each in ("explanation/differences.md", "reference/control-path.md"))
    assert "*(assumption 17.5)*" in differences.read_text(encoding="utf-8")
    assert "POST /_fakeim/faults" in control.read_text(encoding="utf-8")


def test_what_the_reference_names_is_there() -> None:
    named = {
        each
        for page in PAGES
        for each in re.findall(r"^\.\. auto(?:class|function|exception):: (\S+)$", page.read_text(), re.MULTILINE)
    }
    assert named
    for each in named:
        module, _, attribute = each.rpartition(".")
        assert getattr(importlib.import_module(module), attribute).__doc__


def test_every_link_between_pages_leads_somewhere() -> None:
    for page in [README, *PAGES]:
        for target in re.findall(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).is_file(), f"{name(page)} links to {target}"


@pytest.mark.parametrize("name", ["accounts", "differential", "fault_plans", "retries", "stateful", "strategies"])
def test_the_examples_in_docstrings_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"fakeim.testing.{name}"))
    assert result.attempted
    assert not result.failed
