"""Tags of response plans, incident records and the replication set.

Rules, and what they rest on:
 1. These three kinds can be tagged [documented §11]; another ARN is a ValidationException [assumption: 17.36], an
    unknown resource of these kinds ResourceNotFound [model §3.2; assumption: 17.36].
 2. Tagging adds and overwrites, untagging removes the keys that are there [observed §11].
 3. No tags list as an empty map [observed §11]. Empty values are legal [observed §11].
 4. A resource has at most 50 tags, unless the quota was set otherwise: ServiceQuotaExceeded beyond [model §11;
    assumption: 17.36].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeim.service import arns, errors
from fakeim.service.quotas import TAGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeim.service.state import Record
    from fakeim.service.world import World


def list_tags_for_resource(world: World, params: Mapping[str, Any]) -> Record:
    """Give the tags of a resource (rules 1 and 3)."""
    return {"tags": _tags(world, params["resourceArn"])}


def tag_resource(world: World, params: Mapping[str, Any]) -> Record:
    """Add tags, or give them new values (rules 1, 2 and 4)."""
    arn = params["resourceArn"]
    before, most = _tags(world, arn), world.quotas[TAGS]
    tags = before | params["tags"]
    if most is not None and len(tags) > max(most, len(before)):
        raise errors.quota_exceeded(
            f"{arn} would have {len(tags)} tags; a resource can have {most}.", "TAGS", resourceIdentifier=arn
        )
    _store(world, arn, tags)
    return {}


def untag_resource(world: World, params: Mapping[str, Any]) -> Record:
    """Remove tags (rules 1 and 2)."""
    arn = params["resourceArn"]
    gone = set(params["tagKeys"])
    tags = {key: value for key, value in _tags(world, arn).items() if key not in gone}
    _store(world, arn, tags)
    return {}


def _store(world: World, arn: str, tags: Record) -> None:
    table = world.state.tags
    if arn in table:
        table.replace(arn, tags)
    else:
        table.put(world.place(arn), tags)


def _tags(world: World, arn: str) -> Record:
    state = world.state
    if not (arn in state.response_plans or arn in state.incident_records or arn in state.replication_sets):
        raise arns.missing(world, arn, *arns.TAGGABLE)
    return state.tags.get(arn) or {}
