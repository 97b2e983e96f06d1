"""The protocol of ``wire`` as a WSGI application, with the control path beside it.

Rules, and what they rest on:
 1. Signatures are accepted unverified; the account and the Region are read from them (``accounts``).
 2. A page in a browser may call the service: a preflight is granted, and answers may be read from any origin [model
    1.13: the trait ``cors``; assumption: in form]. The control path keeps to its own origin, for a browser sends
    some requests without asking first.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from fakeim.clients import control, wire
from fakeim.clients.accounts import signature
from fakeim.service.regions import is_region

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from fakeim.service.callers import Account

_HOST = re.compile(r"ssm-incidents(?:-fips)?\.([^.]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)(?::[0-9]+)?").fullmatch


def wsgi_app(
    dispatcher_for: Callable[[str | None], Account], region: str, controls: control.ControlPath | None = None
) -> WSGIApplication:
    """Make a WSGI application of an account, or of several.

    Args:
        dispatcher_for: Gives the account for the access key that a request is signed with; ``None``: it is not signed.
        region: Where a request comes from that says nothing of it: neither its signature nor the host that it names.
        controls: What answers below ``control.PREFIX``; by default nothing does.

    The application raises ``ConnectionFailed`` where a fault lets an answer go astray: a server that closes the
    connection then shows its client just that.
    """

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        request = _request(environ)
        if controls is not None and control.is_control(request.path):
            response = controls.respond(request, own_origin=_is_own_origin(environ))
        elif request.method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            response = wire.Response(200, {"Content-Length": "0", **_granted(environ)}, b"")
        else:
            signed = signature(environ.get("HTTP_AUTHORIZATION", ""))
            response = wire.respond(dispatcher_for(signed.access_key), request, _region(environ, signed.region, region))
            if "HTTP_ORIGIN" in environ:
                response = response._replace(headers={**response.headers, **_READABLE})
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", list(response.headers.items()))
        return [response.body] if response.body and request.method != "HEAD" else []

    return app


_READABLE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "x-amzn-RequestId,x-amzn-ErrorType,Date",
}


def _granted(environ: WSGIEnvironment) -> dict[str, str]:
    """Give the headers that grant what a browser asks for before it sends a request to another origin."""
    return {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET,POST,DELETE",
        "Access-Control-Allow-Headers": environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "*"),
        "Access-Control-Max-Age": "86400",
    }


def _is_own_origin(environ: WSGIEnvironment) -> bool:
    """Say whether the page that sent a request, if it was one, came from where the request goes."""
    host = environ.get("HTTP_HOST", "")
    return environ.get("HTTP_ORIGIN") in (None, f"http://{host}", f"https://{host}")


def _request(environ: WSGIEnvironment) -> wire.Request:
    return wire.Request(environ["REQUEST_METHOD"], _path(environ), environ.get("QUERY_STRING", ""), _body(environ))


def _path(environ: WSGIEnvironment) -> str:
    """Give the path below the application as it was sent: percent-encoded, for ARNs in it have slashes of their own.

    WSGI only knows the decoded path. Many servers keep the other; without it, all behind the first segment is taken
    to be one, which holds for every path of this service.
    """
    raw: str = environ.get("REQUEST_URI") or environ.get("RAW_URI") or ""
    if raw.startswith("/"):
        return raw.partition("?")[0].removeprefix(quote(environ.get("SCRIPT_NAME", ""), encoding="latin-1"))
    head, slash, rest = environ.get("PATH_INFO", "").removeprefix("/").partition("/")
    return f"/{quote(head, encoding='latin-1')}{slash}{quote(rest, safe='', encoding='latin-1')}"


def _body(environ: WSGIEnvironment) -> bytes:
    """Read the body, but one byte more than is allowed at most: ``wire`` refuses it then."""
    most, length = wire.LARGEST_BODY + 1, environ.get("CONTENT_LENGTH") or ""
    if not environ.get("wsgi.input_terminated"):  # reading beyond the length would wait for ever
        most = min(most, int(length)) if length.isdecimal() else 0
    body: bytes = environ["wsgi.input"].read(most) if most else b""
    return body


def _region(environ: WSGIEnvironment, signed: str | None, otherwise: str) -> str:
    host = _HOST(environ.get("HTTP_HOST", "").lower())
    told = signed or (host[1] if host else "")
    return told if is_region(told) else otherwise
