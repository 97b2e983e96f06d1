"""With a botocore that describes the API otherwise, fakeim says so once, and goes on (fakeim/spec/drift.py)."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from contract_tests.fake_only.inspection import botocore_file
from contract_tests.fake_only.other_models import botocore_with, run
from fakeim.spec.api import Api, load_api
from fakeim.spec.drift import Drift, warn

if TYPE_CHECKING:
    from pathlib import Path

NOBODY_KNOWS = "This release of fakeim does not know {}, which the installed botocore has: pip install -U fakeim"

pytestmark = pytest.mark.slow

# Each way in does the same, and tells what came of it.
ON_EVERY_WAY = """
import json, os
import boto3, fakeim

def report(client, fake):
    {indented}

def tried(call, **params):
    try:
        answer = call(**params)
    except Exception as error:
        return [type(error).__name__, getattr(error, "response", {{}}).get("Error", {{}}).get("Message", str(error))]
    return {{name: value for name, value in answer.items() if name != "ResponseMetadata"}}

def ways():
    for name in ("direct", "boto3"):
        fake = fakeim.FakeIncidentManager()
        yield name, fake.client() if name == "direct" else fake.boto3_client(), fake
    for at_call in (False, True):
        with fakeim.mock_ssm_incidents(at_call=at_call) as fake:
            yield f"mock, at_call={{at_call}}", boto3.client("ssm-incidents"), fake

print(json.dumps({{name: report(client, fake) for name, client, fake in ways()}}, default=str))
"""


def on_every_way(folder: Path, report: str) -> Any:
    """Run the body of a function ``report(client, fake)`` on each way in, and give what all of them come to."""
    done = run(folder, ON_EVERY_WAY.format(indented="\n    ".join(report.strip().splitlines())))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("ModelDriftWarning: ") == 1, done.stderr
    reports = json.loads(done.stdout)
    assert len(reports) == 4
    for each in reports.values():
        assert each == reports["direct"]
    return reports["direct"]


# -- a newer one


def grow(files: dict[str, Any]) -> None:
    """Add to the files what a service may add: operations and members; and let it move a constraint."""
    operations, shapes = files["service-2"]["operations"], files["service-2"]["shapes"]
    shapes["PauseInput"] = {
        "type": "structure",
        "required": ["arn"],
        "members": {"arn": {"shape": "Arn"}, "until": {"shape": "Deadline"}},
    }
    shapes["Deadline"] = {"type": "long"}
    shapes["Mood"] = {"type": "string", "max": 5}
    tree = {"type": "structure", "members": {"branch": {"shape": "Tree"}}}
    shapes["Tree"] = tree
    operations["PauseIncident"] = {
        "name": "PauseIncident",
        "http": {"method": "POST", "requestUri": "/pauseIncident"},
        "input": {"shape": "PauseInput"},
    }
    operations["ListTrees"] = {
        "name": "ListTrees",
        "http": {"method": "GET", "requestUri": "/trees"},
        "output": {"shape": "Tree"},
    }
    pages = {"input_token": ["a", "b"], "output_token": ["a", "b"], "result_key": ["c", "d"]}
    files["paginators-1"]["pagination"]["ListTrees"] = pages
    for name in ("StartIncidentInput", "IncidentTemplate", "IncidentRecord", "GetResponsePlanOutput"):
        shapes[name]["members"]["mood"] = {"shape": "Mood"}
    shapes["StartIncidentInput"]["members"]["deadline"] = {"shape": "Deadline"}
    shapes["IncidentRecord"]["required"].append("mood")
    shapes["IncidentTitle"]["max"] = 5
    shapes["IncidentRecordStatus"]["enum"].append("PAUSED")


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return botocore_with(tmp_path_factory.mktemp("newer"), grow)


def test_a_newer_botocore(newer: Path) -> None:
    told = on_every_way(
        newer,
        """
template = {"title": "Title", "impact": 1, "mood": "grim"}
plan = client.create_response_plan(name="plan", incidentTemplate=template)["arn"]
arn = client.start_incident(responsePlanArn=plan, mood="gay", deadline=1 << 40)["incidentRecordArn"]
record = client.get_incident_record(arn=arn)["incidentRecord"]
pages = list(client.get_paginator("list_incident_records").paginate())
client.update_incident_record(arn=arn, status="PAUSED")
return {
    "plan": tried(client.get_response_plan, arn=plan),
    "sent": fake.calls.last("StartIncident").params["mood"],
    "record": [record["title"], "mood" in record],
    "listed": len(pages[0]["incidentRecordSummaries"]),
    "status": client.get_incident_record(arn=arn)["incidentRecord"]["status"],
    "too long": tried(client.start_incident, responsePlanArn=plan, title="123456")[0],
    "too long for a mood": tried(client.start_incident, responsePlanArn=plan, mood="123456"),
    "pause": tried(client.pause_incident, arn=arn, until=1 << 40),
    "trees": tried(client.list_trees),
    "last call": [fake.calls[-1].operation, fake.calls[-1].error],
}
""",
    )
    assert told["plan"]["incidentTemplate"] == {"impact": 1, "mood": "grim", "title": "Title"}
    assert told["sent"] == "gay"
    assert told["record"] == ["Title", False]
    assert told["listed"] == 1
    assert told["status"] == "PAUSED"
    assert told["too long"] == "ValidationException"
    assert "'123456' at 'mood' failed to satisfy constraint: Member must have length" in told["too long for a mood"][1]
    assert told["pause"] == ["ClientError", NOBODY_KNOWS.format("PauseIncident")]
    assert told["trees"] == ["ClientError", NOBODY_KNOWS.format("ListTrees")]
    assert told["last call"] == ["ListTrees", "UnknownOperationException"]


def test_the_kit_draws_only_what_is_known(newer: Path) -> None:
    done = run(
        newer,
        """
