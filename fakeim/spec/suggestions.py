"""What a mistyped name may have meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


MOST_LISTED = 40


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Give the end of a message about an unknown ``name``: the nearest of those that are known, or all, if not many."""
    names = list(known)
    lowered = {each.lower(): each for each in names}
    near = get_close_matches(name.lower(), lowered, n=1)
    if near:
        return f"; did you mean {lowered[near[0]]}?"
    return f": there are {', '.join(names) or 'none'}" if len(names) <= MOST_LISTED else ""
