"""Which account a request is for: its access key says so, over HTTP as within the process."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

import fakeim
from contract_tests.fake_only.over_http import PLAN, control, send
from contract_tests.support import make_plan
from fakeim.clients.accounts import signature

if TYPE_CHECKING:
    from collections.abc import Iterator


FIRST, SECOND = "123456789012", "222222222222"
SCOPED = "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/ssm-incidents/aws4_request, SignedHeaders=host, Signature=0"


@pytest.fixture
def second() -> fakeim.FakeIncidentManager:
    return fakeim.FakeIncidentManager(account_id=SECOND)


@pytest.fixture
def url(fake: fakeim.FakeIncidentManager, second: fakeim.FakeIncidentManager) -> Iterator[str]:
    with fake.serve(accounts={"AKIDB": second, "AKIDC": second, "a/b": second, "AKIDA": fake}) as url:
        yield url


def account_of(arn: str) -> str:
    return arn.split(":")[4]


@pytest.mark.parametrize(
    ("access_key", "account"),
    [("AKIDB", SECOND), ("AKIDC", SECOND), ("a/b", SECOND), ("AKIDA", FIRST), ("AKIDX", FIRST), ("akidb", FIRST)],
)
def test_the_access_key_chooses_the_account_over_http_and_in_the_process(
    fake: fakeim.FakeIncidentManager, second: fakeim.FakeIncidentManager, url: str, access_key: str, account: str
) -> None:
    session = boto3.session.Session(access_key, "any", region_name="us-east-1")
    with closing(session.client("ssm-incidents", endpoint_url=url)) as client:
        plan = make_plan(client)
    with fakeim.mock_ssm_incidents(fake, accounts={"AKIDB": second, "AKIDC": second, "a/b": second}):
        mocked = session.client("ssm-incidents")
        assert mocked.list_response_plans()["responsePlanSummaries"][0]["arn"] == plan
    assert account_of(plan) == account
    own, other = (fake, second) if account == FIRST else (second, fake)
    assert len(own.client().list_response_plans()["responsePlanSummaries"]) == 1
    assert other.client().list_response_plans()["responsePlanSummaries"] == []


@pytest.mark.parametrize(
    ("authorization", "account"),
    [
        (SCOPED.format("AKIDB"), SECOND),
        (SCOPED.replace("us-east-1/", "").replace("SHA256", "ECDSA-P256-SHA256").format("AKIDB"), SECOND),
        ("AWS4-HMAC-SHA256 SignedHeaders=host,Credential=AKIDB/1/nowhere/other/aws4_request", SECOND),
        ("AWS AKIDB:signature", FIRST),
        ("Bearer AKIDB", FIRST),
        ("AKIDB", FIRST),
        ("", FIRST),
    ],
)
def test_a_signature_is_read_and_not_verified(url: str, authorization: str, account: str) -> None:
    answer = send(url, "POST", "/createResponsePlan", PLAN, Authorization=authorization)
    assert account_of(answer.json["arn"]) == account


@given(st.text(st.characters(exclude_characters=", ", categories=["L", "N", "P", "S"], codec="ascii"), min_size=1))
def test_what_botocore_signs_is_read(access_key: str) -> None:
    request = AWSRequest("POST", "https://ssm-incidents.eu-west-1.amazonaws.com/startIncident", data=b"{}")
    SigV4Auth(Credentials(access_key, "any"), "ssm-incidents", "eu-west-1").add_auth(request)
    assert signature(request.headers["Authorization"]) == (access_key, "eu-west-1")


@given(st.text() | st.text(st.sampled_from("Credential=/, 0aws4_request")))
def test_any_header_is_read(authorization: str) -> None:
    access_key, region = signature(authorization)
    assert access_key is not None or region is None


@pytest.mark.parametrize(
    ("accounts", "told"),
    [
        ({7: fakeim.FakeIncidentManager()}, "{7: …}: give access keys, which are strings"),
        ({"AKIDB": "222222222222"}, "{'AKIDB': '222222222222'}: give a FakeIncidentManager for each access key"),
    ],
)
def test_accounts_of_another_form_are_refused(fake: fakeim.FakeIncidentManager, accounts: Any, told: str) -> None:
    for take in (fake.serve, fake.make_wsgi_app, fakeim.mock_ssm_incidents):
        with pytest.raises(TypeError) as caught:
            take(accounts=accounts)
        assert str(caught.value) == f"accounts={told}"


# -- the control path


def test_a_control_names_its_account_by_an_access_key(url: str, fake: fakeim.FakeIncidentManager) -> None:
    assert control(url, "state")["account"] == control(url, "state?access_key=AKIDA")["account"] == FIRST
    assert control(url, "state?access_key=AKIDB")["account"] == SECOND
    assert control(url, f"state?access_key={quote('a/b', safe='')}")["account"] == SECOND
    control(url, "clock?access_key=AKIDB", {"freeze": "2020-01-01T00:00:00Z"})
    assert control(url, "state?access_key=AKIDC")["now"] == "2020-01-01T00:00:00+00:00"
    assert fake.clock.now().year > 2020
    signed = send(url, "GET", "/_fakeim/state", Authorization=SCOPED.format("AKIDB"))
    assert signed.json["account"] == FIRST


def test_the_keys_of_an_account_share_its_snapshots(url: str, second: fakeim.FakeIncidentManager) -> None:
    assert control(url, "snapshot?access_key=AKIDB") == {"snapshot": "1"}
    make_plan(second.client())
    control(url, "restore?access_key=AKIDC", {"snapshot": "1"})
    assert second.client().list_response_plans()["responsePlanSummaries"] == []
    assert control(url, "restore", {"snapshot": "1"}, 404)["error"] == "there is no snapshot '1': there are none"


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ("access_key=AKIDBB", 404, "no account has the access key AKIDBB; did you mean AKIDB?"),
        ("access_key=", 404, "no account has the access key : there are AKIDB, AKIDC, a/b, AKIDA"),
        ("acces_key=AKIDB", 400, "there is no parameter acces_key; did you mean access_key?"),
        ("access_key=AKIDB&x=y", 400, "there is no parameter x: there are access_key"),
        ("access_key=AKIDB&access_key=AKIDC", 400, "give one access_key, not 2"),
    ],
)
def test_a_control_for_no_account_is_told(url: str, query: str, status: int, error: str) -> None:
    assert control(url, f"reset?{query}", b"", status)["error"] == error
