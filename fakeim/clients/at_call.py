"""Answers to calls of real boto3 clients that never become requests: ``mock_ssm_incidents(at_call=True)``.

This imports what it needs of botocore at once, for to import in a call takes as long as a third of the call; so it is
imported itself only when a mock begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.validate import ParamValidationDecorator

from fakeim.clients.direct import make_client

if TYPE_CHECKING:
    from fakeim.service.callers import Account


def answer_at_call(dispatcher: Account, client: Any, operation: str, params: dict[str, Any]) -> Any:
    """Answer from ``dispatcher``'s account what ``client._make_api_call(operation, params)`` is asked."""
    meta = client.meta
    # The configuration that a client shows does not keep whether it checks, but its serializer does.
    checked = isinstance(client._serializer, ParamValidationDecorator)  # noqa: SLF001
    direct = make_client(dispatcher, meta.region_name, meta.config, checked=checked)
    try:
        return getattr(direct, xform_name(operation))(**params)
    except ClientError as error:  # the client raises classes of its own session
        response: Any = error.response
        raised = client.exceptions.from_code(response["Error"]["Code"])(response, operation)
        raise raised from error.__cause__
