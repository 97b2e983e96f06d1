"""Values on their way in and out: timestamps as botocore sends them, and nothing shared with the state."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from botocore.serialize import create_serializer
from hypothesis import example, given
from hypothesis import strategies as st

from contract_tests.budgets import examples
from contract_tests.fake_only.accounts import full_account
from contract_tests.fake_only.inspection import botocore_model, dump, each_operation
from contract_tests.strategies import requests, timestamps
from fakeim.spec.api import load_api
from fakeim.spec.codec import EPOCH, instant, milliseconds, reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import DataObject

    from fakeim.spec.api import Operation

# -- timestamps on their way in

EVENT = {"eventData": "data", "eventType": "Note", "incidentRecordArn": "arn:aws:ssm-incidents:::incident-record/a/b"}
SERIALIZER = create_serializer("rest-json")
read_timestamp = reader(load_api().shape("Timestamp"))


def sent(value: Any) -> int | str:
    """Give the milliseconds that boto3 sends for ``value``, or the kind of error it raises instead."""
    model = botocore_model().operation_model("CreateTimelineEvent")
    try:
        request = SERIALIZER.serialize_to_request({**EVENT, "eventTime": value}, model)
    except Exception as error:  # noqa: BLE001 - which one, is compared
        return type(error).__name__
    seconds: Decimal = json.loads(request["body"], parse_float=Decimal, parse_int=Decimal)["eventTime"]
    return floor(seconds * 1000)


def understood(value: Any) -> int | str:
    """Give the milliseconds that the fake takes ``value`` for, or the kind of error it raises instead."""
    client = full_account().fake.client()
    incident = client.list_incident_records(maxResults=1)["incidentRecordSummaries"][0]["arn"]
    try:
        event: Any = client.create_timeline_event(
            incidentRecordArn=incident, eventType="Note", eventData="", eventTime=value
        )
    except Exception as error:  # noqa: BLE001 - which one, is compared
        return type(error).__name__
    del event["ResponseMetadata"]
    return milliseconds(client.get_timeline_event(**event)["event"]["eventTime"])


class Moment(datetime):
    """A datetime of another class, as pandas and freezegun have."""


BERLIN = ZoneInfo("Europe/Berlin")
AUTUMN = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
"""A moment in the hour that comes twice."""


@given(timestamps())
@example(AUTUMN)
@example(AUTUMN.replace(fold=1))
@example(datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN))  # in the hour that does not come at all
@example(datetime(2026, 1, 1, 0, 0, 0, 999_999))  # noqa: DTZ001
@example(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
@example(Moment(2026, 1, 1, 12, 30, 0, 123_456))
@example(0)
@example(-1)
@example(-0.0005)
@example(1.0005)
def test_a_timestamp_is_understood_as_boto3_sends_it(value: Any) -> None:
    assert milliseconds(read_timestamp(value)) == sent(value)


EARLIEST, LATEST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 - the zone is added
ODDITIES: list[Any] = [
    True,
    False,
    None,
    "",
    "nan",
    "inf",
    "no date",
    "1.5",
    "1e3",
    " 7 ",
    "1_000",
    "2026-01-01",
    "20260101T120000Z",
    "Thu, 01 Jan 2026 00:00:00 GMT",
    "2026-01-01T00:00:00+05:45",
    "2026-13-01",
    b"7",
    b"2026-01-01",
    b"",
    [],
    {},
    date(2026, 1, 1),
    timedelta(1),
    Decimal("1.5"),
    Fraction(3, 2),
    1j,
    float("nan"),
    float("inf"),
    1e300,
    10**11,
    10**12,
    10**20,
    -(10**10),
    -(10**12),
    10**400,
    253_402_300_799,
    253_402_300_800,
    -62_135_596_800,
    -62_135_596_801,
    EARLIEST,
    LATEST,
    EARLIEST.replace(tzinfo=UTC),
    LATEST.replace(tzinfo=UTC),
    EARLIEST.replace(tzinfo=timezone(timedelta(hours=1))),
    LATEST.replace(tzinfo=timezone(timedelta(hours=-1))),
    LATEST.replace(tzinfo=timezone(timedelta(seconds=1, microseconds=500_000))),
]


@pytest.mark.parametrize("value", ODDITIES, ids=lambda value: repr(value)[:50])
def test_what_is_hardly_a_timestamp_is_sent_or_refused_as_by_boto3(value: Any) -> None:
    with machine_in("UTC"):  # elsewhere boto3 fails with a RuntimeError within a day of the ends of time
        assert understood(value) == sent(value)


# -- instants, in any zone


@contextmanager
def machine_in(zone: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        try:
            yield
        finally:
            patch.undo()
            time.tzset()


MILLISECONDS = st.integers(
    milliseconds(datetime(1990, 1, 1, tzinfo=UTC)), milliseconds(datetime(2100, 1, 1, tzinfo=UTC))
)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"])
@given(moment=MILLISECONDS)
def test_an_instant_is_shown_in_the_zone_of_the_machine(zone: str, moment: int) -> None:
    with machine_in(zone):
        shown = instant(moment)
    assert milliseconds(shown) == moment
    assert shown.isoformat() == (EPOCH + timedelta(milliseconds=moment)).astimezone(ZoneInfo(zone)).isoformat()


def test_an_instant_follows_the_machine_to_a_zone_with_the_same_standard_time() -> None:
    july = milliseconds(datetime(2026, 7, 1, tzinfo=UTC))
    with machine_in("Europe/Berlin"):
        assert instant(july).utcoffset() == timedelta(hours=2)
    with machine_in("Africa/Lagos"):
        assert instant(july).utcoffset() == timedelta(hours=1)


@given(first=st.integers(0, 2 * 60 * 60 * 1000), second=st.integers(0, 2 * 60 * 60 * 1000))
def test_instants_compare_as_moments_in_the_hour_that_comes_twice(first: int, second: int) -> None:
    start = milliseconds(datetime(2026, 10, 25, tzinfo=UTC))
    with machine_in("Europe/Berlin"):
        one, other = instant(start + first), instant(start + second)
    assert (one < other, one == other) == (first < second, first == second)
    assert one - other == timedelta(milliseconds=first - second)
    assert (hash(one) == hash(other)) == (first == second)


def test_the_years_at_the_ends_of_time_are_answered() -> None:
    for zone in ("Europe/Berlin", "America/New_York"):
        with machine_in(zone):
            for moment in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC, microsecond=999_000)):
                assert instant(milliseconds(moment)) == moment


# -- types that are almost the right ones


class Text(str):
    """A string of another class."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Text({str.__repr__(self)})"


