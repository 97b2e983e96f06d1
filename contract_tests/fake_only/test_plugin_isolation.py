"""What each test finds in the account of the pytest plugin: what fixtures of wider scope wrote, and nothing else."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from contract_tests.fake_only.mocked import patched
from contract_tests.fake_only.plugin_runs import run, run_in_both_orders
from contract_tests.support import make_plan
from fakeim import FakeIncidentManager
from fakeim.service.pagination import Where
from fakeim.testing.checkpoint import Checkpoint

SEEDS = """
@pytest.fixture(scope="session")
def of_session(fakeim_client, fakeim):
    plan(fakeim_client, "session")
    fakeim.transitions.manual()
    yield
    assert "session" in names(any_client())
    plan(any_client(), "left-by-session")

@pytest.fixture(scope="module")
def of_module(of_session, fakeim_client):
    plan(any_client(), "module")
    yield
    assert names(any_client()) == ["module", "session"]
    any_client().delete_response_plan(arn="arn:aws:ssm-incidents::123456789012:response-plan/module")

@pytest.fixture
def of_test(fakeim_client, of_module):
    plan(fakeim_client, "test")
    yield
    assert "own" in names(fakeim_client)
"""


def test_a_mock_ends_when_what_the_test_did_cannot_be_undone(pytester: pytest.Pytester) -> None:
    ran = run(
        pytester,
        """
        from botocore.exceptions import EndpointConnectionError
        client, restore = any_client(endpoint_url="http://127.0.0.1:9"), FakeIncidentManager.restore

        def test_replaces(fakeim):
            FakeIncidentManager.restore = None

        def test_is_free():
            FakeIncidentManager.restore = restore
            with pytest.raises(EndpointConnectionError):
                names(client)
        """,
    )
    ran.assert_outcomes(passed=2, errors=1)


def test_what_wider_fixtures_write_stays_and_what_tests_write_is_undone(pytester: pytest.Pytester) -> None:
    run_in_both_orders(
        pytester,
        SEEDS
        + """
def test_1(of_test, fakeim_client):
    assert names(fakeim_client) == ["module", "session", "test"]
    plan(fakeim_client, "own")

def test_2(fakeim_client, fakeim, of_module):
    assert names(fakeim_client) == ["module", "session"]
    fakeim.reset()
    plan(any_client(), "own")
    assert names(fakeim_client) == ["own"]

def test_3(of_test, fakeim_client):
    assert names(fakeim_client) == ["module", "session", "test"]
    plan(fakeim_client, "own")

def test_4():
    "It asks for nothing; run last, wider fixtures are torn down after it."
""",
    )


def test_set_up_and_tear_down_of_modules_and_classes_are_wider(pytester: pytest.Pytester) -> None:
    run_in_both_orders(
        pytester,
        """
@pytest.fixture(autouse=True, scope="module")
def of_module(fakeim):
    yield
    assert names(any_client()) == ["module"]

@pytest.fixture(autouse=True, scope="module")
def after_it(of_module):
    plan(any_client(), "module")

def test_1(fakeim_client):
    plan(fakeim_client, "own")
    assert names(fakeim_client) == ["module", "own"]

def test_2(fakeim_client):
    plan(fakeim_client, "own")
    assert names(fakeim_client) == ["module", "own"]
