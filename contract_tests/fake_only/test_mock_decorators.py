"""mock_ssm_incidents on functions and generators, as a context manager of many threads and tasks, and its types."""

from __future__ import annotations

import asyncio
import doctest
import inspect
import pickle
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, aclosing, asynccontextmanager, closing, contextmanager
from contextvars import copy_context
from functools import partial, partialmethod
from threading import Barrier
from types import SimpleNamespace
from typing import Any, assert_type
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fakeim
from contract_tests.fake_only.mocked import EARLY, Sent, names, patched
from contract_tests.fake_only.plugin_runs import run
from contract_tests.support import make_plan

pytestmark = pytest.mark.usefixtures("no_network")
MOCK = fakeim.mock_ssm_incidents()
FEW = settings(max_examples=5)  # in each profile: that no example sees another takes at least two


def plans() -> list[str]:
    """Make a plan, and give the names of all: of one only, when the fake is fresh."""
    make_plan(EARLY, name=f"plan-{len(names(EARLY))}")
    return names(EARLY)


# -- on functions


@fakeim.mock_ssm_incidents
def test_on_a_function() -> None:
    assert plans() == ["plan-0"]


@fakeim.mock_ssm_incidents()
@pytest.mark.parametrize("name", ["a", "b"])
def test_on_a_function_with_parentheses_and_parameters(name: str) -> None:
    make_plan(EARLY, name=name)
    assert names(EARLY) == [name]


@fakeim.mock_ssm_incidents
@patch("os.getcwd", return_value="patched")
def test_beside_patches_and_fixtures(getcwd: Any, tmp_path: Any) -> None:
    assert getcwd() == "patched" != str(tmp_path)
    assert names(EARLY) == []


def test_on_an_async_function() -> None:
    @fakeim.mock_ssm_incidents
    async def main() -> list[str]:
        await asyncio.sleep(0)
        return plans()

    assert_type(main, Callable[[], Coroutine[Any, Any, list[str]]])
    assert asyncio.run(main()) == ["plan-0"]


def test_calls_that_overlap_end_their_own() -> None:
    before = patched()
    entered: list[int] = []

    @MOCK
    async def task(number: int) -> None:
        entered.append(number)
        for _ in range((number * 7) % 5):
            await asyncio.sleep(0)
        assert names(EARLY) == []

    async def main() -> None:
        await asyncio.gather(*map(task, range(16)))

    asyncio.run(main())
    assert len(entered) == 16
    assert patched() == before


def test_a_function_may_call_itself() -> None:
    before = patched()

    @MOCK
    def down(depth: int) -> int:
        assert plans() == ["plan-0"]
        reached = down(depth - 1) if depth else 0
        assert names(EARLY) == ["plan-0"]
        return reached + 1

    assert_type(down(3), int)
    assert down(3) == 4
    assert patched() == before


@fakeim.mock_ssm_incidents
def decorated(number: int, *, text: str = "") -> tuple[int, str]:
    """Give what it got.

    >>> decorated(1)
    (1, '')
    """
    assert names(EARLY) == []
    return number, text


def test_a_decorated_function_is_the_same_to_all_who_look() -> None:
    assert_type(decorated(1, text="x"), tuple[int, str])
    assert (decorated.__name__, decorated.__module__) == ("decorated", __name__)
    assert list(inspect.signature(decorated).parameters) == ["number", "text"]
    assert pickle.loads(pickle.dumps(decorated)) is decorated  # noqa: S301 - as a spawned process gets it
    [found] = doctest.DocTestFinder().find(decorated, globs=dict(globals()))
    assert doctest.DocTestRunner().run(found) == (0, 1)


class Service:
    """Methods of all kinds; ``mypy`` checks their types."""

    @fakeim.mock_ssm_incidents
    def method(self, number: int) -> list[str]:
        return plans() * number

    @fakeim.mock_ssm_incidents
    @staticmethod
    def static(number: int) -> list[str]:
        return plans() * number

    @MOCK
    @classmethod
    def of_the_class(cls, number: int) -> list[str]:
        assert cls is Service
        return plans() * number

    @staticmethod
    @MOCK
    def static_above(number: int) -> list[str]:
        return plans() * number

    @property
    @MOCK
    def getter(self) -> list[str]:
        return plans()

    def __call__(self) -> list[str]:
        return plans()


