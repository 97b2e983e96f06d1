"""Values on their way in and out: what a caller may pass, what the service keeps, what a caller gets.

*Canonical* values are what lies in the store: ``str``, ``int``, ``bool``, ``list``, ``dict`` of exactly those
types, and one kind of timestamp (``instant``). Reading makes a fresh canonical value of what the caller passed;
copying makes a fresh answer of what is stored. So neither is ever an alias of the state.

Both are compiled from the shapes, since they run on every call.
"""

from __future__ import annotations

import json
import time
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.spec.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from fakeim.spec.api import Shape

    Reader = Callable[[Any], Any]
    Copier = Callable[[Any], Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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


def joined(text: str) -> str:
    """Return ``text`` as it arrives in JSON: the two halves of a surrogate pair, side by side, are one character."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def joined_message(message: object) -> str:
    """Return the ``joined`` ``message`` that a test has set; raise a ``ValueError`` if it is not a string."""
    if not isinstance(message, str):
        # The control path answers a ValueError with its text.
        raise ValueError(f"message={message!r}: expected a string")  # noqa: TRY004
    return joined(message)


class Misfit(Exception):  # noqa: N818 - never leaves the package: the client turns it into the error that fits
    """A value that a client refuses to send, or that no service could read."""


# -- timestamps -------------------------------------------------------------------------------------------------------


def instant(milliseconds: int) -> datetime:
    """Give the moment ``milliseconds`` after the epoch as boto3 would: aware, in the machine's zone.

    The zone is a fixed offset, so two instants always compare as moments, also within the hour that repeats
    when summer time ends.
    """
    minute, rest = divmod(milliseconds, _MINUTE)
    return _local(minute, time.altzone, time.tzname) + timedelta(0, 0, rest * 1000)  # its keywords take twice as long


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
    past = moment - EPOCH  # of its parts, for to divide it takes twice as long
    return (past.days * 86_400 + past.seconds) * 1000 + past.microseconds // 1000


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


class _Reading(NamedTuple):
    """How a value is read."""

    checked: bool
    text: Reader = joined
    """Reads a text that is not ASCII."""


def reader(shape: Shape, *, checked: bool = True, in_url: Collection[str] = ()) -> Reader:
    """Compile ``shape`` to a function that gives the canonical copy of a Python value, or raises ``Misfit``.

    What fits is what botocore's client would send: known members only, required ones present, Python types,
    minimum lengths, exactly one member of a union, and no half of a surrogate pair in the members ``in_url``, which are
    percent-encoded. Not ``checked``, as with botocore's ``parameter_validation=False``, what fits is what the service
    could read; members that are ``None`` are left out.
    """
    source = Source()
    source.line(f"return {_read(source, shape, 'value', _Reading(checked), in_url)}")
    return source.function()


def _read(source: Source, shape: Shape, value: str, reading: _Reading, in_url: Collection[str] = ()) -> str:
    """Write what reads ``value``, an expression, and give the expression for what was read."""
    if shape.type == "structure":
        return _read_structure(source, shape, value, reading, in_url)
    if shape.type == "list":
        return _read_list(source, shape, value, reading)
    if shape.type == "map":
        return _read_map(source, shape, value, reading)
    if shape.type == "string":
        return _read_string(source, (reading.checked and shape.min) or 0, value, reading.text)
    return f"{source.constant(_scalar_reader(shape, reading.checked))}({value})"


def _misfit_if(source: Source, condition: str) -> None:
    with source.block(f"if {condition}:"):
        source.line(f"raise {source.constant(Misfit)}")


def _read_string(source: Source, shortest: int, value: str, read_text: Reader) -> str:
    text = source.name()
    source.line(f"{text} = {value}")
    with source.block(f"if {text}.__class__ is not str:"):
        source.line(f"{text} = {source.constant(_plain_text)}({text})")
    if shortest:
        _misfit_if(source, f"len({text}) < {shortest}")
    with source.block(f"if not {text}.isascii():"):
        source.line(f"{text} = {source.constant(read_text)}({text})")
    return text


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Misfit from error
    return text


def _plain_text(value: Any) -> str:
    if not isinstance(value, str):
        raise Misfit
    return str.__str__(value)  # a StrEnum is sent as its value


def _scalar_reader(shape: Shape, checked: bool) -> Reader:  # noqa: FBT001
    if shape.type == "integer":
        return _integer_reader(shape.min if checked and shape.min is not None else -(1 << 31))
    # Of a type that the API has not had yet, and so of a member that nothing is done with, it is a copy.
    return {"timestamp": read_timestamp, "boolean": _read_boolean}.get(shape.type, deepcopy)


def _integer_reader(smallest: int) -> Reader:
    def read(value: Any) -> int:
        # True passes botocore, but goes out as JSON's true, which no service reads as a number.
        if not isinstance(value, int) or value.__class__ is bool or value < smallest:
            raise Misfit
        return checked_integer(value if value.__class__ is int else int(value))

    return read


def checked_integer(value: int) -> int:
    """Give ``value`` if it fits the 32 bits of the model's integers, else raise ``Misfit``."""
    if not -(1 << 31) <= value < 1 << 31:
        raise Misfit
    return value


def _read_boolean(value: Any) -> bool:
    if value.__class__ is not bool:
        raise Misfit
    return bool(value)


def _read_list(source: Source, shape: Shape, value: str, reading: _Reading) -> str:
    read, each = source.name(), source.name()
    _misfit_if(source, f"not isinstance({value}, (list, tuple))")
    if reading.checked and shape.min:
        _misfit_if(source, f"len({value}) < {shape.min}")
    source.line(f"{read} = []")
    with source.block(f"for {each} in {value}:"):
        source.line(f"{read}.append({_read(source, element_of(shape), each, reading)})")
    return read


def _read_map(source: Source, shape: Shape, value: str, reading: _Reading) -> str:
    read, key, each = source.name(), source.name(), source.name()
    # No minimum: botocore lets an empty map pass, the service refuses it (5.7).
    _misfit_if(source, f"not isinstance({value}, dict)")
    source.line(f"{read} = {{}}")
    with source.block(f"for {key}, {each} in {value}.items():"):
        name = _read(source, key_of(shape), key, reading)
        source.line(f"{read}[{name}] = {_read(source, element_of(shape), each, reading)}")
    return read


def _read_structure(source: Source, shape: Shape, value: str, reading: _Reading, in_url: Collection[str] = ()) -> str:
    given, read = source.name(), source.name()
    source.line(f"{given} = {value}")
    _misfit_if(source, f"not isinstance({given}, dict)")
    if reading.checked and shape.union:
        _misfit_if(source, f"len({given}) != 1")
    if not reading.checked:
        source.line(f"{given} = {{k: v for k, v in {given}.items() if v is not None}}")
    source.line(f"{read} = {{}}")
    # In the model's order, which is the alphabet's: so are answers, and the JSON that timelines quote (1.10, §7.1).
    for name, member in shape.members.items():
        inner = reading._replace(text=_encodable) if name in in_url else reading
        with source.block(f"if {name!r} in {given}:"):
            source.line(f"{read}[{name!r}] = {_read(source, member, f'{given}[{name!r}]', inner)}")
        if reading.checked and name in shape.required:
            with source.block("else:"):
                source.line(f"raise {source.constant(Misfit)}")
    _misfit_if(source, f"len({read}) != len({given})")  # a member that the shape does not have
    return read


# -- copying what is stored -------------------------------------------------------------------------------------------


def copier(shape: Shape) -> Copier:
    """Compile ``shape`` to a function that copies a canonical value so that nothing in it is shared."""
    source = Source()
    source.line(f"return {copied(source, shape, shape, 'value')}")
    return source.function()


def copied(source: Source, shape: Shape, stored_as: Shape, value: str) -> str:
    """Write what copies ``value``, an expression, and give the expression for the copy.

    ``stored_as`` may be the shape of a fuller record (a plan for its summary): the copy is without the members that
    ``shape`` does not have.
    """
    if shape.type == "structure":
        return _copied_structure(source, shape, stored_as, value)
    if shape.type not in ("list", "map"):
        return value
    element = element_of(shape)
    if _is_scalar(element):
        return f"{value}.copy()"
    copy = source.name()
    if shape.type == "map":
        source.line(f"{copy} = {{}}")
        with source.block(f"for k{copy}, e{copy} in {value}.items():"):
            source.line(f"{copy}[k{copy}] = {copied(source, element, element, f'e{copy}')}")
        return copy
    source.line(f"{copy} = []")
    with source.block(f"for e{copy} in {value}:"):
        source.line(f"{copy}.append({copied(source, element, element, f'e{copy}')})")
    return copy


def _copied_structure(source: Source, shape: Shape, stored_as: Shape, value: str) -> str:
    copy = source.name()
    source.line(f"{copy} = {value}.copy()")  # and then mend it: quicker than picking the members one by one
    for name in (*stored_as.members, *stored_as.lost):
        if name not in shape.members:
            always = name in stored_as.required and name not in stored_as.unknown
            source.line(f"del {copy}[{name!r}]" if always else f"{copy}.pop({name!r}, None)")
    for name, member in shape.members.items():
        if not _is_scalar(member):
            with source.block(f"if {name!r} in {copy}:"):
                source.line(f"{copy}[{name!r}] = {copied(source, member, member, f'{copy}[{name!r}]')}")
    return copy


def _is_scalar(shape: Shape) -> bool:
    return shape.type not in ("structure", "list", "map")


def element_of(shape: Shape) -> Shape:
    """Give the shape of a list's elements, or of a map's values."""
    assert shape.element is not None, f"{shape} has no element"  # noqa: S101 - the model says so of lists and maps
    return shape.element


def key_of(shape: Shape) -> Shape:
    """Give the shape of a map's keys."""
    assert shape.key is not None, f"{shape} has no key"  # noqa: S101 - the model says so of maps
    return shape.key
