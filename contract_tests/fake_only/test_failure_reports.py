"""What stands beside a failure while a patch of the test is active: the run goes on, whatever the test has replaced."""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec

import pytest

from contract_tests.fake_only.plugin_runs import run, run_apart
from fakeim.testing.failures import survived

PAGE = "--fakeim-report=report.html"
OPTIONS = [[], [PAGE], [PAGE, "-n2"]] if find_spec("jinja2") else [[], ["-n2"]]

PATCHES = """
import builtins, json, os, pathlib, sys, time
from unittest.mock import MagicMock, Mock, mock_open

@pytest.fixture
def incident(fakeim):
    arn = fakeim.open_incident(title="in the account")
    fakeim.client().create_timeline_event(
        incidentRecordArn=arn, eventTime=fakeim.clock.now(), eventType="Note", eventData='{"why": "disk"}'
    )

def failing(*args, **kwargs):
    raise RuntimeError("replaced")

def fails(*args, **kwargs):
    pytest.fail("nothing may ask for the time")

def exits(*args, **kwargs):
    sys.exit(3)

CLOCKS = {
    "mock": Mock(), "magic": MagicMock(), "none": lambda: None, "text": lambda: "noon", "huge": lambda: 10**40,
    "nan": lambda: float("nan"), "raises": failing, "ends": Mock(side_effect=[]), "fails": fails, "exits": exits,
}

@pytest.mark.parametrize("clock", CLOCKS)
def test_unreadable_clock(incident, monkeypatch, clock):
    monkeypatch.setattr(time, "time_ns", CLOCKS[clock])
    assert False, "as usual"

OTHERS = [
    "json.dumps", "json.loads", "builtins.open", "io.open_code", "time.time", "time.monotonic", "os.path.getmtime",
    "pathlib.Path.read_text", "pathlib.Path.read_bytes", "pathlib.Path.open", "importlib.resources.files",
    "datetime.datetime", "uuid.uuid4", "hashlib.sha256", "re.compile", "html.escape", "threading.Lock",
]

@pytest.mark.parametrize("replacement", [failing, MagicMock(), None], ids=["failing", "magic", "none"])
@pytest.mark.parametrize("target", OTHERS)
def test_replaced(incident, monkeypatch, target, replacement):
    if replacement is None and target in ("threading.Lock", "time.monotonic", "re.compile", "builtins.open"):
        replacement = failing  # pytest needs them
    monkeypatch.setattr(target, replacement)
    assert False, "as usual"

def test_mock_open(incident, monkeypatch):
    monkeypatch.setattr(builtins, "open", mock_open(read_data="nothing"))
    assert False, "as usual"

def test_environment(incident, monkeypatch):
    for name in set(os.environ) - {"PYTEST_CURRENT_TEST", "PYTEST_VERSION"}:
        monkeypatch.delenv(name)
    assert False, "as usual"

def test_botocore(incident, monkeypatch):
    for name in [each for each in sys.modules if each.split(".")[0] in ("botocore", "boto3", "urllib3")]:
        monkeypatch.setitem(sys.modules, name, MagicMock())
    assert False, "as usual"

@pytest.mark.parametrize("replacement", [failing, fails, exits, Mock()], ids=["failing", "fails", "exits", "mock"])
def test_parts(incident, monkeypatch, replacement):
    monkeypatch.setattr(json.JSONEncoder, "iterencode", replacement)
    monkeypatch.setattr(json.JSONEncoder, "encode", replacement)
    assert False, "as usual"

def test_everything(incident, fakeim, monkeypatch):
    monkeypatch.setattr(type(fakeim), "__repr__", failing)
    monkeypatch.setattr(type(fakeim), "calls", property(failing))
    monkeypatch.setattr(type(fakeim), "incidents", property(failing))
    monkeypatch.setattr("fakeim.pictures.account.read", failing)
    assert False, "as usual"

def test_the_clock_itself(incident, monkeypatch):
    monkeypatch.setattr("fakeim.testing.failures.datetime", None)
    assert False, "as usual"

def test_later(fakeim, fakeim_client):
    assert fakeim.clock.now() and names(fakeim_client) == [] and not fakeim.incidents
"""
CLOCKS, OTHERS, PARTS, ALONE = 10, 17 * 3, 4, 5
FAILED = CLOCKS + OTHERS + PARTS + ALONE


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_a_failure_is_reported_whatever_the_test_has_replaced(pytester: pytest.Pytester, options: list[str]) -> None:
    ran = run_apart(pytester, PATCHES, *options)
    ran.assert_outcomes(failed=FAILED, passed=1)
    said = ran.stdout.str()
    assert "INTERNALERROR" not in said
    assert len(re.findall(r"AssertionError: as usual\nE +assert False", said)) == FAILED
    assert said.count("fakeim could not render the account's clock, and shows the real time: ") == CLOCKS
    assert said.count("incident 'in the account', OPEN") == FAILED - 2
    for part in ("its name", "the calls", "the incidents"):
        assert f"fakeim could not render {part}: RuntimeError: replaced" in said
    assert "fakeim could not render the account: AttributeError: " in said
    assert "fakeim could not render the incidents: Failed: nothing may ask for the time" in said
    assert "fakeim could not render the incidents: SystemExit: 3" in said
    if PAGE in options:
        page = (pytester.path / "report.html").read_text(encoding="utf-8")
        assert page.count("fakeim could not render this account: RuntimeError: replaced") == 2
        assert page.count("fakeim could not render the account&#x27;s clock, and shows the real time: ") == CLOCKS
        assert page.count("as usual") >= FAILED


