"""Whatever is asked, in whatever order: an answer of the right form, or an error that the operation declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import Phase, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contract_tests.budgets import examples
from contract_tests.fake_only.accounts import REGIONS, Account, full_account
from contract_tests.fake_only.inspection import OPERATIONS, disorder, dump, each_operation, names_in_use
from contract_tests.strategies import largest
from fakeim.service import errors, related_items
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

    from fakeim.spec.api import Operation


@each_operation
@examples(percent=12)
@given(data=st.data())
def test_every_request_to_a_full_account_is_answered_or_refused_properly(
    operation: Operation, data: DataObject
) -> None:
    account = full_account()
    account.call(operation, data.draw(account.request(operation)), data.draw(st.sampled_from(REGIONS)))


@examples(percent=5, phases=[Phase.generate])  # to shrink the longest of everything takes minutes
@given(data=st.data())
def test_the_longest_of_everything_is_kept_and_shown(data: DataObject) -> None:
    account, operations = Account(), load_api().operations

    def write(name: str, /, **params: Any) -> Any:
        drawn = data.draw(largest(operations[name].input)) | params
        del drawn["clientToken"]
        return read(name, **drawn)

    def read(name: str, /, **params: Any) -> Any:
        outcome = account.call(operations[name], params)
        assert isinstance(outcome, dict), outcome
        return outcome

    plan = write("CreateResponsePlan")["arn"]
    incident = write("StartIncident", responsePlanArn=plan)["incidentRecordArn"]
    write("UpdateResponsePlan", arn=plan)
    write("UpdateIncidentRecord", arn=incident)
    write("UpdateRelatedItems", incidentRecordArn=incident)
    write("CreateTimelineEvent", incidentRecordArn=incident, eventType="Note")
    read("GetResponsePlan", arn=plan)
    read("GetIncidentRecord", arn=incident)
    read("ListRelatedItems", incidentRecordArn=incident)
    for event in read("ListTimelineEvents", incidentRecordArn=incident)["eventSummaries"]:
        read("GetTimelineEvent", incidentRecordArn=incident, eventId=event["eventId"])


@pytest.mark.parametrize("problem", [errors.conflict("no", "RESPONSE_PLAN", "arn"), KeyError("key")], ids=repr)
def test_a_call_that_fails_when_it_has_written_is_undone(monkeypatch: pytest.MonkeyPatch, problem: Exception) -> None:
    def fail(*_: Any) -> None:
        raise problem

    fake = full_account().fake
    client: Any = fake.client()
    before = dump(fake)["incident_records"], dump(fake)["related_items"], dump(fake)["timeline_events"]
    monkeypatch.setattr(related_items, "attach_parent", fail)
    item = {"identifier": {"type": "OTHER", "value": {"url": "https://example.org"}}}
    with pytest.raises(ClientError) as caught:
        client.start_incident(
            responsePlanArn=names_in_use(fake)["response_plans"][0], relatedItems=[item, {**item, "title": "again"}]
        )
    assert (dump(fake)["incident_records"], dump(fake)["related_items"], dump(fake)["timeline_events"]) == before
    assert disorder(fake) == []
    internal = isinstance(problem, KeyError)
    assert caught.value.response["Error"]["Code"] == ("InternalServerException" if internal else "ConflictException")
    assert caught.value.__cause__ is (problem if internal else None)


class AnyCalls(RuleBasedStateMachine):
    """Any calls in any order, while time passes and changes of the replication set take their time."""

    def __init__(self) -> None:
        super().__init__()
        self.account = full_account()
        self.fake = self.account.fake

    @rule(data=st.data(), operation=st.sampled_from(OPERATIONS), region=st.sampled_from(REGIONS))
    def call(self, data: DataObject, operation: Operation, region: str) -> None:
        """Call anything."""
        self.account.call(operation, data.draw(self.account.request(operation)), region)

    @rule(data=st.data(), operations=st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=4))
    def call_again_after_a_restore(self, data: DataObject, operations: list[Operation]) -> None:
        """Bring back what was, call the same again, and see the same, ids included."""
        snapshot, before = self.fake.snapshot(), dump(self.fake)
        calls = [(operation, data.draw(self.account.request(operation))) for operation in operations]
        outcomes = [self.account.call(*each) for each in calls]
        after = dump(self.fake)
        self.fake.restore(snapshot)
        assert dump(self.fake) == before
        assert [self.account.call(*each) for each in calls] == outcomes
        assert dump(self.fake) == after

    @rule(data=st.data())
    def find_something(self, data: DataObject) -> None:
        """Do what AWS does by itself."""
        incidents = names_in_use(self.fake)["incident_records"]
        if incidents:
            deployment = {"deploymentGroupArn": "arn:aws:codedeploy:::group", "deploymentId": "d", "startTime": 0}
            self.fake.add_finding(data.draw(st.sampled_from(incidents)), code_deploy_deployment=deployment)

    @rule(hours=st.floats(0, 30))
    def let_time_pass(self, hours: float) -> None:
        """Let client tokens and page tokens expire, and changes come due."""
        self.fake.clock.advance(hours=hours)

    @rule(pace=st.sampled_from(["immediate", "manual", "complete"]))
    def change_the_pace(self, pace: str) -> None:
        """Let changes be immediate, or never end, or end now."""
        getattr(self.fake.transitions, pace)()

    @rule(seconds=st.floats(0, 100_000))
    def let_changes_take(self, seconds: float) -> None:
        """Let changes take their time."""
        self.fake.transitions.after(seconds)

    @invariant()
    def tables_are_in_order(self) -> None:
        """See order and indexes as a rebuild from the rows would make them."""
        assert disorder(self.fake) == []


TestAnyCalls = AnyCalls.TestCase
TestAnyCalls.settings = examples(percent=15, stateful_step_count=30)
