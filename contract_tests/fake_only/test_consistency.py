"""What is written may be seen later: in lists, and in other Regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

import fakeim
from contract_tests.fake_only.accounts import REGIONS
from contract_tests.fake_only.inspection import dump, names_in_use
from contract_tests.fake_only.twins import READS, Twins, outcome
from contract_tests.support import contents, fails, make_plan, run_machine, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DataObject
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.fake_only.accounts import Outcome
    from fakeim.spec.api import Operation

HERE, THERE = REGIONS[:2]
LISTS = [each for each in READS if each.name.startswith("List") and each.pagination]
LAGS = st.sampled_from([0, 1, 3])


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    fake = fakeim.FakeIncidentManager(regions=REGIONS[:2])
    fake.clock.freeze("2026-01-01")
    return fake


@pytest.fixture
def there(fake: fakeim.FakeIncidentManager) -> SSMIncidentsClient:
    return fake.client(THERE)


# -- in the end everything is seen, and what is written never depends on a lag


class AnyLag(Twins):
    """Lags of any length, which come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Any] = []

    @rule(lists=LAGS, regions=LAGS)
    def lag(self, lists: int, regions: int) -> None:
        self.late.consistency.lists_lag(lists)
        self.late.consistency.regions_lag(regions)

    @rule(which=st.sampled_from(["transitions", "effects"]), pace=st.sampled_from(["immediate", "manual", "complete"]))
    def change_the_pace(self, which: str, pace: str) -> None:
        self.both(lambda fake: getattr(getattr(fake, which), pace)())

    @rule()
    def keep(self) -> None:
        self.kept = [self.late.snapshot(), self.prompt.snapshot()]

    @rule()
    def go_back(self) -> None:
        for fake, kept in zip((self.late, self.prompt), self.kept, strict=False):
            fake.restore(kept)

    @invariant()
    def the_same_is_there(self) -> None:
        assert dump(self.late) == dump(self.prompt)

    def teardown(self) -> None:
        self.late.clock.advance(seconds=6)
        self.both(all_that_is_seen)


def all_that_is_seen(fake: fakeim.FakeIncidentManager) -> Any:
    """Read everything in every Region, one of which is not the account's."""
    incidents = names_in_use(fake)["incident_records"]
    found: list[Any] = [contents(fake.client(region)) for region in REGIONS]
    for region in REGIONS:
        client: Any = fake.client(region)
        found += [client.list_incident_findings(incidentRecordArn=each)["findings"] for each in incidents]
    return found


def test_in_the_end_everything_is_seen() -> None:
    run_machine(AnyLag, percent=40, steps=25)


# -- until then, a list shows what was, and so does another Region


class Past(Twins):
    """A lag of which it is known what is seen: what the prompt fake showed so many seconds ago."""

    lag = 3

    def __init__(self) -> None:
        super().__init__()
        self.late.clock.freeze()
        self.past = fakeim.FakeIncidentManager(regions=REGIONS[:2], clock=self.late.clock)
        self.history = [(-1, self.prompt.snapshot())]

    @invariant()
    def remember(self) -> None:
        now = self.late.clock.now_ms()
        self.history = [each for each in self.history if each[0] != now] + [(now, self.prompt.snapshot())]

    def then(self, operation: Operation, params: dict[str, Any], region: str) -> Outcome:
        """Give what the prompt fake showed."""
        moment = self.late.clock.now_ms() - 1000 * self.lag
        self.past.restore(next(kept for time, kept in reversed(self.history) if time <= moment))
        return outcome(self.past, operation, params, region)


class LateLists(Past):
    def __init__(self) -> None:
        super().__init__()
        self.late.consistency.lists_lag(self.lag)

    @rule(data=st.data(), operation=st.sampled_from(READS), region=st.sampled_from(REGIONS))
    def read(self, data: DataObject, operation: Operation, region: str) -> None:
        params = data.draw(self.account.request(operation))
        found, now = self.account.call(operation, params, region), outcome(self.prompt, operation, params, region)
        if operation not in LISTS:
            assert found == now
        then, incident = self.then(operation, params, region), params.get("incidentRecordArn")
        there = [names_in_use(fake)["incident_records"] for fake in (self.prompt, self.past)]
        if operation in LISTS and (incident is None or all(incident in each for each in there)):
            assert found == then


class LateRegions(Past):
    """All is written in the first Region, and read in the others."""

    writers = (HERE,)

    def __init__(self) -> None:
        super().__init__()
        self.late.consistency.regions_lag(self.lag)

    @rule(data=st.data(), operation=st.sampled_from(READS), region=st.sampled_from(REGIONS))
    def read(self, data: DataObject, operation: Operation, region: str) -> None:
        params = data.draw(self.account.request(operation))
        found, now = self.account.call(operation, params, region), outcome(self.prompt, operation, params, region)
        assert found == (now if region == HERE else self.then(operation, params, region))