""",
    )
    ran = run(
        pytester,
        """
        @pytest.mark.usefixtures("fakeim")
        class TestCase(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                plan(any_client(), "class")

            @classmethod
            def tearDownClass(cls):
                assert names(any_client()) == ["class"]

            def setUp(self):
                plan(any_client(), "own")

            def test_1(self):
                assert names(any_client()) == ["class", "own"]

            test_2 = test_1
        """,
    )
    ran.assert_outcomes(passed=2)


def settings(fake: FakeIncidentManager) -> dict[str, Any]:
    """Give all that a test can set, and what is counted, as it is now."""
    return {
        "clock": dict(vars(fake.clock)),
        "transitions": f"{vars(fake.transitions)}",
        "effects": dict(vars(fake.effects)),
        "consistency": dict(vars(fake.consistency)),
        "page size": fake.pagination.page_size,
        "empty pages": fake.pagination.empty_pages,
        "tokens": (fake.pagination.lifetime, fake.pagination.epoch),
        "faults": [dict(vars(fault)) for fault in fake.faults],
        "connected": fake.connected,
        "secrets": sorted(fake.unreadable_secrets),
        "chance of faults": fake._mishaps.getstate(),  # noqa: SLF001 - nobody else can see it
        "requests": fake._dispatcher._requests,  # noqa: SLF001
        "calls": fake.calls.count(),
        "plans": len(fake.snapshot().state.response_plans),
    }


def change_settings(fake: FakeIncidentManager, number: int) -> None:
    fake.clock.freeze(f"202{number}-01-01")
    fake.clock.auto_advance(number)
    fake.transitions.after(number)
    fake.transitions.fail("us-east-1", f"{number}")
    fake.effects.after(number)
    fake.consistency.lists_lag(number)
    fake.pagination.page_size = number
    fake.pagination.empty_pages = get_args(Where)[:number]
    fake.pagination.expire_tokens(after=number)
    fake.pagination.expire_tokens()
    fake.faults.inject("*", "ThrottlingException", probability=1e-9)
    fake.unreadable_secrets.add(f"{number}")
    make_plan(fake.client(), name=f"{number}")


def test_a_checkpoint_brings_back_all_that_a_test_can_set() -> None:
    fake = FakeIncidentManager()
    change_settings(fake, 1)
    fake.calls.clear()
    checkpoint, before = Checkpoint(fake), settings(fake)
    for number in (2, 3):
        change_settings(fake, number)
        fake.connected = False
        changed = settings(fake)
        assert [name for name in before if changed[name] == before[name]] == []
        checkpoint.restore()
        assert settings(fake) == before


def test_settings_and_ids_and_calls_are_those_of_one_test(pytester: pytest.Pytester) -> None:
    ran = run(
        pytester,
        """
        @pytest.fixture(scope="module")
        def wider(fakeim, fakeim_client):
            fakeim.clock.freeze("2026-01-01")
            fakeim.connected = False
            fakeim.connected = True
            plan(fakeim_client, "wider")

        seen = set()

        @pytest.mark.parametrize("number", range(3))
        def test_each(fakeim, wider, fakeim_client, number):
            assert fakeim.calls.count() == 0
            assert fakeim.clock.now().isoformat() == "2026-01-01T00:00:00+00:00"
            answer = fakeim_client.start_incident(responsePlanArn=plan(fakeim_client, "own"))
            seen.add((answer["incidentRecordArn"], answer["ResponseMetadata"]["RequestId"]))
            assert len(seen) == 1
            fakeim.clock.advance(hours=1)
            fakeim.connected = False
        """,
    )
    ran.assert_outcomes(passed=3)


# -- with @given


def test_each_example_starts_as_the_first_did(pytester: pytest.Pytester) -> None:
    ran = run(
        pytester,
        """
        few = settings(max_examples=10, deadline=None)

        @pytest.fixture(scope="module")
        def of_module(fakeim_client):
            plan(fakeim_client, "module")

        @pytest.fixture(autouse=True)
        def of_test(fakeim_client):
            plan(fakeim_client, "test")

        @few
        @given(st.integers())
        def test_function(fakeim, fakeim_client, of_module, number):
            assert fakeim.calls.count() == 0 and fakeim.connected
            assert names(fakeim_client) == ["module", "test"]
            plan(any_client(), "own")
            fakeim.connected = False

        def test_plain(fakeim_client, of_module):
            assert names(fakeim_client) == ["module", "test"]

        class TestWithSetup:
            def setup_example(self):
                plan(any_client(), "example")

            @few
            @given(st.integers())
            def test_method(self, fakeim_client, of_module, number):
                assert names(fakeim_client) == ["example", "module", "test"]
                plan(any_client(), "own")

        class TestWithExecutor:
            def execute_example(self, example):
                plan(any_client(), "example")
                asyncio.run(example())

            @few
            @given(st.integers())
            async def test_method(self, fakeim_client, of_module, number):
                assert names(fakeim_client) == ["example", "module", "test"]
                plan(any_client(), "own")

        @pytest.mark.usefixtures("fakeim", "of_module")
        class TestCase(unittest.TestCase):
            @few
            @given(st.integers())
            def test_method(self, number):
                assert names(any_client()) == ["module", "test"]
                plan(any_client(), "own")
        """,
    )
    ran.assert_outcomes(passed=5)


def test_async_tests_stay_so_for_those_who_run_them(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import asyncio, inspect, pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_pyfunc_call(pyfuncitem):  # as plugins for async tests do
            handle = pyfuncitem.obj.hypothesis
            inner = handle.inner_test
            assert inspect.iscoroutinefunction(inner)
            handle.inner_test = lambda **arguments: asyncio.run(inner(**arguments))
        """
    )
    ran = run(
        pytester,
        """
        @settings(max_examples=10, deadline=None)
        @given(number=st.integers())
        async def test_async(fakeim_client, number):
            assert names(fakeim_client) == []
            plan(fakeim_client, "own")
        """,
    )
    ran.assert_outcomes(passed=1)


