"""mock_ssm_incidents on classes: what of a test runs within it, and that classes around it stay as they are."""

from __future__ import annotations

import sys
import unittest
from typing import TYPE_CHECKING, Any, assert_type

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

import fakeim
from contract_tests.fake_only.mocked import EARLY, names, patched
from contract_tests.fake_only.plugin_runs import run
from contract_tests.support import make_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("no_network")
FEW = settings(
    max_examples=5,
    stateful_step_count=5,
    deadline=None,
    suppress_health_check=[HealthCheck.differing_executors],  # tests that are inherited run in several classes
)


def add(name: str) -> None:
    """Make a plan; it fails where there is one of that name, and outside of a mock."""
    make_plan(EARLY, name=name)


def there() -> list[str]:
    return sorted(names(EARLY))


# -- of pytest


class Inherited:
    def test_inherited(self) -> None:
        assert there() == ["fixture", "set-up"]

    def helper(self) -> None:
        add("set-up")


@fakeim.mock_ssm_incidents
class TestAll(Inherited):
    def setup_method(self, method: Any) -> None:
        assert there() == []
        assert method.__name__.startswith("test_")
        self.helper()

    @pytest.fixture(autouse=True)
    def around(self) -> Iterator[None]:
        assert there() == ["set-up"]
        add("fixture")
        yield
        add("fixture-torn-down")

    @pytest.fixture
    def asked_for(self) -> str:
        add("asked-for")
        return "asked-for"

    def teardown_method(self) -> None:
        assert "fixture-torn-down" in there()

    def test_one(self) -> None:
        assert there() == ["fixture", "set-up"]
        add("of-a-test")

    @pytest.mark.parametrize("name", ["a", "b"])
    def test_two(self, asked_for: str, name: str) -> None:
        add(name)
        assert there() == sorted([name, asked_for, "fixture", "set-up"])

    @staticmethod
    def test_static() -> None:
        assert there() == ["fixture", "set-up"]

    @classmethod
    def test_of_the_class(cls) -> None:
        assert there() == ["fixture", "set-up"]

    @FEW
    @given(impact=st.integers(1, 5))
    def test_each_example_begins_with_what_the_set_up_left(self, impact: int) -> None:
        make_plan(EARLY, name="example", template={"impact": impact})
        assert there() == ["example", "fixture", "set-up"]


class TestDerived(TestAll):
    """Not decorated itself, and its set-up does not call that of its base."""

    def setup_method(self) -> None:  # type: ignore[override]
        assert there() == []
        add("set-up")

    def test_of_its_own(self) -> None:
        assert there() == ["fixture", "set-up"]


@fakeim.mock_ssm_incidents
class Base:
    """Without tests of its own."""

    def setup_method(self) -> None:
        add("base")

    def teardown_method(self) -> None:
        add("base-torn-down")


class TestDerivedWithSuper(Base):
    def setup_method(self) -> None:
        assert there() == []
        super().setup_method()
        add("derived")

    def teardown_method(self) -> None:
        super().teardown_method()
        assert there() == ["base", "base-torn-down", "derived"]

    def test_of_its_own(self) -> None:
        assert there() == ["base", "derived"]


OWN_FAKE = fakeim.FakeIncidentManager()
BASE_PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/base"


@fakeim.mock_ssm_incidents(OWN_FAKE)
class TestDecoratedAgain(Base):
    def test_the_mock_of_the_derived_one_counts(self) -> None:
        assert names(OWN_FAKE.client()) == there() == ["base"]

    @FEW
    @given(impact=st.integers(1, 5))
    def test_a_given_fake_is_kept_from_example_to_example(self, impact: int) -> None:
        OWN_FAKE.client().tag_resource(resourceArn=BASE_PLAN, tags={str(impact): "x"})
        self.seen.add(str(impact))
        assert OWN_FAKE.client().list_tags_for_resource(resourceArn=BASE_PLAN)["tags"].keys() == self.seen

    def setup_method(self) -> None:
        OWN_FAKE.reset()
        self.seen = set[str]()
        super().setup_method()


class WithNested:
    class TestInherited:
        """Found by pytest in derived classes too."""

        def test_it(self) -> None:
            assert there() == []


