"""The fake account that a user holds."""

from __future__ import annotations

import re
import time
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple, NoReturn, Unpack

from fakeim.clients.direct import make_client
from fakeim.seeding.chance import Chance
from fakeim.service import effects, replication_sets
from fakeim.service.callers import Caller, checked_caller
from fakeim.service.clock import Clock
from fakeim.service.consistency import Consistency
from fakeim.service.dispatch import Dispatcher
from fakeim.service.faults import Faults
from fakeim.service.ids import Ids
from fakeim.service.pagination import Pagination
from fakeim.service.quotas import MOST_REGIONS
from fakeim.service.regions import checked_region, is_region, partition, unknown_region
from fakeim.service.strict import Strict, checked_flag
from fakeim.service.transitions import Pace, Transitions
from fakeim.service.world import World
from fakeim.spec.api import lazy_property

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from os import PathLike
    from typing import Any
    from wsgiref.types import WSGIApplication

    from botocore.config import Config
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from fakeim.inspection import (
        Diff,
        IncidentRecord,
        IncidentRecords,
        Outbox,
        RelatedItems,
        ResponsePlans,
        TimelineEvents,
    )
    from fakeim.seeding import loading
    from fakeim.seeding.chance import Place
    from fakeim.seeding.keywords import IncidentMembers, ItemMembers, PlanMembers
    from fakeim.seeding.seeds import Seeds
    from fakeim.service.callers import Account
    from fakeim.service.calls import Calls
    from fakeim.service.iam import Iam
    from fakeim.service.quotas import Quotas
    from fakeim.service.sharing import Share
    from fakeim.service.state import State

_WANTED = "give names of Regions in order, as in ('us-east-1', 'eu-west-1')"
_ACCOUNT = re.compile(r"'[0-9]{12}'").fullmatch


class Snapshot(NamedTuple):
    """What ``FakeIncidentManager.snapshot`` gives and ``restore`` takes; its parts are fakeim's own.

    It never changes, so a copy of it is itself. It stays within its process: ``dump`` returns text for another.
    """

    account: str
    state: State
    chance: Place

    def __copy__(self) -> Snapshot:
        return self

    def __deepcopy__(self, _: object) -> Snapshot:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Snapshot cannot be pickled; use fake.dump() and FakeIncidentManager.from_dump(...)")

    def diff(self, later: Snapshot) -> Diff:
        """Tell what of the account's resources is different in ``later``: a ``Diff``, false when nothing is.

        Raises:
            ValueError: ``later`` was taken of another account or partition.
        """
        return _diff(self, later)


