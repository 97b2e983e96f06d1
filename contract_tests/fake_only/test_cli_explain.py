"""``fakeim explain``, of errors, operations and requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.budgets import examples
from contract_tests.fake_only.command_line import check_that_words_stay_whole, refusal, run
from fakeim.cli import members, requests
from fakeim.cli.names import error_codes
from fakeim.parity import rules
from fakeim.spec.api import load_api
from fakeim.testing import strategies

DUMP = Path(__file__).with_name("dump_version_1.json")
PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/web"
OPERATIONS = sorted(load_api().operations)


def told(*arguments: str) -> Any:
    return json.loads(run("explain", *arguments, "--json").stdout)


def words(*arguments: str) -> str:
    result = run("explain", *arguments)
    assert result.exit_code in (0, 1)
    assert max(map(len, result.stdout.splitlines())) <= 80 or '"message"' in result.stdout  # JSON is not broken up
    return " ".join(result.stdout.split())


# -- errors


@pytest.mark.parametrize("code", error_codes())
def test_every_error_has_a_meaning_and_a_remedy(code: str) -> None:
    assert words(code).startswith(f"{code}, ")
    explained = told(code)
    assert explained["meaning"]
    assert explained["advice"]
    declaring = [name for name in OPERATIONS if code in load_api().operations[name].errors]
    assert explained["declared by"] == declaring


@pytest.mark.parametrize("code", ["ConflictException", "ThrottlingException", "OptInRequired", "ReadTimeoutError"])
def test_the_fault_that_is_proposed_can_be_injected(code: str) -> None:
    proposed = words(code).partition('fake.faults.inject("')[2].partition('")')[0].split('", "')
    fakeim.FakeIncidentManager().faults.inject(*proposed)
    assert proposed[1] == code


def test_an_error_has_the_rules_that_speak_of_it_and_where_it_was_seen() -> None:
    texts = [each["rule"] for each in told("ConflictException")["rules"]]
    assert "a duplicate is a ConflictException" in texts
    assert all("Conflict" in text for text in texts)
    assert "inferred 5.4 · fakeim/service/response_plans.py, rule 2" in words("ConflictException")
    seen = told("ResourceNotFoundException")["seen"]
    assert {"GetIncidentRecord", "GetResponsePlan"} <= {each["operation"] for each in seen}


@pytest.mark.parametrize("spelling", ["conflictexception", "Conflict", "CONFLICT_EXCEPTION"])
def test_an_error_can_be_spelt_otherwise(spelling: str) -> None:
    assert words(spelling).startswith("ConflictException, HTTP status 409 ")


# -- operations


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_has_its_members_errors_and_rules(operation: str) -> None:
    model, output, explained = load_api().operations[operation], words(operation), told(operation)
    assert output.startswith(f"{operation}: client.{model.method_name}(...)")
    assert {each["path"] for each in explained["request"]} >= model.input.members.keys()
    assert explained["errors"] == sorted(model.errors)
    claims = [each.text for each in rules.claims() if operation in each.operations]
    assert [each["rule"] for each in explained["rules"]] == claims
    assert ("use a paginator" in output) == (model.pagination is not None)


def test_members_have_their_constraints_in_words() -> None:
    found = {each.path: each for each in members.members(load_api().operations["StartIncident"].input)}
    assert found["impact"].constraint == "integer 1 to 5"
    assert found["title"].constraint == "text, up to 200 characters"
    assert found["relatedItems"].constraint == "list, up to 100 of them, each: object"
    assert found["relatedItems[].identifier.value"].constraint == "exactly one member"
    assert found["relatedItems[].identifier.type"].constraint.startswith("one of ANALYSIS, INCIDENT")
    assert found["responsePlanArn"].constraint.startswith("text, up to 1000 characters, matching ^arn:aws")
    assert [path for path, each in found.items() if each.required and "." not in path] == ["responsePlanArn"]


@pytest.mark.parametrize("what", ["StartIncident", "UpdateReplicationSet", "ConflictException", "ReadTimeoutError"])
def test_it_is_readable_on_a_narrow_terminal(what: str) -> None:
    check_that_words_stay_whole("explain", what)


# -- requests


def test_a_request_that_is_well_but_finds_nothing() -> None:
    result = run("explain", "StartIncident", json.dumps({"responsePlanArn": PLAN}), columns=200)
    assert result.exit_code == 0
    output = result.stdout
    assert "boto3 sends it: yes\nIt keeps to the constraints of the API: yes\n" in output
    assert "404 ResourceNotFoundException" in output
    assert f"The response plan {PLAN} does not exist." in output
    assert "An unknown plan, or incident, is ResourceNotFound" in output
    assert "observed §3.3 · fakeim/service/incident_records.py, rule 1" in output


def test_a_request_that_boto3_does_not_send() -> None:
    result = run("explain", "start_incident", json.dumps({"titel": "x", "impact": 9}), columns=200)
    assert result.exit_code == 1
    assert "boto3 sends it: no" in result.stdout
    assert 'Missing required parameter in input: "responsePlanArn"' in result.stdout
    assert "There is no 'titel'; did you mean title?" in result.stdout
    assert "Value '9' at 'impact' failed to satisfy constraint" in result.stdout
    assert "Value null at 'responsePlanArn' failed to satisfy constraint: Member must not be null" in result.stdout


def test_a_request_that_the_service_cannot_read() -> None:
    verdict = told("StartIncident", '{"responsePlanArn": 5}')
    assert verdict["valid"] is False
    assert verdict["answer"]["error"] == "SerializationException"
    assert [each["constraint"] for each in verdict["broken constraints"]] == [verdict["answer"]["body"]["message"]]


@pytest.mark.parametrize(
    ("operation", "request_", "rule"),
    [
        ("StartIncident", {"responsePlanArn": PLAN.replace("1234", "9999")}, ("arns", 3)),
        ("StartIncident", {"responsePlanArn": f"{PLAN}/more"}, ("arns", 2)),
        ("StartIncident", {"responsePlanArn": PLAN, "impact": 6}, ("errors", 2)),
        ("ListIncidentRecords", {"nextToken": "x"}, ("paging", 3)),
        ("ListTagsForResource", {"resourceArn": PLAN.replace("response-plan", "contact")}, ("arns", 2)),
        ("ListIncidentRecords", {"filters": [{"key": "x", "condition": {"before": 1}}]}, ("filters", 2)),
        ("GetResponsePlan", {"arn": PLAN}, None),
    ],
)
def test_a_refusal_names_its_rule(operation: str, request_: dict[str, Any], rule: tuple[str, int] | None) -> None:
    verdict = requests.judge(operation, request_, fakeim.FakeIncidentManager())
    assert verdict.error
    found = {(each.module, each.rule) for each in verdict.rules}
    assert rule in found if rule else True
    assert all(requests.speaks_of(each, verdict.error) or each.module == "errors" for each in verdict.rules)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@examples(percent=60)
@given(data=st.data(), operation=st.sampled_from(OPERATIONS))
def test_any_request_is_judged_as_the_clients_do(data: st.DataObject, operation: str) -> None:
    """What is valid, and only that, a checked client sends and the service reads."""
    names = st.sampled_from(sorted({*load_api().operations[operation].input.members, "self", "x"}))
    request = data.draw(st.dictionaries(names, JSON, max_size=4) | strategies.requests(operation))
    request = json.loads(json.dumps(request, default=str))
    result = run("explain", operation, json.dumps(request), "--json")
    assert result.exit_code in (0, 1), result.exception
    verdict = json.loads(result.stdout)
    assert verdict["valid"] == (result.exit_code == 0)
    client: Any = fakeim.FakeIncidentManager().client()
    model = load_api().operations[operation]
    expected: tuple[str | None, int]
    try:
        answer = getattr(client, model.method_name)(**request)
    except ClientError as error:
        expected = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    except Exception:  # noqa: BLE001 - a client's own refusal, of whatever class
        assert verdict["refused by boto3"] != []
        return
    else:
        expected = None, answer["ResponseMetadata"]["HTTPStatusCode"]
        assert verdict["valid"]
    assert verdict["refused by boto3"] == []
    assert (verdict["answer"]["error"], verdict["answer"]["status"]) == expected


def test_a_request_comes_from_a_file_or_the_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps({"name": "web", "incidentTemplate": {"title": "spät", "impact": 1}}), encoding="utf-8")
    by_file = run("explain", "CreateResponsePlan", "--file", file)
    by_input = run("explain", "CreateResponsePlan", "--file", "-", input=file.read_text(encoding="utf-8"))
    assert (by_file.exit_code, by_input.stderr) == (0, "")
    assert by_file.stdout == by_input.stdout
    assert "201 OK" in by_file.stdout


def test_a_dumped_account_answers_as_it_is(tmp_path: Path) -> None:
    file, fake = tmp_path / "account.json", fakeim.FakeIncidentManager(account_id="999999999999")
    request = json.dumps({"responsePlanArn": fake.add_response_plan("web")})
    fake.dump(file)
    assert "A fresh account answers:\n  403 AccessDeniedException" in run("explain", "StartIncident", request).stdout
    done = run("explain", "StartIncident", request, "--load", file)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "The dumped account answers:\n  200 OK" in done.stdout


def test_what_a_dump_says_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    file, document = tmp_path / "account.json", json.loads(DUMP.read_text(encoding="utf-8"))
    document["responsePlans"][0]["record"]["\x1b[2Jname"] = 1
    file.write_text(json.dumps(document), encoding="utf-8")
    done = run("explain", "StartIncident", "{}", "--load", file, color=True)  # as on a terminal
    assert r"there is no member \x1b[2Jname" in refusal(done)


def test_what_a_request_says_is_shown_and_not_obeyed() -> None:
    output = run("explain", "StartIncident", json.dumps({"responsePlanArn": "[red]\x1b[2J", "\x1b[2J": 1})).stdout
    assert "\x1b" not in output
    assert "Value '[red]\\x1b[2J' at 'responsePlanArn'" in output


# -- mistakes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["StratIncident"], "there is no operation or error 'StratIncident'; did you mean StartIncident?"),
        (["Conflct"], "did you mean Conflict?"),
        (["StartIncident", "{"], "REQUEST: not JSON (Expecting property name"),
        (["StartIncident", "[" * 100_000], "REQUEST: not JSON ("),
        (["StartIncident", "[]"], "REQUEST: expected a JSON object with the operation's parameters"),
        (["ConflictException", "{}"], "ConflictException is an error, and takes no request: name an operation"),
        (["StartIncident", "--file", "nowhere.json"], "'nowhere.json': No such file or directory"),
        (["StartIncident", "{}", "--load", "nowhere.json"], "File 'nowhere.json' does not exist."),
        (["StartIncident", "{}", "--load", __file__], "test_cli_explain.py: no dump of fakeim: not JSON"),
        (["StartIncident", "--load", str(DUMP)], "--load is of an account that answers a request: give one"),
        (["StartIncident", "{}", "--file", "-"], "give the request as an argument or by --file, not both"),
    ],
)
def test_mistakes_are_told(arguments: list[str], message: str) -> None:
    assert message in refusal(run("explain", *arguments))
