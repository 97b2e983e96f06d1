"""The JSON Schemas: they are valid, say what the model says, and judge as the service and a slow reading of it do."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from contract_tests.budgets import examples
from contract_tests.fake_only.accounts import full_account
from contract_tests.fake_only.inspection import OPERATIONS, botocore_model, each_operation, flaws, shapes
from contract_tests.fake_only.processes import run
from contract_tests.strategies import broken, requests, valid
from fakeim import schemas
from fakeim.schemas.__main__ import main
from fakeim.spec.api import Api, load_api
from fakeim.spec.codec import reader
from fakeim.spec.json_schema import COMMON, documents
from fakeim.spec.patterns import whole
from fakeim.spec.validation import violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import DataObject
    from jsonschema import ValidationError

    from fakeim.spec.api import Operation, Shape

FOLDER = Path(__file__).parents[2] / "schemas"
FILES = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*.json")}
ERRORS = sorted(load_api().error_statuses)
BUNDLES = {
    **{f"requests/{each.name}.json": schemas.request(each.name) for each in OPERATIONS},
    **{f"responses/{each.name}.json": schemas.response(each.name) for each in OPERATIONS},
    **{f"errors/{name}.json": schemas.error(name) for name in ERRORS},
}
few = examples(percent=7)
each_file = pytest.mark.parametrize("name", sorted(FILES))


# -- documents


def content(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILES[name].read_text(encoding="utf-8"))
    return found


def test_there_is_a_document_for_each_request_response_and_error() -> None:
    assert sorted(FILES) == sorted([*BUNDLES, "common.json"])
    assert len(BUNDLES) == 31 + 31 + 7


@each_file
def test_a_document_is_valid_and_says_what_it_is_of(name: str) -> None:
    document = content(name)
    Draft202012Validator.check_schema(document)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "ssm-incidents 2018-05-10" in document["$comment"]
    assert load_api().digest in document["$comment"]
    title = Path(name).stem if name != "common.json" else "ssm-incidents 2018-05-10"
    assert document["title"].startswith(title)


def test_no_two_documents_have_the_same_id() -> None:
    assert len({content(name)["$id"] for name in FILES}) == len(FILES)


def test_no_text_is_the_models() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in FILES.values())
    prose = set(re.findall(r'"documentation": "(?:<p>)?([^"<]{20,})', json.dumps(load_api().files["service-2"])))
    assert len(prose) > 200
    assert [text for text in prose if text in written] == []


@pytest.mark.parametrize("name", sorted(BUNDLES))
def test_what_a_user_gets_is_the_file_with_what_it_refers_to(name: str) -> None:
    bundle, shared = copy.deepcopy(BUNDLES[name]), content("common.json")["$defs"]
    Draft202012Validator.check_schema(bundle)
    definitions = bundle.pop("$defs", {})
    text = json.dumps(bundle).replace('"#/$defs/', f'"{COMMON}#/$defs/')
    assert json.loads(text) == content(name)
    assert definitions == {each: shared[each] for each in definitions}
    referred = re.findall(r'"\$ref": "#/\$defs/(\w+)"', json.dumps(BUNDLES[name]))
    assert set(referred) == set(definitions)


def test_what_a_user_gets_is_their_own() -> None:
    schemas.request("StartIncident")["properties"].clear()
    assert schemas.request("StartIncident")["properties"]


def test_every_shared_shape_is_referred_to() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in FILES.values())
    assert set(re.findall(r'#/\$defs/(\w+)"', text)) == content("common.json")["$defs"].keys()


# -- drift


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert main([str(tmp_path)]) == 0
    return tmp_path


def check(folder: Path, capsys: pytest.CaptureFixture[str], api: Api | None = None) -> list[str]:
    status = main([str(folder), "--check"], api)
    *lines, remedy = capsys.readouterr().err.splitlines() or [""]
    assert status == bool(lines)
    assert not lines or remedy.endswith(f"python -m fakeim.schemas {folder}")
    return lines


def test_writing_is_reproducible(folder: Path) -> None:
    assert {name: (folder / name).read_bytes() for name in FILES} == {n: FILES[n].read_bytes() for n in FILES}


def test_an_edit_a_missing_and_an_extra_file_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited = folder / "common.json"
    edited.write_text(edited.read_text().replace('"maximum": 5', '"maximum": 6'))
    (folder / "errors/ConflictException.json").unlink()
    (folder / "errors/TeapotException.json").write_text("{}")
    (folder / "requests/TagResource.json").write_text("{")
    (folder / "requests/StartIncident.json").write_bytes(FILES["requests/StartIncident.json"].read_bytes() + b"\n")
    assert check(folder, capsys) == [
        "errors/ConflictException.json is missing",
        "errors/TeapotException.json is none of the model's: delete it",
        "common.json: /$defs/Impact/maximum: 6 in the file, 5 in the model",
        "requests/StartIncident.json: it says the same, but is not written as it would be",
        "requests/TagResource.json: it is no JSON",
    ]


def test_the_other_files_of_a_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")
    main([str(tmp_path)])
    assert (tmp_path / "package.json").read_text() == "{}"


def changed(path: str, value: Any) -> Api:
    files = copy.deepcopy(dict(load_api().files))
    *steps, last = path.split("/")
    place: Any = files["service-2"]
    for step in steps:
        place = place[step]
    place[last] = value
    return Api(files)


def test_a_model_that_moved_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    api = changed("shapes/IncidentRecordStatus/enum", ["OPEN", "RESOLVED", "ASLEEP"])
    digest, shape = check(FOLDER, capsys, api)
    assert digest.startswith("common.json and 69 more: /$comment: ")
    assert load_api().digest in digest
    there, expected = '["OPEN", "RESOLVED"]', '["OPEN", "RESOLVED", "ASLEEP"]'
    assert shape == f"common.json: /$defs/IncidentRecordStatus/enum: {there} in the file, {expected} in the model"


def test_a_new_operation_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    operations = load_api().files["service-2"]["operations"]
    api = changed("operations/PauseIncident", operations["StartIncident"])
    lines = check(FOLDER, capsys, api)
    assert lines[:2] == ["requests/PauseIncident.json is missing", "responses/PauseIncident.json is missing"]


def test_prose_may_change() -> None:
    api = changed("operations/StartIncident/documentation", "Starts.")
    assert api.digest == load_api().digest
    assert documents(api) == documents(load_api())


# -- judgements


def registry() -> Any:
    found = [(content(name)["$id"], Resource.from_contents(content(name))) for name in FILES]
    return Registry().with_resources(found)


@cache
def validator(name: str) -> Any:  # the stub of a Validator takes JSON's values only
    return schemas.validator(BUNDLES[name])


def errors_of(name: str, value: Any) -> list[ValidationError]:
    return list(validator(name).iter_errors(value))


def place(shape: Shape, steps: Iterator[Any]) -> str:
    """Give the path of an error in the service's own notation: ``actions.1.member.roleArn``."""
    found: list[str] = []
    for step in steps:
        if shape.type == "structure":
            found.append(step)
            shape = shape.members[step]
        else:
            assert shape.element
            found.append(f"{step + 1 if shape.type == 'list' else step}.member")
            shape = shape.element
    return ".".join(found)


