"""Transcripts as files: what is written is read again, and what is wrong is told with file, line and remedy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakeim.parity import transcripts
from fakeim.parity.transcripts import Account, Answer, Header, Step, Transcript, TranscriptError

if TYPE_CHECKING:
    from pathlib import Path

REGIONS = ("us-east-1", "eu-west-1")
TEXTS = st.text(min_size=1, max_size=20)
SHOWN = TEXTS.filter(str.isprintable)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=5,
)
BODIES = st.dictionaries(st.sampled_from(["arn", "message"]), JSON)
ANSWERS = st.builds(
    Answer,
    st.none() | st.integers(200, 500),
    st.none() | TEXTS,
    st.dictionaries(st.sampled_from(transcripts.HEADERS), TEXTS),
    BODIES,
)
ACCOUNTS = st.builds(
    Account, st.booleans(), st.booleans(), st.sampled_from([REGIONS, REGIONS[:1]]), st.just("111122223333")
)


@st.composite
def whole_transcripts(draw: st.DrawFn) -> Transcript:
    grade = draw(st.sampled_from(["observed", "documented", "trace"]))
    header = Header(draw(SHOWN), grade, draw(ACCOUNTS), "data", source=draw(SHOWN))
    count = draw(st.integers(1, 4))
    steps = []
    for index in range(count):
        request = {"arn": {"$ref": f"s{index - 1}#/arn"}} if index else {"arn": {"$arn": "response-plan/one"}}
        step = Step(f"s{index}", "GetResponsePlan", draw(st.sampled_from(REGIONS)), draw(SHOWN), request)
        if grade != "trace":
            step = step._replace(expect=draw(ANSWERS), partial=draw(st.booleans()), evidence=draw(st.none() | SHOWN))
        steps.append(step)
    return Transcript(header, tuple(steps))


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # some texts hold what is refused
@given(whole_transcripts())
def test_what_is_written_is_read_again(transcript: Transcript) -> None:
    text = transcripts.dumps(transcript)
    assert transcripts.loads(text) == transcript
    assert text.count("\n") == len(transcript.steps) + 2


def test_files_are_found_below_their_folder_and_named_by_it(tmp_path: Path) -> None:
    for name in ("observed/b.jsonl", "observed/a.jsonl"):
        transcripts.write(tmp_path / name, GOOD)
    assert [each.name for each in transcripts.read_all(tmp_path)] == ["observed/a.jsonl", "observed/b.jsonl"]
    assert transcripts.read_all(tmp_path / "observed/a.jsonl")[0].steps == GOOD.steps


# -- what is wrong

HEADER = {
    "kind": "header",
    "format": transcripts.FORMAT,
    "title": "title",
    "grade": "observed",
    "account": {"onboarded": True, "can_onboard": True, "regions": ["us-east-1"]},
    "level": "probe",
    "source": "somebody",
}
STEP = {
    "kind": "step",
    "id": "s1",
    "operation": "GetResponsePlan",
    "region": "us-east-1",
    "behaviour": "shows",
    "request": {"arn": {"$arn": "response-plan/one"}},
    "expect": {"status": 404, "error": "ResourceNotFoundException"},
}
END = {"kind": "end", "steps": 1}
RECORDED = HEADER | {
    "grade": "recorded",
    "target": {"endpoint": "https://ssm-incidents.us-east-1.amazonaws.com", "account_class": "onboarded"},
    "recorded_at": "2026-11-24T10:00:00Z",
    "versions": {"fakeim": "0.1.0", "botocore": "1.44.5", "model": "0" * 64},
}
REQUEST_ID = "01234567-89ab-cdef-0123-456789abcdef"
RECORDED_STEP = STEP | {"request_id": REQUEST_ID, "at": "2026-11-24T10:00:00.123Z"}
FAKE = {"target": {"endpoint": "http://127.0.0.1:8123", "account_class": "onboarded"}}


def text_of(*lines: Any) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)


GOOD = transcripts.loads(text_of(HEADER, STEP, END))


def without(line: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key != name}


def nested(levels: int) -> Any:
    return [nested(levels - 1)] if levels else 1


@pytest.mark.parametrize(
    ("lines", "where", "what"),
    [
        ([HEADER | {"format": "fakeim-transcript/2"}, STEP, END], 1, "/format: 'fakeim-transcript/1' was expected"),
        ([without(HEADER, "source"), STEP, END], 1, "'source' is a required property"),
        ([HEADER | {"grade": "seen"}, STEP, END], 1, "/grade: 'seen' is not one of ['recorded', 'rehearsed',"),
        ([HEADER | {"titel": ""}, STEP, END], 1, "'titel' was unexpected"),
        ([HEADER, STEP | {"id": "s 1"}, END], 2, "/id: 's 1' does not match"),
        ([HEADER, without(STEP, "behaviour"), END], 2, "'behaviour' is a required property"),
        ([HEADER, STEP | {"expect": {"status": "404", "error": None}}, END], 2, "/expect/status: '404' is not of type"),
        ([HEADER, STEP | {"operation": "GetResponsPlan"}, END], 2, "did you mean GetResponsePlan?"),
        ([HEADER, STEP | {"request": {"Arn": ""}}, END], 2, "has no member Arn; did you mean arn?"),
        ([HEADER, without(STEP, "expect"), END], 2, "a step that is observed has an expect"),
        ([HEADER | {"grade": "trace"}, STEP, END], 2, "a trace has no expect"),
        ([HEADER, STEP, STEP, END | {"steps": 2}], 3, "there is a step s1 already"),
        ([HEADER, STEP | {"request": {"arn": {"$ref": "s1#/arn"}}}, END], 2, "$ref s1#/arn: there is no earlier step"),
        ([HEADER, STEP | {"request": {"arn": {"$reff": "s1#/arn"}}}, END], 2, "did you mean $ref?"),
        ([HEADER, STEP | {"request": {"arn": {"$repeat": ["x"]}}}, END], 2, "$repeat takes a text and a number"),
        ([HEADER, STEP | {"request": {"arn": {"$repeat": 7}}}, END], 2, "$repeat takes a text and a number"),
        ([HEADER, STEP | {"request": {"arn": {"$arn": 7}}}, END], 2, "$arn takes a text"),
        ([HEADER, STEP, END | {"steps": 2}], 3, "the end counts 2 steps of 1"),
        ([HEADER, STEP, {"kind": "stop"}], 3, "/kind: 'stop' is not one of"),
        ([HEADER, [], END], 2, "is not of type 'object'"),
        ([RECORDED | FAKE, RECORDED_STEP, END], 1, "/target/endpoint: 'http://127.0.0.1:8123' does not match"),
        ([without(RECORDED, "versions"), RECORDED_STEP, END], 1, "'versions' is a required property"),
        ([HEADER | FAKE, STEP, END], 1, "/target: only what fakeim itself has performed"),
        ([RECORDED, STEP, END], 2, "a recorded step is whole (no partial), and has its status, request_id and at"),
        ([RECORDED, RECORDED_STEP | {"partial": True}, END], 2, "a recorded step is whole"),
        ([RECORDED, RECORDED_STEP | {"expect": {"status": None, "error": None}}, END], 2, "a recorded step is whole"),
        ([RECORDED, RECORDED_STEP | {"request_id": "none"}, END], 2, "none is no request id of AWS's"),
        ([RECORDED, RECORDED_STEP, RECORDED_STEP | {"id": "s2"}, END | {"steps": 2}], 3, f"id {REQUEST_ID} already"),
        ([HEADER, STEP | {"request": {"arn": {"$repeat": ["x", 10**12]}}}, END], 2, "at most 1,000,000 characters"),
        ([HEADER, STEP | {"request": {"arn": {"$repeat": ["x", -1]}}}, END], 2, "at most 1,000,000 characters"),
        ([HEADER, STEP | {"request": {"arn": nested(200)}}, END], 2, "more than 32 arrays and objects"),
        ([HEADER | {"title": "\x1b]0;title\x07"}, STEP, END], 1, "/title: it has a character that cannot be seen"),
        ([HEADER, STEP | {"behaviour": "\u202edne"}, END], 2, "/behaviour: it has a character that cannot be seen"),
        ([HEADER, STEP | {"behaviour": "\ud800"}, END], 2, "/behaviour: it has a character that cannot be seen"),
        ([HEADER, STEP | {"at": "2026-13-01T00:00:00.000Z"}, END], 2, "/at: 2026-13-01T00:00:00.000Z is no time"),
        ([HEADER, STEP | {"at": "yesterday, T00:00:00.000Z"}, END], 2, "/at: 'yesterday, T00:00:00.000Z' does not"),
        ([HEADER | {"recorded_at": "2026-01-01T99:00:00Z"}, STEP, END], 1, "/recorded_at: 2026-01-01T99:00:00Z is no"),
        ([HEADER, STEP | {"request": {"\x1b[31m": 1}}, END], 2, "has no member \\x1b[31m"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(lines: list[Any], where: int, what: str) -> None:
    with pytest.raises(TranscriptError) as caught:
        transcripts.loads(text_of(*lines), "a.jsonl")
    assert str(caught.value).startswith(f"a.jsonl:{where}: ")
    assert what in str(caught.value)


@pytest.mark.parametrize("lines", [[], [HEADER], [HEADER, END | {"steps": 1}], [STEP, END], [HEADER, STEP, HEADER]])
def test_parts_that_are_missing_are_told(lines: list[Any]) -> None:
    with pytest.raises(TranscriptError, match="give one header, one or more steps, and an end"):
        transcripts.loads(text_of(*lines))


def test_a_line_that_is_no_json_is_told() -> None:
    with pytest.raises(TranscriptError, match=r"x\.jsonl:2: no JSON"):
        transcripts.loads(text_of(HEADER) + "{\n", "x.jsonl")


def test_nothing_that_is_wrong_is_written(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match=r"a\.jsonl:2: there is no operation Get"):
        transcripts.write(tmp_path / "a.jsonl", GOOD._replace(steps=(GOOD.steps[0]._replace(operation="Get"),)))
    assert not (tmp_path / "a.jsonl").exists()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\xff")
    for path in (tmp_path / "a.jsonl", tmp_path / "b.jsonl"):
        with pytest.raises(TranscriptError, match=path.name):
            transcripts.read(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.jsonl").open("wb") as file:
        file.truncate(transcripts.LARGEST + 1)
    with pytest.raises(TranscriptError, match="larger than"):
        transcripts.read(tmp_path / "a.jsonl")


def test_recordings_are_of_aws_and_rehearsals_are_told_apart() -> None:
    assert transcripts.loads(text_of(RECORDED, RECORDED_STEP, END)).header.grade == "recorded"
    rehearsal = RECORDED | {"grade": "rehearsed"} | FAKE
    assert transcripts.loads(text_of(rehearsal, RECORDED_STEP, END)).header.grade == "rehearsed"
