"""fake.iam: who may do what, on every way in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import fakeim
from contract_tests.budgets import examples
from contract_tests.fake_only.accounts import full_account
from contract_tests.fake_only.inspection import OPERATIONS, call, dump, each_operation
from contract_tests.fake_only.over_http import client_of, control
from contract_tests.fake_only.ways_in import ONCE, WAYS, client_on
from contract_tests.strategies import requests
from contract_tests.support import NO_INCIDENT, NO_PLAN, make_plan, start
from fakeim.service import actions
from fakeim.testing.checkpoint import Checkpoint

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject

    from fakeim.spec.api import Operation

PLACE = "arn:aws:iam::123456789012:"
USER = f"{PLACE}user/fakeim"
ALICE, BOT = f"{PLACE}user/team/alice", "arn:aws:sts::123456789012:assumed-role/bot/session"
EXPLICIT = "with an explicit deny in an identity-based policy"
PLANS = "arn:aws:ssm-incidents::123456789012:response-plan/"


@pytest.fixture
def fake() -> fakeim.FakeIncidentManager:
    return fakeim.FakeIncidentManager()


def refusal(client: Any, method: str, **params: Any) -> str | None:
    """Call, and give the text of an AccessDeniedException; ``None`` if there is none, whatever else comes."""
    try:
        getattr(client, method)(**params)
    except client.exceptions.AccessDeniedException as error:
        response = error.response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 403
        text: str = response["Error"]["Message"]
        assert response["message"] == text
        return text.removeprefix("User: ")
    except ClientError:
        pass
    return None


# -- on every way in


@pytest.mark.parametrize("way", WAYS)
def test_a_denied_call_is_refused_in_iams_words_and_does_nothing(fake: fakeim.FakeIncidentManager, way: str) -> None:
    plan = make_plan(fake.client(), "prod-web")
    with client_on(way, fake) as client:
        with fake.iam.deny("ssm-incidents:StartIncident", resource="*:response-plan/prod-*"):
            before = dump(fake)
            told = refusal(client, "start_incident", responsePlanArn=plan)
            assert (
                told
                == f"{USER} is not authorized to perform: ssm-incidents:StartIncident on resource: {plan} {EXPLICIT}"
            )
            assert dump(fake) == before
            assert fake.calls.last().error == "AccessDeniedException"
            assert client.get_response_plan(arn=plan)["name"] == "prod-web"
        start(client, plan)


@pytest.mark.parametrize("way", WAYS)
def test_once_something_is_allowed_all_else_is_not(fake: fakeim.FakeIncidentManager, way: str) -> None:
    fake.iam.allow("ssm-incidents:List*")
    with client_on(way, fake) as client:
        client.list_response_plans()
        told = refusal(client, "get_response_plan", arn=NO_PLAN)
    action = "ssm-incidents:GetResponsePlan"
    assert told == (
        f"{USER} is not authorized to perform: {action} on resource: {NO_PLAN} "
        f"because no identity-based policy allows the {action} action"
    )


# -- which resources


@each_operation
@examples(percent=8, suppress_health_check=(HealthCheck.too_slow,))
@given(data=st.data())
def test_a_call_needs_its_action_on_each_of_its_resources_and_no_more(operation: Operation, data: DataObject) -> None:
    account = full_account()
    params = data.draw(requests(operation, account.pool(operation)))
    own = actions.resources(operation.name, params)
    assert len(own) == max(1, len(actions.RESOURCES[operation.name])) or operation.name.endswith("Resource")
    others = [f"iam:{name}" for name in ("PassRole", "CreateServiceLinkedRole")]
    plain = call_outcome(account.fake, operation, params)
    for missing in own:
        account = full_account()
        account.fake.iam.attach(
            policy("Allow", [f"ssm-incidents:{operation.name}"], [each for each in own if each != missing])
        )
        assert (
            plain == "ValidationException" or call_outcome(account.fake, operation, params) == "AccessDeniedException"
        )
    account = full_account()
    account.fake.iam.attach(
        policy("Allow", [f"ssm-incidents:{operation.name}", "ssm-incidents:TagResource", *others], ["*"])
    )
    assert call_outcome(account.fake, operation, params) == plain


def policy(effect: str, action: list[str], resource: list[str]) -> dict[str, Any]:
    known = [each for each in resource if each == "*" or each.count(":") >= 5] or [f"{PLANS}none"]
    return {"Version": "2012-10-17", "Statement": {"Effect": effect, "Action": action, "Resource": known}}


def call_outcome(fake: fakeim.FakeIncidentManager, operation: Operation, params: Any) -> str:
    try:
        call(fake.client(), operation, params)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "answered"


def test_an_incident_needs_its_plan_too(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    incident = start(client, make_plan(client, "web"))
    fake.iam.deny("ssm-incidents:Update*", resource=f"{PLANS}web")
    told = refusal(client, "update_incident_record", arn=incident, status="RESOLVED")
    assert (
        told
        == f"{USER} is not authorized to perform: ssm-incidents:UpdateIncidentRecord on resource: {PLANS}web {EXPLICIT}"
    )
    client.delete_incident_record(arn=incident)  # which does not


def test_who_may_not_does_not_learn_what_is_there(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    plan = make_plan(client)
    token = {"clientToken": "token"}
    incident = start(client, plan, **token)
    fake.iam.deny("ssm-incidents:*", resource=["*:incident-record/*", "*:response-plan/*"])
    assert refusal(client, "get_incident_record", arn=incident)
    assert refusal(client, "get_incident_record", arn=NO_INCIDENT)
    assert refusal(client, "start_incident", responsePlanArn=plan, **token)
    assert refusal(client, "delete_response_plan", arn=NO_PLAN)
    assert refusal(client, "get_incident_record", arn="") is None  # what breaks the model says so
    assert fake.calls.last().error == "ValidationException"


def test_what_a_call_needs_besides(fake: fakeim.FakeIncidentManager) -> None:
    client: Any = fake.client()
    role = f"{PLACE}role/runbooks"
    runbook = {"ssmAutomation": {"documentName": "runbook", "roleArn": role}}
    new = {"name": "web", "incidentTemplate": {"title": "t", "impact": 1}}
    fake.iam.allow(["ssm-incidents:CreateResponsePlan", "ssm-incidents:UpdateResponsePlan"])
    told = refusal(client, "create_response_plan", **new, tags={"a": "1"})
    assert told is not None
    assert f"to perform: ssm-incidents:TagResource on resource: {PLANS}web because" in told
    told = refusal(client, "create_response_plan", **new, actions=[runbook])
    assert told is not None
    assert told.endswith(
        f"iam:PassRole on resource: {role} because no identity-based policy allows the iam:PassRole action"
    )
    passed_to = {"StringEquals": {"iam:PassedToService": "ssm-incidents.amazonaws.com"}}
    fake.iam.allow("iam:PassRole", resource=role, condition=passed_to)
    fake.iam.allow("ssm-incidents:TagResource", resource="*:response-plan/*")
    plan = client.create_response_plan(**new, actions=[runbook], tags={"a": "1"})["arn"]
    client.update_response_plan(arn=plan, incidentTemplateTags={"b": "2"})
    told = refusal(client, "create_replication_set", regions={"us-east-1": {}})
    assert told is not None
    assert "ssm-incidents:CreateReplicationSet on resource: *" in told
    fake.iam.allow("ssm-incidents:CreateReplicationSet")
    told = refusal(client, "create_replication_set", regions={"us-east-1": {}})
    assert told is not None
    assert "iam:CreateServiceLinkedRole" in told


def test_conditions_see_the_tags_of_the_request_and_of_the_resource(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    ours, theirs = make_plan(client, "ours", tags={"Team": "web"}), make_plan(client, "theirs", tags={"Team": "db"})
    fake.iam.deny(
        "ssm-incidents:*", condition={"StringNotEquals": {"aws:ResourceTag/team": "web", "aws:RequestTag/team": "web"}}
    )
    assert refusal(client, "get_response_plan", arn=ours) is None
    assert refusal(client, "get_response_plan", arn=theirs)
    assert refusal(client, "tag_resource", resourceArn=theirs, tags={"TEAM": "web"}) is None
    fake.iam.clear()
    fake.iam.deny("ssm-incidents:*agResource", condition={"ForAnyValue:StringLike": {"aws:TagKeys": "t*"}})
    assert refusal(client, "tag_resource", resourceArn=ours, tags={"a": "1", "team": "web"})
    assert refusal(client, "untag_resource", resourceArn=ours, tagKeys=["team"])
    assert refusal(client, "untag_resource", resourceArn=ours, tagKeys=["a", "b"]) is None
    fake.iam.clear()
    fake.iam.deny("ssm-incidents:*", condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})
    assert refusal(fake.client("eu-west-1"), "list_response_plans")
    assert refusal(client, "list_response_plans") is None


# -- which caller


@pytest.mark.parametrize("way", ["direct", "bound", "signed", "signed at the call", "http"])
def test_records_show_who_called(fake: fakeim.FakeIncidentManager, way: str) -> None:
    plan = make_plan(fake.client())
    fake.iam.identify("AKIABOT", caller=BOT)
    keys: Any = {"region_name": "us-east-1", "aws_access_key_id": "AKIABOT", "aws_secret_access_key": "secret"}
    if way == "http":
        with fake.serve() as url:
            over_http = boto3.client("ssm-incidents", endpoint_url=url, **keys)
            incident = start(over_http, plan)
            over_http.close()
    elif way.startswith("signed"):
        with fakeim.mock_ssm_incidents(fake, at_call=way.endswith("call")):
            incident = start(boto3.client("ssm-incidents", **keys), plan)
    else:
        client = fake.client(caller=BOT) if way == "direct" else fake.boto3_client(caller=BOT)
        incident = start(client, plan)
    record = fake.client().get_incident_record(arn=incident)["incidentRecord"]
    source = record["incidentRecordSource"]
    assert (source["createdBy"], source.get("invokedBy"), record["lastModifiedBy"]) == (BOT, BOT, BOT)
    later = fake.client().get_incident_record(arn=start(fake.client(), plan))["incidentRecord"]
    assert later["lastModifiedBy"] == USER


@pytest.mark.parametrize(
    ("holder", "refused"),
    [
        (None, {USER, ALICE, BOT}),
        (ALICE, {ALICE}),
        (BOT, {BOT}),
        (f"{PLACE}role/bot", {BOT}),
        (f"{PLACE}role/bo", set()),
        (f"{PLACE}user/bot", set()),
    ],
)
def test_a_policy_counts_for_its_holder(
    fake: fakeim.FakeIncidentManager, holder: str | None, refused: set[str]
) -> None:
    fake.iam.deny("ssm-incidents:ListResponsePlans", caller=holder)
    fake.iam.allow("*", caller=f"{PLACE}user/somebody-else")
    clients = {each: fake.client(caller=each) for each in (USER, ALICE, BOT)}
    assert {each for each, client in clients.items() if refusal(client, "list_response_plans")} == refused


def test_a_callers_client_has_waiters_errors_and_ids_as_any_other(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client(caller=ALICE)
    [arn] = client.list_replication_sets()["replicationSetArns"]
    client.get_waiter("wait_for_replication_set_active").wait(arn=arn)
    with pytest.raises(ClientError) as unreadable:
        fake.client(caller=ALICE, config=_unchecked()).get_response_plan(arn=5)  # type: ignore[arg-type]
    assert unreadable.value.response["Error"]["Code"] == "SerializationException"
    ids = [each.list_response_plans()["ResponseMetadata"]["RequestId"] for each in (client, fake.client())]
    assert len({*ids}) == 2


def _unchecked() -> Any:
    return ONCE.merge(type(ONCE)(parameter_validation=False))


@pytest.mark.parametrize(
    ("caller", "told"),
    [
        ("alice", "give arn:aws:iam::123456789012:user/NAME or arn:aws:sts"),
        (f"{PLACE}role/bot", "give arn:aws:iam"),
        ("arn:aws:sts::123456789012:assumed-role/bot", "give arn:aws:iam"),
        ("arn:aws:iam::999999999999:user/alice", "of another account"),
        ("arn:aws-cn:iam::123456789012:user/alice", "of another account"),
        (5, "caller=5"),
    ],
)
def test_who_cannot_call_is_told(fake: fakeim.FakeIncidentManager, caller: Any, told: str) -> None:
    for use in (fake.client, fake.boto3_client, lambda caller: fake.iam.identify("AKIA", caller=caller)):
        with pytest.raises(ValueError, match=told):
            use(caller=caller)
    fake.client(caller=f"{PLACE}root").list_response_plans()


# -- what is set, and how it ends


@pytest.mark.parametrize(
    ("action", "options", "told"),
    [
        ("StartIncident", {}, "give an action such as ssm-incidents:StartIncident"),
        ("ssm-incidents:StartIncidents", {}, "did you mean StartIncident?"),
        ([], {}, r"action=\[\]"),
        (5, {}, "action=5"),
        (
            "ssm-incidents:StartIncident",
            {"resource": "response-plan/a"},
            r"is no ARN; a pattern of one is '\*:response-plan/a'",
        ),
        ("ssm-incidents:StartIncident", {"resource": "*:response-plans/a"}, "did you mean response-plan?"),
        ("ssm-incidents:StartIncident", {"resource": "*:incident-record/*"}, "not authorized on 'incident-record'"),
        ("ssm-incidents:CreateResponsePlan", {"resource": "*:response-plan/a"}, r"authorized on '\*' only"),
        ("ssm-incidents:StartIncident", {"resource": None}, "resource=None"),
        ("ssm-incidents:StartIncident", {"condition": 5}, "condition: give an object"),
        ("ssm-incidents:StartIncident", {"caller": "alice"}, "caller='alice'"),
    ],
)
def test_what_cannot_be_denied_is_told(fake: fakeim.FakeIncidentManager, action: Any, options: Any, told: str) -> None:
    for say in (fake.iam.deny, fake.iam.allow):
        with pytest.raises(ValueError, match=told):
            say(action, **options)
    assert not fake.iam


def test_a_policy_ends_with_its_block_by_itself_or_with_all(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    with fake.iam.deny("*") as policy:
        assert refusal(client, "list_response_plans")
        assert list(fake.iam) == [policy]
    assert refusal(client, "list_response_plans") is None
    held = fake.iam.attach({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})
    assert refusal(client, "list_response_plans")
    held.detach()
    held.detach()
    assert refusal(client, "list_response_plans") is None
    for end in (fake.iam.clear, fake.reset):
        fake.iam.deny("*")
        fake.iam.identify("AKIA", caller=ALICE)
        end()
        assert (bool(fake.iam), fake.iam.caller_of("AKIA")) == (False, None)
        assert refusal(client, "list_response_plans") is None


def test_a_checkpoint_keeps_what_is_set(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    point = Checkpoint(fake)
    fake.iam.deny("*")
    fake.iam.identify("AKIA", caller=ALICE)
    denied = Checkpoint(fake)
    point.restore()
    assert refusal(client, "list_response_plans") is None
    assert fake.iam.caller_of("AKIA") is None
    denied.restore()
    assert refusal(client, "list_response_plans")
    assert fake.iam.caller_of("AKIA") == ALICE


def test_over_the_control_path(url: str) -> None:
    control(url, "iam", {"deny": {"action": "ssm-incidents:StartIncident", "resource": "*:response-plan/prod-*"}})
    control(url, "iam", {"attach": {"policy_document": policy("Deny", ["ssm-incidents:Tag*"], ["*"]), "caller": ALICE}})
    control(url, "iam", {"allow": {"action": "*"}, "identify": {"access_key": "any", "caller": ALICE}})
    with client_of(url) as client:
        assert refusal(client, "start_incident", responsePlanArn=f"{PLANS}prod-web")
        assert refusal(client, "tag_resource", resourceArn=NO_PLAN, tags={"a": "1"})
        assert refusal(client, "start_incident", responsePlanArn=NO_PLAN) is None
        control(url, "iam", {"clear": True})
        assert refusal(client, "start_incident", responsePlanArn=f"{PLANS}prod-web") is None
    told = control(url, "iam", {"deny": {"action": "ssm-incidents:StrtIncident"}}, 400)["error"]
    assert "did you mean StartIncident?" in told
    assert "missing" in control(url, "iam", {"deny": {"actions": "*"}}, 400)["error"]


def test_the_table_knows_every_operation() -> None:
    assert actions.RESOURCES.keys() == {each.name for each in OPERATIONS}
    for each in OPERATIONS:
        assert (actions.target_member(each.name) is None) == (actions.RESOURCES[each.name] == ())


# -- what it finds


def escalate(client: Any, plan: str) -> str | None:
    """Open an incident; a bot that takes every error for a passing one."""
    try:
        arn: str = client.start_incident(responsePlanArn=plan)["incidentRecordArn"]
    except ClientError:
        return None
    return arn


def test_a_bot_that_swallows_access_denied_is_found(fake: fakeim.FakeIncidentManager) -> None:
    plan = make_plan(fake.client(), "prod-web")
    with fake.iam.deny("ssm-incidents:StartIncident", resource="*:response-plan/prod-*"):
        assert escalate(fake.client(), plan) is None  # nobody is paged, and nobody is told
        assert fake.calls.last("StartIncident").error == "AccessDeniedException"


def test_a_policy_that_lacks_the_plan_is_found_before_it_is_deployed(fake: fakeim.FakeIncidentManager) -> None:
    client = fake.client()
    incident = start(client, make_plan(client))
    deployed = policy("Allow", ["ssm-incidents:UpdateIncidentRecord"], ["arn:aws:ssm-incidents::*:incident-record/*"])
    fake.iam.attach(json.dumps(deployed), caller=f"{PLACE}role/bot")
    assert refusal(fake.client(caller=BOT), "update_incident_record", arn=incident, status="RESOLVED")
