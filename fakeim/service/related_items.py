"""Related items of an incident.

Rules, and what they rest on:
 1. An unknown incident is ResourceNotFound for update; its list is empty [observed §3.3, 8.10].
 2. The service gives every item a generatedId, which stays for the item's life [observed 8.2]: a digest of its
    incident, type and value [assumption: 17.33]. One that comes with an added item is ignored [documented 8.2;
    assumption: not refused, 17.34].
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

from fakeim.service import arns, effects, timeline_events
from fakeim.service.state import group
from fakeim.spec.codec import compact_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeim.service.state import Listing, Record
    from fakeim.service.world import World

ATTRIBUTE = "relatedItems"


def list_related_items(world: World, params: Mapping[str, Any]) -> Listing:
    """List the items of an incident (rules 1 and 6)."""
    number = arns.number_or_none(world, arns.INCIDENT_RECORD, params["incidentRecordArn"])
    return group(world.state.related_items, number, descending=True)


def update_related_items(world: World, params: Mapping[str, Any]) -> Record:
    """Add or remove one item (rules 1 to 5)."""
    incident = arns.find(world, arns.INCIDENT_RECORD, params["incidentRecordArn"])
    update = params["relatedItemsUpdate"]
    if "itemToAdd" in update:
        update = {"itemToAdd": _members(update["itemToAdd"])}
        attach(world, incident["arn"], update["itemToAdd"])
    else:
        generated_id = _generated_id(world, incident["arn"], update["itemToRemove"])
        if generated_id not in world.state.related_items:
            return {}
        world.state.related_items.drop(generated_id)
    touched = incident | {"lastModifiedBy": world.caller, "lastModifiedTime": world.time()}
    world.state.incident_records.replace(incident["arn"], touched)
    timeline_events.write_update(world, touched, {ATTRIBUTE: compact_json(update)})
    return {}


def attach(world: World, incident: str, item: Record, *, background: bool = False) -> None:
    """Store ``item`` with the incident whose ARN is ``incident`` (rules 2 and 3).

    In the ``background`` a new one may appear later.
    """
    items, generated_id = world.state.related_items, _generated_id(world, incident, item["identifier"])
    record = {"generatedId": generated_id, **_members(item)}
    if generated_id in items:
        items.replace(generated_id, record)
        return
    position = world.place(generated_id, group=world.state.incident_records.number(incident))
    if background:
        effects.show(world, items, position, record, incident)
    else:
        items.put(position, record)


def attach_parent(world: World, incident: Record) -> None:
    """Give a fresh incident its parent OpsItem, and write that to its timeline [observed §6.2, §7.2, 8.3]."""
    place, ops_item = f"arn:{world.partition}:ssm:{world.region}:{world.account_id}", world.ids.ops_item()
    parent = {"identifier": {"type": "PARENT", "value": {"arn": f"{place}:opsitem/{ops_item}"}}, "title": "parentItem"}
    attach(world, incident["arn"], parent, background=True)
    written = f'{{"type":"PARENT","value":{{"arn":"{place}:opsItem/{ops_item}"}}}}'  # the other spelling: 2.10
    update = f'{{"itemToAdd":{{"identifier":{written},"title":"parentItem"}}}}'
    timeline_events.write_update(world, incident, {ATTRIBUTE: update})


# -- parts


def _members(item: Record) -> Record:
    """Give the members of ``item`` that a user decides about (rule 2)."""
    return {name: value for name, value in item.items() if name != "generatedId"}


def _generated_id(world: World, incident: str, identifier: Record) -> str:
    ((kind, value),) = identifier["value"].items()
    if isinstance(value, dict):
        value = sorted(value.items())
    elif kind == "arn":
        value = value.replace(":opsItem/", ":opsitem/")
    return world.ids.related_item(identifier["type"], f"{incident} {kind} {value}")
