"""The service over HTTP: real sockets, real boto3, and real clients of other makers where they are installed."""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

import boto3
import pytest
from botocore.config import Config
from click.testing import CliRunner

import fakeim
from contract_tests.support import make_plan, start
from fakeim.cli.commands import fakeim as commands
from fakeim.clients import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from wsgiref.types import WSGIApplication

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

PLAN = {"name": "plan", "incidentTemplate": {"title": "title", "impact": 1}}
PLAN_ARN = "arn:aws:ssm-incidents::123456789012:response-plan/plan"
LONG = b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000
SESSION = boto3.session.Session("any", "any")


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    return fakeim.FakeIncidentManager(regions=("us-east-1", "eu-west-1"))


@pytest.fixture
def url(fake: fakeim.FakeIncidentManager) -> Iterator[str]:
    with fake.serve() as url:
        yield url


@pytest.fixture
def client(url: str) -> Iterator[SSMIncidentsClient]:
    with client_of(url) as client:
        yield client


@contextmanager
def client_of(url: str, region: str = "us-east-1") -> Iterator[SSMIncidentsClient]:
    client = SESSION.client("ssm-incidents", region, endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))
    with closing(client):
        yield client


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        return self.headers["x-amzn-errortype"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """One connection to a fake, kept for as many requests as are sent."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self.http = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)

    def send(self, method: str, path: str, body: Any = b"", **headers: str) -> Answer:
        content = body if isinstance(body, bytes) or hasattr(body, "__next__") else json.dumps(body).encode()
        self.http.request(method, path, content, {name.replace("_", "-"): value for name, value in headers.items()})
        response = self.http.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())


def send(url: str, method: str, path: str, body: Any = b"", **headers: str) -> Answer:
    connection = Connection(url)
    with closing(connection.http):
        return connection.send(method, path, body, **headers)


def send_bytes(url: str, request: bytes) -> bytes:
    """Send what may be no HTTP at all, and give all that comes back."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as sock:
        sock.sendall(request)
        sock.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: sock.recv(65536), b""))


# -- boto3 over a socket


def test_an_incident_lives(client: SSMIncidentsClient) -> None:
    incident = start(client, make_plan(client))
    client.create_timeline_event(
        incidentRecordArn=incident, eventTime="2026-01-01T00:00:00Z", eventType="Note", eventData='"text"'
    )
    client.update_incident_record(arn=incident, status="RESOLVED")
    assert client.get_incident_record(arn=incident)["incidentRecord"]["status"] == "RESOLVED"
    client.delete_incident_record(arn=incident)
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_incident_record(arn=incident)
    assert caught.value.response["resourceType"] == "INCIDENT_RECORD"  # type: ignore[typeddict-item]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_pages_and_waiters_work(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    incidents = {start(client, plan, title=str(number)) for number in range(7)}
    pages = client.get_paginator("list_incident_records").paginate(PaginationConfig={"PageSize": 3})
    assert {each["arn"] for page in pages for each in page["incidentRecordSummaries"]} == incidents
    [arn] = client.list_replication_sets()["replicationSetArns"]
    client.get_waiter("wait_for_replication_set_active").wait(arn=arn)
    fake.transitions.manual()
    client.delete_replication_set(arn=arn)
    fake.transitions.complete()
    client.get_waiter("wait_for_replication_set_deleted").wait(arn=arn)


def test_an_arn_in_the_path_is_one_segment(client: SSMIncidentsClient) -> None:
    incident = start(client, make_plan(client))
    client.tag_resource(resourceArn=incident, tags={"a/b": "c d/e+f"})
    assert client.list_tags_for_resource(resourceArn=incident)["tags"] == {"a/b": "c d/e+f"}
    client.untag_resource(resourceArn=incident, tagKeys=["a/b"])
    assert client.list_tags_for_resource(resourceArn=incident)["tags"] == {}


