"""Opens a real AWS account, if everything about it is as it should be; else says why not, and sends nothing.

What has to hold, before the first request to Incident Manager:
 1. A profile is named, is not ``default``, has credentials of its own, and does not sound like production.
 2. The account that is expected is named, and ``sts:GetCallerIdentity`` confirms it.
 3. The caller is not the root user, and the account's alias, where it may be read, does not sound like production.
 4. This is no CI job, unless ``FAKEIM_PARITY_IN_CI=1`` says that it is meant to be.
 5. The endpoints are AWS's own, whatever configuration and environment say, and a public authority vouches for them:
    AWS_CA_BUNDLE is not heeded. A URL that is given must be on loopback: that is how tests let something else stand
    in for AWS, and nothing recorded there passes for AWS.
 6. At the level *data*, the account is onboarded.
 7. No other run is under way in this account, as far as this machine knows.

From then on ``guard`` decides about each request.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from fakeim.parity.guard import Guard
from fakeim.parity.journal import Journal
from fakeim.parity.names import Names
from fakeim.parity.pace import SHORTEST_WAIT, Pace
from fakeim.parity.runs import LEVELS, Run
from fakeim.spec.api import SERVICE, load_api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from fakeim.parity.runs import Level

IN_CI = "FAKEIM_PARITY_IN_CI"
_CI_VARIABLES = ("CI", "BUILD_ID", "CODEBUILD_BUILD_ID", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "TF_BUILD")
_PRODUCTION = re.compile(r"(?:^|[^a-z])pro?d(?:uction)?(?:$|[^a-z])", re.IGNORECASE).search
_AWS_HOST = re.compile(
    r"https://(?:ssm-incidents|sts|iam)(?:-fips)?(?:\.[a-z0-9-]+)?\.(?:amazonaws\.com(?:\.cn)?|api\.aws)/?"
).fullmatch
_BORROWED = {"boto-config", "container-role", "env", "iam-role"}
"""Where botocore looks for credentials when a profile has none: these are somebody else's."""


class AccountRefused(Exception):  # noqa: N818 - it says what happened
    """The account was not opened; the message says why, and what to do."""


class Exchange(NamedTuple):
    """What shows that AWS answered: when the request left, the id and the date that came back."""

    sent_at: datetime
    request_id: str
    date: str


