"""Where contract tests run. A target makes an account for a test, and says how it is reached.

To add one: a function of the same form, and its name in ``TARGETS``. The account is fresh, and onboarded in
``REGIONS``; what has to be tidied up after the test goes on the stack.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3

import fakeim
from contract_tests.contract import aws_target
from contract_tests.support import ACCOUNT
from fakeim.clients import server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import ExitStack
    from wsgiref.types import StartResponse, WSGIEnvironment

    import pytest
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    ClientIn = Callable[..., SSMIncidentsClient]
    Target = Callable[["Session", ExitStack], "Account"]

REGIONS = ("us-east-1", "us-west-2")


class Account(NamedTuple):
    """A fresh account, as a target reaches it."""

    client_in: ClientIn
    """Makes the clients that the test is given."""
    reader_in: ClientIn
    """Makes clients that see the same, as quickly as may be: they only look for what has changed."""

    def client(self, region_name: str = REGIONS[0], **options: Any) -> SSMIncidentsClient:
        """Make a client for a test, with a reader at its side."""
        client = self.client_in(region_name, **options)
        vars(client)["reader"] = self.reader_in(region_name)
        return client


def fresh_fake() -> fakeim.FakeIncidentManager:
    """Make a fake as every test starts with."""
    return fakeim.FakeIncidentManager(account_id=ACCOUNT, regions=REGIONS)


def direct(_session: Session, _stack: ExitStack) -> Account:
    """Call the fake itself."""
    fake = fresh_fake()
    return Account(fake.client, fake.client)


def through_boto3(_session: Session, _stack: ExitStack) -> Account:
    """Call it through boto3's client, without a network."""
    fake = fresh_fake()
    return Account(fake.boto3_client, fake.client)


def over_http(session: Session, stack: ExitStack) -> Account:
    """Call it through boto3's client and a socket."""
    fake = fresh_fake()
    url = session.serve(fake)

    def make(region_name: str, **options: Any) -> SSMIncidentsClient:
        client: SSMIncidentsClient = boto_session().client("ssm-incidents", region_name, endpoint_url=url, **options)
        stack.callback(client.close)
        return client

    return Account(make, fake.client)


def on_aws(session: Session, stack: ExitStack) -> Account:
    """Call AWS, in the account that the options name."""
    client_in = aws_target.client_maker(session.config, stack)
    return Account(client_in, client_in)


TARGETS: dict[str, Target] = {"direct": direct, "boto3": through_boto3, "http": over_http, "aws": on_aws}
ALSO_ON_BOTO3 = ("test_answers.py", "test_response_plans.py", "test_tags.py", "test_timeline_events.py")
"""The files that also run on ``boto3`` by default, because they notice what the wire format can get wrong.

``fake_only/test_ways_agree.py`` compares all targets.
"""


def default_targets(file: str) -> list[str]:
    """Return the targets that the tests of ``file`` run on by default."""
    if file == "test_laws.py":
        return ["direct", "boto3", "http"]
    return ["direct", "boto3"] if file in ALSO_ON_BOTO3 else ["direct"]


@cache
def boto_session() -> boto3.session.Session:
    """Give one session for all tests: it keeps the model, which takes longer to read than a test to run."""
    return boto3.session.Session("any", "any")


class Session:
    """What targets keep between tests: one server, started when it is first needed, of whichever fake is on."""

    def __init__(self, config: pytest.Config, stack: ExitStack) -> None:
        self.config = config
        self._stack = stack
        self._url = ""
        self._fake: fakeim.FakeIncidentManager | None = None

    def serve(self, fake: fakeim.FakeIncidentManager) -> str:
        """Serve ``fake`` from now on, and give the URL."""
        self._fake = fake
        self._url = self._url or self._stack.enter_context(server.serve(self._respond))
        return self._url

    def _respond(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        assert self._fake is not None
        return self._fake.wsgi_app(environ, start_response)