@fakeim.mock_ssm_incidents
class TestNested(WithNested):
    def test_outer(self) -> None:
        assert there() == []

    class TestInner:
        """Its set-up is called for the outer class and for its own."""

        def setup_method(self) -> None:
            add("set-up")

        def teardown_method(self) -> None:
            assert there() == ["set-up"]

        def test_inner(self) -> None:
            assert there() == ["set-up"]


class Shared:
    """A class that others mention, and that nobody decorates."""

    @pytest.fixture(autouse=True)
    def Around(self) -> Iterator[None]:  # noqa: N802 - a name that comes before most
        add("fixture")
        yield
        assert there()[0] == "added"

    def test_it(self) -> None:
        assert there() == ["fixture"]
        add("added")

    @FEW
    @given(impact=st.integers(1, 5))
    def test_each_example_begins_with_what_the_set_up_left(self, impact: int) -> None:
        assert there() == ["fixture"]
        make_plan(EARLY, name="added", template={"impact": impact})

    @staticmethod
    def test_static() -> None:
        assert there() == ["fixture"]
        add("added")


class SharedWithSetUp:
    def setup_method(self) -> None:
        add("set-up")

    def teardown_method(self) -> None:
        assert there() == ["set-up"]

    def test_it(self) -> None:
        assert there() == ["set-up"]


class Cases:  # where pytest does not look
    class Case(unittest.TestCase):
        """Of unittest."""

        def setUp(self) -> None:
            add("set-up")

        def test_it(self) -> None:
            assert there() == ["set-up"]

        def tearDown(self) -> None:
            assert there() == ["set-up"]

    class AsyncCase(unittest.IsolatedAsyncioTestCase):
        """Of unittest, with async methods."""

        async def asyncSetUp(self) -> None:
            add("set-up")

        async def test_it(self) -> None:
            assert there() == ["set-up"]

        async def asyncTearDown(self) -> None:
            assert there() == ["set-up"]

    class Machine(RuleBasedStateMachine):
        """Of Hypothesis; its TestCase is one of unittest."""

        @rule()
        def call(self) -> None:
            there()


def subclassed(cls: type) -> type:
    return type("Subclass", (cls,), {})


def made() -> type:
    class TestMade(Shared):
        pass

    return TestMade


@fakeim.mock_ssm_incidents
class TestMentions:
    """Its nested classes are those of others; it has no tests of its own."""

    TestShared = Shared
    TestWithSetUp = SharedWithSetUp
    TestMade = made()
    Case = Cases.Case
    AsyncCase = Cases.AsyncCase
    TestMachine = Cases.Machine.TestCase

    @subclassed
    class TestReturned(SharedWithSetUp):
        """Not what the decorator returns."""

    class TestFilledLater:
        """Without tests yet."""

    class TestDeep:
        """Without tests of its own."""

        class TestDeeper:
            """Without tests of its own."""

            TestDeepest = SharedWithSetUp


TestMentions.TestMachine.settings = FEW
TestMentions.TestFilledLater.test_it = lambda _: add("of-a-test")  # type: ignore[attr-defined]
TestMentions.TestAddedLater = subclassed(Shared)  # type: ignore[attr-defined]


class TestMentionsInherited(TestMentions):
    """The mentioned classes are mentioned here too, and the nested ones here are other classes."""


class Parent:
    def setup_method(self) -> None:
        """Do nothing."""


@fakeim.mock_ssm_incidents
class TestMentionsWithSetUp(Parent):
    """pytest calls ``setup_method`` of nested classes because this one has it."""

    def test_a_base_that_is_mentioned_stays_the_base(self) -> None:
        assert self.parent is Parent

    parent = Parent
    TestWithSetUp = SharedWithSetUp

    class TestInner:
        """Without a set-up."""

        def test_it(self) -> None:
            assert there() == []

        class TestDeeper:
            """Without a set-up."""

            def test_it(self) -> None:
                assert there() == []

    class TestInnerWithSetUp(SharedWithSetUp):
        """With a set-up that pytest calls twice; the second call does nothing."""


