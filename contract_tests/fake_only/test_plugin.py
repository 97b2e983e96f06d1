"""The pytest plugin: its fixtures, its marker, its options, what it tells of a failure, and what it costs."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from contract_tests.fake_only.mocked import KEYS, new_client, patched
from contract_tests.fake_only.plugin_runs import FUNCTION, run
from fakeim import RealAWSCallBlocked
from fakeim.clients.interception import interception

# -- fixtures


def test_the_fixtures_are_one_account_that_answers_all_clients(pytester: pytest.Pytester) -> None:
    pytest.importorskip("waitress", reason='one of them serves HTTP: pip install "fakeim[server]"')
    before = patched()[:-1]
    ran = run(
        pytester,
        """
        from urllib.request import urlopen
        early = any_client()

        def test_fixtures(fakeim, fakeim_client, fakeim_boto3_client, fakeim_server):
            assert type(fakeim) is FakeIncidentManager
            plan(fakeim_client, "one")
            assert [names(each) for each in (early, any_client(), fakeim_boto3_client)] == [["one"]] * 3
            with urlopen(fakeim_server + "/_fakeim/state") as served:
                assert b"response-plan/one" in served.read()

        @pytest.mark.usefixtures("fakeim")
        class TestCase(unittest.TestCase):
            def setUp(self):
                plan(early, "one")

            def test_of_unittest(self):
                assert names(any_client()) == ["one"]

            def test_of_unittest_again(self):
                assert names(any_client()) == ["one"]

        def test_async(fakeim, fakeim_client):
            async def main():
                plan(fakeim_client, "one")
                await asyncio.sleep(0)
                return names(early)

            assert asyncio.run(main()) == ["one"]

        def test_with_a_mock_of_its_own(fakeim_client):
            plan(fakeim_client, "one")
            with mock_ssm_incidents():
                assert names(early) == []
            assert names(early) == ["one"]

        @pytest.mark.skip
        def test_skipped(fakeim): ...
        """,
    )
    ran.assert_outcomes(passed=5, skipped=1)
    assert patched()[:-1] == before  # without the environment, where pytest names its test


def test_clients_are_answered_only_while_a_test_that_asked_runs(pytester: pytest.Pytester) -> None:
    ran = run(
        pytester,
        """
        from botocore.exceptions import EndpointConnectionError
        client = any_client(endpoint_url="http://127.0.0.1:9")

        def nobody_answers():
            with pytest.raises(EndpointConnectionError):
                names(client)
            return True

        @pytest.fixture
        def before_and_after():
            assert names(client) == []
            yield
            assert names(client) == ["own"]

        assert nobody_answers()

        def test_1(before_and_after, fakeim):
            plan(client, "own")

        def test_2():
            assert nobody_answers()

        def test_3(before_and_after, fakeim):
            plan(client, "own")
        """,
    )
    ran.assert_outcomes(passed=3)


def test_without_the_plugin_there_is_nothing_of_it(pytester: pytest.Pytester) -> None:
    ran = run(pytester, "def test_plain(): ...\ndef test_asks(fakeim): ...", "-pno:fakeim")
    ran.assert_outcomes(passed=1, errors=1)
    ran.stdout.fnmatch_lines(["*fixture 'fakeim' not found"])


def test_asked_for_too_late_is_an_error_in_any_order(pytester: pytest.Pytester) -> None:
    late = 'def test_late(request):\n    request.getfixturevalue("fakeim_client")\n'
    message = "*asked for by request.getfixturevalue() alone*usefixtures*"
    alone = run(pytester, late)
    alone.assert_outcomes(failed=1)
    alone.stdout.fnmatch_lines([message])
    for tests in (late + "def test_asks(fakeim): ...", "def test_asks(fakeim): ...\n" + late):
        ran = run(pytester, tests)
        ran.assert_outcomes(passed=2, errors=1)
        ran.stdout.fnmatch_lines([message])


# -- marker


def test_the_marker_configures_the_account(pytester: pytest.Pytester) -> None:
    ran = run(
        pytester,
        """
        pytestmark = pytest.mark.fakeim(account_id="111111111111")

        def test_of_the_module(fakeim):
            assert "111111111111" in repr(fakeim)

        @pytest.mark.fakeim(regions=["eu-west-1", "us-west-2"], frozen="2026-01-01")
        def test_nearest_first(fakeim, fakeim_client):
            assert repr(fakeim) == "<FakeIncidentManager 111111111111 in eu-west-1, us-west-2>"
            assert fakeim.clock.now().isoformat() == "2026-01-01T00:00:00+00:00"

        @pytest.mark.fakeim(onboarded=False, can_onboard=False, frozen=True)
        @pytest.mark.parametrize("number", [1, 2])
        def test_not_onboarded(fakeim, fakeim_client, number):
            assert fakeim_client.list_replication_sets()["replicationSetArns"] == []
            assert fakeim.clock.now() == fakeim.clock.now()
        """,
        "-v",
    )
    ran.assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("sed=7", "test_it: @pytest.mark.fakeim has no argument 'sed'; did you mean seed?"),
        ("7", "test_it: @pytest.mark.fakeim takes arguments by name only, not (7,)"),
        ("regions=['mars-1']", "*regions=('mars-1',): give names of Regions*"),
        ("account_id=1", "*account_id=1: give twelve digits*"),
        ("frozen=5", "*frozen=5: give a datetime, ISO 8601 text, or True for now"),
        ("page_size=0", "*page_size=0: give a whole number from 1, or None for as many as maxResults asks"),
        ("page_sise=1", "test_it: @pytest.mark.fakeim has no argument 'page_sise'; did you mean page_size?"),
        ("frozen='noon'", "*@pytest.mark.fakeim: Invalid isoformat string: 'noon'"),
    ],
)
def test_a_wrong_marker_is_an_error_of_usage(pytester: pytest.Pytester, mark: str, message: str) -> None:
    ran = run(pytester, f"@pytest.mark.fakeim({mark})\ndef test_it(): ...")
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines([f"ERROR: *{message}"])


@pytest.mark.parametrize(
    "tests",
    [
        """
        @pytest.mark.fakeim(seed=7)
        @pytest.mark.usefixtures("fakeim")
        class TestIt(unittest.TestCase):
            def test_it(self): ...
        """,
        """
        @pytest.mark.parametrize("number", [pytest.param(1, marks=pytest.mark.fakeim(seed=7))])
        def test_it(fakeim, number): ...
        """,
    ],
    ids=["TestCase", "pytest.param"],
)
def test_where_no_account_of_its_own_can_be_had_that_is_said(pytester: pytest.Pytester, tests: str) -> None:
    ran = run(pytester, tests)
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines(["ERROR: *cannot give this test an account of its own*"])


# -- options


def test_the_seed_is_that_of_the_run(pytester: pytest.Pytester) -> None:
    tests = """
        def test_seed(fakeim):
            fakeim.clock.freeze("2026-01-01")
            twin = FakeIncidentManager(seed={seed!r})
            twin.clock.freeze("2026-01-01")
            ids = [each.client().start_incident(responsePlanArn=plan(each.client(), "plan")) for each in (fakeim, twin)]
            assert ids[0]["incidentRecordArn"] == ids[1]["incidentRecordArn"]
        """
    run(pytester, tests.format(seed=0)).assert_outcomes(passed=1)
    # Each of another length: Python knows a file that was changed within a second by its size alone.
    run(pytester, tests.format(seed=77), "--fakeim-seed=77").assert_outcomes(passed=1)
    pytester.makeini("[pytest]\nfakeim_seed = word")
    run(pytester, tests.format(seed="word")).assert_outcomes(passed=1)


def test_pages_are_as_small_as_is_said(pytester: pytest.Pytester) -> None:
    tests = """
        def pages(client):
            for name in "abc":
                plan(client, name)
            walked = client.get_paginator("list_response_plans").paginate()
            return [len(each["responsePlanSummaries"]) for each in walked]

        def test_usual(fakeim_client):
            assert pages(fakeim_client) == {usual}

        @pytest.mark.fakeim(page_size=1)
        def test_marked(fakeim, fakeim_client):
            assert pages(fakeim_client) == [1, 1, 1]
            fakeim.pagination.page_size = 3

        @pytest.mark.fakeim(page_size=1, seed=0)
        def test_marked_again(fakeim_boto3_client):
            assert pages(fakeim_boto3_client) == [1, 1, 1]

        @pytest.mark.fakeim(page_size=None)
        def test_unlimited(fakeim_client):
            assert pages(fakeim_client) == [3]
        """
    run(pytester, tests.replace("{usual}", "[3]")).assert_outcomes(passed=4)
    pytester.makeini("[pytest]\nfakeim_page_size = 2")
    run(pytester, tests.replace("{usual}", "[2, 1]")).assert_outcomes(passed=4)


@pytest.mark.parametrize("size", ["0", "-1", "two", "²", "1.5"])
def test_a_page_size_of_the_run_that_cannot_be(pytester: pytest.Pytester, size: str) -> None:
    ran = run(pytester, "def test_it(): ...", f"-ofakeim_page_size={size}")
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines([f"ERROR: *fakeim_page_size = {size}: give a whole number from 1, or leave it out"])


@pytest.mark.parametrize("way", ["--fakeim-block-aws", "-ofakeim_block_aws=true"])
@pytest.mark.parametrize("credentials", ["given", "missing", "expired"])
@pytest.mark.usefixtures("bare_environment")
def test_no_request_for_the_service_leaves_while_aws_is_blocked(
    pytester: pytest.Pytester, way: str, credentials: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    before = patched()[:-1]
    ran = run(
        pytester,
        """
        import botocore.session
        from botocore import UNSIGNED
        from botocore.credentials import RefreshableCredentials
        from botocore.exceptions import EndpointConnectionError, NoCredentialsError

        def client(credentials="{credentials}", **options):
            core = botocore.session.Session()
            if credentials == "given":
                core.set_credentials("k", "s")
            if credentials == "expired":
                metadata = dict(access_key="k", secret_key="s", token="t", expiry_time="2020-01-01T00:00:00Z")
                core._credentials = RefreshableCredentials.create_from_metadata(metadata, lambda: 1 / 0, "sts")
            options.setdefault("config", Config(retries={"total_max_attempts": 1}))
            return boto3.Session(botocore_session=core, region_name="us-east-1").client("ssm-incidents", **options)

        def blocked(**options):
            line = blocked.__code__.co_firstlineno + 3
            with pytest.raises(RealAWSCallBlocked) as caught:
                client(**options).list_response_plans()
            told = str(caught.value)
            host = options.get("endpoint_url", "https://ssm-incidents.us-east-1.amazonaws.com").split("/")[2]
            assert told.startswith(f"ListResponsePlans was about to be sent to {host}, but requests for Incident")
            assert f"called from {__file__}:{line}" in told
            assert "--fakeim-block-aws" in told and "fixture fakeim" in told and "mock_ssm_incidents" in told
            return told

        assert blocked() # when a module is imported

        def test_1_asks_for_nothing():
            assert ", in test_inner.py::test_1_asks_for_nothing (call)" in blocked()
            assert blocked(endpoint_url="http://proxy.example")
            assert blocked(config=Config(signature_version=UNSIGNED), endpoint_url="http://proxy.example")

        def test_2_the_fake_answers(fakeim):
            assert names(client()) == []

        def test_3_after_the_fake():
            assert blocked()

        def test_4_a_server_on_this_machine_is_not_aws():
            with pytest.raises(EndpointConnectionError):
                names(client("given", endpoint_url="http://127.0.0.1:9"))
            with pytest.raises(NoCredentialsError):
                names(client("missing", endpoint_url="http://127.0.0.1:9"))

        def test_5_what_a_handler_answers_does_not_leave():
            one = client()
            one.meta.events.register("before-send", lambda request, **_: answered(request))
            with pytest.raises(one.exceptions.ClientError):
                names(one)

        def answered(request):
            from botocore.awsrequest import AWSResponse
            from io import BytesIO
            class Raw(BytesIO):
                stream = lambda self: iter([b"{}"])
            return AWSResponse(request.url, 400, {}, Raw())

        def test_6_a_client_of_ones_own_is_answered():
            assert names(FakeIncidentManager().boto3_client()) == []

        def test_7_a_mock_answers():
            with mock_ssm_incidents(at_call=True):
                assert names(client()) == []
        """.replace("{credentials}", credentials),
        way,
    )
    ran.assert_outcomes(passed=7)
    assert patched()[:-1] == before  # without the environment, where pytest names its test


@pytest.mark.usefixtures("bare_environment")
def test_no_call_of_an_async_client_leaves_while_aws_is_blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    session = pytest.importorskip("aiobotocore.session", reason="aiobotocore is not installed")

    async def main(keys: Any) -> None:
        async with session.get_session().create_client("ssm-incidents", "us-east-1", **keys) as client:
            await client.list_response_plans()

    interception().block()
    try:
        for keys in ({}, {"aws_access_key_id": "k", "aws_secret_access_key": "s"}):
            with pytest.raises(
                RealAWSCallBlocked, match=r"^ListResponsePlans .*; called from .*test_plugin\.py:\d+, in "
            ):
                asyncio.run(main(keys))
    finally:
        interception().unblock()


def test_a_call_of_another_thread_is_blocked_and_says_which() -> None:
    client = new_client("ssm-incidents", **KEYS)
    interception().block()
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="poller") as pool:
            error = pool.submit(client.list_response_plans).exception(10)
    finally:
        interception().unblock()
    assert "; called from the thread poller_0" in str(error)


def test_other_services_of_aws_pass_while_this_one_is_blocked() -> None:
    interception().block()
    try:
        elsewhere = SimpleNamespace(
            url="https://ssm.us-east-1.amazonaws.com/", headers={"Authorization": "/ssm/aws4_request"}
        )
        interception().mocks.check_request(elsewhere)
    finally:
        interception().unblock()


def test_a_line_in_the_header_only_for_those_who_ask_for_details(pytester: pytest.Pytester) -> None:
    run(pytester, "def test_it(): ...").stdout.no_fnmatch_line("fakeim: seed*")
    run(pytester, "def test_it(): ...", "-v", "--fakeim-seed=x").stdout.fnmatch_lines(["fakeim: seed 'x'"])
    shown = run(pytester, "def test_it(): ...", "-v", "--fakeim-region=eu-west-1").stdout
    shown.fnmatch_lines(["fakeim: seed 0, Region eu-west-1"])


# -- the Region of the run


TESTS = """
from function import CLIENT

