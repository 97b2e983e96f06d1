"""What each error means, and what to do about it, in a sentence or two: advice, where the rules are what is known."""

from __future__ import annotations

from typing import NamedTuple

from fakeim.service.errors import CONNECTION


class Remedy(NamedTuple):
    """What an error means, and what to do."""

    meaning: str
    advice: str


REMEDIES = {
    "AccessDeniedException": Remedy(
        "The caller may not do this. The fake says so of ARNs of other accounts, where a test has set policies with "
        "fake.iam, and of shared plans whose policies do not allow it.",
        "Compare the account's number in the ARN with that of the caller, and look at the caller's policies; "
        "print(fake) shows those that a test has set.",
    ),
    "ConflictException": Remedy(
        "The request contradicts what is there: a name that is taken, a client token that came with other parameters "
        "before, or a replication set that is being changed.",
        "Take the resource that is there, or another name; give each request a token of its own, and the same one to "
        "its retries; let a waiter wait for a change to end.",
    ),
    "InternalServerException": Remedy(
        "The service failed. The fake does so only when a test tells it to, or by a mistake of its own.",
        "Retry, as botocore does. If no fault was injected, report it: its cause is chained to the error.",
    ),
    "ResourceNotFoundException": Remedy(
        "What the ARN or id names is not there; or the account has no replication set yet.",
        "Take the ARN from the answer that created it; check the account's number in it. "
        "FakeIncidentManager(onboarded=True), as it is by default, has a replication set.",
    ),
    "ServiceQuotaExceededException": Remedy(
        "A limit of the account: one replication set, 50 tags on a resource, or what a test has set with fake.quotas.",
        "Use or remove what is there.",
    ),
    "ThrottlingException": Remedy(
        "Too many calls. Nothing was done. The fake says so only when a test tells it to, with fake.quotas.rate or a "
        "fault.",
        "Retry with a pause: botocore does a few times by itself, and then it is yours to handle.",
    ),
    "ValidationException": Remedy(
        "A value breaks a constraint of the API model, all of which the message then lists; or it makes no sense here: "
        "an ARN of another kind, an unknown filter, a page token of another list.",
        "Let fakeim look at the request: fakeim explain OPERATION '{...}'. What it has to be like: fakeim schema "
        "OPERATION.",
    ),
    "UnsupportedOperationException": Remedy(
        "Since November 2025 AWS lets no new customer in: CreateReplicationSet is refused. It is not in the model, so "
        "boto3 raises a plain ClientError.",
        "Test against FakeIncidentManager(onboarded=False, can_onboard=False) that your set-up copes with it.",
    ),
    "SerializationException": Remedy(
        "The request has a value of a type that the service cannot read. boto3 refuses to send most of these.",
        "Let fakeim look at the request: fakeim explain OPERATION '{...}'.",
    ),
    "UnknownOperationException": Remedy(
        "No operation has this method and path. No SDK sends such a request.",
        "Check the path, and that the endpoint is that of ssm-incidents.",
    ),
    "ReadTimeoutError": Remedy(
        "No answer came in time. The call may have been carried out, or not.",
        "Repeat it with the same clientToken. fakeim.testing.retries.check_retry_safe tries your code with each reply "
        "lost in turn.",
    ),
}
_SHARED = Remedy(
    "One of the errors that all of AWS's services share. The fake gives it only when a test tells it to.",
    "Let your code meet it once: with fake.faults.inject.",
)
_CONNECTION = Remedy(
    "A connection that failed, under the name of botocore's exception: no answer came.",
    "Retry. Whether the call was carried out is not known unless the connection was never made.",
)


def remedy(code: str) -> Remedy:
    """Give what is to be said of an error."""
    return REMEDIES.get(code) or (_CONNECTION if code in CONNECTION else _SHARED)
