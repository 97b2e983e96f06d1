"""The seeded deviations fit the fake as it is, so that ``python -m contract_tests.teeth`` can try them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract_tests.teeth import deviation
from contract_tests.teeth.__main__ import WANTED, complaints_of, main, table
from contract_tests.teeth.deviation import ROOT, Deviation, StaleError, load
from contract_tests.teeth.trial import CONTRACT, Verdict

DEVIATIONS = load()
SERVICE = {path.name for path in (ROOT / "fakeim" / "service").glob("*.py")}
OF_THE_FAKE_ALONE = {"__init__.py", "calls.py", "clock.py", "faults.py", "transitions.py"}
"""What no contract test can notice, for AWS has nothing like it."""


@pytest.mark.parametrize("each", DEVIATIONS, ids=lambda each: each.name)
def test_a_deviation_fits_the_fake_and_changes_it(each: Deviation) -> None:
    content = (ROOT / each.file).read_text(encoding="utf-8")
    changed = each.applied_to(content)
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(content))
    assert each.symptom.endswith(".")
    assert all((ROOT / CONTRACT / name).is_file() for name in each.tests)
    assert set(each.targets) <= {"direct", "boto3", "http"}


def test_every_room_of_the_service_has_some() -> None:
    covered = {Path(each.file).name for each in DEVIATIONS if each.file.startswith("fakeim/service/")}
    assert covered == SERVICE - OF_THE_FAKE_ALONE
    assert len({each.name for each in DEVIATIONS}) == len(DEVIATIONS) >= 60


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let one deviation be all there are; give its file."""
    monkeypatch.setattr(deviation, "FOLDER", tmp_path)
    file = tmp_path / "one.toml"
    file.write_text('file = "f.py"\ntests = []\n[one]\nsymptom = "It is."\nbefore = "a"\nafter = "b"\n')
    return file


def test_a_deviation_with_an_odd_member_is_told(one: Path) -> None:
    one.write_text(one.read_text() + 'befor = "c"\n')
    with pytest.raises(ValueError, match=r"one\.toml: .*befor"):
        load()


@pytest.mark.parametrize("text", ["", "aa"])
def test_a_stale_deviation_is_told(one: Path, text: str) -> None:
    assert one.is_file()
    [only] = load()
    with pytest.raises(StaleError, match=f"stands {len(text)} times"):
        only.applied_to(text)
    assert only.applied_to("xax") == "xbx"


def test_what_is_not_noticed_is_complained_of() -> None:
    first, second = DEVIATIONS[0]._replace(survives=""), DEVIATIONS[1]._replace(survives="nobody can see it")
    noticed = [Verdict(first, "test_x.py::test", 1.0)] * 39
    assert complaints_of(noticed) == []
    assert complaints_of([*noticed, Verdict(second, None, 1.0)]) == []
    assert "no test notices" in complaints_of([*noticed, Verdict(first, None, 1.0)])[0]
    assert "needs no 'survives'" in complaints_of([*noticed, Verdict(second, "test_x.py::test", 1.0)])[0]
    assert "no verdict" in complaints_of([*noticed, Verdict(first, None, 1.0, "took too long")])[0]
    few = [Verdict(second, None, 1.0)] * 3
    assert f"it must be {WANTED:.0%}" in complaints_of([*noticed, *few])[0]
    assert "39 of 42 deviations noticed: 92.9%" in table([*noticed, *few])


def test_they_can_be_listed_and_mistyped() -> None:
    listed = CliRunner().invoke(main, ["--list"])
    assert len(listed.output.splitlines()) == len(DEVIATIONS)
    mistyped = CliRunner().invoke(main, ["--only", f"{DEVIATIONS[0].name}x"])
    assert mistyped.exit_code == 2
    assert f"did you mean {DEVIATIONS[0].name}" in mistyped.output
