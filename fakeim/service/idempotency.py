"""Client tokens, for every operation that has one.

Rules, and what they rest on:
 1. A token with the same parameters again gives the first answer again, and no second effect [documented §12.1;
    assumption: the same answer, 17.37], also when what was made is gone by then [assumption].
 2. A used token with other parameters is refused: ConflictException, or ValidationException where the operation
    declares no conflict [assumption: 17.37; in any case never a second effect, 18.2].
 3. A token counts for its operation and account, in all Regions, for 24 hours, or until all data of the account go
    with its replication set [assumption: 17.37].
 4. A failed call does not use up its token [assumption]. An empty token is no token [observed 18.1].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeim.service import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeim.service.state import Record
    from fakeim.service.world import World
    from fakeim.spec.api import Operation

LIFETIME = 24 * 60 * 60 * 1000
"""Milliseconds for which a token is remembered (rule 3)."""


def recall(world: World, operation: Operation, token: str, params: Mapping[str, Any]) -> Record | None:
    """Give the answer that this token got before, or ``None``; refuse it for other parameters."""
    used = world.state.client_tokens
    while (oldest := used.first()) and oldest[0][1] <= world.now:
        used.drop(oldest[0][3])
    seen = used.get(f"{operation.name} {token}")
    if seen is None:
        return None
    if seen["params"] != params:
        raise errors.token_reused(operation.errors, operation.name)
    answer: Record = seen["answer"]
    return answer


def remember(world: World, operation: Operation, token: str, params: Mapping[str, Any], answer: Record) -> None:
    """Keep the answer for a replay."""
    place = world.place(f"{operation.name} {token}", time=world.now + LIFETIME)
    world.state.client_tokens.put(place, {"params": params, "answer": answer})
