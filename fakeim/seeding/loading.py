"""Dumps, read again: every part is looked at before anything is done with it.

A document comes from a file that somebody may have edited. It is read as JSON and nothing else; it is held against the
schema; what refers to something finds it; what was to happen still can. All that takes time in proportion to its size.
"""

from __future__ import annotations

import json
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.seeding import coherence
from fakeim.seeding.chance import Chance
from fakeim.seeding.document import APPEARANCES, EFFECT_KINDS, ENDS, KINDS, TOKENS, VERSION
from fakeim.seeding.document_schema import validator
from fakeim.service.clock import epoch_milliseconds
from fakeim.service.effects import APPEARANCE
from fakeim.service.replication_sets import END_OF_CHANGE
from fakeim.service.state import State
from fakeim.service.transitions import FOREVER
from fakeim.spec.api import load_api
from fakeim.spec.codec import element_of, instant, milliseconds
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema import ValidationError

    from fakeim.seeding.document import Kind
    from fakeim.service.state import Position, Record, Table
    from fakeim.spec.api import Shape

_LONGEST_TOLD = 300
_FIRST_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


class Account(NamedTuple):
    """An account as a document tells of it."""

    account_id: str
    partition: str
    regions: tuple[str, ...]
    """Those of the replication set, or the first one of the partition."""
    chance: Chance
    state: State


def read(source: str | PathLike[str] | dict[str, Any]) -> Account:
    """Read a dump: its text, the path of its file, or the parsed document.

    Raises:
        ValueError: It is no dump that this fakeim reads, or something in it is wrong.
        OSError: The file cannot be read.
    """
    try:
        document = _parsed(source)
        _check_version(document)
        # The first error alone: sizes are looked at before elements are compared with each other.
        wrong = next(validator().iter_errors(document), None)
        if wrong is not None:
            raise _refusal(wrong)
        return Reading(document).account()
    except RecursionError:
        raise ValueError("no dump of fakeim: it is nested too deeply") from None


def _parsed(source: str | PathLike[str] | dict[str, Any]) -> Any:
    try:
        if not isinstance(source, str | PathLike):
            source = json.dumps(source, allow_nan=False)
        elif not isinstance(source, str) or not source.lstrip().startswith("{"):
            source = Path(fspath(source)).read_text(encoding="utf-8")
        return json.loads(source, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except (TypeError, ValueError) as error:
        raise ValueError(f"no dump of fakeim: not JSON ({error})") from None


def _once_each(pairs: list[tuple[str, Any]]) -> Record:
    found: Record = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name!r} stands twice in one object")
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON's")


