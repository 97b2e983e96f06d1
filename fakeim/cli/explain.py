"""``fakeim explain``: an error, an operation, or a request, with the rules that speak of it and what they rest on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO

import click
from rich.text import Text

from fakeim.cli import members, remedies, requests
from fakeim.cli.dumps import load_option
from fakeim.cli.names import Name, error_codes, operations
from fakeim.cli.output import json_option, make_console, print_entries, print_json, shown
from fakeim.cli.rules import claim_as_json, claim_entries
from fakeim.incident_manager import FakeIncidentManager
from fakeim.parity import rules, transcripts
from fakeim.service import errors
from fakeim.service.errors import CONNECTION
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from rich.console import Console

    from fakeim.cli.members import Member
    from fakeim.cli.requests import Verdict
    from fakeim.parity.rules import Claim
    from fakeim.spec.api import Operation

RULES = "What the rules say, and what that rests on"


@click.command()
@click.argument("what", type=Name("operation or error", [*operations(), *error_codes()]), metavar="WHAT")
@click.argument("request_json", metavar="[REQUEST]", required=False)
@click.option("--file", type=click.File("rb"), help='Read the request from this file; "-" is the standard input.')
@load_option("Answer the request by")
@json_option
@click.pass_context
def explain(
    context: click.Context,
    what: str,
    request_json: str | None,
    file: BinaryIO | None,
    account: FakeIncidentManager | None,
    *,
    as_json: bool,
) -> None:
    """Explain an error, an operation or a request.

    WHAT is an error's code, such as ConflictException, or an operation, such as StartIncident or start_incident.
    REQUEST is a JSON object with the operation's parameters, as boto3 takes them; a fresh account answers it, or that
    of --load. Exits with 1 if the request would not be sent, or breaks a constraint.
    """
    if file and request_json is not None:
        raise click.UsageError("give the request as an argument or by --file, not both")
    text = file.read() if file else request_json
    if text is None and account is not None:
        raise click.UsageError("--load is of an account that answers a request: give one, or leave --load out")
    if text is None:
        _explain_name(what, as_json=as_json)
        return
    if what not in operations():
        raise click.UsageError(f"{what} is an error, and takes no request: name an operation")
    verdict = requests.judge(what, _read(text, "--file" if file else "REQUEST"), account or FakeIncidentManager())
    if as_json:
        print_json(_verdict_as_json(verdict))
    else:
        _show_verdict(verdict, "The dumped account" if account else "A fresh account", make_console())
    context.exit(0 if verdict.valid else 1)


def _read(text: str | bytes, name: str) -> dict[str, Any]:
    try:
        request = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{name}: not JSON ({error}); in a shell, put it in single quotes") from None
    if not isinstance(request, dict):
        raise click.UsageError(f"{name}: expected a JSON object with the operation's parameters")
    return request


def _explain_name(what: str, *, as_json: bool) -> None:
    operation = load_api().operations.get(what)
    if as_json:
        print_json(_operation_as_json(operation) if operation else _error_as_json(what))
    elif operation:
        _show_operation(operation, make_console())
    else:
        _show_error(what, make_console())


# -- errors


def _declaring(code: str) -> list[str]:
    return sorted(each.name for each in load_api().operations.values() if code in each.errors)


def _claims_about(code: str) -> list[Claim]:
    return [each for each in rules.claims() if requests.speaks_of(each, code)]


def _seen(code: str) -> list[tuple[str, str, str]]:
    """Give where transcripts show the error: the operation, the behaviour, and who has seen it."""
    return [
        (step.operation, step.behaviour, f"{transcript.header.grade} {step.evidence or ''}".strip())
        for transcript in transcripts.shipped()
        for step in transcript.steps
        if step.expect is not None and step.expect.error == code
    ]


def _status(code: str) -> int | None:
    return None if code in CONNECTION else errors.status(code)


def _error_as_json(code: str) -> dict[str, Any]:
    return {
        "error": code,
        "status": _status(code),
        **remedies.remedy(code)._asdict(),
        "declared by": _declaring(code),
        "rules": [claim_as_json(each) for each in _claims_about(code)],
        "seen": [dict(zip(("operation", "behaviour", "evidence"), each, strict=True)) for each in _seen(code)],
    }


def _show_error(code: str, console: Console) -> None:
    meaning, advice = remedies.remedy(code)
    status, declaring = _status(code), _declaring(code)
    console.print(Text(f"{code}, {f'HTTP status {status}' if status else 'no answer'}", style="bold"))
    console.print(Text(meaning))
    console.print(Text.assemble(("What to do: ", "bold"), advice))
    everything = len(declaring) == len(operations())
    told = "every operation" if everything else ", ".join(declaring) or "no operation; boto3 raises a plain ClientError"
    if status:
        console.print(Text.assemble(("Declared in the model by ", "bold"), f"{told}."))
    first = declaring[0] if declaring and not everything else "StartIncident"
    console.print(Text.assemble(("To meet it in a test: ", "bold"), f'fake.faults.inject("{first}", "{code}")'))
    _show_claims(_claims_about(code), console)
    seen = _seen(code)
    if seen:
        _heading("Where it has been seen, or is documented", console)
        print_entries([_seen_entry(*each) for each in seen], console)


def _seen_entry(operation: str, behaviour: str, evidence: str) -> tuple[Text, Text]:
    return Text(operation), Text.assemble(shown(behaviour), "\n", shown(evidence, "dim"))


# -- operations


def _claims_of(operation: Operation) -> list[Claim]:
    return [each for each in rules.claims() if operation.name in each.operations]


def _operation_as_json(operation: Operation) -> dict[str, Any]:
    return {
        "operation": operation.name,
        "method": operation.method_name,
        "request": [each._asdict() for each in members.members(operation.input)],
        "errors": sorted(operation.errors),
        "client token": operation.token,
        "largest page": operation.pagination.largest_page if operation.pagination else None,
        "rules": [claim_as_json(each) for each in _claims_of(operation)],
    }


def _member_entry(member: Member) -> tuple[Text, Text, Text]:
    name = Text("  " * member.path.count(".") + member.path.rpartition(".")[2], "bold" if member.required else "")
    return name, Text("required" if member.required else ""), shown(member.constraint)


def _show_operation(operation: Operation, console: Console) -> None:
    console.print(Text(f"{operation.name}: client.{operation.method_name}(...)", style="bold"))
    console.print(Text(f"{operation.http_method} {operation.path}, answered with {operation.status}"))
    taken = [_member_entry(each) for each in members.members(operation.input)]
    if taken:
        _heading("What it takes", console)
        print_entries(taken, console)
    if operation.token:
        console.print(Text(f"The same {operation.token} again gives the same answer, and does nothing."))
    if operation.pagination:
        console.print(Text(f"It has pages of up to {operation.pagination.largest_page}: use a paginator."))
    _heading("Its errors (fakeim explain ERROR)", console)
    console.print(Text(", ".join(sorted(operation.errors))))
    _show_claims(_claims_of(operation), console)
    console.print(Text(f"\nWhat has been seen of it: fakeim coverage {operation.name}"))
    console.print(Text(f"A request of yours: fakeim explain {operation.name} '{{...}}'"))


# -- requests


def _verdict_as_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "operation": verdict.operation,
        "valid": verdict.valid,
        "refused by boto3": verdict.client,
        "broken constraints": [{"path": path, "constraint": sentence} for path, sentence in verdict.service],
        "answer": {"status": verdict.status, "error": verdict.error, "body": verdict.body},
        "rules": [claim_as_json(each) for each in verdict.rules],
    }


def _show_verdict(verdict: Verdict, account: str, console: Console) -> None:
    console.print(_judged("boto3 sends it", not verdict.client))
    for line in verdict.client:
        console.print(shown(f"  {line}"))
    console.print(_judged("It keeps to the constraints of the API", not verdict.service))
    for _, sentence in verdict.service:
        console.print(shown(f"  {sentence}"))
    unchecked = ", sent with parameter_validation=False" if verdict.client else ""
    console.print(Text(f"{account} answers{unchecked}:"))
    console.print(shown(f"  {verdict.status} {verdict.error or 'OK'}", "bold"))
    for line in json.dumps(verdict.body, indent=2, ensure_ascii=False, default=str).split("\n"):
        console.print(shown(f"  {line}"), soft_wrap=True)
    if verdict.error:
        advice = remedies.remedy(verdict.error).advice if verdict.valid else "Mend what is listed above."
        console.print(Text.assemble(("What to do: ", "bold"), advice))
        _show_claims(verdict.rules, console)
    else:
        console.print(Text(f"Its rules: fakeim explain {verdict.operation}"))


def _judged(question: str, answer: bool) -> Text:  # noqa: FBT001 - it is what is judged
    return Text.assemble(f"{question}: ", ("yes", "green") if answer else ("no", "bold red"))


# -- parts


def _show_claims(claims: list[Claim], console: Console) -> None:
    if claims:
        _heading(RULES, console)
        print_entries(claim_entries(claims), console)


def _heading(text: str, console: Console) -> None:
    console.print()
    console.print(Text(text, style="bold"))
