"""Whose call it is: signatures are never verified, but the access key that signed chooses the account.

Rules, and what they rest on:
 1. An access key that was named has the account that it was named for; all others, and calls without a signature,
    have the first one [assumption: a test names only the keys that differ].
 2. The Region is that of the signature's scope; a signature for many Regions (SigV4A) has none in it [documented:
    SigV4].
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from fakeim.service.dispatch import Dispatcher

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeim.incident_manager import FakeIncidentManager

T = TypeVar("T")

# A made-up access key may have slashes, the parts of the scope have none. IAM's keys have 128 characters at most.
_CREDENTIAL = re.compile(r"Credential=([^,\s]{1,256}?)/[0-9]+/(?:([^/,\s]+)/)?[^/,\s]+/aws4_request").search


class Signature(NamedTuple):
    """What a signature tells of the caller."""

    access_key: str | None
    region: str | None


def signature(authorization: str) -> Signature:
    """Read a header ``Authorization``, whatever it is; nothing is found in one that is no signature of AWS's."""
    found = _CREDENTIAL(authorization)
    return Signature(found[1], found[2]) if found else Signature(None, None)


def named_accounts(accounts: Mapping[str, FakeIncidentManager] | None) -> dict[str, FakeIncidentManager]:
    """Check a user's ``accounts``, access keys and their fakes, and keep them.

    Raises:
        TypeError: It holds something else; the message names it.
    """
    found = dict(accounts or {})
    for access_key, fake in found.items():
        if not isinstance(access_key, str):
            raise TypeError(f"accounts={{{access_key!r}: …}}: give access keys, which are strings")
        if not isinstance(getattr(fake, "_dispatcher", None), Dispatcher):
            raise TypeError(f"accounts={{{access_key!r}: {fake!r}}}: give a FakeIncidentManager for each access key")
    return found


def account_of(access_key: str | None, named: Mapping[str, T], otherwise: T) -> T:
    """Give what stands for the account of ``access_key``; ``None`` is a call without a signature."""
    return named.get(access_key or "", otherwise)
