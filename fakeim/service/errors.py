"""Every error of the service, and every message text.

Rules, and what they rest on:
 1. The codes, their members and their HTTP statuses are the model's [model, catalogue §3.1].
 2. A request that breaks constraints gets them all in one message [observed §3.4].
 3. No text of the other errors is recorded anywhere; these name the thing and the remedy [assumption: 17.1-17.9].
 4. ``resourceType`` and ``resourceIdentifier`` are filled, the latter with what the caller passed
    [assumption: 17.1].
 5. ``UnsupportedOperationException`` is not in the model [observed 4.3]; its status is 400 [assumption: 17.3].
    Neither are the errors for what is no request of this service at all, and those that all of AWS's services share,
    which are those of AWS's front ends [documented, as AWS's common errors; assumption: that they hold here].
 6. A caller without permission is told who, what, on what, and which kind of policy refused it or is missing
    [documented §3.4 and by IAM, as what most services say; assumption: that this one does].
 7. Who asks too often is told no more than that [assumption: 17.2; AWS's usual words].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from fakeim.spec.api import SERVICE, load_api

if TYPE_CHECKING:
    from collections.abc import Sequence

QUOTA_CODES = {
    "REGIONS": "L-REGIONS-PER-REPLICATION-SET",
    "REPLICATION_SET": "L-REPLICATION-SETS",
    "REQUESTS": "L-REQUESTS",
    "TAGS": "L-TAGS-PER-RESOURCE",
}
"""[assumption: 17.2] AWS's codes look like L-1A2B3C4D; none of this service's is known."""

UNMODELLED_STATUSES = {
    "ExpiredTokenException": 403,
    "IncompleteSignatureException": 403,
    "InternalFailure": 500,
    "InvalidSignatureException": 403,
    "OptInRequired": 403,
    "RequestEntityTooLargeException": 413,
    "RequestExpired": 400,
    "RequestTimeoutException": 408,
    "SerializationException": 400,
    "ServiceUnavailable": 503,
    "UnknownOperationException": 404,
    "UnrecognizedClientException": 403,
    "UnsupportedOperationException": 400,
}
"""The HTTP statuses of rule 5."""

FAILURES = {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
"""What a front end that fails says, all of it: a status and its phrase."""

CONNECTION = ("ConnectTimeoutError", "ConnectionClosedError", "EndpointConnectionError", "ReadTimeoutError")
"""How a connection can fail, under the names of botocore's exceptions."""


class ServiceError(Exception):
    """An answer that is an error: its code, its message and the further members of its shape."""

    def __init__(self, code: str, message: str, **members: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.members = members
        self.request_id = ""

    def __reduce__(self) -> tuple[type[ServiceError], tuple[str, str], dict[str, Any]]:
        # By default an exception is made again of its ``args``, which are the message alone.
        return ServiceError, (self.code, self.message), vars(self)


class ConnectionFailed(Exception):  # noqa: N818 - what botocore's own are called
    """No answer at all: the connection failed as botocore's exception ``code`` says."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Failure: TypeAlias = ServiceError | ConnectionFailed
"""What a call can come to in place of a result."""


def known_codes() -> list[str]:
    """Return the codes of all errors that have one, and the names of the failures of a connection."""
    return [*load_api().error_statuses, *UNMODELLED_STATUSES, *CONNECTION]


def status(code: str) -> int:
    """Give the HTTP status of an error; one that has no code is called by its status."""
    return int(code) if code.isdigit() else load_api().error_statuses.get(code) or UNMODELLED_STATUSES[code]


def validation(message: str) -> ServiceError:
    """Make the error for a request that is well-formed but not acceptable."""
    return ServiceError("ValidationException", message)


def constraints(sentences: Sequence[str]) -> ServiceError:
    """Make the error for broken constraints, in the framework's grammar (catalogue §3.4)."""
    count = len(sentences)
    noun = "error" if count == 1 else "errors"
    return validation(f"{count} validation {noun} detected: {'; '.join(sentences)}")


def unreadable() -> ServiceError:
    """Make the error for a value of a type that the service cannot read, though a client sent it."""
    return ServiceError("SerializationException", "The request has a member whose type the service cannot read.")


def unknown_operation(method: str, path: str) -> ServiceError:
    """Make the error for a request that belongs to no operation."""
    return ServiceError("UnknownOperationException", f"There is no operation {method} {path}.")


def unknown_to_fakeim(operation: str) -> ServiceError:
    """Make the error for an operation of a newer botocore (``fakeim.spec.drift``, rule 2)."""
    message = (
        f"This release of fakeim does not know {operation}, which the installed botocore has: pip install -U fakeim"
    )
    return ServiceError("UnknownOperationException", message)


def too_large(limit: int) -> ServiceError:
    """Make the error for a request with a body of more than ``limit`` bytes."""
    return ServiceError("RequestEntityTooLargeException", f"The request's body has more than {limit} bytes.")


def not_found(resource_type: str, identifier: str) -> ServiceError:
    """Make the error for a resource that is not there."""
    noun = resource_type.replace("_", " ").lower()
    return ServiceError(
        "ResourceNotFoundException",
        f"The {noun} {identifier} does not exist.",
        resourceType=resource_type,
        resourceIdentifier=identifier,
    )


def no_replication_set() -> ServiceError:
    """Make the error for a call that needs an account with a working replication set."""
    return ServiceError(
        "ResourceNotFoundException",
        "This account has no replication set that is ACTIVE; create one, or wait until it is.",
        resourceType="REPLICATION_SET",
    )


def conflict(message: str, resource_type: str, identifier: str) -> ServiceError:
    """Make the error for a request that contradicts what is there."""
    return ServiceError("ConflictException", message, resourceType=resource_type, resourceIdentifier=identifier)


def token_reused(declared: frozenset[str], operation: str) -> ServiceError:
    """Make the error for a used client token that comes with other details.

    A ``ConflictException`` where the operation declares one, otherwise a ``ValidationException``.
    """
    code = "ConflictException" if "ConflictException" in declared else "ValidationException"
    return ServiceError(code, f"This clientToken was used for another {operation} request, with other parameters.")


def quota_exceeded(message: str, quota: str, **members: Any) -> ServiceError:
    """Make the error for a limit of the account."""
    return ServiceError(
        "ServiceQuotaExceededException",
        message,
        quotaCode=QUOTA_CODES[quota],
        serviceCode=SERVICE,
        **members,
    )


def access_denied(caller: str, action: str, resource: str, why: str = "") -> ServiceError:
    """Make the error for a caller without permission, in IAM's usual words (catalogue §3.4; rule 6)."""
    reason = f" {why}" if why else ""
    return ServiceError(
        "AccessDeniedException",
        f"User: {caller} is not authorized to perform: {action} on resource: {resource}{reason}",
    )


def throttled() -> ServiceError:
    """Make the error for too many requests in a time (rule 7)."""
    return ServiceError("ThrottlingException", "Rate exceeded", quotaCode=QUOTA_CODES["REQUESTS"], serviceCode=SERVICE)


def cannot_onboard() -> ServiceError:
    """Make the error that CreateReplicationSet gives to accounts that came too late (catalogue 4.3)."""
    return ServiceError(
        "UnsupportedOperationException",
        "AWS Systems Manager Incident Manager is no longer open to new customers.",
    )


def internal(cause: object) -> ServiceError:
    """Make the error for a fault of this fake: the call is undone, and the cause is chained to the error."""
    message = f"fakeim failed to answer; please report this: {cause!r}"
    drift = load_api().drift  # may be why
    return ServiceError("InternalServerException", f"{message}; and {drift}" if drift else message)
