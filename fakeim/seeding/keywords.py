"""What seeds are described with: AWS's members, in Python's spelling.

Rules [our choice]:
 1. A keyword is a member of the request, spelt as boto3 spells methods: ``displayName`` is ``display_name``. Those of
    a plan's incident template stand beside the plan's own, for no name is in both. What a keyword is given has AWS's
    shape and AWS's names, as a boto3 call would.
 2. What a call would be refused for is refused here, too; with botocore's words or the service's.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict

from botocore import xform_name

from fakeim.service import errors
from fakeim.spec.api import load_api
from fakeim.spec.codec import Misfit, reader
from fakeim.spec.suggestions import did_you_mean
from fakeim.spec.validation import client_report, violations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fakeim.service.state import Record


class PlanMembers(TypedDict, total=False):
    """The keywords of a response plan: the members of CreateResponsePlan and of its IncidentTemplate."""

    actions: list[dict[str, Any]]
    chat_channel: dict[str, Any]
    dedupe_string: str
    display_name: str
    engagements: list[str]
    impact: int
    incident_tags: dict[str, str]
    integrations: list[dict[str, Any]]
    notification_targets: list[dict[str, Any]]
    summary: str
    tags: dict[str, str]
    title: str


class IncidentMembers(TypedDict, total=False):
    """The keywords of an incident: the members of StartIncident."""

    impact: int
    related_items: list[dict[str, Any]]
    title: str
    trigger_details: dict[str, Any]


class ItemMembers(TypedDict, total=False):
    """The keywords of a related item's value: the members of ItemValue, of which it has exactly one."""

    arn: str
    metric_definition: str
    pager_duty_incident_detail: dict[str, Any]
    url: str


def plan_request(name: str, given: Mapping[str, Any]) -> Record:
    """Give the members of CreateResponsePlan for a plan called ``name``, with a template whatever is ``given``."""
    template = {"title": name, "impact": 3} | renamed("IncidentTemplate", given)
    return renamed("CreateResponsePlanInput", given) | {"name": name, "incidentTemplate": template}


def renamed(shape: str, given: Mapping[str, Any]) -> Record:
    """Give those of ``given`` that are members of ``shape``, under the names that they have there."""
    known = _members(shape)
    return {known[each]: value for each, value in given.items() if each in known}


@cache
def _members(shape: str) -> dict[str, str]:
    return {xform_name(member): member for member in load_api().shape(shape).members}


def expect(method: str, given: Iterable[str], kind: type) -> None:
    """Raise a ``TypeError``, as Python does, if ``given`` are not keywords of ``kind``; with a suggestion."""
    known = kind.__annotations__
    for each in given:
        if each not in known:
            raise TypeError(f"{method}() has no keyword {each}{did_you_mean(each, known)}")


def checked(operation_name: str, params: Record) -> Record:
    """Read ``params`` as boto3 and the service would; a ``ServiceError`` tells what they would refuse (rule 2)."""
    operation = load_api().operations[operation_name]
    try:
        canonical: Record = reader(operation.input)(params)
    except Misfit:
        report = client_report(load_api(), operation, params)
        raise errors.validation(report or errors.unreadable().message) from None
    broken = [sentence for _, sentence in violations(operation.input, canonical)]
    if broken:
        raise errors.validation("; ".join(broken))
    return canonical
