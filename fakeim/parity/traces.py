"""Traces: short sequences of calls that are worth recording from AWS, generated on the fake, the same each time.

*probe* traces hold the probes of one operation each and create nothing, so any account can record them. *data* traces
walk through plans, incidents, events, items, policies and tags: they are found by a search that is guided by coverage,
of triples of operation, outcome and state before; few traces are kept that together cover all that was reached. A plan
in them has no engagements, chat channel, actions, integrations or notification targets, and every impact is 5: they
page nobody. None touches the replication set.
"""

from __future__ import annotations

from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.incident_manager import FakeIncidentManager
from fakeim.parity import probes, transcripts
from fakeim.parity.probes import INCIDENT, PLAN, REGION, TIME, UUID
from fakeim.parity.transcripts import Account, Header, Step, Transcript
from fakeim.parity.verify import START, perform
from fakeim.service.clock import Clock
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from fakeim.parity.transcripts import Answer

    Triple = tuple[str, str, str]

LONGEST = 12
"""Steps of a trace at most."""
ROUNDS = 1000
"""Walks of the search: more find a few more triples, and take longer."""

_ITEM = {"identifier": {"type": "OTHER", "value": {"url": "https://example.com/fakeim"}}, "title": "fakeim"}
_RESOURCE = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:fakeim"
_TEMPLATES = [
    {"title": "fakeim", "impact": 5},
    {"title": "fakeim", "impact": 5, "summary": "one", "dedupeString": {"$name": "same"}, "incidentTags": {"a": "1"}},
]
_TRIGGER = {"source": "fakeim.parity", "timestamp": TIME, "triggerArn": _RESOURCE}
_EVENT_FILTERS = [
    [],
    [{"key": "eventType", "condition": {"equals": {"stringValues": ["Custom Event", "Note"]}}}],
    [{"key": "eventTime", "condition": {"after": TIME}}],
    [{"key": "eventReference", "condition": {"equals": {"stringValues": [_RESOURCE]}}}],
]
_VALUES: Mapping[str, Sequence[Any]] = {
    "clientToken": [{"$name": "token"}],
    "dedupeString": ["", {"$name": "same"}],
    "displayName": ["", "fakeim one"],
    "eventData": ['"one"', "two"],
    "eventReferences": [[], [{"resource": _RESOURCE}]],
    "eventTime": [TIME, "2020-10-01T20:30:00.000Z"],
    "eventType": ["Custom Event", "Note", "SSM Incident Start"],
    "filters": _EVENT_FILTERS,
    "findingIds": [[], [UUID]],
    "impact": [5],
    "incidentTemplate": _TEMPLATES,
    "incidentTemplateDedupeString": ["", {"$name": "same"}],
    "incidentTemplateImpact": [5],
    "incidentTemplateSummary": ["", "two"],
    "incidentTemplateTags": [{}, {"b": "2"}],
    "incidentTemplateTitle": ["fakeim two"],
    "maxResults": [1, 2],
    "name": [{"$name": "one"}, {"$name": "two"}],
    "policy": ['{"Version":"2012-10-17","Statement":[]}', "{}"],
    "relatedItems": [[_ITEM]],
    "relatedItemsUpdate": [{"itemToAdd": _ITEM}, {"itemToRemove": _ITEM["identifier"]}],
    "sortOrder": ["ASCENDING", "DESCENDING"],
    "status": ["OPEN", "RESOLVED"],
    "summary": ["", "two"],
    "tagKeys": [["a"], ["b", "c"]],
    "tags": [{"a": "1"}, {"a": "", "b": "2"}],
    "title": ["fakeim two"],
    "triggerDetails": [_TRIGGER],
}
"""What the members of a request may be. Members that are not here, and name nothing that is there, are never given."""


class _Walk(NamedTuple):
    """A trace as it was walked, the triples that its steps have shown, and the states before and after each."""

    steps: tuple[Step, ...]
    triples: tuple[Triple, ...]
    states: tuple[str, ...]