@pytest.mark.parametrize("options", OPTIONS[:2], ids=" ".join)
def test_a_failure_is_reported_in_a_fake_file_system(pytester: pytest.Pytester, options: list[str]) -> None:
    pytest.importorskip("pyfakefs", reason="it has the file system: pip install pyfakefs")
    tests = """
    def test_before(fs, fakeim):
        fakeim.open_incident(title="in the account")
        assert False, "as usual"

    def test_after(fakeim, fs):
        fakeim.open_incident(title="in the account")
        assert False, "as usual"

    def test_later(fakeim):
        assert not fakeim.incidents
    """
    ran = run_apart(pytester, tests, *options)
    ran.assert_outcomes(failed=2, passed=1)
    assert ran.stdout.str().count("incident 'in the account', OPEN") == 2
    ran.stdout.no_fnmatch_line("*fakeim could not*")
    if PAGE in options:
        page = (pytester.path / "report.html").read_text(encoding="utf-8")
        assert "fakeim could not" not in page
        assert "in the account" in page


def test_a_time_that_the_test_has_set_is_shown(pytester: pytest.Pytester) -> None:
    tests = """
    import time
    from freezegun import freeze_time

    @pytest.fixture
    def frozen():
        with freeze_time("2027-01-02T03:04:05Z"):
            yield

    def test_frozen(fakeim, frozen):
        assert False

    def test_read_twice(fakeim, monkeypatch):
        readings = iter([1_800_000_000 * 10**9])
        monkeypatch.setattr(time, "time_ns", lambda: next(readings))
        assert False

    @pytest.mark.fakeim(frozen="2028-01-01")
    def test_stands(fakeim, monkeypatch):
        monkeypatch.setattr(time, "time_ns", None)
        assert False
    """
    ran = run(pytester, tests)
    ran.assert_outcomes(failed=3)
    moments = ["2027-01-02T03:04:05", "2027-01-15T08:00:00", "2028-01-01T00:00:00"]
    ran.stdout.fnmatch_lines([f"<FakeIncidentManager *at {each}+00:00" for each in moments])
    ran.stdout.no_fnmatch_line("*fakeim could not*")


def test_a_report_leaves_the_clock_running(pytester: pytest.Pytester) -> None:
    tests = """
    @pytest.fixture
    def looks(fakeim):
        yield
        fakeim.clock.advance(hours=1)
        first = fakeim.clock.now()
        while fakeim.clock.now() == first:  # it runs
            pass

    def test_fails(fakeim, looks):
        assert False
    """
    run(pytester, tests).assert_outcomes(failed=1)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), pytest.exit.Exception("enough")], ids=["interrupt", "exit"])
def test_what_ends_a_run_in_pytest_ends_it_here(error: BaseException) -> None:
    with pytest.raises(type(error)), survived("render it", pytest.fail):
        raise error


def test_an_error_that_cannot_be_printed_is_named() -> None:
    class UnprintableError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    said: list[str] = []
    with survived("render it", said.append):
        raise UnprintableError
    assert [each.split(": ")[0] for each in said] == ["fakeim could not render it"]
    assert "UnprintableError" in said[0]


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in use is not removed there")
def test_a_page_that_can_no_longer_be_written_is_told_at_the_end(pytester: pytest.Pytester) -> None:
    pytest.importorskip("jinja2", reason='pages need Jinja2: pip install "fakeim[html]"')
    (pytester.path / "out").mkdir()
    tests = """
    import shutil

    def test_removes_it():
        shutil.rmtree("out")

    def test_fails(fakeim):
        assert False
    """
    ran = run(pytester, tests, "--fakeim-report=out/report.html")
    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines(["fakeim could not write *report.html: FileNotFoundError: *"])
    ran.stdout.no_fnmatch_line("*shown in*")
