"""A fake over HTTP that stands in for AWS: another account number, STS and IAM beside it, and all that it is sent."""

from __future__ import annotations

from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

import fakeim
from contract_tests.fake_only.accounts import MEMBERS, TEMPLATE
from fakeim.clients import server, wire
from fakeim.parity.pace import Pace
from fakeim.service.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

    import pytest

ACCOUNT = "210987654321"
CALLER = f"arn:aws:iam::{ACCOUNT}:user/mary.major"
PROFILE = "sandbox"
REGIONS = ("us-east-1", "us-west-2")

_IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>{0.caller}</Arn><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>{0.account}</Account></GetCallerIdentityResult>
<ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>"""
_ALIASES = """<ListAccountAliasesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListAccountAliasesResult>
<IsTruncated>false</IsTruncated><AccountAliases><member>{0.alias}</member></AccountAliases></ListAccountAliasesResult>
<ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata>
</ListAccountAliasesResponse>"""


class Sent(NamedTuple):
    """One request that arrived: as it came, and the operation that it is for, if it is for one."""

    method: str
    path: str
    body: bytes
    operation: str | None


class StandIn:
    """What answers in place of AWS; its attributes may be set to make it another account."""

    def __init__(self, fake: fakeim.FakeIncidentManager | None = None) -> None:
        self.fake = fake or fakeim.FakeIncidentManager(account_id=ACCOUNT, regions=REGIONS)
        self.account, self.caller, self.alias = ACCOUNT, CALLER, "playground"
        self.sent: list[Sent] = []
        self.throttled = 0
        self.odd: dict[str, str] = {}  # the code of the error that an operation has, in place of its answer
        self.url = ""
        self._answer = self.fake.make_wsgi_app(control=False)  # AWS has no control path

    @property
    def operations(self) -> list[str | None]:
        """The operations that were asked for, in order."""
        return [each.operation for each in self.sent]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        body = environ["wsgi.input"].read()
        path, _, query = environ["REQUEST_URI"].partition("?")
        if path == "/":
            return self._identity(parse_qs(body.decode())["Action"][0], start_response)
        self.sent.append(_sent(wire.Request(environ["REQUEST_METHOD"], path, query, body)))
        code = self.odd.get(self.sent[-1].operation or "")
        if self.throttled or code:
            self.throttled = max(0, self.throttled - 1)
            status = "400 Bad Request" if code else "429 Too Many Requests"
            start_response(status, [("x-amzn-ErrorType", code or "ThrottlingException")])
            return [b'{"message": "Rate exceeded", "serviceCode": "ssm-incidents", "quotaCode": "L-1"}']
        return self._answer(environ | {"wsgi.input": BytesIO(body)}, start_response)

    def _identity(self, action: str, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/xml")])
        template = {"GetCallerIdentity": _IDENTITY, "ListAccountAliases": _ALIASES}[action]
        return [template.format(self).encode()]


def _sent(request: wire.Request) -> Sent:
    try:
        operation = wire.read(request)[0].name
    except ServiceError:
        operation = None
    return Sent(request.method, request.path, request.body, operation)


@contextmanager
def standing_in(fake: fakeim.FakeIncidentManager | None = None) -> Iterator[StandIn]:
    """Serve something that stands in for AWS."""
    stand_in = StandIn(fake)
    with server.serve(stand_in) as url:
        stand_in.url = url
        yield stand_in


def write_profile(folder: Path, monkeypatch: pytest.MonkeyPatch, *names: str, credentials: str | None = None) -> None:
    """Give the process an AWS configuration of its own, with profiles of these names, no CI around it, no way out."""
    keys = (
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI" if credentials is None else ""
    )
    lines = [f"[{name}]\n{keys}\nregion = eu-west-1\n" for name in names or (PROFILE,)]
    (folder / "credentials").write_text("\n".join(lines))
    (folder / "config").write_text("")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
    # If a guard breaks, its test must not reach AWS; what is on loopback is called without a proxy.
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "CI", "GITHUB_ACTIONS", "BUILD_ID"):
        monkeypatch.delenv(name, raising=False)


class Time:
    """A clock that only moves when somebody waits on it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def at_once(budget: int = 100_000) -> Pace:
    """Give a pace that never waits really."""
    time = Time()
    return Pace(budget, clock=time.clock, sleep=time.sleep)


def somebodys_account() -> fakeim.FakeIncidentManager:
    """Create an account that is in use, whose content no run may touch."""
    fake = fakeim.FakeIncidentManager(account_id=ACCOUNT, regions=REGIONS)
    client: Any = fake.client()
    plans = [
        client.create_response_plan(name="one", incidentTemplate={"title": "one", "impact": 1})["arn"],
        client.create_response_plan(name="plan", incidentTemplate=TEMPLATE, tags={"a": "1"}, **MEMBERS)["arn"],
    ]
    for plan in plans:
        incident = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
        client.create_timeline_event(incidentRecordArn=incident, eventTime=0, eventType="Note", eventData="data")
        client.put_resource_policy(resourceArn=plan, policy='{"Statement": []}')
    return fake