def all_traces() -> dict[str, Transcript]:
    """Generate all traces, by the names of their files below the folder of traces."""
    return {trace.name: trace for trace in (*probe_traces(), *data_traces())}


def write(folder: Path) -> list[str]:
    """Write all traces below ``folder``, take away old traces there that are none any more, and give their names.

    Raises:
        TranscriptError: A file ``*.jsonl`` below ``folder`` is no transcript; nothing is written then.
    """
    old = [each for each in transcripts.read_all(folder) if each.header.grade == "trace"] if folder.is_dir() else []
    traces = all_traces()
    for trace in old:
        if trace.name not in traces:
            (folder / trace.name).unlink()
    for name, trace in traces.items():
        transcripts.write(folder / name, trace)
    return list(traces)


# -- probes


def probe_traces() -> Iterator[Transcript]:
    """Give the probes of each operation, in traces of at most ``LONGEST`` steps."""
    header = Header("", "trace", Account(onboarded=False, can_onboard=False, regions=(REGION,)), "probe")
    for operation in load_api().operations.values():
        found = list(probes.probes(operation))
        for start in range(0, len(found), LONGEST):
            part = found[start : start + LONGEST]
            steps = tuple(probe.step(f"s{number}") for number, probe in enumerate(part, start=1))
            number = start // LONGEST + 1
            name = f"probe/{operation.method_name}-{number:02}.jsonl"
            yield Transcript(header._replace(title=f"Probes of {operation.name}, {number}"), steps, name)


# -- data


def data_traces(seed: int = 0) -> Iterator[Transcript]:
    """Search for traces, and give few of them that cover every triple that was found."""
    header = Header("", "trace", Account(onboarded=True, can_onboard=True, regions=(REGION,)), "data")
    for number, steps in enumerate(_covering(_search(Random(seed))), start=1):  # noqa: S311 - it has to be foretold
        title = f"Plans and incidents, {number}"
        yield Transcript(header._replace(title=title), steps, f"data/{number:02}.jsonl")


def _search(random: Random) -> list[_Walk]:
    """Walk on at random from each state that was reached, by the shortest way there, all states alike."""
    walks: list[_Walk] = []
    ways: dict[str, tuple[Step, ...]] = {"": ()}
    for _ in range(ROUNDS):
        walk = _walked(random.choice(list(ways.values())), random)
        walks.append(walk)
        for index, state in enumerate(walk.states):
            if state not in ways or len(ways[state]) > index:
                ways[state] = walk.steps[:index]
    return walks


def _covering(walks: Sequence[_Walk]) -> list[tuple[Step, ...]]:
    """Choose walks greedily, each the one that adds most; cut what comes behind the last step that adds anything."""
    left, chosen = {triple for walk in walks for triple in walk.triples}, []
    while left:
        best = max(walks, key=lambda walk: len(left & set(walk.triples)))
        last = max(index for index, triple in enumerate(best.triples) if triple in left) + 1
        chosen.append(best.steps[:last])
        left -= set(best.triples)
    return chosen


def _walked(begun: tuple[Step, ...], random: Random) -> _Walk:
    """Perform the steps of ``begun`` and then random ones, up to ``LONGEST``."""
    account = _Account()
    for step in begun:
        account.take(step)
    while len(account.steps) < LONGEST:
        account.take(account.next_step(random))
    return account.walk()