def test_on_methods_of_all_kinds() -> None:
    service = Service()
    assert_type(service.method(1), list[str])
    assert_type(Service.static(1), list[str])
    assert_type(Service.of_the_class(1), list[str])
    assert_type(service.getter, list[str])
    assert service.method(1) == service.static(1) == Service.static(1) == Service.of_the_class(1) == ["plan-0"]
    assert service.of_the_class(1) == service.static_above(1) == service.getter == ["plan-0"]


def test_on_other_callables() -> None:
    for function in (Service(), partial(Service().method, 1), partial(Service.method, number=1)):
        assert MOCK(function)(*([Service()] if "number" in getattr(function, "keywords", ()) else [])) == ["plan-0"]

    async def later(name: str) -> list[str]:
        make_plan(EARLY, name=name)
        return names(EARLY)

    assert asyncio.run(MOCK(partial(later, "x"))()) == ["x"]


@pytest.fixture
def undecorated() -> None:
    """Stand for a fixture that somebody decorates from above."""


@pytest.mark.parametrize(
    "wrong",
    ["us-east-1", Service.getter, partialmethod(plans), undecorated, int, SimpleNamespace],
    ids=["str", "property", "partialmethod", "fixture", "int", "class"],
)
@pytest.mark.parametrize("decorator", [fakeim.mock_ssm_incidents, MOCK])
def test_what_it_cannot_be_put_on_is_told(wrong: Any, decorator: Any) -> None:
    with pytest.raises(TypeError, match=r"mock_ssm_incidents on .*(us-east-1|property|partial|undecorated|int|Simple)"):
        decorator(wrong)


async def coroutine() -> None:
    """Do nothing."""


async def async_generator() -> AsyncGenerator[None, None]:
    yield


class Awaited:
    def __await__(self) -> Generator[None, None, None]:
        """Stand for what a library returns to be awaited."""
        yield


@contextmanager
def context() -> Generator[None, None, None]:
    yield


LAZY: dict[str, Callable[[], Any]] = {
    "coroutine": coroutine,
    "async generator": async_generator,
    "generator": lambda: (each for each in names(EARLY)),
    "awaitable": Awaited,
    "context manager": context,
    "async context manager": asynccontextmanager(async_generator),
    "future of a thread": Future,
    "future": lambda: asyncio.get_running_loop().create_future(),
    "task": lambda: asyncio.get_running_loop().create_task(coroutine()),
    "gather": lambda: asyncio.gather(coroutine(), coroutine()),
    "shield": lambda: asyncio.shield(asyncio.ensure_future(coroutine())),
    "map": lambda: map(names, [EARLY]),
    "filter": lambda: filter(names, [EARLY]),
    "pages": lambda: EARLY.get_paginator("list_response_plans").paginate(),
}


@pytest.mark.parametrize("lazy", LAZY.values(), ids=LAZY)
def test_what_would_run_after_the_mock_is_refused(lazy: Callable[[], Any]) -> None:
    def hides_it() -> Any:
        return lazy()

    async def async_hides_it() -> Any:
        return lazy()

    class Callee:
        def __call__(self) -> Any:
            return lazy()

        def __repr__(self) -> str:
            return "hides_it"

    async def main() -> None:
        before = patched()
        for function in (hides_it, Callee(), partial(hides_it), staticmethod(hides_it)):
            with pytest.raises(TypeError, match=r"hides_it.*would run after the mock"):
                MOCK(function)()
        with pytest.raises(TypeError, match=r"hides_it.*would run after the mock"):
            await MOCK(async_hides_it)()
        assert patched() == before

    asyncio.run(main())


@pytest.mark.parametrize("start", [asyncio.ensure_future, asyncio.gather])
def test_a_task_that_is_refused_makes_no_calls(start: Callable[[Any], asyncio.Future[Any]]) -> None:
    made: list[str] = []

    async def call() -> None:
        made.append("call")

    async def main() -> None:
        task: Any = None

        @MOCK
        def starts_it() -> Any:
            nonlocal task
            task = start(call())
            return task

        with pytest.raises(TypeError, match="starts_it"):
            starts_it()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert made == []


