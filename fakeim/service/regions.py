"""Regions and their partitions, as far as their names tell."""

from __future__ import annotations

import re
from functools import lru_cache

_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]").fullmatch
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


def is_region(name: str) -> bool:
    """Say whether ``name`` is formed as Regions' names are; which ones AWS has, changes [assumption: 17.9]."""
    return _REGION(name) is not None


@lru_cache
def partition(region: str) -> str:
    """Give the partition that ``region`` belongs to: the service's ARNs know of three (catalogue 2.12)."""
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")
