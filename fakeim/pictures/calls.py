"""The calls of an account as they are shown: which incident each concerns, what struck it, what retried it.

Rules [our choice]:
 1. A call concerns the incident that its parameters name, or that it started. A StartIncident that came to nothing
    concerns the incident that the next one of the same plan started.
 2. A call retries an earlier one that failed if it is of the same operation with the same parameters but for the
    clientToken.
 3. Client tokens that are UUIDs are numbered as they come: most are a client's own, which are chance, and equal
    accounts have equal pages.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.pictures import words
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from fakeim.service.calls import Call

LONGEST_PARAMETER, LONGEST_RESULT = 80, 140
START = "StartIncident"
TOKEN = "clientToken"  # noqa: S105 - the name of a parameter
_IS_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_ARN = re.compile(r"arn:[a-z-]+:ssm-incidents::[0-9]{12}:[a-z-]+/[a-zA-Z0-9_/-]+")
_IS_INCIDENT = re.compile(r"arn:[^/]*:incident-record/").match
OUTCOMES = {
    "answered": "answered",
    "failed": "refused",
    "struck": "fault: nothing was done",
    "lost": "fault: done, but the reply was lost",
}


class Note(NamedTuple):
    """What is said of a call beside its result; ``alarming``: it looks like a mistake of the caller's."""

    text: str
    alarming: bool


class Row(NamedTuple):
    """A call as it is shown."""

    number: int
    at: datetime
    operation: str
    region: str
    params: list[tuple[str, str]]
    outcome: str
    """One of ``OUTCOMES``."""
    result: str
    incident: str | None
    """The ARN of the one that it concerns."""
    notes: list[Note]

    @property
    def outcome_in_words(self) -> str:
        """What came of it."""
        return OUTCOMES[self.outcome]

    @property
    def summary(self) -> str:
        """The call in one line."""
        return f"{self.operation}, {self.outcome_in_words}"


class _Read(NamedTuple):
    """A call with its number and what it says, each read once."""

    number: int
    call: Call
    params: dict[str, Any]
    result: dict[str, Any] | None

    @property
    def started(self) -> str | None:
        """The ARN of the incident that it started."""
        return self.result["incidentRecordArn"] if self.call.operation == START and self.result else None

    @property
    def outcome(self) -> str:
        if self.call.error is None:
            return "answered"
        if self.result is not None:
            return "lost"
        return "struck" if self.call.struck else "failed"


def rows(calls: Iterable[Call], earlier: int, names: Mapping[str, str]) -> list[Row]:
    """Put ``calls`` into words: the first is number ``earlier + 1``; ``names`` are shown in place of ARNs."""
    read = [_Read(number, call, call.params, call.result) for number, call in enumerate(calls, earlier + 1)]
    tokens: dict[str, str] = {}
    concerned, notes = _concerned(read), _retries(read)
    return [
        Row(
            each.number,
            each.call.time,
            each.call.operation,
            each.call.region,
            [(name, _short(value, names, LONGEST_PARAMETER)) for name, value in _named(each.params, tokens).items()],
            each.outcome,
            _short(_error(each.call) or each.result, names, LONGEST_RESULT),
            concerned.get(each.number),
            notes[each.number],
        )
        for each in read
    ]


def _concerned(read: list[_Read]) -> dict[int, str]:
    """Give the incident that each call concerns, by the call's number (rule 1)."""
    concerned: dict[int, str] = {}
    waiting: defaultdict[str, list[int]] = defaultdict(list)
    for each in read:
        if each.call.operation == START:
            plan = waiting[str(each.params.get("responsePlanArn"))]
            plan.append(each.number)
            if each.started:
                concerned |= dict.fromkeys(plan, each.started)
                plan.clear()
        else:
            named = [str(each.params.get(name)) for name in ("arn", "incidentRecordArn", "resourceArn")]
            for arn in filter(_IS_INCIDENT, named):
                concerned[each.number] = arn
    return concerned


def _retries(read: list[_Read]) -> defaultdict[int, list[Note]]:
    """Say of calls what they retried, and what retried them (rule 2)."""
    notes: defaultdict[int, list[Note]] = defaultdict(list)
    in_vain: dict[tuple[str, str], _Read] = {}
    for each in read:
        wanted = {name: value for name, value in each.params.items() if name != TOKEN}
        key = (each.call.operation, words.compact(wanted))
        earlier = in_vain.pop(key, None)
        if earlier is not None:
            twice = bool(earlier.started and each.started and earlier.started != each.started)
            waited = each.call.time - earlier.call.time
            later = f"retried by call {each.number}, {f'{words.span(waited)} later' if waited else 'at once'}"
            told = f"{later}{_token(earlier, each)}{': that opened a second incident' if twice else ''}"
            notes[earlier.number].append(Note(told, twice))
            unknown = f"; nobody was told of the incident that call {earlier.number} opened" if twice else ""
            notes[each.number].append(Note(f"retries call {earlier.number}{unknown}", twice))
        if each.call.error is not None:
            in_vain[key] = each
    return notes


def _token(earlier: _Read, retry: _Read) -> str:
    if load_api().operations[retry.call.operation].token is None:
        return ""
    first, second = (each.params.get(TOKEN) for each in (earlier, retry))
    if first is None and second is None:
        return ", without a clientToken"
    return f", with {'the same' if first == second else 'another'} clientToken"


def _named(params: dict[str, Any], tokens: dict[str, str]) -> dict[str, Any]:
    """Give a name to a client token that is a UUID (rule 3)."""
    token = params.get(TOKEN, "")
    return params | {TOKEN: tokens.setdefault(token, f"UUID {len(tokens) + 1}")} if _IS_UUID(token) else params


def _error(call: Call) -> str:
    return f"{call.error}: {call.message}" if call.error and call.message != call.error else call.error or ""


def _short(value: Any, names: Mapping[str, str], longest: int) -> str:
    text = "" if value in (None, {}) else words.compact(value)
    return words.cut(_ARN.sub(lambda found: names.get(found[0], found[0]), text), longest)