@dataclass
class Account:
    """An account that was opened, for one run. Use ``open_account``.

    Attributes:
        run: The run.
        journal: Its journal.
        pace: How fast it goes, and how far.
        caller: The ARN that AWS knows the caller by.
        endpoint: The endpoint in ``region``.
        region: Where it was opened.
        is_aws: Whether AWS answers there, and not something that stands in for it.
        regions: The Regions of its replication set; none if the account is not onboarded.
        exchange: The last answer's.
    """

    run: Run
    journal: Journal
    pace: Pace
    caller: str
    is_aws: bool
    region: str
    endpoint: str = ""
    regions: tuple[str, ...] = ()
    exchange: Exchange | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    refuse: Callable[[str], Any] | None = None
    _make: Callable[[str, Any], Any] = field(repr=False, kw_only=True)

    def __post_init__(self) -> None:
        self.names = Names(self.run, self.refuse)

    @property
    def secrets(self) -> dict[str, str]:
        """What must not be in anything that is written for others, by what it is."""
        run = self.run
        return {"the account's number": run.account, "the caller": self.caller.split(":")[-1], "the run": run.prefix}

    @property
    def callers_names(self) -> list[str]:
        """What the caller is called, part by part; tags that others set to it may tell. Words of few letters do not."""
        return [each for each in self.caller.split("/")[1:] if len(each) > 3]  # noqa: PLR2004 - as many as few are

    def renewed(self) -> Account:
        """Give the same account for another run, with names and a journal of its own, at the same pace."""
        run = Run(self.run.account, self.run.level)
        return replace(self, run=run, journal=Journal.begin(run, self.journal.path.parent, self.now()))

    def client(self, region: str | None = None, config: Any = None) -> Any:
        """Give a boto3 client that speaks of things as tests and traces do (see ``names``), behind the guard."""
        client = self.plain_client(region, config)
        events = client.meta.events
        events.register(f"provide-client-params.{SERVICE}", self._outbound)
        events.register(f"after-call.{SERVICE}", self._inbound)
        return client

    def plain_client(self, region: str | None = None, config: Any = None) -> Any:
        """Give a boto3 client that calls everything what AWS calls it, behind the guard."""
        client = self._make(region or self.region, config)
        guard = Guard(self.run, self.journal, self.pace, client.meta.endpoint_url, self.refuse)
        events = client.meta.events
        events.register_last(f"before-send.{SERVICE}", guard.before_send)
        events.register_last(f"before-send.{SERVICE}", self._note_sending)
        events.register_first(f"after-call.{SERVICE}", self._note_answer)
        return client

    def _outbound(self, params: Any, model: Any, **_: Any) -> Any:
        return self.names.outbound(load_api().operations[model.name], params)

    def _inbound(self, http_response: Any, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        failed = http_response.status_code >= 300  # noqa: PLR2004 - where botocore sees an error
        operation = load_api().operations[model.name]
        known = self.names.error(operation, parsed) if failed else self.names.inbound(operation, parsed)
        parsed.clear()
        parsed.update(known)

    def _note_sending(self, **_: Any) -> None:
        self.exchange = Exchange(self.now(), "", "")

    def _note_answer(self, http_response: Any, **_: Any) -> None:
        headers = http_response.headers
        sent_at = self.exchange.sent_at if self.exchange else self.now()
        self.exchange = Exchange(sent_at, headers.get("x-amzn-RequestId", ""), headers.get("Date", ""))
        if http_response.status_code == 429:  # noqa: PLR2004 - ThrottlingException (catalogue §3.1)
            self.pace.slow_down()


@contextmanager
def open_account(
    profile: str,
    expect_account: str,
    level: Level,
    *,
    folder: Path,
    region: str = "us-east-1",
    endpoint_url: str | None = None,
    pace: Pace | None = None,
    journal: Path | None = None,
    refuse: Callable[[str], Any] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Iterator[Account]:
    """Open an account for one run, and keep others out meanwhile.

    Args:
        profile: The name of a profile in the user's AWS configuration.
        expect_account: The number of the account that it has to lead to.
        level: How far the run may go: ``probe`` makes nothing, ``data`` makes and removes plans and incidents.
        folder: Where the journal and the lock are kept.
        region: Where the account is asked for its replication set.
        endpoint_url: What stands in for AWS (both STS and Incident Manager); on loopback only.
        pace: How fast, and how many calls; by default one a second, a thousand at most.
        journal: The journal of an earlier run to be continued, in place of a new run.
        refuse: Called with the reason when the guard stops a request, before ``NotSentToAWS`` is raised.
        environ: The environment's variables.

    Yields:
        The account.

    Raises:
        AccountRefused: Something is not as it should be. Nothing was sent to Incident Manager.
        JournalError: ``journal`` is no journal.
    """
    _check_request(profile, expect_account, level, endpoint_url, environ)
    pace = pace or Pace()
    if endpoint_url is None and pace.seconds < SHORTEST_WAIT:
        raise AccountRefused(f"AWS throttles an account as a whole: leave {SHORTEST_WAIT} seconds between two calls")
    with _lock(folder, expect_account):  # before the journal is read, to which another run could be writing
        earlier = Journal.reopen(journal) if journal else None
        if earlier and earlier.run.account != expect_account:
            raise AccountRefused(f"{journal} is the journal of a run in another account than {expect_account}")
        maker = _ClientMaker(_session(profile), endpoint_url)
        caller = _confirmed_caller(maker, region, expect_account)
        run = earlier.run if earlier else Run(expect_account, level)
        account = Account(
            run,
            earlier or Journal.begin(run, folder, datetime.now(UTC)),
            pace,
            caller,
            is_aws=endpoint_url is None,
            region=region,
            refuse=refuse,
            _make=maker.incidents,
        )
        _look_around(account)
        yield account


# -- before anything is sent


def _check_request(
    profile: str, expect_account: str, level: str, endpoint_url: str | None, environ: Mapping[str, str]
) -> None:
    if not profile or profile == "default":
        raise AccountRefused("name the profile to use, one that is not 'default': --profile NAME")
    if _PRODUCTION(profile):
        raise AccountRefused(f"the profile {profile} sounds like production; use an account that is for trying things")
    if not re.fullmatch("[0-9]{12}", expect_account or ""):
        raise AccountRefused("say which account you expect: --expect-account, twelve digits")
    if level not in LEVELS:
        raise AccountRefused(f"there is no level {level}: give one of {', '.join(LEVELS)}")
    found = next((name for name in _CI_VARIABLES if environ.get(name, "").lower() not in ("", "0", "false")), None)
    if found and environ.get(IN_CI) != "1":
        raise AccountRefused(f"this looks like a CI job ({found} is set); set {IN_CI}=1 if you mean it")
    if endpoint_url is not None and not _is_loopback(endpoint_url):
        raise AccountRefused(f"{endpoint_url}: an endpoint other than AWS's own must be http://127.0.0.1:PORT")


def _is_loopback(url: str) -> bool:
    parts = urlsplit(url)
    try:
        return parts.scheme == "http" and parts.path in ("", "/") and ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _session(profile: str) -> Any:
    import boto3  # noqa: PLC0415 - only who opens an account needs it
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    try:
        credentials = boto3.session.Session(profile_name=profile).get_credentials()
        if credentials is None or credentials.method in _BORROWED:
            raise AccountRefused(
                f"the profile {profile} has no credentials of its own; see: aws configure --profile NAME"
            )
        frozen = credentials.get_frozen_credentials()
    except BotoCoreError as error:
        raise AccountRefused(f"the profile {profile} cannot be used: {error}") from None
    # Kept as they are: what a profile gives when they run out could be another account's, which nobody has confirmed.
    return boto3.session.Session(frozen.access_key, frozen.secret_key, frozen.token, profile_name=profile)


class _ClientMaker(NamedTuple):
    """Makes clients that reach AWS's own endpoints, or what stands in for all of them."""

    session: Any
    endpoint_url: str | None

    def incidents(self, region: str, config: Any = None) -> Any:
        return self.make(SERVICE, region, config)

    def make(self, service: str, region: str, config: Any = None) -> Any:
        """Make a client that trusts public authorities alone: what another one vouches for is not shown to be AWS."""
        from botocore.config import Config  # noqa: PLC0415 - as above

        # One attempt: a write whose answer was lost is not sent again, and each attempt is one call of the budget.
        options: dict[str, Any] = {"retries": {"total_max_attempts": 1}, "ignore_configured_endpoint_urls": True}
        ours = Config(**options | ({"proxies": {}} if self.endpoint_url else {}))
        wanted = config.merge(ours) if config else ours
        client = self.session.client(
            service, region_name=region, endpoint_url=self.endpoint_url, config=wanted, verify=True
        )
        url = client.meta.endpoint_url
        if not self.endpoint_url and not _AWS_HOST(url):
            raise AccountRefused(f"{url} is no endpoint of AWS's; is there a model of {service} in ~/.aws/models?")
        return client


def _confirmed_caller(maker: _ClientMaker, region: str, expect_account: str) -> str:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above

    try:
        identity = maker.make("sts", region).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise AccountRefused(f"AWS does not confirm who you are: {error}") from None
    caller: str = identity["Arn"]
    if identity["Account"] != expect_account:
        raise AccountRefused(f"the profile leads to the account {identity['Account']}, not to {expect_account}")
    if caller.endswith(":root"):
        raise AccountRefused("the profile is the root user's; use a user or role with the policy of: fakeim parity iam")
    try:
        aliases = maker.make("iam", region).list_account_aliases()["AccountAliases"]
    except (BotoCoreError, ClientError):  # it may be read by few, and is only one more sign
        aliases = []
    if any(map(_PRODUCTION, aliases)):
        raise AccountRefused(f"the account {', '.join(aliases)} sounds like production; use another one")
    return caller


@contextmanager
def _lock(folder: Path, account: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{account}.lock"
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise AccountRefused(f"another run is under way in this account; if none is, delete {path}") from None
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _look_around(account: Account) -> None:
    """Find out where the account is onboarded."""
    client = account.plain_client()
    account.endpoint = client.meta.endpoint_url
    account.regions = _regions(client)
    if account.run.level == "data" and not account.regions:
        raise AccountRefused("the level data needs an account with a replication set; use --level probe")


def _regions(client: Any) -> tuple[str, ...]:
    sets: Sequence[str] = client.list_replication_sets()["replicationSetArns"]
    try:
        found = client.get_replication_set(arn=sets[0])["replicationSet"] if sets else {"regionMap": {}}
    except client.exceptions.ResourceNotFoundException:  # called outside the set's Regions (catalogue 4.33a)
        raise AccountRefused("the replication set is in other Regions; name one of them with --region") from None
    return tuple(sorted(found["regionMap"]))
