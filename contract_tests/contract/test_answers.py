"""What every answer and every error has besides its members, and what boto3 does not even send (catalogue §1, §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from contract_tests.support import NO_PLAN, contents, make_plan, start

if TYPE_CHECKING:
    from mypy_boto3_ssm_incidents import SSMIncidentsClient


def answers_of(client: SSMIncidentsClient) -> list[Any]:
    """Make some calls, with a body in their answer and without one, and give the answers."""
    template: Any = {"title": "title", "impact": 3}
    plan = client.create_response_plan(name="plan", incidentTemplate=template)
    return [
        plan,
        client.tag_resource(resourceArn=plan["arn"], tags={"k": "v"}),
        client.get_response_plan(arn=plan["arn"]),
        client.get_response_plan(arn=plan["arn"]),
        client.list_incident_records(),
        client.delete_response_plan(arn=plan["arn"]),
    ]


def errors_of(client: SSMIncidentsClient) -> list[ClientError]:
    """Make some calls that fail, and give their errors."""
    errors = []
    for call in (
        lambda: client.get_response_plan(arn=NO_PLAN),
        lambda: client.get_response_plan(arn=NO_PLAN),
        lambda: client.start_incident(responsePlanArn=NO_PLAN),
        lambda: client.start_incident(responsePlanArn="no ARN"),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        errors.append(caught.value)
    return errors


@pytest.mark.modelled("1.1: restJson1, as boto3 reads it")
def test_every_answer_and_error_has_a_request_id_of_its_own(client: SSMIncidentsClient) -> None:
    metadata = [each["ResponseMetadata"] for each in answers_of(client)]
    metadata += [each.response["ResponseMetadata"] for each in errors_of(client)]
    ids = [each["RequestId"] for each in metadata]
    assert len(set(ids)) == len(ids)
    assert [each["HTTPHeaders"]["x-amzn-requestid"] for each in metadata] == ids
    assert {each["RetryAttempts"] for each in metadata} == {0}


@pytest.mark.modelled("1.1, 1.5: JSON, or with status 204 no body at all")
def test_what_has_a_body_says_that_it_is_json(client: SSMIncidentsClient) -> None:
    metadata: Any = [each["ResponseMetadata"] for each in answers_of(client)]
    metadata += [each.response["ResponseMetadata"] for each in errors_of(client)]
    types = {each["HTTPStatusCode"]: each["HTTPHeaders"].get("content-type") for each in metadata}
    json = "application/json"
    assert types == {200: json, 201: json, 204: None, 400: json, 404: json}


@pytest.mark.modelled("1.1: restJson1, as boto3 reads it")
def test_an_error_names_its_operation_and_its_type(client: SSMIncidentsClient) -> None:
    errors = errors_of(client)
    operations = ["GetResponsePlan", "GetResponsePlan", "StartIncident", "StartIncident"]
    assert [each.operation_name for each in errors] == operations
    for each in errors:
        header = each.response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-errortype"]
        assert header.partition(":")[0] == each.response["Error"]["Code"] == type(each).__name__


@pytest.mark.observed("1.7, 4.21: milliseconds in all times")
def test_the_services_own_times_have_fractions_of_a_second(client: SSMIncidentsClient) -> None:
    incident = start(client, make_plan(client))

    def modified() -> Any:
        client.update_incident_record(arn=incident, impact=1)
        return client.get_incident_record(arn=incident)["incidentRecord"]["lastModifiedTime"]

    # One time in a thousand is a whole second, and so are all that follow it within its millisecond.
    assert any(modified().microsecond for _ in range(1000))


@pytest.mark.inferred("§3.4: the grammar of the recorded message, for one error")
def test_one_mistake_is_one_error(client: SSMIncidentsClient) -> None:
    template: Any = {"title": "title", "impact": 6}
    with pytest.raises(ClientError) as caught:
        client.create_response_plan(name="plan", incidentTemplate=template)
    assert caught.value.response["Error"]["Message"] == (
        "1 validation error detected: Value '6' at 'incidentTemplate.impact' failed to satisfy constraint: "
        "Member must have value less than or equal to 5"
    )


@pytest.mark.modelled("§16: botocore's client sends no member that its model does not have, and none of another type")
@pytest.mark.parametrize(
    "given",
    [{"titel": "t"}, {"title": 1}, {"title": None}, {"impact": "1"}, {"relatedItems": {}}, {"triggerDetails": []}],
    ids=str,
)
def test_what_does_not_fit_the_model_is_not_sent(client: SSMIncidentsClient, given: Any) -> None:
    plan = make_plan(client)
    before = contents(client)
    with pytest.raises(ParamValidationError):
        start(client, plan, **given)
    assert contents(client) == before


@pytest.mark.assumption("JSON's true is no number to the service, though boto3 sends it")
def test_true_is_no_number(client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    with pytest.raises(ClientError) as caught:
        start(client, plan, impact=True)
    assert caught.value.response["Error"]["Code"] == "SerializationException"
    assert client.list_incident_records()["incidentRecordSummaries"] == []
