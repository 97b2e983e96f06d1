"""Constraints compiled from the shapes: what the service checks of a request, and what we check of an answer.

Two layers, as in reality (catalogue §3.4). The client's layer is ``codec.reader``, with ``client_report`` for the
text of botocore's ``ParamValidationError``. The service's layer is here: lengths, ranges, patterns, enumerations,
required members, unions and sets. ``constraint`` compiles a shape to a quick yes or no; only after a no does
``violations`` walk the value again, slowly, to say everything that is wrong.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from fakeim.spec.patterns import whole
from fakeim.spec.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.model import ServiceModel
    from botocore.model import Shape as BotocoreShape

    from fakeim.spec.api import Api, Operation, Shape

    Check = Callable[[Any], bool]
    Violation = tuple[str, str]
    """Where (``actions.1.member.roleArn``) and what (``Value '…' at '…' failed to satisfy constraint: …``)."""


def client_report(api: Api, operation: Operation, parameters: dict[str, Any]) -> str:
    """Give botocore's own report on what its client refuses in ``parameters``; empty when it refuses nothing."""
    from botocore.validate import ParamValidator  # noqa: PLC0415 - over 100 ms, and only a refused call needs it

    shape = _botocore_shape(api.service_model, operation.input.name)
    report: str = ParamValidator().validate(parameters, shape).generate_report()
    return report


@cache  # a new one reads the model again, which is half of what a report costs
def _botocore_shape(model: ServiceModel, name: str) -> BotocoreShape:
    return model.shape_for(name)


# -- quick checks -----------------------------------------------------------------------------------------------------


def constraint(shape: Shape) -> Check:
    """Compile the service's constraints on ``shape`` to a function of a canonical value: does it keep them all?"""
    source = Source()
    _write_constraint(source, shape, "value")
    source.line("return True")
    return source.function()


def _write_constraint(source: Source, shape: Shape, value: str) -> None:
    """Write what returns False if ``value``, an expression, breaks a constraint of ``shape``."""
    for broken in _broken_if(source, shape, value):
        with source.block(f"if {broken}:"):
            source.line("return False")
    if shape.type == "structure":
        _write_members(source, shape, value)
    if shape.key is not None and _is_constrained(shape.key):
        key = source.name()
        with source.block(f"for {key} in {value}:"):
            _write_constraint(source, shape.key, key)
    if shape.element is not None and _is_constrained(shape.element):
        each = source.name()
        with source.block(f"for {each} in {value}{'.values()' if shape.type == 'map' else ''}:"):
            _write_constraint(source, shape.element, each)


def _write_members(source: Source, shape: Shape, value: str) -> None:
    for name, member in shape.members.items():
        if _is_constrained(member):
            inner = source.name()
            with source.block(f"if {name!r} in {value}:"):
                source.line(f"{inner} = {value}[{name!r}]")
                _write_constraint(source, member, inner)
        if name in shape.required:
            with source.block("else:" if _is_constrained(member) else f"if {name!r} not in {value}:"):
                source.line("return False")


def _broken_if(source: Source, shape: Shape, value: str) -> Iterator[str]:
    """Give the conditions under which ``value`` itself, whatever is in it, breaks a constraint of ``shape``."""
    if shape.enum:
        yield f"{value} not in {source.constant(frozenset(shape.enum))}"
    elif shape.pattern:
        yield f"not {source.constant(_pattern_check(shape))}({value})"
    elif shape.type in ("string", "list", "map"):
        yield from _outside(f"len({value})", shape)
    elif shape.type == "integer":
        yield from _outside(value, shape)
    if shape.unique:
        yield f"len(set({value})) != len({value})"
    if shape.union:
        yield f"len({value}) != 1"


def _outside(measure: str, shape: Shape) -> Iterator[str]:
    if shape.min and shape.max is not None:
        yield f"not {shape.min} <= {measure} <= {shape.max}"
    elif shape.max is not None:
        yield f"{measure} > {shape.max}"
    elif shape.min:
        yield f"{measure} < {shape.min}"


def _pattern_check(shape: Shape) -> Check:
    found, low, high = re.compile(whole(shape.pattern or "")).search, shape.min or 0, shape.max

    # The same few ARNs and tags come again and again: remembering them costs a sixth of matching them.
    @lru_cache(maxsize=1024)
    def check(value: str) -> bool:
        return low <= len(value) and (high is None or len(value) <= high) and found(value) is not None

    return check


def _is_constrained(shape: Shape) -> bool:
    """Say whether a value of ``shape`` can break a constraint at all."""
    own = shape.enum or shape.pattern or shape.unique or shape.type == "structure"
    inner = [each for each in (shape.key, shape.element) if each is not None]
    return bool(own) or shape.min is not None or shape.max is not None or any(map(_is_constrained, inner))