class FakeIncidentManager(Strict):
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
        TypeError: ``clock`` is no clock, or an argument is of another type.
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
        if not _ACCOUNT(repr(account_id)):  # of its repr, for a number is a mistake too
            raise ValueError(f"account_id={account_id!r}: give twelve digits, as in '123456789012'")
        if clock is not None and not isinstance(clock, Clock):
            raise TypeError(f"clock={clock!r}: give the clock of another fake, or set this one's: fake.clock.freeze(…)")
        if not isinstance(seed, int | str):
            raise TypeError(f"seed={seed!r}: expected an int or a string")
        self._onboarded, self._account_id, self._seed = checked_flag("onboarded", onboarded), account_id, seed
        self._regions = _checked_regions(regions)
        self._own_clock = clock is None
        self._clock = Clock(_system_time) if clock is None else clock
        self._chance = Chance(seed)
        self._world = World(
            account_id=account_id,
            partition=partition(self._regions[0]),
            can_onboard=checked_flag("can_onboard", can_onboard),
            clock=self._clock,
            ids=Ids(self._chance),
            transitions=Transitions(self._end_transitions),
            effects=Pace(self._end_effects),
            pagination=Pagination(),
            consistency=Consistency(self._let_see),
        )
        self._dispatcher = Dispatcher(self._world, Faults(self._chance_of_faults))
        self._onboard()

    def __repr__(self) -> str:
        return f"<FakeIncidentManager {self._account_id} in {', '.join(self._regions)}>"

    def __str__(self) -> str:
        from fakeim.inspection.account import lines  # noqa: PLC0415 - few print it

        place = f"account {self._account_id} in {', '.join(self._regions)}, at {self.clock.now().isoformat()}"
        return "\n".join([place, *lines(self._dispatcher)])

    def client(
        self, region_name: str | None = None, *, config: Config | None = None, caller: str | None = None
    ) -> SSMIncidentsClient:
        """Give a client with boto3's methods that calls this fake directly, without HTTP.

        Args:
            region_name: Where its calls come from; by default ``config``'s Region, or the first of ``regions``.
            config: botocore's; ``parameter_validation=False`` leaves all checks to the service, as in boto3.
            caller: The ARN of who calls: a user, or a role's session; by default a user called fakeim.

        Returns:
            An object that behaves as ``boto3.client("ssm-incidents")``; typed as such where
            ``mypy-boto3-ssm-incidents`` is installed.

        Raises:
            ValueError: ``caller`` is no such ARN of this account, or no partition has the Region.
        """
        configured: str | None = getattr(config, "region_name", None)
        region = checked_region(region_name or configured or self._regions[0])
        return make_client(self._called_by(caller), region, config)

    def boto3_client(
        self, region_name: str | None = None, *, caller: str | None = None, **options: Any
    ) -> SSMIncidentsClient:
        """Give a real boto3 client that talks to this fake alone: all of botocore but the network.

        Args:
            region_name: Where its calls come from; by default the first of ``regions``.
            caller: As for ``client``.
            options: Further arguments of boto3's ``Session.client``.

        Raises:
            ValueError: As for ``client``.
        """
        from fakeim.clients.bound import make_boto3_client  # noqa: PLC0415 - needs all that speaks HTTP

        region = checked_region(region_name or self._regions[0])
        return make_boto3_client(self._called_by(caller), region, **options)

    @lazy_property
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
        checked_flag("control", control)

        def account_for(access_key: str | None) -> Account:
            fake = account_of(access_key, named, self)
            return fake._dispatcher.signed_with(access_key)  # noqa: SLF001 - of another of the same class

        return wsgi.wsgi_app(account_for, self._regions[0], ControlPath(self, named) if control else None)

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
            control: Whether requests to ``/_fakeim/`` show the account and do what this class can:
                ``fakeim.clients.control`` lists them.

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

    # -- seeding: what is there before the code under test begins

    def add_response_plan(self, name: str | None = None, **members: Unpack[PlanMembers]) -> str:
        """Add a response plan, as CreateResponsePlan does, but not as a call: it is in no log and no fault strikes it.

        Args:
            name: By default ``plan``, or ``plan-2`` and so on where that is taken.
            members: The other members of CreateResponsePlan and of its IncidentTemplate, all side by side and spelt as
                Python does: ``title`` (by default the name), ``impact`` (by default 3), ``summary``, ``dedupe_string``,
                ``incident_tags``, ``notification_targets``, ``display_name``, ``chat_channel``, ``engagements``,
                ``actions``, ``integrations``, ``tags``. Their values are those that boto3 takes.

        Returns:
            The plan's ARN.

        Raises:
            ValueError: The service would refuse it; the message says why.
            TypeError: There is no such keyword; with a suggestion.
        """
        return self._seeds.response_plan(name, members)

    def open_incident(
        self,
        plan: str | None = None,
        *,
        at: datetime | str | None = None,
        status: str | None = None,
        resolved_at: datetime | str | None = None,
        event: Mapping[str, Any] | str | bytes | None = None,
        rule: str | None = None,
        **members: Unpack[IncidentMembers],
    ) -> str:
        """Open an incident: by hand, or as a CloudWatch alarm or an EventBridge rule would.

        The event is a keyword, not a method of its own, because all else is the same: the plan, the moment, what is
        overridden, and that an incident which is open already is found and not opened again.

        Args:
            plan: The name or the ARN of the response plan. By default the one that the alarm's actions name, or the
                oldest; where there is none, one is made.
            at: When: a ``datetime`` (naive meaning UTC) or ISO 8601 text, not after the fake's clock; by default now.
                Records, ids and automatic events are of that time.
            status: ``"RESOLVED"`` for an incident that is over.
            resolved_at: When it was resolved, as ``at``; by default at once.
            event: What opens it, parsed or as JSON text. Without a ``rule`` it is an alarm that goes off: EventBridge's
                "CloudWatch Alarm State Change", or the message that the alarm's actions get (``AlarmArn``,
                ``NewStateValue``, ``AlarmActions`` and so on). It becomes the triggerDetails, and the resources
                that it names become related items. An alarm has one open incident of a plan.
            rule: The name or the ARN of the EventBridge rule that matched ``event``, which may then be any event. A
                rule has one open incident of a plan.
            members: The other members of StartIncident: ``title``, ``impact``, ``related_items``, ``trigger_details``;
                their values are those that boto3 takes.

        Returns:
            The incident's ARN; that of the open one, if this is the same.

        Raises:
            ValueError: The service would refuse it, or an argument is not as described; the message says why.
            TypeError: There is no such keyword; with a suggestion.
        """
        from fakeim.seeding import triggers  # noqa: PLC0415 - not every test seeds
        from fakeim.seeding.seeds import ending  # noqa: PLC0415 - as above

        if event is None and rule is not None:
            raise ValueError(f"rule={rule!r} has matched no event: give event=… as well")
        trigger = None if event is None else triggers.read(event, rule)
        return self._seeds.incident(plan, at, trigger, members, ending(status, resolved_at))

    def add_timeline_event(
        self,
        incident_record_arn: str,
        data: str,
        *,
        type: str = "Custom Event",
        at: datetime | str | None = None,
        references: list[dict[str, str]] | None = None,
    ) -> str:
        """Write an event to an incident's timeline.

        Args:
            incident_record_arn: The incident.
            data: The event's eventData.
            type: Its eventType; also one that only AWS writes, as "SSM Contacts Page Acknowledgement for Incident".
            at: When it happened and was written, as for ``open_incident``.
            references: Its eventReferences, as boto3 takes them.

        Returns:
            The event's id.

        Raises:
            ValueError: There is no such incident, or the service would refuse it; the message says why.
        """
        return self._seeds.timeline_event(incident_record_arn, data, type, at, references)

    def add_related_item(
        self,
        incident_record_arn: str,
        *,
        type: str = "OTHER",
        title: str | None = None,
        at: datetime | str | None = None,
        **value: Unpack[ItemMembers],
    ) -> None:
        """Add a related item to an incident, as UpdateRelatedItems does: the timeline tells of it.

        Args:
            incident_record_arn: The incident.
            type: The item's type.
            title: Its title.
            at: When, as for ``open_incident``.
            value: One of ``arn``, ``url``, ``metric_definition``, ``pager_duty_incident_detail``.

        Raises:
            ValueError: There is no such incident, or the service would refuse it; the message says why.
            TypeError: There is no such keyword; with a suggestion.
        """
        self._seeds.related_item(incident_record_arn, type, title, at, value)

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
        return self._seeds.finding(incident_record_arn, given)

    # -- the account as text

    def dump(self, path: str | PathLike[str] | None = None) -> str:
        """Write the account's resources as JSON text, to be read, committed and loaded again.

        That is what ``snapshot`` keeps, but for what has been sent, which stays out, and what a lag of ``consistency``
        still hides, which is seen at once when it is loaded. Records have the API's own shape, with times in ISO 8601.
        The text says which version of this format it is.

        Args:
            path: A file to write the text to as well.

        Returns:
            The text. Loaded and dumped again, it is the same.
        """
        from fakeim.seeding import document  # noqa: PLC0415 - few dump

        with self._dispatcher.lock:
            content = document.written(self._world, self._chance)
        text = document.as_text(content)
        if path is not None:
            Path(path).write_text(text, encoding="utf-8", newline="\n")
        return text

    def load(self, source: str | PathLike[str] | dict[str, Any]) -> None:
        """Make the account as a dump says, in place of all that is there; the test's own settings stay.

        What happens next is what would have happened in the account that was dumped: ids, page tokens, client tokens,
        pending changes of the replication set.

        Args:
            source: What ``dump`` gave, the path of such a file, or the document as ``json.load`` gives it. Text
                that begins with a brace is a document, other text a path.

        Raises:
            ValueError: It is no dump, or one of a newer fakeim or of another account, or something in it is wrong; the
                message names the place in the document. Then nothing has changed.
            OSError: The file cannot be read.
        """
        from fakeim.seeding import loading  # noqa: PLC0415 - few load

        self._take(loading.read(source))

    @classmethod
    def from_dump(cls, source: str | PathLike[str] | dict[str, Any], **settings: Any) -> FakeIncidentManager:
        """Make a fake of a dumped account.

        Args:
            source: As for ``load``.
            settings: Arguments of the constructor, but for ``account_id``. By default ``regions`` are those of the
                replication set.

        Raises:
            ValueError: As for ``load``, or an argument is not as described.
            OSError: The file cannot be read.
        """
        from fakeim.seeding import loading  # noqa: PLC0415 - as above

        account = loading.read(source)
        fake = cls(account_id=account.account_id, **{"regions": account.regions} | settings)
        fake._take(account)
        return fake

    def _take(self, account: loading.Account) -> None:
        if (account.partition, account.account_id) != (self._world.partition, self._account_id):
            given = f"{account.partition}:{account.account_id}"
            raise ValueError(
                f"accountId: this is a dump of {given}, whose ARNs would be foreign in {self._account}; "
                "make a fake of it with FakeIncidentManager.from_dump(…)"
            )
        with self._dispatcher.lock:
            self._world.state = account.state
            self._chance.move_to(account.chance.place())

    @property
    def clock(self) -> Clock:
        """The account's clock: ``fake.clock.advance(minutes=16)``."""
        return self._clock

    @property
    def account_id(self) -> str:
        """The twelve digits of the account."""
        return self._account_id

    def to_html(self, incident: str | None = None, path: str | PathLike[str] | None = None) -> str:
        """Show the account as a page of HTML that needs nothing else: its incidents, their timelines, plans and calls.

        Looking changes nothing: no call is logged, no fault strikes, no time passes. Equal accounts give equal pages.
        It needs the extra ``html``.

        Args:
            incident: The ARN of the one incident to show; by default the whole account, of which the latest
                incidents, events and calls are shown if there are very many.
            path: A file to write the page to, in UTF-8.

        Returns:
            The page.

        Raises:
            ModuleNotFoundError: Jinja2 is not installed; the message says how to get it.
            ValueError: There is no such incident.
            OSError: The file cannot be written.
        """
        from fakeim.pictures import account  # noqa: PLC0415 - few look at pictures

        page = account.page(account.read(self._dispatcher, self._seed, incident))
        if path is not None:
            Path(path).write_text(page, encoding="utf-8", newline="\n")
        return page

    @property
    def calls(self) -> Calls:
        """The calls that have reached this account since it was made or reset."""
        return self._dispatcher.calls

    @property
    def incidents(self) -> IncidentRecords:
        """The incidents as they are, typed: ``fake.incidents.open().one().title``. To look is no call."""
        from fakeim.inspection import IncidentRecords  # noqa: PLC0415 - not every test looks inside

        return IncidentRecords(self._dispatcher)

    @property
    def response_plans(self) -> ResponsePlans:
        """The response plans as they are, typed, by name or ARN: ``fake.response_plans["web"].engagements``."""
        from fakeim.inspection import ResponsePlans  # noqa: PLC0415 - as above

        return ResponsePlans(self._dispatcher)

    def timeline(self, incident: str | IncidentRecord) -> TimelineEvents:
        """Give the timeline of an incident, its ARN or itself: ``fake.timeline(arn).of_type("Note").one().data``.

        Raises:
            LookupError: There is no such incident.
        """
        from fakeim.inspection import TimelineEvents  # noqa: PLC0415 - as above

        return TimelineEvents(self._dispatcher, incident)

    def related_items(self, incident: str | IncidentRecord) -> RelatedItems:
        """Give the related items of an incident, its ARN or itself: ``fake.related_items(arn).of_type("PARENT")``.

        Raises:
            LookupError: There is no such incident.
        """
        from fakeim.inspection import RelatedItems  # noqa: PLC0415 - as above

        return RelatedItems(self._dispatcher, incident)

    @property
    def outbox(self) -> Outbox:
        """What EventBridge, SNS topics, contacts and runbooks would have received: ``fake.outbox.pages().one()``."""
        from fakeim.inspection import Outbox  # noqa: PLC0415 - as above

        return Outbox(self._dispatcher)

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
    def iam(self) -> Iam:
        """Who may do what: ``fake.iam.deny("ssm-incidents:StartIncident", resource="*:response-plan/prod-*")``."""
        return self._dispatcher.admission.iam

    @property
    def quotas(self) -> Quotas:
        """How much there may be, and how often one may ask: ``fake.quotas.rate("StartIncident", per_second=1)``."""
        return self._world.quotas

    def share_with(self, consumer: FakeIncidentManager) -> Share:
        """Share response plans with another account: a share of AWS RAM that it has accepted.

        Its clients can then name the ARNs of those plans of this account, and of their incidents, whose resource
        policies (PutResourcePolicy) allow it to that account.

        Args:
            consumer: The other account, with another ``account_id``.

        Returns:
            The share: a context manager that ends with its block; or use its ``remove()``.

        Raises:
            TypeError: ``consumer`` is no fake.
            ValueError: It has the same ``account_id`` or is in another partition, or there is such a share already.
        """
        if not isinstance(consumer, FakeIncidentManager):
            raise TypeError(f"consumer={consumer!r}: give another FakeIncidentManager")
        return self._dispatcher.admission.shares.lend(consumer._dispatcher)

    @property
    def transitions(self) -> Transitions:
        """How long changes of the replication set take, and how they end."""
        return self._world.transitions

    @property
    def effects(self) -> Pace:
        """How long it takes what the service adds to incidents by itself to appear.

        That is the PARENT item, automatic timeline events and findings: ``fake.effects.after(seconds=2)``.
        """
        return self._world.effects

    @property
    def consistency(self) -> Consistency:
        """How late lists and other Regions see what is written: ``fake.consistency.lists_lag(seconds=5)``."""
        return self._world.consistency

    @property
    def pagination(self) -> Pagination:
        """How lists are cut into pages: ``fake.pagination.page_size = 2``."""
        return self._world.pagination

    @property
    def unreadable_secrets(self) -> set[str]:
        """The ids of Secrets Manager secrets with which a PagerDuty integration is refused (catalogue 5.10)."""
        return self._world.unreadable_secrets

    def snapshot(self) -> Snapshot:
        """Keep the account's resources as they are, what it has sent, and which ids come next.

        What is yet to appear, or to be seen, is part of it. The clock, ``transitions``, ``effects``, ``consistency``,
        ``pagination``, ``iam`` and the like are the test's own settings, and no part.
        """
        with self._dispatcher.lock:
            return Snapshot(self._account, self._world.state.copy(), self._chance.place())

    def restore(self, snapshot: Snapshot) -> None:
        """Bring back what ``snapshot`` kept; it can be restored any number of times.

        Raises:
            ValueError: It was taken of another account or partition, whose ARNs would be foreign here.
        """
        if snapshot.account != self._account:
            raise ValueError(f"a snapshot of account {snapshot.account} cannot be restored in {self._account}")
        with self._dispatcher.lock:
            self._world.state = snapshot.state.copy()
            self._chance.move_to(snapshot.chance)

    def diff(self, before: Snapshot) -> Diff:
        """Tell what of the account's resources is different now: ``assert not fake.diff(before)``.

        Returns:
            A ``Diff``: false when nothing is; its ``added``, ``removed`` and ``changed`` are records, with the members
            that differ, and its ``repr`` tells it all in a few words.

        Raises:
            ValueError: ``before`` was taken of another account or partition.
        """
        with self._dispatcher.lock:
            return _diff(before, Snapshot(self._account, self._dispatcher.look(), self._chance.place()))

    def reset(self) -> None:
        """Make the account as it was when it was made, and its settings too; but not a clock that was passed in."""
        with self._dispatcher.lock:
            if self._own_clock:
                self.clock.follow_system()
            self._chance.move_to(Chance(self._seed).place())
            self.__dict__.pop("_mishaps", None)
            self._world.reset()
            self._dispatcher.reset()
            self._onboard()

    @lazy_property
    def _seeds(self) -> Seeds:
        from fakeim.seeding.seeds import Seeds  # noqa: PLC0415 - not every test seeds

        return Seeds(self._dispatcher, self._regions[0])

    @lazy_property
    def _mishaps(self) -> Random:
        # Apart from the ids, which faults are not to shift; and made when a fault first asks, for to seed it is a sixth
        # of the cost of a fresh fake.
        return Random(self._seed)  # noqa: S311 - chance that can be foretold is the point

    def _chance_of_faults(self) -> float:
        return self._mishaps.random()

    def _called_by(self, caller: str | None) -> Account:
        dispatcher = self._dispatcher
        return dispatcher if caller is None else Caller(dispatcher, checked_caller(self._world, caller))

    @property
    def _account(self) -> str:
        return f"{self._world.partition}:{self._account_id}"

    def _onboard(self) -> None:
        if self._onboarded:
            world = self._world
            world.now = self.clock.now_ms()
            replication_sets.create(world, {name: {} for name in self._regions})
            world.state.commit()

    def _end_transitions(self) -> None:
        self._dispatcher.complete(replication_sets.END_OF_CHANGE)

    def _end_effects(self) -> None:
        self._dispatcher.complete(effects.APPEARANCE)

    def _let_see(self) -> None:
        with self._dispatcher.lock:
            self._world.state.views = {}


