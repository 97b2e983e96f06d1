"""Replication sets: the account's one set, its Regions and keys, and how they change.

Rules, and what they rest on:
 1. One set an account; a second create is ServiceQuotaExceeded [documented 4.1; inferred 4.2]. While the old set
    is DELETING it is a ConflictException [inferred 4.8].
 2. An account that came too late gets UnsupportedOperationException from a valid create [observed 4.3].
 3. Create, update and delete are asynchronous; the tables below say what they pass through [observed 4.5, 4.6,
    4.39]. Ending a change does not touch lastModified [observed 4.18].
 4. The Region of the call must be one of the set's: ValidationException from create [documented 4.23; inferred for
    the exception]. GetReplicationSet elsewhere is ResourceNotFound [observed 4.33a]; so are update, deletion
    protection and delete [assumption: as Get]. ListReplicationSets shows the ARN everywhere [observed 4.33], in
    every status until the set is gone [assumption: 17.12].
 5. A Region without a key of its own reads ``DefaultKey`` [observed 4.14, 4.33b]; all Regions have keys or none
    [documented 4.24]; a key is a key ARN, not an alias or id, of that Region [inferred 4.26]: ValidationException
    otherwise [inferred §3.5]. So is a Region that no partition has, or that is in another partition
    than the account [assumption: 17.9].
 6. An update has one action [model, 4.27]. Adding a fourth Region [documented 4.22] or one that is there, deleting
    one that is not there or the last one (which in AWS's console deletes the set, 4.13) is a ValidationException
    [assumption: 17.9; inferred §3.5 for the exception]. So a key is changed by deleting and adding its Region
    [documented 4.25]. The 24 hours of 4.28 are not enforced [observed 4.29].
 7. Deletion protection starts false [observed 4.20]; a protected set is not deleted: ValidationException
    [documented 4.30; inferred 4.31]. Setting what is set already is accepted [inferred 4.38].
 8. Only an ACTIVE set is updated (ConflictException); only an ACTIVE or FAILED one is protected or deleted
    (ValidationException, for these operations declare no Conflict) [assumption: 17.9].
 9. Delete takes all Regions at once [observed 4.12] and all of the account's data [documented 4.11], at the call
    [assumption: the moment]. One that fails leaves the set FAILED with all its Regions, to be deleted again
    [documented 4.32; assumption: what is left].
10. Updates and protection bump lastModifiedTime and lastModifiedBy [assumption: 17.12].
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fakeim.service import arns, errors
from fakeim.service.quotas import MOST_REGIONS
from fakeim.service.regions import is_region, partition
from fakeim.service.state import whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fakeim.service.state import Listing, Record
    from fakeim.service.world import World

# Rule 3. What a status becomes when the change that it stands for ends well; None: it is gone.
SET_ENDS: dict[str, str | None] = {"CREATING": "ACTIVE", "UPDATING": "ACTIVE", "DELETING": None}
REGION_ENDS: dict[str, str | None] = {"CREATING": "ACTIVE", "DELETING": None, "ACTIVE": "ACTIVE", "FAILED": "FAILED"}
# The statuses in which an operation may begin a change (rule 8).
UPDATABLE = frozenset({"ACTIVE"})
AT_REST = frozenset({"ACTIVE", "FAILED"})

DEFAULT_KEY = "DefaultKey"
END_OF_CHANGE = "end of change"
_KEY_ARN = re.compile(r"arn:(?P<partition>aws|aws-cn|aws-us-gov):kms:(?P<region>[a-z0-9-]+):[0-9]{12}:key/.+").fullmatch


def create_replication_set(world: World, params: Mapping[str, Any]) -> Record:
    """Begin to create the account's set (rules 1 to 5)."""
    regions = params["regions"]
    _check_regions(world, regions)
    existing = _current(world)
    if existing is not None and existing["status"] == "DELETING":
        raise errors.conflict(
            "The account's replication set is being deleted; wait until it is gone.", "REPLICATION_SET", existing["arn"]
        )
    if existing is not None:
        raise errors.quota_exceeded(
            "An account can have one replication set; delete the existing one first.",
            "REPLICATION_SET",
            resourceType="REPLICATION_SET",
            resourceIdentifier=existing["arn"],
        )
    if not world.can_onboard:
        raise errors.cannot_onboard()
    return {"arn": create(world, regions, params.get("tags"))}


