"""Response plans (catalogue §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mypy_boto3_ssm_incidents import SSMIncidentsClient


@pytest.mark.observed("5.2, 2.1")
def test_create_gives_a_region_less_arn_with_the_name(client: SSMIncidentsClient) -> None:
    answer = client.create_response_plan(name="Example-Plan", incidentTemplate={"title": "t", "impact": 5})
    assert answer["arn"] == "arn:aws:ssm-incidents::123456789012:response-plan/Example-Plan"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
