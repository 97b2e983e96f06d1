"""Smaller pages, empty ones, and tokens that expire: what AWS is free to do, and what it finds in a bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.contract.lists import ALL, for_each
from contract_tests.support import make_plan, start
from fakeim.service.pagination import Where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.contract.lists import Kind
    from contract_tests.support import Record

    Bot = Callable[[SSMIncidentsClient], list[str]]

SETTINGS = st.fixed_dictionaries(
    {"page_size": st.none() | st.integers(1, 3), "empty_pages": st.sets(st.sampled_from(get_args(Where)))}
)


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze("2026-01-01")
    return fake


def filled(fake: fakeim.FakeIncidentManager, kind: Kind, length: int) -> Record:
    """Make a list of so many elements, or of the one that there is, and give the parameters of the list."""
    params = kind.filled(fake.client(), length)
    if kind.method == "list_incident_findings":
        update = {"stackArn": "arn:aws:cloudformation:us-east-1:123456789012:stack/s", "startTime": 0}
        for _ in range(length):
            fake.add_finding(params["incidentRecordArn"], cloud_formation_stack_update=update)
    return params


def configure(fake: fakeim.FakeIncidentManager, settings: Record) -> None:
    for name, value in settings.items():
        setattr(fake.pagination, name, value)


def pages(client: SSMIncidentsClient, kind: Kind, params: Record, **options: Any) -> Iterator[list[Any]]:
    elements, token = kind.page(client, params, **options)
    yield elements
    while token:
        elements, token = kind.page(client, params, nextToken=token, **options)
        yield elements


# -- the pages are the whole, whatever is set


@for_each(ALL)
@given(settings=st.lists(SETTINGS, min_size=1, max_size=6), length=st.integers(0, 5), asked=st.integers(1, 4))
def test_pages_give_all_however_the_settings_change(
    kind: Kind, settings: list[Record], length: int, asked: int
) -> None:
    fake = fakeim.FakeIncidentManager()
    params = filled(fake, kind, length)
    client = fake.client()
    whole, _ = kind.page(client, params)
    found, number = [], 0
    configure(fake, settings[0])
    for page in pages(client, kind, params, maxResults=asked):
        assert len(page) <= min(asked, fake.pagination.page_size or asked)
        found += page
        number += 1
        configure(fake, settings[min(number, len(settings) - 1)])
    assert found == whole
    assert number <= 2 * len(whole) + len(settings) + 2


@for_each(ALL)
@given(settings=SETTINGS, length=st.integers(0, 5))
def test_botocores_paginator_gives_all(kind: Kind, settings: Record, length: int) -> None:
    fake = fakeim.FakeIncidentManager()
    params = filled(fake, kind, length)
    client: Any = fake.client()
    whole, _ = kind.page(client, params)
    configure(fake, settings)
    assert client.get_paginator(kind.method).paginate(**params).build_full_result() == {kind.result: whole}


@for_each(ALL)
@given(settings=SETTINGS, others=SETTINGS)
def test_a_token_means_the_same_when_the_settings_have_changed(kind: Kind, settings: Record, others: Record) -> None:
    fake = fakeim.FakeIncidentManager()
    client, params = fake.client(), filled(fake, kind, 4)
    configure(fake, settings)
    found, token = kind.page(client, params)
    configure(fake, others)
    fake.pagination.reset()
    whole, _ = kind.page(client, params)
    if token:
        assert kind.page(client, params, nextToken=token) == (whole[len(found) :], None)
    else:
        assert found == whole


def sizes(client: SSMIncidentsClient, **options: Any) -> list[int]:
    """Give the sizes of the pages of plans, as botocore's paginator walks them."""
    walked: Any = client.get_paginator("list_response_plans").paginate(**options)
    return [len(page["responsePlanSummaries"]) for page in walked]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [3]),
        ({"page_size": 2}, [2, 1]),
        ({"page_size": 3}, [3]),
        ({"page_size": 1, "empty_pages": ["between"]}, [1, 0, 1, 0, 1]),
        ({"page_size": 2, "empty_pages": ["first"]}, [0, 2, 1]),
        ({"page_size": 2, "empty_pages": ["last"]}, [2, 1, 0]),
        ({"empty_pages": ["last"]}, [3, 0]),
        ({"page_size": 2, "empty_pages": ["first", "between", "last"]}, [0, 2, 0, 1, 0]),
    ],
)
def test_how_three_plans_are_cut(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, settings: Record, expected: list[int]
) -> None:
    plans = [make_plan(client, name) for name in "abc"]
    configure(fake, settings)
    assert sizes(client) == expected
    assert sizes(fake.boto3_client()) == expected
    for arn in plans:
        client.delete_response_plan(arn=arn)
    assert sizes(client) == [0]


# -- tokens that expire


@pytest.fixture
def token(client: SSMIncidentsClient) -> str:
    for name in "abc":
        make_plan(client, name)
    return client.list_response_plans(maxResults=1)["nextToken"]


