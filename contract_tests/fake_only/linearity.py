"""Many callers of one fake at once, and whether it was as if their calls had come one after the other.

The service counts its requests, and each answer has the number of its own. So the order in which calls were carried
out is known, and needs no search: played in this order to a fresh fake, one at a time, each call has to be answered
with the same; and none may come before one that was over when it began.
"""

from __future__ import annotations

from itertools import count, pairwise
from random import Random
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from contract_tests.support import body
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fakeim import FakeIncidentManager

NOON = "2026-01-01T12:00:00Z"
NAMES = ("web", "shop", "search")
TOKENS = ("", "monday", "tuesday")
TOPICS = [{"snsTopicArn": f"arn:aws:sns:us-east-1:123456789012:{name}"} for name in NAMES]


class Done(NamedTuple):
    """A call that is over: its number, in which account, when it began and ended (in the recorder's ticks), its end."""

    number: int
    account: str
    began: int
    ended: int
    operation: str
    params: dict[str, Any]
    outcome: Any


class Recorder:
    """Makes calls, from any thread, and keeps what came; by chance all ``but`` the operations that it is told."""

    def __init__(self, but: str = "") -> None:
        self.done: list[Done] = []
        self._but = but
        self.plans = [f"arn:aws:ssm-incidents::123456789012:response-plan/{name}" for name in NAMES]
        self.incidents: list[str] = []
        self.events: list[tuple[str, str]] = []
        self._ticks, self._lock = count(), Lock()

    def call(self, client: Any, operation: str, params: dict[str, Any]) -> Any:
        """Call, and keep what came; give the answer, or an empty one after an error."""
        began = self._tick()
        request, outcome = outcome_of(client, operation, params)
        self.done.append(Done(int(request[:8], 16), request[-12:], began, self._tick(), operation, params, outcome))
        return outcome if isinstance(outcome, dict) else {}

    def some_calls(self, client: Any, seed: int, calls: int) -> None:
        """Make calls of every kind, by chance; of what other callers have made, too."""
        chance = Random(seed)  # noqa: S311 - no secret
        for number, (operation, params) in enumerate(self._requests(chance, calls)):
            if load_api().operations[operation].token:  # which boto3 would fill by chance, and nobody could say again
                params.setdefault("clientToken", f"{seed}.{number}")
            answer = self.call(client, operation, params)
            if operation == "StartIncident" and answer:
                self.incidents.append(answer["incidentRecordArn"])
            if operation == "CreateTimelineEvent" and answer:
                self.events.append((answer["incidentRecordArn"], answer["eventId"]))

    def _requests(self, chance: Random, calls: int) -> Iterator[tuple[str, dict[str, Any]]]:
        for number in range(calls):
            incident = chance.choice(self.incidents[-5:] or self.plans)
            event = chance.choice(self.events[-5:] or [(incident, "00000000-0000-0000-0000-000000000000")])
            note = {"eventTime": NOON, "eventType": "Note", "eventData": f"note {number}"}
            token = chance.choice(TOKENS)
            plan = chance.choice(self.plans)
            requests: list[tuple[str, dict[str, Any]]] = [
                (
                    "CreateResponsePlan",
                    {"name": chance.choice(NAMES), "incidentTemplate": {"title": "t", "impact": 1}},
                ),
                ("UpdateResponsePlan", {"arn": plan, "incidentTemplateNotificationTargets": TOPICS[:1]}),
                ("DeleteResponsePlan", {"arn": plan}),
                ("ListResponsePlans", {"maxResults": 2}),
                *[("StartIncident", {"responsePlanArn": plan, "clientToken": token})] * 3,
                ("UpdateIncidentRecord", {"arn": incident, "status": chance.choice(["OPEN", "RESOLVED"])}),
                ("UpdateIncidentRecord", {"arn": incident, "title": f"title {number}", "clientToken": token}),
                ("DeleteIncidentRecord", {"arn": incident}),
                ("GetIncidentRecord", {"arn": incident}),
                ("ListIncidentRecords", {"maxResults": 3}),
                *[("CreateTimelineEvent", {"incidentRecordArn": incident, **note})] * 2,
                ("UpdateTimelineEvent", {"incidentRecordArn": event[0], "eventId": event[1], "eventData": "more"}),
                ("DeleteTimelineEvent", {"incidentRecordArn": event[0], "eventId": event[1]}),
                ("ListTimelineEvents", {"incidentRecordArn": incident, "maxResults": 4}),
                ("ListRelatedItems", {"incidentRecordArn": incident}),
                ("TagResource", {"resourceArn": chance.choice([plan, incident]), "tags": {"n": str(number)}}),
                ("ListTagsForResource", {"resourceArn": plan}),
            ]
            yield chance.choice([each for each in requests if each[0] != self._but])

    def _tick(self) -> int:
        with self._lock:
            return next(self._ticks)


def outcome_of(client: Any, operation: str, params: dict[str, Any]) -> tuple[str, Any]:
    """Call, and give the id of the request with what the service put into its answer, or its error."""
    try:
        answer = getattr(client, load_api().operations[operation].method_name)(**params)
    except ClientError as error:
        response: Any = error.response
        return _id(response), (response["Error"]["Code"], response["Error"]["Message"])
    return _id(answer), body(answer)


def _id(response: Any) -> str:
    return str(response["ResponseMetadata"]["RequestId"])


def in_time(done: Sequence[Done], *fakes: FakeIncidentManager) -> list[Done]:
    """Give the calls numbered anew, by their times on a clock that ``fakes`` share and that moves at each call."""
    numbered = []
    for fake in fakes:
        own = sorted(each for each in done if each.account == fake.account_id)
        times = [int(call.time.timestamp() * 1000) for call in fake.calls]
        numbered += [each._replace(number=time) for each, time in zip(own, times, strict=True)]
    return numbered


def contradictions(done: Sequence[Done], *fresh: FakeIncidentManager) -> list[str]:
    """Say what is not as if the calls had come one by one to ``fresh``, made as the fakes were that answered them."""
    order = sorted(done)
    found = [
        f"{each.number} is the number of two calls" for each, other in pairwise(order) if each.number == other.number
    ]
    clients = {fake.account_id: fake.client() for fake in fresh}
    for each in order:
        _, outcome = outcome_of(clients[each.account], each.operation, each.params)
        if outcome != each.outcome:
            found.append(f"{each.number}, {each.operation}({each.params}): {each.outcome!r} instead of {outcome!r}")
    earliest_end = len(order) * 2
    for each in reversed(order):
        if earliest_end < each.began:
            found.append(f"{each.number} was carried out before a call that was over when it began")
        earliest_end = min(earliest_end, each.ended)
    return found
