"""Takes out of answers what is nobody's business, and looks once more before anything is written for others.

``names`` has turned the run's own names and account back already. What can be left are other accounts' numbers and
principals, access keys, addresses, and page tokens. Nothing of a request's headers is ever kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STAND_INS = ("111122223333", "222233334444", "333344445555", "444455556666", "555566667777", "666677778888")
"""Account numbers of AWS's own documentation, which stand for those that come up."""
HARMLESS = frozenset({*STAND_INS, "123456789012", "999999999999"})
"""Account numbers that tests and traces know."""

_ACCOUNT = re.compile(r"(?<![\w.-])[0-9]{12}(?![\w-])")
_PRINCIPAL = re.compile(r"(arn:aws[a-z-]*:(?:iam|sts|organizations)::[0-9]{12}:[a-z-]+/)[\w+=,.@/-]+")
"""Principals, and the policies that messages of AccessDeniedException name."""
_KNOWN_PRINCIPAL = re.compile(r"principal-[0-9]+|fakeimx*").fullmatch
_KEY = re.compile(r"\b(?:A3T[A-Z0-9]|ABIA|ACCA|AGPA|AIDA|AIPA|AKIA|ANPA|ANVA|APKA|AROA|ASCA|ASIA)[A-Z0-9]{12,}\b")
_ADDRESS = re.compile(r"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.])")


class LeakFound(Exception):  # noqa: N818 - it says what happened
    """Something that must not be in a file for others was in it; the message says where, and what kind it is."""


class Redactor:
    """Replaces what was not asked about; the same thing by the same stand-in."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def redact(self, value: Any, member: str = "") -> Any:
        """Give a JSON value without what is nobody's business; ``member`` is the name that it has."""
        if isinstance(value, dict):
            return {name: self.redact(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [self.redact(each, member) for each in value]
        if not isinstance(value, str):
            return value
        return (
            self._known.setdefault(value, f"token-{len(self._known) + 1}")
            if member == "nextToken"
            else self._text(value)
        )

    def _text(self, text: str) -> str:
        text = _PRINCIPAL.sub(self._principal, text)
        text = _ACCOUNT.sub(self._account, text)
        text = _KEY.sub("AKIAREDACTED", text)
        return _ADDRESS.sub("203.0.113.1", text)

    def _principal(self, found: re.Match[str]) -> str:
        if _KNOWN_PRINCIPAL(found[0].removeprefix(found[1])):
            return found[0]
        return self._known.setdefault(found[0], f"{found[1]}other-{len(self._known) + 1}")

    def _account(self, found: re.Match[str]) -> str:
        number = found[0]
        if number in HARMLESS:
            return number
        taken = sum(each in STAND_INS for each in self._known.values())
        return self._known.setdefault(number, STAND_INS[taken % len(STAND_INS)])


def check(text: str, secrets: Mapping[str, str]) -> None:
    """See that a text for others holds no secret.

    Args:
        text: All that would be written.
        secrets: What must not be in it, by what it is.

    Raises:
        LeakFound: Something is. The message does not repeat it.
    """
    found = [
        f"line {number}: {what}" for number, line in enumerate(text.splitlines(), 1) for what in _leaks(line, secrets)
    ]
    if found:
        raise LeakFound(f"nothing was written, for it would have told {'; '.join(found[:5])}. Please report this.")


def _leaks(line: str, secrets: Mapping[str, str]) -> Iterator[str]:
    for what, secret in secrets.items():
        if secret.lower() in line.lower():
            yield what
    if any(number not in HARMLESS for number in _ACCOUNT.findall(line)):
        yield "an account's number"
    if _KEY.search(line):
        yield "an access key"
