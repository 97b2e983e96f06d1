"""What a test has set is told wherever an account is shown: in print, on its page and beside a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import fakeim
from fakeim.service.settings import settings
from fakeim.testing.configuration import unmarked
from fakeim.testing.failures import told

if TYPE_CHECKING:
    from collections.abc import Callable

ROLE = "arn:aws:iam::123456789012:role/bot"
OTHER = "222222222222"

SET: dict[str, Callable[[fakeim.FakeIncidentManager], object]] = {
    "changes of the replication set end after 90 s": lambda fake: fake.transitions.after(90),
    "changes of the replication set end when told to": lambda fake: fake.transitions.manual(),
    "the next change of eu-west-1 fails": lambda fake: fake.transitions.fail("eu-west-1", "no key"),
    "what the service adds to incidents appears after 1.5 s": lambda fake: fake.effects.after(1.5),
    "lists show what is written 5 s later": lambda fake: fake.consistency.lists_lag(5),
    "other Regions see what is written 0.5 s later": lambda fake: fake.consistency.regions_lag(0.5),
    "pages have 2 at most": lambda fake: setattr(fake.pagination, "page_size", 2),
    "lists have empty pages: first, last": lambda fake: setattr(fake.pagination, "empty_pages", ["last", "first"]),
    "page tokens expire after 60 s": lambda fake: fake.pagination.expire_tokens(after=60),
    f"Policy of {ROLE}: Deny ssm-incidents:GetIncidentRecord on *": lambda fake: fake.iam.deny(
        "ssm-incidents:GetIncidentRecord", caller=ROLE
    ),
    "quota of open incidents: 5": lambda fake: fake.quotas.set("open incidents", 5),
    "quota of tags per resource: none": lambda fake: fake.quotas.set("tags per resource", None),
    "rate of StartIncident: 0.5 a second, 2 at once": lambda fake: fake.quotas.rate(
        "StartIncident", per_second=0.5, burst=2
    ),
    f"Share of 123456789012 with {OTHER}": lambda fake: fake.share_with(
        fakeim.FakeIncidentManager(account_id=OTHER, clock=fake.clock)
    ),
    f"Share of {OTHER} with 123456789012": lambda fake: fakeim.FakeIncidentManager(
        account_id=OTHER, clock=fake.clock
    ).share_with(fake),
    "secrets that cannot be read: a, b": lambda fake: fake.unreadable_secrets.update("ba"),
}


def lines(fake: fakeim.FakeIncidentManager) -> list[str]:
    return [*settings(fake._dispatcher)]  # noqa: SLF001 - what it is made for


@pytest.mark.parametrize("line", SET)
def test_each_setting_is_told_until_the_account_is_reset(line: str) -> None:
    fake = fakeim.FakeIncidentManager()
    assert lines(fake) == []
    SET[line](fake)
    assert lines(fake) == [line]
    fake.reset()
    assert lines(fake) == []


def test_an_account_that_cannot_be_onboarded_says_so() -> None:
    (line,) = lines(fakeim.FakeIncidentManager(onboarded=False, can_onboard=False))
    assert "cannot be onboarded" in line


def test_they_are_told_in_print_on_the_page_and_beside_a_failure() -> None:
    pytest.importorskip("jinja2")
    fake = fakeim.FakeIncidentManager()
    assert "settings" not in str(fake)
    assert "Faults and settings" not in fake.to_html()
    fake.iam.deny("ssm-incidents:*")
    fake.faults.inject("StartIncident", 503, times=2)
    for shown in (str(fake), fake.to_html(), told(fake, unmarked(0, None))):
        assert "Policy of every caller: Deny ssm-incidents:* on *" in shown
        assert "Fault StartIncident: Service Unavailable, struck 0 of 2 times" in shown
    assert "\nsettings\n  Policy" in str(fake)
