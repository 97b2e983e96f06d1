"""Constraints compiled from the shapes: what the service checks of a request, and what we check of an answer.

Two layers, as in reality (catalogue §3.4). The client's layer is ``codec.reader``, with ``client_report`` for the
text of botocore's ``ParamValidationError``. The service's layer is here: lengths, ranges, patterns, enumerations,
required members, unions and sets. ``constraint`` compiles a shape to a quick yes or no; only after a no does
``violations`` walk the value again, slowly, to say everything that is wrong.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fakeim.spec.patterns import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fakeim.spec.api import Api, Operation, Shape

    Check = Callable[[Any], bool]
    Violation = tuple[str, str]
    """Where (``actions.1.member.roleArn``) and what (``Value '…' at '…' failed to satisfy constraint: …``)."""


def client_report(api: Api, operation: Operation, parameters: dict[str, Any]) -> str:
    """Give botocore's own report on what its client refuses in ``parameters``; empty when it refuses nothing."""
    from botocore.validate import ParamValidator  # noqa: PLC0415 - over 100 ms, and only a refused call needs it

    shape = api.service_model.shape_for(operation.input.name)
    report: str = ParamValidator().validate(parameters, shape).generate_report()
    return report


# -- quick checks -----------------------------------------------------------------------------------------------------


def constraint(shape: Shape) -> Check:
    """Compile the service's constraints on ``shape`` to a function of a canonical value: does it keep them all?"""
    return _constraint(shape) or _anything


def _anything(_: Any) -> bool:
    return True


def _constraint(shape: Shape) -> Check | None:
    if shape.type == "structure":
        return _structure_check(shape)
    if shape.type == "list":
        return _list_check(shape)
    if shape.type == "map":
        return _map_check(shape)
    if shape.type == "string":
        return _string_check(shape)
    return _range_check(shape) if shape.type == "integer" else None


def _string_check(shape: Shape) -> Check | None:
    if shape.enum:
        return frozenset(shape.enum).__contains__
    if not shape.pattern:
        return _length_check(shape)
    found, low, high = re.compile(whole(shape.pattern)).search, shape.min or 0, shape.max

    # The same few ARNs and tags come again and again: remembering them costs a sixth of matching them.
    @lru_cache(maxsize=1024)
    def check(value: str) -> bool:
        return low <= len(value) and (high is None or len(value) <= high) and found(value) is not None

    return check


def _length_check(shape: Shape) -> Check | None:
    low, high = shape.min or 0, shape.max
    if high is None:
        return (lambda value: len(value) >= low) if low else None
    if low:
        return lambda value: low <= len(value) <= high
    return lambda value: len(value) <= high


def _range_check(shape: Shape) -> Check | None:
    low, high = shape.min, shape.max
    if low is None or high is None:
        return None  # the model has no one-sided range of numbers
    return lambda value: low <= value <= high


def _list_check(shape: Shape) -> Check | None:
    check_length = _length_check(shape)
    check_element = _constraint(shape.element) if shape.element else None
    unique = shape.unique
    if not (check_length or check_element or unique):
        return None

    def check(value: list[Any]) -> bool:
        if check_length and not check_length(value):
            return False
        if unique and len(set(value)) != len(value):
            return False
        return not check_element or all(map(check_element, value))

    return check


def _map_check(shape: Shape) -> Check | None:
    check_length = _length_check(shape)
    check_key = _constraint(shape.key) if shape.key else None
    check_element = _constraint(shape.element) if shape.element else None

    def check(value: dict[str, Any]) -> bool:
        if check_length and not check_length(value):
            return False
        if check_key and not all(map(check_key, value)):
            return False
        return not check_element or all(map(check_element, value.values()))

    return check


def _structure_check(shape: Shape) -> Check:
    checks = {name: _constraint(member) for name, member in shape.members.items()}
    required, union = shape.required, shape.union

    def check(value: dict[str, Any]) -> bool:
        for name in required:
            if name not in value:
                return False
        if union and len(value) != 1:
            return False
        for name, each in value.items():
            check_member = checks[name]
            if check_member is not None and not check_member(each):
                return False
        return True

    return check


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
    return _well_built(shape) or _anything


def _well_built(shape: Shape) -> Check | None:
    if shape.type == "structure":
        return _structure_build(shape)
    check_element = _well_built(shape.element) if shape.element else None
    if check_element is None:
        return None
    if shape.type == "map":
        return lambda value: all(map(check_element, value.values()))
    return lambda value: not value or (check_element(value[0]) and check_element(value[-1]))


def _structure_build(shape: Shape) -> Check:
    required, known = [name for name in shape.required if name not in shape.unknown], frozenset(shape.members)
    inner = [(name, check) for name, member in shape.members.items() if (check := _well_built(member))]

    def check_structure(value: dict[str, Any]) -> bool:
        # Loops, for all() of a generator takes twice as long, and this is done at every call.
        for name in required:
            if name not in value:
                return False
        if not value.keys() <= known:
            return False
        for name, check in inner:  # noqa: SIM110
            if name in value and not check(value[name]):
                return False
        return True

    return check_structure