class Number(int):
    """An integer of another class."""

    def __repr__(self) -> str:
        return f"Number({int.__repr__(self)})"


def disguised(value: Any) -> Any:
    """Give ``value`` with every part as an instance of a subclass, or as a tuple."""
    if isinstance(value, dict):
        return OrderedDict((Text(name), disguised(each)) for name, each in value.items())
    if isinstance(value, list):
        return tuple(map(disguised, value))
    if isinstance(value, datetime):
        return Moment.fromtimestamp(value.timestamp(), UTC) if value.tzinfo else Moment.fromisoformat(value.isoformat())
    if isinstance(value, bool | float):
        return value
    return Text(value) if isinstance(value, str) else Number(value)


@each_operation
@examples(percent=5)
@given(data=st.data())
def test_subclasses_and_tuples_count_as_what_they_are(operation: Operation, data: DataObject) -> None:
    plain, other = full_account(), full_account()
    params = data.draw(requests(operation, plain.pool(operation)))
    assert other.call(operation, disguised(params)) == plain.call(operation, params)
    assert dump(other.fake) == dump(plain.fake)


class Status(StrEnum):
    """An enumeration as users write it."""

    RESOLVED = "RESOLVED"


class OldStatus(str, Enum):  # noqa: UP042 - how it was written before Python 3.11
    """An enumeration as users wrote it."""

    RESOLVED = "RESOLVED"


@pytest.mark.parametrize("status", [Status.RESOLVED, OldStatus.RESOLVED])
def test_an_enumeration_member_is_kept_as_its_value(status: Any) -> None:
    client = full_account().fake.client()
    incident = client.list_incident_records()["incidentRecordSummaries"][0]["arn"]
    client.update_incident_record(arn=incident, status=status)
    kept = client.get_incident_record(arn=incident)["incidentRecord"]["status"]
    assert (type(kept), kept) == (str, "RESOLVED")


# -- nothing is shared


def ravage(value: Any) -> None:
    """Change everything in ``value`` that can be changed."""
    if isinstance(value, dict):
        for each in value.values():
            ravage(each)
        value.clear()
        value["ravaged"] = True
    elif isinstance(value, list):
        for each in value:
            ravage(each)
        value[:] = ["ravaged"]


@each_operation
@examples(percent=8)
@given(data=st.data())
def test_neither_parameters_nor_answers_are_part_of_the_state(operation: Operation, data: DataObject) -> None:
    account = full_account()
    params = data.draw(requests(operation, account.pool(operation)))
    twin = deepcopy(params)
    answer = account.call(operation, params)
    kept = deepcopy(answer)
    after = dump(account.fake)
    ravage(answer)
    ravage(params)
    assert dump(account.fake) == after
    if operation.token is None or twin.get(operation.token):
        again = account.call(operation, twin)
        assert isinstance(again, str) or operation.name.startswith("Delete") or again == kept


def test_two_answers_share_nothing() -> None:
    fake = full_account().fake
    client: Any = fake.client()
    plan = client.list_response_plans()["responsePlanSummaries"][0]["arn"]
    first, second = client.get_response_plan(arn=plan), client.get_response_plan(arn=plan)
    ravage(first["incidentTemplate"])
    assert second["incidentTemplate"]["title"] == client.get_response_plan(arn=plan)["incidentTemplate"]["title"]