def create(world: World, regions: Mapping[str, Mapping[str, str]], tags: Record | None = None) -> str:
    """Store a new set of ``regions`` (as CreateReplicationSet names them) and give its ARN."""
    arn = arns.make(world, arns.REPLICATION_SET, world.ids.timed(world.now))
    now = world.time()
    record = {
        "arn": arn,
        "createdBy": world.caller,
        "createdTime": now,
        "deletionProtected": False,
        "lastModifiedBy": world.caller,
        "lastModifiedTime": now,
        "regionMap": {name: _region(world, given.get("sseKmsKeyId")) for name, given in regions.items()},
        "status": "CREATING",
    }
    delay = world.transitions.delay
    if not delay:  # so that it is stored once: every fresh fake has a set
        record = _with_end(world, record) or record
    world.state.replication_sets.put(world.place(arn), record)
    if tags:
        world.state.tags.put(world.place(arn), tags)
    if delay:
        _schedule_end(world, arn, delay)
    return arn


def get_replication_set(world: World, params: Mapping[str, Any]) -> Record:
    """Give the set, in its own Regions only (rule 4)."""
    return {"replicationSet": _find(world, params["arn"])}


def list_replication_sets(world: World, params: Mapping[str, Any]) -> Listing:  # noqa: ARG001 - every handler has two
    """List the ARN of the set, if there is one (rule 4)."""
    return whole(world.state.replication_sets)


def update_replication_set(world: World, params: Mapping[str, Any]) -> Record:
    """Begin to add or delete one Region (rules 5, 6 and 8)."""
    record = _find(world, params["arn"])
    if record["status"] not in UPDATABLE:
        raise errors.conflict(
            f"The replication set is {record['status']}; it can be updated once it is ACTIVE.",
            "REPLICATION_SET",
            record["arn"],
        )
    action = params["actions"][0]
    change = _with_region if "addRegionAction" in action else _without_region
    regions = change(world, record["regionMap"], *action.values())
    _store(world, _touched(world, record) | {"regionMap": regions, "status": "UPDATING"})
    _begin(world, record["arn"])
    return {}


def update_deletion_protection(world: World, params: Mapping[str, Any]) -> Record:
    """Allow or deny deletion (rules 7 and 8)."""
    record = _find(world, params["arn"])
    if record["status"] not in AT_REST:
        raise errors.validation(
            f"The replication set is {record['status']}; its protection can be changed once it is ACTIVE."
        )
    _store(world, _touched(world, record) | {"deletionProtected": params["deletionProtected"]})
    return {}


def delete_replication_set(world: World, params: Mapping[str, Any]) -> Record:
    """Begin to delete the set and all data of the account (rules 7, 8 and 9)."""
    record = _find(world, params["arn"])
    if record["deletionProtected"]:
        raise errors.validation(
            "The replication set is protected from deletion; turn this off with UpdateDeletionProtection."
        )
    if record["status"] not in AT_REST:
        raise errors.validation(f"The replication set is {record['status']}; it can be deleted once it is ACTIVE.")
    tags = world.state.tags.get(record["arn"])
    for table in world.state.tables().values():
        if table is not world.state.replication_sets:
            table.clear()
    if tags is not None:
        world.state.tags.put(world.place(record["arn"]), tags)
    regions = {name: each | {"status": "DELETING"} for name, each in record["regionMap"].items()}
    _store(world, record | {"regionMap": regions, "status": "DELETING"})
    _begin(world, record["arn"])
    return {}


def end_change(world: World, change: Record) -> None:
    """End the change that the set is in, as the tables say (rule 3); called when its time has come."""
    arn = change["arn"]
    record = world.state.replication_sets.get(arn)
    if record is None:
        return
    ended = _with_end(world, record)
    if ended is not None:
        _store(world, ended)
        return
    world.state.replication_sets.drop(arn)
    world.state.tags.drop(arn)


# -- parts


