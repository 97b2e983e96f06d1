"""Pages, for every list operation alike.

Rules, and what they rest on:
 1. A page has at most maxResults elements; by default as many as maxResults may be at most [assumption: 17.26].
 2. A token marks the last element given, so pages neither repeat nor skip what was there all along while other
    elements come and go [assumption, §12.2].
 3. A token holds for its account, its operation and its other parameters, maxResults aside, and for 24 hours;
    anything else is a ValidationException [assumption: 17.7]. An empty token asks for the first page [assumption].
 4. A token is given when there is more; without more there is none [documented §12.2]. (AWS was once seen to give
    one with nothing behind it: §5.4.)
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import islice
from typing import TYPE_CHECKING, Any
from zlib import crc32

from fakeim.service import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeim.service.state import Listing, Position, Record
    from fakeim.service.world import World
    from fakeim.spec.api import Pagination

LIFETIME = 24 * 60 * 60 * 1000
"""Milliseconds for which a token holds (rule 3)."""


def page(world: World, params: Mapping[str, Any], listing: Listing, rules: Pagination) -> Record:
    """Give the page of ``listing`` that ``params`` ask for, its elements as they are stored."""
    token = params.get(rules.input_token)
    after = (listing.low[0], *_read_token(world, params, rules, token)) if token else None
    size = params.get(rules.limit_key, rules.largest_page)
    rows = list(islice(listing.rows(after), size + 1))
    member = listing.member
    listed = [record if member is None else record[member] for _, record in rows[:size]]
    answer: Record = {rules.result_key: listed}
    if len(rows) > size:
        answer[rules.output_token] = _make_token(world, params, rules, rows[size - 1][0])
    return answer


def _make_token(world: World, params: Mapping[str, Any], rules: Pagination, last: Position) -> str:
    return _written(last[1], last[2], world.now, _fingerprint(world, params, rules))


def _written(*numbers: int) -> str:
    content = ".".join(map(str, numbers))
    return urlsafe_b64encode(f"{content}.{crc32(content.encode())}".encode()).decode()


def _read_token(world: World, params: Mapping[str, Any], rules: Pagination, token: str) -> tuple[int, int]:
    try:
        time, number, made, fingerprint, _checksum = map(int, urlsafe_b64decode(token.encode()).decode().split("."))
    except ValueError:  # not ASCII, not base64, not UTF-8, not five numbers
        raise _bad_token() from None
    if token != _written(time, number, made, fingerprint) or fingerprint != _fingerprint(world, params, rules):
        raise _bad_token()
    if world.now > made + LIFETIME:
        raise errors.validation("The nextToken has expired; start again from the first page.")
    return time, number


def _fingerprint(world: World, params: Mapping[str, Any], rules: Pagination) -> int:
    request = sorted((name, repr(value)) for name, value in params.items() if name not in rules[:3])
    return crc32(repr((world.account_id, world.operation, request)).encode(errors="surrogatepass"))


def _bad_token() -> errors.ServiceError:
    return errors.validation("Invalid nextToken: pass the token of the page before, with the same parameters.")
