"""What may be sent to AWS, by level: an allow-list. Whatever is not on it, is not sent.

1. CreateReplicationSet, UpdateReplicationSet, DeleteReplicationSet and UpdateDeletionProtection are never sent, at no
   level, not even broken or for a set that is not there: deleting a real set destroys the account's incidents, and
   since the closure (catalogue 4.3) it may not come back; making one would onboard the account.
2. Reads change nothing, and are sent.
3. At the level *probe*, a write is sent only if it cannot succeed in making or changing anything:
   a. its target has a name of this run, exactly formed, in this account, that this run has made nothing under. The
      name holds 40 random bits, so nothing is there: AWS answers ResourceNotFoundException or, to a delete, success
      (catalogue §3.3). A malformed ARN is no such target: what AWS would make of it is not known.
   b. it has no target at all, not even an empty one of its own: the model requires one.
   c. it breaks a constraint of the model. For CreateResponsePlan this alone counts, and the name, if there is one,
      has to begin as this run's, so that a plan which is made all the same is found and removed. A set that is not
      unique and a union of two do not count, for it is not known that AWS refuses them (catalogue 17.16).
   PutResourcePolicy needs a and c, since the worst that it could do is to share something. What was made all the
   same may be removed.
4. StartIncident pages people. It is sent for plans that are not there (3a), and at the level *data* for a plan that
   this run made under rule 5 and no other.
5. At the level *data*, further writes are sent to plans and incidents in this run's journal, and only with members
   that reach nobody: no engagements, chat channels, actions, integrations, notification targets; impact 5, the
   lowest. What is made has this run's name and tag, or sweep would not find it. No related item links to PagerDuty:
   with its secret and ``autoLink``, resolving the incident resolves somebody's there.
6. A dedupeString has to begin as this run's names do. AWS compares it in the whole account (catalogue 6.8): with a
   string of somebody else's, an incident of theirs would be taken for ours, or never start.
7. Timeline events of the type "SSM Contacts …" are not written: rules in use page on them (catalogue §13). Neither
   are triggers of a source "aws.…", which are AWS's own (catalogue 17.21).
8. A resource policy must not name anybody but this account, in elements that are known and there once: IAM might read
   others otherwise.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from fakeim.parity.runs import TAG
from fakeim.spec.api import load_api
from fakeim.spec.codec import without_repetition
from fakeim.spec.validation import violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fakeim.parity.journal import Journal
    from fakeim.parity.runs import Run

    Params = Mapping[str, Any]

FORBIDDEN = frozenset(
    {"CreateReplicationSet", "DeleteReplicationSet", "UpdateDeletionProtection", "UpdateReplicationSet"}
)
READS = frozenset(
    {
        "BatchGetIncidentFindings",
        "GetIncidentRecord",
        "GetReplicationSet",
        "GetResourcePolicies",
        "GetResponsePlan",
        "GetTimelineEvent",
        "ListIncidentFindings",
        "ListIncidentRecords",
        "ListRelatedItems",
        "ListReplicationSets",
        "ListResponsePlans",
        "ListTagsForResource",
        "ListTimelineEvents",
    }
)
TARGETS = {
    "CreateTimelineEvent": "incidentRecordArn",
    "DeleteIncidentRecord": "arn",
    "DeleteResourcePolicy": "resourceArn",
    "DeleteResponsePlan": "arn",
    "DeleteTimelineEvent": "incidentRecordArn",
    "PutResourcePolicy": "resourceArn",
    "StartIncident": "responsePlanArn",
    "TagResource": "resourceArn",
    "UntagResource": "resourceArn",
    "UpdateIncidentRecord": "arn",
    "UpdateRelatedItems": "incidentRecordArn",
    "UpdateResponsePlan": "arn",
    "UpdateTimelineEvent": "incidentRecordArn",
}
"""The writes to what is there already, and the member that says what they change."""

REMOVALS = {"DeleteIncidentRecord", "DeleteResponsePlan"}
"""What removes, at either level, what this run has made, or may have made against rule 3."""

LOWEST_IMPACT = 5
_KNOWN_TO_BE_CHECKED = re.compile(r"Member must (?:not be null|have (?:length|value) |satisfy )").search
_ELSEWHERE = re.compile(r"arn:aws[a-z-]*:(?!ssm-incidents:)[a-z0-9-]+:[^/]*").fullmatch
_NO_NAME = re.compile(r"[^:/]*[!#$%&*+<=>?@^|~][^:/]*").fullmatch
_POLICY = {"Id", "Statement", "Version"}
_STATEMENT = {"Action", "Condition", "Effect", "Principal", "Resource", "Sid"}
_TEMPLATE = {"dedupeString", "impact", "incidentTags", "summary", "title"}
_OF_THE_PLAN = {
    "arn",
    "clientToken",
    "displayName",
    "incidentTemplateDedupeString",
    "incidentTemplateImpact",
    "incidentTemplateSummary",
    "incidentTemplateTags",
    "incidentTemplateTitle",
}


def refusal(run: Run, journal: Journal, operation: str, params: Params) -> str | None:
    """Say why a request must not be sent; ``None`` if it may.

    Args:
        run: Who would send it.
        journal: What this run has made, or tried to.
        operation: The operation's name.
        params: The parameters, canonical, as they were read from the very bytes that would be sent.
    """
    if operation in FORBIDDEN:
        return f"{operation} is never sent: a real replication set holds the account's incidents"
    if operation in READS:
        return None
    if operation == "CreateResponsePlan":
        return _refused_plan(run, params)
    if operation not in TARGETS:
        return f"{operation} is not on the list of what may be sent"
    return _refused_write(run, journal, operation, params)


def is_harmless_plan(run: Run, params: Params) -> bool:
    """Say whether CreateResponsePlan with these parameters makes a plan whose incidents reach nobody (rule 5)."""
    return next(_wrong_with_plan(run, params), None) is None


# -- the level probe


def _refused_plan(run: Run, params: Params) -> str | None:
    name = params.get("name")
    if name and not name.startswith(run.prefix):
        return "the plan's name is not one of this run's"
    if _is_broken("CreateResponsePlan", params):
        return None
    if run.level == "probe":
        return "it could make a plan, and the level probe makes nothing"
    return next(_wrong_with_plan(run, params), None)


def _refused_write(run: Run, journal: Journal, operation: str, params: Params) -> str | None:
    target = params.get(TARGETS[operation])
    if target is None:
        return None
    if run.plan_of(target) is None and not (_ELSEWHERE(target) or _NO_NAME(target)):
        return "its target is not one of this run's names in this account, so it could be somebody's"
    if not journal.claims(target):
        if operation != "PutResourcePolicy" or _is_broken(operation, params):
            return None
        return next(_wrong_with_policy(run, journal, params), None)
    if run.level == "probe" and operation not in REMOVALS:
        return "this run may have made its target by accident, and the level probe changes nothing"
    return next(_WRONG[operation](run, journal, params), None)


def _is_broken(operation: str, params: Params) -> bool:
    """Say whether the request breaks a constraint of which AWS is known to check the like (rule 3c)."""
    broken = violations(load_api().operations[operation].input, params)
    return any(_KNOWN_TO_BE_CHECKED(sentence) and "unique" not in sentence for _, sentence in broken)


# -- the level data: what is wrong with a write to what this run has made


def _nothing_wrong(_: Run, __: Journal, ___: Params) -> Iterator[str]:
    yield from ()


def _wrong_with_plan(run: Run, params: Params) -> Iterator[str]:
    template = params.get("incidentTemplate", {})
    yield from _only(params, {"clientToken", "displayName", "incidentTemplate", "name", "tags"})
    yield from _only(template, _TEMPLATE)
    if template.get("impact") != LOWEST_IMPACT:
        yield f"the plan's impact is not {LOWEST_IMPACT}"
    for tags in (params.get("tags", {}), template.get("incidentTags", {})):
        if tags.get(TAG) != run.id:
            yield f"the tag {TAG} of this run is not among its tags, so sweep could not find what it makes"
    yield from _wrong_with_dedupe(run, template.get("dedupeString"))


def _wrong_with_start(run: Run, journal: Journal, params: Params) -> Iterator[str]:
    plan = run.plan_of(params["responsePlanArn"])
    if plan is None or not journal.may_start(plan):
        yield "the plan may reach people: this run did not make it as one that cannot"
    yield from _wrong_with_impact(params)
    for item in params.get("relatedItems", ()):
        yield from _wrong_with_item(item)
    if params.get("triggerDetails", {}).get("source", "").startswith("aws."):
        yield "a source 'aws.…' is AWS's own"


def _wrong_with_plan_update(run: Run, _: Journal, params: Params) -> Iterator[str]:
    yield from _only(params, _OF_THE_PLAN)
    if params.get("incidentTemplateImpact", LOWEST_IMPACT) != LOWEST_IMPACT:
        yield f"the plan's impact is to be other than {LOWEST_IMPACT}"
    if params.get("incidentTemplateTags", {TAG: run.id}).get(TAG) != run.id:
        yield f"the tag {TAG} of this run is not among the incidents' tags"
    yield from _wrong_with_dedupe(run, params.get("incidentTemplateDedupeString"))


def _wrong_with_incident_update(_: Run, __: Journal, params: Params) -> Iterator[str]:
    yield from _only(params, {"arn", "clientToken", "impact", "status", "summary", "title"})
    yield from _wrong_with_impact(params)


def _wrong_with_items(_: Run, __: Journal, params: Params) -> Iterator[str]:
    yield from _wrong_with_item(params.get("relatedItemsUpdate", {}).get("itemToAdd", {}))


def _wrong_with_item(item: Params) -> Iterator[str]:
    if "pagerDutyIncidentDetail" in item.get("identifier", {}).get("value", {}):
        yield "a related item of PagerDuty's reaches people there"


def _wrong_with_event(_: Run, __: Journal, params: Params) -> Iterator[str]:
    if "contacts" in params.get("eventType", "").lower():
        yield "people are paged on events of the type 'SSM Contacts …'"


def _wrong_with_tags(run: Run, _: Journal, params: Params) -> Iterator[str]:
    if params.get("tags", {}).get(TAG, run.id) != run.id or TAG in params.get("tagKeys", ()):
        yield f"without its tag {TAG}, sweep could not remove the resource"


def _wrong_with_policy(run: Run, _: Journal, params: Params) -> Iterator[str]:
    if not _keeps_to(run.account, params.get("policy", "")):
        yield "the policy could share the plan with somebody"


_WRONG: dict[str, Callable[[Run, Journal, Params], Iterator[str]]] = {
    "CreateTimelineEvent": _wrong_with_event,
    "DeleteIncidentRecord": _nothing_wrong,
    "DeleteResourcePolicy": _nothing_wrong,
    "DeleteResponsePlan": _nothing_wrong,
    "DeleteTimelineEvent": _nothing_wrong,
    "PutResourcePolicy": _wrong_with_policy,
    "StartIncident": _wrong_with_start,
    "TagResource": _wrong_with_tags,
    "UntagResource": _wrong_with_tags,
    "UpdateIncidentRecord": _wrong_with_incident_update,
    "UpdateRelatedItems": _wrong_with_items,
    "UpdateResponsePlan": _wrong_with_plan_update,
    "UpdateTimelineEvent": _wrong_with_event,
}


def _only(given: Params, allowed: set[str]) -> Iterator[str]:
    surplus = sorted(given.keys() - allowed)
    if surplus:
        yield f"{', '.join(surplus)}: not among the members that reach nobody"


def _wrong_with_impact(params: Params) -> Iterator[str]:
    if params.get("impact", LOWEST_IMPACT) != LOWEST_IMPACT:
        yield f"its impact is not {LOWEST_IMPACT}"


def _wrong_with_dedupe(run: Run, dedupe: str | None) -> Iterator[str]:
    if dedupe and not dedupe.startswith(run.prefix):
        yield "its dedupeString could be that of somebody's incident"


def _keeps_to(account: str, policy: str) -> bool:
    """Say whether a resource policy names no principal but ``account`` (rule 8)."""
    try:
        parsed = json.loads(policy, object_pairs_hook=without_repetition)
    except (ValueError, RecursionError):
        return False
    statements = parsed.get("Statement", []) if isinstance(parsed, dict) and parsed.keys() <= _POLICY else None
    if not isinstance(statements, list):
        return False
    if not all(isinstance(each, dict) and each.keys() <= _STATEMENT for each in statements):
        return False
    own = re.compile(rf"{account}|arn:aws[a-z-]*:iam::{account}:[^*]+").fullmatch
    return all(own(name) for each in statements for name in _principals(each.get("Principal", {})))


def _principals(principal: Any) -> list[str]:
    named = [principal] if not isinstance(principal, dict) else principal.values()
    return [str(each) for group in named for each in (group if isinstance(group, list) else [group])]
