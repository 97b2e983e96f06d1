"""What starts an incident by itself: a CloudWatch alarm through its action, or an EventBridge rule through its target.

Rules, and what they rest on:
 1. An alarm acts when it goes off; its ARN is the triggerArn, the source ``aws.cloudwatch``. An event becomes an
    incident by a rule, whose ARN is the triggerArn; the source is ``aws.events`` [assumption: 17.21]. So each alarm,
    and each rule, has one open incident of a plan [documented 6.9].
 2. The timestamp is the event's own time; rawData is the event, as compact JSON [observed §7.1], cut where it is
    longer than rawData may be [assumption].
 3. The resources that an event names, and those that the metrics of an alarm belong to (DynamoDB, EC2, Lambda, RDS,
    S3), become related items of the type INVOLVED_RESOURCE [documented §6.3; assumption: without a title].
 4. The incident has the title and the summary of its plan. AWS adds words of its own, whose form is not known [§6.3].
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.seeding import alarm_events
from fakeim.service.regions import partition
from fakeim.spec.api import load_api
from fakeim.spec.codec import compact_json
from fakeim.spec.validation import constraint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fakeim.seeding.alarm_events import Event

ALARM, RULE = "aws.cloudwatch", "aws.events"
_RESOURCES = {
    "AWS/DynamoDB": ("TableName", "dynamodb:{region}:{account}:table/{name}"),
    "AWS/EC2": ("InstanceId", "ec2:{region}:{account}:instance/{name}"),
    "AWS/Lambda": ("FunctionName", "lambda:{region}:{account}:function:{name}"),
    "AWS/RDS": ("DBInstanceIdentifier", "rds:{region}:{account}:db:{name}"),
    "AWS/S3": ("BucketName", "s3:::{name}"),
}
"""Of each namespace of metrics the dimension that names a resource, and the rest of that resource's ARN (rule 3)."""


class Trigger(NamedTuple):
    """What an event brings to StartIncident: the triggerDetails, related items, and the plan that it names, if so."""

    details: dict[str, Any]
    resources: list[dict[str, Any]]
    plan: str | None


def read(event: Mapping[str, Any] | str | bytes, rule: str | None) -> Trigger:
    """Read an event, parsed or JSON text, of an alarm or, with a ``rule``, of that; a ``ValueError`` if it is none."""
    try:
        parsed = alarm_events.parse_object(event if isinstance(event, str | bytes) else _written(event))
        return of_alarm(parsed) if rule is None else of_rule(parsed, rule)
    except RecursionError:
        raise ValueError("no event: it is nested too deeply") from None


def of_alarm(event: Event) -> Trigger:
    """Let an alarm that goes off act: ``event`` is EventBridge's, or the message of an action (rule 1)."""
    if "AlarmArn" in event:
        alarm_events.check(event, alarm_events.ACTION)
        arn, time = event["AlarmArn"], event["StateChangeTime"]
        actions, metrics = event.get("AlarmActions"), [event.get("Trigger")]
    else:
        alarm_events.check(event, alarm_events.STATE_CHANGE)
        arn, time, configuration = event["resources"][0], event["time"], event["detail"]["configuration"]
        actions, metrics = configuration.get("alarmActions"), _metrics(configuration.get("metrics"))
    plans = [each for each in _listed(actions) if isinstance(each, str) and ":response-plan/" in each]
    involved = (found for each in metrics for found in _involved(each, *arn.split(":")[3:5]))
    return Trigger(_details(ALARM, arn, time, event), _items(involved), plans[0] if plans else None)


def of_rule(event: Event, rule: str) -> Trigger:
    """Let the EventBridge rule called ``rule``, or of that ARN, match ``event`` (rule 1)."""
    if not isinstance(rule, str):
        raise ValueError(f"rule={rule!r}: give the name or the ARN of an EventBridge rule")  # noqa: TRY004 - as for a bad name
    alarm_events.check(event, alarm_events.EVENT)
    region = event["region"]
    place = f"arn:{partition(region)}:events:{region}:{event['account']}:rule/"
    arn = rule if rule.startswith("arn:") else place + rule
    return Trigger(_details(RULE, arn, event["time"], event), _items(_listed(event.get("resources"))), None)


def _written(event: Mapping[str, Any]) -> str:
    try:
        return compact_json(event)
    except TypeError as error:
        raise ValueError(f"not JSON ({error})") from None


def _details(source: str, arn: str, time: str, event: Event) -> dict[str, Any]:
    raw_data = compact_json(event)[: load_api().shape("RawData").max]
    return {"rawData": raw_data, "source": source, "timestamp": datetime.fromisoformat(time), "triggerArn": arn}


def _items(resources: Iterable[Any]) -> list[dict[str, Any]]:
    """Make related items of those ``resources`` that are ARNs, each once (rule 3)."""
    is_arn = constraint(load_api().shape("Arn"))
    found = dict.fromkeys(each for each in resources if isinstance(each, str) and is_arn(each))
    return [{"identifier": {"type": "INVOLVED_RESOURCE", "value": {"arn": each}}} for each in found]


def _involved(metric: object, region: str, account: str) -> Iterator[str]:
    """Name the resource that ``metric`` belongs to, in either spelling that CloudWatch has for a metric (rule 3)."""
    if not isinstance(metric, dict):
        return
    namespace = metric.get("namespace", metric.get("Namespace"))
    dimensions = metric.get("dimensions", metric.get("Dimensions"))
    if isinstance(dimensions, list):
        named = [each for each in dimensions if isinstance(each, dict) and isinstance(each.get("name"), str)]
        dimensions = {each["name"]: each.get("value") for each in named}
    if isinstance(namespace, str) and isinstance(dimensions, dict) and namespace in _RESOURCES:
        dimension, rest = _RESOURCES[namespace]
        if dimension in dimensions:
            place = rest.format(region=region, account=account, name=dimensions[dimension])
            yield f"arn:{partition(region)}:{place}"


def _metrics(given: object) -> list[object]:
    """Give the metrics of an alarm's configuration, whatever that is."""
    stats = [each.get("metricStat") for each in _listed(given) if isinstance(each, dict)]
    return [each.get("metric") for each in stats if isinstance(each, dict)]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