@pytest.mark.parametrize("machine", [LateLists, LateRegions])
def test_what_is_seen_is_what_was(machine: type[Past]) -> None:
    run_machine(machine, percent=30, steps=25)


# -- lists


def listed(client: SSMIncidentsClient) -> list[tuple[str, str]]:
    found = client.list_incident_records()["incidentRecordSummaries"]
    return [(each["title"], each["status"]) for each in found]


def test_a_fresh_incident_is_not_listed_yet(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    fake.consistency.lists_lag(seconds=5)
    incident = start(client, plan)
    assert client.get_incident_record(arn=incident)["incidentRecord"]["status"] == "OPEN"
    assert listed(client) == []
    assert client.list_incident_findings(incidentRecordArn=incident)["findings"] == []
    assert client.list_tags_for_resource(resourceArn=incident)["tags"] == {}
    fake.clock.advance(seconds=4.999)
    assert listed(client) == []
    assert client.list_timeline_events(incidentRecordArn=incident)["eventSummaries"] == []
    fake.clock.advance(seconds=0.002)
    assert listed(client) == [("title", "OPEN")]
    assert len(client.list_timeline_events(incidentRecordArn=incident)["eventSummaries"]) == 2


def test_what_is_changed_or_deleted_is_listed_as_it_was(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    incident = start(client, make_plan(client))
    opened: Any = [{"key": "status", "condition": {"equals": {"stringValues": ["OPEN"]}}}]
    fake.consistency.lists_lag(seconds=5)
    client.update_incident_record(arn=incident, status="RESOLVED")
    fake.clock.advance(seconds=3)
    client.delete_incident_record(arn=incident)
    assert listed(client) == [("title", "OPEN")]
    fake.clock.advance(seconds=2)
    assert listed(client) == [("title", "RESOLVED")]
    assert client.list_incident_records(filters=opened)["incidentRecordSummaries"] == []
    fake.clock.advance(seconds=3)
    assert listed(client) == []


def test_what_goes_with_the_replication_set_is_listed_as_it_was(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, there: SSMIncidentsClient
) -> None:
    plan = make_plan(client)

    def plans() -> list[int]:
        return [len(each.list_response_plans()["responsePlanSummaries"]) for each in (client, there)]

    fake.consistency.lists_lag(seconds=5)
    fake.consistency.regions_lag(seconds=5)
    client.delete_replication_set(arn=client.list_replication_sets()["replicationSetArns"][0])
    assert there.get_response_plan(arn=plan)["name"] == "plan"
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_response_plan(arn=plan)
    assert plans() == [1, 1]
    fake.clock.advance(seconds=5)
    assert plans() == [0, 1]
    fake.clock.advance(seconds=5)
    assert plans() == [0, 0]


def test_policies_have_pages_and_are_no_list(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    fake.consistency.lists_lag(seconds=5)
    client.put_resource_policy(resourceArn=plan, policy='{"Statement":[]}')
    assert client.get_resource_policies(resourceArn=plan)["resourcePolicies"]


def test_the_pages_of_a_list_outlast_its_lag(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    for name in "abc":
        make_plan(client, name)
    fake.consistency.lists_lag(seconds=5)
    client.delete_response_plan(arn=client.list_response_plans()["responsePlanSummaries"][1]["arn"])
    make_plan(client, "d")
    first = client.list_response_plans(maxResults=1)
    fake.clock.advance(seconds=5)
    rest = client.list_response_plans(nextToken=first["nextToken"])
    assert [each["name"] for each in first["responsePlanSummaries"] + rest["responsePlanSummaries"]] == ["a", "c", "d"]


# -- Regions


def test_another_region_finds_it_later(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, there: SSMIncidentsClient
) -> None:
    plan = make_plan(client)
    fake.consistency.regions_lag(seconds=10)
    fake.consistency.lists_lag(seconds=5)
    incident = start(client, plan)
    assert client.get_incident_record(arn=incident)
    for seconds in (0, 9.999):
        fake.clock.advance(seconds=seconds)
        assert listed(there) == []
        assert there.list_timeline_events(incidentRecordArn=incident)["eventSummaries"] == []
        with pytest.raises(there.exceptions.ResourceNotFoundException):
            there.get_incident_record(arn=incident)
        with pytest.raises(there.exceptions.ResourceNotFoundException):
            there.batch_get_incident_findings(incidentRecordArn=incident, findingIds=[])
        with pytest.raises(there.exceptions.ResourceNotFoundException):
            there.list_tags_for_resource(resourceArn=incident)
    fake.clock.advance(milliseconds=1)
    assert there.get_incident_record(arn=incident) is not None
    assert (listed(client), listed(there)) == ([("title", "OPEN")], [])
    fake.clock.advance(seconds=5)
    assert listed(there) == [("title", "OPEN")]


def test_each_region_sees_its_own_at_once(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, there: SSMIncidentsClient
) -> None:
    incident = start(client, make_plan(client))

    def seen() -> list[tuple[int, str | None]]:
        records = [each.get_incident_record(arn=incident)["incidentRecord"] for each in (client, there)]
        return [(each["impact"], each.get("summary")) for each in records]

    fake.consistency.regions_lag(seconds=10)
    client.update_incident_record(arn=incident, impact=1)
    assert seen() == [(1, None), (5, None)]
    fake.clock.advance(seconds=4)
    there.update_incident_record(arn=incident, summary="there")
    assert seen() == [(1, None), (1, "there")]  # the record as a whole
    fake.clock.advance(seconds=6)
    assert seen() == [(1, None), (1, "there")]  # what arrives there now is out of date
    fake.clock.advance(seconds=4)
    assert seen() == [(1, "there")] * 2


def test_no_lag_makes_a_second_incident(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, there: SSMIncidentsClient
) -> None:
    fake.consistency.regions_lag(seconds=10)
    fake.consistency.lists_lag(seconds=10)
    plan, deduplicated = make_plan(client), make_plan(client, "same", template={"dedupeString": "same"})
    assert start(client, plan, clientToken="token") == start(there, plan, clientToken="token")
    assert start(client, deduplicated) == start(there, deduplicated)
    with fails(client, "ConflictException", resourceType="RESPONSE_PLAN", resourceIdentifier=plan):
        make_plan(there)
    fake.consistency.settle()
    assert len(listed(there)) == len(listed(client)) == 2


# -- settings


def test_settling_shows_what_has_been_written(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    for settle in (fake.consistency.settle, lambda: fake.consistency.lists_lag(5), fake.consistency.reset):
        fake.consistency.lists_lag(seconds=5)
        before = len(listed(client))
        start(client, plan)
        assert len(listed(client)) == before
        settle()
        assert len(listed(client)) == before + 1


def test_snapshots_keep_what_is_not_seen_yet(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    fake.consistency.lists_lag(seconds=5)
    start(client, plan)
    unseen = fake.snapshot()
    fake.consistency.settle()
    for _ in range(2):
        fake.restore(unseen)
        assert listed(client) == []
        fake.clock.advance(seconds=5)
        assert listed(client) == [("title", "OPEN")]
        fake.clock.freeze("2026-01-01")
    fake.restore(unseen)
    fake.reset()
    start(client, make_plan(client))
    assert listed(client) == [("title", "OPEN")]


def test_when_there_is_no_lag_nothing_is_kept(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    fake.consistency.lists_lag(seconds=5)
    make_plan(client)
    unseen = fake.snapshot()
    fake.consistency.lists_lag(0)
    fake.restore(unseen)
    start(client, make_plan(client, "other"))
    assert not fake.snapshot().state.views
    assert listed(client) == [("title", "OPEN")]


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_a_lag_that_cannot_be(fake: fakeim.FakeIncidentManager, seconds: float) -> None:
    for setting in (fake.consistency.lists_lag, fake.consistency.regions_lag):
        with pytest.raises(ValueError, match="give 0 or more"):
            setting(seconds)
    assert not fake.consistency.on


# -- what it finds


def trusts_the_list(client: SSMIncidentsClient, plan: str) -> None:
    """Start an incident unless there is one, for each of two alarms that come one after the other."""
    for _ in range(2):
        if not client.list_incident_records()["incidentRecordSummaries"]:
            start(client, plan)


def uses_a_token(client: SSMIncidentsClient, plan: str) -> None:
    for _ in range(2):
        start(client, plan, clientToken="the outage of today")


@pytest.mark.parametrize(("bot", "expected"), [(trusts_the_list, 2), (uses_a_token, 1)])
def test_a_bot_that_lists_what_it_has_made_is_found(
    fake: fakeim.FakeIncidentManager,
    client: SSMIncidentsClient,
    bot: Callable[[SSMIncidentsClient, str], None],
    expected: int,
) -> None:
    plan, clean = make_plan(client), fake.snapshot()
    bot(client, plan)
    assert len(listed(client)) == 1
    fake.restore(clean)
    fake.consistency.lists_lag(seconds=5)
    bot(client, plan)
    fake.clock.advance(seconds=5)
    assert len(listed(client)) == expected


def test_a_bot_that_reads_in_another_region_is_found(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, there: SSMIncidentsClient
) -> None:
    plan = make_plan(client)

    def handed_over() -> str:
        """Start an incident here, and announce it from a function that runs in the other Region."""
        return there.get_incident_record(arn=start(client, plan))["incidentRecord"]["title"]

    assert handed_over() == "title"
    fake.consistency.regions_lag(seconds=2)
    with pytest.raises(there.exceptions.ResourceNotFoundException):
        handed_over()
