"""Documents that are no dumps, or broken ones: named, with the place and the remedy, and nothing changes."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.fake_only.accounts import NOON, REGIONS, Account
from contract_tests.fake_only.inspection import OPERATIONS, disorder, dump
from fakeim.seeding import document_schema
from fakeim.service.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    Edit = Callable[[Any], object]

DOCUMENT: Any = json.loads((Path(__file__).parent / "dump_version_1.json").read_bytes())
"""An account with some of everything, and a replication set that is UPDATING."""
ROWS = [name for name, value in DOCUMENT.items() if isinstance(value, list)]


def edited(edit: Edit) -> Any:
    """Give the document after ``edit``, which may also give another one."""
    document = deepcopy(DOCUMENT)
    given = edit(document)
    return given if isinstance(given, str | list) else document


def at(path: str, value: Any) -> Edit:
    """Make an edit that sets what stands at ``path``, its parts divided by spaces."""

    def edit(document: Any) -> None:
        *way, last = [int(each) if each.isdecimal() else each for each in path.split()]
        for step in way:
            document = document[step]
        document[last] = value

    return edit


def without(path: str) -> Edit:
    def edit(document: Any) -> None:
        *way, last = [int(each) if each.isdecimal() else each for each in path.split()]
        for step in way:
            document = document[step]
        del document[last]

    return edit


def again(member: str, **changes: Any) -> Edit:
    return lambda document: document[member].append(deepcopy(document[member][0]) | changes)


def at_rest_with_an_end(document: Any) -> None:
    ends = document["endsOfChanges"]
    regions("ACTIVE")(document)
    document["endsOfChanges"] = ends


def regions(*statuses: str, status: str = "ACTIVE") -> Edit:
    """Make an edit that gives the set Regions of these statuses, and another status."""

    def edit(document: Any) -> None:
        record = document["replicationSets"][0]["record"]
        known = record["regionMap"]["us-east-1"]
        names = ("us-east-1", "eu-west-1", "us-west-2", "ap-south-1")
        record["regionMap"] = {name: known | {"status": each} for name, each in zip(names, statuses, strict=False)}
        record["status"] = status
        if status not in ("CREATING", "UPDATING", "DELETING"):
            document["endsOfChanges"] = []

    return edit


OTHER = "arn:aws:ssm-incidents::123456789012:incident-record/web/other"
BROKEN: list[tuple[Edit, str]] = [
    # no dump, or of another time
    (lambda _: "{", "not JSON"),
    (lambda _: "{}", '"fakeim": 1; dump\\(\\) makes one'),
    (lambda _: [DOCUMENT], '"fakeim": 1'),
    (lambda _: '{"fakeim": 1, "fakeim": 1}', "'fakeim' stands twice in one object"),
    (lambda _: '{"fakeim": NaN}', "NaN is no number"),
    (at("fakeim", "1"), '"fakeim": 1'),
    (at("fakeim", 1.0), '"fakeim": 1'),
    (at("fakeim", 2), "version 2, which a newer fakeim made.*pip install -U"),
    (at("fakeim", 0), "no version 0.*dump it anew"),
    # the frame
    (at("incidentRecord", []), "the document: there is no member incidentRecord; did you mean incidentRecords"),
    (without("lastNumber"), "'lastNumber' is a required property"),
    (at("lastNumber", 3), "lastNumber: 3 is less than a record's number.*raise it"),
    (at("ids drawn", -1), "ids.drawn: -1 is less than"),
    (at("ids drawn", 10**12), "ids.drawn: .*greater than"),
    (at("ids seed", 1.5), "ids.seed: 1.5 is not of type"),
    (at("accountId", "1"), "accountId: '1' does not fit; expected twelve digits"),
    (at("accountId", "999999999999"), "expected arn:aws:ssm-incidents::999999999999:replication-set/ID, by the doc"),
    (at("partition", "aws-cn"), r"replicationSets\[0\].record.arn: expected arn:aws-cn:"),
    # records
    (at("incidentRecords 0 record impact", 6), r"incidentRecords\[0\].record.impact: 6 is greater than the maximum"),
    (at("incidentRecords 0 record impact", 1.0), r"record.impact: 1.0 is not of type"),
    (at("incidentRecords 0 record staus", "OPEN"), "no member staus; did you mean status"),
    (at("incidentRecords 0 record creationTime", 1.5), "record.creationTime: 1.5 is not of type"),
    (
        at("incidentRecords 0 record creationTime", "2025-12-24"),
        "creationTime: '2025-12-24' does not fit; expected a time",
    ),
    (at("incidentRecords 0 record creationTime", "2025-02-30T00:00:00.000Z"), "creationTime: .*no such day"),
    (at("incidentRecords 0 record arn", "arn:aws:x:::y"), "record.arn: expected .*incident-record/PLAN-NAME/ID"),
    (without("incidentRecords 0 record resolvedTime"), "record.status: a RESOLVED incident has a resolvedTime; add"),
    (at("incidentRecords 0 record status", "OPEN"), "record.resolvedTime: an OPEN incident has none; take"),
    (at("responsePlans 0 record name", "other"), "responsePlans.*arn: expected .*response-plan/other"),
    (at("resourcePolicies 0 record policyDocument", "[]"), "policyDocument: expected the text of a JSON object"),
    (without("relatedItems 0 record generatedId"), "'generatedId' is a required property"),
    (at("tags 0 record", {str(each): "" for each in range(51)}), r"tags\[0\].record: "),
    (at("timelineEvents 0 record eventData", "x" * 99_999), r"eventData: 'xxx.* \.\.\. .*is too long"),
    # numbers and ids
    (at("timelineEvents 0 number", 1), r"timelineEvents\[0\].number: 1 is that of replicationSets\[0\] too; give it"),
    (again("timelineEvents", number=9999), r"timelineEvents\[\d+\]: eventId .* stands twice in timelineEvents; take"),
    (again("incidentRecords", number=9999), r"incidentRecords\[1\]: arn .* stands twice"),
    (
        again("clientTokens", number=9999),
        r"clientTokens\[\d+\]: the client token of CreateResponsePlan the plan stands",
    ),
    # what refers to what is not there
    (
        at("timelineEvents 0 record incidentRecordArn", OTHER),
        "record.incidentRecordArn: .*/other is not in the document",
    ),
    (at("relatedItems 0 incidentRecordArn", OTHER), r"relatedItems\[0\].incidentRecordArn: .*/other is not in the doc"),
    (at("findings 0 incidentRecordArn", OTHER), r"findings\[0\].incidentRecordArn: .*add it, or take away"),
    (
        at("resourcePolicies 0 responsePlanArn", OTHER),
        r"resourcePolicies\[0\].responsePlanArn: .*is not in the document",
    ),
    (at("tags 0 resourceArn", OTHER), r"tags\[0\].resourceArn: .* is not in the document"),
    (
        at("endsOfChanges 0 replicationSetArn", OTHER),
        r"endsOfChanges\[0\]: .* is not in the document: nothing of it is to end",
    ),
    (at("replicationSets", []), "endsOfChanges|replicationSets"),
    # the replication set
    (at("endsOfChanges", []), r"replicationSets\[0\].record.status: UPDATING, but nothing says when that ends; add {"),
    (at_rest_with_an_end, r"endsOfChanges\[0\]: .* is ACTIVE: nothing of it is to end; take this away"),
    (at("appearances 0 among", "tags"), r"appearances\[0\].among: 'tags' is not one of"),
    (at("appearances 0 incidentRecordArn", OTHER), r"appearances\[0\].record.incidentRecordArn: expected .*/other, as"),
    (at("appearances 1 incidentRecordArn", OTHER), r"appearances\[1\].incidentRecordArn: .* is not in the document"),
    (at("appearances 0 recordNumber", 1), r"appearances\[0\].recordNumber: 1 is that of replicationSets\[0\] too"),
    (at("appearances 0 record eventType", 1), r"appearances\[0\].record.eventType: 1 is not of type 'string'"),
    (at("appearances 1 record id", 1), r"appearances\[1\].record.id: 1 is not of type 'string'"),
    (again("appearances", recordNumber=9999), r"appearances\[2\]: eventId .* appears twice in timelineEvents"),
    (again("endsOfChanges"), r"endsOfChanges\[1\]: the change of .* ends twice"),
    (
        regions("ACTIVE", "CREATING"),
        "record.status: a set that is ACTIVE has Regions that are ACTIVE; these are ACTIVE, C",
    ),
    (regions("ACTIVE", status="UPDATING"), "exactly one of them CREATING or DELETING; these are ACTIVE"),
    (regions("CREATING", "DELETING", status="UPDATING"), "exactly one of them"),
    (regions("ACTIVE", status="FAILED"), "at least one of them FAILED"),
    (regions("CREATING", status="CREATING"), "the set is CREATING, and without one there are no plans"),
    (regions(), "record.regionMap"),
    (regions(*["ACTIVE"] * 4), "regionMap: a replication set has at most 3 Regions"),
    (at("replicationSets 0 record regionMap us-east-1 sseKmsKeyId", "key"), "regionMap: all Regions have keys or none"),
    (without("replicationSets 0 record regionMap us-east-1 sseKmsKeyId"), "'sseKmsKeyId' is a required property"),
    # client tokens
    (
        at("clientTokens 0 operation", "ListTagsForResource"),
        r"clientTokens\[0\].operation: 'ListTagsForResource' is not",
    ),
    (at("clientTokens 0 params", {}), r"clientTokens\[0\].params: "),
    (at("clientTokens 0 answer eventId", ""), r"clientTokens\[0\].answer: there is no member eventId"),
    (at("clientTokens 0 clientToken", "x" * 99_999), r"params.clientToken: expected 'xxx.* \.\.\. .*in clientToken"),
    (at("clientTokens 0 clientToken", "x"), r"clientTokens\[0\].params.clientToken: expected 'x', as in clientToken"),
]


@pytest.mark.parametrize(("edit", "told"), BROKEN, ids=[told for _, told in BROKEN])
def test_what_is_wrong_is_named_by_its_place_and_nothing_changes(edit: Edit, told: str) -> None:
    fake = fakeim.FakeIncidentManager()
    fake.open_incident()
    before, source = dump(fake), edited(edit)
    for load in (fake.load, fakeim.FakeIncidentManager.from_dump):
        with pytest.raises(ValueError, match=f"(?s){told}") as caught:
            load(source)
        assert len(str(caught.value)) < 500
    assert dump(fake) == before


def test_another_accounts_dump_is_refused() -> None:
    fake = fakeim.FakeIncidentManager()
    before = dump(fake)
    for other in ({"account_id": "999999999999"}, {"regions": ("cn-north-1",)}):
        settings: Any = other
        text = fakeim.FakeIncidentManager(**settings).dump()
        with pytest.raises(ValueError, match=r"accountId: this is a dump of .*from_dump"):
            fake.load(text)
    with pytest.raises(ValueError, match="foreign"):
        fakeim.FakeIncidentManager.from_dump(fake.dump(), regions=["cn-north-1"])
    assert dump(fake) == before


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dump.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(ValueError, match="no dump of fakeim: not JSON"):
        fakeim.FakeIncidentManager.from_dump(tmp_path / "dump.json")
    for source in ({1, 2}, None, 3, {"fakeim": {1, 2}}):
        unknown: Any = source
        with pytest.raises(ValueError, match="no dump of fakeim"):
            fakeim.FakeIncidentManager.from_dump(unknown)


def test_the_schema_is_one() -> None:
    validator: Any = document_schema.validator()
    validator.check_schema(document_schema.schema())


# -- whatever comes

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 99)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """List each place in ``value``: what holds it, and its key there."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in [(value, key), *places(value[key])]]


