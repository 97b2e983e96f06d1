"""Faults: what goes wrong because a test wants it to.

Rules [our choice, all of them; what an error looks like is the model's]:
 1. A fault strikes the calls of its operation (``"*"``: of any), from the one after the first ``after`` on, ``times``
    times or until it is removed, of those that ``when`` is true for, and each with its ``probability``.
 2. Of the faults that would strike a call the one that was set first does; latencies add up, and come before it.
    A later one does not count that call among those that pass ``after``.
 3. An error, or a connection that fails, leaves no effect. A lost reply does: the call is carried out, and its caller
    sees the connection time out.
 4. A call for which a ``when`` fails does so too, with an InternalServerException that says why: on every way in.
 5. A call that takes longer than its caller is willing to wait is a lost reply, too.
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from fakeim.service import errors
from fakeim.service.clock import duration
from fakeim.service.strict import Strict, checked_flag
from fakeim.spec.api import load_api
from fakeim.spec.codec import Misfit, copier, joined_message, reader
from fakeim.spec.suggestions import did_you_mean
from fakeim.spec.validation import violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Predicate = Callable[[Mapping[str, Any]], bool]
    MakeError = Callable[[], errors.Failure]

EVERY = "*"
LOST = "ReadTimeoutError"
"""What a caller sees whose reply is lost."""
_REQUIRED_MEMBERS = {"quotaCode": errors.QUOTA_CODES["REQUESTS"], "serviceCode": "ssm-incidents"}
"""[assumption: 17.2] Which quota throttles is not known."""


class Fault(Strict):
    """One fault; ``inject`` and its siblings make it, ``remove`` or the end of its ``with`` block takes it away."""

    def __init__(
        self,
        faults: Faults,
        operation: str,
        make: MakeError | None,
        *,
        committed: bool = False,
        delay: int = 0,
        limits: Limits,
    ) -> None:
        self.operation = operation
        self.struck = 0
        """How many calls it has struck."""
        self._faults = faults
        self.make, self.committed, self.delay = make, committed, delay
        self._limits = limits
        self._passed = 0

    def __repr__(self) -> str:
        what = f"{self.make()}".rstrip(".") if self.make else f"{self.delay / 1000:g} s later"
        most = "" if self._limits.times is None else f" of {self._limits.times}"
        lost = "the reply is lost: " if self.committed else ""
        return f"<Fault {self.operation}: {lost}{what}, struck {self.struck}{most} times>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Take the fault away, if it is still there."""
        self._faults.discard(self)

    def strikes(self, operation: str, params: Mapping[str, Any]) -> bool:
        """Say whether a call of ``operation`` is struck; asked once a call, for it counts (rule 1)."""
        limits = self._limits
        if self.operation not in (EVERY, operation) or self.struck == limits.times:
            return False
        if limits.when is not None and not self._asked(limits.when, operation, params):
            return False
        self._passed += 1
        return self._passed > limits.after and self._faults.draw() < limits.probability

    def _asked(self, when: Predicate, operation: str, params: Mapping[str, Any]) -> bool:
        given = copier(load_api().operations[operation].input)(params)
        try:
            return when(given)
        except Exception as problem:
            message = f"the `when` of a fault on {self.operation} failed: {problem!r}"
            raise errors.ServiceError("InternalServerException", message) from problem


class Limits(NamedTuple):
    """Which calls a fault strikes (rule 1)."""

    times: int | None = None
    after: int = 0
    probability: float = 1.0
    when: Predicate | None = None


class Strike(NamedTuple):
    """What goes wrong with one call: its error, whether the call is carried out all the same, and the delay in ms."""

    error: errors.Failure | None
    committed: bool
    delay: int


