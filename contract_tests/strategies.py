"""Requests made from the model's shapes: valid ones, and ones that are broken in exactly one place.

``broken`` breaks what the service checks (lengths and values that are too large, patterns, enumerations, sets, sizes
of maps); ``refused`` breaks what botocore's client checks (required and unknown members, types, minimums, unions).
A ``pool`` holds values, by the name of their member or shape, that are preferred to fresh ones: so that calls meet
what is there.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from datetime import datetime, timedelta, timezone
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

from fakeim.spec.codec import reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from hypothesis.strategies import SearchStrategy

    from fakeim.spec.api import Operation, Shape

    Breaks = Callable[[Shape], SearchStrategy["Break"]]
    Pool = Mapping[str, Sequence[Any]]

LONGEST_TEXT, LONGEST_LIST = 30, 3
LARGEST_INTEGER = 2**31 - 1
_LINE_TERMINATORS = "\n\r\x85\u2028\u2029"
_ONE_LINE = st.characters(codec="utf-8", exclude_characters=_LINE_TERMINATORS)
"""What a dot matches in the model's patterns, which are Java's."""

# -- valid ------------------------------------------------------------------------------------------------------------


def timestamps() -> SearchStrategy[Any]:
    """Make timestamps of every kind that boto3 accepts."""
    seconds = st.integers(-(2**31), 2**32)
    fractions = st.floats(-(2.0**31), 2.0**32)
    texts = moments().map(datetime.isoformat) | moments().map(partial(datetime.isoformat, sep=" "))
    return st.one_of(moments(), seconds, fractions, texts, seconds.map(str), fractions.map("{:f}".format))


def moments() -> SearchStrategy[datetime]:
    """Make datetimes, naive or aware with any offset."""
    offsets = st.integers(-24 * 60 + 1, 24 * 60 - 1).map(lambda minutes: timezone(timedelta(minutes=minutes)))
    earliest, latest = datetime(1905, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - the zone is drawn
    return st.datetimes(earliest, latest, timezones=offsets) | st.datetimes(earliest, latest)


def valid(shape: Shape, pool: Pool | None = None, member: str = "") -> SearchStrategy[Any]:
    """Make values of ``shape``, as the ``member`` of a structure, that are not refused for their form."""
    if pool is None:
        return _fresh(shape)
    fresh, known = _VALID[shape.type](shape, pool), pool.get(member) or pool.get(shape.name)
    return mostly(st.sampled_from(known), fresh) if known else fresh


def largest(shape: Shape) -> SearchStrategy[Any]:
    """Make valid values with every member there and every text, list and map as long as may be, within reason."""
    if shape.type == "structure" and not shape.union:
        return st.fixed_dictionaries({name: largest(member) for name, member in shape.members.items()})
    if shape.type == "structure":
        return st.one_of([st.fixed_dictionaries({name: largest(each)}) for name, each in shape.members.items()])
    if shape.type == "list":
        size = min(shape.max or LONGEST_LIST, 2 * LONGEST_LIST)
        return st.lists(largest(_element(shape)), min_size=size, max_size=size, unique=shape.unique)
    if shape.type == "map":
        return st.dictionaries(_keys(shape), largest(_element(shape)), min_size=1, max_size=LONGEST_LIST)
    longest = of_size(shape, shape.max) if shape.type == "string" and shape.max else st.nothing()
    return valid(shape) if longest.is_empty else longest


def mostly(usual: SearchStrategy[Any], rare: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Make nine of ``usual`` for one of ``rare``."""
    return st.sampled_from([usual] * 9 + [rare]).flatmap(lambda chosen: chosen)


@cache
def _fresh(shape: Shape) -> SearchStrategy[Any]:
    return _VALID[shape.type](shape, None)


def requests(operation: Operation, pool: Pool | None = None) -> SearchStrategy[dict[str, Any]]:
    """Make valid parameters of ``operation``."""
    return valid(operation.input, pool)


def _strings(shape: Shape, _: Pool | None) -> SearchStrategy[str]:
    low, high = shape.min or 0, shape.max or LONGEST_TEXT
    if shape.enum:
        return st.sampled_from(shape.enum)
    if shape.pattern:
        return st.from_regex(shape.pattern, fullmatch=True, alphabet=_ONE_LINE).filter(
            lambda text: low <= len(text) <= high
        )
    return st.text(min_size=low, max_size=min(high, LONGEST_TEXT))


def _integers(shape: Shape, _: Pool | None) -> SearchStrategy[int]:
    return st.integers(-LARGEST_INTEGER if shape.min is None else shape.min, shape.max or LARGEST_INTEGER)


def _lists(shape: Shape, pool: Pool | None) -> SearchStrategy[list[Any]]:
    most = min(shape.max or LONGEST_LIST, LONGEST_LIST)
    return st.lists(valid(_element(shape), pool), min_size=shape.min or 0, max_size=most, unique=shape.unique)


def _maps(shape: Shape, pool: Pool | None) -> SearchStrategy[dict[str, Any]]:
    most = min(shape.max or LONGEST_LIST, LONGEST_LIST)
    return st.dictionaries(_keys(shape, pool), valid(_element(shape), pool), min_size=shape.min or 0, max_size=most)


