"""What is different between two moments of an account, and the account as it is printed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.budgets import examples
from contract_tests.fake_only.accounts import full_account
from contract_tests.fake_only.inspection import OPERATIONS, names_in_use
from contract_tests.support import make_plan, start
from fakeim.inspection.diff import NOUNS


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze("2026-01-01")
    return fake


# -- what a bot did wrong


def test_a_rehearsal_that_writes_is_found(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    incident = start(client, make_plan(client, "web"))
    before = fake.snapshot()
    client.list_incident_records()
    assert not fake.diff(before)
    client.tag_resource(resourceArn=incident, tags={"rehearsed": "yes"})  # the bot's rehearsal is not quite one
    with pytest.raises(AssertionError, match=r"incident web/........: tags \+ rehearsed yes"):
        assert not fake.diff(before)


def test_a_clean_up_that_leaves_something_is_found(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    before = fake.snapshot()
    plan = make_plan(client, "web")
    incident = start(client, plan)
    client.delete_response_plan(arn=plan)  # the bot's clean-up forgets the incident
    assert [each.id for each in fake.diff(before).added if each.kind == "incident"] == [incident]
    client.delete_incident_record(arn=incident)
    assert not fake.diff(before)


def test_what_was_put_back_is_no_difference(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    incident = start(client, make_plan(client))
    before = fake.snapshot()
    client.tag_resource(resourceArn=incident, tags={"a": "b"})
    tagged = fake.snapshot()
    client.tag_resource(resourceArn=incident, tags={"a": "b"})
    assert not fake.diff(tagged)
    client.untag_resource(resourceArn=incident, tagKeys=["a"])
    assert not fake.diff(before)
    assert [each.kind for each in fake.diff(tagged).removed] == ["tags"]


# -- words


def test_a_difference_reads_well(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    incident = start(client, make_plan(client, "web"))
    other = start(client, make_plan(client, "db"))
    before = fake.snapshot()
    fake.clock.advance(minutes=1)
    client.update_incident_record(arn=incident, status="RESOLVED", title="It was slow")
    client.create_timeline_event(incidentRecordArn=incident, eventData="x", eventTime=0, eventType="Note")
    client.delete_incident_record(arn=other)
    client.put_resource_policy(resourceArn=make_plan(client, "new", tags={"a": "1"}), policy='{"Statement": []}')
    found = fake.diff(before)
    web, db = (f"{arn.split('/')[1]}/{arn.split('/')[2][:8]}" for arn in (incident, other))
    resolved = "+ resolvedTime 2026-01-01T00:01:00+00:00"
    assert str(found).splitlines() == [
        "+ response plan new: tags + a 1; + 1 resource policy",
        f"incident {web}: status OPEN -> RESOLVED, title title -> 'It was slow', {resolved}; + 2 timeline events",
        f"- incident {db}: - 2 timeline events; - 1 related item",
    ]
    assert repr(found) == f"<Diff {' | '.join(str(found).splitlines())}>"
    [changed] = found.changed
    assert changed.members["status"] == ("OPEN", "RESOLVED")
    assert (changed.id, changed.owner) == (incident, incident)
    assert len(found.of(incident)) == 3
    assert {each.kind for each in found.removed} == {"incident", "timeline event", "related item"}


def test_a_member_of_a_member_has_a_path(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    plan = make_plan(client, "web")
    before = fake.snapshot()
    client.update_response_plan(arn=plan, incidentTemplateImpact=1, displayName="Web")
    [change] = fake.diff(before)
    assert change.members == {"displayName": (None, "Web"), "incidentTemplate.impact": (5, 1)}
    assert repr(fake.diff(before)) == "<Diff response plan web: incidentTemplate.impact 5 -> 1, + displayName Web>"
    assert str(before.diff(before)) == "nothing is different"


def test_what_cannot_be_compared_is_told(fake: fakeim.FakeIncidentManager) -> None:
    with pytest.raises(ValueError, match="a snapshot of account aws:210987654321 cannot be compared"):
        fake.diff(fakeim.FakeIncidentManager(account_id="210987654321").snapshot())


# -- laws


@examples(percent=60)
@given(data=st.data())
def test_a_difference_is_what_a_client_could_tell(data: st.DataObject) -> None:
    account = full_account()
    fake = account.fake
    before, remembered = fake.snapshot(), resources(fake)
    for operation in data.draw(st.lists(st.sampled_from(OPERATIONS), max_size=4)):
        account.call(operation, data.draw(account.request(operation)))
    after, found = fake.snapshot(), fake.diff(before)
    assert bool(found) == (remembered != resources(fake))
    assert not before.diff(before)
    assert not fake.diff(after)
    assert [each.members for each in before.diff(after)] == [each.members for each in found]
    back = {(each.kind, each.id): each for each in after.diff(before)}
    assert back.keys() == {(each.kind, each.id) for each in found}
    for each in found:
        other = back[each.kind, each.id]
        assert (each.before, each.after, each.owner) == (other.after, other.before, other.owner)
        assert each.members == {name: values[::-1] for name, values in other.members.items()}
        assert each.members


def resources(fake: fakeim.FakeIncidentManager) -> dict[str, dict[str, Any]]:
    """Give what is compared; an empty map of tags, which an untagged resource keeps, is none."""
    tables, names = fake.snapshot().state.tables(), names_in_use(fake)
    found = {name: {each: tables[name].get(each) for each in names[name]} for name in NOUNS}
    return found | {"tags": {name: tags for name, tags in found["tags"].items() if tags}}


def test_from_nothing_every_record_is_told() -> None:
    empty = fakeim.FakeIncidentManager(onboarded=False)
    full = full_account().fake
    found = empty.snapshot().diff(full.snapshot())
    names = names_in_use(full)
    for table, noun in NOUNS.items():
        assert {each.id for each in found.added if each.kind == noun} == set(names[table])
    assert len(found) == len(found.added)
    assert str(found).count("\n") == 4  # a line each: the replication set, two plans, two incidents


def test_what_is_told_shares_nothing(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    before = fake.snapshot()
    make_plan(client, "web")
    [change] = fake.diff(before)
    told: Any = change.after
    told["incidentTemplate"]["title"] = "spoilt"
    assert fake.response_plans["web"].incident_template.title == "title"


# -- the account, printed


def test_an_account_prints_in_a_few_lines(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    plan = make_plan(client, "web")
    make_plan(client, "db")
    client.update_incident_record(arn=start(client, plan, title="first"), status="RESOLVED")
    start(client, plan, title="second")
    with fake.faults.inject("GetResponsePlan", "ThrottlingException"), pytest.raises(client.exceptions.ClientError):
        client.get_response_plan(arn=plan)
    fake.faults.inject("StartIncident", 503)
    assert str(fake).splitlines() == [
        "account 123456789012 in us-east-1, at 2026-01-01T00:00:00+00:00",
        "replication set ACTIVE: us-east-1 ACTIVE",
        "2 response plans: web, db",
        "2 incidents, 1 open",
        "  'first' (RESOLVED, impact 5, of plan web)",
        "  'second' (OPEN, impact 5, of plan web)",
        "6 calls, 1 failed",
        "1 fault",
        "  <Fault StartIncident: Service Unavailable, struck 0 times>",
    ]
    assert repr(fake) == "<FakeIncidentManager 123456789012 in us-east-1>"


def test_an_empty_account_prints_too() -> None:
    assert "no replication set\n0 response plans\n0 incidents" in str(fakeim.FakeIncidentManager(onboarded=False))


def test_of_very_many_the_latest_are_printed(fake: fakeim.FakeIncidentManager, client: Any) -> None:
    plan = make_plan(client)
    for number in range(12):
        start(client, plan, title=f"number {number}")
    told = str(fake)
    assert "12 incidents, 12 open\n  …\n  'number 2'" in told
    assert "number 1'" not in told
