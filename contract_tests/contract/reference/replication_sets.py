"""Replication sets: the rules of ``fakeim/service/replication_sets.py``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from contract_tests.contract.reference.calls import Listing, RefusedError
from contract_tests.contract.reference.lookups import QUOTA, SET, invalid, not_found, the
from contract_tests.contract.reference.tags import set_tags
from contract_tests.support import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_tests.contract.reference.calls import Call
    from contract_tests.support import Record

DEFAULT_KEY = "DefaultKey"


def create_replication_set(call: Call, params: Mapping[str, Any]) -> Record:
    regions = {name: given.get("sseKmsKeyId") or DEFAULT_KEY for name, given in params["regions"].items()}
    if call.region not in regions:
        raise invalid()  # rule 4
    check_keys(regions)
    for existing in call.state.sets:  # rule 1
        members = {"resourceType": "REPLICATION_SET", "resourceIdentifier": existing.record["arn"]}
        raise RefusedError("ServiceQuotaExceededException", quotaCode="L-REPLICATION-SETS", **QUOTA, **members)
    record = {
        "arn": call.timed_id(f"arn:aws:ssm-incidents::{ACCOUNT}:replication-set/"),
        "createdBy": call.caller,
        "createdTime": call.now,
        "deletionProtected": False,
        "lastModifiedBy": call.caller,
        "lastModifiedTime": call.now,
        "regionMap": {name: region(call, key) for name, key in regions.items()},
        "status": "ACTIVE",
    }
    call.state.sets.append(call.entry(None, record))
    set_tags(call, record["arn"], params.get("tags", {}))
    return {"arn": record["arn"]}


def region(call: Call, key: str) -> Record:
    return {"sseKmsKeyId": key, "status": "ACTIVE", "statusUpdateDateTime": call.now}


def check_keys(regions: Mapping[str, str]) -> None:
    for name, key in regions.items():  # rule 5
        if not re.fullmatch("[a-z]{2}-[a-z]+-[0-9]", name) or name.startswith("cn-"):  # which is in another partition
            raise invalid()
        if key != DEFAULT_KEY and not re.fullmatch(f"arn:aws:kms:{name}:[0-9]{{12}}:key/.+", key):
            raise invalid()
    if DEFAULT_KEY in regions.values() and set(regions.values()) != {DEFAULT_KEY}:
        raise invalid()


def the_set(call: Call, arn: str) -> Record:
    found = the(call, SET, arn)
    if call.region not in found["regionMap"]:
        raise not_found(SET, arn)  # rule 4
    return found


def get_replication_set(call: Call, params: Mapping[str, Any]) -> Record:
    return {"replicationSet": the_set(call, params["arn"])}


def list_replication_sets(call: Call, _: Mapping[str, Any]) -> Listing:
    return Listing("replicationSetArns", [(each.number, each.record["arn"]) for each in call.state.sets])


def update_replication_set(call: Call, params: Mapping[str, Any]) -> Record:
    record = the_set(call, params["arn"])
    regions = record["regionMap"]
    ((kind, action),) = params["actions"][0].items()
    name = action["regionName"]
    if kind == "addRegionAction":
        if name in regions or len(regions) == 3:
            raise invalid()  # rule 6
        key = action.get("sseKmsKeyId") or DEFAULT_KEY
        check_keys({name: key, **{other: each["sseKmsKeyId"] for other, each in regions.items()}})
        regions[name] = region(call, key)
    else:
        if name not in regions or len(regions) == 1:
            raise invalid()
        del regions[name]
    record |= {"lastModifiedBy": call.caller, "lastModifiedTime": call.now}  # rule 10
    return {}


def update_deletion_protection(call: Call, params: Mapping[str, Any]) -> Record:
    modified = {"lastModifiedBy": call.caller, "lastModifiedTime": call.now}
    the_set(call, params["arn"]).update(modified, deletionProtected=params["deletionProtected"])
    return {}


def delete_replication_set(call: Call, params: Mapping[str, Any]) -> Record:
    if the_set(call, params["arn"])["deletionProtected"]:
        raise invalid()  # rule 7
    for everything in vars(call.state).values():  # rule 9; client tokens too
        everything.clear()
    return {}
