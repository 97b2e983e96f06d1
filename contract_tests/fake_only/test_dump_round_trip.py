"""An account as text, and again as an account: nothing is lost, and what comes next is the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.budgets import examples
from contract_tests.fake_only.accounts import NOON, REGIONS, Account, full_account
from contract_tests.fake_only.inspection import OPERATIONS, disorder, dump, live_state
from fakeim.seeding.chance import Chance
from fakeim.seeding.document import KINDS
from fakeim.service.clock import Clock

if TYPE_CHECKING:
    from contract_tests.fake_only.accounts import Outcome
    from fakeim import FakeIncidentManager

FIXTURE = Path(__file__).parent / "dump_version_1.json"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
STARTED: Any = {"name": "web", "incidentTemplate": {"title": "Web", "impact": 1}}


def twin_of(account: Account) -> Account:
    """Make an account of the dump of another one, with the test's own settings as there."""
    twin = Account()
    twin.fake = fakeim.FakeIncidentManager.from_dump(account.fake.dump(), clock=Clock(lambda: NOON), seed="other")
    twin.page_tokens = account.page_tokens
    return twin


def resources(account: Account) -> dict[str, Any]:
    """Give all that an account remembers but what it has sent, which is no part of a dump."""
    return {name: value for name, value in dump(account.fake).items() if name != "sent"}


def live(data: st.DataObject, accounts: list[Account], calls: int) -> None:
    """Let all ``accounts``, which are equal, have the same calls, and see that they answer alike."""
    for _ in range(data.draw(st.integers(1, calls))):
        operation = data.draw(st.sampled_from(OPERATIONS))
        params, region = data.draw(accounts[0].request(operation)), data.draw(st.sampled_from(REGIONS))
        outcomes: list[Outcome] = [account.call(operation, params, region) for account in accounts]
        assert all(each == outcomes[0] for each in outcomes)


@given(st.data())
@examples(percent=20)
def test_a_loaded_account_is_the_same_and_goes_on_the_same(data: st.DataObject) -> None:
    account = full_account()
    pace = data.draw(st.sampled_from(["immediate", "manual", "after"]))
    arguments = {"seconds": 60} if pace == "after" else {}
    for kind in (account.fake.transitions, account.fake.effects):
        getattr(kind, pace)(**arguments)
    live(data, [account], 8)
    twin = twin_of(account)
    assert twin.fake.dump() == account.fake.dump()
    assert resources(twin) == resources(account)
    assert disorder(twin.fake) == []
    for kind in (twin.fake.transitions, twin.fake.effects):
        getattr(kind, pace)(**arguments)
    live(data, [account, twin], 8)
    for each in (account, twin):
        each.fake.clock.advance(seconds=61)
        each.fake.transitions.complete()
        each.fake.effects.complete()
    assert resources(twin) == resources(account)


def test_page_tokens_client_tokens_and_ids_to_come_are_those_of_the_original() -> None:
    fake = fakeim.FakeIncidentManager(seed="seed", clock=Clock(lambda: NOON))
    client: Any = fake.client()
    plan = client.create_response_plan(**STARTED, clientToken="made")["arn"]
    arns = [client.start_incident(responsePlanArn=plan)["incidentRecordArn"] for _ in range(3)]
    page = client.list_incident_records(maxResults=2)
    loaded = fakeim.FakeIncidentManager.from_dump(fake.dump(), clock=Clock(lambda: NOON))
    again: Any = loaded.client()
    rest = again.list_incident_records(maxResults=2, nextToken=page["nextToken"])
    assert [each["arn"] for each in rest["incidentRecordSummaries"]] == [arns[0]]
    assert again.create_response_plan(**STARTED, clientToken="made")["arn"] == plan
    assert again.start_incident(responsePlanArn=plan) | {"ResponseMetadata": 0} == client.start_incident(
        responsePlanArn=plan
    ) | {"ResponseMetadata": 0}


@pytest.mark.parametrize("pace", ["manual", "after"])
def test_a_change_that_was_pending_ends_in_the_loaded_account(pace: str) -> None:
    fake = fakeim.FakeIncidentManager(regions=REGIONS[:2])
    fake.clock.freeze(NOW)
    getattr(fake.transitions, pace)(*[90] if pace == "after" else [])
    client: Any = fake.client()
    [arn] = client.list_replication_sets()["replicationSetArns"]
    client.update_replication_set(arn=arn, actions=[{"deleteRegionAction": {"regionName": REGIONS[1]}}])
    loaded = fakeim.FakeIncidentManager.from_dump(fake.dump())
    assert dump(loaded) == dump(fake)
    loaded.clock.freeze(NOW + timedelta(seconds=89))

    def status() -> str:
        return loaded.client().get_replication_set(arn=arn)["replicationSet"]["status"]

    assert status() == "UPDATING"
    loaded.clock.advance(days=300)
    assert status() == ("UPDATING" if pace == "manual" else "ACTIVE")
    loaded.transitions.complete()
    assert status() == "ACTIVE"


