"""Chat channels, as response plans and incidents keep them.

Rule: ``{"empty": {}}`` takes the chat channel away [observed 5.21]; what has none shows no ``chatChannel``
[assumption: 17.14, where AWS may also show the empty one].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakeim.service.state import Record


def without_empty_chat_channel(record: Record) -> Record:
    """Give ``record``, its members in alphabetical order, without a chat channel that says there is none."""
    left_out = "chatChannel" if "empty" in record.get("chatChannel", ()) else None
    return {name: record[name] for name in sorted(record) if name != left_out}
