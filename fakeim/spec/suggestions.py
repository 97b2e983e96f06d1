"""What a mistyped name may have meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Give the end of a message about an unknown ``name``: the nearest of those that are known, or all of them."""
    names = list(known)
    simplified = {_simple(each): each for each in names}
    near = get_close_matches(_simple(name), simplified, n=1)
    return f"; did you mean {simplified[near[0]]}?" if near else f": there are {', '.join(names) or 'none'}"


def _simple(name: str) -> str:
    """Give ``name`` without what sets boto3's spelling apart from the API's."""
    return name.lower().replace("_", "")
