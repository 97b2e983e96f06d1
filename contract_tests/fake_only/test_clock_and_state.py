"""The fake that a user holds: its clock, its ids, its snapshots, and that it is its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import freezegun
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.fake_only.accounts import full_account, some_of_everything
from contract_tests.fake_only.inspection import disorder, dump
from fakeim.seeding.chance import Chance
from fakeim.service.clock import Clock
from fakeim.service.ids import Ids
from fakeim.service.state import Table
from fakeim.spec.codec import EPOCH, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
PLAN: dict[str, Any] = {"name": "plan", "incidentTemplate": {"title": "title", "impact": 1}}


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    return fakeim.FakeIncidentManager()


# -- the clock


class System:
    """A system's clock that a test can set."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        """Give the time, in milliseconds."""
        return self.now


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
def clock(system: System) -> Clock:
    return Clock(system)


def after_epoch(**parts: float) -> datetime:
    return EPOCH + timedelta(**parts)


def test_a_clock_follows_the_system(system: System, clock: Clock) -> None:
    system.now = 1_234
    assert clock.now() == after_epoch(milliseconds=1_234)
    assert clock.now().tzinfo is not None


def test_an_advanced_clock_goes_on_following(system: System, clock: Clock) -> None:
    clock.advance(days=1, hours=1, minutes=1, seconds=1.5, milliseconds=1)
    system.now = 1_000
    assert clock.now() == after_epoch(days=1, hours=1, minutes=1, seconds=2.5, milliseconds=1)


@pytest.mark.parametrize(
    "moment", [NEW_YEAR, NEW_YEAR.replace(tzinfo=None), "2026-01-01", "2026-01-01T01:00:00+01:00"], ids=str
)
def test_a_frozen_clock_stands_until_it_is_moved(system: System, clock: Clock, moment: Any) -> None:
    clock.freeze(moment)
    system.now = 99_999
    assert clock.now() == NEW_YEAR
    clock.advance(seconds=1)
    assert clock.now() == NEW_YEAR + timedelta(seconds=1)
    clock.move_to(moment)
    assert clock.now() == NEW_YEAR


def test_a_clock_frozen_without_a_moment_stands_where_it_was(system: System, clock: Clock) -> None:
    clock.advance(seconds=5)
    clock.freeze()
    system.now = 1_000
    assert clock.now() == after_epoch(seconds=5)


def test_an_unfrozen_clock_runs_on_from_where_it_stood(system: System, clock: Clock) -> None:
    clock.freeze(NEW_YEAR)
    system.now = 1_000
    clock.unfreeze()
    assert clock.now() == NEW_YEAR
    system.now = 3_000
    assert clock.now() == NEW_YEAR + timedelta(seconds=2)
    clock.unfreeze()
    assert clock.now() == NEW_YEAR + timedelta(seconds=2)


def test_a_running_clock_that_is_moved_runs_on_from_there(system: System, clock: Clock) -> None:
    clock.move_to(NEW_YEAR)
    system.now = 1_000
    assert clock.now() == NEW_YEAR + timedelta(seconds=1)
    clock.move_to("2020-01-01")
    assert clock.now() == datetime(2020, 1, 1, tzinfo=UTC)


def test_a_clock_forgets_all_when_it_follows_the_system_again(system: System, clock: Clock) -> None:
    clock.advance(days=1)
    clock.freeze()
    clock.auto_advance(5)
    clock.follow_system()
    system.now = 7
    assert [clock.tick(), clock.tick()] == [7, 7]


def test_to_sleep_is_to_move_the_clock(clock: Clock) -> None:
    clock.sleep(0.25)
    assert clock.now() == after_epoch(milliseconds=250)


def test_a_clock_does_not_advance_backward(clock: Clock) -> None:
    with pytest.raises(ValueError, match=r"cannot advance by -1 day.*use move_to"):
        clock.advance(hours=-1)