def _diff(before: Snapshot, after: Snapshot) -> Diff:
    from fakeim.inspection.diff import diff  # noqa: PLC0415 - not every test compares

    if before.account != after.account:
        raise ValueError(f"a snapshot of account {before.account} cannot be compared with {after.account}")
    return diff(before.state, after.state)


def _system_time() -> int:
    """Return the system's time in milliseconds since the epoch.

    It is looked up at each call, so that libraries which replace it in tests are followed. freezegun derives it from a
    float, which is up to 500 ns early until the year 2106; three of eight milliseconds would show as the one before.
    ``datetime.now(UTC)`` is always exact, but makes a read call 10 % slower.
    """
    return (time.time_ns() + 500) // 1_000_000


def _checked_regions(regions: Sequence[str]) -> tuple[str, ...]:
    names = (regions,) if isinstance(regions, str) else regions
    texts = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    plain = tuple(str.__str__(name) for name in names) if texts else ()  # of an Enum's member, what it says
    problem = _problem(plain) if texts else _WANTED
    if problem:
        raise ValueError(f"regions={regions!r}: {problem}")
    return plain


@lru_cache  # every fresh fake asks, nearly always of the same ones
def _problem(regions: tuple[str, ...]) -> str:
    for name in regions:
        if not is_region(name):
            return f"{_WANTED}; {unknown_region(name)}"
    if len(set(regions)) != len(regions) or not 1 <= len(regions) <= MOST_REGIONS:
        return f"give 1 to {MOST_REGIONS} different Regions"
    return "a replication set cannot span partitions" if len(set(map(partition, regions))) > 1 else ""
