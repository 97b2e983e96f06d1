"""A real browser without a window: what becomes of a page in it, what it says of it, and what the page asks for."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
"""All of one family: Firefox cannot print what has become of a page."""
LONGEST = 60
"""Seconds that a page may take, on a machine that is busy."""
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--enable-logging=stderr",
]


class Visit(NamedTuple):
    """What came of opening a page."""

    document: str
    """The document as it is in the end, written as HTML."""
    console: list[str]
    """What the browser had to say of it."""
    requests: list[str]
    """The paths that were asked for, the page's own first."""


def find() -> str | None:
    """Give the path of a browser, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def visit(browser: str, page: str, profile: Path, *, width: int = 1200) -> Visit:
    """Serve ``page`` and open it, in a window of ``width``; ``HERE`` in it stands for where it is served."""
    with _served(page) as (url, requests):
        command = [browser, *OPTIONS, f"--user-data-dir={profile}", f"--window-size={width},900", "--dump-dom", url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)  # noqa: S603
    return Visit(done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line], requests)


@contextmanager
def _served(page: str) -> Iterator[tuple[str, list[str]]]:
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.replace("HERE", url).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"{url}/", requests
        server.shutdown()
