"""The command line: ``fakeim``, or ``python -m fakeim``. It needs the extra ``cli``.

Exit codes: 0 when all is well, 1 when a command finds what it looks for or cannot do what it is asked for, 2 for a
mistake in the arguments or in a file that they name. ``fakeim parity`` has 3 as well, which its help explains.
"""

from __future__ import annotations

import io
import sys
from importlib.util import find_spec


def main() -> None:
    """Run the command line on the arguments of this process, and exit.

    Raises:
        SystemExit: Always, with one of the codes above; 1 with the remedy if the extra ``cli`` is not installed.
    """
    if any(find_spec(each) is None for each in ("click", "rich")):
        raise SystemExit('fakeim: the command line needs click and rich: pip install "fakeim[cli]"')
    if isinstance(sys.stdout, io.TextIOWrapper):  # a file's or a pipe's encoding may lack what an alarm's text has
        sys.stdout.reconfigure(errors="replace")
    try:
        from fakeim.cli.commands import fakeim  # noqa: PLC0415 - so that the lack of click is told, not thrown

        fakeim()
    except KeyboardInterrupt:  # before click could see it
        raise SystemExit(1) from None
