"""Which mocks are active, which call is under way, which fake answers it and on whose clock it waits.

Nothing is patched here: ``interception`` sees to it that calls pass through, and asks.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import urlsplit
from weakref import WeakSet

from fakeim.clients.accounts import signature
from fakeim.clients.answers import answer
from fakeim.clients.origin import origin
from fakeim.spec.api import SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSResponse

    from fakeim.service.callers import Account

    DispatcherFor = Callable[[str | None], Account]

# A bucket of S3 may have the service's name, and is a part of its host then.
_OUR_HOST = re.compile(rf"(?:^|\.){SERVICE}(?:-fips)?\.(?!s3[.-])").search
_OUR_SCOPE = f"/{SERVICE}/aws4_request"
_LEFT_ALONE = "fakeim_left_alone"
"""The key that marks the context of a request whose client has a fake of its own."""


class RealAWSCallBlocked(Exception):  # noqa: N818 - it says what happened
    """A request for Incident Manager was stopped, because a mock is active or such requests are blocked.

    The message names the operation, the line of code that called it, and what to do.
    """


class Answering(NamedTuple):
    """How calls are answered while a mock is active."""

    dispatcher_for: DispatcherFor
    """Gives the account for the access key that a call is signed with; ``None``: it is not signed."""
    region: str
    """The Region for clients for which neither code, environment nor profile names one."""
    at_call: bool
    """Answer the API call itself, without botocore's serializing, signing, retrying and parsing."""
    virtual_waits: bool
    """Let botocore's retries and waiters wait on the fake's clock."""


class Meta(NamedTuple):
    """What answers need of a client's ``meta``."""

    region_name: str
    config: Any
    endpoint_url: str


class Call:
    """A call of a client, as the code that it passes through sees it; after its end it stays the last one."""

    __slots__ = ("answering", "blocked", "dispatcher", "meta", "operation", "outer", "signer", "under_way")

    def __init__(self, operation: str, meta: Any, outer: Call | None, signer: Any = None) -> None:
        self.operation, self.meta = operation, meta
        self.signer = signer
        """What signs it, which has its credentials; ``None`` until it is known."""
        self.answering: Answering | None = None
        """``None``: no mock takes it."""
        self.blocked = False
        """Whether it is refused when it would be sent: a handler of botocore's events may answer it before."""
        self.dispatcher: Account | None = None
        """Who has answered it."""
        self.outer: Call | None = outer if outer is not None and outer.under_way else None
        """The call within which it was made: by a handler of botocore's events, say."""
        self.under_way: bool = True

    def account(self) -> Account | None:
        """Say whose account it is for, and whose clock its waits pass on; ``None`` if no mock takes it."""
        if self.dispatcher is None and self.answering is not None:
            self.dispatcher = self.answering.dispatcher_for(_access_key(self.signer))
        return self.dispatcher

    def end(self) -> None:
        """Be over, and keep only what later waits need."""
        self.account()
        self.under_way, self.meta, self.signer = False, None, None


