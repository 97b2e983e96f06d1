"""Records are kept in less memory than dictionaries take: what comes out is what went in, and nothing is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.budgets import examples
from contract_tests.strategies import valid
from fakeim.service import packing
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
    return (0, 1, "id", *packing.packing(kind).pack(record))


def emptied(value: Any) -> None:
    """Take out all that is in ``value``, and first what is in that."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            emptied(each)
        value.clear()


@kinds
@examples(percent=20)
@given(data=st.data())
def test_a_record_comes_out_as_it_went_in(kind: str, data: DataObject) -> None:
    record = record_of(data, kind)
    found = packing.packing(kind).unpack(row_of(record, kind))
    assert list(found.items()) == list(record.items())  # in this order


@pytest.mark.parametrize("most", [packing.MOST_ASKED_FOR, 0])
@pytest.mark.parametrize("name", sorted(LISTED))
@examples(percent=20)
@given(data=st.data())
def test_a_page_shows_of_each_record_what_its_shape_has_and_shares_nothing(
    name: str, most: int, data: DataObject
) -> None:
    operation, kind = load_api().operations[name], LISTED[name]
    assert operation.pagination is not None
    shape = operation.output.members[operation.pagination.result_key]
    records = [record_of(data, kind) for _ in range(data.draw(st.integers(0, 3)))]
    rows = [row_of(record, kind) for record in records]
    kept = repr(rows)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(packing, "MOST_ASKED_FOR", most)  # as if a later model had more that may be missing
        page = packing.page_copier(shape, kind)(rows)
    members = element_of(shape).members
    shown = [[(name, record[name]) for name in members if name in record] for record in records]
    assert [list(each.items()) for each in page] == shown
    emptied(page)
    assert repr(rows) == kept


@pytest.mark.parametrize("kind", ["IncidentRecord", "RelatedItem"])
@examples(percent=20)
@given(data=st.data())
def test_what_has_no_place_is_never_lost(kind: str, data: DataObject) -> None:
    record = record_of(data, kind)
    with pytest.raises(TypeError, match=f"no member of {kind}"):
        packing.packing(kind).pack(record | {"mood": "good"})


def test_a_list_of_texts_is_one_of_ids() -> None:
    shape = load_api().shape("ListReplicationSetsOutput").members["replicationSetArns"]
    assert packing.page_copier(shape, "ReplicationSet")([(0, 1, "arn", {"arn": "arn"})]) == ["arn"]


def test_what_one_account_hands_out_is_no_part_of_another() -> None:
    """All incidents of all accounts share what they have alike."""
    plan = {"name": "web", "incidentTemplate": {"title": "t", "impact": 1}}
    for _ in range(2):
        fake = fakeim.FakeIncidentManager()
        client: Any = fake.client()
        incident = client.start_incident(responsePlanArn=client.create_response_plan(**plan)["arn"])
        record = client.get_incident_record(arn=incident["incidentRecordArn"])["incidentRecord"]
        source = record["incidentRecordSource"]
        assert (record["automationExecutions"], record["notificationTargets"], len(source)) == ([], [], 3)
        listed = client.list_incident_records()["incidentRecordSummaries"]
        logged = [part for call in fake.calls for part in (call.params, call.result)]
        emptied([record, listed, logged])
