"""The server with clients of other makers, where they are installed: the AWS CLI and the SDK for JavaScript."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import fakeim.docs
from fakeim.service import errors

pytestmark = pytest.mark.slow


def outside(command: list[str], url: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program that knows nothing but where the service is; none of the user's AWS settings reach it."""
    settings = {
        "AWS_ENDPOINT_URL_SSM_INCIDENTS": url,
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "HTTPS_PROXY": "http://127.0.0.1:1",  # of a client so old that it knows no such URL, nothing leaves the machine
        "NO_PROXY": "127.0.0.1",
    }
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(  # noqa: S603 - a client that the user installed
        command, env=own | settings | environment, capture_output=True, text=True, timeout=120, check=False
    )


def aws_command() -> list[str]:
    if importlib.util.find_spec("awscli"):
        return [sys.executable, "-m", "awscli"]
    found = shutil.which("aws")
    return [found] if found else []


@pytest.mark.skipif(not aws_command(), reason="the AWS CLI is not installed: pip install awscli")
def test_the_aws_cli_lives_through_an_incident(url: str, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return outside([*aws_command(), *arguments, "--output", "json"], url, tmp_path)

    def aws(*arguments: str) -> Any:
        done = run("ssm-incidents", *arguments)
        assert (done.returncode, done.stderr) == (0, ""), arguments
        return json.loads(done.stdout or "{}")

    def refused(code: str, *arguments: str) -> None:
        failed = run("ssm-incidents", *arguments)
        assert failed.returncode not in {0, 252}  # 252: the CLI itself did not understand
        assert f"({code}) when calling the " in failed.stderr

    if run("--version").returncode:
        pytest.skip("the AWS CLI is installed, but does not run")
    plan = aws("create-response-plan", "--name", "plan", "--incident-template", "title=title,impact=1")["arn"]
    aws("tag-resource", "--resource-arn", plan, "--tags", "a/b=c d")
    assert aws("list-tags-for-resource", "--resource-arn", plan) == {"tags": {"a/b": "c d"}}
    incident = aws("start-incident", "--response-plan-arn", plan)["incidentRecordArn"]
    of_incident = ["--incident-record-arn", incident]
    note = ["--event-type", "Note", "--event-time", "2026-01-01T00:00:00Z", "--event-data", '"text"']
    event = aws("create-timeline-event", *of_incident, *note)["eventId"]
    pages = aws("list-timeline-events", *of_incident, "--page-size", "1")["eventSummaries"]
    assert event in {each["eventId"] for each in pages}
    assert len(pages) == 3
    first = aws("list-timeline-events", *of_incident, "--max-items", "1")
    rest = aws("list-timeline-events", *of_incident, "--starting-token", first["NextToken"])
    assert first["eventSummaries"] + rest["eventSummaries"] == pages
    [arn] = aws("list-replication-sets")["replicationSetArns"]
    aws("wait", "wait-for-replication-set-active", "--arn", arn)
    aws("update-incident-record", "--arn", incident, "--status", "RESOLVED")
    assert aws("get-incident-record", "--arn", incident)["incidentRecord"]["status"] == "RESOLVED"
    aws("delete-incident-record", "--arn", incident)
    refused("ResourceNotFoundException", "get-incident-record", "--arn", incident)
    refused(
        "ConflictException", "create-response-plan", "--name", "plan", "--incident-template", "title=other,impact=1"
    )
    refused("ValidationException", "get-incident-record", "--arn", "nonsense")
    aws("delete-replication-set", "--arn", arn)
    aws("wait", "wait-for-replication-set-deleted", "--arn", arn)
    assert aws("list-replication-sets") == {"replicationSetArns": []}


NODE, MODULES = shutil.which("node") or "", os.environ.get("FAKEIM_NODE_MODULES", "")
HAS_SDK = Path(MODULES, "node_modules", "@aws-sdk", "client-ssm-incidents").is_dir()


PAGE = Path(fakeim.docs.__file__).parent / "howto" / "other-languages.md"
of_javascript = pytest.mark.skipif(
    not (NODE and MODULES and HAS_SDK),
    reason="no Node.js, or no `npm install @aws-sdk/client-ssm-incidents` in $FAKEIM_NODE_MODULES",
)


@of_javascript
def test_the_javascript_of_the_documentation_passes(url: str, tmp_path: Path) -> None:
    [test] = re.findall("^```js\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    tmp_path.joinpath("incident.test.mjs").write_text(test, encoding="utf-8")
    tmp_path.joinpath("node_modules").symlink_to(Path(MODULES, "node_modules"))
    done = outside([NODE, "--test", str(tmp_path / "incident.test.mjs")], url, tmp_path)
    assert done.returncode == 0, done.stdout
    assert "pass 1" in done.stdout


@of_javascript
def test_the_javascript_sdk_lives_through_an_incident(url: str, tmp_path: Path) -> None:
    script = Path(__file__).with_name("incident_life.mjs")
    done = outside([NODE, str(script)], url, tmp_path, FAKEIM_NODE_MODULES=MODULES)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    # Some releases send the fraction of a second (catalogue 18.4), others cut it off.
    assert seen["eventTime"] in {"2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.250Z"}
    assert seen == {
        "plan": seen["plan"],
        "incident": seen["incident"],
        "replicationSet": seen["replicationSet"],
        "tags": {"a/b": "c d"},
        "tagsLeft": {},
        "pages": [2, 2, 1],
        "eventTime": seen["eventTime"],
        "updating": "UPDATING",
        "waited": ["SUCCESS", "SUCCESS"],
        "status": "RESOLVED",
        "resolved": True,
        "deleted": 204,
        "errors": [
            [
                *("ResourceNotFoundException", True, 404),
                {"resourceType": "INCIDENT_RECORD", "resourceIdentifier": seen["incident"]},
            ],
            ["ValidationException", True, 400, {}],
            ["ConflictException", True, 409, {"resourceType": "RESPONSE_PLAN", "resourceIdentifier": seen["plan"]}],
            [
                *("ServiceQuotaExceededException", True, 402),
                {
                    "resourceType": "REPLICATION_SET",
                    "resourceIdentifier": seen["replicationSet"],
                    "serviceCode": "ssm-incidents",
                    "quotaCode": errors.QUOTA_CODES["REPLICATION_SET"],
                },
            ],
        ],
    }
