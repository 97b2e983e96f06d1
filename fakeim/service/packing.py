"""How tables keep records: as dictionaries, or, of what there may be very many of, packed.

A packed record is its members' values, each at a place of its own and ``None`` where there is none: what CPython does
for the attributes of instances, done for records of one shape. A dictionary of six members takes 272 bytes, six more
places in a tuple that is there anyway take 48, so an event takes little more than half of the memory, and so does an
incident. A row of a table is such a tuple: the four parts of its position, then the record.
"""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.spec.api import load_api
from fakeim.spec.codec import copied, copier, element_of
from fakeim.spec.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Set

    from fakeim.spec.api import Shape
    from fakeim.spec.codec import Copier

OFFSET = 4
"""Where in a row the record begins."""
PACKED = frozenset({"IncidentRecord", "RelatedItem", "TimelineEvent"})
"""The kinds of which there may be very many."""


class Packing(NamedTuple):
    """How the records of a table become the part of a row that follows the position, and how a row's is read."""

    pack: Callable[[dict[str, Any]], tuple[Any, ...]]
    unpack: Callable[[tuple[Any, ...]], dict[str, Any]]
    """Gives the record that is stored or, if it is packed, a dictionary of its own with what is stored in it."""


UNPACKED = Packing(lambda record: (record,), itemgetter(OFFSET))


@cache
def packing(kind: str) -> Packing:
    """Compile how records of ``kind``, the name of their shape, are kept."""
    if kind not in PACKED:
        return UNPACKED
    shape = load_api().shape(kind)
    return Packing(_packer(shape), _unpacker(shape))


def page_copier(shape: Shape, kind: str) -> Copier:
    """Compile how rows of records of ``kind`` are copied as a list of ``shape``, which may show fewer members.

    Where the list is one of texts, it is of the ids.
    """
    stored_as = load_api().shape(kind)
    if kind in PACKED:
        return _from_packed(element_of(shape), stored_as)
    if element_of(shape).type == "string":
        return lambda rows: [row[OFFSET - 1] for row in rows]
    copy = copier(shape, stored_as)
    return lambda rows: copy([row[OFFSET] for row in rows])


def _names(shape: Shape) -> list[str]:
    """Give all members that a record may have, in the alphabet's order, which answers have as well (1.10)."""
    return sorted({*shape.members, *shape.lost})


def _places(shape: Shape) -> dict[str, str]:
    """Give the expression for each member of a packed record that lies in ``row``."""
    return {name: f"row[{place}]" for place, name in enumerate(_names(shape), OFFSET)}


def _sure(shape: Shape) -> frozenset[str]:
    """Give the members that every record has."""
    return frozenset(shape.required) - shape.unknown


def _packer(shape: Shape) -> Callable[[Any], Any]:
    source = Source("record")
    values = []
    for name in _names(shape):
        values.append(f"record[{name!r}]" if name in _sure(shape) else source.name())
        if name not in _sure(shape):
            source.line(f"{values[-1]} = record.get({name!r})")
    there = " + ".join([f"{len(_sure(shape))}", *(f"({each} is not None)" for each in values if "[" not in each)])
    with source.block(f"if len(record) != {there}:"):
        source.line(f"raise TypeError(f'what is no member of {shape.name} would be lost: {{record}}')")
    source.line(f"return ({', '.join(values)},)")
    return source.function()


def _unpacker(shape: Shape) -> Callable[[Any], Any]:
    source = Source("row")
    places = _places(shape)
    source.line(f"record = {{{_display(places)}}}")
    for name in (each for each in places if each not in _sure(shape)):
        with source.block(f"if {places[name]} is None:"):
            source.line(f"del record[{name!r}]")
    source.line("return record")
    return source.function()


def _from_packed(shape: Shape, stored_as: Shape) -> Copier:
    source = Source("rows")
    source.line("copies = []")
    with source.block("for row in rows:"):
        shown = {name: place for name, place in _places(stored_as).items() if name in shape.members}
        _write_copy(source, shape, shown, _sure(stored_as))
    source.line("return copies")
    return source.function()


def _write_copy(source: Source, shape: Shape, shown: Mapping[str, str], sure: Set[str]) -> None:
    """Write what copies a record of which the members ``shown`` are at their places, if they are there at all.

    What may be missing is asked for before the copy is made, so that a copy is never mended: that takes longer.
    """
    unsure = next((name for name in shown if name not in sure), None)
    if unsure is not None:
        with source.block(f"if {shown[unsure]} is None:"):
            _write_copy(source, shape, {name: place for name, place in shown.items() if name != unsure}, sure)
        with source.block("else:"):
            _write_copy(source, shape, shown, {*sure, unsure})
        return
    copies = {name: copied(source, shape.members[name], shape.members[name], place) for name, place in shown.items()}
    source.line(f"copies.append({{{_display(copies)}}})")


def _display(expressions: Mapping[str, str]) -> str:
    return ", ".join(f"{name!r}: {expression}" for name, expression in expressions.items())