class Faults(Strict):
    """The faults of one fake account; true while there are any.

    ``chance`` gives numbers from 0 to 1 for the probabilities, other ones than those that ids are made of.
    """

    def __init__(self, chance: Callable[[], float]) -> None:
        # Held while they are replaced, so that of two threads neither loses what the other has added. It is not the
        # account's, which is held while a ``when`` runs: that may wait for a thread that changes the faults.
        self.lock = RLock()
        self._chance = chance
        self._faults: list[Fault] = []
        self._offline: Fault | None = None

    def __bool__(self) -> bool:
        return bool(self._faults)

    def inject(
        self,
        operation: str,
        error: str | int,
        *,
        times: int | None = None,
        after: int = 0,
        probability: float = 1.0,
        when: Predicate | None = None,
        message: str = "",
        **members: Any,
    ) -> Fault:
        """Let calls fail, without effect.

        Args:
            operation: The operation's name, such as ``"StartIncident"``, or ``"*"`` for all of them.
            error: A code of the API model, or of ``errors.UNMODELLED_STATUSES``; an HTTP status
                of 500 or more, for an answer that has no more than that; or the name of the botocore exception for a
                connection that fails: one of ``errors.CONNECTION``.
            times: How many calls it strikes; ``None``: all that come.
            after: How many calls pass before it begins.
            probability: From 0 to 1, of each call to be struck.
            when: Called with the parameters of a call: whether it may be struck.
            message: The error's text; by default one that says that this was injected.
            members: The modelled members of the error. Those that are required have a default.

        Returns:
            The fault: a context manager that ends with its block; or use its ``remove()``, or ``clear()``.

        Raises:
            ValueError: There is no such operation, error or member, or a number does not fit; with a suggestion; or
                ``message`` is not a string.
        """
        make = _error_maker(_checked_operation(operation), error, joined_message(message), members)
        return self._add(Fault(self, operation, make, limits=_limits(times, after, probability, when)))

    def lose_reply(
        self,
        operation: str,
        *,
        times: int | None = 1,
        after: int = 0,
        probability: float = 1.0,
        when: Predicate | None = None,
    ) -> Fault:
        """Let calls be carried out, and their callers see a timeout: what every retry has to survive.

        The arguments are those of ``inject``; it strikes once unless told otherwise.
        """
        _checked_operation(operation)
        limits = _limits(times, after, probability, when)
        return self._add(Fault(self, operation, _no_answer, committed=True, limits=limits))

    def latency(self, operation: str, seconds: float, *, times: int | None = None, after: int = 0) -> Fault:
        """Let calls take ``seconds`` on the fake's clock; a caller with a shorter ``read_timeout`` sees a timeout."""
        _checked_operation(operation)
        limits = _limits(times, after, 1.0, None)
        return self._add(Fault(self, operation, None, delay=duration(seconds), limits=limits))

    def clear(self) -> None:
        """Take all faults away, and be connected."""
        with self.lock:
            self._faults, self._offline = [], None

    def discard(self, fault: Fault) -> None:
        """Take ``fault`` away, if it is there."""
        with self.lock:
            self._faults = [each for each in self._faults if each is not fault]
            if fault is self._offline:
                self._offline = None

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    @property
    def connected(self) -> bool:
        """Whether calls reach the service at all; ``False`` lets every call fail with EndpointConnectionError."""
        return self._offline is None

    @connected.setter
    def connected(self, value: bool) -> None:
        checked_flag("connected", value)
        with self.lock:
            if value and self._offline is not None:
                self.discard(self._offline)
            elif not value and self._offline is None:
                make = _error_maker(EVERY, "EndpointConnectionError", "", {})
                self._offline = Fault(self, EVERY, make, limits=Limits())
                self._faults = [self._offline, *self._faults]

    # -- asked on the way of a call

    def draw(self) -> float:
        """Return the next number for a probability."""
        return self._chance()

    def strike(self, operation: str, params: Mapping[str, Any], patience: float | None) -> Strike:
        """Say what goes wrong with this call of ``operation``, whose caller waits for ``patience`` seconds."""
        delay, error, committed = 0, None, False
        for fault in list(self._faults):
            try:
                if (error is not None and fault.make) or not fault.strikes(operation, params):
                    continue
            except errors.ServiceError as failure:
                return Strike(failure, committed=False, delay=delay)
            fault.struck += 1
            delay += fault.delay
            if fault.make:
                error, committed = fault.make(), fault.committed
        if error is None and patience is not None and delay >= patience * 1000:
            error, committed = _no_answer(), True
        return Strike(error, committed, delay)

    def _add(self, fault: Fault) -> Fault:
        with self.lock:
            self._faults = [*self._faults, fault]
        return fault


