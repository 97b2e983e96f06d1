"""The pytest plugin: fixtures named ``fakeim*``, ``@pytest.mark.fakeim(...)``, and options named ``--fakeim-*``.

pytest loads this at every start, so it imports nothing that only those need who ask for a fake. The fixtures are those
of the session, so that fixtures of any scope can ask for them; ``isolation`` sees to it that each test has the account
as the fixtures of wider scope have left it.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from fakeim.incident_manager import FakeIncidentManager
    from fakeim.testing.configuration import Configuration
    from fakeim.testing.isolation import Isolation

ACCOUNT = "_fakeim_account"
"""The fixture behind all others: who has it in the closure of its fixtures has asked for a fake."""
_ISOLATION = "fakeim isolation"
_MARKER = (
    "fakeim(seed, onboarded, can_onboard, regions, account_id, frozen, page_size): what account the fixture fakeim is "
    "to be; frozen stops its clock, at a moment or, if True, now; page_size is the most that a page of a list has"
)
_SEED = "equal seeds give equal ids for equal writes (default: 0)"
_PAGE_SIZE = "the most elements that a page of a list has, in tests without a marker that says so (default: no limit)"
_REGION = (
    "the Region of accounts, and of clients for which neither code, environment nor profile names one: those that "
    "modules make when they are imported, too"
)
_BLOCK = "let no request for Incident Manager leave the process, in tests that do not ask for a fake either"
_REPORT = "write a page about the run to this file: the account of each test that asked for a fake and failed"
_REPORT_ALL = "let that page show the tests that passed, too"
_PROVIDED = pytest.StashKey[str]()
"""The Region of the run, once clients are in it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, and their twins for the ini file."""
    group = parser.getgroup("fakeim", "a fake of AWS Incident Manager")
    group.addoption("--fakeim-seed", metavar="SEED", help=_SEED)
    group.addoption("--fakeim-region", metavar="REGION", help=_REGION)
    group.addoption("--fakeim-block-aws", action="store_true", help=_BLOCK)
    group.addoption("--fakeim-report", metavar="FILE.html", help=_REPORT)
    group.addoption("--fakeim-report-all", action="store_true", help=_REPORT_ALL)
    parser.addini("fakeim_seed", _SEED, default="0")
    parser.addini("fakeim_page_size", _PAGE_SIZE, default="")
    parser.addini("fakeim_region", _REGION, default="")
    parser.addini("fakeim_block_aws", _BLOCK, type="bool", default=False)
    parser.addini("fakeim_report", f"{_REPORT} (relative to the root folder)", default="")
    parser.addini("fakeim_report_all", _REPORT_ALL, type="bool", default=False)


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Provide the Region of the run: the files conftest.py, which are imported next, import code that makes clients."""
    _provide_region(early_config, early_config.known_args_namespace.fakeim_region)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and begin to block requests if that is asked for: modules are imported after this."""
    config.addinivalue_line("markers", _MARKER)
    _provide_region(config, config.getoption("fakeim_region"))  # if a conftest.py has loaded this plugin
    _page_size(config)  # a wrong one is told at once, whether or not a test asks for a fake
    if _blocks_aws(config):
        from fakeim.clients.interception import interception  # noqa: PLC0415 - few ask for it

        interception().block()
        config.add_cleanup(interception().unblock)
    path = _report_path(config)
    if path is not None:
        from fakeim.testing.run_report import RunReport  # noqa: PLC0415 - as above

        of_all = bool(config.getoption("fakeim_report_all") or config.getini("fakeim_report_all"))
        writes = not hasattr(config, "workerinput")  # which workers of pytest-xdist have
        config.pluginmanager.register(RunReport(path, lambda: _fake(config), of_all=of_all, writes=writes))


def pytest_report_header(config: pytest.Config) -> str | None:
    """Tell the settings, to those who ask for details."""
    region = f", Region {config.stash[_PROVIDED]}" if _PROVIDED in config.stash else ""
    blocked = ", no request for Incident Manager may leave" if _blocks_aws(config) else ""
    return f"fakeim: seed {_seed(config)!r}{region}{blocked}" if config.get_verbosity() > 0 else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let a marked test have an account of its own, and with it the fixtures of any scope that it asks for.

    It is a parameter, so that pytest itself makes those fixtures again which were made for another account.
    """
    marked = metafunc.definition.get_closest_marker("fakeim") is not None
    if marked and ACCOUNT in metafunc.fixturenames:
        from fakeim.testing.configuration import configuration_of  # noqa: PLC0415 - few tests are marked

        parameter = configuration_of(metafunc.definition, _usual(metafunc.config))
        hidden = getattr(pytest, "HIDDEN_PARAM", "fakeim")  # before pytest 8.4 it shows in the test's name
        metafunc.parametrize(ACCOUNT, [parameter], indirect=True, ids=[hidden])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse wrong markers, and prepare for the tests that ask for a fake, if any do."""
    if any(item.get_closest_marker("fakeim") for item in items):
        from fakeim.testing.configuration import check  # noqa: PLC0415 - few tests are marked

        check(items, ACCOUNT, _usual(config))
    if any(ACCOUNT in getattr(item, "fixturenames", ()) for item in items) and not _isolation(config):
        from fakeim.testing.isolation import Isolation  # noqa: PLC0415 - only who asks for a fake loads it

        isolation = Isolation(ACCOUNT, _usual(config))
        config.pluginmanager.register(isolation, _ISOLATION)
        config.add_cleanup(isolation.close)
    by_property = {item.path for item in items if getattr(getattr(item, "obj", None), "is_hypothesis_test", False)}
    if by_property:
        from fakeim.testing import first_example  # noqa: PLC0415 - few tests have examples

        if first_example.is_fakeim_in_use():
            with suppress(Exception):  # the test that needs it reports the error
                first_example.prepare(by_property)


@pytest.fixture(scope="session")
def _fakeim_account(request: pytest.FixtureRequest) -> Iterator[FakeIncidentManager]:
    isolation = _isolation(request.config)
    if isolation is None:
        from fakeim.testing.isolation import ASKED_LATE  # noqa: PLC0415 - a mistake

        pytest.fail(ASKED_LATE, pytrace=False)
    with isolation.account(getattr(request, "param", None)) as fake:
        yield fake


@pytest.fixture(scope="session")
def fakeim(_fakeim_account: FakeIncidentManager) -> FakeIncidentManager:
    """A fake account of AWS Incident Manager, which answers all clients of the process while the test runs.

    What fixtures of wider scope write to it stays for as long as they do; what a test writes is undone after it, and
    with Hypothesis's @given before each example.
    """
    return _fakeim_account


@pytest.fixture(scope="session")
def fakeim_client(fakeim: FakeIncidentManager) -> SSMIncidentsClient:
    """A client of ``fakeim`` with boto3's methods that calls it directly, without HTTP."""
    return fakeim.client()


