"""All boto3 and aiobotocore clients of this process, while a mock is active: their calls are answered by a fake.

To catch the clients that other code makes, or made long ago, what ``replacements`` lists is replaced while a mock is
active, and put back exactly; a call that is still under way when the last mock ends keeps it, inert for all other
calls, until it is done. What other tools have put there since stays (``patches``). Clients themselves are left as they
are.

``broken()`` says in plain words what a release of botocore has moved.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fakeim.clients.active_mocks import ActiveMocks, Answering
from fakeim.clients.patches import Patch
from fakeim.clients.replacements import region_replacement, replacements
from fakeim.spec.api import once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fakeim.clients.replacements import Replacement


class Interception:
    """What is patched while mocks are active, and the way that calls take meanwhile."""

    def __init__(self) -> None:
        self.mocks = ActiveMocks(self._restore)
        self._patches: dict[tuple[Any, str], Patch] = {}

    def push(self, answering: Answering) -> None:
        """Let ``answering`` take all calls, until it is removed or another one is pushed."""
        with self.mocks.lock:
            if not self.mocks:
                try:
                    self._patch()
                except BaseException:
                    self._restore()
                    raise
            self.mocks.push(answering)

    def remove(self, answering: Answering) -> None:
        """Let ``answering`` take no more calls; after the last one, leave everything as it was."""
        with self.mocks.lock:
            self.mocks.remove(answering)
            self._restore()

    def block(self) -> None:
        """Let no request for the service leave this machine, until ``unblock``, whether a mock is active or not."""
        with self.mocks.lock:
            self._patch()
            self.mocks.blocking += 1

    def unblock(self) -> None:
        """End what one ``block`` began."""
        with self.mocks.lock:
            self.mocks.blocking -= 1
            self._restore()

    @contextmanager
    def region(self, name: str) -> Iterator[None]:
        """Provide a Region for clients for which nothing else names one, also while no mock is active."""
        replacement = region_replacement()
        with self.mocks.lock:
            self._apply([replacement])
            before, self.mocks.usual_region = self.mocks.usual_region, name
        try:
            yield
        finally:
            with self.mocks.lock:
                self.mocks.usual_region = before
                self._restore()

    # -- patches

    def _patch(self) -> None:
        found, problems = _looked_for()
        if problems:
            raise RuntimeError(
                f"mock_ssm_incidents does not fit the installed botocore: {'; '.join(problems)}. Report this, please; "
                "until then, FakeIncidentManager.boto3_client() and .client() work without patching anything."
            )
        self._apply(found)

    def _apply(self, found: Iterable[Replacement]) -> None:
        for replacement in found:
            place = replacement.owner, replacement.name
            if place not in self._patches:
                self._patches[place] = Patch(*place)
            self._patches[place].apply(partial(replacement.of, self.mocks))

    def _restore(self) -> None:
        """Remove the patches that nobody needs any more."""
        with self.mocks.lock:
            if not self.mocks.idle:
                return
            needed = {region_replacement()[:2]} if self.mocks.usual_region else set()
            for place in self._patches.keys() - needed:
                self._patches[place].remove()


@once
def interception() -> Interception:
    """Give the one interception of this process: what it patches is the process's."""
    made = Interception()
    if hasattr(os, "register_at_fork"):  # Windows has none
        lock = made.mocks.lock  # no other thread may hold it then, because the child would never release it
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=made.mocks.forked)
    return made


def broken() -> list[str]:
    """Describe what of botocore is not where this module looks for it; empty if all is well."""
    return _looked_for()[1]


def _looked_for() -> tuple[list[Replacement], list[str]]:
    try:
        import_module("fakeim.clients.at_call")
        found = replacements()
    except (ImportError, AttributeError) as error:
        return [], [f"botocore has moved what fakeim patches: {error}"]
    return found, [f"{owner.__name__} has no {name} of its own" for owner, name, _ in found if name not in vars(owner)]