def test_hypothesis_takes_the_test_for_the_same_with_and_without_the_fake(pytester: pytest.Pytester) -> None:
    tests = """
        seen = []

        @settings(derandomize=True, max_examples=10, database=None)
        @given(number=st.integers())
        def test_it(number):
            seen.append(number)

        def test_last():
            print("seen", seen)
        """
    seen = [
        [line for line in run(pytester, tests, "-s", *options).outlines if "seen" in line]
        # First all is imported that will be: Hypothesis draws constants of what is loaded from outside site-packages,
        # which fakeim is only in a checkout.
        for options in (["-ousefixtures=fakeim"], [], ["-ousefixtures=fakeim"])
    ]
    assert seen[1] == seen[2] != []


def test_runs_of_a_state_machine_are_refused(pytester: pytest.Pytester) -> None:
    ran = run(
        pytester,
        """
        from hypothesis.stateful import RuleBasedStateMachine, rule

        class Machine(RuleBasedStateMachine):
            @rule()
            def step(self): ...

        TestMachine = pytest.mark.usefixtures("fakeim")(Machine.TestCase)
        """,
    )
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["*put @fakeim.mock_ssm_incidents on the state machine*"])


# -- where scopes meet


def test_a_marked_test_has_its_fixtures_of_any_scope_in_its_own_account(pytester: pytest.Pytester) -> None:
    run_in_both_orders(
        pytester,
        """
@pytest.fixture(scope="session")
def seeded(fakeim):
    plan(any_client(), "seed")
    yield repr(fakeim)
    assert names(any_client()) == ["seed"], "torn down under the account that it was set up in"
    plan(any_client(), "left")

def test_1(seeded, fakeim, fakeim_client):
    assert seeded == "<FakeIncidentManager 123456789012 in us-east-1>" == repr(fakeim)
    assert names(any_client()) == ["seed"] == names(fakeim_client)

@pytest.mark.fakeim(account_id="111111111111", regions=["eu-west-1"])
def test_2(seeded, fakeim, fakeim_client):
    assert seeded == "<FakeIncidentManager 111111111111 in eu-west-1>" == repr(fakeim)
    assert names(any_client()) == ["seed"] == names(fakeim_client)
    plan(fakeim_client, "own")

def test_3(fakeim, fakeim_client):
    assert repr(fakeim) == "<FakeIncidentManager 123456789012 in us-east-1>"
    assert set(names(any_client())) <= {"seed"}

@pytest.mark.fakeim(regions=["eu-west-1"], account_id="111111111111")
def test_4(seeded, fakeim_client):
    assert names(any_client()) == ["seed"] == names(fakeim_client)

@pytest.mark.fakeim(seed=0)
def test_5_marked_as_all_are(seeded, fakeim_client):
    assert names(any_client()) == ["seed"] == names(fakeim_client)
""",
    )


