"""What others receive of a fake account, as it would reach them. A payload is rendered when it is looked at.

Rules, and what they rest on (who gets what, and when: ``fakeim.service.outbox``):
 1. EventBridge gets "AWS API Call via CloudTrail" events with source ``aws.ssm-incidents`` [observed §13], eventName,
    requestParameters, responseElements and readOnly as documented in §13. The rest of the record is CloudTrail's usual
    one [assumption: ids, userIdentity; timestamps as ISO 8601 text; responseElements null for what is read].
 2. A call that failed is an event too, with errorCode and errorMessage [documented, by CloudTrail]; one that never
    came, or whose answer was a bare HTTP status of a front end, is none, nor is one that was refused in a reply that
    was lost [assumption]. A call that was carried out, and whose reply was lost, is an event as any other.
 3. SNS topics get an envelope as EventBridge's: detail-type is a type of timeline events, resources[0] the incident's
    ARN, detail what the timeline event of that type says [observed §13; assumption: the whole of it, and the start's].
 4. A contact is paged by ssm-contacts:StartEngagement [documented §13]; here with the incident's title and summary
    [assumption: sender and texts].
 5. A runbook starts by ssm:StartAutomationExecution [inferred §6.2]; INCIDENT_RECORD_ARN and INVOLVED_RESOURCES are
    filled in [documented 5.16, 6.5a; assumption: the ARNs of the items that StartIncident was given], and an absent
    version is ``$DEFAULT`` [assumption, as in SSM Incident Start].
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from fakeim.inspection.values import CopiedField
from fakeim.service import errors, timeline_events
from fakeim.service.callers import identity_type
from fakeim.spec.api import SERVICE
from fakeim.spec.codec import instant, parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakeim.service.calls import Call
    from fakeim.service.outbox import Occasion
    from fakeim.service.state import Record
    from fakeim.service.world import World

EVENT, NOTIFICATION, CHAT, PAGE, RUNBOOK = "event", "notification", "chat", "page", "runbook"

ENGAGE, RUN = "StartEngagement", "StartAutomationExecution"
SUBJECTS = (timeline_events.START, timeline_events.RECORD_UPDATE, ENGAGE, RUN)
"""The subjects of all messages but the events of calls, which have the operation's name."""

CLOUDTRAIL = "AWS API Call via CloudTrail"
SOURCE = "aws.ssm-incidents"


@dataclass(frozen=True)
class Message:
    """One thing that somebody would have received."""

    kind: str
    """``"event"``, ``"notification"``, ``"chat"``, ``"page"`` or ``"runbook"``."""
    destination: str
    """An event bus, a topic or a contact, each an ARN; or the name of an SSM document."""
    subject: str
    """The operation of an event; the detail-type of what a topic gets; the operation that pages or starts a runbook."""
    time: datetime
    incident: str | None
    """The incident's ARN, if it is about one."""
    payload: dict[str, Any] = field(repr=False, compare=False)
    """What was received: rendered at each look, of values that JSON knows."""

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} to {self.destination.rpartition(':')[2]}"

    def __getstate__(self) -> dict[str, Any]:
        # Copies and pickles keep the payload, not the account that it is rendered from.
        return vars(self) | {"payload": self.payload}


# After the decorator, which would take it for the field's default.
setattr(Message, "payload", CopiedField("payload"))  # noqa: B010 - no type checker lets it


# -- of calls (rules 1 and 2)


def is_read(operation: str) -> bool:
    """Say whether CloudTrail calls the operation readOnly."""
    return operation.startswith(("Get", "List", "BatchGet"))


def event_of(world: World, number: int, call: Call) -> Message | None:
    """Give the event of a call, the one called ``number``; ``None`` if CloudTrail has none of it (rule 2)."""
    if call.error is not None and (call.error.isdigit() or (call.error in errors.CONNECTION and call.result is None)):
        return None
    bus = f"arn:{world.partition}:events:{call.region}:{world.account_id}:event-bus/default"
    payload: Any = partial(_call_event, world, number, call)
    return Message(EVENT, bus, call.operation, call.time, _incident_of(call), payload)


