"""What stands where: the time axis, growth curves, bars; and that both schemes of colours can be read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeim.pictures import axis, words
from fakeim.pictures.axis import Axis, Mark, lay_out
from fakeim.pictures.bars import stack
from fakeim.pictures.curves import growth

NINE = datetime(2026, 1, 1, 9, tzinfo=UTC)

# -- the time axis


def drawn(offsets: list[float], lane: str = "written", kind: str = "written") -> Axis:
    return lay_out([Mark(NINE + timedelta(seconds=each), lane, kind, f"at {each}", "") for each in offsets])


seconds = st.integers(-(10**10), 10**9).map(lambda ms: ms / 1000) | st.sampled_from([0, 0.001, 0.002, 60, 604_800])


@given(st.lists(seconds, min_size=1, max_size=60))
def test_every_mark_has_a_place_in_order_and_nothing_overlaps(offsets: list[float]) -> None:
    laid = drawn(offsets)
    assert sum(spot.size for spot in laid.spots) == len(offsets)
    xs = [column.x for column in laid.columns]
    assert len(xs) == min(len({round(each, 3) for each in offsets}), axis.MOST_COLUMNS)
    assert all(later - earlier >= axis.NARROWEST for earlier, later in pairwise(xs))
    assert axis.LEFT <= xs[0] <= xs[-1] <= axis.RIGHT + 1
    starts = [column.time for column in laid.columns if not column.date]
    assert len(starts) < len(xs)  # the first has its day
    assert [text[0] for _, text in laid.gaps] == ["+"] * (len(xs) - 1)


@pytest.mark.parametrize("step", [0.005, 3600 * 7 * 24 / 200])
def test_200_events_are_spread_whether_in_a_second_or_over_a_week(step: float) -> None:
    laid = drawn([step * number for number in range(200)])
    assert len(laid.spots) == axis.MOST_COLUMNS
    assert max(spot.size for spot in laid.spots) <= 50


def test_a_silence_that_is_a_little_longer_does_not_decide_alone() -> None:
    laid = drawn([number + number**2 / 1000 for number in range(200)])
    assert max(spot.size for spot in laid.spots) <= 50


def test_bursts_with_long_silences_between_are_kept_apart() -> None:
    laid = drawn([day * 86_400 + number / 1000 for day in range(5) for number in range(40)])
    assert {column.date for column in laid.columns} >= {f"2026-01-0{day}" for day in range(1, 6)}
    assert [text for _, text in laid.gaps].count("+23 h 59 min") == 4


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        (["answered", "failed"], "failed"),
        (["failed", "struck", "lost"], "lost"),
        (["answered", "answered"], "answered"),
    ],
)
def test_of_several_calls_at_once_the_worst_is_shown(kinds: list[str], shown: str) -> None:
    [spot] = lay_out([Mark(NINE, "call", kind, kind, kind) for kind in kinds]).spots
    assert (spot.kind, spot.size, spot.target) == (shown, len(kinds), shown)
    assert all(kind in spot.text for kind in kinds)


def test_an_incident_that_is_resolved_at_once_is_shown_as_resolved() -> None:
    [spot] = lay_out([Mark(NINE, "incident", kind, kind, "") for kind in ("opened", "resolved")]).spots
    assert (spot.kind, spot.size) == ("resolved", 1)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_longer_is_never_written_as_shorter(one: int, other: int) -> None:
    texts = [words.span(timedelta(milliseconds=each)) for each in sorted((one, other))]
    short, long = (sum(int(n) * UNITS[unit] for n, unit in re.findall(r"(\d+) (\w+)", text)) for text in texts)
    assert short <= long
    assert all(value <= each for value, each in zip((short, long), sorted((one, other)), strict=True))


UNITS = {"d": 86_400_000, "h": 3_600_000, "min": 60_000, "s": 1000, "ms": 1}


# -- growth curves


def svg(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - ours


SPACE = "{http://www.w3.org/2000/svg}"
values = st.floats(1e-9, 1e12)


@given(
    st.dictionaries(
        st.text(max_size=40), st.lists(st.tuples(values, values), min_size=1, max_size=8), min_size=1, max_size=8
    )
)
def test_any_series_are_drawn_within_the_axes_and_told_in_words(series: dict[str, list[tuple[float, float]]]) -> None:
    root = svg(growth("title", "things", "time of a call (s)", series))
    points = root.findall(f".//{SPACE}circle")
    assert len(points) == sum(map(len, series.values()))
    assert all(78 <= float(each.attrib["cx"]) <= 740 and 48 <= float(each.attrib["cy"]) <= 400 for each in points)
    told = root.findtext(f"{SPACE}desc") or ""
    assert told.count(" at ") >= len(points)
    names = [float(each.attrib["y"]) for each in root.findall(f".//{SPACE}text[@class='end']")]
    assert all(abs(one - other) >= 15.9 for one, other in combinations(names, 2))


def test_a_line_that_grows_tenfold_has_a_slope_of_one() -> None:
    text = growth("t", "N", "cost", {"linear": [(10, 1), (100, 10), (1000, 100)], "flat": [(10, 5), (1000, 5)]})
    linear, flat = (line.attrib["points"].split() for line in svg(text).findall(f".//{SPACE}polyline"))
    xs, ys = zip(*(map(float, point.split(",")) for point in linear), strict=True)
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1], abs=0.2)
    assert ys[0] - ys[1] == pytest.approx(ys[1] - ys[2], abs=0.2)
    assert len({point.split(",")[1] for point in flat}) == 1


def test_axes_are_labelled_and_seconds_have_the_unit_that_suits_them() -> None:
    text = growth("Pages", "events", "time (s)", {"a": [(100, 2e-7), (1_000_000, 3)]})
    texts = [each.text for each in svg(text).findall(f".//{SPACE}text")]
    assert {"Pages", "events", "time", "100", "1,000,000", "100 ns", "1 µs", "1 ms", "10 s", "a"} <= set(texts)
    assert "a: 200 ns at 100; a: 3 s at 1,000,000." in text


def test_a_drawing_alone_has_its_colours_and_one_in_a_page_has_the_pages() -> None:
    series = {"a": [(1.0, 1.0)]}
    assert "prefers-color-scheme: dark" in growth("t", "x", "y", series)
    assert "<style" not in growth("t", "x", "y", series, alone=False)


@pytest.mark.parametrize(
    ("series", "problem"),
    [
        ({}, "there are no points"),
        ({"a": []}, "no points"),
        ({"a": [(0, 1)]}, r"'a': \(0, 1\)"),
        ({"a": [(1, -1)]}, "above 0"),
    ],
)
def test_what_cannot_be_drawn_is_told(series: dict[str, list[tuple[float, float]]], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        growth("t", "x", "y", series)


# -- bars


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 50)), max_size=5))
def test_bars_are_as_long_as_their_numbers_and_stand_in_the_order_of_the_kinds(counts: list[dict[str, int]]) -> None:
    bars = stack([(f"bar {number}", each, "beside") for number, each in enumerate(counts)], "cab")
    longest = max((sum(each.values()) for each in counts), default=0) or 1
    for bar, each in zip(bars.rows, counts, strict=True):
        assert [part.kind for part in bar.parts] == [kind for kind in "cab" if each.get(kind)]
        assert sum(part.width for part in bar.parts) == pytest.approx(550 * sum(each.values()) / longest, abs=0.2)
        assert bar.words == ", ".join([*(f"{each[kind]} {kind}" for kind in "cab" if each.get(kind)), "beside"])
        assert all(
            later.x == pytest.approx(earlier.x + earlier.width, abs=0.2) for earlier, later in pairwise(bar.parts)
        )


# -- colours


def palettes() -> list[dict[str, str]]:
    """Read the colours of the light scheme, and of the dark one, which changes some."""
    text = (files("fakeim.pictures") / "templates" / "palette.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", part)) for part in text.split("@media"))
    return [light, light | dark]


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    linear = [
        (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4) for v in (b / 255 for b in bytes.fromhex(digits))
    ]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", palettes(), ids=["light", "dark"])
def test_text_and_signs_stand_out_as_wcag_asks(palette: dict[str, str]) -> None:
    for name in ("ink", "soft", "link", "open", "done", "written", "failed", "fault"):
        for ground in ("paper", "card", "code"):
            assert contrast(palette[name], palette[ground]) >= 4.5, (name, ground)
    assert contrast(palette["fault"], palette["wash"]) >= 4.5
    for name in ("service", "written", "call", *(f"line-{number}" for number in range(6))):
        assert contrast(palette[name], palette["card"]) >= 3, name
    for name in ("service", "written", "failed", "fault"):  # with a number or a sign in them
        assert contrast(palette[name], palette["on"]) >= 4.5, name
    for name in ("observed", "documented", "model", "inferred", "assumption", "own"):
        assert contrast(palette[name], "#111") >= 4.5, name
