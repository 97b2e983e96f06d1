"""Resource policies: how a response plan is shared.

Rules, and what they rest on:
 1. Only response plans have policies; an unknown plan is ResourceNotFound [documented §10; assumption: 17.35].
 2. The document is kept and given back byte for byte [observed §10]. It must be a JSON object with a Statement
    [assumption: 17.35]; what the statement says is not checked [observed §10].
 3. Each put adds a policy with an id of its own; the same document again keeps its id [assumption: 17.35].
 4. ramResourceShareRegion is the Region of the call that put it [observed §10].
 5. Deleting a policy that is not there is ResourceNotFound [model §10; assumption: 17.35].
 6. Listed oldest first [assumption].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeim.service import arns, errors
from fakeim.service.state import group
from fakeim.spec.codec import parse_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeim.service.state import Listing, Record
    from fakeim.service.world import World


def put_resource_policy(world: World, params: Mapping[str, Any]) -> Record:
    """Add a policy to a plan (rules 1 to 4)."""
    number = arns.number(world, arns.RESPONSE_PLAN, params["resourceArn"])
    document = params["policy"]
    _check(document)
    policies = world.state.resource_policies
    for position, policy in group(policies, number).rows():
        if policy["policyDocument"] == document:
            return {"policyId": position[3]}
    policy_id = world.ids.policy()
    record = {"policyDocument": document, "policyId": policy_id, "ramResourceShareRegion": world.region}
    policies.put(world.place(policy_id, group=number), record)
    return {"policyId": policy_id}


def get_resource_policies(world: World, params: Mapping[str, Any]) -> Listing:
    """List the policies of a plan (rules 1 and 6)."""
    return group(world.state.resource_policies, arns.number(world, arns.RESPONSE_PLAN, params["resourceArn"]))


def delete_resource_policy(world: World, params: Mapping[str, Any]) -> Record:
    """Take a policy away from a plan (rules 1 and 5)."""
    number = arns.number(world, arns.RESPONSE_PLAN, params["resourceArn"])
    policies, policy_id = world.state.resource_policies, params["policyId"]
    if policy_id not in policies or policies.position(policy_id)[0] != number:
        raise errors.not_found("RESOURCE_POLICY", policy_id)
    policies.drop(policy_id)
    return {}


def _check(document: str) -> None:
    policy = parse_json(document)
    if not isinstance(policy, dict) or "Statement" not in policy:
        raise errors.validation("Invalid policy: expected a JSON object with a Statement.")