@fakeim.mock_ssm_incidents
class TestNestedDecoratedToo:
    @fakeim.mock_ssm_incidents(OWN_FAKE)
    class TestInner:
        """Its own mock counts."""

        def test_it(self) -> None:
            OWN_FAKE.reset()
            make_plan(OWN_FAKE.client(), name="own")
            assert there() == ["own"]

    def test_outer(self) -> None:
        assert there() == []


def test_classes_with_other_prefixes(pytester: pytest.Pytester) -> None:
    ran = run(
        pytester,
        """
        @mock_ssm_incidents
        class CheckOuter:
            def test_outer(self):
                plan(any_client(), "outer")

            class CheckInner:
                def it_has_a_mock(self):
                    assert names(any_client()) == []
                    plan(any_client(), "inner")
        """,
        "-opython_classes=Check",
        "-opython_functions=it test",
    )
    ran.assert_outcomes(passed=2)


class ExecutesExamples:
    def execute_example(self, example: Any) -> None:
        add("executor")
        example()


class SetsExamplesUp:
    def setup_example(self) -> str:
        add("executor")
        return "made"

    def teardown_example(self, made: str) -> None:
        assert made == "made"
        assert "executor" in there()


class Examples:
    @FEW
    @given(impact=st.integers(1, 5))
    def test_it(self, impact: int) -> None:
        make_plan(EARLY, name="example", template={"impact": impact})
        assert there() == ["example", "executor"]


@fakeim.mock_ssm_incidents
class TestExecutor(ExecutesExamples, Examples):
    """Hypothesis's older hook."""


@fakeim.mock_ssm_incidents
class TestExampleSetUp(SetsExamplesUp, Examples):
    """Hypothesis's newer hooks."""


def test_other_classes_stay_as_they_are() -> None:
    others = (Inherited, WithNested.TestInherited, ExecutesExamples, SetsExamplesUp, Examples, Shared)
    for untouched in (*others, SharedWithSetUp, Cases.Case, Cases.AsyncCase, Cases.Machine.TestCase):
        assert not [name for name in (*vars(untouched), *vars(untouched())) if "fakeim" in name]
        assert "__init_subclass__" not in vars(untouched)
    assert not hasattr(Shared, "setup_method")
    assert (TestMentions.TestShared, TestMentions.Case) == (Shared, Cases.Case)
    assert vars(TestNested)["TestInherited"].__qualname__ == "TestNested.TestInherited"
    assert not hasattr(unittest.TestCase, "setup_method")


def test_decorated_before_pytest_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    class Early:
        def test_it(self) -> None:
            assert there() == []

    with monkeypatch.context() as without:
        without.delitem(sys.modules, "pytest")
        fakeim.mock_ssm_incidents(Early)
    before, test = patched(), Early()
    test.setup_method()  # type: ignore[attr-defined]
    test.test_it()
    test.teardown_method()  # type: ignore[attr-defined]
    assert patched() == before


def test_what_fails_in_a_set_up_or_a_tear_down_leaves_nothing() -> None:
    @fakeim.mock_ssm_incidents
    class Failing:
        def setup_method(self) -> None:
            if there() == [] and self.fails:
                raise ZeroDivisionError

        def teardown_method(self) -> None:
            assert there() == []
            raise ZeroDivisionError

        fails = True

    before, test = patched(), Failing()
    with pytest.raises(ZeroDivisionError):
        test.setup_method()
    assert patched() == before
    test.fails = False
    test.setup_method()
    with pytest.raises(ZeroDivisionError):
        test.teardown_method()
    assert patched() == before


def test_a_subclass_keeps_what_it_is_defined_with() -> None:
    @fakeim.mock_ssm_incidents
    class Base:
        words: list[str]

        def __init_subclass__(cls, *, word: str) -> None:
            cls.words = [word]

        def setup_method(self) -> None:
            add("base")

    assert_type(Base, type[Base])

    class Derived(Base, word="x"):
        def setup_method(self) -> None:
            super().setup_method()
            assert there() == ["base"]

    test = Derived()
    test.setup_method()
    Derived.teardown_method(test)  # type: ignore[attr-defined]
    assert Derived.words == ["x"]


# -- of unittest


