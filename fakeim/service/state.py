"""The store: tables of records, the order they are listed in, and the way back.

Records are dictionaries in the API's own shape. They are never changed, only replaced: so a copy of the tables is
a copy of the state, and undoing a call means putting the former records back. A table's rows keep them as ``packing``
says, and are themselves what its order and its indexes hold: a row is one tuple, which begins with its place in them.
"""

from __future__ import annotations

from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from sortedcontainers import SortedList

from fakeim.service.packing import START, UNPACKED, number, packing, position, start

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator
    from typing import TypeAlias

    from fakeim.service.consistency import Place, View
    from fakeim.service.packing import Packing

    Record: TypeAlias = dict[str, Any]
    Position: TypeAlias = tuple[int, int, int, str]
    """Where a record stands: group (its incident's number, or 0), time, number of arrival, id."""
    Row: TypeAlias = tuple[Position, Record]
    Stored: TypeAlias = tuple[Any, ...]
    """A row as it is kept: group, moment, id, and what the record is packed to (``packing``)."""
    Bound: TypeAlias = tuple[int, ...]
    """The start of a stored row, group or group and moment: it sorts before every row that begins with it."""
    Facets: TypeAlias = Callable[[Record], Iterable[tuple[str, Hashable]]]
    Change: TypeAlias = tuple["Table", str, Stored | None, Stored | None]
    """What a write did: in which table, to the record of which id, the former row, the new one; ``None`` is none."""
    Undo: TypeAlias = tuple[Callable[..., object], tuple[Any, ...]]
    Sent: TypeAlias = tuple[Any, ...]
    """The last occasion and all before it, nested; or nothing. It only grows at its head, so copies share it."""


_NO_ROWS: SortedList[Stored] = SortedList()
"""What empty tables have, since ten of these are a third of the cost of a fresh fake; nothing is ever added to it."""


def _no_facets(_: Record) -> Iterable[tuple[str, Hashable]]:
    return ()


