"""What is mistyped is refused, with a suggestion: attributes, values of settings, Regions."""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any
from unittest import mock

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import fakeim
from contract_tests.support import NO_PLAN, start
from fakeim.spec.regions import PARTITIONS

if TYPE_CHECKING:
    from collections.abc import Callable

Fake = fakeim.FakeIncidentManager

CREDENTIALS: Any = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
OTHER = "222222222222"
THINGS: dict[str, Callable[[Fake], Any]] = {
    "fake": lambda fake: fake,
    "calls": lambda fake: fake.calls,
    "clock": lambda fake: fake.clock,
    "consistency": lambda fake: fake.consistency,
    "diff": lambda fake: fake.diff(fake.snapshot()),
    "effects": lambda fake: fake.effects,
    "fault": lambda fake: fake.faults.inject("*", 503),
    "faults": lambda fake: fake.faults,
    "iam": lambda fake: fake.iam,
    "incidents": lambda fake: fake.incidents,
    "narrowed view": lambda fake: fake.incidents.open(),
    "outbox": lambda fake: fake.outbox,
    "pages": lambda fake: fake.outbox.pages(),
    "pagination": lambda fake: fake.pagination,
    "policy": lambda fake: fake.iam.deny("ssm-incidents:*"),
    "quota": lambda fake: fake.quotas.set("open incidents", 5),
    "quotas": lambda fake: fake.quotas,
    "related items": lambda fake: fake.related_items(fake.open_incident()),
    "response plans": lambda fake: fake.response_plans,
    "share": lambda fake: fake.share_with(Fake(account_id=OTHER)),
    "timeline": lambda fake: fake.timeline(fake.open_incident()),
    "transitions": lambda fake: fake.transitions,
}


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.mark.parametrize("name", ["nonsense", "_nonsense", "Nonsense", "__nonsense"])
@pytest.mark.parametrize("thing", THINGS)
def test_an_attribute_that_is_not_there_cannot_be_set(thing: str, name: str, fake: Fake) -> None:
    owner = THINGS[thing](fake)
    with pytest.raises(AttributeError, match=f"{type(owner).__name__} has no attribute '{name}'"):
        setattr(owner, name, 1)
    assert not hasattr(owner, name)


@pytest.mark.parametrize(
    ("thing", "name", "meant"),
    [
        ("fake", "conected", "connected"),
        ("fake", "Connected", "connected"),
        ("fake", "unreadable_secret", "unreadable_secrets"),
        ("faults", "conected", "connected"),
        ("clock", "freze", "freeze"),
        ("consistency", "list_lag", "lists_lag"),
        ("effects", "afterwards", "after"),
        ("pagination", "pageSize", "page_size"),
        ("pagination", "empty_page", "empty_pages"),
        ("transitions", "fails", "fail"),
    ],
)
def test_the_one_that_was_meant_is_suggested(thing: str, name: str, meant: str, fake: Fake) -> None:
    with pytest.raises(AttributeError, match=f"did you mean {meant}"):
        setattr(THINGS[thing](fake), name, 1)


@pytest.mark.parametrize(
    ("thing", "name", "value"),
    [
        ("fake", "snapshot", None),
        ("clock", "freeze", "2026-01-01"),
        ("clock", "advance", timedelta(minutes=1)),
        ("consistency", "lists_lag", 5),
        ("consistency", "settle", True),
        ("effects", "after", 2),
        ("effects", "manual", True),
        ("iam", "deny", ["ssm-incidents:*"]),
        ("faults", "latency", 5),
        ("pagination", "expire_tokens", True),
        ("quotas", "rate", {"StartIncident": 1}),
        ("transitions", "immediate", False),
    ],
)
def test_a_value_cannot_replace_a_method(thing: str, name: str, value: object, fake: Fake) -> None:
    owner = THINGS[thing](fake)
    with pytest.raises(TypeError, match=rf"{name} is a method: call {name}\(\.\.\.\)"):
        setattr(owner, name, value)
    assert callable(getattr(owner, name))


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        ("fake", "calls"),
        ("fake", "clock"),
        ("fake", "effects"),
        ("fake", "iam"),
        ("fake", "outbox"),
        ("fake", "pagination"),
        ("fake", "quotas"),
        ("fake", "unreadable_secrets"),
        ("consistency", "on"),
        ("effects", "delay"),
        ("pagination", "epoch"),
        ("pagination", "lifetime"),
        ("transitions", "delay"),
        ("transitions", "failing"),
    ],
)
def test_what_is_only_to_be_read_cannot_be_set(thing: str, name: str, fake: Fake) -> None:
    owner = THINGS[thing](fake)
    for value in (5, getattr(owner, name)):
        with pytest.raises(AttributeError, match=name):
            setattr(owner, name, value)


@pytest.mark.parametrize("value", ["no", "", 0, 1, None, [], 1.0])
@pytest.mark.parametrize("thing", ["fake", "faults"])
def test_connected_is_true_or_false(thing: str, value: object, fake: Fake) -> None:
    owner = THINGS[thing](fake)
    for connected in (False, True):
        owner.connected = connected
        with pytest.raises(TypeError, match=r"connected=.*expected True or False"):
            owner.connected = value
        assert fake.connected is fake.faults.connected is connected


