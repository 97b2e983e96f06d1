"""Identifiers as AWS mints them, from one seed.

Rules, and what they rest on:
 1. Incident, event, finding, replication set and default dedupeString: 8-4-4-4-12 lowercase hex; the first byte is
    even, the next five are ``floor(epoch_ms / 2)``, the other ten are random [observed 2.5, 2.6].
 2. policyId: 32 lowercase hex [observed 2.8]. generatedId: ``related-item/TYPE/`` and 32 uppercase hex
    [observed 2.9]. OpsItem: ``oi-`` and 12 hex [observed 2.11].
 3. Equal seeds give equal ids for equal writes; reads draw nothing, so they do not shift the ids [our choice].
"""

from __future__ import annotations

from hashlib import md5
from typing import Any, Protocol


class Bits(Protocol):
    """A source of random bits, which can go back."""

    def getrandbits(self, bits: int, /) -> int:
        """Give a number of at most ``bits`` random bits."""
        ...

    def place(self) -> Any:
        """Say where it stands."""
        ...

    def move_to(self, place: Any, /) -> None:
        """Stand where it stood, and give the same again."""
        ...


_FORTY_BITS = (1 << 40) - 1
_FIRST_BYTES = tuple(f"{2 * number:02x}" for number in range(128))


class Ids:
    """Mints the identifiers of one fake account from ``source``."""

    def __init__(self, source: Bits) -> None:
        self._bits = source.getrandbits
        self._moment = (-1, "")
        self.mark, self.rewind = source.place, source.move_to
        """What says which ids come next, and what lets these come again: for a call that is refused in the end."""

    def timed(self, now: int) -> str:
        """Mint an id that carries the moment ``now`` (milliseconds since the epoch) [observed 2.6]."""
        moment, digits = self._moment
        if moment != now:  # written once a call: a start mints four
            digits = f"{now // 2 & _FORTY_BITS:010x}"
            digits = f"{digits[:6]}-{digits[6:]}"
            self._moment = (now, digits)
        chance = self._bits(87)
        rest = chance.to_bytes(11, "big").hex()  # a third faster than formatting the number
        return f"{_FIRST_BYTES[chance >> 80]}{digits}-{rest[2:6]}-{rest[6:10]}-{rest[10:]}"

    def policy(self) -> str:
        """Mint the id of a resource policy [observed 2.8]."""
        return f"{self._bits(128):032x}"

    def related_item(self, item_type: str, content: str) -> str:
        """Mint the generatedId of a related item of ``item_type`` [observed 2.9]: equal for equal ``content``."""
        digest = md5(content.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()
        return f"related-item/{item_type}/{digest.upper()}"

    def ops_item(self) -> str:
        """Mint the id of an OpsItem [observed 2.11]."""
        return f"oi-{self._bits(48):012x}"