# -- the full account -------------------------------------------------------------------------------------------------


def violations(shape: Shape, value: Any, path: str = "") -> list[Violation]:
    """List every constraint that a canonical ``value`` breaks, in the order of the paths (catalogue §3.4, §17.6)."""
    return sorted(_violations(shape, value, path), key=lambda violation: violation[0])


def _violations(shape: Shape, value: Any, path: str) -> Iterator[Violation]:
    for sentence in _broken(shape, value):
        yield path, f"Value {_printed(value)} at '{path}' failed to satisfy constraint: {sentence}"
    if shape.type == "structure":
        yield from _structure_violations(shape, value, path)
    elif shape.type == "list" and shape.element:
        for index, each in enumerate(value, start=1):
            yield from _violations(shape.element, each, f"{path}.{index}.member")
    elif shape.type == "map" and shape.element:
        for key, each in value.items():
            yield from _violations(shape.element, each, f"{path}.{key}.member")


def _structure_violations(shape: Shape, value: dict[str, Any], path: str) -> Iterator[Violation]:
    def inside(name: str) -> str:
        return f"{path}.{name}" if path else name

    for name in shape.required:
        if name not in value:
            where = inside(name)
            yield where, f"Value null at '{where}' failed to satisfy constraint: Member must not be null"
    for name, each in value.items():
        yield from _violations(shape.members[name], each, inside(name))


def _broken(shape: Shape, value: Any) -> Iterator[str]:
    """Name the constraints of this one shape that ``value`` breaks, in the words of the framework [inferred §3.4]."""
    if shape.type in ("string", "list", "map"):
        yield from _out_of_bounds(shape, len(value), "length")
    elif shape.type == "integer":
        yield from _out_of_bounds(shape, value, "value")
    if shape.pattern and not re.search(whole(shape.pattern), value):
        yield f"Member must satisfy regular expression pattern: {shape.pattern}"
    if shape.enum and value not in shape.enum:
        yield f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
    if shape.unique and len(set(value)) != len(value):
        yield "Member must have unique values"
    if shape.union and len(value) != 1:
        yield f"Member must have exactly one of: [{', '.join(shape.members)}]"
    if shape.type == "map" and shape.key:
        broken = [sentence for key in value for sentence in _broken(shape.key, key)]
        if broken:
            yield f"Map keys must satisfy constraint: [{', '.join(dict.fromkeys(broken))}]"


def _out_of_bounds(shape: Shape, measure: int, what: str) -> Iterator[str]:
    if shape.max is not None and measure > shape.max:
        yield f"Member must have {what} less than or equal to {shape.max}"
    if shape.min is not None and measure < shape.min:
        yield f"Member must have {what} greater than or equal to {shape.min}"


def _printed(value: Any) -> str:
    return f"'{_java(value)}'"


def _java(value: Any) -> str:
    """Print a value as Java's ``toString`` does: the one recorded message shows an empty map as ``{}``."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_java(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_java, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


# -- answers ----------------------------------------------------------------------------------------------------------


def well_built(shape: Shape) -> Check:
    """Compile ``shape`` to a check of an answer's build: the required members are there, and no unknown ones.

    Of a list, the first and the last element stand for all: one function made them, from records of one kind,
    and looking at each would cost more than making the page.
    """
    source = Source()
    _write_build(source, shape, "value")
    source.line("return True")
    return source.function()


def _write_build(source: Source, shape: Shape, value: str) -> None:
    """Write what returns False if ``value``, an expression, is not built as ``shape`` says."""
    element = shape.element
    if shape.type == "structure":
        _write_structure_build(source, shape, value)
    elif element is not None and _has_structure(element):
        each = source.name()
        several = f"{value}.values()" if shape.type == "map" else f"({value}[0], {value}[-1]) if {value} else ()"
        with source.block(f"for {each} in {several}:"):
            _write_build(source, element, each)


def _write_structure_build(source: Source, shape: Shape, value: str) -> None:
    required = [name for name in shape.required if name not in shape.unknown]
    optional = [name for name in shape.members if name not in required]
    # Counted, for to ask for each member takes half as long as to compare the sets.
    count = " + ".join([str(len(required)), *(f"({name!r} in {value})" for name in optional)])
    well = " and ".join([f"len({value}) == {count}", *(f"{name!r} in {value}" for name in required)])
    with source.block(f"if not ({well}):"):
        source.line("return False")
    for name, member in shape.members.items():
        if _has_structure(member):
            inner = source.name()
            with source.block(f"if {name!r} in {value}:"):
                source.line(f"{inner} = {value}[{name!r}]")
                _write_build(source, member, inner)


def _has_structure(shape: Shape) -> bool:
    return shape.type == "structure" or (shape.element is not None and _has_structure(shape.element))