def _call_event(world: World, number: int, call: Call) -> dict[str, Any]:
    failed = call.error is not None and call.result is None
    answer = None if is_read(call.operation) else _plain(call.result)
    detail = {
        "eventVersion": "1.08",
        "userIdentity": {"type": identity_type(call.caller), "arn": call.caller, "accountId": world.account_id},
        "eventTime": _text(call.time),
        "eventSource": f"{SERVICE}.amazonaws.com",
        "eventName": call.operation,
        "awsRegion": call.region,
        **({"errorCode": call.error, "errorMessage": call.message} if failed else {}),
        "requestParameters": _plain(call.params),
        "responseElements": answer or None,
        "requestID": _id("request", number, call.time),
        "eventID": _id("event", number, call.time),
        "readOnly": is_read(call.operation),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": world.account_id,
    }
    envelope_id = _id("envelope", number, call.time)
    return _envelope(world, CLOUDTRAIL, call.time, id=envelope_id, region=call.region, resources=[], detail=detail)


def _incident_of(call: Call) -> str | None:
    named = call.params if call.operation != "StartIncident" else call.result or {}
    found = (named.get(name, "") for name in ("incidentRecordArn", "arn", "resourceArn"))
    return next((arn for arn in found if ":incident-record/" in arn), None)


# -- of what happens to incidents (rules 3 to 5)


def messages_of(world: World, occasion: Occasion) -> Iterator[Message]:
    """Give what is sent on an occasion: pages, runbooks, and what the incident's topics get."""
    incident, plan = occasion.incident, occasion.plan
    made: Any = partial(Message, time=instant(occasion.now), incident=incident["arn"])
    subject = timeline_events.RECORD_UPDATE
    if plan is not None:
        subject = timeline_events.START
        for contact in plan.get("engagements", ()):
            yield made(PAGE, contact, ENGAGE, payload=partial(_page, incident, contact))
        for action in plan.get("actions", ()):
            automation = action["ssmAutomation"]
            payload = partial(_runbook, occasion, automation)
            yield made(RUNBOOK, automation["documentName"], RUN, payload=payload)
    for number, (kind, topic) in enumerate(_topics(incident)):  # of which one may be there twice
        message_id = _id(kind, topic, number, incident["arn"], occasion.event_id)
        payload = partial(_notification, world, occasion, subject, message_id)
        yield made(kind, topic, subject, payload=payload)


def _topics(incident: Record) -> Iterator[tuple[str, str]]:
    for topic in incident.get("chatChannel", {}).get("chatbotSns", ()):
        yield CHAT, topic
    for target in incident["notificationTargets"]:
        yield NOTIFICATION, target["snsTopicArn"]


def _notification(world: World, occasion: Occasion, subject: str, message_id: str) -> dict[str, Any]:
    incident, plan = occasion.incident, occasion.plan
    detail = parse_json(occasion.event_data) if plan is None else timeline_events.start_details(incident, plan)
    about = {"region": occasion.region, "resources": [incident["arn"]], "detail": detail}
    return _envelope(world, subject, instant(occasion.now), id=message_id, **about)


def _page(incident: Record, contact: str) -> dict[str, Any]:
    content = incident.get("summary", incident["title"])
    return {
        "ContactId": contact,
        "Content": content,
        "IncidentId": incident["arn"],
        "PublicContent": content,
        "PublicSubject": incident["title"],
        "Sender": "Incident Manager",
        "Subject": incident["title"],
    }


def _runbook(occasion: Occasion, automation: Record) -> dict[str, Any]:
    identifiers = [each["identifier"] for each in occasion.related_items]
    involved = [
        each["value"]["arn"] for each in identifiers if each["type"] == "INVOLVED_RESOURCE" and "arn" in each["value"]
    ]
    variables = {"INCIDENT_RECORD_ARN": [occasion.incident["arn"]], "INVOLVED_RESOURCES": involved}
    dynamic = automation.get("dynamicParameters", {}).items()
    given = {name: list(values) for name, values in automation.get("parameters", {}).items()}
    return {
        "DocumentName": automation["documentName"],
        "DocumentVersion": automation.get("documentVersion", "$DEFAULT"),
        "Parameters": given | {name: list(variables[value["variable"]]) for name, value in dynamic},
    }


# -- parts


def _envelope(world: World, detail_type: str, time: datetime, **members: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "detail-type": detail_type,
        "source": SOURCE,
        "account": world.account_id,
        "time": _text(time),
        **members,
    }


def _id(*parts: object) -> str:
    """Make an id that is the same at each look."""
    return str(uuid5(NAMESPACE_URL, " ".join(map(str, parts))))


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return _text(value) if isinstance(value, datetime) else value
