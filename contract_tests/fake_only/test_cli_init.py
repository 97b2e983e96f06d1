"""``fakeim init``: what it writes passes as it is, and what is there is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_tests.fake_only.command_line import refusal, run
from contract_tests.fake_only.plugin_runs import FUNCTION

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
    written = {tests / "conftest.py", tests / "test_incidents.py", folder / "pytest.ini"}
    assert {each for each in folder.rglob("*") if each.is_file()} == written
    assert {folder / line.removeprefix("wrote ") for line in result.stdout.splitlines()[:3]} == written
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


@pytest.mark.usefixtures("no_region")
@pytest.mark.parametrize("tests", ["tests", ".", "deeper/tests"])
def test_code_that_makes_a_client_without_a_region_can_be_imported(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tests: str
) -> None:
    monkeypatch.setenv("HOME", str(pytester.path.parent))  # pytester has it in the project
    pytester.makepyfile(function=FUNCTION)
    assert run("init", tests).exit_code == 0
    _import_function(Path(tests))
    pytester.syspathinsert()
    pytester.runpytest("-q", "-pno:cacheprovider").assert_outcomes(passed=2)
    pytester.runpytest("-q", "-pno:cacheprovider", tests).assert_outcomes(passed=2)


@pytest.mark.usefixtures("no_region")
@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("pytest.ini", "[pytest]"),
        (".pytest.ini", "[pytest]"),
        ("tox.ini", "[tox]\nenvlist = py\n[pytest]"),
        ("setup.cfg", "[metadata]\nname = ä\n[tool:pytest]"),
        ("pyproject.toml", "[project]\nname = 'x'\n[tool.pytest.ini_options]"),
    ],
)
@pytest.mark.parametrize("above", [False, True])
def test_what_configures_pytest_already_is_left_alone(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    section: str,
    above: bool,  # noqa: FBT001
) -> None:
    line = 'fakeim_region = "us-east-1"' if name.endswith("toml") else "fakeim_region = us-east-1"
    configuration = pytester.path / name
    configuration.write_text(f"{section}\n", encoding="utf-8")
    if above:
        pytester.mkdir("part")
        monkeypatch.chdir("part")
    pytester.makepyfile(function=FUNCTION)
    result = run("init")
    assert f"{name} alone; put {line} there, into the section of pytest\n" in result.stdout
    assert configuration.read_text(encoding="utf-8") == f"{section}\n"
    assert above or sorted(each.name for each in pytester.path.iterdir()) == sorted(["function.py", name, "tests"])
    configuration.write_text(f"{section}\n{line}\n", encoding="utf-8")
    _import_function(Path("tests"))
    pytester.syspathinsert()
    pytester.runpytest("-q", "-pno:cacheprovider").assert_outcomes(passed=2)
    assert "alone" not in run("init", "more").stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[project]\nname = 'x'\n[tool.ruff]\n# [tool.pytest.ini_options]\n"),
        ("tox.ini", "[tox]\n[testenv]\ncommands = pytest\n"),
        ("setup.cfg", "[metadata]\nname = x\n"),
        ("setup.cfg", "[pytest]\n"),
    ],
)
def test_what_does_not_configure_pytest_does_not_count(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    assert "wrote pytest.ini" in run("init").stdout
    assert (folder / name).read_text() == text


@pytest.mark.parametrize("home", [False, True])
def test_a_folder_that_is_no_project_is_not_configured(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    home: bool,  # noqa: FBT001
) -> None:
    if home:
        monkeypatch.setenv("HOME", str(folder))
    else:
        (folder / "elsewhere").mkdir()
        monkeypatch.chdir(folder / "elsewhere")
    assert run("init", str(folder / "tests")).exit_code == 0
    assert [each.relative_to(folder) for each in folder.rglob("pytest.ini")] == [Path("tests/pytest.ini")]


def _import_function(folder: Path) -> None:
    """Let the first test use a client that another module makes when it is imported."""
    test = folder / "test_incidents.py"
    text = test.read_text(encoding="utf-8").replace("import boto3\n", "import function\n")
    made = 'client = boto3.client("ssm-incidents", region_name="us-east-1")'
    assert made in text
    test.write_text(text.replace(made, "client = function.CLIENT"), encoding="utf-8")


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
