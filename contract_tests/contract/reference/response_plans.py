"""Response plans: the rules of ``fakeim/service/response_plans.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_tests.contract.reference.calls import Listing, RefusedError
from contract_tests.contract.reference.lookups import PLAN, drop, if_there, named, owned, the
from contract_tests.contract.reference.tags import set_tags
from contract_tests.contract.reference.unknowns import settled
from contract_tests.support import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_tests.contract.reference.calls import Call
    from contract_tests.support import Record

PLAN_MEMBERS = ("name", "displayName", "incidentTemplate", "chatChannel", "engagements", "actions", "integrations")
FLAT = {
    "incidentTemplateDedupeString": "dedupeString",
    "incidentTemplateImpact": "impact",
    "incidentTemplateNotificationTargets": "notificationTargets",
    "incidentTemplateSummary": "summary",
    "incidentTemplateTags": "incidentTags",
    "incidentTemplateTitle": "title",
}


def create_response_plan(call: Call, params: Mapping[str, Any]) -> Record:
    if not call.state.sets:
        raise RefusedError("ResourceNotFoundException", resourceType="REPLICATION_SET")  # rule 1
    arn = f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/{params['name']}"
    if named(call.state.plans, arn):
        raise RefusedError("ConflictException", resourceType="RESPONSE_PLAN", resourceIdentifier=arn)
    record = {"arn": arn} | {name: settled(params[name]) for name in PLAN_MEMBERS if name in params}
    call.state.plans.append(call.entry(None, without_empty_chat_channel(record)))
    set_tags(call, arn, params.get("tags", {}))
    return {"arn": arn}


def get_response_plan(call: Call, params: Mapping[str, Any]) -> Record:
    return the(call, PLAN, params["arn"])


def list_response_plans(call: Call, _: Mapping[str, Any]) -> Listing:
    shown = ("arn", "displayName", "name")
    rows = [
        (each.number, {name: each.record[name] for name in shown if name in each.record}) for each in call.state.plans
    ]
    return Listing("responsePlanSummaries", rows)


def update_response_plan(call: Call, params: Mapping[str, Any]) -> Record:
    record = the(call, PLAN, params["arn"])
    record |= {name: settled(params[name]) for name in PLAN_MEMBERS if name in params}
    record["incidentTemplate"] |= {inner: settled(params[name]) for name, inner in FLAT.items() if name in params}
    if params.get("chatChannel") == {"empty": {}}:
        del record["chatChannel"]
    return {}


def delete_response_plan(call: Call, params: Mapping[str, Any]) -> Record:
    if if_there(call, PLAN, params["arn"]):
        drop(call.state.plans, *[each for each in call.state.plans if each.record["arn"] == params["arn"]])
        for entries in (call.state.tags, call.state.policies):
            drop(entries, *owned(entries, params["arn"]))
    return {}


def without_empty_chat_channel(record: Record) -> Record:
    return {name: value for name, value in record.items() if (name, value) != ("chatChannel", {"empty": {}})}
