"""The protocol: botocore's serializer and parser are its oracle, and whatever comes, a proper response goes out."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

import pytest
from botocore.awsrequest import HeadersDict, create_request_object, prepare_request_dict
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import example, given
from hypothesis import strategies as st

from contract_tests.budgets import examples
from contract_tests.fake_only.accounts import REGIONS, full_account
from contract_tests.fake_only.inspection import OPERATIONS, botocore_model, disorder, dump, each_operation
from contract_tests.strategies import requests, valid
from fakeim.clients import wire
from fakeim.service import errors
from fakeim.spec.api import load_api
from fakeim.spec.codec import instant, reader
from fakeim.spec.json_codec import json_writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hypothesis.strategies import DataObject, SearchStrategy

    from fakeim.spec.api import Operation, Shape

API = load_api()
PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/absent"
SERIALIZER = create_serializer("rest-json", include_validation=False)
PARSER = create_parser("rest-json")


class Service:
    """Stands where the dispatcher does: keeps what it is asked, and answers as it is told."""

    def __init__(self, outcome: dict[str, Any] | errors.ServiceError) -> None:
        self.outcome = outcome
        self.asked: list[tuple[str, dict[str, Any], str]] = []

    def call(self, name: str, params: dict[str, Any], region: str, _patience: object) -> tuple[dict[str, Any], str]:
        self.asked.append((name, params, region))
        if isinstance(self.outcome, errors.ServiceError):
            raise self.outcome
        return self.outcome, "the request's id"

    def refuse(self, error: errors.ServiceError) -> errors.ServiceError:
        error.request_id = "the request's id"
        return error


def sent(operation: Operation, params: Mapping[str, Any]) -> wire.Request:
    """Give the request that boto3's client would send."""
    serialized = SERIALIZER.serialize_to_request(params, botocore_model().operation_model(operation.name))
    prepare_request_dict(serialized, "https://ssm-incidents.us-east-1.amazonaws.com", context={})
    prepared: Any = create_request_object(serialized).prepare()
    url = urlsplit(prepared.url)
    return wire.Request(prepared.method, url.path, url.query, prepared.body or b"")


def bare(operation: Operation) -> wire.Request:
    """Give the request for ``operation`` that says the least."""
    return wire.Request(operation.http_method, operation.path.format(resourceArn="arn"), "", b"")


def understood(request: wire.Request, region: str = "eu-west-1") -> tuple[str, dict[str, Any]]:
    """Give the operation and the parameters that the service is asked with."""
    service: Any = Service(errors.validation("enough"))
    response = wire.respond(service, request, region)
    assert service.asked, response
    ((name, params, asked_from),) = service.asked
    assert asked_from == region
    return name, params


def answered(operation: Operation, outcome: dict[str, Any] | errors.ServiceError) -> wire.Response:
    """Give the response in which the service's ``outcome`` goes out."""
    service: Any = Service(outcome)
    response = wire.respond(service, bare(operation), "us-east-1")
    assert [name for name, _, _ in service.asked] == [operation.name]
    return response


def parsed(response: wire.Response, shape: str) -> dict[str, Any]:
    """Give what botocore makes of ``response``."""
    content = {"status_code": response.status, "headers": HeadersDict(response.headers), "body": response.body}
    result: dict[str, Any] = PARSER.parse(content, botocore_model().shape_for(shape))
    return result


def canonical(shape: Shape) -> SearchStrategy[Any]:
    """Make values of ``shape`` as they lie in the store."""
    return valid(shape).map(reader(shape))


def in_full(params: Mapping[str, Any]) -> str:
    """Show ``params`` with the types and the order of all that is in them, but not their own order."""
    return repr(sorted(params.items()))


# -- requests


@each_operation
@examples(percent=15)
@given(data=st.data())
def test_what_botocore_sends_is_understood_as_the_direct_client_would(operation: Operation, data: DataObject) -> None:
    params = data.draw(requests(operation))
    name, read = understood(sent(operation, params))
    assert name == operation.name
    assert in_full(read) == in_full(reader(operation.input)(params))


@each_operation
@examples(percent=8)
@given(data=st.data())
def test_null_and_unknown_members_make_no_difference(operation: Operation, data: DataObject) -> None:
    request = sent(operation, data.draw(requests(operation)))
    content = json.loads(request.body or b"{}")
    padded = json.dumps(with_surplus(operation.input, content)).encode()
    assert understood(request._replace(body=padded)) == understood(request)