def test_each_call_moves_a_clock_that_advances_by_itself(fake: fakeim.FakeIncidentManager) -> None:
    client: Any = fake.client()
    fake.clock.freeze(NEW_YEAR)
    fake.clock.auto_advance(seconds=2)
    plan = client.create_response_plan(**PLAN)["arn"]
    arns = [client.start_incident(responsePlanArn=plan)["incidentRecordArn"] for _ in range(2)]
    created = [client.get_incident_record(arn=arn)["incidentRecord"]["creationTime"] for arn in arns]
    assert created == [NEW_YEAR + timedelta(seconds=2), NEW_YEAR + timedelta(seconds=4)]
    assert fake.clock.now() == fake.clock.now() == NEW_YEAR + timedelta(seconds=10)
    fake.clock.auto_advance(seconds=0)
    client.list_response_plans()
    assert fake.clock.now() == NEW_YEAR + timedelta(seconds=10)


@pytest.mark.parametrize(
    "moved",
    [lambda: freezegun.freeze_time("2026-01-01"), lambda: time_machine.travel(NEW_YEAR, tick=False)],
    ids=["freezegun", "time-machine"],
)
def test_a_fake_follows_a_system_time_that_a_test_moves(
    fake: fakeim.FakeIncidentManager, moved: Callable[[], Any]
) -> None:
    client: Any = fake.client()
    plan = client.create_response_plan(**PLAN)["arn"]
    with moved():
        arn = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
        shown = client.get_incident_record(arn=arn)["incidentRecord"]["creationTime"]
    assert shown == NEW_YEAR
    assert client.get_incident_record(arn=arn)["incidentRecord"]["creationTime"] == NEW_YEAR
    assert fake.clock.now() != NEW_YEAR


def each_millisecond(moved: str, first: datetime) -> Iterator[datetime]:
    """Move the system's time to each of 1,000 milliseconds, and yield it; every other one to its last microsecond."""
    moments = (first + timedelta(milliseconds=count, microseconds=count % 2 * 999) for count in range(1000))
    if moved == "freezegun":
        with freezegun.freeze_time(first) as frozen:
            for moment in moments:
                frozen.move_to(moment)
                yield moment
    else:
        with time_machine.travel(first, tick=False) as traveller:
            for moment in moments:
                traveller.move_to(moment)
                yield moment