def _check_version(document: Any) -> None:
    version = document.get("fakeim") if isinstance(document, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise ValueError(f'no dump of fakeim: expected an object with "fakeim": {VERSION}; dump() makes one')  # noqa: TRY004 - as for all bad files
    if version > VERSION:
        raise ValueError(
            f"fakeim: a dump of version {version}, which a newer fakeim made; this one reads version {VERSION}: "
            "pip install -U fakeim"
        )
    if version < VERSION:
        raise ValueError(f"fakeim: there is no version {version}; this fakeim reads version {VERSION}: dump it anew")


def _refusal(wrong: ValidationError) -> ValueError:
    message = wrong.message
    if wrong.validator == "additionalProperties" and isinstance(wrong.instance, dict):
        known = wrong.schema["properties"]  # type: ignore[index] # of an object that allows known members only
        unknown = next(name for name in wrong.instance if name not in known)
        message = f"there is no member {unknown}{did_you_mean(unknown, known)}"
    elif "description" in wrong.schema and wrong.validator == "pattern":  # type: ignore[operator]
        message = f"{wrong.instance!r} does not fit; expected {wrong.schema['description']}"  # type: ignore[index]
    return _wrong(wrong.json_path.removeprefix("$").removeprefix(".") or "the document", message)


def _wrong(path: str, problem: str) -> ValueError:
    if len(problem) > _LONGEST_TOLD:  # it begins with a value, and ends with what is wrong with it
        problem = f"{problem[: _LONGEST_TOLD // 2]} ... {problem[-_LONGEST_TOLD // 2 :]}"
    return ValueError(f"{path}: {problem}")


class Reading:
    """A document that fits the schema, on its way to become a state."""

    def __init__(self, document: Record) -> None:
        self._document = document
        self._place = coherence.Place(document["partition"], document["accountId"])
        self._state = State()
        self._numbers: dict[int, str] = {}

    def account(self) -> Account:
        """Give the account; a ``ValueError`` names what does not fit together."""
        state = self._state
        for name, kind in KINDS.items():
            for path, row in self._rows(kind.member):
                self._store(name, kind, path, row)
        for path, row in self._rows(TOKENS):
            self._store_token(path, row)
        for path, row in self._rows(ENDS, numbered=""):
            self._store_end(path, row)
        for path, row in self._rows(APPEARANCES, numbered="recordNumber"):
            self._store_appearance(path, row)
        self._check_replication_set()
        last = self._document["lastNumber"]
        if self._numbers and last < max(self._numbers):
            raise _wrong("lastNumber", f"{last} is less than a record's number, {max(self._numbers)}: raise it")
        state.number = last
        state.commit()
        found = state.replication_sets.first()
        regions = tuple(found[1]["regionMap"]) if found else (_FIRST_REGIONS[self._place.partition],)
        ids = self._document["ids"]
        return Account(self._place.account_id, self._place.partition, regions, Chance(ids["seed"], ids["drawn"]), state)

    def _rows(self, member: str, numbered: str = "number") -> Iterator[tuple[str, Record]]:
        """Walk the rows of a member, in which no other record has the number that is called ``numbered``."""
        for index, row in enumerate(self._document.get(member, ())):
            path = f"{member}[{index}]"
            if numbered:
                self._number(f"{path}.{numbered}", row[numbered], path)
            yield path, row

    def _number(self, where: str, number: int, path: str) -> None:
        if number in self._numbers:
            raise _wrong(where, f"{number} is that of {self._numbers[number]} too; give it its own")
        self._numbers[number] = path

    def _store(self, table_name: str, kind: Kind, path: str, row: Record) -> None:
        position, record = self._record(table_name, kind, path, row, row["number"])
        table: Table = getattr(self._state, table_name)
        table.put(position, record)

    def _record(self, table_name: str, kind: Kind, path: str, row: Record, number: int) -> tuple[Position, Record]:
        """Read the record of a row, and say where it is to stand."""
        table: Table = getattr(self._state, table_name)
        shape = load_api().shape(kind.shape)
        record = with_times(shape, row["record"], f"{path}.record")
        for where, problem in (
            coherence.CHECKS[table_name](record, self._place) if table_name in coherence.CHECKS else ()
        ):
            raise _wrong(f"{path}.record{where}", problem)
        where, holder = (path, row) if kind.named else (f"{path}.record", record)
        group = self._owner(f"{where}.{kind.owner}", kind.owner, holder[kind.owner]) if kind.owner else 0
        name = row[kind.id] if kind.id == kind.owner else record[kind.id]
        if name in table:
            raise _wrong(path, f"{kind.id} {name} stands twice in {kind.member}; take one away, or rename it")
        time = milliseconds(record[kind.time]) if kind.time else 0
        return (group, time, number, name), record

    def _owner(self, path: str, member: str, arn: str) -> int:
        """Give the number of the resource that a record belongs to; 0 for tags, which stand under their own."""
        state = self._state
        owners = {"incidentRecordArn": state.incident_records, "responsePlanArn": state.response_plans}
        tables = [owners[member]] if member in owners else [*owners.values(), state.replication_sets]
        for table in tables:
            if arn in table:
                return table.position(arn)[2] if member in owners else 0
        raise _wrong(path, f"{arn} is not in the document; add it, or take away what belongs to it")

    def _store_token(self, path: str, row: Record) -> None:
        operation, tokens = load_api().operations[row["operation"]], self._state.client_tokens
        params = with_times(operation.input, row["params"], f"{path}.params")
        if params.get(operation.token or "") != row["clientToken"]:
            raise _wrong(f"{path}.params.{operation.token}", f"expected {row['clientToken']!r}, as in clientToken")
        name = f"{operation.name} {row['clientToken']}"
        if name in tokens:
            raise _wrong(path, f"the client token of {name} stands twice; take one away")
        answer = with_times(operation.output, row["answer"], f"{path}.answer")
        expiry = _moment(row["expires"], f"{path}.expires")
        tokens.put((0, expiry, row["number"], name), {"params": params, "answer": answer})

    def _store_end(self, path: str, row: Record) -> None:
        arn = row["replicationSetArn"]
        found = self._state.replication_sets.get(arn)
        if found is None or found["status"] not in coherence.PENDING:
            status = "not in the document" if found is None else found["status"]
            raise _wrong(path, f"{arn} is {status}: nothing of it is to end; take this away")
        if arn in self._state.schedule:
            raise _wrong(path, f"the change of {arn} ends twice; take one away")
        self._schedule(path, row, END_OF_CHANGE, arn, {"arn": arn})

    def _store_appearance(self, path: str, row: Record) -> None:
        kind = EFFECT_KINDS[row["among"]]
        table = next(name for name, each in KINDS.items() if each is kind)
        position, record = self._record(table, kind, path, row, row["recordNumber"])
        name = f"{kind.shape} {position[3]}"
        if name in self._state.schedule:
            raise _wrong(path, f"{kind.id} {position[3]} appears twice in {kind.member}; take one away")
        if record.get("incidentRecordArn", row["incidentRecordArn"]) != row["incidentRecordArn"]:
            raise _wrong(f"{path}.record.incidentRecordArn", f"expected {row['incidentRecordArn']}, as beside it")
        effect = {"table": kind.shape, "position": position, "record": record, "incident": row["incidentRecordArn"]}
        self._schedule(path, row, APPEARANCE, name, effect | {"stamp": row["stamp"]})

    def _schedule(self, path: str, row: Record, kind: str, name: str, effect: Record) -> None:
        due = FOREVER if row["due"] is None else _moment(row["due"], f"{path}.due")
        effect = {"kind": kind, "region": row["region"], **effect}
        self._state.schedule.put((0, due, row["number"], name), effect)

    def _check_replication_set(self) -> None:
        state = self._state
        if len(state.replication_sets) > 1:
            raise _wrong("replicationSets", "an account has at most one; take the others away")
        row = state.replication_sets.first()
        status = row[1]["status"] if row else "not there"
        if row and status in coherence.PENDING and row[1]["arn"] not in state.schedule:
            told = f'add {{"number": 0, "region": ..., "replicationSetArn": "{row[1]["arn"]}", "due": null}} to {ENDS}'
            raise _wrong("replicationSets[0].record.status", f"{status}, but nothing says when that ends; {told}")
        if (len(state.response_plans) or len(state.incident_records)) and status in (
            "not there",
            "CREATING",
            "DELETING",
        ):
            raise _wrong(
                "replicationSets",
                f"the set is {status}, and without one there are no plans or incidents; "
                "make one that is ACTIVE, or take them away",
            )


def with_times(shape: Shape, value: Any, path: str) -> Any:
    """Give a copy of ``value``, which fits ``shape``, with its times as the store keeps them."""
    if shape.type == "timestamp":
        return instant(_moment(value, path))
    if shape.type == "list":
        element = element_of(shape)
        return [with_times(element, each, f"{path}[{index}]") for index, each in enumerate(value)]
    if shape.type == "map":
        return {name: with_times(element_of(shape), each, f"{path}.{name}") for name, each in value.items()}
    if shape.type == "structure":
        return {name: with_times(shape.members[name], each, f"{path}.{name}") for name, each in value.items()}
    return value


def _moment(text: str, path: str) -> int:
    try:
        return epoch_milliseconds(text)
    except ValueError:
        raise _wrong(path, f"{text!r} is no time; there is no such day or hour") from None
