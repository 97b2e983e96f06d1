"""State machines: a user's code among all else that happens to an account.

The rules of ``ServiceMachine`` are the operations by which an account changes, with few values, so that calls meet. A
call that the service refuses is none that matters: the rule just comes to nothing. ``IncidentMachine`` runs them on
a fake account, with what only a fake can do, and has the service's own invariants.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's name for it
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from fakeim.incident_manager import FakeIncidentManager
from fakeim.mock import mock_ssm_incidents
from fakeim.spec.api import load_api
from fakeim.testing.accounts import MORE_THAN_A_PAGE, NOON
from fakeim.testing.outcomes import observer

if TYPE_CHECKING:
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

TITLES = st.sampled_from(["out of disk", "too slow", "no answer"])
IMPACTS = st.integers(1, 5)
TAGS = st.sampled_from(["team", "stage"])
NOTES = st.sampled_from(["looking into it", "rolled back", "all clear"])
TIMES = st.sampled_from(["2026-01-01T11:00:00Z", "2026-01-01T12:30:00Z"])
TRIGGERS = st.sampled_from(["cpu", "latency"]).map(
    lambda name: {
        "source": "aws.cloudwatch",
        "triggerArn": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}",
        "timestamp": NOON,
    }
)
POLICY = '{"Version":"2012-10-17","Statement":[]}'
_NEWEST = 5
"""How many incidents the invariant looks at: a crowd is to cost no more than the few."""


class ServiceMachine(RuleBasedStateMachine):
    """Rules that call ``self.client``, which a subclass sets; bundles of what they make.

    ``plans`` and ``incidents`` hold ARNs, ``events`` an incident's ARN and an event's id, ``items`` an ARN and
    an item's identifier, ``tokens`` client tokens, which are used again and again.
    """

    client: SSMIncidentsClient

    plans: Bundle[str] = Bundle("plans")
    incidents: Bundle[str] = Bundle("incidents")
    events: Bundle[tuple[str, str]] = Bundle("events")
    items: Bundle[tuple[str, dict[str, Any]]] = Bundle("items")
    tokens: Bundle[str] = Bundle("tokens")

    def call(self, operation: str, **params: Any) -> dict[str, Any] | None:
        """Call ``operation`` with those ``params`` that are not ``None``; ``None`` if it fails."""
        given = {name: value for name, value in params.items() if value is not None}
        method = getattr(self.client, load_api().operations[operation].method_name)
        try:
            answer: dict[str, Any] = method(**given)
        except (ClientError, ConnectionError, HTTPClientError):
            return None
        return answer

    # -- response plans

    @rule(target=plans, name=st.sampled_from(["first", "second"]), dedupe=st.sampled_from([None, "same"]))
    def create_plan(self, name: str, dedupe: str | None) -> Any:
        """Somebody makes a plan."""
        template = {"title": f"of {name}", "impact": 3} | ({"dedupeString": dedupe} if dedupe else {})
        answer = self.call("CreateResponsePlan", name=name, incidentTemplate=template)
        return answer["arn"] if answer else multiple()

    @rule(plan=plans, title=TITLES, impact=IMPACTS)
    def update_plan(self, plan: str, title: str, impact: int) -> None:
        """Somebody changes a plan's template."""
        self.call("UpdateResponsePlan", arn=plan, incidentTemplateTitle=title, incidentTemplateImpact=impact)

    @rule(plan=consumes(plans))
    def delete_plan(self, plan: str) -> None:
        """Somebody deletes a plan."""
        self.call("DeleteResponsePlan", arn=plan)

    @rule(plan=plans)
    def put_policy(self, plan: str) -> None:
        """Somebody shares a plan."""
        self.call("PutResourcePolicy", resourceArn=plan, policy=POLICY)

    @rule(plan=plans)
    def delete_policy(self, plan: str) -> None:
        """Somebody shares a plan no more."""
        answer = self.call("GetResourcePolicies", resourceArn=plan)
        for policy in answer["resourcePolicies"] if answer else ():
            self.call("DeleteResourcePolicy", resourceArn=plan, policyId=policy["policyId"])

    # -- incidents

    @rule(target=incidents, plan=plans, title=st.none() | TITLES)
    def start_incident(self, plan: str, title: str | None) -> Any:
        """Somebody starts an incident."""
        answer = self.call("StartIncident", responsePlanArn=plan, title=title)
        return answer["incidentRecordArn"] if answer else multiple()

    @rule(target=tokens, number=st.integers(1, 3))
    def make_token(self, number: int) -> str:
        """Somebody has a client token, to use again and again."""
        return f"token-{number}"

    @rule(target=incidents, plan=plans, token=tokens)
    def start_incident_once(self, plan: str, token: str) -> Any:
        """Somebody starts an incident with a token, for the first time or once more."""
        answer = self.call("StartIncident", responsePlanArn=plan, clientToken=token)
        return answer["incidentRecordArn"] if answer else multiple()

    @rule(target=incidents, plan=plans, trigger=TRIGGERS)
    def trigger_incident(self, plan: str, trigger: dict[str, Any]) -> Any:
        """An alarm starts an incident, or adds to the one that is open."""
        answer = self.call("StartIncident", responsePlanArn=plan, triggerDetails=trigger)
        return answer["incidentRecordArn"] if answer else multiple()

    @rule(incident=incidents, title=st.none() | TITLES, impact=st.none() | IMPACTS)
    def update_incident(self, incident: str, title: str | None, impact: int | None) -> None:
        """Somebody changes an incident."""
        self.call("UpdateIncidentRecord", arn=incident, title=title, impact=impact)

    @rule(incident=incidents, status=st.sampled_from(["RESOLVED", "OPEN"]))
    def set_status(self, incident: str, status: str) -> None:
        """Somebody resolves an incident, or opens it again."""
        self.call("UpdateIncidentRecord", arn=incident, status=status)

    @rule(incident=consumes(incidents))
    def delete_incident(self, incident: str) -> None:
        """Somebody deletes an incident."""
        self.call("DeleteIncidentRecord", arn=incident)

    # -- what belongs to them

    @rule(target=events, incident=incidents, data=NOTES, time=TIMES)
    def create_event(self, incident: str, data: str, time: str) -> Any:
        """Somebody writes to a timeline."""
        note = {"eventType": "Note", "eventTime": time, "eventData": data}
        answer = self.call("CreateTimelineEvent", incidentRecordArn=incident, **note)
        return (answer["incidentRecordArn"], answer["eventId"]) if answer else multiple()

    @rule(event=events, data=NOTES)
    def update_event(self, event: tuple[str, str], data: str) -> None:
        """Somebody changes an event."""
        self.call("UpdateTimelineEvent", incidentRecordArn=event[0], eventId=event[1], eventData=data)

    @rule(event=consumes(events))
    def delete_event(self, event: tuple[str, str]) -> None:
        """Somebody deletes an event."""
        self.call("DeleteTimelineEvent", incidentRecordArn=event[0], eventId=event[1])

    @rule(target=items, incident=incidents, name=st.sampled_from(["runbook", "dashboard"]))
    def add_item(self, incident: str, name: str) -> Any:
        """Somebody adds a related item."""
        identifier = {"type": "OTHER", "value": {"url": f"https://example.org/{name}"}}
        added = {"itemToAdd": {"identifier": identifier, "title": name}}
        answer = self.call("UpdateRelatedItems", incidentRecordArn=incident, relatedItemsUpdate=added)
        return (incident, identifier) if answer else multiple()

    @rule(item=consumes(items))
    def remove_item(self, item: tuple[str, dict[str, Any]]) -> None:
        """Somebody takes a related item away."""
        self.call("UpdateRelatedItems", incidentRecordArn=item[0], relatedItemsUpdate={"itemToRemove": item[1]})

    @rule(resource=plans | incidents, key=TAGS, value=st.sampled_from(["", "blue"]))
    def tag(self, resource: str, key: str, value: str) -> None:
        """Somebody tags a plan or an incident."""
        self.call("TagResource", resourceArn=resource, tags={key: value})

    @rule(resource=plans | incidents, key=TAGS)
    def untag(self, resource: str, key: str) -> None:
        """Somebody takes a tag away."""
        self.call("UntagResource", resourceArn=resource, tagKeys=[key])


