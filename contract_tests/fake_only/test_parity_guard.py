"""Nothing that could harm an account reaches AWS, whatever is asked of the guarded client."""

from __future__ import annotations

import json
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.budgets import examples
from contract_tests.fake_only.accounts import COMMON, TEMPLATE
from contract_tests.fake_only.inspection import OPERATIONS, each_operation
from contract_tests.fake_only.stand_in import (
    ACCOUNT,
    PROFILE,
    StandIn,
    at_once,
    somebodys_account,
    standing_in,
    write_profile,
)
from contract_tests.strategies import broken, mostly, refused, requests
from contract_tests.support import contents
from fakeim.parity import allow_list
from fakeim.parity.aws import Account, open_account
from fakeim.parity.runs import LEVELS, TAG, NotSentToAWS
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from fakeim.parity.runs import Level
    from fakeim.spec.api import Operation

UNCHECKED = Config(parameter_validation=False)
FORBIDDEN = {"createreplicationset", "deletereplicationset", "updatedeletionprotection", "updatereplicationset"}
NOT_SENT = (NotSentToAWS, ClientError, BotoCoreError, TypeError, ValueError, KeyError, AttributeError)
"""What calls may end in: refused by the guard, by what stands in for AWS, or by botocore, which chokes on some."""


class World:
    """One open account of each level, and what stands in for AWS behind them."""

    def __init__(self, stand_in: StandIn, accounts: dict[Level, Account]) -> None:
        self.stand_in, self.accounts = stand_in, accounts
        self.theirs = contents(stand_in.fake.client())
        client = accounts["data"].client("us-east-1")
        plan = client.create_response_plan(name="plan", incidentTemplate={"title": "title", "impact": 5})["arn"]
        client.start_incident(responsePlanArn=plan)
        self.snapshot = stand_in.fake.snapshot()
        self.at_first = contents(stand_in.fake.client())
        self.own = self.at_first["incidents"].keys() - self.theirs["incidents"].keys()
        self.clients = {level: self._client(account) for level, account in accounts.items()}
        self.twist: dict[str, Any] = {}

    def _client(self, account: Account) -> tuple[Any, Any]:
        pair = account.client("us-east-1", UNCHECKED), account.plain_client("us-east-1", UNCHECKED)
        for client in pair:  # the last handler but the guard, far below the signer
            client.meta.events.register("before-send.ssm-incidents", self._twist)
        return pair

    def _twist(self, request: Any, **_: Any) -> None:
        """Make of a signed request whatever is to be tried."""
        for name, value in self.twist.items():
            if name == "headers":
                request.headers.update(value)
            else:
                setattr(request, name, f"{self.stand_in.url}{value}" if name == "url" else value)
        if "body" in self.twist:
            request.headers["Content-Length"] = str(len(self.twist["body"]))

    def check(self, level: Level) -> None:
        """See that nothing forbidden arrived, and that all that was there is as it was; then begin anew."""
        for sent in self.stand_in.sent:
            assert sent.operation is not None
            assert sent.operation not in allow_list.FORBIDDEN
            assert not any(name in unquote(unquote(sent.path)).lower() for name in FORBIDDEN)
        now, run = contents(self.stand_in.fake.client()), self.accounts["data"].run
        for table, there in now.items():
            ours = {arn for arn in there if run.plan_of(arn)}
            assert {arn: each for arn, each in there.items() if arn not in ours} == self.theirs[table]
            if level == "probe":  # what the other run has made is as foreign to this one
                assert there == self.at_first[table]
        for plan in now["plans"].keys() - self.theirs["plans"].keys():
            assert now["plans"][plan]["incidentTemplate"]["impact"] == 5
            assert now["plans"][plan].keys() <= {"arn", "displayName", "incidentTemplate", "name"}
            assert "notificationTargets" not in now["plans"][plan]["incidentTemplate"]
            assert now["tags"][plan]["tags"][TAG] == run.id
        self.stand_in.sent.clear()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("runs")
    with ExitStack() as stack:
        write_profile(folder, stack.enter_context(pytest.MonkeyPatch.context()))
        stand_in = stack.enter_context(standing_in(somebodys_account()))
        opened: dict[Level, Account] = {}
        for level in LEVELS:
            options: dict[str, Any] = {"endpoint_url": stand_in.url, "pace": at_once(10**9), "environ": {}}
            opened[level] = stack.enter_context(open_account(PROFILE, ACCOUNT, level, folder=folder / level, **options))
        yield World(stand_in, opened)


