"""Background effects: what the service adds to an incident by itself, at once or when ``fake.effects`` says.

Rules, and what they rest on:
 1. They are the PARENT item, every timeline event that the service writes, and findings. In AWS the item and its
    event come 0.9 to 1.6 seconds after the start, "Incident Started" 1.3 to 2.4, findings about 15 [observed §12.3];
    here all are there when the call returns, or all take the time that is set [our choice].
 2. The call that causes an effect decides all about it: its id, its times, its place in lists. So once everything
    has appeared it is as if nothing had been late [our choice; AWS mints the id when it writes, and has that moment
    as the eventTime of the PARENT's event and as lastModifiedTime: §7.2].
 3. But an event of the kinds that AWS writes with CreateTimelineEvent, all but SSM Incident Record Update, has the
    time when it appears as its eventUpdatedTime; its eventTime stays that of the call [observed §7.2].
 4. Until it has appeared, an effect is not there for any operation. What users give is there at once: the record and
    its lastModifiedTime, items and events of their own, tags [observed 6.12; assumption].
 5. What belongs to an incident that is gone by then does not appear [assumption].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeim.service.state import whole

if TYPE_CHECKING:
    from fakeim.service.state import Position, Record, Table
    from fakeim.service.world import World

APPEARANCE = "appearance"


def show(world: World, table: Table, position: Position, record: Record, incident: str, *, stamp: str = "") -> None:
    """Store ``record`` of the incident whose ARN is ``incident`` in ``table``, now or when it is time.

    ``stamp`` is the member that is to have the time at which it appears, if one is (rule 3).
    """
    delay = world.effects.delay
    if not delay:
        table.put(position, record)
        return
    effect = {"table": table.kind, "position": position, "record": record, "incident": incident, "stamp": stamp}
    world.schedule(APPEARANCE, f"{table.kind} {position[3]}", world.now + delay, effect)


def appear(world: World, effect: Record) -> None:
    """Store what ``show`` has put off (rule 3)."""
    stamp = {effect["stamp"]: world.time()} if effect["stamp"] else {}
    world.state.kinds()[effect["table"]].put(effect["position"], effect["record"] | stamp)


def forget(world: World, incident: str) -> None:
    """Let nothing more appear of the incident whose ARN is ``incident`` (rule 5)."""
    schedule = world.state.schedule
    for position, effect in list(whole(schedule).rows()) if len(schedule) else ():
        if effect.get("incident") == incident:
            schedule.drop(position[3])
