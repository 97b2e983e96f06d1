"""What a call through a socket costs, beside the same call to a server that has the answer ready.

    python -m contract_tests.benchmarks.http_calls

The floor is a boto3 client with a connection that is kept, and the same waitress with an application that returns
bytes: the fake's own answers, recorded. What is above it is ours. Both take turns, and only ratios of medians count.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from statistics import geometric_mean
from typing import TYPE_CHECKING, Any

import boto3

import fakeim
from contract_tests.benchmarks.direct_calls import Bench, failing, interleaved
from fakeim.clients import server

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    Run = Callable[[], object]


class Recording:
    """An application that passes requests on to the fake while it records, and otherwise repeats the last answer."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app
        self.records = True
        self.status, self.headers, self.body = "", [("", "")], b""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Answer one request."""
        if self.records:

            def start(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
                self.status, self.headers = status, headers
                return self.app  # type: ignore[return-value] # never used

            self.body = b"".join(self.app(environ, start))
        elif environ.get("CONTENT_LENGTH"):
            environ["wsgi.input"].read()
        start_response(self.status, self.headers)
        return [self.body]


class OverHttp(Bench):
    """The calls of the direct benchmark, on clients of the fake's server and of the floor's."""

    def __init__(self, stack: ExitStack) -> None:
        super().__init__()
        self.recording = Recording(self.fake.wsgi_app)
        self.served = _client(stack, stack.enter_context(self.fake.serve()))
        self.floor = _client(stack, stack.enter_context(server.serve(self.recording)))

    def both(self, method: str, params: dict[str, Any]) -> dict[str, Run]:
        """Give a function each that makes the call once, to the fake and to the floor."""
        served, floor = (self._caller(getattr(each, method), params) for each in (self.served, self.floor))
        served, floor = failing(served), failing(floor)
        self.recording.records = True
        floor()
        self.recording.records = False
        return {"served": served, "floor": floor}


def _client(stack: ExitStack, url: str) -> Any:
    session = boto3.session.Session("any", "any", region_name="us-east-1")
    return stack.enter_context(closing(session.client("ssm-incidents", endpoint_url=url)))


def print_calls() -> None:
    """Measure and print each kind of call."""
    print(f"{'µs per call':<30}{'served':>9}{'floor':>9}{'served/floor':>14}")
    ratios = []
    with ExitStack() as stack:
        bench = OverHttp(stack)
        for name, (method, params) in bench.calls().items():
            if name == "error: bad parameters":  # which botocore itself refuses
                continue
            found = interleaved(bench.both(method, params))
            ratios.append(found["served"] / found["floor"])
            print(f"{name:<30}{found['served']:>9.1f}{found['floor']:>9.1f}{ratios[-1]:>14.2f}")
    print(f"{'geometric mean':<48}{geometric_mean(ratios):>14.2f}")


def print_server() -> None:
    """Measure and print what a test pays for a server of its own."""
    fake = fakeim.FakeIncidentManager()

    def begin_and_end() -> None:
        with fake.serve():
            pass

    print(f"\nserve, begin and end: {interleaved({'serve': begin_and_end})['serve'] / 1000:.1f} ms")


if __name__ == "__main__":
    print_calls()
    print_server()
