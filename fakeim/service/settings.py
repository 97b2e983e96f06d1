"""What a test has set in an account that is otherwise by default, in words: it may be why a call went as it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fakeim.service.dispatch import Dispatcher


def settings(account: Dispatcher) -> Iterator[str]:
    """Tell of each setting in a line; of none where all is as in a new account. Faults are told by themselves."""
    world, admission = account.world, account.admission
    if not world.can_onboard:
        yield "CreateReplicationSet is refused: the account cannot be onboarded"
    if world.transitions.delay:
        yield f"changes of the replication set end {world.transitions}"
    yield from (f"the next change of {region} fails" for region in world.transitions.failing)
    if world.effects.delay:
        yield f"what the service adds to incidents appears {world.effects}"
    yield from world.consistency.told()
    yield from world.pagination.told()
    yield from (repr(each).strip("<>") for each in admission.iam)
    yield from world.quotas.told()
    yield from (repr(each).strip("<>") for each in (*admission.shares.lent, *admission.shares.borrowed))
    if world.unreadable_secrets:
        yield f"secrets that cannot be read: {', '.join(sorted(world.unreadable_secrets))}"
