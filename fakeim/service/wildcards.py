"""Patterns of IAM's policies: ``*`` stands for any text, ``?`` for any character.

They are matched in time linear in the text for each of their parts: the text between two stars is looked for from
where the one before it was found, and a first place that fits is never given up. So no pattern, however it is made,
can take long.

Rule: in the pattern of an ARN a star reaches beyond a colon in the last of the six parts only [documented: IAM's
element Resource].
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Matches = Callable[[str], bool]

ARN_PARTS = 6


def matcher(pattern: str) -> Matches:
    """Compile ``pattern`` to a function that says whether a text fits it, the case of letters included."""
    first, *others = pattern.split("*")
    if not others:
        return _exactly(first)
    start, *middle, end = _literal(first), *map(_literal, filter(None, others[:-1])), _literal(others[-1])
    shortest, tail = len(pattern) - len(others), len(others[-1])

    def matches(text: str) -> bool:
        if len(text) < shortest or not start.match(text) or not end.match(text, len(text) - tail):
            return False
        at = len(first)
        for part in middle:
            found = part.search(text, at, len(text) - tail)
            if found is None:
                return False
            at = found.end()
        return True

    return matches


def arn_matcher(pattern: str) -> Matches:
    """Compile the pattern of an ARN, whose parts are compared one by one; one of fewer parts is compared as a whole."""
    parts = pattern.split(":", ARN_PARTS - 1)
    if len(parts) < ARN_PARTS:
        return matcher(pattern)
    compiled = [matcher(part) for part in parts]

    def matches(text: str) -> bool:
        given = text.split(":", ARN_PARTS - 1)
        return len(given) == ARN_PARTS and all(fits(part) for fits, part in zip(compiled, given, strict=True))

    return matches


def _exactly(pattern: str) -> Matches:
    whole = _literal(pattern)
    return lambda text: whole.fullmatch(text) is not None


def _literal(part: str) -> re.Pattern[str]:
    return re.compile(re.escape(part).replace(r"\?", "."), re.DOTALL)
