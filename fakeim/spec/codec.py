"""Values on their way in and out: what a caller may pass, what the service keeps, what a caller gets.

*Canonical* values are what lies in the store: ``str``, ``int``, ``bool``, ``list``, ``dict`` of exactly those
types, and one kind of timestamp (``instant``). Reading makes a fresh canonical value of what the caller passed;
copying makes a fresh answer of what is stored. So neither is ever an alias of the state.

Both are compiled from the shapes to closures, since they run on every call.
"""

from __future__ import annotations

import json
import time
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakeim.spec.api import Shape

    Reader = Callable[[Any], Any]
    Copier = Callable[[Any], Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
_MINUTE = 60 * 1000


compact_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
"""Write a value as the service writes the JSON in a timeline event: without spaces (catalogue §7.1)."""


def parse_json(text: str, *, repetition: bool = True) -> object:
    """Give the value that the JSON ``text`` stands for; ``None`` if it is not JSON.

    Without ``repetition``, neither is one with an object that has a member twice.
    """
    try:
        return json.loads(text, object_pairs_hook=None if repetition else without_repetition)
    except (ValueError, RecursionError):
        return None


def without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of JSON, for ``json.loads``; of a member that is there twice, readers take one or the other."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is there twice")
    return found


class Misfit(Exception):  # noqa: N818 - never leaves the package: the client turns it into the error that fits
    """A value that a client refuses to send, or that no service could read."""


# -- timestamps -------------------------------------------------------------------------------------------------------


def instant(milliseconds: int) -> datetime:
    """Give the moment ``milliseconds`` after the epoch as boto3 would: aware, in the machine's zone.

    The zone is a fixed offset, so two instants always compare as moments, also within the hour that repeats
    when summer time ends.
    """
    minute, rest = divmod(milliseconds, _MINUTE)
    return _local(minute, time.altzone, time.tzname) + timedelta(milliseconds=rest)


@lru_cache(maxsize=256)
def _local(minute: int, *_zone: object) -> datetime:
    """Give the start of a minute in local time: asking for the zone is most of the cost of an instant.

    Since 1973 no zone has changed within a minute; ``_zone`` tells when the process has moved to another.
    """
    moment = EPOCH + timedelta(milliseconds=minute * _MINUTE)
    try:
        return moment.astimezone()
    except (OverflowError, ValueError, OSError):  # the year 1 or 9999, where the local zone has no such time
        return moment


def milliseconds(moment: datetime) -> int:
    """Give the whole milliseconds from the epoch to ``moment``."""
    return (moment - EPOCH) // MILLISECOND


@cache
def _fractions_are_sent() -> bool:
    """Does the installed botocore send fractions of a second? Older ones cut them off (before late 2025)."""
    from botocore.serialize import create_serializer  # noqa: PLC0415 - only a timestamp with a fraction needs it

    from fakeim.spec.api import load_api  # noqa: PLC0415 - api imports nothing of this module, but keep it a leaf

    moment = datetime(2000, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)
    request = create_serializer("rest-json", include_validation=False).serialize_to_request(
        {"eventTime": moment, "eventData": "", "eventType": "", "incidentRecordArn": ""},
        load_api().service_model.operation_model("CreateTimelineEvent"),
    )
    return b".5" in request["body"]


def read_timestamp(value: Any) -> datetime:
    """Turn what boto3 accepts as a timestamp into the instant that the service would have understood.

    Accepts an aware or naive ``datetime`` (naive means UTC, as in botocore), seconds since the epoch as ``int`` or
    ``float``, and the strings botocore parses. The service keeps milliseconds (catalogue 4.21, 7.3); a finer
    fraction is cut off [assumption: as Java's epoch milliseconds are].
    """
    if value.__class__ is int:  # the commonest, and the same as below in half the time
        try:
            return instant(value * 1000)
        except OverflowError:
            pass
    try:
        if isinstance(value, datetime):
            moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        else:
            moment = _parse_as_botocore(value)
    except (TypeError, ValueError, AttributeError, OverflowError, RuntimeError) as error:  # botocore's, some strange
        raise Misfit from error
    if moment.microsecond and not _fractions_are_sent():
        moment = moment.replace(microsecond=0)
    return instant(milliseconds(moment))


def _parse_as_botocore(value: Any) -> datetime:
    if isinstance(value, int | float):
        try:
            return datetime.fromtimestamp(value, UTC)
        except (OverflowError, ValueError, OSError):
            pass  # botocore knows a slower way for some of these
    from botocore.utils import parse_to_aware_datetime  # noqa: PLC0415 - imports half of botocore, for strings only

    parsed: datetime = parse_to_aware_datetime(value)
    return parsed


# -- reading what a caller passes -------------------------------------------------------------------------------------


def reader(shape: Shape, *, checked: bool = True) -> Reader:
    """Compile ``shape`` to a function that gives the canonical copy of a Python value, or raises ``Misfit``.

    What fits is what botocore's client would send: known members only, required ones present, Python types,
    minimum lengths, and exactly one member of a union. Not ``checked``, as with botocore's
    ``parameter_validation=False``, what fits is what the service could read; members that are ``None`` are left out.
    """
    return _READERS.get(shape.type, _unread)(shape, checked)


