"""Measure what fakeim costs, against its goals and beside what others cost.

    python -m contract_tests.benchmarks [--quick] [--only NAME] [--json FILE] [--html FILE]

One table: each goal, what was measured, within which bounds half of the rounds lay, and whether it is met; under it why
a goal is not. ``moto``, where it is installed, is one of the others; tox's environment ``benchmarks`` installs it.

``results/`` keeps what a full run found, from which the README's figures are taken.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import sys
import tomllib
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from contract_tests.benchmarks.picture import picture
from contract_tests.benchmarks.timing import FULL, QUICK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contract_tests.benchmarks.timing import Measured

SUBJECTS = {
    "direct_calls": "Direct calls",
    "real_clients": "Real boto3 clients",
    "http_calls": "HTTP",
    "fixtures": "Fixtures and small tests",
    "start_up": "Start-up",
    "stateful": "Hypothesis",
    "growth": "Growth",
    "memory": "Memory",
}
WHY: Mapping[str, str] = {
    name: " ".join(text.split())
    for name, text in tomllib.loads(Path(__file__).with_name("unmet.toml").read_text(encoding="utf-8")).items()
}
"""Why a goal is not met, by its name."""
PACKAGES = ("fakeim", "boto3", "botocore", "hypothesis", "moto", "pytest", "sortedcontainers", "waitress")


def main(arguments: list[str]) -> None:
    """Measure what is asked for, and print the table."""
    options = _options(arguments)
    effort = QUICK if options.quick else FULL
    print("\n".join(f"{name}: {value}" for name, value in machine().items()))
    found: dict[str, list[Measured]] = {}
    for subject in options.only or SUBJECTS:
        found[subject] = import_module(f"contract_tests.benchmarks.{subject}").measure(effort)
        print(f"\n{SUBJECTS[subject]}")
        print("\n".join(_line(each) for each in found[subject]), flush=True)
    everything = [each for measured in found.values() for each in measured]
    print(f"\n{sum(each.met is True for each in everything)} goals met, not met:")
    print("\n".join(_unmet(each) for each in everything if each.met is False))
    if options.json:
        Path(options.json).write_text(json.dumps(_as_json(found), indent=1) + "\n", encoding="utf-8")
    if options.html:
        Path(options.html).write_text(picture("Time of a call as the store grows", everything), encoding="utf-8")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m contract_tests.benchmarks", description="What fakeim costs.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller stores, for a first look")
    parser.add_argument("--only", action="append", choices=SUBJECTS, help="measure this alone (several times: these)")
    parser.add_argument("--json", metavar="FILE", help="write all that was measured there")
    parser.add_argument("--html", metavar="FILE", help="write a picture of the growth there")
    return parser.parse_args(arguments)


def machine() -> dict[str, str]:
    """Say on what and with what is measured."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {_processor()}",
        "python": platform.python_version(),
        **dict(_versions()),
    }


def _processor() -> str:
    cpus = Path("/proc/cpuinfo")  # platform.processor() knows nothing on Linux
    lines = cpus.read_text(encoding="utf-8").splitlines() if cpus.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.processor()


def _versions() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            yield package, "not installed"


def _line(each: Measured) -> str:
    goal = "" if each.limit is None else f"goal {each.limit:.4g}"
    spread = f"{each.ratio.low:.4g}..{each.ratio.high:.4g}" if each.ratio.low != each.ratio.high else ""
    met = {True: "met", False: "NOT MET", None: ""}[None if math.isnan(each.ratio.value) else each.met]
    return f"  {each.name:<66} {_figure(each):>12} {spread:>16} {goal:>12} {met:<8}{each.note}".rstrip()


def _unmet(each: Measured) -> str:
    why = fill(WHY.get(each.name, "nobody has said why"), 110, initial_indent="    ", subsequent_indent="    ")
    return f"  {each.name}: {_figure(each)}, goal {each.limit:.4g}\n{why}"


def _figure(each: Measured) -> str:
    return f"{each.ratio.value:.4g} {each.unit}".strip()


def _as_json(found: dict[str, list[Measured]]) -> dict[str, Any]:
    return {
        **machine(),
        "measured": {
            subject: [
                {
                    "name": each.name,
                    "value": None if math.isnan(each.ratio.value) else float(f"{each.ratio.value:.4g}"),
                    "half of the rounds": [float(f"{bound:.4g}") for bound in each.ratio[1:]],
                    "unit": each.unit or "ratio",
                    "goal": each.limit,
                    "met": each.met,
                    "why": WHY.get(each.name) if each.met is False else None,
                    "note": each.note,
                    "points": [(size, round(value, 2)) for size, value in each.points],
                }
                for each in measured
                if not math.isnan(each.ratio.value)
            ]
            for subject, measured in found.items()
        },
    }


if __name__ == "__main__":
    main(sys.argv[1:])
