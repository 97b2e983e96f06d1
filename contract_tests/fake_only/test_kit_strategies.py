"""fakeim.testing.strategies: valid by construction, broken in one place, small when shrunk."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ParamValidationError, ReadTimeoutError
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

import fakeim
from contract_tests.budgets import examples
from contract_tests.fake_only.inspection import OPERATIONS, call, each_operation
from fakeim.spec.api import load_api
from fakeim.spec.codec import reader
from fakeim.spec.validation import violations
from fakeim.testing.accounts import MORE_THAN_A_PAGE
from fakeim.testing.broken import Break
from fakeim.testing.fault_plans import FaultPlan, Mishap
from fakeim.testing.strategies import fakes, fault_plans, requests, shapes

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject, SearchStrategy

    from fakeim.spec.api import Operation

few = examples(percent=3)
quick = settings(derandomize=True, max_examples=300, database=None, phases=[Phase.generate, Phase.shrink])
CLIENT = fakeim.FakeIncidentManager().client()


def least(strategy: SearchStrategy[Any], *, where: Any = lambda _: True) -> Any:
    return find(strategy, where, settings=quick)


@each_operation
@few
@given(data=st.data())
def test_valid_requests_break_no_constraint(operation: Operation, data: DataObject) -> None:
    params = data.draw(requests(operation.name))
    assert violations(operation.input, reader(operation.input)(params)) == []


@pytest.mark.parametrize("name", [each.name for each in OPERATIONS if each.name != "ListTagsForResource"])
@few
@given(data=st.data())
def test_broken_requests_break_the_one_constraint_that_they_name(name: str, data: DataObject) -> None:
    operation = load_api().operations[name]
    broken = data.draw(requests(operation.name, valid=False))
    assert [path for path, _ in violations(operation.input, reader(operation.input)(broken.value))] == [broken.path]
    with pytest.raises(ClientError, match="ValidationException") as caught:
        call(CLIENT, operation, broken.value)
    assert broken.sentence in str(caught.value)


@few
@given(data=st.data())
def test_what_the_client_refuses_is_not_sent(data: DataObject) -> None:
    broken = data.draw(requests("CreateResponsePlan", valid=False, refused_by="client"))
    with pytest.raises(ParamValidationError):
        CLIENT.create_response_plan(**broken.value)


@few
@given(data=st.data(), name=st.sampled_from(["TriggerDetails", "ItemIdentifier", "TagMap", "Impact", "EventReference"]))
def test_shapes_are_valid(data: DataObject, name: str) -> None:
    shape = load_api().shape(name)
    assert violations(shape, reader(shape)(data.draw(shapes(name)))) == []


def test_the_least_request_has_what_is_required_and_no_more() -> None:
    assert least(requests("StartIncident")) == {"responsePlanArn": "arn:aws::::0"}
    assert least(shapes("IncidentTemplate"), where=lambda template: "summary" in template) == {
        "impact": 1,
        "title": "",
        "summary": "",
    }


def test_the_least_broken_request_has_the_break_and_no_more() -> None:
    broken = least(requests("GetResourcePolicies", valid=False), where=lambda found: found.path == "maxResults")
    assert broken == Break({"resourceArn": "arn:aws::::0", "maxResults": 101}, "maxResults", "101", broken.constraint)
    assert broken.constraint == "Member must have value less than or equal to 100"


def test_values_of_a_pool_are_preferred() -> None:
    plans = ["arn:aws:ssm-incidents::123456789012:response-plan/one"]
    drawn = [least(requests("StartIncident", pool={"responsePlanArn": plans}))["responsePlanArn"]]
    assert drawn == plans


@pytest.mark.parametrize(
    ("mistake", "remedy"),
    [
        (lambda: requests("StartIncidents"), "StartIncident"),
        (lambda: fault_plans("StartIncidents"), "StartIncident"),
        (lambda: shapes("TimelineEvents"), "TimelineEvent"),
    ],
)
def test_a_wrong_name_is_refused_with_the_right_one(mistake: Any, remedy: str) -> None:
    with pytest.raises(ValueError, match=f"did you mean '?{remedy}"):
        mistake()


def test_an_operation_without_constraints_cannot_be_broken() -> None:
    with pytest.raises(ValueError, match="no constraint that the service checks"):
        requests("ListTagsForResource", valid=False)


# -- accounts and faults


def listed(fake: fakeim.FakeIncidentManager) -> list[Any]:
    pages = fake.client().get_paginator("list_incident_records").paginate()
    return list(pages.search("incidentRecordSummaries[]"))


@examples(percent=20)
@given(fake=fakes(max_incidents=3, crowded=False, regions=["eu-west-1"]))
def test_fakes_have_plans_and_perhaps_incidents(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    assert client.meta.region_name == "eu-west-1"
    plans = client.list_response_plans()["responsePlanSummaries"]
    assert [plan["name"] for plan in plans] == [f"plan-{number}" for number in range(len(plans))] != []
    assert len(fake.calls.failed()) == 0
    assert {each["title"] for each in listed(fake)} <= {f"incident {number}" for number in range(3)}


def test_the_least_fakes_are_small() -> None:
    fake = least(fakes(crowded=False), where=lambda fake: any(each["status"] == "RESOLVED" for each in listed(fake)))
    assert [each["title"] for each in listed(fake)] == ["incident 0"]
    crowd = least(fakes(max_plans=1, max_incidents=0, crowded=True))
    assert len(listed(crowd)) == MORE_THAN_A_PAGE
    assert "nextToken" in crowd.client().list_incident_records()


@given(plan=fault_plans(latest=4, max_size=3))
def test_a_plan_strikes_the_calls_that_it_names(plan: FaultPlan) -> None:
    fake = fakeim.FakeIncidentManager()
    errors = {"lost reply": ReadTimeoutError, "not sent": ConnectTimeoutError, "throttled": ClientError}
    planned = {each.call: errors[each.kind] for each in plan}
    with plan.on(fake):
        for number in range(1, 6):
            if number in planned:
                with pytest.raises(planned[number]):
                    fake.client().list_response_plans()
            else:
                fake.client().list_response_plans()
    assert not fake.faults


def test_the_least_plan_is_that_all_goes_well() -> None:
    assert str(least(fault_plans())) == "nothing goes wrong"
    lost = least(fault_plans("StartIncident"), where=lambda plan: "lost reply" in str(list(plan)))
    assert lost == FaultPlan([Mishap("lost reply", 1, "StartIncident")])
    assert str(lost) == "call 1 of StartIncident is carried out, but its reply is lost"
    assert eval(repr(lost)) == lost  # noqa: S307 - our own text


# -- where they come in

LEAST = """
from hypothesis import given, settings
import fakeim
from fakeim.testing.fault_plans import FaultPlan
@settings(max_examples=1, database=None, deadline=None)
@given(fake=..., plan=...)
def least(fake: fakeim.FakeIncidentManager, plan: FaultPlan):
    assert fake.client().list_response_plans()["responsePlanSummaries"]
    assert plan == FaultPlan()
least()
"""


@pytest.mark.slow
@pytest.mark.parametrize("first", ["fakeim", "hypothesis"])
def test_types_are_registered_whichever_is_imported_first(first: str) -> None:
    subprocess.run([sys.executable, "-c", f"import {first}\n{LEAST}"], check=True)  # noqa: S603 - our own program


@pytest.mark.slow
def test_who_uses_no_fake_does_not_load_it() -> None:
    program = (
        "import sys, hypothesis; "
        "assert 'fakeim.testing.registration' in sys.modules and 'fakeim.incident_manager' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)  # noqa: S603 - our own program
