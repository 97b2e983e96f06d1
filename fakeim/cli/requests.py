"""A request, judged: would boto3 send it, would the service take it, how is it answered, and by which rule?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.parity import rules
from fakeim.service import errors
from fakeim.spec.api import load_api
from fakeim.spec.codec import Misfit, reader
from fakeim.spec.suggestions import did_you_mean
from fakeim.spec.validation import client_report, violations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from fakeim.incident_manager import FakeIncidentManager
    from fakeim.parity.rules import Claim
    from fakeim.spec.api import Operation


class Verdict(NamedTuple):
    """What becomes of a request.

    ``client`` is what boto3 refuses to send, in botocore's words, ``service`` each constraint that is broken, as where
    and what. ``status``, ``error`` and ``body`` are an account's answer if it were sent all the same; ``rules``
    are those by which it is an error.
    """

    operation: str
    client: list[str]
    service: list[tuple[str, str]]
    status: int
    error: str | None
    body: dict[str, Any]
    rules: list[Claim]

    @property
    def valid(self) -> bool:
        """Whether the request is one that boto3 sends and that breaks no constraint."""
        return not self.client and not self.service


def judge(operation_name: str, request: dict[str, Any], account: FakeIncidentManager) -> Verdict:
    """Judge ``request``, the parameters of boto3's method as JSON values: timestamps are texts or numbers.

    What the operation does not take, no client can send; so the service is asked about the rest.
    """
    operation = load_api().operations[operation_name]
    report = [*client_report(load_api(), operation, request).splitlines(), *_suggestions(operation, request)]
    sent = {name: value for name, value in request.items() if name in operation.input.members}
    return Verdict(operation_name, report, _violations(operation, sent), *_answer(operation, sent, account))


def _suggestions(operation: Operation, request: dict[str, Any]) -> Iterator[str]:
    for name in sorted(request.keys() - operation.input.members.keys()):
        meant = did_you_mean(name, operation.input.members)
        if meant.startswith(";"):  # botocore lists them all by itself
            yield f"There is no {name!r}{meant}"


def _violations(operation: Operation, request: dict[str, Any]) -> list[tuple[str, str]]:
    try:
        return violations(operation.input, reader(operation.input, checked=False)(request))
    except Misfit:
        return [("", errors.unreadable().message)]


def _answer(
    operation: Operation, request: dict[str, Any], account: FakeIncidentManager
) -> tuple[int, str | None, dict[str, Any], list[Claim]]:
    """Send ``request``, unchecked, to ``account``."""
    from botocore.config import Config  # noqa: PLC0415 - few commands need botocore's clients
    from botocore.exceptions import ClientError  # noqa: PLC0415 - as above

    client = account.client(config=Config(parameter_validation=False))
    try:
        body: dict[str, Any] = getattr(client, operation.method_name)(**request)
    except ClientError as error:
        body = dict(error.response)
        told = body.pop("Error")
        body = {"message": told["Message"]} | body
        code = told["Code"]
        return body.pop("ResponseMetadata")["HTTPStatusCode"], code, body, _rules(error.__context__, code)
    return body.pop("ResponseMetadata")["HTTPStatusCode"], None, body, []


def _rules(refusal: BaseException | None, code: str) -> list[Claim]:
    """Give the rules that were followed where the service raised ``refusal``.

    A function names its rules in its docstring; otherwise those of its file count. Of these, the ones that speak of
    the error are meant; if none does, those of the function that called it.
    """
    everything = rules.claims()
    for module, function in reversed(list(_functions(refusal.__traceback__ if refusal else None))):
        cited = rules.cited(function.__doc__ or "")
        here = [each for each in everything if each.module == module and (not cited or each.rule in cited)]
        speaking = [each for each in here if speaks_of(each, code)]
        if speaking:
            return speaking
    return [each for each in everything if (each.module, each.rule) == ("errors", 2) and code == "ValidationException"]


def speaks_of(claim: Claim, code: str) -> bool:
    """Say whether ``claim`` mentions the error ``code``."""
    return code.removesuffix("Exception") in claim.text


def _functions(traceback: TracebackType | None) -> Iterator[tuple[str, Any]]:
    """Give the functions of the service on the way to an error, outermost first, each with its module's name."""
    while traceback is not None:
        code, name = traceback.tb_frame.f_code, traceback.tb_frame.f_globals["__name__"]
        function = getattr(sys.modules.get(name), code.co_name, None)
        if name.startswith("fakeim.service.") and function is not None:
            yield name.removeprefix("fakeim.service."), function
        traceback = traceback.tb_next