def test_the_region_is_that_of_the_signature(fake: fakeim.FakeIncidentManager, url: str) -> None:
    [arn] = fake.client().list_replication_sets()["replicationSetArns"]
    with client_of(url, "eu-west-1") as inside, client_of(url, "eu-central-1") as outside:
        assert "replicationSet" in inside.get_replication_set(arn=arn)
        with pytest.raises(outside.exceptions.ResourceNotFoundException):
            outside.get_replication_set(arn=arn)


def test_twenty_clients_at_once(fake: fakeim.FakeIncidentManager, url: str) -> None:
    make_plan(fake.client())

    def work(number: int) -> list[int]:
        connection = Connection(url)
        with closing(connection.http):
            body = {"responsePlanArn": PLAN_ARN, "title": str(number)}
            return [connection.send("POST", "/startIncident", body).status for _ in range(10)]

    with ThreadPoolExecutor(20) as pool:
        statuses = {status for found in pool.map(work, range(20)) for status in found}
    assert statuses == {200}
    assert send(url, "GET", "/_fakeim/state").json["counts"]["incident_records"] == 200


# -- requests as they come


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
    assert "content-type" not in tagged.headers
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


# -- any WSGI server


def call(app: WSGIApplication, method: str, path: str, **environ: Any) -> tuple[str, bytes]:
    """Call an application as a server does that offers nothing but what WSGI demands, and ``environ``."""
    started: list[str] = []

    def start_response(status: str, *_: object) -> Callable[[bytes], object]:
        started.append(status)
        return started.append  # type: ignore[return-value] # never used

    given = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": BytesIO(), **environ}
    content = b"".join(app(given, start_response))
    return started[0], content


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


# -- the server


def test_it_ends_with_its_block(fake: fakeim.FakeIncidentManager) -> None:
    threads = set(threading.enumerate())
    with fake.serve() as url:
        connection = Connection(url)
        connection.send("POST", "/listIncidentRecords")
    with closing(connection.http), pytest.raises(OSError, match=r"refused|reset|closed"):
        send(url, "POST", "/listIncidentRecords")
    assert set(threading.enumerate()) == threads


def test_it_ends_when_its_block_fails(fake: fakeim.FakeIncidentManager) -> None:
    with pytest.raises(KeyError), fake.serve() as url:
        raise KeyError
    with fake.serve(port=urlsplit(url).port or 0) as again:
        assert again == url


def test_a_port_in_use_is_told(fake: fakeim.FakeIncidentManager, url: str) -> None:
    serving = fake.serve(port=urlsplit(url).port or 0)
    with pytest.raises(OSError, match="in use"), serving:
        pass


def test_two_servers_of_one_fake_share_it(fake: fakeim.FakeIncidentManager) -> None:
    with fake.serve() as one, fake.serve() as other:
        send(one, "POST", "/createResponsePlan", PLAN)
        assert len(send(other, "POST", "/listResponsePlans").json["responsePlanSummaries"]) == 1


def test_a_host_that_others_reach_is_warned_of(fake: fakeim.FakeIncidentManager) -> None:
    with pytest.warns(UserWarning, match=r"listens on 0\.0\.0\.0") as caught:
        serving = fake.serve(host="0.0.0.0")  # noqa: S104 - on purpose
    assert caught[0].filename == __file__
    with serving as url:
        assert urlsplit(url).hostname == "127.0.0.1"
        assert send(url, "POST", "/listIncidentRecords").status == 200


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_loopback_has_several_names(fake: fakeim.FakeIncidentManager, host: str) -> None:
    try:
        socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError:
        pytest.skip(f"this machine has no {host}")
    with fake.serve(host=host) as url:
        assert send(url, "POST", "/listIncidentRecords").status == 200


