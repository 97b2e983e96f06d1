"""Programs as people write them run against the mock unchanged."""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType
from typing import Any

import pytest

import fakeim

LAMBDA = """
import boto3

incidents = boto3.client("ssm-incidents", region_name="us-east-1")
PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/orders"


def handler(event, context):
    for page in incidents.get_paginator("list_incident_records").paginate():
        for incident in page["incidentRecordSummaries"]:
            if incident["status"] == "OPEN" and incident["title"] == event["title"]:
                return incident["arn"]
    return incidents.start_incident(responsePlanArn=PLAN, title=event["title"])["incidentRecordArn"]
"""

BOT = """
import boto3
from botocore.exceptions import ClientError


class Bot:
    def __init__(self, region):
        self.client = boto3.Session(region_name=region).client("ssm-incidents")

    def plan(self, name):
        arn = f"arn:aws:ssm-incidents::123456789012:response-plan/{name}"
        try:
            return self.client.get_response_plan(arn=arn)["arn"]
        except self.client.exceptions.ResourceNotFoundException:
            template = {"title": name, "impact": 3}
            return self.client.create_response_plan(name=name, incidentTemplate=template)["arn"]

    def close(self, incident):
        try:
            self.client.update_incident_record(arn=incident, status="RESOLVED")
        except ClientError as error:
            return error.response["Error"]["Code"]
        return self.client.get_incident_record(arn=incident)["incidentRecord"]["status"]
"""

ASYNC_BOT = """
import asyncio

PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/orders"


async def escalate(client, title):
    incident = (await client.start_incident(responsePlanArn=PLAN, title=title))["incidentRecordArn"]
    await client.update_incident_record(arn=incident, impact=1)
    return incident


async def main(session, titles):
    async with session.client("ssm-incidents", region_name="us-east-1") as client:
        incidents = await asyncio.gather(*(escalate(client, title) for title in titles))
        pages = client.get_paginator("list_incident_records").paginate(PaginationConfig={"PageSize": 2})
        listed = [each["impact"] async for page in pages for each in page["incidentRecordSummaries"]]
        return incidents, listed
"""


def program(text: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Import ``text`` as a module."""
    module = ModuleType("a_program")
    monkeypatch.setitem(sys.modules, "a_program", module)
    exec(compile(text, "a_program.py", "exec"), module.__dict__)  # noqa: S102 - it stands above
    return module


@pytest.mark.parametrize("at_call", [False, True])
def test_a_lambda_with_a_client_at_module_level(
    at_call: bool,  # noqa: FBT001 - a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    function = program(LAMBDA, monkeypatch)
    with fakeim.mock_ssm_incidents(at_call=at_call) as fake:
        fake.client().create_response_plan(name="orders", incidentTemplate={"title": "Orders", "impact": 2})
        first = function.handler({"title": "Orders are late"}, None)
        assert function.handler({"title": "Orders are late"}, None) == first
        assert function.handler({"title": "Orders are lost"}, None) != first
        assert len(fake.client().list_incident_records()["incidentRecordSummaries"]) == 2


def test_a_class_that_makes_its_client_when_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    module = program(BOT, monkeypatch)
    with fakeim.mock_ssm_incidents() as fake:
        bot = module.Bot("eu-west-1")
        plan = bot.plan("web")
        assert bot.plan("web") == plan
        incident = fake.client().start_incident(responsePlanArn=plan)["incidentRecordArn"]
        assert bot.close(incident) == "RESOLVED"
        assert bot.close(f"{incident}x") == "ResourceNotFoundException"


def test_an_asyncio_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    session = pytest.importorskip("aiobotocore.session", reason="aiobotocore is not installed").get_session()
    session.client = session.create_client
    bot = program(ASYNC_BOT, monkeypatch)
    with fakeim.mock_ssm_incidents() as fake:
        fake.client().create_response_plan(name="orders", incidentTemplate={"title": "Orders", "impact": 4})
        incidents, listed = asyncio.run(bot.main(session, ["late", "lost", "wrong"]))
    assert len(set(incidents)) == 3
    assert listed == [1, 1, 1]
