"""What is shown of a fake account, read in one go: nothing about it changes, no call is logged, no time passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.pictures import calls, events, words
from fakeim.pictures.axis import Axis, Mark, lay_out
from fakeim.pictures.pages import render
from fakeim.service.settings import settings
from fakeim.service.state import group, whole
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from fakeim.service.dispatch import Dispatcher
    from fakeim.service.state import Record, State

MOST_INCIDENTS, MOST_EVENTS, MOST_CALLS = 50, 500, 1000
"""The latest ones are shown; a page of all of very many would be too large to be opened."""
IMPACTS = {1: "1 Critical", 2: "2 High", 3: "3 Medium", 4: "4 Low", 5: "5 No impact"}
LONGEST_VALUE = 100
"""What is longer as one line is shown as indented JSON."""


class Item(NamedTuple):
    """A related item: its type, its title, what it is, and where it leads if that is an address."""

    type: str
    title: str
    value: str
    link: str | None


class Plan(NamedTuple):
    """A response plan: its members and what goes with it, each a name and a text of one or more lines."""

    name: str
    title: str
    members: list[tuple[str, str]]


class Incident(NamedTuple):
    """An incident with all that belongs to it."""

    number: int
    arn: str
    title: str
    status: str
    impact: str
    summary: str
    opened: datetime
    ended: datetime
    """When it was resolved, or the time on the account's clock."""
    facts: list[tuple[str, str]]
    plan: str
    axis: Axis
    events: list[events.Event]
    earlier_events: int
    items: list[Item]
    findings: list[tuple[str, str]]
    tags: list[tuple[str, str]]
    calls: list[calls.Row]

    @property
    def lasted(self) -> str:
        """How long it has been open, in words."""
        return words.span(self.ended - self.opened)


class Account(NamedTuple):
    """A fake account, or what concerns one incident of it."""

    account_id: str
    seed: str
    now: datetime
    regions: list[tuple[str, str]]
    counts: list[tuple[str, str]]
    incidents: list[Incident]
    earlier_incidents: int
    plans: list[Plan]
    calls: list[calls.Row]
    earlier_calls: int
    settings: list[str]
    """The faults and all else that the test has set, each in words."""
    only: str | None
    """The ARN of the one incident that is shown, or ``None``: the account is."""

    def number_of(self, arn: str | None) -> int | None:
        """Give the number of an incident that is shown here."""
        return next((each.number for each in self.incidents if each.arn == arn), None)


def read(dispatcher: Dispatcher, seed: object, incident: str | None = None) -> Account:
    """Read an account, or what concerns the ``incident`` of this ARN.

    Raises:
        ValueError: There is no such incident.
    """
    with dispatcher.lock:
        world = dispatcher.world
        state, now, logged = world.state.copy(), world.clock.now(), dispatcher.calls[-MOST_CALLS:]
        called, failed = len(dispatcher.calls), dispatcher.calls.failed()
        told = [*(repr(each).strip("<>") for each in dispatcher.faults), *settings(dispatcher)]
    records = [record for _, record in whole(state.incident_records).rows()]
    if incident is not None and incident not in state.incident_records:
        raise ValueError(f"there is no incident {incident!r}{did_you_mean(str(incident), [r['arn'] for r in records])}")
    numbered = list(enumerate(records, 1))
    plans = [record for _, record in whole(state.response_plans).rows()]
    names = {each["arn"]: f"plan {each['name']}" for each in plans}
    names |= {each["arn"]: f"incident {number}" for number, each in numbered}
    rows = calls.rows(logged, called - len(logged), names)
    chosen = [each for each in numbered if incident in (None, each[1]["arn"])][-MOST_INCIDENTS:]
    incidents = [_incident(state, number, record, now, rows) for number, record in chosen]
    return Account(
        account_id=world.account_id,
        seed=str(seed),
        now=now,
        regions=_regions(state),
        counts=[
            ("Incidents", _counted(len(records), open=sum(each["status"] == "OPEN" for each in records))),
            ("Response plans", str(len(plans))),
            ("Calls", _counted(called, failed=len(failed), by_faults=sum(each.struck for each in failed))),
        ],
        incidents=incidents,
        earlier_incidents=0 if incident else len(records) - len(chosen),
        plans=[_plan(state, each) for each in plans if not incident or each["name"] == incidents[0].plan],
        calls=[] if incident else rows,
        earlier_calls=called - len(logged),
        settings=told,
        only=incident,
    )