@given(seed=st.integers() | st.text(), drawn=st.integers(0, 300), bits=st.lists(st.integers(1, 128), max_size=5))
def test_the_place_of_a_chance_is_its_seed_and_how_often_it_was_drawn(
    seed: int | str, drawn: int, bits: list[int]
) -> None:
    walked = Chance(seed)
    for each in range(drawn):
        walked.getrandbits(each % 128 + 1)
    assert [Chance(seed, drawn).getrandbits(each) for each in bits[:1]] == [
        walked.getrandbits(each) for each in bits[:1]
    ]
    assert all(0 <= walked.getrandbits(each) < 1 << each for each in bits)


# -- the text


def test_every_table_is_in_the_document(fake: FakeIncidentManager) -> None:
    members = set(json.loads(fake.dump())) - {"fakeim", "accountId", "partition", "ids", "lastNumber"}
    assert members == {kind.member for kind in KINDS.values()} | {"clientTokens", "endsOfChanges", "appearances"}
    assert len(members) == len(live_state(fake).tables()) + 1  # two for the schedule


def test_a_dump_of_the_past_is_read_for_ever() -> None:
    loaded = fakeim.FakeIncidentManager.from_dump(FIXTURE)
    assert loaded.dump() == FIXTURE.read_text(encoding="utf-8")
    assert all(json.loads(FIXTURE.read_bytes()).values())  # there is some of everything in it


@pytest.mark.parametrize("title", ["Überlast 😀", "\ud83d", "\ud83d\ude00", "\x00\x7f\u2028", '"\\ud83d'])
def test_any_text_is_kept(tmp_path: Path, title: str) -> None:
    fake = fakeim.FakeIncidentManager()
    fake.add_response_plan(title=title)
    text = fake.dump(tmp_path / "dump.json")
    assert (tmp_path / "dump.json").read_bytes().decode() == text
    assert fakeim.FakeIncidentManager.from_dump(tmp_path / "dump.json").dump() == text
    if not any("\ud800" <= each < "\ue000" for each in title):
        assert json.dumps(title, ensure_ascii=False) in text  # as it is, not as escapes


def test_a_dump_is_loaded_from_text_a_path_or_a_document(fake: FakeIncidentManager, tmp_path: Path) -> None:
    fake.open_incident()
    text = fake.dump(str(tmp_path / "dump.json"))
    for source in (text, tmp_path / "dump.json", str(tmp_path / "dump.json"), json.loads(text)):
        other = fakeim.FakeIncidentManager()
        other.load(source)
        assert other.dump() == text
    with pytest.raises(FileNotFoundError):
        fake.load("nowhere.json")


def test_a_document_is_not_the_state_itself(fake: FakeIncidentManager) -> None:
    fake.open_incident()
    document = json.loads(fake.dump())
    fake.load(document)
    before = dump(fake)
    document["incidentRecords"][0]["record"]["incidentRecordSource"].clear()
    document["incidentRecords"].clear()
    assert dump(fake) == before


# -- the fake around the account


def test_loading_leaves_the_settings_of_the_test(fake: FakeIncidentManager) -> None:
    text = fake.dump()
    client = fake.client()
    fake.clock.freeze(NOW)
    fake.transitions.manual()
    fake.unreadable_secrets.add("secret")
    fake.open_incident()
    fake.load(text)
    assert client.list_incident_records()["incidentRecordSummaries"] == []
    assert (fake.clock.now(), fake.unreadable_secrets) == (NOW, {"secret"})
    [arn] = client.list_replication_sets()["replicationSetArns"]
    client.delete_replication_set(arn=arn)
    assert client.get_replication_set(arn=arn)["replicationSet"]["status"] == "DELETING"


def test_a_fake_of_a_dump_has_its_account_and_its_regions() -> None:
    fake = fakeim.FakeIncidentManager(account_id="999999999999", regions=("cn-north-1", "cn-northwest-1"))
    loaded = fakeim.FakeIncidentManager.from_dump(fake.dump())
    assert loaded.account_id == "999999999999"
    assert repr(loaded) == repr(fake)
    empty = fakeim.FakeIncidentManager(onboarded=False, regions=("us-gov-east-1",)).dump()
    assert fakeim.FakeIncidentManager.from_dump(empty).client().meta.region_name == "us-gov-west-1"
    assert fakeim.FakeIncidentManager.from_dump(empty).client().list_replication_sets()["replicationSetArns"] == []
    assert fakeim.FakeIncidentManager.from_dump(empty, regions=["us-gov-east-1"]).dump() == empty


def test_a_dump_can_be_restored_to_as_a_snapshot(fake: FakeIncidentManager) -> None:
    fake.open_incident()
    text, before = fake.dump(), fake.snapshot()
    first = fake.open_incident()
    fake.restore(before)
    assert fake.dump() == text
    fake.load(text)
    assert fake.open_incident().rpartition("-")[2] == first.rpartition("-")[2]  # the chance in the id
    fake.reset()
    assert fake.client().list_incident_records()["incidentRecordSummaries"] == []
