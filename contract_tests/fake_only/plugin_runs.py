"""Runs of pytest within a test, for the tests of the plugin."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

HEADER = """
import asyncio, unittest
from functools import cache
import boto3, pytest
from botocore.config import Config
from hypothesis import given, settings, strategies as st
from fakeim import FakeIncidentManager, RealAWSCallBlocked, mock_ssm_incidents

def names(client):
    return sorted(each["name"] for each in client.list_response_plans()["responsePlanSummaries"])

def plan(client, name):
    return client.create_response_plan(name=name, incidentTemplate={"title": name, "impact": 1})["arn"]

@cache
def any_client(service="ssm-incidents", **options):  # as the code under test makes them
    once = Config(retries={"total_max_attempts": 1})
    return boto3.client(service, "us-east-1", aws_access_key_id="k", aws_secret_access_key="s", config=once, **options)
"""

FUNCTION = """
import boto3
CLIENT = boto3.client("ssm-incidents")  # at the top of a module, as Lambda functions make theirs
"""
"""A module that needs a Region when it is imported."""


def run(pytester: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    """Run ``tests``, which follow ``HEADER``, in the file ``test_inner.py``; a warning fails them."""
    pytester.makepyfile(test_inner=HEADER + dedent(tests))
    return pytester.runpytest("-Werror", "-pno:cacheprovider", "-pno:randomly", *arguments)


def run_apart(pytester: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    """Run as ``run`` does, in a process of its own: a run that ends early leaves what its tests have replaced."""
    pytester.makepyfile(test_inner=HEADER + dedent(tests))
    return pytester.runpytest_subprocess("-Werror", "-pno:cacheprovider", "-pno:randomly", *arguments)


def run_in_both_orders(pytester: pytest.Pytester, tests: str) -> None:
    """Run ``tests``, whose functions are named, as they stand and backwards, and see them pass."""
    run(pytester, tests).assert_outcomes(passed=tests.count("def test_"))
    found = [line.split("def ")[1].split("(")[0] for line in tests.splitlines() if line.startswith("def test_")]
    run(pytester, tests, *(f"test_inner.py::{name}" for name in reversed(found))).assert_outcomes(passed=len(found))
