"""Response plans: what an incident starts from.

Rules, and what they rest on:
 1. A plan needs a usable replication set [documented 5.1]; without one, create is ResourceNotFoundException
    [inferred 5.1; assumption: 17.4], as is everything that looks for a plan [observed §3.3].
 2. The name is unique in the account, case-sensitive, and part of the ARN [observed 5.3]; a duplicate is a
    ConflictException [inferred 5.4].
 3. Title and impact are required [model, 5.5]. Contacts, SSM documents, roles and topics are not looked up
    [observed 5.8; documented, but not enforced here: 5.9]. The PagerDuty secret is [documented 5.10]: the user
    names those that cannot be read in ``fake.unreadable_secrets``.
 4. Members are kept as they were given, empty strings and lists included [inferred §5.2]; what was never given is
    absent [observed 1.12]; an empty chat channel is no chat channel [observed 5.21; assumption: absent, 17.14].
    Lists keep their order [inferred 5.13]; documentVersion and targetAccount get no default [observed 5.14, 5.15].
 5. Update changes the members it names [observed 5.18] and replaces each whole: empty lists, strings, tags and an
    empty chat channel clear [observed 5.19, 5.21, 5.23; inferred 5.20, 5.22]. The plan's own tags are apart
    [observed 5.24].
 6. List gives arn, displayName, name [observed §5.4], oldest first [assumption].
 7. Delete succeeds on what is not there [inferred §3.3], takes the plan's tags and policies, and leaves its
    incidents readable [assumption: 17.18].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeim.service import arns, errors
from fakeim.service.chat_channels import without_empty_chat_channel
from fakeim.service.state import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeim.service.state import Listing, Record
    from fakeim.service.world import World

PLAN_MEMBERS = ("actions", "chatChannel", "displayName", "engagements", "incidentTemplate", "integrations", "name")
# Where UpdateResponsePlan's flat members live in the plan's template (rule 5).
TEMPLATE_MEMBERS = {
    "incidentTemplateDedupeString": "dedupeString",
    "incidentTemplateImpact": "impact",
    "incidentTemplateNotificationTargets": "notificationTargets",
    "incidentTemplateSummary": "summary",
    "incidentTemplateTags": "incidentTags",
    "incidentTemplateTitle": "title",
}


def create_response_plan(world: World, params: Mapping[str, Any]) -> Record:
    """Store a new plan (rules 1 to 4)."""
    if not world.usable():
        raise errors.no_replication_set()
    arn = arns.make(world, arns.RESPONSE_PLAN, params["name"])
    plans = world.state.response_plans
    if arn in plans:
        raise errors.conflict(f"A response plan named {params['name']} exists already.", "RESPONSE_PLAN", arn)
    record = {"arn": arn} | {name: params[name] for name in PLAN_MEMBERS if name in params}
    _check_secret(world, params)
    plans.put(world.place(arn), without_empty_chat_channel(record))
    if params.get("tags"):
        world.state.tags.put(world.place(arn), params["tags"])
    return {"arn": arn}


def get_response_plan(world: World, params: Mapping[str, Any]) -> Record:
    """Give the plan (rules 1 and 4)."""
    return arns.find(world, arns.RESPONSE_PLAN, params["arn"])


def list_response_plans(world: World, params: Mapping[str, Any]) -> Listing:  # noqa: ARG001 - every handler has two
    """List the plans (rule 6)."""
    return whole(world.state.response_plans)


def update_response_plan(world: World, params: Mapping[str, Any]) -> Record:
    """Replace the members that are named (rules 1, 3 and 5)."""
    record = arns.find(world, arns.RESPONSE_PLAN, params["arn"])
    changes = {name: params[name] for name in PLAN_MEMBERS if name in params}
    template = {inner: params[name] for name, inner in TEMPLATE_MEMBERS.items() if name in params}
    if template:
        changes["incidentTemplate"] = record["incidentTemplate"] | template
    _check_secret(world, params)
    world.state.response_plans.replace(record["arn"], without_empty_chat_channel(record | changes))
    return {}


def delete_response_plan(world: World, params: Mapping[str, Any]) -> Record:
    """Delete the plan with its tags and policies, if it is there (rule 7)."""
    arn = params["arn"]
    state = world.state
    if arn not in state.response_plans:
        arns.check(world, arn, arns.RESPONSE_PLAN)
        return {}
    state.resource_policies.drop_group(state.response_plans.number(arn))
    state.tags.drop(arn)
    state.response_plans.drop(arn)
    return {}


def _check_secret(world: World, params: Mapping[str, Any]) -> None:
    """Refuse an integration whose secret cannot be read (rule 3)."""
    for integration in params.get("integrations", ()):
        if integration["pagerDutyConfiguration"]["secretId"] in world.unreadable_secrets:
            raise errors.validation("We were unable to validate the AWS Secrets Manager secret")
