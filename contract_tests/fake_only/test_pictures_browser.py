"""The pages in a real browser: no script runs, nothing is asked for, and they fit a phone."""

from __future__ import annotations

import re
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING

import pytest

import fakeim
from contract_tests.fake_only import browsers
from contract_tests.support import make_plan, start

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
ATTACK = '<script>document.title="ran"</script><img src="HERE/asked" onerror="document.title=\'ran\'">'
MEASURE = """<script>
const widths = [...document.querySelectorAll(".stack")].map((table) => table.parentElement.scrollWidth);
document.title = `${document.documentElement.scrollWidth} ${Math.max(...widths)} of ${innerWidth}`;
</script>"""
LONG = "x" * 4000


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Find a browser that starts here, and see that it would show what the tests look for."""
    found = browsers.find()
    if found is None:
        pytest.skip(f"none of {', '.join(browsers.NAMES)} is installed")
    try:
        seen = browsers.visit(
            found, f"<p>page</p>{ATTACK}<script>console.error(1)</script>", tmp_path_factory.mktemp("b")
        )
    except TimeoutExpired:
        pytest.skip(f"{found} does not open a page within {browsers.LONGEST} s here")
    if "<p>page</p>" not in seen.document:
        pytest.skip(f"{found} does not start here")
    assert "<title>ran</title>" in seen.document
    assert seen.console
    assert {"/", "/asked"} <= set(seen.requests)
    return found


def hostile_page() -> str:
    """Make a page of an account in which every text is an attack, and one is very long."""
    fake = fakeim.FakeIncidentManager(seed=ATTACK)
    fake.clock.freeze("2026-01-01")
    client = fake.client()
    item = {"identifier": {"type": "OTHER", "value": {"url": "javascript:document.title='ran'"}}, "title": ATTACK}
    template = {"title": ATTACK, "summary": f"</style></pre>{ATTACK}"}
    incident = start(client, make_plan(client, template=template, displayName=ATTACK), relatedItems=[item])
    for data in (ATTACK, f'{{"a": "{LONG}"}}', LONG, f"</title></svg>{ATTACK}"):
        client.create_timeline_event(
            incidentRecordArn=incident, eventType="Note", eventData=data, eventTime=fake.clock.now()
        )
    return fake.to_html()


def test_no_script_runs_and_nothing_is_asked_for(browser: str, tmp_path: Path) -> None:
    seen = browsers.visit(browser, hostile_page(), tmp_path)
    assert "<title>Account 123456789012" in seen.document
    assert re.findall("<(?:script|img|iframe|object)", seen.document) == []
    assert "&lt;script&gt;" in seen.document
    assert seen.console == []
    assert seen.requests == ["/"]


def test_the_policy_stops_what_escaping_would_let_through(browser: str, tmp_path: Path) -> None:
    broken = hostile_page().replace("<main", f"{ATTACK}<main", 1)
    seen = browsers.visit(browser, broken, tmp_path)
    assert "<title>Account 123456789012" in seen.document
    assert seen.requests == ["/"]
    assert any("Content Security Policy" in line for line in seen.console)


def test_a_page_fits_a_phone(browser: str, tmp_path: Path) -> None:
    measured = re.sub("<meta http-equiv.*?>", "", hostile_page()).replace("</body>", f"{MEASURE}</body>")
    seen = browsers.visit(browser, measured, tmp_path, width=390)
    found = re.search("<title>([0-9]+) ([0-9]+) of ([0-9]+)</title>", seen.document)
    assert found
    page, widest_table, window = map(int, found.groups())
    assert widest_table <= page <= window <= 500
