"""What is in an account, before and after; and how what a run has left there is removed.

A resource is removed only if three things claim it for the run: its name, the run's journal, and its tag in AWS.
Anything less is left alone, and told. An incident leaves an OpsItem in OpsCenter, which AWS makes and this service
cannot remove: it is told, with the command that does.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.parity.runs import TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fakeim.parity.aws import Account

ATTEMPTS = 5
"""How often a throttled call is sent, and an inventory taken until it is as it should be."""

SPARE = 1000
"""Calls that an inventory or clean-up may take if the budget is used up."""

_LISTS = {
    "list_incident_records": "incidentRecordSummaries",
    "list_response_plans": "responsePlanSummaries",
}
"""What can be left: incidents first, for that is the order in which it is removed."""


class Swept(NamedTuple):
    """What became of what was left; lists of ARNs."""

    claimed: list[str]
    """What name, journal and tag claim: removed, unless it was a dry run."""
    left_alone: dict[str, str]
    """What has a name of the run, but something is missing: what that is."""
    ops_items: list[str]
    """The OpsItems that the incidents leave."""


class Patient:
    """A client that sends a throttled call again; the pace has slowed down by then."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return self._patiently(found) if callable(found) else found

    def _patiently(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def send(**params: Any) -> Any:
            for _ in range(ATTEMPTS - 1):
                with suppress(self._client.exceptions.ThrottlingException):
                    return call(**params)
            return call(**params)

        return send


def inventory(account: Account) -> dict[str, Any]:
    """Read the summary of every plan and incident, with the tags of plans and of incidents that are open, by ARN."""
    client = Patient(account.plain_client())
    with account.pace.allowing(SPARE):
        return {each["arn"]: {**each, "tags": _tags(client, each)} for each in _listed(client)}


def inventory_like(account: Account, before: dict[str, Any]) -> dict[str, Any]:
    """Read the inventory, a few times until it is as ``before``: lists may lag behind (catalogue 6.11)."""
    now = inventory(account)
    for _ in range(ATTEMPTS - 1):
        if now == before:
            break
        now = inventory(account)
    return now


def sweep(account: Account, *, delete: bool) -> Swept:
    """Remove what the account's run has left; without ``delete``, only say what that is."""
    client, swept = Patient(account.plain_client()), Swept([], {}, [])
    with account.pace.allowing(SPARE):
        for arn in [each["arn"] for each in _listed(client) if account.run.plan_of(each["arn"])]:
            try:
                _sweep_one(account, client, arn, swept, delete=delete)
            except client.exceptions.ClientError as error:  # of one thing: the others are to be removed all the same
                swept.left_alone[arn] = f"{error}"
    return swept


def commands(arns: list[str]) -> list[str]:
    """Give the commands of the AWS CLI that remove these plans, incidents and OpsItems."""
    return [_command(arn) for arn in arns]


def _command(arn: str) -> str:
    kind, _, name = arn.split(":", 5)[5].partition("/")
    if kind.lower() == "opsitem":
        return f"aws ssm delete-ops-item --region {arn.split(':')[3]} --ops-item-id {name}"
    what = "incident-record" if kind == "incident-record" else "response-plan"
    return f"aws ssm-incidents delete-{what} --arn {arn}"


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Give the ARNs of what is not as it was."""
    return sorted(arn for arn in before.keys() | after.keys() if before.get(arn) != after.get(arn))


# -- parts


def _listed(client: Patient) -> Iterator[dict[str, Any]]:
    for method, key in _LISTS.items():
        token: dict[str, str] = {}
        while True:
            page = getattr(client, method)(maxResults=100, **token)
            yield from page[key]
            if not page.get("nextToken"):
                break
            token = {"nextToken": page["nextToken"]}


def _tags(client: Any, summary: dict[str, Any]) -> dict[str, str] | None:
    if summary.get("status", "OPEN") != "OPEN":
        return None
    return _tags_of(client, summary["arn"])


def _tags_of(client: Any, arn: str) -> dict[str, str] | None:
    try:
        tags: dict[str, str] = client.list_tags_for_resource(resourceArn=arn)["tags"]
    except client.exceptions.ResourceNotFoundException:  # gone since it was listed
        return None
    return tags


def _sweep_one(account: Account, client: Any, arn: str, swept: Swept, *, delete: bool) -> None:
    missing = _missing_claim(account, client, arn)
    if missing:
        swept.left_alone[arn] = missing
        return
    ops_items = _ops_items(client, arn)
    if delete:
        (client.delete_incident_record if ":incident-record/" in arn else client.delete_response_plan)(arn=arn)
    swept.claimed.append(arn)
    swept.ops_items.extend(ops_items)


def _missing_claim(account: Account, client: Any, arn: str) -> str | None:
    if not account.journal.claims(arn):
        return "it is not in the journal"
    if (_tags_of(client, arn) or {}).get(TAG) != account.run.id:
        return f"it has no tag {TAG}={account.run.id}"
    return None


def _ops_items(client: Any, arn: str) -> list[str]:
    if ":incident-record/" not in arn:
        return []
    items = client.list_related_items(incidentRecordArn=arn)["relatedItems"]
    found = [each["identifier"]["value"].get("arn", "") for each in items]
    return [each for each in found if re.fullmatch(r"arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:ops[iI]tem/oi-\w+", each)]