def test_what_has_run_is_returned() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert MOCK(lambda: wait_for(pool.submit(plans)))().result() == ["plan-0"]

    async def main() -> None:
        task = asyncio.ensure_future(coroutine())
        await task
        assert MOCK(lambda: task)() is task
        assert await MOCK(asyncio.sleep)(0, task) is task

    asyncio.run(main())
    with MOCK(ExitStack().__enter__)() as stack:
        assert isinstance(stack, ExitStack)


def wait_for(future: Future[Any]) -> Future[Any]:
    future.result()
    return future


@contextmanager
@MOCK
def context_within() -> Generator[list[str], None, None]:
    yield plans()


@asynccontextmanager
@MOCK
async def async_context_within() -> AsyncGenerator[list[str], None]:
    yield plans()


def test_below_what_makes_a_context_manager() -> None:
    async def main() -> None:
        async with async_context_within() as there:
            assert there == names(EARLY) == ["plan-0"]

    with context_within() as there:
        assert there == names(EARLY) == ["plan-0"]
    asyncio.run(main())


# -- on set-ups and tear-downs, which pytest calls with an argument if they take one


class TestXunitWithArguments:
    @classmethod
    @MOCK
    def setup_class(cls) -> None:
        assert cls is TestXunitWithArguments
        assert plans() == ["plan-0"]

    @MOCK
    @classmethod
    def teardown_class(cls) -> None:
        assert cls is TestXunitWithArguments
        assert plans() == ["plan-0"]

    @MOCK
    def setup_method(self, method: Any) -> None:
        assert method == self.test_it
        assert plans() == ["plan-0"]

    @MOCK
    def teardown_method(self, method: Any = None) -> None:
        assert method == self.test_it
        assert plans() == ["plan-0"]

    def test_it(self) -> None:
        """Have a set-up and a tear-down."""


class TestXunitWithout:
    @staticmethod
    @MOCK
    def setup_class() -> None:
        assert plans() == ["plan-0"]

    @MOCK
    @staticmethod
    def teardown_class() -> None:
        assert plans() == ["plan-0"]

    @MOCK
    def setup_method(self) -> None:
        assert plans() == ["plan-0"]

    @MOCK
    def teardown_method(self, *, method: Any = None) -> None:
        assert method is None
        assert plans() == ["plan-0"]

    def test_it(self) -> None:
        """Have a set-up and a tear-down."""


class TestXunitStatic:
    @MOCK
    @staticmethod
    def setup_class(it: Any) -> None:
        assert it is TestXunitStatic
        assert plans() == ["plan-0"]

    @staticmethod
    @MOCK
    def setup_method(method: Any) -> None:
        assert method.__name__ == "test_it"
        assert plans() == ["plan-0"]

    @MOCK
    @staticmethod
    def teardown_method() -> None:
        assert plans() == ["plan-0"]

    def test_it(self) -> None:
        """Have a set-up and a tear-down."""


STEPS = ["setup_module", "setup_function", "teardown_function", "teardown_module"]
FORMS = ["@mock_ssm_incidents\ndef {}({}): note({})", "{} = mock_ssm_incidents(lambda {}: note({}))"]


@pytest.mark.parametrize("form", FORMS, ids=["def", "lambda"])
@pytest.mark.parametrize(
    ("takes", "gets"),
    [("", 0), ("it", 1), ("it, /", 1), ("it=None", 1), ("it, other=2", 1), ("*its", 0), ("*, it=1", 0)],
)
def test_xunit_functions_get_the_argument_that_they_take(
    pytester: pytest.Pytester, takes: str, gets: int, form: str
) -> None:
    functions = "\n".join(form.format(step, takes, ", ".join([repr(step), *["it"] * gets])) for step in STEPS)
    inner = f"""\
called = []

def note(step, *its):
    assert names(any_client()) == []
    assert [it.__name__ for it in its] == ["test_inner" if "module" in step else "test_it"] * {gets}
    called.append(step)

{functions}

def test_it():
    assert called == ["setup_module", "setup_function"]
"""
    run(pytester, inner).assert_outcomes(passed=1)


