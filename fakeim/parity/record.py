"""Records traces: performs them on an account, writes transcripts that tell nothing of it, and compares with the fake.

Each trace is a run of its own, with names of its own, and is swept before the next. A step that the guard stops ends
its trace; the steps before it are kept.
"""

from __future__ import annotations

from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.parity import redaction, transcripts
from fakeim.parity.names import STAND_IN
from fakeim.parity.runs import NotSentToAWS
from fakeim.parity.sweep import Patient, sweep
from fakeim.parity.transcripts import TranscriptError
from fakeim.parity.verify import perform, verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from fakeim.parity.aws import Account
    from fakeim.parity.runs import Level
    from fakeim.parity.sweep import Swept
    from fakeim.parity.transcripts import Answer, Step, Transcript
    from fakeim.parity.verify import Result


OF_THE_CALLER = frozenset(
    {
        "ExpiredTokenException",
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "ThrottlingException",
        "UnrecognizedClientException",
    }
)
"""Errors of who asks, how or how often, not of what: no behaviour to be recorded."""


class Recording(NamedTuple):
    """What became of a trace."""

    trace: Transcript
    transcript: Transcript | None
    """What was seen; nothing if not even the first step was sent."""
    cut: str | None
    """Why it ends before the trace does, if it does."""
    swept: Swept | None
    """What it had made, which was removed; nothing if it tried to make nothing."""


def default_traces(level: Level) -> list[Transcript]:
    """Give the frozen traces of a level that come with fakeim."""
    return [
        each
        for each in transcripts.read_all(transcripts.evidence_folder())
        if each.header.grade == "trace" and each.header.level == level
    ]


def record(account: Account, traces: Sequence[Transcript]) -> Iterator[Recording]:
    """Record traces, one after another; whatever happens, what one has made is removed before this goes on or ends."""
    for trace in traces:
        run = account.renewed()
        swept = None
        seen: list[Step] = []
        cut = None
        try:
            seen.extend(_seen(run, trace))  # keeps what came before an exception
        except (NotSentToAWS, TranscriptError, _unanswered()) as stopped:
            cut = f"{stopped}"
        finally:
            if run.journal.made_something:
                swept = sweep(run, delete=True)
        yield Recording(trace, _transcript(run, trace, seen), cut, swept)


def write(account: Account, folder: Path, recording: Recording) -> Path | None:
    """Write what was recorded into ``folder``, if it holds no secret.

    Raises:
        LeakFound: It does; nothing is written.
    """
    if recording.transcript is None:
        return None
    asked = transcripts.dumps(recording.trace).lower()
    callers = {f"the caller's name {number}": each for number, each in enumerate(account.callers_names, 1)}
    told = {what: each for what, each in callers.items() if each.lower() not in asked}
    redaction.check(transcripts.dumps(recording.transcript), account.secrets | told)
    path = folder / recording.trace.header.level / PurePath(recording.trace.name).name
    transcripts.write(path, recording.transcript)
    return path


def compare(transcript: Transcript) -> Result:
    """Say where this build's fake answers otherwise than was recorded."""
    return verify(transcript)


# -- parts


def _seen(run: Account, trace: Transcript) -> Iterator[Step]:
    from botocore.config import Config  # noqa: PLC0415 - beside its use

    @cache
    def client_in(region: str) -> Any:
        return Patient(run.client(region, Config(parameter_validation=False)))

    redactor = redaction.Redactor()
    steps = [step._replace(region=run.region) for step in trace.steps]
    answers = perform(steps, client_in, account=STAND_IN, names=trace.header.names)
    for step, answer in zip(steps, answers, strict=False):
        assert run.exchange is not None  # noqa: S101 - an answer has come
        if answer.error in OF_THE_CALLER:
            raise NotSentToAWS(f"{step.id} was answered {answer.error}, which says nothing of what was asked")
        if run.is_aws and not transcripts.is_request_id(run.exchange.request_id):
            raise NotSentToAWS(f"{step.id} was answered without a request id, so by something before AWS")
        yield _with_answer(run, step, answer, redactor)


def _with_answer(run: Account, step: Step, answer: Answer, redactor: redaction.Redactor) -> Step:
    assert run.exchange is not None  # noqa: S101 - as above
    expect = answer.essential()
    return step._replace(
        expect=expect._replace(body=redactor.redact(expect.body)),
        at=_moment(run.exchange.sent_at, "milliseconds"),
        request_id=run.names.text(run.exchange.request_id) or "none",
    )


def _transcript(run: Account, trace: Transcript, seen: list[Step]) -> Transcript | None:
    if not seen:
        return None
    onboarded = bool(run.regions)
    of = transcripts.Account(onboarded, trace.header.account.can_onboard, run.regions or (run.region,), STAND_IN)
    date = run.exchange.date if run.exchange else ""
    target = {"endpoint": run.endpoint, "account_class": "onboarded" if onboarded else "not onboarded", "date": date}
    header = trace.header._replace(
        grade="recorded" if run.is_aws else "rehearsed",
        account=of,
        target=target,
        recorded_at=_moment(run.now(), "seconds"),
        versions=transcripts.versions(),
    )
    return transcripts.Transcript(header, tuple(seen), trace.name)


def _moment(moment: datetime, precision: str) -> str:
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")


def _unanswered() -> type[Exception]:
    """Give the class of botocore's errors for what was sent, or could not be, and had no answer."""
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - as above

    return BotoCoreError
