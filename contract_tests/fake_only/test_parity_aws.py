"""An account is only opened if all is as it should be; and at the border, names and account are translated."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

import fakeim
from contract_tests.fake_only.inspection import dump
from contract_tests.fake_only.stand_in import (
    ACCOUNT,
    CALLER,
    PROFILE,
    REGIONS,
    StandIn,
    at_once,
    standing_in,
    write_profile,
)
from fakeim.clients import server
from fakeim.parity.aws import Account, AccountRefused, _ClientMaker, _session, open_account
from fakeim.parity.pace import Pace
from fakeim.parity.runs import TAG, NotSentToAWS
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

pytestmark = pytest.mark.slow  # accounts are opened through boto3 sessions of their own
TEMPLATE = {"title": "title", "impact": 5}
STAND_IN_ARN = "arn:aws:ssm-incidents::123456789012:response-plan"


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    write_profile(tmp_path, monkeypatch, PROFILE, "default", "my-prod", "production")
    with standing_in() as found:
        yield found


@contextmanager
def opened(stand_in: StandIn, folder: Path, level: Any = "data", **changes: Any) -> Iterator[Account]:
    options = {"endpoint_url": stand_in.url, "pace": at_once(), "environ": {}, "folder": folder / "runs"}
    arguments = {"profile": PROFILE, "expect_account": ACCOUNT, "level": level} | options | changes
    with open_account(**arguments) as account:
        yield account


@pytest.fixture
def account(stand_in: StandIn, tmp_path: Path) -> Iterator[Account]:
    with opened(stand_in, tmp_path) as found:
        yield found


# -- opening

REFUSED = {
    "no profile": ({"profile": ""}, "name the profile"),
    "the default profile": ({"profile": "default"}, "name the profile"),
    "an unknown profile": ({"profile": "unknown"}, "cannot be used"),
    "a profile of production": ({"profile": "my-prod"}, "production"),
    "production": ({"profile": "production"}, "production"),
    "no account": ({"expect_account": ""}, "--expect-account"),
    "no account's number": ({"expect_account": "12345678901"}, "--expect-account"),
    "another account": ({"expect_account": "123456789012"}, f"leads to the account {ACCOUNT}"),
    "haste": ({"endpoint_url": None, "pace": Pace(1, 0)}, "between two calls"),
    "an unknown level": ({"level": "onboarding"}, "no level"),
    "CI": ({"environ": {"CI": "true"}}, "CI job"),
    "CI at GitHub": ({"environ": {"GITHUB_ACTIONS": "true", "FAKEIM_PARITY_IN_CI": "0"}}, "CI job"),
    "an endpoint elsewhere": ({"endpoint_url": "http://192.0.2.1:80"}, "127.0.0.1"),
    "a named endpoint": ({"endpoint_url": "http://localhost.example.org:80"}, "127.0.0.1"),
    "an endpoint with a path": ({"endpoint_url": "http://127.0.0.1:80/x"}, "127.0.0.1"),
}


@pytest.mark.parametrize(("changes", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(stand_in: StandIn, tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(AccountRefused, match=why), opened(stand_in, tmp_path, **changes):
        pass
    assert stand_in.sent == []


@pytest.mark.parametrize(
    ("attribute", "value", "why"),
    [("caller", f"arn:aws:iam::{ACCOUNT}:root", "root"), ("alias", "acme-prod", "production")],
)
def test_a_caller_or_account_that_is_refused(
    stand_in: StandIn, tmp_path: Path, attribute: str, value: str, why: str
) -> None:
    setattr(stand_in, attribute, value)
    with pytest.raises(AccountRefused, match=why), opened(stand_in, tmp_path):
        pass
    assert stand_in.sent == []


def test_a_profile_without_credentials_borrows_none(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_profile(tmp_path, monkeypatch, credentials="")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with pytest.raises(AccountRefused, match="no credentials of its own"), opened(stand_in, tmp_path):
        pass
    assert stand_in.sent == []


def test_credentials_stay_those_that_were_confirmed(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_profile(tmp_path, monkeypatch, credentials="")
    program = (
        tmp_path / "program.py"
    )  # as of one who changes accounts meanwhile: another key each time that it is asked
    program.write_text(
        "import datetime, json, pathlib\n"
        "asked = pathlib.Path(__file__).with_suffix('.asked')\n"
        "asked.write_text((asked.read_text() if asked.exists() else '') + 'x')\n"
        "soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=60)\n"
        "key = f'KEY{len(asked.read_text())}'\n"
        "print(json.dumps({'Version': 1, 'AccessKeyId': key, 'SecretAccessKey': 's', 'SessionToken': 't',"
        " 'Expiration': soon.isoformat()}))\n"
    )
    (tmp_path / "config").write_text(f"[profile {PROFILE}]\ncredential_process = {sys.executable} {program}\n")
    (tmp_path / "credentials").write_text("")
    signed: list[str] = []
    with opened(stand_in, tmp_path, "probe") as account:
        client = account.client()
        client.meta.events.register("before-send", lambda request, **_: signed.append(request.headers["Authorization"]))
        for _ in range(2):
            client.list_replication_sets()
    assert len(signed) == 2
    assert len({str(each).partition("/")[0] for each in signed}) == 1


def test_ci_if_it_is_meant(stand_in: StandIn, tmp_path: Path) -> None:
    with opened(stand_in, tmp_path, environ={"CI": "true", "FAKEIM_PARITY_IN_CI": "1"}) as account:
        assert account.caller == CALLER


def test_one_run_at_a_time(account: Account, stand_in: StandIn, tmp_path: Path) -> None:
    with pytest.raises(AccountRefused, match=r"another run .* delete .*\.lock"), opened(stand_in, tmp_path):
        pass
    assert account.is_aws is False


def test_data_needs_an_onboarded_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_profile(tmp_path, monkeypatch)
    with standing_in(fakeim.FakeIncidentManager(account_id=ACCOUNT, onboarded=False)) as stand_in:
        with pytest.raises(AccountRefused, match="--level probe"), opened(stand_in, tmp_path):
            pass
        with opened(stand_in, tmp_path, "probe") as account:
            assert account.regions == ()


def test_it_is_seen_where_the_account_is_onboarded(account: Account) -> None:
    assert account.regions == REGIONS


def test_no_configuration_leads_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_profile(tmp_path, monkeypatch)
    for name in ("", "_STS", "_IAM", "_SSM_INCIDENTS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL{name}", "http://192.0.2.1:80")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false")
    monkeypatch.setenv("AWS_STS_REGIONAL_ENDPOINTS", "regional")  # older botocores ask the global one
    (tmp_path / "config").write_text(
        f"[profile {PROFILE}]\nservices = mine\nendpoint_url = http://192.0.2.1:80\n"
        "[services mine]\nsts =\n  endpoint_url = http://192.0.2.1:80\n"
    )
    maker = _ClientMaker(_session(PROFILE), None)
    urls = [maker.make(service, "eu-west-1").meta.endpoint_url for service in ("sts", "iam", "ssm-incidents")]
    assert urls == [
        "https://sts.eu-west-1.amazonaws.com",
        "https://iam.amazonaws.com",
        "https://ssm-incidents.eu-west-1.amazonaws.com",
    ]


def test_only_public_authorities_vouch_for_aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_profile(tmp_path, monkeypatch)
    session, asked = _session(PROFILE), []

    class Listening:
        def client(self, *names: str, **options: Any) -> Any:
            asked.append(options["verify"])
            return session.client(*names, **options)

    _ClientMaker(Listening(), None).make("sts", "eu-west-1")
    assert asked == [True]  # None would heed AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE and the profile's ca_bundle


def test_a_redirect_is_not_followed_and_nothing_is_sent_twice(account: Account) -> None:
    arrived = []

    def redirecting(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        arrived.append(environ["PATH_INFO"])
        start_response("307 Temporary Redirect", [("Location", "/deleteReplicationSet?arn=x")])
        return []

    def failing(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        arrived.append(environ["PATH_INFO"])
        start_response("503 Service Unavailable", [])
        return []

    for app in (redirecting, failing):
        with server.serve(app) as url:
            account._make = _ClientMaker(_session(PROFILE), url).incidents
            with pytest.raises(ClientError):
                account.client().list_response_plans()
    assert arrived == ["/listResponsePlans"] * 2


# -- names


def test_names_go_out_as_this_runs_and_come_back_as_they_were(account: Account, stand_in: StandIn) -> None:
    client, real = account.client(), stand_in.fake.client()
    plan = client.create_response_plan(
        name="plan", incidentTemplate={**TEMPLATE, "dedupeString": "same"}, tags={"a": "1"}, clientToken="token"
    )["arn"]
    assert plan == f"{STAND_IN_ARN}/plan"
    [summary] = real.list_response_plans()["responsePlanSummaries"]
    assert summary["name"] == f"{account.run.prefix}plan"
    assert real.list_tags_for_resource(resourceArn=summary["arn"])["tags"] == {"a": "1", TAG: account.run.id}
    stored = real.get_response_plan(arn=summary["arn"])["incidentTemplate"]
    assert stored["dedupeString"] == f"{account.run.prefix}same"
    assert client.get_response_plan(arn=plan)["incidentTemplate"] == {**TEMPLATE, "dedupeString": "same"}
    assert client.list_tags_for_resource(resourceArn=plan)["tags"] == {"a": "1"}
    assert client.list_response_plans()["responsePlanSummaries"] == [{"arn": plan, "name": "plan"}]
    incident = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
    assert incident.startswith("arn:aws:ssm-incidents::123456789012:incident-record/plan/")
    record = client.get_incident_record(arn=incident)["incidentRecord"]
    creator = record["incidentRecordSource"]["createdBy"]
    assert (record["dedupeString"], creator) == ("same", "arn:aws:iam::123456789012:user/principal-1")
    by_me: Any = [{"key": "createdBy", "condition": {"equals": {"stringValues": [creator]}}}]
    assert len(client.list_incident_records(filters=by_me)["incidentRecordSummaries"]) == 1
    told = repr(
        [
            client.get_timeline_event(incidentRecordArn=incident, eventId=each["eventId"])
            for each in client.list_timeline_events(incidentRecordArn=incident)["eventSummaries"]
        ]
    )
    assert not [secret for secret in account.secrets.values() if secret in told.replace(f"-{ACCOUNT}'", "")]


def test_what_is_somebody_elses_is_not_listed(account: Account, stand_in: StandIn) -> None:
    somebody = stand_in.fake.client()
    plan = somebody.create_response_plan(name="plan", incidentTemplate={"title": "title", "impact": 1})["arn"]
    somebody.start_incident(responsePlanArn=plan)
    assert account.client().list_response_plans()["responsePlanSummaries"] == []
    assert account.client().list_incident_records()["incidentRecordSummaries"] == []
    before = dump(stand_in.fake)
    client = account.client()
    for name in ("plan", "one"):  # the test's plan is another one than somebody's of that name
        client.delete_response_plan(arn=f"{STAND_IN_ARN}/{name}")
    assert dump(stand_in.fake)["response_plans"] == before["response_plans"]


def test_an_error_quotes_what_the_test_has_said(account: Account) -> None:
    client = account.client()
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_response_plan(arn=f"{STAND_IN_ARN}/gone")
    assert caught.value.response["resourceIdentifier"] == f"{STAND_IN_ARN}/gone"
    assert f"{STAND_IN_ARN}/gone" in str(caught.value)


@pytest.mark.parametrize(
    "params",
    [
        {"name": "x" * 190, "incidentTemplate": TEMPLATE},
        {"name": "plan", "incidentTemplate": TEMPLATE, "tags": {f"k{number}": "" for number in range(50)}},
    ],
    ids=["name", "tags"],
)
def test_what_has_no_room_for_the_runs_mark_is_not_sent(account: Account, stand_in: StandIn, params: Any) -> None:
    stand_in.sent.clear()
    with pytest.raises(NotSentToAWS):
        account.client().create_response_plan(**params)
    assert stand_in.sent == []


def test_parameters_stay_the_callers(account: Account) -> None:
    operation = load_api().operations["CreateResponsePlan"]
    params = {"name": "plan", "incidentTemplate": {**TEMPLATE, "incidentTags": {"a": "1"}}, "tags": {"b": "2"}}
    before = repr(params)
    account.names.outbound(operation, params)
    assert repr(params) == before
