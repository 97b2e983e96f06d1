"""How tables keep records: as dictionaries, or, of what there may be very many of, in less memory.

Kept as the dictionary that it is, an event would take 80 bytes more, an incident 360 (by ``sys.getsizeof``).

 1. Of an event, what lists show is a dictionary, its data is beside it. Dictionaries of up to five members are the
    small ones, 184 bytes in place of 272; and a page is made by copying them, the quickest way there is to make one.
 2. Of an incident, and of a related item, each member's value has its own place, with ``None`` where there is none:
    what CPython does for the attributes of instances, done for records of one shape. It is compiled from the shape.

A row of a table is one tuple: group, moment, id, then what ``pack`` has made of the record. The moment is time and
number of arrival in one integer, quicker to compare than two and 40 bytes smaller.
"""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.spec.api import load_api
from fakeim.spec.codec import copied, element_of
from fakeim.spec.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from fakeim.service.state import Position
    from fakeim.spec.api import Shape
    from fakeim.spec.codec import Copier

START = 3
"""How much of a row comes before the record."""
_NUMBER_BITS = 32
_NUMBER = (1 << _NUMBER_BITS) - 1
EVENT = "TimelineEvent"
MOST_ASKED_FOR = 2
"""Of how many members that may be missing a page's copy is made in one step; today one operation shows one."""
SPREAD = frozenset({"IncidentRecord", "RelatedItem"})
"""The kinds of rule 2."""


def start(position: Position) -> tuple[int, int, str]:
    """Give the start of the row of a record that stands at ``position``."""
    group, time, number, name = position
    return group, (time << _NUMBER_BITS) + number, name


def position(row: tuple[Any, ...]) -> Position:
    """Say where the record of a row stands."""
    group, moment, name = row[:START]
    return group, moment >> _NUMBER_BITS, moment & _NUMBER, name


def number(row: tuple[Any, ...]) -> int:
    """Give the number of arrival of the record of a row."""
    arrival: int = row[1] & _NUMBER
    return arrival


def beginning(time: int) -> int:
    """Give the first moment of a time."""
    return time << _NUMBER_BITS


class Packing(NamedTuple):
    """How the records of a table become the end of a row, and how a row's record is read."""

    pack: Callable[[dict[str, Any]], tuple[Any, ...]]
    unpack: Callable[[tuple[Any, ...]], dict[str, Any]]
    """Gives the record that is stored or, if it is packed, a dictionary of its own with what is stored in it."""


UNPACKED = Packing(lambda record: (record,), itemgetter(START))


@cache
def packing(kind: str) -> Packing:
    """Give how records of ``kind``, the name of their shape, are kept."""
    if kind == EVENT:
        return Packing(_pack_event, _unpack_event)
    if kind in SPREAD:
        shape = load_api().shape(kind)
        return Packing(_packer(shape), _unpacker(shape))
    return UNPACKED


def page_copier(shape: Shape, kind: str) -> Copier:
    """Compile how rows of records of ``kind`` are copied as a list of ``shape``, which may show fewer members.

    Where the list is one of texts, it is of the ids.
    """
    element, stored_as = element_of(shape), load_api().shape(kind)
    source = Source("rows")
    source.line("copies = []")
    with source.block("for row in rows:"):
        if kind in SPREAD:
            shown = {name: place for name, place in _places(stored_as).items() if name in element.members}
            _write_copy(source, element, shown, _sure(stored_as))
        elif element.type == "string":
            source.line(f"copies.append(row[{START - 1}])")
        else:
            shown_as = element if kind == EVENT else stored_as
            source.line(f"copies.append({copied(source, element, shown_as, f'row[{START}]')})")
    source.line("return copies")
    return source.function()


# -- events

_MOST_HAVE = 6
"""As many members have most events: all but references. No event has fewer."""


def _pack_event(record: dict[str, Any]) -> tuple[Any, ...]:
    if len(record) == _MOST_HAVE:  # written out, it takes a third of the time
        shown = {
            "eventId": record["eventId"],
            "eventTime": record["eventTime"],
            "eventType": record["eventType"],
            "eventUpdatedTime": record["eventUpdatedTime"],
            "incidentRecordArn": record["incidentRecordArn"],
        }
    else:
        shown = {name: value for name, value in record.items() if name != "eventData"}
    return shown, record["eventData"]


def _unpack_event(row: tuple[Any, ...]) -> dict[str, Any]:
    return {"eventData": row[START + 1], **row[START]}


# -- spread records


def _places(shape: Shape) -> dict[str, str]:
    """Give the expression for each member that a record may have, in the order of answers (1.10): the alphabet's."""
    return {name: f"row[{place}]" for place, name in enumerate(sorted({*shape.members, *shape.lost}), START)}


def _sure(shape: Shape) -> frozenset[str]:
    """Give the members that every record has."""
    return frozenset(shape.required) - shape.unknown


def _packer(shape: Shape) -> Callable[[Any], Any]:
    source = Source("record")
    values = {name: f"record[{name!r}]" if name in _sure(shape) else source.name() for name in _places(shape)}
    unsure = {name: value for name, value in values.items() if name not in _sure(shape)}
    for name, value in unsure.items():
        source.line(f"{value} = record.get({name!r})")
    there = " + ".join([f"{len(_sure(shape))}", *(f"({value} is not None)" for value in unsure.values())])
    with source.block(f"if len(record) != {there}:"):
        source.line(f"raise TypeError(f'what is no member of {shape.name} would be lost: {{record}}')")
    source.line(f"return ({', '.join(values.values())},)")
    return source.function()


def _unpacker(shape: Shape) -> Callable[[Any], Any]:
    source = Source("row")
    places = _places(shape)
    source.line(f"record = {_display(places)}")
    for name in (each for each in places if each not in _sure(shape)):
        with source.block(f"if {places[name]} is None:"):
            source.line(f"del record[{name!r}]")
    source.line("return record")
    return source.function()


def _write_copy(source: Source, shape: Shape, shown: Mapping[str, str], sure: AbstractSet[str]) -> None:
    """Write what copies a record of which the members ``shown`` are at their places, if they are there at all.

    What may be missing is asked for before the copy is made: to mend it takes longer. But each such member doubles what
    is written, so of many, as a later model may have them, the copy is put together.
    """
    unsure = [name for name in shown if name not in sure]
    if len(unsure) > MOST_ASKED_FOR:
        _write_assembly(source, shape, shown, sure)
    elif unsure:
        with source.block(f"if {shown[unsure[0]]} is None:"):
            _write_copy(source, shape, {name: place for name, place in shown.items() if name != unsure[0]}, sure)
        with source.block("else:"):
            _write_copy(source, shape, shown, {*sure, unsure[0]})
    else:
        source.line(f"copies.append({_display(_copies(source, shape, shown))})")


def _write_assembly(source: Source, shape: Shape, shown: Mapping[str, str], sure: AbstractSet[str]) -> None:
    source.line("copy = {}")
    for name, place in shown.items():
        with source.block(f"if {name in sure} or {place} is not None:"):
            source.line(f"copy[{name!r}] = {_copies(source, shape, {name: place})[name]}")
    source.line("copies.append(copy)")


def _copies(source: Source, shape: Shape, shown: Mapping[str, str]) -> dict[str, str]:
    members = shape.members
    return {name: copied(source, members[name], members[name], place) for name, place in shown.items()}


def _display(expressions: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{name!r}: {expression}' for name, expression in expressions.items())}}}"
