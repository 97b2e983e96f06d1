"""Canonical values to and from JSON, as the service reads and writes it.

Written as AWS does (catalogue 1.7, 1.9 to 1.11): timestamps are numbers in Java's notation, ``1.628634837849E9``,
members stand in the model's order, which is the alphabet's, and absent ones are ``null``; a union shows only the
member it has [observed §6.2].
"""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction
from functools import lru_cache
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from fakeim.spec.codec import Misfit, checked_integer, compact_json, element_of, instant, key_of, milliseconds
from fakeim.spec.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from fakeim.spec.api import Shape

    Reader = Callable[[Any], Any]
    Writer = Callable[[Any], str]


_JAVA_EXPONENT_FROM = 10_000_000 * 1000  # milliseconds: 9999999.9 is written so, 1.0E7 so


# -- reading ----------------------------------------------------------------------------------------------------------


def json_reader(shape: Shape, *, without: Collection[str] = ()) -> Reader:
    """Compile ``shape`` to a function that gives the canonical copy of a parsed JSON value, or raises ``Misfit``.

    It looks at the types only; lengths, patterns and what is missing are the service's to refuse. Unknown members,
    and those that are ``null``, are left out; so are members of the structure itself that it is to be ``without``.
    """
    source = Source()
    source.line(f"return {_read(source, shape, 'value', without)}")
    return source.function()


def _read(source: Source, shape: Shape, value: str, without: Collection[str] = ()) -> str:
    """Write what reads ``value``, an expression, and give the expression for what was read."""
    if shape.type == "structure":
        return _read_structure(source, shape, value, without)
    if shape.type == "list":
        return _read_list(source, element_of(shape), value)
    if shape.type == "map":
        return _read_map(source, shape, value)
    if shape.type in ("boolean", "string"):
        return _read_as(source, "bool" if shape.type == "boolean" else "str", value)
    # Of a type that the API has not had yet, it is a copy, as in codec.reader.
    read = {"timestamp": _read_timestamp, "integer": _read_integer}.get(shape.type, deepcopy)
    return f"{source.constant(read)}({value})"


def _read_as(source: Source, kind: str, value: str) -> str:
    given = source.name()
    source.line(f"{given} = {value}")
    with source.block(f"if {given}.__class__ is not {kind}:"):
        source.line(f"raise {source.constant(Misfit)}")
    return given


def _read_integer(value: Any) -> int:
    if value.__class__ is not int:
        raise Misfit
    return checked_integer(value)


def _read_timestamp(value: Any) -> datetime:
    try:
        if value.__class__ is int:
            return instant(value * 1000)
        if value.__class__ is float:
            # To the microsecond, which is what clients send, and then down to the millisecond that the service keeps.
            # Of its digits: after the year 2242, a double has no microseconds, and arithmetic would lose a millisecond.
            return instant(round(Fraction(repr(value)) * 1_000_000) // 1000)
    except (OverflowError, ValueError):
        pass
    raise Misfit


def _read_list(source: Source, element: Shape, value: str) -> str:
    given, read, each = _read_as(source, "list", value), source.name(), source.name()
    source.line(f"{read} = []")
    with source.block(f"for {each} in {given}:"):
        source.line(f"{read}.append({_read(source, element, each)})")
    return read


def _read_map(source: Source, shape: Shape, value: str) -> str:
    given, read, key, each = _read_as(source, "dict", value), source.name(), source.name(), source.name()
    source.line(f"{read} = {{}}")
    with source.block(f"for {key}, {each} in {given}.items():"), source.block(f"if {each} is not None:"):
        name = _read(source, key_of(shape), key)
        source.line(f"{read}[{name}] = {_read(source, element_of(shape), each)}")
    return read


def _read_structure(source: Source, shape: Shape, value: str, without: Collection[str]) -> str:
    given, read = _read_as(source, "dict", value), source.name()
    source.line(f"{read} = {{}}")
    for name, member in shape.members.items():
        if name not in without:
            inner = source.name()
            source.line(f"{inner} = {given}.get({name!r})")
            with source.block(f"if {inner} is not None:"):
                source.line(f"{read}[{name!r}] = {_read(source, member, inner)}")
    return read


# -- writing ----------------------------------------------------------------------------------------------------------


def json_writer(shape: Shape) -> Writer:
    """Compile ``shape`` to a function that writes a canonical value as JSON text."""
    source = Source()
    source.line(f"return {_written(source, shape, 'value')}")
    return source.function()


def _written(source: Source, shape: Shape, value: str) -> str:
    """Write what makes JSON of ``value``, an expression, and give the expression for the text."""
    if shape.type == "structure":
        return _written_union(source, shape, value) if shape.union else _written_structure(source, shape, value)
    if shape.type == "list":
        return _written_list(source, element_of(shape), value)
    if shape.type == "map":
        return _written_map(source, shape, value)
    if shape.type == "boolean":
        return f"('true' if {value} else 'false')"
    # Each by what writes just that: to write any value, JSON's encoder takes ten times as long for a number.
    write = {"timestamp": _write_timestamp, "string": encode_basestring, "integer": str}.get(shape.type, compact_json)
    return f"{source.constant(write)}({value})"


@lru_cache(maxsize=4096)  # the same moments come again and again, on pages that are read again: half of a page's cost
def _write_timestamp(moment: datetime) -> str:
    """Write the seconds since the epoch as Java writes a double [observed 1.7]."""
    total = milliseconds(moment)
    if abs(total) < _JAVA_EXPONENT_FROM:
        return repr(total / 1000)
    whole = str(abs(total))
    digits = whole.rstrip("0")
    return f"{'-' if total < 0 else ''}{digits[0]}.{digits[1:] or '0'}E{len(whole) - 4}"


def _written_list(source: Source, element: Shape, value: str) -> str:
    parts, each = source.name(), source.name()
    source.line(f"{parts} = []")
    with source.block(f"for {each} in {value}:"):
        source.line(f"{parts}.append({_written(source, element, each)})")
    return f"'[' + ','.join({parts}) + ']'"


def _written_map(source: Source, shape: Shape, value: str) -> str:
    parts, key, each = source.name(), source.name(), source.name()
    source.line(f"{parts} = []")
    with source.block(f"for {key}, {each} in {value}.items():"):
        name = _written(source, key_of(shape), key)
        source.line(f"{parts}.append({name} + ':' + {_written(source, element_of(shape), each)})")
    return f"'{{' + ','.join({parts}) + '}}'"


def _written_structure(source: Source, shape: Shape, value: str) -> str:
    given, texts = source.name(), {name: source.name() for name in shape.members}
    source.line(f"{given} = {value}")
    for name, member in shape.members.items():
        with source.block(f"if {name!r} in {given}:"):
            source.line(f"{texts[name]} = {_written(source, member, f'{given}[{name!r}]')}")
        with source.block("else:"):
            source.line(f"{texts[name]} = 'null'")
    form = "{" + ",".join(f'"{name}":%s' for name in shape.members) + "}"
    return f"{form!r} % ({''.join(f'{text}, ' for text in texts.values())})"


def _written_union(source: Source, shape: Shape, value: str) -> str:
    text = source.name()
    for name, member in shape.members.items():
        with source.block(f"if {name!r} in {value}:"):
            inner = _written(source, member, f"{value}[{name!r}]")
            label = f'{{"{name}":'
            source.line(f"{text} = {label!r} + {inner} + '}}'")
    return text
