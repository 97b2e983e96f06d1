"""How lists are cut into pages, where AWS is free to: settings of a test. What pages are is said in ``paging``.

Rules, and what they rest on:
 1. maxResults is the most that a page may have [model: "maximum number of results per page"]; a service may give
    fewer, and a token for the rest.
 2. A page may be empty and yet have a token, or a token may have nothing behind it [observed §5.4, one of the two, at
    the beginning or the end; assumption: between others too, as AWS's other services do].
 3. Tokens hold for some time [assumption: 17.7].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from fakeim.service.clock import duration
from fakeim.service.strict import Strict
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Where: TypeAlias = Literal["first", "between", "last"]
LIFETIME = 24 * 60 * 60 * 1000
"""Milliseconds for which a token holds unless it is said otherwise."""


class Pagination(Strict):
    """How one fake account cuts its lists into pages. By default a page has all that maxResults allows.

    All settings can be changed between two pages of a list: the pages still give all of it, each element once, but
    for the tokens that have expired.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Be as at first."""
        self._page_size: int | None = None
        self._empty_pages: frozenset[Where] = frozenset()
        self._lifetime = LIFETIME
        self._epoch = 0

    @property
    def lifetime(self) -> int:
        """Milliseconds for which a token holds."""
        return self._lifetime

    @property
    def epoch(self) -> int:
        """How often all tokens have been expired."""
        return self._epoch

    @property
    def page_size(self) -> int | None:
        """The most elements that a page has, also where maxResults asks for more; ``None``: no limit of its own."""
        return self._page_size

    @page_size.setter
    def page_size(self, value: int | None) -> None:
        if value is not None and (type(value) is not int or value < 1):
            raise ValueError(f"page_size={value!r}: give a whole number from 1, or None for as many as maxResults asks")
        self._page_size = value

    @property
    def empty_pages(self) -> frozenset[Where]:
        """Where empty pages come in lists that have elements: set to any of "first", "between" and "last".

        The first page, one between any two others, or one behind the last element: the first two have a token.
        """
        return self._empty_pages

    @empty_pages.setter
    def empty_pages(self, value: Iterable[Where]) -> None:
        known = get_args(Where)
        if isinstance(value, str):
            raise TypeError(f"empty_pages={value!r}: give names in a list, as in [{value!r}]")
        chosen = frozenset(value)
        for name in chosen:
            if name not in known:
                raise ValueError(f"empty_pages: there is no {name!r}{did_you_mean(str(name), known)}")
        self._empty_pages = chosen

    def expire_tokens(self, *, after: float | None = None) -> None:
        """Let every token given so far be expired; or let tokens expire ``after`` so many seconds, these too."""
        if after is None:
            self._epoch += 1
        else:
            self._lifetime = duration(after)

    def told(self) -> Iterator[str]:
        """Tell of what is set, each in a line."""
        if self._page_size is not None:
            yield f"pages have {self._page_size} at most"
        if self._empty_pages:
            yield f"lists have empty pages: {', '.join(each for each in get_args(Where) if each in self._empty_pages)}"
        if self.lifetime != LIFETIME:
            yield f"page tokens expire after {self.lifetime / 1000:g} s"

    # -- asked by the service

    def is_empty(self, number: int) -> bool:
        """Say whether the page of this ``number``, from 1, is empty though there are elements left."""
        first, between = "first" in self._empty_pages, "between" in self._empty_pages
        return number % 2 == (1 if first else 0) if between else first and number == 1