def test_tokens_expire_at_once_and_later_ones_hold(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, token: str
) -> None:
    fake.pagination.expire_tokens()
    with pytest.raises(client.exceptions.ValidationException, match="expired"):
        client.list_response_plans(nextToken=token)
    later = client.list_response_plans(maxResults=1)["nextToken"]
    assert len(client.list_response_plans(nextToken=later)["responsePlanSummaries"]) == 2
    fake.reset()
    assert not client.list_response_plans()["responsePlanSummaries"]


def test_tokens_expire_after_a_time(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, token: str) -> None:
    fake.pagination.expire_tokens(after=60)
    fake.clock.advance(seconds=60)
    assert client.list_response_plans(nextToken=token)["responsePlanSummaries"]
    fake.clock.advance(milliseconds=1)
    with pytest.raises(client.exceptions.ValidationException, match="expired"):
        client.list_response_plans(nextToken=token)
    fake.pagination.reset()
    assert client.list_response_plans(nextToken=token)["responsePlanSummaries"]


# -- settings that cannot be


@pytest.mark.parametrize("value", [0, -1, True, 1.5, "2"])
def test_a_page_size_that_cannot_be(fake: fakeim.FakeIncidentManager, value: Any) -> None:
    with pytest.raises(ValueError, match=r"page_size=.*: give a whole number from 1, or None"):
        fake.pagination.page_size = value
    assert fake.pagination.page_size is None


def test_other_settings_that_cannot_be(fake: fakeim.FakeIncidentManager) -> None:
    settings: Any = fake.pagination
    with pytest.raises(ValueError, match=r"there is no 'betwen'; did you mean between\?"):
        settings.empty_pages = ["betwen"]
    with pytest.raises(TypeError, match="give names in a list"):
        settings.empty_pages = "last"
    with pytest.raises(ValueError, match="seconds=-1"):
        settings.expire_tokens(after=-1)
    with pytest.raises(AttributeError):
        settings.pagesize = 2
    assert (settings.page_size, settings.empty_pages) == (None, frozenset())


# -- what it finds


def reads_the_first_page(client: SSMIncidentsClient) -> list[str]:
    return [each["arn"] for each in client.list_incident_records()["incidentRecordSummaries"]]


def stops_at_an_empty_page(client: SSMIncidentsClient) -> list[str]:
    answer = client.list_incident_records()
    found: list[str] = []
    while answer["incidentRecordSummaries"]:
        found += [each["arn"] for each in answer["incidentRecordSummaries"]]
        if "nextToken" not in answer:
            break
        answer = client.list_incident_records(nextToken=answer["nextToken"])
    return found


def thinks_a_token_means_more(client: SSMIncidentsClient) -> list[str]:
    answer = client.list_incident_records()
    found = [each["arn"] for each in answer["incidentRecordSummaries"]]
    while "nextToken" in answer:
        answer = client.list_incident_records(nextToken=answer["nextToken"])
        found += [answer["incidentRecordSummaries"][0]["arn"]]
        found += [each["arn"] for each in answer["incidentRecordSummaries"][1:]]
    return found


def looks_at_the_tokens(client: SSMIncidentsClient) -> list[str]:
    walked = client.get_paginator("list_incident_records").paginate()
    return [each["arn"] for page in walked for each in page["incidentRecordSummaries"]]


@pytest.mark.parametrize(
    ("bot", "settings"),
    [
        (reads_the_first_page, {"page_size": 1}),
        (stops_at_an_empty_page, {"page_size": 1, "empty_pages": ["between"]}),
        (stops_at_an_empty_page, {"empty_pages": ["first"]}),
        (thinks_a_token_means_more, {"empty_pages": ["last"]}),
    ],
)
def test_a_bot_that_does_not_see_all_is_found(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, bot: Bot, settings: Record
) -> None:
    plan = make_plan(client)
    incidents = [start(client, plan) for _ in range(2)][::-1]
    assert bot(client) == looks_at_the_tokens(client) == incidents
    configure(fake, settings)
    assert looks_at_the_tokens(client) == incidents
    try:
        assert bot(client) != incidents
    except IndexError:
        assert bot is thinks_a_token_means_more


@pytest.mark.usefixtures("token")
def test_a_bot_that_keeps_a_token_too_long_is_found(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    def page_by_page(between: Callable[[], None]) -> list[str]:
        first = client.list_response_plans(maxResults=1)
        between()  # somebody reads the first page
        rest = client.list_response_plans(nextToken=first["nextToken"])
        return [each["name"] for each in first["responsePlanSummaries"] + rest["responsePlanSummaries"]]

    assert page_by_page(lambda: None) == ["a", "b", "c"]
    with pytest.raises(client.exceptions.ValidationException, match="start again from the first page"):
        page_by_page(fake.pagination.expire_tokens)
