"""The first example of Hypothesis: it has a deadline, so what a process does once is done before."""

from __future__ import annotations

from textwrap import indent

import pytest

WATCHED = """
import sys
from contextlib import suppress
from functools import wraps
from hypothesis import given, settings, strategies as st

touched, watching = [], [False]

def audit(event, arguments):  # a module that is imported is a file that is opened, and so is a model that is read
    path = str(arguments[0]) if event == "open" else ""
    if watching[0] and path.endswith((".py", ".pyc", ".so", ".json", ".gz")) and ".hypothesis" not in path:
        touched.append(path)

sys.addaudithook(audit)

def watch(test):
    function = test.hypothesis.inner_test

    @wraps(function)
    def watched(*args, **kwargs):
        watching[0] = True
        try:
            function(*args, **kwargs)
        finally:
            watching[0] = False

    test.hypothesis.inner_test = watched
    return test
"""
GIVEN = "@watch\n@settings(max_examples=2, database=None)\n@given(st.data())\n"
KEYS = "'ssm-incidents', 'us-east-1', aws_access_key_id='k', aws_secret_access_key='s'"
CALLS = """
plan = client.create_response_plan(name="plan", incidentTemplate={"title": "title", "impact": 1})["arn"]
with suppress(client.exceptions.ValidationException):
    client.start_incident(responsePlanArn=plan, title="")
with suppress(Exception):
    client.start_incident(responsePlanArn=5)
client.get_paginator("list_incident_records").paginate().build_full_result()
client.get_waiter("wait_for_replication_set_active")
"""
EXAMPLES = {
    "a fake": ("import fakeim", "client = fakeim.FakeIncidentManager().client()" + CALLS),
    "a fake that a helper imports": (
        "import helper",
        "client = helper.fakeim.FakeIncidentManager().client()" + CALLS,
    ),
    "seeding and views": (
        "import fakeim",
        "fake = fakeim.FakeIncidentManager()\nfake.open_incident()\nstr(fake), fake.incidents, fake.outbox",
    ),
    "the class": (
        "from fakeim import FakeIncidentManager",
        "client = FakeIncidentManager().client()" + CALLS,
    ),
    "a boto3 client": ("import fakeim", "client = fakeim.FakeIncidentManager().boto3_client()" + CALLS),
    "a mock": (
        "import fakeim",
        "with fakeim.mock_ssm_incidents() as fake:\n  client = fake.client()" + indent(CALLS, "  "),
    ),
    "a mock at the call": (
        f"import boto3, fakeim\nclient = boto3.client({KEYS})",
        "with fakeim.mock_ssm_incidents(at_call=True):\n  client.list_response_plans()",
    ),
    "requests": (
        "from fakeim.testing.strategies import requests, shapes",
        "requests('CreateResponsePlan', valid=False)\nrequests('StartIncident')\nshapes('IncidentTemplate')",
    ),
    "check_retry_safe": (
        "from fakeim.testing.retries import check_retry_safe",
        "check_retry_safe(lambda client: client.list_replication_sets())",
    ),
}


DECORATED = {
    "below @given": f"{GIVEN}@mock_ssm_incidents\n",
    "above @given": GIVEN.replace("@watch", "@watch\n@mock_ssm_incidents(at_call=True)"),
}
DECORATED_TEST = """
    client.list_replication_sets()
    with mock_ssm_incidents() as fake:
        assert fake
"""


@pytest.mark.parametrize(("imports", "body"), EXAMPLES.values(), ids=EXAMPLES)
def test_a_first_example_imports_and_reads_nothing(pytester: pytest.Pytester, imports: str, body: str) -> None:
    run(pytester, f"{imports}\n{GIVEN}def test_first(data):\n{indent(body, '    ')}\n")


@pytest.mark.parametrize("decorators", DECORATED.values(), ids=DECORATED)
def test_without_the_plugin_the_first_example_of_a_decorated_test_reads_the_model_at_most(
    pytester: pytest.Pytester, decorators: str
) -> None:
    imports = f"import boto3\nfrom fakeim import mock_ssm_incidents\nclient = boto3.client({KEYS})\n"
    forget = "    touched[:] = [path for path in touched if not path.endswith(('.json', '.gz'))]\n"
    run(pytester, f"{imports}{decorators}def test_first(data):{DECORATED_TEST}{forget}", "-pno:fakeim")


def run(pytester: pytest.Pytester, test: str, *arguments: str) -> None:
    """Run ``test``, whose first example is to open no file."""
    check = "def test_touched():\n    print(*touched, sep=chr(10))\n    assert touched == []\n"
    pytester.makepyfile(helper="import fakeim", test_inner=f"{WATCHED}\n{test}\n{check}")
    pytester.runpytest_subprocess("-pno:cacheprovider", *arguments).assert_outcomes(passed=2)