@pytest.mark.parametrize(
    "make",
    [
        lambda value: Fake(onboarded=value),
        lambda value: Fake(can_onboard=value),
        lambda value: Fake().make_wsgi_app(control=value),
        lambda value: fakeim.mock_ssm_incidents(at_call=value),
        lambda value: fakeim.mock_ssm_incidents(virtual_waits=value),
    ],
)
@pytest.mark.parametrize("value", ["no", "", 0, 1, None])
def test_a_flag_is_true_or_false(make: Callable[[Any], object], value: object) -> None:
    with pytest.raises(TypeError, match="expected True or False"):
        make(value)


@pytest.mark.parametrize("seed", [None, 1.5, b"seed", ("a",)])
def test_a_seed_is_a_number_or_a_text(seed: Any) -> None:
    with pytest.raises(TypeError, match="seed="):
        Fake(seed=seed)


@pytest.mark.parametrize(
    "act",
    [
        lambda fake, value: fake.clock.auto_advance(value),
        lambda fake, value: fake.clock.sleep(value),
        lambda fake, value: fake.consistency.lists_lag(value),
        lambda fake, value: fake.consistency.regions_lag(value),
        lambda fake, value: fake.effects.after(value),
        lambda fake, value: fake.faults.latency("*", value),
        lambda fake, value: fake.transitions.after(value),
    ],
)
@pytest.mark.parametrize("value", [True, False, "2", None, -1, float("nan"), float("inf"), timedelta(seconds=1)])
def test_seconds_are_a_number_from_0(act: Callable[[Fake, Any], object], value: object, fake: Fake) -> None:
    with pytest.raises(ValueError, match="seconds="):
        act(fake, value)


@pytest.mark.parametrize("name", ["account_id", "calls", "clock", "faults", "unreadable_secrets"])
def test_an_attribute_that_is_only_read_says_so(name: str, fake: Fake) -> None:
    with pytest.raises(AttributeError, match=rf"FakeIncidentManager\.{name} cannot be set to 5: it is read-only"):
        setattr(fake, name, 5)


@pytest.mark.parametrize("value", [5, True, 1.5, date(2026, 1, 1), ["2026-01-01"]])
@pytest.mark.parametrize("method", ["freeze", "move_to"])
def test_a_moment_is_a_datetime_or_text(method: str, value: object, fake: Fake) -> None:
    with pytest.raises(TypeError, match="expected a datetime or ISO 8601 text"):
        getattr(fake.clock, method)(value)


@pytest.mark.parametrize("code", ["ThrotlingException", "throttlingexception", 503, "505"])
def test_calls_cannot_have_failed_with_an_error_that_is_not_there(code: Any, fake: Fake) -> None:
    with pytest.raises(ValueError, match=f"there is no error {code!r}.*did you mean"):
        fake.calls.failed(code)


@pytest.mark.parametrize("error", ["ThrottlingException", "InternalFailure", "ReadTimeoutError", 502])
def test_calls_can_have_failed_with_each_that_is_there(error: str | int, fake: Fake) -> None:
    assert not fake.calls.failed(str(error))
    with fake.faults.inject("*", error), pytest.raises(Exception):  # noqa: B017, PT011 - of any kind
        start(fake.client(), NO_PLAN)
    assert len(fake.calls.failed(str(error))) == 1


@pytest.mark.parametrize("operation", [5, None, "start_incident"])
def test_operations_are_names(operation: Any, fake: Fake) -> None:
    with pytest.raises(ValueError, match="there is no operation"):
        fake.calls.of(operation)


@pytest.mark.parametrize("subject", ["SSM Incident Strat", "start_incident", 5])
def test_a_message_cannot_have_a_subject_that_is_not_there(subject: Any, fake: Fake) -> None:
    with pytest.raises(ValueError, match=f"there is no subject {subject!r}"):
        fake.outbox.saying(subject)


# -- what has to go on working


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        ("fake", "client"),
        ("fake", "snapshot"),
        ("clock", "now_ms"),
        ("clock", "sleep"),
        ("effects", "after"),
        ("faults", "inject"),
        ("iam", "deny"),
        ("calls", "of"),
        ("quotas", "set"),
        ("outbox", "pages"),
        ("pagination", "told"),
    ],
)
def test_methods_can_be_patched(thing: str, name: str, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = THINGS[thing](fake)
    before = vars(owner).copy()
    with mock.patch.object(owner, name) as outer:
        assert getattr(owner, name) is outer
        with mock.patch.object(owner, name, return_value=5):
            assert getattr(owner, name)() == 5
        assert getattr(owner, name) is outer
    assert vars(owner) == before
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, lambda: 6)
        assert getattr(owner, name)() == 6
    assert getattr(owner, name).__self__ is owner


