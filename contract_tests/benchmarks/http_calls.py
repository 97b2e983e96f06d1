"""What a call through a socket costs, beside moto's server and beside a server that has the answer ready.

Each server is a process of its own. The floor is a boto3 client with a connection that is kept, and the same waitress
with an application that repeats bytes: the fake's own answers, recorded. What is above it is ours.
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from io import BytesIO
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from contract_tests.benchmarks.rivals import Scheduler, has_moto_server, real_client
from contract_tests.benchmarks.scenario import Scenario
from contract_tests.benchmarks.timing import Measured, interleaved, mean_ratio, without_moto

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from contract_tests.benchmarks.timing import Effort

FAKEIM = """
import time, fakeim
with fakeim.FakeIncidentManager().serve() as url:
    print(url, flush=True)
    time.sleep(3600)
"""
FLOOR = """
import time, fakeim
from contract_tests.benchmarks.http_calls import Repeating
from fakeim.clients import server
with server.serve(Repeating(fakeim.FakeIncidentManager().wsgi_app)) as url:
    print(url, flush=True)
    time.sleep(3600)
"""
MOTO = """
import time
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(port=0, verbose=False)
server.start()
print("http://%s:%s" % server.get_host_and_port(), flush=True)
time.sleep(3600)
"""


class Repeating:
    """An application that asks another one for its first answer to a request, and then repeats that."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app
        self.answers: dict[tuple[str, str, bytes], tuple[str, list[tuple[str, str]], bytes]] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Answer one request."""
        sent = environ["wsgi.input"].read() if environ.get("CONTENT_LENGTH") else b""
        asked = environ["PATH_INFO"], environ["QUERY_STRING"], sent
        if asked not in self.answers:
            head: list[Any] = []
            body = b"".join(self.app(environ | {"wsgi.input": BytesIO(sent)}, lambda *given: head.extend(given)))  # type: ignore[arg-type]
            self.answers[asked] = (head[0], head[1], body)
        status, headers, body = self.answers[asked]
        start_response(status, headers)
        return [body]


def measure(effort: Effort) -> list[Measured]:
    """Measure the same calls on the fake's server, on the floor's and on moto's."""
    with ExitStack() as stack:
        fake, floor = (Scenario(_client(stack, program)) for program in (FAKEIM, FLOOR))
        repeated = {asked.name: asked for asked in floor.calls()}
        counterparts: dict[str, Callable[[], object]] = {}
        if has_moto_server():
            counterparts = Scheduler(_client(stack, MOTO, "scheduler")).counterparts()
        found = {}
        for asked in fake.calls():
            if asked.name == "error: bad parameters":  # which botocore itself refuses
                continue
            runs = {"fakeim": fake.caller(fake.client, asked)}
            if asked.method.startswith(("get", "list")):  # others, with their new names and tokens, are never repeated
                runs["floor"] = floor.caller(floor.client, repeated[asked.name])
            if asked.name in counterparts:
                runs["moto"] = counterparts[asked.name]
            found[asked.name] = interleaved(runs, effort.rounds, clock=time.perf_counter)
    measured = [_mean(found, "floor", "a server that repeats bytes", None)]
    if counterparts:
        measured.insert(0, _mean(found, "moto", "moto's server", 0.4))
    else:
        measured.append(without_moto("HTTP / moto's server"))
    return measured


def _mean(found: dict[str, dict[str, list[float]]], rival: str, name: str, limit: float | None) -> Measured:
    pairs = [(times["fakeim"], times[rival]) for times in found.values() if rival in times]
    medians = [median([median(values) for values in side]) * 1e6 for side in zip(*pairs, strict=True)]
    note = f"{len(pairs)} calls, median {medians[0]:.0f} / {medians[1]:.0f} µs"
    return Measured(f"HTTP / {name}", mean_ratio(pairs), limit, note=note)


def _client(stack: ExitStack, program: str, service: str = "ssm-incidents") -> Any:
    return stack.enter_context(closing(real_client(service, endpoint_url=stack.enter_context(_running(program)))))


@contextmanager
def _running(program: str) -> Iterator[str]:
    """Run a server in a process of its own, and give its URL, which it prints."""
    streams: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen([sys.executable, "-c", program], **streams) as process:  # noqa: S603 - our own programs
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip().replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - not to listen on
            if not urlsplit(url).port:
                raise RuntimeError(f"no server has started: {program}")
            yield url
        finally:
            process.kill()
