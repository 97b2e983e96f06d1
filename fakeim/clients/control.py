"""The fake's own powers over HTTP, for tests in other languages; no part of AWS's API, and apart from it.

Every path begins with ``/_fakeim/``; bodies are JSON objects, in and out, but for the page.

    GET  /_fakeim/             the account as a page to look at (``FakeIncidentManager.to_html``)
    GET  /_fakeim/state        how many records there are, and the ARNs of the chief ones
    POST /_fakeim/reset        the account as it was at first
    POST /_fakeim/snapshot     keep it as it is now: gives {"snapshot": "1"}
    POST /_fakeim/restore      {"snapshot": "1"}: bring that back; works any number of times
    GET  /_fakeim/dump         the account as a document, as ``fake.dump`` writes it
    POST /_fakeim/load         such a document, of a megabyte at most (``fakeim serve --load`` takes any): make the
                               account as it says
    POST /_fakeim/clock        {"follow_system": true}, {"freeze": true} or {"freeze": "2026-01-01T00:00:00Z"},
                               {"unfreeze": true}, {"move_to": "2026-01-01T00:00:00Z"}, {"advance": seconds}
    POST /_fakeim/transitions  {"fail": {"region": "us-east-1", "message": "..."}}, {"immediate": true},
                               {"after": seconds}, {"manual": true}, {"complete": true}
    POST /_fakeim/effects      as transitions, without fail
    POST /_fakeim/consistency  {"reset": true}, {"lists_lag": seconds}, {"regions_lag": seconds}, {"settle": true}
    POST /_fakeim/pagination   {"reset": true}, {"page_size": 2} (null: no limit), {"empty_pages": ["first", "between",
                               "last"]}, {"expire_tokens": true} or {"expire_tokens": seconds}
    POST /_fakeim/findings     {"incidentRecordArn": "...", "cloudFormationStackUpdate": {...}} or, in place of the
                               latter, "codeDeployDeployment": gives {"id": "..."}

    POST /_fakeim/faults       {"clear": true}, {"connected": false}, and, with the arguments of the methods of
                               ``fake.faults``: {"inject": {"operation": "StartIncident", "error": 503, "times": 2}},
                               {"lose_reply": {"operation": "..."}},
                               {"latency": {"operation": "...", "seconds": 20}}
    POST /_fakeim/iam          {"clear": true}, and the arguments of the methods of ``fake.iam``: {"deny": {"action":
                               "ssm-incidents:StartIncident", "resource": "*:response-plan/prod-*"}}, {"allow": {...}},
                               {"attach": {"policy_document": {...}}}, {"identify": {"access_key": "...",
                               "caller": "arn:..."}}
    POST /_fakeim/quotas       {"clear": true}, {"set": {"name": "open incidents", "limit": 5}},
                               {"rate": {"operation": "StartIncident", "per_second": 1, "burst": 2}}
    POST /_fakeim/sharing      {"share_with": "..."}: an access key of the account that becomes a consumer
    GET  /_fakeim/calls        the calls so far: {"calls": [{"operation": "...", "params": {...}, "error": null, ...}]}
    GET  /_fakeim/outbox       what others would have received: {"messages": [{"kind": "page", "destination": "arn:...",
                               "subject": "StartEngagement", "payload": {...}, ...}]}

Where there are several accounts, ``?access_key=…`` names one by a key that signs for it; without, it is the first
one's turn. Signatures play no part here: a control says itself whom it is for.

Several settings of one path in one request are made in the order above. Names and types are looked at before anything
is done; what is wrong is answered with 400, 403, 404 or 405 and {"error": "what is wrong"}.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

from fakeim.clients import wire
from fakeim.clients.control_settings import as_object, as_text, settings_of
from fakeim.service.state import whole
from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fakeim.clients.control_settings import Reader, Settings
    from fakeim.incident_manager import FakeIncidentManager, Snapshot

PREFIX = "/_fakeim/"
_NAMED = ("replication_sets", "response_plans", "incident_records")


def is_control(path: str) -> bool:
    """Say whether a request to ``path`` is for the control path: who looks at the page may forget its last slash."""
    return f"{path}/".startswith(PREFIX)


class _Refused(Exception):  # noqa: N818 - an answer, not a fault
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Action(NamedTuple):
    """One path: its method, the members of its body with what reads each, and what is done with them."""

    method: str
    members: Mapping[str, Reader] | None
    """``None``: the body is looked at by what is done with it."""
    act: Callable[[dict[str, Any]], Mapping[str, Any] | str]
    """What it gives is JSON, or the text of a page."""


class ControlPath:
    """Answers the requests below ``PREFIX`` for the accounts of one server."""

    def __init__(self, fake: FakeIncidentManager, named: Mapping[str, FakeIncidentManager]) -> None:
        # One for each fake, not for each key: the keys of an account share its snapshots.
        controls = {id(each): Controls(each, named) for each in (fake, *named.values())}
        self._first = controls[id(fake)]
        self._named = {access_key: controls[id(each)] for access_key, each in named.items()}

    def respond(self, request: wire.Request, *, own_origin: bool = True) -> wire.Response:
        """Answer one request, whatever it is; it is refused if a page of an origin that is not our own sent it."""
        if not own_origin:
            return _response(403, {"error": "a page of another origin may call the service, but not control it"})
        try:
            return _response(200, self._chosen(request.query).answer(request))
        except _Refused as refused:
            return _response(refused.status, {"error": str(refused)})
        except (ValueError, OverflowError) as error:  # what the fake says of an argument
            return _response(400, {"error": str(error)})

    def _chosen(self, query: str) -> Controls:
        given = parse_qs(query, keep_blank_values=True)
        _known("parameter", given, ["access_key"])
        access_keys = given.get("access_key", [])
        if len(access_keys) > 1:
            raise _Refused(400, f"give one access_key, not {len(access_keys)}")
        if not access_keys:
            return self._first
        [access_key] = access_keys
        if access_key not in self._named:
            raise _Refused(404, f"no account has the access key {access_key}{did_you_mean(access_key, self._named)}")
        return self._named[access_key]


class Controls:
    """What can be done with one fake."""

    def __init__(self, fake: FakeIncidentManager, named: Mapping[str, FakeIncidentManager]) -> None:
        self._fake = fake
        self._dispatcher = fake._dispatcher  # noqa: SLF001 - the two are one package
        self._snapshots: dict[str, Snapshot] = {}
        finding = {
            "incidentRecordArn": as_text,
            "cloudFormationStackUpdate": as_object,
            "codeDeployDeployment": as_object,
        }
        self._actions = {
            "": _Action("GET", {}, self._page),
            "state": _Action("GET", {}, self._state),
            "reset": _Action("POST", {}, self._reset),
            "snapshot": _Action("POST", {}, self._snapshot),
            "restore": _Action("POST", {"snapshot": as_text}, self._restore),
            "dump": _Action("GET", {}, self._dump),
            "load": _Action("POST", None, self._load),
            "findings": _Action("POST", finding, self._finding),
            "calls": _Action("GET", {}, self._calls),
            "outbox": _Action("GET", {}, self._outbox),
        }
        for path, settings in settings_of(fake, named).items():
            self._actions[path] = self._setting(settings)

    def answer(self, request: wire.Request) -> Mapping[str, Any] | str:
        """Do what one request asks for, and give what it is told."""
        action = self._routed(request)
        return action.act(_read(action, request.body))

    def _routed(self, request: wire.Request) -> _Action:
        name = request.path[len(PREFIX) :]
        if name not in self._actions:
            raise _Refused(404, f"there is no {PREFIX}{name}{did_you_mean(name, filter(None, self._actions))}")
        action = self._actions[name]
        if request.method != action.method:
            raise _Refused(405, f"{PREFIX}{name} takes {action.method}, not {request.method}")
        return action

    # -- what is done

    def _page(self, _: dict[str, Any]) -> str:
        try:
            return self._fake.to_html()
        except ModuleNotFoundError as error:  # the extra is not installed
            raise _Refused(501, str(error)) from None

    def _state(self, _: dict[str, Any]) -> Mapping[str, Any]:
        with self._dispatcher.lock:
            tables = self._dispatcher.look().tables()
            return {
                "account": self._fake.account_id,
                "now": self._fake.clock.now().isoformat(),
                "counts": {name: len(table) for name, table in tables.items()},
                "names": {name: [record["arn"] for _, record in whole(tables[name]).rows()] for name in _NAMED},
            }

    def _reset(self, _: dict[str, Any]) -> Mapping[str, Any]:
        self._fake.reset()
        return {}

    def _snapshot(self, _: dict[str, Any]) -> Mapping[str, Any]:
        with self._dispatcher.lock:
            name = str(len(self._snapshots) + 1)
            self._snapshots[name] = self._fake.snapshot()
        return {"snapshot": name}

    def _restore(self, given: dict[str, Any]) -> Mapping[str, Any]:
        name = given.get("snapshot", "")
        if name not in self._snapshots:
            raise _Refused(404, f"there is no snapshot {name!r}: there are {', '.join(self._snapshots) or 'none'}")
        self._fake.restore(self._snapshots[name])
        return {}

    def _dump(self, _: dict[str, Any]) -> Mapping[str, Any]:
        document: Mapping[str, Any] = json.loads(self._fake.dump())
        return document

    def _load(self, given: dict[str, Any]) -> Mapping[str, Any]:
        self._fake.load(given)
        return {}

    def _setting(self, settings: Settings) -> _Action:
        def act(given: dict[str, Any]) -> Mapping[str, Any]:
            if not given:
                raise _Refused(400, f"nothing to do: give some of {', '.join(settings)}")
            with self._dispatcher.lock:
                for name in (each for each in settings if each in given):  # in the order of the table
                    settings[name][1](given[name])
            return {"now": self._fake.clock.now().isoformat()}

        return _Action("POST", {name: read for name, (read, _) in settings.items()}, act)

    def _calls(self, _: dict[str, Any]) -> Mapping[str, Any]:
        members = ("operation", "params", "region", "caller", "time", "result", "error", "message")
        return {"calls": [{name: getattr(call, name) for name in members} for call in self._fake.calls]}

    def _outbox(self, _: dict[str, Any]) -> Mapping[str, Any]:
        members = ("kind", "destination", "subject", "time", "incident", "payload")
        return {"messages": [{name: getattr(each, name) for name in members} for each in self._fake.outbox]}

    def _finding(self, given: dict[str, Any]) -> Mapping[str, Any]:
        finding_id = self._fake.add_finding(
            given.get("incidentRecordArn", ""),
            cloud_formation_stack_update=given.get("cloudFormationStackUpdate"),
            code_deploy_deployment=given.get("codeDeployDeployment"),
        )
        return {"id": finding_id}


def _response(status: int, answer: Mapping[str, Any] | str) -> wire.Response:
    if isinstance(answer, str):
        body, headers = answer.encode(), _OF_A_PAGE
    else:
        body, headers = json.dumps(answer, default=datetime.isoformat).encode(), {"Content-Type": "application/json"}
    return wire.Response(status, {**headers, "Content-Length": str(len(body))}, body)


_OF_A_PAGE = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "frame-ancestors 'none'",  # which a page cannot say of itself
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def _read(action: _Action, body: bytes) -> dict[str, Any]:
    if len(body) > wire.LARGEST_BODY:
        raise _Refused(413, f"the body has more than {wire.LARGEST_BODY} bytes")
    try:
        given = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        raise _Refused(400, "the body is no JSON") from None
    members: dict[str, Any] = as_object(given)
    if action.members is None:
        return members
    _known("member", members, action.members)
    return {name: _checked(name, action.members[name], value) for name, value in members.items()}


def _known(kind: str, given: Iterable[str], known: Iterable[str]) -> None:
    for name in given:
        if name not in known:
            raise _Refused(400, f"there is no {kind} {name}{did_you_mean(name, known)}")


def _checked(name: str, read: Reader, value: Any) -> Any:
    try:
        return read(value)
    except ValueError as error:
        raise _Refused(400, f"{name}: {error}") from None
