"""What can be set over the control path: the members of each path, what reads each, and what is done with it.

A reader gives the value that a member stands for, or a ``ValueError`` that says what to give.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any

from fakeim.spec.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fakeim.incident_manager import FakeIncidentManager
    from fakeim.service.clock import Clock
    from fakeim.service.consistency import Consistency
    from fakeim.service.pagination import Pagination
    from fakeim.service.transitions import Pace, Transitions

    Reader = Callable[[Any], Any]
    Settings = Mapping[str, tuple[Reader, Callable[[Any], object]]]


def settings_of(fake: FakeIncidentManager, named: Mapping[str, FakeIncidentManager]) -> dict[str, Settings]:
    """Give all that can be set of ``fake``, by the last part of its path.

    Several settings of one path are made in the order that they have here. ``named`` are the accounts by access key.
    """
    return {
        "clock": _clock(fake.clock),
        "transitions": _transitions(fake.transitions),
        "effects": _pace(fake.effects),
        "consistency": _consistency(fake.consistency),
        "pagination": _pagination(fake.pagination),
        "faults": _faults(fake),
        "iam": _iam(fake),
        "quotas": _quotas(fake),
        "sharing": _sharing(fake, named),
    }


def _clock(clock: Clock) -> Settings:
    return {
        "follow_system": (_true, lambda _: clock.follow_system()),
        "freeze": (_true_or_moment, lambda at: clock.freeze(None if at is True else at)),
        "unfreeze": (_true, lambda _: clock.unfreeze()),
        "move_to": (_moment, clock.move_to),
        "advance": (_number, lambda seconds: clock.advance(seconds=seconds)),
    }


def _pace(pace: Pace) -> Settings:
    return {
        "immediate": (_true, lambda _: pace.immediate()),
        "after": (_number, pace.after),
        "manual": (_true, lambda _: pace.manual()),
        "complete": (_true, lambda _: pace.complete()),
    }


def _transitions(transitions: Transitions) -> Settings:
    return {"fail": (_failure, lambda failure: transitions.fail(**failure)), **_pace(transitions)}


def _consistency(consistency: Consistency) -> Settings:
    return {
        "reset": (_true, lambda _: consistency.reset()),
        "lists_lag": (_number, consistency.lists_lag),
        "regions_lag": (_number, consistency.regions_lag),
        "settle": (_true, lambda _: consistency.settle()),
    }


def _pagination(pagination: Pagination) -> Settings:
    return {
        "reset": (_true, lambda _: pagination.reset()),
        "page_size": (_as_given, partial(setattr, pagination, "page_size")),
        "empty_pages": (_names, partial(setattr, pagination, "empty_pages")),
        "expire_tokens": (
            _true_or_number,
            lambda after: pagination.expire_tokens(after=None if after is True else after),
        ),
    }


def _faults(fake: FakeIncidentManager) -> Settings:
    faults = fake.faults

    def connect(value: bool) -> None:  # noqa: FBT001 - a member of a JSON object
        faults.connected = value

    return {
        "clear": (_true, lambda _: faults.clear()),
        "connected": (_flag, connect),
        "inject": _method(faults.inject),
        "lose_reply": _method(faults.lose_reply),
        "latency": _method(faults.latency),
    }


def _iam(fake: FakeIncidentManager) -> Settings:
    iam = fake.iam
    return {
        "clear": (_true, lambda _: iam.clear()),
        "deny": _method(iam.deny),
        "allow": _method(iam.allow),
        "attach": _method(iam.attach),
        "identify": _method(iam.identify),
    }


def _quotas(fake: FakeIncidentManager) -> Settings:
    quotas = fake.quotas
    return {
        "clear": (_true, lambda _: quotas.clear()),
        "set": _method(quotas.set),
        "rate": _method(quotas.rate),
    }


def _sharing(fake: FakeIncidentManager, named: Mapping[str, FakeIncidentManager]) -> Settings:
    def consumer(value: Any) -> FakeIncidentManager:
        if as_text(value) not in named:
            raise ValueError(f"no account has the access key {value}{did_you_mean(value, named)}")
        return named[value]

    return {"share_with": (consumer, fake.share_with)}


def _method(call: Callable[..., object]) -> tuple[Reader, Callable[[Any], object]]:
    return partial(_arguments, call), lambda given: call(**given)


# -- readers


def _of_type(types: type | tuple[type, ...], wanted: str, value: Any) -> Any:
    if not isinstance(value, types) or (isinstance(value, bool) and types is not bool):
        raise ValueError(f"give {wanted}, not {json.dumps(value)[:40]}")
    return value


as_text = partial(_of_type, str, "a text")
_number = partial(_of_type, (int, float), "a number of seconds")
as_object = partial(_of_type, dict, "an object")


_flag = partial(_of_type, bool, "true or false")


def _arguments(method: Callable[..., Any], value: Any) -> Any:
    """Read the arguments of ``method``, which looks at their values itself."""
    try:
        signature(method).bind(**as_object(value))
    except TypeError as error:
        raise ValueError(str(error)) from None
    return value


def _true(value: Any) -> Any:
    if value is not True:
        raise ValueError("give true, or leave it out")
    return value


def _moment(value: Any) -> datetime:
    return datetime.fromisoformat(as_text(value))


def _true_or_moment(value: Any) -> Any:
    return value if value is True else _moment(value)


def _true_or_number(value: Any) -> Any:
    return value if value is True else _number(value)


def _as_given(value: Any) -> Any:
    """Read a value that its setting looks at itself."""
    return value


def _names(value: Any) -> Any:
    return [as_text(each) for each in _of_type(list, "a list of texts", value)]


def _failure(value: Any) -> Any:
    if as_object(value).keys() != {"region", "message"}:
        raise ValueError('give {"region": "...", "message": "..."}')
    return {name: as_text(text) for name, text in value.items()}