def test_properties_can_be_patched(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(fake, "connected", False)
        patched.setattr(fake.pagination, "page_size", 2)
        assert (fake.connected, fake.pagination.page_size) == (False, 2)
    assert (fake.connected, fake.pagination.page_size) == (True, None)
    with mock.patch.object(Fake, "account_id", "333333333333"):
        assert fake.account_id == "333333333333"
    app = fake.wsgi_app
    replacement: Any = print
    monkeypatch.setattr(fake, "wsgi_app", replacement)
    assert fake.wsgi_app is replacement
    monkeypatch.undo()
    assert fake.wsgi_app is app


def test_autospecs_and_specs_know_the_attributes() -> None:
    for spec in (mock.create_autospec(Fake, instance=True), mock.Mock(spec=Fake())):
        spec.client()
        with pytest.raises(AttributeError):
            spec.cleint()


class Bot(Fake):
    """A fake of a user's own."""

    told = "nothing"

    def __init__(self, name: str) -> None:
        self.before = 1
        super().__init__()
        self.name = name
        self._paged: list[str] = []

    def page(self, whom: str) -> None:
        self.told = whom
        self._paged = [*self._paged, whom]
        self.before += 1


class LoudBot(Bot):
    """One more level: what seals has to wait for the last ``__init__``."""

    def __init__(self) -> None:
        super().__init__("loud")
        self.loud = True


def test_a_subclass_may_have_attributes_of_its_own() -> None:
    for bot in (Bot("bot"), LoudBot()):
        bot.page("alice")
        bot.name = "other"
        assert (bot.told, bot.name, bot.before) == ("alice", "other", 2)
        with pytest.raises(AttributeError, match="did you mean connected"):
            bot.conected = False  # type: ignore[attr-defined]
        with pytest.raises(AttributeError, match="has no attribute"):
            bot.lowd = True  # type: ignore[attr-defined]
        bot.reset()
        assert bot.client().list_response_plans()["responsePlanSummaries"] == []


# -- Regions

UNKNOWN = ["mars-1", "us-esat-1", "us-east-11", "us-east-1a", "US-EAST-1", "us_east_1", "aws-global", " ", "xx-mars-1"]
PLACES: dict[str, Callable[[str], object]] = {
    "client": lambda region: Fake().client(region),
    "client of a config": lambda region: Fake().client(config=Config(region_name=region)),
    "boto3_client": lambda region: Fake().boto3_client(region),
    "regions": lambda region: Fake(regions=[region]),
    "one of the regions": lambda region: Fake(regions=["us-east-1", region]),
    "regions as a text": lambda region: Fake(regions=region),
    "regions of a dump": lambda region: Fake.from_dump(Fake().dump(), regions=(region,)),
    "transitions": lambda region: Fake().transitions.fail(region, "no key"),
}


class Place(str, Enum):  # noqa: UP042 - also what users on older versions of Python write
    """Names of Regions, as some keep them."""

    HERE = "eu-west-1"


@pytest.mark.parametrize("region", UNKNOWN)
@pytest.mark.parametrize("place", PLACES)
def test_a_region_that_no_partition_has_is_refused(place: str, region: str) -> None:
    with pytest.raises(ValueError, match=f"there is no Region '{region}'"):
        PLACES[place](region)


@pytest.mark.parametrize("region", [5, b"us-east-1", ("us-east-1",), True])
@pytest.mark.parametrize("place", ["client", "boto3_client", "transitions"])
def test_a_region_is_a_text(place: str, region: Any) -> None:
    with pytest.raises(ValueError, match="there is no Region"):
        PLACES[place](region)


@pytest.mark.parametrize("region", ["us-esat-1", "US-EAST-1", "us-east-1a", "us_east_1", "useast1"])
def test_the_region_that_was_meant_is_suggested(region: str) -> None:
    with pytest.raises(ValueError, match=r"did you mean .*us-east-1"):
        Fake().client(region)


@pytest.mark.parametrize("region", ["us-iso-east-1", "us-isob-east-1", "eusc-de-east-1"])
def test_a_region_of_a_partition_without_the_service_is_refused(region: str) -> None:
    with pytest.raises(ValueError, match="in aws, aws-cn, aws-us-gov"):
        Fake().client(region)


@pytest.mark.parametrize("region", ["eu-west-1", "ap-southeast-2", "us-west-2", "me-central-1", Place.HERE])
def test_regions_of_the_partition_are_taken_everywhere(region: str) -> None:
    for act in PLACES.values():
        act(region)
    assert Fake().client(region).meta.region_name == "eu-west-1" if region is Place.HERE else region


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_every_region_that_botocore_knows_is_taken(partition: str) -> None:
    known = boto3.Session().get_available_regions("ec2", partition)
    assert known
    assert {PARTITIONS[name] for name in known} == {partition}
    for name in known:
        assert Fake(regions=(name,)).client().list_replication_sets()["replicationSetArns"]


def test_a_replication_set_takes_no_such_region() -> None:
    client = Fake(onboarded=False).client()
    with pytest.raises(ClientError, match="us-esat-1"):
        client.create_replication_set(regions={"us-east-1": {}, "us-esat-1": {}})
