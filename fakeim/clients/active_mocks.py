"""Which mocks are active, which call is under way, which fake answers it and on whose clock it waits.

Nothing is patched here: ``interception`` sees to it that calls pass through, and asks.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import urlsplit
from weakref import WeakSet

from fakeim.clients.accounts import signature
from fakeim.clients.answers import answer
from fakeim.spec.api import SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSResponse

    from fakeim.service.callers import Account

    DispatcherFor = Callable[[str | None], Account]

# A bucket of S3 may have the service's name, and is a part of its host then.
_OUR_HOST = re.compile(rf"(?:^|\.){SERVICE}(?:-fips)?\.(?!s3[.-])").search
_OUR_SCOPE = f"/{SERVICE}/aws4_request"


class RealAWSCallBlocked(Exception):  # noqa: N818 - it says what happened
    """A request for Incident Manager was about to leave the process while that is not to be, and was stopped."""


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


class Call:
    """A call of a client, as the code that it passes through sees it; after its end it stays the last one."""

    __slots__ = ("answering", "client", "dispatcher", "outer", "under_way")

    def __init__(self, client: Any, answering: Answering | None, outer: Call | None = None) -> None:
        self.client = client
        self.answering = answering
        """``None``: no mock takes it."""
        self.dispatcher: Account | None = None
        """Who has answered it."""
        self.outer: Call | None = outer if outer is not None and outer.under_way else None
        """The call within which it was made: by a handler of botocore's events, say."""
        self.under_way: bool = True

    def account(self) -> Account | None:
        """Say whose account it is for, and whose clock its waits pass on; ``None`` if no mock takes it."""
        if self.dispatcher is None and self.answering is not None:
            self.dispatcher = self.answering.dispatcher_for(_access_key(self.client))
        return self.dispatcher

    def end(self) -> None:
        """Be over, and keep only what later waits need."""
        self.account()
        self.under_way, self.client = False, None


class ActiveMocks:
    """The mocks that are active, the innermost last, and the calls under way, each in its own context."""

    def __init__(self) -> None:
        self.lock = RLock()
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
        """Whether no mock is active, no call under way that one has begun to take, and nothing blocked or provided."""
        return not (self._active or self._under_way or self.blocking or self.usual_region)

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
        """Return the Region for a client for which nothing names one; ``None`` if it is none of ours to say."""
        active = self._active
        return active[-1].region if active else self.usual_region

    def leave_alone(self, client: Any) -> None:
        """Take no calls of ``client``: it has a fake of its own, and botocore would ask both."""
        self._left_alone.add(client)

    def answering(self, client: Any) -> Answering | None:
        """Say what is to answer a call of ``client`` that begins now; ``None``: its call is none of ours."""
        active = self._active
        if not active or client.meta.service_model.service_name != SERVICE or client in self._left_alone:
            return None
        return active[-1]

    # -- calls

    def begin(self, client: Any, answering: Answering | None) -> Call:
        """Note that a call of ``client`` is under way, in this thread or task, which ``answering`` is to answer."""
        call = Call(client, answering, self._call.get())
        self._under_way.add(call)  # from here on, nothing that it needs is taken away; but that may just have been
        if answering not in self._active:
            call.answering = self.answering(client)
        self._call.set(call)
        return call

    def end(self, call: Call) -> bool:
        """Note that ``call`` is over, and say whether no mock is active any more."""
        try:
            call.end()
        finally:
            if call.outer is not None:
                self._call.set(call.outer)
            self._under_way.discard(call)
        return not self._active

    def forked(self) -> None:
        """In the child of a fork: forget the calls of threads that are not there, and let go of the lock."""
        call, self._under_way = self._call.get(), set()
        while call is not None and call.under_way:
            self._under_way.add(call)
            call = call.outer
        self.lock.release()

    def record(self, client: Any, answering: Answering) -> Account:
        """Note a call of ``client`` that is answered at once, and say by whom."""
        call = Call(client, answering, self._call.get())
        call.end()
        if call.outer is None:  # otherwise that one goes on
            self._call.set(call)
        return cast("Account", call.account())

    def signed_with(self, version: Any) -> Any:
        """Give the ``version`` of the signature that botocore has chosen, or none where nothing is at hand to sign."""
        call = self.taken()
        if call is None or _at_hand(_credentials(call.client)):
            return version
        from botocore import UNSIGNED  # noqa: PLC0415 - botocore is imported when it is used

        return UNSIGNED

    def answer(self, request: Any) -> AWSResponse | None:
        """Answer a request that is about to be sent; ``None``: it is of no call that a mock takes."""
        call = self.taken()
        if call is None or call.answering is None:
            return None
        authorization = _text(request.headers.get("Authorization", ""))
        if authorization:  # a handler may have signed it for somebody else
            call.dispatcher = call.answering.dispatcher_for(signature(authorization).access_key)
        return answer(cast("Account", call.account()), call.client.meta, request)

    def taken(self) -> Call | None:
        """Give the call under way, if a mock takes it."""
        call = self._call.get()
        return call if call is not None and call.under_way and call.answering is not None else None

    def wait(self, seconds: float) -> bool:
        """Let ``seconds`` pass on the clock of the fake whose call is under way or came last; ``False`` if none."""
        call = self._call.get()
        if call is None or call.answering is None or not call.answering.virtual_waits:
            return False
        if not call.under_way and call.answering not in self._active:
            return False
        cast("Account", call.account()).sleep(seconds)
        return True

    # -- what must not leave the process

    def check_operation(self, operation_model: Any) -> None:
        """Refuse a request that did not come through a client's call, where it could have been answered."""
        if operation_model.service_model.service_name != SERVICE or not self._active:
            return
        call = self._call.get()
        if call is None or not call.under_way or not (call.answering or call.client in self._left_alone):
            raise RealAWSCallBlocked(f"a request for {operation_model.name} was about to pass by the active mock")

    def check_request(self, request: Any) -> None:
        """Refuse a request that is about to leave although it is for this service."""
        host = urlsplit(request.url).hostname or ""
        authorization = _text(getattr(request, "headers", {}).get("Authorization", ""))
        if not (_OUR_HOST(host) or _OUR_SCOPE in authorization):
            return
        if self._active:
            raise RealAWSCallBlocked(f"a request to {host} was about to leave the process past the active mock")
        if self.blocking and not _is_this_machine(host):  # a server on this machine is not AWS
            raise RealAWSCallBlocked(
                f"a request to {host} was about to leave the process, while all for Incident Manager are blocked"
            )


def _credentials(client: Any) -> Any:
    """Give what ``client`` signs with, or ``None``; botocore has no documented way to ask."""
    return getattr(getattr(client, "_request_signer", None), "_credentials", None)


def _at_hand(credentials: Any) -> bool:
    """Say whether ``credentials`` are there, and need not be fetched from another service (STS, SSO) first."""
    return credentials is not None and not getattr(credentials, "refresh_needed", bool)()


def _access_key(client: Any) -> str | None:
    """Give the access key that ``client`` signs with, as far as it is known."""
    # Not through the property of refreshable credentials, which may ask AWS for new ones.
    attributes = getattr(_credentials(client), "__dict__", {})
    key: str | None = attributes.get("access_key") or attributes.get("_access_key")
    return key


def _is_this_machine(host: str) -> bool:
    from fakeim.clients.server import is_loopback  # noqa: PLC0415 - few requests come this far

    return is_loopback(host)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
