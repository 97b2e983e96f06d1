"""What is different in an account between two moments: record by record, member by member.

Only resources count: not the calls, the clock, client tokens, or what has been sent.
"""

from __future__ import annotations

import re
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fakeim.inspection.values import CopiedField
from fakeim.pictures import words
from fakeim.service.state import whole
from fakeim.service.strict import Strict
from fakeim.spec.api import lazy_property

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from fakeim.service.state import Record, Row, State

    Members: TypeAlias = dict[str, tuple[Any, Any]]

NOUNS: Mapping[str, str] = {
    "replication_sets": "replication set",
    "response_plans": "response plan",
    "incident_records": "incident",
    "timeline_events": "timeline event",
    "related_items": "related item",
    "findings": "finding",
    "resource_policies": "resource policy",
    "tags": "tags",
}
"""What the records of the tables are called that are compared, the owners before what they own."""
OWNERS = ("replication_sets", "response_plans", "incident_records")
STAMPS = frozenset({"lastModifiedBy", "lastModifiedTime"})
"""What every change changes: told only where it is all that is different."""
LONGEST_VALUE = 60


@dataclass(frozen=True)
class Change:
    """One record that is there at one moment only, or is another at each."""

    kind: str
    """As in ``"incident"``, ``"timeline event"`` or ``"tags"``."""
    id: str
    """Its ARN, or its id; of tags, the ARN of what has them."""
    owner: str
    """The ARN of the resource that it belongs to, or is."""
    before: Mapping[str, Any] | None = field(hash=False)
    """The record in the API's shape, or ``None`` if it was not there."""
    after: Mapping[str, Any] | None = field(hash=False)
    """What has become of it, or ``None`` if it is gone."""

    @property
    def members(self) -> Members:
        """The members that differ, each with its values before and after; ``None`` is absent.

        Members of structures and maps have paths: ``{"incidentTemplate.impact": (1, 3)}``.
        """
        return dict(_differing(self.before or {}, self.after or {}, ""))


# After the decorator, which would take them for the fields' defaults.
setattr(Change, "before", CopiedField("before"))  # noqa: B010 - no type checker lets it
setattr(Change, "after", CopiedField("after"))  # noqa: B010 - as above


class Diff(Strict):
    """What is different; false when nothing is. Iterating gives each ``Change``."""

    def __init__(self, changes: tuple[Change, ...]) -> None:
        self._changes = changes

    def __iter__(self) -> Iterator[Change]:
        return iter(self._changes)

    def __len__(self) -> int:
        return len(self._changes)

    def __repr__(self) -> str:
        return f"<Diff {' | '.join(self._lines()) or 'nothing'}>"

    def __str__(self) -> str:
        return "\n".join(self._lines()) or "nothing is different"

    @property
    def added(self) -> tuple[Change, ...]:
        """What was not there before."""
        return tuple(each for each in self._changes if each.before is None)

    @property
    def removed(self) -> tuple[Change, ...]:
        """What is not there any more."""
        return tuple(each for each in self._changes if each.after is None)

    @property
    def changed(self) -> tuple[Change, ...]:
        """What is there at both moments, and has other members."""
        return tuple(each for each in self._changes if each.before is not None and each.after is not None)

    def of(self, arn: str) -> Diff:
        """Give what is different in one resource and what belongs to it."""
        return Diff(tuple(each for each in self._changes if each.owner == arn))

    def _lines(self) -> list[str]:
        """Tell of each resource in a line."""
        owners: dict[str, list[Change]] = {}
        for each in self._changes:
            owners.setdefault(each.owner, []).append(each)
        return [_line(owner, changes) for owner, changes in owners.items()]


def diff(before: State, after: State) -> Diff:
    """Compare two states of an account."""
    owners = _Owners(before), _Owners(after)
    old, new = before.tables(), after.tables()
    return Diff(
        tuple(
            _change(noun, was, now, owners)
            for name, noun in NOUNS.items()
            for was, now in old[name].differences(new[name])
        )
    )


# -- comparing


class _Owners:
    """Whose a record is, in one state: it stands under the number of the resource that it belongs to."""

    def __init__(self, state: State) -> None:
        self._tables = state.tables()

    @lazy_property
    def _arns(self) -> dict[int, str]:
        rows = (row for name in OWNERS for row in whole(self._tables[name]).rows())
        return {position[2]: position[3] for position, _ in rows}

    def of(self, row: Row) -> str:
        group, _, _, own_id = row[0]
        return self._arns[group] if group else own_id


def _change(kind: str, was: Row | None, now: Row | None, owners: tuple[_Owners, _Owners]) -> Change:
    row, theirs = (now, owners[1]) if now else (was, owners[0])
    assert row is not None  # noqa: S101 - a difference has one of the two
    return Change(kind, row[0][3], theirs.of(row), _record(was), _record(now))


def _record(row: Row | None) -> Record | None:
    """Copy a record; an empty one is none."""
    return deepcopy(row[1]) if row and row[1] else None


def _differing(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[tuple[str, tuple[Any, Any]]]:
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _differing(was, now, f"{path}{name}.")
        elif was != now:
            yield f"{path}{name}", (was, now)


# -- words


def _line(owner: str, changes: list[Change]) -> str:
    """Tell what is different in a resource: itself, its tags, and how many of its belongings."""
    sign, told = "", []
    counts: Counter[tuple[str, str]] = Counter()
    for each in changes:
        if each.kind == "tags":
            told.append(f"tags {_told_members(each.members)}")
        elif each.id != owner:
            counts[_sign(each), each.kind] += 1
        elif each.before is None or each.after is None:
            sign = f"{_sign(each)} "
        else:
            told.insert(0, _told_members(each.members))
    told += [f"{mark} {count} {_plural(kind, count)}" for (mark, kind), count in counts.items()]
    return f"{sign}{_named(owner)}{': ' if told else ''}{'; '.join(told)}"


def _sign(change: Change) -> str:
    return "+" if change.before is None else "-" if change.after is None else "~"


def _named(arn: str) -> str:
    """Name a resource in short: an incident by its plan and the start of its id."""
    kind, _, name = arn.rpartition(":")[2].partition("/")
    plan, _, incident = name.partition("/")
    return f"incident {plan}/{incident[:8]}" if incident else f"{kind.replace('-', ' ')} {name}"


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"


def _told_members(members: Members) -> str:
    """Tell of members: those that have other values, then those that came, then those that went."""
    told = {name: values for name, values in members.items() if name not in STAMPS} or members
    in_order = sorted(told.items(), key=lambda item: (item[1][1] is None, item[1][0] is None))
    return ", ".join(_told_member(name, *values) for name, values in in_order)


def _told_member(name: str, was: Any, now: Any) -> str:
    if was is None:
        return f"+ {name} {_shortened(now)}"
    return f"- {name}" if now is None else f"{name} {_shortened(was)} -> {_shortened(now)}"


def _shortened(value: Any) -> str:
    plain = isinstance(value, str) and re.fullmatch(r"[\w.-]+", value)
    text = value.isoformat() if isinstance(value, datetime) else value if plain else repr(value)
    return words.cut(text, LONGEST_VALUE)