def with_surplus(shape: Shape, value: Any) -> Any:
    """Put a null where a member could be, and a member that no shape has, into every structure."""
    if shape.type == "structure":
        inside = {name: with_surplus(shape.members[name], each) for name, each in value.items()}
        return {"Unknown": {"name": [1.5, None]}} | dict.fromkeys(shape.members) | inside
    if shape.type == "list":
        return [with_surplus(_element(shape), each) for each in value]
    if shape.type == "map":
        return {name: with_surplus(_element(shape), each) for name, each in value.items()} | {"no value": None}
    return value


STRANGE_ARN = f"{PLAN} a+b%2F?&=#ä😀//.."


@pytest.mark.parametrize("method", ["list_tags_for_resource", "get_response_plan", "delete_replication_set"])
@pytest.mark.parametrize("arn", [PLAN, STRANGE_ARN, "%", "+", "%252F", "/", "."])
def test_an_arn_arrives_in_path_and_query_as_it_was_given(method: str, arn: str) -> None:
    (member,) = API.methods[method].input.members
    assert understood(sent(API.methods[method], {member: arn})) == (API.methods[method].name, {member: arn})


def test_an_arn_in_the_path_is_one_encoded_segment() -> None:
    encoded = "arn%3Aaws%3Assm-incidents%3A%3A123456789012%3Aresponse-plan%2Fabsent"
    assert sent(API.methods["list_tags_for_resource"], {"resourceArn": PLAN}).path == f"/tags/{encoded}"
    for path in (f"/tags/{encoded}", f"/tags/{encoded.lower()}", "/tags/" + PLAN.replace("/", "%2f")):
        name, params = understood(wire.Request("GET", path, "", b""))
        assert (name, params["resourceArn"].lower()) == ("ListTagsForResource", PLAN)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("tagKeys=b&tagKeys=a&tagKeys=b", ["b", "a", "b"]),
        ("tagKeys=a%26tagKeys%3Db", ["a&tagKeys=b"]),
        ("tagKeys=a+b&tagKeys=a%2Bb&other=c", ["a b", "a+b"]),
        ("tagKeys=&tagKeys=a", ["", "a"]),
        ("tagKeys", [""]),
    ],
)
def test_a_list_in_the_query_is_a_repeated_key(query: str, keys: list[str]) -> None:
    _, params = understood(wire.Request("DELETE", "/tags/arn", query, b""))
    assert params == {"resourceArn": "arn", "tagKeys": keys}


@each_operation
def test_an_empty_body_is_an_empty_object(operation: Operation) -> None:
    empty = understood(bare(operation))
    assert empty == understood(bare(operation)._replace(body=b"{}"))
    assert empty == (operation.name, {"resourceArn": "arn"} if "{" in operation.path else {})


@each_operation
def test_what_belongs_into_path_or_query_is_not_read_from_the_body(operation: Operation) -> None:
    elsewhere = [member for member, _ in operation.query] + re.findall(r"{(.*)}", operation.path)
    for value in ("other", 7):
        body = json.dumps(dict.fromkeys(elsewhere, value)).encode()
        assert understood(bare(operation)._replace(body=body)) == understood(bare(operation))


@each_operation
def test_what_belongs_into_the_body_is_not_read_from_the_query(operation: Operation) -> None:
    inside = operation.input.members.keys() - dict(operation.query).keys()
    query = "&".join(f"{name}=other" for name in inside)
    assert understood(bare(operation)._replace(query=query)) == understood(bare(operation))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1767225600", "2026-01-01T00:00:00.000"),
        ("1767225600.0", "2026-01-01T00:00:00.000"),
        ("1767225600.25", "2026-01-01T00:00:00.250"),
        ("1.76722560025E9", "2026-01-01T00:00:00.250"),
        ("1767225600.2509999", "2026-01-01T00:00:00.251"),
        ("1767225600.250999", "2026-01-01T00:00:00.250"),
        ("0", "1970-01-01T00:00:00.000"),
        ("-0.0005", "1969-12-31T23:59:59.999"),
        ("-62135596800", "0001-01-01T00:00:00.000"),
        ("253402300799", "9999-12-31T23:59:59.000"),
    ],
)
def test_a_timestamp_is_seconds_in_any_notation_cut_off_to_the_millisecond(number: str, text: str) -> None:
    request = wire.Request("POST", "/createTimelineEvent", "", f'{{"eventTime": {number}}}'.encode())
    _, params = understood(request)
    assert params["eventTime"].astimezone(UTC) == datetime.fromisoformat(text).replace(tzinfo=UTC)