def _string_reader(shape: Shape, checked: bool) -> Reader:  # noqa: FBT001 - all readers are called alike
    shortest = (checked and shape.min) or 0

    def read(value: Any) -> str:
        if not isinstance(value, str) or len(value) < shortest:
            raise Misfit
        return value if value.__class__ is str else str.__str__(value)  # a StrEnum is sent as its value

    return read


def _integer_reader(shape: Shape, checked: bool) -> Reader:  # noqa: FBT001
    smallest = shape.min if checked else None

    def read(value: Any) -> int:
        # True passes botocore, but goes out as JSON's true, which no service reads as a number.
        if not isinstance(value, int) or value.__class__ is bool or (smallest is not None and value < smallest):
            raise Misfit
        return checked_integer(value if value.__class__ is int else int(value))

    return read


def checked_integer(value: int) -> int:
    """Give ``value`` if it fits the 32 bits of the model's integers, else raise ``Misfit``."""
    if not -(1 << 31) <= value < 1 << 31:
        raise Misfit
    return value


def _boolean_reader(_: Shape, checked: bool) -> Reader:  # noqa: ARG001, FBT001
    def read(value: Any) -> bool:
        if value.__class__ is not bool:
            raise Misfit
        return bool(value)

    return read


def _list_reader(shape: Shape, checked: bool) -> Reader:  # noqa: FBT001
    shortest = (checked and shape.min) or 0
    read_element = reader(element_of(shape), checked=checked)

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list | tuple) or len(value) < shortest:
            raise Misfit
        return [read_element(each) for each in value]

    return read


def _map_reader(shape: Shape, checked: bool) -> Reader:  # noqa: FBT001
    read_key, read_value = reader(key_of(shape), checked=checked), reader(element_of(shape), checked=checked)

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):  # no minimum: botocore lets an empty map pass, the service refuses it (5.7)
            raise Misfit
        return {read_key(key): read_value(each) for key, each in value.items()}

    return read


def _structure_reader(shape: Shape, checked: bool) -> Reader:  # noqa: FBT001
    # In the model's order, which is the alphabet's: so are answers, and the JSON that timelines quote (1.10, §7.1).
    readers = [(name, reader(member, checked=checked)) for name, member in shape.members.items()]
    required, union = (shape.required, shape.union) if checked else ((), False)

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or (union and len(value) != 1):
            raise Misfit
        if not checked:
            value = {name: each for name, each in value.items() if each is not None}
        result = {name: read_member(value[name]) for name, read_member in readers if name in value}
        if len(result) != len(value):
            raise Misfit  # a member that the shape does not have
        for name in required:
            if name not in result:
                raise Misfit
        return result

    return read


def _unread(_: Shape, checked: bool) -> Reader:  # noqa: ARG001, FBT001
    return deepcopy  # of a type that the API has not had yet, and so of a member that nothing is done with


_READERS: dict[str, Callable[[Shape, bool], Reader]] = {
    "string": _string_reader,
    "integer": _integer_reader,
    "boolean": _boolean_reader,
    "timestamp": lambda _shape, _checked: read_timestamp,
    "list": _list_reader,
    "map": _map_reader,
    "structure": _structure_reader,
}


# -- copying what is stored -------------------------------------------------------------------------------------------


def copier(shape: Shape, stored_as: Shape | None = None) -> Copier:
    """Compile ``shape`` to a function that copies a canonical value so that nothing in it is shared.

    With ``stored_as``, the shape of a fuller record (a TimelineEvent for an EventSummary), the copy is of that
    record, or of each in a list, without the members that ``shape`` does not have.
    """
    if shape.type == "list":
        return _list_copier(element_of(shape), stored_as)
    if shape.type == "map":
        return _map_copier(element_of(shape))
    if shape.type == "structure":
        return _structure_copier(shape, stored_as or shape)
    return _same


def _same(value: Any) -> Any:
    return value


def _list_copier(element: Shape, stored_as: Shape | None) -> Copier:
    copy_element = copier(element, stored_as)
    if copy_element is _same:
        return list
    return lambda value: [copy_element(each) for each in value]


def _map_copier(element: Shape) -> Copier:
    copy_element = copier(element)
    if copy_element is _same:
        return dict
    return lambda value: {key: copy_element(each) for key, each in value.items()}


def _structure_copier(shape: Shape, stored_as: Shape) -> Copier:
    inner = [(name, copier(member)) for name, member in shape.members.items()]
    inner = [(name, copy_member) for name, copy_member in inner if copy_member is not _same]
    surplus = [name for name in (*stored_as.members, *stored_as.lost) if name not in shape.members]
    if not (inner or surplus):
        return dict.copy

    def copy(value: dict[str, Any]) -> dict[str, Any]:
        result = value.copy()  # and then mend it: quicker than picking the members one by one
        for name in surplus:
            result.pop(name, None)
        for name, copy_member in inner:
            if name in result:
                result[name] = copy_member(result[name])
        return result

    return copy


def element_of(shape: Shape) -> Shape:
    """Give the shape of a list's elements, or of a map's values."""
    assert shape.element is not None, f"{shape} has no element"  # noqa: S101 - the model says so of lists and maps
    return shape.element


def key_of(shape: Shape) -> Shape:
    """Give the shape of a map's keys."""
    assert shape.key is not None, f"{shape} has no key"  # noqa: S101 - the model says so of maps
    return shape.key