def places(shape: Shape, name: str, value: Any) -> set[str]:
    return {place(shape, iter(error.absolute_path)) for error in errors_of(name, value)}


def canonical(shape: Shape, value: Any) -> Any:
    return reader(shape, checked=False)(value)


def answers(operation: Operation) -> Operation:
    """Give an operation that takes what ``operation`` answers, for the strategies, which make requests."""
    return operation._replace(input=operation.output)


@each_operation
@few
@given(data=st.data())
def test_a_valid_request_passes(operation: Operation, data: DataObject) -> None:
    params = canonical(operation.input, data.draw(requests(operation)))
    assert errors_of(f"requests/{operation.name}.json", params) == []


def each_limited(shape_of: Callable[[Operation], Shape]) -> pytest.MarkDecorator:
    """Run a test for each operation with a limit that can be broken: ListTagsForResource takes any text."""
    limited = [
        operation
        for operation in OPERATIONS
        if any(shape.max or shape.pattern or shape.enum for shape in shapes(shape_of(operation)).values())
    ]
    return pytest.mark.parametrize("operation", limited, ids=lambda operation: operation.method_name)


@each_limited(lambda operation: operation.input)
@few
@given(data=st.data())
def test_a_broken_request_fails_where_it_is_broken(operation: Operation, data: DataObject) -> None:
    found = data.draw(broken(operation))
    params = canonical(operation.input, found.value)
    expected = {where for where, _ in violations(operation.input, params)}
    assert places(operation.input, f"requests/{operation.name}.json", params) == expected == {found.path}


@each_operation
@few
@given(data=st.data())
def test_what_is_missing_or_unknown_fails(operation: Operation, data: DataObject) -> None:
    params = canonical(operation.input, data.draw(requests(operation)))
    name = f"requests/{operation.name}.json"
    assert errors_of(name, params | {"unknownMember": 1})
    for member in operation.input.required:
        assert errors_of(name, {key: value for key, value in params.items() if key != member})