@pytest.fixture(scope="session")
def fakeim_boto3_client(fakeim: FakeIncidentManager) -> SSMIncidentsClient:
    """A real boto3 client of ``fakeim``, one for all tests: all of botocore but the network."""
    return fakeim.boto3_client()


@pytest.fixture(scope="session")
def fakeim_server(fakeim: FakeIncidentManager) -> Iterator[str]:
    """The URL at which ``fakeim`` is served over HTTP, for other processes; needs the extra ``server``."""
    with fakeim.serve() as url:
        yield url


def _isolation(config: pytest.Config) -> Isolation | None:
    isolation: Isolation | None = config.pluginmanager.get_plugin(_ISOLATION)
    return isolation


def _fake(config: pytest.Config) -> FakeIncidentManager | None:
    isolation = _isolation(config)
    return None if isolation is None else isolation.fake()


def _report_path(config: pytest.Config) -> Path | None:
    given, configured = config.getoption("fakeim_report"), config.getini("fakeim_report")
    if given:
        return config.invocation_params.dir / str(given)
    return config.rootpath / str(configured) if configured else None


def _blocks_aws(config: pytest.Config) -> bool:
    return bool(config.getoption("fakeim_block_aws") or config.getini("fakeim_block_aws"))


def _usual(config: pytest.Config) -> Configuration:
    from fakeim.testing.configuration import unmarked  # noqa: PLC0415 - only who asks for a fake loads it

    return unmarked(_seed(config), _page_size(config), config.stash.get(_PROVIDED, None))


def _provide_region(config: pytest.Config, given: str | None) -> None:
    region: str = given or config.getini("fakeim_region")
    if not region or _PROVIDED in config.stash:
        return
    from fakeim.clients.interception import interception  # noqa: PLC0415 - few ask for it
    from fakeim.service.regions import unknown_region  # noqa: PLC0415

    problem = unknown_region(region)
    if problem:
        raise pytest.UsageError(f"{'--fakeim-region' if given else 'fakeim_region'}: {problem}")
    provided = ExitStack()
    provided.enter_context(interception().region(region))
    config.add_cleanup(provided.close)
    config.stash[_PROVIDED] = region


def _page_size(config: pytest.Config) -> int | None:
    text: str = config.getini("fakeim_page_size")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise pytest.UsageError(f"fakeim_page_size = {text}: give a whole number from 1, or leave it out")
    return int(text)


def _seed(config: pytest.Config) -> int | str:
    text: str = config.getoption("fakeim_seed") or config.getini("fakeim_seed")
    try:
        return int(text)
    except ValueError:
        return text
