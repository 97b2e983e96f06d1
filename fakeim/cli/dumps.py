"""Dumps of accounts on the command line: the option ``--load``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fakeim.incident_manager import FakeIncidentManager
from fakeim.pictures import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

Command = TypeVar("Command", bound="Callable[..., Any]")


class Dump(click.Path):
    """The path of a dump, which is read: the command is given a fake of its account."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path)

    def convert(  # type: ignore[override] # what is given is not the path, but what is in the file
        self, value: str | PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> FakeIncidentManager:
        """Read the dump."""
        path: Any = super().convert(value, param, ctx)
        try:
            return FakeIncidentManager.from_dump(Path(path))
        except (ValueError, OSError) as error:
            return self.fail(words.printable(f"{path}: {error}"), param, ctx)


def load_option(told: str) -> Callable[[Command], Command]:
    """Make the option, with what it is for."""
    return click.option(
        "--load",
        "account",
        type=Dump(),
        metavar="FILE",
        help=f"{told} the account of this dump (fake.dump makes one, or GET /_fakeim/dump).",
    )
