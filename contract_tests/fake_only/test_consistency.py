"""What is written may be seen later: in lists, and in other Regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

import fakeim
from contract_tests.fake_only.accounts import REGIONS
from contract_tests.fake_only.inspection import OPERATIONS, dump, names_in_use
from contract_tests.fake_only.twins import READS, UPDATE, Twins, outcome
from contract_tests.support import contents, fails, make_plan, run_machine, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DataObject
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.fake_only.accounts import Outcome
    from fakeim.spec.api import Operation

HERE, THERE = REGIONS[:2]
LISTS = [each for each in READS if each.name.startswith("List") and each.pagination]
LISTS_OF_ALL = [each for each in LISTS if not each.input.required]
LAGS = st.sampled_from([0, 1, 3])


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    fake = fakeim.FakeIncidentManager(regions=REGIONS[:2])
    fake.clock.freeze("2026-01-01")
    return fake


@pytest.fixture
def client(fake: fakeim.FakeIncidentManager) -> SSMIncidentsClient:
    return fake.client()


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
    run_machine(AnyLag, examples=40, steps=25)


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
        found = self.account.call(operation, params, region)
        if operation in LISTS_OF_ALL:
            assert found == self.then(operation, params, region)
        elif operation not in LISTS:
            assert found == outcome(self.prompt, operation, params, region)


class LateRegions(Past):
    """All is written in the first Region, and read in the others; here ``call`` means to write."""

    def __init__(self) -> None:
        super().__init__()
        self.late.consistency.regions_lag(self.lag)

    @rule(data=st.data(), operation=st.sampled_from(OPERATIONS))
    def call(self, data: DataObject, operation: Operation) -> None:  # type: ignore[override]
        super().call(data, operation, HERE)

    @rule(data=st.data(), operation=st.sampled_from(READS), region=st.sampled_from(REGIONS))
    def read(self, data: DataObject, operation: Operation, region: str) -> None:
        params = data.draw(self.account.request(operation))
        expected = outcome(self.prompt, operation, params, region) if region == HERE else None
        assert self.account.call(operation, params, region) == expected or self.then(operation, params, region)