@pytest.mark.parametrize("year", [1970, 1999, 2026, 2038, 2039])
@pytest.mark.parametrize("moved", ["freezegun", "time-machine"])
def test_a_fake_shows_every_millisecond_that_a_test_moves_to(
    fake: fakeim.FakeIncidentManager, moved: str, year: int
) -> None:
    behind = []
    for moment in each_millisecond(moved, datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)):
        now = datetime.now(UTC)
        if fake.clock.now() != now.replace(microsecond=now.microsecond // 1000 * 1000):
            behind.append(moment)
    assert behind == []


@pytest.mark.parametrize("moved", ["freezegun", "time-machine"])
def test_what_is_made_now_is_of_now_in_every_millisecond(fake: fakeim.FakeIncidentManager, moved: str) -> None:
    client: Any = fake.client()
    plan = client.create_response_plan(**PLAN)["arn"]
    for _ in each_millisecond(moved, NEW_YEAR):
        now = datetime.now(UTC)
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        seeded = fake.open_incident(plan, at=now)  # "has not come yet", if the fake is behind
        started = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
        for arn in (seeded, started):
            assert client.get_incident_record(arn=arn)["incidentRecord"]["creationTime"] == now
            client.delete_incident_record(arn=arn)


def test_fakes_can_share_a_clock(clock: Clock) -> None:
    one, other = (fakeim.FakeIncidentManager(clock=clock) for _ in range(2))
    one.clock.freeze(NEW_YEAR)
    assert other.clock.now() == NEW_YEAR
    one.reset()
    assert other.clock.now() == NEW_YEAR


# -- ids


def test_an_id_carries_its_moment() -> None:
    ids = Ids(Chance(0))
    for moment in (0, 1, milliseconds(NEW_YEAR), milliseconds(datetime(2100, 1, 1, tzinfo=UTC))):
        minted = ids.timed(moment)
        assert [len(part) for part in minted.split("-")] == [8, 4, 4, 4, 12]
        digits = minted.replace("-", "")
        assert digits == digits.lower()
        assert int(digits[:2], 16) % 2 == 0
        assert int(digits[2:12], 16) == moment // 2 % (1 << 40)


def story(fake: fakeim.FakeIncidentManager, *, looking: bool = False) -> list[Any]:
    """Make some of what has an id, perhaps looking around between, and give the ids."""
    client: Any = fake.client()
    fake.clock.freeze(NEW_YEAR)
    client.create_response_plan(**PLAN)
    plan = client.list_response_plans()["responsePlanSummaries"][0]["arn"]
    made = [client.put_resource_policy(resourceArn=plan, policy='{"Statement": []}')["policyId"]]
    for _ in range(2):
        incident = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
        if looking:
            client.list_timeline_events(incidentRecordArn=incident)
            client.get_incident_record(arn=incident)
            client.list_related_items(incidentRecordArn=incident)
        made += [incident, fake.add_finding(incident, code_deploy_deployment=DEPLOYMENT)]
    return made


DEPLOYMENT = {"deploymentGroupArn": "arn:aws:codedeploy:::group", "deploymentId": "id", "startTime": NEW_YEAR}


def test_equal_seeds_give_equal_ids() -> None:
    first = story(fakeim.FakeIncidentManager(seed="seed"))
    assert story(fakeim.FakeIncidentManager(seed="seed")) == first
    assert story(fakeim.FakeIncidentManager(seed="other")) != first
    assert len(set(first)) == len(first)


def test_looking_around_does_not_shift_the_ids() -> None:
    assert story(fakeim.FakeIncidentManager(), looking=True) == story(fakeim.FakeIncidentManager())


# -- snapshot, restore, reset


def test_a_snapshot_is_not_changed_by_what_comes_after() -> None:
    fake = full_account().fake
    snapshot, before = fake.snapshot(), dump(fake)
    for _ in range(2):
        after = (story(fake), dump(fake))
        fake.restore(snapshot)
        assert dump(fake) == before
        assert disorder(fake) == []
        assert (story(fake), dump(fake)) == after
        fake.restore(snapshot)


def test_a_snapshot_can_be_restored_in_another_fake_of_the_account() -> None:
    fake, other = full_account().fake, fakeim.FakeIncidentManager()
    other.restore(fake.snapshot())
    assert dump(other) == dump(fake)
    other.client().delete_response_plan(arn="arn:aws:ssm-incidents::123456789012:response-plan/one")
    assert dump(other) != dump(fake)


def test_a_snapshot_of_another_account_is_refused(fake: fakeim.FakeIncidentManager) -> None:
    other = fakeim.FakeIncidentManager(account_id="999999999999")
    with pytest.raises(ValueError, match="aws:999999999999 cannot be restored in aws:123456789012"):
        fake.restore(other.snapshot())


def test_a_reset_fake_is_as_new() -> None:
    fake = fakeim.FakeIncidentManager()
    first = story(fake)
    fake.transitions.manual()
    fake.unreadable_secrets.add("secret")
    fake.reset()
    assert fake.unreadable_secrets == set()
    assert fake.client().list_response_plans()["responsePlanSummaries"] == []
    assert abs(fake.clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert story(fake) == first


def test_a_client_outlives_a_reset_and_a_restore(fake: fakeim.FakeIncidentManager) -> None:
    client: Any = fake.client()
    snapshot = fake.snapshot()
    client.create_response_plan(**PLAN)
    fake.reset()
    assert client.list_response_plans()["responsePlanSummaries"] == []
    client.create_response_plan(**PLAN)
    fake.restore(snapshot)
    assert client.list_response_plans()["responsePlanSummaries"] == []


def test_two_fakes_share_nothing() -> None:
    one, other = fakeim.FakeIncidentManager(), fakeim.FakeIncidentManager()
    other.clock.freeze(NEW_YEAR)
    before = dump(other)
    story(one)
    one.transitions.manual()
    one.unreadable_secrets.add("secret")
    assert dump(other) == before
    assert other.unreadable_secrets == set()
    assert some_of_everything().fake.client().list_response_plans() != other.client().list_response_plans()


# -- arguments


@pytest.mark.parametrize(
    ("arguments", "thing", "remedy"),
    [
        ({"account_id": "1234"}, "account_id='1234'", "twelve digits"),
        ({"account_id": "1234-5678-90"}, "account_id=", "twelve digits"),
        ({"account_id": "١٢٣٤٥٦٧٨٩٠١٢"}, "account_id=", "twelve digits"),
        ({"regions": ()}, "regions=()", "1 to 3 different Regions"),
        ({"regions": ("us-east-1",) * 2}, "regions=", "1 to 3 different Regions"),
        ({"regions": ("us-east-1", "us-east-2", "us-west-1", "us-west-2")}, "regions=", "1 to 3 different Regions"),
        ({"regions": ("Virginia",)}, "regions=('Virginia',)", "as in ('us-east-1', 'eu-west-1')"),
        ({"regions": ("us-east-1", "cn-north-1")}, "regions=", "cannot span partitions"),
    ],
    ids=str,
)
def test_a_wrong_argument_is_named_with_its_remedy(arguments: dict[str, Any], thing: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=r"regions=|account_id=") as caught:
        fakeim.FakeIncidentManager(**arguments)
    assert thing in str(caught.value)
    assert remedy in str(caught.value)


def test_one_region_may_be_given_as_text() -> None:
    text: Any = "eu-west-1"
    assert fakeim.FakeIncidentManager(regions=text).client().meta.region_name == "eu-west-1"


# -- the laws of a table

NAMES = st.sampled_from("abcd")
POSITIONS = st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 9))
COLOURS = st.sampled_from(["red", "blue"])
WRITES = st.lists(
    st.one_of(
        st.tuples(st.just("put"), NAMES, POSITIONS, COLOURS),
        st.tuples(st.just("drop"), NAMES),
        st.tuples(st.just("drop_group"), st.integers(0, 2)),
        st.tuples(st.just("clear")),
        st.tuples(st.just("index")),
    ),
    max_size=12,
)


