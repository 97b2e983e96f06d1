"""Pages, for every list operation alike.

Rules, and what they rest on:
 1. A page has at most maxResults elements; by default as many as maxResults may be at most [assumption: 17.26].
    The account's ``pagination`` may make pages smaller, or empty.
 2. A token marks the last element given, so pages neither repeat nor skip what was there all along while other
    elements come and go [assumption, §12.2].
 3. A token holds for its account, its operation and its other parameters, maxResults aside, and for 24 hours, unless
    ``pagination`` says otherwise; anything else is a ValidationException [assumption: 17.7]. An empty token asks for
    the first page [assumption].
 4. A token is given when there is more; without more there is none [documented §12.2]. (AWS was once seen to give
    one with nothing behind it: §5.4. So does ``pagination``, if asked to.)
 5. A token knows the number of its page; whether that is an empty one, ``pagination`` says when it is asked for [our
    choice].
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import islice
from typing import TYPE_CHECKING, Any
from zlib import crc32

from fakeim.service import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeim.service.state import Listing, Record
    from fakeim.service.world import World
    from fakeim.spec.api import Pagination

BEGINNING = 0
"""In place of the last element's moment: no element has the number 0."""


def page(world: World, params: Mapping[str, Any], listing: Listing, rules: Pagination) -> Record:
    """Give the page of ``listing`` that ``params`` ask for, its elements as the rows that are stored."""
    settings, token = world.pagination, params.get(rules.input_token)
    start, number = _read_token(world, params, rules, token) if token else (BEGINNING, 1)
    size = params.get(rules.limit_key, rules.largest_page)
    most = settings.page_size
    if most is not None:
        size = min(size, most)
    after = None if start == BEGINNING else (listing.low[0], start)
    rows = list(islice(listing.stored(after), size + 1))
    given = rows[:size]
    if settings.empty_pages and settings.is_empty(number):
        given = []
    answer: Record = {rules.result_key: given}
    if len(rows) > len(given) or (given and "last" in settings.empty_pages):
        last = given[-1][1] if given else start
        answer[rules.output_token] = _token(world, params, rules, last, number + 1, world.now, settings.epoch)
    return answer


def _token(world: World, params: Mapping[str, Any], rules: Pagination, *numbers: int) -> str:
    """Write the ``numbers`` that a token is made of, sealed for the account, the operation and its other parameters."""
    of_pages, (last, number, made, epoch) = rules[:3], numbers
    content = f"{last}.{number}.{made}.{epoch}"
    request = {name: value for name, value in params.items() if name not in of_pages}  # in the model's order: codec
    sealed = repr((world.account_id, world.operation, request, content)).encode(errors="surrogatepass")
    return urlsafe_b64encode(f"{content}.{crc32(sealed)}".encode()).decode()


def _read_token(world: World, params: Mapping[str, Any], rules: Pagination, token: str) -> tuple[int, int]:
    """Give the moment of the last element, and the number of the page that the token asks for."""
    try:
        numbers = [int(each) for each in urlsafe_b64decode(token.encode()).decode().split(".")]
        last, number, made, epoch, _seal = numbers
    except ValueError:  # not ASCII, not base64, not UTF-8, not five numbers
        raise _bad_token() from None
    if token != _token(world, params, rules, *numbers[:-1]):
        raise _bad_token()
    if world.now > made + world.pagination.lifetime or epoch != world.pagination.epoch:
        raise errors.validation("The nextToken has expired; start again from the first page.")
    return last, number


def _bad_token() -> errors.ServiceError:
    return errors.validation("Invalid nextToken: pass the token of the page before, with the same parameters.")
