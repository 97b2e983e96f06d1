"""The picture of how calls grow with the store, a drawing for each kind of record: needs the extra ``html``."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from fakeim.pictures.curves import growth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contract_tests.benchmarks.timing import Measured


def picture(title: str, measured: Sequence[Measured]) -> str:
    """Give an HTML page with a drawing for each kind of record whose growth was measured."""
    curves: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for each in measured:
        if each.points:
            kind, _, call = each.name.partition(": ")
            seconds: list[tuple[float, float]] = [(size, microseconds / 1e6) for size, microseconds in each.points]
            curves.setdefault(kind, {})[call.partition(", at ")[0]] = seconds
    drawings = [growth(f"{title}: {kind}", kind, "time of a call (s)", series) for kind, series in curves.items()]
    head = '<html lang="en">\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">'
    return f"<!doctype html>\n{head}\n<title>{escape(title)}</title>\n{''.join(drawings)}"