class _Account:
    """A fake under way: what was done with it, what there is to refer to, and what has been shown."""

    def __init__(self) -> None:
        clock = Clock(lambda: 0)
        clock.freeze(START)
        clock.auto_advance(0.001)
        self._fake = FakeIncidentManager(clock=clock)
        self._client = self._fake.client(REGION)
        self._answers = perform(self._coming(), lambda _: self._client)
        self._given: dict[str, list[Any]] = {
            "plan": [PLAN],
            "incident": [INCIDENT],
            "event": [UUID],
            "policy": ["0" * 32],
        }
        self.steps: list[Step] = []
        self._triples: list[Triple] = []
        self._states = [self._look()]

    def _coming(self) -> Iterator[Step]:
        while True:
            yield self.steps[-1]

    def take(self, step: Step) -> None:
        """Perform ``step``."""
        self.steps.append(step)
        answer = next(self._answers)
        self._triples.append((step.operation, *_shown(answer, self._states[-1])))
        self._states.append(self._look())
        for operation, kind, pointer in _MADE:
            if operation == step.operation and _is_there(answer, pointer):
                self._given.setdefault(kind, []).append({"$ref": f"{step.id}#{pointer}"})

    def walk(self) -> _Walk:
        """Give what has been done."""
        return _Walk(tuple(self.steps), tuple(self._triples), tuple(self._states))

    def next_step(self, random: Random) -> Step:
        """Make a step at random."""
        operation = load_api().operations[random.choice(_walkable())]
        members, request = operation.input.members, {}
        for name in members:
            values = self._named(operation.name, name) or _VALUES.get(name)
            if values and (name in operation.input.required or random.random() < _LIKELY):
                request[name] = random.choice(values)
        number = len(self.steps) + 1
        return Step(f"s{number}", operation.name, REGION, f"{operation.name} with {_words(request)}", request)

    def _named(self, operation: str, member: str) -> Sequence[Any]:
        """Give what ``member`` may name: mostly what is there, the latest above all."""
        kind = {
            "eventId": "event",
            "incidentRecordArn": "incident",
            "nextToken": f"{operation} page",
            "policyId": "policy",
            "responsePlanArn": "plan",
        }
        if member in ("arn", "resourceArn"):
            owner = "incident" if "IncidentRecord" in operation else "plan"
            taggable = operation in ("TagResource", "UntagResource", "ListTagsForResource")
            given = self._given["plan"][1:] + self._given["incident"] if taggable else self._given[owner]
        else:
            given = self._given.get(kind.get(member, ""), [])
        return [*given, *given[-1:] * 3]

    def _look(self) -> str:
        plans = self._client.list_response_plans(maxResults=1)["responsePlanSummaries"]
        incidents = self._client.list_incident_records()["incidentRecordSummaries"]
        statuses = " and ".join(sorted({each["status"] for each in incidents})) or "no incident"
        return f"{'a plan' if plans else 'no plan'}, {statuses}"


_LIKELY = 0.4
_MADE = (
    ("CreateResponsePlan", "plan", "/arn"),
    ("CreateTimelineEvent", "event", "/eventId"),
    ("ListTimelineEvents", "event", "/eventSummaries/0/eventId"),
    ("ListTimelineEvents", "ListTimelineEvents page", "/nextToken"),
    ("ListRelatedItems", "ListRelatedItems page", "/nextToken"),
    ("PutResourcePolicy", "policy", "/policyId"),
    ("StartIncident", "incident", "/incidentRecordArn"),
)
"""What is there after a call, to be named by others, and where in its answer the name stands."""
_OF_THE_ACCOUNT = frozenset({"GetReplicationSet", "ListIncidentRecords", "ListReplicationSets", "ListResponsePlans"})
"""What shows more of an account than a trace has made: that is nobody's business, and another in each account."""


@cache
def _walkable() -> list[str]:
    return sorted(load_api().operations.keys() - probes.FORBIDDEN - _OF_THE_ACCOUNT)


def _is_there(answer: Answer, pointer: str) -> bool:
    try:
        return bool(transcripts.pointed(answer.body, pointer))
    except LookupError:
        return False


def _shown(answer: Answer, state: str) -> tuple[str, str]:
    """Say what came, an error's code, or of a list how much; and in which state, unless nothing was there anyhow."""
    if answer.error == "ResourceNotFoundException":
        return answer.error, "whatever is there"
    if answer.error:
        return answer.error, state
    lists = [value for value in answer.body.values() if isinstance(value, list)]
    amount = "some" if any(lists) else "none" if lists else answer.body.get("event", {}).get("eventType", "")
    return f"{answer.status} {amount}{' and more' if 'nextToken' in answer.body else ''}", state


def _words(request: Mapping[str, Any]) -> str:
    return ", ".join(request) or "nothing"
