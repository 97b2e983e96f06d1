"""What a look at a fake account gives: its records, typed, immutable, under the API's names in Python's spelling.

A member that the service does not show is ``None``, and an empty tuple or mapping where it is a list or a map.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakeim.inspection.values import FrozenDict
from fakeim.pictures import events, words
from fakeim.service import arns
from fakeim.spec.codec import parse_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from fakeim.service.state import Record


LONGEST_TEXT = 80
"""Characters that a record's ``str`` shows of a text."""


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """An incident, with its tags. Topics, contacts and executions are ARNs."""

    arn: str
    title: str
    impact: int
    status: str
    summary: str | None
    creation_time: datetime
    resolved_time: datetime | None
    last_modified_time: datetime
    last_modified_by: str
    dedupe_string: str
    source: str
    created_by: str
    invoked_by: str | None
    resource_arn: str | None
    """Of the alarm or rule that it came from."""
    chat_channel: tuple[str, ...]
    notification_targets: tuple[str, ...]
    automation_executions: tuple[str, ...]
    tags: Mapping[str, str] = field(hash=False)

    def __str__(self) -> str:
        return f"{self.title!r} ({self.status}, impact {self.impact}, of plan {self.plan})"

    @property
    def plan(self) -> str:
        """The name of the response plan that it was started from."""
        return arns.plan_name(self.arn)

    @property
    def id(self) -> str:
        """The last part of its ARN."""
        return arns.last_part(self.arn)


