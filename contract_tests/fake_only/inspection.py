"""What only someone inside can see: the model, and the state behind a fake."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from sortedcontainers import SortedList

from fakeim.spec.api import SERVICE, VERSION, load_api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from botocore import model

    from fakeim import FakeIncidentManager
    from fakeim.service.state import Row, State, Table
    from fakeim.spec.api import Operation, Shape

OPERATIONS = tuple(load_api().operations.values())
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.method_name)


@cache
def botocore_file(name: str) -> dict[str, Any]:
    """Read a file of the service as botocore reads its own."""
    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    content: dict[str, Any] = loader.load_data(f"{SERVICE}/{VERSION}/{name}")
    return content


@cache
def botocore_model() -> ServiceModel:
    """Give botocore's model of the service, made without fakeim."""
    return ServiceModel(botocore_file("service-2"), SERVICE)


def shapes(*starts: Shape) -> dict[str, Shape]:
    """Give the ``starts`` and every shape inside them, by name."""
    found: dict[str, Shape] = {}
    waiting = list(starts)
    while waiting:
        shape = waiting.pop()
        if shape.name not in found:
            found[shape.name] = shape
            waiting += [each for each in (*shape.members.values(), shape.element, shape.key) if each]
    return found


def call(client: Any, operation: Operation, params: Mapping[str, Any]) -> dict[str, Any]:
    """Call the client's method for ``operation``."""
    answer: dict[str, Any] = getattr(client, operation.method_name)(**params)
    return answer


# -- the state


def live_state(fake: FakeIncidentManager) -> State:
    """Give the state itself, not a copy."""
    return fake._dispatcher.world.state  # noqa: SLF001 - whether the indexes are right cannot be seen from outside


def dump(fake: FakeIncidentManager) -> dict[str, Any]:
    """Give all that ``fake`` remembers, and which ids come next, as text: it shares nothing with the state."""
    snapshot = fake.snapshot()
    tables = {name: _texts(table) for name, table in snapshot.state.tables().items()}
    return {**tables, "sent": repr(snapshot.state.sent), "chance": snapshot.chance}


def _texts(table: Table) -> dict[str, str]:
    return {name: repr(row) for name, row in table._rows.items()}  # noqa: SLF001 - the rows as they lie there


def disorder(fake: FakeIncidentManager) -> list[str]:
    """Name every table whose order or indexes are not what its rows say, or whose rows belong to what is gone."""
    state = live_state(fake)
    wrong = [name for name, table in state.tables().items() if not is_in_order(table)]
    return wrong + _orphans(state) + (["undo"] if state.undo else [])


def _orphans(state: State) -> list[str]:
    there = {name: rows(table) for name, table in state.tables().items()}
    taggable = there["response_plans"] | there["incident_records"] | there["replication_sets"]
    owners = {0} | {position[2] for position, _ in taggable.values()}
    lost = [name for name, those in there.items() if any(place[0] not in owners for place, _ in those.values())]
    return lost + (["tags"] if there["tags"].keys() - taggable.keys() else [])


def rows(table: Table) -> dict[str, Row]:
    """Give each record, read from where it is kept, with its position."""
    return {name: table.row(stored) for name, stored in table._rows.items()}  # noqa: SLF001 - see live_state


def is_in_order(table: Table) -> bool:
    """Say whether the order and the indexes of a table are what its rows say, and hold the rows themselves."""
    stored, order, indexes = table._rows, table._order, table._indexes  # noqa: SLF001 - see live_state
    rebuilt: dict[str, dict[Any, SortedList[Any]]] = {facet: {} for facet in indexes}
    for row in stored.values():
        for facet, value in table._facets(table.row(row)[1]):  # noqa: SLF001
            if facet in rebuilt:
                rebuilt[facet].setdefault(value, SortedList()).add(row)
    named = all(position[3] == name for name, (position, _) in rows(table).items())
    in_order = sorted(stored.values(), key=lambda row: table.row(row)[0])
    listed = [*order, *(row for index in indexes.values() for those in index.values() for row in those)]
    same = {id(row) for row in listed} <= {id(row) for row in stored.values()}
    return named and same and list(order) == in_order and indexes == rebuilt


def names_in_use(fake: FakeIncidentManager) -> dict[str, list[str]]:
    """Give the names of all that is there, by the name of its table."""
    return {name: list(table._rows) for name, table in fake.snapshot().state.tables().items()}  # noqa: SLF001


# -- answers


def flaws(shape: model.Shape, value: Any, path: str = "answer") -> Iterator[str]:
    """Say, slowly, all that is wrong with ``value`` as a part of an answer of ``shape``, as botocore describes it.

    Minimums are left out: the service itself answers with an empty TagMap, whose minimum is 1 (catalogue 11).
    """
    wanted: type[Any] = _PYTHON_TYPES[shape.type_name]
    if type(value) is not wanted:
        yield f"{path}: {value!r} is no {wanted.__name__}"
        return
    limits: dict[str, Any] = dict(shape.metadata)
    size = value if shape.type_name == "integer" else len(value) if hasattr(value, "__len__") else 0
    if "max" in limits and size > limits["max"]:
        yield f"{path}: more than {limits['max']}"
    if shape.type_name == "integer" and size < limits.get("min", size):
        yield f"{path}: less than {limits['min']}"
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        yield f"{path}: {value!r} does not match {limits['pattern']}"
    if limits.get("enum") and value not in limits["enum"]:
        yield f"{path}: {value!r} is none of {limits['enum']}"
    if isinstance(value, datetime) and (value.utcoffset() is None or value.microsecond % 1000):
        yield f"{path}: {value!r} is not aware, or finer than a millisecond"
    inside = _INSIDE.get(shape.type_name)
    if inside:
        yield from inside(shape, value, path)


def _in_structure(shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    yield from (f"{path}: no {name}" for name in shape.required_members if name not in value)
    yield from (f"{path}: unknown {name}" for name in value if name not in shape.members)
    if shape.is_tagged_union and len(value) != 1:
        yield f"{path}: {len(value)} members of a union"
    for name in value.keys() & shape.members.keys():
        yield from flaws(shape.members[name], value[name], f"{path}.{name}")


def _in_list(shape: Any, value: list[Any], path: str) -> Iterator[str]:
    for index, each in enumerate(value):
        yield from flaws(shape.member, each, f"{path}[{index}]")


def _in_map(shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    for key, each in value.items():
        yield from flaws(shape.key, key, f"{path} (key {key})")
        yield from flaws(shape.value, each, f"{path}.{key}")


_PYTHON_TYPES: dict[str, type] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "timestamp": datetime,
    "list": list,
    "map": dict,
    "structure": dict,
}
_INSIDE: dict[str, Callable[[Any, Any, str], Iterator[str]]] = {
    "structure": _in_structure,
    "list": _in_list,
    "map": _in_map,
}
