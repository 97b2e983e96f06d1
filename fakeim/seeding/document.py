"""A dump: an account as a JSON document that a reviewer can read.

    {"fakeim": 1,                          the version of this format
     "accountId": ..., "partition": ...,
     "ids": {"seed": 0, "drawn": 17},      how many ids were made, and of what: which come next
     "lastNumber": 9,                      how many records were stored so far
     "responsePlans": [{"number": 2, "record": {...}}, ...], ...}

Records have the API's own shape, as its answers show them, but for times, which are ISO 8601 in UTC, to the
millisecond. ``number`` is a record's place in the order of arrival: it breaks ties of time, and page tokens hold it.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.service.clock import LATEST
from fakeim.service.effects import APPEARANCE
from fakeim.service.replication_sets import END_OF_CHANGE
from fakeim.service.state import Listing, whole
from fakeim.spec.codec import EPOCH, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fakeim.seeding.chance import Chance
    from fakeim.service.state import Record, Row
    from fakeim.service.world import World

VERSION = 1
_ALONE = re.compile("[\ud800-\udfff]")


class Kind(NamedTuple):
    """How the records of one table stand in the document."""

    member: str
    """The document's member that lists them."""
    shape: str
    """The API's shape of a record."""
    id: str
    """The member of the record, or of its row in the document, that is its id."""
    owner: str = ""
    """The member of the record, or of its row, with the ARN of the resource that it belongs to, if it does."""
    named: bool = False
    """Whether the owner stands in the row, because the record does not tell."""
    time: str = ""
    """The member of the record that it is ordered by, if it is."""


KINDS: Mapping[str, Kind] = {
    "replication_sets": Kind("replicationSets", "ReplicationSet", "arn"),
    "response_plans": Kind("responsePlans", "GetResponsePlanOutput", "arn"),
    "incident_records": Kind("incidentRecords", "IncidentRecord", "arn", time="creationTime"),
    "timeline_events": Kind("timelineEvents", "TimelineEvent", "eventId", "incidentRecordArn", time="eventTime"),
    "related_items": Kind("relatedItems", "RelatedItem", "generatedId", "incidentRecordArn", named=True),
    "findings": Kind("findings", "Finding", "id", "incidentRecordArn", named=True),
    "resource_policies": Kind("resourcePolicies", "ResourcePolicy", "policyId", "responsePlanArn", named=True),
    "tags": Kind("tags", "TagMap", "resourceArn", "resourceArn", named=True),
}
"""Of each table but the two whose records are not the API's: the used client tokens, and the effects to come."""
EFFECT_KINDS: Mapping[str, Kind] = {
    kind.member: kind for kind in KINDS.values() if kind.id in ("eventId", "generatedId", "id")
}
"""Of the records that may appear later than what causes them, by the document's member that would list them."""
TOKENS, ENDS, APPEARANCES = "clientTokens", "endsOfChanges", "appearances"


def written(world: World, chance: Chance) -> Record:
    """Write the account's state, and where its ``chance`` stands, as a document; called under the account's lock."""
    state = world.state
    owners = {
        position[2]: record["arn"]
        for table in (state.response_plans, state.incident_records)
        for position, record in whole(table).rows()
    }
    content: Record = {
        "fakeim": VERSION,
        "accountId": world.account_id,
        "partition": world.partition,
        "ids": {"seed": chance.seed, "drawn": chance.drawn},
        "lastNumber": state.number,
    }
    for name, table in state.tables().items():
        rows = list(Listing(table, (0,), (state.number + 1,)).rows())
        if name == "client_tokens":
            content[TOKENS] = [_token(row) for row in rows]
        elif name == "schedule":
            content[ENDS] = [_end(row) for row in rows if row[1]["kind"] == END_OF_CHANGE]
            coming = (row for row in rows if row[1]["kind"] == APPEARANCE)
            # What belongs to an incident that is gone will not appear (effects, rule 5), and could not be loaded.
            content[APPEARANCES] = [_appearance(row) for row in coming if row[1]["incident"] in state.incident_records]
        else:
            write = _writer(KINDS[name], owners)
            content[KINDS[name].member] = [write(row) for row in rows]
    return content


def as_text(content: Record) -> str:
    """Give the JSON text of a document, of which every part can be read by eye."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    if _ALONE.search(text):  # half of a pair: no file can hold it but as an escape; two that meet are one character
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        text = _ALONE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text + "\n"


def iso(milliseconds: int) -> str:
    """Write a moment, in milliseconds since the epoch, as the document has it."""
    return (EPOCH + timedelta(milliseconds=milliseconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _writer(kind: Kind, owners: Mapping[int, str]) -> Callable[[Row], Record]:
    def write(row: Row) -> Record:
        (group, _, number, name), record = row
        owner = {kind.owner: owners[group] if group else name} if kind.named else {}
        return {"number": number, **owner, "record": _plain(record)}

    return write


def _token(row: Row) -> Record:
    (_, expiry, number, name), record = row
    operation, _, token = name.partition(" ")
    return {
        "number": number,
        "operation": operation,
        "clientToken": token,
        "expires": iso(expiry),
        "params": _plain(record["params"]),
        "answer": _plain(record["answer"]),
    }


def _end(row: Row) -> Record:
    """Write the end of a replication set's change that is to come."""
    return {**_coming(row), "replicationSetArn": row[1]["arn"]}


def _appearance(row: Row) -> Record:
    """Write a record that is to appear."""
    effect = row[1]
    members = {kind.shape: member for member, kind in EFFECT_KINDS.items()}
    return {
        **_coming(row),
        "among": members[effect["table"]],
        "recordNumber": effect["position"][2],
        "incidentRecordArn": effect["incident"],
        "stamp": effect["stamp"],
        "record": _plain(effect["record"]),
    }


def _coming(row: Row) -> Record:
    (_, due, number, _name), effect = row
    # What waits for a word has no time: no clock shows what lies behind LATEST.
    return {"number": number, "region": effect["region"], "due": None if due > LATEST else iso(due)}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return iso(milliseconds(value)) if isinstance(value, datetime) else value
