"""Real boto3 clients that are bound to one fake, with botocore's events: nothing is patched.

Their waiters wait on the fake's clock. The waits between botocore's retries are real: only a patch can change these,
which ``mock_ssm_incidents`` makes.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fakeim.clients.answers import answer
from fakeim.clients.direct import make_waiter
from fakeim.clients.interception import interception
from fakeim.spec.api import SERVICE, once

if TYPE_CHECKING:
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from fakeim.service.callers import Account


def make_boto3_client(dispatcher: Account, region: str, **options: Any) -> SSMIncidentsClient:
    """Make a real boto3 client whose requests are answered by ``dispatcher``'s account and never leave the process."""
    credentials = {"aws_access_key_id": "fakeim", "aws_secret_access_key": "fakeim"}
    with interception().mocks.lock:  # a session makes one client at a time
        client: SSMIncidentsClient = _session().client(SERVICE, region_name=region, **(credentials | options))
    interception().mocks.leave_alone(client)
    events: Any = client.meta.events
    answered = partial(answer, dispatcher, client.meta)
    events.register(f"before-send.{SERVICE}", lambda request, **_: answered(request))
    setattr(client, "get_waiter", partial(make_waiter, client, dispatcher.sleep))  # noqa: B010 - no type checker lets it
    return client


@once
def _session() -> Any:
    """Make the one session for clients of fakes' own: with a new one each, a client takes twenty times as long."""
    import boto3  # noqa: PLC0415 - only who asks for such a client needs it

    return boto3.session.Session()