class Table:
    """Records of one kind, each under its id, kept in the order of their positions.

    ``facets`` names what records can be searched by. An index on a facet is made when it is first asked for, and
    kept up from then on; who never filters pays nothing. Every write leaves its opposite in ``undo``. A copy shares
    the rows until either is written to: most of what a snapshot keeps is never changed.
    """

    __slots__ = ("_facets", "_indexes", "_order", "_packing", "_rows", "_shared", "_undo", "kind")

    def __init__(self, kind: str, undo: list[Undo], facets: Facets = _no_facets, packing: Packing = UNPACKED) -> None:
        self.kind = kind
        self._rows: dict[str, Stored] = {}
        self._order = _NO_ROWS
        self._indexes: dict[str, dict[Hashable, SortedList[Stored]]] = {}
        self._shared = False
        self._facets = facets
        self._undo = undo
        self._packing = packing

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, id: str) -> bool:
        return id in self._rows

    def get(self, id: str) -> Record | None:
        """Give the record called ``id``, or ``None``."""
        row = self._rows.get(id)
        return None if row is None else self._packing.unpack(row)

    def position(self, id: str) -> Position:
        """Say where the record called ``id`` stands; a ``KeyError`` if there is none."""
        return position(self._rows[id])

    def key(self, id: str) -> str:
        """Give the id that equals ``id`` as it is stored; a ``KeyError`` if there is none."""
        key: str = self._rows[id][2]
        return key

    def number(self, id: str) -> int:
        """Give the number of arrival of the record called ``id``; a ``KeyError`` if there is none."""
        return number(self._rows[id])

    def first(self) -> Row | None:
        """Give the record that stands first, and where it stands, or ``None``."""
        return self.row(self._order[0]) if self._order else None

    def row(self, stored: Stored) -> Row:
        """Read a row as it is stored: where the record stands, and the record."""
        return position(stored), self._packing.unpack(stored)

    def differences(self, later: Table) -> list[tuple[Row | None, Row | None]]:
        """Give the record here and the record in ``later``, placed, of each id that has not the same in both.

        An empty record is none: the tags of what has been untagged.
        """
        rows = ((self._rows.get(each), later._rows.get(each)) for each in self._rows | later._rows)
        pairs = ((was and self.row(was), now and self.row(now)) for was, now in rows if was is not now)
        return [(was, now) for was, now in pairs if _content(was) != _content(now)]

    def put(self, place: Position, record: Record) -> None:
        """Store ``record`` under the id in its ``place``, instead of a record that had this id."""
        self._write(place[3], start(place) + self._packing.pack(record))

    def replace(self, id: str, record: Record) -> None:
        """Store ``record`` where the one called ``id`` stands."""
        self._write(id, self._rows[id][:START] + self._packing.pack(record))

    def drop(self, id: str) -> None:
        """Forget the record called ``id``, if there is one."""
        if id in self._rows:
            self._write(id, None)

    def drop_group(self, group: int) -> None:
        """Forget every record of ``group``."""
        for row in list(_between(self._order, (group,), (group + 1,), backwards=False)):
            self._write(row[2], None)

    def clear(self) -> None:
        """Forget every record."""
        self._undo.append((Table._restore, (self, self._rows, self._order, self._indexes, self._shared)))
        self._restore({}, SortedList(), {}, shared=False)

    def copy(self, undo: list[Undo]) -> Table:
        """Give a table of its own with the same records, whose writes go to another ``undo``."""
        other = Table(self.kind, undo, self._facets, self._packing)
        other._rows, other._order = self._rows, self._order
        self._shared = other._shared = True
        return other

    def follow(self, id: str, row: Stored | None) -> None:
        """Have the row that another table has under this id, or none; there is no way back."""
        old = self._rows.get(id)
        if row is not old:
            self._set(id, old, row)

    def _write(self, id: str, row: Stored | None) -> None:
        old = self._rows.get(id)
        self._undo.append((Table._set, (self, id, row, old)))
        self._set(id, old, row)

    def _set(self, id: str, old: Stored | None, row: Stored | None) -> None:
        if self._shared:
            self._rows, self._order, self._shared = self._rows.copy(), self._order.copy(), False
        if row is None:
            del self._rows[id]
        else:
            self._rows[id] = row
        if old is not None:
            self._order.remove(old)
        if row is not None:
            if self._order is _NO_ROWS:
                self._order = SortedList()
            self._order.add(row)
        if self._indexes:
            self._reindex(old, row)

    def _restore(self, rows: Any, order: Any, indexes: Any, shared: Any) -> None:
        self._rows, self._order, self._indexes, self._shared = rows, order, indexes, shared

    # -- indexes

    def index(self, facet: str, value: Hashable) -> SortedList[Stored]:
        """Give the rows of the records that have ``value`` as their ``facet``, in order."""
        found = self._indexes.get(facet)
        if found is None:
            found = self._indexes[facet] = {}
            for row in self._rows.values():
                self._list(found, facet, row)
        return found.get(value) or SortedList()

    def first_with(self, facet: str, value: Hashable) -> Record | None:
        """Give the record that stands first of those that have ``value`` as their ``facet``, or ``None``."""
        found = self.index(facet, value)
        return self._packing.unpack(found[0]) if found else None

    def _reindex(self, old: Stored | None, row: Stored | None) -> None:
        for name, index in self._indexes.items():
            if old is not None:
                self._unlist(index, name, old)
            if row is not None:
                self._list(index, name, row)

    def _list(self, index: dict[Hashable, SortedList[Stored]], name: str, row: Stored) -> None:
        for facet, value in self._facets(self._packing.unpack(row)):
            if facet == name:
                index.setdefault(value, SortedList()).add(row)

    def _unlist(self, index: dict[Hashable, SortedList[Stored]], name: str, row: Stored) -> None:
        for facet, value in self._facets(self._packing.unpack(row)):
            if facet == name:
                index[value].remove(row)
                if not index[value]:
                    del index[value]


def _content(placed: Row | None) -> Record | None:
    return (placed and placed[1]) or None


class Listing(NamedTuple):
    """What a list operation lists: the records of a table between two bounds, in order, filtered.

    ``any_of`` are searches of which a record must fit one (a facet and a value each); ``keep`` must hold as well.
    """

    table: Table
    low: Bound
    high: Bound
    descending: bool = False
    any_of: tuple[tuple[str, Hashable], ...] | None = None
    keep: Callable[[Record], bool] | None = None
    seen: bool = False
    """Whether it is already what the call sees, however late that is (consistency)."""

    def rows(self) -> Iterator[Row]:
        """Walk the rows."""
        return map(self.table.row, self.stored())

    def stored(self, after: Bound | None = None) -> Iterator[Stored]:
        """Walk the rows as they are stored, from the start or from behind the one that begins with ``after``."""
        low, high, keep = self.low, self.high, self.keep
        if after is not None and self.descending:
            high = after
        elif after is not None:
            low = (*after[:-1], after[-1] + 1)
        found = self._between(low, high)
        unpack = self.table._packing.unpack  # noqa: SLF001 - a listing is a view of its table
        return found if keep is None else (row for row in found if keep(unpack(row)))

    def _between(self, low: Bound, high: Bound) -> Iterator[Stored]:
        if low >= high:
            return iter(())
        backwards = self.descending
        if self.any_of is None:
            return _between(self.table._order, low, high, backwards=backwards)  # noqa: SLF001 - as above
        found = [_between(self.table.index(*search), low, high, backwards=backwards) for search in self.any_of]
        # groupby: a record that fits two of the searches is found twice, next to itself
        return found[0] if len(found) == 1 else (row for row, _ in groupby(merge(*found, reverse=backwards)))