def page(account: Account) -> str:
    """Give ``account`` as one page of HTML.

    Raises:
        ModuleNotFoundError: Jinja2 is not installed; the message says how to get it.
    """
    return render("account.html", account=account)


# -- parts


def _regions(state: State) -> list[tuple[str, str]]:
    row = state.replication_sets.first()
    regions: Mapping[str, Record] = row[1]["regionMap"] if row else {}
    return [(name, region["status"]) for name, region in regions.items()]


def _counted(total: int, **of_them: int) -> str:
    return ", ".join([f"{total}", *(f"{count} {name.replace('_', ' ')}" for name, count in of_them.items() if count)])


def _incident(state: State, number: int, record: Record, now: datetime, rows: Iterable[calls.Row]) -> Incident:
    arn, opened = record["arn"], record["creationTime"]
    place = state.incident_records.position(arn)[2]
    stored = [each for _, each in group(state.timeline_events, place).rows()]
    latest = list(enumerate(stored, 1))[-MOST_EVENTS:]
    shown = [events.event(which, each, opened) for which, each in latest]
    own = [row for row in rows if row.incident == arn]
    ended = max(record.get("resolvedTime", now), opened)  # a clock may have been set back
    return Incident(
        number=number,
        arn=arn,
        title=record["title"],
        status=record["status"],
        impact=IMPACTS.get(record["impact"], str(record["impact"])),
        summary=record.get("summary", ""),
        opened=opened,
        ended=ended,
        facts=_facts(record),
        plan=arn.split("/")[1],
        axis=lay_out(_marks(record, opened, ended, shown, own)),
        events=shown,
        earlier_events=len(stored) - len(shown),
        items=[_item(each) for _, each in group(state.related_items, place).rows()],
        findings=[_finding(each) for _, each in group(state.findings, place).rows()],
        tags=sorted((state.tags.get(arn) or {}).items()),
        calls=own,
    )


def _facts(record: Record) -> list[tuple[str, str]]:
    source = record["incidentRecordSource"]
    facts = {
        "ARN": record["arn"],
        "Source": source["source"],
        "Started by": source.get("resourceArn") or source.get("invokedBy") or source["createdBy"],
        "Last modified": f"{words.moment(record['lastModifiedTime'])} by {record['lastModifiedBy']}",
        "Dedupe string": record["dedupeString"],
        "Chat channel": ", ".join(record.get("chatChannel", {}).get("chatbotSns", ())),
        "Notification targets": ", ".join(each.get("snsTopicArn", "") for each in record["notificationTargets"]),
        "Runbooks started": ", ".join(each.get("ssmExecutionArn", "") for each in record["automationExecutions"]),
    }
    return [(name, value) for name, value in facts.items() if value]


def _marks(
    record: Record, opened: datetime, ended: datetime, shown: list[events.Event], own: list[calls.Row]
) -> list[Mark]:
    kind, text = ("now", "still open, on the account's clock") if record["status"] == "OPEN" else ("resolved",) * 2
    return [
        Mark(opened, "incident", "opened", "opened", ""),
        Mark(ended, "incident", kind, text, ""),
        *(Mark(each.at, each.kind, each.kind, each.type, f"event-{each.number}") for each in shown),
        *(Mark(each.at, "call", each.outcome, each.summary, f"call-{each.number}") for each in own),
    ]


def _item(record: Record) -> Item:
    identifier = record["identifier"]
    ((kind, value),) = identifier["value"].items()
    text = words.compact(value)
    link = words.link(text) if kind == "url" else None
    return Item(identifier["type"], record.get("title", ""), text, link)


def _finding(record: Record) -> tuple[str, str]:
    ((kind, details),) = record["details"].items()
    return kind, words.pretty(details)


def _plan(state: State, record: Record) -> Plan:
    arn = record["arn"]
    belongs: dict[str, Any] = {name: value for name, value in record.items() if name not in ("name", "displayName")}
    tags, policies = state.tags.get(arn), _policies(state, arn)
    belongs |= ({"tags": tags} if tags else {}) | ({"policies": policies} if policies else {})
    return Plan(
        record["name"], record.get("displayName", ""), [(name, _lines(value)) for name, value in belongs.items()]
    )


def _policies(state: State, arn: str) -> list[Any]:
    place = state.response_plans.position(arn)[2]
    texts = [each["policyDocument"] for _, each in group(state.resource_policies, place).rows()]
    return [words.parsed(each) or each for each in texts]


def _lines(value: Any) -> str:
    text = words.compact(value)
    return text if isinstance(value, str) or len(text) <= LONGEST_VALUE else words.pretty(value)
