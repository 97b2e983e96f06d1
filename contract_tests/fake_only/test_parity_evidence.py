"""All committed evidence, on this build; and the replay that compares it."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config

import fakeim
from contract_tests.fake_only.committed import EVIDENCE, TRACES
from fakeim.parity import transcripts, verify
from fakeim.parity.transcripts import Account, Answer, Header, Step, Transcript, TranscriptError
from fakeim.service import incident_records, related_items

if TYPE_CHECKING:
    from collections.abc import Sequence

ANSWERED = [each for each in EVIDENCE if each.header.grade != "trace"]
NAMES = {"title": "title", "impact": 3}


def told(result: verify.Result) -> list[str]:
    """Say every difference, as ``fakeim parity verify`` does."""
    return [f"{each.step.id} {each.step.operation} {found}" for each in result.steps for found in each.differences]


@pytest.mark.parametrize("transcript", ANSWERED, ids=lambda each: each.name)
@pytest.mark.parametrize("target", ["direct", "boto3"])
def test_this_build_agrees_with_all_evidence(transcript: Transcript, target: str) -> None:
    assert told(verify.verify(transcript, target)) == []


def test_evidence_agrees_over_http_too() -> None:
    for transcript in ANSWERED[::9]:  # a socket for each: some do
        assert told(verify.verify(transcript, "http")) == []


def test_evidence_says_where_it_is_from() -> None:
    for each in ANSWERED:
        assert each.header.grade == each.name.partition("/")[0]
        assert all(step.evidence or step.request_id for step in each.steps), each.name


def test_nothing_claims_to_be_recorded_yet() -> None:
    """Remove this with the first recording, which the schema holds to AWS's endpoint and request ids."""
    assert {each.header.grade for each in EVIDENCE} <= {"observed", "documented", "trace"}


# -- a rehearsal: a fake of another seed, at another time and through another way in, stands for AWS


def recorded(trace: Transcript) -> Transcript:
    """Record ``trace`` as it would be recorded from AWS; but from a fake."""
    account = trace.header.account
    fake = fakeim.FakeIncidentManager(onboarded=account.onboarded, can_onboard=account.can_onboard, seed="AWS")
    fake.clock.freeze("2031-05-06T07:08:09.123Z")
    fake.clock.auto_advance(0.7)
    client = fake.client(config=Config(parameter_validation=False))
    steps = []
    for step, answer in zip(trace.steps, verify.perform(trace.steps, lambda _: client), strict=True):
        at = f"{fake.clock.now().astimezone(UTC):%FT%T}.{fake.clock.now().microsecond // 1000:03}Z"
        request_id = answer.headers["x-amzn-requestid"]
        steps.append(step._replace(expect=answer.essential(), at=at, request_id=request_id))
    header = trace.header._replace(
        grade="rehearsed",
        target={"endpoint": "a fake", "account_class": "fake"},
        recorded_at="2031-05-06T07:08:09Z",
        versions=transcripts.versions(),
    )
    return transcripts.loads(transcripts.dumps(trace._replace(header=header, steps=tuple(steps))))


def test_what_is_recorded_of_all_traces_is_verified_with_every_value_compared() -> None:
    for trace in TRACES:
        assert told(verify.verify(recorded(trace))) == [], trace.name


def test_a_recording_from_a_service_that_does_otherwise_is_not_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    recordings = [recorded(each) for each in TRACES if each.header.level == "data"]
    monkeypatch.setattr(incident_records, "MANUAL", "by hand")
    monkeypatch.setattr(related_items, "ATTRIBUTE", "items")
    found = {message for each in recordings for message in told(verify.verify(each))}
    assert any(" /incidentRecord/incidentRecordSource/source: 'aws.ssm-inc" in each for each in found)
    assert any(" /event/eventData: " in each and "relatedItems" in each for each in found)


# -- the replay


def transcript_of(steps: Sequence[Step], *, onboarded: bool = True, can_onboard: bool = True) -> Transcript:
    header = Header("title", "observed", Account(onboarded, can_onboard, ("us-east-1",)), "data", source="a test")
    return Transcript(header, tuple(steps))


def step(id: str, operation: str, request: dict[str, Any], body: dict[str, Any], **options: Any) -> Step:
    answer = Answer(options.pop("status", None), options.pop("error", None), {}, body)
    return Step(id, operation, "us-east-1", "shows", request, answer, True, **options)  # noqa: FBT003 - a field


PLAN = step("s1", "CreateResponsePlan", {"name": {"$name": "one"}, "incidentTemplate": NAMES}, {})


