"""Values of the model's shapes that are broken in exactly one place, and say in which.

``by_the_service`` breaks what the service checks (lengths and values that are too large, patterns, enumerations, sets,
sizes of maps); ``by_the_client`` what botocore's client checks (required and unknown members, types, minimums, unions).
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

from fakeim.spec.codec import reader
from fakeim.testing.shapes import (
    LINE_TERMINATORS,
    LONGEST_LIST,
    LONGEST_TEXT,
    element_of,
    key_of,
    keys_of,
    members_of,
    of_size,
    structures,
    valid,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

    from fakeim.spec.api import Shape

    Breaks = Callable[[Shape], SearchStrategy["Break"]]


class Break(NamedTuple):
    """A value that is broken in one place: where, what is there (as the service shows it), and what it should be."""

    value: Any
    path: str
    shown: str
    constraint: str

    @property
    def sentence(self) -> str:
        """What the service says of it (catalogue 3.4)."""
        return f"Value '{self.shown}' at '{self.path}' failed to satisfy constraint: {self.constraint}"

    def within(self, value: Any, step: str) -> Break:
        """Give the same break as part of a larger ``value``, one ``step`` down."""
        return self._replace(value=value, path=f"{step}.{self.path}" if self.path else step)


def by_the_service(shape: Shape) -> SearchStrategy[Break]:
    """Break one constraint of the service in otherwise valid values of ``shape``."""
    return _in_one_place(shape, _against_the_service)


def service_can_refuse(shape: Shape) -> bool:
    """Check whether ``by_the_service`` makes anything of ``shape``, without making it."""
    own = shape.max is not None or shape.pattern or shape.enum or shape.unique or (shape.type == "map" and shape.min)
    inner = [*members_of(shape).values(), *filter(None, (shape.key, shape.element))]
    return bool(own) or any(map(service_can_refuse, inner))


def by_the_client(shape: Shape) -> SearchStrategy[Break]:
    """Make values of ``shape`` in which one thing is such that botocore's client does not send them."""
    return _in_one_place(shape, _against_the_client)


def wrong(shape: Shape) -> SearchStrategy[Any]:
    """Make values that are, as a whole, no values of ``shape`` to botocore's client."""
    return _against_the_client(shape).map(lambda found: found.value)


@cache
def _in_one_place(shape: Shape, breaks: Breaks) -> SearchStrategy[Break]:
    inside = {"structure": _in_a_member, "list": _in_an_element, "map": _in_an_entry}.get(shape.type)
    return breaks(shape) | inside(shape, breaks) if inside else breaks(shape)


def _in_a_member(shape: Shape, breaks: Breaks) -> SearchStrategy[Break]:
    def put(name: str, others: dict[str, Any], found: Break) -> Break:
        return found.within({**others, name: found.value}, name)

    broken_members = {name: _in_one_place(member, breaks) for name, member in members_of(shape).items()}
    return st.one_of(
        [
            st.builds(partial(put, name), structures(shape, but=name), found)
            for name, found in broken_members.items()
            if not found.is_empty
        ]
    )


def _in_an_element(shape: Shape, breaks: Breaks) -> SearchStrategy[Break]:
    def put(before: list[Any], found: Break) -> Break:
        return found.within([*before, found.value], f"{len(before) + 1}.member")

    before = st.lists(valid(element_of(shape)), max_size=min(shape.max or 3, 3) - 1, unique=shape.unique)
    found = _in_one_place(element_of(shape), breaks)
    return found if found.is_empty else st.builds(put, before, found)


def _in_an_entry(shape: Shape, breaks: Breaks) -> SearchStrategy[Break]:
    def put(others: dict[str, Any], key: str, found: Break) -> Break:
        return found.within({**others, key: found.value}, f"{key}.member")

    def put_key(value: Any, found: Break) -> Break:
        entry = {found.value: value}
        return Break(entry, "", _java(entry), f"Map keys must satisfy constraint: [{found.constraint}]")

    others = st.dictionaries(keys_of(shape), valid(element_of(shape)), max_size=1)
    bad_keys = _in_one_place(key_of(shape), breaks).filter(lambda found: isinstance(found.value, Hashable))
    bad_values = _in_one_place(element_of(shape), breaks)
    return st.builds(put, others, keys_of(shape), bad_values) | st.builds(put_key, valid(element_of(shape)), bad_keys)


# -- what the service refuses


def _against_the_service(shape: Shape) -> SearchStrategy[Break]:
    read = reader(shape, checked=False)

    def found(constraint: str, value: Any) -> Break:
        return Break(value, "", _java(read(value)), constraint)

    return st.one_of([values.map(partial(found, constraint)) for values, constraint in _beyond(shape)])


def _beyond(shape: Shape) -> Iterator[tuple[SearchStrategy[Any], str]]:
    measure = "value" if shape.type == "integer" else "length"
    if shape.max is not None:
        yield of_size(shape, shape.max + 1), f"Member must have {measure} less than or equal to {shape.max}"
    if shape.type == "map" and shape.min:
        yield st.just({}), f"Member must have length greater than or equal to {shape.min}"
    if shape.pattern:
        yield _mismatching(shape), f"Member must satisfy regular expression pattern: {shape.pattern}"
    if shape.enum:
        others = st.text(max_size=LONGEST_TEXT).filter(lambda text: text not in shape.enum)
        yield others, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
    if shape.unique:
        items = st.lists(valid(element_of(shape)), min_size=1, max_size=LONGEST_LIST, unique=True)
        yield items.map(lambda each: [*each, each[0]]), "Member must have unique values"


def _mismatching(shape: Shape) -> SearchStrategy[str]:
    matches, longest = re.compile(shape.pattern or "").fullmatch, shape.max or LONGEST_TEXT
    texts = st.text(min_size=shape.min or 0, max_size=LONGEST_TEXT).filter(lambda text: not matches(text))
    ends = st.sampled_from(LINE_TERMINATORS)
    near_misses = st.builds("{}{}".format, valid(shape), ends).filter(lambda text: len(text) <= longest)
    return texts | near_misses


# -- what the client refuses

_SAMPLES: tuple[Any, ...] = (None, 1.5, 7, "text", b"text", True, [], {}, {"a"})
_PYTHON_TYPES = {"string": str, "integer": int, "boolean": bool, "list": list, "map": dict, "structure": dict}


def _against_the_client(shape: Shape) -> SearchStrategy[Break]:
    ways: list[SearchStrategy[Any]] = [_of_another_type(shape)]
    if shape.min and shape.type != "map":
        too_small = {"string": st.just(""), "list": st.just([]), "integer": st.integers(max_value=shape.min - 1)}
        ways.append(too_small[shape.type])
    ways += [structures(shape, but=name) for name in shape.required]
    if shape.type == "structure":
        ways.append(valid(shape).map(lambda value: value | {"unknownMember": 1}))
    if shape.union:
        both = {name: valid(member) for name, member in shape.members.items()}
        ways += [st.just({}), *([st.fixed_dictionaries(both)] if len(both) > 1 else [])]
    return st.one_of(ways).map(lambda value: Break(value, "", "", ""))


def _of_another_type(shape: Shape) -> SearchStrategy[Any]:
    if shape.type == "timestamp":
        return st.sampled_from([None, "", "no date", [], {}])
    return st.sampled_from([sample for sample in _SAMPLES if not isinstance(sample, _PYTHON_TYPES[shape.type])])


def _java(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_java(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_java, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