# -- answers


@each_operation
@examples(percent=12)
@given(data=st.data())
def test_botocore_reads_an_answer_as_it_was_given(operation: Operation, data: DataObject) -> None:
    answer = data.draw(canonical(operation.output))
    response = answered(operation, answer)
    found = parsed(response, operation.output.name)
    metadata = found.pop("ResponseMetadata")
    assert found == answer
    assert metadata["RequestId"] == "the request's id"
    assert response.status == botocore_model().operation_model(operation.name).http.get("responseCode", 200)
    assert error_code(response) == ""
    if response.body:
        assert list(oddities(operation.output, as_written(response))) == []


@pytest.mark.parametrize("code", API.error_statuses)
@examples(percent=15)
@given(data=st.data())
def test_botocore_reads_an_error_as_it_was_raised(code: str, data: DataObject) -> None:
    shape, operation = API.shape(code), data.draw(st.sampled_from(OPERATIONS))
    members = data.draw(canonical(shape))
    message = members.pop("message")
    error = errors.ServiceError(code, message, **members)
    error.request_id = "made with the error"
    response = answered(operation, error)
    found = parsed(response, operation.output.name)
    assert found["Error"] == {"Code": code, "Message": message}
    assert found["ResponseMetadata"]["RequestId"] == "made with the error"
    assert response.status == botocore_model().shape_for(code).metadata["error"]["httpStatusCode"]
    assert parsed(response, code) == members | {"message": message}
    assert error_code(response) == code
    assert list(oddities(shape, as_written(response))) == []


@pytest.mark.parametrize(("code", "status"), errors.UNMODELLED_STATUSES.items())
def test_an_error_outside_the_model_has_a_code_and_a_message(code: str, status: int) -> None:
    response = answered(OPERATIONS[0], errors.ServiceError(code, "grün"))
    assert parsed(response, OPERATIONS[0].output.name)["Error"] == {"Code": code, "Message": "grün"}
    assert (response.status, json.loads(response.body)) == (status, {"message": "grün"})


def test_an_answer_that_cannot_be_written_is_the_service_s_fault() -> None:
    response = answered(API.methods["get_timeline_event"], {"event": {"eventTime": "no moment"}})
    assert error_code(response) == "InternalServerException"
    assert response.status == 500


class Number(NamedTuple):
    """A number with a fraction or an exponent, as it is written."""

    text: str


def as_written(response: wire.Response) -> Any:
    return json.loads(response.body, parse_float=Number)


def oddities(shape: Shape, value: Any, path: str = "answer") -> Iterator[str]:
    """Name all that AWS would write differently (catalogue 1.7, 1.9 to 1.11)."""
    if shape.type == "structure":
        members = list(value)
        if members != sorted(shape.members) if not shape.union else members != [*members[:1]] or None in value.values():
            yield f"{path} has the members {members}"
        for name in members:
            if value[name] is None and name in shape.required:
                yield f"{path}.{name} is null"
            if value[name] is not None:
                yield from oddities(shape.members[name], value[name], f"{path}.{name}")
    elif shape.type in ("list", "map"):
        for step, each in enumerate(value) if shape.type == "list" else value.items():
            yield from oddities(_element(shape), each, f"{path}.{step}")
    elif shape.type == "timestamp" and not is_java(value):
        yield f"{path} is {value}"


def is_java(number: Any) -> bool:
    """Say whether this is a double to the millisecond as Java's ``Double.toString`` writes it."""
    if not isinstance(number, Number):
        return False
    plain, with_exponent = r"-?(0|[1-9]\d{0,6})\.(\d|\d{1,2}[1-9])", r"-?[1-9]\.(\d|\d+[1-9])E([7-9]|1\d)"
    large = abs(Decimal(number.text)) >= Decimal(10**7)
    return re.fullmatch(with_exponent if large else plain, number.text) is not None and number.text != "-0.0"


