"""``fakeim init``: what it writes passes as it is, and what is there is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.fake_only.command_line import refusal, run

CONFTEST = "# mine\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("arguments", [[], ["checks/of/bots"], ["."]])
def test_files_are_written_and_named(folder: Path, arguments: list[str]) -> None:
    result = run("init", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    tests = folder / (arguments or ["tests"])[0]
    assert sorted(each.name for each in tests.iterdir()) == ["conftest.py", "test_incidents.py"]
    assert [line.split()[0] for line in result.stdout.splitlines()[:2]] == ["wrote", "wrote"]
    assert f"pytest {(tests / 'test_incidents.py').relative_to(folder)}" in result.stdout


@pytest.mark.parametrize("conftest", [None, CONFTEST], ids=["alone", "beside a conftest.py"])
def test_the_first_tests_pass_with_plain_pytest(pytester: pytest.Pytester, conftest: str | None) -> None:
    if conftest is not None:
        pytester.mkdir("tests").joinpath("conftest.py").write_text(conftest, encoding="utf-8")
    result = run("init", pytester.path / "tests")
    assert result.exit_code == 0
    assert ("left " in result.stdout) == (conftest is not None)
    done = pytester.runpytest_subprocess("--strict-markers", "-W", "error", "-q", "-p", "no:cacheprovider")
    done.assert_outcomes(passed=2)


@pytest.mark.parametrize("mode", ["prepend", "importlib"])
def test_two_folders_of_tests_pass_together(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("HOME", str(pytester.path.parent))  # pytester has it in the project
    for folder in ("tests", "other", "other/deeper", "other"):
        run("init", folder)
    written = [str(each.relative_to(pytester.path)) for each in sorted(pytester.path.rglob("test_*.py"))]
    assert len({Path(each).name for each in written}) == len(written) == 3
    done = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider", f"--import-mode={mode}")
    done.assert_outcomes(passed=6)


def test_a_home_is_no_project_to_look_through(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    (folder / "another").mkdir()
    (folder / "another" / "test_incidents.py").touch()
    run("init")
    assert (folder / "tests" / "test_incidents.py").exists()


def test_what_is_installed_takes_no_name(folder: Path) -> None:
    for each in ("node_modules/x", ".hidden", "environment/lib"):
        (folder / each).mkdir(parents=True)
        (folder / each / "test_incidents.py").touch()
    (folder / "environment" / "pyvenv.cfg").touch()
    run("init")
    assert (folder / "tests" / "test_incidents.py").exists()


def test_what_is_there_is_left_as_it_is(folder: Path) -> None:
    (folder / "tests").mkdir()
    mine = [folder / "tests" / name for name in ("conftest.py", "test_incidents.py")]
    mine[0].write_text(CONFTEST, encoding="utf-8")
    assert run("init").exit_code == 0
    assert mine[0].read_text(encoding="utf-8") == CONFTEST
    mine[1].write_text("# mine too\n", encoding="utf-8")
    again = run("init")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "is there already, and left alone; give another folder: fakeim init DIR" in again.stderr
    assert mine[1].read_text(encoding="utf-8") == "# mine too\n"


def test_a_file_is_no_folder(folder: Path) -> None:
    (folder / "tests").write_text("", encoding="utf-8")
    assert "is a file" in refusal(run("init", "tests"))
    result = run("init", "tests/below")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "cannot write" in result.stderr
