"""Filters of the list operations: read, refused, and turned into searches.

Rules, and what they rest on:
 1. A record must fit every filter, and of a filter's values any one [documented §6.5, 7.13].
 2. Times take ``before`` or ``after``, all else ``equals``; impact has integerValues, the others stringValues
    [documented §6.5, 7.13; observed §6.5]. Anything else, like an unknown key, is a ValidationException
    [assumption: 17.8].
 3. ``before`` and ``after`` are exclusive [assumption: 17.26]; an empty list of values fits nothing [assumption].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.service import errors
from fakeim.service.packing import beginning
from fakeim.service.state import Listing
from fakeim.spec.codec import milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fakeim.service.state import Record, Table

    Values = Callable[[Record], Sequence[Any]]

_STRINGS, _INTEGERS = "stringValues", "integerValues"


class Filterable(NamedTuple):
    """What a list operation can be filtered by: the key for the time, and for each other key its kind and values."""

    time: str
    kinds: Mapping[str, str]
    values: Mapping[str, Values]


INCIDENTS = Filterable(
    "creationTime",
    {"createdBy": _STRINGS, "impact": _INTEGERS, "status": _STRINGS},
    {
        "createdBy": lambda record: (record["incidentRecordSource"]["createdBy"],),
        "impact": lambda record: (record["impact"],),
        "status": lambda record: (record["status"],),
    },
)
EVENTS = Filterable(
    "eventTime",
    {"eventReference": _STRINGS, "eventType": _STRINGS},
    {
        "eventReference": lambda record: [v for each in record.get("eventReferences", ()) for v in each.values()],
        "eventType": lambda record: (record["eventType"],),
    },
)


def listing(table: Table, group: int, filters: Sequence[Record], allowed: Filterable, *, descending: bool) -> Listing:
    """List the records of ``group`` that fit all ``filters``.

    Filters on the time narrow the bounds. Of the others, the one that fits the fewest records is looked up in the
    table's index, and the rest are asked of each record it finds.
    """
    low, high = (group,), (group + 1,)
    wanted: list[tuple[str, frozenset[Any]]] = []
    for each in filters:
        key, condition = each["key"], each["condition"]
        if key == allowed.time:
            low, high = _window(low, high, key, condition, group)
        else:
            wanted.append((key, _wanted(key, condition, allowed)))
    if not wanted:
        return Listing(table, low, high, descending)
    if len(wanted) > 1:
        wanted.sort(key=lambda pair: sum(len(table.index(pair[0], value)) for value in pair[1]))
    (key, values), *others = wanted
    searches = tuple((key, value) for value in values)
    return Listing(table, low, high, descending, searches, _all_of(others, allowed) if others else None)


def _window(low: Any, high: Any, key: str, condition: Record, group: int) -> tuple[Any, Any]:
    if "after" in condition:
        return max(low, (group, beginning(milliseconds(condition["after"]) + 1))), high
    if "before" in condition:
        return low, min(high, (group, beginning(milliseconds(condition["before"]))))
    raise errors.validation(f"Invalid filter: {key} takes the condition 'before' or 'after'.")


def _wanted(key: str, condition: Record, allowed: Filterable) -> frozenset[Any]:
    kind = allowed.kinds.get(key)
    if kind is None:
        raise errors.validation(
            f"Invalid filter key '{key}'. Valid keys: {', '.join(sorted([allowed.time, *allowed.kinds]))}."
        )
    if kind not in condition.get("equals", ()):
        raise errors.validation(f"Invalid filter: {key} takes the condition 'equals' with {kind}.")
    return frozenset(condition["equals"][kind])


def _all_of(wanted: list[tuple[str, frozenset[Any]]], allowed: Filterable) -> Callable[[Record], bool]:
    tests = [(allowed.values[key], values) for key, values in wanted]
    return lambda record: all(not values.isdisjoint(values_of(record)) for values_of, values in tests)
