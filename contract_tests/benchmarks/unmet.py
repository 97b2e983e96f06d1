"""Why a goal is not met, and what it would take; told below the table of a run that does not meet it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WHY: Mapping[str, str] = {}