def write(table: Table, writes: list[tuple[Any, ...]]) -> None:
    for kind, *arguments in writes:
        if kind == "put":
            name, position, colour = arguments
            table.put((*position, name), {"colour": colour})
        elif kind == "index":
            table.index("colour", "red")
        else:
            getattr(table, kind)(*arguments)


def shown(table: Table) -> tuple[Any, ...]:
    names = sorted(name for name in "abcd" if name in table)
    rows = {name: (table.position(name), table.get(name)) for name in names}
    found = {colour: [table.row(row)[0] for row in table.index("colour", colour)] for colour in ("red", "blue")}
    assert found == {
        colour: sorted(position for position, record in rows.values() if record == {"colour": colour})
        for colour in found
    }
    assert table.first() == min(rows.values(), default=None, key=lambda row: row[0])
    return len(table), rows, found


@given(before=WRITES, after=WRITES)
def test_undoing_the_writes_brings_back_what_was(before: list[tuple[Any, ...]], after: list[tuple[Any, ...]]) -> None:
    undo: list[Any] = []
    table = Table("things", undo, lambda record: [("colour", record["colour"])])
    write(table, before)
    was = shown(table)
    undo.clear()
    write(table, after)
    shown(table)
    for call, arguments in reversed(undo):
        call(*arguments)
    assert shown(table) == was


@given(before=WRITES, after=WRITES, later=WRITES)
def test_a_copy_of_a_table_is_its_own(
    before: list[tuple[Any, ...]], after: list[tuple[Any, ...]], later: list[tuple[Any, ...]]
) -> None:
    undo: list[Any] = []
    table = Table("things", undo, lambda record: [("colour", record["colour"])])
    write(table, before)
    was, copy, other = shown(table), table.copy([]), table.copy([])
    assert shown(copy) == was
    write(copy, after)
    assert shown(table) == shown(other) == was
    undo.clear()
    write(table, later)
    assert shown(other) == was
    for call, arguments in reversed(undo):
        call(*arguments)
    assert shown(table) == shown(other) == was
    write(table, after)
    assert shown(other) == was