write_timestamp = json_writer(API.shape("Timestamp"))


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (1_628_634_837_849, "1.628634837849E9"),
        (1_628_634_838_724, "1.628634838724E9"),
        (1_767_225_600_000, "1.7672256E9"),
        (1_000_000_000_000, "1.0E9"),
        (1_000_000_000_001, "1.000000000001E9"),
        (253_402_300_799_999, "2.53402300799999E11"),
        (100_000_000_000_000, "1.0E11"),
        (10_000_000_000, "1.0E7"),
        (10_000_000_001, "1.0000000001E7"),
        (9_999_999_999, "9999999.999"),
        (9_999_999_000, "9999999.0"),
        (1_234_500, "1234.5"),
        (1, "0.001"),
        (0, "0.0"),
        (-1, "-0.001"),
        (-1_500, "-1.5"),
        (-9_999_999_999, "-9999999.999"),
        (-10_000_000_000, "-1.0E7"),
        (-62_135_596_800_000, "-6.21355968E10"),
    ],
)
def test_a_timestamp_is_written_as_java_writes_a_double(milliseconds: int, text: str) -> None:
    assert write_timestamp(instant(milliseconds)) == text


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999) | st.integers(-(10**11), 10**11))
@example(10**10)
@example(126_701_150_399_987)  # no double has its microseconds
@example(-(10**10) + 1)
def test_every_timestamp_is_written_so_and_exactly(milliseconds: int) -> None:
    text = write_timestamp(instant(milliseconds))
    assert is_java(Number(text))
    assert Decimal(text) * 1000 == milliseconds
    assert understood(wire.Request("POST", "/createTimelineEvent", "", f'{{"eventTime":{text}}}'.encode())) == (
        "CreateTimelineEvent",
        {"eventTime": instant(milliseconds)},
    )


ROLE = "arn:aws:sts::111122223333:assumed-role/Admin/exampleUser"
RECORD = {
    "arn": "arn:aws:ssm-incidents::111122223333:incident-record/example-response/78bd9919-b9ac-962d-91e0-149960600e3f",
    "automationExecutions": [],
    "chatChannel": {"chatbotSns": ["arn:aws:sns:us-east-1:111122223333:Standard_User"]},
    "creationTime": instant(1_628_634_837_849),
    "dedupeString": "00bd9919-b99f-367c-c282-eabcaff587f7",
    "impact": 5,
    "incidentRecordSource": {"createdBy": ROLE, "invokedBy": ROLE, "source": "aws.ssm-incidents.custom"},
    "lastModifiedBy": ROLE,
    "lastModifiedTime": instant(1_628_634_838_724),
    "notificationTargets": [],
    "status": "OPEN",
    "title": "example-incident",
}
RECORDED = (
    '{"incidentRecord":{"arn":"arn:aws:ssm-incidents::111122223333:incident-record/example-response/'
    '78bd9919-b9ac-962d-91e0-149960600e3f","automationExecutions":[],'
    '"chatChannel":{"chatbotSns":["arn:aws:sns:us-east-1:111122223333:Standard_User"]},'
    '"creationTime":1.628634837849E9,"dedupeString":"00bd9919-b99f-367c-c282-eabcaff587f7","impact":5,'
    '"incidentRecordSource":{"createdBy":"arn:aws:sts::111122223333:assumed-role/Admin/exampleUser",'
    '"invokedBy":"arn:aws:sts::111122223333:assumed-role/Admin/exampleUser","resourceArn":null,'
    '"source":"aws.ssm-incidents.custom"},'
    '"lastModifiedBy":"arn:aws:sts::111122223333:assumed-role/Admin/exampleUser","lastModifiedTime":1.628634838724E9,'
    '"notificationTargets":[],"resolvedTime":null,"status":"OPEN","summary":null,"title":"example-incident"}}'
)
"""What AWS sent (catalogue 6.2)."""


def test_the_recorded_answer_is_written_byte_for_byte() -> None:
    response = answered(API.methods["get_incident_record"], {"incidentRecord": RECORD})
    assert response.body.decode() == RECORDED
    assert response.headers["Content-Type"] == "application/json"


# -- requests that no client should send


