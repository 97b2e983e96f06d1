"""Names of the API on the command line: completed by the shell, spelt as in the API or as in boto3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from fakeim.service.errors import CONNECTION, UNMODELLED_STATUSES
from fakeim.spec.api import load_api
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable


class Name(click.ParamType):  # type: ignore[type-arg] # before click 8.4 it takes none
    """The name of something, in any case: an operation may be spelt as boto3's method, an error without its ending.

    Args:
        kind: What it is the name of, as messages call it.
        known: The names that there are.
    """

    def __init__(self, kind: str, known: Iterable[str]) -> None:
        self.name = kind
        self._known = sorted(known)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Give the name as it is spelt in the API."""
        for each in self._known:
            if _simple(value) in (_simple(each), _simple(_short(each))):
                return each
        meant = did_you_mean(value, [*self._known, *map(_short, self._known)])
        if not meant.startswith(";"):  # nothing is near: tell all, in full
            meant = did_you_mean(value, self._known)
        return self.fail(f"there is no {self.name} {value!r}{meant}", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Give the names that begin so."""
        del ctx, param
        return [CompletionItem(each) for each in self._known if each.lower().startswith(incomplete.lower())]


def _short(name: str) -> str:
    return name.removesuffix("Exception")


def _simple(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


def operations() -> list[str]:
    """Give the names of all operations."""
    return [*load_api().operations]


def error_codes() -> list[str]:
    """Give the codes of all errors: the model's, those that AWS's services share, and those of a connection."""
    return [*load_api().error_statuses, *UNMODELLED_STATUSES, *CONNECTION]
