"""What has to work wherever fakeim is installed, without any extra; run far from its sources."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import requires, version
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

import boto3
import pytest
from hypothesis import find, strategies

import fakeim
from fakeim.parity import transcripts
from fakeim.parity.verify import verify


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-I", *arguments], capture_output=True, check=False, text=True)  # noqa: S603 - our own


def test_it_is_the_installed_one() -> None:
    assert fakeim.__file__.startswith(sys.prefix)
    assert find_spec("contract_tests") is None


def test_an_incident_comes_and_goes() -> None:
    client = fakeim.FakeIncidentManager().client()
    plan = client.create_response_plan(name="web", incidentTemplate={"title": "Web", "impact": 1})["arn"]
    arn = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
    client.update_incident_record(arn=arn, status="RESOLVED")
    assert client.get_incident_record(arn=arn)["incidentRecord"]["status"] == "RESOLVED"


def test_boto3_is_mocked() -> None:
    with fakeim.mock_ssm_incidents():
        assert boto3.client("ssm-incidents", region_name="us-east-1").list_incident_records()


@pytest.mark.fakeim(seed=7)
def test_pytest_has_the_plugin(fakeim_client: Any) -> None:
    assert fakeim_client.list_replication_sets()["replicationSetArns"]


def test_hypothesis_knows_the_types() -> None:
    fake = find(strategies.from_type(fakeim.FakeIncidentManager), lambda _: True)
    assert fake.client().list_replication_sets()


def test_the_evidence_is_there_and_replays() -> None:
    folder = transcripts.evidence_folder()
    assert folder.is_relative_to(sys.prefix)
    assert len(list(folder.glob("traces/*/*.jsonl"))) > 100
    result = verify(transcripts.read(folder / "observed" / "incident_recorded.jsonl"))
    assert result.steps
    assert result.equal


def test_the_schemas_are_made() -> None:
    request = fakeim.schemas.request("StartIncident")
    assert not fakeim.schemas.validator(request).is_valid({"responsePlanArn": "x"})


def test_types_are_marked() -> None:
    assert files("fakeim").joinpath("py.typed").is_file()


def test_the_commands_say_what_they_need() -> None:
    if find_spec("click"):
        pytest.skip("the extra cli is installed: smoke_of_extras.py has its commands")
    done = program("-m", "fakeim", "--version")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == 'fakeim: the command line needs click and rich: pip install "fakeim[cli]"\n'


def test_the_server_says_what_it_needs() -> None:
    if find_spec("waitress"):
        pytest.skip("the extra server is installed: smoke_of_extras.py serves")
    with pytest.raises(ModuleNotFoundError, match=r"pip install .*fakeim\[server\]"):
        fakeim.FakeIncidentManager().serve().__enter__()


def test_nothing_else_is_required() -> None:
    hard = {line.split(">")[0] for line in requires("fakeim") or () if "extra ==" not in line}
    assert hard == {"boto3", "hypothesis", "jsonschema", "pytest", "sortedcontainers"}
    assert version("fakeim")