def test_a_fixture_of_wider_scope_in_the_midst_of_a_test(pytester: pytest.Pytester) -> None:
    ran = run(
        pytester,
        """
        @pytest.fixture(scope="module")
        def in_time(fakeim_client):
            plan(fakeim_client, "in-time")

        @pytest.fixture(scope="module")
        def writes_nothing(fakeim_client):
            return names(fakeim_client)

        @pytest.fixture(scope="module")
        def too_late(fakeim_client):
            plan(fakeim_client, "too-late")

        @settings(max_examples=5)
        @given(number=st.integers())
        def test_1_in_time(fakeim_client, request, number):
            request.getfixturevalue("in_time")
            assert names(fakeim_client) == ["in-time"]
            plan(fakeim_client, "own")

        def test_2_that_writes_nothing(fakeim_client, request):
            assert names(fakeim_client) == ["in-time"]
            plan(fakeim_client, "own")
            assert request.getfixturevalue("writes_nothing") == ["in-time", "own"]

        def test_3_too_late(fakeim_client, request):
            assert names(fakeim_client) == ["in-time"]
            plan(fakeim_client, "own")
            request.getfixturevalue("too_late")
        """,
    )
    ran.assert_outcomes(passed=2, failed=1)
    ran.stdout.fnmatch_lines(
        ["*fixture too_late, which is not of this test alone, wrote to fakeim after the test had*"]
    )


def test_the_fixture_is_within_mocks_of_wider_scope(pytester: pytest.Pytester) -> None:
    run_in_both_orders(
        pytester,
        """
@pytest.fixture(scope="session", autouse=True)
def everywhere():
    with mock_ssm_incidents() as other:
        plan(other.client(), "other")
        yield

def test_1(fakeim):
    assert names(any_client()) == []

def test_2():
    assert names(any_client()) == ["other"]

def test_3(fakeim):
    assert names(any_client()) == []
""",
    )


def test_a_failing_set_up_leaves_nothing(pytester: pytest.Pytester) -> None:
    ran = run(
        pytester,
        """
        @pytest.fixture
        def fails(fakeim_client):
            plan(fakeim_client, "own")
            raise LookupError

        @pytest.fixture(scope="module")
        def fails_wider(fakeim_client):
            raise LookupError

        def test_1(fails): ...
        def test_2(fails_wider): ...
        def test_3(fakeim_client):
            assert names(fakeim_client) == []
        """,
    )
    ran.assert_outcomes(errors=2, passed=1)
    ran.stdout.fnmatch_lines(["*- fakeim -*", "*CreateResponsePlan*"])


def test_an_interrupt_leaves_no_mock(pytester: pytest.Pytester) -> None:
    before = patched()[:-1]
    pytester.makepyfile("def test_it(fakeim): raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        pytester.inline_run()
    assert patched()[:-1] == before


def test_workers_of_xdist_are_on_their_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        def count(client, name):
            client.create_response_plan(name=name, incidentTemplate={"title": "title", "impact": 1})
            return len(client.list_response_plans()["responsePlanSummaries"])

        @pytest.fixture(scope="session")
        def seed(fakeim_client):
            assert count(fakeim_client, "seed") == 1

        @pytest.mark.parametrize("number", range(6))
        def test_it(seed, fakeim_client, number):
            assert count(fakeim_client, "own") == 2
        """
    )
    pytester.runpytest("-n2", "-pno:hypothesispytest").assert_outcomes(passed=6)