def error_code(response: wire.Response) -> str:
    """Check that ``response`` is a proper one, and give its error's code, or nothing if it is none."""
    headers, body = response.headers, response.body
    assert isinstance(body, bytes)
    assert headers["x-amzn-RequestId"]
    code = headers.get("x-amzn-ErrorType", "")
    if code:
        assert response.status == (API.error_statuses | errors.UNMODELLED_STATUSES)[code]
        assert isinstance(json.loads(body)["message"], str)
    else:
        assert response.status in (200, 201, 204)
    if response.status == 204:
        assert body == b""
        assert headers.keys() == {"x-amzn-RequestId"}
    else:
        assert headers["Content-Length"] == str(len(body))
        assert headers["Content-Type"] == "application/json"
        assert isinstance(json.loads(body.decode()), dict)
    return code


def asked(*calls: wire.Request) -> str:
    """Ask an account with some of everything, check all that comes back, and give the last error's code."""
    fake = full_account().fake
    code = ""
    for request in calls:
        before = dump(fake)
        code = error_code(wire.respond(fake._dispatcher, request, REGIONS[0]))  # noqa: SLF001 - no sockets here
        assert code != "InternalServerException", request
        if code:
            assert dump(fake) == before
        assert disorder(fake) == []
    return code


UNKNOWN, UNREADABLE = "UnknownOperationException", "SerializationException"
INVALID, MISSING = "ValidationException", "ResourceNotFoundException"
TAGS = f"/tags/{quote(PLAN, safe='')}"
START = wire.Request("POST", "/startIncident", "", b"")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/startIncident"),
        ("HEAD", "/getResponsePlan"),
        ("OPTIONS", "/startIncident"),
        ("post", "/startIncident"),
        ("", ""),
        ("POST", ""),
        ("POST", "/"),
        ("POST", "//"),
        ("POST", "//startIncident"),
        ("POST", "/startIncident/"),
        ("POST", "/startIncident/more"),
        ("POST", "/StartIncident"),
        ("POST", "/start%49ncident"),
        ("POST", "/startIncident%2F"),
        ("POST", "/startIncident/../startIncident"),
        ("POST", "/\N{GREEK SMALL LETTER PI}"),
        ("GET", "/tags"),
        ("PUT", TAGS),
        ("GET", f"/{TAGS}"),
        ("GET", f"{TAGS}/"),
        ("GET", f"{TAGS}/more"),
        ("GET", f"/tags/{PLAN}"),
        ("GET", f"/v1{TAGS}"),
    ],
)
def test_there_is_no_such_operation(method: str, path: str) -> None:
    assert asked(wire.Request(method, path, "", b"")) == UNKNOWN


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{}}",
        b" ",
        b"\0",
        b"'title'",
        b"{'title': 'a'}",
        b'{"title": "a",}',
        b'{"title": "a\nb"}',
        b'{"title": "\\ud8"}',
        b'{"title": "\xff"}',
        b'{"title": "\xed\xa0\x80"}',
        '{"title": "a"}'.encode("utf-16"),
        '{"title": "a"}'.encode("utf-32-be"),
        b"[]",
        b"[{}]",
        b"null",
        b"7",
        b'"text"',
        b"true",
        b"NaN",
        b'{"impact": NaN}',
        b'{"impact": Infinity}',
        b'{"impact": 1.0}',
        b'{"impact": 1e0}',
        b'{"impact": 2147483648}',
        b'{"impact": -2147483649}',
        b'{"impact": 1' + 400 * b"0" + b"}",
        b'{"impact": 1' + 5000 * b"0" + b"}",
        b'{"triggerDetails": {"timestamp": NaN}}',
        b'{"triggerDetails": {"timestamp": -Infinity}}',
        b'{"triggerDetails": {"timestamp": 1e308}}',
        b'{"triggerDetails": {"timestamp": 1e999}}',
        b'{"triggerDetails": {"timestamp": 253402300800}}',
        b'{"triggerDetails": {"timestamp": -62135596801}}',
        b'{"triggerDetails": {"timestamp": 1' + 400 * b"0" + b"}}",
        b'{"triggerDetails": {"timestamp": "2026-01-01T00:00:00Z"}}',
        100_000 * b"[",
        100_000 * b'{"a":',
        100_000 * b"[" + 100_000 * b"]",
        b'{"relatedItems": ' + 100_000 * b"[" + 100_000 * b"]" + b"}",
        b'{"unknown": ' + 100_000 * b"[" + 100_000 * b"]" + b"}",
    ],
    ids=lambda body: f"{body[:40]!r} {len(body)}",
)
def test_a_body_that_is_no_object_of_readable_members(body: bytes) -> None:
    assert asked(START._replace(body=body)) == UNREADABLE


