"""Whether an answer is the one that was seen, and if not, where and in what they differ, in words.

What cannot be equal on two sides is compared by what it is (users' names, words and numbers can, and must be):

* ids, account numbers, principals and page tokens by *bijective renaming* within their kind: what is the same there
  is the same here, and what differs there differs here. They are found by their form, also within ARNs and other
  texts; only values are looked at, never the names of members. What both sides were told is not renamed.
* times by kind (whole seconds or not), order, and distance: both sides' clocks may differ, but always by the same.
* everything else by equality; lists in their order.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from fakeim.parity.transcripts import pointed, symbol
from fakeim.spec.api import load_api

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fakeim.parity.transcripts import Answer, Step
    from fakeim.spec.api import Shape

TOLERANCE = timedelta(seconds=5)
"""How far the distance of two times may differ. AWS does within 2.4 s what the fake does at once (catalogue §12.3)."""

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_FORMS = {
    "principal": r"arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:(?:user|assumed-role|federated-user)/[\w+=,.@/-]+",
    "id": rf"(?<![0-9a-f-]){_UUID}(?![0-9a-f-])",
    "OpsItem": r"\boi-[0-9a-f]{12}\b",
    "related item": r"(?<=/)[0-9A-F]{32}\b",
    "policy id": r"\b[0-9a-f]{32}\b",
    "account": r"(?<=:)[0-9]{12}(?=:)",
}
_RENAMED = re.compile("|".join(f"(?P<{kind.replace(' ', '_')}>{form})" for kind, form in _FORMS.items()))
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}([.][0-9]+)?(Z|[+-][0-9:]{5})").fullmatch
_ABSENT = object()


class Difference(NamedTuple):
    """One place where an answer is not what was seen: a JSON pointer into its body (or status, error, a header)."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Matcher:
    """Compares the answers of one transcript, step by step: it remembers what has been called what."""

    def __init__(self) -> None:
        self._there: dict[tuple[str, str], str] = {}
        self._here: dict[tuple[str, str], str] = {}
        self._times: list[tuple[datetime, datetime]] = []
        self._told_times: set[datetime] = set()
        self._answers: dict[str, Mapping[str, Any]] = {}

    def compare(self, step: Step, answer: Answer) -> list[Difference]:
        """Give every difference between the answer that ``step`` expects, if it does, and ``answer``."""
        expected = step.expect
        if expected is None:
            return []
        self._told(step.request)
        found = [
            *(_unequal("status", expected.status, answer.status) if expected.status else ()),
            *_unequal("error", expected.error, answer.error),
        ]
        for name, value in expected.headers.items():
            found += _unequal(f"header {name}", _code(value), _code(answer.headers.get(name)))
        if expected.error == answer.error:
            found += self._inside("", expected.body, answer.body, _shape(step, answer), partial=step.partial)
        self._answers[step.id] = answer.body
        return found

    def _told(self, request: Any) -> None:
        """Keep what the request says literally: both sides were told the same."""
        if isinstance(request, str):
            self._told_times.update(_moments(request))
            for kind, name in _names(request):
                self._there.setdefault((kind, name), name)
                self._here.setdefault((kind, name), name)
        elif isinstance(request, dict | list) and not symbol(request):
            for each in request.values() if isinstance(request, dict) else request:
                self._told(each)

    # -- one value

    def _inside(self, where: str, there: Any, here: Any, shape: Shape | None, *, partial: bool) -> Iterator[Difference]:
        reference = symbol(there)
        if reference and reference[0] == "$ref":
            yield from self._same_as(where, reference[1], here)
        elif isinstance(there, dict) and isinstance(here, dict):
            yield from self._members(where, there, here, shape, partial=partial)
        elif isinstance(there, list) and isinstance(here, list):
            if len(there) != len(here):
                yield Difference(where, f"{len(there)} elements in the transcript, {len(here)} here")
            for index, (left, right) in enumerate(zip(there, here, strict=False)):
                yield from self._inside(f"{where}/{index}", left, right, shape and shape.element, partial=partial)
        elif isinstance(there, str) and isinstance(here, str):
            yield from self._text(where, there, here, shape)
        else:
            yield from _unequal(where, there, here)

    def _members(
        self, where: str, there: dict[str, Any], here: dict[str, Any], shape: Shape | None, *, partial: bool
    ) -> Iterator[Difference]:
        names = there if partial else there | here
        for name in names:
            left, right = there.get(name), here.get(name, _ABSENT)
            inner = shape and (shape.members.get(name) or shape.element)
            place = f"{where}/{name}"
            if left is None:  # in a transcript, null is absence, as on the wire (catalogue 1.9)
                yield from (
                    () if right is _ABSENT else [Difference(place, f"absent in the transcript, {_shown(right)} here")]
                )
            elif right is _ABSENT:
                yield Difference(place, f"{_shown(left)} in the transcript, absent here")
            else:
                yield from self._inside(place, left, right, inner, partial=partial)

    def _same_as(self, where: str, reference: str, here: Any) -> Iterator[Difference]:
        step_id, _, pointer = reference.partition("#")
        try:
            there = pointed(self._answers[step_id], pointer)
        except LookupError:
            yield Difference(where, f"should be what stands at {reference}, but nothing does")
            return
        if there != here:
            yield Difference(where, f"should be what stands at {reference}, {_shown(there)}, and is {_shown(here)}")

    def _text(self, where: str, there: str, here: str, shape: Shape | None) -> Iterator[Difference]:
        if shape and shape.type == "timestamp":
            yield from self._time(where, there, here)
        elif shape and shape.name == "NextToken":
            yield from self._name(where, "page token", there, here)
        elif _pattern(there) != _pattern(here):
            yield from _unequal(where, there, here)
        else:
            for (kind, left), (_, right) in zip(_names(there), _names(here), strict=True):
                yield from self._name(where, kind, left, right)

    def _name(self, where: str, kind: str, there: str, here: str) -> Iterator[Difference]:
        """Compare by renaming: one name there for one name here, within a kind."""
        as_here = self._there.setdefault((kind, there), here)
        as_there = self._here.setdefault((kind, here), there)
        if as_here != here:
            yield Difference(where, f"the {kind} {there} has been {as_here} here before, and is now {here}")
        elif as_there != there:
            yield Difference(where, f"the {kind} {here} stood for {as_there} before, and now for {there}")

    def _time(self, where: str, there: str, here: str) -> Iterator[Difference]:
        left, right = datetime.fromisoformat(there), datetime.fromisoformat(here)
        if left in self._told_times:
            yield from _unequal(where, there, here)
            return
        if bool(left.microsecond) != bool(right.microsecond):
            yield Difference(where, f"only one of {there} in the transcript and {here} here is a whole second")
        yield from _disorder(where, (left, right), self._times)
        first_left, first_right = self._times[0] if self._times else (left, right)
        there_after, here_after = left - first_left, right - first_right
        if abs(there_after - here_after) > TOLERANCE:
            yield Difference(where, f"{there_after} from the first time in the transcript, {here_after} here")
        self._times.append((left, right))


