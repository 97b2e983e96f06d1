"""Snapshots and views share rows with the account, and with others: what happens to one never reaches another."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from contract_tests.fake_only.accounts import FULL, REGIONS, Account
from contract_tests.fake_only.inspection import OPERATIONS, disorder, is_in_order, live_state
from contract_tests.fake_only.twins import READS, outcome
from contract_tests.support import contents, run_machine
from fakeim import FakeIncidentManager
from fakeim.service import actions

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DataObject

    from fakeim.incident_manager import Snapshot
    from fakeim.service.state import State
    from fakeim.spec.api import Operation

PACES = st.sampled_from([("immediate",), ("after", 2), ("manual",), ("complete",)])
LAGS = st.sampled_from([0, 3])


def _event(client: Any, incident: str) -> None:
    client.create_timeline_event(incidentRecordArn=incident, eventTime=0, eventType="Note", eventData="data")


def _forget(client: Any, _: str) -> None:
    [arn] = client.list_replication_sets()["replicationSetArns"]
    client.delete_replication_set(arn=arn)


EFFECTIVE: dict[str, Callable[[Any, str], object]] = {
    "delete": lambda client, incident: client.delete_incident_record(arn=incident),
    "event": _event,
    "forget all": _forget,
    "resolve": lambda client, incident: client.update_incident_record(arn=incident, status="RESOLVED"),
    "start": lambda client, incident: client.start_incident(responsePlanArn=actions.plan_of(incident)),
    "tag": lambda client, incident: client.tag_resource(resourceArn=incident, tags={"a": "1"}),
}
WRITES = st.lists(st.sampled_from(sorted(EFFECTIVE)), min_size=1, max_size=3)


def everything(state: State) -> dict[str, Any]:
    """Give all that a state holds as text, with what is seen late, and where, and what is to be seen."""
    views = {
        place: (everything(view.state), repr(view._coming), repr(view._newest))  # noqa: SLF001 - as above
        for place, view in state.views.items()
    }
    return {**rows(state), "number": state.number, "sent": repr(state.sent), "views": views}


def rows(state: State) -> dict[str, Any]:
    """Give the rows of all tables as text, without a copy, which would have them shared."""
    return {
        name: (repr(table._rows), repr(list(table._order)))  # noqa: SLF001 - what lies there, not what is shown of it
        for name, table in state.tables().items()
    }


class Copies(RuleBasedStateMachine):
    """Two fakes of one account, under any settings, between which snapshots go."""

    snapshots = Bundle("snapshots")

    def __init__(self) -> None:
        super().__init__()
        self.account = Account()
        self.other = FakeIncidentManager(regions=REGIONS[:2], clock=self.account.fake.clock)
        self.fakes = [self.account.fake, self.other]
        self.kept: list[tuple[Snapshot, dict[str, Any]]] = []
        for fake in self.fakes:
            fake.restore(FULL)

    @rule(target=snapshots, which=st.integers(0, 1))
    def keep(self, which: int) -> int:
        snapshot = self.fakes[which].snapshot()
        self.kept.append((snapshot, everything(snapshot.state)))
        return len(self.kept) - 1

    @rule(which=st.integers(0, 1), number=snapshots)
    def go_back(self, which: int, number: int) -> None:
        snapshot, content = self.kept[number]
        self.fakes[which].restore(snapshot)
        assert everything(live_state(self.fakes[which])) == content

    @rule(
        data=st.data(),
        which=st.integers(0, 1),
        operation=st.sampled_from(OPERATIONS),
        region=st.sampled_from(REGIONS[:2]),
    )
    def call(self, data: DataObject, which: int, operation: Operation, region: str) -> None:
        fake, bystander = self.fakes[which], self.fakes[1 - which]
        params, beside = data.draw(self.account.request(operation)), everything(live_state(bystander))
        fake.client().list_replication_sets()  # so that what is due by now is no effect of the call
        before = rows(live_state(fake))
        answer = outcome(fake, operation, params, region)
        if isinstance(answer, str) or operation in READS:
            assert rows(live_state(fake)) == before
        assert everything(live_state(bystander)) == beside

    @rule(which=st.integers(0, 1), region=st.sampled_from(REGIONS[:2]), writes=WRITES)
    def write(self, which: int, region: str, writes: list[str]) -> None:
        """Write what is never refused for its form."""
        client: Any = self.fakes[which].client(region)
        for each in writes:
            incidents = list(live_state(self.fakes[which]).incident_records._rows)  # noqa: SLF001 - a snapshot would share
            if incidents:
                with suppress(ClientError):
                    EFFECTIVE[each](client, incidents[-1])

    @rule(which=st.integers(0, 1), lists=LAGS, regions=LAGS)
    def lag(self, which: int, lists: int, regions: int) -> None:
        self.fakes[which].consistency.lists_lag(lists)
        self.fakes[which].consistency.regions_lag(regions)

    @rule(which=st.integers(0, 1), setting=st.sampled_from(["effects", "transitions"]), pace=PACES)
    def change_a_pace(self, which: int, setting: str, pace: Any) -> None:
        name, *seconds = pace
        getattr(getattr(self.fakes[which], setting), name)(*seconds)

    @rule(which=st.integers(0, 1), size=st.sampled_from([None, 1]), refused=st.sets(st.sampled_from(["iam", "quotas"])))
    def change_the_rest(self, which: int, size: int | None, refused: set[str]) -> None:
        fake = self.fakes[which]
        fake.pagination.page_size = size
        for name in ("open incidents", "response plans", "related items per incident"):
            fake.quotas.set(name, 2 if "quotas" in refused else None)
        fake.iam.clear()
        if "iam" in refused:
            fake.iam.deny(
                "ssm-incidents:*", resource="*:response-plan/two", caller="arn:aws:iam::123456789012:user/fakeim"
            )

    @rule(seconds=st.integers(1, 4))
    def wait(self, seconds: int) -> None:
        self.account.fake.clock.advance(seconds=seconds)
        for fake in self.fakes:
            for region in REGIONS[:2]:
                with suppress(ClientError):  # a list may still tell of what is gone
                    contents(fake.client(region, caller="arn:aws:iam::123456789012:root"))

    @invariant()
    def nothing_reaches_another(self) -> None:
        for snapshot, content in self.kept:
            assert everything(snapshot.state) == content
        for fake in self.fakes:
            assert disorder(fake) == []
            views = live_state(fake).views.values()
            assert all(is_in_order(table) for view in views for table in view.state.tables().values())


def test_what_happens_to_a_copy_reaches_no_other() -> None:
    run_machine(Copies, percent=40, steps=30)