def test_xunit_functions_of_other_kinds(pytester: pytest.Pytester) -> None:
    ran = run(
        pytester,
        """
        from functools import partial
        from unittest.mock import patch
        called = []

        def note(kind, module):
            assert names(any_client()) == []
            called.append((kind, module.__name__))

        class Note:
            def __call__(self, function): note("object", function)
            def bound(self, function): note("bound", function)

        setup_module = mock_ssm_incidents(partial(note, "partial"))
        setup_function = mock_ssm_incidents(Note())
        teardown_function = mock_ssm_incidents(Note().bound)

        @mock_ssm_incidents
        @patch("os.getcwd")
        def teardown_module(getcwd):
            assert getcwd is not None
            assert [kind for kind, _ in called] == ["partial", "object", "bound"]

        def test_it():
            assert called == [("partial", "test_inner"), ("object", "test_it")]
        """,
    )
    ran.assert_outcomes(passed=1)


def test_xunit_functions_of_unittest(pytester: pytest.Pytester) -> None:
    ran = run(
        pytester,
        """
        def note(*its):
            assert names(any_client()) == []
            assert its in ((), (1,))

        @mock_ssm_incidents
        def setUpModule():
            note()
            unittest.addModuleCleanup(mock_ssm_incidents(note), 1)

        @mock_ssm_incidents
        def tearDownModule():
            note()

        class TestCase(unittest.TestCase):
            @classmethod
            @mock_ssm_incidents
            def setUpClass(cls):
                note()
                cls.addClassCleanup(mock_ssm_incidents(note), 1)

            @mock_ssm_incidents
            @classmethod
            def tearDownClass(cls):
                note()

            @mock_ssm_incidents
            def setUp(self):
                note()
                self.addCleanup(mock_ssm_incidents(note), 1)

            @mock_ssm_incidents
            def setup_method(self, method):
                assert method.__name__ == "test_it"
                note()

            @mock_ssm_incidents
            def tearDown(self):
                note()

            def test_it(self): ...
        """,
    )
    ran.assert_outcomes(passed=1)


# -- on generators


@pytest.fixture
@fakeim.mock_ssm_incidents
def plan_of_a_fixture() -> Generator[str, None, None]:
    yield make_plan(EARLY, name="of-a-fixture")
    assert names(EARLY) == ["of-a-fixture"]


def test_on_a_generator_fixture(plan_of_a_fixture: str) -> None:
    assert EARLY.get_response_plan(arn=plan_of_a_fixture)["name"] == "of-a-fixture"


@MOCK
def echo() -> Generator[Any, Any, str]:
    got: Any = names(EARLY)
    while got != "end":
        try:
            got = yield got
        except Sent:
            got = "thrown"
    assert names(EARLY) == []
    return "returned"


@MOCK
async def async_echo(seen: list[str]) -> AsyncGenerator[Any, Any]:
    got: Any = names(EARLY)
    try:
        while got != "end":
            try:
                got = yield got
            except Sent:
                await asyncio.sleep(0)
                got = "thrown"
    finally:
        await asyncio.sleep(0)
        seen.append(f"closed with {names(EARLY)}")


def test_a_generator_is_sent_to_thrown_at_and_closed() -> None:
    before = patched()
    with closing(echo()) as generator:
        assert_type(generator, Generator[Any, Any, str])
        assert [next(generator), generator.send("sent"), generator.throw(Sent())] == [[], "sent", "thrown"]
        with pytest.raises(StopIteration, match="returned"):
            generator.send("end")
        assert patched() == before
    with closing(echo()) as abandoned:
        next(abandoned)
        assert patched() != before
    assert patched() == before


def test_an_async_generator_is_sent_to_thrown_at_and_closed() -> None:
    before, seen = patched(), list[str]()

    async def main() -> None:
        generator = async_echo(seen)
        assert_type(generator, AsyncGenerator[Any, Any])
        assert await anext(generator) == []
        assert await generator.asend("sent") == "sent"
        assert await generator.athrow(Sent()) == "thrown"
        with pytest.raises(StopAsyncIteration):
            await generator.asend("end")
        assert patched() == before
        async with aclosing(async_echo(seen)) as left:
            await anext(left)
            with pytest.raises(ZeroDivisionError):
                await left.athrow(ZeroDivisionError())
        async with aclosing(async_echo(seen)) as closed:
            await anext(closed)
            assert patched() != before
        assert patched() == before
        assert seen == ["closed with []"] * 3

    asyncio.run(main())