def _with_end(world: World, record: Record) -> Record | None:
    """Give the set as it is when its change has ended; ``None`` if it is gone then (rule 3)."""
    ended = {name: _ended(world, name, region) for name, region in record["regionMap"].items()}
    failed = any(region and region["status"] == "FAILED" for region in ended.values())
    status = "FAILED" if failed else SET_ENDS[record["status"]]
    if status is None:
        return None
    if record["status"] == "DELETING":  # rule 9: what was not deleted keeps its Regions
        ended = {name: region or record["regionMap"][name] for name, region in ended.items()}
    regions = {name: region for name, region in ended.items() if region}
    return record | {"regionMap": regions, "status": status}


def _current(world: World) -> Record | None:
    row = world.state.replication_sets.first()
    return None if row is None else row[1]


def _find(world: World, arn: str) -> Record:
    record = world.state.replication_sets.get(arn)
    if record is None or world.region not in record["regionMap"]:
        raise arns.missing(world, arn, arns.REPLICATION_SET)
    return record


def _store(world: World, record: Record) -> None:
    world.state.replication_sets.replace(record["arn"], record)


def _touched(world: World, record: Record) -> Record:
    return record | {"lastModifiedBy": world.caller, "lastModifiedTime": world.time()}


def _region(world: World, key: str | None) -> Record:
    return {"sseKmsKeyId": key or DEFAULT_KEY, "status": "CREATING", "statusUpdateDateTime": world.time()}


def _schedule_end(world: World, arn: str, delay: int) -> None:
    world.schedule(END_OF_CHANGE, arn, world.now + delay, {"arn": arn})


def _begin(world: World, arn: str) -> None:
    """Let the change that the set is in end when it is time, which may be now."""
    delay = world.transitions.delay
    if delay:
        _schedule_end(world, arn, delay)
    else:
        end_change(world, {"arn": arn})


def _ended(world: World, name: str, region: Record) -> Record | None:
    failure = world.transitions.take_failure(name) if region["status"] in ("CREATING", "DELETING") else None
    if failure is not None:
        return region | {"status": "FAILED", "statusMessage": failure, "statusUpdateDateTime": world.time()}
    status = REGION_ENDS[region["status"]]
    if status == region["status"]:
        return region
    return None if status is None else region | {"status": status, "statusUpdateDateTime": world.time()}


def _with_region(world: World, regions: Record, added: Record) -> Record:
    name = added["regionName"]
    if name in regions:
        raise errors.validation(f"The Region {name} is in the replication set already.")
    if len(regions) >= MOST_REGIONS:
        raise errors.validation(f"A replication set can have {MOST_REGIONS} Regions; delete one first.")
    key = added.get("sseKmsKeyId")
    _check_key(world, name, key)
    _check_keys_alike([each["sseKmsKeyId"] for each in regions.values()] + [key or DEFAULT_KEY])
    return {**regions, name: _region(world, key)}


def _without_region(world: World, regions: Record, deleted: Record) -> Record:
    name = deleted["regionName"]
    if name not in regions:
        raise errors.validation(f"The Region {name} is not in the replication set.")
    if len(regions) == 1:
        raise errors.validation(f"{name} is the last Region of the replication set; use DeleteReplicationSet.")
    gone = {"status": "DELETING", "statusUpdateDateTime": world.time()}
    return regions | {name: regions[name] | gone}


def _check_regions(world: World, regions: Mapping[str, Mapping[str, str]]) -> None:
    if world.region not in regions:
        raise errors.validation(
            f"The Region of this call, {world.region}, must be one of the replication set's Regions."
        )
    for name, given in regions.items():
        _check_key(world, name, given.get("sseKmsKeyId"))
    _check_keys_alike([given.get("sseKmsKeyId") or DEFAULT_KEY for given in regions.values()])


def _check_key(world: World, region: str, key: str | None) -> None:
    if not is_region(region) or partition(region) != world.partition:
        raise errors.validation(f"Unknown Region '{region}'.")
    if key in (None, "", DEFAULT_KEY):
        return
    found = _KEY_ARN(key)
    if found is None or (found["partition"], found["region"]) != (world.partition, region):
        raise errors.validation(
            f"Invalid sseKmsKeyId '{key}' for {region}: expected the ARN of a KMS key in that Region."
        )


def _check_keys_alike(keys: Iterable[str]) -> None:
    if len({key == DEFAULT_KEY for key in keys}) > 1:
        raise errors.validation("Either all Regions of a replication set have a customer managed key or none has.")
