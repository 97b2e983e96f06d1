"""Regions and their partitions."""

from __future__ import annotations

from difflib import get_close_matches

from fakeim.spec.regions import PARTITIONS, SERVED


def is_region(name: str) -> bool:
    """Return whether a partition has a Region of this ``name``."""
    return name in PARTITIONS


def partition(region: str) -> str:
    """Return the partition of ``region``."""
    return PARTITIONS.get(region, "aws")


def checked_region(name: str) -> str:
    """Return the name of a Region as a plain string.

    Raises:
        ValueError: No partition has it; with a suggestion.
    """
    problem = unknown_region(name)
    if problem:
        raise ValueError(problem)
    return str.__str__(name)  # of an Enum's member, what it says


def unknown_region(name: object) -> str:
    """Return what is wrong with the name of a Region; nothing if a partition has it."""
    if isinstance(name, str) and is_region(name):
        return ""
    near = get_close_matches(str(name).lower(), PARTITIONS)
    wanted = f"did you mean {' or '.join(near)}?" if near else "expected a name such as 'us-east-1'"
    return f"there is no Region {name!r} in {', '.join(SERVED)}, as the installed botocore lists them; {wanted}"
