"""The journal of a run: what it is about to make in AWS, on disk before the request leaves.

JSON Lines. After a crash at any point the file names every plan that the run can have made; ``sweep`` reads it. It
holds the real account number, so it is no part of what one sends to others.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from fakeim.parity.runs import LEVELS, Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

_DURABLE = ("run", "create", "start")


class JournalError(ValueError):
    """A journal that cannot be read; the message names the file and the line."""


class Journal:
    """What one run has tried to make. Use ``begin`` or ``reopen``.

    Attributes:
        run: Whose it is.
        path: The file.
        sync: What forces an open file to the disk: ``os.fsync``, or what a test puts in its place.
    """

    def __init__(self, run: Run, path: Path, sync: Callable[[int], None] = os.fsync) -> None:
        self.run, self.path, self.sync = run, path, sync
        self._torn_at: int | None = None  # where a line begins that a crash cut off, before its request was sent
        self._plans: dict[str, bool] = {}  # each name that was tried, and whether the plan can reach nobody

    @classmethod
    def begin(cls, run: Run, folder: Path, now: datetime, sync: Callable[[int], None] = os.fsync) -> Journal:
        """Begin the journal of a new run: a file of its own in ``folder``."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        journal = cls(run, folder / f"{run.id}.jsonl", sync)
        os.close(os.open(journal.path, os.O_CREAT | os.O_EXCL, 0o600))
        journal.write("run", id=run.id, account=run.account, level=run.level, at=now.isoformat(timespec="seconds"))
        return journal

    @classmethod
    def reopen(cls, path: Path) -> Journal:
        """Read the journal of an earlier run, to be continued; nothing is changed before it is written to.

        Raises:
            JournalError: The file cannot be read, or is no journal.
        """
        try:
            content = path.read_bytes()
            whole = content[: content.rindex(b"\n") + 1]
            first, *lines = whole.decode().splitlines()
            journal = cls(_run(json.loads(first)), path)
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise JournalError(f"{path}: this is no journal of a run ({error})") from None
        for number, line in enumerate(lines, start=2):
            journal._read(number, line)
        journal._torn_at = len(whole) if whole != content else None
        return journal

    def _read(self, number: int, text: str) -> None:
        try:
            line = json.loads(text)
            if line["kind"] == "create":
                self._remember(line["plan"], harmless=line["harmless"])
        except (ValueError, LookupError, TypeError) as error:
            raise JournalError(f"{self.path}:{number}: no line of a journal ({error})") from None

    def write(self, kind: str, **members: Any) -> None:
        """Write a line."""
        if self._torn_at is not None:
            os.truncate(self.path, self._torn_at)
            self._torn_at = None
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind, **members}) + "\n")
            file.flush()
            if kind in _DURABLE:  # on the disk before what it tells of can happen
                self.sync(file.fileno())

    def creating(self, plan: str, *, harmless: bool) -> None:
        """Write that the plan of this name is about to be made, and whether it can reach nobody."""
        self.write("create", plan=plan, harmless=harmless)
        self._remember(plan, harmless=harmless)

    def starting(self, plan: str) -> None:
        """Write that an incident of this plan is about to be started."""
        self.write("start", plan=plan)

    def refused(self, operation: str, why: str) -> None:
        """Write that a request was stopped."""
        self.write("refused", operation=operation, why=why)

    def claims(self, arn: object) -> bool:
        """Say whether ``arn`` is that of a plan that this run can have made, or of an incident of one."""
        return self.run.plan_of(arn) in self._plans

    def may_start(self, plan: str) -> bool:
        """Say whether this run made the plan, and never with members that could reach anybody."""
        return self._plans.get(plan, False)

    @property
    def made_something(self) -> bool:
        """Whether there may be anything to sweep."""
        return bool(self._plans)

    def _remember(self, plan: str, *, harmless: bool) -> None:
        self._plans[plan] = harmless and self._plans.get(plan, True)


def _run(line: dict[str, Any]) -> Run:
    if line["kind"] != "run" or line["level"] not in LEVELS:
        raise ValueError("its first line is no run")
    if not (re.fullmatch("[0-9a-f]{10}", line["id"]) and re.fullmatch("[0-9]{12}", line["account"])):
        raise ValueError("its first line names no run that there can have been")
    return Run(line["account"], line["level"], line["id"])