# -- parts


def _shape(step: Step, answer: Answer) -> Shape | None:
    api = load_api()
    if answer.error is None:
        return api.operations[step.operation].output
    return api.shape(answer.error) if answer.error in api.error_statuses else None


def _moments(text: str) -> Iterator[datetime]:
    if _ISO(text):
        with suppress(ValueError):  # a month 13
            yield datetime.fromisoformat(text)


def _disorder(
    where: str, pair: tuple[datetime, datetime], earlier: list[tuple[datetime, datetime]]
) -> Iterator[Difference]:
    """Say if two times that were equal there, or one before the other, are not so here; once."""
    left, right = pair
    for other_left, other_right in earlier:
        if left == other_left and right != other_right:
            yield Difference(
                where, f"the same time as another in the transcript, here {abs(right - other_right)} apart"
            )
            return
        if (left - other_left) * (right - other_right).total_seconds() < timedelta(0):
            yield Difference(
                where, f"in the transcript and here, {left:%FT%TZ} and {other_left:%FT%TZ} have opposite orders"
            )
            return


def _names(text: str) -> list[tuple[str, str]]:
    """Give what is renamed in ``text``: kinds and names."""
    return [(str(found.lastgroup).replace("_", " "), found[0]) for found in _RENAMED.finditer(text)]


def _pattern(text: str) -> str:
    """Give ``text`` with a kind in place of each name that is renamed."""
    return _RENAMED.sub(lambda found: f"\0{found.lastgroup}\0", text)


def _code(header: str | None) -> str | None:
    """Give a header's value, of an error type the code alone: some services put an address behind it."""
    return header.partition(":")[0] if header else header


def _unequal(where: str, there: Any, here: Any) -> Iterator[Difference]:
    if there != here or isinstance(there, bool) != isinstance(here, bool):
        yield Difference(where, f"{_shown(there)} in the transcript, {_shown(here)} here")


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 300 else f"{text[:300]}… ({len(text)} characters)"  # noqa: PLR2004 - a few lines