def _between(order: SortedList[Stored], low: Bound, high: Bound, *, backwards: bool) -> Iterator[Stored]:
    # A bound is the start of a row and compares as one.
    return order.irange(low, high, reverse=backwards)


def whole(table: Table, *, descending: bool = False) -> Listing:
    """List all records of an ungrouped ``table``."""
    return Listing(table, (0,), (1,), descending)


def group(table: Table, number: int, *, descending: bool = False) -> Listing:
    """List the records of one group of ``table``."""
    return Listing(table, (number,), (number + 1,), descending)


# -- what the tables can be searched by


def _incident_facets(record: Record) -> Iterator[tuple[str, Hashable]]:
    source, plan = record["incidentRecordSource"], record["arn"].split("/")[1]
    yield "status", record["status"]
    yield "impact", record["impact"]
    yield "createdBy", source["createdBy"]
    yield "plan", plan
    if record["status"] == "OPEN":
        yield "open dedupeString", record["dedupeString"]
        yield "open trigger", (plan, source.get("resourceArn"))


def _event_facets(record: Record) -> Iterator[tuple[str, Hashable]]:
    yield "eventType", record["eventType"]
    for value in {value for reference in record.get("eventReferences", ()) for value in reference.values()}:
        yield "eventReference", value


class State:
    """All that a fake account remembers."""

    def __init__(self) -> None:
        self.number = 0
        self.undo: list[Undo] = []
        self.replication_sets = Table("ReplicationSet", self.undo)
        self.response_plans = Table("GetResponsePlanOutput", self.undo)
        self.incident_records = Table("IncidentRecord", self.undo, _incident_facets, packing("IncidentRecord"))
        self.timeline_events = Table("TimelineEvent", self.undo, _event_facets, packing("TimelineEvent"))
        self.related_items = Table("RelatedItem", self.undo, _no_facets, packing("RelatedItem"))
        self.findings = Table("Finding", self.undo)
        self.resource_policies = Table("ResourcePolicy", self.undo)
        self.tags = Table("TagMap", self.undo)
        self.client_tokens = Table("used client tokens", self.undo)
        self.schedule = Table("effects to come", self.undo)
        self.sent: Sent = ()
        self._sent_before: Sent = ()
        self.views: dict[Place, View] = {}
        """What is seen late, and where (consistency)."""

    def tables(self) -> dict[str, Table]:
        """Give every table under its name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Table)}

    def kinds(self) -> dict[str, Table]:
        """Give every table under the kind of its records, which its copies share."""
        return {table.kind: table for table in self.tables().values()}

    def changes(self) -> Iterator[Change]:
        """Say what every write since the last ``commit`` did, the first one first."""
        for write, (table, *arguments) in self.undo:
            if write is Table._set:  # noqa: SLF001 - of the same room
                name, new, old = arguments
                yield table, name, old, new
            else:  # the table was cleared
                yield from ((table, name, old, None) for name, old in arguments[0].items())

    def next_number(self) -> int:
        """Give a number larger than all before: the order of arrival."""
        self.number += 1
        return self.number

    def send(self, occasion: object) -> None:
        """Keep an occasion at which something is sent; it always comes with a write, and is undone with it."""
        self.sent = (occasion, self.sent)

    def copy(self) -> State:
        """Give a state of its own with the same records."""
        other = State()
        other.number = self.number
        other.sent = other._sent_before = self.sent
        for name, table in self.tables().items():
            setattr(other, name, table.copy(other.undo))
        other.views = {place: view.copy() for place, view in self.views.items()}
        return other

    def roll_back(self) -> None:
        """Undo every write since the last ``commit``, the last one first."""
        for write, arguments in reversed(self.undo):
            write(*arguments)
        self.undo.clear()
        self.sent = self._sent_before

    def commit(self) -> None:
        """Keep every write."""
        if self.undo:
            self.undo.clear()
            self._sent_before = self.sent
