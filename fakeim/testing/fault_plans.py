"""Plans of what is to go wrong, made before anything does: which call, and how."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from fakeim.service.faults import EVERY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakeim.incident_manager import FakeIncidentManager
    from fakeim.service.faults import Fault

    Kind = Literal["not sent", "throttled", "lost reply"]

KINDS: tuple[Kind, ...] = ("not sent", "throttled", "lost reply")
"""How a call fails: before it reaches the service, refused by it, or after it was carried out."""
_EFFECTS = {
    "not sent": "does not reach the service",
    "throttled": "is throttled",
    "lost reply": "is carried out, but its reply is lost",
}
_ERRORS = {"not sent": "ConnectTimeoutError", "throttled": "ThrottlingException"}


class Mishap(NamedTuple):
    """What goes wrong with one call.

    Args:
        kind: One of ``KINDS``.
        call: Which call it is of those of ``operation``; the first is 1.
        operation: The operation's name, or ``"*"`` for calls of any.
    """

    kind: Kind
    call: int = 1
    operation: str = EVERY

    def __str__(self) -> str:
        which = f"call {self.call}" + ("" if self.operation == EVERY else f" of {self.operation}")
        return f"{which} {self.effect}"

    @property
    def effect(self) -> str:
        """What becomes of the call, in words."""
        return _EFFECTS[self.kind]

    def inject(self, fake: FakeIncidentManager) -> Fault:
        """Have it go wrong on ``fake``; as everywhere, calls are counted from now on."""
        once: Any = {"times": 1, "after": self.call - 1}
        if self.kind == "lost reply":
            return fake.faults.lose_reply(self.operation, **once)
        return fake.faults.inject(self.operation, _ERRORS[self.kind], **once)


class FaultPlan(tuple[Mishap, ...]):
    """Some mishaps; without any, all goes well.

    >>> import fakeim
    >>> from fakeim.testing.fault_plans import FaultPlan, Mishap
    >>> fake = fakeim.FakeIncidentManager()
    >>> with FaultPlan([Mishap("throttled", call=2)]).on(fake):
    ...     _ = fake.client().list_response_plans()
    ...     fake.client().list_response_plans()  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ThrottlingException: ...
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"FaultPlan({list(self)!r})"

    def __str__(self) -> str:
        return "; ".join(map(str, self)) or "nothing goes wrong"

    @contextmanager
    def on(self, fake: FakeIncidentManager) -> Iterator[None]:
        """Have all of it go wrong on ``fake`` within the block."""
        with ExitStack() as stack:
            # The last one first: a fault counts the calls that it is asked about, and of those that an earlier one
            # strikes it is not asked.
            for mishap in sorted(self, key=lambda each: each.call, reverse=True):
                stack.enter_context(mishap.inject(fake))
            yield
