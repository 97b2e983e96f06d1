"""Filters: the rules of ``fakeim/service/filters.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract_tests.contract.reference.calls import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contract_tests.support import Record

    Filters = Mapping[str, tuple[str, Callable[[Record], list[Any]]]]

INCIDENT_FILTERS: Filters = {
    "creationTime": ("", lambda record: [record["creationTime"]]),
    "createdBy": ("stringValues", lambda record: [record["incidentRecordSource"]["createdBy"]]),
    "impact": ("integerValues", lambda record: [record["impact"]]),
    "status": ("stringValues", lambda record: [record["status"]]),
}
EVENT_FILTERS: Filters = {
    "eventTime": ("", lambda record: [record["eventTime"]]),
    "eventReference": (
        "stringValues",
        lambda record: [v for e in record.get("eventReferences", ()) for v in e.values()],
    ),
    "eventType": ("stringValues", lambda record: [record["eventType"]]),
}


def fits_all(filters: Filters, record: Record | None, params: Mapping[str, Any]) -> bool:
    """Say whether ``record`` fits every filter that ``params`` name; refuse filters that cannot be (rules 1 to 3)."""
    fit = [fits(filters, record, each["key"], each["condition"]) for each in params.get("filters", ())]
    return all(fit)


def fits(filters: Filters, record: Record | None, key: str, condition: Record) -> bool:
    ((comparison, wanted),) = condition.items()
    kind, read = filters.get(key, (None, None))
    fitting = comparison == "equals" and kind in wanted if kind else comparison != "equals"
    if kind is None or read is None or not fitting:
        raise RefusedError("ValidationException")
    values = read(record) if record is not None else []
    if comparison == "equals":
        return any(value in wanted[kind] for value in values)
    return any(value > wanted if comparison == "after" else value < wanted for value in values)
