"""The service as a WSGI application, for any server, and for pages in a browser."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from contract_tests.fake_only.over_http import PLAN_ARN
from contract_tests.support import make_plan
from fakeim.clients import wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIApplication

    import fakeim


def call(app: WSGIApplication, method: str, path: str, **environ: Any) -> tuple[str, bytes]:
    """Call an application as a server does that offers nothing but what WSGI demands, and ``environ``."""
    status, _, content = call_in_full(app, method, path, **environ)
    return status, content


def call_in_full(app: WSGIApplication, method: str, path: str, **environ: Any) -> tuple[str, dict[str, str], bytes]:
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        started.extend((status, dict(headers)))
        return started.append

    given = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": BytesIO(), **environ}
    content = b"".join(app(given, start_response))
    return started[0], started[1], content


def test_a_server_that_decodes_paths_will_do(fake: fakeim.FakeIncidentManager) -> None:
    make_plan(fake.client(), tags={"a": "b"})
    assert call(fake.wsgi_app, "GET", f"/tags/{PLAN_ARN}") == ("200 OK", b'{"tags":{"a":"b"}}')
    assert call(fake.wsgi_app, "POST", "/listIncidentRecords/more/and/more")[0] == "404 Not Found"
    assert call(fake.wsgi_app, "GET", "")[0] == "404 Not Found"


@pytest.mark.parametrize("name", ["REQUEST_URI", "RAW_URI"])
def test_an_application_may_be_mounted(fake: fakeim.FakeIncidentManager, name: str) -> None:
    make_plan(fake.client(), tags={"a": "b"})
    raw: dict[str, Any] = {name: f"/a%20b/tags/{quote(PLAN_ARN, safe='')}?x=y", "SCRIPT_NAME": "/a b"}
    assert call(fake.wsgi_app, "GET", f"/tags/{PLAN_ARN}", **raw)[0] == "200 OK"


@pytest.mark.parametrize(
    ("length", "terminated", "read"),
    [("3", False, 3), ("", False, 0), ("x", False, 0), ("-1", False, 0), ("", True, wire.LARGEST_BODY + 1)],
)
def test_no_more_is_read_than_there_is(
    fake: fakeim.FakeIncidentManager, length: str, read: int, *, terminated: bool
) -> None:
    stream = BytesIO(b" " * (2 * wire.LARGEST_BODY))
    environ: dict[str, Any] = {"CONTENT_LENGTH": length, "wsgi.input": stream, "wsgi.input_terminated": terminated}
    call(fake.wsgi_app, "POST", "/listIncidentRecords", **environ)
    assert stream.tell() == read


def test_without_waitress_the_remedy_is_told(fake: fakeim.FakeIncidentManager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "waitress", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "fakeim\[server\]"'):
        fake.serve()
    assert call(fake.wsgi_app, "POST", "/listIncidentRecords")[0] == "200 OK"


# -- pages in a browser

ORIGIN = {"HTTP_ORIGIN": "http://localhost:5173"}
WANTED = "authorization,x-amz-date"
ASKED = {"HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST", "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": WANTED}


def test_a_browser_is_granted_what_it_asks_for(fake: fakeim.FakeIncidentManager) -> None:
    status, headers, content = call_in_full(fake.wsgi_app, "OPTIONS", "/startIncident", **ORIGIN, **ASKED)
    assert (status, content) == ("200 OK", b"")
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Access-Control-Allow-Headers"] == WANTED
    assert {"GET", "POST", "DELETE"} == set(headers["Access-Control-Allow-Methods"].split(","))
    assert call(fake.wsgi_app, "OPTIONS", "/startIncident", **ORIGIN)[0] == "404 Not Found"


@pytest.mark.parametrize("path", ["/listIncidentRecords", "/nothing"])
def test_a_page_may_read_answers_and_errors(fake: fakeim.FakeIncidentManager, path: str) -> None:
    _, elsewhere, _ = call_in_full(fake.wsgi_app, "POST", path)
    _, in_a_page, _ = call_in_full(fake.wsgi_app, "POST", path, **ORIGIN)
    added = in_a_page.keys() - elsewhere.keys()
    assert added == {"Access-Control-Allow-Origin", "Access-Control-Expose-Headers"}
    assert in_a_page["Access-Control-Allow-Origin"] == "*"
    assert "x-amzn-ErrorType" in in_a_page["Access-Control-Expose-Headers"]


def test_the_control_path_keeps_to_its_own_origin(fake: fakeim.FakeIncidentManager) -> None:
    make_plan(fake.client())
    for method, more in (("POST", {}), ("OPTIONS", ASKED)):
        status, headers, _ = call_in_full(fake.wsgi_app, method, "/_fakeim/reset", **ORIGIN, **more)
        assert status == "403 Forbidden"
        assert not any(name.startswith("Access-Control") for name in headers)
    assert fake.client().list_response_plans()["responsePlanSummaries"]
    own = {"HTTP_ORIGIN": "http://localhost:1", "HTTP_HOST": "localhost:1"}
    assert call(fake.wsgi_app, "POST", "/_fakeim/reset", **own)[0] == "200 OK"
