"""Run atheris on the targets: ``python -m contract_tests.fuzz [TARGET ...] [--seconds S]``.

Each target has a process of its own. What crashes it, takes more than ten seconds or a gigabyte ends the run, and is
left in a file that is named: mended, it belongs into the corpus.
"""

from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from contract_tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
LIMITS = ("-timeout=10", "-rss_limit_mb=1024", "-max_len=8192")
ONE = """
import sys
import atheris
with atheris.instrument_imports(include=["fakeim"], enable_loader_override=False):
    from contract_tests.fuzz.targets import TARGETS
atheris.Setup(sys.argv, TARGETS[sys.argv.pop(1)])
atheris.Fuzz()
"""


def main(arguments: list[str] | None = None) -> int:
    """Fuzz each target for a while; give the number of those that failed."""
    parser = ArgumentParser(prog="python -m contract_tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; by default all")
    parser.add_argument("--seconds", type=int, default=60, help="how long each target has (default: 60)")
    given = parser.parse_args(arguments)
    unknown = set(given.targets) - TARGETS.keys()
    if unknown:
        parser.error(f"there is no target {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    if find_spec("atheris") is None:
        parser.error("this needs atheris: pip install atheris, or tox -e fuzz")
    failed = [name for name in given.targets or TARGETS if not fuzz(name, given.seconds)]
    print(f"failed: {', '.join(failed)}" if failed else "nothing did harm")
    return len(failed)


def fuzz(name: str, seconds: int) -> bool:
    """Fuzz one target, and say whether nothing did harm."""
    print(f"{name}: {seconds} s", flush=True)
    with TemporaryDirectory() as found:  # what reaches new code, for as long as this runs
        options = [f"-max_total_time={seconds}", *LIMITS, found, str(CORPUS / name)]
        return subprocess.run([sys.executable, "-c", ONE, name, *options], check=False).returncode == 0  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
