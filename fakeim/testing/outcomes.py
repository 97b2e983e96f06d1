"""What has become of an account, and whether two accounts have come to the same.

The same means: equal but for what no two runs have in common. Ids, account numbers, principals and page tokens are
compared by bijective renaming: what is one thing there is one thing here. Of times it counts only that there is one.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from fakeim.incident_manager import FakeIncidentManager

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

_FORMS = {
    "principal": r"arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:(?:user|assumed-role|federated-user)/[\w+=,.@/-]+",
    "id": r"(?<![0-9a-f-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f-])",
    "ops_item": r"\boi-[0-9a-f]{12}\b",
    "related_item": r"(?<=/)[0-9A-F]{32}\b",
    "policy": r"\b[0-9a-f]{32}\b",
    "account": r"(?<=:)[0-9]{12}(?=:)",
}
_NAMES = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in _FORMS.items()))
_LONGEST_SHOWN = 70


def observer(fake: FakeIncidentManager) -> SSMIncidentsClient:
    """Give a client that reads what is in ``fake`` now: of a copy, so no fault strikes it and no call is logged."""
    copy = FakeIncidentManager(account_id=fake._account_id, regions=fake._regions, onboarded=False)  # noqa: SLF001 - one package
    copy.clock.freeze(fake.clock.now())
    copy.restore(fake.snapshot())
    return copy.client()


def contents(client: SSMIncidentsClient) -> dict[str, Any]:
    """Read all that an account shows: plans and incidents, with what belongs to each."""
    plans = _all(client, "list_response_plans", "responsePlanSummaries")
    incidents = _all(client, "list_incident_records", "incidentRecordSummaries")
    return {
        "plans": [_plan(client, each["arn"]) for each in plans],
        "incidents": [_incident(client, each["arn"]) for each in incidents],
    }


def _plan(client: SSMIncidentsClient, arn: str) -> dict[str, Any]:
    return {
        **_body(client.get_response_plan(arn=arn)),
        "policies": _all(client, "get_resource_policies", "resourcePolicies", resourceArn=arn),
        "tags": client.list_tags_for_resource(resourceArn=arn)["tags"],
    }


def _incident(client: SSMIncidentsClient, arn: str) -> dict[str, Any]:
    events = _all(client, "list_timeline_events", "eventSummaries", incidentRecordArn=arn, sortOrder="ASCENDING")
    return {
        **client.get_incident_record(arn=arn)["incidentRecord"],
        "timeline": [
            client.get_timeline_event(incidentRecordArn=arn, eventId=each["eventId"])["event"] for each in events
        ],
        "relatedItems": _all(client, "list_related_items", "relatedItems", incidentRecordArn=arn),
        "findings": _all(client, "list_incident_findings", "findings", incidentRecordArn=arn),
        "tags": client.list_tags_for_resource(resourceArn=arn)["tags"],
    }


def _all(client: Any, method: str, member: str, **params: Any) -> list[Any]:
    return [each for page in client.get_paginator(method).paginate(**params) for each in page[member]]


def _body(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


# -- compared


class Renaming:
    """Compares values of two accounts, and remembers what of the one is called what in the other."""

    def __init__(self) -> None:
        self._here: dict[tuple[str, str], str] = {}
        self._there: dict[tuple[str, str], str] = {}

    def differences(self, there: Any, here: Any, where: str = "") -> Iterator[str]:
        """Say, place by place, how ``here`` differs from ``there``."""
        if isinstance(there, dict) and isinstance(here, dict):
            for name in there | here:
                yield from self._member(there, here, name, f"{where}.{name}" if where else name)
        elif isinstance(there, list) and isinstance(here, list):
            if len(there) != len(here):
                yield f"{where}: {_counted(here)} instead of {_counted(there)}"
            else:
                for index, (left, right) in enumerate(zip(there, here, strict=True)):
                    yield from self.differences(left, right, f"{where}[{index}]")
        elif isinstance(there, str) and isinstance(here, str):
            yield from self._texts(there, here, where)
        elif not (isinstance(there, datetime) and isinstance(here, datetime)) and there != here:
            yield f"{where}: {shown(here)} instead of {shown(there)}"

    def _member(self, there: dict[str, Any], here: dict[str, Any], name: str, where: str) -> Iterator[str]:
        if name not in here:
            yield f"{where}: nothing instead of {shown(there[name])}"
        elif name not in there:
            yield f"{where}: {shown(here[name])} instead of nothing"
        elif name == "nextToken":
            yield from self._names([("page token", there[name])], [("page token", here[name])], where)
        else:
            yield from self.differences(there[name], here[name], where)

    def _texts(self, there: str, here: str, where: str) -> Iterator[str]:
        if nameless(there) != nameless(here):
            yield f"{where}: {shown(here)} instead of {shown(there)}"
        else:
            yield from self._names(_names(there), _names(here), where)

    def _names(self, there: list[tuple[str, str]], here: list[tuple[str, str]], where: str) -> Iterator[str]:
        for left, right in zip(there, here, strict=True):
            kind = left[0].replace("_", " ")
            if left == right and kind in ("account", "principal"):
                continue  # both may be told of the same one, whatever their own are
            if self._here.setdefault(left, right[1]) != right[1]:
                yield f"{where}: another {kind}, {right[1]}, instead of {self._here[left]}"
            elif self._there.setdefault(right, left[1]) != left[1]:
                yield f"{where}: the same {kind}, {right[1]}, as for another thing"


def nameless(text: str) -> str:
    """Give ``text`` with a kind in place of each name that differs from account to account."""
    return _NAMES.sub(lambda found: f"<{found.lastgroup}>", text)


def _names(text: str) -> list[tuple[str, str]]:
    return [(cast(str, found.lastgroup), found[0]) for found in _NAMES.finditer(text)]


def _counted(values: list[Any]) -> str:
    labels = [label for each in values if (label := _label(each))]
    return f"{len(values)} ({shown(', '.join(labels))})" if labels else f"{len(values)}"


def _label(value: Any) -> str:
    members = value if isinstance(value, dict) else {}
    return str(members.get("title") or members.get("eventType") or members.get("name") or "")


def shown(value: object) -> str:
    """Give a value as text of at most a line."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
