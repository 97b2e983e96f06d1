"""All boto3 and aiobotocore clients of this process, while a mock is active: their calls are answered by a fake.

To catch the clients that other code makes, or made long ago, what ``replacements`` lists is replaced while a mock is
active, and put back exactly; a call that is still under way when the last mock ends keeps it, inert for all other
calls, until it is done. Clients themselves are left as they are.

``broken()`` says in plain words what a release of botocore has moved.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakeim.clients.active_mocks import ActiveMocks, Answering
from fakeim.clients.replacements import replacements
from fakeim.spec.api import once

if TYPE_CHECKING:
    from collections.abc import Callable

_PROFILES = {"AWS_CONFIG_FILE": "~/.aws/config", "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials"}
"""Where profiles are: the variables that name the files, and the files by default."""


class Interception:
    """What is patched while mocks are active, and the way that calls take meanwhile."""

    def __init__(self) -> None:
        self.mocks = ActiveMocks()
        self._patched: list[tuple[Any, str, Any]] = []
        self._environment: dict[str, str] = {}

    def push(self, answering: Answering) -> None:
        """Let ``answering`` take all calls, until it is removed or another one is pushed."""
        with self.mocks.lock:
            if not self.mocks:
                try:
                    self._patch()
                    self._set_environment(answering.region)
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

    # -- calls

    def take(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Give what stands in the place of a client's ``_make_api_call``, ``original``."""
        from fakeim.clients.at_call import answer_at_call  # noqa: PLC0415 - it imports a good part of botocore

        mocks = self.mocks

        def make_api_call(client: Any, operation: str, params: dict[str, Any]) -> Any:
            answering = mocks.answering(client)
            if answering is not None and answering.at_call:
                return answer_at_call(mocks.record(client, answering), client, operation, params)
            call = mocks.begin(client, answering)
            try:
                return original(client, operation, params)
            finally:
                if mocks.end(call):
                    self._restore()

        return make_api_call

    def take_async(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Give the same for a client of aiobotocore."""
        mocks = self.mocks

        async def make_api_call(client: Any, operation: str, params: dict[str, Any]) -> Any:
            call = mocks.begin(client, mocks.answering(client))
            try:
                return await original(client, operation, params)
            finally:
                if mocks.end(call):
                    self._restore()

        return make_api_call

    # -- patches

    def _patch(self) -> None:
        if self._patched:  # a call of an earlier mock is still under way
            return
        problems = broken()
        if problems:
            raise RuntimeError(
                f"mock_ssm_incidents does not fit the installed botocore: {'; '.join(problems)}. Report this, please; "
                "until then, FakeIncidentManager.boto3_client() and .client() work without patching anything."
            )
        for owner, name, replacement in replacements(self.mocks, self.take, self.take_async):
            self._patched.append((owner, name, owner.__dict__[name]))
            setattr(owner, name, replacement)

    def _restore(self) -> None:
        """Put back what nobody needs any more."""
        if not self._patched and not self._environment:
            return
        with self.mocks.lock:
            if not self.mocks:
                self._restore_environment()
            if self.mocks.idle:
                self._restore_patches()

    def _restore_patches(self) -> None:
        for owner, name, original in reversed(self._patched):
            setattr(owner, name, original)
        self._patched.clear()

    def _set_environment(self, region: str) -> None:
        """Let clients be made where nothing is configured, without asking a machine's metadata for credentials."""
        wanted = {"AWS_EC2_METADATA_DISABLED": "true"}
        # A variable would win over the Regions of all profiles, so it is set only where none has one.
        if not any(_has_region(variable, path) for variable, path in _PROFILES.items()):
            wanted["AWS_DEFAULT_REGION"] = region
        self._environment = {name: value for name, value in wanted.items() if name not in os.environ}
        os.environ.update(self._environment)

    def _restore_environment(self) -> None:
        for name, value in self._environment.items():
            if os.environ.get(name) == value:  # otherwise somebody has set it since, and it is theirs
                del os.environ[name]
        self._environment.clear()


@once
def interception() -> Interception:
    """Give the one interception of this process: what it patches is the process's."""
    made = Interception()
    if hasattr(os, "register_at_fork"):  # Windows has none
        lock = made.mocks.lock  # which no other thread may hold then, for in the child it would hold it for ever
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=made.mocks.forked)
    return made


def broken() -> list[str]:
    """Say what of botocore is not where this module looks for it; nothing, when all is well."""
    try:
        import_module("fakeim.clients.at_call")
        found = replacements(ActiveMocks(), lambda call: call, lambda call: call)
    except (ImportError, AttributeError) as error:
        return [f"botocore has moved what fakeim patches: {error}"]
    return [f"{owner.__name__} has no {name} of its own" for owner, name, _ in found if name not in owner.__dict__]


def _has_region(variable: str, path: str) -> bool:
    """Say whether a profile in a file, which an environment variable may name, has a Region."""
    with suppress(OSError, RuntimeError, ValueError):  # no such file, no home folder, not ours to look into, no text
        text = Path(os.environ.get(variable, path)).expanduser().read_text(encoding="utf-8")
        return bool(re.search(r"^region\s*=", text, re.MULTILINE))
    return False
