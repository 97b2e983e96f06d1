"""The kit finds each of the four mistakes in the naive bot by itself, and nothing in the bot that ships."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from contract_tests.support import run_machine
from fakeim.demo import alarm_events, bot, naive_bot
from fakeim.demo.search import machine_of
from fakeim.testing.retries import check_retry_safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_ssm_incidents import SSMIncidentsClient

ALARM = alarm_events.parse(alarm_events.SAMPLE.read_bytes())
OVER = alarm_events.recovery(ALARM, datetime(2026, 3, 14, 10, tzinfo=UTC))


def started(client: SSMIncidentsClient) -> str:
    return naive_bot.open_incident(client, ALARM)


def found(function: Callable[[SSMIncidentsClient, str], object]) -> str:
    with pytest.raises(AssertionError, match="not safe to retry") as caught:
        check_retry_safe(function, setup=started)
    return str(caught.value)


# -- the naive bot


def test_no_token_opens_two_incidents() -> None:
    with pytest.raises(AssertionError) as caught:
        check_retry_safe(lambda client: naive_bot.open_incident(client, ALARM), kinds=["lost reply"])
    story = str(caught.value)
    assert "StartIncident, is carried out, but its reply is lost" in story
    assert "2 incidents are opened where there should be 1" in story


def test_a_swallowed_throttle_loses_the_note() -> None:
    story = found(lambda client, incident: naive_bot.write_note(client, incident, OVER))
    assert "call 1, CreateTimelineEvent, is throttled" in story
    assert "the code returns" in story
    assert "incidents[0].timeline: 3 " in story


def test_a_lost_reply_taken_for_nothing_done_does_it_twice() -> None:
    story = found(lambda client, incident: naive_bot.link_alarm(client, incident, OVER))
    assert "call 1, CreateTimelineEvent, is carried out, but its reply is lost" in story
    assert "called again" not in story  # it needs nobody to do that
    assert "instead of" in story


def test_a_forgotten_page_leaves_an_incident_open() -> None:
    machine: Any = machine_of(naive_bot.handle, ALARM)
    quick = settings(max_examples=200, stateful_step_count=10, phases=[Phase.generate, Phase.shrink], database=None)
    with pytest.raises(AssertionError) as caught:
        run_state_machine_as_test(machine, settings=quick)
    story = "\n".join(getattr(caught.value, "__notes__", []))
    assert [line for line in story.splitlines() if "state." in line and "listed" not in line] == [
        "state.alarm_goes_off()",
        "state.others_start_many()",
        "state.alarm_is_over()",
        "state.teardown()",
    ]


# -- the bot that ships


@pytest.mark.parametrize("event", [ALARM, OVER], ids=["alarm", "over"])
def test_the_bot_is_safe_to_retry(event: Any) -> None:
    check_retry_safe(lambda client: bot.handle(client, event))
    check_retry_safe(lambda client, _: bot.handle(client, event), setup=lambda client: bot.handle(client, ALARM))


def test_the_bot_leaves_no_incident_open() -> None:
    run_machine(machine_of(bot.handle, ALARM), percent=20, steps=20)
