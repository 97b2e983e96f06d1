"""A run against AWS: what marks as its own whatever it makes."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from typing import TypeAlias

Level: TypeAlias = Literal["probe", "data"]
LEVELS: tuple[Level, ...] = get_args(Level)

TAG = "fakeim-run"
"""The key of the tag on all that a run makes; its value is the run's id."""

_OWN = re.compile(
    r"arn:aws(?:-cn|-us-gov)?:ssm-incidents::(?P<account>[0-9]{12}):"
    r"(?:response-plan/(?P<plan>[A-Za-z0-9_-]+)|incident-record/(?P<incident_of>[A-Za-z0-9_-]+)/[A-Za-z0-9-]+)"
).fullmatch


class NotSentToAWS(Exception):  # noqa: N818 - it says what happened
    """A request was stopped before it left for AWS, or its answer is none to what was asked; the message says why."""


@dataclass(frozen=True)
class Run:
    """One run: who it is, in which account, and how far it may go.

    The id is drawn at random, so nothing in the account can have a name with it but what this run made.
    """

    account: str
    level: Level
    id: str = field(default_factory=lambda: secrets.token_hex(5))

    @property
    def prefix(self) -> str:
        """What the names of all its plans begin with."""
        return f"fakeim-{self.id}-"

    def plan_of(self, arn: object) -> str | None:
        """Give the plan's name if ``arn`` is that of a plan of this run's names, or of an incident of one."""
        found = _OWN(arn) if isinstance(arn, str) else None
        if found is None or found["account"] != self.account:
            return None
        name = found["plan"] or found["incident_of"]
        return name if name.startswith(self.prefix) else None
