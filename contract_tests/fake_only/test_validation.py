"""Both layers of validation: what botocore's client refuses to send, and what the service answers (catalogue 3.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.budgets import examples
from contract_tests.fake_only.inspection import OPERATIONS, botocore_model, call, each_operation, shapes
from contract_tests.strategies import broken, broken_members, of_size, refused, requests, wrong
from fakeim.spec.api import load_api
from fakeim.spec.codec import Misfit, reader
from fakeim.spec.validation import constraint, violations, well_built

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

    from fakeim.spec.api import Operation, Shape

few = examples(percent=7)

UNCONSTRAINED = "ListTagsForResource"
"""Of its one parameter the model says no more than that it is text."""
each_constrained_operation = pytest.mark.parametrize(
    "operation",
    [operation for operation in OPERATIONS if operation.name != UNCONSTRAINED],
    ids=lambda operation: operation.method_name,
)

ACCOUNT = fakeim.FakeIncidentManager()
CLIENT = ACCOUNT.client()
UNCHECKED = ACCOUNT.client(config=Config(parameter_validation=False))


def report(operation: Operation, params: dict[str, Any]) -> str:
    shape = botocore_model().shape_for(operation.input.name)
    text: str = ParamValidator().validate(params, shape).generate_report()
    return text


def message(client: Any, operation: Operation, params: dict[str, Any]) -> str:
    with pytest.raises(client.exceptions.ValidationException) as caught:
        call(client, operation, params)
    text: str = caught.value.response["Error"]["Message"]
    return text


# -- the client's layer


@each_operation
@few
@given(data=st.data())
def test_what_botocore_would_not_send_is_refused_in_its_words(operation: Operation, data: DataObject) -> None:
    params = data.draw(refused(operation))
    with pytest.raises(ParamValidationError) as caught:
        call(CLIENT, operation, params)
    assert str(caught.value) == str(ParamValidationError(report=report(operation, params)))


SHAPES = shapes(*(operation.input for operation in OPERATIONS))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@examples(percent=6)
@given(data=st.data())
def test_of_every_shape_what_botocore_refuses_is_refused(shape: Shape, data: DataObject) -> None:
    value = data.draw(wrong(shape))
    assert ParamValidator().validate(value, botocore_model().shape_for(shape.name)).has_errors()
    with pytest.raises(Misfit):
        reader(shape)(value)


@each_operation
@few
@given(data=st.data())
def test_what_botocore_would_send_is_read(operation: Operation, data: DataObject) -> None:
    params = data.draw(requests(operation))
    assert report(operation, params) == ""
    reader(operation.input)(params)


def test_true_is_sent_as_a_number_and_refused_by_the_service() -> None:
    with pytest.raises(ClientError, match="SerializationException"):
        CLIENT.create_response_plan(name="p", incidentTemplate={"title": "t", "impact": True})


# -- the service's layer


@each_constrained_operation
@few
@given(data=st.data())
def test_one_broken_constraint_is_named_with_its_value_and_place(operation: Operation, data: DataObject) -> None:
    found = data.draw(broken(operation))
    assert message(CLIENT, operation, found.value) == f"1 validation error detected: {found.sentence}"


@each_constrained_operation
@few
@given(data=st.data())
def test_several_broken_constraints_are_counted_and_named_in_order(operation: Operation, data: DataObject) -> None:
    breaks = data.draw(broken_members(operation))
    params = data.draw(requests(operation)) | {name: found.value for name, found in breaks.items()}
    sentences = [found.within(None, name).sentence for name, found in sorted(breaks.items())]
    errors = "error" if len(sentences) == 1 else "errors"
    assert (
        message(CLIENT, operation, params) == f"{len(sentences)} validation {errors} detected: {'; '.join(sentences)}"
    )


@each_operation
@few
@given(data=st.data())
def test_a_valid_request_breaks_no_constraint(operation: Operation, data: DataObject) -> None:
    canonical = reader(operation.input)(data.draw(requests(operation)))
    assert violations(operation.input, canonical) == []


@each_constrained_operation
@few
@given(data=st.data())
def test_the_quick_check_and_the_full_account_agree(operation: Operation, data: DataObject) -> None:
    requests_of_every_kind = st.one_of(
        requests(operation),
        refused(operation),
        broken(operation).map(lambda found: found.value),
    )
    try:
        canonical = reader(operation.input, checked=False)(data.draw(requests_of_every_kind))
    except Misfit:
        return
    fits = constraint(operation.input)
    assert fits(canonical) == (violations(operation.input, canonical) == [])


BOUNDED = [shape for shape in SHAPES.values() if shape.max is not None and not of_size(shape, shape.max).is_empty]


@pytest.mark.parametrize("shape", BOUNDED, ids=lambda shape: shape.name)
@examples(percent=2)
@given(data=st.data())
def test_what_is_as_large_as_may_be_fits_and_what_is_larger_does_not(shape: Shape, data: DataObject) -> None:
    largest, read, fits = shape.max or 0, reader(shape), constraint(shape)
    assert fits is not None
    assert fits(read(data.draw(of_size(shape, largest))))
    assert not fits(read(data.draw(of_size(shape, largest + 1))))


# -- without the client's checks

PLAN: dict[str, Any] = {"name": "plan", "incidentTemplate": {"title": "title", "impact": 1}}


def automation(**parameters: Any) -> dict[str, Any]:
    return PLAN | {"actions": [{"ssmAutomation": {"documentName": "doc", "roleArn": ROLE, **parameters}}]}


ROLE = "arn:aws:iam::123456789012:role/runbooks"
RECORDED = (
    "2 validation errors detected: Value '{}' at 'actions.1.member.ssmAutomation.dynamicParameters' failed to satisfy "
    "constraint: Member must have length greater than or equal to 1; Value '{}' at "
    "'actions.1.member.ssmAutomation.parameters' failed to satisfy constraint: Member must have length greater than or "
    "equal to 1"
)
"""The one message that is known word for word (catalogue 3.4); the provider had sent both maps empty."""


@pytest.mark.parametrize("client", [CLIENT, UNCHECKED], ids=["checked", "unchecked"])
def test_the_recorded_message_comes_word_for_word(client: Any) -> None:
    operation = load_api().operations["CreateResponsePlan"]
    assert message(client, operation, automation(parameters={}, dynamicParameters={})) == RECORDED


@pytest.mark.parametrize(
    ("params", "where", "shown", "constraint"),
    [
        ({"name": "plan"}, "incidentTemplate", None, "Member must not be null"),
        (PLAN | {"incidentTemplate": {"title": "t"}}, "incidentTemplate.impact", None, "Member must not be null"),
        (PLAN | {"name": None}, "name", None, "Member must not be null"),
        (PLAN | {"name": ""}, "name", "", "Member must have length greater than or equal to 1"),
        (
            PLAN | {"incidentTemplate": {"title": "t", "impact": 0}},
            "incidentTemplate.impact",
            "0",
            "Member must have value greater than or equal to 1",
        ),
        (
            PLAN | {"chatChannel": {}},
            "chatChannel",
            "{}",
            "Member must have exactly one of: [chatbotSns, empty]",
        ),
        (
            PLAN | {"chatChannel": {"chatbotSns": ["topic"], "empty": {}}},
            "chatChannel",
            "{chatbotSns=[topic], empty={}}",
            "Member must have exactly one of: [chatbotSns, empty]",
        ),
        (
            PLAN | {"chatChannel": {"chatbotSns": []}},
            "chatChannel.chatbotSns",
            "[]",
            "Member must have length greater than or equal to 1",
        ),
        (
            automation(dynamicParameters={"key": {"variable": "TIME"}}),
            "actions.1.member.ssmAutomation.dynamicParameters.key.member.variable",
            "TIME",
            "Member must satisfy enum value set: [INCIDENT_RECORD_ARN, INVOLVED_RESOURCES]",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_without_the_clients_checks_the_service_refuses(
    params: dict[str, Any], where: str, shown: str | None, constraint: str
) -> None:
    value = "null" if shown is None else f"'{shown}'"
    expected = f"1 validation error detected: Value {value} at '{where}' failed to satisfy constraint: {constraint}"
    assert message(UNCHECKED, load_api().operations["CreateResponsePlan"], params) == expected


@pytest.mark.parametrize("name", [7, b"plan", ["plan"], {"plan"}], ids=repr)
def test_without_the_clients_checks_a_wrong_type_is_a_serialization_error(name: Any) -> None:
    with pytest.raises(ClientError) as caught:
        UNCHECKED.create_response_plan(**PLAN | {"name": name})
    assert type(caught.value) is ClientError
    assert caught.value.response["Error"]["Code"] == "SerializationException"


def test_without_the_clients_checks_none_and_a_valid_request_pass() -> None:
    client: Any = fakeim.FakeIncidentManager().client(config=Config(parameter_validation=False))
    arn = client.create_response_plan(**PLAN, displayName=None, tags=None)["arn"]
    assert client.get_response_plan(arn=arn)["name"] == "plan"


@pytest.mark.parametrize("given", [{"tags": {"k": "v"}}, {"tagKeys": ["k"]}, {}], ids=["tag", "untag", "list"])
def test_a_resource_arn_that_is_not_given_is_missed(given: dict[str, Any]) -> None:
    method = {"tags": UNCHECKED.tag_resource, "tagKeys": UNCHECKED.untag_resource}
    call: Any = method.get(next(iter(given), ""), UNCHECKED.list_tags_for_resource)
    with pytest.raises(UNCHECKED.exceptions.ValidationException, match="'resourceArn' failed to satisfy constraint"):
        call(**given)


# -- answers


@pytest.mark.parametrize("operation", ["GetIncidentRecord", "ListTimelineEvents", "ListReplicationSets"])
def test_what_is_built_wrong_is_seen_also_after_what_is_built_well(operation: str) -> None:
    shape = load_api().operations[operation].output
    check, answer = well_built(shape), _built(shape)
    assert check(answer)
    assert check(dict(reversed(answer.items())))
    for structure in _structures(answer):
        for name in list(structure):
            value = structure.pop(name)
            assert not check(answer), f"{name} is missing"
            structure[name] = value
        structure["surplus"] = 1
        assert not check(answer)
        del structure["surplus"]
    assert check(answer)


def _built(shape: Shape) -> Any:
    """Give a value with what ``shape`` requires, and no more."""
    if shape.type == "structure":
        return {name: _built(shape.members[name]) for name in shape.required}
    return [_built(shape.element), _built(shape.element)] if shape.type == "list" and shape.element else ""


def _structures(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for each in value for found in _structures(each)]
    return [value, *_structures(list(value.values()))] if isinstance(value, dict) else []
