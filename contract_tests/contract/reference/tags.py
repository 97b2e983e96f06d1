"""Tags: the rules of ``fakeim/service/tags.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_tests.contract.reference.calls import RefusedError
from contract_tests.contract.reference.lookups import INCIDENT, PLAN, QUOTA, SET, drop, missing, named, owned
from contract_tests.contract.reference.unknowns import settled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_tests.contract.reference.calls import Call
    from contract_tests.support import Record


def tags_of(call: Call, arn: str) -> Record:
    state = call.state
    if not any(named(entries, arn) for entries in (state.plans, state.incidents, state.sets)):
        raise missing(arn, PLAN, INCIDENT, SET)  # rule 1
    return next((each.record for each in owned(state.tags, arn)), {})


def set_tags(call: Call, arn: Any, tags: Record) -> None:
    drop(call.state.tags, *owned(call.state.tags, arn))
    call.state.tags.append(call.entry(arn, settled(tags)))


def list_tags_for_resource(call: Call, params: Mapping[str, Any]) -> Record:
    return {"tags": tags_of(call, params["resourceArn"])}


def tag_resource(call: Call, params: Mapping[str, Any]) -> Record:
    arn = params["resourceArn"]
    tags = tags_of(call, arn) | params["tags"]
    if len(tags) > 50:
        raise RefusedError(
            "ServiceQuotaExceededException", quotaCode="L-TAGS-PER-RESOURCE", resourceIdentifier=arn, **QUOTA
        )
    set_tags(call, arn, tags)
    return {}


def untag_resource(call: Call, params: Mapping[str, Any]) -> Record:
    arn = params["resourceArn"]
    set_tags(call, arn, {key: value for key, value in tags_of(call, arn).items() if key not in params["tagKeys"]})
    return {}
