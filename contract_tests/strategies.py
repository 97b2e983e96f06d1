"""Requests for the contract tests: those of ``fakeim.testing``, by operation, and what only these tests break."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from fakeim.testing.broken import Break, by_the_client, by_the_service, wrong
from fakeim.testing.shapes import largest, moments, mostly, of_size, timestamps, valid

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from fakeim.spec.api import Operation
    from fakeim.testing.shapes import Pool

__all__ = [
    "Break",
    "broken",
    "broken_members",
    "largest",
    "moments",
    "mostly",
    "of_size",
    "refused",
    "requests",
    "timestamps",
    "valid",
    "wrong",
]


def requests(operation: Operation, pool: Pool | None = None) -> SearchStrategy[dict[str, Any]]:
    """Make valid parameters of ``operation``."""
    return valid(operation.input, pool)


def broken(operation: Operation) -> SearchStrategy[Break]:
    """Break one constraint of the service in otherwise valid parameters of ``operation``."""
    return by_the_service(operation.input)


def broken_members(operation: Operation) -> SearchStrategy[dict[str, Break]]:
    """Break one constraint of the service in each of one or more members of the parameters of ``operation``."""
    breaks = {name: by_the_service(member) for name, member in operation.input.members.items()}
    return st.fixed_dictionaries({}, optional={n: b for n, b in breaks.items() if not b.is_empty}).filter(bool)


def refused(operation: Operation) -> SearchStrategy[dict[str, Any]]:
    """Make parameters of ``operation`` in which one thing is such that botocore's client does not send them."""
    return by_the_client(operation.input).map(lambda found: found.value).filter(lambda value: isinstance(value, dict))
