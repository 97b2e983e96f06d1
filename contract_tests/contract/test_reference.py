"""Any history of calls, to all 31 operations, comes to what the reference says (catalogue §16)."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from contract_tests.budgets import count
from contract_tests.contract.reference.account import Account, Outcome
from contract_tests.contract.reference.calls import Moments
from contract_tests.contract.reference.requests import NAMES, PLANS, REGIONS, REQUESTS
from contract_tests.contract.reference.transcript import Transcript
from contract_tests.strategies import broken
from contract_tests.support import answered, spoil
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import SearchStrategy
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.contract.targets import ClientIn
    from contract_tests.support import Record

    Clients = Mapping[str, SSMIncidentsClient]

PATIENCE = 2
"""After how many calls without a replication set there is one again: without it, little can happen."""
PLAN_READS = {
    "get_response_plan": "arn",
    "get_resource_policies": "resourceArn",
    "list_tags_for_resource": "resourceArn",
}
READS = [method for method in REQUESTS if method.startswith(("get", "list", "batch"))]
FILTERED = ["list_incident_records", "list_timeline_events"]
LISTS = [method for method in READS if method.startswith("list")] + 2 * FILTERED
WRITES = [method for method in REQUESTS if method not in READS]
RICHEST = ["start_incident", "update_incident_record", "update_replication_set"]
TRIGGERS: Any = [{"key": "eventType", "condition": {"equals": {"stringValues": ["SSM Incident Trigger"]}}}]
OPERATIONS = load_api().methods
BREAKABLE = [method for method in REQUESTS if not broken(OPERATIONS[method]).is_empty]


class Request(NamedTuple):
    """What to ask, and whether it breaks a constraint of the model."""

    method: str
    params: Record
    breaks: bool = False


def to_one_of(methods: list[str]) -> SearchStrategy[Request]:
    """Ask one of these operations."""
    return st.sampled_from(methods).flatmap(lambda method: st.builds(Request, st.just(method), REQUESTS[method]))


def once_more(kind: str) -> SearchStrategy[Request]:
    """Do what was asked before, or, if nothing was, anything."""
    return st.runner().flatmap(
        lambda machine: st.sampled_from(machine.shown[kind]) if machine.shown[kind] else anything
    )


def forbidden(method: str) -> SearchStrategy[Request]:
    """Ask for what the model forbids."""
    params = broken(OPERATIONS[method]).map(lambda found: found.value)
    return st.builds(Request, st.just(method), params, st.just(value=True))


def resized(request: Request, size: int | None) -> Request:
    """Ask for a page of another size."""
    if size is None or "nextToken" not in request.params:
        return request
    return request._replace(params=request.params | {"maxResults": size})


regions = st.sampled_from(REGIONS[:2]) | st.sampled_from(REGIONS)
anything = to_one_of(WRITES) | to_one_of(WRITES + 3 * RICHEST) | to_one_of(LISTS) | to_one_of(READS)
"""What a client may send. (One rule draws all, not a rule each: Hypothesis would leave out most rules each time.)"""
next_pages = st.builds(resized, once_more("page"), st.none() | st.integers(1, 3))
steps = st.sampled_from(
    [anything] * 8 + [once_more("write"), next_pages, next_pages, st.sampled_from(BREAKABLE).flatmap(forbidden)]
).flatmap(lambda chosen: chosen)


class Histories(RuleBasedStateMachine):
    """A target beside the reference. After each call, all that it may have touched is read and compared as well."""

    def __init__(self, clients: Clients) -> None:
        super().__init__()
        self.clients = clients
        self.reference = Account()
        self.transcript = Transcript()
        self.shown: dict[str, list[Any]] = defaultdict(list)
        self.seen: list[Record] = []
        self.calls_without_a_set = 0
        self.failed = False

    @initialize(size=st.integers(1, 3))
    def begin(self, size: int) -> None:
        """Begin with a set, two plans that have little and one that deduplicates, and an incident."""
        delete_the_set(self.clients)
        self.call("create_replication_set", {"regions": {region: {} for region in REGIONS[:size]}})
        little: Record = {"title": "title", "impact": 3}
        more = {**little, "dedupeString": "same", "incidentTags": {"a": "1"}}
        for name, template in zip(NAMES, (little, more, little), strict=True):
            self.call("create_response_plan", {"name": name, "incidentTemplate": template, "tags": {"b": "2"}})
        self.call("start_incident", {"responsePlanArn": PLANS[0]})

    @rule(request=steps, region=regions)
    def ask(self, request: Request, region: str) -> None:
        """Ask for anything: something new, something again, the next page, or what must not be asked."""
        if request.breaks:
            self.transcript.add(region, request.method, request.params, aside=False)
            refused = outcome(self.clients[region], request.method, request.params)
            self.compare(Outcome(400, "ValidationException", {}), refused)
        else:
            self.call(request.method, request.params, region)

    def teardown(self) -> None:
        """Read everything at the end."""
        if not self.failed:
            self.look_at_everything()

    # -- one call

    def call(self, method: str, params: Record, region: str = REGIONS[0]) -> None:
        """Call the target and the reference, compare, and look at what the call may have touched."""
        members = self.compared(region, method, params)
        if method not in READS:
            self.wait(region, params)
            self.look_at(params | members)
            self.shown["write"] = [*self.shown["write"][-9:], Request(method, params)]
        elif "maxResults" in params:
            following = Request(method, params | {"nextToken": members.get("nextToken", "")})
            self.shown["page"] = [*self.shown["page"][-4:], following]
        self.remember()
        self.calls_without_a_set = 0 if self.reference.state.sets else self.calls_without_a_set + 1
        if self.calls_without_a_set > PATIENCE:
            self.call("create_replication_set", {"regions": {region: {} for region in REGIONS[:2]}})

    def wait(self, region: str, params: Record) -> None:
        """Let changes of the replication set come to their end; where they take no time, this takes none."""
        for each in self.reference.state.sets:
            client = self.clients[min(each.record["regionMap"])]
            client.get_waiter("wait_for_replication_set_active").wait(arn=each.record["arn"])
        if not self.reference.state.sets and params.get("arn") in self.shown["set"]:
            self.clients[region].get_waiter("wait_for_replication_set_deleted").wait(arn=params["arn"])

    def compared(self, region: str, method: str, params: Record, *, aside: bool = False) -> Record:
        """Call the target and the reference, compare, and give the members of the answer."""
        self.transcript.add(region, method, params, aside=aside)
        began = now()
        actual = outcome(self.clients[region], method, params)
        expected = self.reference.answer(method, params, region, Moments(began, now()))
        self.compare(expected, actual)
        return actual.members

    def compare(self, expected: Outcome, actual: Outcome) -> None:
        """See that the target came to what was expected, and learn from it."""
        wrong = self.reference.learn(expected, actual)
        self.failed = bool(wrong)
        if wrong:
            raise AssertionError(
                "\n".join(["the last of these calls came to something else", *wrong, str(self.transcript)])
            )
        self.transcript.answered(actual.members)

    # -- what is looked at aside

    def look(self, method: str, region: str = REGIONS[0], **params: Any) -> None:
        self.compared(region, method, params, aside=True)

    def look_at(self, told: Record) -> None:
        """Look at all that a call may have touched: what its parameters or its answer name."""
        for arn in {value: None for value in told.values() if isinstance(value, str)}:
            for kind, look in KINDS.items():
                if kind in arn:
                    look(self, arn)

    def look_at_incident(self, arn: str) -> None:
        """Look at an incident and all it has; what an unknown depends on, before what depends on it."""
        self.look("get_incident_record", arn=arn)
        self.look("list_incident_records")
        self.look("list_related_items", incidentRecordArn=arn)
        self.look("list_timeline_events", incidentRecordArn=arn, filters=TRIGGERS)
        self.look("list_timeline_events", incidentRecordArn=arn)
        self.look("list_tags_for_resource", resourceArn=arn)
        for each in self.reference.state.events:
            if each.owner == arn and each.record not in self.seen:
                self.look("get_timeline_event", incidentRecordArn=arn, eventId=each.record["eventId"])
                self.seen.append(deepcopy(each.record))

    def look_at_plan(self, arn: str) -> None:
        for method, member in PLAN_READS.items():
            self.look(method, **{member: arn})
        self.look("list_response_plans")

    def look_at_set(self, arn: str) -> None:
        for region in REGIONS:
            self.look("get_replication_set", region, arn=arn)
            self.look("list_replication_sets", region)
        self.look("list_tags_for_resource", resourceArn=arn)

    def look_at_everything(self) -> None:
        self.seen.clear()
        for arn in self.shown["incident"]:
            self.look_at_incident(arn)
        for arn in PLANS:
            self.look_at_plan(arn)
        for arn in self.shown["set"]:
            self.look_at_set(arn)

    # -- what later calls can name

    def remember(self) -> None:
        """Have what there is, and the last of what there was, at hand for the requests to come."""
        state = self.reference.state
        events = [each.record for each in state.events]
        items = [each.record for each in state.items]
        self.show("incident", [each.record["arn"] for each in state.incidents])
        self.show("plan", [each.record["arn"] for each in state.plans])
        self.show("set", [each.record["arn"] for each in state.sets])
        self.show(
            "policy", [{"resourceArn": each.owner, "policyId": each.record["policyId"]} for each in state.policies]
        )
        self.show("event", [{name: each[name] for name in ("incidentRecordArn", "eventId")} for each in events])
        self.show("generated id", [each["generatedId"] for each in items])
        self.show("parent", [each["identifier"] for each in items if each["identifier"]["type"] == "PARENT"])
        self.shown["parent"] += [spelt_otherwise(each) for each in self.shown["parent"]]
        self.shown["region"] = [name for each in state.sets for name in sorted(each.record["regionMap"])]
        self.shown["other region"] = [name for name in REGIONS if name not in self.shown["region"]]
        self.show("caller", [each.record["createdBy"] for each in state.sets])

        # No more than these, and none told apart by their times: what is drawn must not depend on the clock.
        self.shown["time"] = [each["eventTime"] for each in events if each["eventType"] in ("Custom Event", "Note")]
        self.shown["page token"] = [each.params["nextToken"] for each in self.shown["page"]]

    def show(self, kind: str, values: list[Any]) -> None:
        gone = [value for value in self.shown[kind] if value not in values]
        self.shown[kind] = gone[-1:] + values


KINDS = {
    ":incident-record/": Histories.look_at_incident,
    ":replication-set/": Histories.look_at_set,
    ":response-plan/": Histories.look_at_plan,
}
"""How to look at what has such an ARN."""


def spelt_otherwise(parent: Record) -> Record:
    """Spell the ARN of an OpsItem as timelines do, not as lists of related items do (catalogue 2.10)."""
    arn = parent["value"]["arn"].replace(":opsitem/", ":opsItem/")
    return {**parent, "value": {"arn": arn}}


# -- what the machine does to its target


def now() -> datetime:
    """Give the time as the service tells it: to the millisecond."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def outcome(client: SSMIncidentsClient, method: str, params: Record) -> Outcome:
    """Call, and spoil what was passed and what came: neither may be the target's own."""
    passed = deepcopy(params)
    try:
        answer = getattr(client, method)(**passed)
    except ClientError as error:
        response: Record = dict(error.response)
        members = {name: response[name] for name in response.keys() - {"Error", "ResponseMetadata", "message"}}
        return Outcome(response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], members)
    finally:
        spoil(passed)
    status, members = deepcopy(answered(answer))
    spoil(answer)
    return Outcome(status, "", members)


