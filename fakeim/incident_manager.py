"""The fake account that a user holds."""

from __future__ import annotations

import re
import time
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from fakeim.clients.bound import make_boto3_client
from fakeim.clients.direct import make_client
from fakeim.service import errors, findings, replication_sets
from fakeim.service.clock import Clock
from fakeim.service.dispatch import Dispatcher
from fakeim.service.faults import Faults
from fakeim.service.ids import Ids
from fakeim.service.regions import is_region, partition
from fakeim.service.transitions import Transitions
from fakeim.service.world import World
from fakeim.spec.api import load_api
from fakeim.spec.codec import Misfit, reader
from fakeim.spec.validation import violations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from typing import Any
    from wsgiref.types import WSGIApplication

    from botocore.config import Config
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from fakeim.service.calls import Calls
    from fakeim.service.state import State


class Snapshot(NamedTuple):
    """What ``FakeIncidentManager.snapshot`` gives and ``restore`` takes; its parts are fakeim's own."""

    account: str
    state: State
    chance: tuple[Any, ...]


class FakeIncidentManager:
    """One fake AWS account with Incident Manager in it, in memory. Two of them share nothing.

    Args:
        onboarded: Whether the account has a replication set, ACTIVE in ``regions``. Without one, reads find nothing
            and nothing can be started until CreateReplicationSet has made one.
        can_onboard: Whether CreateReplicationSet is allowed. ``False`` is the account of anyone who came after
            2025-11-07, when AWS closed the service to new customers (catalogue 4.3).
        account_id: Twelve digits.
        regions: One to three Regions of one partition; the first is where clients are unless they say otherwise.
        seed: Equal seeds give equal ids for equal writes.
        clock: A clock to share with another fake; by default each has its own, which follows the system's.

    Raises:
        ValueError: An argument is not as described.
        TypeError: ``clock`` is no clock.
    """

    def __init__(
        self,
        *,
        onboarded: bool = True,
        can_onboard: bool = True,
        account_id: str = "123456789012",
        regions: Sequence[str] = ("us-east-1",),
        seed: int | str = 0,
        clock: Clock | None = None,
    ) -> None:
        if not re.fullmatch(r"'[0-9]{12}'", repr(account_id)):  # of its repr, for a number is a mistake too
            raise ValueError(f"account_id={account_id!r}: give twelve digits, as in '123456789012'")
        if clock is not None and not isinstance(clock, Clock):
            raise TypeError(f"clock={clock!r}: give the clock of another fake, or set this one's: fake.clock.freeze(…)")
        self._onboarded, self._account_id, self._seed = onboarded, account_id, seed
        self._regions = _checked_regions(regions)
        self._own_clock = clock is None
        self.clock = Clock(_system_time) if clock is None else clock
        self._chance = Random(seed)  # noqa: S311 - ids that can be foretold are the point
        self._world = World(
            account_id=account_id,
            partition=partition(self._regions[0]),
            can_onboard=can_onboard,
            clock=self.clock,
            ids=Ids(self._chance),
            transitions=Transitions(self._end_pending),
        )
        self._dispatcher = Dispatcher(self._world, Faults(self._chance_of_faults))
        self._onboard()

    def __repr__(self) -> str:
        return f"<FakeIncidentManager {self._account_id} in {', '.join(self._regions)}>"

    def client(self, region_name: str | None = None, *, config: Config | None = None) -> SSMIncidentsClient:
        """Give a client with boto3's methods that calls this fake directly, without HTTP.

        Args:
            region_name: Where its calls come from; by default ``config``'s Region, or the first of ``regions``.
            config: botocore's; ``parameter_validation=False`` leaves all checks to the service, as in boto3.

        Returns:
            An object that behaves as ``boto3.client("ssm-incidents")``; typed as such where
            ``mypy-boto3-ssm-incidents`` is installed.
        """
        configured: str | None = getattr(config, "region_name", None)
        return make_client(self._dispatcher, region_name or configured or self._regions[0], config)

    def boto3_client(self, region_name: str | None = None, **options: Any) -> SSMIncidentsClient:
        """Give a real boto3 client that talks to this fake alone: all of botocore but the network.

        Args:
            region_name: Where its calls come from; by default the first of ``regions``.
            options: Further arguments of boto3's ``Session.client``.
        """
        return make_boto3_client(self._dispatcher, region_name or self._regions[0], **options)

    @cached_property
    def wsgi_app(self) -> WSGIApplication:
        """The service as a WSGI application, for any server; with the control path ``/_fakeim/`` (see ``serve``)."""
        return self.make_wsgi_app()

    def make_wsgi_app(
        self, *, accounts: Mapping[str, FakeIncidentManager] | None = None, control: bool = True
    ) -> WSGIApplication:
        """Make a WSGI application as ``wsgi_app`` is one, with the choices that ``serve`` has.

        Args:
            accounts: As for ``serve``.
            control: As for ``serve``.

        Raises:
            TypeError: As for ``serve``.
        """
        from fakeim.clients import wsgi  # noqa: PLC0415 - few serve HTTP
        from fakeim.clients.accounts import account_of, named_accounts  # noqa: PLC0415 - as above
        from fakeim.clients.control import ControlPath  # noqa: PLC0415

        named = named_accounts(accounts)

        def dispatcher_for(access_key: str | None) -> Dispatcher:
            return account_of(access_key, named, self)._dispatcher  # noqa: SLF001 - of another of the same class

        return wsgi.wsgi_app(dispatcher_for, self._regions[0], ControlPath(self, named) if control else None)

    def serve(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        *,
        accounts: Mapping[str, FakeIncidentManager] | None = None,
        control: bool = True,
    ) -> AbstractContextManager[str]:
        """Give a context manager that serves this fake over HTTP while it is entered: ``with fake.serve() as url:``.

        Every SDK takes the URL from the environment variable ``AWS_ENDPOINT_URL_SSM_INCIDENTS``. It needs the extra
        ``server``. When the block is left, what has been received by then is answered.

        Args:
            port: The port to listen on; 0 takes a free one.
            host: The address to listen on. Other than loopback it causes a warning: whoever reaches it is let in.
            accounts: Fakes for calls that are signed with certain access keys; this one has all others.
            control: Whether requests to ``/_fakeim/`` do what this class can: state, reset, snapshot, restore, clock,
                transitions, findings.

        Returns:
            A context manager that gives the URL. Entering it raises ``OSError`` where the address cannot be had.

        Raises:
            ModuleNotFoundError: waitress is not installed; the message says how to get it.
            TypeError: ``accounts`` is not as described.
        """
        from fakeim.clients import server  # noqa: PLC0415 - as above

        plain = control and not accounts
        app = self.wsgi_app if plain else self.make_wsgi_app(accounts=accounts, control=control)
        return server.serve(app, host, port)

    def add_finding(
        self,
        incident_record_arn: str,
        *,
        cloud_formation_stack_update: Mapping[str, Any] | None = None,
        code_deploy_deployment: Mapping[str, Any] | None = None,
    ) -> str:
        """Add a finding to an incident, as AWS does by itself when a deployment may have caused it.

        Args:
            incident_record_arn: The incident.
            cloud_formation_stack_update: The members of CloudFormationStackUpdate: stackArn, startTime and, once it
                has ended, endTime.
            code_deploy_deployment: The members of CodeDeployDeployment: deploymentGroupArn, deploymentId, startTime,
                endTime. Exactly one of the two kinds is given.

        Returns:
            The finding's id.

        Raises:
            ValueError: There is no such incident, or the details are not as described.
        """
        given = {
            "cloudFormationStackUpdate": cloud_formation_stack_update,
            "codeDeployDeployment": code_deploy_deployment,
        }
        if not isinstance(incident_record_arn, str):
            raise ValueError(f"incident_record_arn={incident_record_arn!r}: give the ARN of an incident")  # noqa: TRY004
        details = _checked_details({kind: dict(value) for kind, value in given.items() if value is not None})
        try:
            finding_id, _ = self._dispatcher.run(
                "AddFinding", self._regions[0], findings.add, self._world, incident_record_arn, details
            )
        except errors.ServiceError as error:
            raise ValueError(error.message) from None
        return finding_id

    @property
    def calls(self) -> Calls:
        """The calls that have reached this account since it was made or reset."""
        return self._dispatcher.calls

    @property
    def faults(self) -> Faults:
        """What is to go wrong: ``fake.faults.inject("StartIncident", "ThrottlingException", times=2)``."""
        return self._dispatcher.faults

    @property
    def connected(self) -> bool:
        """Whether calls reach the service at all; set to ``False``, every call fails with EndpointConnectionError."""
        return self.faults.connected

    @connected.setter
    def connected(self, value: bool) -> None:
        self.faults.connected = value

    @property
    def transitions(self) -> Transitions:
        """How long changes of the replication set take, and how they end."""
        return self._world.transitions

    @property
    def unreadable_secrets(self) -> set[str]:
        """The ids of Secrets Manager secrets with which a PagerDuty integration is refused (catalogue 5.10)."""
        return self._world.unreadable_secrets

    def snapshot(self) -> Snapshot:
        """Keep the account's resources as they are, and which ids come next.

        The clock, ``transitions`` and ``unreadable_secrets`` are the test's own settings, and no part of it.
        """
        with self._dispatcher.lock:
            return Snapshot(self._account, self._world.state.copy(), self._chance.getstate())

    def restore(self, snapshot: Snapshot) -> None:
        """Bring back what ``snapshot`` kept; it can be restored any number of times.

        Raises:
            ValueError: It was taken of another account or partition, whose ARNs would be foreign here.
        """
        if snapshot.account != self._account:
            raise ValueError(f"a snapshot of account {snapshot.account} cannot be restored in {self._account}")
        with self._dispatcher.lock:
            self._world.state = snapshot.state.copy()
            self._chance.setstate(snapshot.chance)

    def reset(self) -> None:
        """Make the account as it was when it was made, and its settings too; but not a clock that was passed in."""
        with self._dispatcher.lock:
            if self._own_clock:
                self.clock.follow_system()
            self._chance.seed(self._seed)
            self.__dict__.pop("_mishaps", None)
            self._world.reset()
            self._dispatcher.reset()
            self._onboard()

    @cached_property
    def _mishaps(self) -> Random:
        # Apart from the ids, which faults are not to shift; and made when a fault first asks, for to seed it is a sixth
        # of the cost of a fresh fake.
        return Random(self._seed)  # noqa: S311 - chance that can be foretold is the point

    def _chance_of_faults(self) -> float:
        return self._mishaps.random()

    @property
    def _account(self) -> str:
        return f"{self._world.partition}:{self._account_id}"

    def _onboard(self) -> None:
        if self._onboarded:
            world = self._world
            world.now = self.clock.now_ms()
            replication_sets.create(world, {name: {} for name in self._regions})
            world.state.commit()

    def _end_pending(self) -> None:
        self._dispatcher.settle(everything=True)


def _system_time() -> int:
    # Looked up at each call, so that libraries which replace the system's time in tests are followed.
    return time.time_ns() // 1_000_000


def _checked_regions(regions: Sequence[str]) -> tuple[str, ...]:
    names = (regions,) if isinstance(regions, str) else regions
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) and is_region(name) for name in names):
        raise ValueError(f"regions={regions!r}: give names of Regions in order, as in ('us-east-1', 'eu-west-1')")
    if len(set(names)) != len(names) or not 1 <= len(names) <= replication_sets.MOST_REGIONS:
        raise ValueError(f"regions={regions!r}: give 1 to {replication_sets.MOST_REGIONS} different Regions")
    if len(set(map(partition, names))) > 1:
        raise ValueError(f"regions={regions!r}: a replication set cannot span partitions")
    return tuple(names)


def _checked_details(details: dict[str, Any]) -> dict[str, Any]:
    shape = load_api().shape("FindingDetails")
    try:
        canonical: dict[str, Any] = reader(shape)(details)
    except Misfit:
        raise ValueError(f"not the details of one finding: {details!r}") from None
    broken = [sentence for _, sentence in violations(shape, canonical)]
    if broken:
        raise ValueError("; ".join(broken))
    return canonical
