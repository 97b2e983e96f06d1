"""Plans that one account shares with another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fakeim.service.sharing import SHAREABLE

if TYPE_CHECKING:
    from mypy_boto3_ssm_incidents import SSMIncidentsClient

OWNER, CONSUMER = "111122223333", "222233334444"
CALLER = f"arn:aws:iam::{CONSUMER}:user/fakeim"
TEN = sorted(f"ssm-incidents:{name}" for name in SHAREABLE)


def ram_policy(plan: str, principal: Any = None, action: Any = None, effect: str = "Allow", **more: Any) -> str:
    """Write the policy that AWS RAM makes of a shared plan (catalogue §10)."""
    name, place = plan.rpartition("/")[2], f"arn:aws:ssm-incidents:*:{plan.split(':')[4]}"
    statement = {
        "Sid": "4f8f1f8e-external-principals",
        "Effect": effect,
        "Principal": principal or {"AWS": f"arn:aws:iam::{CONSUMER}:root"},
        "Action": action or TEN,
        "Resource": [f"{place}:response-plan/{name}", f"{place}:incident-record/{name}/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | more]})


def share(client: SSMIncidentsClient, plan: str, *args: Any, **kwargs: Any) -> str:
    policy = ram_policy(plan, *args, **kwargs)
    return client.put_resource_policy(resourceArn=plan, policy=policy)["policyId"]