def delete_the_set(clients: Clients) -> None:
    """Delete the replication set, if there is one, and with it everything else."""
    for client in clients.values():
        for arn in client.list_replication_sets()["replicationSetArns"]:
            with suppress(client.exceptions.ResourceNotFoundException):  # in a Region outside the set
                client.update_deletion_protection(arn=arn, deletionProtected=False)
                client.delete_replication_set(arn=arn)
                client.get_waiter("wait_for_replication_set_deleted").wait(arn=arn)


@pytest.fixture
def batches(target: str) -> int:
    """Return how many times ten histories a target gets: the less its calls cost, the more."""
    return max(1, count({"direct": 50}.get(target, 10)) // 10)


@pytest.mark.assumption("the reference's rules, each with its evidence, in the files of fakeim/service/")
def test_any_history_is_as_the_reference_says(client_in: ClientIn, batches: int) -> None:
    clients = {region: client_in(region) for region in REGIONS}
    # Beyond ten examples Hypothesis mostly varies what it had. And to shrink takes it minutes, but tells little more.
    chosen = settings(
        max_examples=min(10, settings().max_examples),
        stateful_step_count=40,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    for number in range(batches):

        def make_machine() -> Histories:
            return Histories(clients)

        make_machine.__name__ = f"batch_{number}"  # of which the seed is made, where it is not to be by chance
        run_state_machine_as_test(cast(Any, make_machine), settings=chosen)
