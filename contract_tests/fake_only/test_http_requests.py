"""Requests over a socket as they come, and as no client should send them."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest

from contract_tests.fake_only.over_http import PLAN, PLAN_ARN, Connection, control, send, send_bytes
from contract_tests.support import make_plan
from fakeim.clients import wire
from fakeim.service import related_items

if TYPE_CHECKING:
    import fakeim


LONG = b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000


@pytest.mark.parametrize(
    ("authorization", "host", "found"),
    [
        ("AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/ssm-incidents/aws4_request, Signature=0", "", True),
        ("AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-north-1/ssm-incidents/aws4_request, Signature=0", "", False),
        ("AWS4-HMAC-SHA256 Credential=AKID/20260101/nowhere/ssm-incidents/aws4_request, Signature=0", "", True),
        ("Credential=", "", True),
        ("", "ssm-incidents.eu-west-1.amazonaws.com", True),
        ("", "ssm-incidents.eu-north-1.amazonaws.com", False),
        ("", "ssm-incidents-fips.us-west-2.amazonaws.com:443", False),
        ("", "SSM-Incidents.eu-north-1.api.aws", False),
        ("", "example.com", True),
    ],
)
def test_where_a_request_comes_from(
    fake: fakeim.FakeIncidentManager, url: str, authorization: str, host: str, *, found: bool
) -> None:
    [arn] = fake.client().list_replication_sets()["replicationSetArns"]
    headers = {"Authorization": authorization, "Host": host or urlsplit(url).netloc}
    assert send(url, "GET", f"/getReplicationSet?arn={arn}", **headers).status == (200 if found else 404)


def test_what_an_answer_has(url: str) -> None:
    made = send(url, "POST", "/createResponsePlan", PLAN)
    assert (made.status, made.json) == (201, {"arn": PLAN_ARN})
    assert made.headers["content-type"] == "application/json"
    assert made.headers["content-length"] == str(len(made.body))
    assert made.headers["x-amzn-requestid"].endswith("123456789012")
    tagged = send(url, "POST", f"/tags/{quote(PLAN_ARN, safe='')}", {"tags": {"a": "b"}})
    assert (tagged.status, tagged.body) == (204, b"")
    assert not tagged.headers.keys() & {"content-type", "content-length", "transfer-encoding"}
    assert made.headers["x-amzn-requestid"] != tagged.headers["x-amzn-requestid"]
    assert made.headers["date"].endswith(" GMT")
    assert send(url, "GET", f"/tags/{quote(PLAN_ARN, safe='')}").json == {"tags": {"a": "b"}}
    assert send(url, "GET", f"/getResponsePlan?arn={quote(PLAN_ARN, safe='')}").json["name"] == "plan"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/nothing", {}, 404, "UnknownOperationException"),
        ("GET", "/", b"", 404, "UnknownOperationException"),
        ("GET", "//listIncidentRecords", b"", 404, "UnknownOperationException"),
        ("GET", f"/tags/{PLAN_ARN}", b"", 404, "UnknownOperationException"),  # its slash is bare
        ("GET", "/listIncidentRecords", b"", 404, "UnknownOperationException"),
        ("OPTIONS", "/listIncidentRecords", b"", 404, "UnknownOperationException"),
        ("FROB", "/listIncidentRecords", b"", 404, "UnknownOperationException"),
        ("GET", "/tags/%FF%2F%00", b"", 400, "ValidationException"),
        ("POST", "/listIncidentRecords", b"{nope", 400, "SerializationException"),
        ("POST", "/listIncidentRecords", b"\xff\xfe", 400, "SerializationException"),
        ("POST", "/listIncidentRecords", b"[" * 100_000, 400, "SerializationException"),
        ("POST", "/listIncidentRecords", [], 400, "SerializationException"),
        ("POST", "/listIncidentRecords", {"maxResults": "many"}, 400, "SerializationException"),
        ("POST", "/listIncidentRecords", {"maxResults": 0}, 400, "ValidationException"),
        ("POST", "/listIncidentRecords", b" " * (wire.LARGEST_BODY + 1), 413, "RequestEntityTooLargeException"),
    ],
)
def test_what_is_no_request_of_the_service_is_answered(  # noqa: PLR0917 - a row of the table
    url: str, method: str, path: str, body: Any, status: int, code: str
) -> None:
    answer = send(url, method, path, body)
    assert (answer.status, answer.code) == (status, code)
    assert answer.json["message"]
    assert answer.headers["x-amzn-requestid"]


@pytest.mark.parametrize("body", [b"", {}, b" " * (wire.LARGEST_BODY - 2) + b"{}"])
def test_a_list_needs_no_body(url: str, body: Any) -> None:
    assert send(url, "POST", "/listIncidentRecords", body).json == {"incidentRecordSummaries": [], "nextToken": None}


def test_a_body_may_come_in_chunks(url: str) -> None:
    assert send(url, "POST", "/createResponsePlan", iter([json.dumps(PLAN).encode()])).status == 201
    too_much = iter([b" " * 600_000] * 2)
    assert send(url, "POST", "/listIncidentRecords", too_much).status == 413


def test_head_has_headers_only(url: str) -> None:
    answer = send(url, "HEAD", "/listIncidentRecords")
    assert (answer.status, answer.code) == (404, "UnknownOperationException")
    assert send_bytes(url, b"HEAD / HTTP/1.1\r\n\r\n").endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "request_line",
    [b"garbage", b"GET", b"GET / HTTP/9.9", b"\0\0\0", b"GET http://[ HTTP/1.1", b"POST /x HTTP/1.1\r\nA", LONG],
)
def test_garbage_is_answered_and_the_next_client_served(url: str, request_line: bytes) -> None:
    assert b" 40" in send_bytes(url, request_line + b"\r\n\r\n").partition(b"\r\n")[0]
    assert send(url, "POST", "/listIncidentRecords").status == 200


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", 400, "BadRequestException"),  # TLS: its client would wait for an answer
        (b"post / HTTP/1.1\r\n\r\n", 400, "BadRequestException"),
        (b"GET /tags/\xff HTTP/1.1\r\n\r\n", 400, "BadRequestException"),
        (b"GET / HTTP/1.1\r\nX: a\0b\r\n\r\n", 400, "BadRequestException"),
        (b"GET / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n", 400, "BadRequestException"),
        (b"GET / HTTP/1.1\r\nContent-Length: -2\r\n\r\n", 400, "BadRequestException"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400, "BadRequestException"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "NotImplementedException"),
        (b"GET / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413, "RequestEntityTooLargeException"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * (1 << 18), 431, "RequestHeaderFieldsTooLargeException"),
        (b"CONNECT example.com:80 HTTP/1.1\r\n\r\n", 404, "UnknownOperationException"),
        (b"OPTIONS * HTTP/1.1\r\n\r\n", 404, "UnknownOperationException"),
        (b"PRI * HTTP/2.0\r\n\r\n", 404, "UnknownOperationException"),
    ],
)
def test_what_is_no_http_is_told_as_the_service_tells_its_errors(
    url: str, request_: bytes, status: int, code: str
) -> None:
    with closing(Connection(url).http) as connection:
        connection.connect()
        connection.sock.sendall(request_)
        response = http.client.HTTPResponse(connection.sock)
        response.begin()
        assert (response.status, response.headers["x-amzn-ErrorType"]) == (status, code)
        assert response.headers["x-amzn-RequestId"]
        assert json.loads(response.read())["message"]


@pytest.mark.parametrize(
    "head",
    [
        b"POST http://example.com:80/listIncidentRecords?x HTTP/1.1",
        b"POST /listIncidentRecords HTTP/1.0",
        b"POST /listIncidentRecords HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c",
        b"POST /listIncidentRecords HTTP/1.1\r\nContent-Type: text/html\r\nContent-Encoding: other",
        b"POST /listIncidentRecords HTTP/1.1\r\nAuthorization: \xff Credential=" + 200 * b"Credential=/",
    ],
)
def test_what_is_uncommon_is_served(url: str, head: bytes) -> None:
    status, _, rest = send_bytes(url, head + b"\r\nContent-Length: 2\r\n\r\n{}").partition(b"\r\n")
    assert status.endswith(b" 200 OK")
    assert rest.endswith(b'{"incidentRecordSummaries":[],"nextToken":null}')


def test_a_client_may_wait_to_be_asked_for_the_body(url: str) -> None:
    with closing(Connection(url).http) as connection:
        connection.connect()
        head = b"POST /listIncidentRecords HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        connection.sock.sendall(head)
        assert connection.sock.recv(99) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sock.sendall(b"{}")
        assert connection.sock.recv(15) == b"HTTP/1.1 200 OK"


def test_a_fault_of_the_fake_is_the_service_s_and_undone(
    fake: fakeim.FakeIncidentManager, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(related_items, "attach_parent", fail)
        make_plan(fake.client())
        answer = send(url, "POST", "/startIncident", {"responsePlanArn": PLAN_ARN})
    assert (answer.status, answer.code) == (500, "InternalServerException")
    assert "ZeroDivisionError()" in answer.json["message"]
    assert "Traceback" not in answer.body.decode()
    assert control(url, "state")["counts"]["incident_records"] == 0


def test_one_connection_serves_many_requests(url: str) -> None:
    connection = Connection(url)
    with closing(connection.http):
        connection.send("POST", "/createResponsePlan", PLAN)
        first = connection.http.sock
        for _ in range(3):
            assert connection.send("POST", "/nothing").status == 404
            assert connection.send("POST", f"/tags/{quote(PLAN_ARN, safe='')}", {"tags": {"a": "b"}}).status == 204
            assert connection.send("POST", "/listResponsePlans").status == 200
        assert connection.http.sock is first is not None


def test_requests_may_come_in_one_piece(url: str) -> None:
    one = b"POST /listIncidentRecords HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    assert send_bytes(url, one * 3).count(b"HTTP/1.1 200 OK") == 3


def test_headers_and_body_leave_in_one_send(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from waitress.channel import HTTPChannel  # noqa: PLC0415 - may be missing

    sent, send_on = [], HTTPChannel.send

    def spy(self: HTTPChannel, data: bytes, *, do_close: bool = True) -> int:
        sent.append(bytes(data))
        return send_on(self, data, do_close)

    monkeypatch.setattr(HTTPChannel, "send", spy)
    assert send(url, "POST", "/listIncidentRecords").status == 200
    assert [data[:12] for data in sent] == [b"HTTP/1.1 200"]
    assert sent[0].endswith(b"}")
