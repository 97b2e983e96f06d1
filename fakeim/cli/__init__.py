"""The command line: ``fakeim``, or ``python -m fakeim``. It needs the extra ``cli``."""

from __future__ import annotations

import io
import sys


def main() -> None:
    """Run the command line on the arguments of this process, and exit.

    Raises:
        SystemExit: Always: 0 when all went well, 2 for a mistake in the arguments or in a file that they name, and 1
            with the remedy if the extra ``cli`` is not installed.
    """
    try:
        from fakeim.cli.commands import fakeim  # noqa: PLC0415 - so that the lack of click is told, not thrown
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"click", "rich"}:
            raise
        raise SystemExit('fakeim: the command line needs click and rich: pip install "fakeim[cli]"') from None
    if isinstance(sys.stdout, io.TextIOWrapper):  # a file's or a pipe's encoding may lack what an alarm's text has
        sys.stdout.reconfigure(errors="replace")
    fakeim()
