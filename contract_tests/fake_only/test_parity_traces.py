"""The traces to be recorded: the same each time, covering what they say, and harmless on a real account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contract_tests.fake_only.committed import TRACES
from contract_tests.fake_only.inspection import OPERATIONS, dump, each_operation, shapes
from fakeim import FakeIncidentManager
from fakeim.parity import probes, traces, transcripts, verify
from fakeim.parity.probes import FORBIDDEN, MODEL
from fakeim.parity.transcripts import TranscriptError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakeim.parity.transcripts import Transcript
    from fakeim.spec.api import Operation, Shape

DATA = [each for each in TRACES if each.header.level == "data"]
PAGING_OTHERS = {"actions", "chatChannel", "engagements", "integrations", "notificationTargets"}


def test_traces_are_short_and_say_what_they_are() -> None:
    for each in TRACES:
        assert each.header.grade == "trace"
        assert each.name.startswith(f"traces/{each.header.level}/")
        assert len(each.steps) <= traces.LONGEST == 12


# -- harmless


def test_no_trace_touches_the_replication_set() -> None:
    assert {
        *("CreateReplicationSet", "UpdateReplicationSet", "DeleteReplicationSet", "UpdateDeletionProtection")
    } == FORBIDDEN
    assert not FORBIDDEN & {step.operation for each in TRACES for step in each.steps}


@pytest.mark.parametrize("onboarded", [True, False])
def test_probes_change_nothing(*, onboarded: bool) -> None:
    fake = FakeIncidentManager(onboarded=onboarded)
    before = dump(fake)
    steps = [step for each in TRACES if each.header.level == "probe" for step in each.steps]
    client = fake.client(config=unchecked())
    assert len(list(verify.perform(steps, lambda _: client))) == len(steps) > 400
    assert dump(fake) == before


def test_probes_would_create_no_plan_even_if_what_they_break_were_accepted() -> None:
    for step in (step for each in TRACES for step in each.steps if each.header.level == "probe"):
        if step.operation == "CreateResponsePlan":
            template = step.request.get("incidentTemplate", {})
            assert not {"title", "impact"} <= template.keys() or template["impact"] not in range(1, 6)


def test_plans_and_incidents_of_traces_page_nobody() -> None:
    for name, value in (member for each in DATA for step in each.steps for member in members(step.request)):
        assert not any(name.lower().endswith(each.lower()) for each in PAGING_OTHERS), name
        assert value == 5 or not name.lower().endswith("impact")


def test_names_in_data_traces_carry_the_prefix_of_their_run() -> None:
    for step in (step for each in DATA for step in each.steps):
        for name in {"name", "clientToken"} & step.request.keys():
            assert step.request[name].keys() == {"$name"}


def members(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield name, each
            yield from members(each)
    elif isinstance(value, list):
        for each in value:
            yield from members(each)


def unchecked() -> Any:
    from botocore.config import Config  # noqa: PLC0415 - beside its only use

    return Config(parameter_validation=False)


# -- what they cover


@each_operation
def test_a_probe_breaks_each_constraint_and_the_fake_names_it(operation: Operation) -> None:
    found = [each for each in probes.probes(operation) if each.evidence == MODEL]
    client = FakeIncidentManager().client(config=unchecked())
    for probe in found:
        [answer] = verify.perform([probe.step("s1")], lambda _: client)
        assert answer.error == "ValidationException", probe
        assert probe.behaviour.partition(":")[0] in answer.body["message"], probe
    if operation.name not in FORBIDDEN:
        assert len(found) >= sum(map(constraints, shapes(operation.input).values()))


def constraints(shape: Shape) -> int:
    """Count what each place of ``shape`` can be broken in at least, but for what no client can send."""
    if shape.pattern or shape.type == "integer":
        return bool(shape.pattern) + 2 * (shape.type == "integer" and shape.max is not None)
    return bool(shape.enum) + shape.unique + shape.union


def test_every_operation_is_probed_but_those_that_no_trace_has() -> None:
    probed = {step.operation for each in TRACES if each.header.level == "probe" for step in each.steps}
    assert probed == {each.name for each in OPERATIONS} - FORBIDDEN


def test_data_traces_see_every_operation_succeed_and_fail_where_it_can() -> None:
    outcomes = {(step.step.operation, bool(step.answer and step.answer.error)) for step in replayed(DATA)}
    walked = {operation for operation, _ in outcomes}
    succeed = {"DeleteIncidentRecord", "DeleteResponsePlan", "ListRelatedItems"}
    assert {name for name in walked if (name, False) not in outcomes} == set()
    assert {name for name in walked if (name, True) not in outcomes} == succeed
    assert len(walked) == 23


def replayed(found: list[Transcript]) -> Iterator[verify.StepResult]:
    for each in found:
        result = verify.verify(each)
        assert [step.step for step in result.steps] == list(each.steps), each.name  # every reference finds something
        yield from result.steps


# -- writing


def test_writing_takes_away_old_traces_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "ROUNDS", 9)  # a short search: what it finds is not the point here
    observed = transcripts.read_all(transcripts.evidence_folder() / "documented")[0]
    transcripts.write(tmp_path / "mine.jsonl", observed)
    transcripts.write(tmp_path / "data" / "999.jsonl", TRACES[0])
    names = traces.write(tmp_path)
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.jsonl")}
    assert left == set(names) | {"mine.jsonl"}


def test_nothing_is_written_beside_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "other.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(TranscriptError, match=r"other\.jsonl:1"):
        traces.write(tmp_path)
    assert len(list(tmp_path.rglob("*"))) == 1
