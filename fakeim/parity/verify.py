"""Performs the steps of a transcript, on whatever its clients reach; verifies transcripts on this build, offline."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.incident_manager import FakeIncidentManager
from fakeim.parity import transcripts
from fakeim.parity.matching import Difference, Matcher
from fakeim.parity.transcripts import Answer, TranscriptError
from fakeim.service.clock import Clock
from fakeim.service.regions import partition
from fakeim.spec.api import SERVICE, load_api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fakeim.parity.transcripts import Step, Transcript

    ClientIn = Callable[[str], Any]

TARGETS = ("direct", "boto3", "http")
START = "2026-01-01T12:00:00.579Z"
"""When the replay of a transcript without times begins: no whole second, so that whole ones show."""


# -- performing


def perform(
    steps: Iterable[Step], client_in: ClientIn, *, account: str = transcripts.ACCOUNT, names: str = transcripts.NAMES
) -> Iterator[Answer]:
    """Perform ``steps`` one after another, and give each answer as it comes: the same on AWS and on a fake.

    Args:
        steps: What to do. Each is taken when the answer before has been given away, so a caller may pause, set a
            clock, or stop between two.
        client_in: Gives the client for a Region: boto3's, or a fake's. Traces hold requests that boto3 would not send,
            so make it with ``Config(parameter_validation=False)``.
        account: The number of the account that answers, for ``$arn``.
        names: The prefix of every ``$name``. On AWS, another for each performance: names, client tokens and dedupe
            strings outlive it.

    Raises:
        TranscriptError: A reference finds nothing, since a step before was answered otherwise; or botocore has no way
            to send a request.
    """
    answers: dict[str, Any] = {}
    for step in steps:
        request = _Resolver(answers, account, names, step).resolve(step.request)
        answer = _call(client_in(step.region), load_api().operations[step.operation].method_name, request)
        answers[step.id] = answer.body
        yield answer


class _Resolver(NamedTuple):
    """Puts values in the place of symbols."""

    answers: Mapping[str, Any]
    account: str
    names: str
    step: Step

    def resolve(self, value: Any) -> Any:
        found = transcripts.symbol(value)
        if found:
            return self._value(*found)
        if isinstance(value, dict):
            return {name: self.resolve(each) for name, each in value.items()}
        return [self.resolve(each) for each in value] if isinstance(value, list) else value

    def _value(self, kind: str, content: Any) -> Any:
        if kind == "$ref":
            return self._referred(content)
        if kind == "$name":
            return f"{self.names}{content}"
        if kind == "$arn":
            return f"arn:{partition(self.step.region)}:ssm-incidents::{self.account}:{content}"
        text, times = content
        return text * times

    def _referred(self, reference: str) -> Any:
        step_id, _, pointer = reference.partition("#")
        try:
            return transcripts.pointed(self.answers[step_id], pointer)
        except LookupError:
            raise TranscriptError(
                f"step {self.step.id}: the answer of {step_id} has nothing at {pointer}: {self.answers.get(step_id)}"
            ) from None


def _call(client: Any, method: str, request: dict[str, Any]) -> Answer:
    from botocore.exceptions import ClientError, ParamValidationError  # noqa: PLC0415 - imported where it is needed

    try:
        response: dict[str, Any] = getattr(client, method)(**request)
        error: dict[str, Any] = {}
    except ClientError as refusal:
        response = dict(refusal.response)
        error = dict(response.pop("Error", {}))
    except ParamValidationError as refusal:
        raise TranscriptError(f"{method} cannot be sent: {refusal}") from None
    metadata = response.pop("ResponseMetadata", {})
    response |= {"message": error["Message"]} if error.get("Message") else {}
    headers = {name.lower(): value for name, value in metadata.get("HTTPHeaders", {}).items()}
    return Answer(metadata.get("HTTPStatusCode"), error.get("Code"), headers, _json(response))


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_json(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


# -- verifying


class StepResult(NamedTuple):
    """What a step gave here, and every difference from what was seen; no answer if it could not be performed."""

    step: Step
    answer: Answer | None
    differences: list[Difference]


class Result(NamedTuple):
    """What became of a transcript on this build."""

    transcript: Transcript
    steps: list[StepResult]

    @property
    def equal(self) -> bool:
        """Whether every step was answered as it was seen."""
        return not any(each.differences for each in self.steps)


def verify(transcript: Transcript, target: str = "direct") -> Result:
    """Replay ``transcript`` on a fresh fake of the account that its header describes, and compare each answer.

    Args:
        transcript: One that has answers. A trace has none, so nothing of it can differ.
        target: The way in: ``direct``, ``boto3`` (a real client of this process) or ``http`` (through a socket).

    Raises:
        TranscriptError: No fake can be the account of its header, or be at a time of its steps.
    """
    if target not in TARGETS:
        raise ValueError(f"target={target!r}: give one of {', '.join(TARGETS)}")
    try:
        return _verified(transcript, target)
    except ValueError as error:
        raise TranscriptError(f"{transcript.name}: {error}") from None


def _verified(transcript: Transcript, target: str) -> Result:
    account, clock = transcript.header.account, Clock(lambda: 0)
    clock.freeze(next((step.at for step in transcript.steps if step.at), START))
    clock.auto_advance(0.001)
    fake = FakeIncidentManager(
        onboarded=account.onboarded,
        can_onboard=account.can_onboard,
        account_id=account.id,
        regions=account.regions,
        clock=clock,
    )
    with _clients(fake, target) as client_in:
        return Result(transcript, list(_replay(transcript, clock, client_in)))


def _replay(transcript: Transcript, clock: Clock, client_in: ClientIn) -> Iterator[StepResult]:
    header, steps, matcher = transcript.header, transcript.steps, Matcher()
    answers = perform(_in_time(steps, clock), client_in, account=header.account.id, names=header.names)
    for step in steps:
        try:
            answer = next(answers)
        except TranscriptError as problem:  # and so are the steps that follow: they were not seen to fail
            yield StepResult(step, None, [Difference("request", str(problem))])
            return
        yield StepResult(step, answer, matcher.compare(step, answer))


def _in_time(steps: Iterable[Step], clock: Clock) -> Iterator[Step]:
    for step in steps:
        if step.at:
            clock.move_to(step.at)
        yield step


@contextmanager
def _clients(fake: FakeIncidentManager, target: str) -> Iterator[ClientIn]:
    """Give what makes a client of ``fake`` for a Region: one that leaves all checks to the service."""
    from botocore.config import Config  # noqa: PLC0415 - as above

    options: dict[str, Any] = {"config": Config(parameter_validation=False)}
    with ExitStack() as stack:
        makers: dict[str, Callable[..., Any]] = {"direct": fake.client, "boto3": fake.boto3_client, "http": _over_http}
        if target == "http":
            options |= {"endpoint_url": stack.enter_context(fake.serve())}

        @cache
        def client_in(region: str) -> Any:
            client = makers[target](region_name=region, **options)
            stack.callback(client.close)
            return client

        yield client_in


def _over_http(**options: Any) -> Any:
    import boto3  # noqa: PLC0415 - only this target needs it

    session: Any = boto3.session.Session("any", "any")  # whatever the credentials
    return session.client(SERVICE, **options)
