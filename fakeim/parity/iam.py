"""The least that an IAM policy has to allow for a level; and what it denies, whatever else is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeim.parity import allow_list

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fakeim.parity.runs import Level

NAMES = "fakeim-*"
"""What the names of all runs begin with."""


def policy(level: Level, account: str = "*", partition: str = "aws") -> dict[str, Any]:
    """Give the policy for ``level``, as IAM reads it.

    Args:
        level: ``probe`` or ``data``.
        account: The account's number; by default any.
        partition: The account's.
    """
    place = f"arn:{partition}:ssm-incidents::{account}"
    own = [f"{place}:response-plan/{NAMES}", f"{place}:incident-record/{NAMES}"]
    statements = [
        _statement("NeverTouchReplicationSets", "Deny", allow_list.FORBIDDEN, "*"),
        _statement("Read", "Allow", allow_list.READS, "*"),
        # IAM authorizes it on no plan, whatever its name: which it may make, the allow-list says.
        _statement("MakePlans", "Allow", {"CreateResponsePlan"}, "*"),
        _statement("WriteWhatBeginsAsOurs", "Allow", allow_list.TARGETS, own),
    ]
    if level == "data":  # StartIncident has AWS make the parent OpsItem, with the caller's rights (catalogue §13)
        behind = _statement("ParentOpsItems", "Allow", {"CreateOpsItem", "AssociateOpsItemRelatedItem"}, "*", "ssm")
        called_via = {"aws:CalledViaFirst": "ssm-incidents.amazonaws.com"}
        statements.append(behind | {"Condition": {"StringEquals": called_via}})
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(
    sid: str, effect: str, actions: Iterable[str], resource: str | list[str], service: str = "ssm-incidents"
) -> dict[str, Any]:
    named = [f"{service}:{action}" for action in sorted(actions)]
    return {"Sid": sid, "Effect": effect, "Action": named, "Resource": resource}
