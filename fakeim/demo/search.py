"""What the tools of ``fakeim.testing`` find in the bots by themselves: each call lost once, and anything before it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, configuration, settings
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from fakeim.demo import alarm_events, bot, naive_bot
from fakeim.testing.retries import check_retry_safe
from fakeim.testing.stateful import IncidentMachine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

    from fakeim.seeding.alarm_events import Event

MOST_RUNS = 300
MOST_STEPS = 5
UNRELATED = (
    *("update_plan", "put_policy", "delete_policy", "tag", "untag", "add_item", "remove_item", "add_finding"),
    *("create_event", "update_event", "delete_event", "what_is_listed_is_what_there_is"),
)
"""What of an account has no bearing on which incidents are open: without it, few runs are enough."""


def check_bot(event: Event) -> None:
    """Check that ``bot`` ends as if nothing had gone wrong, whichever of its calls fails, and how.

    Raises:
        AssertionError: It does not; the message tells how.
    """
    over = alarm_events.recovery(event, datetime.fromisoformat(event["time"]))
    check_retry_safe(lambda client: bot.handle(client, event))
    check_retry_safe(lambda client, _: bot.handle(client, over), setup=lambda client: bot.handle(client, event))


def double_page(event: Event) -> str:
    """Tell how ``naive_bot`` pages twice when a reply is lost; empty if it does not."""
    try:
        check_retry_safe(lambda client: naive_bot.open_incident(client, event), kinds=["lost reply"])
    except AssertionError as found:
        return str(found)
    return ""


def forgotten_page(event: Event) -> list[str]:
    """Let Hypothesis find the shortest run in which ``naive_bot`` leaves an incident open; empty if it finds none.

    It finds the same each time, keeps nothing, and leaves no files behind.
    """
    related: Any = type("BotMachine", (machine_of(naive_bot.handle, event),), dict.fromkeys(UNRELATED))
    chosen = settings(
        max_examples=MOST_RUNS,
        stateful_step_count=MOST_STEPS,
        phases=[Phase.generate, Phase.shrink],
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        with _nothing_kept():
            run_state_machine_as_test(related, settings=chosen)
    except AssertionError as found:
        notes = "\n".join(getattr(found, "__notes__", []))
        return [line for line in notes.splitlines() if re.match(r"state( =|\.(?!teardown))", line)]
    return []


def machine_of(handle: Callable[[SSMIncidentsClient, Event], object], event: Event) -> type[IncidentMachine]:
    """Make a machine in which the alarm of ``event`` goes off and ends among all else; once over, none is open."""

    class BotMachine(IncidentMachine):
        def __init__(self) -> None:
            super().__init__()
            self.deliveries = 0
            self.on = False

        @precondition(lambda self: not self.on)
        @rule()
        def alarm_goes_off(self) -> None:
            self.deliveries += 1
            self.on = True
            handle(self.client, event | {"id": f"event-{self.deliveries}"})

        @precondition(lambda self: self.on)
        @rule()
        def alarm_is_over(self) -> None:
            self.on = False
            delivered = event | {"id": f"event-{self.deliveries}"}
            handle(self.client, alarm_events.recovery(delivered, self.fake.clock.now()))
            pages = self.observe().get_paginator("list_incident_records").paginate()
            incidents: Any = pages.search("incidentRecordSummaries[]")
            title = event["detail"]["alarmName"][: bot.LONGEST_TITLE]
            open_ones = [each for each in incidents if each["title"] == title and each["status"] == "OPEN"]
            if open_ones:
                raise AssertionError(f"the alarm is over, and its incident is open: {open_ones}")

    return BotMachine


@contextmanager
def _nothing_kept() -> Iterator[None]:
    """Let Hypothesis write what it caches to a folder that is gone afterwards, and not where the user happens to be."""
    with TemporaryDirectory() as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(None)
