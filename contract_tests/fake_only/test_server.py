"""The service over a socket: with boto3, and how the server begins and ends."""

from __future__ import annotations

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from contract_tests.fake_only.over_http import PLAN, PLAN_ARN, Connection, client_of, send
from contract_tests.support import make_plan, start
from fakeim.clients import server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    import fakeim


HALF = b"POST /listIncidentRecords HTTP/1.1\r\nContent-Length: 3\r\n\r\n{}"


@pytest.fixture
def client(url: str) -> Iterator[SSMIncidentsClient]:
    with client_of(url) as client:
        yield client


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


# -- the server


def test_it_ends_with_its_block(fake: fakeim.FakeIncidentManager) -> None:
    threads = set(threading.enumerate())
    with fake.serve() as url:
        connection = Connection(url)
        connection.send("POST", "/listIncidentRecords")
    with closing(connection.http), pytest.raises(OSError, match=r"refused|reset|closed"):
        send(url, "POST", "/listIncidentRecords")
    for thread in set(threading.enumerate()) - threads:  # what it told to end
        thread.join(10)
    assert set(threading.enumerate()) <= threads


def test_what_has_come_by_its_end_is_answered(fake: fakeim.FakeIncidentManager) -> None:
    """More requests than there are threads to answer them, in a row on each connection, and none answered yet."""
    body = json.dumps({"responsePlanArn": make_plan(fake.client())}).encode()
    one = b"POST /startIncident HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with ExitStack() as stack, busy(fake) as until:
        with fake.serve() as url:
            idle, *clients = [stack.enter_context(connected(url)) for _ in range(30)]
            for client in clients:
                client.sendall(one * 50)
            until(partial(idle.recv, 1))  # it is closed when the end has begun
        answers = [b"".join(iter(partial(client.recv, 1 << 16), b"")) for client in clients]
    assert [each.count(b"HTTP/1.1 200 OK") for each in answers] == [50] * len(clients)


def test_what_never_comes_to_its_end_is_not_waited_for(fake: fakeim.FakeIncidentManager) -> None:
    with ExitStack() as stack:
        with fake.serve() as url:
            clients = [stack.enter_context(connected(url)) for _ in range(4)]
            for client, begun in zip(clients, [b"", b"POST", HALF, b"GET / HTTP/1.1\r\n\r\n" + HALF], strict=True):
                client.sendall(begun)
            assert clients[3].recv(12) == b"HTTP/1.1 404"
            begin = time.monotonic()
        assert time.monotonic() - begin < server.LONGEST_END / 2
        assert all(closed(client) for client in clients)


def test_an_answer_that_takes_too_long_is_not_waited_for(
    fake: fakeim.FakeIncidentManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "LONGEST_END", 0.05)
    ended = threading.Event()
    with busy(fake) as until:
        until(partial(ended.wait, 10))
        with fake.serve() as url, connected(url) as client:
            client.sendall(HALF + b" ")
        ended.set()


@contextmanager
def busy(fake: fakeim.FakeIncidentManager) -> Iterator[Callable[[Callable[[], object]], None]]:
    """Let no call of ``fake`` be answered until what is passed to the function that this gives has returned."""
    awaited: SimpleQueue[Callable[[], object]] = SimpleQueue()
    held = threading.Event()

    def hold() -> None:
        with fake._dispatcher.lock:  # noqa: SLF001 - whoever calls has to wait for it
            held.set()
            awaited.get(timeout=10)()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        held.wait(10)
        yield awaited.put
        holding.result(10)


def connected(url: str) -> socket.socket:
    address = urlsplit(url)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=10)


def closed(client: socket.socket) -> bool:
    try:
        return not b"".join(iter(partial(client.recv, 1 << 16), b"")).startswith(b"HTTP")
    except ConnectionError:
        return True


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
