"""A point to which a fake account goes back: its resources, and all that a test can set."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakeim.incident_manager import FakeIncidentManager


class Checkpoint:
    """How ``fake`` is when this is made: what a snapshot keeps, and the settings besides.

    The calls are not kept: a test that counts them counts its own.
    """

    def __init__(self, fake: FakeIncidentManager) -> None:
        self._fake = fake
        self._snapshot = fake.snapshot()
        settings = (fake.clock, fake.transitions, fake.effects, fake.consistency, fake.pagination)
        # With the dispatcher, which counts requests: so that their ids do not tell how many tests there were before.
        dispatcher = fake._dispatcher  # noqa: SLF001 - the two are one package
        admission = dispatcher.admission
        owners = [*settings, fake.quotas, fake.faults, *fake.faults, dispatcher]
        owners += [admission, admission.iam, admission.shares]
        self._settings = [(owner, _copied(vars(owner))) for owner in owners]
        self._unreadable_secrets = set(fake.unreadable_secrets)
        self._mishaps = fake._mishaps.getstate()  # noqa: SLF001

    def restore(self) -> None:
        """Bring it all back, and forget the calls; any number of times."""
        fake = self._fake
        fake.restore(self._snapshot)
        for owner, kept in self._settings:
            vars(owner).update(_copied(kept))
        fake.unreadable_secrets.clear()
        fake.unreadable_secrets.update(self._unreadable_secrets)
        fake._mishaps.setstate(self._mishaps)  # noqa: SLF001
        fake.calls.clear()

    def keep_resources(self) -> None:
        """Keep the resources as they are now, in place of those that were."""
        self._snapshot = self._fake.snapshot()

    def same_resources(self, other: Checkpoint) -> bool:
        """Say whether the account had the same resources at both points."""
        ours, others = self._snapshot.state.tables(), other._snapshot.state.tables()
        return all(table._rows == others[name]._rows for name, table in ours.items())  # noqa: SLF001


def _copied(attributes: dict[str, Any]) -> dict[str, Any]:
    containers = (dict, list, set)  # what an owner changes; all else it replaces
    return {name: copy(value) if isinstance(value, containers) else value for name, value in attributes.items()}