def _structures(shape: Shape, pool: Pool | None, *, but: str = "") -> SearchStrategy[dict[str, Any]]:
    members = {name: valid(member, pool, name) for name, member in shape.members.items() if name != but}
    if shape.union:
        return st.just({}) if but else st.one_of([st.fixed_dictionaries({name: members[name]}) for name in members])
    required = {name: members.pop(name) for name in shape.required if name != but}
    return st.fixed_dictionaries(required, optional=members)


_VALID: dict[str, Callable[[Shape, Pool | None], SearchStrategy[Any]]] = {
    "string": _strings,
    "integer": _integers,
    "boolean": lambda _shape, _pool: st.booleans(),
    "timestamp": lambda _shape, _pool: timestamps(),
    "list": _lists,
    "map": _maps,
    "structure": _structures,
}

# -- broken in one place ----------------------------------------------------------------------------------------------


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


def broken(operation: Operation) -> SearchStrategy[Break]:
    """Break one constraint of the service in otherwise valid parameters of ``operation``."""
    return _in_one_place(operation.input, _against_the_service)


def broken_members(operation: Operation) -> SearchStrategy[dict[str, Break]]:
    """Break one constraint of the service in each of one or more members of the parameters of ``operation``."""
    members = operation.input.members.items()
    breaks = {name: _in_one_place(member, _against_the_service) for name, member in members}
    return st.fixed_dictionaries({}, optional={n: b for n, b in breaks.items() if not b.is_empty}).filter(bool)


def refused(operation: Operation) -> SearchStrategy[dict[str, Any]]:
    """Make parameters of ``operation`` in which one thing is such that botocore's client does not send them."""
    found = _in_one_place(operation.input, _against_the_client).map(lambda each: each.value)
    return found.filter(lambda value: isinstance(value, dict))


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

    broken_members = {name: _in_one_place(member, breaks) for name, member in shape.members.items()}
    return st.one_of(
        [
            st.builds(partial(put, name), _structures(shape, None, but=name), found)
            for name, found in broken_members.items()
            if not found.is_empty
        ]
    )


def _in_an_element(shape: Shape, breaks: Breaks) -> SearchStrategy[Break]:
    def put(before: list[Any], found: Break) -> Break:
        return found.within([*before, found.value], f"{len(before) + 1}.member")

    before = st.lists(valid(_element(shape)), max_size=min(shape.max or 3, 3) - 1, unique=shape.unique)
    found = _in_one_place(_element(shape), breaks)
    return found if found.is_empty else st.builds(put, before, found)


def _in_an_entry(shape: Shape, breaks: Breaks) -> SearchStrategy[Break]:
    def put(others: dict[str, Any], key: str, found: Break) -> Break:
        return found.within({**others, key: found.value}, f"{key}.member")

    def put_key(value: Any, found: Break) -> Break:
        entry = {found.value: value}
        return Break(entry, "", _java(entry), f"Map keys must satisfy constraint: [{found.constraint}]")

    others = st.dictionaries(_keys(shape), valid(_element(shape)), max_size=1)
    bad_keys = _in_one_place(_key(shape), breaks).filter(lambda found: isinstance(found.value, Hashable))
    bad_values = _in_one_place(_element(shape), breaks)
    return st.builds(put, others, _keys(shape), bad_values) | st.builds(put_key, valid(_element(shape)), bad_keys)


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
        items = st.lists(valid(_element(shape)), min_size=1, max_size=LONGEST_LIST, unique=True)
        yield items.map(lambda each: [*each, each[0]]), "Member must have unique values"


def of_size(shape: Shape, size: int) -> SearchStrategy[Any]:
    """Make values of the length ``size``, or of a number that value, valid but perhaps for that."""
    if shape.type == "integer":
        return st.just(size)
    if shape.type == "map":
        return valid(_element(shape)).map(lambda value: {f"k{index}": value for index in range(size)})
    if shape.type == "list":
        elements = valid(_element(shape))
        different = st.lists(elements, min_size=size, max_size=size, unique=True)
        return different if shape.unique else elements.map(lambda each: [each] * size)
    if shape.pattern and not shape.pattern.endswith(("+$", "*$")):
        return st.nothing()  # text of a fixed length would break the pattern too
    padding = "x" if shape.pattern else '"'  # which takes two characters in JSON
    return valid(shape).map(lambda text: text.ljust(size, padding))


def _mismatching(shape: Shape) -> SearchStrategy[str]:
    matches, longest = re.compile(shape.pattern or "").fullmatch, shape.max or LONGEST_TEXT
    texts = st.text(min_size=shape.min or 0, max_size=LONGEST_TEXT).filter(lambda text: not matches(text))
    ends = st.sampled_from(_LINE_TERMINATORS)
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
    ways += [_structures(shape, None, but=name) for name in shape.required]
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


# -- parts


def _java(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_java(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_java, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _element(shape: Shape) -> Shape:
    assert shape.element is not None
    return shape.element


def _key(shape: Shape) -> Shape:
    assert shape.key is not None
    return shape.key


def _keys(shape: Shape, pool: Pool | None = None) -> SearchStrategy[str]:
    return valid(_key(shape), pool)