from hypothesis import HealthCheck, given, settings
from fakeim.testing.strategies import requests

@settings(max_examples=100, database=None, deadline=None, derandomize=True, suppress_health_check=[*HealthCheck])
@given(requests("StartIncident"), requests("StartIncident", valid=False))
def check(sound, broken):
    assert not {"mood", "deadline"} & (sound.keys() | broken.value.keys())

check()
""",
    )
    assert done.returncode == 0, done.stderr


# -- an older one


def shrink(files: dict[str, Any]) -> None:
    """Take away from the files what an older botocore may lack."""
    operations, shapes = files["service-2"]["operations"], files["service-2"]["shapes"]
    del operations["ListIncidentFindings"], files["paginators-1"]["pagination"]["ListIncidentFindings"]
    for name in ("GetResponsePlanOutput", "CreateResponsePlanInput", "UpdateResponsePlanInput"):
        del shapes[name]["members"]["displayName"]
    for name in ("IncidentRecord", "IncidentRecordSummary"):
        del shapes[name]["members"]["incidentRecordSource"]
        shapes[name]["required"].remove("incidentRecordSource")
    del shapes["UpdateTimelineEventInput"]["members"]["clientToken"]


def test_an_older_botocore(tmp_path: Path) -> None:
    told = on_every_way(
        botocore_with(tmp_path, shrink),
        """
plan = client.create_response_plan(name="plan", incidentTemplate={"title": "Title", "impact": 1})["arn"]
arn = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
record = client.get_incident_record(arn=arn)["incidentRecord"]
[summary] = client.list_incident_records()["incidentRecordSummaries"]
return {
    "plan": tried(client.get_response_plan, arn=plan)["name"],
    "record": [record["title"], "incidentRecordSource" in record],
    "summary": [summary["title"], "incidentRecordSource" in summary],
    "displayName": tried(client.update_response_plan, arn=plan, displayName="x")[0],
    "findings": hasattr(client, "list_incident_findings"),
}
""",
    )
    assert told == {
        "plan": "plan",
        "record": ["Title", False],
        "summary": ["Title", False],
        "displayName": "ParamValidationError",
        "findings": False,
    }


# -- the warning


def test_the_warning_is_no_error_where_warnings_are(newer: Path) -> None:
    done = run(newer, "import fakeim; fakeim.FakeIncidentManager().client().list_replication_sets()", "-W", "error")
    assert done.returncode == 0
    assert done.stderr.count("ModelDriftWarning: ") == 1


def test_the_warning_can_be_silenced(newer: Path) -> None:
    program = "import fakeim, warnings; warnings.simplefilter('ignore', fakeim.ModelDriftWarning)"
    done = run(newer, f"{program}; fakeim.FakeIncidentManager().client()")
    assert (done.returncode, done.stderr) == (0, "")


def drift_after(change: Any) -> Drift:
    files = copy.deepcopy(dict(load_api().files))
    change(files)
    return Api(files).drift


def test_the_warning_names_what_differs_and_the_remedy() -> None:
    new, old = (str(drift_after(change)) for change in (grow, shrink))
    assert "It has ListTrees, PauseIncident, GetResponsePlanOutput.mood, IncidentRecord.mood, " in new
    assert "StartIncidentInput.deadline, StartIncidentInput.mood, which fakeim does not know: " in new
    assert "pip install -U fakeim" in new
    assert "It lacks" not in new
    assert "It lacks ListIncidentFindings, CreateResponsePlanInput.displayName, " in old
    assert "pip install -U boto3" in old


def test_an_error_of_the_fakes_own_tells_of_the_drift(newer: Path) -> None:
    # A member that the fake counts on, and that the model does not require any more: the one thing it cannot mend.
    done = run(
        newer,
        "from fakeim.service import errors; print(errors.internal(KeyError('impact')).message)",
    )
    assert done.stdout.startswith("fakeim failed to answer; please report this: KeyError('impact'); and the installed ")


def test_the_installed_model_is_the_known_one(recwarn: pytest.WarningsRecorder) -> None:
    assert Drift.of(botocore_file("service-2")) == Drift(frozenset(), frozenset(), {}, {})
    warn(load_api().drift)
    assert not recwarn