def test_a_body_of_the_largest_size_is_read_and_a_larger_one_is_not() -> None:
    largest = b"{" + (wire.LARGEST_BODY - 2) * b" " + b"}"
    assert asked(START._replace(body=largest)) == INVALID
    assert asked(START._replace(body=largest + b" ")) == "RequestEntityTooLargeException"
    assert asked(wire.Request("GET", TAGS, "", largest + b" ")) == "RequestEntityTooLargeException"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (START, INVALID),
        (START._replace(query=f"responsePlanArn={quote(PLAN)}"), INVALID),
        (START._replace(body=f'{{"responsePlanArn": "{PLAN}"}}'.encode()), MISSING),
        (START._replace(body=f'\ufeff{{"responsePlanArn": "{PLAN}"}}'.encode()), UNREADABLE),
        (START._replace(body=f'{{"responsePlanArn": 1, "responsePlanArn": "{PLAN}"}}'.encode()), MISSING),
        (START._replace(body=b'{"responsePlanArn": null}'), INVALID),
        (START._replace(body=b'{"impact": -1}'), INVALID),
        (START._replace(body=b'{"relatedItems": [null]}'), UNREADABLE),
        (START._replace(body=b'{"relatedItems": [{"identifier": {"value": {}}}]}'), INVALID),
        (START._replace(body=b'{"responsePlanArn": "\\ud800"}'), INVALID),
        (wire.Request("GET", "/getResponsePlan", "", b""), INVALID),
        (wire.Request("GET", "/getResponsePlan", "arn", b""), INVALID),
        (wire.Request("GET", "/getResponsePlan", "Arn=a", b""), INVALID),
        (wire.Request("GET", "/getResponsePlan", "&&=&arn=%&;", b""), INVALID),
        (wire.Request("GET", "/getResponsePlan", "arn=%zz%e4%", b""), INVALID),
        (wire.Request("GET", "/getResponsePlan", f"arn={quote(PLAN)}&arn=other", b""), MISSING),
        (wire.Request("GET", "/getResponsePlan", f"arn=other&arn={quote(PLAN)}", b""), INVALID),
        (wire.Request("GET", "/getResponsePlan", "", f'{{"arn": "{PLAN}"}}'.encode()), INVALID),
        (wire.Request("GET", "/tags/", "", b""), INVALID),
        (wire.Request("GET", "/tags/%", "", b""), INVALID),
        (wire.Request("GET", "/tags/%zz%ff%00", "", b""), INVALID),
        (wire.Request("DELETE", TAGS, "", b""), INVALID),
        (wire.Request("DELETE", TAGS, "tagKeys", b""), INVALID),
        (wire.Request("DELETE", TAGS, "", b'{"tagKeys": ["a"]}'), INVALID),
        (wire.Request("POST", TAGS, "", b'{"tags": {"a": null}}'), INVALID),
    ],
)
def test_what_is_readable_is_refused_by_the_service(request_: wire.Request, code: str) -> None:
    assert asked(request_) == code


CREATE = wire.Request("POST", "/createResponsePlan", "", b"")


def test_half_a_surrogate_pair_comes_back_as_it_was_sent() -> None:
    fake = full_account().fake
    body = b'{"name": "plan", "incidentTemplate": {"title": "\\ud83d\\ude00 \\ud800\\"", "impact": 1}}'
    created = wire.respond(fake._dispatcher, CREATE._replace(body=body), REGIONS[0])  # noqa: SLF001
    arn = json.loads(created.body)["arn"]
    request = wire.Request("GET", "/getResponsePlan", f"arn={quote(arn)}", b"")
    response = wire.respond(fake._dispatcher, request, REGIONS[0])  # noqa: SLF001
    assert error_code(response) == ""
    title = json.loads(response.body.decode())["incidentTemplate"]["title"]
    assert ascii(title) == ascii('😀 \ud800"')  # ascii: such a text cannot be printed, should it differ


