"""Findings: deployments and stack updates around an incident, which AWS adds by itself.

Rules, and what they rest on:
 1. An unknown incident is ResourceNotFound for both operations [observed §3.3].
 2. List gives id and lastModifiedTime, at most 20 a page [observed, model §9], oldest first [assumption].
 3. BatchGet gives the findings in the order of the request, and for each id that is not there an entry in
    ``errors`` with this text [observed §9]; both lists are always there. An id named twice is answered twice
    [assumption].
 4. Only AWS makes findings; the fake's user puts them there [our choice], and ``effects`` says when they appear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeim.service import arns, effects
from fakeim.service.state import group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeim.service.state import Listing, Record
    from fakeim.service.world import World


def list_incident_findings(world: World, params: Mapping[str, Any]) -> Listing:
    """List the findings of an incident (rules 1 and 2)."""
    return group(world.state.findings, arns.number(world, arns.INCIDENT_RECORD, params["incidentRecordArn"]))


def batch_get_incident_findings(world: World, params: Mapping[str, Any]) -> Record:
    """Give the findings that are asked for (rules 1 and 3)."""
    number = arns.number(world, arns.INCIDENT_RECORD, params["incidentRecordArn"])
    stored = world.state.findings
    answer: Record = {"errors": [], "findings": []}
    for finding_id in params["findingIds"]:
        finding = stored.get(finding_id)
        if finding is not None and stored.position(finding_id)[0] == number:
            answer["findings"].append(finding)
        else:
            answer["errors"].append(_inaccessible(finding_id))
    return answer


def add(world: World, incident: str, details: Record) -> str:
    """Store a finding of the incident whose ARN is ``incident``, and give its id (rule 4)."""
    number = arns.number(world, arns.INCIDENT_RECORD, incident)
    finding_id, now = world.ids.timed(world.now), world.time()
    place = world.place(finding_id, group=number)
    record = {"creationTime": now, "details": details, "id": finding_id, "lastModifiedTime": now}
    effects.show(world, world.state.findings, place, record, incident)
    return finding_id


def _inaccessible(finding_id: str) -> Record:
    message = f"Finding with ID '{finding_id}' is not accessible"
    return {"code": "ResourceNotFoundException", "findingId": finding_id, "message": message}
