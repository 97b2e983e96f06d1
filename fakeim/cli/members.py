"""What an operation takes, in a line for each member, however deep: its path, and its constraints in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakeim.spec.api import Shape


class Member(NamedTuple):
    """A member of a request; of what a list holds, or a map, the path says ``[]``."""

    path: str
    required: bool
    constraint: str


def members(shape: Shape, inside: str = "") -> Iterator[Member]:
    """Give the members of the structure ``shape``, each followed by its own."""
    for name in sorted(shape.members, key=lambda name: (name not in shape.required, name)):
        member, path = shape.members[name], f"{inside}{name}"
        yield Member(path, name in shape.required, constraint(member))
        yield from _inner(member, path)


def _inner(shape: Shape, path: str) -> Iterator[Member]:
    if shape.type == "structure":
        yield from members(shape, f"{path}.")
    elif shape.element is not None:
        yield from _inner(shape.element, f"{path}[]")


def constraint(shape: Shape) -> str:
    """Say what a value of ``shape`` has to be."""
    if shape.enum:
        return f"one of {', '.join(shape.enum)}"
    if shape.type == "structure":
        return "exactly one member" if shape.union else "object"
    if shape.type == "string":
        return ", ".join(filter(None, ("text", _bounds(shape, "characters"), _pattern(shape))))
    if shape.type in ("list", "map") and shape.element is not None:
        kind = "list" if shape.type == "list" else "map"
        return ", ".join(filter(None, (kind, _bounds(shape, "of them"), f"each: {constraint(shape.element)}")))
    return " ".join(filter(None, (shape.type, _bounds(shape, ""))))


def _bounds(shape: Shape, of: str) -> str:
    low, high = shape.min, shape.max
    if high is None:
        return f"at least {low} {of}".strip() if low else ""
    span = f"{high}" if low == high else f"{low} to {high}" if low else f"up to {high}"
    return f"{span} {of}".strip()


def _pattern(shape: Shape) -> str:
    return f"matching {shape.pattern}" if shape.pattern else ""