class ActiveMocks:
    """The mocks that are active, the innermost last, and the calls under way, each in its own context."""

    def __init__(self, unused: Callable[[], None]) -> None:
        self.lock = RLock()
        self._unused = unused
        """Called when a call ends while no mock is active."""
        self._active: tuple[Answering, ...] = ()  # replaced, never changed: calls read it without the lock
        self._under_way: set[Call] = set()
        self.blocking = 0
        """How many want no request to leave, whether a mock is active or not."""
        self.usual_region: str | None = None
        """The Region for clients that are made while no mock is active and for which nothing names one."""
        self._left_alone: WeakSet[Any] = WeakSet()
        # One for all, since a context keeps every variable that was ever set in it.
        self._entered_here: ContextVar[tuple[Answering, ...]] = ContextVar("fakeim_entered_here", default=())
        self._call: ContextVar[Call | None] = ContextVar("fakeim_call", default=None)

    def __bool__(self) -> bool:
        return bool(self._active)

    @property
    def idle(self) -> bool:
        """Whether no mock is active, no call under way that one has begun to take, and nothing blocked."""
        return not (self._active or self._under_way or self.blocking)

    def push(self, answering: Answering) -> None:
        """Let ``answering`` take all calls, until it is removed or another one is pushed."""
        with self.lock:
            self._active = (*self._active, answering)

    def remove(self, answering: Answering) -> None:
        """Let ``answering`` take no more calls."""
        with self.lock:
            # By identity, the innermost first: one mock can be entered twice.
            index = max(i for i, each in enumerate(self._active) if each is answering)
            self._active = self._active[:index] + self._active[index + 1 :]
        # What this context remembers of it goes, so that its client and its fake can.
        last = self._call.get()
        if last is not None and last.answering is answering and not last.under_way:
            self._call.set(None)
        self._entered_here.set(self.entered_here())

    def enter_here(self, answering: Answering) -> None:
        """Note that ``answering`` was entered in this context."""
        self._entered_here.set((*self.entered_here(), answering))

    def entered_here(self) -> tuple[Answering, ...]:
        """Give those that were entered in this context and are still active, the innermost last."""
        return tuple(each for each in self._entered_here.get() if each in self._active)

    def region(self) -> str | None:
        """Return the Region for a client for which nothing names one; ``None`` if no mock and no option provides it."""
        active = self._active
        return active[-1].region if active else self.usual_region

    def leave_alone(self, client: Any) -> None:
        """Take no calls of ``client``: it has a fake of its own, and botocore would ask both."""
        self._left_alone.add(client)
        # A kept original of _make_api_call passes by the check of the client; the request still shows it.
        client.meta.events.register(f"before-call.{SERVICE}", lambda context, **_: context.update({_LEFT_ALONE: True}))

    def answering(self, client: Any) -> Answering | None:
        """Say what is to answer a call of ``client`` that begins now; ``None``: its call is none of ours."""
        active = self._active
        if not active or client.meta.service_model.service_name != SERVICE or client in self._left_alone:
            return None
        return active[-1]

    # -- calls

    @contextmanager
    def call(self, client: Any, operation: str, answering: Answering | None) -> Iterator[None]:
        """Record that a call of ``client``, which ``answering`` is to answer, is under way in this thread or task."""
        call = Call(operation, client.meta, self._call.get(), getattr(client, "_request_signer", None))
        with self._under_way_here(call):
            # From here on, nothing that it needs is taken away; but that may just have been.
            call.answering = answering if answering in self._active else self.answering(client)
            yield

    def is_unseen(self, operation_model: Any, request: Any) -> bool:
        """Return whether a request is ours to answer or to refuse, although nothing has taken its call.

        This happens if code has kept the original of ``_make_api_call``, if a mock began within the call, and if
        requests are blocked while no mock is active.
        """
        if not (self._active or self.blocking) or operation_model.service_model.service_name != SERVICE:
            return False
        return self._ours() is None and _LEFT_ALONE not in request["context"]

    @contextmanager
    def unseen_call(self, endpoint: Any, operation_model: Any, request: Any) -> Iterator[None]:
        """Record that such a call is under way, from what its request shows."""
        context = request["context"]
        meta = Meta(context["client_region"], context["client_config"], endpoint.host)
        call = Call(operation_model.name, meta, self._call.get())
        with self._under_way_here(call):
            active = self._active
            call.answering = active[-1] if active else None
            call.blocked = self.blocking > 0 and not active and not _is_this_machine(_host(endpoint.host))
            yield

    @contextmanager
    def _under_way_here(self, call: Call) -> Iterator[None]:
        self._under_way.add(call)
        self._call.set(call)
        try:
            yield
        finally:
            try:
                call.end()
            finally:
                if call.outer is not None:
                    self._call.set(call.outer)
                self._under_way.discard(call)
            if not self._active:
                self._unused()

    def forked(self) -> None:
        """In the child of a fork: forget the calls of threads that are not there, and let go of the lock."""
        call, self._under_way = self._call.get(), set()
        while call is not None and call.under_way:
            self._under_way.add(call)
            call = call.outer
        self.lock.release()

    def record(self, client: Any, answering: Answering) -> Account:
        """Note a call of ``client`` that is answered at once, and say by whom."""
        call = Call("", client.meta, self._call.get(), getattr(client, "_request_signer", None))
        call.answering = answering
        call.end()
        if call.outer is None:  # otherwise that one goes on
            self._call.set(call)
        return cast("Account", call.account())

    def signed_with(self, signer: Any, version: Any) -> Any:
        """Return the ``version`` of the signature that botocore has chosen, or none if no credentials are at hand."""
        call = self._ours()
        if call is None:
            return version
        call.signer = call.signer or signer
        if call.signer is not signer or _at_hand(_credentials(signer)):
            return version
        from botocore import UNSIGNED  # noqa: PLC0415 - botocore is imported when it is used

        return UNSIGNED

    def answer(self, request: Any) -> AWSResponse | None:
        """Answer a request of a call that is about to be sent; ``None`` means that it may be sent.

        Raises:
            RealAWSCallBlocked: It is for this service, and must not leave the process.
        """
        call = self.taken()
        if call is None or call.answering is None:
            self.check_request(request)
            return None
        authorization = _text(request.headers.get("Authorization", ""))
        if authorization:  # a handler may have signed it for somebody else
            call.dispatcher = call.answering.dispatcher_for(signature(authorization).access_key)
        return answer(cast("Account", call.account()), call.meta, request)

    def answer_ours(self, request: Any) -> AWSResponse | None:
        """Answer a request sent outside ``Endpoint._send``, unless it is not for this service."""
        return self.answer(request) if self._is_ours(request) else None

    def taken(self) -> Call | None:
        """Give the call under way, if a mock takes it."""
        call = self._call.get()
        return call if call is not None and call.under_way and call.answering is not None else None

    def _ours(self) -> Call | None:
        """Return the call under way, if it is to be answered or refused."""
        call = self._call.get()
        return call if call is not None and call.under_way and (call.answering or call.blocked) else None

    def wait(self, seconds: float) -> bool:
        """Let ``seconds`` pass on the clock of the fake whose call is under way or came last; ``False`` if none."""
        call = self._call.get()
        if call is None or call.answering is None or not call.answering.virtual_waits:
            return False
        if not call.under_way and call.answering not in self._active:
            return False
        cast("Account", call.account()).sleep(seconds)
        return True

    def check_request(self, request: Any) -> None:
        """Refuse a request that is about to leave although it is for this service.

        Raises:
            RealAWSCallBlocked: Requests for this service must not leave the process now.
        """
        call, host = self._ours(), _host(request.url)
        if call is None and not self._is_ours(request):
            return
        what = call.operation if call else f"the request {getattr(request, 'method', '')} {request.url}"
        if self._active:
            raise RealAWSCallBlocked(
                f"{what} was about to be sent to {host} past the active mock{origin()}. Call a boto3 client while the "
                "mock is active, or send requests to the URL of FakeIncidentManager.serve()."
            )
        if self.blocking and not _is_this_machine(host):  # a server on this machine is not AWS
            raise RealAWSCallBlocked(
                f"{what} was about to be sent to {host}, but requests for Incident Manager are blocked "
                f"(--fakeim-block-aws or fakeim_block_aws){origin()}. Use the fixture fakeim, or mock_ssm_incidents, "
                "where this is called; or a client of FakeIncidentManager.boto3_client()."
            )

    def _is_ours(self, request: Any) -> bool:
        """Return whether a request is for this service, or goes where the call under way sends its own."""
        host, call = _host(request.url), self._ours()
        if call is not None and urlsplit(request.url).netloc == urlsplit(call.meta.endpoint_url).netloc:
            return True
        authorization = _text(getattr(request, "headers", {}).get("Authorization", ""))
        return bool(_OUR_HOST(host)) or _OUR_SCOPE in authorization


def _credentials(signer: Any) -> Any:
    """Give what ``signer`` signs with, or ``None``; botocore has no documented way to ask."""
    return getattr(signer, "_credentials", None)


def _at_hand(credentials: Any) -> bool:
    """Say whether ``credentials`` are there, and need not be fetched from another service (STS, SSO) first."""
    return credentials is not None and not getattr(credentials, "refresh_needed", bool)()


def _access_key(signer: Any) -> str | None:
    """Give the access key that ``signer`` signs with, as far as it is known."""
    # Not through the property of refreshable credentials, which may ask AWS for new ones.
    attributes = getattr(_credentials(signer), "__dict__", {})
    key: str | None = attributes.get("access_key") or attributes.get("_access_key")
    return key


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _is_this_machine(host: str) -> bool:
    from fakeim.clients.server import is_loopback  # noqa: PLC0415 - few requests come this far

    return is_loopback(host)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
