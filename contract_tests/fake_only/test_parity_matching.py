"""When two answers are the same: ids by renaming, times by distance and order, everything else by equality."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeim.parity.matching import TOLERANCE, Matcher
from fakeim.parity.transcripts import Answer, Step, pointed

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    Namer = Callable[[str, int], str]

FORMS = {
    "id": "{:08x}-0000-4000-8000-000000000000",
    "OpsItem": "arn:aws:ssm:us-east-1:123456789012:opsitem/oi-{:012x}",
    "related item": "related-item/PARENT/{:032X}",
    "policy id": "{:032x}",
    "account": "arn:aws:ssm-incidents::{:012d}:response-plan/plan",
    "principal": "arn:aws:sts::123456789012:assumed-role/Admin/user{}",
}
KEYS = st.sampled_from(["name", "nextToken", FORMS["id"].format(1), "arn"])
OPERATION = "ListTagsForResource"  # any: these bodies fit no shape


def there(kind: str, number: int) -> str:
    return FORMS[kind].format(number)


def here(kind: str, number: int) -> str:
    return FORMS[kind].format(10 + 7 * number)


class Name:
    """A place in a body where the name ``number`` of ``kind`` stands, within a text."""

    def __init__(self, kind: str, number: int, around: str) -> None:
        self.kind, self.number, self.around = kind, number, around

    def __repr__(self) -> str:
        return f"Name({self.kind!r}, {self.number}, {self.around!r})"


AROUND = st.sampled_from(["{}", "the {} is not there", '{{"modifiedBy":"{}"}}', "'{}'; '{}'"])
NAMES = st.builds(Name, st.sampled_from(sorted(FORMS)), st.integers(0, 2), AROUND)
WORDS = st.sampled_from(["OPEN", "RESOLVED", ""]) | st.integers(0, 3) | st.booleans()
BODIES: SearchStrategy[dict[str, Any]] = st.dictionaries(
    KEYS,
    st.recursive(
        NAMES | WORDS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=8,
    ),
    min_size=1,
    max_size=4,
)


def rendered(value: Any, namer: Namer) -> Any:
    if isinstance(value, Name):
        return value.around.format(*[namer(value.kind, value.number)] * 2)
    if isinstance(value, dict):
        return {key: rendered(each, namer) for key, each in value.items()}
    return [rendered(each, namer) for each in value] if isinstance(value, list) else value


def leaves(value: Any, path: str = "") -> list[str]:
    if isinstance(value, dict):
        return [leaf for key, each in value.items() for leaf in leaves(each, f"{path}/{key}")]
    if isinstance(value, list):
        return [leaf for index, each in enumerate(value) for leaf in leaves(each, f"{path}/{index}")]
    return [path]


def replaced(value: Any, path: str, new: Any) -> Any:
    """Give a copy of ``value`` with ``new`` at ``path``."""
    part, _, rest = path[1:].partition("/")
    if not part:
        return new
    if isinstance(value, list):
        return [replaced(v, rest and f"/{rest}", new) if str(i) == part else v for i, v in enumerate(value)]
    return {k: replaced(v, rest and f"/{rest}", new) if k == part else v for k, v in value.items()}


def compare(
    left: Any,
    right: Any,
    *,
    operation: str = OPERATION,
    request: Any = None,
    partial: bool = False,
    matcher: Any = None,
) -> list[str]:
    """Give the places and words in which the body ``right`` differs from what was seen, ``left``."""
    step = Step("s1", operation, "us-east-1", "shows", request or {}, Answer(200, None, {}, left), partial)
    return list(map(str, (matcher or Matcher()).compare(step, Answer(200, None, {}, right))))


@given(BODIES)
def test_other_names_in_the_same_places_are_the_same(body: dict[str, Any]) -> None:
    assert compare(rendered(body, there), rendered(body, here)) == []


@given(st.lists(NAMES, min_size=1), st.sampled_from(sorted(FORMS)), st.integers(0, 2), st.integers(1, 2), st.data())
def test_a_name_in_another_place_is_found(
    names: list[Name], kind: str, number: int, step: int, data: st.DataObject
) -> None:
    twice = [*names, Name(kind, number, "{}"), Name(kind, number, "{}")]
    index = data.draw(st.sampled_from([i for i, n in enumerate(twice) if (n.kind, n.number) == (kind, number)]))
    moved = [*twice]
    moved[index] = Name(kind, (number + step) % 3, twice[index].around)
    found = compare({"names": rendered(twice, there)}, {"names": rendered(moved, here)})
    assert found
    assert all(kind in each for each in found)


@given(BODIES, st.data())
def test_one_changed_value_is_found_where_it_is(body: dict[str, Any], data: st.DataObject) -> None:
    body = body | {"always": "one"}
    path = data.draw(st.sampled_from(leaves(body)))
    right = replaced(rendered(body, here), path, "something else")
    found = compare(rendered(body, there), right)
    assert [each.partition(": ")[0] for each in found] == [path]


@given(BODIES, st.data())
def test_whole_answers_have_the_same_members_and_partial_ones_at_least_those(
    body: dict[str, Any], data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(sorted(body)))
    left, right = rendered({k: v for k, v in body.items() if k != gone}, there), rendered(body, here)
    assert [each.partition(": ")[0] for each in compare(left, right)] == [f"/{gone}"]
    assert compare(left, right, partial=True) == []
    assert compare(left | {gone: None}, right, partial=True) == compare(left | {gone: None}, right) != []
    assert compare(right, left) != []
    assert compare(right, left, partial=True) != []


def test_names_of_members_are_never_renamed() -> None:
    one, two = there("id", 1), here("id", 1)
    assert len(compare({"a": one, one: "value"}, {"a": two, two: "value"})) == 2
    assert compare({"a": one, one: "value"}, {"a": two, one: "value"}) == []


def test_what_both_sides_were_told_is_not_renamed() -> None:
    one, two = there("id", 1), here("id", 1)
    assert compare({"findingId": one}, {"findingId": two}) == []
    assert compare({"findingId": one}, {"findingId": two}, request={"findingIds": [one]}) != []
    assert compare({"findingId": two}, {"findingId": one}, request={"findingIds": [one]}) != []


def test_names_keep_through_all_steps() -> None:
    matcher = Matcher()
    assert compare({"a": there("id", 1)}, {"a": here("id", 1)}, matcher=matcher) == []
    assert compare({"a": there("id", 1)}, {"a": here("id", 2)}, matcher=matcher) != []
    assert compare({"a": there("id", 2)}, {"a": here("id", 1)}, matcher=matcher) != []


def test_page_tokens_are_renamed_whatever_they_look_like() -> None:
    matcher = Matcher()
    first: dict[str, Any] = {"operation": "ListTimelineEvents", "matcher": matcher}
    assert compare({"nextToken": "AAMA"}, {"nextToken": "MTc2"}, **first) == []
    assert compare({"nextToken": "AAMB"}, {"nextToken": "MTc2"}, **first) != []
    assert compare({"nextToken": "AAMA"}, {}, **first) != []


@pytest.mark.parametrize(("left", "right"), [(True, 1), (0, False), (1, "1"), ([], {}), ("", [])])
def test_values_of_another_type_differ(left: Any, right: Any) -> None:
    assert compare({"a": left}, {"a": right}) != []


def test_what_stands_in_an_earlier_answer() -> None:
    matcher = Matcher()
    compare({}, {"arn": here("id", 1)}, partial=True, matcher=matcher)
    same = {"tags": {"a": {"$ref": "s1#/arn"}}}
    assert compare(same, {"tags": {"a": here("id", 1)}}, matcher=matcher) == []
    compare({}, {"arn": here("id", 1)}, partial=True, matcher=matcher)
    [found] = compare(same, {"tags": {"a": here("id", 2)}}, matcher=matcher)
    assert found.startswith("/tags/a: should be what stands at s1#/arn")


def test_status_error_and_headers_are_compared() -> None:
    seen = Answer(404, "ResourceNotFoundException", {"x-amzn-errortype": "ResourceNotFoundException"}, {})
    step = Step("s1", OPERATION, "us-east-1", "shows", {}, seen)
    same = seen._replace(headers={"x-amzn-errortype": "ResourceNotFoundException:http://internal", "date": "now"})
    assert Matcher().compare(step, same) == []
    assert [each.where for each in Matcher().compare(step, Answer(400, "ValidationException", {}, {}))] == [
        *("status", "error", "header x-amzn-errortype")
    ]
    assert Matcher().compare(step._replace(expect=seen._replace(status=None)), same._replace(status=410)) == []


# -- times

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def timeline(*times: datetime) -> dict[str, Any]:
    return {"eventSummaries": [{"eventTime": time.isoformat(timespec="milliseconds")} for time in times]}


def compare_times(left: list[datetime], right: list[datetime], **request: Any) -> list[str]:
    return compare(timeline(*left), timeline(*right), operation="ListTimelineEvents", request=request)


MOMENTS = st.lists(st.integers(0, 10**9).map(lambda ms: NOON + timedelta(milliseconds=ms)), min_size=2, max_size=6)


@given(MOMENTS, st.integers(-(10**6), 10**6))
def test_another_clock_changes_nothing(moments: list[datetime], seconds: int) -> None:
    assert compare_times(moments, [each + timedelta(seconds=seconds) for each in moments]) == []


@given(MOMENTS, st.data())
def test_one_time_too_far_off_is_found(moments: list[datetime], data: st.DataObject) -> None:
    index = data.draw(st.integers(1, len(moments) - 1))
    right = [*moments]
    right[index] += (TOLERANCE + timedelta(seconds=1)) * data.draw(st.sampled_from([1, -1]))
    assert any(each.startswith(f"/eventSummaries/{index}/") for each in compare_times(moments, right))


HALF = NOON + timedelta(milliseconds=500)


def test_times_keep_their_order_and_equality() -> None:
    later = HALF + timedelta(milliseconds=100)
    assert compare_times([HALF, later], [HALF, HALF]) == []  # AWS took its time, a fake does not
    assert "opposite" in compare_times([HALF, later], [later, HALF])[0]
    assert "apart" in compare_times([HALF, HALF], [HALF, later])[0]


def test_whole_seconds_stay_whole() -> None:
    assert "whole second" in compare_times([NOON], [HALF])[0]
    assert "whole second" in compare_times([HALF], [NOON])[0]


def test_a_time_that_both_sides_were_told_is_the_same_time() -> None:
    told = {"eventTime": NOON.isoformat()}
    assert compare_times([NOON], [NOON], **told) == []
    assert compare_times([NOON], [NOON + timedelta(seconds=1)], **told) != []
    assert compare_times([NOON, HALF + timedelta(days=9)], [NOON, HALF], **told) == []  # and no measure for others


def test_pointers_are_those_of_rfc_6901() -> None:
    assert pointed({"a/b": [{"~": 1}]}, "/a~1b/0/~0") == 1
    for pointer in ("/c", "/a~1b/1", "/a~1b/x", "/a~1b/0/~0/more"):
        with pytest.raises(LookupError):
            pointed({"a/b": [{"~": 1}]}, pointer)
