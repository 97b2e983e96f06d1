"""Bring what is generated in the README and in the pages up to date: ``python -m fakeim.docs [--check]``.

It works in the checkout. What is generated stands in the files themselves, so that it is read where nothing is built.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from fakeim.docs import generated

PAGES = Path(__file__).parent
README = PAGES.parents[1] / "README.md"
_PART = re.compile(r"(<!-- (?P<name>[a-z-]+): begin -->\n).*?(<!-- (?P=name): end -->)", re.DOTALL)


def current(text: str) -> str:
    """Give a file's ``text`` with its generated parts as they have to be now."""
    return _PART.sub(lambda found: f"{found[1]}\n{generated.PARTS[found['name']]().strip()}\n\n{found[3]}", text)


def main(arguments: list[str]) -> int:
    """Write the parts, or only say whether they are up to date."""
    outdated = False
    for path in [README, *sorted(PAGES.rglob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        wanted = current(text)
        if wanted == text:
            continue
        outdated = True
        if "--check" in arguments:
            sys.stderr.write(f"{path.name}: what is generated is out of date; python -m fakeim.docs writes it\n")
        else:
            path.write_text(wanted, encoding="utf-8", newline="\n")
    return 1 if outdated and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