@given(st.data())
def test_a_spoilt_document_is_refused_or_is_an_account_that_works(data: st.DataObject) -> None:
    document = deepcopy(DOCUMENT)
    for _ in range(data.draw(st.integers(1, 3))):
        there = places(document)
        holder, key = there[data.draw(st.integers(0, len(there) - 1))]
        change = data.draw(st.sampled_from(["drop", "double", "replace", "swap"]))
        if change == "drop":
            del holder[key]
        elif change == "double" and isinstance(holder, list):
            holder.append(deepcopy(holder[key]))
        elif change == "replace":
            holder[key] = data.draw(JSON)
        else:
            other, name = there[data.draw(st.integers(0, len(there) - 1))]
            holder[key] = deepcopy(other[name])
    try:
        fake = fakeim.FakeIncidentManager.from_dump(document, clock=Clock(lambda: NOON))
    except ValueError:
        return
    assert fakeim.FakeIncidentManager.from_dump(fake.dump()).dump() == fake.dump()
    assert disorder(fake) == []
    account = Account()
    account.fake = fake
    for _ in range(3):
        operation = data.draw(st.sampled_from(OPERATIONS))
        account.call(operation, data.draw(account.request(operation)), data.draw(st.sampled_from(REGIONS)))
    fake.transitions.complete()


