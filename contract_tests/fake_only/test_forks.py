"""Forks while other threads are at work: the child's fakes answer, and hold nothing half done."""

from __future__ import annotations

import os
from contextlib import contextmanager
from multiprocessing import get_context
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

import fakeim
from contract_tests.fake_only.mocked import EARLY, names
from contract_tests.fake_only.over_http import client_of
from contract_tests.fake_only.shares import CONSUMER, share
from contract_tests.support import make_plan, start
from fakeim import forks
from fakeim.spec.api import lazy_property, once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Act = Callable[["Accounts"], object]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("threads_take_turns_often"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
]


class Accounts:
    """An account with a plan that it shares with another."""

    def __init__(self) -> None:
        self.fake, self.consumer = fakeim.FakeIncidentManager(), fakeim.FakeIncidentManager(account_id=CONSUMER)
        self.client, self.borrower = self.fake.client(), self.consumer.client()
        self.plan = make_plan(self.client)
        share(self.client, self.plan)
        self.fake.share_with(self.consumer)


def call(accounts: Accounts) -> None:
    accounts.client.delete_incident_record(arn=start(accounts.client, accounts.plan))


def call_across_accounts(accounts: Accounts) -> None:
    accounts.client.delete_incident_record(arn=start(accounts.borrower, accounts.plan))


def call_boto3(accounts: Accounts) -> None:
    names(accounts.fake.boto3_client())


def call_within_a_mock(accounts: Accounts) -> None:
    with fakeim.mock_ssm_incidents(accounts.fake):
        names(EARLY)


def call_over_http(accounts: Accounts) -> None:
    with accounts.fake.serve() as url, client_of(url) as client:
        names(client)


def call_a_new_fake(_: Accounts) -> None:
    fake = fakeim.FakeIncidentManager()
    start(fake.client(), make_plan(fake.client()))


def look(accounts: Accounts) -> None:
    fake = accounts.fake
    fake.restore(fake.snapshot())
    fake.diff(fake.snapshot())
    assert fake.dump()
    for incident in fake.incidents:
        assert len(fake.timeline(incident)) > 0
        assert len(fake.related_items(incident)) == 1


def change_settings(accounts: Accounts) -> None:
    fake = accounts.fake
    with (
        fake.iam.deny("ssm-incidents:UntagResource"),
        fake.quotas.set("resource policies per response plan", 3),
        fake.faults.inject("TagResource", "ThrottlingException"),
    ):
        fake.connected = True
    third = fakeim.FakeIncidentManager(account_id="333344445555")
    with fake.share_with(third):
        third.client().list_response_plans()


ACTS: list[Act] = [
    call,
    call_across_accounts,
    call_boto3,
    call_within_a_mock,
    call_over_http,
    call_a_new_fake,
    look,
    change_settings,
]


@contextmanager
def busy(act: Act, accounts: Accounts) -> Iterator[None]:
    """Let two threads do ``act`` again and again."""
    over = Event()

    def run() -> None:
        while not over.is_set():
            act(accounts)

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def exit_code(act: Callable[[], object]) -> int | None:
    """Do ``act`` in the child of a fork; return ``None`` if it does not come to an end."""
    child = get_context("fork").Process(target=act)
    child.start()
    child.join(10)
    if child.exitcode is None:
        child.kill()
    return child.exitcode


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_the_child_of_a_fork_amid_calls_can_do_everything(act: Act) -> None:
    accounts = Accounts()

    def live() -> None:
        look(accounts)  # first, to see what the fork has left
        for each in ACTS:
            each(accounts)
        assert exit_code(lambda: call(accounts)) == 0

    live()  # so that no thread is importing at the fork, which makes Python's own locks stay locked
    with busy(act, accounts):
        assert [exit_code(live) for _ in range(5)] == [0] * 5
    live()


@pytest.mark.parametrize("number", range(4))
def test_a_fork_waits_for_a_change_of_a_setting(number: int) -> None:
    accounts, held, over = Accounts(), Event(), Event()
    lock = accounts.fake._dispatcher.settings_locks[number]  # noqa: SLF001 - no setting is held for long

    def hold() -> None:
        with lock:
            held.set()
            over.wait(0.1)

    thread = Thread(target=hold)
    thread.start()
    assert held.wait(10)
    assert exit_code(lambda: change_settings(accounts)) == 0
    thread.join()


@pytest.mark.parametrize("number", range(4))
def test_a_setting_that_is_held_for_ever_is_free_in_the_child(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "LONGEST_WAIT", 0.05)
    accounts, held, over = Accounts(), Event(), Event()
    lock = accounts.fake._dispatcher.settings_locks[number]  # noqa: SLF001 - as above

    def hold() -> None:
        with lock:
            held.set()
            over.wait(30)

    thread = Thread(target=hold)
    thread.start()
    assert held.wait(10)
    assert exit_code(lambda: change_settings(accounts)) == 0
    over.set()
    thread.join()


@pytest.mark.parametrize("act", [call, call_across_accounts, look], ids=lambda act: act.__name__)
def test_a_fork_does_not_wait_for_a_call_that_waits_for_it(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "LONGEST_WAIT", 0.05)
    accounts, arrived, forked = Accounts(), Event(), Event()

    def linger(_: object) -> bool:
        arrived.set()
        return not forked.wait(10)

    accounts.fake.faults.inject("ListResponsePlans", "ThrottlingException", when=linger)
    thread = Thread(target=names, args=(accounts.client,))
    thread.start()
    assert arrived.wait(10)
    assert exit_code(lambda: act(accounts)) == 0
    forked.set()
    thread.join()
    act(accounts)


def test_a_call_that_forks_goes_on_in_both_processes() -> None:
    accounts, children = Accounts(), list[int]()

    def fork(_: object) -> bool:
        children.append(os.fork())
        return False

    accounts.fake.faults.inject("ListResponsePlans", "ThrottlingException", when=fork)
    answer = names(accounts.client)
    if children == [0]:
        os._exit(0 if answer == ["plan"] else 1)
    assert answer == ["plan"]
    assert os.waitpid(children[0], 0) == (children[0], 0)


@pytest.mark.parametrize("initializer", ["once", "lazy_property"])
def test_a_child_makes_itself_what_a_thread_of_its_parent_was_making(initializer: str) -> None:
    arrived, over, parent = Event(), Event(), os.getpid()

    class Made:
        @lazy_property
        def pid(self) -> int:
            if os.getpid() == parent:
                arrived.set()
                over.wait(10)
            return os.getpid()

    def read() -> int:
        return Made().pid

    read = once(read) if initializer == "once" else read
    thread = Thread(target=read)
    thread.start()
    assert arrived.wait(10)
    assert exit_code(lambda: os._exit(read() == parent)) == 0
    over.set()
    thread.join()
    assert read() == parent
