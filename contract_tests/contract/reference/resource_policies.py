"""Resource policies: the rules of ``fakeim/service/resource_policies.py``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contract_tests.contract.reference.lookups import PLAN, by_arrival, drop, invalid, not_found, owned, the

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_tests.contract.reference.calls import Call, Listing
    from contract_tests.support import Record


def put_resource_policy(call: Call, params: Mapping[str, Any]) -> Record:
    arn, document = params["resourceArn"], params["policy"]
    the(call, PLAN, arn)
    try:
        policy = json.loads(document)
    except ValueError:
        policy = None
    if not isinstance(policy, dict) or "Statement" not in policy:
        raise invalid()  # rule 2
    for each in owned(call.state.policies, arn):
        if each.record["policyDocument"] == document:
            return {"policyId": each.record["policyId"]}  # rule 3
    record = {
        "policyDocument": document,
        "policyId": call.other_id("[0-9a-f]{32}"),
        "ramResourceShareRegion": call.region,
    }
    call.state.policies.append(call.entry(arn, record))
    return {"policyId": record["policyId"]}


def get_resource_policies(call: Call, params: Mapping[str, Any]) -> Listing:
    the(call, PLAN, params["resourceArn"])
    return by_arrival("resourcePolicies", owned(call.state.policies, params["resourceArn"]))


def delete_resource_policy(call: Call, params: Mapping[str, Any]) -> Record:
    the(call, PLAN, params["resourceArn"])
    for each in owned(call.state.policies, params["resourceArn"]):
        if each.record["policyId"] == params["policyId"]:
            drop(call.state.policies, each)
            return {}
    raise not_found("resource-policy", params["policyId"])  # rule 5