@pytest.mark.parametrize(
    ("hostile", "told"),
    [
        ("{" + '"a":{' * 100_000, "nested too deeply"),
        (json.dumps(DOCUMENT)[:-1] + ', "a": ' + "[" * 900 + "]" * 900 + "}", "there is no member a|nested too deeply"),
        ('{"fakeim": 1, "tags": ' + "[" * 900 + "]" * 900 + "}", "required|nested too deeply"),
        (json.dumps({str(each): each for each in range(100_000)} | {"fakeim": 1}), "required"),
        ("{" + ",".join(f'"{each}":1' for each in range(100_000)) + ',"99999":1}', "'99999' stands twice"),
        (json.dumps(DOCUMENT | {"timelineEvents": [DOCUMENT["timelineEvents"][0]] * 5_000}), "is that of"),
        (
            json.dumps(
                edited(at("responsePlans 0 record chatChannel chatbotSns", [{"x": each} for each in range(40_000)]))
            ),
            "chatbotSns: ",
        ),
        (json.dumps(edited(at("incidentRecords 0 record arn", "arn:aws:" + "a-" * 500_000))), "arn: 'arn:aws:a-a-"),
        (json.dumps(edited(at("ids drawn", 10_000_001))), "ids.drawn"),
        ('{"fakeim": ' + "9" * 100_000 + "}", "not JSON"),
    ],
    ids=["deep", "deep unknown", "deep list", "wide", "twice", "many", "a set", "long", "chance", "digits"],
)
def test_a_hostile_document_is_refused_in_time(hostile: str, told: str) -> None:
    start = perf_counter()
    with pytest.raises(ValueError, match=told) as caught:
        fakeim.FakeIncidentManager.from_dump(hostile)
    assert perf_counter() - start < 20  # a second or two on a quick machine; what is quadratic takes minutes
    assert len(str(caught.value)) < 500
