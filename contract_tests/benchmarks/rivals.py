"""What a user would pick instead: mocks, botocore's Stubber, a patched ``_make_api_call``, moto."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock, create_autospec

import boto3
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ParamValidationError
from botocore.stub import Stubber

from contract_tests.benchmarks.scenario import catching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contract_tests.benchmarks.scenario import Asked, Run, Scenario

CREDENTIALS: Any = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}


def real_client(service: str = "ssm-incidents", **options: Any) -> Any:
    """Make a client of boto3's, with all that is usual."""
    untyped: Any = boto3
    return untyped.client(service, **(CREDENTIALS | options))


class Mocks:
    """A MagicMock, and one made after a client's specification; they check next to nothing and answer nothing."""

    def __init__(self) -> None:
        self.magic = MagicMock()
        self.autospec = create_autospec(real_client())


class Stubbed:
    """A client with botocore's Stubber: each answer is put there before the call."""

    def __init__(self) -> None:
        self.client = real_client()
        self.stubber = Stubber(self.client)
        self.stubber.activate()

    def caller(self, scenario: Scenario, asked: Asked) -> Run:
        """Give a function that puts the answer there and makes the call."""
        method, answer = getattr(self.client, asked.method), scenario.answer(asked)
        if isinstance(answer, ParamValidationError):  # never sent, so one answer lasts for all
            self.stubber.add_client_error(asked.method)

        def run() -> None:
            params = scenario.fresh(asked.params)
            if isinstance(answer, dict):
                self.stubber.add_response(asked.method, answer, params)
            elif isinstance(answer, ClientError):
                self.stubber.add_client_error(asked.method, answer.response["Error"]["Code"])
            method(**params)

        return run if isinstance(answer, dict) else catching(run)


class Patched:
    """A client whose class's ``_make_api_call`` is patched to give a ready answer: no checks, and no state."""

    def __init__(self) -> None:
        self.client, self.answer = real_client(), {"any": "answer"}

    @contextmanager
    def active(self) -> Iterator[None]:
        """Patch it."""
        # By hand: unittest.mock would do the same, and its function here is ours.
        untyped: Any = BaseClient
        original, untyped._make_api_call = untyped._make_api_call, lambda *_: self.answer  # noqa: SLF001
        try:
            yield
        finally:
            untyped._make_api_call = original  # noqa: SLF001


# -- moto, on the nearest service of the same protocol that it has


def has_moto() -> bool:
    """Say whether moto is installed."""
    return find_spec("moto") is not None


def has_moto_server() -> bool:
    """Say whether moto is installed with its server, which needs Flask."""
    return has_moto() and find_spec("flask") is not None


def mock_aws() -> Any:
    """Give moto's mock."""
    return import_module("moto").mock_aws()


SCHEDULE: Any = {
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "ScheduleExpression": "rate(1 day)",
    "Target": {
        "Arn": "arn:aws:lambda:us-east-1:123456789012:function:checkout",
        "RoleArn": "arn:aws:iam::123456789012:role/incidents",
        "Input": '{"title": "Checkout is slow"}',
    },
}


class Scheduler:
    """EventBridge Scheduler: rest-json too, and what is created, read, updated, listed and tagged is as large.

    ``client`` is one of boto3's, while moto's mock is active or that is bound to moto's server. It starts without
    state, and gets 120 schedules in one group.
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        self.group = client.create_schedule_group(Name="plan")["ScheduleGroupArn"]
        self._made = 0
        for _ in range(120):
            self.create()

    def create(self) -> None:
        """Create a schedule with a new name."""
        self._made += 1
        self.client.create_schedule(Name=f"schedule-{self._made}", GroupName="plan", **SCHEDULE)

    def counterparts(self) -> dict[str, Callable[[], object]]:
        """Give for the calls of a scenario, as far as there is one, the nearest call of the scheduler."""
        one = {"Name": "schedule-1", "GroupName": "plan"}
        get = partial(self.client.get_schedule, **one)
        page = partial(self.client.list_schedules, GroupName="plan", MaxResults=100)
        tags = [{"Key": "team", "Value": "checkout"}]
        return {
            "start_incident": self.create,
            "start_incident (rich)": self.create,
            "create_timeline_event": self.create,
            "get_timeline_event": get,
            "get_incident_record": get,
            "update_incident_record": partial(self.client.update_schedule, **one, **SCHEDULE),
            "list_timeline_events (100)": page,
            "list_incident_records (100)": page,
            "create_response_plan (rich)": self.create,
            "get_response_plan": partial(self.client.get_schedule_group, Name="plan"),
            "tag_resource": partial(self.client.tag_resource, ResourceArn=self.group, Tags=tags),
            "error: not found": catching(partial(self.client.get_schedule, Name="missing", GroupName="plan")),
            "error: bad parameters": catching(self.client.get_schedule),
        }