def test_it_is_in_the_region_of_its_account(fakeim):
    assert CLIENT.meta.region_name == boto3.client("ssm-incidents").meta.region_name == "eu-west-1"
    [arn] = CLIENT.list_replication_sets()["replicationSetArns"]
    assert list(CLIENT.get_replication_set(arn=arn)["replicationSet"]["regionMap"]) == ["eu-west-1"]

@pytest.mark.fakeim(seed=7)
def test_so_it_is_in_a_marked_test(fakeim_client):
    assert fakeim_client.meta.region_name == "eu-west-1"

@pytest.mark.fakeim(regions=["us-west-2"])
def test_a_marker_counts(fakeim):
    assert CLIENT.meta.region_name == "eu-west-1"
    assert boto3.client("ssm-incidents").meta.region_name == "us-west-2"

def test_it_is_there_without_a_fake():
    assert boto3.Session().region_name == "eu-west-1"
"""
WAYS = ["--fakeim-region=eu-west-1", "-ofakeim_region=eu-west-1"]


@pytest.mark.usefixtures("no_region")
@pytest.mark.parametrize("way", [*WAYS, "-n1 --fakeim-region=eu-west-1", "-n1 -ofakeim_region=eu-west-1"])
@pytest.mark.parametrize("imported_by", ["the test module", "conftest.py"])
def test_a_module_that_makes_a_client_is_imported_without_a_region(
    pytester: pytest.Pytester, way: str, imported_by: str
) -> None:
    before = patched()[:-1]
    pytester.makepyfile(function=FUNCTION)
    if imported_by == "conftest.py":
        pytester.makeconftest("import function")
    run(pytester, TESTS, *way.split()).assert_outcomes(passed=4)
    assert patched()[:-1] == before  # without the environment, where pytest names its test
    assert boto3.Session().region_name is None


@pytest.mark.usefixtures("no_region")
def test_without_a_region_such_a_module_cannot_be_imported(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(function=FUNCTION)
    ran = run(pytester, TESTS)
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["*NoRegionError*"])


@pytest.mark.usefixtures("no_region")
def test_the_region_on_the_command_line_counts_before_that_of_the_ini_file(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nfakeim_region = us-west-1")
    run(pytester, "assert boto3.Session().region_name == 'us-west-1'\ndef test_it(): ...").assert_outcomes(passed=1)
    pytester.makepyfile(function=FUNCTION)
    run(pytester, TESTS, WAYS[0]).assert_outcomes(passed=4)


@pytest.mark.usefixtures("no_region")
def test_a_conftest_that_loads_the_plugin_may_ask_for_a_region(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("pytest_plugins = ['fakeim.testing.plugin']")
    pytester.makepyfile(function=FUNCTION)
    pytester.makeini("[pytest]\nfakeim_region = eu-west-1")
    in_process = ["-Wignore::pytest.PytestAssertRewriteWarning"]  # this process has imported the plugin already
    run(pytester, TESTS, "-pno:fakeim", *in_process).assert_outcomes(passed=4)


@pytest.mark.usefixtures("no_region")
@pytest.mark.parametrize("configured", ["variable", "profile"])
@pytest.mark.parametrize("way", WAYS)
def test_a_region_that_is_configured_counts_before_that_of_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, configured: str, way: str
) -> None:
    if configured == "variable":
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    else:
        monkeypatch.setenv("AWS_CONFIG_FILE", str(pytester.makefile("", config="[default]\nregion: us-west-2")))
    tests = """
        at_import = boto3.Session().region_name

        def test_it(fakeim):
            assert at_import == boto3.Session().region_name == "us-west-2"
        """
    run(pytester, tests, way).assert_outcomes(passed=1)


@pytest.mark.usefixtures("no_region")
@pytest.mark.parametrize("way", WAYS)
def test_a_client_without_a_region_finds_the_set_of_any_fresh_mock(pytester: pytest.Pytester, way: str) -> None:
    tests = """
        def found():
            client = any_client()
            [arn] = client.list_replication_sets()["replicationSetArns"]
            return [*client.get_replication_set(arn=arn)["replicationSet"]["regionMap"]]

        @cache
        def any_client():
            return boto3.client("ssm-incidents", aws_access_key_id="k", aws_secret_access_key="s")

        @mock_ssm_incidents
        def test_decorated(): assert found() == ["eu-west-1"]

        def test_block():
            with mock_ssm_incidents(): assert found() == ["eu-west-1"]

        def test_fixture(fakeim): assert found() == ["eu-west-1"]

        def test_a_fake_that_is_given():
            with mock_ssm_incidents(FakeIncidentManager(regions=("us-east-1", "eu-west-1"))):
                assert found() == ["us-east-1", "eu-west-1"]
        """
    run(pytester, tests, way).assert_outcomes(passed=4)


@pytest.mark.parametrize("region", ["mars", "us-east-1a", "eu_west_1", "EU-WEST-1"])
@pytest.mark.parametrize("way", ["--fakeim-region=", "-ofakeim_region="])
def test_a_region_of_the_run_that_cannot_be(pytester: pytest.Pytester, way: str, region: str) -> None:
    ran = run(pytester, "def test_it(): ...", way + region)
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    name = way.removeprefix("-o").rstrip("=")
    ran.stderr.fnmatch_lines([f"ERROR: {name}: there is no Region '{region}' in aws, aws-cn, aws-us-gov, *"])


@pytest.mark.usefixtures("no_region")
@pytest.mark.parametrize("way", ["--fakeim-region=", "-ofakeim_region="])
def test_an_empty_region_of_the_run_is_none(pytester: pytest.Pytester, way: str) -> None:
    run(pytester, "assert boto3.Session().region_name is None\ndef test_it(): ...", way).assert_outcomes(passed=1)


# -- failures


def test_a_failure_tells_the_calls_the_seed_and_the_timelines(pytester: pytest.Pytester) -> None:
    ran = run(
        pytester,
        """
        @pytest.mark.fakeim(frozen="2026-01-01")
        def test_fails(fakeim, fakeim_client):
            fakeim_client.start_incident(responsePlanArn=plan(fakeim_client, "early"), title="x" * 200)
            for number in range(20):
                plan(fakeim_client, f"p{number}")
            fakeim.connected = False
            assert False

        def test_fails_at_a_long_call(fakeim, fakeim_client):
            fakeim.iam.deny("ssm-incidents:StartIncident")
            fakeim_client.start_incident(responsePlanArn=plan(fakeim_client, "web"), title="x" * 200)

        def test_fails_where_there_is_nothing(fakeim):
            assert False

        def test_passes(fakeim_client):
            plan(fakeim_client, "not-told")
        """,
        "--fakeim-seed=9",
    )
    ran.assert_outcomes(failed=3, passed=1)
    ran.stdout.fnmatch_lines(
        [
            "*- fakeim -*",
            "<FakeIncidentManager 123456789012 in us-east-1>, seed 9, at 2026-01-01T00:00:00+00:00",
            "  <Fault *: EndpointConnectionError, struck 0 times>",
            "the last 20 of 22 calls:",
            "  <Call CreateResponsePlan(*name='p0') in us-east-1 at 2026-*",
            "  <Call CreateResponsePlan(*name='p19') *",
            "incident 'xxx*', OPEN, impact 1, arn:aws:*",
            "  2026-01-01T00:00:00+00:00 Custom Event: Incident Started",
            "  2026-01-01T00:00:00+00:00 SSM Incident Record Update: relatedItems → added PARENT arn:aws:ssm:*",
            "*- fakeim -*",
            "  Policy of every caller: Deny ssm-incidents:StartIncident on *",
            "  <Call StartIncident(*title='x*…* raised AccessDeniedException>",
            "*- fakeim -*",
            "<FakeIncidentManager*",
            "no call has come",
        ]
    )
    ran.stdout.no_fnmatch_line("*not-told*")


# -- costs


def test_hypothesis_imported_before_pytest_starts_causes_no_warning_of_fakeim(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_plain(): ...")
    program = (
        "import sys, hypothesis, pytest; assert 'fakeim' in sys.modules; "
        "sys.exit(pytest.main(['-pno:cacheprovider', '-Walways::pytest.PytestAssertRewriteWarning']))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert "1 passed" in done.stdout
    assert "cannot be rewritten; fakeim" not in done.stdout + done.stderr  # Hypothesis warns of itself


def test_who_does_not_ask_for_a_fake_loads_none(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_plain(): ...")
    program = (
        "import json, sys, pytest; pytest.main(['-q', '-pno:hypothesispytest']); print(json.dumps(list(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "1 passed" in done.stdout
    assert {name for name in loaded if name.split(".")[0] == "fakeim"} == {
        "fakeim",
        "fakeim.testing",
        "fakeim.testing.plugin",
    }
    assert loaded.isdisjoint({"boto3", "botocore", "hypothesis", "jsonschema"})
