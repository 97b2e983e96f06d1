"""``fakeim schema``: the API's JSON Schemas, to be piped."""

from __future__ import annotations

import click

from fakeim import schemas
from fakeim.cli.names import Name, operations
from fakeim.cli.output import print_json
from fakeim.spec.api import load_api


@click.command()
@click.argument("operation", type=Name("operation", operations()), required=False)
@click.option("--request", "kind", flag_value="request", help="What it takes; this is what is printed by default.")
@click.option("--response", "kind", flag_value="response", help="What it answers.")
@click.option(
    "--error",
    type=Name("modelled error", load_api().error_statuses),
    help="The members of this error instead; it is the same for all operations.",
)
def schema(operation: str | None, kind: str | None, error: str | None) -> None:
    """Print a JSON Schema of the API.

    OPERATION is one of the API, such as StartIncident or start_incident. The schema is one of the draft 2020-12,
    complete in itself, and made from the model in the installed botocore.
    """
    if (operation is None) == (error is None):
        raise click.UsageError("give an operation, as in: fakeim schema StartIncident; or --error NAME without one")
    if error is not None and kind is not None:
        raise click.UsageError(f"--error is neither of a request nor of a response: leave --{kind} out")
    if operation is None:
        print_json(schemas.error(str(error)))
    else:
        print_json(schemas.response(operation) if kind == "response" else schemas.request(operation))
