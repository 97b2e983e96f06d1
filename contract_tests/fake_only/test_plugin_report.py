"""``--fakeim-report``: a page about the run, with the account of each test that failed."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("jinja2", reason='pages and pictures need Jinja2: pip install "fakeim[html]"')

from contract_tests.fake_only.html_pages import Page
from contract_tests.fake_only.plugin_runs import run
from fakeim.pictures import pages

if TYPE_CHECKING:
    from pathlib import Path

TESTS = """
@pytest.fixture
def the_plan(fakeim_client):
    return plan(fakeim_client, "web")

@pytest.mark.fakeim(frozen="2026-01-01", seed=9)
@pytest.mark.parametrize("title", ["<b>one</b>", "two"])
def test_opens_one_incident(fakeim, fakeim_client, the_plan, title):
    fakeim.faults.lose_reply("StartIncident")
    for _ in range(2):  # the bot: it tries again, but has no token
        try:
            fakeim_client.start_incident(responsePlanArn=the_plan, title=title)
        except Exception:
            pass
    assert len(fakeim_client.list_incident_records()["incidentRecordSummaries"]) == 1

def test_passes(fakeim_client, the_plan):
    fakeim_client.start_incident(responsePlanArn=the_plan, title="all is well")

def test_fails_by_itself():
    assert False, "no fake here"

@pytest.fixture
def broken(the_plan):
    assert False, "broken fixture"

@pytest.mark.fakeim(frozen="2026-01-01")
def test_is_not_set_up(broken): ...

@pytest.mark.xfail
def test_is_known_to_fail(fakeim):
    assert False
"""
OUTCOMES = {"failed": 3, "passed": 1, "errors": 1, "xfailed": 1}


def page_at(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def written(pytester: pytest.Pytester, *arguments: str) -> Page:
    run(pytester, TESTS, "--fakeim-report=report.html", *arguments).assert_outcomes(**OUTCOMES)
    return page_at(pytester.path / "report.html")


def test_each_test_that_failed_is_shown_with_its_account(pytester: pytest.Pytester) -> None:
    """The bug of the bot in there, a retry that opens a second incident, is said on the page."""
    page = written(pytester)
    said = "\n".join(page.texts)
    assert "3 of 5 tests with a fake failed" in page.texts
    assert "1 more failed that asked for no fake, or after it was taken away." in page.texts
    # Before pytest 8.4, which hides it, the account's parameter shows in the names.
    names = [re.sub(r"\[fakeim\]$|(?<=\[)fakeim-", "", text) for text in page.texts]
    shown = [text for text in names if text.startswith("test_inner.py::")]
    assert sorted(set(shown)) == [
        "test_inner.py::test_is_not_set_up",
        "test_inner.py::test_opens_one_incident[<b>one</b>]",
        "test_inner.py::test_opens_one_incident[two]",
    ]
    assert "assert 2 == 1" in said
    assert "broken fixture" in said
    assert said.count(": that opened a second incident") == 4  # of each test, at its incident and among all calls
    assert "fault: done, but the reply was lost" in page.texts
    assert "9" in page.texts  # the seed
    assert "all is well" not in said


def test_workers_of_xdist_send_their_part(pytester: pytest.Pytester) -> None:
    alone, together = written(pytester), written(pytester, "-n2")
    assert together.ids == alone.ids

    def same(page: Page) -> list[str]:  # but for the worker's name, and where objects lie in memory
        return [re.sub(r"at 0x[0-9a-f]+|^\[gw.*\n\n", "", text) for text in page.texts]

    assert same(together) == same(alone)


def test_tests_that_passed_are_shown_if_that_is_asked_for(pytester: pytest.Pytester) -> None:
    page = written(pytester, "--fakeim-report-all")
    assert "all is well" in page.texts
    assert "test_inner.py::test_is_known_to_fail" in page.texts
    assert "no fake here" not in "\n".join(page.texts)


def test_the_ini_file_can_ask_for_it(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nfakeim_report = pages.html\nfakeim_report_all = true")
    ran = run(pytester, "def test_passes(fakeim_client):\n    plan(fakeim_client, 'seen')", "-n0")
    ran.stdout.fnmatch_lines(["fakeim: 1 test is shown in *pages.html"])
    assert "seen" in page_at(pytester.path / "pages.html").texts


def test_a_run_without_failures_says_so(pytester: pytest.Pytester) -> None:
    run(pytester, "def test_passes(fakeim): ...", "--fakeim-report=report.html")
    page = page_at(pytester.path / "report.html")
    assert "0 of 1 tests with a fake failed" in page.texts
    assert "No test that asked for a fake has failed." in page.texts


def test_a_test_that_is_run_again_is_shown_once(pytester: pytest.Pytester) -> None:
    run(pytester, TESTS, "--fakeim-report=report.html", "--keep-duplicates", "test_inner.py", "test_inner.py")
    assert page_at(pytester.path / "report.html").tags.count("h2") == 3


def test_without_the_option_there_is_no_page(pytester: pytest.Pytester) -> None:
    ran = run(pytester, TESTS)
    ran.assert_outcomes(**OUTCOMES)
    ran.stdout.no_fnmatch_line("*shown in*")
    assert list(pytester.path.glob("**/*.html")) == []


def test_to_look_at_what_there_is_to_run_leaves_the_last_page_alone(pytester: pytest.Pytester) -> None:
    (pytester.path / "report.html").write_text("of the last run", encoding="utf-8")
    run(pytester, TESTS, "--fakeim-report=report.html", "--collect-only").stdout.no_fnmatch_line("*shown in*")
    assert (pytester.path / "report.html").read_text(encoding="utf-8") == "of the last run"


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("missing/report.html", "there is no folder *missing; make it first"),
        (".", "that is a folder; give the name of a file*"),
        ("test_inner.py/report.html", "there is no folder *test_inner.py; make it first"),
    ],
)
def test_a_page_that_cannot_be_written_stops_the_run(pytester: pytest.Pytester, path: str, problem: str) -> None:
    ran = run(pytester, TESTS, f"--fakeim-report={path}")
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines([f"ERROR: --fakeim-report=*: {problem}"])
    ran.stdout.no_fnmatch_line("*test session starts*")


def test_a_file_that_must_not_be_written_stops_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # whoever runs this may be allowed to write everywhere
    ran = run(pytester, TESTS, "--fakeim-report=report.html")
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines(["ERROR: --fakeim-report=*: this file must not be written; choose another"])


def test_without_jinja_the_run_stops_with_the_remedy(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    pages.environment.cache_clear()
    ran = run(pytester, TESTS, "--fakeim-report=report.html")
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines([f"ERROR: --fakeim-report: {pages.REMEDY}".replace("[", "[[]")])