def test_an_async_generator_that_is_abandoned_ends_its_mock() -> None:
    before, seen = patched(), list[str]()

    async def main() -> None:
        async for each in async_echo(seen):
            assert each == []
            break
        for _ in range(5):  # the event loop closes what was abandoned
            await asyncio.sleep(0)
        assert seen == ["closed with []"]
        assert patched() == before

    asyncio.run(main())


# -- with Hypothesis


@fakeim.mock_ssm_incidents
@FEW
@given(impact=st.integers(1, 5))
def test_outside_of_given_every_example_is_fresh(impact: int) -> None:
    make_plan(EARLY, name="same", template={"impact": impact})


@FEW
@given(impact=st.integers(1, 5))
@fakeim.mock_ssm_incidents
def test_inside_of_given_every_example_is_fresh(impact: int) -> None:
    make_plan(EARLY, name="same", template={"impact": impact})


class TestOnMethods:
    @MOCK
    @FEW
    @given(impact=st.integers(1, 5))
    def test_outside_of_given(self, impact: int) -> None:
        make_plan(EARLY, name="same", template={"impact": impact})

    @FEW
    @given(impact=st.integers(1, 5))
    @MOCK
    def test_inside_of_given(self, impact: int) -> None:
        make_plan(EARLY, name="same", template={"impact": impact})


def test_async_examples_are_fresh_where_a_plugin_runs_them() -> None:
    @MOCK
    @FEW
    @given(impact=st.integers(1, 5))
    async def test(impact: int) -> None:
        await asyncio.sleep(0)
        make_plan(EARLY, name="same", template={"impact": impact})

    handle: Any = test
    inner = handle.hypothesis.inner_test  # as pytest-asyncio, anyio and pytest-trio do
    assert inspect.iscoroutinefunction(inner)
    handle.hypothesis.inner_test = lambda **drawn: asyncio.run(inner(**drawn))
    handle()


# -- as a context manager


def test_as_a_context_manager_it_gives_the_fake() -> None:
    with fakeim.mock_ssm_incidents() as fake, MOCK as other:
        assert_type(fake, fakeim.FakeIncidentManager)
        assert_type(other, fakeim.FakeIncidentManager)


def test_threads_that_overlap_leave_what_they_entered() -> None:
    before = patched()
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as two:
        one.submit(MOCK.__enter__).result()
        fake = two.submit(MOCK.__enter__).result()
        make_plan(EARLY, name="of-two")
        one.submit(MOCK.__exit__).result()
        assert names(EARLY) == names(fake.client()) == ["of-two"]
        two.submit(MOCK.__exit__).result()
    assert patched() == before


def test_tasks_that_overlap_leave_what_they_entered() -> None:
    before = patched()

    async def main() -> None:
        second_entered, first_left = asyncio.Event(), asyncio.Event()

        async def first() -> None:
            with MOCK:
                await second_entered.wait()
            first_left.set()

        async def second() -> None:
            with MOCK:
                make_plan(EARLY, name="of-second")
                second_entered.set()
                await first_left.wait()
                assert names(EARLY) == ["of-second"]

        await asyncio.gather(first(), second())

    asyncio.run(main())
    assert patched() == before


def test_what_is_entered_in_one_task_can_be_left_in_another() -> None:
    before = patched()
    copy_context().run(MOCK.__enter__)
    copy_context().run(MOCK.__exit__)
    assert patched() == before


def test_what_one_thread_starts_another_can_stop() -> None:
    before = patched()
    MOCK.start()
    with MOCK as entered:
        make_plan(EARLY, name="entered")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(MOCK.stop).result()
        assert names(EARLY) == names(entered.client()) == ["entered"]
    assert patched() == before


def test_many_threads_leave_nothing() -> None:
    before, barrier = patched(), Barrier(8, timeout=60)

    def work(number: int) -> None:
        barrier.wait()
        for each in range(20):
            with MOCK, ExitStack() as stack:
                stack.enter_context(MOCK)
                if (number + each) % 3:
                    decorated(each)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert patched() == before
