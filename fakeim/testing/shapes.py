"""Values of the model's shapes, valid by construction; they shrink to the least that is valid.

A ``pool`` holds values, by the name of their member or shape, that are preferred to fresh ones: so that calls meet
what is there.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import cache, partial
from typing import TYPE_CHECKING, Any, cast

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hypothesis.strategies import SearchStrategy

    from fakeim.spec.api import Shape

    Pool = Mapping[str, Sequence[Any]]

LONGEST_TEXT, LONGEST_LIST = 30, 3
LARGEST_INTEGER = 2**31 - 1
LINE_TERMINATORS = "\n\r\x85\u2028\u2029"
"""What a dot does not match in the model's patterns, which are Java's."""
_ONE_LINE = st.characters(codec="utf-8", exclude_characters=LINE_TERMINATORS)


def timestamps() -> SearchStrategy[Any]:
    """Make timestamps of every kind that boto3 accepts."""
    seconds = st.integers(-(2**31), 2**32)
    fractions = st.floats(-(2.0**31), 2.0**32)
    texts = moments().map(datetime.isoformat) | moments().map(partial(datetime.isoformat, sep=" "))
    return st.one_of(seconds, moments(), fractions, texts, seconds.map(str), fractions.map("{:f}".format))


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
        return st.fixed_dictionaries({name: largest(member) for name, member in members_of(shape).items()})
    if shape.type == "structure":
        return st.one_of([st.fixed_dictionaries({name: largest(each)}) for name, each in members_of(shape).items()])
    if shape.type == "list":
        size = min(shape.max or LONGEST_LIST, 2 * LONGEST_LIST)
        return st.lists(largest(element_of(shape)), min_size=size, max_size=size, unique=shape.unique)
    if shape.type == "map":
        return st.dictionaries(keys_of(shape), largest(element_of(shape)), min_size=1, max_size=LONGEST_LIST)
    longest = of_size(shape, shape.max) if shape.type == "string" and shape.max else st.nothing()
    return valid(shape) if longest.is_empty else longest


def mostly(usual: SearchStrategy[Any], rare: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Make nine of ``usual`` for one of ``rare``."""
    return st.sampled_from([usual] * 9 + [rare]).flatmap(lambda chosen: chosen)


@cache
def _fresh(shape: Shape) -> SearchStrategy[Any]:
    return _VALID[shape.type](shape, None)


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
    return st.lists(valid(element_of(shape), pool), min_size=shape.min or 0, max_size=most, unique=shape.unique)


def _maps(shape: Shape, pool: Pool | None) -> SearchStrategy[dict[str, Any]]:
    most = min(shape.max or LONGEST_LIST, LONGEST_LIST)
    return st.dictionaries(keys_of(shape, pool), valid(element_of(shape), pool), min_size=shape.min or 0, max_size=most)


def structures(shape: Shape, pool: Pool | None = None, *, but: str = "") -> SearchStrategy[dict[str, Any]]:
    """Make values of a structure, all of them without the member ``but``."""
    members = {name: valid(member, pool, name) for name, member in members_of(shape).items() if name != but}
    if shape.union:
        return st.just({}) if but else st.one_of([st.fixed_dictionaries({name: members[name]}) for name in members])
    required = {name: members.pop(name) for name in shape.required if name != but}
    return _with_some(required, members)


@st.composite
def _with_some(draw: st.DrawFn, required: dict[str, Any], optional: dict[str, Any]) -> dict[str, Any]:
    """Draw all that is required and any of what is optional: each by itself, so that each goes when a case shrinks."""
    members = {name: draw(each) for name, each in required.items()}
    return members | {name: draw(each) for name, each in optional.items() if draw(st.booleans())}


_VALID: dict[str, Callable[[Shape, Pool | None], SearchStrategy[Any]]] = {
    "string": _strings,
    "integer": _integers,
    "boolean": lambda _shape, _pool: st.booleans(),
    "timestamp": lambda _shape, _pool: timestamps(),
    "list": _lists,
    "map": _maps,
    "structure": structures,
}


def of_size(shape: Shape, size: int) -> SearchStrategy[Any]:
    """Make values of the length ``size``, or of a number that value, valid but perhaps for that."""
    if shape.type == "integer":
        return st.just(size)
    if shape.type == "map":
        return valid(element_of(shape)).map(lambda value: {f"k{index}": value for index in range(size)})
    if shape.type == "list":
        elements = valid(element_of(shape))
        different = st.lists(elements, min_size=size, max_size=size, unique=True)
        return different if shape.unique else elements.map(lambda each: [each] * size)
    if shape.pattern and not shape.pattern.endswith(("+$", "*$")):
        return st.nothing()  # text of a fixed length would break the pattern too
    padding = "x" if shape.pattern else '"'  # which takes two characters in JSON
    return valid(shape).map(lambda text: text.ljust(size, padding))


# -- parts


def members_of(shape: Shape) -> dict[str, Shape]:
    """Give the members of a structure that a request makes sense with: not those that fakeim does not know yet."""
    return {name: each for name, each in shape.members.items() if name not in shape.unknown or name in shape.required}


def element_of(shape: Shape) -> Shape:
    """Give the shape of a list's elements, or of a map's values."""
    return cast("Shape", shape.element)


def key_of(shape: Shape) -> Shape:
    """Give the shape of a map's keys."""
    return cast("Shape", shape.key)


def keys_of(shape: Shape, pool: Pool | None = None) -> SearchStrategy[str]:
    """Make keys of a map."""
    return valid(key_of(shape), pool)