@each_operation
@few
@given(data=st.data())
def test_a_valid_answer_passes_as_in_a_slow_reading_of_the_model(operation: Operation, data: DataObject) -> None:
    answer = canonical(operation.output, data.draw(requests(answers(operation))))
    assert list(flaws(botocore_model().shape_for(operation.output.name), answer)) == []
    assert errors_of(f"responses/{operation.name}.json", answer) == []


@each_limited(lambda operation: operation.output)
@few
@given(data=st.data())
def test_a_broken_answer_fails_as_in_a_slow_reading_of_the_model(operation: Operation, data: DataObject) -> None:
    found = data.draw(broken(answers(operation)))
    answer = canonical(operation.output, found.value)
    slowly = list(flaws(botocore_model().shape_for(operation.output.name), answer))
    if found.constraint.startswith("Member must have length greater") and re.search("tags$|Tags$", found.path):
        assert not slowly  # catalogue 11
        assert errors_of(f"responses/{operation.name}.json", answer) == []
    else:
        assert places(operation.output, f"responses/{operation.name}.json", answer) == {found.path}
        # The slow reading knows of no minimums of sizes, of no sets, and of only one line terminator.
        unknown = "length greater" in found.constraint or "unique" in found.constraint
        assert slowly or unknown or found.shown[-1:] in TERMINATORS


@each_operation
@few
@given(data=st.data())
def test_what_the_fake_answers_passes(operation: Operation, data: DataObject) -> None:
    account = full_account()
    outcome = account.call(operation, data.draw(account.request(operation)))
    if isinstance(outcome, dict):
        assert errors_of(f"responses/{operation.name}.json", outcome) == []


@each_operation
@few
@given(data=st.data())
def test_the_files_judge_as_what_a_user_gets(operation: Operation, data: DataObject) -> None:
    params = canonical(operation.input, data.draw(requests(operation) | broken(operation).map(lambda each: each.value)))
    name = f"requests/{operation.name}.json"
    by_file = type(validator(name))(content(name), registry=registry())
    assert by_file.is_valid(params) == validator(name).is_valid(params)


@pytest.mark.parametrize("name", ERRORS)
@few
@given(data=st.data())
def test_the_members_of_an_error_pass_and_must_be_there(name: str, data: DataObject) -> None:
    shape = load_api().shape(name)
    members = canonical(shape, data.draw(valid(shape)))
    assert errors_of(f"errors/{name}.json", members) == []
    for required in shape.required:
        assert errors_of(f"errors/{name}.json", {key: members[key] for key in members.keys() - {required}})


# -- values that are not quite JSON's


def test_boto3s_values_are_understood() -> None:
    event = {"incidentRecordArn": "arn:aws:ssm-incidents::123456789012:x", "eventType": "Note", "eventData": "data"}
    found = validator("requests/CreateTimelineEvent.json")
    assert all(found.is_valid(event | {"eventTime": time}) for time in (datetime.now(UTC), 1, 1.5))
    assert not any(found.is_valid(event | {"eventTime": time}) for time in ("2026-01-01", True, None))
    assert found.is_valid(event | {"eventTime": 1, "eventReferences": ({"resource": event["incidentRecordArn"]},)})


@pytest.mark.parametrize(
    ("impact", "fits"), [(1, True), (5, True), (0, False), (6, False), (True, False), (3.0, False)]
)
def test_an_integer_is_an_int_in_its_range(impact: object, fits: bool) -> None:  # noqa: FBT001
    params = {"responsePlanArn": "arn:aws:ssm-incidents::123456789012:x", "impact": impact}
    assert validator("requests/StartIncident.json").is_valid(params) == fits


def test_a_union_has_exactly_one_member() -> None:
    found = schemas.validator(schemas.request("UpdateReplicationSet"))
    add, delete = ({name: {"regionName": "eu-west-1"}} for name in ("addRegionAction", "deleteRegionAction"))
    params: dict[str, Any] = {"arn": "arn:aws:ssm-incidents::123456789012:x"}
    verdicts = [found.is_valid(params | {"actions": [action]}) for action in (add, delete, {}, add | delete)]
    assert verdicts == [True, True, False, False]


# -- names


@pytest.mark.parametrize(
    ("give", "name", "hint"),
    [
        (schemas.request, "start_incident", "did you mean StartIncident?"),
        (schemas.response, "GetIncidentRecords", "did you mean GetIncidentRecord?"),
        (schemas.error, "ConflictError", "did you mean ConflictException?"),
        (schemas.error, "Teapot", "there are AccessDeniedException, "),
        (schemas.request, None, "there are BatchGetIncidentFindings, "),
    ],
)
def test_an_unknown_name_is_told_with_what_may_be_meant(give: Any, name: str, hint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(name))) as caught:
        give(name)
    assert hint in str(caught.value)