def test_a_difference_is_told_where_it_is() -> None:
    get = step("s2", "GetResponsePlan", {"arn": {"$ref": "s1#/arn"}}, {"incidentTemplate": NAMES | {"impact": 5}})
    result = verify.verify(transcript_of([PLAN, get]))
    assert not result.equal
    assert told(result) == ["s2 GetResponsePlan /incidentTemplate/impact: 5 in the transcript, 3 here"]


def test_symbols_become_names_arns_and_texts() -> None:
    def steps(name: str) -> list[Step]:
        return [PLAN, step("s2", "GetResponsePlan", {"arn": {"$arn": f"response-plan/{name}"}}, {"name": name})]

    assert told(verify.verify(transcript_of(steps("fakeim-one")))) == []
    named = transcript_of(steps("run-7-one"))
    assert told(verify.verify(named._replace(header=named.header._replace(names="run-7-")))) == []
    long = step("s1", "CreateResponsePlan", {"name": {"$repeat": ["ab", 101]}, "incidentTemplate": NAMES}, {})
    expected = Answer(400, "ValidationException", {}, {})
    [result] = verify.verify(transcript_of([long._replace(expect=expected)])).steps
    assert result.differences == []
    assert result.answer is not None
    assert f"Value '{'ab' * 101}' at 'name'" in result.answer.body["message"]


def test_a_reference_to_what_never_came_ends_the_replay_with_the_reason() -> None:
    refused = PLAN._replace(request={"name": "", "incidentTemplate": NAMES})
    get = step("s2", "GetResponsePlan", {"arn": {"$ref": "s1#/arn"}}, {})
    result = verify.verify(transcript_of([refused, get, get._replace(id="s3")]))
    assert [each.step.id for each in result.steps] == ["s1", "s2"]
    assert result.steps[1].answer is None
    assert "step s2: the answer of s1 has nothing at /arn" in told(result)[-1]


@pytest.mark.parametrize(
    ("onboarded", "can_onboard", "error"),
    [
        (False, True, None),
        (False, False, "UnsupportedOperationException"),
        (True, True, "ServiceQuotaExceededException"),
    ],
)
def test_the_account_is_as_the_header_says(*, onboarded: bool, can_onboard: bool, error: str | None) -> None:
    create = step("s1", "CreateReplicationSet", {"regions": {"us-east-1": {}}}, {}, error=error)
    assert told(verify.verify(transcript_of([create], onboarded=onboarded, can_onboard=can_onboard))) == []


def test_the_clock_stands_where_a_step_says() -> None:
    at = "2021-08-10T22:33:57.849Z"
    start = step("s2", "StartIncident", {"responsePlanArn": {"$ref": "s1#/arn"}}, {}, at=at)
    get = step("s3", "GetIncidentRecord", {"arn": {"$ref": "s2#/incidentRecordArn"}}, {})
    answer = verify.verify(transcript_of([PLAN, start, get])).steps[-1].answer
    assert answer is not None
    assert answer.body["incidentRecord"]["creationTime"] == at


def test_a_request_that_botocore_cannot_send_is_told() -> None:
    sent = step("s1", "GetResponsePlan", {"arn": 7}, {})
    client = fakeim.FakeIncidentManager().client()
    with pytest.raises(TranscriptError, match="get_response_plan cannot be sent: Parameter validation failed"):
        list(verify.perform([sent], lambda _: client))


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(ValueError, match="target='aws': give one of direct, boto3, http"):
        verify.verify(transcript_of([PLAN]), "aws")


def test_steps_are_taken_one_by_one() -> None:
    fake = fakeim.FakeIncidentManager()
    taken = []

    def watched() -> Any:
        for each in (PLAN, PLAN._replace(id="s2")):
            taken.append(each.id)
            yield each

    answers = verify.perform(watched(), fake.client)
    assert next(answers).status == 201
    assert taken == ["s1"]
    refused = next(answers)
    assert (refused.status, refused.error) == (409, "ConflictException")
    assert refused.essential().headers == {
        "content-type": "application/json",
        "x-amzn-errortype": "ConflictException",
    }
    assert refused.body["resourceIdentifier"] == "arn:aws:ssm-incidents::123456789012:response-plan/fakeim-one"
    with pytest.raises(TranscriptError, match="step s3: the answer of s1 has nothing at /id"):
        list(verify.perform([PLAN, PLAN._replace(id="s3", request={"name": {"$ref": "s1#/id"}})], fake.client))
