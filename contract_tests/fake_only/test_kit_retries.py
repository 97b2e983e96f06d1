"""check_retry_safe and differential: what they find, what they leave alone, and how they say it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import Phase, settings

import fakeim
from contract_tests.support import make_plan, start
from fakeim.testing.differential import differential
from fakeim.testing.outcomes import Renaming
from fakeim.testing.retries import check_retry_safe

if TYPE_CHECKING:
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

ITEM: Any = {"itemToAdd": {"identifier": {"type": "OTHER", "value": {"url": "https://example.org"}}, "title": "page"}}

READ_TIMEOUT = 'Read timeout on endpoint URL: "https://ssm-incidents.us-east-1.amazonaws.com/startIncident"'


def story(code: Any, **options: Any) -> str:
    with pytest.raises(AssertionError, match="not safe to retry") as caught:
        check_retry_safe(code, **options)
    return str(caught.value)


def with_a_token(client: SSMIncidentsClient, plan: str) -> None:
    start(client, plan, clientToken="alarm-17")


def without_a_token(client: SSMIncidentsClient, plan: str) -> None:
    start(client, plan)


def test_a_token_makes_a_start_safe() -> None:
    check_retry_safe(with_a_token, setup=make_plan)


def test_the_story_tells_each_call_and_what_is_wrong_now() -> None:
    arn = "arn:aws:ssm-incidents::123456789012:response-plan/plan"
    assert story(without_a_token, setup=make_plan).splitlines() == [
        "not safe to retry: call 1, StartIncident, is carried out, but its reply is lost",
        "  the code is called",
        f"    1. StartIncident(responsePlanArn='{arn}') -> carried out; the reply is lost",
        f"    the code raises ReadTimeoutError: {READ_TIMEOUT}",
        "  a minute later the code is called again",
        f"    2. StartIncident(responsePlanArn='{arn}') -> answered",
        "    the code returns",
        "  which is not as if nothing had gone wrong:",
        "    2 incidents are opened where there should be 1",
        "    incidents: 2 (title, title) instead of 1 (title)",
    ]


def test_code_that_makes_its_own_clients_is_seen() -> None:
    early: Any = boto3.client("ssm-incidents", region_name="eu-west-1")

    def code(_: object, plan: str) -> None:
        start(early, plan)

    assert "2 incidents" in story(code, setup=make_plan)


def test_an_incident_that_is_given_up_is_lost() -> None:
    def code(client: SSMIncidentsClient, plan: str) -> None:
        try:
            with_a_token(client, plan)
        except ClientError:
            return

    told = story(code, setup=make_plan)
    assert "call 1, StartIncident, is throttled" in told
    assert "an incident is lost: there are 0, and should be 1" in told


def test_code_that_never_comes_to_an_end_is_no_better() -> None:
    def code(client: SSMIncidentsClient) -> None:
        make_plan(client)  # and the next time, its name is taken

    told = story(code)
    assert "the code still raises ConflictException" in told
    check_retry_safe(code, kinds=["throttled", "not sent"])


def test_code_that_is_called_once_has_to_mend_all_by_itself() -> None:
    def persistent(client: SSMIncidentsClient, plan: str) -> None:
        for _ in range(2):
            with suppress(ClientError, ReadTimeoutError):
                with_a_token(client, plan)
                return

    assert "still raises" in story(with_a_token, setup=make_plan, attempts=1)
    check_retry_safe(persistent, setup=make_plan, attempts=1, kinds=["throttled", "lost reply"])


def test_any_difference_in_what_is_left_counts() -> None:
    def code(client: SSMIncidentsClient, incident: str) -> None:
        client.update_related_items(incidentRecordArn=incident, relatedItemsUpdate=ITEM)

    assert "incidents[0].timeline" in story(code, setup=lambda client: start(client, make_plan(client)))


def test_what_counts_can_be_chosen() -> None:
    def open_ones(client: SSMIncidentsClient) -> bool:
        return bool(client.list_incident_records()["incidentRecordSummaries"])

    def no_more_than_one(client: SSMIncidentsClient) -> None:
        assert len(client.list_incident_records()["incidentRecordSummaries"]) <= 1, "too many"

    check_retry_safe(without_a_token, setup=make_plan, observe=open_ones)
    assert "the check of the outcome fails: too many" in story(
        without_a_token, setup=make_plan, observe=no_more_than_one
    )


def test_what_fails_without_any_fault_is_the_users_to_see() -> None:
    def broken(_: object) -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        check_retry_safe(broken)


async def asynchronous(_: object) -> None: ...


@pytest.mark.parametrize(
    ("code", "options", "error"),
    [
        (lambda _: None, {}, ValueError("no call")),
        (with_a_token, {"attempts": 0}, ValueError("attempts=0")),
        (asynchronous, {}, TypeError("plain function")),
    ],
)
def test_what_cannot_be_checked_is_refused(code: Any, options: dict[str, Any], error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)):
        check_retry_safe(code, **options)


# -- what is the same

IDS = [f"00000000-0000-0000-0000-00000000000{number}" for number in range(4)]


@pytest.mark.parametrize(
    ("there", "here", "same"),
    [
        ([IDS[0], IDS[1], IDS[0]], [IDS[2], IDS[3], IDS[2]], True),
        ([IDS[0], IDS[1]], [IDS[1], IDS[0]], True),
        ([IDS[0], IDS[1]], [IDS[2], IDS[2]], False),
        ([IDS[0], IDS[0]], [IDS[2], IDS[3]], False),
        ({"title": f"of {IDS[0]}"}, {"title": f"of {IDS[1]}"}, True),
        ({"title": f"of {IDS[0]}"}, {"title": f"by {IDS[1]}"}, False),
        ({"at": datetime(2026, 1, 1, tzinfo=UTC)}, {"at": datetime(2026, 1, 2, tzinfo=UTC)}, True),
        ({"at": datetime(2026, 1, 1, tzinfo=UTC)}, {}, False),
        ({}, {"impact": 1}, False),
        ([{"impact": 1}], [{"impact": 2}], False),
        ([], [None], False),
    ],
)
def test_names_and_times_may_differ_but_not_what_they_stand_for(there: Any, here: Any, same: Any) -> None:
    assert (list(Renaming().differences(there, here)) == []) is same


# -- differential


class Forgetful:
    """A client that leaves something of what it is told out."""

    def __init__(self, client: SSMIncidentsClient) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def update_incident_record(self, **params: Any) -> Any:
        params.pop("title", None)
        return self._client.update_incident_record(**params)


def client(*, onboarded: bool = True) -> SSMIncidentsClient:
    fake = fakeim.FakeIncidentManager(onboarded=onboarded)
    fake.clock.freeze("2026-01-01T12:00:00Z")  # or two events could be of one moment here, and of two there
    return fake.client()


QUICK = settings(max_examples=300, stateful_step_count=15, phases=[Phase.generate], database=None)


def test_two_that_differ_are_told_apart() -> None:
    with pytest.raises(AssertionError, match="right and left differ after") as caught:
        differential(client, lambda: cast(Any, Forgetful(client())), settings=QUICK)
    assert "state.update_incident" in "\n".join(caught.value.__notes__)


def test_an_error_on_one_side_alone_is_a_difference() -> None:
    with pytest.raises(AssertionError, match="error: nothing instead of ResourceNotFoundException"):
        differential(lambda: client(onboarded=False), client, settings=QUICK)