@pytest.mark.slow
def test_the_schemas_are_at_hand_without_jsonschema() -> None:
    program = "import fakeim, sys; fakeim.schemas.request('StartIncident'); print('jsonschema' in sys.modules)"
    assert run(program) == "False\n"


# -- patterns

_ALL = shapes(*(each.input for each in OPERATIONS), *(each.output for each in OPERATIONS))
PATTERNED = {name: shape for name, shape in _ALL.items() if shape.pattern}
TERMINATORS = "\n\r\x85\u2028\u2029"
NEAR = TERMINATORS + " \t\0é😀٣[\\]^-_.:/+,azAZ09"


@st.composite
def near_misses(draw: Any, shape: Shape) -> str:
    """Make texts that fit or nearly so: a valid one, with a character put in somewhere, often at an end."""
    text = draw(valid(shape))
    at = draw(st.sampled_from([0, len(text)]) | st.integers(0, len(text)))
    return str(text[:at] + draw(st.sampled_from(["", *NEAR])) + text[at:])


def matches_in_java(pattern: str, text: str) -> bool:
    """Say whether Java's expression matches: as Python's, but no class and no dot of the model's takes a line end."""
    return re.fullmatch(pattern, text) is not None and not set(text) & set(TERMINATORS)


@pytest.mark.parametrize("shape", PATTERNED.values(), ids=PATTERNED)
@examples(percent=60)
@given(data=st.data())
def test_a_pattern_finds_what_the_models_matches(shape: Shape, data: DataObject) -> None:
    text, pattern = data.draw(near_misses(shape)), shape.pattern or ""
    expected = matches_in_java(pattern, text)
    assert bool(re.search(whole(pattern), text)) == expected
    assert all("pattern" not in sentence for _, sentence in violations(shape, text)) == expected


@pytest.mark.parametrize("shape", PATTERNED.values(), ids=PATTERNED)
@pytest.mark.parametrize("terminator", TERMINATORS)
def test_a_line_end_at_the_end_is_no_match(shape: Shape, terminator: str) -> None:
    text = next(iter_valid(shape))
    assert re.search(whole(shape.pattern or ""), text)
    assert not re.search(whole(shape.pattern or ""), text + terminator)


def iter_valid(shape: Shape) -> Iterator[str]:
    """Give texts that fit, from those that are in use."""
    in_use = [
        "arn:aws:ssm-incidents::123456789012:response-plan/x",
        "arn:aws:iam::123456789012:role/x",
        "arn:aws:ssm-contacts:us-east-1:123456789012:contact/x",
        f"related-item/PARENT/{'0A' * 16}",
        "name",
    ]
    yield from (text for text in in_use if re.fullmatch(shape.pattern or "", text))


@pytest.mark.parametrize(
    ("java", "translated"),
    [
        ("^a$", "a"),
        ("a|b", "a|b"),
        (r"[0-9-_]", r"[0-9\-_]"),
        (r"[+-/]", "[+-/]"),
        (r"[\]\-\\a\:]", r"[\]\-\\a:]"),
        (r"[\]-\^]", r"[\]-\^]"),
        (r"[^ab.]{2,3}?", "[^ab.]{2,3}?"),
        (r"\:\.\-", r":\.-"),
    ],
)
def test_a_pattern_is_translated(java: str, translated: str) -> None:
    assert whole(java) == rf"^(?:{translated})(?![\s\S])"


@pytest.mark.parametrize(
    "java", [r"\d", "a++", "a{2}+", "[a&&b]", "[[a]]", "a$b", "(?i)a", "(?<=a)b", r"\p{L}", "[a", "a{"]
)
def test_what_cannot_be_translated_is_refused(java: str) -> None:
    with pytest.raises(ValueError, match="cannot translate from Java"):
        whole(java)


NODE = shutil.which("node") or ""


@pytest.mark.slow
@pytest.mark.skipif(not NODE, reason="no node, which is an engine of ECMA-262")
def test_in_ecma_262_the_patterns_mean_the_same(tmp_path: Path) -> None:
    cases = [
        [whole(shape.pattern or ""), text[:at] + more + text[at:]]
        for shape in PATTERNED.values()
        for text in iter_valid(shape)
        for at in (0, len(text) // 2, len(text))
        for more in ["", *NEAR]
    ]
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    program = "console.log(JSON.stringify(require(process.argv[1]).map(([p, t]) => new RegExp(p, 'u').test(t))))"
    command = [NODE, "-e", program, str(tmp_path / "cases.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    assert json.loads(done.stdout) == [bool(re.search(pattern, text)) for pattern, text in cases]