class IncidentMachine(ServiceMachine):
    """A fake account to which all happens that may, and among it what a subclass's rules do.

    Each run has a fresh account, ``self.fake``, and a client of it, ``self.client``. While the run lasts all boto3
    clients of the process talk to it too (``mock_ssm_incidents``), so the code under test can make its own. Invariants
    read through ``self.observe()``: no fault strikes that, and no call of it is logged.

    A subclass adds rules for the code under test and invariants of its own. To leave a rule out, it sets its name to
    ``None``: ``delete_plan = None``. A subclass that defines ``teardown`` or ``__init__`` calls the one here.

    >>> from hypothesis import Phase, settings
    >>> from hypothesis.stateful import rule, run_state_machine_as_test
    >>> from fakeim.testing.stateful import IncidentMachine
    >>> class Tidy(IncidentMachine):
    ...     @rule()
    ...     def tidy_up(self):  # the code under test
    ...         for each in self.client.list_incident_records()["incidentRecordSummaries"]:
    ...             self.client.update_incident_record(arn=each["arn"], status="RESOLVED")
    ...         listed = self.observe().get_paginator("list_incident_records").paginate()
    ...         assert set(listed.search("incidentRecordSummaries[].status")) <= {"RESOLVED"}
    >>> quick = settings(deadline=None, database=None, phases=[Phase.generate])
    >>> run_state_machine_as_test(Tidy, settings=quick)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    AssertionError: it has forgotten that lists have pages; the falsifying example calls others_start_many()
    """

    def __init__(self) -> None:
        super().__init__()
        self.fake = self.make_fake()
        self.client = self.fake.client()
        self._stack = ExitStack()
        self._stack.enter_context(mock_ssm_incidents(self.fake))

    def make_fake(self) -> FakeIncidentManager:
        """Make the account with which a run begins: by default an empty one, whose clock stands."""
        fake = FakeIncidentManager()
        fake.clock.freeze(NOON)
        return fake

    def teardown(self) -> None:
        """End the run: the process's clients are as they were."""
        super().teardown()
        self._stack.close()

    def observe(self) -> SSMIncidentsClient:
        """Give a client that reads what is in the account now, of a copy."""
        return observer(self.fake)

    # -- what only a fake can do

    @rule(minutes=st.sampled_from([1, 60, 25 * 60]))
    def pass_time(self, minutes: int) -> None:
        """Time goes by; after more than a day the client tokens are forgotten."""
        self.fake.clock.advance(minutes=minutes)

    @rule(incident=ServiceMachine.incidents)
    def add_finding(self, incident: str) -> None:
        """AWS finds a deployment that may have caused an incident."""
        listed = self.observe().get_paginator("list_incident_records").paginate()
        if incident in listed.search("incidentRecordSummaries[].arn"):
            stack = "arn:aws:cloudformation:us-east-1:123456789012:stack/web/1"
            self.fake.add_finding(incident, cloud_formation_stack_update={"stackArn": stack, "startTime": NOON})

    @rule()
    def others_start_many(self) -> None:
        """Others have so many incidents that lists have more than one page."""
        template = {"title": "of others", "impact": 5}
        plan = self.call("CreateResponsePlan", name="of-others", incidentTemplate=template)
        for _ in range(MORE_THAN_A_PAGE if plan else 0):  # once is enough: later its name is taken
            self.call("StartIncident", responsePlanArn=plan and plan["arn"])

    # -- the service's own invariants

    @invariant()
    def what_is_listed_is_what_there_is(self) -> None:
        """Lists agree with what they list; an incident that is resolved says since when."""
        client: Any = self.observe()
        for summary in client.list_incident_records(maxResults=_NEWEST)["incidentRecordSummaries"]:
            arn = summary["arn"]
            record = client.get_incident_record(arn=arn)["incidentRecord"]
            _hold(_is_part(summary, record), f"listed as {summary}, but it is {record}")
            _hold(("resolvedTime" in record) == (record["status"] == "RESOLVED"), f"resolved or not: {record}")
            _hold(record["creationTime"] <= record["lastModifiedTime"], f"changed before it began: {record}")
            for listed in client.list_timeline_events(incidentRecordArn=arn)["eventSummaries"]:
                event = client.get_timeline_event(incidentRecordArn=arn, eventId=listed["eventId"])["event"]
                _hold(_is_part(listed, event), f"listed as {listed}, but it is {event}")


def _is_part(summary: dict[str, Any], whole: dict[str, Any]) -> bool:
    return all(whole.get(name) == value for name, value in summary.items())


def _hold(holds: object, complaint: str) -> None:
    __tracebackhide__ = True
    if not holds:
        raise AssertionError(complaint)
