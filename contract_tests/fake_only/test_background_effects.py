"""What the service adds by itself may appear later: the PARENT item, its timeline events, findings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

import fakeim
from contract_tests.fake_only.inspection import disorder, live_state, rows
from contract_tests.fake_only.twins import TRIGGER, UPDATE, Twins
from contract_tests.support import make_plan, run_machine, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from contract_tests.support import Record

START = "2026-01-01T12:00:00.579+00:00"


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    fake = fakeim.FakeIncidentManager()
    fake.clock.freeze(START)
    return fake


def items(client: SSMIncidentsClient, incident: str) -> list[str]:
    listed = client.list_related_items(incidentRecordArn=incident)["relatedItems"]
    return [each["identifier"]["type"] for each in listed]


def events(client: SSMIncidentsClient, incident: str) -> list[str]:
    listed = client.list_timeline_events(incidentRecordArn=incident)["eventSummaries"]
    return [each["eventType"].removeprefix("SSM Incident ") for each in listed]


def findings(client: SSMIncidentsClient, incident: str) -> list[str]:
    return [each["id"] for each in client.list_incident_findings(incidentRecordArn=incident)["findings"]]


# -- once everything is there, it is as if nothing had been late


class LateEffects(Twins):
    @rule(pace=st.sampled_from(["immediate", "after", "manual", "complete"]))
    def change_the_pace(self, pace: str) -> None:
        getattr(self.late.effects, pace)(*([2] if pace == "after" else []))

    @rule(pace=st.sampled_from(["immediate", "manual", "complete"]))
    def change_the_pace_of_the_replication_set(self, pace: str) -> None:
        self.both(lambda fake: getattr(fake.transitions, pace)())

    def teardown(self) -> None:
        self.late.effects.complete()
        assert resources(self.late) == resources(self.prompt)


def resources(fake: fakeim.FakeIncidentManager) -> Record:
    """Give every row of every table, but for the time that events have when they appear."""
    return {
        name: {key: (place, record | {"eventUpdatedTime": None}) for key, (place, record) in rows(table).items()}
        for name, table in live_state(fake).tables().items()
    }


def test_late_effects_end_as_immediate_ones() -> None:
    run_machine(LateEffects, percent=40, steps=20)


# -- when they appear


@pytest.mark.parametrize("trigger", [{}, {"triggerDetails": TRIGGER}], ids=["manual", "triggered"])
def test_a_fresh_incident_has_nothing_yet(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient, trigger: Any
) -> None:
    plan = make_plan(client)
    fake.effects.after(seconds=1.5)
    given = {"identifier": {"type": "OTHER", "value": {"url": "https://example.com"}}}
    incident = start(client, plan, relatedItems=[given], **trigger)
    finding = fake.add_finding(incident, cloud_formation_stack_update=UPDATE)
    for _ in range(2):
        assert client.get_incident_record(arn=incident)["incidentRecord"]["status"] == "OPEN"
        assert (items(client, incident), events(client, incident), findings(client, incident)) == (["OTHER"], [], [])
        asked = client.batch_get_incident_findings(incidentRecordArn=incident, findingIds=[finding])
        assert [each["findingId"] for each in asked["errors"]] == [finding]
        fake.clock.advance(seconds=1.499)
    fake.clock.advance(milliseconds=2)
    assert items(client, incident) == ["PARENT", "OTHER"]
    assert events(client, incident) == ["Record Update", *(["Start", "Trigger"] if trigger else ["Custom Event"])]
    assert findings(client, incident) == [finding]


def test_an_update_is_there_before_its_event(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    incident = start(client, make_plan(client))
    before = events(client, incident)
    fake.effects.manual()
    client.update_incident_record(arn=incident, impact=1)
    client.create_timeline_event(incidentRecordArn=incident, eventType="Note", eventData="mine", eventTime="2020-01-01")
    fake.clock.advance(days=365)
    assert client.get_incident_record(arn=incident)["incidentRecord"]["impact"] == 1
    assert events(client, incident) == [*before, "Note"]
    fake.effects.complete()
    assert events(client, incident) == ["Record Update", *before, "Note"]


def test_which_times_events_have(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    fake.effects.after(seconds=2)
    incident = start(client, plan)
    fake.clock.advance(seconds=10)
    listed = client.list_timeline_events(incidentRecordArn=incident)["eventSummaries"]
    shown = [(each["eventTime"].isoformat()[17:23], each["eventUpdatedTime"].isoformat()[17:23]) for each in listed]
    assert shown == [("00.579", "00.579"), ("00+00:", "02.579")]
    record = client.get_incident_record(arn=incident)["incidentRecord"]
    assert record["lastModifiedTime"] == datetime.fromisoformat(START)


def test_each_pace_has_its_own_word(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    incident = start(client, make_plan(client))
    [arn] = client.list_replication_sets()["replicationSetArns"]
    for settings in (fake.transitions, fake.effects):
        settings.manual()
    client.update_replication_set(arn=arn, actions=[{"addRegionAction": {"regionName": "eu-west-1"}}])
    finding = fake.add_finding(incident, cloud_formation_stack_update=UPDATE)
    fake.effects.complete()
    assert findings(client, incident) == [finding]
    assert client.get_replication_set(arn=arn)["replicationSet"]["status"] == "UPDATING"
    fake.transitions.complete()
    assert client.get_replication_set(arn=arn)["replicationSet"]["status"] == "ACTIVE"


def test_what_belongs_to_nothing_does_not_appear(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    fake.effects.manual()
    incident = start(client, plan)
    client.delete_incident_record(arn=incident)
    fake.load(fake.dump())
    fake.effects.complete()
    assert disorder(fake) == []  # which tells of what belongs to nothing


def test_snapshots_keep_what_is_to_come(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    plan = make_plan(client)
    fake.effects.manual()
    incident = start(client, plan)
    pending = fake.snapshot()
    fake.effects.complete()
    for _ in range(2):
        fake.restore(pending)
        assert items(client, incident) == []
        fake.effects.complete()
        assert items(client, incident) == ["PARENT"]
    fake.reset()
    incident = start(client, make_plan(client))
    assert items(client, incident) == ["PARENT"]


def test_what_is_due_is_in_a_diff_whether_or_not_somebody_looked(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    plan, before = make_plan(client), fake.snapshot()
    fake.effects.after(seconds=2)
    incident = start(client, plan)
    fake.clock.advance(seconds=2)
    found = repr(fake.diff(before))
    assert len(fake.related_items(incident)) == 1
    assert found == repr(fake.diff(before))


def test_a_failed_call_has_no_effect(fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient) -> None:
    fake.effects.manual()
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        start(client, "arn:aws:ssm-incidents::123456789012:response-plan/none")
    assert not fake.snapshot().state.schedule


# -- what it finds


def links_the_parent_at_once(client: SSMIncidentsClient, plan: str) -> str:
    incident = start(client, plan)
    return client.list_related_items(incidentRecordArn=incident)["relatedItems"][0]["identifier"]["value"]["arn"]


def waits_for_the_parent(client: SSMIncidentsClient, plan: str, sleep: Callable[[float], None]) -> str:
    incident = start(client, plan)
    for _ in range(10):
        for item in client.list_related_items(incidentRecordArn=incident)["relatedItems"]:
            if item["identifier"]["type"] == "PARENT":
                return item["identifier"]["value"]["arn"]
        sleep(1)
    raise TimeoutError(incident)


def test_a_bot_that_reads_the_parent_at_once_is_found(
    fake: fakeim.FakeIncidentManager, client: SSMIncidentsClient
) -> None:
    plan = make_plan(client)
    assert ":opsitem/" in links_the_parent_at_once(client, plan)
    fake.effects.after(seconds=1.5)
    with pytest.raises(IndexError):
        links_the_parent_at_once(client, plan)
    assert ":opsitem/" in waits_for_the_parent(client, plan, fake.clock.sleep)
