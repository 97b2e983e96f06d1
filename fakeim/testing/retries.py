"""``check_retry_safe``: does code do its work once, whatever goes wrong on the way?"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, overload

from fakeim.incident_manager import FakeIncidentManager
from fakeim.mock import mock_ssm_incidents
from fakeim.testing.accounts import NOON
from fakeim.testing.fault_plans import KINDS, FaultPlan, Mishap
from fakeim.testing.first_example import prepare_direct_client
from fakeim.testing.outcomes import Renaming, contents, observer, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from fakeim.service.calls import Call
    from fakeim.testing.fault_plans import Kind

T = TypeVar("T")

_MOST_DIFFERENCES = 5

prepare_direct_client()  # now: ``check_retry_safe`` may be called within an example


@overload
def check_retry_safe(
    code: Callable[[SSMIncidentsClient], object],
    *,
    setup: None = None,
    attempts: int = 2,
    kinds: Sequence[Kind] = KINDS,
    observe: Callable[[SSMIncidentsClient], object] = contents,
) -> None: ...
@overload
def check_retry_safe(
    code: Callable[[SSMIncidentsClient, T], object],
    *,
    setup: Callable[[SSMIncidentsClient], T],
    attempts: int = 2,
    kinds: Sequence[Kind] = KINDS,
    observe: Callable[[SSMIncidentsClient], object] = contents,
) -> None: ...
def check_retry_safe(
    code: Callable[..., object],
    *,
    setup: Callable[[SSMIncidentsClient], object] | None = None,
    attempts: int = 2,
    kinds: Sequence[Kind] = KINDS,
    observe: Callable[[SSMIncidentsClient], object] = contents,
) -> None:
    """Run ``code`` with each of its calls failing once in each way, and check that it comes to the same in the end.

    Every run has a fresh account. ``code`` is given a client that tries each call once; while it runs, so do the boto3
    clients that it makes itself, or made long ago. For what botocore's own retries mend never reaches the code: a
    fault here is one that has outlasted them. Code that raises because of it is called again a minute later, as
    Lambda, SQS or EventBridge would. (Clients of aiobotocore do retry, and hide some of the faults.)

    Args:
        code: Called with a client, and with what ``setup`` gave if there is one. It must not keep anything from one
            run to the next.
        setup: Called first with a client, when nothing goes wrong yet.
        attempts: How often ``code`` is called in all, as long as it raises. 1 for code that has to mend all by itself.
        kinds: The ways in which a call fails, of ``KINDS``.
        observe: Called with a client when all is over: what it gives has to be the same as if nothing had gone wrong,
            ids and times aside; or it may assert. By default it reads all plans and incidents.

    Raises:
        AssertionError: ``code`` opens two incidents, loses one, still fails at its last attempt, or leaves anything
            else different. The message tells the shortest run in which it does, call by call.
        ValueError: ``code`` makes no call, or ``attempts`` is less than 1.
        TypeError: ``code`` is asynchronous: give a function that runs it.

    A function that starts incidents without a token of its own starts a second one when a reply is lost:

    >>> from fakeim.testing.retries import check_retry_safe
    >>> def open_incident(client, plan):
    ...     client.start_incident(responsePlanArn=plan, title="out of disk")
    >>> def a_plan(client):
    ...     return client.create_response_plan(name="plan", incidentTemplate={"title": "t", "impact": 1})["arn"]
    >>> check_retry_safe(open_incident, setup=a_plan)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    AssertionError: not safe to retry: call 1, StartIncident, is carried out, but its reply is lost
      the code is called
        1. StartIncident(responsePlanArn='arn:aws:...', title='out of disk') -> carried out; the reply is lost
        the code raises ReadTimeoutError: Read timeout on endpoint URL: ...
      a minute later the code is called again
        2. StartIncident(responsePlanArn='arn:aws:...', title='out of disk') -> answered
        the code returns
      which is not as if nothing had gone wrong:
        2 incidents are opened where there should be 1
        incidents: 2 (out of disk, out of disk) instead of 1 (out of disk)

    With one, it does not:

    >>> def open_incident_once(client, plan):
    ...     client.start_incident(responsePlanArn=plan, title="out of disk", clientToken="alarm-17")
    >>> check_retry_safe(open_incident_once, setup=a_plan)
    """
    __tracebackhide__ = True
    if attempts < 1:
        raise ValueError(f"attempts={attempts}: give 1 or more")

    def run(plan: FaultPlan) -> _Run:
        __tracebackhide__ = True
        return _run(code, setup, plan, attempts, observe)

    calm = run(FaultPlan())
    if calm.attempts[0].error is not None:
        raise calm.attempts[0].error
    if calm.complaint is not None:
        raise calm.complaint
    length = len(calm.attempts[0].calls)
    if not length:
        raise ValueError("the code made no call of ssm-incidents: there is nothing that could fail")
    runs = [run(FaultPlan([Mishap(kind, number)])) for number in range(1, length + 1) for kind in kinds]
    stories = [(each, wrong) for each in runs if (wrong := _wrong(calm, each))]
    if stories:
        shortest, wrong = min(stories, key=lambda story: sum(len(each.calls) for each in story[0].attempts))
        raise AssertionError("\n".join(_told(shortest, wrong)))


# -- one run


class _Attempt(NamedTuple):
    calls: list[Call]
    error: Exception | None


class _Run(NamedTuple):
    plan: FaultPlan
    attempts: list[_Attempt]
    outcome: Any
    complaint: AssertionError | None
    """What ``observe`` asserts in vain."""


def _run(
    code: Callable[..., object],
    setup: Callable[[SSMIncidentsClient], object] | None,
    plan: FaultPlan,
    most: int,
    observe: Callable[[SSMIncidentsClient], object],
) -> _Run:
    __tracebackhide__ = True
    fake = FakeIncidentManager()
    fake.clock.freeze(NOON)  # so that one run is like the other
    client, attempts = fake.client(), list[_Attempt]()
    with mock_ssm_incidents(fake, at_call=True):
        given = [] if setup is None else [setup(client)]
        with plan.on(fake):
            while len(attempts) < most and (not attempts or attempts[-1].error is not None):
                fake.clock.advance(minutes=1)
                fake.calls.clear()
                error = _error_of(code, client, *given)
                attempts.append(_Attempt(list(fake.calls), error))
    try:
        return _Run(plan, attempts, observe(observer(fake)), None)
    except AssertionError as complaint:
        return _Run(plan, attempts, None, complaint)


def _error_of(code: Callable[..., object], *arguments: object) -> Exception | None:
    """Call ``code``, and give what it raises."""
    __tracebackhide__ = True
    try:
        result = code(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is, its platform sees a failure
        return error
    if inspect.isawaitable(result):
        if inspect.iscoroutine(result):
            result.close()
        raise TypeError("check_retry_safe calls a plain function: give one that runs this coroutine")
    return None


# -- what is wrong, and how it came to that


def _wrong(calm: _Run, run: _Run) -> list[str]:
    """Say all that is not as in the run in which nothing went wrong."""
    if run.attempts[-1].error is not None:
        return [f"at the end the code still raises {_said(run.attempts[-1].error)}"]
    if run.complaint is not None:
        return [f"the check of the outcome fails: {run.complaint}"]
    found = list(Renaming().differences(calm.outcome, run.outcome, "" if isinstance(calm.outcome, dict) else "outcome"))
    left_out = len(found) - _MOST_DIFFERENCES
    return [
        *(_counts_of_incidents(calm.outcome, run.outcome) if found else ()),
        *found[:_MOST_DIFFERENCES],
        *([f"and {left_out} more differences"] if left_out > 0 else ()),
    ]


def _counts_of_incidents(calm: Any, outcome: Any) -> Iterator[str]:
    if not (isinstance(calm, dict) and isinstance(calm.get("incidents"), list)):
        return
    wanted, found = len(calm["incidents"]), len(outcome["incidents"])
    if found > wanted:
        yield f"{found} incidents are opened where there should be {wanted}"
    elif found < wanted:
        yield f"an incident is lost: there are {found}, and should be {wanted}"


def _told(run: _Run, wrong: list[str]) -> Iterator[str]:
    calls = [call for attempt in run.attempts for call in attempt.calls]
    (mishap,) = run.plan
    struck = calls[mishap.call - 1].operation if mishap.call <= len(calls) else "which this time did not come"
    yield f"not safe to retry: call {mishap.call}, {struck}, {mishap.effect}"
    number = 0
    for index, attempt in enumerate(run.attempts):
        yield "  a minute later the code is called again" if index else "  the code is called"
        for call in attempt.calls:
            number += 1
            yield f"    {number}. {_asked(call)} -> {_came(call)}"
        yield "    the code returns" if attempt.error is None else f"    the code raises {_said(attempt.error)}"
    yield "  which is not as if nothing had gone wrong:"
    yield from (f"    {each}" for each in wrong)


def _asked(call: Call) -> str:
    members = ", ".join(f"{name}={shown(repr(value))}" for name, value in call.params.items())
    return f"{call.operation}({members})"


def _came(call: Call) -> str:
    if call.error is None:
        return "answered"
    return "carried out; the reply is lost" if call.result is not None else f"{call.error}"


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
