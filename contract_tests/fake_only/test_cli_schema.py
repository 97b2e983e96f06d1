"""``fakeim schema``: what ``fakeim.schemas`` gives, on the standard output."""

from __future__ import annotations

import json

import pytest

from contract_tests.fake_only.command_line import refusal, run
from fakeim import schemas


@pytest.mark.parametrize(
    ("arguments", "schema"),
    [
        (["StartIncident"], schemas.request("StartIncident")),
        (["start_incident", "--request"], schemas.request("StartIncident")),
        (["GetIncidentRecord", "--response"], schemas.response("GetIncidentRecord")),
        (["--error", "ConflictException"], schemas.error("ConflictException")),
        (["--error", "conflict"], schemas.error("ConflictException")),
    ],
)
def test_a_schema_is_printed(arguments: list[str], schema: object) -> None:
    result = run("schema", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == schema


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["StartIncidents"], "there is no operation 'StartIncidents'; did you mean StartIncident?"),
        (["--error", "Confluct"], "there is no modelled error 'Confluct'; did you mean Conflict?"),
        (["--error", "ReadTimeoutError"], "there is no modelled error 'ReadTimeoutError'"),
        ([], "give an operation, as in: fakeim schema StartIncident"),
        (["StartIncident", "--error", "ConflictException"], "or --error NAME without one"),
        (["--error", "ConflictException", "--response"], "leave --response out"),
        (["StartIncident", "--respnse"], "--response"),
    ],
)
def test_mistakes_are_told(arguments: list[str], message: str) -> None:
    assert message in refusal(run("schema", *arguments))