JSON_SAMPLES: Mapping[str, Any] = {
    "string": "text",
    "integer": 3,
    "timestamp": 1.5,
    "boolean": True,
    "list": [],
    "map": {},
    "structure": {},
}
"""A value for each type of shape; the types of JSON that fit are named below."""
FITTING: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "timestamp": (int, float),
    "boolean": bool,
    "list": list,
    "map": dict,
    "structure": dict,
}


def misplaced(shape: Shape) -> Iterator[Any]:
    """Give values in which one thing, at every place in ``shape`` in turn, is of every type that it should not be."""
    for sample in JSON_SAMPLES.values():
        if not isinstance(sample, FITTING[shape.type]) or (sample is True and shape.type != "boolean"):
            yield sample
    for name, member in shape.members.items():
        yield from ({name: each} for each in misplaced(member))
    if shape.type == "list":
        yield from ([each] for each in [None, *misplaced(_element(shape))])
    if shape.type == "map":
        yield from ({"key": each} for each in misplaced(_element(shape)))


@each_operation
def test_a_wrong_type_of_json_at_any_member_cannot_be_read(operation: Operation) -> None:
    service: Any = Service(errors.validation("this was read"))
    elsewhere = dict(operation.query).keys() | {"resourceArn"}
    for value in misplaced(operation.input):
        if not (isinstance(value, dict) and value.keys() & elsewhere):
            request = bare(operation)._replace(body=json.dumps(value).encode())
            assert error_code(wire.respond(service, request, "us-east-1")) == UNREADABLE, value
    assert service.asked == []


# -- any request at all


def json_values() -> SearchStrategy[Any]:
    texts = st.text(st.characters(), max_size=20)  # half surrogate pairs too
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
    return st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=8)


@examples(percent=75)
@given(st.sampled_from(OPERATIONS), st.binary() | json_values().map(lambda value: json.dumps(value).encode()))
def test_any_body_is_answered_properly(operation: Operation, body: bytes) -> None:
    service: Any = Service(errors.validation("this was read"))
    code = error_code(wire.respond(service, bare(operation)._replace(body=body), "us-east-1"))
    assert code == (INVALID if service.asked else UNREADABLE)


PIECES = st.sampled_from(["/", "tags", "startIncident", "getResponsePlan", "arn", "tagKeys", "%", "%2F", "+", "=", "&"])
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=6).map("".join)
METHODS = st.sampled_from(["GET", "POST", "DELETE", "PUT", "get", ""])


@examples(percent=75)
@given(METHODS, TEXTS.map("/{}".format) | TEXTS, TEXTS)
def test_any_path_and_query_is_answered_properly(method: str, path: str, query: str) -> None:
    service: Any = Service(errors.validation("this was routed"))
    code = error_code(wire.respond(service, wire.Request(method, path, query, b""), "us-east-1"))
    assert code == (INVALID if service.asked else UNKNOWN)


@examples(percent=75)
@given(data=st.data())
def test_any_request_but_for_a_few_changes_is_answered_properly(data: DataObject) -> None:
    operation = data.draw(st.sampled_from(OPERATIONS))
    request = sent(operation, data.draw(requests(operation, full_account().pool(operation))))
    path, query = (changed(data, part.encode()).decode(errors="replace") for part in (request.path, request.query))
    body = data.draw(st.sampled_from([request.body, changed(data, request.body), altered(data, request.body)]))
    one = data.draw(st.sampled_from([request._replace(body=body), request._replace(path=path, query=query)]))
    asked(one, one)


def changed(data: DataObject, text: bytes) -> bytes:
    """Replace a part of ``text`` by something else, or by nothing."""
    start, end = sorted(data.draw(st.tuples(*2 * [st.integers(0, len(text))])))
    return text[:start] + data.draw(st.binary(max_size=3) | st.just(text[start:end] * 2)) + text[end:]


def altered(data: DataObject, body: bytes) -> bytes:
    """Put another value of JSON at one place of ``body``."""
    content = json.loads(body or b"{}")
    places = list(_places(content))
    if places:
        inside, step = data.draw(st.sampled_from(places))
        inside[step] = data.draw(json_values())
    return json.dumps(content).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict | list):
        for step, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield value, step
            yield from _places(each)


def _element(shape: Shape) -> Shape:
    assert shape.element is not None
    return shape.element
