"""The deviations of ``contract_tests/teeth`` fit the fake as it is, and what judges them judges rightly."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from contract_tests.contract.targets import default_targets
from contract_tests.teeth import deviation, report, trial
from contract_tests.teeth.deviation import ROOT, Deviation, StaleError
from fakeim.service.dispatch import HANDLERS

if TYPE_CHECKING:
    from pathlib import Path

if not (ROOT / "fakeim").is_dir():
    pytest.skip("deviations are of the sources, and here only what is installed is tested", allow_module_level=True)

DEVIATIONS = deviation.load()
MADE_UP = Deviation("made-up", "2 is 3.", "sums.py", "TWO = 2\n", "TWO = 3\n", ("test_two.py",))


@pytest.mark.parametrize("each", DEVIATIONS, ids=lambda each: each.name)
def test_a_deviation_still_applies_and_is_python(each: Deviation) -> None:
    text = (ROOT / each.file).read_text(encoding="utf-8")
    assert ast.dump(ast.parse(each.applied_to(text))) != ast.dump(ast.parse(text))
    assert each.symptom.endswith(".")
    for name in each.tests:
        assert (ROOT / trial.CONTRACT / name).is_file()
        assert each.target in default_targets(name)


def test_names_are_unique_and_every_resource_has_deviations() -> None:
    assert len({each.name for each in DEVIATIONS}) == len(DEVIATIONS) >= 60
    resources = {handler.__module__.replace(".", "/") + ".py" for handler in HANDLERS.values()}
    assert resources <= {each.file for each in DEVIATIONS}


@pytest.mark.parametrize("text", ["", "TWO = 2\nTWO = 2\n"])
def test_a_deviation_that_has_no_one_place_is_stale(text: str) -> None:
    with pytest.raises(StaleError, match=r"made-up.* in sums\.py"):
        MADE_UP.applied_to(text)


def test_a_misspelt_member_of_a_deviation_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "area.toml").write_text('file = "sums.py"\n[wrong]\nsymtom = "It is misspelt."\n')
    monkeypatch.setattr(deviation, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"area\.toml: .*symtom"):
        deviation.load()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a project of one module and one contract test, which wants two to be two."""
    project = tmp_path / "tree"
    contract = project / trial.CONTRACT
    contract.mkdir(parents=True)
    (project / "sums.py").write_text("ONE = 1\nTWO = 2\n")
    plugin = "def pytest_addoption(parser):\n    parser.addoption('--target')\n"
    (contract / "conftest.py").write_text(plugin)
    package = project / "contract_tests" / "teeth"
    package.mkdir()
    (package / "hurried.py").write_text("")
    (contract / "test_one.py").write_text("from sums import ONE\n\ndef test_one():\n    assert ONE == 1\n")
    (contract / "test_two.py").write_text("from sums import TWO\n\ndef test_two():\n    assert TWO == 2\n")
    return project


@pytest.mark.slow
@pytest.mark.parametrize(
    ("after", "killed_by", "problem"),
    [
        ("TWO = 3\n", "test_two.py::test_two", ""),
        ("TWO = 2.0\n", None, ""),
        ("", None, "the tests could not run on direct"),
    ],
)
def test_a_verdict(tree: Path, after: str, killed_by: str | None, problem: str) -> None:
    verdict = trial.judge(MADE_UP._replace(after=after), tree, limit=60)
    assert verdict.killed_by == killed_by
    assert verdict.problem[:33] == problem
    assert (tree / "sums.py").read_text() == "ONE = 1\nTWO = 2\n"


@pytest.mark.slow
def test_what_takes_too_long_gets_no_verdict(tree: Path) -> None:
    verdict = trial.judge(MADE_UP._replace(after="while True:\n    pass\n"), tree, limit=0.5)
    assert (verdict.killed_by, verdict.problem) == (None, "took more than 0.5 seconds on direct")


@pytest.mark.slow
def test_what_fails_without_a_deviation_judges_nothing(tree: Path) -> None:
    (tree / "sums.py").write_text("ONE, TWO = 2, 3\n")
    assert trial.first_failure(tree, "direct", ["test_two.py"], limit=60) == "test_two.py::test_two"


@pytest.mark.parametrize(
    ("killed_by", "survives", "problem", "complaints"),
    [
        ("test_two.py::test_two", "", "", []),
        (None, "Nobody can see it.", "", ["it must be 98%"]),
        (None, "", "", ["no test notices. 2 is 3.", "it must be 98%"]),
        (None, "", "took too long", ["no verdict: took too long", "it must be 98%"]),
        ("test_two.py::test_two", "Nobody can see it.", "", ["is noticed by test_two.py::test_two"]),
    ],
)
def test_what_is_complained_of(killed_by: str | None, survives: str, problem: str, complaints: list[str]) -> None:
    verdict = trial.Verdict(MADE_UP._replace(survives=survives), killed_by, 1.0, problem)
    found = report.complaints_of([verdict])
    assert [told in complaint for told, complaint in zip(complaints, found, strict=True)] == [True] * len(complaints)
