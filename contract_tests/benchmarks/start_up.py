"""What a process pays before its first call, and what the plugin adds to each start of pytest.

All that is imported has been compiled before, here as it is where pip has installed it: into a folder of its own, for
whether a checkout's files are, the machine's settings decide, and compiling them takes as long as all else together.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from contract_tests.benchmarks.timing import Measured, difference, exactly, interleaved, ratio

if TYPE_CHECKING:
    from contract_tests.benchmarks.timing import Effort

PROGRAMS = {
    "nothing": "",
    "import fakeim": "import fakeim",
    "the fake imported": "from fakeim import FakeIncidentManager",
    "first call": "import fakeim; fakeim.FakeIncidentManager().client().list_response_plans()",
    "boto3.client": "import boto3; boto3.client('ssm-incidents', region_name='us-east-1', "
    "aws_access_key_id='any', aws_secret_access_key='any')",
}
TOOLS = (
    "import sys, fakeim; fakeim.FakeIncidentManager; print(len({'boto3', 'pytest', 'hypothesis'} & set(sys.modules)))"
)


def measure(effort: Effort) -> list[Measured]:
    """Measure in fresh processes."""
    with TemporaryDirectory() as folder:
        run = partial(_run, folder)
        times = interleaved(
            {name: partial(run, "-c", text) for name, text in PROGRAMS.items()},
            effort.rounds,
            once=True,
            clock=_processor_time,
        )
        test = Path(folder, "test_nothing.py")
        test.write_text("def test_nothing(): pass\n", encoding="utf-8")
        added = [float(run("-m", "contract_tests.benchmarks.plugin_start", str(test))) for _ in range(effort.rounds)]
        tools = int(run("-c", TOOLS))
    bare, first, client = times["nothing"], times["first call"], times["boto3.client"]
    return [
        Measured("import fakeim, beyond Python's start", difference(times["import fakeim"], bare, 1000), 30, "ms"),
        Measured(
            "… and FakeIncidentManager with it",
            difference(times["the fake imported"], bare, 1000),
            unit="ms",
        ),
        Measured("test tools that this imports (boto3, pytest, …)", exactly(tools), 0),
        Measured(
            "import to the first direct call / import boto3; boto3.client(…)",
            ratio(first, client),
            0.5,
            note=f"{median(first) * 1000:.0f} / {median(client) * 1000:.0f} ms, Python's own {median(bare) * 1000:.0f}",
        ),
        Measured("the plugin, on pytest's start", difference(added, [0.0] * len(added), 1000), 10, "ms"),
    ]


def _processor_time() -> float:
    """Give the seconds that processors have spent on child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(folder: str, *arguments: str) -> str:
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    settings["PYTHONPYCACHEPREFIX"] = str(Path(folder, "compiled"))
    command = [sys.executable, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=settings)  # noqa: S603 - our own programs
    return done.stdout
