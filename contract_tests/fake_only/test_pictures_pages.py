"""An account as a page of HTML: what it shows, that text stays text, and that looking changes nothing."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import fakeim
from contract_tests.fake_only.accounts import full_account
from contract_tests.fake_only.html_pages import Page
from contract_tests.fake_only.inspection import dump
from contract_tests.fake_only.over_http import control, send
from contract_tests.support import NO_INCIDENT, make_plan, start
from fakeim.pictures import account, pages, words

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    "<script>document.title = 'ran'</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style></pre><svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %} &lt; &amp;",
    "شعار \u202egnp.exe\u2066 👨\u200d👩\u200d👧 \x00\x1b[31m\r\u2028",
    "]]> --> <!-- ",
)


def frozen(**options: Any) -> fakeim.FakeIncidentManager:
    fake = fakeim.FakeIncidentManager(**options)
    fake.clock.freeze("2026-01-01T09:00:00")
    return fake


def text_of(fake: fakeim.FakeIncidentManager, incident: str | None = None) -> str:
    """Give what a page says, its texts one after the other, each on a line."""
    return "\n".join(line for text in Page(fake.to_html(incident)).texts if (line := " ".join(text.split())))


# -- what it shows


def test_a_page_shows_all_that_is_there() -> None:
    fake = full_account().fake
    shown = text_of(fake)
    state = fake.snapshot().state
    for table in (state.incident_records, state.response_plans):
        for arn in table._rows:  # noqa: SLF001
            assert arn in shown
    for text in ("Account 123456789012", "us-east-1", "eu-west-1", "OPEN", "Impact 3 Medium", "summary", "runbook"):
        assert text in shown
    for text in ("cloudFormationStackUpdate", "SSM Incident Record Update", "Note", "incidentTags", "Statement"):
        assert text in shown
    assert "https://example.org" in Page(fake.to_html()).links


def test_a_lost_reply_and_the_retry_that_pages_twice_are_plain_to_see() -> None:
    """The bug that the page is to show: a retry without a client token opens a second incident."""
    fake = frozen()
    client = fake.client()
    plan = make_plan(client)
    fake.faults.lose_reply("StartIncident")
    with pytest.raises(Exception, match="timeout"):
        start(client, plan)
    fake.clock.advance(seconds=61)
    second = start(client, plan)
    shown = text_of(fake)
    assert "fault: done, but the reply was lost" in shown
    assert "retried by call 3, 1 min 1 s later, without a clientToken: that opened a second incident" in shown
    assert "retries call 2; nobody was told of the incident that call 2 opened" in shown
    assert "nobody was told" in text_of(fake, second)


def test_a_retry_with_its_token_is_no_alarm() -> None:
    fake = frozen()
    client = fake.client()
    plan = make_plan(client)
    fake.faults.lose_reply("StartIncident")
    with pytest.raises(Exception, match="timeout"):
        start(client, plan, clientToken="one")
    incident = start(client, plan, clientToken="one")
    shown = text_of(fake, incident)
    assert "retried by call 3, at once, with the same clientToken" in shown
    assert "second" not in shown
    assert 'class="alarm"' not in fake.to_html()


def test_a_start_that_came_to_nothing_stands_with_the_incident_of_the_next_one() -> None:
    fake = frozen()
    client = fake.client()
    plan = make_plan(client)
    with (
        fake.faults.inject("StartIncident", "ThrottlingException", times=1),
        pytest.raises(client.exceptions.ClientError),
    ):
        start(client, plan, clientToken="one")
    with pytest.raises(client.exceptions.ClientError):
        start(client, NO_INCIDENT.replace("incident-record", "response-plan"))
    shown = text_of(fake, start(client, plan, clientToken="two"))
    assert "fault: nothing was done" in shown
    assert "with another clientToken" in shown
    assert "refused" not in shown  # the call for another plan is none of this incident's
    assert "refused" in text_of(fake)


def test_one_incident_alone() -> None:
    fake = frozen()
    client = fake.client()
    first, second = (start(client, make_plan(client, name), title=f"of {name}") for name in ("one", "two"))
    shown = text_of(fake, second)
    assert "of two" in shown
    assert "of one" not in shown
    assert first not in shown
    page = Page(fake.to_html(second))
    assert page.title == "of two – fake Incident Manager"  # noqa: RUF001


def test_an_empty_account_and_one_that_is_not_onboarded() -> None:
    assert "There is no incident." in text_of(frozen())
    assert "none: no replication set" in text_of(frozen(onboarded=False))


def test_json_is_laid_out_and_what_is_quoted_in_it_too() -> None:
    fake = frozen()
    client = fake.client()
    raw = json.dumps({"detail": {"state": "ALARM"}})
    trigger = {"source": "aws.cloudwatch", "timestamp": 0, "rawData": raw, "triggerArn": "arn:aws:cloudwatch:::alarm:x"}
    incident = start(client, make_plan(client), triggerDetails=trigger)
    texts = Page(fake.to_html(incident)).texts
    assert json.dumps({"detail": {"state": "ALARM"}}, indent=2) in texts
    assert "arn:aws:cloudwatch:::alarm:x opened the incident" in texts


@pytest.mark.parametrize(
    "data", ["[" * 12_000, "9" * 12_000, '{"a":' * 2400, "x" * 12_000, '"\\ud800"', "{}", "[]", "1"]
)
def test_any_event_data_is_shown(data: str) -> None:
    fake = frozen()
    client = fake.client()
    incident = start(client, make_plan(client))
    client.create_timeline_event(incidentRecordArn=incident, eventType="Note", eventData=data, eventTime="2026-01-01")
    texts = Page(fake.to_html()).texts
    assert {data, "\\ud800", words.pretty(words.parsed(data))} & set(texts)


def test_of_very_much_the_latest_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in (("MOST_INCIDENTS", 2), ("MOST_EVENTS", 1), ("MOST_CALLS", 3)):
        monkeypatch.setattr(account, name, most)
    fake = frozen()
    client = fake.client()
    plan = make_plan(client)
    for number in range(5):
        start(client, plan, title=f"title {number}")
    shown = text_of(fake)
    assert "title 2" not in shown.split("All calls")[0]
    assert "title 3" in shown
    assert "The latest 2 incidents are shown; 3 earlier ones are not." in shown
    assert "The latest 1 events are shown; 1 earlier ones are not." in shown
    assert "relatedItems → added PARENT" in shown
    assert "Incident Started" not in shown
    assert "The latest 3 calls are shown; 3 earlier ones are not." in shown


# -- text stays text


@given(st.lists(st.text(min_size=1, max_size=40) | st.sampled_from(HOSTILE), min_size=6, max_size=6))
@example(list(HOSTILE))
def test_whatever_a_user_wrote_is_shown_and_never_obeyed(texts: list[str]) -> None:
    title, summary, note, name, seed, item = texts
    fake = frozen(seed=seed)
    client = fake.client()
    template = {"title": title, "summary": summary}
    plan = make_plan(client, template=template, displayName=name)
    identifier: Any = {"type": "OTHER", "value": {"url": "javascript:alert(1)"}}
    incident = start(client, plan, relatedItems=[{"identifier": identifier, "title": item}])
    client.create_timeline_event(
        incidentRecordArn=incident, eventType="Note", eventData=json.dumps(note), eventTime="2026-01-01"
    )
    page = Page(fake.to_html())
    assert {words.visible(text) for text in texts} <= set(page.texts)
    assert [link for link in page.links if not link.startswith("#")] == []
    assert set(page.tags) == set(Page(plain()).tags) | ({"pre"} & set(page.tags))
    assert not set("\x00\x1b\r\u202e\u2066\u2028") & set(fake.to_html())


def plain() -> str:
    """Give a page of texts without anything in them."""
    fake = frozen()
    client = fake.client()
    plan = make_plan(client, template={"summary": "s"}, displayName="n")
    item: Any = {"identifier": {"type": "OTHER", "value": {"url": "x"}}, "title": "t"}
    start(client, plan, relatedItems=[item])
    return fake.to_html()


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://example.org/a?b=c&d='\"", True),
        ("HTTP://example.org", True),
        ("javascript:alert(1)", False),
        (" https://example.org", False),
        ("https://example.org/\nx", False),
        ("data:text/html,x", False),
        ("//example.org", False),
    ],
)
def test_only_addresses_of_the_web_are_links(url: str, leads: bool) -> None:  # noqa: FBT001 - a row of the table
    fake = frozen()
    client = fake.client()
    item: Any = {"identifier": {"type": "OTHER", "value": {"url": url}}}
    start(client, make_plan(client), relatedItems=[item])
    page = Page(fake.to_html())
    assert (url in page.links) == leads
    assert words.visible(url) in page.texts


def test_half_a_character_can_be_written(tmp_path: Path) -> None:
    fake = frozen()
    client = fake.client()
    start(client, make_plan(client), title="half \ud800")
    fake.to_html(path=tmp_path / "page.html")
    assert "half \\ud800" in (tmp_path / "page.html").read_text(encoding="utf-8")


# -- looking


def test_looking_changes_nothing_and_equal_accounts_give_equal_pages() -> None:
    one, other = full_account().fake, full_account().fake
    for each in (one, other):
        each.faults.inject("*", 500)
    one.clock.auto_advance(5)
    before, calls = dump(one), len(one.calls)
    page = one.to_html()
    assert (dump(one), len(one.calls), one.clock.now()) == (before, calls, other.clock.now())
    assert page == other.to_html() == one.to_html()


def test_tokens_that_are_chance_make_no_difference() -> None:
    def told() -> str:
        fake = frozen()
        client = fake.boto3_client()
        for _ in range(2):
            start(
                client,
                make_plan(client, "a") if not fake.calls else "arn:aws:ssm-incidents::123456789012:response-plan/a",
            )
        return fake.to_html()

    assert told() == told()
    assert "UUID 2" in told()


def test_the_file_is_the_page(tmp_path: Path) -> None:
    fake = frozen()
    page = fake.to_html(path=str(tmp_path / "page.html"))
    assert (tmp_path / "page.html").read_bytes().decode() == page


def test_an_unknown_incident_is_told() -> None:
    fake = frozen()
    incident = start(fake.client(), make_plan(fake.client()))
    with pytest.raises(ValueError, match=f"there is no incident .*; did you mean {incident}"):
        fake.to_html(f"{incident[:-1]}?")


def test_without_jinja_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    pages.environment.cache_clear()
    with pytest.raises(ModuleNotFoundError, match=r'pip install "fakeim\[html\]"'):
        frozen().to_html()


# -- served


def test_the_page_is_served(fake: fakeim.FakeIncidentManager, url: str) -> None:
    fake.clock.freeze("2026-01-01")
    answer = send(url, "GET", "/_fakeim/")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.body.decode() == fake.to_html()
    assert answer.headers["content-security-policy"] == "frame-ancestors 'none'"
    assert control(url, "calls") == {"calls": []}


def test_the_page_of_another_account_is_served_by_its_key() -> None:
    other = frozen(account_id="222222222222")
    with frozen().serve(accounts={"AKIDB": other}) as url:
        assert b"222222222222" in send(url, "GET", "/_fakeim/?access_key=AKIDB").body
        assert b"222222222222" not in send(url, "GET", "/_fakeim/").body


def test_the_page_can_be_off() -> None:
    with frozen().serve(control=False) as url:
        assert send(url, "GET", "/_fakeim/").status == 404


def test_a_server_without_jinja_tells_the_remedy(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    pages.environment.cache_clear()
    answer = send(url, "GET", "/_fakeim/")
    assert (answer.status, answer.json) == (501, {"error": pages.REMEDY})
