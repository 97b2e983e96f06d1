"""The outbox: what others would have received of a fake account.

What happens to incidents is kept with the account's state: a failed call has sent nothing, and ``restore`` and
``reset`` bring back what had been sent by then. The events of API calls are made of ``fake.calls``, which costs a call
nothing, and has the failed ones too; so they go as calls go: of very many the last are there, ``fake.calls.clear()``
forgets them, and ``restore`` does not, for the calls have come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeim.inspection import messages
from fakeim.inspection.messages import CHAT, EVENT, NOTIFICATION, PAGE, RUNBOOK, Message
from fakeim.inspection.view import View
from fakeim.spec.api import load_api
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self

    from fakeim.inspection.records import IncidentRecord
    from fakeim.service.dispatch import Dispatcher
    from fakeim.service.outbox import Occasion

ALL = frozenset({CHAT, EVENT, NOTIFICATION, PAGE, RUNBOOK})


class Outbox(View[Message]):
    """What others would have received, in order of time: ``fake.outbox.pages().one().destination``.

    Events of calls that only read are left out, as EventBridge leaves them out for a rule that does not ask for them.
    """

    _noun = "message"

    def __init__(self, account: Dispatcher) -> None:
        self._account = account
        self._kinds = ALL
        self._operations = frozenset(name for name in load_api().operations if not messages.is_read(name))

    def events(self, *operations: str) -> Self:
        """Give what EventBridge would have received: the "AWS API Call via CloudTrail" events.

        Args:
            operations: Those of these calls, reading ones too; without any, those of all calls that do not only read.

        Raises:
            ValueError: There is no such operation.
        """
        known = load_api().operations
        for each in operations:
            if each not in known:
                raise ValueError(f"there is no operation {each!r}{did_you_mean(each, known)}")
        wanted = frozenset(operations) or self._operations
        phrase = f"of {' or '.join(operations)}" if operations else ""
        return self._narrowed(phrase=phrase, _kinds=self._kinds & {EVENT}, _operations=wanted, _noun="event")

    def notifications(self) -> Self:
        """Give what SNS topics that are notification targets would have received."""
        return self._of_kind(NOTIFICATION, "notification")

    def chat(self) -> Self:
        """Give what the topics of chat channels would have received."""
        return self._of_kind(CHAT, "chat message")

    def pages(self) -> Self:
        """Give the pages: whom an incident engaged."""
        return self._of_kind(PAGE, "page")

    def runbooks(self) -> Self:
        """Give the runbooks that were started."""
        return self._of_kind(RUNBOOK, "runbook")

    def to(self, destination: str) -> Self:
        """Give what one destination would have received: an ARN, or a runbook's name."""
        return self._narrowed(keep=lambda message: message.destination == destination, phrase=f"to {destination}")

    def about(self, incident: str | IncidentRecord) -> Self:
        """Give what is about one incident: its ARN, or itself. It may be deleted by now."""
        arn = getattr(incident, "arn", incident)
        return self._narrowed(keep=lambda message: message.incident == arn, phrase=f"about {arn}")

    def saying(self, subject: str) -> Self:
        """Give those with this subject: a detail-type such as ``"SSM Incident Start"``, or an operation.

        Raises:
            ValueError: No message has such a subject; with a suggestion.
        """
        known = [*messages.SUBJECTS, *load_api().operations]
        if subject not in known:
            raise ValueError(f"there is no subject {subject!r}{did_you_mean(str(subject), known)}")
        return self._narrowed(keep=lambda message: message.subject == subject, phrase=f"saying {subject}")

    def _of_kind(self, kind: str, noun: str) -> Self:
        return self._narrowed(_kinds=self._kinds & {kind}, _noun=noun)

    def _read(self, most: int | None, *, newest_first: bool) -> Iterable[Message]:
        with self._account.lock:
            found = [*self._sent(), *self._events()]
        found.sort(key=lambda message: message.time)
        return (found[::-1] if newest_first else found)[:most]

    def _sent(self) -> Iterator[Message]:
        if self._kinds == {EVENT}:
            return
        world = self._account.world
        for occasion in _in_order(world.state.sent):
            yield from (each for each in messages.messages_of(world, occasion) if each.kind in self._kinds)

    def _events(self) -> Iterator[Message]:
        if EVENT not in self._kinds:
            return
        for number, call in enumerate(self._account.calls):
            if call.operation in self._operations:
                event = messages.event_of(self._account.world, number, call)
                if event is not None:
                    yield event

    def _unfiltered(self) -> Self:
        return type(self)(self._account)


def _in_order(sent: tuple[Any, ...]) -> list[Occasion]:
    occasions = []
    while sent:
        occasion, sent = sent
        occasions.append(occasion)
    return occasions[::-1]
