"""Related items: the rules of ``fakeim/service/related_items.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_tests.contract.reference import timeline_events
from contract_tests.contract.reference.lookups import INCIDENT, by_arrival, drop, if_there, owned, the
from contract_tests.contract.reference.unknowns import made, settled
from contract_tests.support import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_tests.contract.reference.calls import Call, Entry, Listing
    from contract_tests.support import Record


def list_related_items(call: Call, params: Mapping[str, Any]) -> Listing:
    if_there(call, INCIDENT, params["incidentRecordArn"])
    return by_arrival("relatedItems", owned(call.state.items, params["incidentRecordArn"]), descending=True)


def update_related_items(call: Call, params: Mapping[str, Any]) -> Record:
    record = the(call, INCIDENT, params["incidentRecordArn"])
    ((kind, given),) = settled(params["relatedItemsUpdate"]).items()
    if kind == "itemToAdd":
        given.pop("generatedId", None)  # rule 2
        put_item(call, record["arn"], given)
    else:
        found = same_item(call, record["arn"], given)
        if not found:
            return {}  # rules 4 and 5
        drop(call.state.items, found)
    record |= {"lastModifiedBy": call.caller, "lastModifiedTime": call.now}
    timeline_events.updated(call, record, {"relatedItems": timeline_events.compact({kind: in_order(given)})})
    return {}


def in_order(value: Any) -> Any:
    """Order the members as the service does, by their names (catalogue 1.10, and the text in §7.1)."""
    return {name: in_order(value[name]) for name in sorted(value)} if isinstance(value, dict) else value


def put_item(call: Call, incident: Any, given: Record) -> None:
    record = {name: settled(value) for name, value in given.items() if name != "generatedId"}
    record["generatedId"] = generated_id(call, incident, given["identifier"])
    there = same_item(call, incident, given["identifier"])
    if there:
        there.record = record  # rule 3: in its place
    else:
        call.state.items.append(call.entry(incident, record))


def put_parent(call: Call, incident: Record) -> None:
    prefix = f"arn:aws:ssm:{call.region}:{ACCOUNT}:opsitem/"
    arn = call.other_id(f"{prefix}oi-[0-9a-f]{{12}}")
    put_item(call, incident["arn"], {"identifier": {"type": "PARENT", "value": {"arn": arn}}, "title": "parentItem"})

    def told(arn: str) -> str:
        value = {"arn": arn.replace("opsitem", "opsItem")}  # catalogue 2.10
        return timeline_events.compact(
            {"itemToAdd": {"identifier": {"type": "PARENT", "value": value}, "title": "parentItem"}}
        )

    timeline_events.updated(call, incident, {"relatedItems": made(told, arn)})


def same_item(call: Call, incident: Any, identifier: Record) -> Entry | None:
    return next(
        (e for e in owned(call.state.items, incident) if alike(e.record["identifier"], identifier)),
        None,
    )


def alike(one: Record, other: Record) -> bool:
    """Compare two identifiers: by type and value, however the ARN of an OpsItem is spelt (rule 4)."""
    return one["type"] == other["type"] and spelt_alike(one["value"]) == spelt_alike(other["value"])


def spelt_alike(value: Record) -> Record:
    arn = value.get("arn")
    return {"arn": arn.replace(":opsItem/", ":opsitem/")} if isinstance(arn, str) else value


def generated_id(call: Call, incident: Any, identifier: Record) -> Any:
    """Give the id that the item had before in this incident, or a new one (rule 2)."""
    for known in call.state.generated_ids:
        if known["incident"] == incident and alike(known["identifier"], identifier):
            return known["id"]
    new = call.other_id(f"related-item/{identifier['type']}/[0-9A-F]{{32}}")
    call.state.generated_ids.append({"incident": incident, "identifier": settled(identifier), "id": new})
    return new
