"""Related items of an incident.

Rules, and what they rest on:
 1. An unknown incident is ResourceNotFound for update; its list is empty [observed 3.3, 8.10].
 2. The service gives every item a generatedId, which stays for the item's life [observed 8.2]; one that comes with
    an added item is ignored [documented 8.2; assumption: not refused, 17.34].
 3. Adding an item whose type and value are there already changes that item's title and keeps its generatedId
    [assumption: 17.33]. Users may add every type [assumption: 17.34].
 4. An item is removed by type and value [observed 8.5]; removing what is not there succeeds [assumption: 17.33].
    The PARENT's ARN counts as the same in both spellings AWS uses, ``opsitem`` and ``opsItem`` [observed 2.10].
 5. Each change writes an SSM Incident Record Update and bumps lastModified [observed 8.9]; a removal that removes
    nothing does neither [assumption].
 6. Listed latest first [observed 8.8; assumption: the rule behind it, 17.33].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeim.service import arns, timeline_events
from fakeim.service.state import group, identity
from fakeim.spec.codec import compact_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeim.service.state import Listing, Record
    from fakeim.service.world import World

ATTRIBUTE = "relatedItems"


def list_related_items(world: World, params: Mapping[str, Any]) -> Listing:
    """List the items of an incident (rules 1 and 6)."""
    number = arns.group(world, arns.INCIDENT_RECORD, params["incidentRecordArn"])
    return group(world.state.related_items, number, descending=True)


def update_related_items(world: World, params: Mapping[str, Any]) -> Record:
    """Add or remove one item (rules 1 to 5)."""
    incident = arns.find(world, arns.INCIDENT_RECORD, params["incidentRecordArn"])
    update = params["relatedItemsUpdate"]
    if "itemToAdd" in update:
        attach(world, incident["arn"], update["itemToAdd"])
        update = {"itemToAdd": _without_generated_id(update["itemToAdd"])}
    elif not _detach(world, incident["arn"], update["itemToRemove"]):
        return {}
    touched = incident | {"lastModifiedBy": world.caller, "lastModifiedTime": world.time()}
    world.state.incident_records.replace(incident["arn"], touched)
    timeline_events.write_update(world, touched, [(ATTRIBUTE, compact_json(update))])
    return {}


def attach(world: World, incident: str, item: Record) -> None:
    """Store ``item`` with the incident whose ARN is ``incident`` (rules 2 and 3)."""
    number = world.state.incident_records.position(incident)[2]
    existing = _same_item(world, number, item["identifier"])
    if existing is None:
        _add(world, number, item)
    else:
        world.state.related_items.replace(existing, {**item, "generatedId": existing})


def attach_parent(world: World, incident: Record) -> None:
    """Give a fresh incident its parent OpsItem, and write that to its timeline [observed 6.2, 7.2, 8.3]."""
    listed = f"arn:{world.partition}:ssm:{world.region}:{world.account_id}:opsitem/{world.ids.ops_item()}"
    _add(world, world.state.incident_records.position(incident["arn"])[2], _parent(listed))
    update = compact_json({"itemToAdd": _parent(listed.replace(":opsitem/", ":opsItem/"))})  # observed 2.10
    timeline_events.write_update(world, incident, [(ATTRIBUTE, update)])


# -- parts


def _add(world: World, number: int, item: Record) -> None:
    generated = world.ids.related_item(item["identifier"]["type"])
    world.state.related_items.put(world.place(generated, group=number), {**item, "generatedId": generated})


def _parent(arn: str) -> Record:
    return {"identifier": {"type": "PARENT", "value": {"arn": arn}}, "title": "parentItem"}


def _detach(world: World, incident: str, identifier: Record) -> bool:
    existing = _same_item(world, world.state.incident_records.position(incident)[2], identifier)
    if existing is not None:
        world.state.related_items.drop(existing)
    return existing is not None


def _same_item(world: World, number: int, identifier: Record) -> str | None:
    same = (("identity", identity(identifier)),)
    found = group(world.state.related_items, number)._replace(any_of=same).rows()
    return next((position[3] for position, _ in found), None)


def _without_generated_id(item: Record) -> Record:
    return {name: value for name, value in item.items() if name != "generatedId"}