def test_without_waitress_the_remedy_is_told(fake: fakeim.FakeIncidentManager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "waitress", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "fakeim\[server\]"'):
        fake.serve()
    assert call(fake.wsgi_app, "POST", "/listIncidentRecords")[0] == "200 OK"


# -- the control path


def control(url: str, action: str, body: Any = b"", status: int = 200) -> Any:
    answer = send(url, "GET" if action == "state" else "POST", f"/_fakeim/{action}", body)
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/json"
    return answer.json


def test_state_reset_snapshot_restore(url: str, client: SSMIncidentsClient) -> None:
    start(client, make_plan(client))
    state = control(url, "state")
    assert state["account"] == "123456789012"
    assert state["names"]["response_plans"] == [PLAN_ARN]
    assert (state["counts"]["incident_records"], state["counts"]["timeline_events"]) == (1, 2)
    assert control(url, "snapshot") == {"snapshot": "1"}
    control(url, "reset")
    assert control(url, "state")["names"]["response_plans"] == []
    assert control(url, "snapshot") == {"snapshot": "2"}
    for _ in range(2):
        control(url, "restore", {"snapshot": "1"})
        assert control(url, "state")["counts"] == state["counts"]
    assert control(url, "restore", {"snapshot": "3"}, 404)["error"] == "there is no snapshot '3': there are 1, 2"


def test_the_clock(fake: fakeim.FakeIncidentManager, url: str) -> None:
    frozen = control(url, "clock", {"advance": 90.5, "freeze": "2026-01-01T00:00:00Z"})
    assert frozen == {"now": "2026-01-01T00:01:30.500000+00:00"} == {"now": fake.clock.now().isoformat()}
    assert control(url, "clock", {"move_to": "2025-01-01"})["now"] == "2025-01-01T00:00:00+00:00"
    control(url, "clock", {"unfreeze": True})
    assert control(url, "clock", {"freeze": True})["now"].startswith("2025-01-01T")
    control(url, "clock", {"follow_system": True})
    assert fake.clock.now().year > 2025


def test_transitions(url: str, client: SSMIncidentsClient) -> None:
    [arn] = client.list_replication_sets()["replicationSetArns"]

    def change(**action: Any) -> str:
        client.update_replication_set(arn=arn, actions=[{**action}])  # type: ignore[typeddict-item]
        return status()

    def status() -> str:
        return client.get_replication_set(arn=arn)["replicationSet"]["status"]

    control(url, "transitions", {"manual": True})
    assert change(addRegionAction={"regionName": "us-west-2"}) == "UPDATING"
    control(url, "transitions", {"complete": True})
    assert status() == "ACTIVE"
    control(url, "transitions", {"after": 90})
    assert change(deleteRegionAction={"regionName": "us-west-2"}) == "UPDATING"
    control(url, "clock", {"advance": 91})
    assert status() == "ACTIVE"
    control(url, "transitions", {"fail": {"region": "us-west-1", "message": "no"}, "immediate": True})
    change(addRegionAction={"regionName": "us-west-1"})
    shown = client.get_replication_set(arn=arn)["replicationSet"]["regionMap"]["us-west-1"]
    assert (shown["status"], shown.get("statusMessage")) == ("FAILED", "no")


def test_a_finding(url: str, client: SSMIncidentsClient) -> None:
    incident = start(client, make_plan(client))
    update = {"stackArn": f"arn:aws:cloudformation:us-east-1:123456789012:stack/s/{'1' * 8}", "startTime": 1767225600}
    made = control(url, "findings", {"incidentRecordArn": incident, "cloudFormationStackUpdate": update})
    assert [each["id"] for each in client.list_incident_findings(incidentRecordArn=incident)["findings"]] == [
        made["id"]
    ]
    assert "Invalid ARN ''" in control(url, "findings", {"cloudFormationStackUpdate": update}, 400)["error"]


@pytest.mark.parametrize(
    ("action", "body", "status", "error"),
    [
        ("rest", {}, 404, "there is no /_fakeim/rest; did you mean reset?"),
        ("", {}, 404, "there is no /_fakeim/: there are state, reset, snapshot, restore, clock, transitions, findings"),
        ("clock", {"freze": True}, 400, "there is no member freze; did you mean freeze?"),
        ("reset", {"all": True}, 400, "there is no member all: there are none"),
        ("clock", {}, 400, "nothing to do: give some of follow_system, freeze, unfreeze, move_to, advance"),
        ("clock", b"{nope", 400, "the body is no JSON"),
        ("clock", [1], 400, "give an object, not [1]"),
        ("clock", {"advance": True}, 400, "advance: give a number of seconds, not true"),
        ("clock", {"advance": -1}, 400, "a clock cannot advance by -1 day, 23:59:59: use move_to() to go back in time"),
        ("clock", {"advance": 1e300}, 400, None),
        ("clock", b'{"advance": NaN}', 400, None),
        ("clock", {"freeze": "soon"}, 400, "freeze: Invalid isoformat string: 'soon'"),
        ("clock", {"advance": 60, "move_to": 5}, 400, "move_to: give a text, not 5"),
        ("clock", {"follow_system": False}, 400, "follow_system: give true, or leave it out"),
        ("transitions", {"after": -1}, 400, "seconds=-1: give 0 or more"),
        ("transitions", {"fail": {"region": "us-east-1"}}, 400, 'fail: give {"region": "...", "message": "..."}'),
        ("restore", {}, 404, "there is no snapshot '': there are none"),
        ("reset", b" " * (wire.LARGEST_BODY + 1), 413, "the body has more than 1048576 bytes"),
    ],
)
def test_a_control_that_cannot_be_is_told(  # noqa: PLR0917 - a row of the table
    fake: fakeim.FakeIncidentManager, url: str, action: str, body: Any, status: int, error: str | None
) -> None:
    fake.clock.freeze("2026-01-01")
    told = control(url, action, body, status)["error"]
    assert told == error or (error is None and told)
    assert fake.clock.now().isoformat() == "2026-01-01T00:00:00+00:00"


def test_a_control_has_one_method(url: str) -> None:
    answer = send(url, "GET", "/_fakeim/reset")
    assert (answer.status, answer.json) == (405, {"error": "/_fakeim/reset takes POST, not GET"})


def test_control_can_be_off(fake: fakeim.FakeIncidentManager) -> None:
    with fake.serve(control=False) as url:
        answer = send(url, "POST", "/_fakeim/reset")
        assert (answer.status, answer.code) == (404, "UnknownOperationException")


# -- the command


@contextmanager
def served(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run ``fakeim serve`` and give the URL that it prints."""
    command = [sys.executable, "-m", "fakeim", "serve", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:  # noqa: S603 - our own program
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            yield next(line.split("=")[1].strip() for line in lines if "export AWS_ENDPOINT_URL_" in line), process
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_until_a_signal(number: signal.Signals) -> None:
    with served() as (url, process):
        assert control(url, "state")["account"] == "123456789012"
        assert send(url, "POST", "/createResponsePlan", PLAN).status == 201
        process.send_signal(number)
        _, told = process.communicate(timeout=10)
        assert (process.returncode, told) == (0, "")


def test_the_command_serves_the_api_alone_if_told(url: str) -> None:
    with served("--no-control") as (other, _):
        assert send(other, "GET", "/_fakeim/state").status == 404
        assert other != url


def run_serve(*options: str) -> Any:
    command = [sys.executable, "-m", "fakeim", "serve", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603 - our own program


def test_the_command_tells_of_a_port_in_use(url: str) -> None:
    port = str(urlsplit(url).port)
    done = run_serve("--port", port)
    assert done.returncode == 1
    assert done.stderr == f"Error: cannot listen on 127.0.0.1, port {port}: Address already in use\n"


def test_the_command_warns_of_a_host_that_others_reach(url: str) -> None:
    done = run_serve("--host", "0.0.0.0", "--port", str(urlsplit(url).port))  # noqa: S104 - on purpose; it is in use
    assert done.stderr.splitlines()[0] == (
        "Warning: fakeim listens on 0.0.0.0: whoever reaches this machine can read and change the fake"
    )


def test_the_command_tells_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "waitress", None)
    done = CliRunner().invoke(commands, ["serve"])
    assert done.exit_code == 1
    assert done.stderr == 'Error: serving HTTP needs waitress: pip install "fakeim[server]"\n'


# -- clients of other makers


def outside(command: list[str], url: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program that knows nothing but where the service is; none of the user's AWS settings reach it."""
    settings = {
        "AWS_ENDPOINT_URL_SSM_INCIDENTS": url,
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "HTTPS_PROXY": "http://127.0.0.1:1",  # of a client so old that it knows no such URL, nothing leaves the machine
        "NO_PROXY": "127.0.0.1",
    }
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(  # noqa: S603 - a client that the user installed
        command, env=own | settings | environment, capture_output=True, text=True, timeout=120, check=False
    )


def aws_command() -> list[str]:
    if importlib.util.find_spec("awscli"):
        return [sys.executable, "-m", "awscli"]
    found = shutil.which("aws")
    return [found] if found else []


@pytest.mark.skipif(not aws_command(), reason="the AWS CLI is not installed: pip install awscli")
def test_the_aws_cli_lives_through_an_incident(url: str, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return outside([*aws_command(), *arguments, "--output", "json"], url, tmp_path)

    def aws(*arguments: str) -> Any:
        done = run("ssm-incidents", *arguments)
        assert (done.returncode, done.stderr) == (0, ""), arguments
        return json.loads(done.stdout or "{}")

    if run("--version").returncode:
        pytest.skip("the AWS CLI is installed, but does not run")
    plan = aws("create-response-plan", "--name", "plan", "--incident-template", "title=title,impact=1")["arn"]
    aws("tag-resource", "--resource-arn", plan, "--tags", "a/b=c d")
    assert aws("list-tags-for-resource", "--resource-arn", plan) == {"tags": {"a/b": "c d"}}
    incident = aws("start-incident", "--response-plan-arn", plan)["incidentRecordArn"]
    of_incident = ["--incident-record-arn", incident]
    note = ["--event-type", "Note", "--event-time", "2026-01-01T00:00:00Z", "--event-data", '"text"']
    event = aws("create-timeline-event", *of_incident, *note)["eventId"]
    pages = aws("list-timeline-events", *of_incident, "--page-size", "1")["eventSummaries"]
    assert event in {each["eventId"] for each in pages}
    assert len(pages) == 3
    first = aws("list-timeline-events", *of_incident, "--max-items", "1")
    rest = aws("list-timeline-events", *of_incident, "--starting-token", first["NextToken"])
    assert first["eventSummaries"] + rest["eventSummaries"] == pages
    [arn] = aws("list-replication-sets")["replicationSetArns"]
    aws("wait", "wait-for-replication-set-active", "--arn", arn)
    aws("update-incident-record", "--arn", incident, "--status", "RESOLVED")
    assert aws("get-incident-record", "--arn", incident)["incidentRecord"]["status"] == "RESOLVED"
    aws("delete-incident-record", "--arn", incident)
    failed = run("ssm-incidents", "get-incident-record", "--arn", incident)
    assert failed.returncode not in {0, 252}
    assert "(ResourceNotFoundException) when calling the GetIncidentRecord operation" in failed.stderr


NODE, MODULES = shutil.which("node") or "", os.environ.get("FAKEIM_NODE_MODULES", "")
HAS_SDK = Path(MODULES, "node_modules", "@aws-sdk", "client-ssm-incidents").is_dir()


@pytest.mark.skipif(not NODE, reason="Node.js is not installed")
@pytest.mark.skipif(
    not (MODULES and HAS_SDK), reason="no `npm install @aws-sdk/client-ssm-incidents` in $FAKEIM_NODE_MODULES"
)
def test_the_javascript_sdk_lives_through_an_incident(url: str, tmp_path: Path) -> None:
    script = Path(__file__).with_name("incident_life.mjs")
    done = outside([NODE, str(script)], url, tmp_path, FAKEIM_NODE_MODULES=MODULES)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "tags": {"a/b": "c d"},
        "tagsLeft": {},
        "pages": [2, 2, 1],
        "eventTime": "2026-01-01T00:00:00.250Z",
        "waited": "SUCCESS",
        "status": "RESOLVED",
        "resolved": True,
        "deleted": 204,
        "errors": [
            ["ResourceNotFoundException", True, 404, "INCIDENT_RECORD"],
            ["ValidationException", True, 400, None],
            ["ConflictException", True, 409, "RESPONSE_PLAN"],
        ],
    }