@dataclass(frozen=True, slots=True)
class IncidentTemplate:
    """What incidents of a response plan start with."""

    title: str
    impact: int
    summary: str | None
    dedupe_string: str | None
    notification_targets: tuple[str, ...]
    incident_tags: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class SsmAutomation:
    """A runbook that starts with an incident; ``dynamic_parameters`` names the variable of each."""

    document_name: str
    role_arn: str
    document_version: str | None
    target_account: str | None
    parameters: Mapping[str, tuple[str, ...]] = field(hash=False)
    dynamic_parameters: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class PagerDutyConfiguration:
    """The PagerDuty service that incidents of a response plan are sent to."""

    name: str
    secret_id: str
    service_id: str


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """A response plan, with its tags. Topics and contacts are ARNs."""

    arn: str
    name: str
    display_name: str | None
    incident_template: IncidentTemplate
    chat_channel: tuple[str, ...]
    engagements: tuple[str, ...]
    actions: tuple[SsmAutomation, ...]
    integrations: tuple[PagerDutyConfiguration, ...]
    tags: Mapping[str, str] = field(hash=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """An event of an incident's timeline; ``event_references`` are ARNs and ids of related items."""

    event_id: str
    event_type: str
    event_time: datetime
    event_updated_time: datetime
    event_data: str
    event_references: tuple[str, ...]
    incident_record_arn: str

    def __str__(self) -> str:
        said = words.printable(events.text(self.event_type, self.event_data))
        return f"{self.event_type}: {words.cut(said, LONGEST_TEXT)}"

    @property
    def data(self) -> Any:
        """What ``event_data`` says: the value that it is the JSON of, or the text itself."""
        value = parse_json(self.event_data)
        return self.event_data if value is None else value


@dataclass(frozen=True, slots=True)
class RelatedItem:
    """A related item of an incident. It has one of ``arn``, ``url``, ``metric_definition``, ``pager_duty_incident``."""

    generated_id: str
    type: str
    title: str | None
    arn: str | None
    url: str | None
    metric_definition: str | None
    pager_duty_incident: PagerDutyIncident | None

    def __str__(self) -> str:
        value = self.arn or self.url or self.metric_definition or self.pager_duty_incident
        return f"{self.type} {words.cut(str(value), LONGEST_TEXT)}"


@dataclass(frozen=True, slots=True)
class PagerDutyIncident:
    """The incident in PagerDuty that an incident here goes with."""

    id: str
    auto_resolve: bool | None
    secret_id: str | None


# -- made of what is stored


def incident_record(record: Record, tags: Record) -> IncidentRecord:
    """Make the view of a stored incident with its ``tags``."""
    source = record["incidentRecordSource"]
    return IncidentRecord(
        arn=record["arn"],
        title=record["title"],
        impact=record["impact"],
        status=record["status"],
        summary=record.get("summary"),
        creation_time=record["creationTime"],
        resolved_time=record.get("resolvedTime"),
        last_modified_time=record["lastModifiedTime"],
        last_modified_by=record["lastModifiedBy"],
        dedupe_string=record["dedupeString"],
        source=source["source"],
        created_by=source["createdBy"],
        invoked_by=source.get("invokedBy"),
        resource_arn=source.get("resourceArn"),
        chat_channel=_chat_channel(record),
        notification_targets=_targets(record),
        automation_executions=tuple(each["ssmExecutionArn"] for each in record["automationExecutions"]),
        tags=FrozenDict(tags),
    )


def response_plan(record: Record, tags: Record) -> ResponsePlan:
    """Make the view of a stored response plan with its ``tags``."""
    template = record["incidentTemplate"]
    return ResponsePlan(
        arn=record["arn"],
        name=record["name"],
        display_name=record.get("displayName"),
        incident_template=IncidentTemplate(
            title=template["title"],
            impact=template["impact"],
            summary=template.get("summary"),
            dedupe_string=template.get("dedupeString"),
            notification_targets=_targets(template),
            incident_tags=FrozenDict(template.get("incidentTags", {})),
        ),
        chat_channel=_chat_channel(record),
        engagements=tuple(record.get("engagements", ())),
        actions=tuple(_automation(each["ssmAutomation"]) for each in record.get("actions", ())),
        integrations=tuple(_integration(each["pagerDutyConfiguration"]) for each in record.get("integrations", ())),
        tags=FrozenDict(tags),
    )


def timeline_event(record: Record) -> TimelineEvent:
    """Make the view of a stored timeline event."""
    references = record.get("eventReferences", ())
    return TimelineEvent(
        event_id=record["eventId"],
        event_type=record["eventType"],
        event_time=record["eventTime"],
        event_updated_time=record["eventUpdatedTime"],
        event_data=record["eventData"],
        event_references=tuple(value for each in references for value in each.values()),
        incident_record_arn=record["incidentRecordArn"],
    )


def related_item(record: Record) -> RelatedItem:
    """Make the view of a stored related item."""
    identifier = record["identifier"]
    value, pager_duty = identifier["value"], identifier["value"].get("pagerDutyIncidentDetail")
    return RelatedItem(
        generated_id=record["generatedId"],
        type=identifier["type"],
        title=record.get("title"),
        arn=value.get("arn"),
        url=value.get("url"),
        metric_definition=value.get("metricDefinition"),
        pager_duty_incident=pager_duty
        and PagerDutyIncident(pager_duty["id"], pager_duty.get("autoResolve"), pager_duty.get("secretId")),
    )


def _automation(action: Record) -> SsmAutomation:
    dynamic = action.get("dynamicParameters", {})
    return SsmAutomation(
        document_name=action["documentName"],
        role_arn=action["roleArn"],
        document_version=action.get("documentVersion"),
        target_account=action.get("targetAccount"),
        parameters=FrozenDict({name: tuple(values) for name, values in action.get("parameters", {}).items()}),
        dynamic_parameters=FrozenDict({name: value["variable"] for name, value in dynamic.items()}),
    )


def _integration(record: Record) -> PagerDutyConfiguration:
    service = record["pagerDutyIncidentConfiguration"]["serviceId"]
    return PagerDutyConfiguration(record["name"], record["secretId"], service)


def _chat_channel(record: Record) -> tuple[str, ...]:
    return tuple(record.get("chatChannel", {}).get("chatbotSns", ()))


def _targets(record: Record) -> tuple[str, ...]:
    return tuple(each["snsTopicArn"] for each in record.get("notificationTargets", ()))
