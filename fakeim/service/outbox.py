"""What the service sends to others: SNS topics, contacts, runbooks.

Rules, and what they rest on:
 1. A start that makes an incident engages the plan's contacts and starts its runbook [documented §6.3, §13], and tells
    the incident's topics [observed §13, SSM Incident Start; assumption: of a manual start too]. One that is
    deduplicated sends nothing [assumption].
 2. Every SSM Incident Record Update of a timeline is told to the incident's topics [observed §13; assumption: that of
    the PARENT item too]. Other events are not: who writes a note tells nobody [assumption].
 3. The incident's topics are those of its chat channel and its notification targets, as they are after the change; a
    topic that is both is told twice [assumption].

An occasion is kept as references to records, which never change, and made into messages only by who looks at it
(``fakeim.inspection``). An incident that has nobody to tell leaves none. Occasions lie in the state: a failed call
takes its own back, and so does a snapshot that is restored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fakeim.service.state import Record
    from fakeim.service.world import World


class Occasion(NamedTuple):
    """A moment at which something is sent: a start, if there is a ``plan``, otherwise an update."""

    now: int
    region: str
    incident: Record
    plan: Record | None = None
    related_items: tuple[Record, ...] = ()
    """Those that StartIncident was given."""
    event_id: str = ""
    event_data: str = ""
    """What the timeline says of an update."""


def send_start(world: World, incident: Record, plan: Record, related_items: Iterable[Record]) -> None:
    """Send what the start of a new ``incident`` from ``plan`` sends (rule 1)."""
    if plan.get("engagements") or plan.get("actions") or _has_topics(incident):
        world.state.send(Occasion(world.now, world.region, incident, plan, tuple(related_items)))


def send_update(world: World, incident: Record, event_id: str, event_data: str) -> None:
    """Send what a change of ``incident`` sends, of which the event called ``event_id`` tells (rule 2)."""
    if _has_topics(incident):
        occasion = Occasion(world.now, world.region, incident, event_id=event_id, event_data=event_data)
        world.state.send(occasion)


def _has_topics(incident: Record) -> bool:
    return "chatChannel" in incident or bool(incident["notificationTargets"])