@fakeim.mock_ssm_incidents
class TestCase(unittest.TestCase):
    before: tuple[str, ...] = ()

    @pytest.fixture(autouse=True)
    def around(self) -> Iterator[None]:
        add("fixture")
        self.before = ("fixture",)
        yield
        assert "set-up" in there()

    def setUp(self) -> None:
        assert there() == [*self.before]
        add("set-up")

    def test_one(self) -> None:
        assert there() == [*self.before, "set-up"]

    @FEW
    @given(impact=st.integers(1, 5))
    def test_examples(self, impact: int) -> None:
        make_plan(EARLY, name="example", template={"impact": impact})
        assert there() == ["example", *self.before, "set-up"]
        self.addCleanup(EARLY.get_replication_set, arn=EARLY.list_replication_sets()["replicationSetArns"][0])

    def tearDown(self) -> None:
        assert "set-up" in there()


class TestCaseDerived(TestCase):
    def setUp(self) -> None:
        super().setUp()
        assert there() == [*self.before, "set-up"]


@fakeim.mock_ssm_incidents
class Mixin:
    def setUp(self) -> None:
        add("set-up")

    def test_one(self) -> None:
        assert there() == ["set-up"]


class TestCaseOfMixin(Mixin, unittest.TestCase):
    """A class of tests that becomes unittest's only here."""


@fakeim.mock_ssm_incidents
class TestAsyncCase(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        add("set-up")

    async def test_one(self) -> None:
        assert there() == ["set-up"]

    async def asyncTearDown(self) -> None:
        assert there() == ["set-up"]


@pytest.mark.parametrize("case", [TestCase, TestCaseDerived, TestCaseOfMixin, TestAsyncCase])
def test_unittest_runs_them_within_the_mock_too(case: type[unittest.TestCase]) -> None:
    before, result = patched(), unittest.TestResult()
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(case)
    suite.run(result)
    assert (result.testsRun > 0, result.errors, result.failures) == (True, [], [])
    unittest.defaultTestLoader.loadTestsFromTestCase(case).debug()
    assert patched() == before


def test_a_tear_down_that_is_put_off_has_the_fake_of_its_test() -> None:
    before, case = patched(), TestCase("test_one")
    tear_down: Any = case.tearDown
    vars(case)["tearDown"] = lambda: None  # as pytest --pdb does, to look at the test before
    case.run()
    tear_down()
    assert patched() == before


# -- state machines


@fakeim.mock_ssm_incidents
class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        assert there() == []
        add("made")
        self.count = 1

    @initialize()
    def initialized(self) -> None:
        add("initialized")
        self.count += 1

    @rule()
    def another(self) -> None:
        add(f"another-{self.count}")
        self.count += 1

    @invariant()
    def all_there(self) -> None:
        assert len(there()) == self.count

    def teardown(self) -> None:
        assert len(there()) == self.count


TestMachine = Machine.TestCase
TestMachine.settings = FEW


class FailingMachine(Machine):
    @invariant()
    def fail(self) -> None:
        raise ZeroDivisionError


def test_a_run_of_a_state_machine_that_fails_leaves_nothing() -> None:
    before = patched()
    with pytest.raises(ZeroDivisionError):
        run_state_machine_as_test(FailingMachine, settings=settings(FEW, database=None, print_blob=False))
    assert patched() == before


# -- what it refuses


class Nothing:
    def call(self) -> None:
        """Do what no test framework calls."""


class WithFixture:
    @pytest.fixture(autouse=True)
    def setup_method(self) -> None:
        """Stand for a fixture of this name, which pytest does not call as setup_method."""

    def test_it(self) -> None:
        """Do nothing."""


class OfMachine(Machine.TestCase):  # type: ignore[valid-type, misc]
    """The TestCase that Hypothesis makes of a machine."""


@pytest.mark.parametrize(
    ("cls", "why"),
    [
        (Nothing, "Nothing.*has no tests.*with mock_ssm_incidents"),
        (WithFixture, "WithFixture.*setup_method is a fixture.*rename it"),
        (OfMachine, "OfMachine.*put it on the state machine itself"),
    ],
)
def test_what_would_not_work_is_told(cls: type, why: str) -> None:
    with pytest.raises(TypeError, match=why):
        fakeim.mock_ssm_incidents(cls)
