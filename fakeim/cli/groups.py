"""A group of commands that imports a command when it is called, and knows what a mistyped name may have meant."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping


class Group(click.Group):
    """A ``click.Group``.

    Args:
        arguments: As of ``click.Group``.
        modules: Commands that are imported when they are asked for: the name of each, and its module, in which it
            has the same name.
        options: As of ``click.Group``.
    """

    def __init__(self, *arguments: Any, modules: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._modules = dict(modules or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of all commands."""
        return sorted({*super().list_commands(ctx), *self._modules})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give a command, imported if need be; ``None`` if there is none of that name."""
        if cmd_name not in self._modules:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(import_module(self._modules[cmd_name]), cmd_name)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that ``args`` begin with."""
        if not ctx.resilient_parsing and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            ctx.fail(f"No such command {args[0]!r}{did_you_mean(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)