# -- what is tried


def arns(world: World, level: Level) -> list[str]:
    """Give ARNs of what is there, of what this run may have made, and of nothing."""
    prefix = world.accounts[level].run.prefix
    start = f"arn:aws:ssm-incidents::{ACCOUNT}"
    theirs = [*world.theirs["plans"], *world.theirs["incidents"], *world.theirs["replication sets"]]
    names = [f"{prefix}plan", f"{prefix}gone", prefix.rstrip("-"), "plan"]
    own = [f"{start}:{kind}/{name}" for name in names for kind in ("response-plan", "incident-record")]
    own += [f"{arn}/{end}" for arn in own for end in ("11111111-1111-1111-1111-111111111111", "..", "")]
    other = [each.replace(ACCOUNT, number) for each in own[:2] for number in ("123456789012", "999999999999", "")]
    return [
        *world.own,
        *theirs,
        *own,
        *other,
        *(f"{each}\n" for each in theirs[:2]),
        *(each.upper() for each in theirs[:2]),
    ]


def pool(world: World, level: Level) -> dict[str, list[Any]]:
    run = world.accounts[level].run
    known = arns(world, level)
    found = dict.fromkeys(("Arn", "arn", "incidentRecordArn", "responsePlanArn", "resourceArn"), known)
    tags = [{TAG: run.id}, {TAG: run.id, "a": "1"}, {"a": "1"}]
    template = {"title": "title", "impact": 5}
    return COMMON | {
        "ResponsePlanName": ["plan", "one", f"{run.prefix}plan", run.prefix, f"x{run.prefix}"],
        "DedupeString": ["same", f"{run.prefix}same"],
        "impact": [5, 1],
        "incidentTemplate": [template, {**template, "incidentTags": {TAG: run.id}}, TEMPLATE],
        "tags": tags,
        "IncidentSource": ["aws.cloudwatch", "custom"],
        **found,
    }


def calls(world: World, level: Level) -> SearchStrategy[tuple[Operation, dict[str, Any]]]:
    """Make calls: valid, broken, and such as botocore would not send."""

    def of(operation: Operation) -> SearchStrategy[tuple[Operation, dict[str, Any]]]:
        bad = broken(operation).map(lambda found: found.value) | refused(operation)
        params = mostly(requests(operation, pool(world, level)), bad)
        return st.tuples(st.just(operation), params)

    return st.sampled_from(OPERATIONS).flatmap(of)


def spellings(path: str) -> list[str]:
    """Spell a path in all the ways that some server may take for the same."""
    head = path.removeprefix("/")
    return [
        path,
        path.upper(),
        path.lower(),
        f"{path}/",
        f"/{path}",
        f"/.{path}",
        f"/tags/..{path}",
        f"/%{ord(head[0]):x}{head[1:]}",
        f"{path};v=1",
        f"{path}%20",
        f"{path}%00",
        f"{path}#x",
        f"/listResponsePlans/..{path}",
        f"/tags/..%2F{head}",
    ]


def twists(world: World, level: Level) -> SearchStrategy[dict[str, Any]]:
    """Make raw requests: any method, path, query, header and body."""
    known = arns(world, level)
    tags = [f"/tags/{quote(arn, safe=safe)}" for arn in known for safe in ("", ":", "/:", "-._~")]
    paths = [each for operation in OPERATIONS if "{" not in operation.path for each in spellings(operation.path)]
    queries = st.lists(
        st.tuples(
            st.sampled_from(["arn", "resourceArn", "tagKeys", "Action", "X-Amz-Target"]),
            st.sampled_from([*known, TAG, "a", "DeleteReplicationSet"]),
        ),
        max_size=2,
    )
    urls = st.builds(
        lambda path, query: f"{path}?{urlencode(query)}" if query else path, st.sampled_from([*paths, *tags]), queries
    )
    headers = st.sampled_from(
        [
            {},
            {"X-HTTP-Method-Override": "DELETE"},
            {"X-Amz-Target": "SSMIncidents.DeleteReplicationSet"},
            {"Content-Type": "application/x-www-form-urlencoded"},
        ]
    )
    bodies = calls(world, level).map(lambda call: texts(call[1])).flatmap(st.sampled_from)
    return st.fixed_dictionaries(
        {"url": urls}, optional={"method": st.sampled_from(METHODS), "headers": headers, "body": bodies}
    )


METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "post", "delete")


def texts(params: dict[str, Any]) -> list[bytes]:
    """Write parameters as JSON in ways of which one reader or the other may make something else."""
    text = json.dumps(params, default=str)
    twice = ",".join(f"{json.dumps(str(name))}:{json.dumps(value, default=str)}" for name, value in params.items())
    return [
        each.encode()
        for each in (
            text,
            f"{{{twice},{twice}}}" if twice else "{}",
            f'{{"x":1{"," + twice if twice else ""}}}',
            f"\ufeff{text}",
            "",
            "null",
            "[]",
        )
    ]


# -- tests


@pytest.mark.parametrize("level", LEVELS)
@examples(percent=60)
@given(data=st.data())
def test_whatever_is_called_only_what_is_this_runs_changes(world: World, level: Level, data: st.DataObject) -> None:
    world.stand_in.fake.restore(world.snapshot)
    world.twist = {}
    for operation, params in data.draw(st.lists(calls(world, level), min_size=1, max_size=6)):
        client = world.clients[level][data.draw(st.integers(0, 1))]
        with suppress(*NOT_SENT):
            if operation.pagination and data.draw(st.booleans()):
                for number, _ in enumerate(client.get_paginator(operation.method_name).paginate(**params)):
                    if number:
                        break
            else:
                getattr(client, operation.method_name)(**params)
    world.check(level)


@pytest.mark.parametrize("level", LEVELS)
@examples(percent=60)
@given(data=st.data())
def test_whatever_a_request_becomes_after_signing(world: World, level: Level, data: st.DataObject) -> None:
    world.stand_in.fake.restore(world.snapshot)
    for twist in data.draw(st.lists(twists(world, level), min_size=1, max_size=6)):
        world.twist = twist
        with suppress(*NOT_SENT):
            data.draw(st.sampled_from(world.clients[level])).list_response_plans()
    world.twist = {}
    world.check(level)


@each_operation
@pytest.mark.parametrize("level", LEVELS)
def test_every_operation_is_on_one_list(world: World, level: Level, operation: Operation) -> None:
    lists = [{"CreateResponsePlan"}, allow_list.FORBIDDEN, allow_list.READS, allow_list.TARGETS.keys()]
    assert sum(operation.name in each for each in lists) == 1
    account = world.accounts[level]
    if operation.name in allow_list.FORBIDDEN:  # with whatever parameters
        assert allow_list.refusal(account.run, account.journal, operation.name, {}) is not None
    assert allow_list.refusal(account.run, account.journal, f"{operation.name}V2", {}) is not None


@pytest.mark.parametrize("name", sorted(allow_list.FORBIDDEN))
@pytest.mark.parametrize("level", LEVELS)
def test_the_forbidden_operations_are_not_sent_even_broken(world: World, level: Level, name: str) -> None:
    world.twist = {}
    world.stand_in.sent.clear()
    client, operation = world.clients[level][1], load_api().operations[name]
    missing = f"arn:aws:ssm-incidents::{ACCOUNT}:replication-set/00000000-0000-4000-8000-000000000000"
    for arn in (missing, "", world.accounts[level].run.prefix):
        params = {"arn": arn} if "arn" in operation.input.members else {}
        with pytest.raises(NotSentToAWS, match="never sent"):
            getattr(client, operation.method_name)(**params)
    assert world.stand_in.sent == []
    assert f'"{name}"' in world.accounts[level].journal.path.read_text()
