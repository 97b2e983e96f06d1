"""The reference account: what it remembers, and the way of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from contract_tests.contract.reference import (
    findings,
    incident_records,
    related_items,
    replication_sets,
    resource_policies,
    response_plans,
    tags,
    timeline_events,
)
from contract_tests.contract.reference.calls import Call, Listing, RefusedError, Shared, State
from contract_tests.contract.reference.unknowns import Unknown, differences, settled, unknown
from contract_tests.support import STATUSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract_tests.contract.reference.calls import Moments
    from contract_tests.support import Record

MODULES = (
    findings,
    incident_records,
    related_items,
    replication_sets,
    resource_policies,
    response_plans,
    tags,
    timeline_events,
)
"""Where the operations are, each under the name of its method."""
CREATED = ("create_replication_set", "create_response_plan", "create_timeline_event")
NO_CONTENT = (
    "delete_incident_record",
    "delete_replication_set",
    "delete_response_plan",
    "delete_timeline_event",
    "tag_resource",
    "untag_resource",
    "update_deletion_protection",
    "update_incident_record",
    "update_related_items",
    "update_replication_set",
    "update_response_plan",
    "update_timeline_event",
)
"""Catalogue 1.5: which operations answer 201, and which 204; the others answer 200."""
CHANGES = ("create", "start", "update", "delete", "tag", "untag", "put")
"""How the names of operations begin that change something."""


class Outcome(NamedTuple):
    """What comes of a call: the HTTP status, the code of the error if it is one, and the members of the answer."""

    status: int
    error: str
    members: Record


class Account:
    """One account, at first without anything.

    ``answer`` says what a call has to come to; ``learn`` holds that against what it came to.
    """

    def __init__(self) -> None:
        self.state = State()
        self.page_tokens: list[Record] = []
        self._shared = Shared()

    def answer(self, method: str, params: Mapping[str, Any], region: str, when: Moments) -> Outcome:
        """Do the call, or leave everything as it was, and say what has to come of it."""
        changes = method.startswith(CHANGES)
        state = settled(self.state) if changes else self.state
        try:
            members = self._done(Call(state, self._shared, region, when), method, params)
        except RefusedError as refused:
            return Outcome(STATUSES[refused.code], refused.code, dict(refused.members))
        self.state = state
        return Outcome(201 if method in CREATED else 204 if method in NO_CONTENT else 200, "", members)

    def learn(self, expected: Outcome, actual: Outcome) -> list[str]:
        """Learn from what came of a call, and give the differences to what had to."""
        news = unknown(expected.members)
        wrong = list(differences(expected._asdict(), actual._asdict()))
        if news:
            self.state = settled(self.state)
        return wrong

    def _done(self, call: Call, method: str, params: Mapping[str, Any]) -> Record:
        token = params.get("clientToken")
        if token:
            replayed = self._replayed(call, method, params)
            if replayed is not None:
                return replayed
        operation = next(getattr(module, method) for module in MODULES if hasattr(module, method))
        found = operation(call, params)
        answer: Record = self._page(method, params, found) if isinstance(found, Listing) else found
        if token:
            call.state.client_tokens.append({"method": method, "params": settled(dict(params)), "answer": answer})
        return answer

    def _replayed(self, call: Call, method: str, params: Mapping[str, Any]) -> Record | None:
        """Give the answer that a client token got before (fakeim/service/idempotency.py, rules 1 to 4)."""
        for used in call.state.client_tokens:
            if used["method"] == method and used["params"]["clientToken"] == params["clientToken"]:
                if used["params"] != params:
                    declared = "Validation" if method == "update_deletion_protection" else "Conflict"
                    raise RefusedError(f"{declared}Exception")
                answer: Record = used["answer"]
                return answer
        return None

    def _page(self, method: str, params: Mapping[str, Any], found: Listing) -> Record:
        """Cut a page out of what was found (fakeim/service/paging.py, rules 1 to 4)."""
        rest = {name: value for name, value in params.items() if name not in ("nextToken", "maxResults")}
        request = {"method": method, "params": settled(rest)}
        rows = found.rows
        if params.get("nextToken"):
            last = self._last_given(request, params["nextToken"])
            rows = [row for row in rows if (row[0] < last if found.descending else row[0] > last)]
        size = params.get("maxResults", found.largest)
        answer: Record = {found.member: [element for _, element in rows[:size]]}
        if len(rows) > size:
            answer["nextToken"] = self._new_page_token(request | {"last": rows[size - 1][0]})
        return answer

    def _last_given(self, request: Record, token: str) -> Any:
        for known in self.page_tokens:
            if known["token"].value == token and {**known, **request} == known:
                return known["last"]
        raise RefusedError("ValidationException")

    def _new_page_token(self, meaning: Record) -> Unknown:
        def fits(value: Any) -> bool:
            others = [known for known in self.page_tokens if known["token"].value == value]
            return isinstance(value, str) and 0 < len(value) <= 2000 and all({**k, **meaning} == k for k in others)

        token = Unknown("a page token", fits)
        self.page_tokens.append(meaning | {"token": token})
        return token
