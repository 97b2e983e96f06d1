"""The commands, each in a module of its own that is imported when it is called: ``--version`` takes click alone."""

from __future__ import annotations

import click

from fakeim.cli.groups import Group

COMMANDS = ("coverage", "demo", "doctor", "explain", "init", "parity", "schema", "serve")

EPILOG = """\
\b
Exit codes: 0, all is well; 1, something is not, or could not be done;
2, a mistake in the arguments or in a file that they name.

\b
Completion in bash: eval "$(_FAKEIM_COMPLETE=bash_source fakeim)"
Likewise zsh_source, and for fish: _FAKEIM_COMPLETE=fish_source fakeim | source

\b
Colours are for terminals; NO_COLOR=1 turns them off.
"""


@click.group(
    cls=Group,
    modules={name: f"fakeim.cli.{name}" for name in COMMANDS},
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
)
@click.version_option(package_name="fakeim")
def fakeim() -> None:
    """Fake AWS Systems Manager Incident Manager, in memory: no AWS account, no network, nobody is paged."""
