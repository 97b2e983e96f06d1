"""Who calls: the principals of an account, and a way into it as one of them.

Rules, and what they rest on:
 1. A call is made by a user, by a session of a role, by a federated user or by the root user; never by a role itself
    [documented: IAM's ARNs; observed §6.2 for the form in records].
 2. What is attached to a role counts for each of its sessions [documented: IAM].
 3. A resource's policy may name a caller by any name of his: his ARN, his role's, his account's number or root, ``*``
    [documented: IAM's element Principal].
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakeim.service.dispatch import Dispatcher
    from fakeim.service.errors import ServiceError
    from fakeim.service.state import Record
    from fakeim.service.world import World

_PRINCIPAL = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?:iam|sts)::(?P<account>[0-9]{12}):"
    r"(?:root|(?P<kind>user|role|assumed-role(?=/[^/]+/[^/]+\Z)|federated-user)/(?P<name>[\w+=,.@/-]+))\Z",
    re.ASCII,
).match
_IDENTITY_TYPES = {
    "assumed-role": "AssumedRole",
    "federated-user": "FederatedUser",
    "root": "Root",
    "user": "IAMUser",
}
_FORMS = "arn:{0}:iam::{1}:user/NAME or arn:{0}:sts::{1}:assumed-role/ROLE/SESSION"


class Account(Protocol):
    """What a way in asks of the account that it leads to."""

    def call(
        self, operation_name: str, params: Record, region: str, patience: float | None = None
    ) -> tuple[Record, str]:
        """Answer one call."""

    def refuse(self, error: ServiceError) -> ServiceError:
        """Count a request that came to no operation."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


class Caller:
    """A way into an account whose calls are made by ``arn``, not by the account's usual user."""

    def __init__(self, dispatcher: Dispatcher, arn: str) -> None:
        self.arn = arn
        self.refuse, self.sleep = dispatcher.refuse, dispatcher.sleep
        self._dispatcher = dispatcher

    def call(
        self, operation_name: str, params: Record, region: str, patience: float | None = None
    ) -> tuple[Record, str]:
        """Answer one call, as the account does."""
        dispatcher = self._dispatcher
        with dispatcher.entry, called_by(dispatcher.world, self.arn):
            return dispatcher.attend(operation_name, params, region, patience)


@contextmanager
def called_by(world: World, arn: str) -> Iterator[None]:
    """Let ``arn`` be the caller for a while; its lock is held by who calls this."""
    usual, world.caller = world.caller, arn
    try:
        yield
    finally:
        world.caller = usual


def checked_caller(world: World, arn: object, *, roles: bool = False) -> str:
    """Give ``arn`` if it is a principal of the account that can call; with ``roles``, also if it is a role.

    Raises:
        ValueError: It is not; the message says what is.
    """
    found = _PRINCIPAL(arn) if isinstance(arn, str) else None
    if found is None or (found["kind"] == "role" and not roles):
        raise ValueError(f"caller={arn!r}: give {_FORMS.format(world.partition, world.account_id)}")
    if (found["account"], found["partition"]) != (world.account_id, world.partition):
        own = f"arn:{world.partition}:iam::{world.account_id}:"
        raise ValueError(f"caller={arn!r}: it is of another account than this one, whose callers are {own}…")
    return found[0]


def identity_type(arn: str) -> str:
    """Say what the caller ``arn`` is, in CloudTrail's words [documented: its element userIdentity]."""
    return _IDENTITY_TYPES[arn.split(":")[5].partition("/")[0]]


def names(arn: str) -> frozenset[str]:
    """Give all names by which a policy may name the caller ``arn`` (rules 2 and 3)."""
    found = _PRINCIPAL(arn)
    if found is None:
        return frozenset({arn})
    place = f"arn:{found['partition']}:iam::{found['account']}:"
    given = {arn, "*", found["account"], f"{place}root"}
    if found["kind"] == "assumed-role":
        given.add(f"{place}role/{found['name'].partition('/')[0]}")
    return frozenset(given)
