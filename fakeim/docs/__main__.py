"""Bring the README's generated table up to date: ``python -m fakeim.docs [--check]``, in the checkout."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from fakeim.docs import generated

README = Path(__file__).parents[2] / "README.md"
_PART = re.compile(r"(<!-- coverage: begin -->\n).*?(<!-- coverage: end -->)", re.DOTALL)


def current(text: str) -> str:
    """Give the README's ``text`` with the table as it has to be now."""
    table = generated.coverage()
    return _PART.sub(lambda found: f"{found[1]}\n{table}\n\n{found[2]}", text)


def main(arguments: list[str]) -> int:
    """Write the table, or only say whether it is up to date."""
    text = README.read_text(encoding="utf-8")
    wanted = current(text)
    if wanted == text:
        return 0
    if "--check" in arguments:
        sys.stderr.write("README.md: the table of coverage is out of date; python -m fakeim.docs writes it\n")
        return 1
    README.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
