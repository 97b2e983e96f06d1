"""Findings, as far as the API alone goes (catalogue §9): only AWS makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from contract_tests.budgets import examples
from contract_tests.support import answered, fails

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.contract.targets import ClientIn
    from contract_tests.support import Record

UNCHECKED = Config(parameter_validation=False)
PREFIX = "arn:aws:ssm-incidents::123456789012:"
MISSING = PREFIX + "incident-record/alchemy-nonexistent-probe/11111111-1111-1111-1111-111111111111"
CALLS: dict[str, Callable[[Any, str], object]] = {
    "list": lambda client, arn: client.list_incident_findings(incidentRecordArn=arn),
    "get": lambda client, arn: client.batch_get_incident_findings(incidentRecordArn=arn, findingIds=["f"]),
    "get none": lambda client, arn: client.batch_get_incident_findings(incidentRecordArn=arn, findingIds=[]),
}


def make_incident(client: SSMIncidentsClient) -> str:
    client.create_response_plan(name="plan", incidentTemplate={"title": "t", "impact": 1})
    return client.start_incident(responsePlanArn=PREFIX + "response-plan/plan")["incidentRecordArn"]


def inaccessible(finding_id: str) -> Record:
    message = f"Finding with ID '{finding_id}' is not accessible"
    return {"code": "ResourceNotFoundException", "findingId": finding_id, "message": message}


@pytest.mark.inferred("§9")
def test_a_new_incident_has_no_findings(client: SSMIncidentsClient) -> None:
    answer = client.list_incident_findings(incidentRecordArn=make_incident(client))
    assert answered(answer) == (200, {"findings": []})


@pytest.mark.observed("§9, §3.4")
@given(ids=st.lists(st.text(max_size=128), unique=True, max_size=20))
@examples(percent=30, suppress_health_check=(HealthCheck.function_scoped_fixture,))
def test_unknown_findings_are_told_one_by_one_in_the_order_of_the_request(
    client: SSMIncidentsClient, ids: list[str]
) -> None:
    client.delete_response_plan(arn=PREFIX + "response-plan/plan")
    answer = client.batch_get_incident_findings(incidentRecordArn=make_incident(client), findingIds=ids)
    assert answered(answer) == (200, {"errors": [inaccessible(each) for each in ids], "findings": []})


@pytest.mark.assumption("an id that is named twice is answered twice")
def test_an_unknown_finding_named_twice_is_told_twice(client: SSMIncidentsClient) -> None:
    answer = client.batch_get_incident_findings(incidentRecordArn=make_incident(client), findingIds=["f", "f"])
    assert answer["errors"] == [inaccessible("f"), inaccessible("f")]


@pytest.mark.modelled("§9: min 0")
def test_no_finding_can_be_asked_for(client: SSMIncidentsClient) -> None:
    answer = client.batch_get_incident_findings(incidentRecordArn=make_incident(client), findingIds=[])
    assert answered(answer) == (200, {"errors": [], "findings": []})


@pytest.mark.modelled("§9, Appendix A: FindingIdList, FindingId")
@pytest.mark.parametrize("ids", [["f"] * 20, ["f" * 128], [""]], ids=["20 ids", "128 characters", "none"])
def test_get_takes_20_ids_of_128_characters(client: SSMIncidentsClient, ids: list[str]) -> None:
    answer = client.batch_get_incident_findings(incidentRecordArn=make_incident(client), findingIds=ids)
    assert answer["errors"] == [inaccessible(each) for each in ids]


@pytest.mark.modelled("§9, Appendix A: FindingIdList, FindingId")
@pytest.mark.parametrize("ids", [["f"] * 21, ["f" * 129]], ids=["21 ids", "129 characters"])
def test_get_refuses_more(client: SSMIncidentsClient, ids: list[str]) -> None:
    incident = make_incident(client)
    with fails(client, "ValidationException"):
        client.batch_get_incident_findings(incidentRecordArn=incident, findingIds=ids)


@pytest.mark.modelled("§9, §12.2")
@pytest.mark.parametrize("size", [1, 20])
def test_list_takes_page_sizes_of_1_to_20(client: SSMIncidentsClient, size: int) -> None:
    answer = client.list_incident_findings(incidentRecordArn=make_incident(client), maxResults=size)
    assert answer["findings"] == []


@pytest.mark.modelled("§9, §12.2")
@pytest.mark.parametrize("size", [0, 21])
def test_list_refuses_other_page_sizes(client_in: ClientIn, size: int) -> None:
    client = client_in(config=UNCHECKED)
    incident = make_incident(client)
    with fails(client, "ValidationException"):
        client.list_incident_findings(incidentRecordArn=incident, maxResults=size)


# -- what is not there, or has no findings


@pytest.mark.observed("§3.3, §9")
@pytest.mark.parametrize("arn", [MISSING, MISSING.ljust(1000, "1")], ids=len)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_incident_that_is_not_there_is_not_found(
    client: SSMIncidentsClient, call: Callable[[Any, str], object], arn: str
) -> None:
    with fails(client, "ResourceNotFoundException", resourceType="INCIDENT_RECORD", resourceIdentifier=arn):
        call(client, arn)


@pytest.mark.inferred("§6.5: gone with the record")
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_deleted_incident_is_not_found(client: SSMIncidentsClient, call: Callable[[Any, str], object]) -> None:
    arn = make_incident(client)
    client.delete_incident_record(arn=arn)
    with fails(client, "ResourceNotFoundException", resourceType="INCIDENT_RECORD", resourceIdentifier=arn):
        call(client, arn)


@pytest.mark.assumption("17.5: refused as invalid")
@pytest.mark.parametrize("arn", [PREFIX + "response-plan/plan", MISSING + "/more", "arn:aws:s3:::bucket"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_only_incidents_have_findings(client: SSMIncidentsClient, call: Callable[[Any, str], object], arn: str) -> None:
    make_incident(client)
    with fails(client, "ValidationException"):
        call(client, arn)


@pytest.mark.assumption("17.5: denied")
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_incident_of_another_account_is_denied(
    client: SSMIncidentsClient, call: Callable[[Any, str], object]
) -> None:
    with fails(client, "AccessDeniedException"):
        call(client, MISSING.replace("123456789012", "999999999999"))


@pytest.mark.modelled("2.12")
@pytest.mark.parametrize("arn", ["", "incident", MISSING.ljust(1001, "1")], ids=len)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_is_no_arn_is_invalid(client: SSMIncidentsClient, call: Callable[[Any, str], object], arn: str) -> None:
    with fails(client, "ValidationException"):
        call(client, arn)


@pytest.mark.modelled("§16: R")
@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("list_incident_findings", {}),
        ("batch_get_incident_findings", {"findingIds": []}),
        ("batch_get_incident_findings", {"incidentRecordArn": MISSING}),
    ],
)
def test_what_is_required_has_to_be_given(client_in: ClientIn, operation: str, given: Record) -> None:
    client = client_in(config=UNCHECKED)
    with fails(client, "ValidationException"):
        getattr(client, operation)(**given)
