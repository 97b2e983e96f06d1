"""The demo as one page of HTML: the bot's account, and that of the bot that pages twice when a reply is lost."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from fakeim.demo import naive_bot
from fakeim.incident_manager import FakeIncidentManager
from fakeim.pictures import account, pages

if TYPE_CHECKING:
    from pathlib import Path

    from fakeim.demo.story import Story
    from fakeim.seeding.alarm_events import Event

TITLE = "<title>An incident bot at work"


def page(story: Story, event: Event, forgotten: list[str]) -> str:
    """Make the page.

    Args:
        story: What the bot has lived through.
        event: The alarm's event.
        forgotten: The run after which the naive bot has left an incident open, as ``search.forgotten_page`` gives it.

    Raises:
        ModuleNotFoundError: Jinja2 is not installed; the message says how to get it.
    """
    return pages.render(
        "demo.html",
        bot=_drawn(story.fake, "bot-", story.record["arn"]),
        naive=_drawn(lose_a_reply(event), "naive-"),
        steps="\n".join(forgotten),
    )


def lose_a_reply(event: Event) -> FakeIncidentManager:
    """Let ``naive_bot`` open an incident, and again when the reply to its StartIncident is lost; give the account."""
    from botocore.exceptions import ReadTimeoutError  # noqa: PLC0415 - the demo begins without botocore

    fake = FakeIncidentManager(account_id=event["account"], regions=[event["region"]])
    fake.clock.freeze(event["time"])
    client = fake.client(event["region"])
    with fake.faults.lose_reply("StartIncident", times=1), suppress(ReadTimeoutError):
        naive_bot.open_incident(client, event)
    fake.clock.advance(minutes=1)
    naive_bot.open_incident(client, event)
    return fake


def is_own(path: Path) -> bool:
    """Say whether there is a page of the demo at ``path``, so that another may take its place."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            head = file.read(1000)
            return pages.GENERATOR in head and TITLE in head
    except OSError:
        return False


def _drawn(fake: FakeIncidentManager, prefix: str, incident: str | None = None) -> str:
    read = account.read(fake._dispatcher, fake._seed, incident)  # noqa: SLF001 - one package
    return pages.render("run_account.html", account=read, prefix=prefix)
