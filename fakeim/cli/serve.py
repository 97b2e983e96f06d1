"""``fakeim serve``: a fake account over HTTP."""

from __future__ import annotations

import re
import signal
import warnings
from contextlib import ExitStack
from threading import Event
from typing import TYPE_CHECKING

import click

from fakeim.cli.dumps import load_option
from fakeim.incident_manager import FakeIncidentManager

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


ANY = """\
Any credentials do, but clients want some, and a Region:

    export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1
"""


def _account_ids(_: click.Context, option: click.Parameter, given: Sequence[str]) -> Mapping[str, str]:
    """Read access keys with the account of each."""
    found: dict[str, str] = {}
    for each in given:
        access_key, _equals, account_id = each.rpartition("=")
        if not access_key or not re.fullmatch("[0-9]{12}", account_id):
            told = f"{each!r}: give an access key and the twelve digits of an account, as in AKIDB=222222222222"
            raise click.BadParameter(told, param=option)
        if access_key in found:
            raise click.BadParameter(f"the access key {access_key} is given twice", param=option)
        found[access_key] = account_id
    return found


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port to listen on; by default a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--account",
    "account_ids",
    multiple=True,
    metavar="ACCESS_KEY=ACCOUNT_ID",
    callback=_account_ids,
    help="Let calls that are signed with this access key go to this account. Can be repeated.",
)
@load_option("Begin with")
@click.option("--no-control", is_flag=True, help="Serve AWS's API alone, without /_fakeim/ (reset, clock and so on).")
def serve(
    port: int, host: str, account_ids: Mapping[str, str], account: FakeIncidentManager | None, *, no_control: bool
) -> None:
    """Serve a fake account over HTTP.

    It is for SDKs of any language and for the AWS CLI, and ends with Ctrl-C or SIGTERM.
    """
    stop, first = Event(), account or FakeIncidentManager()
    with ExitStack() as stack:
        url = _serve(stack, port, host, first, account_ids, control=not no_control)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        click.echo(f"A fake of Incident Manager is at {url}\nPoint SDKs and the AWS CLI at it with\n")
        click.echo(f"    export AWS_ENDPOINT_URL_SSM_INCIDENTS={url}\n")
        if not no_control:
            click.echo(f"What is in it is shown at {url}/_fakeim/")
        for access_key, account_id in account_ids.items():
            click.echo(f"The access key {access_key} is one of the account {account_id}.")
        told = f"All others have the account {first.account_id}." if account_ids else ANY
        click.echo(f"{told}\nCtrl-C ends it.")
        while not stop.wait(1):  # a wait without an end cannot be interrupted on Windows
            pass


def _serve(
    stack: ExitStack, port: int, host: str, first: FakeIncidentManager, account_ids: Mapping[str, str], *, control: bool
) -> str:
    # One fake for each account, however many access keys it has.
    others = set(account_ids.values()) - {first.account_id}
    fakes = {first.account_id: first} | {each: FakeIncidentManager(account_id=each) for each in others}
    accounts = {access_key: fakes[account_id] for access_key, account_id in account_ids.items()}
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            serving = first.serve(port, host, accounts=accounts, control=control)
        for each in caught:
            click.echo(f"Warning: {each.message}", err=True)
        return stack.enter_context(serving)
    except ModuleNotFoundError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while ")[0]  # there, Python repeats the address
        raise click.ClickException(f"cannot listen on {host}, port {port}: {reason}") from None
