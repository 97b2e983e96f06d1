"""Findings: the rules of ``fakeim/service/findings.py``. Only AWS makes any, so there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_tests.contract.reference.calls import Listing
from contract_tests.contract.reference.lookups import INCIDENT, the

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_tests.contract.reference.calls import Call
    from contract_tests.support import Record


def list_incident_findings(call: Call, params: Mapping[str, Any]) -> Listing:
    the(call, INCIDENT, params["incidentRecordArn"])
    return Listing("findings", [], largest=20)


def batch_get_incident_findings(call: Call, params: Mapping[str, Any]) -> Record:
    the(call, INCIDENT, params["incidentRecordArn"])
    text, code = "Finding with ID '{}' is not accessible", "ResourceNotFoundException"
    errors = [{"code": code, "findingId": each, "message": text.format(each)} for each in params["findingIds"]]
    return {"errors": errors, "findings": []}
