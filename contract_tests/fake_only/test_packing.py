"""Records are kept in less memory than dictionaries take: what comes out is what went in, and nothing is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.strategies import valid
from fakeim.service.packing import packing, page_copier
from fakeim.spec.api import load_api
from fakeim.spec.codec import element_of, reader

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

LISTED = {
    "GetResourcePolicies": "ResourcePolicy",
    "ListIncidentFindings": "Finding",
    "ListIncidentRecords": "IncidentRecord",
    "ListRelatedItems": "RelatedItem",
    "ListResponsePlans": "GetResponsePlanOutput",
    "ListTimelineEvents": "TimelineEvent",
}
kinds = pytest.mark.parametrize("kind", sorted(LISTED.values()))


def record_of(data: DataObject, kind: str) -> dict[str, Any]:
    shape = load_api().shape(kind)
    record: dict[str, Any] = reader(shape)(data.draw(valid(shape)))
    return record


def row_of(record: dict[str, Any], kind: str) -> tuple[Any, ...]:
    return (0, 1, "id", *packing(kind).pack(record))


def emptied(value: Any) -> None:
    """Take out all that is in ``value``, and first what is in that."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            emptied(each)
        value.clear()


@kinds
@settings(max_examples=20)
@given(data=st.data())
def test_a_record_comes_out_as_it_went_in(kind: str, data: DataObject) -> None:
    record = record_of(data, kind)
    found = packing(kind).unpack(row_of(record, kind))
    assert list(found.items()) == list(record.items())  # in this order


@pytest.mark.parametrize("name", sorted(LISTED))
@settings(max_examples=20)
@given(data=st.data())
def test_a_page_shows_of_each_record_what_its_shape_has_and_shares_nothing(name: str, data: DataObject) -> None:
    operation, kind = load_api().operations[name], LISTED[name]
    assert operation.pagination is not None
    shape = operation.output.members[operation.pagination.result_key]
    records = [record_of(data, kind) for _ in range(data.draw(st.integers(0, 3)))]
    rows = [row_of(record, kind) for record in records]
    kept = repr(rows)
    page = page_copier(shape, kind)(rows)
    members = element_of(shape).members
    shown = [[(name, record[name]) for name in members if name in record] for record in records]
    assert [list(each.items()) for each in page] == shown
    emptied(page)
    assert repr(rows) == kept


@pytest.mark.parametrize("kind", ["IncidentRecord", "RelatedItem"])
@settings(max_examples=20)
@given(data=st.data())
def test_what_has_no_place_is_never_lost(kind: str, data: DataObject) -> None:
    record = record_of(data, kind)
    with pytest.raises(TypeError, match=f"no member of {kind}"):
        packing(kind).pack(record | {"mood": "good"})


def test_a_list_of_texts_is_one_of_ids() -> None:
    shape = load_api().shape("ListReplicationSetsOutput").members["replicationSetArns"]
    assert page_copier(shape, "ReplicationSet")([(0, 1, "arn", {"arn": "arn"})]) == ["arn"]
