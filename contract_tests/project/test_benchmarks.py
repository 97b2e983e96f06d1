"""The benchmarks' own arithmetic and picture; what they measure is in ``contract_tests/benchmarks/results``."""

from __future__ import annotations

import gc
import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from contract_tests.benchmarks.__main__ import WHY
from contract_tests.benchmarks.picture import picture
from contract_tests.benchmarks.timing import Measured, Ratio, difference, exactly, interleaved, mean_ratio, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_a_ratio_is_of_medians_and_tells_where_half_of_the_rounds_lie() -> None:
    found = ratio([1.0, 2.0, 3.0, 2.0, 50.0], [4.0, 4.0, 4.0, 4.0, 4.0])
    assert found.value == 0.5
    assert found.low < 0.5 < found.high
    assert mean_ratio([([1.0, 1.0], [2.0, 2.0]), ([8.0, 8.0], [1.0, 1.0])]).value == pytest.approx(2.0)
    assert difference([0.5, 0.5, 0.5], [0.25, 0.25, 0.25], 1000).value == 250


def test_contenders_take_turns_within_what_they_need_and_without_the_collector() -> None:
    turns: list[str] = []

    @contextmanager
    def entered() -> Iterator[None]:
        turns.append("enter")
        yield
        turns.append("leave")

    def run() -> None:
        turns.append("mine" if gc.isenabled() else "mine, undisturbed")

    found = interleaved({"mine": run, "other": lambda: turns.append("other")}, 2, around={"mine": entered}, once=True)
    assert {name: len(samples) for name, samples in found.items()} == {"mine": 2, "other": 2}
    round_ = ["enter", "mine, undisturbed", "mine, undisturbed", "leave", "other"]
    assert turns == ["enter", "mine", "leave", "other", *round_, *round_]
    assert gc.isenabled()


def test_the_picture_is_well_formed_and_has_a_line_for_each_call() -> None:
    points = ((100, 0.4), (1_000, 40.0), (10_000, 4_000.0))
    lines = [Measured(f"events: <{name}>, at 10,000 / at 1,000", exactly(1), points=points) for name in "ab"]
    page = picture("Growth & more", [*lines, Measured("no line", Ratio(1, 1, 1))])
    svg = ET.fromstring(page[page.index("<svg") :])  # noqa: S314 - our own
    assert len(svg.findall(".//{*}polyline")) == 2
    texts = [each.text for each in svg.findall(".//{*}text")]
    assert {"Growth & more: events", "<a>", "<b>", "10,000", "1 ms"} <= set(texts)
    assert [each.met for each in (Measured("", exactly(1), 1), Measured("", exactly(2), 1), lines[0])] == [
        True,
        False,
        None,
    ]


def test_of_the_run_that_is_kept_each_goal_is_met_or_said_why_not() -> None:
    kept = max(Path(__file__, "../../benchmarks/results").resolve().glob("*.json"))
    measured = [each for subject in json.loads(kept.read_bytes())["measured"].values() for each in subject]
    goals = {each["name"]: each for each in measured if each["goal"] is not None}
    assert len(goals) > 30
    assert set(WHY) <= set(goals)
    for name, each in goals.items():
        assert each["why"] == (None if each["met"] else WHY[name])