def _limits(times: int | None, after: int, probability: float, when: Predicate | None) -> Limits:
    if times is not None and not _is_whole(times, least=1):
        raise ValueError(f"times={times!r}: give 1 or more, or None for all calls")
    if not _is_whole(after, least=0):
        raise ValueError(f"after={after!r}: give 0 or more")
    if probability.__class__ not in (int, float) or not 0 <= probability <= 1:
        raise ValueError(f"probability={probability!r}: give a number from 0 to 1")
    if not (when is None or callable(when)):
        raise ValueError(f"when={when!r}: give a function of a call's parameters")
    return Limits(times, after, probability, when)


def _is_whole(value: object, *, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _checked_operation(operation: str) -> str:
    known = load_api().operations
    if operation != EVERY and str(operation) not in known:
        raise ValueError(f"there is no operation {operation!r}{did_you_mean(str(operation), known)}")
    return operation


def _no_answer() -> errors.Failure:
    return errors.ConnectionFailed(LOST)


def _error_maker(operation: str, error: str | int, message: str, members: dict[str, Any]) -> MakeError:
    """Check what is to be raised, and give what makes a fresh one at each strike."""
    api = load_api()
    if not isinstance(error, str | int):
        raise ValueError(f"error={error!r}: give a code, an HTTP status or the name of an exception")  # noqa: TRY004 - as all that inject refuses
    if error in errors.CONNECTION or isinstance(error, int) or error in errors.UNMODELLED_STATUSES:
        if members:
            raise ValueError(f"{error} has no members: leave out {', '.join(members)}")
        return _unmodelled_maker(error, message)
    if error not in api.error_statuses:
        raise ValueError(f"there is no error {error!r}{did_you_mean(str(error), errors.known_codes())}")
    if operation != EVERY and error not in api.operations[operation].errors:
        declared = ", ".join(sorted(api.operations[operation].errors))
        raise ValueError(f"{operation} does not declare {error}; its errors are {declared}")
    given = _checked_members(error, members)
    return lambda: errors.ServiceError(error, message or f"{error}, injected into {operation}.", **given)


def _unmodelled_maker(error: str | int, message: str) -> MakeError:
    if isinstance(error, int):
        if error not in errors.FAILURES:
            raise ValueError(f"{error} is no HTTP status of a failing server: give one of {[*errors.FAILURES]}")
        return lambda: errors.ServiceError(str(error), errors.FAILURES[error])
    if error in errors.CONNECTION:
        return lambda: errors.ConnectionFailed(error)
    return lambda: errors.ServiceError(error, message or f"{error}, injected.")


def _checked_members(error: str, members: dict[str, Any]) -> dict[str, Any]:
    shape = load_api().shape(error)
    for name in members:
        if name not in shape.members:
            raise ValueError(f"{error} has no member {name!r}{did_you_mean(name, shape.members)}")
    defaults = {name: value for name, value in _REQUIRED_MEMBERS.items() if name in shape.required}
    try:
        given: dict[str, Any] = reader(shape)(defaults | members | {"message": ""})
    except Misfit:
        raise ValueError(f"{error}: a member has a value of the wrong type: {members}") from None
    broken = [sentence for _, sentence in violations(shape, given)]
    if broken:
        raise ValueError(f"{error}: {'; '.join(broken)}")
    del given["message"]
    return given
