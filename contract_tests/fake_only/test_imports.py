"""What it costs to start: nothing is imported before it is needed, and the model is botocore's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from contract_tests.fake_only.inspection import botocore_file
from contract_tests.fake_only.processes import run
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from pathlib import Path

IMPORT = "import fakeim"
FIRST_CALLS = """
import fakeim
client = fakeim.FakeIncidentManager().client()
plan = client.create_response_plan(name="plan", incidentTemplate={"title": "title", "impact": 1})["arn"]
client.get_incident_record(arn=client.start_incident(responsePlanArn=plan)["incidentRecordArn"])
"""
TEST_TOOLS = {"pytest", "hypothesis", "jsonschema", "mypy_boto3_ssm_incidents"}
CLIENTS = {"boto3", "botocore.client", "botocore.session", "botocore.loaders", "urllib3", "dateutil"}
FOR_FEW = {"botocore.model", "botocore.validate", "botocore.serialize", "botocore.paginate", "botocore.waiter"}
FOR_FEW |= {"fakeim.clients.wire", "fakeim.clients.interception", "fakeim.seeding.seeds", "fakeim.seeding.document"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "unwanted"),
    [(IMPORT, TEST_TOOLS | CLIENTS | FOR_FEW), (FIRST_CALLS, TEST_TOOLS | CLIENTS | FOR_FEW)],
    ids=["import", "first calls"],
)
def test_what_is_not_needed_is_not_imported(program: str, unwanted: set[str]) -> None:
    loaded = json.loads(run(f"{program}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"))
    assert unwanted & set(loaded) == set()


@pytest.mark.slow
def test_a_provided_region_replaces_nothing_else() -> None:
    program = """
import sys
from fakeim.clients.interception import interception
with interception().region("eu-west-1"):
    print(sorted({"boto3", "aiobotocore"} & set(sys.modules)))
    import boto3, botocore.client, fakeim
    original = botocore.client.BaseClient._make_api_call
    for _ in range(2):
        print(boto3.Session().region_name, botocore.client.BaseClient._make_api_call is original)
        with fakeim.mock_ssm_incidents():
            print(boto3.Session().region_name, botocore.client.BaseClient._make_api_call is original)
print(boto3.Session().region_name)
"""
    names = {"AWS_CONFIG_FILE": "/nonexistent", "AWS_REGION": "", "AWS_DEFAULT_REGION": ""}
    region = ["eu-west-1 True", "eu-west-1 False"]
    assert run(program, **names).splitlines() == ["[]", *region, *region, ""]


@pytest.mark.parametrize("name", ["service-2", "paginators-1", "waiters-2"])
def test_the_model_is_the_one_that_botocore_reads(name: str) -> None:
    assert load_api().files[name] == botocore_file(name)


@pytest.mark.slow
def test_a_model_among_the_users_files_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "ssm-incidents" / "2018-05-10"
    folder.mkdir(parents=True)
    for name in ("service-2", "paginators-1", "waiters-2"):
        (folder / f"{name}.json").write_text('{"operations": {}, "shapes": {}, "pagination": {}, "waiters": {}}')
    program = "from fakeim.spec.api import load_api; print(len(load_api().operations))"
    assert run(program, AWS_DATA_PATH=str(tmp_path)) == "31\n"
